package storetest

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// UnpackFolder unpacks the archive of a data folder.
func UnpackFolder(t *testing.T, archive string) string {
	t.Helper()
	folder := t.TempDir()
	file, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(unpacked); ; {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			return folder
		}
		var content []byte
		if err == nil {
			content, err = io.ReadAll(r)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, filepath.Base(head.Name)), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
