package importer

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// The functions here walk a JSON text that scanValue has made: valid, without whitespace. They give
// slices of it, so reading a record makes no tree and no garbage.

// members walks the members of an object; a value that is no object has none.
type members struct{ rest []byte } // from a key or the closing brace on

func membersOf(object []byte) members {
	if len(object) < 2 || object[0] != '{' {
		return members{}
	}
	return members{rest: object[1:]}
}

// key gives the next key without quotation marks, escapes as they stand; value must follow.
func (m *members) key() (key []byte, ok bool) {
	if len(m.rest) == 0 || m.rest[0] == '}' {
		return nil, false
	}
	end := stringEnd(m.rest)
	key, m.rest = m.rest[1:end-1], m.rest[end+1:] // the colon
	return key, true
}

// value gives the value of the key that was read last.
func (m *members) value() []byte {
	end := valueEnd(m.rest)
	value := m.rest[:end]
	m.rest = afterComma(m.rest[end:])
	return value
}

func (m *members) next() (key, value []byte, ok bool) {
	if key, ok = m.key(); !ok {
		return nil, nil, false
	}
	return key, m.value(), true
}

// enter walks the object that is the value of the key that was read last; leave goes on behind it.
// Walking a large object so saves looking for its end first.
func (m *members) enter() members { return membersOf(m.rest) }

func (m *members) leave(inner members) { m.rest = afterComma(inner.rest[1:]) }

// elements walks the elements of an array; a value that is no array has none.
type elements struct{ rest []byte }

func elementsOf(array []byte) elements {
	if len(array) < 2 || array[0] != '[' {
		return elements{}
	}
	return elements{rest: array[1:]}
}

func (e *elements) next() (value []byte, ok bool) {
	if len(e.rest) == 0 || e.rest[0] == ']' {
		return nil, false
	}
	end := valueEnd(e.rest)
	value, e.rest = e.rest[:end], afterComma(e.rest[end:])
	return value, true
}

func afterComma(rest []byte) []byte {
	if len(rest) > 0 && rest[0] == ',' {
		return rest[1:]
	}
	return rest
}

// stringEnd gives the length of the string at the start of b, with both quotation marks.
func stringEnd(b []byte) int {
	for i := 1; ; {
		i += bytes.IndexByte(b[i:], '"')
		slashes := 0
		for b[i-1-slashes] == '\\' {
			slashes++
		}
		i++
		if slashes%2 == 0 {
			return i
		}
	}
}

// valueEnd gives the length of the value at the start of b.
func valueEnd(b []byte) int {
	switch b[0] {
	case '"':
		return stringEnd(b)
	case '{', '[':
		return bracketEnd(b)
	}
	for i, c := range b {
		if c == ',' || c == '}' || c == ']' {
			return i
		}
	}
	return len(b)
}

func bracketEnd(b []byte) int {
	depth := 0
	for i := 0; ; i++ {
		switch nesting[b[i]] {
		case opens:
			depth++
		case closes:
			if depth--; depth == 0 {
				return i + 1
			}
		case quotes:
			i += stringEnd(b[i:]) - 1
		}
	}
}

// nesting sorts the bytes outside strings by what they do to the depth.
var nesting = [256]byte{'{': opens, '[': opens, '}': closes, ']': closes, '"': quotes}

const (
	opens = iota + 1
	closes
	quotes
)

// isString says whether a value is a string.
func isString(value []byte) bool { return len(value) >= 2 && value[0] == '"' }

// appendText appends what a JSON string says, without quotation marks and escapes.
func appendText(dst, inner []byte) []byte {
	for {
		i := bytes.IndexByte(inner, '\\')
		if i < 0 {
			return append(dst, inner...)
		}
		dst = append(dst, inner[:i]...)
		c := inner[i+1]
		inner = inner[i+2:]
		switch c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r := hexRune(inner)
			inner = inner[4:]
			if utf16.IsSurrogate(r) {
				pair := rune(utf8.RuneError)
				if len(inner) >= 6 && inner[0] == '\\' && inner[1] == 'u' {
					pair = utf16.DecodeRune(r, hexRune(inner[2:]))
				}
				if r = pair; r != utf8.RuneError {
					inner = inner[6:]
				}
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, c)
		}
	}
}

func hexRune(b []byte) rune {
	n, err := strconv.ParseUint(string(b[:4]), 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}
