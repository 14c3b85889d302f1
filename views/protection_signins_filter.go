package views

import (
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/risk"
)

// riskyChip is a condition of the list, with the address of the list without it.
type riskyChip struct{ Text, Remove string }

// chips are the conditions of the list.
func (p RiskySignInsPage) chips() (chips []riskyChip) {
	add := func(f store.Filter, of string, set func(*RiskyAsked, store.Filter)) {
		for _, c := range f.Conditions() {
			for _, value := range c.Values {
				words := LogPage{}.conditionText(c, value)
				chips = append(chips, riskyChip{
					Text:   strings.TrimSpace(of + conditionLead(c) + " " + words),
					Remove: p.Asked.changed(func(a *RiskyAsked) { set(a, f.Without(c.Field, c.Op, value)) }),
				})
			}
		}
	}
	add(p.Asked.Detections, "Detection: ", func(a *RiskyAsked, f store.Filter) { a.Detections = f })
	add(p.Asked.Filter, "", func(a *RiskyAsked, f store.Filter) { a.Filter = f })
	return chips
}

// riskyControl is a control of the filter's form. Options are nil where a text is typed.
type riskyControl struct {
	Param, Label, Value, Hint string
	Options                   []riskyOption
}

type riskyOption struct{ Value, Label string }

// controls are those of the fields that the list is mostly narrowed by. A field with several conditions has none: its chips do.
func (p RiskySignInsPage) controls() (controls []riskyControl) {
	add := func(f store.Filter, field *store.Field, label string, words *store.Enumeration) {
		c := riskyControl{Param: field.Name, Label: label, Hint: field.Hint}
		for _, condition := range f.Conditions() {
			if condition.Field != field {
				continue
			}
			if condition.Op != store.OpIs || len(condition.Values) > 1 || c.Value != "" {
				return
			}
			c.Value = condition.Values[0]
		}
		if words != nil {
			c.Options = riskyOptions(words, c.Value)
		}
		controls = append(controls, c)
	}
	if p.Asked.Principals {
		d, s := p.Asked.Detections, p.Asked.Filter
		add(d, risk.LevelField, "Level of the detection", store.RiskLevels)
		add(d, risk.StateField, "State of the detection", store.RiskStates)
		add(d, risk.TypeField, "Detection type", store.RiskDetections)
		add(s, store.ServicePrincipalField, "Service principal", nil)
		add(s, store.AppField, "Application", nil)
		return controls
	}
	f := p.Asked.Filter
	add(f, store.RiskStateField, "Risk state", store.RiskStates)
	add(f, store.RiskSignInField, "Level during the sign-in", store.RiskLevels)
	add(f, store.RiskField, "Level, all told", store.RiskLevels)
	add(f, store.RiskEventField, "Detection type", store.RiskDetections)
	add(f, store.UserField, "User", nil)
	add(f, store.AppField, "Application", nil)
	return controls
}

// riskyOptions are the values of an enumeration. A value that it does not have is one more. Values with the same words tell themselves.
func riskyOptions(words *store.Enumeration, chosen string) (options []riskyOption) {
	seen := map[string]bool{}
	for _, value := range words.Values {
		label := words.Words(value)
		if seen[label] {
			label += " (" + value + ")"
		}
		seen[label] = true
		options = append(options, riskyOption{value, label})
	}
	if chosen != "" && !slices.Contains(words.Values, chosen) {
		options = append(options, riskyOption{chosen, words.Words(chosen)})
	}
	return options
}

// hiddenInputs carry what the form does not ask.
func (p RiskySignInsPage) hiddenInputs() []hiddenInput {
	values := p.Asked.values()
	for _, c := range p.controls() {
		values.Del(c.Param)
	}
	return inputsOf(values)
}
