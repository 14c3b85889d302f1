package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// RedactConditionalAccess gives the document without its members of Conditional Access data. It finds them at any depth, and
// inside JSON that is written into a string, as Log Analytics does. A key counts too where it is a value. An object with a
// name next to a value goes whole, and so does an item of a list with the item behind it. A column of a table goes from every
// row. All else stays as it is written: order, numbers and texts to the letter, but for blanks between them. A document that
// is no JSON is withheld whole.
func RedactConditionalAccess(doc []byte) []byte { return redactTables(doc, tablesOf(doc)) }

// redactTables is RedactConditionalAccess where the tables of the document are known.
func redactTables(doc []byte, tables *leftOut) []byte {
	r := redaction{in: doc, out: make([]byte, 0, len(doc)), tables: tables}
	r.blanks()
	if whole, err := r.value(0, false); err != nil || whole {
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
	in     []byte
	at     int
	out    []byte
	tables *leftOut
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

// value copies a value without the data; listed says that it is an item of a list. Where the value as a whole is the data the
// caller takes it out. Behind it no blanks are passed over.
func (r *redaction) value(depth int, listed bool) (whole bool, err error) {
	if depth > maxDepth {
		return false, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	switch c := r.peek(); {
	case c == '{':
		found, err := r.object(depth)
		return found.isData(listed), err
	case c == '[':
		emptied, err := r.array(depth)
		return emptied && listed, err
	case c == '"':
		_, err := r.textValue()
		return false, err
	case c == '-' || c >= '0' && c <= '9':
		return false, r.number()
	}
	for _, word := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(r.in[r.at:], []byte(word)) {
			r.out = append(r.out, word...)
			r.at += len(word)
			return false, nil
		}
	}
	return false, errNotJSON
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

// plainlyOther is a fast negative check of a text without escapes: true means that it does not name the data. A text with
// letters of other alphabets, of which some have the data's own letters as their lower case, and a very long one get no answer here.
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
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case (c < 'a' || c > 'z') && (c < '0' || c > '9'):
			continue
		}
		if n == len(plain) {
			return false
		}
		plain[n] = c
		n++
	}
	for _, word := range keyWords {
		if bytes.Contains(plain[:n], []byte(word)) {
			return false
		}
	}
	return true
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

// textName says what a string names, which matters where it is itself the key of a value.
type textName struct {
	data bool // Conditional Access data
	item bool // the same, as an item of a list whose next item is the value
}

func textNameOf(text string) textName {
	return textName{data: isConditionalAccessKey(text), item: isConditionalAccessItem(text)}
}

// textValue copies a string; JSON inside of it without the data.
func (r *redaction) textValue() (name textName, err error) {
	start := r.at
	inner, escaped, err := r.text()
	if err != nil {
		return name, err
	}
	tables := r.tables.text(start)
	if tables == nil && !escaped && plainlyOther(inner) {
		r.out = append(r.out, r.in[start:r.at]...)
		return name, nil
	}
	text, err := decoded(inner, escaped)
	if err != nil {
		return name, err
	}
	if tables == nil && !mayNameConditionalAccess(text) {
		r.out = append(r.out, r.in[start:r.at]...)
		return name, nil
	}
	if redacted := redactTextOf(text, tables); redacted != text {
		encoded, err := encodeText(redacted)
		r.out = append(r.out, encoded...)
		return textName{data: isConditionalAccessKey(redacted)}, err
	}
	r.out = append(r.out, r.in[start:r.at]...)
	return textNameOf(text), nil
}

// encodeText writes a string as JSON without turning <, > and & into escapes.
func encodeText(s string) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(s)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// array copies a list without the items that are the data. emptied says that there were such items and no others.
func (r *redaction) array(depth int) (emptied bool, err error) {
	columns := r.tables.list(r.at)
	if err := r.take('['); err != nil {
		return false, err
	}
	some, lost, belongs := false, false, false
	for i := 0; r.peek() != ']'; i++ {
		if i > 0 {
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
		var name textName
		whole := false
		if r.peek() == '"' && depth < maxDepth {
			name, err = r.textValue()
		} else {
			whole, err = r.value(depth+1, true)
		}
		if err != nil {
			return false, err
		}
		_, isColumn := slices.BinarySearch(columns, i)
		if whole || belongs || name.item || isColumn {
			r.out, lost = r.out[:start], true
		} else {
			some = true
		}
		belongs = name.item
		r.blanks()
	}
	r.out = append(r.out, ']')
	r.at++
	return lost && !some, nil
}

// object copies an object without the members that are the data.
func (r *redaction) object(depth int) (f found, err error) {
	if err := r.take('{'); err != nil {
		return f, err
	}
	for first, some := true, false; r.peek() != '}'; first = false {
		if !first {
			if r.peek() != ',' {
				return f, errNotJSON
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
			return f, err
		}
		role, data, err := roleOf(inner, escaped)
		if err != nil {
			return f, err
		}
		r.out = append(r.out, r.in[begin:r.at]...)
		r.blanks()
		if err := r.take(':'); err != nil {
			return f, err
		}
		whole := false
		if role.names() && r.peek() == '"' {
			var name textName
			name, err = r.textValue()
			f.named, f.listed = f.named || name.data, f.listed || name.data && role == roleListed
		} else {
			f.valued = f.valued || role == roleValue
			whole, err = r.value(depth+1, false)
		}
		if err != nil {
			return f, err
		}
		if data || whole {
			r.out = r.out[:start]
		} else {
			some = true
		}
		r.blanks()
	}
	r.out = append(r.out, '}')
	r.at++
	return f, nil
}
