package export

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// appendText writes a string as JSON.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[start:i]...), `\ufffd`...)
				start = i + 1
			}
			i += size
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}

// appendTexts writes a list of strings.
func appendTexts(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, s)
	}
	return append(b, ']')
}

// members yields the members of an object in compact JSON, the form of stored records. It ends at the first byte
// that does not fit.
type members struct{ rest []byte }

func membersOf(object []byte) members {
	if len(object) < 2 || object[0] != '{' {
		return members{}
	}
	return members{object[1:]}
}

// next gives the next member: its key, in quotes, and its value, both as in the text.
func (m *members) next() (key, value []byte, ok bool) {
	if len(m.rest) > 0 && m.rest[0] == ',' {
		m.rest = m.rest[1:]
	}
	if len(m.rest) == 0 || m.rest[0] != '"' {
		return nil, nil, false
	}
	end := skip(m.rest)
	if end >= len(m.rest) || m.rest[end] != ':' {
		return nil, nil, false
	}
	key, m.rest = m.rest[:end], m.rest[end+1:]
	if end = skip(m.rest); end == 0 {
		return nil, nil, false
	}
	value, m.rest = m.rest[:end], m.rest[end:]
	return key, value, true
}

// isKey tells whether a key in quotes is the name, in any casing.
func isKey(key []byte, name string) bool {
	return len(key) == len(name)+2 && strings.EqualFold(string(key[1:len(key)-1]), name)
}

// lowerKey gives a key in quotes as a text in lower case.
func lowerKey(key []byte) string {
	if bytes.IndexByte(key, '\\') < 0 {
		return strings.ToLower(string(key[1 : len(key)-1]))
	}
	var name string
	if json.Unmarshal(key, &name) != nil {
		return ""
	}
	return strings.ToLower(name)
}

// skip gives the length of the value at the start of b; 0 where it does not end.
func skip(b []byte) int {
	depth := 0
	for i := 0; i < len(b); {
		switch b[i] {
		case '"':
			n := skipText(b[i:])
			if n == 0 {
				return 0
			}
			i += n
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			if depth == 0 {
				return i // behind a number or a word
			}
			depth--
			i++
		case ',':
			if depth == 0 {
				return i
			}
			i++
			continue
		default:
			i++
			continue
		}
		if depth == 0 {
			return i
		}
	}
	return 0
}

func skipText(b []byte) int {
	for i := 1; ; {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return 0
		}
		end := i + n
		slashes := 0
		for b[end-1-slashes] == '\\' {
			slashes++
		}
		if i = end + 1; slashes%2 == 0 {
			return i
		}
	}
}
