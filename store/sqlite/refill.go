package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"signpost/store"
)

// Refilling makes the rows of older rules again from their records, the newest first. The records are read and decoded
// without a lock; the write lock is held only to write the rows that came out otherwise, some thousands at a time.
// How far it came is part of the same transaction, so the next holder of the sealer's lock goes on from there. A question
// sees each row either as it was or as it is.

// refill makes rows again for a while, if there are any to be made.
func (s *sealer) refill(ctx context.Context) error {
	if s.db.reindexing.Load() || time.Now().Before(s.refillAfter) {
		return nil
	}
	begun := time.Now()
	for {
		more, err := s.db.refillSome(ctx)
		if err != nil || !more {
			return err
		}
		if worked := time.Since(begun); worked >= s.db.sizes.refillTime {
			rest := worked // half of the time is for others
			if time.Since(time.UnixMicro(s.db.committed.Load())) < refillYields {
				rest *= 4
			}
			s.refillAfter = time.Now().Add(rest)
			return nil
		}
	}
}

// refillYields is how long after a commit an import counts as under way: most of the time is then the import's.
const refillYields = 2 * time.Second

// refillSome makes the next rows of one log again; more says that it found some to make.
func (db *DB) refillSome(ctx context.Context) (more bool, err error) {
	tx, err := db.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return false, fmt.Errorf("begin to read older records: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	r, err := db.nextRefill(ctx, tx)
	if err != nil || r == nil {
		return false, err
	}
	if err := r.read(ctx, tx); err != nil {
		return false, fmt.Errorf("read older records of the %s log: %w", r.table.log, err)
	}
	if err := tx.Rollback(); err != nil {
		return false, err
	}
	if r.end {
		if err := db.joinDoubles(ctx, r.table); err != nil {
			return false, fmt.Errorf("look for the same ids in the %s log: %w", r.table.log, err)
		}
	}
	if err := r.write(ctx); err != nil {
		return false, fmt.Errorf("make rows of the %s log again: %w", r.table.log, err)
	}
	return true, nil
}

// refilling is some rows of one log that are made again.
type refilling struct {
	db    *DB
	table *table
	below store.Key // they are the newest rows below this key
	end   bool      // there are no older ones
	batch *batch
	rows  []refillRow
}

// refillRow is a row as it stands, and as it is made from its records.
type refillRow struct {
	stored   preparedRow
	k        store.Key
	versions int
	doc      docRef
	verdict  verdict // of the row as it stands
	rehashed bool    // a hash of it is damaged
	refs     []versionRef
	copies   []store.Version
	trouble  error // the records cannot be read: the row stays as it is

	made   preparedRow
	newest versionRef
}

// nextRefill chooses the log with the newest rows to make again; nil where there is none.
func (db *DB) nextRefill(ctx context.Context, tx querier) (*refilling, error) {
	logs, err := db.unfilledLogs(ctx, tx)
	if err != nil {
		return nil, err
	}
	var next *refilling
	for i, u := range logs {
		if u != allFilled && (next == nil || u.rows > next.below) {
			next = &refilling{db: db, table: db.schema.ordered[i], below: u.rows, batch: &batch{newWord: map[pendingWord]int{}}}
		}
	}
	return next, nil
}

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
	reader := newRowReader(r.db.schema)
	for found.Next() {
		if err := reader.scan(found); err != nil {
			return err
		}
		r.rows = append(r.rows, refillRow{
			stored: reader.prepared(r.table), k: store.Key(reader.k), versions: int(reader.fixed.versions), doc: docRef(reader.fixed.doc),
			verdict: reader.judge(r.table),
		})
	}
	r.end = len(r.rows) < r.db.sizes.refillRows
	return found.Err()
}

// prepared gives what was scanned as it was written.
func (r *rowReader) prepared(t *table) preparedRow {
	row := preparedRow{
		table: t, base: store.Key(r.k) &^ (store.KeyTies - 1), hash: r.fixed.hash, undated: r.fixed.timeIsIngestion != 0,
		ingested: store.Int{N: r.fixed.ingested.Int64, Set: r.fixed.ingested.Valid},
		status:   store.Status(r.fixed.status), values: slices.Clone(r.values),
	}
	row.id, _ = blobID(r.blobs[0])
	for i := range row.blobs {
		row.blobs[i] = slices.Clone(r.blobs[1+i])
	}
	for _, text := range r.lists {
		row.lists = append(row.lists, &preparedList{text: slices.Clone(text)})
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
		store.SortVersions(row.copies)
		row.newest = byHash[hashDoc(row.copies[len(row.copies)-1].Doc)]
	}
	merged := store.Merge(row.copies)
	r.db.prepareRow(r.batch, &row.made, &merged, make([]int64, len(r.db.schema.columns)))
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

// write writes the rows that came out otherwise, and how far they were made.
func (r *refilling) write(ctx context.Context) error {
	db := r.db
	db.committing.Lock()
	defer db.committing.Unlock()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	var below sql.NullInt64
	err = tx.QueryRowContext(ctx, "SELECT below FROM derivations WHERE log = ?", r.table.index).Scan(&below)
	if err != nil || !below.Valid || store.Key(below.Int64) != r.below {
		return err // somebody else was quicker
	}
	w := db.newWriting(ctx, tx, r.batch)
	w.firstBlock = noBlock
	if err := db.words.refresh(ctx, tx); err != nil {
		return err
	}
	if err := w.codeWords(); err != nil {
		return err
	}
	updated, err := r.writeRows(w)
	if err != nil {
		return err
	}
	if err := w.foldLines(); err != nil {
		return fmt.Errorf("fold events into lines: %w", err)
	}
	w.changed[r.table] = append(w.changed[r.table], updated...) // their lines are as they were
	below = sql.NullInt64{}
	if !r.end {
		below = sql.NullInt64{Int64: int64(r.rows[len(r.rows)-1].k), Valid: true}
	}
	if err := db.noteFilled(ctx, tx, r.table, below); err != nil {
		return err
	}
	changed := len(w.changed[r.table])
	if err := w.noteChanges(); err != nil {
		return err
	}
	if err := db.commit(ctx, w); err != nil {
		return err
	}
	if r.end {
		db.log.Info("all older records were read again", "log", r.table.log)
	}
	db.countUnsealed(changed)
	return nil
}

// noBlock is the number of the first block of a batch without records.
const noBlock = 1 << 57

// writeRows writes the rows that came out otherwise. It gives the keys of those that were changed in their place.
func (r *refilling) writeRows(w *writing) (updated []store.Key, err error) {
	for i := range r.rows {
		row := &r.rows[i]
		if row.trouble != nil {
			continue
		}
		w.codeValues(row.made.values)
		switch same := row.isSame(w); {
		case !row.staysInPlace(w.db.schema):
			err = r.replace(w, row)
		case same && row.verdict == unsummed:
			err = w.resum(row)
		case !same, row.verdict == damaged:
			var is bool
			if is, err = w.update(row); is {
				updated = append(updated, row.k)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return updated, nil
}

// isSame says that the row came out as it stands.
func (row *refillRow) isSame(w *writing) bool {
	a, b := &row.stored, &row.made
	same := func(a, b *preparedList) bool { return bytes.Equal(a.coded(w.codes), b.coded(w.codes)) }
	return row.newest.doc == row.doc && a.hash == b.hash && a.ingested == b.ingested && a.undated == b.undated && slices.Equal(a.values, b.values) &&
		slices.EqualFunc(a.lists, b.lists, same)
}

// placing are the properties that say into which line an event is folded, or by which the last sign-ins of entities are kept.
var placing = [...]*store.Property{
	store.UserID, store.AppID, store.ResourceID, store.ErrorCode, store.MFASet,
	store.ServicePrincipalID, store.UserPrincipalName, store.UserDisplayName, store.AppDisplayName, store.ServicePrincipalName,
}

// staysInPlace says that the row keeps its key, its look-ups and its place among the events of its line.
func (row *refillRow) staysInPlace(s *schema) bool {
	a, b := &row.stored, &row.made
	if row.rehashed || a.base != b.base || a.status != b.status || a.undated != b.undated {
		return false
	}
	for i := range a.blobs {
		if !slices.Equal(a.blobs[i], b.blobs[i]) {
			return false
		}
	}
	for _, p := range placing {
		if at := s.byProp[p].index; a.values[at] != b.values[at] {
			return false
		}
	}
	return true
}

// update writes the row in its place; false where it is no longer the one that was read: whoever changed it made it by
// today's rules.
func (w *writing) update(row *refillRow) (bool, error) {
	s, err := w.statement("UPDATE " + row.stored.table.name + " SET doc = ?, hash = ?, ingested = ?, fields = ? WHERE k = ? AND id = ? AND doc = ? AND versions = ?")
	if err != nil {
		return false, err
	}
	w.fields = w.db.schema.appendFields(w.fields[:0], row.made.values, w.codeLists(row.made.lists))
	w.fields = row.cells().seal(w.fields)
	result, err := s.ExecContext(w.ctx, int64(row.newest.doc), row.newest.hash, nullable(row.made.ingested), w.fields,
		int64(row.k), row.stored.id[:], int64(row.doc), row.versions)
	if err != nil {
		return false, fmt.Errorf("update a sign-in: %w", err)
	}
	n, err := result.RowsAffected()
	if t := row.stored.table; n > 0 && t.isSeenOtherwise(row.stored.values, row.made.values) {
		w.loseValues(t, row.k, row.stored.status, row.stored.values)
		w.gain(t, row.k, row.stored.status, row.made.values)
	}
	return n > 0, err
}

// cells gives the row as it is written in its place.
func (row *refillRow) cells() *rowCells {
	c := row.made.cells(int64(row.newest.doc), int64(row.versions))
	c.k = int64(row.k)
	return &c
}

// resum gives a row that came out as it stands a sum. Its columns stay as they are, so no segment is touched.
func (w *writing) resum(row *refillRow) error {
	s, err := w.statement("UPDATE " + row.stored.table.name + " SET fields = ? WHERE k = ? AND id = ? AND doc = ? AND versions = ?")
	if err != nil {
		return err
	}
	w.fields = w.db.schema.appendFields(w.fields[:0], row.made.values, w.codeLists(row.made.lists))
	w.fields = row.cells().seal(w.fields)
	if _, err := s.ExecContext(w.ctx, w.fields, int64(row.k), row.stored.id[:], int64(row.doc), row.versions); err != nil {
		return fmt.Errorf("give a sign-in its sum: %w", err)
	}
	return nil
}

// replace makes the row as if its last copy had just come in, unless somebody else did meanwhile.
func (r *refilling) replace(w *writing, row *refillRow) error {
	var stands bool
	err := w.tx.QueryRowContext(w.ctx, "SELECT EXISTS (SELECT 1 FROM "+r.table.name+" WHERE k = ? AND id = ? AND doc = ? AND versions = ?)",
		int64(row.k), row.stored.id[:], int64(row.doc), row.versions).Scan(&stands)
	if err != nil || !stands {
		return err
	}
	_, err = w.rebuild(r.table, row.k, row.stored.id, row.refs)
	return err
}
