package store

import "strings"

// formulaStarts are what makes a spreadsheet take a cell for a formula, or skip to it; the last four are the wide forms of the
// first.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// NeutralCell gives a cell of a table that no spreadsheet takes for a formula: with a quote mark in front of what looks like
// one, and of what would look like it once such a mark is taken off.
func NeutralCell(cell string) string {
	rest := strings.TrimLeft(cell, "'")
	if rest == "" || !strings.ContainsRune(formulaStarts, []rune(rest[:min(len(rest), 4)])[0]) {
		return cell
	}
	return "'" + cell
}
