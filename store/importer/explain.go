package importer

import (
	"bufio"
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"

	"signpost/store"
)

// Explain tells what files are, and what an import would make of them. It reads each file as an import does, and stores nothing.
// Memory does not grow with the files. A file that asks something is read a second time with answers made up, so that its
// columns can be told all the same, and what it cannot show. The error is ErrStopped; whatever is wrong with a file stands in its
// explanation.
func Explain(ctx context.Context, catalog store.Catalog, opts Options, list ...File) ([]store.Explanation, error) {
	found, err := explainOnce(ctx, catalog, opts, list, false)
	if err != nil || !slices.ContainsFunc(found, func(e store.Explanation) bool { return len(e.Asks) > 0 }) {
		return found, err
	}
	again, err := explainOnce(ctx, catalog, opts, list, true)
	if err != nil || len(again) != len(found) {
		return found, err
	}
	for i := range found {
		if len(found[i].Asks) > 0 {
			found[i] = waiting(&found[i], again[i])
		}
	}
	return found, nil
}

// waiting gives the explanation of a file that asks. read is the one with answers made up: what follows from these is left out.
func waiting(asks *store.Explanation, read store.Explanation) store.Explanation {
	if read.Failure != "" {
		read = *asks
	}
	read.Asks, read.LeftOut, read.Read, read.Waiting = asks.Asks, asks.LeftOut, asks.Read, asks.Read
	read.Skipped, read.Unreadable, read.Rejected = 0, 0, 0
	read.LogCounts, read.Times = map[store.Log]int64{}, map[store.Log]store.Span{}
	return read
}

// ExplainPaths explains files, and folders with all below them. A path that does not exist fails before anything is read.
func ExplainPaths(ctx context.Context, catalog store.Catalog, opts Options, paths ...string) ([]store.Explanation, error) {
	list, err := filesBelow(paths)
	if err != nil {
		return nil, err
	}
	return Explain(ctx, catalog, opts, list...)
}

func explainOnce(ctx context.Context, catalog store.Catalog, opts Options, list []File, invents bool) ([]store.Explanation, error) {
	im := New(nowhere{catalog}, opts)
	im.explains, im.invents = true, invents
	reports, _ := im.Files(ctx, list...) // what is wrong with a file stands in its report
	if ctx.Err() != nil {
		return nil, ErrStopped
	}
	found := make([]store.Explanation, len(reports))
	for i := range reports {
		// A file that could not be opened has a report and was not looked at.
		if len(im.looks) > 0 && im.looks[0].isOf(&reports[i]) {
			found[i], im.looks = im.looks[0].explanation, im.looks[1:]
			continue
		}
		found[i] = explanationOf(&reports[i])
		found[i].Certainty = store.Unsure
	}
	return found, nil
}

// nowhere is an engine that keeps nothing.
type nowhere struct{ catalog store.Catalog }

func (n nowhere) Catalog() store.Catalog { return n.catalog }

func (nowhere) BeginImport(context.Context, store.ImportFile) (int64, error) { return 1, nil }
func (nowhere) Prepare(records []store.Record) (store.Batch, error)          { return len(records), nil }
func (nowhere) EndImport(context.Context, int64, store.ImportReport) error   { return nil }

func (nowhere) Commit(_ context.Context, _ int64, b store.Batch) ([]store.Outcome, error) {
	return make([]store.Outcome, b.(int)), nil
}

func (nowhere) PutDirectory(_ context.Context, _ int64, batch store.DirectoryBatch) ([]store.Outcome, error) {
	return make([]store.Outcome, batch.Outcomes()), nil
}

// firstExamples is how many records are named for one reason, and how many values of a column that were not understood.
const firstExamples = 3

// look takes in what is to be told of one file. A nil look takes in nothing, so that an import costs no more.
type look struct {
	explanation store.Explanation
	path        string

	csv       *headings      // of a CSV file of a known format
	written   []string       // its headings as they stand
	strange   []string       // headings or keys of what is of no known format
	cellCount []int64        // rows with a value by column
	keys      map[string]int // place in usages by kind and path
	usages    []*usage
	more      map[string]bool     // keys beyond MaxColumnsExplained
	first     map[string][]string // keys of the first record of each format
	said      map[string]int64    // categories and tables, with how many records name them
	claimed   string              // what an answer says that it holds
	d         *decoder            // reads single values
}

// lookAt begins to look at a file.
func (im *Importer) lookAt(path string) *look {
	if !im.explains {
		return nil
	}
	l := &look{
		path: path, keys: map[string]int{}, more: map[string]bool{}, first: map[string][]string{}, said: map[string]int64{}, d: newDecoder(im.table),
	}
	im.looks = append(im.looks, l)
	return l
}

// looksAt gives the look at the present file; nil in an import.
func (im *Importer) looksAt() *look {
	if len(im.looks) == 0 {
		return nil
	}
	return im.looks[len(im.looks)-1]
}

func (l *look) isOf(r *store.ImportReport) bool {
	return l.path == r.Path && l.explanation.Failure == r.Failure && l.explanation.Read == r.Read
}

func (l *look) isGzip() {
	if l != nil {
		l.explanation.Text.Packed = "gzip"
	}
}

// plainText is plainText with a look at how the text is encoded.
func (im *Importer) plainText(b *bufio.Reader) (text interface{ Read([]byte) (int, error) }) {
	if l := im.looksAt(); l != nil && l.explanation.Text.Encoding == "" {
		start, _ := b.Peek(64) // a shorter one tells too
		switch {
		case bytes.HasPrefix(start, []byte{0xff, 0xfe}):
			l.explanation.Text.Encoding = "UTF-16, little-endian, with a byte order mark"
		case bytes.HasPrefix(start, []byte{0xfe, 0xff}):
			l.explanation.Text.Encoding = "UTF-16, big-endian, with a byte order mark"
		case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
			l.explanation.Text.Encoding = "UTF-8 with a byte order mark"
		default:
			if _, ok := endOfUTF16(start); ok {
				l.explanation.Text.Encoding = "UTF-16 without a byte order mark"
			}
		}
	}
	return plainText(b)
}

// content takes in what the beginning of a file tells.
func (l *look) content(c content, window []byte) {
	if l == nil {
		return
	}
	text := &l.explanation.Text
	if text.Encoding == "" && c.refused == "" && bytes.IndexByte(window, 0) < 0 {
		text.Encoding = "UTF-8"
	}
	if c.refused == "" {
		text.LineEnds = lineEnds(window)
	}
	switch {
	case c.csv != nil:
		l.csv = c.csv
		for heading := range strings.SplitSeq(string(firstRow(bytes.TrimLeft(window, "\x00 \t\r\n"))), string(c.csv.comma)) {
			l.written = append(l.written, clipped(strings.Trim(strings.TrimSpace(heading), `"`)))
		}
		text.Delimiter = delimiterNames[c.csv.comma]
	case !c.isJSON && c.refused == "":
		h := headingsOf(bytes.TrimLeft(window, "\x00 \t\r\n"))
		if len(h.plain) > 1 {
			text.Delimiter = delimiterNames[h.comma]
			for heading := range strings.SplitSeq(string(firstRow(window)), string(h.comma)) {
				l.stranger(strings.Trim(strings.TrimSpace(heading), `"`))
			}
		}
	}
}

var delimiterNames = map[rune]string{',': "comma", ';': "semicolon", '\t': "tab"}

// lineEnds names the ends of lines; empty for a text of one line.
func lineEnds(window []byte) string {
	crlf := bytes.Count(window, []byte("\r\n"))
	switch lf := bytes.Count(window, []byte{'\n'}); {
	case lf == 0:
		return ""
	case crlf == lf:
		return "CRLF"
	case crlf == 0:
		return "LF"
	}
	return "CRLF and LF"
}

// strangers is how many headings or keys of an unknown file are told.
const strangers = 30

func (l *look) stranger(name string) {
	if len(l.strange) < strangers && name != "" && !slices.Contains(l.strange, name) {
		l.strange = append(l.strange, clipped(name))
	}
}

// clipped shortens a text that an explanation quotes.
func clipped(text string) string {
	const most = 80
	text = strings.ToValidUTF8(text, "\uFFFD")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// cells counts the values of a row.
func (l *look) cells(h *headings, cells []string) {
	if l == nil {
		return
	}
	if len(l.cellCount) < len(h.columns) {
		l.cellCount = append(l.cellCount, make([]int64, len(h.columns)-len(l.cellCount))...)
	}
	for i, cell := range cells {
		if i >= len(l.cellCount) {
			return
		}
		if cell = strings.TrimSpace(cell); cell != "" && !(isNothing(cell) && (h.format == PortalCSV || h.format == DefenderCSV)) {
			l.cellCount[i]++
		}
	}
}

// end completes the explanation.
func (l *look) end(s *stream, r *store.ImportReport) {
	if l == nil {
		return
	}
	text := l.explanation.Text
	l.explanation = explanationOf(r)
	e := &l.explanation
	e.Text = text
	l.leftOut(s.tally, r)
	l.columns()
	l.evidence(s, r)
	e.Source, e.Lacks = lackingIn(r, s.tally)
	e.Better = betterExports(r.Format, e.Source)
	if l.csv != nil && l.csv.isUnverified() {
		e.Better = []string{betterProvisioning}
	}
}

// explanationOf gives the explanation with what a report tells.
func explanationOf(r *store.ImportReport) store.Explanation {
	times := map[store.Log]store.Span{}
	for log, told := range r.Told {
		times[log] = told.Span
	}
	maps.Copy(times, r.Times)
	return store.Explanation{
		Path: r.Path, Format: r.Format, FormatName: store.FormatName(r.Format), Evidence: []string{}, Read: r.Read, Skipped: r.Skipped,
		Unreadable: r.Unreadable, Rejected: r.RejectedTotal, LogCounts: r.LogCounts, Times: times, Directory: r.Directory, Tenants: r.Tenants,
		Columns: []store.ExplainedColumn{}, LeftOut: []store.LeftOut{}, CannotShow: []string{}, Asks: []store.ImportQuestion{}, Better: []string{},
		Failure: r.Failure,
	}
}
