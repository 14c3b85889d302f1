package ask

import (
	"slices"

	"signpost/store"
)

// RiskyWhy is the reason for which a sign-in is in a list of risky sign-ins.
type RiskyWhy string

// These are the reasons for users.
//
// A sign-in is risky by its state where that is other than none, whatever its level. It is risky by its level where that was low,
// medium or high during the sign-in, and the state tells nothing. One whose level or state is hidden, and that is not risky otherwise,
// is no risky sign-in: a tenant without the premium licence gets the word for each sign-in. It is listed and counted apart.
const (
	RiskyByState RiskyWhy = "state"
	RiskyByLevel RiskyWhy = "level"
	RiskyHidden  RiskyWhy = "hidden"
)

// RiskyPart is the sign-ins of one log that are listed as risky for one reason. No sign-in is in two parts: their totals add up.
type RiskyPart struct {
	Why   RiskyWhy
	Query store.ListQuery
	// Masked says that the level of the sign-ins is hidden. Those that are risky by their state are among the hidden ones too.
	Masked bool
}

// RiskyLevels gives the levels during a sign-in that make it risky, the lowest first.
func RiskyLevels() []string { return []string{"low", "medium", "high"} }

// What a level and a state are where they tell nothing of a risk. The empty text stands for no value.
const (
	noRisk    = "none"
	untold    = ""
	maskedOut = store.RiskHidden
)

// RiskyParts gives the questions for all risky sign-ins of users in a range that pass a filter, without those of RiskyHidden. They are
// about lines of the interactive log and records of the other.
func RiskyParts(in store.Range, f store.Filter) []RiskyPart {
	var parts []RiskyPart
	for _, log := range LogsOf(store.ObjectUser) {
		parts = append(parts, RiskyPartsOf(log, in, f)...)
	}
	return parts
}

// RiskyPartsOf is RiskyParts for one log of users. It leaves out a part that the filter cannot let through.
func RiskyPartsOf(log store.Log, in store.Range, f store.Filter) (parts []RiskyPart) {
	if told, ok := riskTold(f); ok {
		parts = append(parts, RiskyPart{RiskyByState, store.ListQuery{Log: log, Range: in, Filter: told.With(store.RiskSignInField, store.OpIsNot, maskedOut)}, false})
		if masked, ok := oneOf(log, told, store.RiskSignInField, maskedOut); ok {
			parts = append(parts, RiskyPart{RiskyByState, store.ListQuery{Log: log, Range: in, Filter: masked}, true})
		}
	}
	if byLevel, ok := oneOf(log, f, store.RiskStateField, noRisk, maskedOut, untold); ok {
		if byLevel, ok = oneOf(log, byLevel, store.RiskSignInField, RiskyLevels()...); ok {
			parts = append(parts, RiskyPart{RiskyByLevel, store.ListQuery{Log: log, Range: in, Filter: byLevel}, false})
		}
	}
	return parts
}

// HiddenRiskParts gives the questions for sign-ins of users in a range that have a hidden risk and are not risky otherwise.
func HiddenRiskParts(in store.Range, f store.Filter) (parts []RiskyPart) {
	for _, log := range LogsOf(store.ObjectUser) {
		// The level is hidden, and the state tells nothing.
		if hidden, ok := oneOf(log, f, store.RiskStateField, noRisk, maskedOut, untold); ok {
			if hidden, ok = oneOf(log, hidden, store.RiskSignInField, maskedOut); ok {
				parts = append(parts, RiskyPart{RiskyHidden, store.ListQuery{Log: log, Range: in, Filter: hidden}, true})
			}
		}
		// The state is hidden, and the level is neither hidden nor one of a risk.
		if hidden, ok := oneOf(log, f, store.RiskStateField, maskedOut); ok {
			for _, level := range append(RiskyLevels(), maskedOut) {
				hidden = hidden.With(store.RiskSignInField, store.OpIsNot, level)
			}
			parts = append(parts, RiskyPart{RiskyHidden, store.ListQuery{Log: log, Range: in, Filter: hidden}, true})
		}
	}
	return parts
}

// IsRisky says for which reason a sign-in of a user is listed as risky; empty for one that is not listed. It is the plain meaning of the
// questions above.
func IsRisky(s *store.SignIn) RiskyWhy {
	state, level := store.FoldCase(s.RiskState), store.FoldCase(s.RiskLevelDuringSignIn)
	switch {
	case state != noRisk && state != maskedOut && state != untold:
		return RiskyByState
	case slices.Contains(RiskyLevels(), level):
		return RiskyByLevel
	case level == maskedOut, state == maskedOut:
		return RiskyHidden
	}
	return ""
}

// riskTold narrows to sign-ins whose state tells of a risk. ok is false where the filter lets none through.
func riskTold(f store.Filter) (told store.Filter, ok bool) {
	wanted, others := 0, 0
	for _, c := range f.Conditions() {
		if c.Field != store.RiskStateField || c.Op.Negative() {
			continue
		}
		if wanted++; c.Op != store.OpEmpty {
			others++
		}
	}
	if wanted > 0 && others == 0 {
		return f, false // the filter asks for sign-ins without a state, and for no others
	}
	// "is not empty" takes the place of "is empty".
	return f.With(store.RiskStateField, store.OpIsNot, noRisk).With(store.RiskStateField, store.OpIsNot, maskedOut).With(store.RiskStateField, store.OpNotEmpty, ""), true
}

// oneOf narrows a filter to sign-ins of a log that have one of some values in a field of one text. What the filter asks of that field still
// holds. The empty text stands for no value. ok is false where the filter lets none of the values through.
func oneOf(log store.Log, f store.Filter, field *store.Field, values ...string) (narrowed store.Filter, ok bool) {
	about := f
	for _, c := range f.Conditions() {
		if c.Field != field {
			about = about.WithoutField(c.Field)
		}
	}
	var passing []string
	none := false
	for _, value := range values {
		s := &store.SignIn{}
		s.Log = log
		*field.Properties[0].Text(s) = value
		switch {
		case !about.IsEmpty() && !about.Match(s):
		case value == untold:
			none = true
		default:
			passing = append(passing, value)
		}
	}
	narrowed = f.WithoutField(field)
	if len(passing) > 0 {
		narrowed = narrowed.WithAny(field, passing)
	}
	if none {
		narrowed = narrowed.With(field, store.OpEmpty, "")
	}
	return narrowed, none || len(passing) > 0
}
