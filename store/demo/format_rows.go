package demo

import (
	"bytes"
	"encoding/csv"
)

// rows is a format whose files hold one row after the other.
type rows struct {
	// names are the files of the logs. A log without a name has no sign-ins in the format; logs of one name share a file.
	names [logCount]string
	// start gives the beginning of a log's file, and end its end. Between stands between two rows.
	start        func(log int) string
	between, end string
	// row appends the rows of a sign-in: one, or as many as it has authentication steps.
	row func(b []byte, s *signIn) []byte
}

// rowFile is a file of rows that is being written.
type rowFile struct {
	*outputFile
	begun bool
}

// open makes the files.
func (r *rows) open(o *output) (*rowWriter, error) {
	w := &rowWriter{rows: r}
	byName := map[string]*rowFile{}
	for log, name := range r.names {
		if name == "" {
			continue
		}
		f, ok := byName[name]
		if !ok {
			made, err := o.create(name)
			if err != nil {
				return nil, err
			}
			f = &rowFile{outputFile: made}
			byName[name] = f
			w.open = append(w.open, f)
			if _, err := f.WriteString(r.start(log)); err != nil {
				return nil, err
			}
		}
		w.files[log] = f
	}
	return w, nil
}

// rowWriter writes sign-ins as rows.
type rowWriter struct {
	*rows
	files  [logCount]*rowFile
	open   []*rowFile
	buffer []byte
}

func (w *rowWriter) put(s *signIn) error {
	f := w.files[s.log]
	if f == nil {
		return nil
	}
	w.buffer = w.buffer[:0]
	if f.begun {
		w.buffer = append(w.buffer, w.between...)
	}
	f.begun = true
	w.buffer = w.row(w.buffer, s)
	_, err := f.Write(w.buffer)
	return err
}

func (w *rowWriter) finish() error {
	for _, f := range w.open {
		if _, err := f.WriteString(w.end); err != nil {
			return err
		}
	}
	return nil
}

// byteOrderMark tells Excel and PowerShell that a file is UTF-8.
const byteOrderMark = "\ufeff"

// csvLine is a line of a CSV file, with quotes only where a cell needs them.
func csvLine(cells []string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	w.Write(cells) //nolint:errcheck // a buffer takes all
	w.Flush()
	return b.Bytes()
}

// column is a column of a CSV file.
type column struct {
	heading string
	// path is Graph's path of the property that the column shows; empty where it shows none.
	path string
	// text makes the cell where it is not the value at the path as it stands.
	text func(s *signIn) string
}

func headings(columns []column) []string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = c.heading
	}
	return list
}

func cells(columns []column, s *signIn) []string {
	list := make([]string, len(columns))
	for i, c := range columns {
		if c.text != nil {
			list[i] = c.text(s)
		} else {
			list[i] = s.text(c.path)
		}
	}
	return list
}

// paths gives the properties that the columns show.
func paths(columns []column) []string {
	var list []string
	for _, c := range columns {
		if c.path != "" {
			list = append(list, c.path)
		}
	}
	return list
}
