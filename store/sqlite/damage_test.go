package sqlite

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/storetest"
)

// damage is something that happens to cols.db, or to what main.db says of it.
type damage struct {
	name string
	do   func(t *testing.T, v *variant)
	// opened says that a start is what finds it: until then nobody looks there.
	opened bool
}

func (v *variant) cols(t *testing.T, statement string, args ...any) {
	t.Helper()
	if _, err := v.DB.cols.now().writer.ExecContext(t.Context(), statement, args...); err != nil {
		t.Logf("damage cols.db: %v", err) // it may be too damaged for that
	}
}

func (v *variant) main(t *testing.T, statement string, args ...any) {
	t.Helper()
	tx, err := v.writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = tx.ExecContext(t.Context(), statement, args...)
	if err == nil {
		// As after a start: this process has the segments in memory.
		_, err = tx.ExecContext(t.Context(), "UPDATE revision SET n = n + 1, sealing = sealing + 1")
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// flip changes bytes of cols.db.
func (v *variant) flip(t *testing.T, bytes int) {
	t.Helper()
	b, err := os.ReadFile(v.file())
	if err != nil || len(b) == 0 {
		return // taken away before
	}
	file, err := os.OpenFile(v.file(), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for range bytes {
		at := v.r.IntN(len(b))
		if _, err := file.WriteAt([]byte{b[at] ^ byte(1+v.r.IntN(255))}, int64(at)); err != nil {
			t.Fatal(err)
		}
	}
}

// damages happen to a store in use.
var damages = []damage{
	{name: "half the columns of a segment gone", do: func(t *testing.T, v *variant) {
		v.cols(t, "DELETE FROM columns WHERE id >> 8 = (SELECT id FROM segments ORDER BY random() LIMIT 1) AND id & 1")
	}},
	{name: "every column of a kind gone", do: func(t *testing.T, v *variant) {
		v.cols(t, "DELETE FROM columns WHERE id & 255 = ?", v.schema.byProp[store.ErrorCode].index)
	}},
	{name: "all columns gone", do: func(t *testing.T, v *variant) { v.cols(t, "DELETE FROM columns") }},
	{name: "all keys gone", do: func(t *testing.T, v *variant) { v.cols(t, "DELETE FROM columns WHERE id & 255 = 255") }},
	{name: "a head gone", opened: true, do: func(t *testing.T, v *variant) {
		v.cols(t, "DELETE FROM segments WHERE id IN (SELECT id FROM segments ORDER BY random() LIMIT 1)")
	}},
	{name: "a head damaged", opened: true, do: func(t *testing.T, v *variant) {
		v.cols(t, "UPDATE segments SET head = CAST(substr(head, 1, 19) || x'7F' || substr(head, 21) AS BLOB) WHERE id IN (SELECT id FROM segments ORDER BY random() LIMIT 1)")
	}},
	{name: "another's head", opened: true, do: func(t *testing.T, v *variant) {
		v.cols(t, "UPDATE segments SET head = (SELECT head FROM segments ORDER BY random() LIMIT 1)")
	}},
	{name: "columns cut", do: func(t *testing.T, v *variant) {
		v.cols(t, "UPDATE columns SET z = CAST(substr(z, 1, length(z) / 2) AS BLOB) WHERE id >> 8 = (SELECT id FROM segments ORDER BY random() LIMIT 1)")
	}},
	{name: "empty columns", do: func(t *testing.T, v *variant) { v.cols(t, "UPDATE columns SET z = x''") }},
	{name: "columns of other segments", do: func(t *testing.T, v *variant) {
		v.cols(t, "UPDATE columns SET z = (SELECT z FROM columns AS c WHERE c.id & 255 = columns.id & 255 AND c.id <> columns.id LIMIT 1) WHERE EXISTS (SELECT 1 FROM columns AS c WHERE c.id & 255 = columns.id & 255 AND c.id <> columns.id)")
	}},
	{name: "columns of the same segment", do: func(t *testing.T, v *variant) {
		v.cols(t, "UPDATE columns SET z = (SELECT z FROM columns AS c WHERE c.id >> 8 = columns.id >> 8 ORDER BY random() LIMIT 1)")
	}},
	{name: "a table gone", do: func(t *testing.T, v *variant) { v.cols(t, "DROP TABLE IF EXISTS columns") }},
	{name: "the file gone", do: func(t *testing.T, v *variant) {
		for _, suffix := range []string{"", "-wal", "-shm"}[:1+v.r.IntN(3)] {
			_ = os.Remove(v.file() + suffix) // may be gone
		}
	}},
	{name: "bytes changed", do: func(t *testing.T, v *variant) {
		v.cols(t, "PRAGMA wal_checkpoint(TRUNCATE)")
		v.flip(t, 1+v.r.IntN(4000))
	}},
	{name: "made with other columns", do: func(t *testing.T, v *variant) {
		v.main(t, "UPDATE segments SET columns = columns + 1 WHERE random() & 1")
	}},
	{name: "a damaged set of dead rows", do: func(t *testing.T, v *variant) { v.main(t, "UPDATE segments SET dead = x'010203' WHERE random() & 1") }},
}

// closedDamages happen to a store that is not open.
var closedDamages = []damage{
	{name: "the file gone", do: func(t *testing.T, v *variant) {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(v.file() + suffix) // may be gone
		}
	}},
	{name: "the file cut", do: func(t *testing.T, v *variant) {
		info, err := os.Stat(v.file())
		if err == nil {
			err = os.Truncate(v.file(), v.r.Int64N(info.Size()+1))
		}
		if err != nil {
			t.Fatal(err)
		}
	}},
	{name: "no database", do: func(t *testing.T, v *variant) {
		if err := os.WriteFile(v.file(), []byte(strings.Repeat("no database ", v.r.IntN(2000))), 0o600); err != nil {
			t.Fatal(err)
		}
	}},
	{name: "bytes changed", do: func(t *testing.T, v *variant) { v.flip(t, 1+v.r.IntN(4000)) }},
	{name: "many bytes changed", do: func(t *testing.T, v *variant) { v.flip(t, 20_000) }},
	{name: "an older file", do: func(t *testing.T, v *variant) {
		kept := filepath.Join(v.folder, "kept")
		if b, err := os.ReadFile(kept); err == nil {
			if err := os.WriteFile(v.file(), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		keepFile(t, v, kept)
	}},
}

func keepFile(t *testing.T, v *variant, kept string) {
	t.Helper()
	b, err := os.ReadFile(v.file())
	if err == nil {
		err = os.WriteFile(kept, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// ask puts a few questions that together look at every column.
func askAll(t *testing.T, db *DB) []string {
	t.Helper()
	var all []string
	for _, info := range store.SignIns.Logs {
		for _, f := range store.SignIns.Fields() {
			if !f.Facetable() {
				continue
			}
			facets, err := db.Facets(t.Context(), store.FacetsQuery{ListQuery: store.ListQuery{Log: info.Log, Range: allTime, AllEvents: true}, Fields: []*store.Field{f}, Top: 1000})
			if err != nil {
				t.Fatal(err)
			}
			for _, value := range facets[0].Values {
				all = append(all, string(info.Log)+" "+f.Name+" "+value.Value+" "+string(rune('0'+value.N%10)))
			}
		}
		page, err := db.Page(t.Context(), store.ListQuery{Log: info.Log, Range: allTime, AllEvents: true, Limit: store.MaxLimit})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			all = append(all, row.Key.String())
		}
	}
	return all
}

// fill opens a store of made-up sign-ins in tiny segments.
func fill(t *testing.T, rows int, options ...Option) *variant {
	t.Helper()
	r := rand.New(rand.NewPCG(5, 5))
	v := &variant{folder: t.TempDir(), r: r, options: append([]Option{withSizes(tinySizes(r))}, options...)}
	v.open(t)
	t.Cleanup(func() { v.close(t) })
	v.answers.max = 0 // no answer is kept
	putRecords(t, v.DB, storetest.MadeUp(3, rows))
	v.sealNow(t, true)
	return v
}

// withoutAnswers keeps no answer, so that each question looks at the columns.
func withoutAnswers(db *DB) { db.answers.max = 0 }

// putRecords imports sign-ins in batches of some hundred.
func putRecords(t *testing.T, db *DB, signIns []store.SignIn) {
	t.Helper()
	for some := range slices.Chunk(signIns, 300) {
		put(t, db, some...)
	}
}

// Whatever is lost is made again, and the log says so. What is not asked for may stay damaged.
func TestDamageIsHealedAndLogged(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, v *variant, do func()) {
		t.Helper()
		before := askAll(t, v.DB)
		if told := v.log.take(); told != "" {
			t.Fatalf("before the damage: %s", told)
		}
		do()
		for _, when := range []string{"damaged", "sealed again", "sealed once more"} {
			if diff := gocmp.Diff(before, askAll(t, v.DB)); diff != "" {
				t.Errorf("%s the answers differ (-before +after):\n%s", when, diff)
			}
			v.sealNow(t, true)
		}
		told := v.log.take()
		if !strings.Contains(told, "made anew") {
			t.Errorf("not logged: %q", told)
		}
		var segments, unsealed int
		err := v.reader.QueryRow("SELECT (SELECT count(*) FROM segments), (SELECT count(*) FROM changes)").Scan(&segments, &unsealed)
		if err != nil || segments < 5 || unsealed > 0 {
			t.Errorf("%d segments after sealing again, %d changes left, %v: %s", segments, unsealed, err, told)
		}
	}
	for _, d := range damages {
		t.Run(d.name, func(t *testing.T) {
			v := fill(t, 400, WithCache(1), withoutAnswers)
			check(t, v, func() {
				if d.do(t, v); d.opened {
					v.reopen(t, func() {})
				}
			})
		})
	}
	for _, d := range closedDamages {
		t.Run(d.name+" while closed", func(t *testing.T) {
			v := fill(t, 400)
			if d.name == "an older file" {
				keepFile(t, v, filepath.Join(v.folder, "kept"))
			}
			check(t, v, func() { v.reopen(t, func() { d.do(t, v) }) })
		})
	}
}

// The columns of another folder's store are not taken for this one's, however alike they are.
func TestColumnsOfAnotherFolder(t *testing.T) {
	v, other := fill(t, 400), fill(t, 400)
	before := askAll(t, v.DB)
	other.DB.cols.now().writer.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)") //nolint:errcheck // then it is another damage
	b, err := os.ReadFile(other.file())
	if err != nil {
		t.Fatal(err)
	}
	v.reopen(t, func() {
		if err := os.WriteFile(v.file(), b, 0o600); err != nil {
			t.Fatal(err)
		}
	})
	if diff := gocmp.Diff(before, askAll(t, v.DB)); diff != "" {
		t.Errorf("the answers differ (-before +after):\n%s", diff)
	}
	if told := v.log.take(); !strings.Contains(told, "made anew") {
		t.Errorf("not logged: %q", told)
	}
}
