package importer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// The Entra portal downloads lists of users, groups, members of a group, enterprise applications and app registrations. Most
// of their headings are Graph's names (userPrincipalName, displayName, ...). Portals differ in the others: headingNames has
// the name for a heading in words ("Object ID").

// headingNames gives Graph's names for headings in words. Keys are in lower case without blanks.
var headingNames = map[string]string{
	"objectid": "id", "groupid": "id", "name": "displayname", "applicationid": "appid", "application(client)id": "appid", "clientid": "appid",
	"upn": "userprincipalname", "username": "userprincipalname", "createdon": "createddatetime", "creationtime": "createddatetime", "createddate": "createddatetime",
	"enabled": "accountenabled", "accountstatus": "accountenabled", "dirsyncenabled": "onpremisessyncenabled", "directorysynced": "onpremisessyncenabled",
	"homepageurl": "homepage", "physicaldeliveryofficename": "officelocation", "invitationstate": "externaluserstate", "company": "companyname",
	"assignmentrequired": "approleassignmentrequired", "identifieruri": "identifieruris", "signinaudience": "signinaudience",
	"lastsuccessfulsignindatetime": "signinactivity.lastsuccessfulsignindatetime",
}

func headingName(plain string) string {
	if known, ok := headingNames[plain]; ok {
		return known
	}
	return plain
}

// errLongRow ends a file with a row that is too long.
var errLongRow = errors.New("a row is longer than 4 MiB")

// csvSource reads a file for the CSV reader, and at most MaxRecord bytes for one row.
type csvSource struct {
	src   *source
	room  int
	ended bool // more was asked for than there is
	// text is what was read. The row that is read next begins in it at from, and in the file at the place at.
	text []byte
	from int
	at   int64
}

func (c *csvSource) Read(b []byte) (int, error) {
	if len(c.src.window()) == 0 && !c.src.more() {
		if err := c.src.failure(); err != nil {
			return 0, err
		}
		c.ended = true
		return 0, io.EOF
	}
	n := min(len(b), len(c.src.window()), c.room)
	if n == 0 {
		return 0, errLongRow
	}
	copy(b, c.src.window()[:n])
	c.text, c.from = append(c.text[:copy(c.text, c.text[c.from:])], b[:n]...), 0
	c.src.advance(n)
	c.room -= n
	return n, nil
}

// row gives the text of the row that ends at a place in the file. It is good until the next row is read.
func (c *csvSource) row(end int64) []byte {
	row := c.text[c.from:min(c.from+int(end-c.at), len(c.text))]
	c.from, c.at = c.from+len(row), end
	return bytes.TrimLeft(row, "\r\n")
}

// readRows calls f with every row of a CSV file but its headings.
func (s *stream) readRows(src *source, h *headings, f func(cells []string, at place) error) error {
	from := &csvSource{src: src, room: MaxRecord}
	rows := csv.NewReader(from)
	rows.Comma, rows.FieldsPerRecord, rows.LazyQuotes, rows.ReuseRecord = h.comma, -1, true, true
	columns := -1
	for {
		from.room = MaxRecord
		cells, err := rows.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read a row: %w", err)
		case columns < 0 && strings.HasPrefix(cells[0], "#TYPE"):
			from.row(rows.InputOffset())
			continue
		case columns < 0:
			columns = len(cells)
			s.tally.head = bytes.Clone(bytes.TrimPrefix(from.row(rows.InputOffset()), []byte("\ufeff")))
			h.setColumns(cells)
			s.im.table.nameColumns(h)
			continue
		}
		line, _ := rows.FieldPos(0)
		s.records++
		s.im.progress.records++
		at := place{record: s.records, line: int64(line)}
		s.tally.at = store.RecordPlace{Record: at.record, Line: at.line}
		s.original = original{text: from.row(rows.InputOffset())}
		s.look.cells(h, cells)
		if from.ended && len(cells) < columns { // neither the line nor the quotes have an end; a file may lack the last line's alone
			s.tally.formats[h.format]++
			if bytes.Count(s.original.text, []byte{'"'})%2 == 0 {
				s.original = original{} // with a line end it would pass for a whole row
			}
			s.reject(at.record, at.line, "the row is cut off: the file ends inside it, or a quote mark in it is not closed.")
			continue
		}
		if err := f(cells, at); err != nil {
			return err
		}
	}
}

// readCSV reads a list of the directory, or rows that are records. The rows of the unified audit log are counted and skipped.
func (s *stream) readCSV(src *source, h *headings) error {
	switch h.format {
	case PortalDirectoryCSV:
		if h.members {
			s.directory.list = listOf(s.path, nil)
		}
		s.directory.listSought = true
		return s.readRows(src, h, func(cells []string, at place) error {
			s.tally.formats[PortalDirectoryCSV]++
			return s.csvObject(h.names, cells, h.object, h.members, at)
		})
	case UnifiedAuditLog:
		if s.im.table.instead[shapeThatSays(unifiedType)] == nil {
			return s.skipRows(src, h)
		}
	case Mapped:
		s.csv, s.directory.listSought = h, true
		return s.readMappedRows(src, h)
	}
	s.csv, s.directory.listSought = h, true
	if h.format == PowerShellCSV && h.shape == nil {
		s.directory.claim.shape = signIns // the headings tell, also for a row that has few values
	}
	if h.shape != nil && (h.shape.state != nil || h.isOwnRisk()) {
		s.directory.claim.shape = h.shape
	}
	if h.isUnverified() {
		s.tally.notes = append(s.tally.notes, unverified)
	}
	if h.steps {
		return s.readStepRows(src, h)
	}
	return s.readRecordRows(src, h)
}

// skipRows counts the rows of the unified audit log by their kind, which the operation tells.
func (s *stream) skipRows(src *source, h *headings) error {
	var columns []int
	for i, name := range h.plain {
		if name == "recordtype" || name == "operations" || name == "operation" {
			columns = append(columns, i)
		}
	}
	return s.readRows(src, h, func(cells []string, _ place) error {
		for _, column := range columns {
			if column < len(cells) && unifiedSignIns[strings.ToLower(strings.TrimSpace(cells[column]))] {
				s.tally.foreign(h.format, 1)
				return nil
			}
		}
		s.tally.skip(h.format, shapeThatSays(unifiedType).name)
		return nil
	})
}

// csvObject takes one row.
func (s *stream) csvObject(names, cells []string, kind store.ObjectKind, members bool, at place) error {
	o := graphObject{keys: keySet{}, texts: map[string]string{}, flags: map[string]store.Bool{}}
	for i, cell := range cells {
		if i >= len(names) {
			break
		}
		cell = strings.ToValidUTF8(strings.TrimSpace(cell), "\uFFFD")
		if o.keys[names[i]] = true; isCredentialList(names[i]) {
			s.decoder.keepCredentials(&o, names[i], rawjson.AppendQuoted(nil, cell))
			continue
		}
		o.texts[names[i]] = cell
		o.flags[names[i]] = csvTruth(cell)
	}
	if o.texts["id"] == "" {
		if members {
			s.original.text = nil // a part of a list would take the place of the whole
		}
		s.reject(at.record, at.line, "the row has no object ID.")
		return nil
	}
	if members {
		member := o.member(memberKind(&o))
		return s.member(member, at)
	}
	object := o.object(kind)
	switch kind {
	case store.ObjectGroup:
		if text := o.texts["grouptype"]; text != "" {
			object.Type = shortText(text)
		}
	case store.ObjectServicePrincipal:
		if object.Type == "" {
			object.Type = shortText(o.texts["applicationtype"])
		}
	}
	return s.keepObject(object, at)
}

// memberKind is the kind of member that a row names.
func memberKind(o *graphObject) store.ObjectKind {
	kind := objectTypes[strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(o.texts["objecttype"], "#microsoft.graph."), " ", ""))]
	switch {
	case kind != 0:
		return kind
	case o.flags["isuser"] == store.True:
		return store.ObjectUser
	case o.flags["isgroup"] == store.True:
		return store.ObjectGroup
	}
	return 0
}

func csvTruth(cell string) store.Bool {
	switch strings.ToLower(cell) {
	case "true", "yes", "enabled":
		return store.True
	case "false", "no", "disabled":
		return store.False
	}
	return store.Unset
}
