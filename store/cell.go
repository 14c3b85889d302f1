package store

import (
	"strings"
	"unicode/utf8"
)

// formulaStarts make a spreadsheet read a cell as a formula; the last four are the wide forms of the first four.
const formulaStarts = "=+-@＝＋－＠"

// NeutralCell gives a cell that no spreadsheet reads as a formula. It adds a quote mark to a cell that looks like
// a formula, and to one that would look so without its quote mark. A cell that begins with an invisible character
// counts as one too: spreadsheets skip NUL, tabs, line ends or a byte order mark, and read on.
func NeutralCell(cell string) string {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(cell, "'"))
	if strings.ContainsRune(formulaStarts, first) || IsInvisible(first) {
		return "'" + cell
	}
	return cell
}
