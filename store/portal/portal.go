package portal

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"signpost/store"
	"signpost/store/dbfile"
)

//go:embed migrations/*.sql
var steps embed.FS

// File is the name of the file in a data folder.
const File = "portal.db"

// DB is portal.db. It is all stores of package auth, safe for concurrent use, also while another process uses the same
// folder.
type DB struct {
	folder string
	reader *dbfile.Prepared
	writer *dbfile.Writer
	log    *slog.Logger
}

// Option changes how portal.db is opened.
type Option func(*DB)

// WithLog tells where to log what becomes of the file; without it nothing is logged.
func WithLog(log *slog.Logger) Option {
	return func(p *DB) { p.log = log }
}

// Open opens portal.db in the folder, makes both where they are missing, and brings the schema up to date.
func Open(ctx context.Context, folder string, options ...Option) (*DB, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if err := dbfile.RefuseUnfinished(folder); err != nil {
		return nil, err
	}
	if dbfile.IsFull(folder) {
		dbfile.ReleaseReserve(folder) // which is held for this file
	}
	path := filepath.Join(folder, File)
	writer, err := dbfile.OpenWriter(path)
	if err != nil {
		return nil, err
	}
	p := &DB{folder: folder, writer: writer, log: slog.New(slog.DiscardHandler)}
	for _, option := range options {
		option(p)
	}
	err = Steps().Apply(ctx, writer, p.log)
	if err == nil {
		err = p.noteMain(ctx, folder)
	}
	if err == nil {
		err = writer.Watch()
	}
	if err == nil {
		var reader *sql.DB
		if reader, err = dbfile.OpenReader(path); err == nil {
			p.reader = dbfile.NewPrepared(reader)
		}
	}
	if err != nil {
		return nil, errors.Join(dbfile.OpenError(ctx, path, err), writer.Close())
	}
	return p, nil
}

// Steps are the steps of portal.db. As in main.db the first one has the number of the newest schema before it.
func Steps() *dbfile.Migrations {
	return &dbfile.Migrations{
		Files: steps, Folder: "migrations", Holds: "SELECT EXISTS (SELECT 1 FROM accounts)",
		TooOld: "move it out of the folder and add the accounts again (signpost user add)",
	}
}

// Close puts what the file's log holds into the file, and closes it.
func (p *DB) Close() error { return errors.Join(p.reader.Close(), p.writer.Finish(p.log)) }

// Ping says whether what is written would be kept.
func (p *DB) Ping() error { return p.writer.Replaced() }

// write runs a change in one transaction. Where the disk is full it lets go of the room that is held for it, and begins again.
func (p *DB) write(ctx context.Context, change func(tx *sql.Tx) error) error {
	err := p.writeOnce(ctx, change)
	if errors.Is(err, store.ErrDiskFull) && dbfile.ReleaseReserve(p.folder) {
		err = p.writeOnce(ctx, change)
	}
	return err
}

func (p *DB) writeOnce(ctx context.Context, change func(tx *sql.Tx) error) error {
	tx, err := p.writer.BeginTx(ctx, nil)
	if err != nil {
		return dbfile.StoreError(ctx, fmt.Errorf("begin to write: %w", err))
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to undo
	if err := change(tx); err != nil {
		return dbfile.StoreError(ctx, err)
	}
	return dbfile.StoreError(ctx, tx.Commit())
}

// mainNoted is the user_version of a portal.db that had a main.db in its folder.
const mainNoted = 1

// noteMain notes in portal.db that there is a main.db in the folder. cols.db is made once main.db is whole.
func (p *DB) noteMain(ctx context.Context, folder string) error {
	if dbfile.Size(filepath.Join(folder, "cols.db")) == 0 {
		return nil
	}
	var noted int
	if err := p.writer.QueryRowContext(ctx, "PRAGMA user_version").Scan(&noted); err != nil || noted >= mainNoted {
		return err
	}
	_, err := p.writer.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", mainNoted))
	return err
}

// NotesMain says whether the portal.db of a folder notes that there was a main.db beside it.
func NotesMain(ctx context.Context, folder string) (bool, error) {
	path := filepath.Join(folder, File)
	if dbfile.Size(path) == 0 {
		return false, nil
	}
	var noted int
	if err := dbfile.Peek(ctx, path, "PRAGMA user_version", &noted); err != nil {
		return false, fmt.Errorf("read whether portal.db notes a main.db: %w", err)
	}
	return noted >= mainNoted, nil
}

// Check reads the portal.db of a folder, and adds what is damaged to a report. It changes nothing and needs no schema of this
// version of the program, so it works where Open fails.
func Check(ctx context.Context, folder string, report *store.Checkup) error {
	db, err := dbfile.OpenReader(filepath.Join(folder, File))
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // it was read only
	if err := dbfile.CheckIntegrity(ctx, db, File, report); err != nil {
		return dbfile.StoreError(ctx, err)
	}
	return dbfile.StoreError(ctx, dbfile.CheckReferences(ctx, db, File, report))
}

func microsOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func timeOfMicros(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
