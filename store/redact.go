package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// RedactConditionalAccess gives the document without its members of Conditional Access data, at any depth
// and also inside JSON that is written into a string, as Log Analytics does. All else stays as it is
// written: order, numbers and texts to the letter, but for blanks between them. A document that is no JSON
// is withheld whole.
func RedactConditionalAccess(doc []byte) []byte {
	r := redaction{in: doc, out: make([]byte, 0, len(doc))}
	r.blanks()
	if err := r.value(0); err != nil {
		return []byte(withheld)
	}
	if r.blanks(); r.at < len(r.in) {
		return []byte(withheld)
	}
	return r.out
}

// maxDepth bounds how deep a record may nest: real ones reach 8.
const maxDepth = 200

var errNotJSON = errors.New("not JSON")

// redaction copies a document as it goes through it, once. It is strict about what JSON is: what it would misread,
// somebody else could read as a key.
type redaction struct {
	in  []byte
	at  int
	out []byte
}

func (r *redaction) blanks() {
	for r.at < len(r.in) {
		switch r.in[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// peek gives the byte that comes next; 0, which begins nothing, at the end.
func (r *redaction) peek() byte {
	if r.at < len(r.in) {
		return r.in[r.at]
	}
	return 0
}

// take copies a byte that must come next, and the blanks behind it are passed over.
func (r *redaction) take(c byte) error {
	if r.peek() != c {
		return errNotJSON
	}
	r.out = append(r.out, c)
	r.at++
	r.blanks()
	return nil
}

// value copies a value without the data. Behind it no blanks are passed over.
func (r *redaction) value(depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("nested deeper than %d", maxDepth)
	}
	switch c := r.peek(); {
	case c == '{':
		_, err := r.object(depth)
		return err
	case c == '[':
		return r.array(depth)
	case c == '"':
		_, err := r.textValue()
		return err
	case c == '-' || c >= '0' && c <= '9':
		return r.number()
	}
	for _, word := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(r.in[r.at:], []byte(word)) {
			r.out = append(r.out, word...)
			r.at += len(word)
			return nil
		}
	}
	return errNotJSON
}

func (r *redaction) number() error {
	start := r.at
	if r.peek() == '-' {
		r.at++
	}
	leading := r.peek()
	if whole := r.digits(); whole == 0 || whole > 1 && leading == '0' {
		return errNotJSON
	}
	if r.peek() == '.' {
		if r.at++; r.digits() == 0 {
			return errNotJSON
		}
	}
	if c := r.peek(); c == 'e' || c == 'E' {
		r.at++
		if sign := r.peek(); sign == '+' || sign == '-' {
			r.at++
		}
		if r.digits() == 0 {
			return errNotJSON
		}
	}
	r.out = append(r.out, r.in[start:r.at]...)
	return nil
}

func (r *redaction) digits() (n int) {
	for ; r.peek() >= '0' && r.peek() <= '9'; n++ {
		r.at++
	}
	return n
}

// text passes over a string and gives what is between its quotes, as it is written.
func (r *redaction) text() (inner []byte, escaped bool, err error) {
	if r.peek() != '"' {
		return nil, false, errNotJSON
	}
	start := r.at + 1
	for i := start; i < len(r.in); i++ {
		switch c := r.in[i]; {
		case c == '"':
			r.at = i + 1
			return r.in[start:i], escaped, nil
		case c < ' ':
			return nil, false, errNotJSON
		case c == '\\':
			escaped = true
			i++ // what is escaped; of \u the digits are no quote
		}
	}
	return nil, false, errNotJSON
}

// plainlyOther says of a text without escapes that it does not name the data, where that can be said at a glance: what has
// letters of other alphabets, of which some have the data's own letters as their lower case, and what is very long is not
// looked at here.
func plainlyOther(text []byte) bool {
	if len(text) < shortestKey {
		return true
	}
	var plain [128]byte
	n := 0
	for _, c := range text {
		switch {
		case c >= utf8.RuneSelf:
			return false
		case c == ' ', c == '_', c == '-':
			continue
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		if n == len(plain) {
			return false
		}
		plain[n] = c
		n++
	}
	return !bytes.Contains(plain[:n], []byte("conditionalaccess")) && !bytes.Contains(plain[:n], []byte("authenticationcontextclassreference"))
}

// decoded gives a string's text.
func decoded(inner []byte, escaped bool) (string, error) {
	if !escaped && utf8.Valid(inner) {
		return string(inner), nil
	}
	var text string
	err := json.Unmarshal(append(append([]byte{'"'}, inner...), '"'), &text)
	return text, err
}

// textValue copies a string; JSON inside of it without the data. It says whether the string names the data, which matters
// where it is itself the key of a pair.
func (r *redaction) textValue() (names bool, err error) {
	start := r.at
	inner, escaped, err := r.text()
	if err != nil {
		return false, err
	}
	if !escaped && plainlyOther(inner) {
		r.out = append(r.out, r.in[start:r.at]...)
		return false, nil
	}
	text, err := decoded(inner, escaped)
	if err != nil {
		return false, err
	}
	if !mayNameConditionalAccess(text) {
		r.out = append(r.out, r.in[start:r.at]...)
		return false, nil
	}
	if redacted := redactText(text); redacted != text {
		encoded, err := encodeText(redacted)
		r.out = append(r.out, encoded...)
		return isConditionalAccessKey(redacted), err
	}
	r.out = append(r.out, r.in[start:r.at]...)
	return isConditionalAccessKey(text), nil
}

// encodeText writes a string as JSON without turning <, > and & into escapes.
func encodeText(s string) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(s)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

func (r *redaction) array(depth int) error {
	if err := r.take('['); err != nil {
		return err
	}
	for first, some := true, false; r.peek() != ']'; first = false {
		if !first {
			if r.peek() != ',' {
				return errNotJSON
			}
			r.at++
			r.blanks()
		}
		start := len(r.out)
		if some {
			r.out = append(r.out, ',')
		}
		named, err := false, error(nil)
		if r.peek() == '{' && depth < maxDepth {
			named, err = r.object(depth + 1)
		} else {
			err = r.value(depth + 1)
		}
		if err != nil {
			return err
		}
		if named {
			r.out = r.out[:start]
		} else {
			some = true
		}
		r.blanks()
	}
	r.out = append(r.out, ']')
	r.at++
	return nil
}

// object copies an object. It says whether it is a pair of key and value, or of name and value, whose key names the data:
// such an entry of a list is taken out whole.
func (r *redaction) object(depth int) (named bool, err error) {
	if err := r.take('{'); err != nil {
		return false, err
	}
	for first, some := true, false; r.peek() != '}'; first = false {
		if !first {
			if r.peek() != ',' {
				return false, errNotJSON
			}
			r.at++
			r.blanks()
		}
		start := len(r.out)
		if some {
			r.out = append(r.out, ',')
		}
		begin := r.at
		inner, escaped, err := r.text()
		if err != nil {
			return false, err
		}
		key, other := "", !escaped && plainlyOther(inner)
		if !other || isPairKey(string(inner)) {
			if key, err = decoded(inner, escaped); err != nil {
				return false, err
			}
		}
		r.out = append(r.out, r.in[begin:r.at]...)
		r.blanks()
		if err := r.take(':'); err != nil {
			return false, err
		}
		if isPairKey(key) && r.peek() == '"' {
			names, err := r.textValue()
			if err != nil {
				return false, err
			}
			named = named || names
		} else if err := r.value(depth + 1); err != nil {
			return false, err
		}
		if isConditionalAccessKey(key) {
			r.out = r.out[:start]
		} else {
			some = true
		}
		r.blanks()
	}
	r.out = append(r.out, '}')
	r.at++
	return named, nil
}

// isPairKey says that the member is what a pair is called by.
func isPairKey(key string) bool {
	return len(key) >= 3 && len(key) <= 6 && (strings.EqualFold(key, "key") || strings.EqualFold(key, "name"))
}
