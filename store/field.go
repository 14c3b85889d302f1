package store

import "unicode/utf8"

// Field is one name a log can be filtered by (FIELD in an address). It compares one or more properties
// of a record: "user" holds if the name, the UPN or the ID is the one asked for.
type Field struct {
	Name  string
	Label string
	// Properties are compared, any of them; empty for a field that is computed. The last is the one shown where the field
	// is chosen as a column.
	Properties []*Property
	// Source says where the values come from where that is not the Properties alone.
	Source Source
	// Column is the property that stands for a computed field where it is chosen as a column; nil where it cannot be.
	Column *Property
	// Unique marks fields of ids that hardly repeat: they know is, is not, starts and empty only.
	Unique bool
	// Closed marks fields whose values are one of a list, a truth value, a number or a time: no part of
	// such a value means anything, so they know neither starts nor has. Fields whose values are a list that
	// Microsoft keeps adding to (requirement, risk, policyresult) are not among them.
	Closed bool
	// Single marks the fields of one property that has no short name.
	Single bool
	// AnyEvent marks fields that look at every event of an interactive line, not at the last alone.
	AnyEvent bool
	// Members marks the fields that have groups of users as values. A record has such a value if a member of the group made it.
	// Groups of the directory have an Object; others are departments.
	Members bool
	// Named marks the field that compares with names of users, by which the directory may know more of them: see UserNames.
	Named bool
	// Object is the kind of objects of the directory that the values are IDs of, where these have a page of their own: of an
	// application the application ID.
	Object ObjectKind
	// Class is that of its properties, of Beside and of Column, and NewKind takes it from them. A request that names a field of
	// a class is refused to those who may not see it.
	Class Class
	// Options are the values of a field that knows no others, in the order in which a control offers them.
	Options []string
	// Families are the values that a control offers where some of them can be asked for together.
	Families []Family
	// Words gives a value in words where they are not those of the enumerations of its properties: see InWords.
	Words func(value string) string
	// Prefix stands in front of a value that would say nothing by itself: a bare number.
	Prefix string
	// Codes says that the values are error codes, each of which has a page that explains it.
	Codes bool
	// One and Many are what a value of the field is: "user", "users". Part is what it is of an item of a list that was named
	// before: a policy has a "result".
	One, Many, Part string
	// Hint says what a value looks like, for the control and for the message about a bad one.
	Hint string

	// check refuses a value that cannot be meant; it gives the value in its one canonical spelling.
	check func(value string) (canonical string, problem string)
	// match says whether a stored text is the wanted one; nil is equality of the folded texts.
	match func(stored, want string) bool
	// starts and has say whether a stored text starts with a wanted one and contains it; nil is that of
	// the folded texts.
	starts, has func(stored, want string) bool
	// parts gives the values that a stored text counts as where that is not the text itself.
	parts func(stored string) []string
	// says gives what a stored text of one of the properties says of the field, where the field does not compare the
	// texts themselves. An engine asks it about each word of a dictionary once.
	says func(p *Property, stored string) []string
	// Beside are properties that count too, in the logs that BesideIn names.
	Beside   []*Property
	BesideIn []Log
	// addresses marks the fields that matchAddress compares, cased those that matchToken does.
	addresses, cased bool
	// statuses are the values of the field of the status, with their words.
	statuses *Enumeration

	kind *Kind
}

// Kind gives the kind of records that the field is of.
func (f *Field) Kind() *Kind { return f.kind }

// Source is where the values of a field come from.
type Source uint8

// The sources. The last two add, for a line of the interactive log, what its other events hold in the same properties; an
// engine may keep that with the line.
const (
	FromProperties Source = iota
	FromStatus
	FromIngestion
	FromOutcomesOfLine
	FromCodesOfLine
)

// Family is some values of a field. Value asks for all of them, Label says that in words, and Heading stands above them.
type Family struct {
	Value, Label, Heading string
	Options               []Option
}

// Option is a value that a control offers, with what it means.
type Option struct{ Value, Note string }

// MatchText says whether a text stored in one of the field's properties is the wanted value.
func (f *Field) MatchText(stored, want string) bool {
	if f.match != nil {
		return f.match(stored, want)
	}
	return equalFold(stored, want)
}

// HoldsAddresses says that the field's values are IP addresses, wanted by prefix and network too.
func (f *Field) HoldsAddresses() bool { return f.addresses }

// CaseTells says that values which differ in case alone are two: token identifiers are base64url.
func (f *Field) CaseTells() bool { return f.cased }

func (f *Field) textStarts(stored, want string) bool {
	if f.starts != nil {
		return f.starts(stored, want)
	}
	return startsFold(stored, want) || f.IsWorded() && asksForWords(want) && startsFold(f.InWords(stored), want)
}

func (f *Field) textHas(stored, want string) bool {
	if f.has != nil {
		return f.has(stored, want)
	}
	return containsFold(stored, want) || f.IsWorded() && asksForWords(want) && containsFold(f.InWords(stored), want)
}

// asksForWords says that a part of a text is long enough to be compared with the words of values too. Two letters mean a code:
// "us" is the United States, and not Russia.
func asksForWords(part string) bool { return utf8.RuneCountInString(part) >= 3 }

// MemberKey gives the name of a value of the field among the members that a filter was told: see Filter.WithMembers.
func (f *Field) MemberKey(value string) string {
	if f.Object == ObjectGroup {
		return value
	}
	return f.Name + ":" + FoldCase(value)
}

// ExactText says that MatchText is equality of the folded texts, so an index over folded texts finds what
// matches.
func (f *Field) ExactText() bool { return f.match == nil && f.says == nil }
