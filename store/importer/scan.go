package importer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep a record may nest; real ones nest six levels.
const maxDepth = 100

// errShort says that the bytes end inside the value: more may follow.
var errShort = errors.New("the record is cut off: the file ends inside it")

// errContainer says that the scanner stands before a list of records inside an object.
var errContainer = errors.New("a list of records begins")

// syntaxError is what is wrong with a JSON text, as a sentence, and where: at is the byte at which it was noticed, told the one to
// tell people of.
type syntaxError struct {
	at, told int
	problem  string
}

func (e *syntaxError) Error() string { return "not valid JSON: " + e.problem }

// scanner checks one JSON value strictly (RFC 8259, nesting bounded) and copies it without the
// whitespace between its tokens. It keeps no tree, so a hostile record costs its own size and no more.
type scanner struct {
	src      []byte
	i        int
	out      []byte
	from     int // src[from:i] is not yet in out
	nonASCII bool
	// lists are the keys of the outermost object whose lists hold records; nil looks for none.
	lists []string
	list  string // the key that errContainer was given for
}

// scanValue reads one value at the start of src and appends it, compact, to dst; n is how much of src
// it took. Bytes that are not UTF-8 become U+FFFD: whoever signs in chooses the user agent, and a
// broken one must not keep the sign-in out of the log.
func scanValue(dst, src []byte) (out []byte, n int, err error) {
	s := scanner{src: src, out: dst}
	if err := s.value(0); err != nil {
		return dst, s.i, err
	}
	return s.finish(len(dst)), s.i, nil
}

// finish copies what is left and repairs broken UTF-8 in what was added after start.
func (s *scanner) finish(start int) []byte {
	s.out = append(s.out, s.src[s.from:s.i]...)
	if s.nonASCII && !utf8.Valid(s.out[start:]) {
		repaired := bytes.ToValidUTF8(s.out[start:], []byte("\uFFFD"))
		s.out = append(s.out[:start], repaired...)
	}
	return s.out
}

func (s *scanner) fail(problem string) error {
	return &syntaxError{at: s.i, told: s.i, problem: problem}
}

// space skips whitespace and leaves it out of the copy; false at the end of the bytes.
func (s *scanner) space() bool {
	if s.i < len(s.src) && s.src[s.i] > ' ' {
		return true
	}
	end := s.i
	for s.i < len(s.src) && isSpace(s.src[s.i]) {
		s.i++
	}
	if s.i > end {
		s.out = append(s.out, s.src[s.from:end]...)
		s.from = s.i
	}
	return s.i < len(s.src)
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func (s *scanner) value(depth int) error {
	if !s.space() {
		return errShort
	}
	switch c := s.src[s.i]; {
	case c == '"':
		return s.text()
	case c == '{':
		return s.object(depth + 1)
	case c == '[':
		return s.array(depth + 1)
	case c == '-' || c >= '0' && c <= '9':
		return s.number()
	case c == 't':
		return s.literal("true")
	case c == 'f':
		return s.literal("false")
	case c == 'n':
		return s.literal("null")
	}
	return s.fail("a value is missing or is none that JSON knows.")
}

func (s *scanner) object(depth int) error {
	if depth > maxDepth {
		return s.fail("it is nested too deeply.")
	}
	s.i++
	if !s.space() {
		return errShort
	}
	if s.src[s.i] == '}' {
		s.i++
		return nil
	}
	return s.members(depth)
}

// members reads the members of an object from a key on, to behind its closing brace.
func (s *scanner) members(depth int) error {
	for {
		if !s.space() {
			return errShort
		}
		if s.src[s.i] != '"' {
			return s.fail("a key in quotation marks was expected.")
		}
		start := s.i + 1
		if err := s.text(); err != nil {
			return err
		}
		key := s.src[start : s.i-1]
		if !s.space() {
			return errShort
		}
		if s.src[s.i] != ':' {
			return s.fail("a colon is missing after a key.")
		}
		s.i++
		if !s.space() {
			return errShort
		}
		if depth == 1 && s.src[s.i] == '[' && s.isList(key) {
			return errContainer
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

// rest reads what follows a list inside the outermost object, to behind that object's closing brace.
func (s *scanner) rest() error {
	done, err := s.separator('}')
	if done || err != nil {
		return err
	}
	return s.members(1)
}

func (s *scanner) isList(key []byte) bool {
	for _, name := range s.lists {
		if len(key) == len(name) && strings.EqualFold(string(key), name) {
			s.list = name
			return true
		}
	}
	return false
}

func (s *scanner) array(depth int) error {
	if depth > maxDepth {
		return s.fail("it is nested too deeply.")
	}
	s.i++
	if !s.space() {
		return errShort
	}
	if s.src[s.i] == ']' {
		s.i++
		return nil
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
func (s *scanner) separator(closing byte) (done bool, err error) {
	if !s.space() {
		return false, errShort
	}
	switch s.src[s.i] {
	case ',':
		s.i++
		return false, nil
	case closing:
		s.i++
		return true, nil
	}
	// It is missing where the value ends, which may be some lines before what stands in its place.
	behind := len(bytes.TrimRight(s.src[:s.i], " \n\r\t"))
	return false, &syntaxError{at: s.i, told: behind, problem: "a comma or a closing bracket is missing after a value."}
}

// plainBytes counts how many of eight bytes, from the lowest on, are plain. It finds bytes below a blank,
// quotation marks, backslashes and bytes outside ASCII in all eight at a time: the subtractions borrow
// into the high bit of a byte that is smaller, and the lowest bit so set is always a true one.
func plainBytes(x uint64) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quote := x ^ '"'*ones
	slash := x ^ '\\'*ones
	found := ((x-' '*ones)&^x | (quote-ones)&^quote | (slash-ones)&^slash | x) & highs
	if found == 0 {
		return 8
	}
	return bits.TrailingZeros64(found) / 8
}

// plain are the bytes of a string that need no look.
var plain = func() (table [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

func (s *scanner) text() error {
	src, i := s.src, s.i+1
	for i < len(src) {
		if i+8 <= len(src) {
			skip := plainBytes(binary.LittleEndian.Uint64(src[i:]))
			i += skip
			if skip == 8 {
				continue
			}
		}
		c := src[i]
		switch {
		case plain[c]:
			i++
		case c == '"':
			s.i = i + 1
			return nil
		case c == '\\':
			n, ok := escapeLength(src[i:])
			if n == 0 {
				return errShort
			}
			if !ok {
				s.i = i
				return s.fail("a string holds an escape sequence that JSON does not know.")
			}
			i += n
		case c >= utf8.RuneSelf:
			s.nonASCII = true
			i++
		default:
			s.i = i
			return s.fail("a string holds a line break or another control character.")
		}
	}
	return errShort
}

// escapeLength measures the escape sequence at the start of b; 0 where b ends inside it.
func escapeLength(b []byte) (n int, ok bool) {
	if len(b) < 2 {
		return 0, false
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2, true
	case 'u':
		for i := 2; i < 6; i++ {
			if i == len(b) {
				return 0, false
			}
			if !isHex(b[i]) {
				return 6, false
			}
		}
		return 6, true
	}
	return 2, false
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func (s *scanner) number() error {
	if s.src[s.i] == '-' {
		s.i++
	}
	zero := s.i < len(s.src) && s.src[s.i] == '0'
	whole := s.digits()
	if s.i == len(s.src) {
		return errShort
	}
	if whole == 0 || zero && whole > 1 {
		return s.fail("a number is not written as JSON writes numbers.")
	}
	if s.src[s.i] == '.' {
		s.i++
		if s.digits() == 0 && s.i < len(s.src) {
			return s.fail("a number ends with its decimal point.")
		}
	}
	if s.i < len(s.src) && (s.src[s.i] == 'e' || s.src[s.i] == 'E') {
		s.i++
		if s.i < len(s.src) && (s.src[s.i] == '+' || s.src[s.i] == '-') {
			s.i++
		}
		if s.digits() == 0 && s.i < len(s.src) {
			return s.fail("a number has no digits in its exponent.")
		}
	}
	if s.i == len(s.src) {
		return errShort
	}
	return nil
}

func (s *scanner) digits() (n int) {
	for s.i < len(s.src) && s.src[s.i] >= '0' && s.src[s.i] <= '9' {
		s.i++
		n++
	}
	return n
}

func (s *scanner) literal(word string) error {
	rest := s.src[s.i:]
	if len(rest) < len(word) {
		if strings.HasPrefix(word, string(rest)) {
			return errShort
		}
	} else if string(rest[:len(word)]) == word {
		s.i += len(word)
		return nil
	}
	return s.fail("a value is missing or is none that JSON knows.")
}
