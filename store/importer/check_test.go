package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const checkRecord = `{"id":"1","createdDateTime":"2026-11-23T09:00:00Z","appId":"a"}`

func gzipOf(t *testing.T, text []byte) []byte {
	t.Helper()
	return gzipped(t, string(text))
}

// manyMembers is an archive of empty files.
func manyMembers(t *testing.T, n int) []byte {
	pairs := make([]string, 0, 2*n)
	for i := range n {
		pairs = append(pairs, fmt.Sprintf("%d.json", i), "{}")
	}
	return zipped(t, pairs...)
}

func checkOf(t *testing.T, contents ...[]byte) string {
	t.Helper()
	folder := t.TempDir()
	var list []File
	for i, content := range contents {
		path := filepath.Join(folder, fmt.Sprint(i))
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		list = append(list, File{Path: path, Name: fmt.Sprintf("f%d", i)})
	}
	refused, err := Check(t.Context(), Limits{Unpacked: 64 << 20, Ratio: 100, Members: 50}, list...)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range refused {
		lines = append(lines, r.Name+" "+r.Reason)
	}
	return strings.Join(lines, "\n")
}

func TestCheck(t *testing.T) {
	record := []byte(checkRecord + "\n")
	zeros := bytes.Repeat([]byte{' '}, 20<<20)
	packed := gzipOf(t, bytes.Repeat(record, 1000))
	archive := zipped(t, "a.json", checkRecord, "b.json", checkRecord)
	damaged := bytes.Clone(packed)
	damaged[len(damaged)-6] ^= 0xff // of the checksum
	utf16 := []byte{0xff, 0xfe}
	for _, b := range record {
		utf16 = append(utf16, b, 0)
	}
	for _, test := range []struct {
		what    string
		content []byte
		want    string // the reason without the file's name; empty for none
	}{
		{"NDJSON", record, ""},
		{"an array", []byte(" \n[" + checkRecord + "]"), ""},
		{"UTF-16", utf16, ""},
		{"a portal CSV", []byte("Date (UTC),Request ID,User\n1,2,3\n"), ""},
		{"gzip", packed, ""},
		{"zip", archive, ""},
		{"zip with gzip in it", zipped(t, "a.json.gz", string(packed)), ""},
		{"zip with what desktops add", zipped(t, "__MACOSX/._a.json", "\x00\x05", "a.json", checkRecord), ""},
		{"nothing", nil, "f0 is empty."},
		{"spaces", []byte(" \n\t "), "f0 is empty."},
		{"a picture", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "f0 is no text, so no export of sign-in logs. Upload JSON, NDJSON or CSV, plain or packed."},
		{"prose", []byte("Dear administrator,\n"), "f0 is no export that is known here: neither JSON nor CSV with the headings of one."},
		{"another CSV", []byte("a,b\n1,2\n"), "f0 is no export that is known here: neither JSON nor CSV with the headings of one."},
		{"gzip of a picture", gzipOf(t, []byte("\x89PNG\x00")), "f0 is no text, so no export of sign-in logs. Upload JSON, NDJSON or CSV, plain or packed."},
		{"half a gzip", packed[:len(packed)/2], "f0 is cut off. Upload it again."},
		{"gzip, start only", packed[:5], "f0 is cut off. Upload it again."},
		{"a damaged gzip", damaged, "f0 is damaged. Make it again, or upload it again."},
		{"half a zip", archive[:len(archive)/2], "f0 is a zip archive that is damaged or cut off. Make it again, or upload it again."},
		{"an empty zip", zipped(t), "f0 is an archive without a file in it."},
		{"a zip of folders", zipped(t, "a/", ""), "f0 is an archive without a file in it."},
		{"a zip in a zip", zipped(t, "b.zip", string(archive)), "f0/b.zip cannot be read: a zip archive cannot be read from a stream or inside another archive: give it as a file."},
		{"a zip with one bad file", zipped(t, "a.json", checkRecord, "b.txt", "hello"), "f0/b.txt is no export that is known here: neither JSON nor CSV with the headings of one."},
		{"too many files", manyMembers(t, 51), "f0 is an archive of more than 50 files, the limit. Make several of it."},
		{"far too many files", manyMembers(t, 20_000), "f0 is an archive of more than 50 files, the limit. Make several of it."},
		{"a gzip bomb", gzipOf(t, append(bytes.Clone(record), zeros...)), "f0 unpacks to more than is allowed: 64 MiB in all, and 100 times its size."},
		{"a zip bomb", zipped(t, "a.json", checkRecord+string(zeros)), "f0/a.json unpacks to more than is allowed: 64 MiB in all, and 100 times its size."},
		{"a bomb in a zip", zipped(t, "a.json.gz", string(gzipOf(t, append(bytes.Clone(record), zeros...)))), "f0/a.json.gz unpacks to more than is allowed: 64 MiB in all, and 100 times its size."},
	} {
		if got := checkOf(t, test.content); got != test.want {
			t.Errorf("%s: got %q, want %q", test.what, got, test.want)
		}
	}
}

// The bound holds for all files together, not only for each of them.
func TestCheckBoundsTheSum(t *testing.T) {
	t.Parallel()
	var random strings.Builder
	for i := 0; random.Len() < 12<<20; i++ {
		fmt.Fprintf(&random, "{\"id\":\"%d\"}\n", i*2654435761)
	}
	packed := gzipOf(t, []byte(random.String()))
	five := [][]byte{packed, packed, packed, packed, packed}
	if got := checkOf(t, five...); got != "" {
		t.Errorf("60 MiB in five files: got %q, want none refused", got)
	}
	if got, want := checkOf(t, append(five, packed)...), "f5 unpacks to more than is allowed: 64 MiB in all, and 100 times its size."; got != want {
		t.Errorf("72 MiB in six files: got %q, want %q", got, want)
	}
}

func TestCheckEndsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.gz")
	if err := os.WriteFile(path, gzipOf(t, []byte(checkRecord)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Check(ctx, Limits{Unpacked: 1 << 20, Ratio: 100, Members: 1}, File{Path: path, Name: "a"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// Looking at an upload always ends, with a bounded number of reasons and no panic.
func FuzzCheck(f *testing.F) {
	f.Add([]byte(checkRecord))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("PK\x05\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte{0x1f, 0x8b, 8, 0})
	path := filepath.Join(f.TempDir(), "file")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		refused, err := Check(t.Context(), Limits{Unpacked: 1 << 20, Ratio: 10, Members: 5}, File{Path: path, Name: "file"})
		if err != nil || len(refused) > 20 {
			t.Errorf("got %d refused, %v", len(refused), err)
		}
	})
}
