package views

import (
	"slices"

	"signpost/store"
)

// notRead stands where a record holds something in a shape that is not read, in the place of a value or of an absence.
const notRead = "in a format Signpost cannot read: see Raw"

// isTold says that a fact has a value of the record.
func (f Fact) isTold() bool { return f.Value != Empty && f.Value != notRead }

// isMisread says that the record holds one of the properties in a shape that is not read.
func (p DetailsPage) isMisread(properties ...*store.Property) bool {
	return slices.ContainsFunc(properties, func(one *store.Property) bool { return slices.Contains(p.Misread, one) })
}

// told gives a text that is made of some properties. Where it is empty, it says whether the record holds one of them all the same.
func (p DetailsPage) told(text string, from ...*store.Property) string {
	if text == "" && p.isMisread(from...) {
		return notRead
	}
	return OrEmpty(text)
}

// ofCollection gives a fact that is made of a collection, which may be in a shape that is not read.
func (p DetailsPage) ofCollection(f Fact, c store.Collection) Fact {
	switch s := p.signIn(); {
	case s.IsUnread(c):
		f.Value = notRead
	case s.CollectionState(c) == store.CollectionUnread:
		f.Note = joinSentences(f.Note, "A part of it is "+notRead+".")
	}
	return f
}

// without says why a table or a list of a collection shows nothing. noun is what the members are called; empty is said only of
// a record that has the collection and no member in it.
func (p DetailsPage) without(c store.Collection, noun, empty string) string {
	switch s := p.signIn(); {
	case s.IsUnread(c):
		return Capital(noun) + " are " + notRead + "."
	case s.CollectionState(c) == store.CollectionAbsent:
		return "The record does not tell of " + noun + "."
	}
	return empty
}

// partly are the notes of a section on a collection of which only a part is read.
func (p DetailsPage) partly(c store.Collection, noun string) []string {
	if s := p.signIn(); s.CollectionState(c) == store.CollectionUnread && !s.IsUnread(c) {
		return []string{"A part of the " + noun + " is " + notRead + "."}
	}
	return nil
}
