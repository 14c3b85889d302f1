package store

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	"signpost/store/rawjson"
)

// RedactConditionalAccess gives the document without its members of Conditional Access data. It finds them at any depth, and
// inside JSON that is written into a string, as Log Analytics does. A key counts too where it is a value. An object with a
// name next to a value goes whole, and so does an item of a list with the item behind it. A column of a table goes from every
// row. All else stays as it is written: order, numbers and texts to the letter, but for blanks between them. A document that
// is no JSON is withheld whole.
func RedactConditionalAccess(doc []byte) []byte { return redactTables(doc, tablesOf(doc)) }

// redactTables is RedactConditionalAccess where the tables of the document are known.
func redactTables(doc []byte, tables *leftOut) []byte {
	r := redaction{in: rawjson.NewReader(doc), out: make([]byte, 0, len(doc)), tables: tables}
	if whole, err := r.value(0, false); err != nil || whole {
		return []byte(withheld)
	}
	if r.in.Peek(); r.in.At() < len(doc) {
		return []byte(withheld)
	}
	return r.out
}

// maxDepth bounds how deep a record may nest: real ones reach 8.
const maxDepth = 200

// redaction copies a document as it goes through it, once. Its reader is strict about what JSON is: what it would misread,
// somebody else could read as a key.
type redaction struct {
	in     rawjson.Reader
	out    []byte
	tables *leftOut
}

// value copies a value without the data; listed says that it is an item of a list. Where the value as a whole is the data the
// caller takes it out.
func (r *redaction) value(depth int, listed bool) (whole bool, err error) {
	if depth > maxDepth {
		return false, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	switch r.in.Peek() {
	case '{':
		found, err := r.object(depth)
		return found.isData(listed), err
	case '[':
		emptied, err := r.array(depth)
		return emptied && listed, err
	case '"':
		_, err := r.textValue()
		return false, err
	}
	scalar, err := r.in.Scalar()
	r.out = append(r.out, scalar...)
	return false, err
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
	start := r.in.At()
	written, err := r.in.Text()
	if err != nil {
		return name, err
	}
	tables := r.tables.text(start)
	if tables == nil && !written.Escaped && plainlyOther(written.Inside) {
		r.copyText(written)
		return name, nil
	}
	text := written.String()
	if tables == nil && !mayNameConditionalAccess(text) {
		r.copyText(written)
		return name, nil
	}
	if redacted := redactTextOf(text, tables); redacted != text {
		r.out = rawjson.AppendQuotedForScripts(r.out, redacted)
		return textName{data: isConditionalAccessKey(redacted)}, nil
	}
	r.copyText(written)
	return textNameOf(text), nil
}

// copyText copies a string to the letter.
func (r *redaction) copyText(text rawjson.Text) {
	r.out = append(append(append(r.out, '"'), text.Inside...), '"')
}

// array copies a list without the items that are the data. emptied says that there were such items and no others.
func (r *redaction) array(depth int) (emptied bool, err error) {
	columns := r.tables.list(r.in.At())
	r.in.Open()
	r.out = append(r.out, '[')
	some, lost, belongs := false, false, false
	for i := 0; ; i++ {
		more, err := r.in.More(']')
		if err != nil {
			return false, err
		}
		if !more {
			break
		}
		start := len(r.out)
		if some {
			r.out = append(r.out, ',')
		}
		var name textName
		whole := false
		if r.in.Peek() == '"' && depth < maxDepth {
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
	}
	r.out = append(r.out, ']')
	return lost && !some, nil
}

// object copies an object without the members that are the data.
func (r *redaction) object(depth int) (f found, err error) {
	r.in.Open()
	r.out = append(r.out, '{')
	for some := false; ; {
		more, err := r.in.More('}')
		if err != nil {
			return f, err
		}
		if !more {
			break
		}
		start := len(r.out)
		if some {
			r.out = append(r.out, ',')
		}
		key, err := r.in.Key()
		if err != nil {
			return f, err
		}
		role, data := roleOf(key)
		r.copyText(key)
		r.out = append(r.out, ':')
		whole := false
		if r.in.Peek() == '"' && role.names() {
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
	}
	r.out = append(r.out, '}')
	return f, nil
}
