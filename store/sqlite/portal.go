package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"signpost/store"
)

//go:embed migrations/portal/*.sql
var portalMigrations embed.FS

// Portal is portal.db: accounts, sessions, preferences and saved views, in a file of their own so that signing in never
// waits for an import. It is all stores of package auth, safe for concurrent use, also while another process uses the same
// folder.
type Portal struct {
	folder string
	reader *sql.DB
	writer *writer
	log    *slog.Logger
}

// PortalOption changes how portal.db is opened.
type PortalOption func(*Portal)

// WithPortalLog tells where to log what becomes of the file; without it nothing is logged.
func WithPortalLog(log *slog.Logger) PortalOption {
	return func(p *Portal) { p.log = log }
}

// OpenPortal opens portal.db in the folder, makes both where they are missing, and brings the schema up to
// date.
func OpenPortal(ctx context.Context, folder string, options ...PortalOption) (*Portal, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if err := refuseUnfinished(folder); err != nil {
		return nil, err
	}
	if isFull(folder) {
		releaseReserve(folder) // which is held for this file
	}
	path := filepath.Join(folder, "portal.db")
	writer, err := openWriter(path)
	if err != nil {
		return nil, err
	}
	p := &Portal{folder: folder, writer: writer, log: slog.New(slog.DiscardHandler)}
	for _, option := range options {
		option(p)
	}
	err = portalSteps().apply(ctx, writer, p.log)
	if err == nil {
		err = p.noteMain(ctx, folder)
	}
	if err == nil {
		err = writer.watch()
	}
	if err == nil {
		p.reader, err = openReader(path)
	}
	if err != nil {
		return nil, errors.Join(asOpenError(ctx, path, err), writer.Close())
	}
	return p, nil
}

// portalSteps are the steps of portal.db. As in main.db the first one has the number of the newest schema before it.
func portalSteps() *migrations {
	return &migrations{
		files: portalMigrations, folder: "migrations/portal", holds: "SELECT EXISTS (SELECT 1 FROM accounts)",
		tooOld: "move it out of the folder and add the accounts again (signpost user add)",
	}
}

// Close puts what the file's log holds into the file, and closes it.
func (p *Portal) Close() error { return errors.Join(p.reader.Close(), p.writer.finish(p.log)) }

// Ping says whether what is written would be kept.
func (p *Portal) Ping() error { return p.writer.guard.replaced() }

// write runs a change in one transaction. Where the disk is full it lets go of the room that is held for it, and begins again.
func (p *Portal) write(ctx context.Context, change func(tx *sql.Tx) error) error {
	err := p.writeOnce(ctx, change)
	if errors.Is(err, store.ErrDiskFull) && releaseReserve(p.folder) {
		err = p.writeOnce(ctx, change)
	}
	return err
}

func (p *Portal) writeOnce(ctx context.Context, change func(tx *sql.Tx) error) error {
	tx, err := p.writer.BeginTx(ctx, nil)
	if err != nil {
		return asStoreError(ctx, fmt.Errorf("begin to write: %w", err))
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to undo
	if err := change(tx); err != nil {
		return asStoreError(ctx, err)
	}
	return asStoreError(ctx, tx.Commit())
}
