package importer

import (
	"bytes"
	"cmp"
	"regexp"

	"signpost/store"
	"signpost/store/rawjson"
)

// The text of rejected records is kept, so that somebody mends it and imports it again: see store.RejectedFile. A record is kept as it
// was received. What the file around it says, and must be known to read the record, is put around the record again.

// original is a record as its file has it.
type original struct {
	// text is a row of CSV or JSON. It is nil where it is not known, and good until the next record is read.
	text []byte
	// context is the @odata.context of the answer around the record, as JSON. It may tell the kind of the record.
	context string
	// log is what the record says of its log; empty where it says nothing.
	log store.Log
	// isObject says that the text is an object of JSON, and whole.
	isObject bool
}

// fileText gives the text of a record for a file of its own.
func (s *stream) fileText(o *original) []byte {
	switch {
	case len(o.text) == 0:
		return nil
	case o.context != "":
		return bytes.Join([][]byte{[]byte(`{"@odata.context":` + o.context + `,"value":[`), o.text, []byte("]}")}, nil)
	case o.isObject && s.mapping != nil:
		return s.mapping.withAllKeys(o.text)
	}
	return o.text
}

// withAllKeys adds the keys that a record lacks. A file is known by them, and its other records may have had them.
func (m *mapping) withAllKeys(doc []byte) []byte {
	has := map[string]bool{}
	for name := range rawjson.EachMember(doc) {
		has[rawjson.Unescaped(name)] = true
	}
	whole := bytes.TrimSuffix(bytes.Clone(doc), []byte("}"))
	for _, heading := range m.Headings {
		if has[heading] {
			continue
		}
		if whole[len(whole)-1] != '{' {
			whole = append(whole, ',')
		}
		whole = append(rawjson.AppendQuoted(whole, heading), ":null"...)
	}
	return append(whole, '}')
}

// reject counts the present record, which cannot be used, and keeps its text.
func (s *stream) reject(record, line int64, reason string) {
	s.tally.reject(record, line, reason)
	s.tally.keepRejected(record, s.rejectedLog(), s.fileText(&s.original))
}

// broken counts a text that could not be read as a record.
func (s *stream) broken(at position, reason string, text []byte) {
	s.records++
	s.original = original{text: bytes.TrimSpace(text)}
	if !at.isTop {
		s.original.context = s.directory.contextText
	}
	switch {
	case s.directory.lists():
		s.original.text = nil // a part of a list would take the place of the whole
	case len(text) > 0 && !at.isTop && !at.isRest && s.original.context == "":
		// Outside of a list the reader would go on inside the record.
		s.original.text = bytes.Join([][]byte{[]byte("["), s.original.text, []byte("]")}, nil)
	case at.isRest && len(text) > 0:
		s.original.text, s.original.context = withListStart(s.original.text, s.original.context), ""
	}
	s.reject(s.records, at.line, reason)
}

// withListStart begins the list again that a text is the rest of: the text can then be mended and read by itself.
func withListStart(rest []byte, context string) []byte {
	inside := bytes.TrimRight(rest, "} \t\r\n")
	start, end := "[", ""
	switch {
	case context != "":
		start = `{"@odata.context":` + context + `,"value":[`
	case bytes.HasSuffix(rest, []byte("]")):
	case bytes.HasSuffix(inside, []byte("]")):
		start = `{"value":[`
	default: // the file ends inside the list
		end = "\n]"
	}
	return bytes.Join([][]byte{[]byte(start), rest, []byte(end)}, nil)
}

// rejectedLog gives the log of the present record, as far as anything tells it: the record, what is known of its file, or a name
// in its text or in that of the file.
func (s *stream) rejectedLog() store.Log {
	table, log := s.im.table, s.original.log
	if table == nil {
		return log
	}
	if told := table.instead[s.directory.claim.shape]; log == "" && told != nil {
		log = told.log
	}
	if s.mapping != nil {
		log = s.mapping.Log
	}
	return cmp.Or(table.logOf(log, s.original.text), table.logNamed([]byte(s.path)))
}

// logOf gives the log of a text; log is what the record tells. A text may hold more than its record, so a name in it of a log with
// readers of its own counts first.
func (t *kindTable) logOf(log store.Log, text []byte) store.Log {
	if named := t.logNamed(text); log == "" || t.hasOwnReaders(named) {
		return named
	}
	return log
}

// hasOwnReaders says that not everybody who reads the tenant's logs may read the log.
func (t *kindTable) hasOwnReaders(log store.Log) bool {
	k := t.logs[log]
	if k == nil {
		return false
	}
	info, _ := k.kind.Log(log)
	return info.Read != store.NoClass && info.Read != store.TenantLogs
}

// logNamed finds the log of which a text has a name: a category, a table or a set. The longest name counts, because names hold
// each other.
func (t *kindTable) logNamed(text []byte) (log store.Log) {
	if len(text) == 0 {
		return ""
	}
	text = bytes.ToLower(text)
	longest := 0
	for known, told := range t.instead {
		for _, name := range known.says {
			if len(name) > longest && bytes.Contains(text, []byte(name)) {
				longest, log = len(name), told.log
			}
		}
	}
	return log
}

// odataContext finds an @odata.context with its value.
var odataContext = regexp.MustCompile(`"@odata\.context"\s*:\s*("(?:[^"\\]|\\.)*")`)

// contextIn gives the @odata.context in what stands around a list, as JSON; empty where there is none.
func contextIn(around []byte) string {
	if found := odataContext.FindSubmatch(around); found != nil {
		return string(found[1])
	}
	return ""
}

// answerOf makes a query's answer of one row, with the names of its columns.
func answerOf(columns []string, cells []byte) []byte {
	answer := []byte(`{"tables":[{"columns":[`)
	for i, name := range columns {
		if i > 0 {
			answer = append(answer, ',')
		}
		answer = append(rawjson.AppendQuoted(append(answer, `{"name":`...), name), '}')
	}
	return append(append(append(answer, `],"rows":[`...), cells...), "]}]}"...)
}
