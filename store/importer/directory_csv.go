package importer

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"signpost/store"
)

// The lists that the Entra portal downloads: users, groups, members of a group, enterprise applications and app
// registrations. Their headings are Graph's names (userPrincipalName, displayName, ...) and some of the portal's own; where
// portals differ, a heading in words ("Object ID") counts as the name in headingNames.

// headingNames are spellings of headings in words, in lower case without blanks, and Graph's names for them.
var headingNames = map[string]string{
	"objectid": "id", "userid": "id", "groupid": "id", "name": "displayname", "applicationid": "appid", "application(client)id": "appid", "clientid": "appid",
	"upn": "userprincipalname", "username": "userprincipalname", "createdon": "createddatetime", "creationtime": "createddatetime", "createddate": "createddatetime",
	"enabled": "accountenabled", "accountstatus": "accountenabled", "dirsyncenabled": "onpremisessyncenabled", "directorysynced": "onpremisessyncenabled",
	"homepageurl": "homepage", "physicaldeliveryofficename": "officelocation", "invitationstate": "externaluserstate", "company": "companyname",
	"assignmentrequired": "approleassignmentrequired", "identifieruri": "identifieruris", "signinaudience": "signinaudience",
	"lastsuccessfulsignindatetime": "signinactivity.lastsuccessfulsignindatetime",
}

func headingName(heading string) string {
	name := strings.ToLower(strings.Join(strings.Fields(strings.Trim(heading, "\ufeff\" ")), ""))
	if known, ok := headingNames[name]; ok {
		return known
	}
	return name
}

// kindOfHeadings tells what a CSV file lists; members says that it is the members of a group.
func kindOfHeadings(has map[string]bool) (kind store.ObjectKind, members, ok bool) {
	switch {
	case !has["id"]:
		return 0, false, has["appid"] && has["displayname"] && has["createddatetime"] // told as rows without an ID
	case has["objecttype"] || has["isuser"] && has["isgroup"]:
		return 0, true, true
	case has["userprincipalname"]:
		return store.ObjectUser, false, true
	case has["grouptype"], has["membershiptype"], has["securityenabled"] && has["mailenabled"]:
		return store.ObjectGroup, false, true
	case has["appid"] && (has["applicationtype"] || has["accountenabled"] || has["applicationvisibility"] || has["approleassignmentrequired"] || has["serviceprincipaltype"]):
		return store.ObjectServicePrincipal, false, true
	case has["appid"]:
		return store.ObjectApplication, false, true
	}
	return 0, false, false
}

// isDirectoryHeading takes the headings of a CSV file in lower case.
func isDirectoryHeading(columns map[string]bool) bool {
	has := map[string]bool{}
	for column := range columns {
		has[headingName(column)] = true
	}
	_, _, ok := kindOfHeadings(has)
	return ok
}

// errLongRow ends a file whose row has no end in sight.
var errLongRow = errors.New("a row is longer than 4 MiB")

// csvSource reads a file for the CSV reader, and no more than MaxRecord of it for one row.
type csvSource struct {
	src   *source
	room  int
	ended bool // more was asked for than there is
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
	c.src.advance(n)
	c.room -= n
	return n, nil
}

// readDirectoryCSV reads a list of the portal's.
func (s *stream) readDirectoryCSV(src *source) error {
	from := &csvSource{src: src, room: MaxRecord}
	rows := csv.NewReader(from)
	rows.FieldsPerRecord, rows.LazyQuotes, rows.ReuseRecord = -1, true, true
	headings, err := rows.Read()
	if err != nil {
		return err
	}
	names, has := make([]string, len(headings)), map[string]bool{}
	for i, heading := range headings {
		names[i] = headingName(heading)
		has[names[i]] = true
	}
	kind, members, _ := kindOfHeadings(has)
	if members {
		s.directory.group = groupOf(s.path, nil)
	}
	s.directory.groupSought = true
	for {
		from.room = MaxRecord
		cells, err := rows.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read a row: %w", err)
		}
		line, _ := rows.FieldPos(0)
		s.records++
		s.im.progress.records++
		s.tally.formats[PortalDirectoryCSV]++
		at := place{record: s.records, line: int64(line)}
		if from.ended && len(cells) < len(names) { // neither the line nor the quotes have an end; a file may lack the last line's alone
			s.tally.reject(at.record, at.line, "the row is cut off: the file ends inside it, or a quote mark in it is not closed.")
			continue
		}
		if err := s.csvObject(names, cells, kind, members, at); err != nil {
			return err
		}
	}
}

// csvObject takes one row.
func (s *stream) csvObject(names, cells []string, kind store.ObjectKind, members bool, at place) error {
	o := graphObject{keys: map[string]bool{}, texts: map[string]string{}, flags: map[string]store.Bool{}}
	for i, cell := range cells {
		if i >= len(names) {
			break
		}
		cell = strings.ToValidUTF8(strings.TrimSpace(cell), "\uFFFD")
		o.keys[names[i]], o.texts[names[i]] = true, cell
		o.flags[names[i]] = csvTruth(cell)
	}
	if o.texts["id"] == "" {
		s.tally.reject(at.record, at.line, "the row has no object ID.")
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

// memberKind is what a row of members says that the member is.
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
