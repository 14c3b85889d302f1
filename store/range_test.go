package store

import (
	"testing"
	"time"
)

// testNow is the clock of these tests: within a minute, so that whole minutes show.
var testNow = time.Date(2026, 11, 23, 14, 5, 9, 123456789, time.UTC)

func TestPresetRange(t *testing.T) {
	to := time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	for _, tt := range []struct {
		preset, label string
		from          time.Time
	}{
		{"24h", "Last 24 hours", time.Date(2026, 11, 22, 14, 5, 0, 0, time.UTC)},
		{"7d", "Last 7 days", time.Date(2026, 11, 16, 14, 5, 0, 0, time.UTC)},
		{"30d", "Last 1 month", time.Date(2026, 10, 24, 14, 5, 0, 0, time.UTC)},
	} {
		for _, now := range []time.Time{testNow, to, testNow.In(time.FixedZone("west", -8*3600))} {
			got, ok := PresetRange(tt.preset, now)
			if want := (Range{From: tt.from, To: to, Preset: tt.preset}); !ok || got != want {
				t.Errorf("PresetRange(%q, %v) = %+v, %v; want %+v", tt.preset, now, got, ok, want)
			}
		}
		if got := PresetLabel(tt.preset); got != tt.label {
			t.Errorf("PresetLabel(%q) = %q, want %q", tt.preset, got, tt.label)
		}
	}
	for _, preset := range []string{"", "2h", "24H", "31d"} {
		if got, ok := PresetRange(preset, testNow); ok {
			t.Errorf("PresetRange(%q) = %+v, want none", preset, got)
		}
		if got := PresetLabel(preset); got != "Custom" {
			t.Errorf("PresetLabel(%q) = %q, want Custom", preset, got)
		}
	}
	for _, preset := range append(Presets(), AllPresets()...) {
		if r, ok := PresetRange(preset, testNow); !ok || !r.From.Before(r.To) || r.To.After(testNow) {
			t.Errorf("the preset %q is offered and has the range %v, %v", preset, r, ok)
		}
	}
}

// Days are those of the zone of the clock: also the ones of 23 and 25 hours, and in the first minute of one.
func TestPresetsOfDays(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ preset, now, from, to string }{
		{"today", "2026-11-23T14:05:09Z", "2026-11-22T23:00:00Z", "2026-11-23T14:05:00Z"},
		{"today", "2026-11-22T23:00:30Z", "2026-11-22T23:00:00Z", "2026-11-22T23:01:00Z"},
		{"today", "2026-11-22T22:59:59Z", "2026-11-21T23:00:00Z", "2026-11-22T22:59:00Z"},
		{"yesterday", "2026-11-23T14:05:09Z", "2026-11-21T23:00:00Z", "2026-11-22T23:00:00Z"},
		{"yesterday", "2026-03-30T10:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"}, // of 23 hours
		{"yesterday", "2026-10-26T10:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"}, // of 25
		{"week", "2026-11-23T14:05:09Z", "2026-11-22T23:00:00Z", "2026-11-23T14:05:00Z"},      // a Monday
		{"week", "2026-11-22T14:05:09Z", "2026-11-15T23:00:00Z", "2026-11-22T14:05:00Z"},      // a Sunday
		{"1h", "2026-11-23T14:05:09Z", "2026-11-23T13:05:00Z", "2026-11-23T14:05:00Z"},
		{"12h", "2026-11-23T14:05:09Z", "2026-11-23T02:05:00Z", "2026-11-23T14:05:00Z"},
	} {
		now, _ := time.Parse(time.RFC3339, test.now)
		r, ok := PresetRange(test.preset, now.In(oslo))
		if from, to := r.From.Format(time.RFC3339), r.To.Format(time.RFC3339); !ok || from != test.from || to != test.to {
			t.Errorf("%s at %s: got %s to %s, want %s to %s", test.preset, test.now, from, to, test.from, test.to)
		}
		if r.Slides() != (test.preset != "yesterday") || r.Fixed().Slides() {
			t.Errorf("%s slides: %v", test.preset, r.Slides())
		}
	}
}

func TestRangeEdges(t *testing.T) {
	from, to := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	r := Range{From: from, To: to}
	first, end := KeyAt(from), KeyAt(to)
	for _, tt := range []struct {
		at   time.Time
		want bool
	}{
		{from.Add(-1), false},
		{from, true},
		{to.Add(-1), true},
		{to, false},
	} {
		if got := r.Contains(tt.at); got != tt.want {
			t.Errorf("Contains(%v) = %v, want %v", tt.at, got, tt.want)
		}
		k := KeyAt(tt.at)
		if got := !k.Before(first) && k.Before(end); got != tt.want {
			t.Errorf("the keys hold %v: %v, want %v", tt.at, got, tt.want)
		}
	}
}

func TestRangeIntersect(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	r := Range{From: day(5), To: day(10), Preset: "7d"}
	for _, tt := range []struct{ from, to, wantFrom, wantTo int }{
		{1, 20, 5, 10},
		{6, 8, 6, 8},
		{1, 7, 5, 7},
		{7, 20, 7, 10},
	} {
		got, want := r.Intersect(day(tt.from), day(tt.to)), Range{From: day(tt.wantFrom), To: day(tt.wantTo)}
		if got != want {
			t.Errorf("Intersect(%d, %d) = %+v, want %+v", tt.from, tt.to, got, want)
		}
	}
}

func TestParseTime(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"2026-11-23T14:05:09Z", "2026-11-23T14:05:09Z"},
		{"2026-11-23T14:05:09+01:00", "2026-11-23T13:05:09Z"},
		{"2026-11-23T14:05:09.1234567Z", "2026-11-23T14:05:09.1234567Z"},
		{"2026-11-23T14:05:09.123456789123Z", "2026-11-23T14:05:09.123456789Z"},
		{"2026-11-23T14:05:09", "2026-11-23T14:05:09Z"},
		{"2026-11-23T14:05:09.5", "2026-11-23T14:05:09.5Z"},
		{"2026-11-23T14:05", "2026-11-23T14:05:00Z"},
		{"2026-11-23 14:05", "2026-11-23T14:05:00Z"},
		{"2026-11-23 14:05:09.5", "2026-11-23T14:05:09.5Z"},
		{"2026-11-23", "2026-11-23T00:00:00Z"},
		{"0001-01-01", "0001-01-01T00:00:00Z"},
	} {
		got, ok := parseTime(tt.text)
		if !ok || got.Format(time.RFC3339Nano) != tt.want {
			t.Errorf("parseTime(%q) = %v, %v; want %s", tt.text, got, ok, tt.want)
		}
	}
	for _, text := range []string{
		"", "yesterday", "2026-11-31", "2026-11-23T25:00:00Z", "1764000000", "23.11.2026", "2026-11-23x14:05",
		"0001-01-01T00:00:00+01:00", "9999-12-31T23:30:00-01:00", "0000-06-01",
	} {
		if got, ok := parseTime(text); ok {
			t.Errorf("parseTime(%q) = %v, want none", text, got)
		}
	}
}
