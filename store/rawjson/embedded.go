package rawjson

import (
	"encoding/json"
	"strings"
	"unicode"
)

// Some writers put an object or a list into a text: its JSON stands there once more escaped.

// Embedded gives the object or list that a text of compact JSON holds, compact. Nothing may stand around it. Values may nest
// to maxDepth.
func Embedded(text []byte, maxDepth int) (compact []byte, ok bool) {
	inside, isText := Unquoted(text)
	if !isText || len(inside) < 2 || inside[0] != '{' && inside[0] != '[' {
		return nil, false
	}
	said := AppendUnescaped(nil, inside)
	compact, n, err := Compact(nil, said, maxDepth)
	return compact, err == nil && n == len(said)
}

// Bare gives what a text says without the white space around it, and without the other characters that pads says.
func Bare(text string, pads func(rune) bool) string {
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || pads(r) })
}

// IsDocument says that a bare text is an object or a list.
func IsDocument(bare string) bool {
	return bare != "" && (bare[0] == '{' || bare[0] == '[') && json.Valid([]byte(bare))
}
