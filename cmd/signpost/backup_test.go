package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// A backup made during an import is one state of the store: it has whole batches, the ledger counts no row that is not there,
// and every row has its record. The restored folder answers at once.
func TestBackupWhileServeAndImportRun(t *testing.T) {
	t.Parallel()
	data, exports := t.TempDir(), exportsToKill(t)
	addPerson(t, data, "ada", "global-administrator")
	p := serve(t, data)
	importing := processOf(t, "import", "--data", data, exports)
	if err := importing.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- importing.Wait() }()
	var last int64
	for n, ended := 0, false; !ended || n < 2; n++ {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			ended = true
		default:
		}
		file, folder := filepath.Join(t.TempDir(), "b.zip"), filepath.Join(t.TempDir(), "restored")
		if status, out, complaint := signpost(t, "backup", "--data", data, "--out", file); status != 0 || !strings.Contains(out, "1 account ") {
			t.Fatalf("backup: %d, %q, %q", status, out, complaint)
		}
		if status, _, complaint := signpost(t, "restore", file, "--data", folder); status != 0 {
			t.Fatalf("restore: %d, %q", status, complaint)
		}
		rows, _ := restoredPrefix(t, folder, exports)
		if rows < last {
			t.Errorf("backup %d has %d rows, the one before had %d", n, rows, last)
		}
		last = rows
	}
	if status := p.stop(); status != 0 {
		t.Errorf("serve ended with %d", status)
	}
	file, folder := filepath.Join(t.TempDir(), "b.zip"), filepath.Join(t.TempDir(), "restored")
	if status, _, complaint := signpost(t, "backup", "--data", data, "--out", file); status != 0 {
		t.Fatalf("backup of a folder that nobody has open: %s", complaint)
	}
	if status, _, complaint := signpost(t, "restore", file, "--data", folder); status != 0 {
		t.Fatalf("restore: %s", complaint)
	}
	if got, want := storeText(t, folder), storeText(t, data); got != want {
		t.Errorf("the restored store differs:\n%s", firstDifference(got, want))
	}
	if rows, counted := restoredPrefix(t, folder, exports); rows != counted || rows != last {
		t.Errorf("after the whole import there are %d rows, the ledger counts %d, and the last backup had %d", rows, counted, last)
	}
	if status, out, complaint := signpost(t, "check", "--data", folder); status != 0 || !strings.Contains(out, "nothing is damaged") {
		t.Errorf("check of what was restored: %d, %q, %q", status, out, complaint)
	}
	if status, out, _ := signpost(t, "user", "list", "--data", folder); status != 0 || !strings.Contains(out, "ada") {
		t.Errorf("the accounts: %d, %q", status, out)
	}
}

// restoredPrefix proves that a store holds the records of some files whole and of the others none, since each file is one batch. It
// counts the rows, and what the ledger says of them. The ledger is written after the rows. If the end comes between both, it
// counts one batch too few.
func restoredPrefix(t testing.TB, folder, exports string) (rows, counted int64) {
	t.Helper()
	db, err := datafolder.Open(t.Context(), folder, kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	stored := map[string]bool{}
	for _, info := range store.SignIns.Logs {
		q := store.ListQuery{Log: info.Log, Range: store.AllTime(), Limit: store.MaxLimit, AllEvents: true}
		for more := true; more; more = q.After != nil {
			page, err := db.Page(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for i := range page.Rows {
				stored[page.Rows[i].SignIn().ID] = true
				rows++
			}
			q.After = page.Next
		}
	}
	ofFiles := 0
	for path, ids := range idsOfFiles(t, exports) {
		has := 0
		for id := range ids {
			if stored[id] {
				has++
			}
		}
		if ofFiles += has; has != 0 && has != len(ids) {
			t.Errorf("%d of the %d sign-ins of %s are stored", has, len(ids), path)
		}
	}
	if ofFiles != len(stored) {
		t.Errorf("%d sign-ins are stored, and %d of them are in the files", len(stored), ofFiles)
	}
	list, err := db.Imports(t.Context(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		counted += list[i].New
	}
	if counted > rows {
		t.Errorf("%d rows, and the imports added %d", rows, counted)
	}
	report, err := db.Checkup(t.Context(), nil)
	noted, totalErr := db.Total(t.Context(), store.ListQuery{Log: access.Log, Range: store.AllTime()})
	if totalErr != nil {
		t.Fatal(totalErr)
	}
	if err != nil || report.Total > 0 || report.Rows != rows+noted.N {
		t.Errorf("%d rows of %d were read, %v: %v", report.Rows, rows+noted.N, err, report.Damages)
	}
	return rows, counted
}

// idsOfFiles gives the IDs of the sign-ins in each file of a folder.
func idsOfFiles(t testing.TB, exports string) map[string]map[string]bool {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(exports, "*"))
	if err != nil || len(paths) < 4 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	files := map[string]map[string]bool{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for line := range bytes.Lines(text) {
			var record struct{ Properties struct{ ID string } }
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			if err := json.Unmarshal(line, &record); err != nil || record.Properties.ID == "" {
				t.Fatalf("%s: %v, %+v", path, err, record)
			}
			ids[record.Properties.ID] = true
		}
		files[path] = ids
	}
	return files
}

func TestRestoreIntoAFolderInUse(t *testing.T) {
	t.Parallel()
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "b.zip")
	importAll(t, data)
	if status, _, complaint := signpost(t, "backup", "--data", data, "--out", file); status != 0 {
		t.Fatal(complaint)
	}
	before := storeText(t, data)
	if status, _, complaint := signpost(t, "restore", file, "--data", data); status != exitFailed || !strings.Contains(complaint, "is not empty") {
		t.Errorf("into a folder in use: %d, %q", status, complaint)
	}
	if storeText(t, data) != before {
		t.Error("the refused restore changed the folder")
	}
	if status, _, _ := signpost(t, "restore", file); status != exitUsage {
		t.Errorf("without --data: %d, want 2", status)
	}
	if status, _, _ := signpost(t, "backup", "--data", data); status != exitUsage {
		t.Errorf("without --out: %d, want 2", status)
	}
}

// A backup that was cut off, changed or made up is refused, and the folder stays empty.
func TestDamagedBackupIsRefused(t *testing.T) {
	t.Parallel()
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "b.zip")
	importAll(t, data)
	addPerson(t, data, "ada", "global-administrator")
	if status, _, complaint := signpost(t, "backup", "--data", data, "--out", file); status != 0 {
		t.Fatal(complaint)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	restore := func(content []byte) (string, error) {
		changed, folder := filepath.Join(t.TempDir(), "changed.zip"), filepath.Join(t.TempDir(), "restored")
		if err := os.WriteFile(changed, content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := datafolder.Restore(context.Background(), changed, folder, nil)
		if entries, readErr := os.ReadDir(folder); err != nil && readErr == nil && len(entries) > 0 {
			t.Errorf("%v: the folder holds %v", err, entries)
		}
		return folder, err
	}
	if folder, err := restore(whole); err != nil || storeText(t, folder) != storeText(t, data) {
		t.Fatalf("the whole backup: %v", err)
	}
	r := rand.New(rand.NewPCG(1, 15))
	for range 25 {
		cut := r.IntN(len(whole))
		if _, err := restore(whole[:cut]); err == nil {
			t.Errorf("cut at %d of %d bytes: it was restored", cut, len(whole))
		}
		flipped, at := bytes.Clone(whole), r.IntN(len(whole))
		flipped[at] ^= 1 << r.IntN(8)
		// A changed bit in a date or name of the zip changes nothing in the restored folder.
		if folder, err := restore(flipped); err == nil && storeText(t, folder) != storeText(t, data) {
			t.Errorf("a bit flipped at %d of %d: it was restored otherwise", at, len(whole))
		}
	}
	for name, files := range map[string]map[string]string{
		"no manifest":       {"main.db": "x"},
		"another kind":      {"manifest.json": `{"kind":"evidence"}`},
		"a newer one":       {"manifest.json": `{"kind":"signpost-backup","format":2}`},
		"a path":            {"manifest.json": `{"kind":"signpost-backup","format":1,"files":[{"name":"../x","bytes":1}]}`, "../x": "x"},
		"more than it says": {"manifest.json": `{"kind":"signpost-backup","format":1}`, "x": "x"},
		"a newer schema":    {"manifest.json": `{"kind":"signpost-backup","format":1,"files":[{"name":"main.db","bytes":1,"schema":999}]}`, "main.db": "x"},
		"no database":       {"manifest.json": `{"kind":"signpost-backup","format":1,"files":[{"name":"main.db","bytes":1,"sha256":"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}]}`, "main.db": "x"},
	} {
		var made bytes.Buffer
		w := zip.NewWriter(&made)
		for name, text := range files {
			entry, err := w.Create(name)
			if err == nil {
				_, err = entry.Write([]byte(text))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := restore(made.Bytes()); err == nil {
			t.Errorf("%s: it was restored", name)
		}
	}
}

// A backup killed at random leaves a whole file or none. A restore killed at random leaves a whole folder, or one
// that every command refuses.
func TestKilledBackupAndRestore(t *testing.T) {
	t.Parallel()
	kills := 6
	if os.Getenv("SIGNPOST_SOAK") != "" {
		kills = 100 // of backup, and as many of restore
	}
	data, files := t.TempDir(), t.TempDir()
	importAll(t, data)
	file := filepath.Join(files, "b.zip")
	began := time.Now()
	if status, _, complaint := signpost(t, "backup", "--data", data, "--out", file); status != 0 {
		t.Fatal(complaint)
	}
	took := time.Since(began)
	want := storeText(t, data)
	r := rand.New(rand.NewPCG(2, 15))
	for n := range kills {
		killed := filepath.Join(files, fmt.Sprintf("killed-%d.zip", n))
		runKilled(t, time.Duration(r.Int64N(int64(took))), "backup", "--data", data, "--out", killed)
		if _, err := os.Stat(killed); err == nil {
			folder := filepath.Join(t.TempDir(), "restored")
			if _, err := datafolder.Restore(t.Context(), killed, folder, nil); err != nil || storeText(t, folder) != want {
				t.Errorf("a backup that was killed is there and not whole: %v", err)
			}
		}
		folder := filepath.Join(t.TempDir(), "restored")
		runKilled(t, time.Duration(r.Int64N(int64(took))), "restore", file, "--data", folder)
		db, err := datafolder.Open(t.Context(), folder, kinds.Catalog, importer.Decoder(kinds.Catalog))
		switch {
		case err == nil:
			entries, _ := os.ReadDir(folder)
			if err := db.Close(); err != nil {
				t.Error(err)
			}
			if got := storeText(t, folder); got != want && strings.Count(got, "\n") > len(store.SignIns.Logs) {
				t.Errorf("a restore that was killed opens with some of it: %v", entries)
			}
		case !strings.Contains(err.Error(), "restore"):
			t.Errorf("a restore that was killed: %v", err)
		default:
			if _, err := datafolder.Restore(t.Context(), file, folder, nil); err != nil || storeText(t, folder) != want {
				t.Errorf("restored again: %v", err)
			}
		}
	}
}

// importAll imports some hundred sign-ins.
func importAll(t *testing.T, data string) {
	t.Helper()
	if status, _, complaint := signpost(t, "import", "--data", data, smallExport(t)); status != 0 {
		t.Fatalf("import: %d, %s", status, complaint)
	}
}

// Killing serve while it imports uploads leaves whole batches. Every row that the ledger counts is there, with its
// record.
func TestServeKilledWhileItImports(t *testing.T) {
	t.Parallel()
	kills := 4
	if os.Getenv("SIGNPOST_SOAK") != "" {
		kills = 50
	}
	data := t.TempDir()
	addPerson(t, data, "ada", "global-administrator")
	exports := exportsToKill(t)
	files, err := filepath.Glob(filepath.Join(exports, "*"))
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	r := rand.New(rand.NewPCG(3, 15))
	var last int64
	for n := range kills {
		p := serve(t, data)
		if status := p.signIn("ada").uploadFile(files[n%len(files)]); status != http.StatusSeeOther {
			t.Fatalf("upload: %d: %s", status, p.log)
		}
		time.Sleep(time.Duration(r.IntN(150)) * time.Millisecond) // at the moment of the kill
		p.kill()
		rows, _ := restoredPrefix(t, data, exports)
		if rows < last {
			t.Errorf("after kill %d there are %d rows, there were %d", n, rows, last)
		}
		last = rows
	}
}

// runKilled runs a command and kills it after a while.
func runKilled(t *testing.T, after time.Duration, args ...string) {
	t.Helper()
	command := processOf(t, args...)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = command.Process.Kill() })
	defer timer.Stop()
	_ = command.Wait() // it was killed, or ended before
}
