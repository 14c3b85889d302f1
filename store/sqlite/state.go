package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"signpost/store"
	"signpost/store/dbfile"
)

// state is the columns of the store at one revision of main.db. It never changes; a commit, by whatever
// process, makes another.
type state struct {
	revision, sealing int64
	seq               int64 // of the newest change that is in it
	parts             [][]*part
	unfilled          []unfilled // by place of the log
}

// of gives the parts of a log.
func (s *state) of(t *table) []*part { return s.parts[t.place] }

// errStale says that a transaction is older than the state in memory.
var errStale = errors.New("the transaction is older than the state in memory")

// stateOf gives the state of the revision that the transaction sees, and with it all words its rows hold.
func (db *DB) stateOf(ctx context.Context, tx dbfile.Querier) (*state, error) {
	var revision, sealing int64
	if err := tx.QueryRowContext(ctx, "SELECT n, sealing FROM revision").Scan(&revision, &sealing); err != nil {
		return nil, fmt.Errorf("read the revision: %w", err)
	}
	if s := db.state.Load(); s != nil && s.revision == revision {
		return s, nil
	}
	if err := db.refreshing.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer db.refreshing.Release(1)
	before := db.state.Load()
	switch {
	case before == nil:
		before = &state{seq: -1, sealing: -1, parts: make([][]*part, len(db.schema.ordered))}
	case before.revision == revision:
		return before, nil
	case before.revision > revision:
		return nil, errStale
	}
	if err := db.words.refresh(ctx, tx); err != nil {
		return nil, err
	}
	after := &state{revision: revision, sealing: sealing, seq: before.seq, parts: slices.Clone(before.parts)}
	if sealing != before.sealing {
		parts, err := db.sealedParts(ctx, tx)
		if err != nil {
			return nil, err
		}
		after.parts, after.seq = parts, -1
	}
	if backlog, err := db.hasBacklog(ctx, tx, after.seq); err != nil {
		return nil, err
	} else if backlog {
		db.sealer.poke()
		return nil, store.ErrRebuilding
	}
	if err := db.catchUp(ctx, tx, after); err != nil {
		return nil, err
	}
	var err error
	if after.unfilled, err = db.unfilledLogs(ctx, tx); err != nil {
		return nil, err
	}
	db.state.Store(after)
	return after, nil
}

// catchUp brings the changes behind after.seq into the state.
func (db *DB) catchUp(ctx context.Context, tx dbfile.Querier, after *state) error {
	rows, err := tx.QueryContext(ctx, "SELECT seq, log, keys FROM changes WHERE seq > ? ORDER BY seq", after.seq)
	if err != nil {
		return fmt.Errorf("read what changed: %w", err)
	}
	defer rows.Close()
	changed := make([][]rowKey, len(db.schema.ordered))
	for rows.Next() {
		var seq, log int64
		var packed []byte
		if err := rows.Scan(&seq, &log, &packed); err != nil {
			return err
		}
		t, ok := db.schema.byNumber[log]
		if !ok {
			continue // of a log that a newer version of the program keeps
		}
		if changed[t.place], err = unpackKeys(changed[t.place], packed); err != nil {
			return err
		}
		after.seq = seq
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for i, t := range db.schema.ordered {
		keys := changed[i]
		slices.Sort(keys)
		keys = slices.Compact(keys)
		if after.parts[i], err = db.addChanged(ctx, tx, t, after.parts[i], keys); err != nil {
			return err
		}
	}
	return nil
}

// addChanged gives the parts with the rows of some ascending keys as they stand now, however many.
func (db *DB) addChanged(ctx context.Context, tx dbfile.Querier, t *table, parts []*part, keys []rowKey) ([]*part, error) {
	for some := range slices.Chunk(keys, db.sizes.partKeys) {
		var err error
		if parts, err = db.addSome(ctx, tx, t, parts, some); err != nil {
			return nil, fmt.Errorf("read changed rows of %s: %w", t.log, err)
		}
	}
	return parts, nil
}

func (db *DB) addSome(ctx context.Context, tx dbfile.Querier, t *table, parts []*part, keys []rowKey) ([]*part, error) {
	next := make([]*part, 0, len(parts)+1)
	for _, p := range parts {
		without, err := sourceOf(ctx, p, db).without(keys)
		if err != nil {
			return nil, err
		}
		if without.memory == nil || without.alive() > 0 {
			next = append(next, without)
		}
	}
	added, err := db.readPart(ctx, tx, t, keys)
	if err != nil {
		return nil, err
	}
	if added != nil {
		next = append(next, added)
	}
	return db.joinSmall(ctx, next)
}

// without gives the part without the rows of some ascending keys.
func (s source) without(changed []rowKey) (*part, error) {
	first, _ := slices.BinarySearch(changed, s.lo)
	last, _ := slices.BinarySearch(changed, s.hi+1)
	if first == last {
		return s.part, nil
	}
	keys, err := s.Keys()
	if err != nil {
		return nil, err
	}
	var dead []int
	for _, k := range changed[first:last] {
		if row := keys.Find(int64(k)); row < s.rows && keys.At(row) == int64(k) && !s.dead.has(row) {
			dead = append(dead, row)
		}
	}
	if len(dead) == 0 {
		return s.part, nil
	}
	p := *s.part
	p.dead = p.dead.with(dead, p.rows)
	return &p, nil
}

// joinSmall joins parts in memory, the newest with the one before, until each is less than half as large as the one before
// it. So there are few of them, and a row is joined a few times only.
func (db *DB) joinSmall(ctx context.Context, parts []*part) ([]*part, error) {
	for {
		n := len(parts)
		if n < 2 || parts[n-2].memory == nil || parts[n-1].memory == nil || 2*parts[n-1].alive() <= parts[n-2].alive() ||
			parts[n-1].alive()+parts[n-2].alive() > db.sizes.maxJoined {
			return parts, nil
		}
		joined, err := db.join(ctx, parts[n-2:], nil)
		if err != nil {
			return nil, err
		}
		parts = append(parts[:n-2:n-2], joined...)
	}
}

// sealedParts gives the segments there must be, by log.
func (db *DB) sealedParts(ctx context.Context, tx dbfile.Querier) ([][]*part, error) {
	all, faults, err := db.manifest(ctx, tx)
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, faults[0]
	}
	known := map[int64]*part{}
	if before := db.state.Load(); before != nil {
		for _, list := range before.parts {
			for _, p := range list {
				known[p.id] = p
			}
		}
	}
	parts := make([][]*part, len(db.schema.ordered))
	for _, p := range all {
		if k, ok := known[p.id]; ok {
			p.bounds = k.bounds
		} else if p.bounds, err = db.cols.head(ctx, p); err != nil {
			return nil, err
		}
		parts[p.table.place] = append(parts[p.table.place], p)
	}
	return parts, nil
}

// manifest reads which segments there must be, without their bounds, and those among them that cannot be used whatever
// cols.db holds.
func (db *DB) manifest(ctx context.Context, tx dbfile.Querier) (parts []*part, faults []errLostSegment, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, log, lo, hi, rows, columns, dead FROM segments ORDER BY lo")
	if err != nil {
		return nil, nil, fmt.Errorf("read the segments: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		p := &part{}
		var log, columns int64
		var dead []byte
		if err := rows.Scan(&p.id, &log, &p.lo, &p.hi, &p.rows, &columns, &dead); err != nil {
			return nil, nil, err
		}
		var isKept, sound, known bool
		if p.table, isKept = db.schema.byNumber[log]; !isKept {
			continue // of a log that a newer version of the program keeps
		}
		p.dead, sound = unpackRowSet(dead, p.rows)
		p.layout, known = p.table.kind.layouts[columns]
		switch {
		case !sound:
			faults = append(faults, errLostSegment{p, errors.New("the set of its rows that no longer count is damaged")})
		case !known:
			faults = append(faults, errLostSegment{p, errors.New("it was made with other columns")})
		default:
			parts = append(parts, p)
		}
	}
	return parts, faults, rows.Err()
}
