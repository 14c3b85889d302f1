package export

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"signpost/store"
	"signpost/store/kinds"
	"signpost/store/storetest"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// storeOf holds sign-ins one second apart, the newest first.
func storeOf(signIns ...store.SignIn) *storetest.Plain {
	records := make([]store.Record, len(signIns))
	for i, s := range signIns {
		s.Time = noon.Add(-time.Duration(i) * time.Second)
		k := store.KeyAt(s.Time)
		records[i] = store.Record{Entry: s.Clone(), Key: k, Versions: []store.Version{{Entry: s.Clone(), Doc: []byte(`{}`)}}}
	}
	return storetest.NewPlain(kinds.Catalog, records)
}

func fileOf(t *testing.T, s store.Store, change func(*Request)) []byte {
	t.Helper()
	r := Request{Query: store.ListQuery{Log: store.Interactive, Range: store.Range{From: noon.Add(-time.Hour), To: noon.Add(time.Hour)}}, Format: CSV}
	change(&r)
	var out bytes.Buffer
	if err := Write(t.Context(), &out, s, r); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func headingsOf(t *testing.T, log store.Log) []string {
	t.Helper()
	file := fileOf(t, storeOf(), func(r *Request) { r.Query.Log = log })
	text, marked := strings.CutPrefix(string(file), byteOrderMark)
	if !marked {
		t.Errorf("%s: the file does not begin with a byte order mark", log)
	}
	return strings.Split(strings.TrimSuffix(text, "\r\n"), ",")
}

// The headings are those of the portal's files, letter by letter.
func TestHeadings(t *testing.T) {
	reference, err := os.ReadFile("../../../shared/reference/portal-csv-headers.md")
	if err != nil {
		t.Skip("the reference is not at hand: ", err)
	}
	var user, application []string
	for line := range strings.Lines(string(reference)) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, `"Date (UTC)"`):
			user = strings.Split(strings.Trim(line, `"`), `","`)
		case strings.HasPrefix(line, "Date (UTC),"):
			application = strings.Split(line, ",")
		}
	}
	// "2025/26 adds ..."
	user = slices.Insert(user, slices.Index(user, "Application ID ")+1, "App owner tenant ID")
	user = slices.Insert(user, slices.Index(user, "Resource tenant ID")+1, "Resource owner tenant ID")
	for log, want := range map[store.Log][]string{store.Interactive: user, store.NonInteractive: user, store.ServicePrincipal: application} {
		if got := headingsOf(t, log); !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", log, got, want)
		}
	}
	if got := headingsOf(t, store.ManagedIdentity); !slices.Equal(got[:len(application)], application) || len(got) != len(application)+4 {
		t.Errorf("managed identities: %q", got)
	}
}

// hostile are cells that a spreadsheet would calculate, and texts like them.
func hostile() (cells []string) {
	for _, start := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "'=", "''+", "'", "'t Hooft", "=\"", " =", "\t=", "\"=", ",=", "é="} {
		for _, rest := range []string{"1+1", `HYPERLINK("http://example.com","x")`, "cmd|' /C calc'!A0", "SUM(1,2)", "", "\"quoted\"", "a\nb", "a,b", "ø", "2026-11-23", "-5", "'x"} {
			cells = append(cells, start+rest)
		}
	}
	return slices.DeleteFunc(cells, func(c string) bool { return c == "" })
}

// formulaStarts are the starts of formulas, as the README lists them.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// stripped removes the quote mark that neutral adds.
func stripped(cell string) string {
	if bare := strings.TrimLeft(cell, "'"); bare != cell && bare != "" && strings.ContainsRune(formulaStarts, []rune(bare)[0]) {
		return cell[1:]
	}
	return cell
}

func TestHostileCellsAreNeutral(t *testing.T) {
	cells := hostile()
	if len(cells) < 200 {
		t.Fatalf("%d hostile cells, want 200", len(cells))
	}
	var signIns []store.SignIn
	for i, cell := range cells {
		signIns = append(signIns, store.SignIn{Log: store.Interactive, ID: fmt.Sprint(i), UserDisplayName: cell, UserAgent: cell, City: cell})
	}
	s := storeOf(signIns...)
	file := bytes.TrimPrefix(fileOf(t, s, func(*Request) {}), []byte(byteOrderMark))
	reader := csv.NewReader(bytes.NewReader(file))
	rows, err := reader.ReadAll()
	if err != nil || len(rows) != len(cells)+1 {
		t.Fatalf("%d rows, %v; want %d and a heading", len(rows), err, len(cells))
	}
	book, err := excelize.OpenReader(bytes.NewReader(fileOf(t, s, func(r *Request) { r.Format = XLSX })))
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := book.GetRows("Sign-ins")
	if err != nil {
		t.Fatal(err)
	}
	for _, heading := range []string{"User", "User agent", "Location"} {
		column := slices.Index(rows[0], heading)
		for i, want := range cells {
			got := rows[i+1][column]
			if got != "" && strings.ContainsRune(formulaStarts, []rune(got)[0]) {
				t.Errorf("csv, %s: %q is a formula", heading, got)
			}
			if stripped(got) != want {
				t.Errorf("csv, %s: %q parses back to %q, want %q", heading, got, stripped(got), want)
			}
			breaks := strings.NewReplacer("\r", "\n") // as XML has them
			if got := sheet[i+1][column]; breaks.Replace(got) != breaks.Replace(want) {
				t.Errorf("xlsx, %s: got %q, want %q without a mark", heading, got, want)
			}
		}
	}
	for i := range cells {
		name, err := excelize.CoordinatesToCellName(slices.Index(rows[0], "User")+1, i+2)
		if err != nil {
			t.Fatal(err)
		}
		if formula, err := book.GetCellFormula("Sign-ins", name); formula != "" || err != nil {
			t.Errorf("%s is the formula %q, %v", name, formula, err)
		}
		kind, err := book.GetCellType("Sign-ins", name)
		if want := excelize.CellTypeInlineString; kind != want || err != nil {
			t.Errorf("%s is of type %d, %v; want %d, a text", name, kind, err, want)
		}
	}
}

func TestNeutral(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "a": "a", "=1": "'=1", "'=1": "''=1", "'a": "'a", "'": "'", "+47": "'+47", "é": "é", "\xff=": "\xff=", "＋1": "'＋1",
		"\x00=1+1": "'\x00=1+1", "\x00": "'\x00", "'\x00=1": "''\x00=1", "\ufeff=1": "'\ufeff=1", "\u200b@x": "'\u200b@x", "\x1b=1": "'\x1b=1", "\x0b=1": "'\x0b=1",
	} {
		if got := neutral(cell); got != want {
			t.Errorf("neutral(%q) = %q, want %q", cell, got, want)
		}
	}
}

// A sheet holds a bounded number of rows. The others stand on further sheets, each with the headings.
func TestFurtherSheets(t *testing.T) {
	var signIns []store.SignIn
	for i := range 7 {
		signIns = append(signIns, store.SignIn{Log: store.Interactive, ID: fmt.Sprint("id", i), FailureReason: strings.Repeat("é", 40_000)})
	}
	var out bytes.Buffer
	e := newExporter(t.Context(), &out, storeOf(signIns...), Request{
		Query:  store.ListQuery{Log: store.Interactive, Range: store.Range{From: noon.Add(-time.Hour), To: noon.Add(time.Hour)}},
		Format: XLSX, Timeout: time.Minute,
	})
	e.sheetRows = 4
	if err := e.write(t.Context()); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil || len(rows) < 2 || rows[0][1] != "Request ID" {
			t.Fatalf("%s: %v, %v", sheet, rows, err)
		}
		for _, row := range rows[1:] {
			ids = append(ids, row[1])
			if reason := row[slices.Index(rows[0], "Failure reason")]; !strings.HasSuffix(reason, cutMark) || len([]rune(reason)) != maxCellText {
				t.Errorf("a text too long for a cell has %d letters and ends with %q", len([]rune(reason)), reason[len(reason)-20:])
			}
		}
	}
	if want := []string{"id0", "id1", "id2", "id3", "id4", "id5", "id6"}; !slices.Equal(ids, want) || len(book.GetSheetList()) != 3 {
		t.Errorf("%d sheets with %q, want 3 with %q", len(book.GetSheetList()), ids, want)
	}
}
