package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// withAccessLog is a folder with 20 records in its access log, closed, and the heads after each.
func withAccessLog(t *testing.T) (folder string, heads []access.Head) {
	t.Helper()
	folder = t.TempDir()
	db, err := datafolder.Open(t.Context(), folder, kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		r := &access.Record{Account: "ada", Action: access.List, Outcome: access.Allowed, Log: store.Interactive, Rows: store.IntOf(50)}
		if err := db.Access().Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		heads = append(heads, access.Head{Number: r.Number.N, Hash: r.Hash})
	}
	if _, err := db.Total(t.Context(), store.ListQuery{Log: access.Log, Range: store.AllTime()}); err != nil { // the copy is made
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return folder, heads
}

// inFile runs statements in a file of a folder.
func inFile(t *testing.T, folder, file string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(folder, file))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func TestCheckOfTheAccessLog(t *testing.T) {
	t.Parallel()
	const unguarded = "DROP TRIGGER records_are_not_changed"
	for name, test := range map[string]struct {
		access, portal []string
		heads          []int
		code           int
		says           []string
	}{
		"as it was":          {says: []string{"The access log has 20 records; its head is 20:", "nothing is damaged"}, heads: []int{1, 20}},
		"changed":            {access: []string{unguarded, "UPDATE records SET document = replace(document, 'ada', 'bob') WHERE number = 7"}, code: exitFailed, says: []string{"access.db, record 7: record 7 was changed.", "the copy of the access log, record 7: the copy has another record than the log"}},
		"removed":            {access: []string{"DELETE FROM records WHERE number BETWEEN 7 AND 9"}, code: exitFailed, says: []string{"access.db, record 7: records 7 to 9 were removed.", "record 8: the copy has a record that the log has not"}},
		"cut":                {access: []string{"DELETE FROM records WHERE number > 17"}, code: exitFailed, says: []string{"access.db, record 18: records 18 to 20 were cut off at the end."}},
		"cut, portal.db too": {access: []string{"DELETE FROM records WHERE number > 17"}, portal: []string{"DELETE FROM access_head"}, code: exitFailed, heads: []int{19}, says: []string{"access.db, record 18: records 18 to 19 were cut off at the end.", "The access log is open, or was not closed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder, heads := withAccessLog(t)
			inFile(t, folder, "access.db", test.access...)
			inFile(t, folder, "portal.db", test.portal...)
			var given []string
			for _, n := range test.heads {
				given = append(given, heads[n-1].String())
			}
			for range 2 { // a check heals nothing
				var out bytes.Buffer
				err := (&CheckCmd{Data: folder, AccessHead: given}).Run(t.Context(), Streams{Out: &out, Err: io.Discard})
				if code := codeOf(err); code != test.code {
					t.Errorf("exit %d, %v:\n%s", code, err, out.String())
				}
				for _, text := range test.says {
					if !strings.Contains(out.String(), text) {
						t.Errorf("it does not say %q:\n%s", text, out.String())
					}
				}
			}
			var out bytes.Buffer
			err := (&CheckCmd{Data: folder, AccessHead: given, JSON: true}).Run(t.Context(), Streams{Out: &out, Err: io.Discard})
			var report struct {
				OK     bool
				Access store.AccessCheck
			}
			if jsonErr := json.Unmarshal(out.Bytes(), &report); jsonErr != nil || codeOf(err) != test.code || report.OK != (test.code == 0) || report.Access.Records == 0 {
				t.Errorf("as JSON: %v, %+v", err, report)
			}
		})
	}
	for _, wrong := range []string{"", "7", "x:" + strings.Repeat("0", 64), "7:abc", "0:" + strings.Repeat("0", 64)} {
		err := (&CheckCmd{Data: t.TempDir(), AccessHead: []string{wrong}}).Run(t.Context(), Streams{Out: io.Discard, Err: io.Discard})
		if usage := (usageError{}); !errors.As(err, &usage) {
			t.Errorf("the head %q: %v", wrong, err)
		}
	}
}

// Of an access log that cannot be read at all it is said which file that is, and what to do. Without the file the log goes on, and the
// gap is named.
func TestCheckOfALostAccessLog(t *testing.T) {
	t.Parallel()
	folder, _ := withAccessLog(t)
	file := filepath.Join(folder, "access.db")
	if err := os.WriteFile(file, bytes.Repeat([]byte("not a database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	err := (&CheckCmd{Data: folder}).Run(t.Context(), Streams{Out: io.Discard, Err: io.Discard})
	if codeOf(err) != exitFailed || !strings.Contains(err.Error(), "access.db") || !strings.Contains(err.Error(), "move the file out of the folder") {
		t.Errorf("damaged: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = (&CheckCmd{Data: folder}).Run(t.Context(), Streams{Out: &out, Err: io.Discard})
	if codeOf(err) != exitFailed || !strings.Contains(out.String(), "records 1 to 20 were cut off at the end") {
		t.Errorf("lost: %v, %s", err, out.String())
	}
	db := openFolder(t, folder)
	r := &access.Record{Account: "ada", Action: access.List, Outcome: access.Allowed}
	if err := db.Access().Append(t.Context(), r); err != nil || r.Number.N != 21 {
		t.Errorf("the next record is %+v, %v", r.Number, err)
	}
}
