package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Spans are times of objects. A record is in them where one property has the ID of an object, and where it stands in one of the spans of that
// object. There may be tens of thousands: a filter with spans costs about the same however many they are.
type Spans struct {
	// By is the property with the ID. Key is the one that the key of a span is compared with.
	By, Key *Property
	of      map[string][]ObjectSpan // by the ID in lower case
	print   string
}

// ObjectSpan is a time of one object. Where AnyKey is not set, only records with its key, which is in lower case, are in it.
type ObjectSpan struct {
	Range  Range
	Key    string
	AnyKey bool
}

// NewSpans makes spans, each of the ID in lower case that it stands under. Those of one ID and key must not overlap.
func NewSpans(by, key *Property, of map[string][]ObjectSpan) *Spans {
	s := &Spans{By: by, Key: key, of: of}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s %s", by.Name, key.Name)
	for _, id := range s.IDs() {
		slices.SortFunc(of[id], func(a, b ObjectSpan) int {
			return cmp.Or(a.Range.From.Compare(b.Range.From), cmp.Compare(a.Key, b.Key))
		})
		fmt.Fprintf(sum, "\n%q", id)
		for _, span := range of[id] {
			fmt.Fprintf(sum, " %d %d %t %q", span.Range.From.UnixMicro(), span.Range.To.UnixMicro(), span.AnyKey, span.Key)
		}
	}
	s.print = base64.RawStdEncoding.EncodeToString(sum.Sum(nil))
	return s
}

// Print tells the spans from all others.
func (s *Spans) Print() string { return s.print }

// IDs gives the objects with spans, in byte order.
func (s *Spans) IDs() []string { return slices.Sorted(maps.Keys(s.of)) }

// Of gives the spans of an object, the earliest first. The slice must not be changed.
func (s *Spans) Of(id string) []ObjectSpan { return s.of[FoldCase(id)] }

// In says whether a record of an object with a key and at a time would be in the spans.
func (s *Spans) In(id, key string, at time.Time) bool {
	at, key = at.Truncate(time.Microsecond), FoldCase(key)
	return slices.ContainsFunc(s.Of(id), func(span ObjectSpan) bool {
		return (span.AnyKey || span.Key == key) && !at.Before(span.Range.From) && at.Before(span.Range.To)
	})
}

// has is In for a record. It is slow and plain; engines look at their columns.
func (s *Spans) has(e Entry) bool {
	return s == nil || s.In(*s.By.Text(e), *s.Key.Text(e), e.Head().Time)
}

// During gives the filter narrowed to records in some spans, which take the place of others. With and Without keep them. An address has no
// place for them.
func (f Filter) During(s *Spans) Filter {
	f.told.spans = s
	return f
}

// Spans gives the spans that the filter is narrowed to; nil where there are none.
func (f Filter) Spans() *Spans { return f.told.spans }
