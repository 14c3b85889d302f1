package directory

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"signpost/store"
	"signpost/store/dbfile"
)

// rejected is the text of the records that imports rejected.
var rejected = dbfile.Summed{Table: "rejected", Columns: "import, head, places, texts"}

// rejectedPlace is one record in the column places.
type rejectedPlace struct {
	Record int64     `json:"record"`
	Log    store.Log `json:"log,omitempty"`
	Size   int       `json:"size"`
}

// writeRejected keeps the text of the records that an import rejected. It replaces what an end of the same import kept before.
func writeRejected(ctx context.Context, tx *sql.Tx, importID int64, file *store.RejectedFile) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM rejected WHERE import = ?", importID); err != nil {
		return err
	}
	if file == nil || len(file.Records) == 0 {
		return nil
	}
	var places []rejectedPlace
	var texts []byte
	for _, r := range file.Records {
		places = append(places, rejectedPlace{r.Record, r.Log, len(r.Text)})
		texts = append(texts, r.Text...)
	}
	said, err := json.Marshal(places)
	if err != nil {
		return fmt.Errorf("write the places of rejected records: %w", err)
	}
	packer, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return fmt.Errorf("pack rejected records: %w", err)
	}
	head := append([]byte{}, file.Head...) // never NULL
	_, err = tx.ExecContext(ctx, "INSERT INTO rejected (import, head, places, texts) VALUES (?, ?, ?, ?)", importID, head, string(said), packer.EncodeAll(texts, []byte{}))
	if err != nil {
		return fmt.Errorf("keep rejected records: %w", err)
	}
	return rejected.Write(ctx, tx, "import = ?", importID)
}

// RejectedOf gives the text of the records that an import rejected; see store.ImportHistory.
func (db *DB) RejectedOf(ctx context.Context, id int64) (store.RejectedFile, error) {
	var file store.RejectedFile
	var said string
	var packed []byte
	err := db.reader.QueryRowContext(ctx, "SELECT head, places, texts FROM rejected WHERE import = ?", id).Scan(&file.Head, &said, &packed)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return file, store.ErrNotFound
	case err != nil:
		return file, dbfile.StoreError(ctx, fmt.Errorf("read the rejected records of import %d: %w", id, err))
	}
	var places []rejectedPlace
	if err := json.Unmarshal([]byte(said), &places); err != nil {
		return file, fmt.Errorf("the places of the rejected records of import %d: %w: %w", id, store.ErrDamaged, err)
	}
	unpacker, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(2*store.MaxRejectedText))
	if err != nil {
		return file, fmt.Errorf("unpack rejected records: %w", err)
	}
	defer unpacker.Close()
	texts, err := unpacker.DecodeAll(packed, nil)
	if err != nil {
		return file, fmt.Errorf("the rejected records of import %d: %w: %w", id, store.ErrDamaged, err)
	}
	for _, p := range places {
		if p.Size < 0 || p.Size > len(texts) {
			return file, fmt.Errorf("the rejected records of import %d: %w", id, store.ErrDamaged)
		}
		file.Records = append(file.Records, store.RejectedText{Record: p.Record, Log: p.Log, Text: texts[:p.Size:p.Size]})
		texts = texts[p.Size:]
	}
	return file, nil
}
