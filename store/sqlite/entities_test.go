package sqlite

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/storetest"
)

func TestEntitiesNarrowed(t *testing.T) {
	db := openDirectory(t)
	plain, _ := fillMadeUp(t, db, 300)
	within := store.Range{From: storetest.Noon.AddDate(0, 0, -3), To: storetest.Noon.Add(time.Hour)}
	putObjects(t, db, directoryTime, store.DirectoryBatch{Objects: []store.Object{
		{Kind: store.ObjectUser, ID: "never", Name: "Åse Never", Username: "Never@Example.com", Type: "Guest", Enabled: store.False},
		{Kind: store.ObjectUser, ID: "other", Name: "Other", Type: "Member", Enabled: store.True, LastSuccess: within.From.Add(-time.Second)},
		{Kind: store.ObjectUser, ID: "elsewhere", Name: "Seen elsewhere", Type: "Member", Enabled: store.True, LastSuccess: within.From},
	}})
	table, err := plain.Table(t.Context(), store.TableQuery{By: store.UserField, Logs: []store.Log{store.Interactive, store.NonInteractive}, Range: within, Limit: store.MaxTop})
	if err != nil {
		t.Fatal(err)
	}
	inactive := 2
	for _, r := range table.Rows {
		if r.ByStatus[store.StatusSuccess] == 0 {
			inactive++
		}
	}
	for name, tt := range map[string]struct {
		q    store.EntitiesQuery
		want int
	}{
		"by name, folded":     {store.EntitiesQuery{Text: " ÅSE "}, 1},
		"by username":         {store.EntitiesQuery{Text: "never@example"}, 1},
		"by a part of the ID": {store.EntitiesQuery{Text: "neve"}, 1},
		"guests":              {store.EntitiesQuery{Type: "guest"}, 1},
		"disabled":            {store.EntitiesQuery{Enabled: store.False}, 1},
		"inactive":            {store.EntitiesQuery{Inactive: true}, inactive},
		"a per cent sign":     {store.EntitiesQuery{Text: "%"}, 0},
	} {
		tt.q.Kind, tt.q.Range, tt.q.Sort, tt.q.Limit = store.ObjectUser, within, cmp.Or(tt.q.Sort, store.SortName), store.MaxLimit
		page, err := db.Entities(t.Context(), tt.q)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Rows) != tt.want || page.Total != int64(tt.want) {
			t.Errorf("%s: %d rows of %d, want %d", name, len(page.Rows), page.Total, tt.want)
		}
	}
	grown := store.DirectoryBatch{Objects: []store.Object{{Kind: store.ObjectUser, ID: "young", Created: within.From}, {Kind: store.ObjectUser, ID: "old", Created: within.From.Add(-time.Second)}}}
	putObjects(t, db, directoryTime, grown)
	for text, want := range map[string]int64{"young": 0, "old": 1} {
		q := store.EntitiesQuery{Kind: store.ObjectUser, Range: within, Sort: store.SortName, Limit: 50, Text: text, Inactive: true}
		if page, err := db.Entities(t.Context(), q); err != nil || page.Total != want {
			t.Errorf("an inactive account of the name %s: %d, want %d, %v", text, page.Total, want, err)
		}
	}
	since := store.EntitiesQuery{Kind: store.ObjectUser, Range: store.Range{To: within.To}, Sort: store.SortName, Limit: 50, Text: "never", Inactive: true}
	if page, err := db.Entities(t.Context(), since); err != nil || len(page.Rows) != 1 {
		t.Errorf("who never signed in, since ever: %d rows, %v", len(page.Rows), err)
	}
	first := table.Rows[0]
	page, err := db.Entities(t.Context(), store.EntitiesQuery{Kind: store.ObjectUser, Range: within, Sort: store.SortName, Limit: 50, Text: strings.ToUpper(cmp.Or(first.Username, first.Label, first.Value))})
	if err != nil || len(page.Rows) == 0 {
		t.Errorf("one of the log by its username %q: %d rows, %v", first.Username, len(page.Rows), err)
	}
}

// A place may lie before the first row or behind the last. Rows have moved or gone since its page was read, or somebody
// wrote the address by hand.
func TestEntitiesBesideTheEnds(t *testing.T) {
	db := openDirectory(t)
	putObjects(t, db, directoryTime, store.DirectoryBatch{Objects: []store.Object{
		{Kind: store.ObjectUser, ID: "1", Name: "Ada"}, {Kind: store.ObjectUser, ID: "2", Name: "Bo"}, {Kind: store.ObjectUser, ID: "3", Name: "Cy"},
	}})
	for name, tt := range map[string]struct {
		after, before *store.EntityPlace
		want          string
	}{
		"behind the last":           {after: &store.EntityPlace{Name: "zoe", ID: "9"}, want: "[] earlier"},
		"behind a number too small": {after: &store.EntityPlace{N: -1, Name: "ada", ID: "1"}, want: "[] earlier"},
		"before the first":          {before: &store.EntityPlace{Name: "aa", ID: "0"}, want: "[1 2] later"},
		"before the first itself":   {before: &store.EntityPlace{Name: "ada", ID: "1"}, want: "[1 2] later"},
		"before the second":         {before: &store.EntityPlace{Name: "bo", ID: "2"}, want: "[1] later"},
		"before the third":          {before: &store.EntityPlace{Name: "cy", ID: "3"}, want: "[1 2] later"},
	} {
		t.Run(name, func(t *testing.T) {
			within := store.Range{From: storetest.Noon.AddDate(0, 0, -3), To: storetest.Noon}
			q := store.EntitiesQuery{Kind: store.ObjectUser, Range: within, Sort: store.SortName, Limit: 2, After: tt.after, Before: tt.before}
			page, err := db.Entities(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			ids := []string{}
			for _, row := range page.Rows {
				ids = append(ids, row.ID)
			}
			got := fmt.Sprint(ids)
			if page.Prev != nil {
				got += " earlier"
			}
			if page.Next != nil {
				got += " later"
			}
			if got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if page.Prev == nil {
				return
			}
			q.After, q.Before = nil, page.Prev // the way back leads to the last rows
			if back, err := db.Entities(t.Context(), q); err != nil || len(back.Rows) != 2 || back.Rows[1].ID != "3" {
				t.Errorf("the page before has %v, %v", back.Rows, err)
			}
		})
	}
}
