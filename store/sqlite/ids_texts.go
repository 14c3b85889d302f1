package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"signpost/store"
)

// schemaWithFoldedIDs is the first schema whose texts of ids are found in any casing by an index.
const schemaWithFoldedIDs = 10

// textsFolded is how many texts foldIDTexts holds in memory.
const textsFolded = 10_000

// foldIDTexts is the step to that schema. It is code, because SQLite does not fold as store.FoldCase does. A process that lost
// the race to take it fails on the column that the winner added.
func foldIDTexts(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, "ALTER TABLE id_texts ADD COLUMN folded TEXT"); err != nil {
		return fmt.Errorf("add the column of folded ids: %w", err)
	}
	for after := (id16{}); ; {
		texts, err := textsAfter(ctx, tx, after)
		if err != nil {
			return fmt.Errorf("read the texts of ids: %w", err)
		}
		if len(texts) == 0 {
			break
		}
		for _, t := range texts {
			if _, err := tx.ExecContext(ctx, "UPDATE id_texts SET folded = ? WHERE id = ?", store.FoldCase(t.text), t.id[:]); err != nil {
				return fmt.Errorf("fold the text of an id: %w", err)
			}
		}
		after = texts[len(texts)-1].id
	}
	if _, err := tx.ExecContext(ctx, "CREATE INDEX id_texts_folded ON id_texts (folded)"); err != nil {
		return fmt.Errorf("index the folded ids: %w", err)
	}
	return nil
}

// textsAfter gives the next texts in the order of their hashes.
func textsAfter(ctx context.Context, tx *sql.Tx, after id16) ([]idText, error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, text FROM id_texts WHERE id > ? ORDER BY id LIMIT ?", after[:], textsFolded)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var texts []idText
	for rows.Next() {
		var b sql.RawBytes
		var t idText
		if err := rows.Scan(&b, &t.text); err != nil {
			return nil, err
		}
		if copy(t.id[:], b) == len(t.id) { // else it is damaged, and the checkup tells
			texts = append(texts, t)
		}
	}
	return texts, rows.Err()
}
