// Package sqlite is the embedded engine: the sign-ins in main.db, the people who sign in to the portal
// in portal.db. Columns of the sign-ins, made of
// their rows, are in cols.db: questions read those, and it can be made again at any time.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"
	"github.com/pressly/goose/v3"
	"golang.org/x/sync/semaphore"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

//go:embed migrations/main/*.sql
var mainMigrations embed.FS

// DB is the engine over one data folder: rows and records in main.db, their columns in cols.db. It is a store.Store and a store.Writer, safe for
// concurrent use, also beside another process on the same folder.
type DB struct {
	reader *sql.DB
	writer *sql.DB

	schema  *schema
	rules   rules
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
	ids        *idSearch // of who holds committing; nil before the first batch

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

// Open opens the databases in the folder, makes both where they are missing, and brings the schema up to
// date. decode turns a kept record back into a sign-in.
func Open(ctx context.Context, folder string, decode store.Decoder, options ...Option) (*DB, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	s := newSchema()
	db := &DB{
		schema: s, rules: currentRules(), words: newWords(s), decode: decode, cache: segment.NewCache(DefaultCache), log: slog.New(slog.DiscardHandler),
		refreshing: semaphore.NewWeighted(1), sizes: usualSizes(), turns: newTurns(), codeSets: codeSets{sets: map[string]codeSet{}}, facetWords: newFacetWords(), answers: newAnswerCache(), directories: newDirectories(), seen: newSeenCache(),
	}
	for _, option := range options {
		option(db)
	}
	if err := db.openFiles(ctx, folder); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	db.sealer = db.newSealer(folder)
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	db.stopSealer = stop
	go db.sealer.run(background)
	return db, nil
}

func (db *DB) openFiles(ctx context.Context, folder string) (err error) {
	path := filepath.Join(folder, "main.db")
	if db.writer, err = openWriter(path); err != nil {
		return err
	}
	if err := migrateBesideOthers(ctx, db.writer, mainMigrations, "migrations/main", db.rowsMigration(movedAtOnce), db.quartersMigration()); err != nil {
		return err
	}
	if db.reader, err = openReader(path); err != nil {
		return err
	}
	if err := db.noteRules(ctx); err != nil {
		return err
	}
	if db.cols, err = newColumns(ctx, filepath.Join(folder, "cols.db")); err != nil {
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

// Close seals what is in memory and closes the files. Answers under way end with an error.
func (db *DB) Close() error {
	if db.sealer != nil {
		db.stopSealer()
		<-db.sealer.stopped
	}
	// The writer first: an answer under way that finds cols.db closed must not take its segments for lost.
	var errs []error
	for _, file := range []*sql.DB{db.writer, db.reader} {
		if file != nil {
			errs = append(errs, file.Close())
		}
	}
	if db.cols != nil {
		errs = append(errs, db.cols.close())
	}
	if db.decoder != nil {
		db.decoder.Close()
	}
	return errors.Join(errs...)
}

// Ping says whether the store answers.
func (db *DB) Ping(ctx context.Context) error {
	var one int
	return asStoreError(ctx, db.reader.QueryRowContext(ctx, "SELECT 1").Scan(&one))
}

// migrate brings a file's schema up to date, where nobody else does so; see migrateBesideOthers.
func migrate(ctx context.Context, writer *sql.DB, files embed.FS, folder string, inGo ...*goose.Migration) error {
	dir, err := fs.Sub(files, folder)
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, writer, dir, goose.WithGoMigrations(inGo...))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the database up to date: %w", err)
	}
	return nil
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
	if errors.As(err, &driver) && driver.Code()&0xFF == sqlite3.SQLITE_FULL {
		return fmt.Errorf("%w: %w", store.ErrDiskFull, err)
	}
	return err
}
