package store

import (
	"bytes"
	"io"
	"path"
	"slices"
	"strings"
)

// MaxRejectedText bounds the text of the rejected records that is kept of one file, in bytes. MaxRejectedListed bounds their number.
const MaxRejectedText = 4 << 20

// RejectedFile is the text of the records that an import rejected: a file that somebody mends and imports again.
type RejectedFile struct {
	// Head is the row of headings of a CSV file. It is empty for a file of JSON.
	Head []byte
	// Records are in the order of the imported file.
	Records []RejectedText
}

// RejectedText is the text of one rejected record: a row of CSV, or JSON as it was received.
type RejectedText struct {
	// Record counts from 1, as in RejectedRecord.
	Record int64
	// Log is the log that the record is of; empty where nothing tells it.
	Log Log
	// Text is empty for a row of a sign-in's authentication steps that stands in the text of the row before.
	Text []byte
}

// IsCSV says that the records are rows of CSV.
func (f *RejectedFile) IsCSV() bool { return len(f.Head) > 0 }

// Name gives the name of the file. It holds the name of the imported file, which may tell the log. number tells files of the same
// name apart; it may be empty.
func (f *RejectedFile) Name(imported, number string) string {
	name := path.Base(strings.ReplaceAll(imported, `\`, "/"))
	ending := ".jsonl"
	if f.IsCSV() {
		ending = ".csv"
	}
	for _, known := range []string{".gz", ".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".xlsx", ".log", ".avro"} {
		if stem := name[:len(name)-min(len(name), len(known))]; stem != "" && strings.EqualFold(name[len(stem):], known) {
			name = stem
		}
	}
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\/:*?<>|%;`, r) {
			return '_'
		}
		return r
	}, name)
	const longest = 150
	name = "rejected-" + name[:min(len(name), longest)]
	if number != "" {
		name += "-" + number
	}
	return name + ending
}

// WithoutLogs gives the file to somebody who may not read some logs. holds says that the import has records of such a log: then a
// record is left out too where nothing tells its log.
func (f *RejectedFile) WithoutLogs(hidden func(Log) bool, holds bool) *RejectedFile {
	holds = holds || slices.ContainsFunc(f.Records, func(r RejectedText) bool { return hidden(r.Log) })
	left := &RejectedFile{Head: f.Head}
	for _, r := range f.Records {
		if !hidden(r.Log) && (r.Log != "" || !holds) {
			left.Records = append(left.Records, r)
		}
	}
	return left
}

// WriteTo writes the file: the headings, if any, and the records, each from the start of a line.
func (f *RejectedFile) WriteTo(w io.Writer) (int64, error) {
	var text bytes.Buffer
	line := func(b []byte) {
		text.Write(bytes.TrimRight(b, "\r\n"))
		text.WriteByte('\n')
	}
	if f.IsCSV() {
		line(f.Head)
	}
	for i := range f.Records {
		if len(f.Records[i].Text) > 0 {
			line(f.Records[i].Text)
		}
	}
	return text.WriteTo(w)
}
