package importer

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unsafe"

	"signpost/store"
)

// Records go to the engine in batches. One goroutine reads a batch while another prepares the one before, and a third commits
// the one before that.

// recordOverhead is about the memory of a record without its document: that of a sign-in twice (merged and as a version) with its
// texts and lists.
const recordOverhead = 2*int(unsafe.Sizeof(store.SignIn{})) + 1500

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
	// told is of a copy that the record before it tells of another kind: see store.Kind.Tells.
	told bool
	// original is kept until the engine has taken the record. It has no text in the places of a directory.
	original original
}

// fullBatch are records to be written, with their places.
type fullBatch struct {
	records []store.Record
	places  []place
}

// readyBatch is a full batch that the engine has prepared, or why it could not.
type readyBatch struct {
	batch  store.Batch
	err    error
	places []place
}

// docChunk is how much memory is taken for documents at a time.
const docChunk = 256 << 10

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
	if told := s.toldBy(e, kept); told != nil { // in the same batch: an import that is broken off has both or none
		h := told.Head()
		s.tally.told[s.im.table.kindOf(h.Log)]++
		b.versions = append(b.versions, store.Version{Entry: told, Doc: kept, Received: s.received})
		b.places = append(b.places, place{record: at.record, line: at.line, log: h.Log, time: h.Time.UTC(), told: true})
		b.bytes += recordOverhead
	}
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

// flush hands the batch to the goroutine that prepares.
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
	case s.full <- fullBatch{records, b.places}:
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

// prepareAll prepares batches until there are no more, or one was not committed.
func (s *stream) prepareAll(ready chan<- readyBatch) {
	defer close(ready)
	for b := range s.full {
		prepared, err := s.im.w.Prepare(b.records)
		select {
		case ready <- readyBatch{prepared, err, b.places}:
		case <-s.done:
			return
		}
	}
}

// commitAll commits batches until there are no more, or one fails. A batch that has been read is committed even if the context
// ends meanwhile: half an import is a good import.
func (s *stream) commitAll(ready <-chan readyBatch) {
	defer close(s.done)
	for b := range ready {
		if s.commitErr = s.commit(b); s.commitErr != nil {
			return
		}
	}
}

func (s *stream) commit(b readyBatch) error {
	if b.err != nil {
		return fmt.Errorf("prepare records: %w", b.err)
	}
	outcomes, err := untilRoom(s, func() ([]store.Outcome, error) {
		return s.im.w.Commit(context.WithoutCancel(s.ctx), s.importID, b.batch)
	})
	switch {
	case err != nil:
		return fmt.Errorf("write records: %w", err)
	case len(outcomes) != len(b.places):
		return fmt.Errorf("write records: the engine gave %d outcomes for %d records", len(outcomes), len(b.places))
	}
	for i := range outcomes {
		at := &b.places[i]
		if at.told {
			s.committed.toldOutcome(&outcomes[i], *at)
			continue
		}
		s.committed.outcome(&outcomes[i], *at)
		if outcomes[i].Kind == store.OutcomeRejected {
			s.committed.keepRejected(at.record, s.im.table.logOf(at.log, at.original.text), s.fileText(&at.original))
		}
	}
	return nil
}
