package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"sync"

	"github.com/klauspost/compress/zstd"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"signpost/store/dbfile"
	"signpost/store/sqlite/segment"
)

type segmentDecoder = zstd.Decoder

// columns is cols.db: the columns of the sealed segments. It is derived from main.db, which says what must be in it. What
// is missing or damaged is made again from the rows.
type columns struct {
	path    string
	reserve *dbfile.Reserve
	log     *slog.Logger
	encoder *zstd.Encoder
	decoder *zstd.Decoder

	mu    sync.RWMutex
	files *columnFiles
}

// columnFiles is cols.db as it was opened.
type columnFiles struct {
	reader *sql.DB
	writer *dbfile.Writer
	info   os.FileInfo
}

// errNoColumn says that cols.db does not have a column that it should have.
var errNoColumn = errors.New("it is not in cols.db")

// Every column is read whole and far apart from the others, which a mapped file does best.
const columnsMapped = "mmap_size(4294967296)"

func newColumns(ctx context.Context, path string, r *dbfile.Reserve, log *slog.Logger) (c *columns, err error) {
	c = &columns{path: path, reserve: r, log: log}
	if c.encoder, err = segment.NewEncoder(); err != nil {
		return nil, fmt.Errorf("start compressing columns: %w", err)
	}
	if c.decoder, err = segment.NewDecoder(); err != nil {
		return nil, errors.Join(fmt.Errorf("start unpacking columns: %w", err), c.close())
	}
	if c.files, err = c.open(ctx); err != nil {
		return nil, errors.Join(err, c.close())
	}
	c.files.writer.KeepBack(r)
	return c, nil
}

// open opens cols.db. A file that is no database gives way to a new one.
func (c *columns) open(ctx context.Context) (*columnFiles, error) {
	path := c.path
	// What a file that is gone had in its log is none of a new one's.
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		if err := removeFiles(path+"-wal", path+"-shm"); err != nil {
			return nil, err
		}
	}
	f, err := openColumnFiles(ctx, path)
	if !errors.Is(broken(err), errBroken) {
		return f, err
	}
	c.log.Warn("cols.db is no whole database and is begun anew; its columns are made anew from the rows", "error", err)
	if err := removeFiles(path, path+"-wal", path+"-shm"); err != nil {
		return nil, err
	}
	return openColumnFiles(ctx, path)
}

func removeFiles(paths ...string) error {
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("begin cols.db anew: %w", err)
		}
	}
	return nil
}

// errBroken says that cols.db is no database, or not a whole one, or has not the tables it should have.
var errBroken = errors.New("cols.db is broken")

// broken tells errBroken from other errors of using cols.db.
func broken(err error) error {
	var driver *sqlite.Error
	if errors.As(err, &driver) {
		switch driver.Code() & 0xFF {
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR:
			return fmt.Errorf("%w: %w", errBroken, err)
		}
	}
	return err
}

func openColumnFiles(ctx context.Context, path string) (f *columnFiles, err error) {
	f = &columnFiles{}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.close())
		}
	}()
	if f.writer, err = dbfile.OpenWriter(path, "cache_size(-4096)"); err != nil { // what is written once is not looked at again
		return f, err
	}
	_, err = f.writer.ExecContext(ctx, `
		CREATE TABLE IF NOT EXISTS segments (id INTEGER PRIMARY KEY, head BLOB NOT NULL) STRICT;
		CREATE TABLE IF NOT EXISTS columns (id INTEGER PRIMARY KEY, z BLOB NOT NULL) STRICT;`)
	if err != nil {
		return f, fmt.Errorf("make the tables of cols.db: %w", err)
	}
	if f.info, err = os.Stat(path); err != nil {
		return f, fmt.Errorf("look at cols.db: %w", err)
	}
	pragmas := append([]string{columnsMapped}, dbfile.ReaderPragmas...)
	if f.reader, err = sql.Open("sqlite", dbfile.DSN(path, url.Values{"_pragma": pragmas, "mode": {"ro"}})); err != nil {
		return f, fmt.Errorf("open cols.db for reading: %w", err)
	}
	f.reader.SetMaxOpenConns(dbfile.Readers)
	f.reader.SetMaxIdleConns(dbfile.Readers)
	return f, nil
}

func (f *columnFiles) close() error {
	var errs []error
	if f.reader != nil {
		errs = append(errs, f.reader.Close())
	}
	if f.writer != nil {
		errs = append(errs, f.writer.Close())
	}
	return errors.Join(errs...)
}

// finish empties the log, as writer.finish does, and closes the files. Where that cannot be done nothing is lost.
func (f *columnFiles) finish() error {
	readerErr := f.reader.Close()
	ctx, cancel := context.WithTimeout(context.Background(), dbfile.ClosingWait)
	defer cancel()
	_, _ = f.writer.Checkpoint(ctx) // of a damaged or removed file: see heal
	return errors.Join(readerErr, f.writer.Close())
}

func (c *columns) close() error {
	var errs []error
	if files := c.now(); files != nil {
		errs = append(errs, files.finish())
	}
	if c.encoder != nil {
		errs = append(errs, c.encoder.Close())
	}
	if c.decoder != nil {
		c.decoder.Close()
	}
	return errors.Join(errs...)
}

func (c *columns) now() *columnFiles {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.files
}

// reopen opens cols.db again where somebody took the open file away or put another in its place. A fresh file takes the
// place of the old one where that is asked for. Who reads at this moment finds the columns lost.
func (c *columns) reopen(ctx context.Context, fresh bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	info, err := os.Stat(c.path)
	if err == nil && os.SameFile(info, c.files.info) && !fresh {
		return nil
	}
	if fresh {
		c.log.Warn("cols.db can no longer be written and is begun anew; its columns are made anew from the rows")
	} else {
		c.log.Warn("cols.db was taken away or replaced, and is opened again; columns that it lacks are made anew from the rows")
	}
	_ = c.files.close() // of a file that is given up
	c.files.info = nil
	if fresh {
		if err := removeFiles(c.path); err != nil {
			return err
		}
	}
	files, err := c.open(ctx)
	if err != nil {
		return err
	}
	files.writer.KeepBack(c.reserve)
	c.files = files
	return nil
}

// columnID is the key of a segment's column in cols.db.
func columnID(segmentID int64, slot int) int64 { return segmentID<<8 | int64(slot) }

// maxSegmentID bounds the numbers of segments, so that a column's key has room for both.
const maxSegmentID = 1 << 54

// read gives a column as it was encoded; errNoColumn where it is not there, or the file cannot be read. Behind each
// column stands its own key, so that one that turns up in another's place is not taken for it.
func (c *columns) read(ctx context.Context, segmentID int64, slot int) ([]byte, error) {
	id := columnID(segmentID, slot)
	b, err := c.blob(ctx, "SELECT z FROM columns WHERE id = ?", id)
	if err != nil {
		return nil, err
	}
	end := len(b) - 8
	if end < 0 || binary.LittleEndian.Uint64(b[end:]) != uint64(id) {
		return nil, fmt.Errorf("%w: another column is in its place", errNoColumn)
	}
	return b[:end], nil
}

func (c *columns) blob(ctx context.Context, query string, id int64) ([]byte, error) {
	var b []byte
	err := c.now().reader.QueryRowContext(ctx, query, id).Scan(&b)
	switch {
	case err == nil:
		return b, nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%w: %w", ctx.Err(), err)
	case errors.Is(err, sql.ErrNoRows):
		return nil, errNoColumn
	}
	return nil, fmt.Errorf("%w: %w", errNoColumn, err)
}

// write stores the columns of a part under a segment's number: those that differ from row to row.
func (c *columns) write(ctx context.Context, id int64, p *part) error {
	return broken(c.writeSegment(ctx, id, p))
}

func (c *columns) writeSegment(ctx context.Context, id int64, p *part) error {
	tx, err := c.now().writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to write cols.db: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	if _, err := tx.ExecContext(ctx, "INSERT INTO segments (id, head) VALUES (?, ?)", id, packHead(id, p)); err != nil {
		return fmt.Errorf("write a segment: %w", err)
	}
	insert, err := tx.PrepareContext(ctx, "INSERT INTO columns (id, z) VALUES (?, ?)")
	if err != nil {
		return fmt.Errorf("write a segment's columns: %w", err)
	}
	defer insert.Close()
	put := func(slot int, packed []byte) error {
		key := columnID(id, slot)
		_, err := insert.ExecContext(ctx, key, binary.LittleEndian.AppendUint64(packed, uint64(key)))
		return err
	}
	var packed []byte
	for slot, column := range p.memory.columns {
		if p.bounds[slot].lo == p.bounds[slot].hi {
			continue
		}
		if column.lists != nil {
			packed = column.lists.Encode(packed[:0], c.encoder)
		} else {
			packed = column.Encode(packed[:0], c.encoder)
		}
		if err := put(slot, packed); err != nil {
			return fmt.Errorf("write a segment's column: %w", err)
		}
	}
	if err := put(keysSlot, p.memory.keys.Encode(packed[:0], c.encoder)); err != nil {
		return fmt.Errorf("write a segment's keys: %w", err)
	}
	return tx.Commit()
}

// remove takes segments out of cols.db.
func (c *columns) remove(ctx context.Context, ids []int64) error {
	writer := c.now().writer
	for _, id := range ids {
		_, err := writer.ExecContext(ctx, "DELETE FROM columns WHERE id >= ? AND id < ?", columnID(id, 0), columnID(id+1, 0))
		if err == nil {
			_, err = writer.ExecContext(ctx, "DELETE FROM segments WHERE id = ?", id)
		}
		if err != nil {
			return fmt.Errorf("remove a segment from cols.db: %w", broken(err))
		}
	}
	return nil
}

// all gives the numbers of the segments that cols.db holds.
func (c *columns) all(ctx context.Context) ([]int64, error) {
	rows, err := c.now().reader.QueryContext(ctx, "SELECT id FROM segments")
	if err != nil {
		return nil, fmt.Errorf("list the segments of cols.db: %w", broken(err))
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
	return ids, broken(rows.Err())
}

// head reads the bounds of a segment's columns. That they are not there, or damaged, is errLostSegment.
func (c *columns) head(ctx context.Context, p *part) ([]bounds, error) {
	packed, err := c.blob(ctx, "SELECT head FROM segments WHERE id = ?", p.id)
	if err != nil && ctx.Err() != nil {
		return nil, err
	}
	if err == nil {
		if all, ok := unpackHead(packed, p.id, p.rows, p.layout.slots()); ok {
			return all, nil
		}
		err = errors.New("its head is damaged")
	}
	return nil, errLostSegment{p, err}
}

// packHead writes what tells a segment from all others, and the smallest and largest value of every slot, with a checksum.
func packHead(id int64, p *part) []byte {
	b := binary.AppendVarint(nil, id)
	b = binary.AppendUvarint(b, uint64(p.rows))
	b = binary.AppendUvarint(b, uint64(len(p.bounds)))
	for _, slot := range p.bounds {
		b = binary.AppendVarint(b, slot.lo)
		b = binary.AppendVarint(b, slot.hi)
	}
	return binary.LittleEndian.AppendUint32(b, dbfile.Checksum(b))
}

// unpackHead reads the bounds that packHead wrote; ok is false for anything else.
func unpackHead(b []byte, id int64, rows, slots int) (all []bounds, ok bool) {
	if len(b) < 4 || dbfile.Checksum(b[:len(b)-4]) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return nil, false
	}
	b = b[:len(b)-4]
	ok = true
	number := func() (v int64) {
		v, size := binary.Varint(b)
		if size <= 0 {
			b, ok = nil, false
			return 0
		}
		b = b[size:]
		return v
	}
	count := func() uint64 {
		v, size := binary.Uvarint(b)
		if size <= 0 {
			b, ok = nil, false
			return 0
		}
		b = b[size:]
		return v
	}
	if number() != id || count() != uint64(rows) || count() != uint64(slots) {
		return nil, false
	}
	all = make([]bounds, slots)
	for i := range all {
		all[i] = bounds{lo: number(), hi: number()}
	}
	return all, ok && len(b) == 0
}
