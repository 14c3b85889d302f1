package export_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"

	"signpost/store"
	"signpost/store/export"
)

// watchedStore records the size of each page asked for, and how many pages are held then.
type watchedStore struct {
	store.Store

	mu          sync.Mutex
	rows        int
	bytes       int64
	asked, used int
	held        int // the highest number held, including the page asked for
}

func (w *watchedStore) note(rows int, bytes int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	w.rows, w.bytes, w.held = max(w.rows, rows), max(w.bytes, bytes), max(w.held, w.asked-w.used)
}

func (w *watchedStore) progress(int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.used++
}

func (w *watchedStore) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	w.note(q.Limit, 0)
	return w.Store.Page(ctx, q)
}

func (w *watchedStore) Records(ctx context.Context, q store.RecordsQuery) (store.RecordPage, error) {
	w.note(q.Limit, q.Bytes)
	return w.Store.Records(ctx, q)
}

// Files that find no room for large pages go on in small ones, one at a time, and have the same bytes.
func TestFilesWithoutRoomGoOnInSmallPages(t *testing.T) {
	db := demoStore(t, 6000)
	memory := export.NewMemory(12 << 20)
	for _, format := range []export.Format{export.CSV, export.JSON, export.NDJSON} {
		of := func(m *export.Memory) ([]byte, *watchedStore) {
			w := &watchedStore{Store: db}
			r := everything(store.NonInteractive, format)
			r.Memory, r.Progress = m, w.progress
			return exported(t, w, r), w
		}
		want, large := of(nil)
		again, lent := of(memory)
		got, small := of(export.NewMemory(0))
		if !bytes.Equal(got, want) || !bytes.Equal(again, want) {
			t.Errorf("%s: the files have %d, %d and %d bytes, want the same", format, len(want), len(again), len(got))
		}
		if large.rows < 2500 || lent.rows < 1500 || large.held > 2 || lent.held > 2 {
			t.Errorf("%s: %d rows a page with room, %d pages held", format, lent.rows, lent.held)
		}
		if small.rows > 400 || small.held != 1 || small.asked < 3 || format != export.CSV && (small.bytes == 0 || small.bytes > 2<<20) {
			t.Errorf("%s: without room %d pages of %d rows and %d bytes, %d held", format, small.asked, small.rows, small.bytes, small.held)
		}
	}
}

// failing fails at its second page.
type failing struct {
	store.Store
	pages int
}

var errFailing = errors.New("failing")

func (f *failing) Records(ctx context.Context, q store.RecordsQuery) (store.RecordPage, error) {
	if f.pages++; f.pages == 2 {
		return store.RecordPage{}, errFailing
	}
	page, err := f.Store.Records(ctx, q)
	page.Next = &store.Cursor{Key: store.Key{}.Next()}
	return page, err
}

// An unfinished file frees its room for the next one, whatever ended it.
func TestRoomIsGivenBack(t *testing.T) {
	db := demoStore(t, 200)
	memory := export.NewMemory(12 << 20)
	r := everything(store.NonInteractive, export.JSON)
	r.Memory = memory
	for range 5 {
		if err := export.Write(t.Context(), &bytes.Buffer{}, &failing{Store: db}, r); !errors.Is(err, errFailing) {
			t.Errorf("a store that fails: %v", err)
		}
		if err := export.Write(t.Context(), full{}, db, r); !errors.Is(err, errFull) {
			t.Errorf("a disk that is full: %v", err)
		}
	}
	w := &watchedStore{Store: db}
	r.Progress = w.progress
	exported(t, w, r)
	if w.rows < 1500 {
		t.Errorf("a file finds no room after others that were not finished: it reads %d rows at a time", w.rows)
	}
}

// A page of records is bounded by bytes. It has one line at least, and all pages together have each line once.
func TestPagesOfRecordsAreBoundedByBytes(t *testing.T) {
	db := demoStore(t, 3000)
	for _, folded := range []bool{false, true} {
		q := store.RecordsQuery{ListQuery: store.ListQuery{Log: store.Interactive, Range: ages, Limit: 1000}, Folded: folded}
		whole, err := db.Records(t.Context(), q)
		if err != nil || whole.Next != nil {
			t.Fatalf("%v, more: %v", err, whole.Next != nil)
		}
		for _, most := range []int64{1, 20_000, 200_000} {
			var got []store.Record
			rows, pages := 0, 0
			q.After, q.Bytes = nil, most
			for {
				page, err := db.Records(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				bytes := int64(0)
				for _, r := range page.Records {
					for _, v := range r.Versions {
						if bytes += int64(len(v.Doc)); len(v.Doc) == 0 {
							t.Fatal("a record lacks what was received")
						}
					}
				}
				if bytes > most && page.Rows > 1 {
					t.Errorf("%d bytes a page: got %d in %d rows", most, bytes, page.Rows)
				}
				got, rows, pages = append(got, page.Records...), rows+page.Rows, pages+1
				if q.After = page.Next; q.After == nil {
					break
				}
			}
			if rows != whole.Rows || len(got) != len(whole.Records) || pages < 2 {
				t.Fatalf("%d bytes a page, folded %v: %d rows and %d records on %d pages, want %d and %d", most, folded, rows, len(got), pages, whole.Rows, len(whole.Records))
			}
			for i := range got {
				if got[i].Key != whole.Records[i].Key {
					t.Fatalf("record %d is %s, want %s", i, got[i].Key, whole.Records[i].Key)
				}
			}
		}
	}
}
