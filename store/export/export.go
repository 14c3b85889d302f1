package export

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"signpost/store"
	"signpost/store/coverage"
)

// Format is a kind of file, by the end of its name.
type Format string

// The formats. NDJSON is Azure Monitor's shape, one record per event; JSON is one array in the shape of Graph's beta signIn.
const (
	CSV    Format = "csv"
	JSON   Format = "json"
	NDJSON Format = "ndjson"
	XLSX   Format = "xlsx"
	// ZIP has the CSV files of every log of a kind.
	ZIP Format = "zip"
	// Evidence is a list in both shapes, with its origin and a manifest that reveals later changes.
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

// isArchive tells whether a file of the format consists of files.
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

// Part selects one of the portal's CSV files of a log.
type Part string

// The files. Rows has a row for each record. AuthDetails has a row for each step of an authentication, joined on
// the request ID; only the logs of users' sign-ins have it.
const (
	Rows        Part = "signins"
	AuthDetails Part = "authdetails"
)

// HasPart tells whether the format has that file for the log.
func HasPart(info store.LogInfo, f Format, p Part) bool {
	return p == Rows || p == AuthDetails && f == CSV && info.User && info.Kind() == store.SignIns
}

// Request describes a file to be written.
type Request struct {
	// Query is the list; its Limit is ignored. With After the file goes on from there, a CSV file without its
	// heading. A ZIP has every log of the kind of Log, and an archive applies to each file the conditions that its log can apply.
	Query store.ListQuery
	// Aside are the conditions taken out of the filter because the log's records have no such field. An archive
	// keeps them in Filter, since it may have other logs.
	Aside  store.Filter
	Format Format
	Part   Part // Rows where empty
	// Withheld are the classes that the reader of the file may not see. The file has nothing of them, and says so.
	Withheld store.Classes
	// Words describes the question about a log, for the text in an archive; nil for words as in an address.
	Words func(store.Log) string
	// Made is the time of the file, By its maker and Imports the ledger of imported files; all three are for
	// evidence.
	Made    time.Time
	By      string
	Imports store.Ledger
	// Coverage tells what imported files cover of a log, for archives; nil for no such lines.
	Coverage func(ctx context.Context, log store.Log, r store.Range) (*coverage.Coverage, error)
	// Sealed receives the hash of an evidence bundle's manifest, by which its maker can recognise the bundle; may
	// be nil.
	Sealed func(manifestSHA256 string)
	// Progress receives the rows of the list written so far, after each page; may be nil.
	Progress func(rows int64)
	// Timeout bounds the time of reading a page; DefaultTimeout where zero.
	Timeout time.Duration
	// Memory is shared with other files that are written at the time; nil for a file that is written alone.
	Memory *Memory
}

// DefaultTimeout bounds the time of reading one page.
const DefaultTimeout = 30 * time.Second

// Name is the file's name in the portal's form: the log, the part and the days of the range.
func (r Request) Name(catalog store.Catalog) string {
	info, known := catalog.Log(r.Query.Log)
	stem := info.FileStem
	switch {
	case r.Format == ZIP && known:
		stem = joined(info.Kind().Many)
	case r.Format == Evidence:
		stem = "Evidence_" + stem
	}
	if r.Part == AuthDetails {
		stem += "_AuthDetails"
	}
	const day = "2006-01-02"
	return fmt.Sprintf("%s_%s_%s.%s", stem, r.Query.Range.From.UTC().Format(day), r.Query.Range.To.UTC().Format(day), r.Format.extension())
}

// joined writes words as one, such as SignIns for sign-ins.
func joined(words string) (name string) {
	for _, word := range strings.FieldsFunc(words, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		name += capital(word)
	}
	return name
}

// capital begins a text with a capital letter.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// hasConditionalAccess tells whether that data is in the file.
func (r Request) hasConditionalAccess() bool { return !r.Withheld.Has(store.ConditionalAccess) }

// Write writes the file. It writes nothing before it has read the first page. After an error the written part is
// not a whole file.
func Write(ctx context.Context, w io.Writer, s store.Store, r Request) error {
	return newExporter(ctx, w, s, r).write(ctx)
}

func newExporter(ctx context.Context, w io.Writer, s store.Store, r Request) *exporter {
	r.Query.Before = nil
	if r.Timeout == 0 {
		r.Timeout = DefaultTimeout
	}
	e := &exporter{Request: r, store: store.Withheld(s, r.Withheld), out: newBuffer(ctx, w), sheetRows: maxSheetRows}
	if info, ok := s.Catalog().Log(r.Query.Log); ok {
		e.info = info
		if info.Kind() != store.SignIns {
			e.declared = declaredRecords(info.Kind(), r.Withheld)
		}
	}
	return e
}

func (e *exporter) write(ctx context.Context) (err error) {
	if e.info.Kind() == nil {
		return store.ErrNotFound
	}
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
	info  store.LogInfo // of the list's log
	store store.Store
	// declared writes records of a kind other than sign-ins; nil for those.
	declared *declared
	out      *bufio.Writer
	line     []byte // used again for each row
	rows     int64  // of the list, written so far
	// written counts the rows of the file itself: a line may have several events, an authentication several steps.
	written int64
	// sheetRows bounds the rows of a workbook's sheet.
	sheetRows int
}

// entries gives the records of the list: whole where the columns of the kind need that, else with their single-valued fields.
func (e *exporter) entries(ctx context.Context, use func([]store.Entry) error) error {
	var entries []store.Entry
	if len(e.info.Kind().FileColumns) > 0 {
		return e.records(ctx, store.RecordsQuery{WithoutDocuments: true}, func(records []store.Record) error {
			entries = entries[:0]
			for i := range records {
				entries = append(entries, records[i].Entry)
			}
			return use(entries)
		})
	}
	return e.list(ctx, func(rows []store.Row) error {
		entries = entries[:0]
		for i := range rows {
			entries = append(entries, rows[i].Entry)
		}
		return use(entries)
	})
}

// list gives the rows of the list with their single-valued fields.
func (e *exporter) list(ctx context.Context, use func([]store.Row) error) error {
	return pages(ctx, e, func(ctx context.Context, after *store.Cursor, size pageSize) (pageOf[store.Row], error) {
		q := e.Query
		q.After, q.Limit = after, size.rows
		page, err := e.store.Page(ctx, q)
		return pageOf[store.Row]{items: page.Rows, rows: len(page.Rows), next: page.Next}, err
	}, use)
}

// records gives the records of the list whole, as q wants them.
func (e *exporter) records(ctx context.Context, q store.RecordsQuery, use func([]store.Record) error) error {
	q.ListQuery = e.Query
	return pages(ctx, e, func(ctx context.Context, after *store.Cursor, size pageSize) (pageOf[store.Record], error) {
		q := q
		q.After, q.Limit, q.Bytes = after, size.records, size.bytes
		page, err := e.store.Records(ctx, q)
		return pageOf[store.Record]{items: page.Records, rows: page.Rows, next: page.Next}, err
	}, use)
}

// Place reads the place where an export of the list goes on: a cursor of the list, or the ID of the last
// whole record in the file so far.
func Place(ctx context.Context, s store.Store, q store.ListQuery, after string) (*store.Cursor, error) {
	if c, err := store.ParseCursor(after); err == nil {
		return &c, nil
	}
	record, err := s.Get(ctx, store.GetQuery{Ref: store.Ref{Log: q.Log, ID: after}})
	if err != nil {
		return nil, err
	}
	for i := range record.Events {
		event := &record.Events[i]
		switch {
		case event.Key == record.Key || !strings.EqualFold(event.Entry.Head().ID, after):
		case q.AllEvents:
			return &store.Cursor{Key: event.Key}, nil
		default: // folded into a line, which follows its events and is written once more
			return &store.Cursor{Key: record.Key.Next()}, nil
		}
	}
	return &store.Cursor{Key: record.Key}, nil
}
