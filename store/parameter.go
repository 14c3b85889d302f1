package store

import (
	"net/url"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of what one filter may ask: MaxFilterValues values, each of MaxValueLength characters.
const (
	MaxFilterValues = 500
	MaxValueLength  = 1000
)

// ParseFilter reads FIELD=value, FIELD.not=value and so on from query parameters. Parameters named in
// known are somebody else's and passed over; every other parameter is wrong. The filter holds what could
// be read even when some of it is bad, so that the page can show the rest.
func (k *Kind) ParseFilter(params url.Values, known ...string) (Filter, BadParams) {
	var filter Filter
	var bad BadParams
	read := 0
	for _, param := range sortedKeys(params) {
		if slices.Contains(known, param) {
			continue
		}
		// Counted before it is looked at: a long address must not become a page of messages either.
		values := params[param]
		if read += max(len(values), 1); read > MaxFilterValues {
			bad = append(bad, BadParam{Param: param, Problem: "is one too many: a filter holds at most 500 values. Take some out; what comes behind them was not read."})
			values = values[:max(0, len(values)-(read-MaxFilterValues))]
		}
		condition, problems := k.parseCondition(param, values)
		bad = append(bad, problems...)
		if len(condition.Values) > 0 {
			filter.conditions = append(filter.conditions, condition)
		}
		if read > MaxFilterValues {
			break
		}
	}
	filter.sort()
	return filter, bad
}

// parseCondition reads one parameter. The condition has no values where none is good.
func (k *Kind) parseCondition(param string, values []string) (Condition, BadParams) {
	field, op, problem := k.fieldOfParam(param)
	if problem == "" && op == OpEmpty && len(values) > 1 {
		problem = "is given more than once. Keep one, yes or no."
	}
	if problem != "" {
		return Condition{}, BadParams{{Param: param, Value: shortened(strings.Join(values, ", ")), Problem: problem}}
	}
	condition := Condition{Field: field, Op: op}
	var bad BadParams
	for _, value := range values {
		canonical, problem := field.canonical(op, value)
		if problem != "" {
			bad = append(bad, BadParam{Param: param, Value: shortened(value), Problem: problem})
			continue
		}
		if op == OpEmpty && canonical == OpNotEmpty.emptyValue() {
			condition.Op = OpNotEmpty
		}
		condition.Values = append(condition.Values, canonical)
	}
	condition.Values = field.distinct(condition.Values)
	return condition, bad
}

// fieldOfParam takes a parameter apart; problem says why it cannot be.
func (k *Kind) fieldOfParam(param string) (field *Field, op Operator, problem string) {
	name, suffix, found := strings.Cut(param, ".")
	field, ok := k.byName[name]
	if ok && found {
		op, found = operatorOf(suffix)
		ok = found
	}
	switch {
	case field == nil && !found:
		return nil, 0, "is not a parameter of this page. Take it out of the address."
	case field == nil:
		return nil, 0, "is not a field of " + WithArticle(k.One) + ". Take it out of the address."
	case !ok:
		return nil, 0, "is not an operator: a field takes .not, .starts, .has and .empty."
	case !field.Knows(op):
		return nil, 0, "cannot be used: this field knows " + field.operatorsInWords() + " only."
	}
	return field, op, ""
}

// canonical gives the value in the one spelling that the filter holds, or says what is wrong with it.
// The text of starts with and contains stays as it was typed, spaces included.
func (f *Field) canonical(op Operator, value string) (canonical, problem string) {
	switch {
	case strings.TrimSpace(value) == "":
		return "", "is empty. Give a value or take it out of the address."
	case len(value) > MaxValueLength && utf8.RuneCountInString(value) > MaxValueLength:
		return "", "is too long: a value holds at most 1,000 characters. Shorten it."
	}
	switch op {
	case OpEmpty, OpNotEmpty:
		return yesOrNo(value)
	case OpIs, OpIsNot:
		if f.check != nil {
			return f.check(value)
		}
	}
	return value, ""
}

// shortened is a value for a message, which need not repeat a page of text.
func shortened(value string) string {
	if len(value) <= MaxValueLength {
		return value
	}
	end := MaxValueLength
	for end > 0 && !utf8.RuneStart(value[end]) { // bytes that are no text begin no rune at all
		end--
	}
	return value[:end] + "…"
}

// isLetterOrDigit says that a character may stand in a name.
func isLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// WithArticle gives a noun with its article: "a sign-in".
func WithArticle(noun string) string {
	if strings.ContainsAny(noun[:1], "aeioAEIO") {
		return "an " + noun
	}
	return "a " + noun
}

// plainName is a name in lower case, without blanks around it and invisible characters inside it.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if IsInvisible(r) {
			return -1
		}
		return r
	}, strings.ToLower(strings.TrimSpace(name)))
}

func sortedKeys(v url.Values) []string {
	keys := make([]string, 0, len(v))
	for k := range v {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
