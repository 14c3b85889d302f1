package store

import (
	"fmt"
	"strings"
)

// Enumeration is the values that records have in one property, each with the words that pages show for it. A value that is not
// listed may be newer than this program: it has no words and is shown as it stands.
type Enumeration struct {
	// Name is that of Microsoft's documentation.
	Name string
	// Values are all values that have words, in the order of their declaration.
	Values []string

	words    map[string]string   // by value, in one case
	byWords  map[string][]string // values by their words, in one case
	patterns func(value string) string
}

// notNamed is the value that Microsoft's programs send in the place of one that the reader did not ask to know.
const (
	notNamed      = "unknownFutureValue"
	notNamedWords = "A newer value that the record does not name"
)

// NewEnumeration reads a table of one value a line, with a colon between the value and its words. It panics on a line without
// words and on a value that stands there twice: these are mistakes in the program.
func NewEnumeration(name, table string) *Enumeration {
	e := &Enumeration{Name: name, words: map[string]string{}, byWords: map[string][]string{}}
	for line := range strings.Lines(strings.TrimSpace(table)) {
		value, words, found := strings.Cut(strings.TrimSpace(line), ": ")
		if !found || e.words[FoldCase(value)] != "" {
			panic(fmt.Sprintf("the line %q of the enumeration %s has no words or a value for the second time", line, name))
		}
		e.add(value, words)
	}
	if e.words[FoldCase(notNamed)] == "" {
		e.add(notNamed, notNamedWords)
	}
	return e
}

// EnumerationOf makes an enumeration of values that something else declares with their words.
func EnumerationOf[V ~string](name string, values []V, words func(V) string) *Enumeration {
	e := &Enumeration{Name: name, words: map[string]string{}, byWords: map[string][]string{}}
	for _, value := range values {
		e.add(string(value), words(value))
	}
	return e
}

func (e *Enumeration) add(value, words string) {
	e.Values = append(e.Values, value)
	e.words[FoldCase(value)] = words
	key := FoldCase(words)
	e.byWords[key] = append(e.byWords[key], value)
}

// withPatterns adds words for texts that follow a pattern, such as those with a version. The function gives nothing for others.
func (e *Enumeration) withPatterns(words func(value string) string) *Enumeration {
	e.patterns = words
	return e
}

// Words gives a value in words. Several values with commas between them are given each in its words.
func (e *Enumeration) Words(value string) string {
	if e == nil || value == "" {
		return value
	}
	if words := e.wordsOf(value); words != "" {
		return words
	}
	if !strings.Contains(value, ",") {
		return value
	}
	parts, known := strings.Split(value, ","), false
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
		if words := e.wordsOf(parts[i]); words != "" {
			parts[i], known = words, true
		}
	}
	if !known {
		return value
	}
	return strings.Join(parts, ", ")
}

// wordsOf gives the words of one value; empty where it has none.
func (e *Enumeration) wordsOf(value string) string {
	if words := e.words[FoldCase(strings.TrimSpace(value))]; words != "" || e.patterns == nil {
		return words
	}
	return e.patterns(strings.TrimSpace(value))
}

// Has says whether a text is one of the values, in any case.
func (e *Enumeration) Has(value string) bool { return e != nil && e.wordsOf(value) != "" }

// Value gives a value in the spelling of the enumeration; a text that is no value of it stays as it is.
func (e *Enumeration) Value(text string) string {
	for _, value := range e.Values {
		if FoldCase(value) == FoldCase(text) {
			return value
		}
	}
	return text
}

// ValuesSaid gives the values that have these words, in any case: records may spell one value in several ways.
func (e *Enumeration) ValuesSaid(words string) []string {
	if e == nil {
		return nil
	}
	words = strings.TrimSpace(words)
	said := e.byWords[FoldCase(words)]
	if len(said) > 0 || e.patterns == nil {
		return said
	}
	// Records spell what follows a pattern with and without spaces.
	if together := strings.ReplaceAll(words, " ", ""); together != words && FoldCase(e.patterns(together)) == FoldCase(words) {
		return []string{together}
	}
	return nil
}

// yesNo are the words of a truth value.
var yesNo = NewEnumeration("yesNo", `
	yes: Yes
	no: No`)

// IsWorded says that pages show values of the field in words.
func (f *Field) IsWorded() bool { return f.Words != nil || f.enumeration() != nil }

// enumeration is that of the first property that has one: those of one field have the same.
func (f *Field) enumeration() *Enumeration {
	for _, p := range f.Properties {
		switch {
		case p.Enumeration != nil:
			return p.Enumeration
		case p.Bool != nil:
			return yesNo
		}
	}
	return f.statuses
}

// statusEnumeration is the statuses of a kind as the values of a field.
func (k *Kind) statusEnumeration() *Enumeration {
	return EnumerationOf("status", k.statusNames(), func(name string) string { return k.StatusInfo(k.ParseStatus(name)).Label })
}

// InWords gives a value of the field in words.
func (f *Field) InWords(value string) string {
	if f.Words != nil {
		return f.Words(value)
	}
	return f.enumeration().Words(value)
}

// ValuesSaid gives the values of the field that have these words.
func (f *Field) ValuesSaid(words string) []string { return f.enumeration().ValuesSaid(words) }
