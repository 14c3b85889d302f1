package sqlite

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/importer"
	"signpost/store/storetest"
)

// withKinds makes the engine one of a version of the program that keeps other kinds of records, logs or columns.
func withKinds(kinds ...*store.Kind) Option {
	return func(db *DB) {
		db.schema = newSchema(kinds)
		db.words = newWords(db.schema)
	}
}

// The numbers of logs are stored in every data folder.
func TestNumbersOfLogs(t *testing.T) {
	want := map[store.Log]int{store.Interactive: 0, store.NonInteractive: 1, store.ServicePrincipal: 2, store.ManagedIdentity: 3}
	for _, info := range store.SignIns.Logs {
		if n, ok := want[info.Log]; ok && n != info.Number {
			t.Errorf("the %s log has the number %d, want %d", info.Log, info.Number, n)
		}
		delete(want, info.Log)
	}
	if len(want) > 0 {
		t.Errorf("there is no log of the numbers %v", want)
	}
	s := newSchema(signInsOnly)
	if len(s.byNumber) != len(s.ordered) {
		t.Errorf("%d logs have %d numbers", len(s.ordered), len(s.byNumber))
	}
}

// The order in which logs are registered changes neither what a folder answers nor what is stored in it.
func TestLogsInAnotherOrder(t *testing.T) {
	t.Parallel()
	folder := storetest.UnpackFolder(t, filepath.Join("testdata", "schema-8.tar.gz"))
	backwards := slices.Clone(store.SignIns.Logs)
	slices.Reverse(backwards)
	open := func(options ...Option) *DB {
		t.Helper()
		db, err := Open(t.Context(), folder, signInsOnly, importer.Decoder(signInsOnly), append(options, moving(folder))...)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	closeNow := func(db *DB) {
		t.Helper()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	db := open(withKinds(changedSignIns(asKept)))
	want, segments := allLogs(t, db), segmentIDs(t, db)
	closeNow(db)
	db = open(withKinds(changedSignIns(func(k *store.Kind) { asKept(k); k.Logs = backwards })))
	if diff := gocmp.Diff(want, allLogs(t, db)); diff != "" {
		t.Errorf("the answers of logs in another order (-want +got):\n%s", diff)
	}
	if got := segmentIDs(t, db); !slices.Equal(got, segments) {
		t.Errorf("another order made other segments: %v, were %v", got, segments)
	}
	for _, info := range store.SignIns.Logs {
		page, err := db.Page(t.Context(), store.ListQuery{Log: info.Log, Range: store.AllTime(), Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		id := page.Rows[0].SignIn().ID
		if found, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: info.Log, ID: id}}); err != nil || found.SignIn().ID != id {
			t.Errorf("the %s sign-in %s: %s, %v", info.Log, id, found.SignIn().ID, err)
		}
		put(t, db, madeUp(info.Log, 50, 5)...)
	}
	want = allLogs(t, db)
	closeNow(db)
	db = open(withKinds(changedSignIns(asKept)))
	defer closeNow(db)
	if diff := gocmp.Diff(want, allLogs(t, db)); diff != "" {
		t.Errorf("the answers over what was written in another order (-want +got):\n%s", diff)
	}
	report, err := db.Checkup(t.Context(), nil)
	if err != nil || report.Total > 0 {
		t.Errorf("%v: %v", err, report.Damages)
	}
}

// allLogs asks some questions of each log, and of all together.
func allLogs(t *testing.T, db *DB) (said []string) {
	t.Helper()
	say := func(answer any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, inJSON(answer))
	}
	for _, info := range store.SignIns.Logs {
		q := store.ListQuery{Log: info.Log, Range: store.AllTime(), Limit: 1000}
		total, err := db.Total(t.Context(), q)
		say(total, err)
		page, err := db.Page(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			said = append(said, fmt.Sprint(info.Log, row.Key, row.SignIn().ID, row.SignIn().UserID, row.SignIn().AppID, row.Line))
		}
		facets, err := db.Facets(t.Context(), store.FacetsQuery{ListQuery: q, Fields: []*store.Field{mustField("city"), mustField("app"), mustField("user")}, Top: 9})
		for i := range facets {
			facets[i].Field = nil // it has functions
		}
		say(facets, err)
	}
	for _, by := range []*store.Field{store.AppField, store.UserField, store.ServicePrincipalField} {
		table, err := db.Table(t.Context(), store.TableQuery{By: by, Range: store.AllTime(), Limit: store.MaxTop})
		say(table.Rows, err)
	}
	return said
}

// Records of a log that a newer version of the program keeps are passed over, and stay.
func TestRecordsOfAnUnknownLogStay(t *testing.T) {
	t.Parallel()
	v := &variant{folder: t.TempDir(), r: rand.New(rand.NewPCG(16, 1))}
	small := tinySizes(v.r)
	small.backlogBytes = 100
	v.options = []Option{withSizes(small), withDecoder(decodeJSON)}
	v.open(t)
	defer v.close(t)
	put(t, v.DB, madeUp(store.Interactive, 300, 3)...)
	want := fewAnswers(t, v.DB)
	v.main(t, "INSERT INTO changes (log, keys) VALUES (16, ?)", packKeys(make([]rowKey, 500)))
	v.main(t, "INSERT INTO segments (id, log, lo, hi, rows, columns, dead) VALUES (77, 16, 1, 2, 2, 3, NULL)")
	v.main(t, "INSERT INTO versions (log, k, doc, hash) VALUES (16, 5, 5, 5)")
	v.main(t, "INSERT INTO by_request (quarter, g, log, k) VALUES (1, 2, 16, 5)")
	v.main(t, "INSERT INTO by_correlation (quarter, g, log, k) VALUES (1, 2, 16, 5)")
	v.main(t, "INSERT INTO derivations (log, n, codes, below, lines_below) VALUES (16, 99, 'later', 4, 4)")
	v.main(t, "UPDATE revision SET n = n + 1, sealing = sealing + 1")
	unknown := func() (said string) {
		for _, name := range []string{"changes", "segments", "versions", "by_request", "by_correlation", "derivations"} {
			var n int
			if err := v.reader.QueryRowContext(t.Context(), "SELECT count(*) FROM "+name+" WHERE log = 16").Scan(&n); err != nil {
				t.Fatal(err)
			}
			said += fmt.Sprintln(name, n)
		}
		return said
	}
	before := unknown()
	v.reopen(t, func() {})
	if diff := gocmp.Diff(want, fewAnswers(t, v.DB)); diff != "" {
		t.Errorf("the answers beside an unknown log (-want +got):\n%s", diff)
	}
	put(t, v.DB, madeUp(store.ServicePrincipal, 300, 4)...)
	v.sealNow(t, true)
	if _, err := v.Requests(t.Context(), []string{guid(1)}); err != nil {
		t.Error(err)
	}
	report, err := v.Checkup(t.Context(), nil)
	if err != nil || report.Total > 0 {
		t.Errorf("%v: %v", err, report.Damages)
	}
	if diff := gocmp.Diff(before, unknown()); diff != "" {
		t.Errorf("what is stored of the unknown log (-before +after):\n%s", diff)
	}
}
