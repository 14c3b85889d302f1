package importer

import (
	"archive/zip"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"
	"unsafe"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"

	"signpost/store"
)

// recordOverhead is about the memory of a record without its document: that of a sign-in twice (merged and as a version) with its
// texts and lists.
const recordOverhead = 2*int(unsafe.Sizeof(store.SignIn{})) + 1500

// stream is the import of one file. This goroutine reads and decodes; another one prepares and commits.
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

	commits chan fullBatch
	done    chan struct{}
	// Written by the goroutine that commits, read once done is closed.
	committed tally
	commitErr error
}

// batch holds records that were read and are not with the engine yet.
type batch struct {
	versions []store.Version
	places   []place
	docs     []byte // a chunk that the documents are cut from
	bytes    int
}

// place is where a record stands in the file, counted from 1, with its log, its time and the time of its ingestion. The latter is
// zero where the record does not tell both.
type place struct {
	record, line   int64
	log            store.Log
	time, ingested time.Time
	// original is kept until the engine has taken the record. It has no text in the places of a directory.
	original original
}

// fullBatch are records to be written, with their places.
type fullBatch struct {
	records []store.Record
	places  []place
}

// docChunk is how much memory is taken for documents at a time.
const docChunk = 256 << 10

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
		directory: directory{path: path}, commits: make(chan fullBatch), done: make(chan struct{}), committed: *newTally(),
	}
	s.look = im.lookAt(path)
	go s.commitAll()
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
	close(s.commits)
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
	if d := &s.directory; !d.groupSought {
		d.group, d.groupSought = groupOf(s.path, nil), true
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
		switch s.csv.format {
		case PortalCSV:
			s.decoder.marks |= markPortal
		case DefenderCSV:
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

// openDate says why a record in JSON cannot be used whose time may be one of two days. Where the beginning of a file has such a time,
// all times of the file decide.
func (s *stream) openDate() (reason string) {
	if s.csv != nil || s.dates.order != "" || s.decoder.openDate == "" {
		return ""
	}
	return "the time " + quotedText(s.decoder.openDate) + " does not tell whether the day or the month comes first. Say it with --dates dmy or --dates mdy."
}

func (s *stream) placeOf(h store.Head, line int64) place {
	at := place{record: s.records, line: line, log: h.Log, time: h.Time.UTC()}
	if !h.TimeIsIngestion {
		at.ingested = h.Ingested
	}
	return at
}

// take puts a record into the batch, and writes a full one.
func (s *stream) take(e store.Entry, doc []byte, at place) error {
	b := &s.batch
	if b.versions == nil {
		b.versions = make([]store.Version, 0, s.lastBatch)
	}
	kept := b.keep(doc)
	at.original = s.original
	if len(doc) > 0 && len(s.original.text) == len(doc) && &s.original.text[0] == &doc[0] {
		at.original.text = kept
	} else {
		at.original.text = b.keep(s.original.text)
		b.bytes += len(s.original.text)
	}
	b.versions = append(b.versions, store.Version{Entry: e, Doc: kept, Received: s.received})
	b.places = append(b.places, at)
	b.bytes += len(doc) + recordOverhead
	if len(b.versions) >= s.im.opts.BatchSize || b.bytes >= s.im.opts.BatchBytes {
		return s.flush()
	}
	return nil
}

// keep copies a document into the batch's memory.
func (b *batch) keep(doc []byte) []byte {
	if len(b.docs)+len(doc) > cap(b.docs) {
		b.docs = make([]byte, 0, max(docChunk, len(doc)))
	}
	start := len(b.docs)
	b.docs = append(b.docs, doc...)
	return b.docs[start:len(b.docs):len(b.docs)]
}

// flush hands the batch to the goroutine that writes.
func (s *stream) flush() error {
	b := s.batch
	s.batch, s.lastBatch = batch{}, len(b.versions)
	if len(b.versions) == 0 {
		return nil
	}
	if err := s.begin(); err != nil {
		return errEngine{fmt.Errorf("note the start of the import: %w", err)}
	}
	records := make([]store.Record, len(b.versions))
	for i := range b.versions {
		records[i] = store.Record{Entry: b.versions[i].Entry, Versions: b.versions[i : i+1 : i+1]}
	}
	select {
	case s.commits <- fullBatch{records, b.places}:
		return nil
	case <-s.done:
		return errEngine{s.commitErr} // of the batch before
	}
}

func (s *stream) begin() error {
	if s.begun {
		return nil
	}
	id, err := untilRoom(s, func() (int64, error) {
		return s.im.w.BeginImport(context.WithoutCancel(s.ctx), store.ImportFile{Path: s.path, Format: s.tally.formatOf()})
	})
	s.importID, s.begun = id, err == nil
	return err
}

// end notes the file in the engine's ledger, also where it held no record or failed half-way.
func (s *stream) end(report *store.ImportReport) error {
	if err := s.begin(); err != nil {
		return err
	}
	report.ImportID = s.importID
	_, err := untilRoom(s, func() (struct{}, error) {
		return struct{}{}, s.im.w.EndImport(context.WithoutCancel(s.ctx), s.importID, *report)
	})
	return err
}

// untilRoom writes. While the disk is full it tries again after a while, for as long as Options say and the import is not
// stopped.
func untilRoom[T any](s *stream, write func() (T, error)) (T, error) {
	o := &s.im.opts
	for waited := time.Duration(0); ; waited += o.FullRetry {
		written, err := write()
		if !errors.Is(err, store.ErrDiskFull) || waited >= o.FullWait {
			return written, err
		}
		select {
		case <-s.ctx.Done():
			return written, err
		case <-time.After(o.FullRetry):
		}
	}
}

// commitAll prepares and commits batches until there are no more, or one fails. A batch that has been read is committed even if
// the context ends meanwhile: half an import is a good import.
func (s *stream) commitAll() {
	defer close(s.done)
	for b := range s.commits {
		if s.commitErr = s.commit(b); s.commitErr != nil {
			return
		}
	}
}

func (s *stream) commit(b fullBatch) error {
	ready, err := s.im.w.Prepare(b.records)
	if err != nil {
		return fmt.Errorf("prepare records: %w", err)
	}
	outcomes, err := untilRoom(s, func() ([]store.Outcome, error) {
		return s.im.w.Commit(context.WithoutCancel(s.ctx), s.importID, ready)
	})
	switch {
	case err != nil:
		return fmt.Errorf("write records: %w", err)
	case len(outcomes) != len(b.places):
		return fmt.Errorf("write records: the engine gave %d outcomes for %d records", len(outcomes), len(b.places))
	}
	for i := range outcomes {
		at := &b.places[i]
		s.committed.outcome(&outcomes[i], *at)
		if outcomes[i].Kind == store.OutcomeRejected {
			s.committed.keepRejected(at.record, s.im.table.logOf(at.log, at.original.text), s.fileText(&at.original))
		}
	}
	return nil
}
