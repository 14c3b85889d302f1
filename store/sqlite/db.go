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
	"slices"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/semaphore"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

//go:embed migrations/main/*.sql
var mainMigrations embed.FS

// DB is the engine over one data folder: rows and records in main.db, their columns in cols.db. It is a store.Store and a
// store.Writer, safe for concurrent use, also while another process uses the same folder.
type DB struct {
	reader *sql.DB
	writer *writer

	schema  *schema
	words   *words
	decode  store.Decoder
	encoder *zstd.Encoder
	decoder *zstd.Decoder

	committing sync.Mutex // one Commit at a time in this process; other processes wait in SQLite
	// unsealed counts the rows this process committed since it last woke the sealer.
	unsealed int
	// committed is when this process committed a batch last, in microseconds since 1970.
	committed  atomic.Int64
	reindexing atomic.Bool
	// damagedRows counts the sign-ins that Reindex could not make again.
	damagedRows int
	ids         *idSearch // of who holds committing; nil before the first batch

	cols        *columns
	cache       *segment.Cache
	state       atomic.Pointer[state]
	refreshing  *semaphore.Weighted // of one: held while a newer state is made
	memoryParts atomic.Int64
	turns       *semaphore.Weighted
	codeSets    codeSets
	facetWords  *facetWords
	answers     *answerCache
	directories directories
	seen        seenCache
	sizes       sizes
	reserve     reserve
	sealer      *sealer
	stopSealer  context.CancelFunc
	log         *slog.Logger
}

// Option changes how a store is opened.
type Option func(*DB)

// DefaultCache is how many bytes of decoded columns are kept in memory unless WithCache says otherwise.
const DefaultCache = 256 << 20

// WithCache bounds the bytes of decoded columns that are kept in memory.
func WithCache(bytes int64) Option {
	return func(db *DB) { db.cache = segment.NewCache(bytes) }
}

// WithLog tells where to log what goes on in the background; without it nothing is logged.
func WithLog(log *slog.Logger) Option {
	return func(db *DB) { db.log = log }
}

var (
	_ store.Store     = (*DB)(nil)
	_ store.Writer    = (*DB)(nil)
	_ store.Directory = (*DB)(nil)
)

// Open opens the databases in the folder. It makes both where they are missing, and brings the schema up to date. decode
// turns a kept record back into a sign-in.
func Open(ctx context.Context, folder string, decode store.Decoder, options ...Option) (*DB, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	s := newSchema()
	db := &DB{
		schema: s, words: newWords(s), decode: decode, cache: segment.NewCache(DefaultCache), log: slog.New(slog.DiscardHandler),
		refreshing: semaphore.NewWeighted(1), sizes: usualSizes(), turns: newTurns(), codeSets: codeSets{sets: map[codesAsked]codeSet{}}, facetWords: newFacetWords(), answers: newAnswerCache(), directories: newDirectories(), seen: newSeenCache(),
		reserve: reserve{folder: folder, bytes: DefaultReserve},
	}
	for _, option := range options {
		option(db)
	}
	if db.reserve.holds && isFull(folder) {
		releaseReserve(folder) // people can then sign in
	}
	if err := db.openFiles(ctx, folder); err != nil {
		return nil, errors.Join(asOpenError(ctx, filepath.Join(folder, mainFile), err), db.Close())
	}
	db.reserve.take()
	db.sealer = db.newSealer(folder)
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	db.stopSealer = stop
	go db.sealer.run(background)
	return db, nil
}

func (db *DB) openFiles(ctx context.Context, folder string) (err error) {
	if err := errors.Join(refuseUnfinished(folder), refuseLost(ctx, folder)); err != nil {
		return err
	}
	path := filepath.Join(folder, "main.db")
	if db.writer, err = openWriter(path); err != nil {
		return err
	}
	db.writer.guard.reserve = &db.reserve
	if err := mainSteps().apply(ctx, db.writer, db.log); err != nil {
		return err
	}
	if err := db.makeRowTables(ctx); err != nil {
		return err
	}
	if err := db.writer.watch(); err != nil {
		return err
	}
	if db.reader, err = openReader(path); err != nil {
		return err
	}
	if err := db.noteRules(ctx); err != nil {
		return err
	}
	if db.cols, err = newColumns(ctx, filepath.Join(folder, "cols.db"), &db.reserve, db.log); err != nil {
		return err
	}
	if db.encoder, err = newEncoder(); err != nil {
		return err
	}
	if db.decoder, err = newDecoder(); err != nil {
		return err
	}
	return db.words.refresh(ctx, db.reader)
}

// mainSteps are the steps of main.db. The first one has the number of the newest schema before it: the steps up to there are
// one, since no release made files of theirs.
func mainSteps() *migrations {
	return &migrations{
		files: mainMigrations, folder: "migrations/main", rewriting: []int64{}, holds: "SELECT EXISTS (SELECT 1 FROM imports)",
		tooOld: "import the records again, into another folder",
	}
}

// Close seals what is in memory, puts what the logs of the files hold into these, and closes them. Answers under way end
// with an error.
func (db *DB) Close() error {
	opened := db.sealer != nil
	if opened {
		db.stopSealer()
		<-db.sealer.stopped
	}
	var errs []error
	if db.reader != nil {
		errs = append(errs, db.reader.Close()) // first: the last connection to close empties the log, and a reader cannot
	}
	// cols.db last: an answer under way that finds it closed must not take its segments for lost.
	switch {
	case opened:
		errs = append(errs, db.writer.finish(db.log))
	case db.writer != nil:
		errs = append(errs, db.writer.Close())
	}
	if db.cols != nil {
		errs = append(errs, db.cols.close())
	}
	if db.decoder != nil {
		db.decoder.Close()
	}
	return errors.Join(errs...)
}

// Ping says whether the store answers, and would keep what is written.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.writer.guard.replaced(); err != nil {
		return err
	}
	var one int
	return asStoreError(ctx, db.reader.QueryRowContext(ctx, "SELECT 1").Scan(&one))
}

// asStoreError turns what the driver and the context say into the domain's errors.
func asStoreError(ctx context.Context, err error) error {
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

// asOpenError is asStoreError for a file that could not be opened. SQLite has many words for a disk without room.
func asOpenError(ctx context.Context, path string, err error) error {
	var driver *sqlite.Error
	isDriver := errors.As(err, &driver)
	switch {
	case err == nil, errors.Is(err, store.ErrDiskFull):
		return err
	case isNoSpace(err), isDriver && slices.Contains(fullCodes, driver.Code()&0xFF) && isFull(filepath.Dir(path)):
		return fmt.Errorf("%w: there is no room on the disk of %s. Make room, then start again (%w)", store.ErrDiskFull, filepath.Dir(path), err)
	}
	return asStoreError(ctx, err)
}

// fullCodes are what SQLite may say where it cannot make or lengthen a file.
var fullCodes = []int{sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}

// isFull says that a folder's disk has hardly room for anything.
func isFull(folder string) bool {
	const hardly = 1 << 20
	free, known := freeSpace(folder)
	return known && free < hardly
}
