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

// Options are the options of an Importer. The zero value of each stands for its default.
type Options struct {
	// BatchSize is how many records one transaction has at most (default 10,000).
	BatchSize int
	// BatchBytes is about how much memory the records of a batch take at most (default 12 MiB). Memory holds three
	// batches: one is read, one is prepared and one is committed.
	BatchBytes int
	// MaxUnpacked is how many bytes a packed file, or an archive with all its files, may unpack to (default 40 GiB). MaxRatio
	// is how many times its own size that may be (default 1,000).
	MaxUnpacked, MaxRatio int64
	// MaxMembers is how many files an archive may hold; 0 sets no limit.
	MaxMembers int
	// FullWait is how long a batch waits for room on a full disk. FullRetry is the time between two attempts (default 2 s).
	// Without FullWait the import ends.
	FullWait, FullRetry time.Duration
	// Now is the clock that dates objects of a directory; time.Now where nil.
	Now func() time.Time
	// Progress is called about every quarter of a megabyte, from one goroutine.
	Progress func(Progress)
	// Answers are what was said about files that do not say it themselves.
	Answers Answers
	// Mappings are applied to files of no known format.
	Mappings []store.Mapping
}

// Progress tells how far an import is.
type Progress struct {
	Path string // of the file that is read
	// Bytes are how many bytes on disk were read so far, of Total. Total is 0 for a stream.
	Bytes, Total int64
	Records      int64
}

// Importer brings exports into an engine.
type Importer struct {
	w     store.Writer
	table *kindTable
	// decode reads a compact document that a log keeps; see decoder.decode.
	decode   func(log store.Log, doc []byte) (e store.Entry, reason string)
	opts     Options
	progress progress
	// started is when the present import began.
	started time.Time
	// archive bounds what the present archive unpacks to; nil outside of one.
	archive *archiveBound
	// stated are the ranges that the present archive holds whole, by its manifest.
	stated map[store.Log]store.Span
	// listsSeen are the lists that earlier files of this import had entries of. A further file adds to them.
	listsSeen map[listed]bool
	// reportsSeen are the reports that earlier files of this import had rows of.
	reportsSeen map[store.StateKind]*importedReport
	// explains says that files are looked at for Explain; looks are those looked at so far. invents says that answers are made up
	// where nobody has given them.
	explains, invents bool
	looks             []*look
}

// progress counts bytes that are read, and tells the caller.
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

// New gives an importer that writes to w the records of the kinds that w keeps.
func New(w store.Writer, opts Options) *Importer {
	return newImporter(w, tableOf(w.Catalog()), opts)
}

func newImporter(w store.Writer, table *kindTable, opts Options) *Importer {
	if opts.BatchSize <= 0 {
		opts.BatchSize = 10_000
	}
	if opts.BatchBytes <= 0 {
		opts.BatchBytes = 12 << 20
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
	return &Importer{w: w, table: table, decode: newDecoder(table).decode, opts: opts, listsSeen: map[listed]bool{}, reportsSeen: map[store.StateKind]*importedReport{}}
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
	// Uploaded says that the file was written for this import. Its modification time then tells nothing of its content.
	Uploaded bool
	// Without are the places of members in a zip archive's list that are not imported.
	Without []int
	// Answers go before those of Options.
	Answers Answers
}

// Paths imports files and folders: plain files, gzip and zip, folders with all below them in the order of names. Every file
// has a report, and so has every file of an archive. A file that cannot be read to its end keeps the counts so far. Its error
// is joined to those returned, and the next file is tried. A path that does not exist fails before anything is imported. When
// ctx ends, everything read so far is stored and the error is ErrStopped.
func (im *Importer) Paths(ctx context.Context, paths ...string) ([]store.ImportReport, error) {
	list, err := filesBelow(paths)
	if err != nil {
		return nil, err
	}
	return im.Files(ctx, list...)
}

// filesBelow gives the files of paths; see files.
func filesBelow(paths []string) (list []File, err error) {
	for _, path := range paths {
		found, err := files(path)
		if err != nil {
			return nil, err
		}
		for _, file := range found {
			list = append(list, File{Path: file, Name: file})
		}
	}
	return list, nil
}

// Files imports files as Paths does. Reports call them by their names.
func (im *Importer) Files(ctx context.Context, list ...File) ([]store.ImportReport, error) {
	im.start(progress{tell: im.opts.Progress})
	for _, file := range list {
		if info, err := os.Stat(file.Path); err == nil {
			im.progress.total += info.Size()
		}
	}
	reports := []store.ImportReport{}
	var errs []error
	for at, file := range list {
		if ctx.Err() != nil {
			return reports, errors.Join(append(errs, ErrStopped)...)
		}
		im.progress.path = file.Name
		outcomes, err := im.importFile(ctx, file)
		if err != nil {
			outcomes = append(outcomes, failed(file.Name, err))
		}
		for _, outcome := range outcomes {
			outcome.report.File = at
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

// Reader imports a plain or gzip stream under a name. The report holds the counts so far, also where there is an error.
func (im *Importer) Reader(ctx context.Context, name string, r io.Reader) (store.ImportReport, error) {
	im.start(progress{tell: im.opts.Progress, path: name})
	outcome := im.importStream(ctx, name, im.started, &im.progress, r, about{answers: im.opts.Answers})
	return outcome.report, outcome.err
}

// start begins an import of files that are given together.
func (im *Importer) start(p progress) {
	clear(im.listsSeen)
	clear(im.reportsSeen)
	im.progress, im.started = p, im.opts.Now().UTC().Truncate(time.Microsecond)
}

// earlier gives the time at which records were received. It is the time of their file, where that is before the import or the
// archive around it. Tools that know no time write one before 1981.
func earlier(received, file time.Time) time.Time {
	if file.Year() > 1980 && file.Before(received) {
		return file.UTC()
	}
	return received
}
