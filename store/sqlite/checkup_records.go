package sqlite

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"signpost/store"
)

// versions compares how many copies the rows have with those that are kept.
func (c *checkup) versions() error {
	rows, err := c.tx.QueryContext(c.ctx, "SELECT log, k, doc FROM versions")
	if err != nil {
		return fmt.Errorf("read versions: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var at logKey
		var doc docRef
		if err := rows.Scan(&at.log, &at.k, &doc); err != nil {
			return err
		}
		c.blocks = max(c.blocks, doc.block())
		if c.db.schema.byNumber[at.log] == nil {
			continue // of a log that a newer version of the program keeps
		}
		if _, ok := c.several[at]; !ok {
			c.damaged(remedyReindex, "the copy belongs to no sign-in", "versions, log %d at %s", at.log, timeText(at.k))
			continue
		}
		c.several[at]--
	}
	for at, missing := range c.several {
		if missing != 0 {
			c.damaged(remedyImport, "copies of the sign-in are missing", "versions, log %d at %s", at.log, timeText(at.k))
		}
	}
	return rows.Err()
}

// recordsAtOnce is how many blocks' records are looked for at a time: 256 each, with 24 bytes for each.
const recordsAtOnce = 8192

// wantedRecord is a record that a row or a copy names.
type wantedRecord struct {
	doc   docRef
	hash  int64
	k     int64
	table *table
}

// records compares the records as received with the hashes of the rows that name them.
func (c *checkup) records() error {
	for first := int64(0); first <= c.blocks; first += recordsAtOnce {
		wanted, err := c.wantedRecords(refOf(first, 0), refOf(first+recordsAtOnce, 0))
		if err != nil {
			return err
		}
		for len(wanted) > 0 {
			n := 1
			for n < len(wanted) && wanted[n].doc.block() == wanted[0].doc.block() {
				n++
			}
			if err := c.block(wanted[:n]); err != nil {
				return err
			}
			wanted = wanted[n:]
		}
	}
	return nil
}

// wantedRecords gives the records that rows name, from a place on and before another, in their order.
func (c *checkup) wantedRecords(from, to docRef) ([]wantedRecord, error) {
	var wanted []wantedRecord
	read := func(query string, t *table) error {
		rows, err := c.tx.QueryContext(c.ctx, query, int64(from), int64(to), t.number)
		if err != nil {
			return fmt.Errorf("read where records stand: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			w := wantedRecord{table: t}
			if err := rows.Scan(&w.doc, &w.hash, &w.k); err != nil {
				return err
			}
			wanted = append(wanted, w)
		}
		return rows.Err()
	}
	for _, t := range c.db.schema.ordered {
		for _, query := range []string{
			"SELECT doc, hash, k FROM " + t.name + " WHERE doc >= ? AND doc < ? AND ? IS NOT NULL",
			"SELECT doc, hash, k FROM versions WHERE doc >= ? AND doc < ? AND log = ?",
		} {
			if err := read(query, t); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(wanted, func(a, b wantedRecord) int { return cmp.Compare(a.doc, b.doc) })
	return wanted, nil
}

// block compares the records of one block.
func (c *checkup) block(wanted []wantedRecord) error {
	number := wanted[0].doc.block()
	block, err := readBlock(c.ctx, c.tx, number)
	if errors.Is(err, sql.ErrNoRows) {
		c.damaged(remedyImport, fmt.Sprintf("the block of records is missing that %d sign-ins name", len(wanted)), "docs, block %d", number)
		return nil
	}
	if err != nil {
		return err
	}
	list := make([]wantedDoc, len(wanted))
	for i, w := range wanted {
		list[i] = wantedDoc{ref: w.doc, hash: w.hash, record: i}
	}
	read := 0
	err = c.db.useDocs(c.ctx, block, list, func(doc []byte, _ time.Time, w wantedDoc) error {
		read++
		if c.report.Records++; hashDoc(doc) != w.hash {
			at := wanted[w.record]
			c.damaged(remedyReindex+", or else: "+remedyImport, "the record is not the one that the row was made of", "%s at %s", at.table.name, timeText(at.k))
		}
		return nil
	})
	if errors.Is(err, store.ErrDamaged) {
		c.damaged(remedyImport, fmt.Sprintf("the block of records cannot be read; %d sign-ins are in it", len(wanted)-read), "docs, block %d", number)
		return nil
	}
	return err
}
