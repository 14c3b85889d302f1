package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"signpost/store/demo"
)

// smallExport is a folder of export files of some hundred sign-ins.
func smallExport(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "exports")
	if err := demo.Write(t.Context(), folder, demo.Options{Rows: 400, Seed: 3, Days: 2, Until: killUntil}); err != nil {
		t.Fatal(err)
	}
	return folder
}

// main.db is moved away while serve runs. The portal says that it is not ready, and an import is refused: it must
// not make an empty store in the folder. Once the file is back, both work.
func TestServeWhileMainIsMovedAway(t *testing.T) {
	t.Parallel()
	data, exports := t.TempDir(), smallExport(t)
	if status, _, complaint := signpost(t, "import", "--data", data, exports); status != 0 {
		t.Fatalf("import: %d, %s", status, complaint)
	}
	for _, name := range []string{"main.db-wal", "cols.db-wal"} {
		if info, err := os.Stat(filepath.Join(data, name)); err == nil && info.Size() > 0 {
			t.Errorf("the import left %d bytes in %s", info.Size(), name)
		}
	}
	p := serve(t, data)
	if got := p.visitor().status("/readyz"); got != http.StatusOK {
		t.Errorf("at first: got %d", got)
	}
	main := filepath.Join(data, "main.db")
	if err := os.Rename(main, main+".away"); err != nil {
		t.Fatal(err)
	}
	if got := p.visitor().status("/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("/readyz without main.db: got %d, want 503", got)
	}
	if got := p.visitor().status("/healthz"); got != http.StatusOK {
		t.Errorf("/healthz without main.db: got %d", got)
	}
	for range 2 {
		status, _, complaint := signpost(t, "import", "--data", data, exports)
		if status != exitFailed || !strings.Contains(complaint, main+" is missing") || strings.Count(strings.TrimSpace(complaint), "\n") > 0 {
			t.Errorf("import without main.db: %d, %q", status, complaint)
		}
	}
	if err := os.Rename(main+".away", main); err != nil {
		t.Fatal(err)
	}
	if got := p.visitor().status("/readyz"); got != http.StatusOK {
		t.Errorf("put back: got %d", got)
	}
	if status, _, complaint := signpost(t, "import", "--data", data, exports); status != 0 {
		t.Errorf("import once it is back: %d, %s", status, complaint)
	}
	if status := p.stop(); status != 0 {
		t.Errorf("stopped with %d: %s", status, p.log)
	}
	for _, name := range []string{"main.db-wal", "cols.db-wal", "portal.db-wal"} {
		if info, err := os.Stat(filepath.Join(data, name)); err == nil && info.Size() > 0 {
			t.Errorf("the stop left %d bytes in %s", info.Size(), name)
		}
	}
	if err := os.Remove(main); err != nil {
		t.Fatal(err)
	}
	if status, _, complaint := signpost(t, "serve", "--addr", "127.0.0.1:0", "--data", data); status != exitFailed || !strings.Contains(complaint, "restore a backup") {
		t.Errorf("serve without main.db: %d, %q", status, complaint)
	}
}
