package store

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"signpost/store/rawjson"
)

// withheld stands in for a part of a record that cannot be read well enough to take Conditional Access
// data out of it.
const withheld = `"` + withheldText + `"`

const withheldText = "withheld: it may hold Conditional Access data"

// withhold takes the data of some classes out of a record: its fields, its lists, the same of every version and event, and
// the documents as received. Of versions that are then equal the last stays: another one would tell that the withheld data
// changed, and when.
func (k *Kind) withhold(r *Record, hidden Classes) {
	k.withholdFields(r, hidden)
	for i := range r.Versions {
		r.Versions[i].Doc = k.redacted(r.Versions[i].Doc, hidden)
	}
	r.Versions = k.withoutEqual(r.Versions)
}

// withholdFields is withhold without the documents, which stay as they are.
func (k *Kind) withholdFields(r *Record, hidden Classes) {
	r.Entry = k.withheld(r.Entry, hidden)
	r.Versions = slices.Clone(r.Versions)
	for i := range r.Versions {
		r.Versions[i].Entry = k.withheld(r.Versions[i].Entry, hidden)
	}
	r.Events = k.withholdRows(r.Events, hidden)
}

// withholdRows gives the rows without the data of some classes. Those of the engine stay as they are.
func (k *Kind) withholdRows(rows []Row, hidden Classes) []Row {
	if !k.holds(hidden) {
		return rows
	}
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Entry = k.withheld(rows[i].Entry, hidden)
	}
	return rows
}

// clear empties the property; of a multi-valued one the lists are the values.
func (p *Property) clear(e Entry) {
	switch {
	case p.Text != nil:
		*p.Text(e) = ""
	case p.Int != nil:
		*p.Int(e) = Int{}
	case p.Bool != nil:
		*p.Bool(e) = Unset
	}
}

// shortestKey is the length of the shortest key of that data.
const shortestKey = len("conditionalaccess")

// keyWords are what the keys of that data hold, as foldKey writes them. The second property of it does not hold the first word.
var keyWords = []string{"conditionalaccess", "authenticationcontextclassreference"}

// isConditionalAccessKey says whether a key names Conditional Access data: any key that holds "conditionalAccess", however it
// is written, and the one property of that data that does not.
func isConditionalAccessKey(key string) bool {
	if len(key) < shortestKey {
		return false
	}
	k := foldKey(key)
	return slices.ContainsFunc(keyWords, func(word string) bool { return strings.Contains(k, word) })
}

// foldKey gives the letters and digits of a key in one spelling. Blanks, marks between words and characters without width are
// left out, and wide, long and dotted forms of a letter are that letter: a reader, or a program, takes them for the same key.
func foldKey(key string) string {
	if !isASCII(key) {
		key = norm.NFKD.String(key)
	}
	folded := make([]byte, 0, len(key))
	for _, r := range key {
		folded = utf8.AppendRune(folded, foldKeyRune(r))
	}
	return strings.ReplaceAll(string(folded), "\x00", "")
}

// foldKeyRune gives the spelling of one character of a key; 0 for one that is left out.
func foldKeyRune(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		return r
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A'
	case r < utf8.RuneSelf || IsInvisible(r) || !unicode.IsLetter(r) && !unicode.IsDigit(r):
		return 0
	}
	return unicode.ToLower(unicode.ToUpper(r)) // the long s and the dotless i have no other lower case
}

// mayNameConditionalAccess says whether a text may hold a key of that data: as it stands there, or written in escapes.
func mayNameConditionalAccess(text string) bool {
	return len(text) >= shortestKey && (strings.IndexByte(text, '\\') >= 0 || isConditionalAccessKey(text))
}

// isConditionalAccessItem says whether an item of a list is a key of that data, which the next item is the value of. A sentence
// is none, and neither is a permission such as Policy.Read.ConditionalAccess, which names something else first.
func isConditionalAccessItem(text string) bool {
	first, _, _ := strings.Cut(text, ".")
	return isShortName(text) && isConditionalAccessKey(first)
}

// isShortName says that a text may be a name: a sentence is none.
func isShortName(text string) bool {
	const longest, words = 100, 4
	return len(text) <= longest && len(strings.Fields(text)) <= words
}

// bareJSON gives a text without the blanks, byte order marks and other invisible characters around it.
func bareJSON(s string) string { return rawjson.Bare(s, IsInvisible) }

// redactText redacts JSON that is written into a string. A string that begins like JSON, names the data and cannot be read (it
// was cut off) is withheld. So is one that has such a key with a value further inside. Any other text is no key and stays.
func redactText(s string) string { return redactTextOf(s, nil) }

// redactTextOf is redactText for a string in a document with known tables.
func redactTextOf(s string, tables *leftOut) string {
	if tables == nil && !mayNameConditionalAccess(s) {
		return s
	}
	bare := bareJSON(s)
	if bare == "" || bare[0] != '{' && bare[0] != '[' && bare[0] != '"' {
		if holdsPair(s) {
			return withheldText
		}
		return s
	}
	if !json.Valid([]byte(bare)) {
		if isConditionalAccessKey(bare) || strings.Contains(bare, `\u`) {
			return withheldText
		}
		return s
	}
	if tables == nil {
		tables = tablesOf([]byte(bare))
	}
	redacted := redactTables([]byte(bare), tables)
	var before, after bytes.Buffer
	if json.Compact(&before, []byte(bare)) == nil && json.Compact(&after, redacted) == nil && bytes.Equal(before.Bytes(), after.Bytes()) {
		return s
	}
	if string(redacted) == withheld {
		return withheldText
	}
	return string(redacted)
}

// holdsPair says whether a text that is no JSON has a key of the data with a value behind it, as in a log line:
// conditionalAccessStatus=success, or "Conditional Access": "Success". A key of several words counts in quotes only:
// sentences speak of Conditional Access.
func holdsPair(text string) bool {
	text = withoutEscapes(text)
	letters, at := make([]byte, 0, len(text)), make([]int, 0, len(text))
	for i, r := range text {
		if folded := foldKeyRune(r); folded != 0 {
			for range utf8.RuneLen(folded) {
				at = append(at, i)
			}
			letters = utf8.AppendRune(letters, folded)
		}
	}
	for _, word := range keyWords {
		for from := 0; ; {
			n := bytes.Index(letters[from:], []byte(word))
			if n < 0 {
				break
			}
			start := from + n
			from = start + len(word)
			if isPairAt(text, at[start], at[from-1]) {
				return true
			}
		}
	}
	return false
}

// isPairAt says whether a key whose word stands between two places of the text has a value behind it.
func isPairAt(text string, start, last int) bool {
	const keyEnds = `"'` + "`"
	isOfKey := func(r rune) bool {
		return foldKeyRune(r) != 0 || strings.ContainsRune(" ._-", r) || r > ' ' && IsInvisible(r)
	}
	rest := strings.TrimLeftFunc(text[last:], isOfKey)
	behind := strings.TrimLeft(rest, keyEnds+`\)] `+"\t")
	if behind == "" || behind[0] != ':' && behind[0] != '=' {
		return false
	}
	key := strings.TrimRight(text[start:len(text)-len(rest)], " ")
	return strings.ContainsAny(rest[:len(rest)-len(behind)], keyEnds) || !strings.Contains(key, " ")
}

// withoutEscapes gives a text with the escapes of JSON in it undone, as often as they are nested.
func withoutEscapes(text string) string {
	for range maxNestedEscapes {
		plain := escapePattern.ReplaceAllStringFunc(text, func(escape string) string {
			if code, err := strconv.ParseUint(escape[2:], 16, 16); err == nil && len(escape) > 2 {
				return string(rune(code))
			}
			return escape[1:]
		})
		if plain == text {
			break
		}
		text = plain
	}
	return text
}

const maxNestedEscapes = 4

var escapePattern = regexp.MustCompile(`\\(u[0-9A-Fa-f]{4}|["\\/])`)
