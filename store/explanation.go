package store

import (
	"fmt"
	"strings"
)

// Explanation tells what a file is, and what an import would make of it. Nothing of the file is stored for it. Other programs read
// its JSON.
type Explanation struct {
	Path       string    `json:"path"`
	Format     string    `json:"format"`
	FormatName string    `json:"format_name"`
	Certainty  Certainty `json:"certainty"`
	// Evidence are sentences that say what told the format and the log.
	Evidence []string `json:"evidence"`
	Text     FileText `json:"text"`
	// Read is the sum of what would be kept, skipped and rejected, and of Waiting: all records of a file that asks something.
	// Unreadable are those of the skipped that are of a format that is unknown or not read.
	Read       int64            `json:"read"`
	Waiting    int64            `json:"waiting,omitempty"`
	Skipped    int64            `json:"skipped"`
	Unreadable int64            `json:"unreadable"`
	Rejected   int64            `json:"rejected"`
	LogCounts  map[Log]int64    `json:"log_counts"`
	Times      map[Log]Span     `json:"times"`
	Directory  map[string]int64 `json:"directory_counts,omitempty"`
	Tenants    []string         `json:"tenants"`
	// Columns are the headings of a CSV file in their order, or the keys of JSON records as they come up.
	Columns []ExplainedColumn `json:"columns"`
	// MoreColumns counts keys after the first MaxColumnsExplained.
	MoreColumns int       `json:"more_columns,omitempty"`
	LeftOut     []LeftOut `json:"left_out"`
	// CannotShow are sentences about all records of the file. Lacks are the labels of the fields that no file of Source has.
	CannotShow []string         `json:"cannot_show"`
	Source     string           `json:"source,omitempty"`
	Lacks      []string         `json:"lacks,omitempty"`
	Asks       []ImportQuestion `json:"asks"`
	// Better are sentences that say how to get an export that shows more.
	Better  []string `json:"better"`
	Failure string   `json:"failure,omitempty"`
}

// MaxColumnsExplained is how many columns or keys of a file are explained.
const MaxColumnsExplained = 1000

// Certainty says how sure the format of a file is.
type Certainty string

// The certainties.
const (
	Certain Certainty = "certain" // the file has what only this format has
	Likely  Certainty = "likely"  // the file has enough of what this format has
	Mixed   Certainty = "mixed"   // the file has records of several formats
	Unsure  Certainty = "unknown" // nothing that is known fits
	Empty   Certainty = "empty"   // the file holds no record
)

// FileText is how the text of a file is written. Each may be empty.
type FileText struct {
	Packed    string `json:"packed,omitempty"`
	Encoding  string `json:"encoding,omitempty"`
	Delimiter string `json:"delimiter,omitempty"`
	LineEnds  string `json:"line_ends,omitempty"`
}

// ExplainedColumn is a heading or a key, with what is made of its values.
type ExplainedColumn struct {
	// Kind names the records that have the key, in the plural.
	Kind string `json:"kind"`
	// Heading is the heading, or the path of the key.
	Heading string `json:"heading"`
	// Fields are the portal's labels of the fields that its values fill. Where there are none the values stay in the record.
	Fields []string `json:"fields"`
	// With counts the records with a value, Missed those of them whose value was not understood. Examples are some of those
	// values.
	With     int64    `json:"with"`
	Missed   int64    `json:"missed"`
	Examples []string `json:"examples,omitempty"`
	// Note says more about the column; it may be empty.
	Note string `json:"note,omitempty"`
}

// LeftOut counts records that would not be stored, for one reason. First are the first of them.
type LeftOut struct {
	Reason   string        `json:"reason"`
	Rejected bool          `json:"rejected"`
	Records  int64         `json:"records"`
	First    []RecordPlace `json:"first"`
}

// RecordPlace is where a record stands in a file, counted from 1.
type RecordPlace struct {
	Record int64 `json:"record"`
	Line   int64 `json:"line"`
}

// ImportQuestion is what must be answered before a file is read: About is AskLog, AskDates or AskZone.
type ImportQuestion struct {
	About    string `json:"about"`
	Question string `json:"question"`
}

// Became says in words what became of the column.
func (c *ExplainedColumn) Became() string {
	fields := strings.Join(c.Fields, ", ")
	parts := []string{fields}
	switch {
	case c.With == 0 && fields == "":
		parts[0] = "empty"
	case c.Note != "" && fields != "":
		parts = append(parts, c.Note)
	case c.Note != "":
		parts[0] = c.Note
	case fields == "" && c.Missed == 0:
		parts[0] = "kept in the record, no field"
	case fields == "":
		parts = nil
	}
	if c.Missed > 0 {
		parts = append(parts, fmt.Sprintf("not understood: %d of %d values, such as %s", c.Missed, c.With, strings.Join(c.Examples, "; ")))
	}
	return strings.Join(parts, "; ")
}
