package datafolder

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/accesslog"
	"signpost/store/dbfile"
	"signpost/store/directory"
	"signpost/store/portal"
	"signpost/store/sqlite"
)

// Folder is an open data folder: its logs, its directory and its ledger of imports as one store. It is safe for concurrent
// use, also while another process uses the same folder.
type Folder struct {
	*directory.Joined

	path      string
	engine    *sqlite.DB
	directory *directory.DB
	reserve   *dbfile.Reserve
	access    *accesslog.Log
	feed      *accessFeed
	heads     *headKeeper
}

// Option changes how a folder is opened.
type Option func(*options)

type options struct {
	log       *slog.Logger
	engine    []sqlite.Option
	directory []directory.Option
	reserve   int64
	holds     bool
}

// WithCache bounds the bytes of decoded columns that are kept in memory.
func WithCache(bytes int64) Option {
	return func(o *options) { o.engine = append(o.engine, sqlite.WithCache(bytes)) }
}

// WithLog tells where to log what goes on in the background; without it nothing is logged.
func WithLog(log *slog.Logger) Option {
	return func(o *options) {
		o.log = log
		o.engine = append(o.engine, sqlite.WithLog(log))
		o.directory = append(o.directory, directory.WithLog(log))
	}
}

// WithReserve keeps so many bytes of the disk back; 0 for none. Where holds is true they are held by a file. Without it
// dbfile.DefaultReserve is kept back, by no file.
func WithReserve(bytes int64, holds bool) Option {
	return func(o *options) { o.reserve, o.holds = bytes, holds }
}

// Open opens the logs, the directory and the ledger of a folder. It makes what is missing, and brings the schemas up to date.
// decode turns a kept record of one of the catalog's kinds back into an entry. portal.Open opens the people of the folder.
func Open(ctx context.Context, path string, catalog store.Catalog, decode store.Decoder, opts ...Option) (*Folder, error) {
	o := options{log: slog.New(slog.DiscardHandler), reserve: dbfile.DefaultReserve}
	for _, option := range opts {
		option(&o)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if err := refuse(ctx, path); err != nil {
		return nil, err
	}
	f := &Folder{path: path, reserve: dbfile.NewReserve(path, o.reserve, o.holds)}
	move := func(ctx context.Context, from *sql.Tx) ([]string, error) {
		return directory.Move(ctx, path, from, o.log)
	}
	var err error
	f.engine, err = sqlite.Open(ctx, path, catalog, decode, append(o.engine, sqlite.WithReserve(f.reserve), sqlite.WithMove(move))...)
	if err != nil {
		return nil, err
	}
	f.directory, err = directory.Open(ctx, path, append(o.directory, directory.WithReserve(f.reserve))...)
	if err != nil {
		return nil, errors.Join(err, f.engine.Close())
	}
	if err := f.directory.Restate(ctx, catalog); err != nil {
		if ctx.Err() != nil {
			return nil, errors.Join(err, f.directory.Close(), f.engine.Close())
		}
		// The ledger of coverage lacks some files until the next start; nothing else does.
		o.log.Warn("the coverage of earlier imports is not known", "error", err)
	}
	f.heads = &headKeeper{folder: path, log: o.log}
	f.access, err = accesslog.Open(ctx, path, accesslog.WithLog(o.log), accesslog.WithReserve(f.reserve), accesslog.WithKeeper(f.heads))
	if err != nil {
		return nil, errors.Join(err, f.heads.Close(), f.directory.Close(), f.engine.Close())
	}
	if catalog.Kind(access.Log) == nil { // a catalog of tests: nothing could be asked
		f.Joined = directory.Join(f.engine, f.directory)
		return f, nil
	}
	f.feed = newAccessFeed(f.access, f.engine, decode, o.log)
	f.Joined = directory.Join(fedEngine{f.engine, f.feed}, f.directory)
	return f, nil
}

// DictionarySize says what one dictionary of the logs takes in memory.
type DictionarySize = sqlite.DictionarySize

// DictionarySizes gives what the dictionaries of the logs take in memory, the largest first.
func (f *Folder) DictionarySizes() []DictionarySize { return f.engine.DictionarySizes() }

// Access gives the portal's own access log.
func (f *Folder) Access() *accesslog.Log { return f.access }

// BeginDirectory makes an empty directory.db in a folder that lost its own, and where no backup has it.
func BeginDirectory(ctx context.Context, path string) error {
	if err := errors.Join(dbfile.RefuseUnfinished(path), refuseLostMain(ctx, path)); err != nil {
		return err
	}
	if err := refuseLostDirectory(ctx, path); err == nil {
		return fmt.Errorf("%s is not lost", filepath.Join(path, directory.File))
	} else if !errors.Is(err, errLostDirectory) {
		return err
	}
	if log := filepath.Join(path, directory.File+"-wal"); dbfile.Size(log) > 0 {
		return fmt.Errorf("%s holds changes of the directory.db that was lost, and an empty one in its place would make SQLite throw them away. "+
			"Nothing was changed. Move that file out of the folder first", log)
	}
	db, err := directory.Open(ctx, path)
	if err != nil {
		return err
	}
	return db.Close()
}

// Close ends the background work, and puts what the logs of the files hold into these. Answers under way end with an error.
func (f *Folder) Close() error {
	if f.feed != nil {
		f.feed.close()
	}
	return errors.Join(f.access.Close(), f.heads.Close(), f.directory.Close(), f.engine.Close())
}

// Ping says whether the store answers, and would keep what is written.
func (f *Folder) Ping(ctx context.Context) error {
	return errors.Join(f.engine.Ping(ctx), f.directory.Ping(), f.access.Ping())
}

// DiskFull says that the disk has no room for another batch of an import.
func (f *Folder) DiskFull() bool { return f.reserve.Full() }

// Reindex makes every row of the logs again from its records as received; see sqlite.DB.Reindex. What is missing of the copy of the
// access log is put into it.
func (f *Folder) Reindex(ctx context.Context, done func(rows int64)) error {
	if err := f.engine.Reindex(ctx, done); err != nil || f.feed == nil {
		return err
	}
	return f.feed.again(ctx)
}

// Checkup reads everything in the folder and says what is not as it was written. A tell that is not nil is told how many
// records were read so far. The access log is compared with heads that somebody took from what the program logged, too.
func (f *Folder) Checkup(ctx context.Context, tell func(rows int64), heads ...access.Head) (store.Checkup, error) {
	if f.feed != nil {
		if err := f.feed.catchUp(ctx); err != nil {
			return store.Checkup{}, err
		}
	}
	report, err := f.engine.Checkup(ctx, tell)
	if err != nil {
		return report, err
	}
	if err := f.checkAccess(ctx, &report, heads); err != nil {
		return report, err
	}
	if err := f.directory.Check(ctx, &report); err != nil {
		return report, err
	}
	if _, err := os.Stat(filepath.Join(f.path, portal.File)); errors.Is(err, os.ErrNotExist) {
		return report, nil
	}
	return report, portal.Check(ctx, f.path, &report)
}
