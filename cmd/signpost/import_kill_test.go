package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// killUntil is the end of the test's sign-ins.
var killUntil = time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)

// `signpost import`, killed at random moments and run again, leaves the same data as one clean run: sign-ins,
// fields, history and counts.
func TestImportKilledAtRandom(t *testing.T) {
	t.Parallel()
	kills := 6
	if os.Getenv("SIGNPOST_SOAK") != "" {
		kills = 250
	}
	exports := exportsToKill(t)
	clean, folder := t.TempDir(), t.TempDir()
	began := time.Now()
	signpostImport(t, clean, exports, 0)
	whole := time.Since(began)
	r := rand.New(rand.NewPCG(4, 2))
	for range kills {
		signpostImport(t, folder, exports, time.Duration(r.Int64N(int64(whole))))
	}
	signpostImport(t, folder, exports, 0)
	want, got := storeText(t, clean), storeText(t, folder)
	if got != want {
		t.Errorf("after %d kills the store differs from a clean run's:\n%s", kills, firstDifference(got, want))
	}
	if n := strings.Count(want, "\n  "); n < 1900 {
		t.Fatalf("only %d copies of sign-ins were compared", n)
	}
}

// exportsToKill writes the made-up tenant's sign-ins as many small files, for many batches. Later copies of some sign-ins
// make history.
func exportsToKill(t *testing.T) string {
	t.Helper()
	whole, exports := filepath.Join(t.TempDir(), "whole"), t.TempDir()
	rows := 1600
	if os.Getenv("SIGNPOST_SOAK") != "" {
		rows = 4000
	}
	if err := demo.Write(t.Context(), whole, demo.Options{Rows: rows, Seed: 3, Days: 3, Until: killUntil}); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(whole, "*signinlogs.json"))
	if err != nil {
		t.Fatal(err)
	}
	const perFile = 160
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := bytes.SplitAfter(bytes.TrimSpace(text), []byte("\n"))
		for n := 0; len(lines) > 0; n++ {
			some := lines[:min(perFile, len(lines))]
			lines = lines[len(some):]
			var file bytes.Buffer
			for i, line := range some {
				file.Write(line)
				if i%4 == 0 {
					file.WriteByte('\n')
					file.Write(laterCopy(t, line))
				}
			}
			name := fmt.Sprintf("%s-%03d.json", strings.TrimSuffix(filepath.Base(path), ".json"), n)
			if err := os.WriteFile(filepath.Join(exports, name), file.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return exports
}

// laterCopy is the same sign-in as delivered an hour later, with one more field.
func laterCopy(t *testing.T, line []byte) []byte {
	t.Helper()
	var record map[string]any
	if err := json.Unmarshal(line, &record); err != nil {
		t.Fatal(err)
	}
	ingested, err := time.Parse(time.RFC3339Nano, record["time"].(string))
	if err != nil {
		t.Fatal(err)
	}
	record["time"] = ingested.Add(time.Hour).Format(time.RFC3339Nano)
	record["properties"].(map[string]any)["tokenIssuerName"] = "told later"
	text, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// signpostImport runs `signpost import` as a process and kills it after a while; 0 lets it finish.
func signpostImport(t testing.TB, data, exports string, kill time.Duration) {
	t.Helper()
	command := processOf(t, "import", "--data", data, exports)
	var complaint strings.Builder
	command.Stderr = &complaint
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if kill > 0 {
		timer := time.AfterFunc(kill, func() { _ = command.Process.Kill() })
		defer timer.Stop()
	}
	if err := command.Wait(); err != nil && kill == 0 {
		t.Fatalf("import: %v: %s", err, complaint.String())
	}
}

// storeText writes all answers of a data folder: counts, sign-ins with their fields, and history.
func storeText(t *testing.T, folder string) string {
	t.Helper()
	db, err := datafolder.Open(t.Context(), folder, kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var out strings.Builder
	for _, info := range store.SignIns.Logs {
		q := store.ListQuery{
			Log: info.Log, Range: store.Range{From: killUntil.AddDate(0, -1, 0), To: killUntil.AddDate(0, 0, 1)},
			Limit: store.MaxLimit, AllEvents: true,
		}
		total, err := db.Total(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&out, info.Log, total.N)
		for {
			page, err := db.Page(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range page.Rows {
				record, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: info.Log, ID: row.SignIn().ID}})
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&out, "%s %+v\n", row.Key, row.SignIn())
				for _, v := range record.Versions {
					fmt.Fprintf(&out, "  %s\n", v.Doc)
				}
			}
			if q.After = page.Next; q.After == nil {
				break
			}
		}
	}
	return out.String()
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got  " + g[i] + "\nwant " + w[i]
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(g), len(w))
}
