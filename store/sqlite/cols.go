package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/klauspost/compress/zstd"

	"signpost/store/sqlite/segment"
)

type segmentDecoder = zstd.Decoder

// columns is cols.db: the columns of the sealed segments. It is derived from main.db, which says what must be
// in it; what is not there or damaged is made anew from the rows.
type columns struct {
	reader, writer *sql.DB
	encoder        *zstd.Encoder
	decoder        *zstd.Decoder
}

// errNoColumn says that cols.db does not have a column that it should have.
var errNoColumn = errors.New("it is not in cols.db")

// Every column is read whole and far apart from the others, which a mapped file does best; see DESIGN.md.
const columnsMapped = "mmap_size(4294967296)"

// openColumns opens cols.db; one that is not a database, or of another make, is begun anew.
func openColumns(ctx context.Context, path string) (*columns, error) {
	c, err := openColumnsOnce(ctx, path)
	if err == nil || ctx.Err() != nil {
		return c, err
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("begin cols.db anew: %w", err)
		}
	}
	return openColumnsOnce(ctx, path)
}

func openColumnsOnce(ctx context.Context, path string) (c *columns, err error) {
	c = &columns{}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.close())
		}
	}()
	if c.writer, err = openWriter(path); err != nil {
		return c, err
	}
	_, err = c.writer.ExecContext(ctx, `
		CREATE TABLE IF NOT EXISTS segments (id INTEGER PRIMARY KEY, head BLOB NOT NULL) STRICT;
		CREATE TABLE IF NOT EXISTS columns (id INTEGER PRIMARY KEY, z BLOB NOT NULL) STRICT;`)
	if err != nil {
		return c, fmt.Errorf("make the tables of cols.db: %w", err)
	}
	pragmas := append([]string{columnsMapped}, readerPragmas...)
	if c.reader, err = sql.Open("sqlite", dsn(path, url.Values{"_pragma": pragmas, "mode": {"ro"}})); err != nil {
		return c, fmt.Errorf("open cols.db for reading: %w", err)
	}
	c.reader.SetMaxOpenConns(readers)
	c.reader.SetMaxIdleConns(readers)
	if c.encoder, err = segment.NewEncoder(); err != nil {
		return c, err
	}
	c.decoder, err = segment.NewDecoder()
	return c, err
}

func (c *columns) close() error {
	var errs []error
	for _, db := range []*sql.DB{c.reader, c.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if c.encoder != nil {
		errs = append(errs, c.encoder.Close())
	}
	if c.decoder != nil {
		c.decoder.Close()
	}
	return errors.Join(errs...)
}

// columnID is the key of a segment's column in cols.db.
func columnID(segmentID int64, slot int) int64 { return segmentID<<8 | int64(slot) }

// read gives a column as it was written; errNoColumn where it is not there, or the file cannot be read.
func (c *columns) read(ctx context.Context, segmentID int64, slot int) ([]byte, error) {
	return c.blob(ctx, "SELECT z FROM columns WHERE id = ?", columnID(segmentID, slot))
}

func (c *columns) blob(ctx context.Context, query string, id int64) ([]byte, error) {
	var b []byte
	err := c.reader.QueryRowContext(ctx, query, id).Scan(&b)
	switch {
	case err == nil || ctx.Err() != nil:
		return b, err
	case errors.Is(err, sql.ErrNoRows):
		return nil, errNoColumn
	}
	return nil, fmt.Errorf("%w: %w", errNoColumn, err)
}

// write stores the columns of a part under a segment's number: those that differ from row to row.
func (c *columns) write(ctx context.Context, id int64, p *part) error {
	tx, err := c.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to write cols.db: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO segments (id, head) VALUES (?, ?)", id, packBounds(p.bounds)); err != nil {
		return fmt.Errorf("write a segment: %w", err)
	}
	insert, err := tx.PrepareContext(ctx, "INSERT OR REPLACE INTO columns (id, z) VALUES (?, ?)")
	if err != nil {
		return fmt.Errorf("write a segment's columns: %w", err)
	}
	defer insert.Close()
	var packed []byte
	for slot, column := range p.memory.columns {
		if p.bounds[slot].lo == p.bounds[slot].hi {
			continue
		}
		packed = column.Encode(packed[:0], c.encoder)
		if _, err := insert.ExecContext(ctx, columnID(id, slot), packed); err != nil {
			return fmt.Errorf("write a segment's column: %w", err)
		}
	}
	packed = p.memory.keys.Encode(packed[:0], c.encoder)
	if _, err := insert.ExecContext(ctx, columnID(id, keysSlot), packed); err != nil {
		return fmt.Errorf("write a segment's keys: %w", err)
	}
	return tx.Commit()
}

// remove takes segments out of cols.db.
func (c *columns) remove(ctx context.Context, ids []int64) error {
	for _, id := range ids {
		_, err := c.writer.ExecContext(ctx, "DELETE FROM columns WHERE id >= ? AND id < ?", columnID(id, 0), columnID(id+1, 0))
		if err == nil {
			_, err = c.writer.ExecContext(ctx, "DELETE FROM segments WHERE id = ?", id)
		}
		if err != nil {
			return fmt.Errorf("remove a segment from cols.db: %w", err)
		}
	}
	return nil
}

// all gives the numbers of the segments that cols.db holds.
func (c *columns) all(ctx context.Context) ([]int64, error) {
	rows, err := c.reader.QueryContext(ctx, "SELECT id FROM segments")
	if err != nil {
		return nil, fmt.Errorf("list the segments of cols.db: %w", err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// packBounds writes the smallest and largest value of every slot, with a checksum.
func packBounds(all []bounds) []byte {
	b := binary.AppendUvarint(nil, uint64(len(all)))
	for _, slot := range all {
		b = binary.AppendVarint(b, slot.lo)
		b = binary.AppendVarint(b, slot.hi)
	}
	return binary.LittleEndian.AppendUint32(b, checksum(b))
}

// unpackBounds reads what packBounds wrote; ok is false for anything else.
func unpackBounds(b []byte, slots int) (all []bounds, ok bool) {
	if len(b) < 4 || checksum(b[:len(b)-4]) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return nil, false
	}
	b = b[:len(b)-4]
	n, size := binary.Uvarint(b)
	if size <= 0 || n != uint64(slots) {
		return nil, false
	}
	b = b[size:]
	number := func() (v int64) {
		v, size := binary.Varint(b)
		if size <= 0 {
			b, ok = nil, false
			return 0
		}
		b = b[size:]
		return v
	}
	ok = true
	all = make([]bounds, slots)
	for i := range all {
		all[i] = bounds{lo: number(), hi: number()}
	}
	return all, ok && len(b) == 0
}
