package store

import "strings"

// Block says which fields of a record belong together. Merge has rules for the status and the risk; Conditional Access is
// a block for the right to see it.
type Block uint8

// The blocks.
const (
	NoBlock Block = iota
	StatusBlock
	ConditionalAccessBlock
	AuthenticationBlock
	RiskBlock
)

// Property is one single-valued field of a kind of records, or the values of a multi-valued one taken as a
// set: what is stored in a column, compared by filters and (if single-valued) chosen as a column of
// the page. Exactly one of Text, Int, Bool and Set is there.
type Property struct {
	Name  string // Graph's property, with the path inside a complex type
	Label string // the portal's words
	Block Block
	// Class says who may see it.
	Class Class
	// Enum marks a text that is one word of an enumeration, or several with commas between them. Some words say nothing:
	// see Merge.
	Enum bool
	// Unit is what the number counts.
	Unit string
	// Long marks a text of a sentence or more.
	Long bool
	// InRow marks a text that hardly repeats and may be long, such as the address of a file. An engine keeps it with its row and
	// in no dictionary. It is found by what it is, starts with or contains, and never counted.
	InRow bool
	// MadeUp says that the property follows from others, or from what stands around a record: no key inside is it.
	MadeUp bool
	// Enumeration is the values of the texts, which pages show in words; nil for texts that are shown as they stand.
	Enumeration *Enumeration
	// Unique marks ids that hardly repeat: they have no dictionary. The first of a kind is the record's own ID. Token says that
	// they are 16 bytes in base64url; else most are GUIDs.
	Unique, Token bool
	// Words names the dictionary of its texts where that is not the property's own name: properties of one dictionary name
	// the same things.
	Words string
	// Logs are those of the kind whose records can hold it; nil for all.
	Logs []Log
	// Address marks IP addresses, which are asked for by prefix and network too.
	Address bool
	// Instant marks a text that is a time, but not the time of the record: importers write it in UTC as RFC 3339 does.
	Instant bool
	// Place marks the column that names a city, a state and a country together: the Parts, in this order.
	Place bool
	Parts []*Property
	// OwnLabel is what the field of this property alone is called where Label is that of a field that compares more.
	OwnLabel string
	// Fallback marks an object ID by which rows are grouped: it gives the name that stands in for the ID
	// where that is empty. A field that begins with the ID compares the name too: its facet has it as a value.
	Fallback func(Entry) string

	Text func(Entry) *string
	Int  func(Entry) *Int
	Bool func(Entry) *Bool
	Set  func(Entry) []string // derived from the lists; never a column of the page

	// List marks the property that holds the items of a list: each text of its Set is one, see List.Item.
	List *List
	// PartOf marks the part of a list's items that the property is, the part numbered Part. An engine keeps the
	// items, under the property with the List, and not each part by itself: that would lose which belong together.
	PartOf *List
	Part   int

	kind *Kind
}

// IsID says that the property is an ID, of the record or of what it names: Graph's names of those end in Id.
func (p *Property) IsID() bool {
	return p.Unique || p.Fallback != nil || p.Enumeration == nil && strings.HasSuffix(p.Name, "Id")
}

// OnlyIn says in which logs records can hold the property; in every log of the kind where it is not said.
func (p *Property) OnlyIn(logs ...Log) *Property {
	p.Logs = logs
	return p
}

// AsAddress marks the property as an IP address.
func (p *Property) AsAddress() *Property {
	p.Address = true
	return p
}

// Counts says what the number counts.
func (p *Property) Counts(unit string) *Property {
	p.Unit = unit
	return p
}

// AsLong marks the property as a text of a sentence or more.
func (p *Property) AsLong() *Property {
	p.Long = true
	return p
}

// AsInRow says that texts of the property hardly repeat and may be long.
func (p *Property) AsInRow() *Property {
	p.InRow = true
	return p
}

// AsInstant says that texts of the property are times, which hardly repeat.
func (p *Property) AsInstant() *Property {
	p.Instant = true
	return p.AsInRow()
}

// AsMadeUp says that no key inside a record is the property.
func (p *Property) AsMadeUp() *Property {
	p.MadeUp = true
	return p
}

// InWords says that texts of the property are values of an enumeration.
func (p *Property) InWords(e *Enumeration) *Property {
	p.Enumeration = e
	return p
}

// Alone names the field of this property alone.
func (p *Property) Alone(label string) *Property {
	p.OwnLabel = label
	return p
}

// WithClass says who may see the property.
func (p *Property) WithClass(c Class) *Property {
	p.Class = c
	return p
}

// AsToken marks ids as 16 bytes in base64url.
func (p *Property) AsToken() *Property {
	p.Token = true
	return p
}

// Text is a property that is one text. Its name is that of the records, its label the portal's words.
func Text[E Entry](name, label string, f func(E) *string) *Property {
	return &Property{Name: name, Label: label, Text: of(f)}
}

// Enum is a text that is one word of an enumeration, or several with commas between them.
func Enum[E Entry](name, label string, f func(E) *string) *Property {
	return &Property{Name: name, Label: label, Text: of(f), Enum: true}
}

// UniqueID is an ID that hardly repeats.
func UniqueID[E Entry](name, label string, f func(E) *string) *Property {
	return &Property{Name: name, Label: label, Text: of(f), Unique: true}
}

// EntityID is an object ID by which rows are grouped; fallback gives the name that stands in where the ID is empty.
func EntityID[E Entry](name, label string, f func(E) *string, fallback func(E) string) *Property {
	return &Property{Name: name, Label: label, Text: of(f), Fallback: of(fallback)}
}

// PlaceOf is a column that names a city, a state and a country together, which are properties of their own.
func PlaceOf[E Entry](label string, f func(E) *string, city, state, country *Property) *Property {
	return &Property{Name: MappedPlace, Label: label, Place: true, Parts: []*Property{city, state, country}, Text: of(f)}
}

// Number is a property that is a whole number.
func Number[E Entry](name, label string, f func(E) *Int) *Property {
	return &Property{Name: name, Label: label, Int: of(f)}
}

// Truth is a property that is true or false.
func Truth[E Entry](name, label string, f func(E) *Bool) *Property {
	return &Property{Name: name, Label: label, Bool: of(f)}
}

// Set is a property of several texts.
func Set[E Entry](name, label string, f func(E) []string) *Property {
	return &Property{Name: name, Label: label, Set: of(f)}
}

// ListPart is one part of the items of a list, as a set of all texts that items have there.
func ListPart(l *List, part int, name, label string) *Property {
	p := Set(name, label, func(e Entry) []string { return l.partTexts(e, part) })
	p.PartOf, p.Part = l, part
	return p
}

// ListItems is the items of a list, each with all of its parts.
func ListItems(l *List, name, label string) *Property {
	p := Set(name, label, l.texts)
	p.List = l
	return p
}

func firstNonEmpty(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
