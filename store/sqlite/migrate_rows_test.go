package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"signpost/store"
	"signpost/store/storetest"
)

// oldWriter fills a store of the first schema by plain SQL, as the program wrote it then.
type oldWriter struct {
	t      testing.TB
	db     *sql.DB
	tx     *sql.Tx
	schema *schema
	codes  map[pendingWord]int64
	next   map[*column]int64
	taken  map[batchKey]bool
}

type batchKey struct {
	table *table
	k     store.Key
}

// oldSignIn is the copies of one sign-in and where their records stand.
type oldSignIn struct {
	versions []store.Version
	refs     map[int64]docRef // by hash
}

// oldStore makes a store of the first schema that holds the records.
func oldStore(t testing.TB, folder string, records []store.Record) {
	t.Helper()
	db := openAt(t, folder, 1)
	defer db.Close()
	w := &oldWriter{t: t, db: db, schema: newSchemaOf(store.Logs(), store.Properties()[:mfaDetail+2]), codes: map[pendingWord]int64{}, next: map[*column]int64{}, taken: map[batchKey]bool{}}
	var err error
	if w.tx, err = db.Begin(); err != nil {
		t.Fatal(err)
	}
	byID := map[batchID]*oldSignIn{}
	var order []*oldSignIn
	for i := range records {
		v := records[i].Versions[0]
		id, _ := encodeGUID(v.SignIn.ID)
		key := batchID{w.schema.tables[v.SignIn.Log], id}
		if byID[key] == nil {
			byID[key] = &oldSignIn{refs: map[int64]docRef{}}
			order = append(order, byID[key])
		}
		if s, hash := byID[key], hashDoc(v.Doc); s.refs[hash] == 0 {
			s.versions = append(s.versions, v)
			s.refs[hash] = docRef((1+i/64)<<6 | i%64)
		}
	}
	for _, s := range order {
		w.add(s)
	}
	w.docs(records)
	if err := w.tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// openAt opens a store for writing and applies the migrations up to one of them.
func openAt(t testing.TB, folder string, version int64) *sql.DB {
	t.Helper()
	writer, err := openWriter(filepath.Join(folder, "main.db"))
	if err != nil {
		t.Fatal(err)
	}
	db := writer.DB
	dir, err := fs.Sub(mainMigrations, "migrations/main")
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, dir)
	if err == nil {
		_, err = provider.UpTo(context.Background(), version)
	}
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func (w *oldWriter) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.tx.Exec(query, args...); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
}

func (w *oldWriter) docs(records []store.Record) {
	encoder, err := newEncoder()
	if err != nil {
		w.t.Fatal(err)
	}
	defer encoder.Close()
	packer := docPacker{encoder: encoder}
	block := 1
	for some := range slices.Chunk(records, 64) {
		var docs [][]byte
		for _, r := range some {
			docs = append(docs, r.Versions[0].Doc)
		}
		w.exec("INSERT INTO docs (block, z) VALUES (?, ?)", block, packer.pack(docs))
		block++
	}
}

// add writes the row of a sign-in, its versions and what finds it.
func (w *oldWriter) add(s *oldSignIn) {
	id, _ := encodeGUID(s.versions[0].SignIn.ID)
	store.SortVersions(s.versions)
	merged := store.Merge(s.versions)
	newest := hashDoc(s.versions[len(s.versions)-1].Doc)
	t := w.schema.tables[merged.Log]
	base, _ := store.KeyAt(merged.Time)
	k := base + store.Key(id.tie())
	for try := store.Key(1); w.taken[batchKey{t, k}]; try++ {
		k = base + (store.Key(id.tie())+try)%store.KeyTies
	}
	w.taken[batchKey{t, k}] = true
	var ids preparedRow
	ids.prepareIDs(&merged)
	var ingested any
	if at, ok := store.KeyAt(merged.Ingested); ok && !merged.Ingested.IsZero() {
		ingested = int64(at>>12) - int64(base>>12)
	}
	args := []any{
		int64(k), id[:], blob(ids.blobs[0]), blob(ids.blobs[1]), blob(ids.blobs[2]), blob(ids.blobs[3]),
		int64(s.refs[newest]), newest, len(s.versions), ingested, merged.TimeIsIngestion, int64(merged.Status()),
	}
	names := keptColumns
	for _, c := range w.schema.columns[:w.schema.byProp[store.MFAAuthDetail].index+1] { // the last of the first schema
		names += ", " + c.name
		args = append(args, w.value(c, &merged))
	}
	w.exec("INSERT INTO "+string(t.log)+" ("+names+") VALUES (?"+strings.Repeat(", ?", len(args)-1)+")", args...)
	w.link(t, k, id, &ids, merged.TimeIsIngestion)
	if len(s.versions) > 1 {
		for hash, ref := range s.refs {
			w.exec("INSERT INTO versions (log, k, doc, hash) VALUES (?, ?, ?, ?)", t.number, int64(k), int64(ref), hash)
		}
	}
}

func (w *oldWriter) link(t *table, k store.Key, id id16, ids *preparedRow, undated bool) {
	w.exec("INSERT INTO by_request (day, g, log, k) VALUES (?, ?, ?, ?)", floorDiv(int64(k)>>12, int64(24*time.Hour/time.Microsecond)), id.prefix(), t.number, int64(k))
	if correlation, ok := blobID(ids.blobs[0]); ok {
		w.exec("INSERT INTO by_correlation (day, g, log, k) VALUES (?, ?, ?, ?)", floorDiv(int64(k)>>12, int64(24*time.Hour/time.Microsecond)), correlation.prefix(), t.number, int64(k))
	}
	if undated {
		w.exec("INSERT INTO undated (log, g, k) VALUES (?, ?, ?)", t.number, id.prefix(), int64(k))
	}
	for _, text := range ids.texts {
		w.exec("INSERT INTO id_texts (id, text) VALUES (?, ?) ON CONFLICT DO NOTHING", text.id[:], text.text)
	}
}

// value gives what a column held: a number that is absent was NULL.
func (w *oldWriter) value(c *column, s *store.SignIn) any {
	switch p := c.property; {
	case p.Int != nil:
		if n := *p.Int(s); n.Set {
			return n.N
		}
		return nil
	case p.Bool != nil:
		return int64(*p.Bool(s))
	}
	word := pendingWord{c.words, storedText(c.property, s)}
	if word.text == "" {
		return 0
	}
	if _, ok := w.codes[word]; !ok {
		w.next[c]++
		w.codes[word] = w.next[c]
		w.exec("INSERT INTO words (dictionary, code, text) VALUES (?, ?, ?)", c.name, w.next[c], word.text)
	}
	return w.codes[word]
}

// arrivals are made-up sign-ins and later copies of some of them.
func arrivals(seed uint64, n int) (first, later []store.Record) {
	signIns := storetest.MadeUp(seed, n)
	for _, s := range signIns {
		first = append(first, storetest.Copy(s))
	}
	for _, s := range storetest.Versions(seed, signIns) {
		later = append(later, storetest.Copy(s))
	}
	for _, records := range [][]store.Record{first, later} {
		for i := range records {
			records[i].Versions[0].Received = time.Time{} // nobody noted it then
		}
	}
	return first, later
}

func openFolder(t *testing.T, folder string) *DB {
	t.Helper()
	db, err := Open(t.Context(), folder, storetest.Decode)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// imported imports the records in batches of odd sizes.
func imported(t *testing.T, db *DB, records []store.Record) {
	t.Helper()
	id, err := db.BeginImport(t.Context(), store.ImportFile{Path: "test", Format: "azure-monitor"})
	if err != nil {
		t.Fatal(err)
	}
	for some := range slices.Chunk(records, 97) {
		batch, err := db.Prepare(some)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Commit(t.Context(), id, batch); err != nil {
			t.Fatal(err)
		}
	}
}

// A store of the first schema answers as one does that the same records were imported into, also after
// more of them.
func TestMoveRows(t *testing.T) {
	t.Parallel()
	seeds := uint64(1)
	if os.Getenv("SIGNPOST_SOAK") != "" {
		seeds = 20
	}
	for seed := range seeds {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			first, later := arrivals(20+seed, 400)
			before := append(slices.Clone(first), later[:len(later)/2]...)
			folder := t.TempDir()
			oldStore(t, folder, before)
			moveInSmallSteps(t, folder)
			moved, fresh := openFolder(t, folder), openFolder(t, t.TempDir())
			imported(t, fresh, before)
			compareStores(t, moved, fresh)
			for _, db := range []*DB{moved, fresh} {
				imported(t, db, later[len(later)/2:])
			}
			compareStores(t, moved, fresh)
			if tables := tablesOf(t, moved); tables != tablesOf(t, fresh) || strings.Contains(tables, "noninteractive_user_id") {
				t.Errorf("tables and indexes: %s", tables)
			}
		})
	}
}

// moveInSmallSteps moves the rows before the store is opened, few at a time: lines lie across the steps.
func moveInSmallSteps(t *testing.T, folder string) {
	t.Helper()
	writer := openAt(t, folder, 1)
	defer writer.Close()
	db := moving()
	if err := db.migrations(5).upShared(t.Context(), writer); err != nil {
		t.Fatal(err)
	}
}

// moving is as much of a DB as moving rows takes.
func moving() *DB {
	s := newSchema()
	return &DB{schema: s, words: newWords(s), log: slog.New(slog.DiscardHandler)}
}

func tablesOf(t *testing.T, db *DB) string {
	return lines(t, db, "SELECT name FROM sqlite_schema ORDER BY name")
}

// lines writes the rows of a query as lines.
func lines(t *testing.T, db *DB, query string) string {
	t.Helper()
	rows, err := db.reader.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	cells, targets := make([]any, len(names)), make([]any, len(names))
	for i := range cells {
		targets[i] = &cells[i]
	}
	var out strings.Builder
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&out, cells...)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// compareStores compares everything: the marks of lines, the pages of all logs, every sign-in whole, and the
// answers to random questions.
func compareStores(t *testing.T, got, want *DB) {
	t.Helper()
	makeAllAgain(t, got)
	for _, query := range []string{
		"SELECT k, line FROM folded ORDER BY k",
		`SELECT k, events, denied, started, coalesce(m.text, ''), coalesce(e.text, '') FROM lines
			LEFT JOIN words AS m ON m.dictionary = 'line_mfa' AND m.code = mfa LEFT JOIN words AS e ON e.dictionary = 'line_errors' AND e.code = errors ORDER BY k`,
		"SELECT quarter, g, k FROM by_original ORDER BY quarter, g, k",
		"SELECT quarter, g, log, k FROM by_request ORDER BY quarter, g, log, k",
		"SELECT log, k, hash FROM versions ORDER BY log, k, hash",
	} {
		wanted := lines(t, want, query)
		if diff := gocmp.Diff(wanted, lines(t, got, query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
		if wanted == "" {
			t.Errorf("%s: nothing to compare", query)
		}
	}
	everything := rangeOf(storetest.Noon.AddDate(-50, 0, 0), storetest.Noon.AddDate(50, 0, 0))
	var records []store.Record
	for _, info := range store.Logs() {
		for _, events := range []bool{false, true} {
			q := store.ListQuery{Log: info.Log, Range: everything, Limit: store.MaxLimit, AllEvents: events}
			wanted := allRows(t, want, q)
			if diff := differing(wanted, allRows(t, got, q)); diff != "" {
				t.Fatalf("%s, all events: %t (-want +got):\n%s", info.Log, events, diff)
			}
			wantTotal, _ := want.Total(t.Context(), q)
			gotTotal, err := got.Total(t.Context(), q)
			if err != nil || gotTotal != wantTotal || gotTotal.N != int64(len(wanted)) {
				t.Errorf("%s, all events: %t: total %v, %v; want %v of %d rows", info.Log, events, gotTotal, err, wantTotal, len(wanted))
			}
			for _, row := range wanted {
				whole, err := want.SignIn(t.Context(), info.Log, row.SignIn.ID)
				if err != nil {
					t.Fatal(err)
				}
				same, err := got.SignIn(t.Context(), info.Log, row.SignIn.ID)
				if diff := differing(whole, same); diff != "" || err != nil {
					t.Fatalf("%s %s: %v (-want +got):\n%s", info.Log, row.SignIn.ID, err, diff)
				}
				if whole.Key == row.Key && !events {
					records = append(records, whole)
				}
			}
		}
	}
	plain := storetest.NewPlain(records) // only to ask for what there is
	for n := range uint64(120) {
		storetest.Compare(t, got, want, storetest.RandomCase(rand.New(rand.NewPCG(n, 5)), plain))
	}
}

// differing is Diff where there may be one: Diff takes long to find none.
func differing(want, got any) string {
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return gocmp.Diff(want, got)
}

func allRows(t *testing.T, db *DB, q store.ListQuery) []store.Row {
	t.Helper()
	var rows []store.Row
	for {
		page, err := db.SignIns(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, page.Rows...)
		if page.Next == nil {
			return rows
		}
		q.After = page.Next
	}
}

// What fails on the way leaves the store as it was.
func TestMoveRowsWholeOrNotAtAll(t *testing.T) {
	first, later := arrivals(31, 300)
	records := append(first, later...)
	folder := t.TempDir()
	oldStore(t, folder, records)
	raw := openAt(t, folder, 2)
	count := func(table string) (n int) {
		t.Helper()
		if err := raw.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count("interactive")
	// The last row of the last log finds its place taken.
	_, err := raw.Exec(`INSERT INTO rows_managedidentity (k, id, doc, hash, versions, time_is_ingestion, derived_status, fields)
		SELECT max(k), id, 0, 0, 1, 0, 0, x'00' FROM managedidentity`)
	if err != nil {
		t.Fatal(err)
	}
	if db, err := Open(t.Context(), folder, storetest.Decode); err == nil {
		t.Fatal("a row that is in the way was not noticed:", db.Close())
	}
	if now, moved := count("interactive"), count("rows_interactive"); now != before || moved != 0 || before == 0 {
		t.Fatalf("after a failure the old table has %d rows and the new one %d; want %d and 0", now, moved, before)
	}
	if _, err := raw.Exec("DELETE FROM rows_managedidentity"); err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	fresh := openFolder(t, t.TempDir())
	imported(t, fresh, records)
	compareStores(t, openFolder(t, folder), fresh)
}

// import and serve may start together on a store of the first schema.
func TestMoveRowsTogether(t *testing.T) {
	first, later := arrivals(32, 300)
	records := append(first, later...)
	folder := t.TempDir()
	oldStore(t, folder, records)
	fresh := openFolder(t, t.TempDir())
	imported(t, fresh, records)
	dbs, errs := make([]*DB, 3), make([]error, 3)
	var all sync.WaitGroup
	for i := range dbs {
		all.Go(func() { dbs[i], errs[i] = Open(t.Context(), folder, storetest.Decode) })
	}
	all.Wait()
	for i, db := range dbs {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	compareStores(t, dbs[0], fresh)
}

// A lock that another process holds is waited for, however often.
func TestMigrateIsBusy(t *testing.T) {
	folder := t.TempDir()
	holder := openAt(t, folder, 1)
	defer holder.Close()
	tx, err := holder.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // it only holds the lock
	writer, err := sql.Open("sqlite", dsn(filepath.Join(folder, "main.db"), url.Values{"_pragma": {"busy_timeout(1)"}, "_txlock": {"immediate"}}))
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	if err := moving().migrations(movedAtOnce).up(t.Context(), writer); !isBusy(err) {
		t.Errorf("while another process writes: %v, want that it is busy", err)
	}
}

// BenchmarkMoveRows moves a store of interactive events, a third of them of lines.
func BenchmarkMoveRows(b *testing.B) {
	folder := b.TempDir()
	records := make([]store.Record, b.N)
	for i := range records {
		at := noon.Add(time.Duration(i) * 40 * time.Millisecond)
		s := store.SignIn{
			Log: store.Interactive, ID: guid(i), CorrelationID: guid(1_000_000 + i/3), SessionID: guid(i), UniqueTokenIdentifier: fmt.Sprint("token ", i), Time: at, Ingested: at.Add(time.Minute),
			UserID: guid(9000 + i/3%5000), UserPrincipalName: fmt.Sprint("u", i/3%5000), AppID: guid(7000 + i/3%100), ResourceID: guid(8000), IPAddress: fmt.Sprint("192.0.2.", i%255),
			ErrorCode: store.IntOf([]int64{50074, 0, 0}[i%3]), City: "Oslo", CountryOrRegion: "NO", UserAgent: "agent", OperatingSystem: "Windows 11", Browser: "Edge",
		}
		records[i] = store.Record{SignIn: s, Versions: []store.Version{{SignIn: s, Doc: fmt.Appendf(nil, "{%d}", i)}}}
	}
	oldStore(b, folder, records)
	records = nil
	b.ResetTimer()
	db, err := Open(b.Context(), folder, storetest.Decode)
	b.StopTimer()
	if err != nil {
		b.Fatal(err)
	}
	if err := db.Close(); err != nil {
		b.Error(err)
	}
}
