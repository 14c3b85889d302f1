package export

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"signpost/store"
)

// Format is a kind of file, by the end of its name.
type Format string

// The formats. NDJSON is Azure Monitor's shape, one record per event; JSON is one array in the shape of Graph's beta signIn.
const (
	CSV    Format = "csv"
	JSON   Format = "json"
	NDJSON Format = "ndjson"
	XLSX   Format = "xlsx"
	// ZIP is the portal's CSV files of every log.
	ZIP Format = "zip"
	// Evidence is a list in both shapes with where it comes from, and a manifest that tells whether anything was changed.
	Evidence Format = "evidence"
)

// Formats gives every format in the order of the menu.
func Formats() []Format { return []Format{CSV, ZIP, XLSX, JSON, NDJSON, Evidence} }

// Path is the last part of the format's address.
func (f Format) Path() string {
	if f == Evidence {
		return "evidence.zip"
	}
	return "export." + f.extension()
}

func (f Format) extension() string {
	if f == Evidence {
		return "zip"
	}
	return string(f)
}

// isArchive says that a file of the format is made of files.
func (f Format) isArchive() bool { return f == ZIP || f == Evidence }

// ContentType is the media type of the format's files.
func (f Format) ContentType() string {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8"
	case JSON:
		return "application/json"
	case NDJSON:
		return "application/x-ndjson"
	case ZIP, Evidence:
		return "application/zip"
	}
	return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
}

// Part says which of the portal's CSV files of a log is meant.
type Part string

// The files. AuthDetails has a row for each step of an authentication, joined on the request ID; it is of the user logs.
const (
	SignIns     Part = "signins"
	AuthDetails Part = "authdetails"
)

// HasPart says whether the format knows that file for the log.
func HasPart(log store.Log, f Format, p Part) bool {
	info, ok := log.Info()
	return ok && (p == SignIns || p == AuthDetails && f == CSV && info.User)
}

// Request is what is to be written.
type Request struct {
	// Query is the list. Its Limit counts for nothing; where After is set the file goes on from there, a CSV file without its
	// heading. Of a ZIP its Log counts for nothing, and of an archive's Filter in each file what applies to the log.
	Query store.ListQuery
	// Aside is what was taken out of the filter because the sign-ins of the log have no such field; an archive, which may have
	// other logs, has it in its Filter.
	Aside  store.Filter
	Format Format
	Part   Part // SignIns where empty
	// Withheld are the classes that whoever asks may not see: nothing of them is in the file, and the file says so.
	Withheld store.Classes
	// Words says in words what is asked of a log, for the text in an archive; nil for words as in an address.
	Words func(store.Log) string
	// Made is when the file is made, By who makes it and Imports the files that its sign-ins come from: for evidence.
	Made    time.Time
	By      string
	Imports store.Ledger
	// Sealed is told the hash of an evidence bundle's manifest: who keeps it can tell the bundle from another. Nil for nobody.
	Sealed func(manifestSHA256 string)
	// Progress is told the rows of the list written so far, after each page; nil for nobody.
	Progress func(rows int64)
	// Timeout is how long reading a page may take; DefaultTimeout where zero.
	Timeout time.Duration
	// Memory is shared with other files that are written at the time; nil for a file that is written alone.
	Memory *Memory
}

// DefaultTimeout is how long reading one page may take.
const DefaultTimeout = 30 * time.Second

// Name is the file's name as the portal gives it: the log, the part and the days of the range.
func (r Request) Name() string {
	info, _ := r.Query.Log.Info()
	stem := info.FileStem
	switch r.Format {
	case ZIP:
		stem = "SignIns"
	case Evidence:
		stem = "Evidence_" + stem
	}
	if r.Part == AuthDetails {
		stem += "_AuthDetails"
	}
	const day = "2006-01-02"
	return fmt.Sprintf("%s_%s_%s.%s", stem, r.Query.Range.From.UTC().Format(day), r.Query.Range.To.UTC().Format(day), r.Format.extension())
}

// hasConditionalAccess says that this data is in the file.
func (r Request) hasConditionalAccess() bool { return !r.Withheld.Has(store.ConditionalAccess) }

// Write writes the file. After an error what was written is not a whole file. Nothing is written before the first page
// was read.
func Write(ctx context.Context, w io.Writer, s store.Store, r Request) error {
	return newExporter(ctx, w, s, r).write(ctx)
}

func newExporter(ctx context.Context, w io.Writer, s store.Store, r Request) *exporter {
	r.Query.Before = nil
	if r.Timeout == 0 {
		r.Timeout = DefaultTimeout
	}
	return &exporter{Request: r, store: store.Withheld(s, r.Withheld), out: newBuffer(ctx, w), sheetRows: maxSheetRows}
}

func (e *exporter) write(ctx context.Context) (err error) {
	switch e.Format {
	case CSV:
		err = e.csv(ctx)
	case JSON:
		err = e.json(ctx)
	case NDJSON:
		err = e.ndjson(ctx)
	case XLSX:
		err = e.xlsx(ctx)
	case ZIP:
		err = e.allCSV(ctx)
	case Evidence:
		err = e.evidence(ctx)
	default:
		err = fmt.Errorf("no format is called %q", e.Format)
	}
	if err != nil {
		return err
	}
	return e.out.Flush()
}

// exporter writes one file.
type exporter struct {
	Request
	store store.Store
	out   *bufio.Writer
	line  []byte // used again for each row
	rows  int64  // of the list, written so far
	// written counts the rows of the file itself: a line may be several events, a sign-in have several steps.
	written int64
	// sheetRows is how many rows a sheet of a workbook has at most.
	sheetRows int
}

// signIns gives the rows of the list with their single-valued fields.
func (e *exporter) signIns(ctx context.Context, use func([]store.Row) error) error {
	return pages(ctx, e, func(ctx context.Context, after *store.Cursor, size pageSize) (pageOf[store.Row], error) {
		q := e.Query
		q.After, q.Limit = after, size.rows
		page, err := e.store.SignIns(ctx, q)
		return pageOf[store.Row]{items: page.Rows, rows: len(page.Rows), next: page.Next}, err
	}, use)
}

// records gives the sign-ins of the list whole, as q wants them.
func (e *exporter) records(ctx context.Context, q store.RecordsQuery, use func([]store.Record) error) error {
	q.ListQuery = e.Query
	return pages(ctx, e, func(ctx context.Context, after *store.Cursor, size pageSize) (pageOf[store.Record], error) {
		q := q
		q.After, q.Limit, q.Bytes = after, size.records, size.bytes
		page, err := e.store.Records(ctx, q)
		return pageOf[store.Record]{items: page.Records, rows: page.Rows, next: page.Next}, err
	}, use)
}

// Place reads where an export of the list goes on: a cursor of it, or the request ID of the last sign-in that is whole in what
// was written so far.
func Place(ctx context.Context, s store.Store, q store.ListQuery, after string) (*store.Cursor, error) {
	if c, err := store.ParseCursor(after); err == nil {
		return &c, nil
	}
	record, err := s.SignIn(ctx, q.Log, after)
	if err != nil {
		return nil, err
	}
	for i := range record.Events {
		event := &record.Events[i]
		switch {
		case event.Key == record.Key || !strings.EqualFold(event.SignIn.ID, after):
		case q.AllEvents:
			return &store.Cursor{Key: event.Key}, nil
		default: // folded into a line, which is written once more, for it follows its events
			return &store.Cursor{Key: record.Key + 1}, nil
		}
	}
	return &store.Cursor{Key: record.Key}, nil
}
