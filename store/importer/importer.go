package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"signpost/store"
)

// Options of an Importer; the zero value of each means its default.
type Options struct {
	// BatchSize is how many sign-ins go into one transaction at most (default 10,000).
	BatchSize int
	// BatchBytes is how much memory the sign-ins of a batch may take, roughly (default 16 MiB). Two
	// batches are in memory at a time: one is read while the other is written.
	BatchBytes int
	// MaxUnpacked is how many bytes a packed file may unpack to, an archive with all its files (default 40 GiB),
	// MaxRatio how many times its own size (default 1,000).
	MaxUnpacked, MaxRatio int64
	// FullWait is how long a batch waits for room where the disk is full, and FullRetry (default 2 s) how long between two
	// attempts. Without it the import ends.
	FullWait, FullRetry time.Duration
	// Now is the clock by which objects of a directory are dated; time.Now where nil.
	Now func() time.Time
	// Progress is called from one goroutine, every quarter of a megabyte or so.
	Progress func(Progress)
}

// Progress is how far an import is.
type Progress struct {
	Path string // of the file that is read
	// Bytes were read so far, as they lie on disk, of Total; Total is 0 for a stream.
	Bytes, Total int64
	Records      int64
}

// Importer brings exports into an engine.
type Importer struct {
	w        store.Writer
	opts     Options
	progress progress
	// started is when the present import began.
	started time.Time
	// archive is what the archive that is read may unpack to; nil outside of one.
	archive *archiveBound
	// groupsSeen are the groups whose members a file of this import listed: a further file adds to them.
	groupsSeen map[string]bool
}

// progress counts what is read and tells it on.
type progress struct {
	path                  string
	bytes, total, records int64
	tell                  func(Progress)
}

func (p *progress) report() {
	if p.tell != nil {
		p.tell(Progress{Path: p.path, Bytes: p.bytes, Total: p.total, Records: p.records})
	}
}

// New gives an importer that writes to w.
func New(w store.Writer, opts Options) *Importer {
	if opts.BatchSize <= 0 {
		opts.BatchSize = 10_000
	}
	if opts.BatchBytes <= 0 {
		opts.BatchBytes = 16 << 20
	}
	if opts.MaxUnpacked <= 0 {
		opts.MaxUnpacked = defaultMaxUnpacked
	}
	if opts.MaxRatio <= 0 {
		opts.MaxRatio = defaultMaxRatio
	}
	if opts.FullRetry <= 0 {
		opts.FullRetry = 2 * time.Second
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Importer{w: w, opts: opts, groupsSeen: map[string]bool{}}
}

// ErrStopped says that the context ended before the import did. What was read until then is stored.
var ErrStopped = errors.New("the import was stopped; what had been read until then is stored, and importing the same files again brings in the rest")

// reported is the outcome of one file.
type reported struct {
	report store.ImportReport
	err    error
	// fatal says that the engine failed or the import was stopped: no further file is tried.
	fatal bool
}

func failed(path string, err error) reported {
	t := newTally()
	r := reported{report: t.report(path, Unknown), err: err}
	r.report.Failure = err.Error()
	return r
}

// File is a file to be imported.
type File struct {
	Path string // where it lies
	Name string // what reports call it
	// Uploaded says that the file was written for this import: its modification time tells nothing of its content.
	Uploaded bool
}

// Paths imports files and folders: plain, gzip and zip, folders with all below them in the order of
// names. There is a report for every file, in an archive for each of its files. A file that cannot be
// read to its end keeps the counts so far; its error is among those returned (joined), and the next
// file is tried. A path that does not exist fails before anything is imported. When ctx ends, what was
// read is stored and the error is ErrStopped.
func (im *Importer) Paths(ctx context.Context, paths ...string) ([]store.ImportReport, error) {
	var list []File
	for _, path := range paths {
		found, err := files(path)
		if err != nil {
			return nil, err
		}
		for _, file := range found {
			list = append(list, File{Path: file, Name: file})
		}
	}
	return im.Files(ctx, list...)
}

// Files is Paths for files alone, which reports call by their names.
func (im *Importer) Files(ctx context.Context, list ...File) ([]store.ImportReport, error) {
	im.start(progress{tell: im.opts.Progress})
	for _, file := range list {
		if info, err := os.Stat(file.Path); err == nil {
			im.progress.total += info.Size()
		}
	}
	reports := []store.ImportReport{}
	var errs []error
	for _, file := range list {
		if ctx.Err() != nil {
			return reports, errors.Join(append(errs, ErrStopped)...)
		}
		im.progress.path = file.Name
		outcomes, err := im.importFile(ctx, file)
		if err != nil {
			outcomes = append(outcomes, failed(file.Name, err))
		}
		for _, outcome := range outcomes {
			reports = append(reports, outcome.report)
			if outcome.fatal {
				return reports, errors.Join(append(errs, outcome.err)...)
			}
			if outcome.err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", outcome.report.Path, outcome.err))
			}
		}
		im.progress.report()
	}
	return reports, errors.Join(errs...)
}

// Reader imports a stream (plain or gzip) under a name; the report holds the counts so far also where
// there is an error.
func (im *Importer) Reader(ctx context.Context, name string, r io.Reader) (store.ImportReport, error) {
	im.start(progress{tell: im.opts.Progress, path: name})
	outcome := im.importStream(ctx, name, im.started, &im.progress, r)
	return outcome.report, outcome.err
}

// start begins an import: of all files that are given together.
func (im *Importer) start(p progress) {
	clear(im.groupsSeen)
	im.progress, im.started = p, im.opts.Now().UTC().Truncate(time.Microsecond)
}

// earlier gives when records were received: by the time of their file, where that is before the import or the archive
// around it. A time of before 1981 is what tools write that know none.
func earlier(received, file time.Time) time.Time {
	if file.Year() > 1980 && file.Before(received) {
		return file.UTC()
	}
	return received
}
