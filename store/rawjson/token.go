package rawjson

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// ErrShort says that the bytes end inside the value: more may follow.
var ErrShort = errors.New("the JSON ends inside a value")

// SyntaxError says how a text breaks the rules of JSON. Problem is a sentence.
type SyntaxError struct {
	// At is the byte at which it was noticed, and Told the one to tell people of.
	At, Told int
	Problem  string
}

// Error gives the sentence.
func (e *SyntaxError) Error() string { return "not valid JSON: " + e.Problem }

// Problems that both strict walkers meet.
const (
	noValue = "a value is missing or is none that JSON knows."
	noKey   = "a key in quotation marks was expected."
	noColon = "a colon is missing after a key."
)

// IsBlank says that a byte may stand between tokens without a meaning.
func IsBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// tokens reads JSON one token after the other.
type tokens struct {
	src []byte
	at  int
	// nonASCII and escaped say that a text had bytes outside ASCII, or escapes. They are set, never cleared.
	nonASCII, escaped bool
}

func (t *tokens) fail(problem string) error {
	return &SyntaxError{At: t.at, Told: t.at, Problem: problem}
}

func (t *tokens) blanks() {
	for t.at < len(t.src) && IsBlank(t.src[t.at]) {
		t.at++
	}
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

// plain are the bytes of a text that need no look.
var plain = func() (table [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

// text goes behind the text whose quotation mark comes next.
func (t *tokens) text() error {
	src, i := t.src, t.at+1
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
			t.at = i + 1
			return nil
		case c == '\\':
			t.escaped = true
			n, ok := escapeLength(src[i:])
			if n == 0 {
				return ErrShort
			}
			if !ok {
				t.at = i
				return t.fail("a string holds an escape sequence that JSON does not know.")
			}
			i += n
		case c >= utf8.RuneSelf:
			t.nonASCII = true
			i++
		default:
			t.at = i
			return t.fail("a string holds a line break or another control character.")
		}
	}
	return ErrShort
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

// number goes behind the number that begins here. One at the end of the bytes may go on behind them: it is whole where it is
// a number already. The error is never ErrShort.
func (t *tokens) number() (whole bool, err error) {
	if t.src[t.at] == '-' {
		t.at++
	}
	zero := t.at < len(t.src) && t.src[t.at] == '0'
	digits := t.digits()
	isWrong := digits == 0 || zero && digits > 1
	switch {
	case t.at == len(t.src):
		return !isWrong, nil
	case isWrong:
		return false, t.fail("a number is not written as JSON writes numbers.")
	}
	if t.src[t.at] == '.' {
		t.at++
		if t.digits() == 0 {
			return t.cut("a number ends with its decimal point.")
		}
	}
	if t.at < len(t.src) && (t.src[t.at] == 'e' || t.src[t.at] == 'E') {
		t.at++
		if t.at < len(t.src) && (t.src[t.at] == '+' || t.src[t.at] == '-') {
			t.at++
		}
		if t.digits() == 0 {
			return t.cut("a number has no digits in its exponent.")
		}
	}
	return true, nil
}

// cut is the result of number where digits are missing: they may follow behind the bytes.
func (t *tokens) cut(problem string) (whole bool, err error) {
	if t.at == len(t.src) {
		return false, nil
	}
	return false, t.fail(problem)
}

func (t *tokens) digits() (n int) {
	for t.at < len(t.src) && t.src[t.at] >= '0' && t.src[t.at] <= '9' {
		t.at++
		n++
	}
	return n
}

// word goes behind true, false or null, which begins here.
func (t *tokens) word(word string) error {
	rest := t.src[t.at:]
	if len(rest) < len(word) {
		if strings.HasPrefix(word, string(rest)) {
			return ErrShort
		}
	} else if string(rest[:len(word)]) == word {
		t.at += len(word)
		return nil
	}
	return t.fail(noValue)
}

// separator goes behind the comma or closing bracket that comes next; done says that it was the bracket.
func (t *tokens) separator(closing byte) (done bool, err error) {
	c := t.src[t.at]
	if c != ',' && c != closing {
		return t.noSeparator()
	}
	t.at++
	return c == closing, nil
}

// noSeparator says that a separator is missing. It is missing where the value ends, which may be some lines before what stands
// in its place.
func (t *tokens) noSeparator() (done bool, err error) {
	behind := len(bytes.TrimRight(t.src[:t.at], " \n\r\t"))
	return false, &SyntaxError{At: t.at, Told: behind, Problem: "a comma or a closing bracket is missing after a value."}
}
