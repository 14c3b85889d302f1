package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
)

// signInHashes are the starts of the SHA-256 of the four sign-in files of a seed and end. Folders that were loaded
// from a tenant go on with it, so its sign-ins never change.
var signInHashes = [logCount]string{
	logInteractive:    "89f4e527b7deb006",
	logNonInteractive: "85d08bd972e14e63",
	logService:        "dfd524b4c07d3b90",
	logMachine:        "2746d68c3cfaddf3",
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
