package datafolder

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"signpost/store"
	"signpost/store/accesslog"
	"signpost/store/dbfile"
	"signpost/store/directory"
	"signpost/store/portal"
	"signpost/store/sqlite"
)

// A restore writes into an empty folder under other names, proves what it wrote, and gives the files their names last. A mark
// in the folder says that it is under way, so that nothing else begins there; a restore that finds the mark begins again.

const (
	restoringSuffix = ".restoring"
	maxManifest     = 1 << 20
)

// ReadBackup reads what a backup says of itself. A file that is not whole, or none of ours, is an error.
func ReadBackup(file io.ReaderAt, size int64) (BackupManifest, map[string]*zip.File, error) {
	var m BackupManifest
	archive, err := zip.NewReader(file, size)
	if err != nil {
		return m, nil, fmt.Errorf("it is no whole backup: %w", err)
	}
	entries := map[string]*zip.File{}
	for _, entry := range archive.File {
		if entries[entry.Name] != nil {
			return m, nil, fmt.Errorf("it is no backup of Signpost: it has %q twice", entry.Name)
		}
		entries[entry.Name] = entry
	}
	text, err := readEntry(entries[manifestFile])
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	switch {
	case err != nil:
		return m, nil, fmt.Errorf("it is no backup of Signpost: its %s: %w", manifestFile, err)
	case m.Kind != backupKind:
		return m, nil, errors.New("it is no backup of Signpost")
	case m.Format != backupFormat:
		return m, nil, fmt.Errorf("it was made by another version of Signpost (format %d, this version knows %d)", m.Format, backupFormat)
	case len(m.Files)+1 != len(entries):
		return m, nil, errors.New("it holds other files than its manifest says")
	}
	for _, f := range m.Files {
		if !slices.Contains(append(slices.Clone(databases), demoState), f.Name) {
			return m, nil, fmt.Errorf("it holds %q, which no backup has", f.Name)
		}
		if entries[f.Name] == nil || f.Bytes < 0 || entries[f.Name].UncompressedSize64 != uint64(f.Bytes) {
			return m, nil, fmt.Errorf("%s is not as it was backed up", f.Name)
		}
	}
	return m, entries, nil
}

func readEntry(entry *zip.File) ([]byte, error) {
	if entry == nil {
		return nil, os.ErrNotExist
	}
	if entry.UncompressedSize64 > maxManifest {
		return nil, errors.New("it is too large")
	}
	r, err := entry.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, maxManifest))
}

// Restore writes what a backup holds into an empty folder, which it makes where there is none. What it wrote counts once all of
// it is proved.
func Restore(ctx context.Context, backup, folder string, progress func(bytes int64)) (m BackupManifest, err error) {
	file, err := os.Open(backup)
	if err != nil {
		return m, err
	}
	defer file.Close() //nolint:errcheck // it was read only
	info, err := file.Stat()
	if err != nil {
		return m, err
	}
	m, entries, err := ReadBackup(file, info.Size())
	if err != nil {
		return m, fmt.Errorf("%s: %w", backup, err)
	}
	if err := knownSchemas(&m); err != nil {
		return m, fmt.Errorf("%s: %w", backup, err)
	}
	if err := emptyFolder(folder); err != nil {
		return m, err
	}
	if free, known := dbfile.FreeSpace(folder); known && free < m.Bytes() {
		return m, fmt.Errorf("%w: what is restored takes %s, and the disk of %s has %s free", store.ErrDiskFull, dbfile.Megabytes(m.Bytes()), folder, dbfile.Megabytes(free))
	}
	r := &restore{ctx: ctx, folder: folder, progress: progress}
	if err := r.write(&m, entries); err != nil {
		if dbfile.IsNoSpace(err) {
			err = fmt.Errorf("%w: %w", store.ErrDiskFull, err)
		}
		return m, errors.Join(err, r.clear())
	}
	return m, nil
}

// knownSchemas refuses databases that this version of the program would not open.
func knownSchemas(m *BackupManifest) error {
	for _, f := range m.Files {
		steps, hasSteps := map[string]*dbfile.Migrations{sqlite.MainFile: sqlite.Steps(), directory.File: directory.Steps(), portal.File: portal.Steps(), accesslog.File: accesslog.Steps()}[f.Name]
		if !hasSteps {
			continue
		}
		if err := steps.Knows(f.Schema); err != nil {
			return fmt.Errorf("its %s %w", f.Name, err)
		}
	}
	return nil
}

// emptyFolder makes the folder where it is missing, and refuses one that holds anything but what is left of another restore.
func emptyFolder(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	unfinished := dbfile.RefuseUnfinished(folder) != nil
	for _, entry := range entries {
		if !unfinished && entry.Name() != "lost+found" { // which a new file system has
			return fmt.Errorf("%s is not empty: a backup is restored into an empty folder only, and nothing in this one was changed. Name another, or move away what is in it", folder)
		}
	}
	return nil
}

// restore is one restore under way.
type restore struct {
	ctx      context.Context
	folder   string
	progress func(int64)
	written  int64
}

func (r *restore) path(name string) string { return filepath.Join(r.folder, name) }

func (r *restore) write(m *BackupManifest, entries map[string]*zip.File) error {
	if err := os.WriteFile(r.path(dbfile.UnfinishedMark), []byte("signpost restore\n"), 0o600); err != nil {
		return err
	}
	if err := errors.Join(dbfile.Sync(r.path(dbfile.UnfinishedMark)), dbfile.Sync(r.folder), r.clearFiles()); err != nil {
		return err
	}
	for _, f := range m.Files {
		if err := r.file(f, entries[f.Name]); err != nil {
			return fmt.Errorf("restore %s: %w", f.Name, err)
		}
	}
	if err := r.prove(m); err != nil {
		return err
	}
	for _, f := range m.Files {
		if err := os.Rename(r.path(f.Name+restoringSuffix), r.path(f.Name)); err != nil {
			return err
		}
	}
	if err := dbfile.Sync(r.folder); err != nil {
		return err
	}
	if err := os.Remove(r.path(dbfile.UnfinishedMark)); err != nil {
		return err
	}
	return dbfile.Sync(r.folder)
}

// file writes one file and compares it with the manifest.
func (r *restore) file(f BackupFile, entry *zip.File) (err error) {
	from, err := entry.Open()
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(r.path(f.Name+restoringSuffix), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	hash := sha256.New()
	counted := &countingWriter{w: io.MultiWriter(to, hash), tell: func(n int) {
		if r.written += int64(n); r.progress != nil {
			r.progress(r.written)
		}
	}}
	_, err = io.Copy(counted, contextReader{r.ctx, from})
	if err == nil && (counted.n != f.Bytes || hex.EncodeToString(hash.Sum(nil)) != f.SHA256) {
		err = errors.New("it is not as it was backed up: the backup is damaged")
	}
	if err == nil {
		err = to.Sync()
	}
	return errors.Join(err, to.Close())
}

// contextReader ends with its context.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

// Read reads on unless the context has ended.
func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// prove opens the databases that were written and compares what they hold with the manifest.
func (r *restore) prove(m *BackupManifest) error {
	held := BackupManifest{Rows: map[store.Log]int64{}}
	for _, f := range m.Files {
		if f.Name == demoState {
			continue
		}
		if err := r.proveDatabase(f, &held); err != nil {
			return fmt.Errorf("%s as it was restored: %w", f.Name, err)
		}
	}
	if !maps.Equal(held.Rows, m.Rows) || held.Accounts != m.Accounts {
		return fmt.Errorf("what was restored has %d records and %d accounts, and the backup says %d and %d", held.Records(), held.Accounts, m.Records(), m.Accounts)
	}
	return nil
}

func (r *restore) proveDatabase(f BackupFile, held *BackupManifest) error {
	options := url.Values{"_pragma": dbfile.ReaderPragmas, "mode": {"ro"}, "immutable": {"1"}} // no log is made for it
	db, err := sql.Open("sqlite", dbfile.DSN(r.path(f.Name+restoringSuffix), options))
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // it was read only
	var said string
	if err := db.QueryRowContext(r.ctx, "PRAGMA quick_check(1)").Scan(&said); err != nil {
		return err
	}
	if said != "ok" {
		return fmt.Errorf("%w: %s", store.ErrDamaged, said)
	}
	if f.Name == sqlite.ColumnsFile {
		return nil
	}
	if schema, err := dbfile.SchemaVersion(r.ctx, db); err != nil || schema == 0 || schema != f.Schema {
		return errors.Join(err, fmt.Errorf("its schema is %d, and the backup says %d", schema, f.Schema))
	}
	return countHeld(r.ctx, db, f.Name, held)
}

// clearFiles removes what a restore writes.
func (r *restore) clearFiles() error {
	var errs []error
	for _, name := range append(slices.Clone(databases), demoState) {
		for _, path := range []string{r.path(name), r.path(name + restoringSuffix)} {
			if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// clear leaves the folder empty after a restore that failed.
func (r *restore) clear() error {
	if err := r.clearFiles(); err != nil {
		return err
	}
	if err := os.Remove(r.path(dbfile.UnfinishedMark)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
