package demo

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var testEnd = time.Date(2026, 11, 23, 14, 5, 9, 123456700, time.UTC)

func stream(t *testing.T, opts Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Stream(t.Context(), opts, &b); err != nil {
		t.Fatalf("Stream(%+v): %v", opts, err)
	}
	return b.Bytes()
}

func lines(b []byte) []string {
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

func TestRowsAreExact(t *testing.T) {
	tests := []Options{
		{Rows: 1, Until: testEnd},
		{Rows: 2, Until: testEnd},
		{Rows: 10, Until: testEnd},
		{Rows: 2000, Until: testEnd, Seed: 7},
		{Rows: 12345, Until: testEnd, Days: 3},
		{Rows: 20000, Until: testEnd, Days: 400},
		{Rows: 5000, Until: testEnd, From: testEnd.Add(-90 * time.Minute)},
		{Rows: 60_000, Until: testEnd, Seed: 3},
	}
	for _, opts := range tests {
		from, until, err := opts.span()
		if err != nil {
			t.Fatal(err)
		}
		tenant, err := New(opts)
		if err != nil {
			t.Fatalf("New(%+v): %v", opts, err)
		}
		low, high := string(appendTime(nil, tickOf(from))), string(appendTime(nil, tickOf(until)))
		got := 0
		err = tenant.inOrder(t.Context(), func(_ int, line []byte) error {
			got++
			if at := between(string(line), `"createdDateTime":"`, "+00:00"); at < low || at >= high {
				t.Fatalf("%+v: a sign-in at %s lies outside %s to %s", opts, at, low, high)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got != opts.Rows {
			t.Errorf("%+v: got %d rows, want %d", opts, got, opts.Rows)
		}
	}
}

// TestWholeRangeIsFilled expects records on the first day, from which the surplus is dropped.
func TestWholeRangeIsFilled(t *testing.T) {
	tenant, err := New(Options{Rows: 200_000, Until: testEnd, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	from := floorDiv(tickOf(testEnd.AddDate(0, 0, -DefaultDays)), ticksPerHour)
	if got := tenant.firstHour - from; got > 1 {
		t.Errorf("the first record comes %d hours after the range begins, want at most 1", got)
	}
	if got := len(tenant.Days()); got != 31 {
		t.Errorf("got %d days, want 31", got)
	}
}

func between(line, before, after string) string {
	_, rest, _ := strings.Cut(line, before)
	value, _, _ := strings.Cut(rest, after)
	return value
}

func TestSameSeedSameBytes(t *testing.T) {
	opts := Options{Rows: 5000, Until: testEnd, Seed: 42}
	a, b := stream(t, opts), stream(t, opts)
	if !bytes.Equal(a, b) {
		t.Error("two runs with one seed differ")
	}
	opts.Seed++
	if bytes.Equal(a, stream(t, opts)) {
		t.Error("another seed gives the same bytes")
	}
}

// TestContinuing compares a tenant that goes on from T0 at the same density with one longer tenant. Both must have
// the same records before T0 and from T0 on.
func TestContinuing(t *testing.T) {
	t0, t1 := testEnd, testEnd.Add(61*time.Hour+17*time.Minute)
	first, err := New(Options{Rows: 20_000, Until: t0, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	from := t0.AddDate(0, 0, -10)
	part := func(from, until time.Time) []string {
		got := lines(stream(t, Options{From: from, Until: until, Seed: 5, Density: first.Density()}))
		slices.Sort(got)
		return got
	}
	whole, before, after := part(from, t1), part(from, t0), part(t0, t1)
	both := slices.Concat(before, after)
	slices.Sort(both)
	if !slices.Equal(whole, both) {
		t.Errorf("the two parts (%d + %d) are not the whole (%d)", len(before), len(after), len(whole))
	}
	if len(after) == 0 {
		t.Error("nothing was added after T0")
	}
	kept := lines(stream(t, Options{Rows: 20_000, Until: t0, Seed: 5}))
	slices.Sort(kept)
	for _, line := range before {
		if _, found := slices.BinarySearch(kept, line); !found {
			t.Fatalf("a record of the range is not in the first run: %s", line[:200])
		}
	}
}

func TestDaysMakeTheWhole(t *testing.T) {
	opts := Options{Rows: 8000, Until: testEnd, Seed: 9, Days: 9}
	tenant, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, day := range slices.Backward(tenant.Days()) {
		var b bytes.Buffer
		if err := tenant.Day(t.Context(), day, &b); err != nil {
			t.Fatal(err)
		}
		if b.Len() == 0 {
			continue
		}
		last := ""
		for _, line := range lines(b.Bytes()) {
			at := between(line, `"createdDateTime":"`, "+00:00")
			if !strings.HasPrefix(at, day.Format(time.DateOnly)) || at < last {
				t.Fatalf("day %s holds %s after %s", day.Format(time.DateOnly), at, last)
			}
			last = at
			all = append(all, line)
		}
	}
	want := lines(stream(t, opts))
	slices.Sort(all)
	slices.Sort(want)
	if !slices.Equal(all, want) {
		t.Errorf("the days hold %d records, the stream %d, or other ones", len(all), len(want))
	}
}

func TestStreamIsInOrderOfIngestion(t *testing.T) {
	last := ""
	for _, line := range lines(stream(t, Options{Rows: 20_000, Until: testEnd})) {
		at := between(line, `"time": "`, "Z")
		if at < last {
			t.Fatalf("%s comes after %s", at, last)
		}
		last = at
	}
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	opts := Options{Rows: 3000, Until: testEnd, Seed: 2}
	if err := Write(t.Context(), dir, opts); err != nil {
		t.Fatal(err)
	}
	var got []string
	for log, name := range fileNames {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		want := `"category": "` + [logCount]string{"SignInLogs", "NonInteractiveUserSignInLogs", "ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs"}[log] + `"`
		for _, line := range lines(b) {
			if !strings.Contains(line, want) {
				t.Fatalf("%s holds a record without %s", name, want)
			}
		}
		got = append(got, lines(b)...)
	}
	want := lines(stream(t, opts))
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the files hold %d records, the stream %d, or other ones", len(got), len(want))
	}
	if err := Write(t.Context(), dir, opts); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a folder with files: got %v, want that it is not empty", err)
	}
}

func TestWriteThatIsStoppedLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Write(ctx, dir, Options{Rows: 100, Until: testEnd}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 0 {
		t.Errorf("got %d files, want none", len(entries))
	}
}

func TestOptionsThatCannotBe(t *testing.T) {
	tests := []struct {
		opts Options
		want string
	}{
		{Options{Until: testEnd}, "rows is missing"},
		{Options{Rows: -1, Until: testEnd}, "-1 rows cannot be made"},
		{Options{Rows: 5}, "end of the demo's time is missing"},
		{Options{Rows: 5, Until: testEnd, Days: -2}, "not a number of days"},
		{Options{Rows: 5, Until: testEnd, From: testEnd}, "ends before it begins"},
		{Options{Rows: 5, Until: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)}, "must lie between 2000"},
	}
	for _, test := range tests {
		if _, err := New(test.opts); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("New(%+v): got %v, want %q", test.opts, err, test.want)
		}
	}
}
