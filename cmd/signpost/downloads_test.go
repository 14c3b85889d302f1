package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/demo"
	"signpost/store/export"
	"signpost/store/kinds"
)

// TestDownloadsComeBackIn: what the program writes it reads, with every sign-in in its log and the values that the file has.
func TestDownloadsComeBackIn(t *testing.T) {
	until := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	from, logs := t.TempDir(), t.TempDir()
	if err := demo.Write(t.Context(), logs, demo.Options{Rows: 150, Seed: 9, Days: 1, Until: until}); err != nil {
		t.Fatal(err)
	}
	if err := (&ImportCmd{Data: from, JSON: true, Paths: []string{logs}}).Run(t.Context(), openWriter, Streams{Out: io.Discard, Err: io.Discard}); err != nil {
		t.Fatal(err)
	}
	db := openFolder(t, from)
	everything := store.ListQuery{Range: store.AllTime(), AllEvents: true}
	for format, want := range map[export.Format]string{export.CSV: "portal-csv", export.XLSX: "portal-csv", export.JSON: "graph", export.NDJSON: "azure-monitor"} {
		t.Run(string(format), func(t *testing.T) {
			files, to := t.TempDir(), t.TempDir()
			for _, info := range store.SignIns.Logs {
				q := everything
				q.Log = info.Log
				for _, part := range []export.Part{export.Rows, export.AuthDetails} {
					if !export.HasPart(info, format, part) {
						continue
					}
					request := export.Request{Query: q, Format: format, Part: part, Made: until}
					name := filepath.Join(files, request.Name(kinds.Catalog))
					file, err := os.Create(name)
					if err != nil {
						t.Fatal(err)
					}
					if err := export.Write(t.Context(), file, db, request); err != nil {
						t.Fatal(err)
					}
					if err := file.Close(); err != nil {
						t.Fatal(err)
					}
					if got := importFile(t, to, name); got.code != 0 || got.report.Format != want {
						t.Errorf("%s: exit %d, %+v", filepath.Base(name), got.code, got.report)
					}
				}
			}
			back := openFolder(t, to)
			for _, info := range store.SignIns.Logs {
				q := everything
				q.Log, q.Limit = info.Log, 500
				a, err := db.Page(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				b, err := back.Page(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				byID := map[string]*store.SignIn{}
				for i := range b.Rows {
					byID[b.Rows[i].Entry.Head().ID] = b.Rows[i].Entry.(*store.SignIn)
				}
				if len(a.Rows) == 0 || len(a.Rows) != len(b.Rows) {
					t.Errorf("%s: %d sign-ins came back of %d", info.Log, len(b.Rows), len(a.Rows))
				}
				for i := range a.Rows {
					x := a.Rows[i].Entry.(*store.SignIn)
					y := byID[x.ID]
					if y == nil {
						t.Fatalf("%s is missing", x.ID)
					}
					if !y.Time.Truncate(time.Second).Equal(x.Time.Truncate(time.Second)) || x.ErrorCode != y.ErrorCode || x.AppID != y.AppID || x.City != y.City || x.CountryOrRegion != y.CountryOrRegion ||
						x.IPAddress != y.IPAddress || x.CorrelationID != y.CorrelationID || x.IsCompliant != y.IsCompliant || x.ServicePrincipalID != y.ServicePrincipalID {
						t.Errorf("%s came back as %+v, want %+v", x.ID, y, x)
					}
				}
			}
		})
	}
}
