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
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/semaphore"

	"signpost/store"
	"signpost/store/dbfile"
	"signpost/store/sqlite/segment"
)

//go:embed migrations/*.sql
var mainMigrations embed.FS

// The files of the engine in a data folder. ColumnsFile is derived from MainFile.
const (
	MainFile    = "main.db"
	ColumnsFile = "cols.db"
)

// DB is the engine over one data folder: rows and records in main.db, their columns in cols.db. It is a store.Engine, safe for concurrent use, also while another process uses the same folder.
type DB struct {
	reader *sql.DB
	writer *dbfile.Writer

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
	move        func(ctx context.Context, from *sql.Tx) ([]string, error)
	memberCodes memberCodes
	seen        seenCache
	sizes       sizes
	reserve     *dbfile.Reserve
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

// WithReserve tells which room of the disk is kept back; without it DefaultReserve is, by no file.
func WithReserve(r *dbfile.Reserve) Option {
	return func(db *DB) { db.reserve = r }
}

// WithLog tells where to log what goes on in the background; without it nothing is logged.
func WithLog(log *slog.Logger) Option {
	return func(db *DB) { db.log = log }
}

// WithMove says where the directory and the import ledger go that main.db held up to its schema 8. move is called inside the
// transaction of the step to schema 9, and gives the tables that the step then drops. It is called for a new folder too.
// Without it a folder is refused that has such tables with anything in them.
func WithMove(move func(ctx context.Context, from *sql.Tx) (tables []string, err error)) Option {
	return func(db *DB) { db.move = move }
}

var _ store.Engine = (*DB)(nil)

// Open opens the databases in the folder. It makes both where they are missing, and brings the schema up to date. decode
// turns a kept record of one of the catalog's kinds back into an entry.
func Open(ctx context.Context, folder string, catalog store.Catalog, decode store.Decoder, options ...Option) (*DB, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	s := newSchema(catalog)
	db := &DB{
		schema: s, words: newWords(s), decode: decode, cache: segment.NewCache(DefaultCache), log: slog.New(slog.DiscardHandler),
		refreshing: semaphore.NewWeighted(1), sizes: usualSizes(), turns: newTurns(), codeSets: codeSets{sets: map[codesAsked]codeSet{}}, facetWords: newFacetWords(), answers: newAnswerCache(), memberCodes: newMemberCodes(), seen: newSeenCache(),
		reserve: dbfile.NewReserve(folder, dbfile.DefaultReserve, false),
	}
	for _, option := range options {
		option(db)
	}
	db.reserve.MakeRoom()
	if err := db.openFiles(ctx, folder); err != nil {
		return nil, errors.Join(dbfile.OpenError(ctx, filepath.Join(folder, MainFile), err), db.Close())
	}
	db.reserve.Take()
	db.sealer = db.newSealer(folder)
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	db.stopSealer = stop
	go db.sealer.run(background)
	return db, nil
}

// Catalog gives the kinds of records that the store keeps.
func (db *DB) Catalog() store.Catalog { return db.schema.catalog }

func (db *DB) openFiles(ctx context.Context, folder string) (err error) {
	path := filepath.Join(folder, MainFile)
	if db.writer, err = dbfile.OpenWriter(path); err != nil {
		return err
	}
	db.writer.KeepBack(db.reserve)
	if err := stepsWith(db.move).Apply(ctx, db.writer, db.log); err != nil {
		return err
	}
	if err := db.makeRowTables(ctx); err != nil {
		return err
	}
	if err := db.writer.Watch(); err != nil {
		return err
	}
	if db.reader, err = dbfile.OpenReader(path); err != nil {
		return err
	}
	if err := db.noteRules(ctx); err != nil {
		return err
	}
	if db.cols, err = newColumns(ctx, filepath.Join(folder, ColumnsFile), db.reserve, db.log); err != nil {
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

// Steps are the steps of main.db. The first one has the number of the newest schema before it: the steps up to there are
// one, since no release made files of theirs.
func Steps() *dbfile.Migrations { return stepsWith(nil) }

func stepsWith(move func(ctx context.Context, from *sql.Tx) ([]string, error)) *dbfile.Migrations {
	return &dbfile.Migrations{
		Files: mainMigrations, Folder: "migrations", Rewriting: []int64{}, Holds: "SELECT EXISTS (SELECT 1 FROM docs)",
		TooOld: "import the records again, into another folder",
		Code: map[int64]func(context.Context, *sql.Tx) error{
			SchemaWithoutDirectory: func(ctx context.Context, tx *sql.Tx) error { return moveOut(ctx, tx, move) },
			schemaWithFoldedIDs:    foldIDTexts,
		},
	}
}

// SchemaWithoutDirectory is the first schema of main.db that has neither the directory nor the import ledger.
const SchemaWithoutDirectory = 9

// moveOut drops the tables that are moved. What is moved is whole in its new place before.
func moveOut(ctx context.Context, tx *sql.Tx, move func(ctx context.Context, from *sql.Tx) ([]string, error)) error {
	var there, holds bool
	if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'directory')").Scan(&there); err != nil {
		return err
	}
	if !there {
		return errors.New("another process moved the directory out of main.db") // see dbfile.Migrations.Code
	}
	if move == nil {
		err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM directory) OR EXISTS (SELECT 1 FROM memberships) OR EXISTS (SELECT 1 FROM imports)").Scan(&holds)
		if err == nil && holds {
			err = errors.New("main.db holds a directory or a list of imports, and there is no place to move them to")
		}
		if err != nil {
			return err
		}
		move = func(context.Context, *sql.Tx) ([]string, error) {
			return []string{"directory", "members", "memberships", "directory_revision", "imports"}, nil
		}
	}
	tables, err := move(ctx, tx)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if _, err := tx.ExecContext(ctx, "DROP TABLE "+table); err != nil {
			return fmt.Errorf("drop %s, which was moved: %w", table, err)
		}
	}
	return nil
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
		errs = append(errs, db.writer.Finish(db.log))
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
	if err := db.writer.Replaced(); err != nil {
		return err
	}
	var one int
	return dbfile.StoreError(ctx, db.reader.QueryRowContext(ctx, "SELECT 1").Scan(&one))
}
