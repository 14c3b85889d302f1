package store

import (
	"testing"
	"time"
)

func instantOf(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestBucketWidth(t *testing.T) {
	const day = 24 * time.Hour
	tests := []struct {
		from, to string
		want     time.Duration
	}{
		{"2026-11-23T14:30:00Z", "2026-11-23T14:30:00.05Z", time.Millisecond},
		{"2026-11-23T14:30:00Z", "2026-11-23T14:30:01Z", 10 * time.Millisecond},
		{"2026-11-23T14:30:00Z", "2026-11-23T14:30:30Z", 300 * time.Millisecond},
		{"2026-11-23T14:30:00Z", "2026-11-23T14:31:00Z", time.Second},
		{"2026-11-23T14:30:00Z", "2026-11-23T14:45:00Z", 10 * time.Second},
		{"2026-11-23T14:30:00Z", "2026-11-23T15:30:00Z", time.Minute},
		{"2026-11-23T14:30:00Z", "2026-11-23T22:30:00Z", 5 * time.Minute},
		{"2026-11-22T14:30:00Z", "2026-11-23T14:30:00Z", 15 * time.Minute},
		{"2026-11-16T14:30:00Z", "2026-11-23T14:30:00Z", 2 * time.Hour},
		{"2026-10-24T14:30:00Z", "2026-11-23T14:30:00Z", 8 * time.Hour},
		{"2026-09-24T14:30:00Z", "2026-11-23T14:30:00Z", day},
		{"2026-08-05T14:30:00Z", "2026-11-23T14:30:00Z", day},
		{"2026-08-04T14:30:00Z", "2026-11-23T14:30:00Z", 2 * day},
		{"2025-11-23T14:30:00Z", "2026-11-23T14:30:00Z", 4 * day},
		{"2024-11-23T14:30:00Z", "2026-11-23T14:30:00Z", 7 * day},
		{"2016-11-23T14:30:00Z", "2026-11-23T14:30:00Z", 56 * day},
		{"0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z", 57344 * day},
	}
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		r := Range{From: instantOf(t, test.from), To: instantOf(t, test.to)}
		got := BucketWidth(r)
		if got != test.want {
			t.Errorf("%s to %s: %s, want %s", test.from, test.to, got, test.want)
		}
		for _, loc := range []*time.Location{time.UTC, oslo} {
			if n := len(BucketEdges(r, got, loc)) - 1; n > 125 || n < 50 {
				t.Errorf("%s to %s: %d bars", test.from, test.to, n)
			}
		}
	}
}

// TestBucketWidthOfAnyLength: from a tenth of a second to millennia there are never too few or too many.
func TestBucketWidthOfAnyLength(t *testing.T) {
	from := instantOf(t, "2021-03-04T05:06:07.89Z")
	for seconds := 0.1; seconds < 2e11; seconds *= 1.07 {
		to := time.Unix(from.Unix()+int64(seconds), int64((seconds-float64(int64(seconds)))*1e9)+890_000_000).UTC()
		if to.Year() > 9999 {
			break
		}
		r := Range{From: from, To: to}
		width := BucketWidth(r)
		if n := len(BucketEdges(r, width, time.UTC)) - 1; n > 115 || n < 55 {
			t.Errorf("%s to %s: %d bars of %s", from, to, n, width)
		}
	}
}

func TestBucketEdges(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, from, to string
		width          time.Duration
		loc            *time.Location
		want           []string
	}{
		{
			"quarters of an hour", "2026-11-23T14:20:00Z", "2026-11-23T15:01:00Z", 15 * time.Minute, time.UTC,
			[]string{"2026-11-23T14:20:00Z", "2026-11-23T14:30:00Z", "2026-11-23T14:45:00Z", "2026-11-23T15:00:00Z", "2026-11-23T15:01:00Z"},
		},
		{
			"an edge at the range's own ends is there once", "2026-11-23T14:00:00Z", "2026-11-23T16:00:00Z", time.Hour, time.UTC,
			[]string{"2026-11-23T14:00:00Z", "2026-11-23T15:00:00Z", "2026-11-23T16:00:00Z"},
		},
		{
			"days of a zone", "2026-11-22T22:00:00Z", "2026-11-24T12:00:00Z", 24 * time.Hour, oslo,
			[]string{"2026-11-22T22:00:00Z", "2026-11-22T23:00:00Z", "2026-11-23T23:00:00Z", "2026-11-24T12:00:00Z"},
		},
		{
			"the same hours of the day where the clocks go back", "2026-10-24T20:00:00Z", "2026-10-25T16:00:00Z", 8 * time.Hour, oslo,
			[]string{"2026-10-24T20:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T07:00:00Z", "2026-10-25T15:00:00Z", "2026-10-25T16:00:00Z"},
		},
		{
			"and where they go forward", "2026-03-28T20:00:00Z", "2026-03-29T16:00:00Z", 8 * time.Hour, oslo,
			[]string{"2026-03-28T20:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T06:00:00Z", "2026-03-29T14:00:00Z", "2026-03-29T16:00:00Z"},
		},
		{
			"milliseconds late in the day", "2026-11-23T23:59:59.9985Z", "2026-11-24T00:00:00.001Z", time.Millisecond, time.UTC,
			[]string{"2026-11-23T23:59:59.9985Z", "2026-11-23T23:59:59.999Z", "2026-11-24T00:00:00Z", "2026-11-24T00:00:00.001Z"},
		},
		{"an empty range", "2026-11-23T14:00:00Z", "2026-11-23T14:00:00Z", time.Hour, time.UTC, []string{"2026-11-23T14:00:00Z", "2026-11-23T14:00:00Z"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			edges := BucketEdges(Range{From: instantOf(t, test.from), To: instantOf(t, test.to)}, test.width, test.loc)
			var got []string
			for _, edge := range edges {
				got = append(got, edge.Format(time.RFC3339Nano))
			}
			if len(got) != len(test.want) {
				t.Fatalf("%d edges, want %d: %v", len(got), len(test.want), got)
			}
			for i := range got {
				if got[i] != test.want[i] {
					t.Errorf("edge %d is %s, want %s", i, got[i], test.want[i])
				}
			}
		})
	}
}

func TestBucketEdgesAreNeverTooMany(t *testing.T) {
	r := Range{From: instantOf(t, "2026-11-23T23:00:00Z"), To: instantOf(t, "2026-11-24T23:00:00Z")}
	edges := BucketEdges(r, time.Second, time.UTC)
	if len(edges) != MaxBuckets+1 || !edges[len(edges)-1].Equal(r.To) {
		t.Errorf("%d edges, the last %s", len(edges), edges[len(edges)-1])
	}
}
