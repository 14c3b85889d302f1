package importer

import (
	"bytes"
	"cmp"
	"io"

	"signpost/store"
	"signpost/store/rawjson"
)

// MaxRecord is the size in bytes over which a record is rejected. Real ones have 1 to 30 KB.
const MaxRecord = 4 << 20

const (
	firstWindow = 256 << 10
	maxWindow   = MaxRecord + 64<<10
)

// source reads a file through a window that moves on and never grows beyond maxWindow.
type source struct {
	r        io.Reader
	buf      []byte
	pos, end int
	err      error // why no more bytes come: io.EOF, or what went wrong
	line     int64 // of pos, from 1
	passed   passed
}

func newSource(r io.Reader) *source {
	return &source{r: r, buf: make([]byte, firstWindow), line: 1}
}

// window is what has been read and not yet used.
func (s *source) window() []byte { return s.buf[s.pos:s.end] }

// more reads until the window is full. It gives false where the window has its largest size, or no more bytes come. It asks
// for much at a time, so that a record that did not fit is looked at twice at most.
func (s *source) more() bool {
	if s.err != nil {
		return false
	}
	if s.pos > 0 {
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos = 0
	}
	if s.end == len(s.buf) {
		if len(s.buf) >= maxWindow {
			return false
		}
		s.buf = append(s.buf, make([]byte, min(len(s.buf), maxWindow-len(s.buf)))...)
	}
	before := s.end
	for idle := 0; s.end < len(s.buf) && s.err == nil; {
		var n int
		n, s.err = s.r.Read(s.buf[s.end:])
		s.end += n
		if idle++; n > 0 {
			idle = 0
		}
		if idle > 100 {
			s.err = io.ErrNoProgress
		}
	}
	return s.end > before
}

// advance uses n bytes of the window.
func (s *source) advance(n int) {
	s.passed.add(s.buf[s.pos : s.pos+n])
	s.line += int64(bytes.Count(s.buf[s.pos:s.pos+n], []byte{'\n'}))
	s.pos += n
}

// peek gives the next byte that is no whitespace; false at the end.
func (s *source) peek() (byte, bool) {
	for {
		for i, c := range s.window() {
			if !rawjson.IsBlank(c) {
				s.advance(i)
				return c, true
			}
		}
		s.advance(s.end - s.pos)
		if !s.more() {
			return 0, false
		}
	}
}

// Read reads the window and what follows it, for a file that is no text.
func (s *source) Read(p []byte) (int, error) {
	if s.pos == s.end && !s.more() {
		return 0, cmp.Or(s.err, io.ErrNoProgress)
	}
	n := copy(p, s.window())
	s.pos += n
	return n, nil
}

// passed is a text that the reader passes over, for as long as it is kept.
type passed struct {
	isKept, isTooLong bool
	text              []byte
}

func (p *passed) add(text []byte) {
	switch {
	case !p.isKept || p.isTooLong:
	case len(p.text)+len(text) > store.MaxRejectedText:
		p.isTooLong, p.text = true, nil
	default:
		p.text = append(p.text, text...)
	}
}

// keepPassed keeps what is used from here on, until passedText gives it.
func (s *source) keepPassed() { s.passed = passed{isKept: true} }

// passedText gives the text that was passed over; nil where it is too long to be kept.
func (s *source) passedText() []byte {
	text := s.passed.text
	s.passed = passed{}
	return text
}

// passRest passes over what is left of the file, as far as its text is kept.
func (s *source) passRest() {
	for !s.passed.isTooLong {
		s.advance(s.end - s.pos)
		if !s.more() {
			return
		}
	}
}

// skipLine goes to the start of the next line; false where there is none.
func (s *source) skipLine() bool {
	for {
		if i := bytes.IndexByte(s.window(), '\n'); i >= 0 {
			s.advance(i + 1)
			return true
		}
		s.advance(s.end - s.pos)
		if !s.more() {
			return false
		}
	}
}

// skipBalanced skips the object that starts here. It looks at brackets and strings only, and gives false where the file ends
// first.
func (s *source) skipBalanced() bool {
	var b rawjson.Balance
	for {
		for i, c := range s.window() {
			if b.Closes(c) {
				s.advance(i + 1)
				return true
			}
		}
		s.advance(s.end - s.pos)
		if !s.more() {
			return false
		}
	}
}

// failure is the error of reading; nil at the proper end of the file.
func (s *source) failure() error {
	if s.err == nil || s.err == io.EOF {
		return nil
	}
	return s.err
}
