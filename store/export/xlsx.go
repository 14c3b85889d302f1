package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"signpost/store"
)

// Excel's bounds.
const (
	maxSheetRows = 1_048_576
	maxCellText  = 32_767 // UTF-16 units
	// maxSheetSize keeps a sheet below 4 GiB, where the archive would need an extension that Excel reads badly.
	maxSheetSize = 3 << 30
	cellOverhead = 45 // the markup around a cell, about
)

// cutMark ends a text that was cut to fit into a cell of Excel.
const cutMark = " … (cut off: the longest text of a cell is 32,767 characters)"

// workbook is a file of one sheet after another, each written to the disk as it grows.
type workbook struct {
	file     *excelize.File
	name     string // of the first sheet
	sheet    *excelize.StreamWriter
	headings []any
	widths   []float64
	maxRows  int
	sheets   int
	// Of the present sheet: its rows, and about how many bytes they take.
	row, size int
}

// xlsx writes the columns of the CSV file as a workbook, sheet after sheet. It assembles the workbook after the
// last row.
func (e *exporter) xlsx(ctx context.Context) (err error) {
	columns := columnsOf(e.info, e.Withheld)
	book := &workbook{file: excelize.NewFile(), name: sheetName(e.info.Kind()), maxRows: e.sheetRows}
	defer func() { err = errors.Join(err, book.file.Close()) }()
	book.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return newArchive(e.out) })
	bold, err := book.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return fmt.Errorf("begin a workbook: %w", err)
	}
	for _, c := range columns {
		book.headings = append(book.headings, excelize.Cell{StyleID: bold, Value: c.heading})
		book.widths = append(book.widths, columnWidth(c))
	}
	if err := book.begin(); err != nil {
		return err
	}
	cells := make([]any, len(columns))
	err = e.entries(ctx, func(entries []store.Entry) error {
		for _, entry := range entries {
			for n, c := range columns {
				cells[n] = c.excel(entry)
			}
			if err := book.add(cells); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	if err := book.sheet.Flush(); err != nil {
		return fmt.Errorf("end a sheet: %w", err)
	}
	if err := e.describe(ctx, book.file); err != nil {
		return err
	}
	if err := book.file.Write(io.Discard); err != nil { // it goes through the archive, not by way of memory
		return fmt.Errorf("put a workbook together: %w", err)
	}
	return nil
}

// describe puts into the properties of a workbook what imported files cover of its log. A sheet about it would be no table, and
// would not be read as a download of this program.
func (e *exporter) describe(ctx context.Context, book *excelize.File) error {
	c, err := e.coverageOf(ctx, e.info.Log)
	if err != nil {
		return err
	}
	lines := coverageLines(c, gapsInProperties, "")
	if len(lines) == 0 {
		return nil
	}
	lines[0] = e.info.Title + ": " + lines[0]
	if err := book.SetDocProps(&excelize.DocProperties{Description: strings.Join(lines, "\n")}); err != nil {
		return fmt.Errorf("describe a workbook: %w", err)
	}
	return nil
}

// sheetName names a sheet by the records on it. Excel takes 31 characters, and the number of a further sheet is one of them.
func sheetName(kind *store.Kind) string {
	const longest = 25
	name := []rune(capital(kind.Many))
	return string(name[:min(len(name), longest)])
}

// begin begins a sheet with its headings, which stay in sight.
func (b *workbook) begin() (err error) {
	name := b.name
	if b.sheets++; b.sheets == 1 {
		err = b.file.SetSheetName("Sheet1", name)
	} else {
		name = fmt.Sprintf("%s %d", b.name, b.sheets)
		_, err = b.file.NewSheet(name)
	}
	if err == nil {
		b.sheet, err = b.file.NewStreamWriter(name)
	}
	if err != nil {
		return fmt.Errorf("begin a sheet: %w", err)
	}
	for i, width := range b.widths {
		if err := b.sheet.SetColWidth(i+1, i+1, width); err != nil {
			return fmt.Errorf("begin a sheet: %w", err)
		}
	}
	if err := b.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("begin a sheet: %w", err)
	}
	b.row, b.size = 0, 0
	return b.add(b.headings)
}

// add writes a row, on a further sheet where this one is full.
func (b *workbook) add(cells []any) error {
	if b.row == b.maxRows || b.size > maxSheetSize {
		if err := b.sheet.Flush(); err != nil {
			return fmt.Errorf("end a sheet: %w", err)
		}
		if err := b.begin(); err != nil {
			return err
		}
	}
	b.row++
	for _, cell := range cells {
		text, _ := cell.(string) // any other cell is short
		if cell != nil {
			b.size += len(text) + cellOverhead
		}
	}
	place, err := excelize.CoordinatesToCellName(1, b.row)
	if err != nil {
		return err
	}
	if err := b.sheet.SetRow(place, cells); err != nil {
		return fmt.Errorf("write a row: %w", err)
	}
	return nil
}

// excel gives the cell: a number as one, everything else as text. Excel never reads a text cell as a formula, so
// it needs no quote mark.
func (c column) excel(record store.Entry) any {
	if c.property != nil && c.property.Int != nil {
		if n := c.property.Int(record); n.Set {
			return n.N
		}
		return nil
	}
	text := c.text(record)
	if text == "" {
		return nil
	}
	if len(text) > maxCellText {
		text = fitCell(text)
	}
	return text
}

func fitCell(text string) string {
	units := utf16.Encode([]rune(text))
	if len(units) <= maxCellText {
		return text
	}
	return string(utf16.Decode(units[:maxCellText-len(utf16.Encode([]rune(cutMark)))])) + cutMark
}

// columnWidth is in characters.
func columnWidth(c column) float64 {
	switch {
	case c.heading == dateColumn.heading:
		return 21
	case c.property != nil && (c.property.Unique || c.property.Fallback != nil):
		return 38
	case c.property != nil && c.property.Long:
		return 50
	}
	return max(12, float64(len(c.heading)+2))
}
