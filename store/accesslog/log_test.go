package accesslog

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/dbfile"
)

// memory keeps a head as portal.db does.
type memory struct {
	mu   sync.Mutex
	head access.KeptHead
}

func (m *memory) AccessHead(context.Context) (access.KeptHead, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.head, nil
}

func (m *memory) KeepAccessHead(_ context.Context, h access.KeptHead) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if h.Number >= m.head.Number {
		m.head = h
	}
	return nil
}

// open opens the log of a folder until the test ends.
func open(t testing.TB, folder string, options ...Option) *Log {
	t.Helper()
	l, err := Open(t.Context(), folder, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // it may be closed already
	return l
}

// aRecord is a record that tells n.
func aRecord(n int) *access.Record {
	return &access.Record{
		Account: "ada", AccountID: "1", Roles: []string{"security-reader"}, Action: access.Open, Outcome: access.Allowed, Address: "192.0.2.7",
		Page: fmt.Sprintf("/logs/interactive/%d", n), Log: store.Interactive, Rows: store.IntOf(int64(n)),
		Subjects: []access.Subject{{ID: fmt.Sprintf("u%d", n%7), Username: fmt.Sprintf("p%d@example.com", n%7), Name: fmt.Sprintf("Person %d", n%7)}},
	}
}

func appendMany(t testing.TB, l *Log, n int) {
	t.Helper()
	group := sync.WaitGroup{}
	for g := range 20 {
		group.Go(func() {
			for i := g; i < n; i += 20 {
				if err := l.Append(context.Background(), aRecord(i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

func TestAppendNumbersAndLinks(t *testing.T) {
	folder := t.TempDir()
	kept := &memory{}
	l := open(t, folder, WithKeeper(kept))
	var before access.Record
	for n := range 5 {
		r := aRecord(n)
		if err := l.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if r.Number != store.IntOf(int64(n+1)) || r.Head().ID != access.IDOf(r.Hash) || r.Head().Log != access.Log || n > 0 && (r.PreviousHash != before.Hash || !r.Head().Time.After(before.Head().Time)) {
			t.Errorf("record %d is %+v after %+v", n+1, r, before)
		}
		before = *r
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if want := (access.KeptHead{Head: access.Head{Number: 5, Hash: before.Hash}, Closed: true}); kept.head != want {
		t.Errorf("kept is %+v, want %+v", kept.head, want)
	}
	l = open(t, folder, WithKeeper(kept))
	r := aRecord(6)
	err := l.Append(t.Context(), r)
	if now, _ := kept.AccessHead(t.Context()); err != nil || r.Number.N != 6 || r.PreviousHash != before.Hash || now.Closed {
		t.Errorf("after a restart: %v, %+v, %+v", err, r, now)
	}
	if size := dbfile.Size(filepath.Join(folder, File)); size == 0 {
		t.Error("there is no file")
	}
	if err := l.Append(t.Context(), &access.Record{}); err == nil {
		t.Error("a record that says nothing was taken")
	}
}

func TestAppendTogether(t *testing.T) {
	l := open(t, t.TempDir())
	const n = 400
	appendMany(t, l, n)
	records, err := l.After(t.Context(), 0, 2*n)
	if err != nil || len(records) != n {
		t.Fatalf("%d records, %v", len(records), err)
	}
	seen := map[string]bool{}
	for i, r := range records {
		seen[string(r.Document)] = true
		if r.Number != int64(i+1) || i > 0 && r.Previous != records[i-1].Hash {
			t.Fatalf("record %d: %+v", i+1, r)
		}
	}
	if len(seen) != n {
		t.Errorf("%d different records, want %d", len(seen), n)
	}
}

// Records that wait at one moment share a commit.
func TestAppendSharesCommits(t *testing.T) {
	l := open(t, t.TempDir())
	var records []*waiting
	for n := range 20 {
		doc, err := aRecord(n).Document()
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, &waiting{document: doc, done: make(chan error, 1)})
	}
	l.writing.Lock() // a commit is under way
	for _, w := range records {
		l.queue <- w
	}
	l.writing.Unlock()
	for i, w := range records {
		if err := <-w.done; err != nil || w.number != int64(i+1) {
			t.Errorf("record %d has the number %d, %v", i+1, w.number, err)
		}
	}
	if l.mu.Lock(); l.commits < 1 || l.commits > 2 { // those that were taken before the rest came, and the rest
		t.Errorf("%d commits for 20 records", l.commits)
	}
	l.mu.Unlock()
}

// Two processes append to one log: the chain is one.
func TestAppendByTwoProcesses(t *testing.T) {
	folder, kept := t.TempDir(), &memory{}
	one, other := open(t, folder, WithKeeper(kept)), open(t, folder, WithKeeper(kept))
	var group sync.WaitGroup
	for _, l := range []*Log{one, other} {
		group.Go(func() { appendMany(t, l, 60) })
	}
	group.Wait()
	one.keepHead(false) // what it keeps may be behind
	v, err := other.Verify(t.Context())
	if err != nil || len(v.Findings) > 0 || v.Records != 120 {
		t.Errorf("%+v, %v", v, err)
	}
}

// Whoever appends while the log is closed is told so, or that the record is kept: nobody waits for ever.
func TestAppendWhileClosing(t *testing.T) {
	folder := t.TempDir()
	l := open(t, folder)
	var group sync.WaitGroup
	var written atomic.Int64
	for g := range 20 {
		group.Go(func() {
			for i := 0; ; i++ {
				if err := l.Append(context.Background(), aRecord(g*1000+i)); err != nil {
					if !errors.Is(err, errClosed) {
						t.Error(err)
					}
					return
				}
				if written.Add(1) == 50 {
					go l.Close() //nolint:errcheck // it is closed once more below
				}
			}
		})
	}
	group.Wait()
	l = open(t, folder)
	if v, err := l.Verify(t.Context()); err != nil || len(v.Findings) > 0 || v.Records < written.Load() {
		t.Errorf("%d were written: %+v, %v", written.Load(), v, err)
	}
}

func BenchmarkAppend(b *testing.B) {
	l := open(b, b.TempDir())
	for b.Loop() {
		if err := l.Append(b.Context(), aRecord(1)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendBy20(b *testing.B) {
	l := open(b, b.TempDir())
	b.SetParallelism(10) // times the 2 of GOMAXPROCS
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if err := l.Append(context.Background(), aRecord(1)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
