package store

import (
	"testing"
	"time"
)

func TestParseZone(t *testing.T) {
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]int{
		"UTC": 0, "utc": 0, "Z": 0, " +02:00 ": 7200, "+0530": 19800, "-5": -18000, "-05:00": -18000, "+14:00": 50400, "Europe/Zurich": 7200,
	} {
		zone, err := ParseZone(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if _, got := at.In(zone).Zone(); got != want {
			t.Errorf("%q: got %d seconds, want %d", text, got, want)
		}
	}
	for _, text := range []string{"", "Local", "local", "+15:00", "+14:01", "+2:0", "+02:60", "+", "02:00", "Middle/Earth", "../UTC", "+002:00", "+-2:00"} {
		if zone, err := ParseZone(text); err == nil {
			t.Errorf("%q is the zone %v", text, zone)
		}
	}
}

func FuzzParseZone(f *testing.F) {
	for _, text := range []string{"+02:00", "Europe/Zurich", "-0530", "UTC", "+14:30"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		zone, err := ParseZone(text)
		if (zone == nil) == (err == nil) {
			t.Errorf("%q: zone %v and error %v", text, zone, err)
		}
	})
}
