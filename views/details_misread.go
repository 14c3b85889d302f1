package views

import (
	"slices"

	"signpost/store"
)

// notRead replaces a value, or the note of an absence, if the record holds it in an unreadable shape.
const notRead = "in a format Signpost cannot read: see Raw"

// isTold says that the fact has a value from the record.
func (f Fact) isTold() bool { return f.Value != Empty && f.Value != notRead }

// isMisread says that the record holds one of the properties in an unreadable shape.
func (p DetailsPage) isMisread(properties ...*store.Property) bool {
	return slices.ContainsFunc(properties, func(one *store.Property) bool { return slices.Contains(p.Misread, one) })
}

// told gives a text that is made of some properties. If it is empty and one of them is unreadable, it gives notRead.
func (p DetailsPage) told(text string, from ...*store.Property) string {
	if text == "" && p.isMisread(from...) {
		return notRead
	}
	return OrEmpty(text)
}

// ofCollection gives a fact that is made of a collection, which may be unreadable.
func (p DetailsPage) ofCollection(f Fact, c store.Collection) Fact {
	switch s := p.signIn(); {
	case s.IsUnread(c):
		f.Value = notRead
	case s.CollectionState(c) == store.CollectionUnread:
		f.Note = joinSentences(f.Note, "A part of it is "+notRead+".")
	case s.CollectionState(c) == store.CollectionAbsent && f.Value == Empty && slices.Contains(p.Lacks.Lists, c):
		f.Note = p.notInExport()
	}
	return f
}

// without says why a table or a list of a collection shows nothing. noun is the word for the members. empty is only for a record
// that has the collection, without any member.
func (p DetailsPage) without(c store.Collection, noun, empty string) string {
	switch s := p.signIn(); {
	case s.IsUnread(c):
		return Capital(noun) + " are " + notRead + "."
	case s.CollectionState(c) == store.CollectionAbsent && slices.Contains(p.Lacks.Lists, c):
		return "The " + noun + " are " + p.notInExport() + "."
	case s.CollectionState(c) == store.CollectionAbsent:
		return "The record does not tell of " + noun + "."
	}
	return empty
}

// partly gives the notes of a section if only a part of its collection could be read.
func (p DetailsPage) partly(c store.Collection, noun string) []string {
	if s := p.signIn(); s.CollectionState(c) == store.CollectionUnread && !s.IsUnread(c) {
		return []string{"A part of the " + noun + " is " + notRead + "."}
	}
	return nil
}
