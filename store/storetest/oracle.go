package storetest

import (
	"maps"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

// everything is a range that holds every made-up sign-in.
var everything = store.Range{From: Noon.AddDate(-50, 0, 0), To: Noon.AddDate(50, 0, 0)}

// Holding gives the plain store with the contents of an engine that imported the records in this order. It checks
// the engine against them.
func Holding(t *testing.T, engine store.Store, records []store.Record) *Plain {
	t.Helper()
	w := &world{t: t, engine: asked{Store: engine}, kept: map[idOfLog][]store.Version{}}
	for _, r := range records {
		w.keep(&r)
	}
	return w.oracle()
}

// asked is a store that is only asked.
type asked struct {
	store.Store
	store.Writer
}

func (a asked) Catalog() store.Catalog { return a.Store.Catalog() }

// oracle gives the plain store of the merged copies, each under the engine's key: the order of rows at one instant
// is the engine's own. It checks that the engine has every sign-in once and no other, in order and with the merged
// values.
func (w *world) oracle() *Plain {
	w.t.Helper()
	expected := map[idOfLog]store.Record{}
	for id, versions := range w.kept {
		versions = slices.Clone(versions)
		kind := w.engine.Catalog().Kind(id.log)
		kind.SortVersions(versions)
		merged := kind.Merge(versions)
		head := merged.Head()
		head.ID = id.id
		merged.SetHead(head)
		expected[id] = store.Record{Entry: merged, Versions: versions}
	}
	var records []store.Record
	for _, info := range w.engine.Catalog().Logs() {
		for _, row := range w.readBack(info.Log) {
			head := row.Entry.Head()
			id := idOfLog{info.Log, NormalID(head.ID)}
			record, ok := expected[id]
			if !ok {
				w.t.Fatalf("%s has %s, which was not imported or stands there twice", info.Log, head.ID)
			}
			delete(expected, id)
			if !row.Key.Time().Equal(floor(record.Entry.Head().Time)) {
				w.t.Fatalf("%s %s has the key of %s, and its time is %s", info.Log, head.ID, row.Key.Time(), record.Entry.Head().Time)
			}
			record.Key = row.Key
			want := listed(info.Kind(), &record)
			if wanted, got := WordEntry(info.Kind(), want, false), WordEntry(info.Kind(), row.Entry, false); !slices.Equal(wanted, got) {
				w.t.Fatalf("%s %s (-merged +row):\n%s", info.Log, head.ID, gocmp.Diff(wanted, got))
			}
			records = append(records, record)
		}
	}
	for id := range expected {
		w.t.Fatalf("%s has lost %s", id.log, id.id)
	}
	plain := NewPlain(w.engine.Catalog(), records)
	plain.Memberships = w.groups
	for _, id := range slices.Sorted(maps.Keys(w.users)) {
		plain.Users = append(plain.Users, w.users[id])
	}
	plain.Names = store.NewUserNames(plain.Users)
	return plain
}

// readBack reads every event of a log.
func (w *world) readBack(log store.Log) []store.Row {
	w.t.Helper()
	q := store.ListQuery{Log: log, Range: everything, Limit: store.MaxLimit, AllEvents: true}
	var rows []store.Row
	for {
		page, err := w.engine.Page(w.t.Context(), q)
		if err != nil {
			w.t.Fatalf("read %s back: %v", log, err)
		}
		for _, row := range page.Rows {
			if len(rows) > 0 && !row.Key.Before(rows[len(rows)-1].Key) {
				w.t.Fatalf("%s is not newest first: %s after %s", log, row.Key, rows[len(rows)-1].Key)
			}
			rows = append(rows, row)
		}
		if page.Next == nil {
			return rows
		}
		q.After = page.Next
	}
}
