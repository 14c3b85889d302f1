package store

import (
	"cmp"
	"net/url"
	"slices"
)

// Filter is what a list is narrowed to. Every field named must pass: one of its positive conditions (is,
// starts with, contains, is empty), if it has any, and all of its negative ones (is not, is not empty). Fields
// about the items of one list must pass together: see ListClause.
// Its zero value means everything. It is a value: With and Without give new ones.
type Filter struct {
	conditions []Condition // ordered by field name and operator, at most one of each
	told       told
}

// told is what a filter has besides its conditions: what it was told of the directory (see WithMembers and WithUserNames), the
// scopes of who asks, and times of objects.
type told struct {
	members map[string]MemberSet // by the group's ID
	names   UserNames
	within  within
	spans   *Spans
}

// WithMembers gives the filter with the members of the groups it names, by Field.MemberKey: of a directory group its ID. Resolved does so for
// whoever asks a store.
func (f Filter) WithMembers(members map[string]MemberSet) Filter {
	f.told.members = members
	return f
}

// WithUserNames gives the filter with the names by which the directory knows users: a condition on such a name is about the
// user's ID too.
func (f Filter) WithUserNames(names UserNames) Filter {
	f.told.names = names
	return f
}

// MembersOf gives the members of a group, by Field.MemberKey, where the filter was told them.
func (f Filter) MembersOf(group string) (m MemberSet, told bool) {
	m, told = f.told.members[group]
	return m, told
}

// UserIDs gives the IDs of the users whom the directory knows by the names that a condition compares with, each once and in
// byte order.
func (f Filter) UserIDs(c Condition) []string {
	if !c.ByName() {
		return nil
	}
	return f.told.names.IDs(c.Values)
}

// asksDirectory says that the filter or one of its scopes names groups, or compares with names that a directory may know
// users by.
func (f Filter) asksDirectory() bool {
	return slices.ContainsFunc(f.told.within.scopes, Scope.asksDirectory) || slices.ContainsFunc(f.conditions, func(c Condition) bool { return c.Field.Members || c.ByName() })
}

// Groups gives the IDs of the groups that the filter names, each once.
func (f Filter) Groups() []string {
	var ids []string
	for _, c := range f.conditions {
		for _, id := range c.Values {
			if c.Field.Members && c.Field.Object == ObjectGroup && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// Conditions gives the conditions ordered by field name, those of one field by operator. The slice must
// not be changed.
func (f Filter) Conditions() []Condition { return f.conditions }

// IsEmpty says that the filter lets everything through.
func (f Filter) IsEmpty() bool {
	return len(f.conditions) == 0 && len(f.told.within.scopes) == 0 && f.told.spans == nil
}

// Clause is what a filter asks of one field: any of Any (nothing, where there is none) and all of All.
type Clause struct {
	Field *Field
	Any   []Condition // positive
	All   []Condition // negative
}

// Clauses gives the filter field by field, ordered by field name. All must hold; those of fields of a List hold
// together as its ListClause says.
func (f Filter) Clauses() []Clause {
	var clauses []Clause
	for _, c := range f.conditions {
		if n := len(clauses); n == 0 || clauses[n-1].Field != c.Field {
			clauses = append(clauses, Clause{Field: c.Field})
		}
		clause := &clauses[len(clauses)-1]
		if c.Op.Negative() {
			clause.All = append(clause.All, c)
		} else {
			clause.Any = append(clause.Any, c)
		}
	}
	return clauses
}

// With gives the filter with one more value for the field and operator, in its canonical spelling where
// it has one. The value of OpEmpty and OpNotEmpty does not count, and each takes the other's place.
func (f Filter) With(field *Field, op Operator, value string) Filter {
	value = field.spelling(op, value)
	next := Filter{told: f.told}
	values := []string{value}
	for _, c := range f.conditions {
		switch {
		case c.Field == field && c.Op == op:
			values = append(values, c.Values...)
		case c.Field == field && !op.TakesValue() && !c.Op.TakesValue():
		default:
			next.conditions = append(next.conditions, c)
		}
	}
	next.conditions = append(next.conditions, Condition{Field: field, Op: op, Values: field.distinct(values)})
	next.sort()
	return next
}

// Without gives the filter with that value of the field and operator taken out.
func (f Filter) Without(field *Field, op Operator, value string) Filter {
	key := field.sameKey(field.spelling(op, value))
	next := Filter{told: f.told}
	for _, c := range f.conditions {
		if c.Field == field && c.Op == op {
			c.Values = slices.DeleteFunc(slices.Clone(c.Values), func(v string) bool { return field.sameKey(v) == key })
		}
		if len(c.Values) > 0 {
			next.conditions = append(next.conditions, c)
		}
	}
	return next
}

// WithoutField gives the filter with all conditions of the field taken out.
func (f Filter) WithoutField(field *Field) Filter {
	next := Filter{told: f.told}
	for _, c := range f.conditions {
		if c.Field != field {
			next.conditions = append(next.conditions, c)
		}
	}
	return next
}

// WithAny gives the filter with what it asks of a field replaced: one of some values is the field's. It is for many values at once.
func (f Filter) WithAny(field *Field, values []string) Filter {
	next := f.WithoutField(field)
	spelled := make([]string, len(values))
	for i, value := range values {
		spelled[i] = field.spelling(OpIs, value)
	}
	next.conditions = append(next.conditions, Condition{Field: field, Op: OpIs, Values: field.distinct(spelled)})
	next.sort()
	return next
}

// WithNone gives the filter with some values more that the field must not have. It is for many values at once.
func (f Filter) WithNone(field *Field, values []string) Filter {
	if len(values) == 0 {
		return f
	}
	next := Filter{told: f.told}
	none := Condition{Field: field, Op: OpIsNot}
	for _, c := range f.conditions {
		if c.Field == field && c.Op == OpIsNot {
			none.Values = slices.Clone(c.Values)
		} else {
			next.conditions = append(next.conditions, c)
		}
	}
	for _, value := range values {
		none.Values = append(none.Values, field.spelling(OpIsNot, value))
	}
	none.Values = field.distinct(none.Values)
	next.conditions = append(next.conditions, none)
	next.sort()
	return next
}

func (f *Filter) sort() {
	slices.SortFunc(f.conditions, func(a, b Condition) int {
		return cmp.Or(cmp.Compare(a.Field.Name, b.Field.Name), cmp.Compare(a.Op, b.Op))
	})
}

// spelling is the value as the canonical filter has it; one that is no good stays as it is.
func (f *Field) spelling(op Operator, value string) string {
	if !op.TakesValue() {
		return op.emptyValue()
	}
	if canonical, problem := f.canonical(op, value); problem == "" {
		return canonical
	}
	return value
}

// sameKey is equal for values that ask for the same.
func (f *Field) sameKey(value string) string {
	if f.cased {
		return value
	}
	return FoldCase(value)
}

// distinct sorts values in place and gives them without doubles: of those that differ only in case the
// first in byte order stays.
func (f *Field) distinct(values []string) []string {
	if len(values) < 2 {
		return values
	}
	slices.Sort(values)
	seen := make(map[string]bool, len(values))
	return slices.DeleteFunc(values, func(v string) bool {
		key := f.sameKey(v)
		double := seen[key]
		seen[key] = true
		return double
	})
}

// uses gives the first field of the filter that is of one of the classes; nil where none is.
func (f Filter) uses(classes Classes) *Field {
	for _, c := range f.conditions {
		if classes.Has(c.Field.Class) {
			return c.Field
		}
	}
	return nil
}

// Values writes the filter as query parameters. It is canonical: filters that ask for the same in other
// words (another order, doubles, another case) give the same, and ParseFilter gives the filter back.
func (f Filter) Values() url.Values {
	v := url.Values{}
	for _, c := range f.conditions {
		v[c.Param()] = append(v[c.Param()], c.Values...)
	}
	return v
}

// Match says whether the record passes the filter: the slow, plain answer that the engine's is
// tested against. The record must hold its lists. Of a group whose members the filter was not given nobody is a member, and
// a name that it was not given is nobody's.
func (f Filter) Match(e Entry) bool { return f.MatchLine([]Entry{e}) }

// MatchLine says whether a line of the interactive log passes: its events, oldest first. The line is its
// last event, and that one's values count; but for a field with AnyEvent the values of all events do, so
// that is not means none of them. Conditions on fields of one list are one question, see ListClause. Without events
// there is nothing to pass.
func (f Filter) MatchLine(events []Entry) bool {
	if len(events) == 0 {
		return false
	}
	var lists []*List
	passes := allFields(f.conditions, func(i int) bool {
		c := &f.conditions[i]
		if l := c.Field.List(); l != nil {
			if !slices.Contains(lists, l) {
				lists = append(lists, l)
			}
			return true
		}
		return c.matchLine(events, &f.told)
	})
	last := events[len(events)-1]
	return passes && f.told.within.has(last) && f.told.spans.has(last) && !slices.ContainsFunc(lists, func(l *List) bool { return !f.ListClause(l).holds(last) })
}
