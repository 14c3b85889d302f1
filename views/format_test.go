package views

import (
	"testing"
	"time"

	"signpost/store"
)

var noon = time.Date(2026, 11, 23, 14, 5, 9, 120_000_000, time.FixedZone("", 3600)).UTC()

func TestTimesNameTheirZone(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	summer := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	tests := []struct{ name, got, want string }{
		{"in a zone", ZoneOf(oslo).Time(noon), "2026-11-23 14:05:09 CET"},
		{"input in a zone", ZoneOf(oslo).Input(noon.Truncate(time.Minute)), "2026-11-23 14:05"},
		{"range", Zone{}.Edges(store.Range{From: noon.Truncate(time.Minute).Add(-time.Hour), To: noon.Truncate(time.Minute)}), "2026-11-23 12:05 to 2026-11-23 13:05 UTC"},
		{"range of seconds", Zone{}.Edges(store.Range{From: noon.Truncate(time.Minute), To: noon.Truncate(time.Second)}), "2026-11-23 13:05:00 to 2026-11-23 13:05:09 UTC"},
		{"range of less", Zone{}.Edges(store.Range{From: noon.Truncate(time.Second), To: noon}), "2026-11-23 13:05:09 to 2026-11-23 13:05:09.12 UTC"},
		{"range over a change of the clocks", ZoneOf(oslo).Edges(store.Range{From: summer, To: noon.Truncate(time.Minute)}), "2026-08-01 02:00 CEST to 2026-11-23 14:05 CET"},
		{"to the second, without its name", ZoneOf(oslo).Second(noon), "2026-11-23 14:05:09"},
		{"to the second", Zone{}.Time(noon), "2026-11-23 13:05:09 UTC"},
		{"from another zone", Zone{}.Time(noon.In(time.FixedZone("x", -7200))), "2026-11-23 13:05:09 UTC"},
		{"none", Zone{}.Time(time.Time{}), "-"},
		{"precise", Zone{}.PreciseTime(noon), "2026-11-23 13:05:09.12 UTC"},
		{"precise, whole second", Zone{}.PreciseTime(noon.Truncate(time.Second)), "2026-11-23 13:05:09 UTC"},
		{"precise, none", Zone{}.PreciseTime(time.Time{}), "-"},
		{"clock", Zone{}.Clock(noon), "13:05:09"},
		{"minute", Zone{}.Minute(noon), "2026-11-23 13:05 UTC"},
		{"machine", machineTime(noon), "2026-11-23T13:05:09.12Z"},
		{"input", Zone{}.Input(noon.Truncate(time.Minute)), "2026-11-23 13:05"},
		{"input with seconds", Zone{}.Input(noon.Truncate(time.Second)), "2026-11-23 13:05:09"},
		{"input with less", Zone{}.Input(noon), "2026-11-23 13:05:09.12"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, test.got, test.want)
		}
	}
}

// HTML takes three digits of a second; records have seven.
func TestMachineTime(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-23T14:05:09.1234567Z": "2026-11-23T14:05:09.123Z", "2026-11-23T14:05:09Z": "2026-11-23T14:05:09Z",
		"2026-11-23T14:05:09.9999+02:00": "2026-11-23T12:05:09.999Z", "2026-11-23T14:05:09.5Z": "2026-11-23T14:05:09.5Z",
	} {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := machineTime(at); got != want {
			t.Errorf("machineTime(%s) = %s, want %s", text, got, want)
		}
	}
}

func TestRelative(t *testing.T) {
	tests := []struct {
		ago  time.Duration
		want string
	}{
		{-time.Second, "in the future"},
		{0, "less than a minute ago"},
		{59 * time.Second, "less than a minute ago"},
		{time.Minute, "1 minute ago"},
		{119 * time.Minute, "1 hour ago"},
		{23 * time.Hour, "23 hours ago"},
		{48 * time.Hour, "2 days ago"},
		{2000 * 24 * time.Hour, "2,000 days ago"},
	}
	for _, test := range tests {
		if got := Relative(noon.Add(-test.ago), noon); got != test.want {
			t.Errorf("%s ago: got %q, want %q", test.ago, got, test.want)
		}
	}
	if got := Relative(time.Time{}, noon); got != "" {
		t.Errorf("no time: got %q, want nothing", got)
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 12408: "12,408", 1234567: "1,234,567", -1234: "-1,234", -999: "-999"} {
		if got := Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 sign-ins", 1: "1 sign-in", 12408: "12,408 sign-ins"} {
		if got := Count(n, "sign-in", "sign-ins"); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestShortID(t *testing.T) {
	for id, want := range map[string]string{
		"":                                     "-",
		"short":                                "short",
		"14-characters.":                       "14-characters.",
		"15-characters..":                      "15-chara…rs..",
		"3f2504e0-4f89-11d3-9a0c-0305e82c3301": "3f2504e0…3301",
		"ÄÖÜäöüßÄÖÜäöüßÄÖÜ":                    "ÄÖÜäöüßÄ…ßÄÖÜ",
	} {
		if got := ShortID(id); got != want {
			t.Errorf("ShortID(%q) = %q, want %q", id, got, want)
		}
	}
}

func TestPlace(t *testing.T) {
	tests := []struct {
		city, state, country, want string
	}{
		{"Oslo", "Oslo", "NO", "Oslo, Norway"},
		{"Redmond", "Washington", "US", "Redmond, Washington, United States"},
		{"", "", "NO", "Norway"},
		{"", "", "", "-"},
		{" ", "", "", "-"},
	}
	for _, test := range tests {
		s := store.SignIn{City: test.city, State: test.state, CountryOrRegion: test.country}
		if got := Place(&s); got != test.want {
			t.Errorf("Place(%q, %q, %q) = %q, want %q", test.city, test.state, test.country, got, test.want)
		}
	}
}

func TestAbsentValues(t *testing.T) {
	tests := []struct{ name, got, want string }{
		{"text", OrEmpty(""), "-"},
		{"blank text", OrEmpty("  "), "-"},
		{"a text", OrEmpty("a"), "a"},
		{"no code", Integer(store.Int{}), "-"},
		{"code 0", Integer(store.IntOf(0)), "0"},
		{"a code is not grouped", Integer(store.IntOf(7000222)), "7000222"},
		{"unset", YesNo(store.Unset), "-"},
		{"false", YesNo(store.False), "No"},
		{"true", YesNo(store.True), "Yes"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, test.got, test.want)
		}
	}
}

func TestJSONKeepsNumbersAndWhatIsNone(t *testing.T) {
	if got, want := JSON([]byte(`{"n":1.10,"a":[]}`)), "{\n  \"n\": 1.10,\n  \"a\": []\n}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := JSON([]byte("no json")); got != "no json" {
		t.Errorf("got %q", got)
	}
}

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1.0 kB", 9949: "9.9 kB", 9960: "10 kB", 12_345: "12 kB", 123_456: "120 kB",
		999_499: "1.0 MB", 4_500_000: "4.5 MB", 3_400_000_000: "3.4 GB", 5_000_000_000_000_000: "5,000 TB",
	} {
		if got := Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
}
