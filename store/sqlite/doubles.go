package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// Older versions of the program looked an id up within six hours only. A copy that told another time made a second row of
// the same id. When the rows of a log are made again, such doubles become one sign-in with all their copies. Those of two
// users become two sign-ins, as an import makes them.

// doublesAtOnce is how many rows are compared at a time. It bounds the memory: 16 bytes a row.
const doublesAtOnce = 1 << 20

// prefixedKey is a row by the first 32 bits of its id.
type prefixedKey struct {
	value int64
	key   rowKey
}

// joinDoubles joins the rows of a log that have the same id.
func (db *DB) joinDoubles(ctx context.Context, t *table) error {
	passes := int64(1)
	for pass := int64(0); pass < passes; pass++ {
		var doubles []id16
		err := db.read(ctx, func(v *view) error {
			if pass == 0 {
				rows := 0
				for _, p := range v.state.of(t) {
					rows += p.alive()
				}
				passes = int64(rows/doublesAtOnce + 1)
			}
			alike, err := v.alikeKeys(ctx, t, pass, passes)
			if err != nil {
				return err
			}
			doubles, err = v.sameIDs(ctx, t, alike)
			return err
		})
		if err != nil {
			return err
		}
		for _, id := range doubles {
			if err := db.joinRows(ctx, t, id); err != nil {
				return fmt.Errorf("join the rows of %s: %w", id.guid(), err)
			}
		}
	}
	return nil
}

// alikeKeys gives the keys of rows that share the first bits of their ids, those with the same bits together. Of some
// passes each looks at other ids.
func (v *view) alikeKeys(ctx context.Context, t *table, pass, passes int64) ([]rowKey, error) {
	var found []prefixedKey
	var every segment.Selection
	var values []int64
	for _, p := range v.state.of(t) {
		from := sourceOf(ctx, p, v.db)
		column, err := from.Column(columnRequest)
		if err != nil {
			return nil, err
		}
		keys, err := from.Keys()
		if err != nil {
			return nil, err
		}
		every.Reset(0, p.rows)
		values = column.AppendValues(values[:0], &every)
		for row, value := range values {
			if value%passes == pass && !p.dead.has(row) {
				found = append(found, prefixedKey{value, rowKey(keys.At(row))})
			}
		}
	}
	slices.SortFunc(found, func(a, b prefixedKey) int { return cmp.Compare(a.value, b.value) })
	var alike []rowKey
	for i := range found {
		if i > 0 && found[i-1].value == found[i].value || i+1 < len(found) && found[i+1].value == found[i].value {
			alike = append(alike, found[i].key)
		}
	}
	return alike, nil
}

// sameIDs gives the ids that several of the rows at some keys have.
func (v *view) sameIDs(ctx context.Context, t *table, keys []rowKey) (doubles []id16, err error) {
	seen := map[id16]bool{}
	read := func(some []rowKey) error {
		rows, err := v.tx.QueryContext(ctx, "SELECT id FROM "+t.name+" WHERE k IN (SELECT value FROM json_each(?))", jsonList(some))
		if err != nil {
			return fmt.Errorf("read ids: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				return err
			}
			id, _ := blobID(b)
			if seen[id] {
				doubles = append(doubles, id)
			}
			seen[id] = true
		}
		return rows.Err()
	}
	for some := range slices.Chunk(keys, 1000) {
		if err := read(some); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(doubles, func(a, b id16) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(doubles), nil
}

// double is one of several rows of one id.
type double struct {
	k    rowKey
	refs []versionRef
}

// joinRows makes one row of all rows of an id, in one transaction. The row with the record that was imported first keeps
// its place in conflicts.
func (db *DB) joinRows(ctx context.Context, t *table, id id16) error {
	db.committing.Lock()
	defer db.committing.Unlock()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	w := db.newWriting(ctx, tx, &batch{newWord: map[pendingWord]int{}})
	w.firstBlock = noBlock
	if err := db.words.refresh(ctx, tx); err != nil {
		return err
	}
	rows, err := w.doublesOf(t, id)
	if err != nil || len(rows) < 2 {
		return err
	}
	own := rows[:1]
	for _, row := range rows[1:] {
		derived, conflict, err := w.ownerDiffers(t, rows[0], row, id)
		if err != nil {
			return err
		}
		if !conflict {
			own = append(own, row)
			continue
		}
		theirs := []double{row}
		if k, err := findAnyTime(ctx, tx, t, derived); err == nil {
			refs, err := versionRefs(ctx, tx, t, k)
			if err != nil {
				return err
			}
			theirs = append(theirs, double{k, refs})
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := w.joinAs(t, derived, theirs); err != nil {
			return err
		}
	}
	if len(own) > 1 {
		if err := w.joinAs(t, id, own); err != nil {
			return err
		}
	}
	if err := w.foldLines(); err != nil {
		return fmt.Errorf("fold events into lines: %w", err)
	}
	if err := w.noteChanges(); err != nil {
		return err
	}
	return db.commit(ctx, w)
}

// doublesOf gives the rows of an id with their copies, the one imported first in front.
func (w *writing) doublesOf(t *table, id id16) (rows []double, err error) {
	v := view{db: w.db, tx: w.tx}
	keys, err := v.keys(w.ctx, lookUpSQL("by_request", t.name, "id"), math.MaxInt64, math.MinInt64, id.prefix(), t.number, id[:])
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		refs, err := w.versionRefs(t, k)
		if err != nil {
			return nil, err
		}
		rows = append(rows, double{k, refs})
	}
	slices.SortFunc(rows, func(a, b double) int { return cmp.Compare(a.refs[0].doc, b.refs[0].doc) })
	return rows, nil
}

// ownerDiffers says whether a row is another owner's than the first of its id, and the id that it then
// gets.
func (w *writing) ownerDiffers(t *table, first, row double, id id16) (derived id16, differs bool, err error) {
	versions, _, _, err := w.readVersions(t, id, row.refs)
	if err != nil {
		return derived, false, err
	}
	r := preparedRow{table: t, owners: t.kind.owners(t.kind.of.Merge(versions))}
	differs, err = w.conflicts(&r, first.k)
	return derivedID(id, r.owners), differs, err
}

// joinAs makes one row under an id of some rows with all their copies.
func (w *writing) joinAs(t *table, id id16, rows []double) error {
	var refs []versionRef
	for _, row := range rows {
		for _, ref := range row.refs {
			if !slices.ContainsFunc(refs, func(other versionRef) bool { return other.hash == ref.hash }) {
				refs = append(refs, ref)
			}
		}
	}
	for _, row := range rows[1:] {
		if err := w.takeAway(t, row.k); err != nil {
			return err
		}
	}
	_, err := w.rebuild(t, rows[0].k, id, refs)
	return err
}
