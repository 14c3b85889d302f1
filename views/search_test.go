package views

import (
	"slices"
	"testing"
	"time"

	"signpost/store"
	"signpost/web/ask"
)

func TestSearchLinks(t *testing.T) {
	day, year := noon.Truncate(24*time.Hour), SearchPage{Now: noon}.year()
	tests := []struct{ name, got, want string }{
		{"nothing", searchURL("", store.Range{Preset: "30d"}), "/search"},
		{"a month", searchURL("a&b c", store.Range{Preset: "30d"}), "/search?q=a%26b+c"},
		{"a day", searchURL("ada", store.Range{Preset: "24h"}), "/search?q=ada&range=24h"},
		{"custom", searchURL("ada", store.Range{From: day, To: day.AddDate(0, 0, 1)}), "/search?from=2026-11-23T00%3A00%3A00Z&q=ada&to=2026-11-24T00%3A00%3A00Z"},
		{"a year", year.From.Format("2006-01-02"), noon.AddDate(-1, 0, 0).Format("2006-01-02")},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, test.got, test.want)
		}
	}
}

func TestIsYear(t *testing.T) {
	year := SearchPage{Now: noon}.year()
	tests := []struct {
		name   string
		looked store.Range
		want   bool
	}{
		{"nothing looked at", store.Range{}, false},
		{"the year", year, true},
		{"a year's link an hour later", store.Range{From: year.From.Add(-time.Hour), To: year.To.Add(-time.Hour)}, true},
		{"a month", store.Range{From: noon.AddDate(0, -1, 0), To: noon, Preset: "30d"}, false},
		{"a day of long ago", store.Range{From: noon.AddDate(-6, 0, 0), To: noon.AddDate(-6, 0, 1)}, false},
	}
	for _, test := range tests {
		if got := (SearchPage{Now: noon, Found: ask.Found{Looked: test.looked}}).isYear(); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestSearchUnderstood(t *testing.T) {
	tests := []struct{ text, want string }{
		{"192.0.2.7", "the IP address 192.0.2.7"},
		{"192.0.", "IP addresses that begin with 192.0."},
		{"2001:db8:", "IP addresses that begin with 2001:db8:"},
		{":", "every IPv6 address"},
		{"192.0.2.0/24", "the network 192.0.2.0/24"},
		{"ada@example.com and bob@example.com, error 50126", "the username ada@example.com, the username bob@example.com and the error code 50126"},
		{"0a1b2c3d-1111-4222-8333-444444444444", "the ID 0a1b2c3d-1111-4222-8333-444444444444"},
		{"Trace ID: 0a1b2c3d-1111-4222-8333-444444444444", "the request ID 0a1b2c3d-1111-4222-8333-444444444444"},
		{"Travel Desk", ""},
	}
	for _, test := range tests {
		if got := (SearchPage{Found: ask.Found{Search: store.ParseSearch(test.text)}}).understood(); got != test.want {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
	named := SearchPage{Found: ask.Found{Search: store.ParseSearch("Travel Desk"), Named: true}}
	if got, want := named.understood(), "a name that is or contains “Travel Desk”"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// finding is a value with its number of sign-ins in one log.
func finding(t *testing.T, log store.Log, field, value string, n int64, exact bool) ask.Finding {
	t.Helper()
	f := mustField(t, field)
	return ask.Finding{Log: log, Field: f, Value: value, Filter: store.Filter{}.With(f, store.OpIs, value), Total: store.Total{N: n, Complete: true}, Exact: exact}
}

func TestFindingSections(t *testing.T) {
	has := finding(t, store.Interactive, "app", "desk", 900, false)
	has.Op, has.More = store.OpHas, true
	has.Filter = store.Filter{}.With(has.Field, store.OpHas, "desk")
	p := SearchPage{Found: ask.Found{Findings: []ask.Finding{
		finding(t, store.Interactive, "user", "desk-id", 5, false),
		finding(t, store.Interactive, "app", "rare", 1, false), has, finding(t, store.Interactive, "app", "often", 9, false),
		finding(t, store.Interactive, "app", "desk", 1, true), finding(t, store.NonInteractive, "app", "rare", 20, false),
	}}}
	sections := p.sections()
	if len(sections) != 2 || sections[0].Title != "Application" || sections[1].Title != "User" || !sections[0].More || sections[1].More {
		t.Fatalf("sections %+v, want the application with the whole name first", sections)
	}
	var texts []string
	for _, item := range sections[0].Items {
		texts = append(texts, item.Lead+" "+item.Text)
	}
	if want := []string{" desk", " rare", " often", "contains desk"}; !slices.Equal(texts, want) {
		t.Errorf("items %q, want %q", texts, want)
	}
	if got := sections[0].Items[1].Links; len(got) != 2 || got[0].Count != "1 sign-in" || got[1].Log != "Non-interactive" {
		t.Errorf("links of one value: %+v", got)
	}
}

func TestAnUnfinishedCountSaysSo(t *testing.T) {
	soFar := finding(t, store.Interactive, "user", "ada", 5, true)
	soFar.Total.Complete = false
	if got := linkOf(soFar).Count; got != "so far 5 sign-ins" {
		t.Errorf("an unfinished count reads %q", got)
	}
}
