package accesslog

import (
	"context"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/dbfile"
)

//go:embed migrations/*.sql
var steps embed.FS

// File is the name of the file in a data folder.
const File = "access.db"

// ReservePart is how much of the room that is kept back the access log may use: while the disk is full people look at what is
// there, and that is written down.
const ReservePart = 16 << 20

// headsEvery is how often the head is logged, keptEvery how often it is kept in portal.db while records are appended.
const (
	headsEvery = time.Hour
	keptEvery  = time.Second
)

// Keeper keeps the head of the log outside its file.
type Keeper interface {
	// AccessHead gives the head that was kept last; the zero KeptHead where none was.
	AccessHead(ctx context.Context) (access.KeptHead, error)
	KeepAccessHead(ctx context.Context, head access.KeptHead) error
}

// Log is access.db, safe for concurrent use, also while another process uses the same folder.
type Log struct {
	reader *sql.DB
	writer *dbfile.Writer
	part   *dbfile.ReservePart
	keeper Keeper
	log    *slog.Logger
	now    func() time.Time
	// lost is the kept head of a file that does not have its record. The next record follows it, so that the break stays in the
	// chain.
	lost access.Head

	inserting, heading *sql.Stmt // of the writer
	reading            *sql.Stmt // of the reader: pages about the log ask for the head several times

	writing  sync.Mutex // one transaction at a time, with what follows from it
	queue    chan *waiting
	stop     chan struct{}
	ended    chan struct{} // closed once nothing more is written
	stopping sync.Once
	working  sync.WaitGroup
	dirty    chan struct{} // holds something once a record was appended since the head was kept

	mu       sync.Mutex
	newest   access.Head
	appended chan struct{} // closed as the next records are appended
	opened   bool          // the kept head says that the log is not closed
	commits  int           // tests count them
}

// Option changes how access.db is opened.
type Option func(*Log)

// WithLog tells where the heads are logged, and what becomes of the file; without it nothing is logged.
func WithLog(log *slog.Logger) Option { return func(l *Log) { l.log = log } }

// WithReserve tells which room of the disk is kept back. The log may use ReservePart of it.
func WithReserve(r *dbfile.Reserve) Option {
	return func(l *Log) {
		l.part = r.Part(ReservePart)
		if l.part != nil {
			l.writer.KeepBackRest(l.part)
		}
	}
}

// WithKeeper tells where the head is kept outside the file; without it nowhere.
func WithKeeper(k Keeper) Option { return func(l *Log) { l.keeper = k } }

// WithClock gives records other times than the clock's: tests and benchmarks make up a past.
func WithClock(now func() time.Time) Option { return func(l *Log) { l.now = now } }

// Open opens access.db in the folder, makes both where they are missing, and brings the schema up to date.
func Open(ctx context.Context, folder string, options ...Option) (*Log, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	path := filepath.Join(folder, File)
	writer, err := dbfile.OpenWriter(path, "wal_autocheckpoint(1000)", "journal_size_limit(4194304)") // its log is part of the room it may use
	if err != nil {
		return nil, dbfile.OpenError(ctx, path, err)
	}
	l := &Log{
		writer: writer, log: slog.New(slog.DiscardHandler), now: time.Now,
		queue: make(chan *waiting, maxBatch), stop: make(chan struct{}), ended: make(chan struct{}), dirty: make(chan struct{}, 1), appended: make(chan struct{}),
	}
	for _, option := range options {
		option(l)
	}
	err = Steps().Apply(ctx, writer, l.log)
	if err == nil {
		err = writer.Watch()
	}
	if err == nil {
		l.reader, err = dbfile.OpenReader(path)
	}
	if err == nil {
		err = l.prepare(ctx)
	}
	if err == nil {
		err = l.begin(ctx)
	}
	if err != nil {
		if l.reader != nil {
			err = errors.Join(err, l.reader.Close())
		}
		err = dbfile.OpenError(ctx, path, err)
		if errors.Is(err, store.ErrDamaged) {
			err = fmt.Errorf("%w. Restore a backup, or move the file out of the folder: the log then goes on behind the head that portal.db keeps, and a check names the gap", err)
		}
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), writer.Close())
	}
	l.working.Go(l.write)
	l.working.Go(l.keep)
	return l, nil
}

// Steps are the steps of access.db.
func Steps() *dbfile.Migrations {
	return &dbfile.Migrations{
		Files: steps, Folder: "migrations", Rewriting: []int64{}, Holds: "SELECT EXISTS (SELECT 1 FROM records)", TooOld: "move it out of the folder",
	}
}

// Close writes what waits, keeps the head, and closes the file.
func (l *Log) Close() error {
	l.stopping.Do(func() { close(l.stop) })
	l.working.Wait()
	if l.opened {
		l.keepHead(true)
	}
	l.logHead("stop")
	return errors.Join(l.reading.Close(), l.reader.Close(), l.inserting.Close(), l.heading.Close(), l.writer.Finish(l.log))
}

// Ping says whether what is written would be kept.
func (l *Log) Ping() error { return l.writer.Replaced() }

// Head gives the head of the log: of what is in the file now, also by another process.
func (l *Log) Head(ctx context.Context) (access.Head, error) {
	h, _, err := headOf(l.reading.QueryRowContext(ctx))
	return h, dbfile.StoreError(ctx, err)
}

// Appended gives a channel that is closed once this process appends further records.
func (l *Log) Appended() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.appended
}

const newestRecord = "SELECT number, time, hash FROM records ORDER BY number DESC LIMIT 1"

// prepare prepares what every transaction runs.
func (l *Log) prepare(ctx context.Context) (err error) {
	if l.heading, err = l.writer.PrepareContext(ctx, newestRecord); err == nil {
		l.inserting, err = l.writer.PrepareContext(ctx, "INSERT INTO records (number, time, document, previous, hash) VALUES (?, ?, ?, ?, ?)")
	}
	if err == nil {
		l.reading, err = l.reader.PrepareContext(ctx, newestRecord)
	}
	return err
}

// headOf gives the newest record's number, hash and time.
func headOf(newest *sql.Row) (h access.Head, at int64, err error) {
	var hash []byte
	err = newest.Scan(&h.Number, &at, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return access.Head{}, 0, nil
	}
	h.Hash = hex.EncodeToString(hash)
	return h, at, err
}

// Stored is a record as the file has it.
type Stored struct {
	Number         int64
	Time           time.Time
	Document       []byte
	Previous, Hash string
}

// Whole gives the whole record as a JSON object.
func (s *Stored) Whole() []byte {
	return access.Whole(s.Number, s.Time, s.Document, s.Previous, s.Hash)
}

// After gives up to limit records behind a number, in order.
func (l *Log) After(ctx context.Context, number int64, limit int) ([]Stored, error) {
	return l.read(ctx, "WHERE number > ? ORDER BY number LIMIT ?", number, limit)
}

// Between gives the records from a number to another one, in order.
func (l *Log) Between(ctx context.Context, from, to int64) ([]Stored, error) {
	return l.read(ctx, "WHERE number BETWEEN ? AND ? ORDER BY number", from, to)
}

func (l *Log) read(ctx context.Context, which string, args ...any) (records []Stored, err error) {
	rows, err := l.reader.QueryContext(ctx, "SELECT number, time, document, previous, hash FROM records "+which, args...)
	if err != nil {
		return nil, dbfile.StoreError(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanRecord(rows)
		if err != nil {
			return nil, dbfile.StoreError(ctx, err)
		}
		records = append(records, r.stored())
	}
	return records, dbfile.StoreError(ctx, rows.Err())
}

// logHead writes the head to the program's log, which leaves the machine by other ways than the data folder.
func (l *Log) logHead(when string) {
	l.mu.Lock()
	h := l.newest
	l.mu.Unlock()
	if h.Number > 0 {
		l.log.Info("access log head", "number", h.Number, "hash", h.Hash, "at", when)
	}
}

// errClosed says that the log was closed.
var errClosed = errors.New("the access log is closed")

// check refuses a record that says nothing.
func check(r *access.Record) error {
	if r.Action == "" || r.Outcome == "" {
		return errors.New("an access record without an action or outcome")
	}
	return nil
}
