package importer

import (
	"archive/zip"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"

	"signpost/store"
)

// stream is the import of one file. This goroutine reads and decodes; others prepare and commit.
type stream struct {
	im   *Importer
	ctx  context.Context
	path string
	// received is the time at which the records came in; see store.Version.
	received time.Time
	decoder  *decoder
	tally    *tally

	begun    bool
	importID int64
	batch    batch
	// lastBatch is the size of the last batch. The next will be about as large.
	lastBatch int
	records   int64 // found so far, whatever became of them
	directory directory
	columns   []string // of the rows of a query's answer
	depth     int      // of the message that is read: messages may hold messages

	answers  Answers
	invented []string // what was asked and has an answer that is made up
	dates    dates
	again    func() (io.ReadCloser, error) // opens the file once more; nil for a stream
	// csv is the headings of the file, whose rows are records; nil for a file of JSON.
	csv *headings
	// mapping is that of a file of no known format; nil for none.
	mapping *mapping
	// log is the log of the Entra admin center's file; "" where the file does not tell it.
	log store.Log
	// original is the text of the present record.
	original original
	// look takes in what Explain tells; nil in an import.
	look *look

	full chan fullBatch
	done chan struct{}
	// Written by the goroutine that commits, read once done is closed.
	committed tally
	commitErr error
}

// errEngine wraps an error of the engine. It ends the whole import, not only the file.
type errEngine struct{ err error }

func (e errEngine) Error() string { return e.err.Error() }
func (e errEngine) Unwrap() error { return e.err }

// about is what is known of a file beside its content.
type about struct {
	answers Answers
	again   func() (io.ReadCloser, error) // opens it once more; nil where that cannot be done
	// workbook is the path of a workbook, which the reader then is not.
	workbook string
}

// importStream imports one file. received is when it came in. Progress counts the bytes of r; p is nil where something else
// counts them.
func (im *Importer) importStream(ctx context.Context, path string, received time.Time, p *progress, r io.Reader, about about) reported {
	s := &stream{
		im: im, ctx: ctx, path: path, received: received, answers: about.answers, again: about.again, decoder: newDecoder(im.table), tally: newTally(),
		directory: directory{path: path}, full: make(chan fullBatch), done: make(chan struct{}), committed: *newTally(),
	}
	s.look = im.lookAt(path)
	ready := make(chan readyBatch)
	go s.prepareAll(ready)
	go s.commitAll(ready)
	read := func() error { return s.read(&watched{r: r, ctx: ctx, p: p, im: im}) }
	if about.workbook != "" {
		read = func() error { return s.readWorkbook(about.workbook) }
	}
	err := s.explain(read())
	if flushErr := s.flush(); err == nil {
		err = flushErr
	}
	if endErr := s.endDirectory(err == nil); err == nil {
		err = endErr
	}
	close(s.full)
	<-s.done
	if s.commitErr != nil {
		err = errEngine{s.commitErr}
	}
	s.tally.add(&s.committed)
	report := s.tally.report(path, s.tally.formatOf())
	report.Stated = im.stated
	if err != nil {
		report.Failure = err.Error()
	}
	s.look.end(s, &report)
	if endErr := s.end(&report); endErr != nil && err == nil {
		err = errEngine{fmt.Errorf("note the end of the import: %w", endErr)}
	}
	report.RejectedFile = nil // it is in the ledger
	var engine errEngine
	fatal := errors.As(err, &engine) || errors.Is(err, ErrStopped)
	return reported{report: report, err: err, fatal: fatal}
}

// explain puts into a sentence why a file could not be read to its end.
func (s *stream) explain(err error) error {
	var tooBig errUnpacked
	var engine errEngine
	switch {
	case err == nil, errors.Is(err, ErrStopped), errors.As(err, &engine):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the packed data is cut off after %s: %w", count(s.records, "record"), err)
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, zip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.As(err, new(flate.CorruptInputError)):
		return fmt.Errorf("the packed data is damaged after %s: %w", count(s.records, "record"), err)
	case errors.As(err, &tooBig):
		return fmt.Errorf("reading stopped after %s: %w", count(s.records, "record"), err)
	}
	return fmt.Errorf("read after %s: %w", count(s.records, "record"), err)
}

// watched passes a file on. It counts the bytes for the progress, and stops when the context ends.
type watched struct {
	r   io.Reader
	ctx context.Context
	p   *progress
	im  *Importer
}

func (w *watched) Read(b []byte) (int, error) {
	if w.ctx.Err() != nil {
		return 0, ErrStopped
	}
	n, err := w.r.Read(b)
	if w.p != nil {
		w.p.bytes += int64(n)
	}
	w.im.progress.report()
	return n, err
}

// read finds and decodes the file's records.
func (s *stream) read(r io.Reader) error {
	text, modified, err := s.im.unpack(r)
	if err != nil {
		return err
	}
	s.received = earlier(s.received, modified)
	src := newSource(text)
	if _, ok := src.peek(); !ok {
		s.tally.empty = src.failure() == nil
		return src.failure()
	}
	c, mapping := s.im.mappingOf(src.window(), contentOf(src.window()))
	s.mapping = mapping
	s.look.content(c, src.window())
	switch {
	case c.refused != "":
		s.tally.unreadable(c.format, 1, "the file "+c.refused)
	case c.isCapture:
		return s.readCapture(src)
	case c.isJSON || c.csv != nil:
		if asked, err := s.settleFile(src, c); asked || err != nil {
			return err
		}
		if c.isJSON {
			return s.readRecords(src)
		}
		return s.readCSV(src, c.csv)
	default:
		s.tally.foreign(Unknown, 1)
	}
	return src.failure()
}

func (s *stream) readRecords(src *source) error {
	r := &records{src: src, found: s.found, around: s.around, broken: s.broken}
	err := r.read()
	s.tally.morePages, s.tally.noRecords = r.morePages, err == nil && s.records == 0
	return err
}

// found takes one record of the file.
func (s *stream) found(doc []byte, at position) error {
	s.records++
	s.im.progress.records++
	s.tally.at = store.RecordPlace{Record: s.records, Line: at.line}
	s.original = original{text: doc, isObject: doc[0] == '{'}
	if !at.isTop {
		s.original.context = s.directory.contextText
	}
	switch {
	case at.isRow:
		return s.row(doc, at.line)
	case at.isText:
		return s.message(EventHub, bodyText(doc), at.line, "the message")
	case at.isTop:
		if err := s.leaveAnswer(); err != nil {
			return err
		}
	}
	if d := &s.directory; !d.listSought {
		d.list, d.listSought = listOf(s.path, nil), true
	}
	return s.tellAndRead(doc, at.line)
}

// tellAndRead tells the kind of a compact record and reads it.
func (s *stream) tellAndRead(doc []byte, line int64) error {
	if s.dates.rewrites {
		var reason string
		if doc, reason = s.withISOTimes(doc); reason != "" {
			s.tally.formats[Graph]++
			s.reject(s.records, line, reason)
			return nil
		}
	}
	s.decoder.outline(doc)
	if s.csv != nil { // the headings tell, also for a row that lacks a cell
		switch {
		case s.csv.isPortalSignIns():
			s.decoder.marks |= markPortal
		case s.csv.format == DefenderCSV:
			s.decoder.marks |= markDefender | markDefender2
		}
	}
	v := s.decoder.tell(doc, &s.directory)
	v.format, s.original.log = s.formatOf(v.format), v.log
	s.look.record(s, doc, v)
	switch {
	case v.format == EventHub:
		return s.eventHubMessage(doc, line)
	case v.shape == nil && v.format == Unknown && v.reason == "" && s.mapping != nil:
		row, reason := objectCells(s.mapping, doc)
		return s.mapped(row, reason, line)
	case v.shape == nil && v.reason == "":
		s.tally.foreign(v.format, 1)
	case v.shape == nil:
		s.tally.unreadable(v.format, 1, v.reason)
	case v.shape.read == nil, v.shape == signIns && !s.im.table.signIns:
		s.tally.skip(v.format, v.shape.name)
	default:
		return v.shape.read(s, doc, v, line)
	}
	return nil
}

// formatOf names the format of a record that was told to be of a format, by the file around it.
func (s *stream) formatOf(format string) string {
	switch {
	case s.csv != nil && format != Unknown:
		return s.csv.format
	case s.columns != nil:
		return LogAnalyticsQuery
	}
	return format
}

// signIn takes a sign-in.
func (s *stream) signIn(doc []byte, v verdict, line int64) error {
	signIn := &store.SignIn{}
	s.decoder.givenLog = s.log
	reason := s.decoder.signIn(doc, v.format, signIn)
	if reason == "" {
		reason = s.openDate()
	}
	if reason != "" {
		s.original.log = cmp.Or(s.original.log, signIn.Log, s.decoder.log())
		s.reject(s.records, line, reason)
		s.tally.formats[v.format]++
		return nil
	}
	s.tally.note(s.decoder, v.format, doc)
	return s.take(signIn, doc, s.placeOf(signIn.Head(), line))
}

// entry takes a record of a declared kind.
func (s *stream) entry(doc []byte, v verdict, line int64) error {
	e, reason := s.decoder.declared(v.shape.declared, v.log, doc)
	if reason == "" {
		reason = s.openDate()
	}
	s.tally.formats[v.format]++
	if reason != "" {
		s.reject(s.records, line, reason)
		return nil
	}
	h := e.Head()
	s.tally.noteEntry(s.decoder, v.shape.declared.kind, h)
	return s.take(e, doc, s.placeOf(h, line))
}

// openDate says why a record in JSON cannot be used: one of its times may be either of two days. Where the beginning of a file has
// such a time, all times of the file decide. Of categories with times in US form the month comes first.
func (s *stream) openDate() (reason string) {
	if s.csv != nil || s.dates.order != "" || s.decoder.openDate == "" || isUSTimed(s.decoder.envelope.category) {
		return ""
	}
	return "the time " + quotedText(s.decoder.openDate) + " does not tell whether the day or the month comes first. Say it with --dates dmy or --dates mdy."
}
