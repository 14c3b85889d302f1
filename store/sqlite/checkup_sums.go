package sqlite

import (
	"fmt"
)

// sums compares the tables that have sums with these.
func (c *checkup) sums() error {
	for _, table := range summedTables {
		if err := c.sumsOf(table); err != nil {
			return fmt.Errorf("read %s: %w", table, err)
		}
	}
	return nil
}

func (c *checkup) sumsOf(table string) error {
	rows, err := c.tx.QueryContext(c.ctx, "SELECT sum, "+summedColumns[table]+" FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	cells, targets := make([]any, len(names)), make([]any, len(names))
	for i := range cells {
		targets[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		if sum, ok := cells[0].(int64); ok && sum != sumOf(cells[1:]...) {
			remedy := remedyImport
			if table == "words" {
				remedy = remedyReindex
			}
			c.damaged(remedy, "the row is not as it was written", "%s, %s %v", table, names[1], cells[1])
		}
	}
	return rows.Err()
}

// idTexts compares the texts of ids with the hashes of them.
func (c *checkup) idTexts() error {
	rows, err := c.tx.QueryContext(c.ctx, "SELECT id, text FROM id_texts")
	if err != nil {
		return fmt.Errorf("read the texts of ids: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		var text string
		if err := rows.Scan(&b, &text); err != nil {
			return err
		}
		if id, ok := blobID(b); !ok || id != hashID(text) {
			c.damaged(remedyReindex, "the text is not the one of the id", "id_texts, %q", text)
		}
	}
	return rows.Err()
}
