package store

import (
	"strings"
	"unicode/utf8"
)

// formulaStarts are what makes a spreadsheet take a cell for a formula; the last four are the wide forms of the first.
const formulaStarts = "=+-@＝＋－＠"

// NeutralCell gives a cell of a table that no spreadsheet takes for a formula: with a quote mark in front of what looks like
// one, and of what would look like it once such a mark is taken off. A cell that begins with an invisible character looks like
// one too: spreadsheets skip NUL, tabs, line ends or a byte order mark, and read on.
func NeutralCell(cell string) string {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(cell, "'"))
	if strings.ContainsRune(formulaStarts, first) || IsInvisible(first) {
		return "'" + cell
	}
	return cell
}
