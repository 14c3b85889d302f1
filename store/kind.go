package store

import (
	"fmt"
	"slices"
	"time"
)

// Kind declares a kind of records: the logs that keep them, what a record holds, and the names by which that is asked for.
// The importer, engines, exports and pages know nothing of a kind that does not stand here. NewKind makes it ready.
type Kind struct {
	// One and Many are what its records are called: "sign-in", "sign-ins".
	One, Many string
	Logs      []LogInfo
	// Properties are all of them. An engine keeps a column for each: the order only ever grows.
	Properties []*Property
	// Lists are the lists of which fields ask for one item.
	Lists []*List
	// Named are the fields with a short name, in the order in which controls list them.
	Named []*Field
	// Columns are those of pages that are no property: nothing stores or compares them, and they know Text alone.
	Columns []*Property
	// Searched are the fields that the search box looks at.
	Searched Searched

	// Statuses are how a record can have ended, by number; the first is for records that do not tell, and is no value.
	// There are MaxStatuses at most. Status tells which one a record has; nil for a kind without.
	Statuses []StatusInfo
	Status   func(Entry) Status

	// New gives an empty record.
	New func() Entry
	// Owners are the IDs of those whose the record is. Two records of one ID with other owners are not copies.
	Owners []*Property
	// Dated is when a record was changed last, as its copy tells it: the order of copies goes by that first. A copy that tells
	// none is the oldest. Nil for a kind whose records tell no such time.
	Dated func(Entry) time.Time
	// Newer orders two copies that tell no order by their times; nil where the one with more filled properties is the newer.
	Newer func(a, b Entry) int
	// Update takes over what a newer copy tells better. Nil: each property that holds something.
	Update func(merged, newer Entry)
	// Filled counts what a record holds beside its single-valued properties; nil for nothing.
	Filled func(Entry) int
	// Tells gives what a record also tells of another kind: a copy of that kind's record, with Head.ToldBy. It is of the log of
	// a record with its ID, else of the log that it names. Nil for a kind, or a record, that tells none.
	Tells func(Entry) Entry

	// Inside are the classes of data that no property has by itself: Withhold and Redact take it out.
	Inside Classes
	// Withhold takes the data of some classes out of what is no single-valued property; nil where there is none.
	Withhold func(e Entry, hidden Classes)
	// Redact gives a record as received without the data of some classes. Nil: whoever may not see a class that the kind has
	// sees no record as received.
	Redact func(doc []byte, hidden Classes) []byte

	// FileColumns are the columns of CSV files where these are not the date, the status and every property. They read whole
	// records, lists included. FileNote says what they leave out.
	FileColumns []FileColumn
	FileNote    string

	// Shape tells importers which records are of the kind and where in them values stand. Sign-ins are read by rules of
	// their own.
	Shape Shape

	// Derivation numbers the rules by which a record becomes a row. Whoever changes them makes it larger by one, once for a
	// release: rows are then made again of the records. Codes names a list that the rules follow from too.
	Derivation int64
	Codes      string

	fields  []*Field
	byName  map[string]*Field
	fieldOf map[*Property]*Field
	classes Classes
}

// Shape tells an importer which records are of a kind, and where in them the values stand: those of a property under its name,
// in any casing, at its path. A record is of the kind if its envelope names the category of one of the kind's logs, or if it
// has no such envelope and all of the keys in Tells; it is then of the first log.
type Shape struct {
	Tells []string
	// Says are further categories, tables and types of Graph that name the first log, beside the categories of the logs.
	Says []string
	// Inside is a key whose object holds the record itself: what it tells goes before what stands around it. Empty for none.
	Inside string
	// Times are the keys that may hold the time of the event, the best first.
	Times []string
	// Aliases are further names of keys, in lower case, each with the name of its property. Fills are such names too, and tell
	// nothing where the property has a value already.
	Aliases, Fills map[string]string
	// OwnCategories says that the category of an envelope may be that of the record itself: its keys then tell the kind.
	OwnCategories bool
	// Lists read the members that hold lists, by their names in lower case. A value is JSON; ok says that it was in a shape that
	// is read.
	Lists map[string]func(e Entry, value []byte) (ok bool)
	// Values read the members that hold one value which needs a look, by their names in lower case. A text is given as it says.
	Values map[string]func(e Entry, told string)
	// Tenant is the tenant that records name themselves; nil where what stands around them tells it.
	Tenant *Property
	// Settle fills the properties that follow from others, or that only stand around the properties of a record; nil for none.
	Settle func(e Entry, around Envelope)
	// LogOf tells the log of a record that stood in another one of the kind; nil where what its source says is enough.
	LogOf func(e Entry, log Log) Log
	// Told says how records of another kind tell records of the kind, with a document of their own: see Kind.Tells. Nil where none do.
	Told *ToldShape
}

// ToldShape is the shape of a record inside a document of another kind. It is that of the kind itself, with a few differences.
type ToldShape struct {
	// Aliases are further names of keys, in lower case, each with the name of its property. They go before these names. Ignored are
	// names, in lower case, that mean something else in such a document. Time is a key that may hold the time of the event too.
	Aliases map[string]string
	Ignored []string
	Time    string
	// Inside is a key whose object holds the record; empty for none.
	Inside string
	// Settle changes what such a document says in other words. It runs before Shape.Settle.
	Settle func(Entry)
}

// FileColumn is a column of a kind's CSV files.
type FileColumn struct {
	Heading string
	Text    func(Entry) string
}

// Envelope is what stands around the properties of a record of Azure Monitor. All of it is empty for a record without such an
// envelope.
type Envelope struct {
	Category, Operation, Tenant, Correlation, Address, Identity, Result, ResultType string
}

// NewKind makes a declared kind ready. It gives every single-valued property a field of its own where none of the named
// ones compares it alone. It panics on a declaration that contradicts itself: that is a mistake in the program.
func NewKind(k Kind) *Kind {
	kind := &k
	if len(k.Statuses) > MaxStatuses {
		panic(fmt.Sprintf("the kind %q has %d statuses, and there are %d at most", k.One, len(k.Statuses), MaxStatuses))
	}
	kind.refuseMistakes()
	for i := range kind.Logs {
		kind.Logs[i].kind = kind
		if kind.Logs[i].Read == NoClass {
			kind.Logs[i].Read = TenantLogs
		}
	}
	for _, p := range slices.Concat(kind.Properties, kind.Columns) {
		if p.kind != nil && slices.Contains(p.kind.Properties, p) {
			panic(fmt.Sprintf("the property %s is of two kinds", p.Name))
		}
		p.kind = kind
		kind.classes |= ClassesOf(p.Class)
	}
	for _, l := range kind.Lists {
		l.kind = kind
	}
	kind.classes |= k.Inside
	kind.fields = append(slices.Clone(kind.Named), kind.ownNamed()...)
	kind.byName, kind.fieldOf = map[string]*Field{}, map[*Property]*Field{}
	for _, f := range kind.fields {
		if kind.byName[f.Name] != nil {
			panic(fmt.Sprintf("two fields of the kind %q have the name %s", k.One, f.Name))
		}
		f.kind = kind
		f.complete()
		kind.byName[f.Name] = f
		if f.Column != nil {
			kind.fieldOf[f.Column] = f
		}
		for _, p := range f.Properties {
			if kind.fieldOf[p] == nil {
				kind.fieldOf[p] = f
			}
		}
	}
	return kind
}

// NewOf gives a record with nothing but its head.
func (k *Kind) NewOf(h Head) Entry {
	e := k.New()
	e.SetHead(h)
	return e
}

// Log describes a log of the kind; ok is false where it has no such log.
func (k *Kind) Log(log Log) (info LogInfo, ok bool) {
	for i := range k.Logs {
		if k.Logs[i].Log == log {
			return k.Logs[i], true
		}
	}
	return LogInfo{}, false
}

// Property finds a property by its name in records.
func (k *Kind) Property(name string) (*Property, bool) {
	for _, p := range k.Properties {
		if p.Name == name {
			return p, true
		}
	}
	return nil, false
}

// Fields gives every field: those with a short name, and then those of the properties that none of these compares alone.
func (k *Kind) Fields() []*Field { return k.fields }

// Field finds a field by its name in addresses.
func (k *Kind) Field(name string) (*Field, bool) {
	f, ok := k.byName[name]
	return f, ok
}

// FieldOf gives the field that asks for the values of a property: the first in the order of Fields that
// compares it. ok is false for a property that no field compares.
func (k *Kind) FieldOf(p *Property) (f *Field, ok bool) {
	f, ok = k.fieldOf[p]
	return f, ok
}

// StatusField gives the field of the status; nil for a kind without.
func (k *Kind) StatusField() *Field {
	for _, f := range k.Named {
		if f.Source == FromStatus {
			return f
		}
	}
	return nil
}

// FieldOfObjects gives the field that finds the records of an object of the directory by its ID; nil for no kind of object.
func (k *Kind) FieldOfObjects(kind ObjectKind) *Field {
	for _, f := range k.fields {
		if kind != 0 && f.Object == kind {
			return f
		}
	}
	return nil
}

// Column finds a column by its name in the parameter cols: the FIELD name, else that of the property. A field of several
// properties shows the last, which is the readable one.
func (k *Kind) Column(name string) (*Property, bool) {
	for _, c := range k.Columns {
		if c.Name == name {
			return c, true
		}
	}
	if f, ok := k.byName[name]; ok {
		if len(f.Properties) == 0 {
			return f.Column, f.Column != nil
		}
		p := f.Properties[len(f.Properties)-1]
		return p, p.Set == nil && !f.ReadsTexts()
	}
	p, ok := k.Property(name)
	return p, ok && p.Set == nil
}

// Classes gives the classes whose data a record of the kind can have.
func (k *Kind) Classes() Classes { return k.classes }

// KeepOf takes out of an entry the properties that no record of a log has.
func (k *Kind) KeepOf(e Entry, log Log) {
	for _, p := range k.Properties {
		if p.Logs != nil && !slices.Contains(p.Logs, log) {
			p.clear(e)
		}
	}
}

// holds says that a record of the kind can have data of the classes.
func (k *Kind) holds(hidden Classes) bool { return k.classes&hidden != 0 }

// withheld gives an entry of the kind without the data of some classes. The one that is given stays as it is.
func (k *Kind) withheld(e Entry, hidden Classes) Entry {
	if e == nil || !k.holds(hidden) {
		return e
	}
	e = e.Clone()
	for _, p := range k.Properties {
		if hidden.Has(p.Class) {
			p.clear(e)
		}
	}
	if k.Withhold != nil {
		k.Withhold(e, hidden)
	}
	return e
}

// redacted gives a record as received without the data of some classes. Where nobody declared how to take it out of records
// that can have it, nothing is given.
func (k *Kind) redacted(doc []byte, hidden Classes) []byte {
	switch {
	case doc == nil, !k.holds(hidden):
		return doc
	case k.Redact == nil:
		return nil
	}
	return k.Redact(doc, hidden)
}
