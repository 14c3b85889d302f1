package directory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"signpost/store/dbfile"
)

// Up to its schema 8 main.db held the directory and the ledger too. The step to schema 9 calls Move inside its transaction,
// which holds the lock of main.db, and then drops the tables. Move builds the whole of directory.db under another name, syncs
// it, and gives it its name last. So at whatever moment the process dies, the tables are in main.db, or they are dropped and
// directory.db has all of them. A directory.db beside a main.db that still has the tables is what is left of an attempt:
// nobody writes to it before the step is done, and the next attempt replaces it.

// movingSuffix is that of the file that is being built.
const movingSuffix = ".moving"

// movedTables are what is moved, with the columns that both files have.
var movedTables = []string{"directory", "members", "memberships", "directory_revision", "imports"}

// used is the user_version of a directory.db that was opened after the move, or made without one.
const used = 1

// noteUsed notes that nothing may replace the file any more.
func noteUsed(ctx context.Context, w *dbfile.Writer) error {
	var noted int
	if err := w.QueryRowContext(ctx, "PRAGMA user_version").Scan(&noted); err != nil || noted >= used {
		return err
	}
	_, err := w.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", used))
	return err
}

// Move makes directory.db in the folder of what a transaction of main.db sees, and gives the tables that may be dropped then.
func Move(ctx context.Context, folder string, from *sql.Tx, log *slog.Logger) (tables []string, err error) {
	path := filepath.Join(folder, File)
	if err := refuseUsed(ctx, path); err != nil {
		return nil, err
	}
	var holds bool
	if err := from.QueryRowContext(ctx, Steps().Holds).Scan(&holds); err != nil {
		return nil, err
	}
	if holds { // it is no new folder
		log.Info("the directory and the list of imports move out of main.db, which takes about ten seconds for a million objects and members", "file", path)
	}
	part := path + movingSuffix
	if err := removeFile(part); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, removeFile(part)) // it is of no use
		}
	}()
	if err := build(ctx, part, from); err != nil {
		return nil, fmt.Errorf("move the directory out of main.db: %w", dbfile.OpenError(ctx, path, err))
	}
	if err := dbfile.Sync(part); err != nil {
		return nil, err
	}
	if err := os.Rename(part, path); err != nil {
		return nil, err
	}
	return movedTables, dbfile.Sync(folder)
}

// refuseUsed gives an error for a directory.db that is more than what is left of an attempt to make it: main.db is then an
// older copy, and nobody but the owner knows which of both directories counts.
func refuseUsed(ctx context.Context, path string) error {
	if dbfile.Size(path+"-wal") > 0 {
		return errUsed
	}
	if dbfile.Size(path) == 0 {
		return nil
	}
	var version int
	if err := dbfile.Peek(ctx, path, "PRAGMA user_version", &version); err != nil {
		return fmt.Errorf("look at directory.db: %w", err)
	}
	if version < used {
		return nil
	}
	var holds bool
	if err := dbfile.Peek(ctx, path, Steps().Holds, &holds); err != nil {
		return fmt.Errorf("look at directory.db: %w", err)
	}
	if holds {
		return errUsed
	}
	return nil
}

var errUsed = errors.New("main.db has a directory and a list of imports of its own, as older versions of Signpost kept them, and there is a directory.db that was in use. " +
	"Nothing was changed. Where main.db is an older copy that was put back, move directory.db (and directory.db-wal) away, and the directory of main.db counts")

func removeFile(path string) error {
	for _, path := range []string{path, path + "-journal", path + "-wal", path + "-shm"} {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// build writes the file. It needs no journal: a file that is not whole is thrown away.
func build(ctx context.Context, path string, from *sql.Tx) (err error) {
	w, err := dbfile.OpenWriter(path, "journal_mode(OFF)", "synchronous(OFF)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if err := Steps().Apply(ctx, w, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	tx, err := w.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to undo
	for _, table := range movedTables {
		if err := copyTable(ctx, tx, from, table); err != nil {
			return fmt.Errorf("copy %s: %w", table, err)
		}
	}
	return tx.Commit()
}

// copyTable copies the rows of a table. Those of directory_revision take the place of the new file's.
func copyTable(ctx context.Context, to, from *sql.Tx, table string) error {
	rows, err := from.QueryContext(ctx, "SELECT * FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	insert, err := to.PrepareContext(ctx, "INSERT OR REPLACE INTO "+table+" ("+strings.Join(names, ", ")+") VALUES (?"+strings.Repeat(", ?", len(names)-1)+")")
	if err != nil {
		return err
	}
	defer insert.Close()
	cells, targets := make([]any, len(names)), make([]any, len(names))
	for i := range cells {
		targets[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		if _, err := insert.ExecContext(ctx, cells...); err != nil {
			return err
		}
	}
	return rows.Err()
}
