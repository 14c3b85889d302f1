package sqlite

import (
	"database/sql"
	"fmt"

	"signpost/store"
)

// sums compares the tables that have sums with these.
func (c *checkup) sums() error {
	for _, table := range summed {
		remedy := remedyImport
		if table == summedWords {
			remedy = remedyReindex
		}
		err := table.Check(c.ctx, c.tx, func(place string) { c.damaged(remedy, "the row is not as it was written", "%s", place) })
		if err != nil {
			return err
		}
	}
	return nil
}

// idTexts compares the texts of ids with the hashes of them, and with what they are found by.
func (c *checkup) idTexts() error {
	rows, err := c.tx.QueryContext(c.ctx, "SELECT id, text, folded FROM id_texts")
	if err != nil {
		return fmt.Errorf("read the texts of ids: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		var text string
		var folded sql.NullString
		if err := rows.Scan(&b, &text, &folded); err != nil {
			return err
		}
		if id, ok := blobID(b); !ok || id != hashID(text) {
			c.damaged(remedyReindex, "the text is not the one of the id", "id_texts, %q", text)
		} else if folded.String != store.FoldCase(text) {
			c.damaged(remedyReindex, "the id is not found by its text", "id_texts, %q", text)
		}
	}
	return rows.Err()
}
