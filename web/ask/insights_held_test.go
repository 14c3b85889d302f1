package ask

import (
	"cmp"
	"slices"
	"strings"
	"testing"
)

// A list is sorted by a ratio beyond 1 in both directions, with what has none at the end.
func TestPlacesOfRatios(t *testing.T) {
	ratio := &Number{Name: "each", Unit: InRatio}
	list := &InsightList{Columns: []*Number{NumberUser, ratio}}
	row := func(id string, n, of int64) InsightRow {
		return InsightRow{ID: id, Cells: []Cell{{N: n, Of: of}}}
	}
	for reverse, want := range map[bool]string{false: "nine four two one none", true: "one two four nine none"} {
		rows := []InsightRow{row("two", 4, 2), row("none", 0, 0), row("nine", 9, 1), row("one", 1, 1), row("four", 8, 2)}
		q := &InsightQuery{List: list, Sort: ratio, Reverse: reverse}
		slices.SortFunc(rows, func(a, b InsightRow) int { return cmp.Compare(placeOf(q, &a).N, placeOf(q, &b).N) })
		var got []string
		for i := range rows {
			got = append(got, rows[i].ID)
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("reversed %v: %s, want %s", reverse, got, want)
		}
	}
}
