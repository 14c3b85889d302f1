package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"signpost/store/rawjson"
)

// The keys with lists of records: batches of Azure Monitor and Event Hubs, answers of Graph, and tables of a Log Analytics
// query.
var (
	recordLists = []string{"records", "value", "tables"}
	tableLists  = []string{"rows"}
)

// maxLists is how many lists of records may nest.
const maxLists = 4

// maxDepth is how many levels a record may nest. Real ones nest six.
const maxDepth = 100

// records finds the records of a JSON file: one after the other (one a line or pretty-printed), in an array, in an object
// with a list, or in lines of such objects.
type records struct {
	src *source
	// found takes a compact record. Its bytes are good until found returns.
	found func(doc []byte, at position) error
	// broken takes a sentence about something that could not be read as a record, and the text that the reader passed over. The text
	// is nil where it is not known.
	broken func(at position, reason string, text []byte)
	// around takes the text around a list of records. It may be nil.
	around func(text []byte) error
	// morePages says that an answer of Graph names a further page.
	morePages bool

	doc   []byte
	ended bool // what follows cannot be read as records any more
}

// position is where a record stands.
type position struct {
	line int64
	// isTop says that the record stands in no list. isRow says that it is a row of a query's answer, and isText that it
	// stands inside a string. isRest says that it is all that is left of its list.
	isTop, isRow, isText, isRest bool
}

const (
	tooLarge  = "the record is larger than 4 MiB."
	restLost  = " What follows it in this list cannot be told apart, so the import of the file ends here."
	listEnds  = "the file ends before its list of records does: it was cut off."
	notObject = "the record is not an object."
)

// ofRecord gives an error of package rawjson as one of a record.
func ofRecord(err error) error {
	if errors.Is(err, rawjson.ErrShort) {
		return errors.New("the record is cut off: the file ends inside it")
	}
	return err
}

// read finds all records. The error is that of the reader or of found.
func (r *records) read() error {
	for !r.ended {
		c, ok := r.src.peek()
		if !ok {
			break
		}
		var err error
		switch c {
		case '{':
			err = r.object(recordLists, 0)
		case '[':
			r.src.advance(1)
			err = r.list(recordLists, 1)
		case ',':
			r.src.advance(1)
		case 0:
			r.zeros()
		case '"':
			err = r.row(false, 0)
		default:
			if n := r.between(); n > 0 {
				r.src.advance(n)
				continue
			}
			line := r.src.line
			r.src.keepPassed()
			r.src.skipLine()
			r.broken(position{line: line, isTop: true}, notObject, r.src.passedText())
		}
		if err != nil {
			return err
		}
	}
	if r.src.err != nil && r.src.err != io.EOF {
		return r.src.err
	}
	return nil
}

// scan reads the value that starts here, and enlarges the window until the value fits. n is how many bytes of the window were
// looked at.
func (r *records) scan(step func(*rawjson.Scanner) error, lists []string) (s rawjson.Scanner, err error) {
	for {
		s = rawjson.NewScanner(r.doc[:0], r.src.window(), maxDepth, lists...)
		err = step(&s)
		if !errors.Is(err, rawjson.ErrShort) || !r.src.more() {
			return s, err
		}
	}
}

// object reads an object at the top of the file or in a list. It is a record, or holds a list of records.
func (r *records) object(lists []string, depth int) error {
	line := r.src.line
	s, err := r.scan((*rawjson.Scanner).Value, lists)
	switch {
	case err == nil && len(s.Taken()) > MaxRecord:
		r.broken(position{line: line}, tooLarge, nil)
		r.src.advance(len(s.Taken()))
		return nil
	case err == nil:
		r.doc = s.Copy()
		err = r.found(r.doc, position{line: line, isTop: depth == 0})
		r.src.advance(len(s.Taken()))
		return err
	case errors.Is(err, rawjson.ErrList):
		return r.container(s, lists, depth)
	}
	return r.resume(line, len(s.Taken()), err, depth)
}

// container reads the list of records that the scanner stands before, and the rest of its object.
func (r *records) container(s rawjson.Scanner, lists []string, depth int) error {
	for {
		if err := r.notePages(s.Taken()); err != nil {
			return err
		}
		inner := recordLists
		if s.List() == "tables" {
			inner = tableLists
		}
		r.src.advance(len(s.Taken()) + 1)
		if depth >= maxLists {
			r.broken(position{line: r.src.line}, "lists of records stand too deep inside each other.", nil)
			r.ended = true
			return nil
		}
		rows := s.List() == "rows"
		if rows {
			inner = nil
		}
		if err := r.list(inner, depth+1); err != nil || r.ended {
			return err
		}
		var err error
		s, err = r.scan((*rawjson.Scanner).Rest, lists)
		if errors.Is(err, rawjson.ErrList) {
			continue
		}
		if err == nil {
			err = r.notePages(s.Taken())
			r.src.advance(len(s.Taken()))
			return err
		}
		if errors.Is(err, rawjson.ErrShort) && r.src.err == io.EOF {
			// Every record was read. The missing brackets hold none.
			r.src.advance(len(r.src.window()))
			return nil
		}
		reason, line := ofRecord(err).Error()+".", r.src.line
		var syntax *rawjson.SyntaxError
		if errors.As(err, &syntax) {
			reason, line = r.fault(syntax, line)
		}
		r.broken(position{line: line}, reason, nil)
		r.ended = true
		return nil
	}
}

// nextLink is the key of the link to the next page, which Graph puts beside the list.
var nextLink = []byte(`"@odata.nextLink"`)

// notePages notes a next page, and passes on the text around the list.
func (r *records) notePages(around []byte) error {
	r.morePages = r.morePages || bytes.Contains(around, nextLink)
	if r.around == nil {
		return nil
	}
	return r.around(around)
}

// list reads the elements of a list. Its bracket was read already. Without lists its elements are rows.
func (r *records) list(lists []string, depth int) error {
	for !r.ended {
		c, ok := r.src.peek()
		var err error
		switch {
		case !ok:
			if r.src.err == io.EOF {
				r.broken(position{line: r.src.line}, listEnds, nil)
			}
			r.ended = true
		case c == ']':
			r.src.advance(1)
			return nil
		case c == ',':
			r.src.advance(1)
		case c == 0:
			r.zeros()
		case c == '{' && lists != nil:
			err = r.object(lists, depth)
		default:
			err = r.row(lists == nil, 1)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// joints are texts that stand between values which scripts put one behind the other: line breaks of PowerShell and of others,
// written out in single quotes, and the byte order mark of a file that was appended to another one.
var joints = []string{"`r`n", "`n", `\r\n`, `\n`, "\ufeff"}

// between gives the length of the joint that starts here; 0 where there is none.
func (r *records) between() int {
	for len(r.src.window()) < len(joints[0]) && r.src.more() {
	}
	for _, joint := range joints {
		if bytes.HasPrefix(r.src.window(), []byte(joint)) {
			return len(joint)
		}
	}
	return 0
}

// zeros skips a run of zero bytes between records. A full disk or a crash leaves such runs, and no record is lost in one.
func (r *records) zeros() {
	line, n := r.src.line, int64(0)
	for {
		c, ok := r.src.peek()
		if !ok || c != 0 {
			break
		}
		run := len(r.src.window()) - len(bytes.TrimLeft(r.src.window(), "\x00"))
		n += int64(run)
		r.src.advance(run)
	}
	r.broken(position{line: line}, count(n, "zero byte")+" (NUL) where a record was expected: the file was damaged there. The records around are read.", nil)
}

// row reads a value that is no object. It is right among the rows of a table, and as text that holds JSON, which consumers of
// Event Hubs write. Anywhere else it is wrong.
func (r *records) row(rows bool, depth int) error {
	line := r.src.line
	s, err := r.scan((*rawjson.Scanner).Value, nil)
	if err != nil {
		return r.resume(line, len(s.Taken()), err, depth)
	}
	r.doc = s.Copy()
	if isText := !rows && holdsJSON(r.doc); rows || isText {
		err = r.found(r.doc, position{line: line, isRow: rows, isText: isText})
	} else {
		r.broken(position{line: line, isTop: depth == 0}, notObject, r.doc)
	}
	r.src.advance(len(s.Taken()))
	return err
}

// resume reports a record that could not be read up to at, and goes to the place where the next one can begin.
func (r *records) resume(line int64, at int, err error, depth int) error {
	window := r.src.window()
	reason, place := ofRecord(err).Error()+".", line
	var syntax *rawjson.SyntaxError
	if errors.As(err, &syntax) {
		at = syntax.At
		reason, place = r.fault(syntax, line)
	}
	if errors.Is(err, rawjson.ErrShort) {
		if r.src.err != nil && r.src.err != io.EOF {
			return r.src.err
		}
		at = len(window) - 1
		if r.src.err == nil {
			reason = tooLarge
		} else if depth > 0 {
			r.broken(position{line: line}, reason, window)
			r.ended = true
			return nil
		}
	}
	if depth > 0 {
		r.resumeInList(place, reason)
		return nil
	}
	// A fault in the first line means NDJSON: the next line is the next record. Else the record is pretty-printed, or its
	// line lost its end: the next record starts a line with a brace.
	oneLine := !bytes.Contains(window[:min(at, len(window))], []byte{'\n'})
	r.src.keepPassed()
	for r.src.skipLine() {
		if oneLine || len(r.src.window()) == 0 && !r.src.more() || r.src.window()[0] == '{' {
			break
		}
	}
	r.broken(position{line: place, isTop: true}, reason, r.src.passedText())
	return nil
}

// fault says what is wrong with a record that begins here, and names the line.
func (r *records) fault(syntax *rawjson.SyntaxError, begins int64) (reason string, line int64) {
	before := r.src.window()[:syntax.Told]
	line = begins + int64(bytes.Count(before, []byte{'\n'}))
	column := syntax.Told - bytes.LastIndexByte(before, '\n')
	reason = fmt.Sprintf("not valid JSON in line %d, column %d: %s", line, column, syntax.Problem)
	if line > begins {
		reason += fmt.Sprintf(" The record begins in line %d.", begins)
	}
	return reason, line
}

// resumeInList skips a broken element by its brackets, if a comma or the end of the list follows.
func (r *records) resumeInList(line int64, reason string) {
	c := r.src.window()[0]
	r.src.keepPassed()
	if (c == '{' || c == '[') && r.src.skipBalanced() {
		if next, ok := r.src.peek(); ok && (next == ',' || next == ']') {
			r.broken(position{line: line}, reason, r.src.passedText())
			return
		}
	}
	r.src.passRest()
	r.broken(position{line: line, isRest: true}, reason+restLost, r.src.passedText())
	r.ended = true
}
