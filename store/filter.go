package store

import (
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Condition is one part of a filter: the field is any of the values.
type Condition struct {
	Field  *Field
	Values []string // canonical, in the order given, without doubles
}

// Filter is what a list is narrowed to: every condition must hold. Its zero value means everything.
// It is a value: With and Without give new ones.
type Filter struct {
	conditions []Condition // ordered by field name
}

// Conditions gives the conditions ordered by field name. The slice must not be changed.
func (f Filter) Conditions() []Condition { return f.conditions }

// IsEmpty says that the filter lets everything through.
func (f Filter) IsEmpty() bool { return len(f.conditions) == 0 }

// With gives the filter with one more value for the field.
func (f Filter) With(field *Field, value string) Filter {
	next := Filter{conditions: slices.Clone(f.conditions)}
	for i, c := range next.conditions {
		if c.Field == field {
			if !slices.Contains(c.Values, value) {
				next.conditions[i].Values = append(slices.Clone(c.Values), value)
			}
			return next
		}
	}
	next.conditions = append(next.conditions, Condition{Field: field, Values: []string{value}})
	sort.Slice(next.conditions, func(i, j int) bool {
		return next.conditions[i].Field.Name < next.conditions[j].Field.Name
	})
	return next
}

// Without gives the filter with that value of the field taken out.
func (f Filter) Without(field *Field, value string) Filter {
	var next Filter
	for _, c := range f.conditions {
		if c.Field == field {
			c.Values = slices.DeleteFunc(slices.Clone(c.Values), func(v string) bool { return v == value })
		}
		if len(c.Values) > 0 {
			next.conditions = append(next.conditions, c)
		}
	}
	return next
}

// UsesConditionalAccess names the first field of the filter that is Conditional Access data; nil where
// none is.
func (f Filter) UsesConditionalAccess() *Field {
	for _, c := range f.conditions {
		if c.Field.ConditionalAccess {
			return c.Field
		}
	}
	return nil
}

// Values writes the filter as query parameters, in one canonical order.
func (f Filter) Values() url.Values {
	v := url.Values{}
	for _, c := range f.conditions {
		v[c.Field.Name] = slices.Clone(c.Values)
	}
	return v
}

// operators are the suffixes of FIELD that the contract names and that are still to be made.
var operators = []string{"not", "starts", "has", "empty"}

// ParseFilter reads FIELD=value from query parameters. Parameters named in known are somebody else's
// and passed over; every other parameter is wrong. The filter holds what could be read even when some
// of it is bad, so that the page can show the rest.
func ParseFilter(params url.Values, known ...string) (Filter, BadParams) {
	var filter Filter
	var bad BadParams
	for _, param := range sortedKeys(params) {
		if slices.Contains(known, param) {
			continue
		}
		field, problem := fieldOfParam(param)
		if problem != "" {
			bad = append(bad, BadParam{Param: param, Value: strings.Join(params[param], ", "), Problem: problem})
			continue
		}
		// Parameters come sorted and a field is one of them, so conditions come in their order. With, once
		// for each value, would copy what is there each time: an address may hold thousands.
		condition := Condition{Field: field}
		given := make(map[string]bool, len(params[param]))
		for _, value := range params[param] {
			canonical, problem := field.canonical(value)
			if problem != "" {
				bad = append(bad, BadParam{Param: param, Value: value, Problem: problem})
				continue
			}
			if !given[canonical] {
				given[canonical] = true
				condition.Values = append(condition.Values, canonical)
			}
		}
		if len(condition.Values) > 0 {
			filter.conditions = append(filter.conditions, condition)
		}
	}
	return filter, bad
}

func fieldOfParam(param string) (*Field, string) {
	if field, ok := fieldsByName[param]; ok {
		return field, ""
	}
	name, op, found := strings.Cut(param, ".")
	if !found {
		return nil, "is not a parameter of this page. Take it out of the address."
	}
	field, ok := fieldsByName[name]
	switch {
	case !ok:
		return nil, "is not a field of a sign-in. Take it out of the address."
	case !slices.Contains(operators, op):
		return nil, "is not an operator: a field takes .not, .starts, .has and .empty."
	case op == "has" && field.Unique:
		return nil, "cannot be used: this field knows is, is not, starts with and is empty only."
	}
	return nil, "cannot be used yet: this version filters by FIELD=value only."
}

// NamesConditionalAccess says whether any parameter or column names Conditional Access data, in any
// casing, whatever its operator and value: such a request is refused before anything else is said about it.
func NamesConditionalAccess(params url.Values) bool {
	for param := range params {
		if isConditionalAccessName(param) {
			return true
		}
	}
	for _, cols := range params["cols"] {
		for col := range strings.SplitSeq(cols, ",") {
			if isConditionalAccessName(col) {
				return true
			}
		}
	}
	return false
}

// isConditionalAccessName takes FIELD with or without an operator, and Graph's names, also of keys that
// are not known yet.
func isConditionalAccessName(name string) bool {
	name = strings.ToLower(strings.TrimSpace(name))
	if strings.Contains(name, "conditionalaccess") || strings.Contains(name, "authenticationcontextclassreferences") {
		return true
	}
	name, _, _ = strings.Cut(name, ".")
	field, ok := fieldsByName[name]
	return ok && field.ConditionalAccess
}

func (f *Field) canonical(value string) (string, string) {
	if strings.TrimSpace(value) == "" {
		return "", "is empty. Give a value or take it out of the address."
	}
	if f.check != nil {
		return f.check(value)
	}
	return value, ""
}

// Match says whether the sign-in passes the filter: the slow, plain answer that the engine's is
// tested against. The sign-in must hold its lists.
func (f Filter) Match(s *SignIn) bool {
	for _, c := range f.conditions {
		if !slices.ContainsFunc(c.Values, func(v string) bool { return c.Field.matches(s, v) }) {
			return false
		}
	}
	return true
}

func (f *Field) matches(s *SignIn, want string) bool {
	switch f.Name {
	case "status":
		return s.Status().String() == want
	case "ingested":
		t, _ := parseTime(want)
		return !s.Ingested.IsZero() && s.Ingested.Truncate(time.Microsecond).Equal(t.Truncate(time.Microsecond))
	}
	for _, p := range f.Properties {
		switch {
		case p.Text != nil:
			if t := *p.Text(s); t != "" && f.MatchText(t, want) {
				return true
			}
		case p.Int != nil:
			n := *p.Int(s)
			if wanted, err := strconv.ParseInt(want, 10, 64); err == nil && n.Set && n.N == wanted {
				return true
			}
		case p.Bool != nil:
			if b := *p.Bool(s); b == WantedBool(want) {
				return true
			}
		default:
			if slices.ContainsFunc(p.Set(s), func(t string) bool { return f.MatchText(t, want) }) {
				return true
			}
		}
	}
	return false
}

// WantedBool gives the stored value that yes or no asks for.
func WantedBool(want string) Bool { return BoolOf(want == "yes") }

// ParseInstant reads a canonical time value of the field ingested.
func ParseInstant(value string) (time.Time, bool) { return parseTime(value) }

func sortedKeys(v url.Values) []string {
	keys := make([]string, 0, len(v))
	for k := range v {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
