package views

import (
	"net/url"
	"slices"
	"strings"

	"signpost/store"
	"signpost/web/ask"
)

// These parameters name the records of a comparison.
const (
	CompareA = "a"
	CompareB = "b"
)

// ComparePath is the address of the comparison of two records.
const ComparePath = "/compare"

// ComparePage compares two records. With one record it offers others to choose from.
type ComparePage struct {
	Shell Shell
	A     DetailsPage
	// B is nil while it is still to be chosen. Offered is nil once it is chosen.
	B       *DetailsPage
	Offered *ask.Offered
}

// recordRef names a record as the parameters of a comparison do.
func recordRef(head store.Head) string { return string(head.Log) + "/" + head.ID }

// compareURL is the address of the comparison of two records; b may be empty.
func compareURL(a, b string, from *ListPlace) string {
	v := url.Values{CompareA: {a}}
	if b != "" {
		v.Set(CompareB, b)
	}
	if from != nil {
		v.Set("list", from.address())
	}
	return withQuery(ComparePath, v)
}

// ComparedURL is the address of a comparison. The list is that where the first record was found, and goes where the question has none.
func ComparedURL(q ask.Compare, from *ListPlace) string {
	if q.List == nil {
		from = nil
	}
	b := ""
	if q.B != nil {
		b = string(q.B.Log) + "/" + q.B.ID
	}
	return compareURL(string(q.A.Log)+"/"+q.A.ID, b, from)
}

// compareURL is the address for choosing the record to compare this one with.
func (p DetailsPage) compareURL() string { return compareURL(recordRef(p.head()), "", p.From) }

// withOther is the address of the comparison with another record.
func (p ComparePage) withOther(e store.Entry) string {
	return compareURL(recordRef(p.A.head()), recordRef(e.Head()), p.A.From)
}

// swapped is the address of the same comparison with the two records swapped.
func (p ComparePage) swapped() string {
	return compareURL(recordRef(p.B.head()), recordRef(p.A.head()), p.A.From)
}

func (p ComparePage) title() string {
	if p.B == nil {
		return "Compare with another " + p.A.kind().One
	}
	return "Compare two " + p.A.kind().Many
}

// back leads to the page that the comparison was opened from.
func (p ComparePage) back() Link {
	if p.A.From != nil {
		return Link{"Back to the list", p.A.From.address()}
	}
	return Link{"Back to the details", nearURL(p.A.Record.Entry)}
}

// offeredTrouble says why no record is offered, or that not all could be looked up.
func (p ComparePage) offeredTrouble() string {
	return troubleText(p.Offered.Trouble, "Looking for records to choose from took too long.", "Some records to choose from could not be looked up.")
}

// offeredFrom says which records are offered.
func (p ComparePage) offeredFrom() string {
	switch many, actor := p.A.kind().Many, p.A.info().Actor; {
	case p.A.From != nil:
		return "The " + many + " next to it in the list:"
	case actor != nil && actor.IDIn(p.A.Record.Entry) != "":
		return "The " + many + " of the same " + firstText(actor.One, strings.ToLower(actor.Label)) + " within 12 hours:"
	default:
		return "The " + many + " within 12 hours:"
	}
}

// offeredTitle is an offered record in a line.
func (p ComparePage) offeredTitle(row store.Row) string {
	return clipped(DetailsPage{Look: p.A.Look, Record: store.Record{Entry: row.Entry}}.title())
}

// ownIDs differ between any two records and explain nothing.
var ownIDs = []string{store.RequestID.Label, store.CorrelationID.Label, store.UniqueTokenID.Label, store.OriginalRequestID.Label}

// differing compares both records: only the fields that differ.
func (p ComparePage) differing() laidBeside {
	c := p.A.laidBeside(p.B.Record.Entry, "First", "Second", ownIDs)
	if c.Policies != nil {
		c.Policies.Rows = slices.DeleteFunc(c.Policies.Rows, func(row []string) bool { return row[1] == row[2] })
		c.Policies.Empty = "All policies did the same."
	}
	return c
}

// all is every field of both records, also the equal ones.
func (p ComparePage) all() DataTable {
	t := DataTable{Caption: "All fields", Head: []string{"Field", "First", "Second"}}
	others := p.A.sayings(p.B.Record.Entry)
	for _, c := range p.A.sayings(p.A.Record.Entry) {
		text := ""
		if i := slices.IndexFunc(others, c.sameThing); i >= 0 {
			text = others[i].text
			others = slices.Delete(others, i, i+1)
		}
		t.Rows = append(t.Rows, []string{c.label, clipped(OrEmpty(c.text)), clipped(OrEmpty(text))})
	}
	for _, c := range others {
		t.Rows = append(t.Rows, []string{c.label, Empty, clipped(OrEmpty(c.text))})
	}
	return t
}
