package views

import (
	"slices"
	"strings"
	"unicode/utf8"

	"signpost/store"
)

// clipAt is the number of bytes of a value that are shown.
const clipAt = 4 << 10

// clipNote says how much of a text was cut off.
func clipNote(shown, all int) string {
	return "… [" + Number(int64(shown)) + " of " + Number(int64(all)) + " bytes are shown]"
}

// clipped gives a value as pages show it, cut off if it is long.
func clipped(text string) string {
	if len(text) <= clipAt {
		return text
	}
	cut := clipAt
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + clipNote(cut, len(text))
}

// clippedLines cuts off the long lines of a text, and the text itself if it is very long. Its JSON has one value a
// line.
func clippedLines(text string) string {
	if len(text) <= clipAt {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		if b.Len()+min(len(line), clipAt) > clipTextAt {
			b.WriteString(clipNote(b.Len(), len(text)))
			break
		}
		bare := strings.TrimSuffix(line, "\n")
		b.WriteString(clipped(bare))
		b.WriteString(line[len(bare):])
	}
	return b.String()
}

// clipTextAt is the number of bytes of a text of several lines that are shown.
const clipTextAt = 64 << 10

// clip cuts off the long values of a section. The section then says so, and links to the whole values.
func (p DetailsPage) clip(s *Section) {
	if p.Whole {
		return
	}
	cut := func(text string) string {
		short := clipped(text)
		s.Clipped = s.Clipped || len(short) != len(text)
		return short
	}
	for i := range s.Notes {
		s.Notes[i] = cut(s.Notes[i])
	}
	for i := range s.Groups {
		clipFacts(s.Groups[i].Facts, cut)
	}
	for i := range s.Tables {
		clipTable(&s.Tables[i], cut)
	}
	for i := range s.Texts {
		block := &s.Texts[i]
		if short := clippedLines(block.Text); short != block.Text {
			block.Text, block.Copy, s.Clipped = short, false, true // nobody should copy half a record for a whole one
		}
	}
	if s.Policies != nil {
		for i := range s.Policies.Policies {
			s.Policies.Policies[i].clip(cut)
		}
	}
	if s.Clipped {
		s.Whole = p.wholeURL(s.Tab)
	}
}

func clipFacts(facts []Fact, cut func(string) string) {
	for i := range facts {
		f := &facts[i]
		if short := cut(f.Value); short != f.Value {
			f.Value, f.Copy = short, false
		}
		for n := range f.Narrowings {
			f.Narrowings[n].Value = cut(f.Narrowings[n].Value)
		}
		f.Of = cut(f.Of)
	}
}

func clipTable(t *DataTable, cut func(string) string) {
	t.Caption = cut(t.Caption)
	for _, row := range t.Rows {
		for i := range row {
			row[i] = cut(row[i])
		}
	}
	for place, fact := range t.Ways {
		facts := []Fact{fact}
		clipFacts(facts, cut)
		t.Ways[place] = facts[0]
	}
}

func (p *Policy) clip(cut func(string) string) {
	p.Name, p.Result, p.Grant, p.ConditionNote = cut(p.Name), cut(p.Result), cut(p.Grant), cut(p.ConditionNote)
	clipFacts(p.Facts.Facts, cut)
	for i := range p.Conditions {
		c := &p.Conditions[i]
		c.Label, c.Collected = cut(c.Label), cut(c.Collected)
		c.Rules = slices.Clone(c.Rules) // a copy: the rules belong to the record
		for n := range c.Rules {
			c.Rules[n] = cut(c.Rules[n])
		}
	}
}

// wholeParam asks for long values to be shown whole.
const wholeParam = "whole"

// AsksWhole says whether the address of a sign-in asks for its long values whole; ok is false for an unknown value.
func AsksWhole(value string) (whole, ok bool) { return value == "yes", value == "" || value == "yes" }

// wholeURL is the address of a section of the sign-in with its long values whole.
func (p DetailsPage) wholeURL(tab string) string {
	address := p.signInURL(p.head().ID, tab)
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	return address + separator + wholeParam + "=yes"
}

// beginningShown gives the start of a long value, as the name of a link.
func beginningShown(text string) string {
	const most = 100 // bytes
	cut := min(most, len(text))
	for cut > 0 && cut < len(text) && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// isFilterable says that a condition of a list accepts the value.
func isFilterable(value string) bool { return utf8.RuneCountInString(value) <= store.MaxValueLength }
