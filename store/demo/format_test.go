package demo

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"signpost/store"
)

// formatOptions are the sign-ins that the tests write in all formats.
var formatOptions = Options{Rows: 500, Until: testEnd, Seed: 1}

// readOriginals reads Azure Monitor's records of the options. No test changes them.
var readOriginals = sync.OnceValues(func() (map[string]*signIn, error) {
	tenant, err := New(formatOptions)
	if err != nil {
		return nil, err
	}
	list := map[string]*signIn{}
	return list, tenant.inOrder(context.Background(), func(log int, line []byte) error {
		s, err := readSignIn(log, bytes.Clone(line))
		if err == nil {
			list[s.text("id")] = s
		}
		return err
	})
})

// originals gives Azure Monitor's records of the options by their request IDs.
func originals(t *testing.T) map[string]*signIn {
	t.Helper()
	list, err := readOriginals()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != formatOptions.Rows {
		t.Fatalf("got %d records, want %d", len(list), formatOptions.Rows)
	}
	return list
}

// filesOf writes a format and gives its files.
func filesOf(t *testing.T, format string) map[string][]byte {
	t.Helper()
	return filesWith(t, format, formatOptions)
}

func filesWith(t *testing.T, format string, opts Options) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	if err := WriteAs(t.Context(), dir, format, opts); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, entry := range entries {
		if files[entry.Name()], err = os.ReadFile(filepath.Join(dir, entry.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// told is what a row of a format tells of a sign-in; what the format cannot tell is as in the original.
type told struct {
	id, created, code, app, user string
}

// compare holds the rows of a format against the originals of its logs. Times are in the format's own form.
func compare(t *testing.T, rows map[int][]told, logs []int, form func(s *signIn) told) {
	t.Helper()
	seen := map[string]bool{}
	want := map[int]int{}
	list := originals(t)
	for _, s := range list {
		want[s.log]++
	}
	for log, told := range rows {
		if !slices.Contains(logs, log) {
			t.Errorf("log %d has %d rows, want none", log, len(told))
		}
		for _, row := range told {
			s := list[row.id]
			if s == nil || s.log != log || seen[row.id] {
				t.Fatalf("log %d has a row with the ID %q: unknown, of another log, or there twice", log, row.id)
			}
			seen[row.id] = true
			if want := form(s); row != want {
				t.Fatalf("got %+v, want %+v", row, want)
			}
		}
	}
	for _, log := range logs {
		if got := len(rows[log]); got != want[log] || got == 0 {
			t.Errorf("log %d: got %d rows, want %d", log, got, want[log])
		}
	}
}

var (
	allLogs  = []int{logInteractive, logNonInteractive, logService, logMachine}
	userOnes = []int{logInteractive, logNonInteractive}
)

// original tells a sign-in with its time in a form.
func original(s *signIn, created string) told {
	return told{s.text("id"), created, s.text("status.errorCode"), s.text("appId"), s.text("userId")}
}

// graphOriginal tells a sign-in with Graph's whole seconds.
func graphOriginal(s *signIn) told {
	return original(s, s.created.Truncate(time.Second).Format("2006-01-02T15:04:05Z"))
}

// csvTable is a CSV file by its headings. Of a heading that stands twice it has the first column.
type csvTable struct {
	headings []string
	rows     []map[string]string
}

func readCSV(t *testing.T, content []byte) csvTable {
	t.Helper()
	content, marked := bytes.CutPrefix(content, []byte("\xef\xbb\xbf"))
	if !marked {
		t.Error("the file has no byte order mark")
	}
	r := csv.NewReader(bytes.NewReader(content))
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	table := csvTable{headings: all[0]}
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, heading := range table.headings {
			if _, twice := row[heading]; !twice {
				row[heading] = cells[i]
			}
		}
		table.rows = append(table.rows, row)
	}
	return table
}

func unmarshal(t *testing.T, content []byte, v any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	if err := decoder.Decode(v); err != nil {
		t.Fatalf("%v in %.200s", err, content)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		t.Fatalf("more follows: %v", err)
	}
}

func text(v any) string { return cellText(v) }

func TestSameSeedSameFiles(t *testing.T) {
	t.Parallel()
	opts := Options{Rows: 120, Days: 3, Until: testEnd, Seed: 5}
	for _, format := range Formats() {
		first := filesWith(t, format, opts)
		if len(first) == 0 {
			t.Errorf("%s: no files", format)
		}
		second := filesWith(t, format, opts)
		if len(second) != len(first) {
			t.Errorf("%s: %d files, then %d", format, len(first), len(second))
		}
		for name, content := range first {
			if !bytes.Equal(content, second[name]) {
				t.Errorf("%s: %s has other bytes the second time", format, name)
			}
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "none")
	err := WriteAs(t.Context(), dir, "csv", formatOptions)
	if err == nil || !strings.Contains(err.Error(), store.FormatPortalCSV) {
		t.Errorf("got %v, want a sentence with the formats", err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder was made: %v", err)
	}
}

// A run that is stopped leaves no file of any format.
func TestStoppedFormatLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, format := range Formats() {
		ctx, cancel := stoppedAfter(t, 2)
		dir := t.TempDir()
		err := WriteAs(ctx, dir, format, formatOptions)
		cancel()
		if err == nil {
			t.Errorf("%s: not stopped", format)
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
			t.Errorf("%s: %d files, %v", format, len(entries), err)
		}
	}
}
