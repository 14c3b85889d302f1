package web

import (
	"testing"
	"time"

	"signpost/store"
)

func TestTypedRanges(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 13, 5, 9, 0, time.UTC).In(oslo) // 14:05:09 there
	for _, test := range []struct{ text, want string }{
		{"24h", "24h"},
		{" Last  24 hours", "24h"},
		{"Yesterday", "yesterday"},
		{"this week", "week"},
		{"today", "today"},
		{"90m", "2026-11-23T11:35:00Z/2026-11-23T13:05:00Z"},
		{"last 3 hours", "2026-11-23T10:05:00Z/2026-11-23T13:05:00Z"},
		{"2 days", "2026-11-21T13:05:00Z/2026-11-23T13:05:00Z"},
		{"3 weeks", "2026-11-02T13:05:00Z/2026-11-23T13:05:00Z"},
		{"2026-11-12 02:00/03:30", "2026-11-12T01:00:00Z/2026-11-12T02:30:00Z"},
		{"2026-11-12 23:00 - 01:00", "2026-11-12T22:00:00Z/2026-11-13T00:00:00Z"},
		{"2026-11-12 02:00 to 2026-11-13 04:00:30", "2026-11-12T01:00:00Z/2026-11-13T03:00:30Z"},
		{"2026-11-12..2026-11-13", "2026-11-11T23:00:00Z/2026-11-13T23:00:00Z"},
		{"2026-11-12T02:00:00Z/2026-11-12T03:30:00+01:00", "2026-11-12T02:00:00Z/2026-11-12T02:30:00Z"},
		{"10:00/11:00", "2026-11-23T09:00:00Z/2026-11-23T10:00:00Z"},
		{"yesterday 10:00 to now", "2026-11-22T09:00:00Z/2026-11-23T13:05:09Z"},
		{"2026-11-12", "2026-11-11T23:00:00Z/2026-11-12T23:00:00Z"},
		{"2026-10-25", "2026-10-24T22:00:00Z/2026-10-25T23:00:00Z"}, // of 25 hours
		{"around 14:05", "2026-11-23T12:35:00Z/2026-11-23T13:35:00Z"},
		{"around 14:06", "2026-11-22T12:36:00Z/2026-11-22T13:36:00Z"}, // 14:06 today is still in the future
		{"14:05", "2026-11-23T12:35:00Z/2026-11-23T13:35:00Z"},
		{"around 2026-11-12 02:00", "2026-11-12T00:30:00Z/2026-11-12T01:30:00Z"},
		{"", ""},
		{"soon", ""},
		{"around", ""},
		{"2026-13-01", ""},
		{"03:30/x", ""},
		{"0h", ""},
		{"2026-11-13/2026-11-12 01:00", ""},
		{"99999 weeks", ""},
		{"9999-12-31", ""},
		{"/", ""},
	} {
		r, ok := parseWhen(test.text, now)
		if got := r.String(); ok != (test.want != "") || ok && got != test.want {
			t.Errorf("%q: got %s, %v; want %s", test.text, got, ok, test.want)
		}
	}
}

func FuzzTypedRanges(f *testing.F) {
	for _, text := range []string{"2026-11-12 02:00/03:30", "yesterday", "around 14:05", "last 3 hours", "today 10:00 to now"} {
		f.Add(text)
	}
	now := time.Date(2026, 11, 23, 13, 5, 9, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		r, ok := parseWhen(text, now)
		if !ok {
			return
		}
		if !r.From.Before(r.To) {
			t.Fatalf("%q is %v", text, r)
		}
		params := (store.Query{Range: r}).Values()
		if q, bad := store.SignIns.ParseQuery(params, now); len(bad) > 0 || q.Range.String() != r.String() {
			t.Fatalf("%q is %v, whose address says %v, %v", text, r, q.Range, bad)
		}
	})
}
