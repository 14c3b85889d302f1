package views

import (
	"slices"
	"strings"

	"signpost/store"
)

// chip is one value of the filter.
type chip struct {
	Lead  string // the text before the value: the field, and the comparison
	Field string // the part of Lead up to the end of the field's name; it shrinks where there is little room
	Value string // empty if there is no value to compare with
	Title string // the whole, with the ID behind a name
	Or    bool   // the field has a condition before this one, and one of them is enough
	// With marks a condition on the same item of a list as the chips before it.
	With bool
	// Aside marks a condition on a field that records of this log do not have: it does not narrow this list. Of is their
	// kind.
	Aside  bool
	Of     *store.Kind
	Edit   string // opens the picker at the condition; empty if Aside is set
	Remove string
}

func (c chip) text() string { return strings.TrimSpace(c.Lead + " " + c.Value) }

// compared is the part of the lead that does not shrink: the comparison.
func (c chip) compared() string { return strings.TrimPrefix(c.Lead, c.Field) }

// chips are the filter's values. Those that are set aside come last.
func (p LogPage) chips() []chip {
	var chips, aside []chip
	asked := map[*store.List]bool{}
	for _, clause := range p.Query.Filter.Clauses() {
		or, list := false, clause.Field.List()
		with := asked[list]
		asked[list] = list != nil && p.Query.Filter.ListClause(list).OneItem()
		for _, c := range slices.Concat(clause.Any, clause.All) {
			for _, values := range p.sameWords(c) {
				one := p.chip(c, values)
				if one.Aside {
					aside = append(aside, one)
					continue
				}
				if with {
					one.With, one.Lead, one.Field = true, partLead(c), ""
					one.Title = "Of the same " + list.One + ": " + one.Title
				}
				one.Or = or && !c.Op.Negative()
				chips = append(chips, one)
				or = true
			}
		}
	}
	return append(chips, aside...)
}

// sameWords groups the values of a condition that read the same: spellings of one value have one chip.
func (p LogPage) sameWords(c store.Condition) (groups [][]string) {
	for _, value := range c.Values {
		words := p.conditionText(c, value)
		i := slices.IndexFunc(groups, func(g []string) bool { return c.Field.IsWorded() && words != "" && p.conditionText(c, g[0]) == words })
		if i < 0 {
			groups = append(groups, []string{value})
			continue
		}
		groups[i] = append(groups[i], value)
	}
	return groups
}

// chip is the chip for values that read the same.
func (p LogPage) chip(c store.Condition, values []string) chip {
	value := values[0]
	one := chip{
		Lead: conditionLead(c), Field: c.Field.Label, Value: p.conditionText(c, value),
		Of: p.List.Kind(), Aside: !c.Field.AppliesTo(p.List.Info()), Remove: p.List.withoutURL(p.Query, c.Field, c.Op, values...),
	}
	one.Title = one.text()
	if one.Value != value && p.Names[value] != "" {
		one.Title += " (" + value + ")"
	}
	if !one.Aside {
		one.Edit = p.pickURL(c.Param())
	}
	return one
}

// membersText counts the members of a group in the filter, and gives the time of that count.
func (p LogPage) membersText(g store.MembershipInfo) string {
	text := Count(g.N, "member", "members") + " as of " + p.Shell.Zone.Minute(g.AsOf)
	if !g.Whole {
		text += ", perhaps not all"
	}
	return text
}

func conditionLead(c store.Condition) string {
	if c.Op == store.OpIs {
		return c.Field.Label + ":"
	}
	return c.Field.Label + " " + c.Op.Label()
}

// partLead is the text before the value of a condition on an item that the chip before names.
func partLead(c store.Condition) string {
	noun := firstText(c.Field.Part, strings.ToLower(c.Field.Label))
	switch c.Op {
	case store.OpIs:
		return "with the " + noun + ":"
	case store.OpEmpty:
		return "without a " + noun
	case store.OpNotEmpty:
		return "with a " + noun
	}
	return "with a " + noun + " that " + c.Op.Label()
}

// conditionText puts the values of fields with a closed set into words, and names IDs. Typed texts stay as they are.
func (p LogPage) conditionText(c store.Condition, value string) string {
	switch c.Op {
	case store.OpEmpty, store.OpNotEmpty:
		return ""
	case store.OpStarts, store.OpHas:
		return value
	}
	return fieldValueText(c.Field, value, p.Names[value])
}
