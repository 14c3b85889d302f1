package web

import (
	"testing"
	"time"

	"signpost/store/kinds"
	"signpost/views"
)

func TestTypedTimesAreOfThePagesZone(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		typed string
		zone  views.Zone
		want  string
	}{
		{"2026-11-23T14:05", views.Zone{}, "2026-11-23T14:05:00Z"},
		{"2026-11-23T14:05", views.ZoneOf(oslo), "2026-11-23T13:05:00Z"},
		{"2026-07-23T14:05:09", views.ZoneOf(oslo), "2026-07-23T12:05:09Z"},
		{"2026-03-29T02:30", views.ZoneOf(oslo), "2026-03-29T01:30:00Z"}, // skipped: 03:30 of that night
		{"2026-10-25T02:30", views.ZoneOf(oslo), "2026-10-25T01:30:00Z"}, // twice: the second
		{"yesterday", views.ZoneOf(oslo), "yesterday"},
		{"", views.ZoneOf(oslo), ""},
	}
	for _, test := range tests {
		if got := instantOf(test.typed, test.zone); got != test.want {
			t.Errorf("%q in %s = %q, want %q", test.typed, test.zone.Name(), got, test.want)
		}
	}
}

func TestDateFormLeadsToTheRange(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	list, _ := listOf(views.LooksOf(kinds.Catalog), "noninteractive")
	params := map[string][]string{"user": {"ada"}, "from-local": {"2026-11-22 01:00"}, "to-local": {"2026-11-23 01:00"}, "range": {"7d"}, "wide": {"30d"}}
	got, ok := fromDates(list, params, views.ZoneOf(oslo))
	if want := "/logs/noninteractive?from=2026-11-22T00%3A00%3A00Z&to=2026-11-23T00%3A00%3A00Z&user=ada"; !ok || got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, ok := fromDates(list, map[string][]string{"user": {"ada"}}, views.ZoneOf(oslo)); ok {
		t.Error("an address without the form's inputs was taken for it")
	}
	params = map[string][]string{"from-local": {"2026-11-22 01:00", "2026-11-22 02:00"}, "to-local": {"2026-11-23 01:00"}}
	got, _ = fromDates(list, params, views.ZoneOf(oslo))
	if want := "/logs/noninteractive?from=2026-11-22T00%3A00%3A00Z&from=2026-11-22T01%3A00%3A00Z&to=2026-11-23T00%3A00%3A00Z"; got != want {
		t.Errorf("of a time given twice: got %s, want both left to be refused: %s", got, want)
	}
	// 02:30 occurs twice in that night. An end that was not touched keeps its value, to the microsecond.
	params = map[string][]string{
		"from": {"2026-10-25T00:30:00Z"}, "from-local": {"2026-10-25 02:30"},
		"to": {"2026-10-25T00:40:10.123456Z"}, "to-local": {"2026-10-25 02:40:10.123456"},
	}
	got, _ = fromDates(list, params, views.ZoneOf(oslo))
	if want := "/logs/noninteractive?from=2026-10-25T00%3A30%3A00Z&to=2026-10-25T00%3A40%3A10.123456Z"; got != want {
		t.Errorf("of an untouched form: got %s, want %s", got, want)
	}
	// A bare date is a whole day, and the input shows its end. If its start is typed there, that is another
	// end.
	days := map[string][]string{"from": {"2026-11-01"}, "from-local": {"2026-11-01 01:00"}, "to": {"2026-11-01"}, "to-local": {"2026-11-02 01:00"}}
	got, _ = fromDates(list, days, views.ZoneOf(oslo))
	if want := "/logs/noninteractive?from=2026-11-01&to=2026-11-01"; got != want {
		t.Errorf("of an untouched day: got %s, want %s", got, want)
	}
	days["from-local"], days["to-local"] = []string{"2026-10-31 01:00"}, []string{"2026-11-01 01:00"}
	got, _ = fromDates(list, days, views.ZoneOf(oslo))
	if want := "/logs/noninteractive?from=2026-10-31T00%3A00%3A00Z&to=2026-11-01T00%3A00%3A00Z"; got != want {
		t.Errorf("of the day before: got %s, want %s", got, want)
	}
	params["to-local"] = []string{"2026-10-25 03:30"}
	got, _ = fromDates(list, params, views.ZoneOf(oslo))
	if want := "/logs/noninteractive?from=2026-10-25T00%3A30%3A00Z&to=2026-10-25T02%3A30%3A00Z"; got != want {
		t.Errorf("of another end: got %s, want %s", got, want)
	}
}
