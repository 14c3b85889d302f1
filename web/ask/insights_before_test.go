package ask

import (
	"fmt"
	"strings"
	"testing"
)

// A row is compared with the row of the same thing, also where a URI was spelled differently. No row of the time before counts twice.
func TestRowsAreComparedWithTheSameThing(t *testing.T) {
	row := func(id string, n int64) InsightRow { return InsightRow{ID: id, Cells: []Cell{{N: n}}} }
	for _, tt := range []struct {
		name         string
		rows, before []InsightRow
		want         string
	}{
		{"the same ID", []InsightRow{row("urn:a", 1)}, []InsightRow{row("urn:a", 7)}, "7"},
		{"none before", []InsightRow{row("urn:a", 1)}, []InsightRow{row("urn:b", 7)}, "0"},
		{"another case", []InsightRow{row("https://A.example/x", 1)}, []InsightRow{row("https://a.example/X", 7)}, "7"},
		{"another slash", []InsightRow{row("https://a.example/x/", 1)}, []InsightRow{row("https://a.example/x", 7)}, "7"},
		{"two rows, and one before", []InsightRow{row("https://a.example", 1), row("https://a.example/", 2)}, []InsightRow{row("https://a.example/", 7)}, "0 7"},
		{"two rows, and another spelling before", []InsightRow{row("https://a.example", 1), row("https://a.example/", 2)}, []InsightRow{row("https://a.example//", 7)}, "7 0"},
		{"both spellings in both times", []InsightRow{row("https://a.example", 1), row("https://a.example/", 2)}, []InsightRow{row("https://a.example/", 7), row("https://a.example", 8)}, "8 7"},
		{"several other spellings before", []InsightRow{row("https://a.example", 1)}, []InsightRow{row("https://a.example/", 7), row("https://a.example//", 8)}, "unknown"},
		{"two rows, and several other spellings before", []InsightRow{row("https://a.example", 1), row("https://a.example/", 2)}, []InsightRow{row("https://a.example//", 7), row("https://a.example///", 8)}, "unknown unknown"},
	} {
		putBefore(tt.rows, tt.before, []Cell{{}})
		var got []string
		for _, r := range tt.rows {
			if r.Before[0].Unknown {
				got = append(got, "unknown")
			} else {
				got = append(got, fmt.Sprint(r.Before[0].N))
			}
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, text, tt.want)
		}
	}
}
