package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/dbfile"
)

// Commit writes a batch in one transaction; see store.Engine. Where a segment turns out to be lost, it is given up and the
// batch begins again.
func (db *DB) Commit(ctx context.Context, prepared store.Batch) ([]store.Outcome, error) {
	b, ok := prepared.(*batch)
	if !ok {
		return nil, errors.New("the batch was prepared by another engine")
	}
	for heals := 0; ; heals++ {
		outcomes, err := db.commitBatch(ctx, b)
		var lost errLostSegment
		if !errors.As(err, &lost) || heals == maxHeals {
			return outcomes, err
		}
		if err := db.heal(ctx, lost); err != nil {
			return nil, dbfile.StoreError(ctx, err)
		}
	}
}

func (db *DB) commitBatch(ctx context.Context, b *batch) ([]store.Outcome, error) {
	db.committing.Lock()
	defer db.committing.Unlock()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return nil, dbfile.StoreError(ctx, fmt.Errorf("begin to write: %w", err))
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	w := db.newWriting(ctx, tx, b)
	outcomes, err := w.write()
	if err != nil {
		return nil, dbfile.StoreError(ctx, err)
	}
	if err := db.commit(ctx, w); err != nil {
		return nil, dbfile.StoreError(ctx, fmt.Errorf("commit: %w", err))
	}
	db.committed.Store(time.Now().UnixMicro())
	db.countUnsealed(len(outcomes))
	return outcomes, nil
}

// countUnsealed wakes the sealer when enough was written.
func (db *DB) countUnsealed(rows int) {
	if db.unsealed += rows; db.unsealed >= db.sizes.sealRows {
		db.unsealed = 0
		db.sealer.poke()
	}
}

// writing is one transaction of an import.
type writing struct {
	db         *DB
	ctx        context.Context
	tx         *sql.Tx
	batch      *batch
	statements map[string]*sql.Stmt

	firstBlock    int64
	kept          []bool             // by place in the blocks: the record is part of the store
	ids           *idSearch          // nil where the ids are not to be had from columns
	seen          map[batchID]rowKey // where the rows of ids stand that this transaction wrote or found
	codes         []int64            // of the batch's pending words
	coded         int                // how many of them have one
	staged        map[pendingWord]int64
	stagedText    map[stagedCode]string
	nextCode      map[*dictionary]int64
	unpacked      map[int64]plainBlock // blocks of records, by number
	unpackedBytes int
	ahead         map[docRef]aheadDoc // see lookAhead
	readers       map[*kindSchema]*rowReader
	changed       map[*table][]rowKey     // rows written or taken away; ascending once they are noted
	rowsOf        map[*table]int          // how many rows of the batch are a table's
	inserted      map[*table]*partBuilder // see insertedInto
	unfolded      []rowKey                // events of lines that a changed event belonged to
	taken         map[instant]*takenKeys  // of instants with many rows; nil while there is none
	open          map[instant]rowKey      // of instants that are full: the next one with room
	lastSeen      [entityKinds]seenNotes  // see noteSeen
	toldAt        map[docRef]int          // the told copies of the batch, by their records
	told          map[*table]bool         // which logs have told rows, as far as that was looked up
	args          []any
	values        []int64
	lists         [][]byte
	fields        []byte
	// Tests count what rows of one instant cost: inserts that were tried, and how often the keys of an instant were read.
	inserts, instantsRead int
}

func (db *DB) newWriting(ctx context.Context, tx *sql.Tx, b *batch) *writing {
	return &writing{
		db: db, ctx: ctx, tx: tx, batch: b, statements: map[string]*sql.Stmt{},
		staged: map[pendingWord]int64{}, stagedText: map[stagedCode]string{}, nextCode: map[*dictionary]int64{}, changed: map[*table][]rowKey{},
		rowsOf: map[*table]int{}, inserted: map[*table]*partBuilder{},
	}
}

func (w *writing) write() ([]store.Outcome, error) {
	if err := w.db.words.refresh(w.ctx, w.tx); err != nil {
		return nil, err
	}
	// Before the first word is written: look may read the words again. The words of a transaction that fails after all
	// would then stay in memory.
	if err := w.look(); err != nil {
		return nil, err
	}
	if err := w.lookAhead(); err != nil {
		return nil, err
	}
	if err := w.codeWords(); err != nil {
		return nil, err
	}
	outcomes := make([]store.Outcome, len(w.batch.rows))
	for i := range w.batch.rows {
		outcome, err := w.row(i)
		if err != nil {
			return nil, fmt.Errorf("write record %d of the batch: %w", i+1, err)
		}
		outcomes[i] = outcome
	}
	if err := w.writeBlocks(); err != nil {
		return nil, err
	}
	if err := w.foldLines(); err != nil {
		return nil, fmt.Errorf("fold events into lines: %w", err)
	}
	return outcomes, w.noteChanges()
}

// look finds what the batch has to reckon with: the number of its first block, and the ids that are stored.
func (w *writing) look() error {
	if err := w.tx.QueryRowContext(w.ctx, "SELECT coalesce(max(block), 0) + 1 FROM docs").Scan(&w.firstBlock); err != nil {
		return fmt.Errorf("look at the store: %w", err)
	}
	w.kept = make([]bool, len(w.batch.blocks)*docsPerBlock)
	w.seen = make(map[batchID]rowKey, len(w.batch.rows))
	for i := range w.batch.rows {
		if r := &w.batch.rows[i]; r.reject == "" {
			w.rowsOf[r.table]++
		}
	}
	return w.refreshIDs()
}

// codeWords gives every pending word that has no code yet the next one of its dictionary.
func (w *writing) codeWords() error {
	for ; w.coded < len(w.batch.words); w.coded++ {
		word := w.batch.words[w.coded]
		code, ok := word.words.code(word.text)
		if !ok {
			code, ok = w.staged[word]
		}
		if !ok {
			next, begun := w.nextCode[word.words]
			if !begun {
				next = word.words.next()
			}
			code, w.nextCode[word.words] = next, next+1
			w.staged[word] = code
			w.stagedText[stagedCode{word.words, code}] = word.text
			if err := w.exec("INSERT INTO words (dictionary, code, text, sum) VALUES (?, ?, ?, ?)", word.words.name, code, word.text, dbfile.SumOf(word.words.name, code, word.text)); err != nil {
				return fmt.Errorf("add a word: %w", err)
			}
		}
		w.codes = append(w.codes, code)
	}
	return nil
}

// statement prepares a statement once in the transaction.
func (w *writing) statement(query string) (*sql.Stmt, error) {
	if s, ok := w.statements[query]; ok {
		return s, nil
	}
	s, err := w.tx.PrepareContext(w.ctx, query)
	if err == nil {
		w.statements[query] = s
	}
	return s, err
}

// query asks with a statement that is prepared once in the transaction: to read the words of a question takes longer than a row.
func (w *writing) query(query string, args ...any) (*sql.Rows, error) {
	s, err := w.statement(query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(w.ctx, args...)
}

// queryRow is query for one row.
func (w *writing) queryRow(query string, args ...any) interface{ Scan(...any) error } {
	s, err := w.statement(query)
	if err != nil {
		return failedRow{err}
	}
	return s.QueryRowContext(w.ctx, args...)
}

// failedRow stands for a row that could not be asked for.
type failedRow struct{ err error }

func (r failedRow) Scan(...any) error { return r.err }

func (w *writing) exec(query string, args ...any) error {
	s, err := w.statement(query)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(w.ctx, args...)
	return err
}

// row stores record i of the batch: as a new sign-in, as another version of one, or not at all.
func (w *writing) row(i int) (store.Outcome, error) {
	r := &w.batch.rows[i]
	if r.reject != "" {
		return store.Outcome{Kind: store.OutcomeRejected, Reason: r.reject}, nil
	}
	var outcome store.Outcome
	r.id, r.table = r.ownID, r.ownTable
	if r.told {
		if err := w.homeOf(r); err != nil {
			return outcome, err
		}
		outcome.Told = r.table.log
		if w.toldAt == nil {
			w.toldAt = map[docRef]int{}
		}
		w.toldAt[w.refOf(i)] = i
	}
	for range 2 { // a second time under the derived id of a conflict
		k, found, err := w.find(r)
		if err != nil {
			return outcome, err
		}
		if !found && !r.told {
			kind, taken, err := w.takeTold(i)
			if taken || err != nil {
				outcome.Kind, w.kept[w.batch.places[i]] = kind, taken
				return outcome, err
			}
		}
		if !found {
			kind, reason, err := w.add(r, w.refOf(i))
			w.kept[w.batch.places[i]] = kind == store.OutcomeNew
			outcome.Kind, outcome.Reason = kind, reason
			return outcome, err
		}
		w.seen[batchID{r.table, r.id}] = k
		conflict, err := w.conflicts(r, k)
		if err != nil {
			return outcome, err
		}
		if !conflict || outcome.Conflict {
			outcome.Kind, outcome.Reason, err = w.version(i, k)
			w.kept[w.batch.places[i]] = outcome.Kind == store.OutcomeUpdated
			return outcome, err
		}
		r.id = derivedID(r.id, r.owners)
		outcome.Conflict, outcome.ID = true, r.id.guid()
	}
	return outcome, nil
}

func (w *writing) refOf(i int) docRef {
	place := w.batch.places[i]
	return refOf(w.firstBlock+int64(place/docsPerBlock), place%docsPerBlock)
}

// conflicts says that the stored row of the id is another owner's record.
func (w *writing) conflicts(r *preparedRow, k rowKey) (bool, error) {
	var fields []byte
	if err := w.queryRow("SELECT fields FROM "+r.table.name+" WHERE k = ?", int64(k)).Scan(&fields); err != nil {
		return false, err
	}
	values := make([]int64, len(r.table.kind.columns))
	if err := r.table.kind.readFields(fields, values, nil); err != nil {
		return false, err
	}
	for i, p := range r.table.kind.of.Owners {
		c := r.table.kind.byProp[p]
		stored := strings.ToLower(shownText(w.text(c.words, values[c.index])))
		if stored != "" && r.owners[i] != "" && stored != r.owners[i] {
			return true, nil
		}
	}
	return false, nil
}

// text gives the word of a code, also of one this transaction gave out.
func (w *writing) text(words *dictionary, code int64) string {
	if code < words.next() {
		return words.text(code)
	}
	return w.stagedText[stagedCode{words, code}]
}

// stagedCode is a code that the transaction gave out.
type stagedCode struct {
	words *dictionary
	code  int64
}

// add inserts a row with the record at ref as its only version.
func (w *writing) add(r *preparedRow, ref docRef) (store.OutcomeKind, string, error) {
	k, err := w.insert(r, ref, 1)
	if err != nil {
		return store.OutcomeRejected, "", err
	}
	w.seen[batchID{r.table, r.id}] = k
	return store.OutcomeNew, "", w.link(r, k)
}

// undatedArg is the place of time_is_ingestion among rowColumns.
const undatedArg = 10

// insert writes the row at a key of its time, or a little later.
func (w *writing) insert(r *preparedRow, ref docRef, versions int) (rowKey, error) {
	if err := w.codeWords(); err != nil {
		return 0, err
	}
	s, err := w.statement("INSERT INTO " + r.table.name + " (" + rowColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
	if err != nil {
		return 0, err
	}
	w.values = append(w.values[:0], r.values...)
	w.codeValues(r.table.kind, w.values)
	w.fields = r.table.kind.appendFields(w.fields[:0], w.values, w.codeLists(r))
	w.args = append(w.args[:0], int64(0), r.id[:], blob(r.blobs[0]), blob(r.blobs[1]), blob(r.blobs[2]), blob(r.blobs[3]),
		int64(ref), r.hash, versions, nullable(r.ingested), int64(0), int64(r.status), w.fields)
	cells := r.cells(int64(ref), int64(versions))
	k, err := w.place(r, func(k rowKey) (bool, error) {
		cells.k, cells.late = int64(k), int64((k-r.base)/keyTies)
		w.fields = cells.seal(w.fields)
		w.args[0], w.args[undatedArg], w.args[len(w.args)-1] = int64(k), cells.undatedValue(), w.fields
		w.inserts++
		result, err := s.ExecContext(w.ctx, w.args...)
		if err != nil {
			return false, fmt.Errorf("insert a sign-in: %w", err)
		}
		n, err := result.RowsAffected()
		return n == 1, err
	})
	if err != nil {
		return 0, err
	}
	w.changed[r.table] = append(w.changed[r.table], k)
	if r.told || r.holdsTold {
		if err := w.noteTold(r.table, k, r.told); err != nil {
			return 0, err
		}
	}
	w.gain(r.table, k, r.status, w.values)
	if inserted := w.insertedInto(r.table); inserted != nil {
		return k, inserted.add(&columnRow{
			k: int64(k), late: cells.late, values: w.values, lists: w.lists, status: int64(r.status), ingested: r.ingested,
			request: r.id[:], correlation: r.blobs[0], session: r.blobs[1], unique: r.blobs[2],
		})
	}
	return k, nil
}

// cells gives the row as it is written, without its key.
func (r *preparedRow) cells(doc, versions int64) rowCells {
	return rowCells{
		log: r.table.number, doc: doc, hash: r.hash, versions: versions, status: int64(r.status), ingested: r.ingested, undated: r.undated,
		ids: [5][]byte{r.id[:], r.blobs[0], r.blobs[1], r.blobs[2], r.blobs[3]},
	}
}

// codeValues puts the codes of pending words in their places.
func (w *writing) codeValues(of *kindSchema, values []int64) {
	for i, v := range values {
		if v < 0 && of.columns[i].words != nil {
			values[i] = w.codes[-1-v]
		}
	}
}

// codeLists gives the lists and the long texts of a row as its fields hold them. They are good until it is called again.
func (w *writing) codeLists(r *preparedRow) [][]byte {
	w.lists = w.lists[:0]
	for _, list := range r.lists {
		w.lists = append(w.lists, list.coded(w.codes))
	}
	w.lists = append(w.lists, r.long...)
	return w.lists
}

func nullable(n store.Int) any {
	if !n.Set {
		return nil
	}
	return n.N
}

// blob keeps an absent id NULL: a nil slice would be bound as an empty BLOB.
func blob(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}
