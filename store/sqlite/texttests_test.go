package sqlite

import (
	"math/rand/v2"
	"testing"

	"signpost/store"
	"signpost/store/activity"
	"signpost/store/storetest"
)

// Texts that stand in rows alone are found as a plain loop finds them, in parts in memory and in segments, alone and along
// with a condition on a column.
func TestTextsOfRows(t *testing.T) {
	t.Parallel()
	catalog := store.NewCatalog(store.SignIns, activity.Kind)
	db, err := Open(t.Context(), t.TempDir(), catalog, storetest.Decoder(catalog))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	putAll(t, db, storetest.MadeUpOf(activity.Kind, 7, 1500))
	var stored []store.Entry
	q := store.RecordsQuery{ListQuery: store.ListQuery{Log: activity.Log, Range: store.AllTime(), Limit: 200}}
	for more := true; more; more = q.After != nil {
		page, err := db.Records(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for i := range page.Records {
			stored = append(stored, page.Records[i].Entry)
		}
		q.After = page.Next
	}
	r := rand.New(rand.NewPCG(1, 2))
	ask := func(where string) {
		some := 0
		for range 150 {
			field := []*store.Field{activity.ItemField, activity.TextField, activity.TargetField}[r.IntN(3)]
			op := []store.Operator{store.OpIs, store.OpIsNot, store.OpStarts, store.OpHas, store.OpEmpty, store.OpNotEmpty}[r.IntN(6)]
			value := "yes"
			if op.TakesValue() {
				p := field.Properties[r.IntN(len(field.Properties))]
				value = *p.Text(stored[r.IntN(len(stored))])
				if n := len(value); n > 3 && op != store.OpIs && op != store.OpIsNot {
					value = value[:3+r.IntN(n-2)]
				}
			}
			if value == "" {
				continue
			}
			filter := store.Filter{}.With(field, op, value)
			if r.IntN(3) == 0 {
				filter = filter.With(activity.WorkloadField, store.OpHas, "1")
			}
			want := int64(0)
			for _, e := range stored {
				if filter.Match(e) {
					want++
				}
			}
			total, err := db.Total(t.Context(), store.ListQuery{Log: activity.Log, Range: store.AllTime(), Filter: filter})
			if err != nil || total.N != want {
				t.Fatalf("%s, %s: got %d, want %d, %v", where, filter.Values().Encode(), total.N, want, err)
			}
			if want > 0 && want < int64(len(stored)) {
				some++
			}
		}
		if some < 50 {
			t.Errorf("%s: only %d questions found some of the records", where, some)
		}
	}
	ask("in memory")
	db.sealNow(t, true)
	ask("sealed")
	page, err := db.Page(t.Context(), store.ListQuery{Log: activity.Log, Range: store.AllTime(), Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]store.Entry{}
	for _, e := range stored {
		told[e.Head().ID] = e
	}
	for _, row := range page.Rows {
		for _, p := range []*store.Property{activity.Item, activity.ItemWords, activity.Target, activity.Details, activity.SiteURL} {
			if got, want := *p.Text(row.Entry), *p.Text(told[row.Entry.Head().ID]); got != want {
				t.Fatalf("%s of %s in a list: got %q, want %q", p.Name, row.Entry.Head().ID, got, want)
			}
		}
	}
	for _, name := range []string{"item_name", "item_names", "target_name", "detail_texts", "site_url"} {
		if db.schema.dictionaries[name] != nil {
			t.Errorf("%s has a dictionary", name)
		}
	}
}
