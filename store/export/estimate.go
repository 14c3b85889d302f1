package export

import (
	"context"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/klauspost/compress/flate"

	"signpost/store"
)

// sampleRows is the number of newest rows that an estimate measures. Each may be in a block of records of its own,
// which takes a fraction of a millisecond to unpack.
const sampleRows = 64

// Sizes are the bytes per row of a list in each kind of file, as measured on the newest rows of its log.
type Sizes struct {
	perRow map[sized]float64
}

// sized is a kind of file.
type sized struct {
	format Format
	part   Part
}

// Of estimates the bytes of a file with that many rows of the list; ok is false without a measurement.
func (s Sizes) Of(f Format, p Part, rows int64) (bytes int64, ok bool) {
	if p == "" {
		p = Rows
	}
	each, ok := s.perRow[sized{f, p}]
	return int64(math.Round(each * float64(rows))), ok
}

// Measure writes the newest rows of a log in every format and keeps the sizes; of a ZIP the log's own share. An
// empty log has no sizes.
func Measure(ctx context.Context, s store.Store, log store.Log, withheld store.Classes) (Sizes, error) {
	info, ok := s.Catalog().Log(log)
	if !ok {
		return Sizes{}, store.ErrNotFound
	}
	newest, ok, err := s.Newest(ctx, log)
	if err != nil || !ok {
		return Sizes{}, err
	}
	few := &sample{Store: s}
	sizes := Sizes{perRow: map[sized]float64{}}
	var evidence, archived float64
	r := Request{
		Query:    store.ListQuery{Log: log, Range: store.Range{From: newest.Add(-30 * 24 * time.Hour), To: newest.Add(time.Second)}},
		Withheld: withheld,
	}
	for _, format := range []Format{CSV, XLSX, JSON, NDJSON} {
		for _, part := range []Part{Rows, AuthDetails} {
			if !HasPart(info, format, part) {
				continue
			}
			r.Format, r.Part = format, part
			plain, deflated, err := few.measure(ctx, r)
			if err != nil {
				return Sizes{}, fmt.Errorf("measure %s: %w", format, err)
			}
			sizes.perRow[sized{format, part}] = plain
			if format == CSV {
				archived += deflated
			}
			if format == CSV || format == NDJSON {
				evidence += deflated
			}
		}
	}
	sizes.perRow[sized{ZIP, Rows}], sizes.perRow[sized{Evidence, Rows}] = archived, evidence
	return sizes, nil
}

// sample is a store with only the newest rows of a log. It reads each kind of row once.
type sample struct {
	store.Store
	page    *store.Page
	records map[bool]store.RecordPage
	rows    int
}

// Page gives the newest rows.
func (s *sample) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	if s.page == nil {
		q.Limit = sampleRows
		page, err := s.Store.Page(ctx, q)
		if err != nil {
			return page, err
		}
		page.Next = nil
		s.page = &page
	}
	s.rows = len(s.page.Rows)
	return *s.page, nil
}

// Records gives the newest records whole.
func (s *sample) Records(ctx context.Context, q store.RecordsQuery) (store.RecordPage, error) {
	page, known := s.records[q.Folded]
	if !known {
		q.Limit = sampleRows
		var err error
		if page, err = s.Store.Records(ctx, q); err != nil {
			return page, err
		}
		page.Next = nil
		if s.records == nil {
			s.records = map[bool]store.RecordPage{}
		}
		s.records[q.Folded] = page
	}
	s.rows = page.Rows
	return page, nil
}

// measure gives the bytes per row of a file, without those of an empty file; packed counts the bytes of an
// archive.
func (s *sample) measure(ctx context.Context, r Request) (plain, packed float64, err error) {
	whole, wholePacked, err := lengths(ctx, s, r)
	if err != nil || s.rows == 0 {
		return 0, 0, err
	}
	rows := s.rows
	frame, framePacked, err := lengths(ctx, nothing{catalog: s.Catalog()}, r)
	return float64(whole-frame) / float64(rows), float64(wholePacked-framePacked) / float64(rows), err
}

func lengths(ctx context.Context, s store.Store, r Request) (plain, packed int64, err error) {
	var counted, deflated lengthOf
	packer, err := flate.NewWriter(&deflated, flate.BestSpeed)
	if err != nil {
		return 0, 0, err
	}
	if err := Write(ctx, io.MultiWriter(&counted, packer), s, r); err != nil {
		return 0, 0, err
	}
	err = packer.Close()
	return int64(counted), int64(deflated), err
}

// nothing is a store without records.
type nothing struct {
	store.Store
	catalog store.Catalog
}

func (n nothing) Catalog() store.Catalog { return n.catalog }

func (nothing) Page(context.Context, store.ListQuery) (store.Page, error) {
	return store.Page{Complete: true}, nil
}

func (nothing) Records(context.Context, store.RecordsQuery) (store.RecordPage, error) {
	return store.RecordPage{Complete: true}, nil
}

// lengthOf counts the bytes that it is given.
type lengthOf int64

func (l *lengthOf) Write(p []byte) (int, error) {
	*l += lengthOf(len(p))
	return len(p), nil
}
