package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
)

// signInHashes are the starts of the SHA-256 of the four sign-in files of a seed and end. Folders that were loaded
// from a tenant go on with it, so its sign-ins change with a reason only.
var signInHashes = [logCount]string{
	logInteractive:    "ad9a2867d0fe8c66",
	logNonInteractive: "b38423266baa6141",
	logService:        "96fe63aa63f437d1",
	logMachine:        "b4b3044095e6d432",
}

func TestSignInFilesKeepTheirBytes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := Write(t.Context(), dir, Options{Rows: 12_000, Until: testEnd, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	for log, name := range fileNames {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		if got := hex.EncodeToString(sum[:8]); got != signInHashes[log] {
			t.Errorf("%s has the hash %s, want %s", name, got, signInHashes[log])
		}
	}
}
