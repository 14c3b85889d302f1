package importer

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
)

// line is an Azure Monitor record on one line. Its id is made of the number.
func line(n int) string {
	return fmt.Sprintf(`{"time":"2026-11-02T09:00:00Z","category":"SignInLogs","tenantId":"t%d","properties":{"id":"%08d-0000-4000-8000-000000000000","createdDateTime":"2026-11-02T08:00:00Z","userId":"u"}}`, n%2, n) + "\n"
}

func lines(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(line(i))
	}
	return b.String()
}

// broken is a rejected record: its place and a part of the reason.
type broken struct {
	record, line int64
	reason       string
}

func TestBrokenRecords(t *testing.T) {
	array := func(elements ...string) string { return "[\n" + strings.Join(elements, ",\n") + "\n]" }
	for _, test := range []struct {
		name, content string
		fresh         int64
		rejected      []broken
	}{
		{"a line cut short", line(0) + line(1)[:60] + "\n" + line(2), 2, []broken{{2, 2, "not valid JSON"}}},
		{"a line without its last bracket", line(0)[:len(line(0))-2] + "\n" + line(1) + line(2), 2, []broken{{1, 1, "not valid JSON"}}},
		{"a line with an open list", `{"a":[` + "\n" + line(1), 1, []broken{{1, 1, "cut off"}}},
		{"the last line cut short", line(0) + line(1)[:80], 1, []broken{{2, 2, "cut off"}}},
		{"other text between", line(0) + "# a comment\n\nnull\n" + line(1), 2, []broken{{2, 2, "not an object"}, {3, 4, "not an object"}}},
		{"other text first", "exported by a tool\n" + line(0), 1, []broken{{1, 1, "not an object"}}},
		{"no time", `{"category":"SignInLogs","properties":{}}` + "\n" + line(0), 1, []broken{{1, 1, "has no time"}}},
		{"a pretty-printed one among lines", "{\n  \"a\": 1,,\n  \"b\": {\n  }\n}\n" + line(0), 1, []broken{{1, 2, "in line 2, column 10: a key in quotation marks"}}},
		{"a fault behind some lines", "[{\n \"a\": [\n  1,\n ]\n}]", 0, []broken{{1, 4, "in line 4, column 2: a value is missing or is none that JSON knows. The record begins in line 1."}}},
		{"zero bytes between lines", line(0) + "\x00\x00\n\x00" + line(1), 2, []broken{{2, 2, "3 zero bytes (NUL)"}}},
		{"zero bytes at the end", line(0) + strings.Repeat("\x00", 5000), 1, []broken{{2, 2, "5000 zero bytes (NUL)"}}},
		{"zero bytes first", "\x00" + line(0), 1, []broken{{1, 1, "1 zero byte (NUL)"}}},
		{"zero bytes in an array", "[" + line(0) + ",\x00" + line(1) + "]", 2, []broken{{2, 2, "1 zero byte (NUL)"}}},
		{"in an array", array(line(0), `{"a":tru}`, line(1)), 2, []broken{{2, 4, "a value is missing"}}},
		{"no objects in an array", array(line(0), `7`, `[{}]`, line(1)), 2, []broken{{2, 4, "not an object"}, {3, 5, "not an object"}}},
		{"an array that loses its brackets", array(line(0), `{"a":{`, line(1)), 1, []broken{{2, 4, "the import of the file ends here"}}},
		{"an array that is cut off", "[" + line(0) + "," + line(1), 2, []broken{{3, 3, "was cut off"}}},
		{"an element that is cut off", "[" + line(0) + "," + line(1)[:50], 1, []broken{{2, 2, "the file ends inside it"}}},
		{"a line that is too large", line(0) + `{"a":"` + strings.Repeat("x", MaxRecord) + "\"}\n" + line(1), 2, []broken{{2, 2, "larger than 4 MiB"}}},
		{"an element that is too large", array(line(0), `{"a":"]}\"`+strings.Repeat("x", 2*MaxRecord)+`"}`, line(1)), 2, []broken{{2, 4, "larger than 4 MiB"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := New(newFakeWriter(), Options{}).Reader(t.Context(), "x", strings.NewReader(test.content))
			if err != nil {
				t.Fatal(err)
			}
			if got.New != test.fresh || got.RejectedTotal != int64(len(test.rejected)) || got.Read != got.New+got.RejectedTotal {
				t.Fatalf("got %+v, want %d new, rejected %+v", got, test.fresh, test.rejected)
			}
			for i, want := range test.rejected {
				r := got.Rejected[i]
				if r.Record != want.record || r.Line != want.line || !strings.Contains(r.Reason, want.reason) || !strings.HasSuffix(r.Reason, ".") {
					t.Errorf("got %+v, want %+v", r, want)
				}
			}
		})
	}
}

// TestChunks reads a file in the smallest pieces. The result must not depend on how it arrives.
func TestChunks(t *testing.T) {
	content := lines(200) + "{broken\n" + `{"records":[` + line(300) + `]}` + "\n" + line(301)
	var want, got store.ImportReport
	for name, r := range map[string]io.Reader{
		"whole": strings.NewReader(content), "one byte": iotest.OneByteReader(strings.NewReader(content)),
		"halves": iotest.HalfReader(strings.NewReader(content)), "error with data": iotest.DataErrReader(strings.NewReader(content)),
	} {
		report, err := New(newFakeWriter(), Options{}).Reader(t.Context(), "x", r)
		if err != nil {
			t.Fatal(name, err)
		}
		if want.Path == "" {
			want = report
		}
		got = report
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	if want.New != 202 || want.RejectedTotal != 1 || len(want.Tenants) != 2 {
		t.Errorf("got %+v, want 202 new, 1 rejected, 2 tenants", want)
	}
}

func TestBatches(t *testing.T) {
	w := newFakeWriter()
	got, err := New(w, Options{BatchSize: 30}).Reader(t.Context(), "x", strings.NewReader(lines(100)))
	if err != nil || got.New != 100 {
		t.Fatal(got, err)
	}
	if diff := cmp.Diff([]int{30, 30, 30, 10}, w.batches); diff != "" {
		t.Error(diff)
	}
	w = newFakeWriter()
	if _, err := New(w, Options{BatchBytes: 20 * (recordOverhead + len(line(0)) - 1)}).Reader(t.Context(), "x", strings.NewReader(lines(100))); err != nil {
		t.Fatal(err)
	}
	if len(w.batches) < 5 || w.batches[0] > 20 {
		t.Errorf("got batches %v, want none over 20", w.batches)
	}
}

func gzipped(t *testing.T, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestFolder imports a folder with all kinds of files. The content of a file tells whether it is packed.
func TestDeviceIsRefused(t *testing.T) {
	if _, err := New(newFakeWriter(), Options{}).Paths(t.Context(), os.DevNull); err == nil || !strings.Contains(err.Error(), "save what it gives as a file") {
		t.Errorf("got %v", err)
	}
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string][]byte{
		"b/plain.txt":     []byte(line(1)),
		"a.json":          gzipped(t, line(2)),
		"c.anything":      zipped(t, "z.json", line(4), "d/a.json.gz", string(gzipped(t, line(3))), "__MACOSX/z.json", "x"),
		".hidden/x.json":  []byte(line(9)),
		"b/.DS_Store":     {0},
		"b/two.gz":        append(gzipped(t, line(5)), gzipped(t, line(6))...),
		"empty":           nil,
		"z/picture.png":   {0x89, 'P', 'N', 'G', 0, 1, '\n', '{'},
		"z/empty.zip":     zipped(t),
		"z/one/more.json": []byte(line(7)),
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := newFakeWriter()
	var last Progress
	reports, err := New(w, Options{Progress: func(p Progress) { last = p }}).Paths(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range reports {
		name, err := filepath.Rel(dir, r.Path)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %s %d", name, r.Format, r.New))
	}
	want := []string{
		"a.json azure-monitor 1", "b/plain.txt azure-monitor 1", "b/two.gz azure-monitor 2",
		"c.anything/d/a.json.gz azure-monitor 1", "c.anything/z.json azure-monitor 1",
		"empty unknown 0", "z/one/more.json azure-monitor 1", "z/picture.png unknown 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(w.rows) != 7 || len(w.ended) != len(reports) {
		t.Errorf("got %d sign-ins and %d ledger rows, want 7 and %d", len(w.rows), len(w.ended), len(reports))
	}
	if last.Bytes != last.Total || last.Records != 7 {
		t.Errorf("got progress %+v, want all bytes and 7 records", last)
	}
}

func TestBrokenPacks(t *testing.T) {
	t.Parallel()
	packed := gzipped(t, lines(2000))
	bomb := gzipped(t, strings.Repeat("\n", 120<<20))
	flipped := bytes.Clone(packed)
	flipped[len(flipped)-6] ^= 1 // in the checksum
	for _, test := range []struct {
		name    string
		content []byte
		opts    Options
		some    bool
		want    string
	}{
		{"cut off", packed[:len(packed)/2], Options{}, true, "cut off after"},
		{"damaged", flipped, Options{}, true, "damaged after 2000 records"},
		{"too much", packed, Options{MaxUnpacked: 1 << 17}, true, "more than 0 MiB"},
		{"a bomb", bomb, Options{}, false, "more than 1000 times its size"},
		{"no gzip", []byte{0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, Options{}, false, "damaged"},
		{"a zip in a stream", zipped(t, "a", "b"), Options{}, false, "give it as a file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newFakeWriter()
			got, err := New(w, test.opts).Reader(t.Context(), "x", bytes.NewReader(test.content))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want %q in it", err, test.want)
			}
			if (got.New > 0) != test.some || int(got.New) != len(w.rows) || len(w.ended) != 1 || w.ended[0].New != got.New {
				t.Errorf("got %d new, %d stored, ledger %+v", got.New, len(w.rows), w.ended)
			}
		})
	}
	path := filepath.Join(t.TempDir(), "x.zip")
	if err := os.WriteFile(path, zipped(t, "a", line(1))[:60], 0o600); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(filepath.Dir(path), "y")
	if err := os.WriteFile(other, []byte(line(1)), 0o600); err != nil {
		t.Fatal(err)
	}
	reports, err := New(newFakeWriter(), Options{}).Paths(t.Context(), path, other)
	if err == nil || !strings.Contains(err.Error(), "zip") || len(reports) != 2 || reports[1].New != 1 {
		t.Errorf("got %+v, %v, want an error and the next file imported", reports, err)
	}
}

func TestStop(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w := newFakeWriter()
	w.commit = func(n int) error {
		if n == 1 {
			cancel()
		}
		return nil
	}
	endless := io.MultiReader(strings.NewReader(lines(5000)), &forever{text: line(1)})
	got, err := New(w, Options{BatchSize: 100}).Reader(ctx, "x", endless)
	if !errors.Is(err, ErrStopped) {
		t.Fatalf("got %v, want ErrStopped", err)
	}
	if got.New == 0 || int(got.New) != len(w.rows) || got.Read != got.New+got.Same || len(w.ended) != 1 {
		t.Errorf("got %+v, %d stored", got, len(w.rows))
	}
}

// forever repeats a text without end.
type forever struct {
	text string
	at   int
}

func (f *forever) Read(p []byte) (n int, err error) {
	for n < len(p) {
		c := copy(p[n:], f.text[f.at:])
		n, f.at = n+c, (f.at+c)%len(f.text)
	}
	return n, nil
}

func TestEngineFails(t *testing.T) {
	w := newFakeWriter()
	w.commit = func(n int) error {
		if n == 2 {
			return store.ErrDiskFull
		}
		return nil
	}
	got, err := New(w, Options{BatchSize: 10}).Reader(t.Context(), "x", &forever{text: line(1)})
	if !errors.Is(err, store.ErrDiskFull) {
		t.Errorf("got %v, want ErrDiskFull", err)
	}
	if got.Read != 20 || got.New != 1 || got.Same != 19 {
		t.Errorf("got %+v, want the two batches that were stored", got)
	}
}

func TestRejectedList(t *testing.T) {
	got, err := New(newFakeWriter(), Options{}).Reader(t.Context(), "x", strings.NewReader(line(0)+strings.Repeat("{bad\n", 1500)))
	if err != nil {
		t.Fatal(err)
	}
	if got.RejectedTotal != 1500 || len(got.Rejected) != store.MaxRejectedListed || got.Rejected[999].Record != 1001 {
		t.Errorf("got %d rejected, %d listed", got.RejectedTotal, len(got.Rejected))
	}
}

// TestMemory imports 64 MB and watches the heap, which must not grow with the file.
func TestMemory(t *testing.T) {
	record := strings.TrimSuffix(line(1), "\n")
	record = strings.Replace(record, `"userId":"u"`, `"userId":"u","padding":"`+strings.Repeat("x", 4000)+`"`, 1) + "\n"
	defer debug.SetGCPercent(debug.SetGCPercent(100)) // tests may run with another
	runtime.GC()                                      // what other tests have left
	var peak uint64
	im := New(discard{}, Options{BatchBytes: 4 << 20, Progress: func(p Progress) {
		if p.Records%1000 < 50 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
		}
	}})
	got, err := im.Reader(t.Context(), "x", io.LimitReader(&forever{text: record}, int64(len(record))*15_000))
	if err != nil || got.New != 15_000 {
		t.Fatal(got.New, err)
	}
	if peak == 0 || peak > 64<<20 {
		t.Errorf("the heap grew to %d MiB, want under 64", peak>>20)
	}
}

// The files of an archive have one bound for what they unpack to, whatever sizes the archive states.
func TestAnArchiveMayUnpackToSoMuchInAll(t *testing.T) {
	t.Parallel()
	two := zipped(t, "a.json", lines(200), "b.json", lines(200))
	packed := zipped(t, "a.json.gz", string(gzipped(t, lines(200))), "b.json.gz", string(gzipped(t, lines(200))))
	bound := int64(len(lines(200))) * 3 / 2
	for _, test := range []struct {
		name    string
		archive []byte
		bound   int64
		new     int64
		want    string
	}{
		{"within", two, 0, 200, ""},
		{"declared", two, bound, 0, "together, the limit"},
		{"found while unpacking", packed, bound, 200, "together, the limit"},
	} {
		path := filepath.Join(t.TempDir(), "x.zip")
		if err := os.WriteFile(path, test.archive, 0o600); err != nil {
			t.Fatal(err)
		}
		reports, err := New(newFakeWriter(), Options{MaxUnpacked: test.bound}).Paths(t.Context(), path)
		var n int64
		for _, report := range reports {
			n += report.New
		}
		if n != test.new || (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %d new, %v, want %d and %q", test.name, n, err, test.new, test.want)
		}
	}
}
