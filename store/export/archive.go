package export

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"

	"github.com/klauspost/compress/flate"

	"signpost/store"
	"signpost/store/coverage"
)

// archive is a zip that is sent as it is written. It keeps only the names and sizes of its files.
type archive struct {
	zip   *zip.Writer
	made  time.Time
	files []archived
}

// archived is a file in the archive.
type archived struct {
	name string
	size int64
	sum  [sha256.Size]byte
	rows int64 // of the file itself, without a heading
}

// newArchive writes a zip's files to w as they come. The fastest compression makes them about a tenth; a better
// one would slow the download down.
func newArchive(w io.Writer) *zip.Writer {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	return z
}

// add writes one more file; write returns the number of its rows.
func (a *archive) add(name string, write func(io.Writer) (rows int64, err error)) error {
	entry, err := a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.made})
	if err != nil {
		return fmt.Errorf("begin %s: %w", name, err)
	}
	counted := &summed{w: entry, hash: sha256.New()}
	rows, err := write(counted)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	file := archived{name: name, size: counted.size, rows: rows}
	counted.hash.Sum(file.sum[:0])
	a.files = append(a.files, file)
	return nil
}

// text adds a file with this text.
func (a *archive) text(name string, content []byte) error {
	return a.add(name, func(w io.Writer) (int64, error) {
		_, err := w.Write(content)
		return 0, err
	})
}

// list adds the file of a list, and returns how many rows of the list are in it.
func (a *archive) list(ctx context.Context, s store.Store, r Request) (listed int64, err error) {
	err = a.add(r.Name(s.Catalog()), func(w io.Writer) (int64, error) {
		e := newExporter(ctx, w, s, r)
		err := e.write(ctx)
		listed = e.rows
		return e.written, err
	})
	return listed, err
}

// summed counts and hashes the bytes that it passes on.
type summed struct {
	w    io.Writer
	hash hash.Hash
	size int64
}

func (s *summed) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.size += int64(n)
	s.hash.Write(p[:n]) //nolint:errcheck // a hash takes everything
	return n, err
}

// logs are those of the kind of the list's log, without others that may not be read at all.
func (r Request) logs(asked store.LogInfo) (logs []store.LogInfo) {
	for _, info := range asked.Kind().Logs {
		if info.Log == asked.Log || !r.Withheld.Has(info.Read) {
			logs = append(logs, info)
		}
	}
	return logs
}

// csvFiles are the CSV files of every log of the kind under the filter, without the conditions that are set aside
// on each.
func (r Request) csvFiles(catalog store.Catalog) []Request {
	var files []Request
	asked, ok := catalog.Log(r.Query.Log)
	if !ok {
		return nil
	}
	for _, info := range r.logs(asked) {
		for _, part := range []Part{Rows, AuthDetails} {
			if !HasPart(info, CSV, part) {
				continue
			}
			file := r
			file.Format, file.Part = CSV, part
			file.Query.Log = info.Log
			file.Query.Filter, file.Aside = r.Query.Filter.For(info)
			files = append(files, file)
		}
	}
	return files
}

// Total counts the rows that Progress will report in the end.
func (r Request) Total(ctx context.Context, s store.Store) (n int64, err error) {
	files := []Request{r}
	if r.Format == ZIP {
		files = r.csvFiles(s.Catalog())
	}
	for _, file := range files {
		q := file.Query
		info, _ := s.Catalog().Log(q.Log)
		q.Filter, _ = q.Filter.For(info)
		q.After = nil
		total, err := s.Total(ctx, q)
		if err != nil {
			return 0, err
		}
		n += total.N
	}
	return n, nil
}

// allCSV writes the CSV files of every log of the kind into one archive, with a text about the contents of each.
func (e *exporter) allCSV(ctx context.Context) error {
	a := &archive{zip: newArchive(e.out), made: e.Made}
	catalog, kind := e.store.Catalog(), e.info.Kind()
	files := e.csvFiles(catalog)
	var about bytes.Buffer
	fmt.Fprintf(&about, "%s of every log, downloaded from Signpost on %s.\r\n", capital(kind.Many), e.Made.UTC().Format(longTime))
	about.WriteString("All rows and all fields, newest first, times in UTC.")
	if slices.ContainsFunc(files, func(file Request) bool { return file.Part == AuthDetails }) {
		about.WriteString(" The authentication details are joined on the request ID.")
	}
	about.WriteString("\r\n" + emptyCellSentence + "\r\n")
	for _, class := range e.withheldOf(kind) {
		about.WriteString(withheldSentence(class) + "\r\n")
	}
	stillReading, err := e.StillReading(ctx, e.store)
	if err != nil {
		return err
	}
	if stillReading {
		about.WriteString(StillReadingSentence + "\r\n")
	}
	var before int64
	var held []store.Log // of each file
	covered := map[store.Log]*coverage.Coverage{}
	for _, info := range e.logs(e.info) {
		if covered[info.Log], err = e.coverageOf(ctx, info.Log); err != nil {
			return err
		}
	}
	for _, file := range files {
		file.Progress = nil
		if e.Progress != nil {
			start := before
			file.Progress = func(rows int64) { e.Progress(start + rows) }
		}
		listed, err := a.list(ctx, e.store, file)
		if err != nil {
			return err
		}
		before += listed
		fmt.Fprintf(&about, "\r\n%s: %d %s\r\n    %s\r\n", file.Name(catalog), a.files[len(a.files)-1].rows, rowsWord(a.files[len(a.files)-1].rows), e.wordsOf(catalog, file.Query.Log))
		for i, text := range coverageLines(covered[file.Query.Log], gapsInReadme, ": see "+manifestName) {
			if i == 0 {
				text = "The log is " + text
			}
			fmt.Fprintf(&about, "    %s\r\n", text)
		}
		for _, aside := range file.SetAside(catalog) {
			fmt.Fprintf(&about, "    %s\r\n", aside)
		}
		held = append(held, file.Query.Log)
	}
	if err := a.text(readmeName, about.Bytes()); err != nil {
		return err
	}
	manifest := e.zipManifest(catalog, a.files, held, covered)
	manifest.StillReading = stillReading
	text, err := manifest.json()
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	if err := a.text(manifestName, text); err != nil {
		return err
	}
	return a.zip.Close()
}

// longTime is a time in a text.
const longTime = "2006-01-02 15:04:05 UTC"

// emptyCellSentence explains an empty cell of a CSV file.
const emptyCellSentence = "A cell is empty where a record has nothing for it, or has it in a shape that is not read: NDJSON files have records as received."

// withheldSentence tells that the data of a class is missing.
func withheldSentence(class store.Class) string {
	if class == store.ConditionalAccess {
		return "Conditional Access data is not in the files: whoever made them has no right to it."
	}
	return "Not in the files, since whoever made them has no right to it: " + class.String() + "."
}

// withheldOf are the withheld classes whose data records of the kind can have.
func (r Request) withheldOf(kind *store.Kind) (classes []store.Class) {
	for _, class := range store.AllClasses() {
		if r.Withheld.Has(class) && kind.Classes().Has(class) {
			classes = append(classes, class)
		}
	}
	return classes
}

func rowsWord(n int64) string {
	if n == 1 {
		return "row"
	}
	return "rows"
}

// wordsOf describes the question about a log: in words where request has them, else as an address.
func (r Request) wordsOf(catalog store.Catalog, log store.Log) string {
	if r.Words != nil {
		return r.Words(log)
	}
	info, _ := catalog.Log(log)
	applied, aside := r.Query.Filter.For(info)
	words := info.Title + "; " + r.Query.Range.From.UTC().Format(time.RFC3339) + " to " + r.Query.Range.To.UTC().Format(time.RFC3339)
	if !applied.IsEmpty() {
		words += "; " + applied.Values().Encode()
	}
	if !aside.IsEmpty() {
		words += "; set aside, not a field of this log: " + aside.Values().Encode()
	}
	return words
}

// whileWanted passes bytes on until the context ends.
type whileWanted struct {
	ctx context.Context
	w   io.Writer
}

func (w whileWanted) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.w.Write(p)
}

func newBuffer(ctx context.Context, w io.Writer) *bufio.Writer {
	return bufio.NewWriterSize(whileWanted{ctx, w}, 1<<16)
}
