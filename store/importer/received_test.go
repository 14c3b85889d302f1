package importer

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

// A record was received at the earliest of these times: when the import began, when its file was last changed, and when the
// archive around it was.
func TestReceived(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 12, 0, 0, 0, time.UTC) }
	const record = `{"id":"8f1c2a3b-1111-4222-8333-944455566677","createdDateTime":"2026-11-01T10:00:00Z","userId":"u1","appId":"a1","isInteractive":true,"status":{"errorCode":0}}`
	packedAt := func(at time.Time) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.ModTime = at
		if _, err := w.Write([]byte(record)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	archivedAt := func(at time.Time, content []byte) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		entry, err := w.CreateHeader(&zip.FileHeader{Name: "export.json", Modified: at, Method: zip.Store})
		if err == nil {
			_, err = entry.Write(content)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, test := range []struct {
		name     string
		content  []byte
		file     time.Time
		uploaded bool
		want     time.Time
	}{
		{"an older file", []byte(record), day(3), false, day(3)},
		{"a file of the future", []byte(record), day(25), false, day(20)},
		{"a file of no time", []byte(record), time.Unix(0, 0), false, day(20)},
		{"an upload", []byte(record), day(3), true, day(20)},
		{"gzip of an older text", packedAt(day(2)), day(3), false, day(2)},
		{"gzip that tells no time", packedAt(time.Time{}), day(3), false, day(3)},
		{"gzip of a newer text", packedAt(day(5)), day(3), false, day(3)},
		{"zip with an older file", archivedAt(day(2), []byte(record)), day(3), false, day(2)},
		{"zip that tells no time", archivedAt(time.Time{}, []byte(record)), day(3), false, day(3)},
		{"zip of gzip of an older text", archivedAt(day(4), packedAt(day(1))), day(3), false, day(1)},
		{"an uploaded zip", archivedAt(day(2), []byte(record)), day(3), true, day(2)},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, test.content, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, test.file, test.file); err != nil {
				t.Fatal(err)
			}
			w := newFakeWriter()
			_, err := New(w, Options{Now: func() time.Time { return day(20) }}).Files(t.Context(), File{Path: path, Name: "file", Uploaded: test.uploaded})
			if err != nil || len(w.rows) != 1 {
				t.Fatalf("%d sign-ins, %v", len(w.rows), err)
			}
			for _, versions := range w.rows {
				if got := versions[0].Received; !got.Equal(test.want) {
					t.Errorf("received %s, want %s", got, test.want)
				}
			}
		})
	}
}
