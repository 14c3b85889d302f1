package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"signpost/store"
	"signpost/store/dbfile"
	"signpost/store/sqlite/segment"
)

// A sign-in is known by its log and id for ever, whatever time a copy tells. The look-up tables are parted by time, so an
// import that had to look into every part for each record would take days. So it first asks filters over the ids of all
// rows. They are in memory, made of the columns when the first import of a process begins. A new id, as nearly all are, is
// told by one look. For any other the row's own quarter of a day is looked at, then the few segments that may have it.

// idSearch finds stored rows by their ids. Only who holds DB.committing uses it.
type idSearch struct {
	db    *DB
	state *state // that it is up to date with
	all   idFilters
	// parts are the filters of segments; nil for a part in memory, which is always looked through.
	parts map[int64]*idFilter
	found []int64 // the values of the segment that is looked through
}

// segmentBits is how many bits an id takes in the filter of a segment.
const segmentBits = 12

// refresh brings the search up to date with the rows that the transaction sees.
func (s *idSearch) refresh(ctx context.Context, tx dbfile.Querier) error {
	now, err := s.db.stateOf(ctx, tx)
	if err != nil || now == s.state {
		return err
	}
	if s.parts == nil {
		if err := s.build(ctx, now); err != nil {
			return err
		}
	}
	known := make(map[int64]*idFilter, len(s.parts))
	for _, parts := range now.parts {
		for _, p := range parts {
			filter, ok := s.parts[p.id]
			if !ok {
				values, err := s.values(ctx, p, nil)
				if err != nil {
					return err
				}
				for _, v := range values {
					s.all.add(idHash(p.table, v))
				}
				filter = filterOf(p, values)
			}
			known[p.id] = filter
		}
	}
	s.parts, s.state = known, now
	return nil
}

// build makes the filters of all segments, on all processors.
func (s *idSearch) build(ctx context.Context, now *state) error {
	begun := time.Now()
	rows, work := 0, make(chan *part)
	var segments []*part
	for _, parts := range now.parts {
		for _, p := range parts {
			if p.memory == nil {
				rows += p.rows
				segments = append(segments, p)
			}
		}
	}
	s.parts, s.all = map[int64]*idFilter{}, idFilters{newIDFilter(max(rows+rows/4, leastRoom), largeBits)}
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		group.Go(store.Caught(func() error {
			var values []int64
			added := 0
			for p := range work {
				var err error
				if values, err = s.values(ctx, p, values[:0]); err != nil {
					return err
				}
				for _, v := range values {
					if s.all[0].addShared(idHash(p.table, v)) {
						added++
					}
				}
				filter := filterOf(p, values)
				mu.Lock()
				s.parts[p.id] = filter
				mu.Unlock()
			}
			mu.Lock()
			defer mu.Unlock()
			s.all[0].added += added
			return nil
		}))
	}
	group.Go(func() error {
		defer close(work)
		for _, p := range segments {
			select {
			case work <- p:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	if err := group.Wait(); err != nil {
		s.parts = nil
		return err
	}
	s.db.log.Debug("the filters of ids are made", "rows", rows, "took", time.Since(begun))
	return nil
}

// filterOf makes the filter of a segment; nil for a part in memory.
func filterOf(p *part, values []int64) *idFilter {
	if p.memory != nil {
		return nil
	}
	filter := newIDFilter(len(values), segmentBits)
	for _, v := range values {
		filter.add(idHash(p.table, v))
	}
	return filter
}

// values gives the first 32 bits of the ids of a part. They are read past the cache: an
// import asks all segments in turn, and what is cached for questions would make way for them.
func (s *idSearch) values(ctx context.Context, p *part, values []int64) ([]int64, error) {
	from := sourceOf(ctx, p, s.db)
	slot, _ := p.layout.slot(columnRequest)
	column, err := (*segment.Column)(nil), error(nil)
	if b := p.bounds[slot]; p.memory != nil || b.lo == b.hi {
		column, err = from.Column(columnRequest)
	} else {
		column, err = load(from, slot, segment.Decode)
	}
	if err != nil {
		return nil, err
	}
	var every segment.Selection
	every.Reset(0, p.rows)
	return column.AppendValues(values, &every), nil
}

// mayHold says whether a row of the id may have been stored before the present transaction.
func (s *idSearch) mayHold(t *table, id id16) bool {
	return s.all.mayHold(idHash(t, idValue(id[:])))
}

// find looks for the row of an id in the columns of its log. isRow says whether the row stands at a key: other ids have the
// same first bits.
func (s *idSearch) find(ctx context.Context, t *table, id id16, isRow func(rowKey) (bool, error)) (rowKey, bool, error) {
	value := idValue(id[:])
	hash := idHash(t, value)
	for _, p := range s.state.of(t) {
		if filter := s.parts[p.id]; filter != nil && !filter.mayHold(hash) {
			continue
		}
		var err error
		if s.found, err = s.values(ctx, p, s.found[:0]); err != nil {
			return 0, false, err
		}
		for i, v := range s.found {
			if v != value {
				continue
			}
			keys, err := sourceOf(ctx, p, s.db).Keys()
			if err != nil {
				return 0, false, err
			}
			k := rowKey(keys.At(i))
			if is, err := isRow(k); is || err != nil {
				return k, is, err
			}
		}
	}
	return 0, false, nil
}

// refreshIDs makes the search for stored ids ready. There is none while the columns of the store are being made from its
// rows. Ids are then looked up in every quarter of a day, which is slow and right.
func (w *writing) refreshIDs() error {
	search := w.db.ids
	if search == nil {
		search = &idSearch{db: w.db}
		w.db.ids = search
	}
	err := search.refresh(w.ctx, w.tx)
	if errors.Is(err, store.ErrRebuilding) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at the ids of the store: %w", err)
	}
	w.ids = search
	return nil
}

// find gives the stored row of the record's id, whatever its time.
func (w *writing) find(r *preparedRow) (rowKey, bool, error) {
	if k, ok := w.seen[batchID{r.table, r.id}]; ok {
		return k, true, nil
	}
	if w.ids == nil {
		k, err := findAnyTime(w.ctx, w.tx, r.table, r.id)
		if errors.Is(err, store.ErrNotFound) {
			return 0, false, nil
		}
		return k, err == nil, err
	}
	if !w.ids.mayHold(r.table, r.id) {
		return 0, false, nil
	}
	// The copies of a sign-in mostly agree on its time to the second.
	k, err := w.findInQuarter(r, quarterOf(r.base))
	if !errors.Is(err, store.ErrNotFound) {
		return k, err == nil, err
	}
	return w.ids.find(w.ctx, r.table, r.id, func(k rowKey) (bool, error) { return w.isRow(r, k) })
}

// isRow says whether the row at a key has the record's id.
func (w *writing) isRow(r *preparedRow, k rowKey) (is bool, err error) {
	s, err := w.statement("SELECT EXISTS (SELECT 1 FROM " + r.table.name + " WHERE k = ? AND id = ?)")
	if err != nil {
		return false, err
	}
	err = s.QueryRowContext(w.ctx, int64(k), r.id[:]).Scan(&is)
	return is, err
}

// batchID is an id of one log.
type batchID struct {
	table *table
	id    id16
}

func (w *writing) findInQuarter(r *preparedRow, quarter int64) (rowKey, error) {
	s, err := w.statement("SELECT k FROM by_request JOIN " + r.table.name + " AS r USING (k) WHERE quarter = ? AND g = ? AND log = ? AND r.id = ?")
	if err != nil {
		return 0, err
	}
	var k int64
	err = s.QueryRowContext(w.ctx, quarter, r.id.prefix(), r.table.number, r.id[:]).Scan(&k)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, store.ErrNotFound
	}
	return rowKey(k), err
}

// idsKept is how long after the last batch the search for stored ids is kept in memory.
const idsKept = 10 * time.Minute

// dropIDs gives the memory of the search for stored ids back when nothing was imported for a while.
func (db *DB) dropIDs() {
	if time.Since(time.UnixMicro(db.committed.Load())) < idsKept || !db.committing.TryLock() {
		return
	}
	defer db.committing.Unlock()
	db.ids = nil
}
