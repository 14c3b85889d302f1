package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

//go:embed migrations/portal/*.sql
var portalMigrations embed.FS

// Portal is portal.db: accounts, sessions, preferences and saved views, in a file of their own so that signing in
// never waits for an import. It is all stores of package auth, safe for concurrent use, also beside another
// process on the same folder.
type Portal struct {
	reader *sql.DB
	writer *sql.DB
}

// OpenPortal opens portal.db in the folder, makes both where they are missing, and brings the schema up to
// date.
func OpenPortal(ctx context.Context, folder string) (*Portal, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	path := filepath.Join(folder, "portal.db")
	writer, err := openWriter(path)
	if err != nil {
		return nil, err
	}
	if err := migrateBesideOthers(ctx, writer, portalMigrations, "migrations/portal"); err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader, err := openReader(path)
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	return &Portal{reader: reader, writer: writer}, nil
}

// Close closes the file.
func (p *Portal) Close() error { return errors.Join(p.reader.Close(), p.writer.Close()) }

// write runs a change in one transaction.
func (p *Portal) write(ctx context.Context, change func(tx *sql.Tx) error) error {
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
