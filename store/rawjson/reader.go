package rawjson

import "unicode/utf8"

// Reader goes through a whole document token by token, strictly. Its caller knows from Peek which value comes next:
//
//	'{'  Open, then More and Key before each member, until More says that the object ended
//	'['  Open, then More before each item, until More says that the list ended
//	'"'  Text
//
// and Scalar for all else. Blanks before a token are passed over. An error is final.
type Reader struct {
	tokens
	opened bool // the bracket that was read last opens a value of which nothing was read
}

// NewReader gives a Reader of a document.
func NewReader(doc []byte) Reader { return Reader{tokens: tokens{src: doc}} }

// Peek gives the byte that the next token begins with; 0, which begins none, at the end.
func (r *Reader) Peek() byte {
	if r.blanks(); r.at < len(r.src) {
		return r.src[r.at]
	}
	return 0
}

// At gives the place in the document, right behind the last token. After Peek it is where the next token begins.
func (r *Reader) At() int { return r.at }

// Open goes into the object or the list whose bracket Peek has given.
func (r *Reader) Open() { r.at, r.opened = r.at+1, true }

// More goes to the next member or item, or behind the bracket that closes the object or list; false then.
func (r *Reader) More(closing byte) (bool, error) {
	c, first := r.Peek(), r.opened
	r.opened = false
	switch {
	case c == 0 && r.at == len(r.src):
		return false, ErrShort
	case !first:
		done, err := r.separator(closing)
		return !done && err == nil, err
	case c == closing:
		r.at++
		return false, nil
	}
	return true, nil
}

// Key reads the key of a member and the colon behind it.
func (r *Reader) Key() (key Text, err error) {
	switch {
	case r.Peek() == '"':
		key, err = r.Text()
	case r.at == len(r.src):
		err = ErrShort
	default:
		err = r.fail(noKey)
	}
	if err != nil {
		return Text{}, err
	}
	switch {
	case r.Peek() == ':':
		r.at++
		return key, nil
	case r.at == len(r.src):
		return Text{}, ErrShort
	}
	return Text{}, r.fail(noColon)
}

// Text reads the text whose quotation mark Peek has given.
func (r *Reader) Text() (Text, error) {
	start := r.at + 1
	r.escaped = false
	if err := r.text(); err != nil {
		return Text{}, err
	}
	return Text{Inside: r.src[start : r.at-1], Escaped: r.escaped}, nil
}

// Scalar reads a number or a word and gives it as it is written.
func (r *Reader) Scalar() ([]byte, error) {
	c, start := r.Peek(), r.at
	var err error
	switch {
	case c == '-' || c >= '0' && c <= '9':
		var whole bool
		if whole, err = r.number(); err == nil && !whole {
			err = ErrShort
		}
	case c == 't':
		err = r.word("true")
	case c == 'f':
		err = r.word("false")
	case c == 'n':
		err = r.word("null")
	case start == len(r.src):
		err = ErrShort
	default:
		err = r.fail(noValue)
	}
	if err != nil {
		return nil, err
	}
	return r.src[start:r.at], nil
}

// Text is a text as it stands in a document.
type Text struct {
	Inside  []byte // what is between the quotation marks
	Escaped bool   // there are escapes in it
}

// String gives what the text says. It has U+FFFD for each byte that is no UTF-8.
func (t Text) String() string {
	said := t.Inside
	if t.Escaped {
		said = AppendUnescaped(nil, said)
	}
	if utf8.Valid(said) {
		return string(said)
	}
	return string([]rune(string(said)))
}
