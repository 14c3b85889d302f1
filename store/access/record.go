// Package access declares the records of the portal's own access log: who looked at whose data, when, from where, and how much
// of it. The portal writes them itself (store/accesslog). No import takes one from a file.
package access

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"signpost/store"
	"signpost/store/rawjson"
)

// Log is the one log of the kind.
const Log store.Log = "access"

// Action is what somebody did.
type Action string

// The actions. Open is another person's record or page, List rows of a log, Reveal a value that is hidden from everybody who
// does not ask for it, Account a change of somebody's account. Forget is the removal of old records of a log.
const (
	Open     Action = "open"
	List     Action = "list"
	Search   Action = "search"
	Export   Action = "export"
	Reveal   Action = "reveal"
	Import   Action = "import"
	SignIn   Action = "signin"
	SignOut  Action = "signout"
	Account  Action = "account"
	Roles    Action = "roles"
	Settings Action = "settings"
	View     Action = "view"
	Triage   Action = "triage"
	Helpdesk Action = "helpdesk"
	Forget   Action = "forget"
)

// Words says what was done.
func (a Action) Words() string { return actions.Words(string(a)) }

// Outcome is what became of it.
type Outcome string

// The outcomes.
const (
	Allowed Outcome = "allowed"
	Refused Outcome = "refused"
	Failed  Outcome = "failed"
)

// Record is one record of the access log. A text is empty where nothing is to be said. Its time, ID, number and hashes are given
// by the log that it is appended to.
type Record struct {
	store.Common
	// Number is the place in the chain: the first record has 1.
	Number store.Int
	// Account is the name of who acted, AccountID the number of the account. PersonID is the Entra user ID of who acted, where
	// it is known.
	Account, AccountID string
	Roles              []string
	PersonID           string
	Action             Action
	Outcome            Outcome
	Address, UserAgent string
	// Page is the path of the address, without its query. "ID" stands in it for RecordID: so the pages of all records of a log
	// are one page.
	Page string
	// Log is the log that was looked at, Query the filter as it was typed.
	Log   store.Log
	Query string
	// Subjects are the people whose data was seen. RecordID names the record that was opened.
	Subjects []Subject
	RecordID string
	// Rows is how many rows of others were given.
	Rows store.Int
	// Reason and Ticket are what was said when the data was asked for.
	Reason, Ticket string
	// Removed is set in the record of a removal by retention: the last record that was removed, behind which the chain goes on.
	Removed Head
	// PreviousHash is the hash of the record before, Hash that of this one, in hexadecimal digits.
	PreviousHash, Hash string

	subjectNames   string // follows from Subjects
	removedTo      store.Int
	unreadSubjects bool
}

// Subject is a person whose data was seen.
type Subject struct {
	ID       string `json:"id,omitempty"`
	Username string `json:"userPrincipalName,omitempty"`
	Name     string `json:"displayName,omitempty"`
}

// Called is the best name of a subject.
func (s *Subject) Called() string {
	for _, name := range []string{s.Name, s.Username, s.ID} {
		if name != "" {
			return name
		}
	}
	return ""
}

// Clone gives a copy whose properties can be written.
func (r *Record) Clone() store.Entry { c := *r; return &c }

// document is what of a record its hash is over, beside its number and its time. The keys are the names of the properties.
type document struct {
	Account   string    `json:"accountName,omitempty"`
	AccountID string    `json:"accountId,omitempty"`
	Roles     []string  `json:"roles,omitempty"`
	PersonID  string    `json:"personId,omitempty"`
	Action    Action    `json:"action"`
	Outcome   Outcome   `json:"outcome"`
	Address   string    `json:"ipAddress,omitempty"`
	UserAgent string    `json:"userAgent,omitempty"`
	Page      string    `json:"page,omitempty"`
	Log       store.Log `json:"log,omitempty"`
	Query     string    `json:"query,omitempty"`
	Subjects  []Subject `json:"subjects,omitempty"`
	RecordID  string    `json:"recordId,omitempty"`
	Rows      *int64    `json:"rows,omitempty"`
	Reason    string    `json:"reason,omitempty"`
	Ticket    string    `json:"ticket,omitempty"`
	Removed   *Head     `json:"removed,omitempty"`
}

// Document gives what was done as one JSON object, without what the log gives a record.
func (r *Record) Document() ([]byte, error) {
	d := document{
		r.Account, r.AccountID, r.Roles, r.PersonID, r.Action, r.Outcome, r.Address, r.UserAgent, r.Page, r.Log, r.Query, r.Subjects, r.RecordID, nil,
		r.Reason, r.Ticket, nil,
	}
	if r.Removed.Number > 0 {
		d.Removed = &r.Removed
	}
	if r.Rows.Set {
		d.Rows = &r.Rows.N
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(d); err != nil {
		return nil, fmt.Errorf("write an access record: %w", err)
	}
	return bytes.TrimSpace(text.Bytes()), nil
}

// Whole gives the whole record as a JSON object: its document with what the log gave it. Hashes are in hexadecimal digits.
func Whole(number int64, at time.Time, doc []byte, previous, hash string) []byte {
	b := append([]byte(nil), `{"id":"`...)
	b = append(b, IDOf(hash)...)
	b = append(b, `","createdDateTime":"`...)
	b = at.UTC().AppendFormat(b, "2006-01-02T15:04:05.000000Z")
	b = append(b, `","number":`...)
	b = strconv.AppendInt(b, number, 10)
	if inner := bytes.TrimSuffix(bytes.TrimPrefix(doc, []byte("{")), []byte("}")); len(inner) > 0 {
		b = append(append(b, ','), inner...)
	}
	b = append(b, `,"previousHash":"`...)
	b = append(b, previous...)
	b = append(b, `","hash":"`...)
	return append(append(b, hash...), `"}`...)
}

// IDOf gives the ID of the record with a hash: its first 16 bytes as a GUID.
func IDOf(hash string) string {
	if len(hash) < 32 {
		return hash
	}
	return hash[:8] + "-" + hash[8:12] + "-" + hash[12:16] + "-" + hash[16:20] + "-" + hash[20:32]
}

// shownSubjects is how many subjects the text of all of them names where there are no more. Of more it names one: the text of
// each list of people would be another one, and each text takes memory.
const shownSubjects = 2

// settle fills what follows from the rest.
func (r *Record) settle() {
	r.Removed.Number = r.removedTo.N
	names := calledSet.Set(r)
	if r.subjectNames = strings.Join(names, ", "); len(names) > shownSubjects {
		r.subjectNames = fmt.Sprintf("%s and %d more", names[0], len(names)-1)
	}
	if of := len(r.Page) - len(r.RecordID); r.RecordID != "" && of > 0 && r.Page[of-1] == '/' && strings.EqualFold(r.Page[of:], r.RecordID) {
		r.Page = r.Page[:of] + "ID"
	}
}

// readSubjects reads a list of subjects; ok says that all of it was read.
func (r *Record) readSubjects(value []byte) (ok bool) {
	if r.Subjects, ok = plainSubjects(value); !ok {
		r.Subjects = nil
		ok = json.Unmarshal(value, &r.Subjects) == nil
	}
	r.unreadSubjects = !ok
	return ok
}

// plainSubjects reads a list of subjects as this program writes it, which package json takes five times as long for. It is not ok
// where the list has anything else.
func plainSubjects(value []byte) (subjects []Subject, ok bool) {
	if !utf8.Valid(value) {
		return nil, false
	}
	for item := range rawjson.EachItem(value) {
		s := Subject{}
		if item[0] != '{' {
			return nil, false
		}
		for key, text := range rawjson.EachMember(item) {
			inside, isText := rawjson.Unquoted(text)
			if !isText {
				return nil, false
			}
			switch string(key) {
			case "id":
				s.ID = rawjson.Unescaped(inside)
			case "userPrincipalName":
				s.Username = rawjson.Unescaped(inside)
			case "displayName":
				s.Name = rawjson.Unescaped(inside)
			default:
				return nil, false
			}
		}
		subjects = append(subjects, s)
	}
	return subjects, len(subjects) > 0
}

// readRoles reads a list of roles; ok says that all of it was read.
func (r *Record) readRoles(value []byte) (ok bool) { return json.Unmarshal(value, &r.Roles) == nil }

// update takes over what another copy says. There is never one that says more: a record is written once.
func (r *Record) update(newer *Record) {
	store.UpdateProperties(properties, r, newer)
	if len(newer.Subjects) > 0 {
		r.Subjects = newer.Subjects
	}
	if len(newer.Roles) > 0 {
		r.Roles = newer.Roles
	}
}

// The parts of a subject, as fields ask for them.
const (
	subjectName   = iota // user ID, user principal name and name
	subjectCalled        // the best of them
	subjectParts
)

// eachSubject is the list of subjects for filters.
func eachSubject(r *Record, m *store.Item, take func()) (unread bool) {
	for i := range r.Subjects {
		s := &r.Subjects[i]
		m[subjectName] = append(m[subjectName][:0], s.ID, s.Username, s.Name)
		m[subjectCalled] = append(m[subjectCalled][:0], s.Called())
		take()
	}
	return r.unreadSubjects
}
