package dbfile

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"signpost/store"
)

// StoreError turns what the driver and the context say into the domain's errors.
func StoreError(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", store.ErrTooSlow, err)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	var driver *sqlite.Error
	if !errors.As(err, &driver) {
		return err
	}
	switch {
	case driver.Code()&0xFF == sqlite3.SQLITE_FULL, driver.Code() == sqlite3.SQLITE_IOERR_SHMSIZE: // the memory that processes share is a file
		return fmt.Errorf("%w: %w", store.ErrDiskFull, err)
	case driver.Code()&0xFF == sqlite3.SQLITE_CORRUPT, driver.Code()&0xFF == sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", store.ErrDamaged, err)
	case driver.Code() == sqlite3.SQLITE_CONSTRAINT_COMMITHOOK: // see guardedConnector
		return fmt.Errorf("%w: %w", store.ErrReplaced, err)
	}
	return err
}

// OpenError is StoreError for a file that could not be opened. SQLite has many words for a disk without room.
func OpenError(ctx context.Context, path string, err error) error {
	var driver *sqlite.Error
	isDriver := errors.As(err, &driver)
	switch {
	case err == nil, errors.Is(err, store.ErrDiskFull):
		return err
	case IsNoSpace(err), isDriver && slices.Contains(fullCodes, driver.Code()&0xFF) && IsFull(filepath.Dir(path)):
		return fmt.Errorf("%w: there is no room on the disk of %s. Make room, then start again (%w)", store.ErrDiskFull, filepath.Dir(path), err)
	}
	return StoreError(ctx, err)
}

// fullCodes are what SQLite may say where it cannot make or lengthen a file.
var fullCodes = []int{sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}

// IsFull says that a folder's disk has hardly room for anything.
func IsFull(folder string) bool {
	const hardly = 1 << 20
	free, known := FreeSpace(folder)
	return known && free < hardly
}

// IsBusy says that another process holds the lock.
func IsBusy(err error) bool {
	var driver *sqlite.Error
	return errors.As(err, &driver) && driver.Code()&0xFF == sqlite3.SQLITE_BUSY
}
