package importer

import (
	"bytes"
	"strings"

	"signpost/store/rawjson"
)

// PowerShell writes Graph's records with names in Pascal case. Windows PowerShell writes times as /Date(milliseconds)/, or as an
// object around that. What lies deeper than the depth of ConvertTo-Json becomes a text: @{name=value; ...}, or the name of a
// type. Export-Csv does so with everything that is no single value.

// isDotNetType says whether a text is the name of a .NET type, which stands in the place of a value.
func isDotNetType(text []byte) bool {
	return (bytes.HasPrefix(text, []byte("Microsoft.Graph.")) || bytes.HasPrefix(text, []byte("System."))) && bytes.IndexByte(text, ' ') < 0
}

// maxTextDepth bounds how deep objects stand in each other as text. Deeper ones stay text.
const maxTextDepth = 10

// objectOfText reads @{name=value; name=value} as a JSON object of texts. ok is false for a text that is none.
func objectOfText(text string) (object []byte, ok bool) { return objectWithin(text, maxTextDepth) }

func objectWithin(text string, depth int) (object []byte, ok bool) {
	inside, found := strings.CutPrefix(text, "@{")
	if !found || depth == 0 || !strings.HasSuffix(inside, "}") {
		return nil, false
	}
	object = []byte{'{'}
	for _, member := range splitMembers(inside[:len(inside)-1]) {
		name, value, found := strings.Cut(member, "=")
		if name = strings.TrimSpace(name); !found || name == "" {
			return nil, false
		}
		if len(object) > 1 {
			object = append(object, ',')
		}
		object = append(rawjson.AppendQuoted(object, name), ':')
		if inner, nested := objectWithin(value, depth-1); nested {
			object = append(object, inner...)
		} else {
			object = rawjson.AppendQuoted(object, value)
		}
	}
	return append(object, '}'), true
}

// splitMembers cuts at the semicolons that are in no inner braces and have a name behind them. Others belong to a value.
func splitMembers(text string) (members []string) {
	depth, from := 0, 0
	take := func(to int) {
		switch part := text[from:to]; {
		case len(members) > 0 && !beginsWithName(part):
			if strings.TrimSpace(part) != "" {
				members[len(members)-1] += ";" + part
			}
		case strings.TrimSpace(part) != "":
			members = append(members, part)
		}
		from = to + 1
	}
	for i := range len(text) {
		switch text[i] {
		case '{':
			depth++
		case '}':
			depth--
		case ';':
			if depth <= 0 {
				take(i)
			}
		}
	}
	take(len(text))
	return members
}

// beginsWithName says whether a text begins with the name of a member. No such name has a blank in it.
func beginsWithName(text string) bool {
	name, _, found := strings.Cut(text, "=")
	name = strings.TrimSpace(name)
	return found && name != "" && !strings.ContainsAny(name, " \t\r\n{}\"'")
}

// inGraphsSpelling appends a value with the keys of its objects as Graph spells them, and without the empty member that the SDKs
// add to every object.
func inGraphsSpelling(b, value []byte) []byte {
	some := false
	separate := func() {
		if some {
			b = append(b, ',')
		}
		some = true
	}
	switch value[0] {
	case '{':
		b = append(b, '{')
		for name, member := range rawjson.EachMember(value) {
			if string(name) == "AdditionalProperties" && len(member) == 2 {
				continue
			}
			separate()
			b = append(b, '"')
			start := len(b)
			if b = append(b, name...); len(name) > 0 && name[0] >= 'A' && name[0] <= 'Z' {
				b[start] += 'a' - 'A'
			}
			b = inGraphsSpelling(append(b, `":`...), member)
		}
		return append(b, '}')
	case '[':
		b = append(b, '[')
		for item := range rawjson.EachItem(value) {
			separate()
			b = inGraphsSpelling(b, item)
		}
		return append(b, ']')
	}
	return append(b, value...)
}

// dateInside gives the text of a time: of a JSON text, or of the object that Windows PowerShell writes around one.
func (d *decoder) dateInside(value []byte) (text []byte, ok bool) {
	if len(value) > 0 && value[0] == '{' {
		value = d.member(value, "value")
	}
	inside, isText := rawjson.Unquoted(value)
	if isText && bytes.IndexByte(inside, '\\') >= 0 {
		d.scratch = rawjson.AppendUnescaped(d.scratch[:0], inside)
		inside = d.scratch
	}
	return inside, isText
}
