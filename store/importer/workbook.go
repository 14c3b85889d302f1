package importer

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"slices"

	"github.com/xuri/excelize/v2"

	"signpost/store"
)

// Workbooks are read where they are downloads of this program: a sheet, or several, with the headings of the portal's files.

// Bounds of a workbook. The library holds the packed file in memory, and unpacks sheets of more than maxSheetInMemory to the disk.
const (
	maxWorkbook         = 200 << 20
	maxWorkbookUnpacked = 4 << 30
	maxSheetInMemory    = 16 << 20
)

// openWorkbook opens a workbook. refused says why it is not read, in a sentence that goes on from the name of the file.
func openWorkbook(path string, maxUnpacked int64) (book *excelize.File, refused string) {
	if info, err := os.Stat(path); err != nil || info.Size() > maxWorkbook {
		return nil, fmt.Sprintf("is a workbook of more than %d MiB: download CSV instead.", maxWorkbook>>20)
	}
	book, err := excelize.OpenFile(path, excelize.Options{UnzipSizeLimit: max(min(maxUnpacked, maxWorkbookUnpacked), maxSheetInMemory), UnzipXMLSizeLimit: maxSheetInMemory, RawCellValue: true})
	if err != nil { // of another program, or damaged
		return nil, isWorkbook
	}
	if headingsOfSheet(book, 0).format != PortalCSV {
		_ = book.Close() // it was only read
		return nil, isWorkbook
	}
	return book, ""
}

// headingsOfSheet reads the first row of a sheet.
func headingsOfSheet(book *excelize.File, place int) *headings {
	sheets := book.GetSheetList()
	if place >= len(sheets) {
		return &headings{}
	}
	rows, err := book.Rows(sheets[place])
	if err != nil {
		return &headings{}
	}
	defer rows.Close() // it was only read
	if !rows.Next() {
		return &headings{}
	}
	cells, err := rows.Columns()
	if err != nil {
		return &headings{}
	}
	h := headingsOfRow(cells)
	h.setColumns(cells)
	return h
}

// readWorkbook reads the sheets of a workbook that have the headings of the first one.
func (s *stream) readWorkbook(path string) error {
	book, refused := openWorkbook(path, s.im.opts.MaxUnpacked)
	if refused != "" {
		s.tally.unreadable(Unknown, 1, "the file "+refused)
		return nil
	}
	defer book.Close() // it was only read
	s.directory.listSought = true
	s.dates.order, s.dates.zone = s.answers.Dates, s.answers.Zone
	var asks asked
	asks.add(store.AskLog, s.askLog(headingsOfSheet(book, 0)))
	if s.im.invents {
		s.invent(asks, headingsOfSheet(book, 0))
		asks = nil
	}
	waiting := int64(0)
	var head []byte
	for place, name := range book.GetSheetList() {
		h := headingsOfSheet(book, place)
		if h.format != PortalCSV {
			s.tally.unreadable(Unknown, 1, fmt.Sprintf("the sheet %s has other headings than a download of this program.", quotedText(name)))
			continue
		}
		s.csv = h
		headings := make([]string, len(h.columns))
		for i := range h.columns {
			headings[i] = h.columns[i].heading
		}
		if place == 0 {
			head = csvLine(headings)
			s.tally.head = head
		}
		sameHead := bytes.Equal(head, csvLine(headings))
		err := s.readSheet(book, name, func(cells []string, line int64) error {
			if len(asks) > 0 {
				waiting++
				return nil
			}
			s.records++
			s.im.progress.records++
			s.original = original{}
			if sameHead {
				s.original.text = csvLine(cells)
			}
			doc, reason := s.rowDocument(nil, h, cells)
			if reason != "" {
				s.tally.formats[h.format]++
				s.reject(s.records, line, reason)
				return nil
			}
			return s.tellAndRead(doc, line)
		})
		if err != nil {
			return fmt.Errorf("read the sheet %s: %w", name, err)
		}
	}
	if len(asks) > 0 {
		s.tally.ask(PortalCSV, asks, waiting)
	}
	return nil
}

// readSheet calls f with every row of a sheet but its headings and empty rows.
func (s *stream) readSheet(book *excelize.File, name string, f func(cells []string, line int64) error) error {
	rows, err := book.Rows(name)
	if err != nil {
		return err
	}
	defer rows.Close() // it was only read
	for line := int64(1); rows.Next(); line++ {
		if s.ctx.Err() != nil {
			return ErrStopped
		}
		cells, err := rows.Columns()
		if err != nil {
			return err
		}
		if line == 1 || !slices.ContainsFunc(cells, func(cell string) bool { return cell != "" }) {
			continue
		}
		if err := f(cells, line); err != nil {
			return err
		}
	}
	return rows.Error()
}

// csvLine writes cells as a row of a CSV file.
func csvLine(cells []string) []byte {
	var line bytes.Buffer
	w := csv.NewWriter(&line)
	_ = w.Write(cells) // to memory
	w.Flush()
	return line.Bytes()
}
