package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/dbfile"
)

// never stands for a sign-in that there is not: it is older than every key.
const never = rowKey(math.MinInt64)

// lastSeen is the newest sign-in of an entity, its names on that, and its newest successful sign-in.
type lastSeen struct {
	newest, success rowKey
	name, username  int64
}

// seenNames are an entity's names on a sign-in.
type seenNames struct{ name, username int64 }

func (l *lastSeen) names() seenNames { return seenNames{l.name, l.username} }

// sameAs says that both tell the same times and names. Which of the sign-ins of one instant is the newest does not matter.
func (l *lastSeen) sameAs(other *lastSeen) bool {
	return !l.newest.isLater(other.newest) && !other.newest.isLater(l.newest) && !l.success.isLater(other.success) && !other.success.isLater(l.success) &&
		l.names() == other.names()
}

// add takes another sign-in, or the last of several others.
func (l *lastSeen) add(other lastSeen) {
	if other.newest >= l.newest {
		l.newest, l.name, l.username = other.newest, other.name, other.username
	}
	l.success = max(l.success, other.success)
}

// seenNotes are what a transaction did to the sign-ins of one kind of entity, by the entity's code. It inserted the rows in
// gained. It took those in lost away, the newest of each, and did not put them back at the same key.
type seenNotes struct {
	gained map[int64]lastSeen
	lost   map[int64]lastSeen
}

// notesOf gives the notes on a kind of entity.
func (w *writing) notesOf(e store.Entity) *seenNotes {
	n := &w.lastSeen[e]
	if n.gained == nil {
		n.gained, n.lost = map[int64]lastSeen{}, map[int64]lastSeen{}
	}
	return n
}

// gain notes that a row was inserted.
func (w *writing) gain(t *table, k rowKey, status store.Status, values []int64) {
	for i := range t.entities {
		columns := &t.entities[i]
		code := values[columns.entity.index]
		if code == 0 {
			continue
		}
		one := lastSeen{newest: k, success: never, name: values[columns.name.index]}
		if columns.username != nil {
			one.username = values[columns.username.index]
		}
		if status == store.StatusSuccess {
			one.success = k
		}
		notes := w.notesOf(columns.kind)
		sum, ok := notes.gained[code]
		if !ok {
			sum = lastSeen{newest: never, success: never}
		}
		sum.add(one)
		notes.gained[code] = sum
		if len(notes.lost) > 0 {
			notes.putBack(code, one)
		}
	}
}

// putBack says that a row stands again where one was taken away.
func (n *seenNotes) putBack(code int64, one lastSeen) {
	lost, ok := n.lost[code]
	if !ok {
		return
	}
	if lost.newest == one.newest {
		lost.newest = never
	}
	if lost.success == one.success {
		lost.success = never
	}
	if n.lost[code] = lost; lost.newest == never && lost.success == never {
		delete(n.lost, code)
	}
}

// lose notes that a row was taken away.
func (w *writing) lose(t *table, k rowKey, status store.Status, fields []byte) error {
	values := make([]int64, len(t.kind.columns))
	if err := t.kind.readFields(fields, values, nil); err != nil {
		return err
	}
	w.loseValues(t, k, status, values)
	return nil
}

func (w *writing) loseValues(t *table, k rowKey, status store.Status, values []int64) {
	for i := range t.entities {
		columns := &t.entities[i]
		code := values[columns.entity.index]
		if code == 0 {
			continue
		}
		notes := w.notesOf(columns.kind)
		lost, ok := notes.lost[code]
		if !ok {
			lost = lastSeen{newest: never, success: never}
		}
		if lost.newest = max(lost.newest, k); status == store.StatusSuccess {
			lost.success = max(lost.success, k)
		}
		notes.lost[code] = lost
	}
}

// isSeenOtherwise says that a changed row is another entity's, or names it otherwise.
func (t *table) isSeenOtherwise(before, after []int64) bool {
	for i := range t.entities {
		for _, c := range [...]*column{t.entities[i].entity, t.entities[i].name, t.entities[i].username} {
			if c != nil && before[c.index] != after[c.index] {
				return true
			}
		}
	}
	return false
}

// noteSeen brings last_seen up to date with what the transaction did. Where the newest sign-in of an entity was taken away,
// the entity is marked stale. Looking for the one before it would go through all rows.
func (w *writing) noteSeen() error {
	stale := false
	for e := range w.lastSeen {
		notes := &w.lastSeen[e]
		for _, code := range slices.Sorted(maps.Keys(notes.lost)) {
			isStale, err := w.noteLost(store.Entity(e), code)
			if err != nil {
				return fmt.Errorf("note the last sign-in of an entity: %w", err)
			}
			stale = stale || isStale
			delete(notes.gained, code)
		}
		if err := w.noteGained(store.Entity(e), notes.gained); err != nil {
			return fmt.Errorf("note last sign-ins: %w", err)
		}
	}
	if stale {
		return w.exec("UPDATE last_seen_state SET stale = 1")
	}
	return nil
}

// nextRevision is the revision that the transaction makes.
const nextRevision = "(SELECT n + 1 FROM revision)"

// noteLost notes an entity that lost a row. It is stale unless what is left is known to be newer.
func (w *writing) noteLost(e store.Entity, code int64) (stale bool, err error) {
	known := lastSeen{newest: never, success: never}
	s, err := w.statement("SELECT newest, name, username, success, stale FROM last_seen WHERE entity = ? AND code = ?")
	if err != nil {
		return false, err
	}
	err = s.QueryRowContext(w.ctx, int64(e), code).Scan(&known.newest, &known.name, &known.username, &known.success, &stale)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	lost := w.lastSeen[e].lost[code]
	if gained, ok := w.lastSeen[e].gained[code]; ok {
		known.add(gained)
	}
	// What a stale row says is at least true: a later gain that is newer changes the row, and no other matters.
	if lost.newest != never && known.newest <= lost.newest {
		stale, known.newest, known.name, known.username = true, never, 0, 0
	}
	if lost.success != never && known.success <= lost.success {
		stale, known.success = true, never
	}
	return stale, w.exec("INSERT OR REPLACE INTO last_seen (entity, code, newest, name, username, success, stale, n) VALUES (?, ?, ?, ?, ?, ?, ?, "+nextRevision+")",
		int64(e), code, int64(known.newest), known.name, known.username, int64(known.success), stale)
}

// seenAtOnce is how many entities one statement writes: calls of it cost more than its rows.
const seenAtOnce = 64

// noteGained notes the entities that only gained rows.
func (w *writing) noteGained(e store.Entity, gained map[int64]lastSeen) error {
	for codes := range slices.Chunk(slices.Sorted(maps.Keys(gained)), seenAtOnce) {
		args := make([]any, 0, 6*len(codes))
		for _, code := range codes {
			l := gained[code]
			args = append(args, int64(e), code, int64(l.newest), l.name, l.username, int64(l.success))
		}
		if err := w.exec(raiseSeen(len(codes), ">="), args...); err != nil {
			return err
		}
	}
	return nil
}

// raiseSeen is the statement that notes newer sign-ins of so many entities. newer compares the sign-in with the one noted
// already, and says when its names count. It is ">=" for a sign-in written just now. It is ">" where the noted one may have
// been written since.
func raiseSeen(entities int, newer string) string {
	return "INSERT INTO last_seen (entity, code, newest, name, username, success, stale, n) VALUES " +
		strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?, ?, 0, "+nextRevision+"), ", entities), ", ") +
		" ON CONFLICT DO UPDATE SET name = iif(excluded.newest " + newer + " newest, excluded.name, name), username = iif(excluded.newest " + newer +
		" newest, excluded.username, username), newest = max(newest, excluded.newest), success = max(success, excluded.success), n = excluded.n" +
		" WHERE excluded.newest " + newer + " newest OR excluded.success > success"
}

// seenEntity is a row of last_seen.
type seenEntity struct {
	entity store.Entity
	code   int64
	lastSeen
}

func (a seenEntity) compare(b seenEntity) int {
	return cmp.Or(cmp.Compare(a.entity, b.entity), cmp.Compare(a.code, b.code))
}

// staleSeen gives the entities that are marked stale.
func staleSeen(ctx context.Context, q dbfile.Querier) (list []seenEntity, err error) {
	rows, err := q.QueryContext(ctx, "SELECT entity, code FROM last_seen WHERE stale <> 0")
	if err != nil {
		return nil, fmt.Errorf("read stale last sign-ins: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var s seenEntity
		if err := rows.Scan(&s.entity, &s.code); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}
