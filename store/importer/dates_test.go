package importer

import (
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// inCSV is a file of PowerShell with a row for each time.
func inCSV(times ...string) string {
	text := "Id,CreatedDateTime,UserPrincipalName,AppDisplayName\n"
	for i, at := range times {
		text += "r" + string(rune('1'+i)) + ",\"" + at + "\",ada@example.com,Mail\n"
	}
	return text
}

// All dates of a file decide the order of day and month. Where they decide nothing it is asked.
func TestOrderOfDates(t *testing.T) {
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, time.UTC)
	}
	for _, test := range []struct {
		name   string
		times  []string
		answer DateOrder
		want   []time.Time // of the stored ones
		says   string
	}{
		{"the day comes first", []string{"03/11/2026 09:30", "28/11/2026 10:00"}, "", []time.Time{at(11, 3, 9, 30), at(11, 28, 10, 0)}, ""},
		{"the month comes first", []string{"11/03/2026 9:30 PM", "11/28/2026 12:05 AM"}, "", []time.Time{at(11, 3, 21, 30), at(11, 28, 0, 5)}, ""},
		{"points", []string{"28.11.2026 10:00:00", "03.11.2026 09:30:00"}, "", []time.Time{at(11, 28, 10, 0), at(11, 3, 9, 30)}, ""},
		{"nothing decides", []string{"03/11/2026 09:30", "04/11/2026 09:30"}, "", nil, "whether the day or the month comes first"},
		{"somebody says it", []string{"03/11/2026 09:30"}, DayFirst, []time.Time{at(11, 3, 9, 30)}, ""},
		{"somebody says the other", []string{"03/11/2026 09:30"}, MonthFirst, []time.Time{at(3, 11, 9, 30)}, ""},
		{"two orders", []string{"28/11/2026 09:30", "11/28/2026 09:30"}, "", nil, "mixes two orders"},
		{"two orders, and somebody says one", []string{"28/11/2026 09:30", "11/28/2026 09:30"}, DayFirst, []time.Time{at(11, 28, 9, 30)}, `the time "11/28/2026 09:30" cannot be read as day, month, year.`},
		{"a zone behind it", []string{"28/11/2026 09:30:00 +02:00"}, "", []time.Time{at(11, 28, 7, 30)}, ""},
		{"ISO", []string{"2026-11-28T09:30:00Z"}, "", []time.Time{at(11, 28, 9, 30)}, ""},
	} {
		w := newFakeWriter()
		r := readAs(t, w, "a.csv", inCSV(test.times...), Answers{Dates: test.answer})
		var got []time.Time
		for i := range test.times {
			for _, v := range w.rows["interactive/r"+string(rune('1'+i))] {
				got = append(got, v.SignIn().Time)
			}
		}
		said := strings.Join(r.CannotShow, " ")
		for _, rejected := range r.Rejected {
			said += rejected.Reason
		}
		if !slices.EqualFunc(got, test.want, time.Time.Equal) || !strings.Contains(said, test.says) || (test.want == nil) != slices.Equal(r.Asks, []string{store.AskDates}) {
			t.Errorf("%s: %v, asks %v, said %q", test.name, got, r.Asks, said)
		}
		for key, versions := range w.rows {
			again, err := Decoder(signInsOnly)(store.Interactive, versions[0].Doc)
			if err != nil || !again.Head().Time.Equal(versions[0].SignIn().Time) {
				t.Errorf("%s: %s decoded again is of %v, %v", test.name, key, again, err)
			}
		}
	}
}

// The same in JSON, where only the American form is read without a question.
func TestOrderOfDatesInJSON(t *testing.T) {
	record := func(at string) string { return strings.Replace(line(1), "2026-11-02T08:00:00Z", at, 1) }
	for _, test := range []struct {
		at     string
		answer DateOrder
		want   string
	}{
		{"11/28/2026 9:30:00 AM", "", "2026-11-28T09:30:00Z"},
		{"28/11/2026 09:30:00", "", ""},
		{"28/11/2026 09:30:00", DayFirst, "2026-11-28T09:30:00Z"},
		{"03/11/2026 09:30:00", "", ""},
		{"03/11/2026 09:30:00", DayFirst, "2026-11-03T09:30:00Z"},
		{"03/11/2026 09:30:00", MonthFirst, "2026-03-11T09:30:00Z"},
	} {
		w := newFakeWriter()
		r := readAs(t, w, "a.json", record(test.at), Answers{Dates: test.answer})
		got := ""
		for _, versions := range w.rows {
			got = isoTime(versions[0].SignIn().Time)
			if again, err := Decoder(signInsOnly)("", versions[0].Doc); err != nil || isoTime(again.Head().Time) != got {
				t.Errorf("%s decoded again: %v, %v", test.at, again, err)
			}
		}
		if got != test.want || (test.want == "") != slices.Equal(r.Asks, []string{store.AskDates}) {
			t.Errorf("%s with %q: %s, want %s; %+v", test.at, test.answer, got, test.want, r)
		}
	}
}

// Log Analytics names a time zone in its headings. Another one than UTC, and none, are asked.
func TestZoneOfLogAnalytics(t *testing.T) {
	zurich, err := time.LoadLocation("Europe/Zurich")
	must(t, err)
	for _, test := range []struct {
		heading, at string
		zone        *time.Location
		want        string
	}{
		{"TimeGenerated [UTC]", "11/28/2026, 9:30:00.123 AM", nil, "2026-11-28T09:30:00.123Z"},
		{"TimeGenerated [Local time]", "11/28/2026, 9:30:00.123 AM", nil, ""},
		{"TimeGenerated [Local time]", "11/28/2026, 9:30:00.123 AM", zurich, "2026-11-28T08:30:00.123Z"},
		{"TimeGenerated", "2026-11-28 09:30", nil, ""},
		{"TimeGenerated", "2026-11-28 09:30", zurich, "2026-11-28T08:30:00Z"},
		{"TimeGenerated", "2026-11-28T09:30:00.5Z", nil, "2026-11-28T09:30:00.5Z"},
	} {
		w := newFakeWriter()
		r := readAs(t, w, "a.csv", test.heading+",Type,Id,UserPrincipalName\n\""+test.at+"\",SigninLogs,r1,ada@example.com\n", Answers{Zone: test.zone})
		got := ""
		for _, versions := range w.rows {
			got = isoTime(versions[0].SignIn().Time)
		}
		if got != test.want || (test.want == "") != slices.Equal(r.Asks, []string{store.AskZone}) {
			t.Errorf("%s %s: %s, want %s; %+v", test.heading, test.at, got, test.want, r)
		}
	}
}
