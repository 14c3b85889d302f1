package sqlite

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"signpost/store"
	"signpost/store/importer"
	"signpost/store/storetest"
)

// textID makes up an ID that is no GUID, as audit records have them: with blanks, accents, and in any casing.
func textID(r *rand.Rand, n int) string {
	text := fmt.Sprintf("%s_%s_L%d_%d", []string{"Directory", "SSGM", "Authentication Methods", "Ärende", "\u212Aelvin"}[n%5], guid(n/20), n%3, n)
	switch r.IntN(5) {
	case 0:
		return strings.ToUpper(text)
	case 1:
		return strings.ToLower(text)
	case 2:
		return norm.NFD.String(text)
	}
	return text
}

// IDs that are texts are found in any casing: as the filter says, whether few or nearly all of the range's rows pass.
func TestTextIDsAreFoundAsTheFilterSays(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(17, 1))
	v := &variant{folder: t.TempDir(), r: r, options: []Option{withSizes(tinySizes(r)), withDecoder(decodeJSON)}}
	v.open(t)
	defer func() { v.close(t) }()
	signIns := slices.Concat(madeUp(store.Interactive, 400, 17), madeUp(store.NonInteractive, 200, 18))
	ids := []func(*store.SignIn) *string{
		func(s *store.SignIn) *string { return &s.ID }, func(s *store.SignIn) *string { return &s.CorrelationID },
		func(s *store.SignIn) *string { return &s.SessionID }, func(s *store.SignIn) *string { return &s.UniqueTokenIdentifier },
		func(s *store.SignIn) *string { return &s.OriginalRequestID },
	}
	for i := range signIns {
		for n, id := range ids {
			if n == 0 || r.IntN(3) > 0 {
				*id(&signIns[i]) = textID(r, i+n%2*100)
			}
		}
		if i%7 == 0 {
			signIns[i].ID = strings.ToUpper(guid(i))
		}
		if i%5 == 0 {
			signIns[i].OriginalRequestID = signIns[i].ID
		}
	}
	for some := range slices.Chunk(signIns, 150) {
		put(t, v.DB, some...)
	}
	fields := []string{"request", "correlation", "session", "token", "originalrequestid"}
	byTexts := 0
	for range 1500 {
		s := &signIns[r.IntN(len(signIns))]
		n := r.IntN(len(ids))
		field := mustField(fields[n])
		op := pick(mixed{r}, store.OpIs, store.OpIsNot, store.OpStarts, store.OpStarts)
		var filter store.Filter
		for range 1 + r.IntN(2) {
			value := textID(r, r.IntN(700))
			if text := *ids[n](s); r.IntN(2) == 0 && text != "" {
				value = pick(mixed{r}, text, strings.ToUpper(text), strings.ToLower(text), norm.NFD.String(text))
			}
			if letters := []rune(value); op == store.OpStarts {
				value = string(letters[:1+r.IntN(min(len(letters), pick(mixed{r}, 4, 60)))])
			}
			filter = filter.With(field, op, value)
		}
		q := store.ListQuery{Log: s.Log, Range: threeDays, Filter: filter, AllEvents: true, Limit: 1000}
		if r.IntN(2) == 0 {
			q.Range = rangeOf(s.Time.Add(-time.Duration(r.IntN(20))*time.Minute), s.Time.Add(time.Duration(r.IntN(20)+1)*time.Minute))
		}
		var want []string
		for i := range signIns {
			if o := &signIns[i]; o.Log == q.Log && q.Range.Contains(o.Time) && filter.Match(o) {
				want = append(want, o.ID)
			}
		}
		page, err := v.Page(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, row := range page.Rows {
			got = append(got, storetest.NormalID(row.Entry.Head().ID))
		}
		for i := range want {
			want[i] = storetest.NormalID(want[i])
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%s?%s of %v gives %d rows, want %d:\n%q\n%q", q.Log, filter.Values().Encode(), q.Range, len(got), len(want), got, want)
		}
		view, err := v.DB.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		asked, err := v.question(q)
		if err != nil {
			t.Fatal(err)
		}
		wanted, err := view.wantedIDs(t.Context(), asked, asked.table.kind.idColumn(field.Properties[0]), filter.Conditions()[0])
		if err != nil {
			t.Fatal(err)
		}
		if wanted.texts != nil {
			byTexts++
		}
		view.close()
	}
	if byTexts < 50 || byTexts > 1450 {
		t.Errorf("%d of 1500 questions read the texts of the rows, want some of both", byTexts)
	}
}

// The texts of a folder from before they were folded are found in any casing once it is opened, however many.
func TestTextIDsOfOlderFoldersAreFolded(t *testing.T) {
	folder := storetest.UnpackFolder(t, filepath.Join("testdata", "schema-8.tar.gz"))
	open := func() *DB {
		t.Helper()
		db, err := Open(t.Context(), folder, signInsOnly, importer.Decoder(signInsOnly), moving(folder))
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	db := open()
	for _, statement := range []string{
		"DROP TABLE told", "DROP INDEX id_texts_folded", "ALTER TABLE id_texts DROP COLUMN folded", fmt.Sprintf("DELETE FROM goose_db_version WHERE version_id >= %d", schemaWithFoldedIDs),
	} {
		if _, err := db.writer.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	tx, err := db.writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range textsFolded + 2 {
		text := fmt.Sprintf("Ärende %d", i)
		id := hashID(text)
		if _, err := tx.Exec("INSERT INTO id_texts (id, text) VALUES (?, ?)", id[:], text); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open()
	defer db.Close()
	for op, value := range map[store.Operator]string{store.OpIs: "NO guid", store.OpStarts: "no g"} {
		total, err := db.Total(t.Context(), store.ListQuery{Log: store.Interactive, Range: store.AllTime(), Filter: store.Filter{}.With(mustField("request"), op, value)})
		if err != nil || total.N != 1 {
			t.Errorf("%s %q finds %+v, %v, want one sign-in", op.Label(), value, total, err)
		}
	}
	if report, err := db.Checkup(t.Context(), nil); err != nil || report.Total > 0 {
		t.Errorf("%v: %v", err, report.Damages)
	}
}

// A text that is damaged, or that is not found by its text, is reported, and reindex writes it again.
func TestDamagedTextsOfIDsAreMended(t *testing.T) {
	for name, statement := range map[string]string{
		"the text":    "UPDATE id_texts SET text = text || '.' WHERE text LIKE '% 11'",
		"its folding": "UPDATE id_texts SET folded = upper(folded) WHERE text LIKE '% 11'",
		"no folding":  "UPDATE id_texts SET folded = NULL WHERE text LIKE '% 11'",
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			varied(t, folder)
			db := openFolderJSON(t, folder)
			if _, err := db.writer.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
			report, err := db.Checkup(t.Context(), nil)
			if err != nil || report.Total != 1 || !strings.Contains(fmt.Sprint(report.Damages), "id_texts") {
				t.Errorf("the checkup: %+v, %v", report, err)
			}
			if err := db.Reindex(t.Context(), func(int64) {}); err != nil {
				t.Fatal(err)
			}
			if report, err := db.Checkup(t.Context(), nil); err != nil || report.Total > 0 {
				t.Errorf("after reindex: %+v, %v", report, err)
			}
		})
	}
}
