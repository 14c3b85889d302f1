package sqlite_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"signpost/store/storetest"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/importer"
	"signpost/store/sqlite"
)

var ages = store.Range{From: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC)}

// told gives all rows of all logs as they are listed, and whether every answer was complete.
func told(t *testing.T, db *sqlite.DB) (rows []string, complete bool) {
	t.Helper()
	complete = true
	for _, info := range store.Logs() {
		page, err := db.SignIns(t.Context(), store.ListQuery{Log: info.Log, Range: ages, AllEvents: true, Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		complete = complete && page.Complete
		for _, row := range page.Rows {
			rows = append(rows, fmt.Sprintf("%s %+v", row.SignIn.ID, row.SignIn))
		}
	}
	return rows, complete
}

// The folder was made by the first version of the program with segments, of 150 made-up sign-ins. It opens without a
// segment being made, answers at once, and says that this is not complete. In the end it is what an import of its records
// makes.
func TestFolderOfTheFirstSegments(t *testing.T) {
	folder := storetest.UnpackFolder(t, filepath.Join("testdata", "first-segments.tar.gz"))
	var log bytes.Buffer
	db, err := sqlite.Open(t.Context(), folder, importer.Decode, sqlite.WithLog(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	total, err := db.Total(t.Context(), store.ListQuery{Log: store.Interactive, Range: ages, AllEvents: true})
	if err != nil || total.N != 97 {
		t.Errorf("at once: %+v, %v, want 97", total, err)
	}
	var complete bool
	var got []string
	for waited := time.Duration(0); !complete && waited < time.Minute; waited += 20 * time.Millisecond {
		if got, complete = told(t, db); !complete {
			time.Sleep(20 * time.Millisecond)
		}
	}
	if !complete {
		t.Fatal("older records are not all read again within a minute")
	}
	if strings.Contains(log.String(), "made anew") || strings.Count(log.String(), "WARN") != 1 || !strings.Contains(log.String(), "main.db was copied before") {
		t.Errorf("opening it logged:\n%s", log.String())
	}
	var docs bytes.Buffer
	for _, info := range store.Logs() {
		page, err := db.Records(t.Context(), store.RecordsQuery{ListQuery: store.ListQuery{Log: info.Log, Range: ages, AllEvents: true, Limit: 1000}})
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range page.Records {
			for _, version := range record.Versions {
				docs.Write(version.Doc)
				docs.WriteByte('\n')
			}
		}
	}
	fresh, err := sqlite.Open(t.Context(), t.TempDir(), importer.Decode)
	if err != nil {
		t.Fatal(err)
	}
	defer fresh.Close()
	if report, err := importer.New(fresh, importer.Options{}).Reader(t.Context(), "records", &docs); err != nil || report.New != 150 {
		t.Fatalf("the records imported: %+v, %v", report, err)
	}
	want, _ := told(t, fresh)
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("the rows (-imported +made again):\n%s", diff)
	}
}
