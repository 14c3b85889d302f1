package views

import (
	"slices"
	"strconv"
	"strings"

	"signpost/store"
	"signpost/store/errorcode"
)

// Picker is the filter picker open at one field; without one it lists the fields.
type Picker struct {
	Field *store.Field
	Op    store.Operator // the operator chosen at first
	// Find is the typed text: a search among the values, or the value itself.
	Find string
	// Had are the values of the condition in the address. Chosen are the values ticked now.
	Had, Chosen []string
	// Facet has the values to choose from. It is nil if the field's values cannot be counted, or if TooSlow is set.
	Facet   *store.Facet
	TooSlow bool
}

// operatorNames are the names of the operators in the picker's form.
var operatorNames = map[string]store.Operator{
	"is": store.OpIs, "not": store.OpIsNot, "starts": store.OpStarts, "has": store.OpHas, "empty": store.OpEmpty, "notempty": store.OpNotEmpty,
}

// OperatorNamed reads an operator of the picker's form; no name means OpIs. ok is false for an unknown one.
func OperatorNamed(name string) (op store.Operator, ok bool) {
	if name == "" {
		return store.OpIs, true
	}
	op, ok = operatorNames[name]
	return op, ok
}

func operatorName(op store.Operator) string {
	for name, o := range operatorNames {
		if o == op {
			return name
		}
	}
	return ""
}

// EmptyValue is the value of FIELD.empty for the operator.
func EmptyValue(op store.Operator) string {
	if op == store.OpNotEmpty {
		return "no"
	}
	return "yes"
}

// ConditionNamed reads FIELD or FIELD.not and so on; ok is false where the field has no such operator.
func (l List) ConditionNamed(param string) (field *store.Field, op store.Operator, ok bool) {
	name, suffix, _ := strings.Cut(param, ".")
	field, ok = l.Kind().Field(name)
	if !ok {
		return nil, 0, false
	}
	for _, op := range field.Operators() {
		if op.Suffix() == suffix {
			return field, op, true
		}
	}
	return nil, 0, false
}

// note explains the values of the field; empty if they need no explanation.
func (k Picker) note() string { return signInLook.Notes[k.Field] }

// pickURL opens the picker at a condition, on the list's own page.
func (p LogPage) pickURL(param string) string {
	v := p.Query.Values()
	v.Set("pick", param)
	return p.List.URL(v)
}

func (p LogPage) isPickerOpen() bool { return p.PickField || p.Picker != nil || len(p.badFilter()) > 0 }

// fieldsURL opens the picker at the list of fields.
func (p LogPage) fieldsURL() string {
	v := p.Query.Values()
	v.Set("pick", "")
	return p.List.URL(v)
}

// otherConditions are the query's parameters that the picker's form does not change.
func (p LogPage) otherConditions() []hiddenInput {
	return p.hiddenInputs(p.Picker.Field.Param(p.Picker.Op))
}

// pickOption is one value the picker offers.
type pickOption struct {
	Value, Label, Note string
	Count              int64
	Counted            bool // Count is the number of sign-ins of the range with the value
	Ticked             bool
}

// pickGroup is some options under a heading; the heading may be empty.
type pickGroup struct {
	Label   string
	Options []pickOption
}

// options are the values to tick: a whole closed list, or the ticked values and the most frequent ones.
func (k Picker) options() []pickGroup {
	switch {
	case len(k.Field.Families) > 0:
		return k.families()
	case len(k.Field.Options) > 0:
		var group pickGroup
		for _, value := range k.Field.Options {
			group.Options = append(group.Options, k.option(value, fieldValueText(k.Field, value, "")))
		}
		return []pickGroup{group}
	}
	var group pickGroup
	if k.Field.HoldsAddresses() && !k.isChosen(allIPv6) && strings.TrimSpace(k.Find) == "" {
		group.Options = append(group.Options, pickOption{Value: allIPv6, Label: "All IPv6 addresses"})
	}
	for _, value := range k.Chosen {
		group.Options = append(group.Options, k.option(value, ""))
	}
	if k.Facet != nil {
		for _, v := range k.Facet.Values {
			if !k.isChosen(v.Value) {
				group.Options = append(group.Options, k.option(v.Value, ""))
			}
		}
	}
	tellOptionsApart(group.Options)
	return []pickGroup{group}
}

// tellOptionsApart adds the values to the labels of options that read the same.
func tellOptionsApart(options []pickOption) {
	labels := make([]string, len(options))
	for i, option := range options {
		labels[i] = option.Label
	}
	for i, option := range options {
		options[i].Label = toldApart(option.Label, option.Value, isRepeated(labels, i))
	}
}

func (k Picker) isChosen(value string) bool {
	return slices.ContainsFunc(k.Chosen, func(c string) bool { return store.FoldCase(c) == store.FoldCase(value) })
}

// option gives a value with its count and label; an empty label is looked up among the counted values.
func (k Picker) option(value, label string) pickOption {
	o := pickOption{Value: value, Label: label, Ticked: k.isChosen(value)}
	if k.Facet != nil && strings.TrimSpace(k.Find) == "" {
		// If not all values are listed, the count of a value that is not listed is unknown.
		o.Counted = int64(len(k.Facet.Values)) == k.Facet.Distinct && !k.Field.Members
	}
	if k.Facet != nil {
		for _, v := range k.Facet.Values {
			if store.FoldCase(v.Value) == store.FoldCase(value) {
				o.Count, o.Counted = v.N, true
				if label == "" {
					o.Label = fieldValueText(k.Field, v.Value, v.Label)
				}
				if v.Label != "" && v.Label != v.Value {
					o.Note = v.Value
				}
				if k.Field.Members { // N counts members, not sign-ins
					o.Counted, o.Note = false, Count(v.N, "member", "members")
				}
			}
		}
	}
	if o.Label == "" {
		o.Label = fieldValueText(k.Field, value, "")
	}
	return o
}

// families are the values of a field in families. Each family begins with the value that asks for all of it.
func (k Picker) families() []pickGroup {
	var groups []pickGroup
	for _, family := range k.Field.Families {
		all := pickOption{Value: family.Value, Label: family.Label, Ticked: k.isChosen(family.Value)}
		group := pickGroup{Label: family.Heading, Options: []pickOption{all}}
		for _, option := range family.Options {
			o := k.option(option.Value, option.Value)
			o.Note = option.Note
			group.Options = append(group.Options, o)
		}
		groups = append(groups, group)
	}
	return groups
}

// familyText is a value of a field with families in words.
func familyText(f *store.Field, value string) string {
	for _, family := range f.Families {
		if family.Value == value {
			return family.Label
		}
	}
	return value
}

// allIPv6 is the prefix of every IPv6 address and of no other value. The Entra portal knows it too.
const allIPv6 = ":"

// left is the number of further values that are not shown.
func (k Picker) left() int64 {
	if k.Facet == nil || len(k.Field.Options) > 0 || len(k.Field.Families) > 0 {
		return 0
	}
	return k.Facet.Distinct - int64(len(k.Facet.Values))
}

// noneFound says why there is nothing to tick.
func (k Picker) noneFound() string {
	if strings.TrimSpace(k.Find) != "" {
		return "No matches in this range. Use “" + strings.TrimSpace(k.Find) + "” anyway?"
	}
	return "No " + k.Field.Kind().One + " of this range has a value."
}

// isClosed says that the values are a closed list, shown whole, so that there is no search and no typing.
func (k Picker) isClosed() bool { return len(k.Field.Options) > 0 || len(k.Field.Families) > 0 }

// valueHint is the placeholder of the empty input.
func (k Picker) valueHint() string {
	if k.Field.Hint != "" {
		return k.Field.Hint
	}
	return "a value, or a part of it to look for"
}

// ShowsWords says that pages show values of the field in other words than the log has. A search accepts both.
func ShowsWords(f *store.Field) bool {
	return f.Codes || f.IsWorded()
}

// ValuesMeant gives the values of a field that a typed text stands for: those that pages show so, and the text itself. Records
// may hold either: some have "Windows10" and others "Windows 10". A text that the field takes for no value is given only where
// it stands for no other, so that the page can refuse it.
func ValuesMeant(f *store.Field, typed string) []string {
	meant := slices.Clone(f.ValuesSaid(typed))
	if f.Codes {
		meant = codesCalled(typed)
	}
	if len(meant) == 0 {
		return []string{typed}
	}
	if words := f.InWords(meant[0]); store.FoldCase(words) == store.FoldCase(typed) {
		typed = words // in the spelling of pages, so that both have one chip
	}
	value, ok := f.ValueTyped(typed)
	isMeant := func(other string) bool {
		other, _ = f.ValueTyped(other)
		return store.FoldCase(other) == store.FoldCase(value)
	}
	if ok && !slices.ContainsFunc(meant, isMeant) {
		meant = append(meant, typed)
	}
	return meant
}

// codesCalled are the error codes with these words, which a page shows alone or after the number.
func codesCalled(text string) (codes []string) {
	for _, info := range errorcode.All() {
		if code := strconv.FormatInt(info.Code, 10); strings.EqualFold(info.Title, text) || strings.EqualFold(codeInWords(code), text) {
			codes = append(codes, code)
		}
	}
	return codes
}

// HoldsText says that a value of the field, or its words, contain a text.
func HoldsText(f *store.Field, value, text string) bool {
	text = store.FoldCase(text)
	return strings.Contains(store.FoldCase(value), text) || strings.Contains(store.FoldCase(fieldValueText(f, value, "")), text)
}

// fieldValueText is a value as chips, facets and the picker show it: the name of an ID, or words for a value of a closed
// list.
func fieldValueText(f *store.Field, value, name string) string {
	switch {
	case name != "":
		return name
	case len(f.Families) > 0:
		return familyText(f, value)
	case f.HoldsAddresses() && value == allIPv6:
		return "All IPv6 addresses"
	case f.Codes:
		return codeInWords(value)
	}
	return f.InWords(value)
}
