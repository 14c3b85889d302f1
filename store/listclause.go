package store

import "slices"

// ListClause is what a filter asks of one list.
//
// With a condition that says what a value is, starts with or contains, it asks about one item: a record passes if
// some item meets, field by field, any of the positive conditions and all of the negative ones. Is empty is met by a
// item without a value of the field then. Without such a condition each one is about the whole list: is not means
// none of the items, is empty none with a value, is not empty some with one.
type ListClause struct {
	List       *List
	Conditions []Condition // ordered as in the filter
}

// ListClause gives what the filter asks of a list; without conditions it asks nothing.
func (f Filter) ListClause(l *List) ListClause {
	clause := ListClause{List: l}
	for _, c := range f.conditions {
		if c.Field.List() == l {
			clause.Conditions = append(clause.Conditions, c)
		}
	}
	return clause
}

// WithoutList gives the filter with all conditions on fields of the list taken out.
func (f Filter) WithoutList(l *List) Filter {
	next := Filter{told: f.told}
	for _, c := range f.conditions {
		if c.Field.List() != l {
			next.conditions = append(next.conditions, c)
		}
	}
	return next
}

// OneItem says that the clause asks about one item, and not about the whole list.
func (c ListClause) OneItem() bool {
	return slices.ContainsFunc(c.Conditions, func(c Condition) bool {
		return c.Op == OpIs || c.Op == OpStarts || c.Op == OpHas
	})
}

// Matcher gives the test whether one item meets every condition, made ready for many items.
func (c ListClause) Matcher() func(m *Item) bool {
	passes := make([]func(string) bool, len(c.Conditions))
	for i, condition := range c.Conditions {
		passes[i] = condition.TextMatcher()
	}
	return func(m *Item) bool {
		return allFields(c.Conditions, func(i int) bool {
			condition := &c.Conditions[i]
			any := slices.ContainsFunc(m[condition.Field.Properties[0].Part], passes[i])
			return any != condition.Op.Inverted()
		})
	}
}

// holds says whether a record passes the clause.
func (c ListClause) holds(e Entry) bool {
	if len(c.Conditions) == 0 {
		return true
	}
	if !c.OneItem() {
		return !slices.ContainsFunc(c.Conditions, func(c Condition) bool { return c.anyValue(e) == c.Op.Inverted() })
	}
	passes, meets := false, c.Matcher()
	var m Item
	c.List.each(e, &m, func() { passes = passes || meets(&m) })
	return passes
}

// allFields says whether conditions hold together, which are ordered by field: of each field any of the positive ones,
// if it has any, and all of the negative ones.
func allFields(conditions []Condition, holds func(i int) bool) bool {
	for i := 0; i < len(conditions); {
		field := conditions[i].Field
		asked, passed := false, false
		for ; i < len(conditions) && conditions[i].Field == field; i++ {
			switch {
			case !conditions[i].Op.Negative():
				asked = true
				passed = passed || holds(i)
			case !holds(i):
				return false
			}
		}
		if asked && !passed {
			return false
		}
	}
	return true
}
