package rawjson

import (
	"bytes"
	"iter"
)

// What is in this file walks compact JSON that was checked before: what Scanner made. Of another text it gives parts, up to
// the first byte that does not fit, and it reads nothing behind the text.

// Members walks the members of an object. A value that is no object has none.
type Members struct{ rest []byte } // from a key, the comma before it or the closing brace on

// MembersOf gives the members of a value.
func MembersOf(object []byte) Members {
	if len(object) < 2 || object[0] != '{' {
		return Members{}
	}
	return Members{rest: object[1:]}
}

// Next gives the next member: its key without quotation marks, with its escapes, and its value.
func (m *Members) Next() (key, value []byte, ok bool) {
	if key, ok = m.Key(); !ok {
		return nil, nil, false
	}
	value = m.Value()
	return key, value, len(value) > 0
}

// Key gives the next key as Next does. Value, Enter or another call of Key for the member behind it may follow.
func (m *Members) Key() (key []byte, ok bool) {
	rest := m.rest
	if len(rest) > 0 && rest[0] == ',' {
		rest = rest[1:]
	}
	if len(rest) == 0 || rest[0] != '"' {
		return nil, false
	}
	end := textEnd(rest)
	if end == 0 || end >= len(rest) || rest[end] != ':' {
		return nil, false
	}
	m.rest = rest[end+1:]
	return rest[1 : end-1], true
}

// Value gives the value of the key that was read last.
func (m *Members) Value() []byte {
	end := valueEnd(m.rest)
	value := m.rest[:end]
	m.rest = m.rest[end:]
	return value
}

// IsObject says whether the value of the key that was read last is an object.
func (m *Members) IsObject() bool { return len(m.rest) > 0 && m.rest[0] == '{' }

// Enter walks the object that is the value of the key that was read last; Leave goes on behind it. Walking a large object so
// saves looking for its end first.
func (m *Members) Enter() Members { return MembersOf(m.rest) }

// Leave goes behind an object of which all members were read.
func (m *Members) Leave(inner Members) {
	m.rest = nil
	if len(inner.rest) > 0 {
		m.rest = inner.rest[1:]
	}
}

// EachMember gives the members of an object, as Members does.
func EachMember(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for m := MembersOf(object); ; {
			key, value, ok := m.Next()
			if !ok || !yield(key, value) {
				return
			}
		}
	}
}

// EachItem gives the items of a list. A value that is no list has none.
func EachItem(list []byte) iter.Seq[[]byte] {
	return func(yield func(item []byte) bool) {
		if len(list) < 2 || list[0] != '[' {
			return
		}
		for rest := list[1:]; ; {
			if len(rest) > 0 && rest[0] == ',' {
				rest = rest[1:]
			}
			end := valueEnd(rest)
			if end == 0 || !yield(rest[:end]) {
				return
			}
			rest = rest[end:]
		}
	}
}

// textEnd gives the length of the text at the start of b, with both quotation marks; 0 where it does not end.
func textEnd(b []byte) int {
	for i := 1; i < len(b); {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return 0
		}
		i += n
		slashes := 0
		for b[i-1-slashes] == '\\' { // the quotation mark at the start ends this
			slashes++
		}
		i++
		if slashes%2 == 0 {
			return i
		}
	}
	return 0
}

// valueEnd gives the length of the value at the start of b, which something follows; 0 where it does not end.
func valueEnd(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	switch b[0] {
	case '"':
		return textEnd(b)
	case '{', '[':
		return bracketEnd(b)
	}
	for i, c := range b {
		if c == ',' || c == '}' || c == ']' {
			return i
		}
	}
	return 0
}

func bracketEnd(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch nesting[b[i]] {
		case opens:
			depth++
		case closes:
			if depth--; depth == 0 {
				return i + 1
			}
		case quotes:
			n := textEnd(b[i:])
			if n == 0 {
				return 0
			}
			i += n - 1
		}
	}
	return 0
}

// nesting sorts the bytes outside texts by what they do to the depth.
var nesting = [256]byte{'{': opens, '[': opens, '}': closes, ']': closes, '"': quotes}

const (
	opens = iota + 1
	closes
	quotes
)
