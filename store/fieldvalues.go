package store

import (
	"strconv"
	"strings"
	"time"
)

// ValuesOf gives the values under which a stored text counts, each such that FIELD=value finds the text:
// the option of a client app, each part of a list of token types, the one spelling of an address, else
// the text. A text that no FIELD=value can ask for (blank, over long, none of the field's list) counts
// under none.
func (f *Field) ValuesOf(text string) []string {
	parts := []string{text}
	if f.parts != nil {
		parts = f.parts(text)
	}
	var values []string
	for _, part := range parts {
		value, problem := f.canonical(OpIs, part)
		if problem == "" && f.MatchText(text, value) {
			values = append(values, value)
		}
	}
	return f.distinct(values)
}

// ValueTyped gives the value that FIELD=text asks for, in its one spelling; false where the field takes no such value.
func (f *Field) ValueTyped(text string) (value string, ok bool) {
	value, problem := f.canonical(OpIs, text)
	return value, problem == ""
}

// ValuesIn is ValuesOf for a text that is stored in one of the field's properties. The name that stands in for an
// ID is no value of the ID: see IsOfIDs.
func (f *Field) ValuesIn(p *Property, text string) []string {
	if f.says == nil {
		return f.ValuesOf(text)
	}
	var values []string
	for _, said := range f.said(p, text) {
		values = append(values, f.ValuesOf(said)...)
	}
	return f.distinct(values)
}

// said gives the values that a text of one of the properties stands for, where the field does not compare the texts.
func (f *Field) said(p *Property, text string) []string {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return f.says(p, text)
}

// ReadsTexts says that the field does not compare the texts that are stored: such a text may say nothing of it.
func (f *Field) ReadsTexts() bool { return f.says != nil }

// IsOfIDs says that the field compares an ID with the names of what has it, so that a name stands in where there is no ID.
func (f *Field) IsOfIDs() bool { return len(f.Properties) > 1 && f.Properties[0].Fallback != nil }

// EventValues gives the distinct values of one event that a facet of the field counts, in byte order;
// FIELD=value finds the event by each. Of a field of an ID with names (user, app, resource, sp) that is the
// ID alone, in lower case, or, where it is empty, the name that stands in for it; of every other field the
// values of all properties. Values that differ only in case are one: the first in byte order.
func (f *Field) EventValues(e Entry) []string {
	var values []string
	add := func(text string) { values = append(values, f.ValuesOf(text)...) }
	switch f.Source {
	case FromStatus:
		add(f.kind.StatusInfo(f.kind.StatusOf(e)).Name)
		return values
	case FromIngestion:
		if ingested := e.Head().Ingested; !ingested.IsZero() {
			add(ingested.UTC().Format(time.RFC3339Nano))
		}
		return values
	}
	for _, p := range f.PropertiesIn(e.Head().Log) {
		switch {
		case p.Fallback != nil:
			id := *p.Text(e)
			switch {
			case id != "":
				add(strings.ToLower(id)) // as an engine keeps it: an ID is no word of a language
			case f.IsOfIDs():
				add(p.Fallback(e))
			}
			return f.distinct(values)
		case p.Text != nil:
			values = append(values, f.ValuesIn(p, *p.Text(e))...)
		case p.Int != nil:
			if n := *p.Int(e); n.Set {
				add(strconv.FormatInt(n.N, 10))
			}
		case p.Bool != nil:
			add(boolWord(*p.Bool(e)))
		default:
			for _, text := range p.Set(e) {
				add(text)
			}
		}
	}
	return f.distinct(values)
}

// boolWord is the value that asks for a truth value; empty where there is none.
func boolWord(b Bool) string {
	switch b {
	case True:
		return "yes"
	case False:
		return "no"
	}
	return ""
}
