package ask

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"signpost/store"
)

// The parts of a breakdown and the rest add up to the whole, bucket by bucket and under any filter. Each part equals the histogram
// of the filter with its value added.
func TestBreakdownAddsUp(t *testing.T) {
	t.Parallel()
	var list []store.SignIn
	for i := range 300 {
		s := signIn(i, i*4-600)
		s.AppID, s.AppDisplayName = testID(3000+i%(1+i%11)), fmt.Sprint("Application ", i%(1+i%11))
		switch i % 3 {
		case 1:
			s.CountryOrRegion = "NO"
		case 2:
			s.CountryOrRegion, s.ErrorCode = "SE", store.IntOf(50126)
		}
		list = append(list, s)
	}
	h := holding(t, list...)
	for _, query := range []string{"", "status=success", "app.has=Application+1", "app=" + testID(3001) + "&app=" + testID(3002), "app.not=" + testID(3000) + "&country.empty=no"} {
		for _, by := range []*store.Field{store.AppField, store.CountryField, store.ErrorField} {
			filter, bad := store.SignIns.ParseFilter(parsedQuery(t, query))
			if len(bad) > 0 {
				t.Fatal(bad)
			}
			q := store.HistogramQuery{ListQuery: store.ListQuery{Log: store.Interactive, Range: day, Filter: filter}}
			q.Edges = store.BucketEdges(day, time.Hour, time.UTC)
			whole, err := h.Histogram(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			b, err := h.Breakdown(t.Context(), q, whole, by)
			if err != nil || !b.Histogram.Complete {
				t.Fatal(err, b.Histogram.Complete)
			}
			if want := min(b.Distinct, BreakdownParts); int64(len(b.Values)) != want {
				t.Errorf("%s by %s: %d values of %d", query, by.Name, len(b.Values), b.Distinct)
			}
			for i, bucket := range b.Histogram.Buckets {
				if bucket.Total() != whole.Buckets[i].Total() {
					t.Errorf("%s by %s: bucket %d has %d, want %d", query, by.Name, i, bucket.Total(), whole.Buckets[i].Total())
				}
			}
			for part, value := range b.Values {
				var sum int64
				for _, bucket := range b.Histogram.Buckets {
					sum += bucket.ByStatus[part]
				}
				if sum != value.N {
					t.Errorf("%s by %s: %s has %d, its facet %d", query, by.Name, value.Value, sum, value.N)
				}
			}
		}
	}
}

// The same range of days earlier is counted by the clock of the viewer's zone. The answer also says since when the log has
// records.
func TestEarlier(t *testing.T) {
	t.Parallel()
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	at := func(month time.Month, d, hour int) time.Time { return time.Date(2026, month, d, hour, 30, 0, 0, oslo) }
	var list []store.SignIn
	for i, when := range []time.Time{at(10, 22, 9), at(10, 22, 9), at(10, 23, 10), at(10, 29, 9)} { // the clocks go back on the 25th
		s := signIn(i, 0)
		s.Time = when
		list = append(list, s)
	}
	h := holding(t, list...)
	ask := func(from, to time.Time) Earlier {
		q := store.HistogramQuery{ListQuery: store.ListQuery{Log: store.Interactive, Range: store.Range{From: from, To: to}}}
		q.Edges = store.BucketEdges(q.Range, time.Hour, oslo)
		e, err := h.Earlier(t.Context(), q, 7, oslo)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	e := ask(at(10, 29, 0), at(10, 29, 12))
	if !e.Since.Equal(at(10, 22, 9)) {
		t.Errorf("since %s", e.Since)
	}
	for _, b := range e.Buckets {
		want := int64(0)
		if b.From.In(oslo).Hour() == 9 {
			want = 2
		}
		if b.Total() != want {
			t.Errorf("%s: %d, want %d", b.From.In(oslo), b.Total(), want)
		}
	}
	if e := ask(at(10, 20, 0), at(10, 20, 12)); !e.Since.IsZero() || len(e.Buckets) != 0 {
		t.Errorf("before the log began there is %+v", e)
	}
}

// Around a change of the clocks the buckets of days earlier are still in order, and hold each record of their range once. The
// change is on the day that is asked about, or on the one a week before.
func TestEarlierAroundAChangeOfTheClocks(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		_, spring := time.Date(2026, 1, 1, 0, 0, 0, 0, loc).ZoneBounds()
		_, autumn := spring.In(loc).ZoneBounds()
		for _, change := range []time.Time{spring, autumn} {
			for _, later := range []int{0, 7} {
				var list []store.SignIn
				middle := change.In(loc).AddDate(0, 0, later-7)
				for at := middle.Add(-12 * time.Hour); at.Before(middle.Add(12 * time.Hour)); at = at.Add(10 * time.Minute) {
					s := signIn(len(list), 0)
					s.Time = at.UTC()
					list = append(list, s)
				}
				y, m, d := change.In(loc).AddDate(0, 0, later).Date()
				r := store.Range{From: time.Date(y, m, d, 0, 0, 0, 0, loc), To: time.Date(y, m, d, 6, 0, 0, 0, loc)}
				q := store.HistogramQuery{ListQuery: store.ListQuery{Log: store.Interactive, Range: r}, Edges: store.BucketEdges(r, 15*time.Minute, loc)}
				e, err := holding(t, list...).Earlier(t.Context(), q, 7, loc)
				if err != nil {
					t.Fatal(err)
				}
				earlier := store.Range{From: daysBefore(r.From, 7, loc), To: daysBefore(r.To, 7, loc)}
				want, got := 0, int64(0)
				for _, s := range list {
					if earlier.Contains(s.Time) {
						want++
					}
				}
				for i, b := range e.Buckets {
					if i > 0 && b.From.Before(e.Buckets[i-1].From) {
						t.Errorf("%s, %s: the bucket from %s follows that from %s", zone, r.From, b.From, e.Buckets[i-1].From)
					}
					got += b.Total()
				}
				if int(got) != want || want < 30 {
					t.Errorf("%s, %s: the buckets have %d records, the range %d", zone, r.From, got, want)
				}
			}
		}
	}
}

func parsedQuery(t *testing.T, query string) url.Values {
	t.Helper()
	v, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
