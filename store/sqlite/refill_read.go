package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"signpost/store"
)

// read reads the rows and their records, and makes rows of these.
func (r *refilling) read(ctx context.Context, tx *sql.Tx) error {
	if err := r.readRows(ctx, tx); err != nil {
		return err
	}
	if err := r.readCopies(ctx, tx); err != nil {
		return err
	}
	for i := range r.rows {
		row := &r.rows[i]
		if row.trouble == nil {
			r.make(row)
		}
		if row.trouble != nil {
			r.db.log.Warn("a sign-in stays as older rules made it: its records cannot be read", "log", r.table.log, "id", row.stored.id.guid(), "error", row.trouble)
		}
		row.copies = nil
	}
	return nil
}

func (r *refilling) readRows(ctx context.Context, tx *sql.Tx) error {
	found, err := tx.QueryContext(ctx, "SELECT "+rowColumns+" FROM "+r.table.name+" WHERE k < ? ORDER BY k DESC LIMIT ?", int64(r.below), r.db.sizes.refillRows)
	if err != nil {
		return err
	}
	defer found.Close()
	reader := newRowReader(r.table.kind)
	for found.Next() {
		if err := reader.scan(found); err != nil {
			return err
		}
		r.rows = append(r.rows, refillRow{
			stored: reader.prepared(r.table), k: rowKey(reader.k), versions: int(reader.fixed.versions), doc: docRef(reader.fixed.doc),
			verdict: reader.judge(r.table),
		})
	}
	r.end = len(r.rows) < r.db.sizes.refillRows
	return found.Err()
}

// prepared gives what was scanned as it was written.
func (r *rowReader) prepared(t *table) preparedRow {
	row := preparedRow{
		table: t, base: rowKey(r.k-r.late()*keyTies) &^ (keyTies - 1), hash: r.fixed.hash, undated: r.fixed.timeIsIngestion&1 != 0,
		ingested: store.Int{N: r.fixed.ingested.Int64, Set: r.fixed.ingested.Valid},
		status:   store.Status(r.fixed.status), values: slices.Clone(r.values),
	}
	row.id, _ = blobID(r.blobs[0])
	for i := range row.blobs {
		row.blobs[i] = slices.Clone(r.blobs[1+i])
	}
	for i, text := range r.lists {
		if i < len(r.kind.lists) {
			row.lists = append(row.lists, &preparedList{text: slices.Clone(text)})
		} else {
			row.long = append(row.long, slices.Clone(text))
		}
	}
	return row
}

// readCopies reads the records, block by block.
func (r *refilling) readCopies(ctx context.Context, tx *sql.Tx) error {
	var wanted []wantedDoc
	for i := range r.rows {
		row := &r.rows[i]
		row.refs = []versionRef{{doc: row.doc, hash: row.stored.hash}}
		if row.versions > 1 {
			var err error
			if row.refs, err = versionRefs(ctx, tx, r.table, row.k); err != nil {
				return err
			}
		}
		row.copies = make([]store.Version, len(row.refs))
		for version, ref := range row.refs {
			wanted = append(wanted, wantedDoc{ref: ref.doc, record: i, version: version})
		}
	}
	slices.SortFunc(wanted, func(a, b wantedDoc) int { return cmp.Compare(a.ref, b.ref) })
	for len(wanted) > 0 {
		n := 1
		for n < len(wanted) && wanted[n].ref.block() == wanted[0].ref.block() {
			n++
		}
		if err := r.readBlock(ctx, tx, wanted[:n]); err != nil {
			return err
		}
		wanted = wanted[n:]
	}
	return nil
}

// readBlock reads some records of one block. It takes its turn like a piece of a question.
func (r *refilling) readBlock(ctx context.Context, tx *sql.Tx, wanted []wantedDoc) error {
	db := r.db
	if err := db.turns.Acquire(ctx, 1); err != nil {
		return err
	}
	defer db.turns.Release(1)
	block, err := readBlock(ctx, tx, wanted[0].ref.block())
	if err == nil {
		err = db.useDocs(ctx, block, wanted, func(doc []byte, received time.Time, w wantedDoc) error {
			row, err := &r.rows[w.record], error(nil)
			ref := row.refs[w.version]
			if row.copies[w.version], err = db.copyOf(doc, received, r.table.log, row.stored.id, &row.refs[w.version]); err != nil {
				row.trouble = err
			}
			row.rehashed = row.rehashed || ref != row.refs[w.version]
			return nil
		})
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, w := range wanted {
		if err != nil {
			r.rows[w.record].trouble = err
		}
	}
	return nil
}

// make makes the row from its copies.
func (r *refilling) make(row *refillRow) {
	row.newest = row.refs[0]
	if len(row.refs) > 1 {
		byHash := map[int64]versionRef{}
		for _, ref := range row.refs {
			byHash[ref.hash] = ref
		}
		r.table.kind.of.SortVersions(row.copies)
		row.newest = byHash[hashDoc(row.copies[len(row.copies)-1].Doc)]
	}
	merged := r.table.kind.of.Merge(row.copies)
	r.db.prepareRow(r.batch, &row.made, merged, roomOf(r.table.kind))
	switch {
	case row.made.reject != "":
		row.trouble = errors.New(row.made.reject)
		return
	case row.verdict == damaged && row.made.ownID != row.stored.id: // its id may be what is damaged
		row.trouble = errOtherRecord
		return
	}
	row.made.id, row.made.hash = row.stored.id, row.newest.hash
}
