package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/pressly/goose/v3"

	"signpost/store"
)

// The first schema had one table a log with a column for each property (00001), named as the log is. What such a store
// holds is moved into the tables of 00002 when it is first opened. That is one transaction: a process that dies on the way
// leaves everything as it was.

// movedAtOnce is how many rows are moved before they are folded, which keeps them and the events around them
// in memory.
const movedAtOnce = 4096

// keptColumns are the columns that the old tables and the new ones have in common.
const keptColumns = "k, id, correlation_id, session_id, unique_token_identifier, original_request_id, " +
	"doc, hash, versions, ingested, time_is_ingestion, derived_status"

// Records stood in blocks of up to 64 then, and where one stood was written as block << 6 | position.
const oldPositionBits = 6

func newRef(old int64) docRef { return refOf(old>>oldPositionBits, int(old&(1<<oldPositionBits-1))) }

// errNoOldTable says that another process was quicker; see migrateBesideOthers.
var errNoOldTable = errors.New("the table of the first schema is gone")

func (db *DB) rowsMigration(atOnce int) *goose.Migration {
	move := func(ctx context.Context, tx *sql.Tx) error { return db.moveRows(ctx, tx, atOnce) }
	return goose.NewGoMigration(3, &goose.GoFunc{RunTx: move}, nil)
}

// moveRows moves the rows of all logs. It goes up in time as an import does, so lines are folded as in one.
func (db *DB) moveRows(ctx context.Context, tx *sql.Tx, atOnce int) error {
	// Folding looks ids up, as all code does, by quarters of a day.
	if err := db.partByQuarters(ctx, tx); err != nil {
		return err
	}
	if err := addSumColumn(ctx, tx, "words"); err != nil { // as they are written today
		return err
	}
	if err := db.words.refresh(ctx, tx); err != nil {
		return err
	}
	w := db.newWriting(ctx, tx, &batch{newWord: map[pendingWord]int{}})
	var moved int64
	for _, t := range db.schema.ordered {
		n, err := w.moveTable(t, atOnce)
		if err != nil {
			return fmt.Errorf("move the rows of the %s log: %w", t.log, err)
		}
		moved += n
	}
	if moved == 0 {
		return nil // a new store
	}
	db.log.Info("the rows of the first schema were moved", "rows", moved)
	return w.exec("UPDATE revision SET n = n + 1")
}

// moveTable moves the rows of one log and drops its old table. What is moved is deleted at once, so that new
// pages take the place of the old ones and the file hardly grows.
func (w *writing) moveTable(t *table, atOnce int) (moved int64, err error) {
	old, err := w.oldTable(t)
	if err != nil {
		return 0, err
	}
	for _, entity := range []string{"user_id", "service_principal_id"} { // each table had one of the two
		if err := w.exec("DROP INDEX IF EXISTS " + old.name + "_" + entity); err != nil {
			return 0, err
		}
	}
	for {
		keys, err := old.moveSome(w, atOnce)
		if err != nil {
			return 0, err
		}
		if len(keys) == 0 {
			break
		}
		if moved == 0 {
			w.db.log.Info("moving the rows of the first schema", "log", t.log)
		}
		moved += int64(len(keys))
		w.changed[t] = keys
		if err := w.foldLines(); err != nil {
			return 0, fmt.Errorf("fold events into lines: %w", err)
		}
		clear(w.changed) // noted below
		if err := w.exec("DELETE FROM "+old.name+" WHERE k <= ?", int64(keys[len(keys)-1])); err != nil {
			return 0, err
		}
	}
	if moved > 0 {
		if err := noteRows(w.ctx, w.tx, t, math.MinInt64, math.MaxInt64); err != nil {
			return 0, err
		}
	}
	return moved, w.exec("DROP TABLE " + old.name)
}

// oldTable is one log's table of the first schema.
type oldTable struct {
	*table
	name string
	// columns are those of the properties, as far as the table has them.
	columns []*column
	query   string
	insert  string
	// cells is the row that was read, targets where Scan puts it.
	cells, targets []any
	values         []int64
	fields         []byte
}

func (w *writing) oldTable(t *table) (*oldTable, error) {
	old := &oldTable{table: t, name: string(t.log), values: make([]int64, len(w.db.schema.columns))}
	has := map[string]bool{}
	rows, err := w.tx.QueryContext(w.ctx, "SELECT name FROM pragma_table_info(?)", old.name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		has[name] = true
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(has) == 0 {
		return nil, errNoOldTable
	}
	names := keptColumns
	for _, c := range w.db.schema.columns {
		if has[c.name] && c.property.PartOf == nil { // the lists come with the records, see refill
			old.columns = append(old.columns, c)
			names += ", " + c.name
		}
	}
	kept := strings.Count(keptColumns, ",") + 1
	old.query = "SELECT " + names + " FROM " + old.name + " ORDER BY k LIMIT ?"
	old.insert = "INSERT INTO " + t.name + " (" + keptColumns + ", fields) VALUES (" + strings.Repeat("?, ", kept) + "?)"
	old.cells = make([]any, kept+len(old.columns))
	for i := range old.cells {
		old.targets = append(old.targets, &old.cells[i])
	}
	return old, nil
}

// moveSome writes the oldest rows of the table into the new one and gives their keys; none where none is left.
func (old *oldTable) moveSome(w *writing, atOnce int) ([]store.Key, error) {
	query, err := w.statement(old.query)
	if err != nil {
		return nil, err
	}
	rows, err := query.QueryContext(w.ctx, atOnce)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys []store.Key
	for rows.Next() {
		if err := rows.Scan(old.targets...); err != nil {
			return nil, err
		}
		k, err := old.move(w)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, rows.Err()
}

// The places in keptColumns of what moving looks at.
const (
	keptKey      = 0
	keptOriginal = 5
	keptDoc      = 6
	keptVersions = 8
)

// move writes the row in cells. Its look-ups by id stand already, but for the one that 00002 brought.
func (old *oldTable) move(w *writing) (store.Key, error) {
	kept, properties := old.cells[:len(old.cells)-len(old.columns)], old.cells[len(old.cells)-len(old.columns):]
	clear(old.values)
	for i, c := range old.columns {
		n, set := properties[i].(int64)
		if c.property.Int != nil {
			n = valueOf(store.Int{N: n, Set: set})
		}
		old.values[c.index] = n
	}
	old.fields = w.db.schema.appendFields(old.fields[:0], old.values, nil)
	k, _ := kept[keptKey].(int64)
	doc, _ := kept[keptDoc].(int64)
	versions, _ := kept[keptVersions].(int64)
	original, _ := kept[keptOriginal].([]byte)
	kept[keptDoc] = int64(newRef(doc))
	w.args = append(append(w.args[:0], kept...), old.fields)
	if err := w.exec(old.insert, w.args...); err != nil {
		return 0, fmt.Errorf("write a row: %w", err)
	}
	if versions > 1 {
		if err := old.moveVersions(w, k); err != nil {
			return 0, fmt.Errorf("move versions: %w", err)
		}
	}
	if id, isOther := blobID(original); isOther && old.log == store.Interactive {
		if err := w.exec("INSERT INTO by_original (quarter, g, k) VALUES (?, ?, ?)", quarterOf(store.Key(k)), id.prefix(), k); err != nil {
			return 0, fmt.Errorf("link a row: %w", err)
		}
	}
	return store.Key(k), nil
}

// moveVersions rewrites where the copies of a sign-in stand. Two steps: what a place becomes may be what another
// copy's was.
func (old *oldTable) moveVersions(w *writing, k int64) error {
	err := w.exec("UPDATE versions SET doc = -((doc >> ?) * ? + (doc & ?)) WHERE log = ? AND k = ?",
		oldPositionBits, int64(refOf(1, 0)), 1<<oldPositionBits-1, old.number, k)
	if err != nil {
		return err
	}
	return w.exec("UPDATE versions SET doc = -doc WHERE log = ? AND k = ?", old.number, k)
}
