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
	logInteractive:    "efaf2ab76d41eb0c",
	logNonInteractive: "3c7f136bbc864efc",
	logService:        "5e28e506d0129129",
	logMachine:        "8436484520086a76",
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
