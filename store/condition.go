package store

import (
	"slices"
	"strconv"
	"time"
)

// Condition is one part of a filter: a field, an operator and values. Values are canonical, in byte order and
// without duplicates; values that differ only in case are duplicates. Those of OpEmpty are "yes", those of
// OpNotEmpty "no".
//
// The methods Match... tell whether one value of the field passes, as if the condition were positive. A record
// passes the condition if any of its values passes or, where Op.Inverted, if none does. So an engine may ask about
// each word of a dictionary once.
type Condition struct {
	Field  *Field
	Op     Operator
	Values []string
}

// Param is the query parameter of the condition.
func (c Condition) Param() string { return c.Field.Param(c.Op) }

// Exact tells whether the condition only compares folded texts for equality with Values. Then an index over folded
// texts finds the same texts as MatchText.
func (c Condition) Exact() bool {
	return (c.Op == OpIs || c.Op == OpIsNot) && c.Field.ExactText()
}

// MatchText tells whether a text of the field passes: a value of any of its properties, or one text of a
// multi-valued property. The empty text is no value.
func (c Condition) MatchText(text string) bool {
	if text == "" || text == UnreadShape && (c.Op == OpStarts || c.Op == OpHas) {
		return false
	}
	compare := c.Field.MatchText
	switch c.Op {
	case OpStarts:
		compare = c.Field.textStarts
	case OpHas:
		compare = c.Field.textHas
	case OpEmpty, OpNotEmpty:
		return true
	}
	for _, want := range c.Values {
		if compare(text, want) {
			return true
		}
	}
	return false
}

// matchTextOf is MatchText for a text of one property. The field may compare the meaning of the text instead of
// the text.
func (c Condition) matchTextOf(p *Property, text string) bool {
	if c.Field.says == nil {
		return c.MatchText(text)
	}
	return slices.ContainsFunc(c.Field.said(p, text), c.MatchText)
}

// MatchInt tells whether a number passes.
func (c Condition) MatchInt(n Int) bool {
	if !n.Set || !c.Op.TakesValue() {
		return n.Set
	}
	for _, want := range c.Values {
		if wanted, err := strconv.ParseInt(want, 10, 64); err == nil && n.N == wanted {
			return true
		}
	}
	return false
}

// MatchBool tells whether a truth value passes.
func (c Condition) MatchBool(b Bool) bool {
	if b == Unset || !c.Op.TakesValue() {
		return b != Unset
	}
	for _, want := range c.Values {
		if b == WantedBool(want) {
			return true
		}
	}
	return false
}

// MatchStatus tells whether a status passes. An unknown status is no value.
func (c Condition) MatchStatus(s Status) bool {
	if s == StatusUnknown || !c.Op.TakesValue() {
		return s != StatusUnknown
	}
	return slices.Contains(c.Values, c.Field.kind.StatusInfo(s).Name)
}

// MatchTime tells whether a time passes, in microseconds as engines keep it. The zero time is no value.
func (c Condition) MatchTime(t time.Time) bool {
	if t.IsZero() || !c.Op.TakesValue() {
		return !t.IsZero()
	}
	t = t.Truncate(time.Microsecond)
	for _, want := range c.Values {
		if wanted, ok := ParseInstant(want); ok && t.Equal(wanted.Truncate(time.Microsecond)) {
			return true
		}
	}
	return false
}

// Ints gives the values of a condition on numbers.
func (c Condition) Ints() []int64 {
	var ints []int64
	for _, value := range c.Values {
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			ints = append(ints, n)
		}
	}
	return ints
}

// matchLine tells whether a line of events passes; see Filter.MatchLine.
func (c Condition) matchLine(events []Entry, of *told) bool {
	if !c.Field.AnyEvent {
		events = events[len(events)-1:]
	}
	passes := false
	for _, event := range events {
		passes = passes || c.anyValue(event) || c.anyGroup(event, of.members) || c.anyName(event, of.names)
	}
	return passes != c.Op.Inverted()
}

// anyGroup tells whether a member of any of the condition's groups made the event.
func (c Condition) anyGroup(e Entry, members map[string]MemberSet) bool {
	return c.Field.Members && slices.ContainsFunc(c.Values, func(group string) bool { return members[c.Field.MemberKey(group)].has(c.Field.kind, e) })
}

// anyValue tells whether any of the event's values passes.
func (c Condition) anyValue(e Entry) bool {
	switch c.Field.Source {
	case FromStatus:
		return c.MatchStatus(c.Field.kind.StatusOf(e))
	case FromIngestion:
		return c.MatchTime(e.Head().Ingested)
	}
	for _, p := range c.Field.PropertiesIn(e.Head().Log) {
		switch {
		case p.Text != nil && c.matchTextOf(p, *p.Text(e)),
			p.Int != nil && c.MatchInt(*p.Int(e)),
			p.Bool != nil && c.MatchBool(*p.Bool(e)),
			p.Set != nil && slices.ContainsFunc(p.Set(e), c.MatchText):
			return true
		}
	}
	return false
}

// WantedBool gives the stored value for yes or no.
func WantedBool(want string) Bool { return BoolOf(want == "yes") }

// ParseInstant parses a canonical time value of the field ingested.
func ParseInstant(value string) (time.Time, bool) { return parseTime(value) }
