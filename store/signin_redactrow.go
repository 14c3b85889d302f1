package store

import (
	"bytes"
	"strings"

	"signpost/store/rawjson"
)

// A row of a CSV file is kept as an object of its cells under their headings. The Entra admin center writes headings and words in
// the language of whoever downloads a file. A heading that is not known may be Conditional Access in any language, and so may a
// column of an unknown file that nobody mapped. So whoever may not see that data sees the cells of known columns alone.

// The keys that tell rows apart from other records, in lower case.
const (
	portalRowKey = "request id" // of a file of the Entra admin center
	mappedRowKey = "mappedto"   // of a file that was read with a mapping
)

// StepsHeading is the key of the authentication steps in a row. The steps come from a file of their own.
const StepsHeading = "Authentication details"

// fileHeadings are the headings that the Entra admin center's files are known to have, as plainHeading writes them.
var fileHeadings = func() map[string]bool {
	known := map[string]bool{plainHeading(StepsHeading): true, plainHeading("Date"): true}
	for _, columns := range [][]SignInColumn{UserFileColumns, PrincipalFileColumns, IdentityFileColumns} {
		for _, c := range columns {
			known[plainHeading(c.Heading)] = true
		}
	}
	for _, heading := range StepFileColumns {
		known[plainHeading(heading)] = true
	}
	return known
}()

// plainHeading is a heading in lower case without blanks.
func plainHeading(heading string) string {
	return strings.ToLower(strings.Join(strings.Fields(heading), ""))
}

// knownCells gives the row of a file without the cells that nobody knows. Any other document stays as it is, and so does what is
// no JSON.
func knownCells(doc []byte) []byte {
	if !mayBeRow(doc) {
		return doc
	}
	compact, _, err := rawjson.Compact(nil, doc, maxDepth)
	if err != nil || compact[0] != '{' {
		return doc
	}
	for name := range rawjson.EachMember(compact) {
		switch strings.ToLower(rawjson.Unescaped(name)) {
		case portalRowKey:
			return portalCells(nil, compact)
		case mappedRowKey:
			return mappedCells(compact)
		}
	}
	return doc
}

// mayBeRow is a fast check: false means that no key of the document is one that tells a row. A key may be written with escapes.
func mayBeRow(doc []byte) bool {
	if bytes.Contains(doc, []byte(`\u`)) {
		return true
	}
	return containsFolded(doc, portalRowKey) || containsFolded(doc, mappedRowKey)
}

// containsFolded says whether a text holds a word, which is in lower case, in any case.
func containsFolded(text []byte, word string) bool {
	last := word[len(word)-1]
	for at := len(word) - 1; at < len(text); at++ {
		if text[at]|0x20 == last && bytes.EqualFold(text[at+1-len(word):at+1], []byte(word)) {
			return true
		}
	}
	return false
}

// portalCells appends the object of a row with its known cells.
func portalCells(out, row []byte) []byte {
	out = append(out, '{')
	begin := len(out)
	for name, value := range rawjson.EachMember(row) {
		heading := plainHeading(rawjson.Unescaped(name))
		if !fileHeadings[heading] {
			continue
		}
		if len(out) > begin {
			out = append(out, ',')
		}
		out = append(append(append(out, '"'), name...), '"', ':')
		if value[0] == '[' && heading == plainHeading(StepsHeading) {
			out = stepCells(out, value)
		} else {
			out = append(out, value...)
		}
	}
	return append(out, '}')
}

// stepCells appends the list of the rows of an authentication, each with its known cells.
func stepCells(out, steps []byte) []byte {
	out = append(out, '[')
	begin := len(out)
	for step := range rawjson.EachItem(steps) {
		if len(out) > begin {
			out = append(out, ',')
		}
		if step[0] == '{' {
			out = portalCells(out, step)
		} else {
			out = append(out, step...)
		}
	}
	return append(out, ']')
}

// mappedCells gives the row of a mapped file without the cells that were mapped to nothing.
func mappedCells(doc []byte) []byte {
	out := []byte{'{'}
	for name, value := range rawjson.EachMember(doc) {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, '"'), name...), '"', ':')
		if strings.ToLower(rawjson.Unescaped(name)) != "row" || value[0] != '[' {
			out = append(out, value...)
			continue
		}
		out = append(out, '[')
		begin := len(out)
		for cell := range rawjson.EachItem(value) {
			if !isMappedCell(cell) {
				continue
			}
			if len(out) > begin {
				out = append(out, ',')
			}
			out = append(out, cell...)
		}
		out = append(out, ']')
	}
	return append(out, '}')
}

// isMappedCell says whether somebody has said what a cell is.
func isMappedCell(cell []byte) bool {
	if cell[0] != '{' {
		return false
	}
	for name, value := range rawjson.EachMember(cell) {
		if strings.EqualFold(rawjson.Unescaped(name), "property") {
			inside, isText := rawjson.Unquoted(value)
			return isText && len(inside) > 0
		}
	}
	return false
}
