package datafolder

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/accesslog"
	"signpost/store/dbfile"
	"signpost/store/directory"
	"signpost/store/portal"
	"signpost/store/sqlite"
)

// A backup is one zip of uncompressed files, so that any unpacker gets at them. It holds the databases as they were at one
// moment, each read page by page in one transaction. Last comes manifest.json with the size and SHA-256 of each. Whoever
// writes meanwhile is not held up. SQLite's own log is part of what is read, so there is none in the zip. It reads the
// folder and changes nothing in it.

// backupKind and backupFormat tell a backup from other zip files.
const (
	backupKind   = "signpost-backup"
	backupFormat = 1
)

// databases are the SQLite files of a data folder. A backup has all of them. cols.db follows from main.db, but with it a
// restored store is quick at once.
var databases = []string{directory.File, sqlite.MainFile, sqlite.ColumnsFile, portal.File, accesslog.File}

// demoState marks a folder of the made-up tenant.
const (
	demoState    = "demo.json"
	manifestFile = "manifest.json"
)

// BackupManifest says what a backup holds.
type BackupManifest struct {
	Kind    string       `json:"kind"`
	Format  int          `json:"format"`
	Made    time.Time    `json:"made"`
	Program string       `json:"program"`
	Files   []BackupFile `json:"files"`
	// Rows counts the records of each log, Accounts the people who sign in.
	Rows     map[store.Log]int64 `json:"rows"`
	Accounts int64               `json:"accounts"`
}

// BackupFile is one file of a backup.
type BackupFile struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	// Schema is the version of a database's tables; 0 for others.
	Schema int64 `json:"schema,omitempty"`
}

// Records counts the records of all logs.
func (m *BackupManifest) Records() (n int64) {
	for _, rows := range m.Rows {
		n += rows
	}
	return n
}

// Bytes gives the size of all files.
func (m *BackupManifest) Bytes() (n int64) {
	for _, file := range m.Files {
		n += file.Bytes
	}
	return n
}

// Backup writes what a data folder holds at this moment into a file, which is there whole or not at all. A progress that is
// not nil is told how many bytes are written.
func Backup(ctx context.Context, folder, out, program string, progress func(bytes int64)) (BackupManifest, error) {
	if err := refuse(ctx, folder); err != nil {
		return BackupManifest{}, err
	}
	if dbfile.Size(filepath.Join(folder, sqlite.MainFile)) == 0 && dbfile.Size(filepath.Join(folder, portal.File)) == 0 {
		return BackupManifest{}, fmt.Errorf("%s holds no data of Signpost: there is neither main.db nor portal.db", folder)
	}
	size := int64(0)
	for _, name := range databases {
		size += dbfile.Size(filepath.Join(folder, name)) + dbfile.Size(filepath.Join(folder, name+"-wal"))
	}
	if free, known := dbfile.FreeSpace(filepath.Dir(out)); known && free < size {
		return BackupManifest{}, fmt.Errorf("%w: the backup takes up to %s, and the disk of %s has %s free", store.ErrDiskFull, dbfile.Megabytes(size), out, dbfile.Megabytes(free))
	}
	manifest, err := writeBackup(ctx, folder, out, program, true, progress)
	if errors.Is(err, errNoColumns) {
		manifest, err = writeBackup(ctx, folder, out, program, false, progress) // they are made again from main.db
	}
	return manifest, err
}

// errNoColumns says that cols.db cannot be read.
var errNoColumns = errors.New("read cols.db")

func writeBackup(ctx context.Context, folder, out, program string, columns bool, progress func(int64)) (m BackupManifest, err error) {
	part := out + ".part"
	file, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return m, err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part) // it is of no use
			if dbfile.IsNoSpace(err) {
				err = fmt.Errorf("%w: %w", store.ErrDiskFull, err)
			}
		}
	}()
	b := &backup{ctx: ctx, folder: folder, progress: progress}
	defer b.close()
	m, err = b.write(file, program, columns)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return m, err
	}
	if err := os.Rename(part, out); err != nil {
		return m, err
	}
	return m, dbfile.Sync(filepath.Dir(out))
}

// backup is one backup under way.
type backup struct {
	ctx      context.Context
	folder   string
	progress func(int64)
	written  int64
	zip      *zip.Writer
	open     []*snapshotFile
}

// snapshotFile is a database as it was when the backup began.
type snapshotFile struct {
	name string
	db   *sql.DB
	tx   *sql.Tx
}

func (b *backup) close() {
	for _, f := range b.open {
		f.close()
	}
}

func (f *snapshotFile) close() {
	if f.tx != nil {
		_ = f.tx.Rollback() // nothing was written
	}
	_ = f.db.Close() // it was read only
}

func (b *backup) write(w io.Writer, program string, columns bool) (BackupManifest, error) {
	m := BackupManifest{Kind: backupKind, Format: backupFormat, Made: time.Now().UTC().Truncate(time.Second), Program: program, Rows: map[store.Log]int64{}}
	buffered := bufio.NewWriterSize(w, 1<<20)
	b.zip = zip.NewWriter(buffered)
	// All begin before any is read: a segment that main.db names stays in cols.db for a minute after it is replaced. The ledger
	// in directory.db comes first, so that it counts nothing that main.db does not have yet.
	for _, name := range databases {
		if dbfile.Size(filepath.Join(b.folder, name)) == 0 || name == sqlite.ColumnsFile && !columns {
			continue
		}
		if err := b.begin(name); err != nil {
			return m, err
		}
	}
	if err := b.agree(); err != nil {
		return m, err
	}
	for _, f := range b.open {
		file, err := b.database(f, &m)
		if err != nil {
			if f.name == sqlite.ColumnsFile && b.ctx.Err() == nil && !dbfile.IsNoSpace(err) {
				err = fmt.Errorf("%w: %w", errNoColumns, err)
			}
			return m, fmt.Errorf("back up %s: %w", f.name, err)
		}
		m.Files = append(m.Files, file)
	}
	if err := b.demo(&m); err != nil {
		return m, err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, err
	}
	if _, err := b.add(manifestFile, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return m, err
	}
	return m, errors.Join(b.zip.Close(), buffered.Flush())
}

// agree makes the backup have the directory once: a main.db of an older version of the program has it itself, and moves it
// into directory.db when the folder is opened.
func (b *backup) agree() error {
	at := func(name string) int {
		return slices.IndexFunc(b.open, func(f *snapshotFile) bool { return f.name == name })
	}
	main := at(sqlite.MainFile)
	if main < 0 {
		return nil
	}
	schema, err := dbfile.SchemaVersion(b.ctx, b.open[main].tx)
	switch has := at(directory.File); {
	case err != nil:
		return dbfile.OpenError(b.ctx, filepath.Join(b.folder, sqlite.MainFile), err)
	case schema < sqlite.SchemaWithoutDirectory && has >= 0: // what is left of an attempt to move it, or it was moved just now
		b.open[has].close()
		b.open = slices.Delete(b.open, has, has+1)
	case schema >= sqlite.SchemaWithoutDirectory && has < 0: // it was moved since
		return b.begin(directory.File)
	}
	return nil
}

// begin begins to read a database.
func (b *backup) begin(name string) error {
	db, err := dbfile.OpenReader(filepath.Join(b.folder, name))
	if err != nil {
		return err
	}
	f := &snapshotFile{name: name, db: db}
	b.open = append(b.open, f)
	if f.tx, err = db.BeginTx(b.ctx, &sql.TxOptions{ReadOnly: true}); err == nil {
		var tables int
		err = f.tx.QueryRowContext(b.ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables) // from here on it sees one state
	}
	if err != nil && name == sqlite.ColumnsFile {
		return fmt.Errorf("%w: %w", errNoColumns, err)
	}
	return dbfile.OpenError(b.ctx, filepath.Join(b.folder, name), err)
}

// add writes one file of the zip.
func (b *backup) add(name string, write func(io.Writer) error) (BackupFile, error) {
	entry, err := b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: time.Now().UTC()})
	if err != nil {
		return BackupFile{}, err
	}
	hash := sha256.New()
	counted := &countingWriter{w: io.MultiWriter(entry, hash), tell: func(n int) {
		if b.written += int64(n); b.progress != nil {
			b.progress(b.written)
		}
	}}
	err = write(counted)
	return BackupFile{Name: name, Bytes: counted.n, SHA256: hex.EncodeToString(hash.Sum(nil))}, err
}

// countingWriter counts what is written.
type countingWriter struct {
	w    io.Writer
	n    int64
	tell func(n int)
}

// Write passes on.
func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	c.tell(n)
	return n, err
}

// database writes the pages of a database.
func (b *backup) database(f *snapshotFile, m *BackupManifest) (BackupFile, error) {
	var pages, pageSize int64
	if err := f.tx.QueryRowContext(b.ctx, "PRAGMA page_count").Scan(&pages); err != nil {
		return BackupFile{}, err
	}
	if err := f.tx.QueryRowContext(b.ctx, "PRAGMA page_size").Scan(&pageSize); err != nil {
		return BackupFile{}, err
	}
	file, err := b.add(f.name, func(w io.Writer) error { return copyPages(b.ctx, f.tx, w) })
	if err != nil {
		return file, err
	}
	if file.Bytes != pages*pageSize {
		return file, fmt.Errorf("it has %d pages of %d bytes, and %d bytes were read", pages, pageSize, file.Bytes)
	}
	if f.name == sqlite.ColumnsFile {
		return file, nil
	}
	if file.Schema, err = dbfile.SchemaVersion(b.ctx, f.tx); err != nil {
		return file, err
	}
	return file, countHeld(b.ctx, f.tx, f.name, m)
}

// copyPages writes all pages of the database that the transaction sees.
func copyPages(ctx context.Context, tx *sql.Tx, w io.Writer) error {
	rows, err := tx.QueryContext(ctx, "SELECT data FROM sqlite_dbpage ORDER BY pgno")
	if err != nil {
		return err
	}
	defer rows.Close()
	var page sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&page); err != nil {
			return err
		}
		if _, err := w.Write(page); err != nil {
			return err
		}
	}
	return rows.Err()
}

// countHeld notes how much a database holds.
func countHeld(ctx context.Context, q dbfile.Querier, name string, m *BackupManifest) error {
	switch name {
	case directory.File, accesslog.File:
		return nil
	case portal.File:
		return q.QueryRowContext(ctx, "SELECT count(*) FROM accounts").Scan(&m.Accounts)
	}
	tables, err := rowTables(ctx, q)
	if err != nil {
		return err
	}
	for _, table := range tables {
		var rows int64
		if err := q.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&rows); err != nil {
			return err
		}
		m.Rows[store.Log(strings.TrimPrefix(table, sqlite.RowTablePrefix))] = rows
	}
	return nil
}

// rowTables gives the tables of rows that a database has: also of logs that only another version of the program knows.
func rowTables(ctx context.Context, q dbfile.Querier) (names []string, err error) {
	found, err := q.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB ? ORDER BY name", sqlite.RowTablePrefix+"*")
	if err != nil {
		return nil, err
	}
	defer found.Close()
	for found.Next() {
		var name string
		if err := found.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, found.Err()
}

// demo adds the state of the made-up tenant, where the folder is one's.
func (b *backup) demo(m *BackupManifest) error {
	text, err := os.ReadFile(filepath.Join(b.folder, demoState))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	file, err := b.add(demoState, func(w io.Writer) error { _, err := w.Write(text); return err })
	m.Files = append(m.Files, file)
	return err
}
