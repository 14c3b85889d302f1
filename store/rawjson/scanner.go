package rawjson

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"
)

// ErrList says that a Scanner stands before a list that it was told to stop at.
var ErrList = errors.New("a list begins")

// Scanner checks one value strictly and copies it without the blanks between its tokens. The bytes may be the beginning of a
// stream: it says ErrShort where the value may go on behind them. It keeps no tree, so a hostile value costs its own size
// and no more.
type Scanner struct {
	tokens
	maxDepth int
	out      []byte
	start    int // of the copy in out
	from     int // src[from:at] is not yet in out
	lists    []string
	list     string
}

// NewScanner gives a Scanner of the value at the start of src, which appends the copy to dst. Values may nest to maxDepth. It
// stops before the lists of the outermost object that have one of the keys, in any casing.
func NewScanner(dst, src []byte, maxDepth int, lists ...string) Scanner {
	return Scanner{tokens: tokens{src: src}, maxDepth: maxDepth, out: dst, start: len(dst), lists: lists}
}

// Compact appends the value at the start of src to dst, compact; n is how much of src it took.
func Compact(dst, src []byte, maxDepth int) (out []byte, n int, err error) {
	s := NewScanner(dst, src, maxDepth)
	if err := s.Value(); err != nil {
		return dst, s.at, err
	}
	return s.Copy(), s.at, nil
}

// Value reads the value.
func (s *Scanner) Value() error { return s.value(0) }

// Rest reads what follows a list inside the outermost object, to behind that object's closing brace.
func (s *Scanner) Rest() error {
	done, err := s.separator('}')
	if done || err != nil {
		return err
	}
	return s.members(1)
}

// Taken gives the bytes that were read.
func (s *Scanner) Taken() []byte { return s.src[:s.at] }

// List gives the key, as NewScanner was given it, of the list that ErrList was given for.
func (s *Scanner) List() string { return s.list }

// Copy gives dst with the compact copy of what was read.
func (s *Scanner) Copy() []byte {
	s.out = append(s.out, s.src[s.from:s.at]...)
	s.from = s.at
	if s.nonASCII && !utf8.Valid(s.out[s.start:]) {
		repaired := bytes.ToValidUTF8(s.out[s.start:], []byte("\uFFFD"))
		s.out = append(s.out[:s.start], repaired...)
	}
	return s.out
}

// space skips blanks and leaves them out of the copy; false at the end of the bytes.
func (s *Scanner) space() bool {
	if s.at < len(s.src) && s.src[s.at] > ' ' {
		return true
	}
	end := s.at
	if s.blanks(); s.at > end {
		s.out = append(s.out, s.src[s.from:end]...)
		s.from = s.at
	}
	return s.at < len(s.src)
}

func (s *Scanner) value(depth int) error {
	if !s.space() {
		return ErrShort
	}
	switch c := s.src[s.at]; {
	case c == '"':
		return s.text()
	case c == '{':
		return s.object(depth + 1)
	case c == '[':
		return s.array(depth + 1)
	case c == '-' || c >= '0' && c <= '9':
		_, err := s.number()
		if err == nil && s.at == len(s.src) {
			return ErrShort // more digits may follow
		}
		return err
	case c == 't':
		return s.word("true")
	case c == 'f':
		return s.word("false")
	case c == 'n':
		return s.word("null")
	}
	return s.fail(noValue)
}

// open goes behind a bracket, and behind the closing one where nothing stands between them.
func (s *Scanner) open(depth int, closing byte) (isEmpty bool, err error) {
	if depth > s.maxDepth {
		return false, s.fail("it is nested too deeply.")
	}
	s.at++
	if !s.space() {
		return false, ErrShort
	}
	if s.src[s.at] == closing {
		s.at++
		return true, nil
	}
	return false, nil
}

func (s *Scanner) object(depth int) error {
	isEmpty, err := s.open(depth, '}')
	if isEmpty || err != nil {
		return err
	}
	return s.members(depth)
}

// members reads the members of an object from a key on, to behind its closing brace.
func (s *Scanner) members(depth int) error {
	for {
		if !s.space() {
			return ErrShort
		}
		if s.src[s.at] != '"' {
			return s.fail(noKey)
		}
		start := s.at + 1
		if err := s.text(); err != nil {
			return err
		}
		key := s.src[start : s.at-1]
		if !s.space() {
			return ErrShort
		}
		if s.src[s.at] != ':' {
			return s.fail(noColon)
		}
		s.at++
		if !s.space() {
			return ErrShort
		}
		if depth == 1 && s.src[s.at] == '[' && s.isList(key) {
			return ErrList
		}
		if err := s.value(depth); err != nil {
			return err
		}
		done, err := s.separator('}')
		if done || err != nil {
			return err
		}
	}
}

func (s *Scanner) isList(key []byte) bool {
	for _, name := range s.lists {
		if len(key) == len(name) && strings.EqualFold(string(key), name) {
			s.list = name
			return true
		}
	}
	return false
}

func (s *Scanner) array(depth int) error {
	isEmpty, err := s.open(depth, ']')
	if isEmpty || err != nil {
		return err
	}
	for {
		if err := s.value(depth); err != nil {
			return err
		}
		done, err := s.separator(']')
		if done || err != nil {
			return err
		}
	}
}

// separator reads a comma or the closing bracket; done says it was the bracket.
func (s *Scanner) separator(closing byte) (done bool, err error) {
	if s.at < len(s.src) && s.src[s.at] == ',' { // most often
		s.at++
		return false, nil
	}
	if !s.space() {
		return false, ErrShort
	}
	return s.tokens.separator(closing)
}
