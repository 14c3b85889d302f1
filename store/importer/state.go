package importer

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/rawjson"
)

// Rows of Graph's reports about objects are states: see store.StateRow. Each report has a table of the members that are read, by
// their names in lower case. A row is a record of an answer of Graph, or a row of a CSV file with these names as headings.

// stateShape is how the rows of one report are read.
type stateShape struct {
	kind store.StateKind
	// row reads a row. reason says why it cannot be used.
	row func(r *stateReader, doc []byte) (row store.StateRow, reason string)
}

// keptReport is the shape of a report whose rows are kept.
func keptReport(name string, says []string, keys [][]string, state *stateShape) *shape {
	return &shape{name: name, says: says, keys: keys, state: state, read: (*stream).state}
}

// state takes a row of a report.
func (s *stream) state(doc []byte, v verdict, line int64) error {
	if s.decoder.isEnveloped() { // no report comes so
		s.tally.skip(v.format, v.shape.name)
		return nil
	}
	s.tally.formats[v.format]++
	r := stateReader{d: s.decoder}
	row, reason := v.shape.state.row(&r, doc)
	if reason == "" {
		reason = s.openDate()
	}
	if reason != "" {
		s.reject(s.records, line, reason)
		return nil
	}
	s.tally.noteState(v.shape.name, &r)
	s.noteRow(v.shape.state.kind, row.StateDate())
	d := &s.directory
	d.batch.States = append(d.batch.States, row)
	d.states = append(d.states, place{record: s.records, line: line})
	if len(d.batch.States) >= directoryBatch {
		return s.flushDirectory()
	}
	return nil
}

// stateReader reads the members of one row.
type stateReader struct {
	d *decoder
	// name is that of the present member as it stands.
	name string
	// unread are members in a shape that is not read, unknown those that the table does not have.
	unread, unknown []string
}

// members calls the readers of a table with the members of an object.
func (r *stateReader) members(doc []byte, table map[string]func(value []byte)) {
	for name, value := range rawjson.EachMember(doc) {
		r.name = rawjson.Unescaped(name)
		key := string(r.d.name(name))
		switch read := table[key]; {
		case read != nil:
			if !r.isNothing(value) {
				read(value)
			}
		case strings.Contains(r.name, "@odata."), key == "additionalproperties":
		default:
			r.unknown = append(r.unknown, r.name)
		}
	}
}

// isNothing says that a member is there without a value. An empty list tells that there is nothing.
func (r *stateReader) isNothing(value []byte) bool {
	inside, isText := rawjson.Unquoted(value)
	return value[0] == 'n' || isText && len(inside) == 0
}

func (r *stateReader) miss() { r.unread = append(r.unread, r.name) }

// text reads a text or a number.
func (r *stateReader) text(into *string) func([]byte) {
	return func(value []byte) {
		inside, isText := rawjson.Unquoted(value)
		if value[0] == '{' || value[0] == '[' || isText && isTypeName(inside) {
			r.miss()
			return
		}
		*into = shortText(strings.TrimSpace(jsonText(value)))
	}
}

// id reads an ID, in lower case.
func (r *stateReader) id(into *string) func([]byte) {
	return func(value []byte) {
		r.text(into)(value)
		*into = strings.ToLower(*into)
	}
}

func (r *stateReader) truth(into *store.Bool) func([]byte) {
	return func(value []byte) {
		if *into = r.d.truth(value); *into == store.Unset {
			r.miss()
		}
	}
}

func (r *stateReader) time(into *time.Time) func([]byte) {
	return func(value []byte) {
		t, ok := r.d.time(value)
		switch {
		case !ok || t.Year() > 9999:
			r.miss()
		case t.Year() > 1: // .NET writes the first year for none
			*into = t
		}
	}
}

// words reads a list of words, or a text of words with commas between.
func (r *stateReader) words(into *[]string) func([]byte) {
	return func(value []byte) {
		list := []string{}
		state := r.d.eachMember(value, func(member []byte) bool {
			word := r.d.uniqueText(member)
			for part := range strings.FieldsFuncSeq(word, func(c rune) bool { return c == ',' || c == ';' }) {
				if part = shortText(strings.TrimSpace(part)); part != "" {
					list = append(list, part)
				}
			}
			return word != ""
		})
		if state == store.CollectionUnread {
			r.miss()
			return
		}
		*into = list
	}
}

func (r *stateReader) number(into **int64) func([]byte) {
	return func(value []byte) {
		inside, _ := rawjson.Unquoted(value)
		n, err := strconv.ParseInt(string(inside), 10, 64)
		if err != nil || n < 0 {
			r.miss()
			return
		}
		*into = &n
	}
}

func (r *stateReader) fraction(into **float64) func([]byte) {
	return func(value []byte) {
		inside, _ := rawjson.Unquoted(value)
		n, err := strconv.ParseFloat(string(inside), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			r.miss()
			return
		}
		*into = &n
	}
}

// object reads an object, which may stand as JSON in a text.
func (r *stateReader) object(table map[string]func([]byte)) func([]byte) {
	return func(value []byte) {
		if value = r.d.unwrap(value); value[0] != '{' {
			r.miss()
			return
		}
		outer := r.name
		r.members(value, table)
		r.name = outer
	}
}

// lastUse reads a block of Graph's signInActivity. Its request may be the word Aggregated.
func (r *stateReader) lastUse(into *store.LastUse) func([]byte) {
	ignore := func([]byte) {}
	return r.object(map[string]func([]byte){
		"lastsignindatetime": r.time(&into.Time), "lastsigninrequestid": r.text(&into.Request),
		"lastnoninteractivesignindatetime": ignore, "lastnoninteractivesigninrequestid": ignore, // of users, and null here
		"lastsuccessfulsignindatetime": ignore, "lastsuccessfulsigninrequestid": ignore,
	})
}

// noID is why a row without an ID is rejected: nothing tells of which object it is.
const noID = "the row has no id: export the report with its property id."

func readRegistration(former bool) func(r *stateReader, doc []byte) (store.StateRow, string) {
	return func(r *stateReader, doc []byte) (store.StateRow, string) {
		row := &store.Registration{Former: former}
		table := map[string]func([]byte){
			"id": r.id(&row.ID), "userprincipalname": r.text(&row.Username), "userdisplayname": r.text(&row.Name),
			"ismfaregistered": r.truth(&row.MFARegistered),
		}
		if former {
			table["authmethods"] = r.words(&row.Methods)
			table["isregistered"], table["isenabled"], table["iscapable"] = r.truth(&row.SSPRRegistered), r.truth(&row.SSPREnabled), r.truth(&row.SSPRCapable)
		} else {
			table["isadmin"], table["usertype"] = r.truth(&row.Admin), r.id(&row.UserType)
			table["ismfacapable"], table["ispasswordlesscapable"] = r.truth(&row.MFACapable), r.truth(&row.PasswordlessCapable)
			table["isssprregistered"], table["isssprenabled"], table["isssprcapable"] = r.truth(&row.SSPRRegistered), r.truth(&row.SSPREnabled), r.truth(&row.SSPRCapable)
			table["methodsregistered"], table["defaultmfamethod"] = r.words(&row.Methods), r.text(&row.DefaultMethod)
			table["systempreferredauthenticationmethods"] = r.words(&row.SystemPreferred)
			table["issystempreferredauthenticationmethodenabled"] = r.truth(&row.SystemPreferredOn)
			table["userpreferredmethodforsecondaryauthentication"] = r.text(&row.PreferredMethod)
			table["lastupdateddatetime"] = r.time(&row.Updated)
		}
		r.members(doc, table)
		if row.ID == "" {
			return nil, noID
		}
		return row, ""
	}
}

func readCredentialUse(r *stateReader, doc []byte) (store.StateRow, string) {
	row := &store.CredentialUse{}
	r.members(doc, map[string]func([]byte){
		"id": r.id(&row.ID), "userprincipalname": r.text(&row.Username), "userdisplayname": r.text(&row.Name),
		"feature": r.text(&row.Feature), "authmethod": r.text(&row.Method), "issuccess": r.truth(&row.Success),
		"failurereason": r.text(&row.Reason), "eventdatetime": r.time(&row.Time),
	})
	switch {
	case row.ID == "":
		return nil, noID
	case row.Time.IsZero() && slices.ContainsFunc(r.unread, func(name string) bool { return strings.EqualFold(name, "eventDateTime") }):
		return nil, "the eventDateTime of the row cannot be read."
	case row.Time.IsZero():
		return nil, "the row has no eventDateTime."
	case !store.InReach(row.Time):
		return nil, "the eventDateTime of the row is out of reach: no record can be of that time."
	}
	return row, ""
}

func readCredentialActivity(r *stateReader, doc []byte) (store.StateRow, string) {
	row := &store.CredentialActivity{}
	var id, keyType string
	r.members(doc, map[string]func([]byte){
		"id": r.text(&id), "keyid": r.id(&row.KeyID), "keytype": r.text(&keyType), "keyusage": r.text(&row.Usage), "appid": r.id(&row.AppID),
		"appobjectid": r.id(&row.AppObjectID), "serviceprincipalobjectid": r.id(&row.PrincipalID), "resourceid": r.id(&row.ResourceID),
		"credentialorigin": r.text(&row.Origin), "createddatetime": r.time(&row.Created),
		"expirationdatetime": r.time(&row.Expires), "expirationdate": r.time(&row.Expires),
		"signinactivity": r.lastUse(&row.Last),
	})
	// The id is the key ID in base64, with the origin behind a bar in some samples.
	key, origin, _ := strings.Cut(textOfBase64(id), "|")
	if row.Type = store.CredentialTypeOf(keyType); row.KeyID == "" {
		row.KeyID = strings.ToLower(strings.TrimSpace(key))
	}
	if row.Origin == "" && guidInName.MatchString(key) {
		row.Origin = shortText(strings.TrimSpace(origin))
	}
	if row.KeyID == "" {
		return nil, "the row names no key: it has neither a keyId nor an id that holds one."
	}
	return row, ""
}

func readPrincipalActivity(r *stateReader, doc []byte) (store.StateRow, string) {
	row := &store.PrincipalActivity{}
	var id string
	r.members(doc, map[string]func([]byte){
		"id": r.text(&id), "appid": r.id(&row.AppID), "lastsigninactivity": r.lastUse(&row.Last),
		"delegatedclientsigninactivity": r.lastUse(&row.DelegatedClient), "delegatedresourcesigninactivity": r.lastUse(&row.DelegatedResource),
		"applicationauthenticationclientsigninactivity":   r.lastUse(&row.AppClient),
		"applicationauthenticationresourcesigninactivity": r.lastUse(&row.AppResource),
	})
	if row.AppID == "" {
		row.AppID = strings.ToLower(textOfBase64(id))
	}
	if row.AppID == "" {
		return nil, "the row names no application: it has neither an appId nor an id that holds one."
	}
	return row, ""
}

func readRelyingParty(r *stateReader, doc []byte) (store.StateRow, string) {
	row := &store.RelyingParty{}
	var id, party string
	r.members(doc, map[string]func([]byte){
		"id": r.text(&id), "relyingpartyid": r.text(&party), "relyingpartyname": r.text(&row.Name), "serviceid": r.text(&row.ServiceID),
		"replyurls": r.words(&row.ReplyURLs), "uniqueusercount": r.number(&row.Users), "successfulsignincount": r.number(&row.Succeeded),
		"failedsignincount": r.number(&row.Failed), "totalsignincount": r.number(&row.Total), "signinsuccessrate": r.fraction(&row.SuccessRate),
		"migrationstatus": r.text(&row.Migration), "migrationvalidationdetails": r.checks(&row.Checks),
	})
	if row.ID = party; row.ID == "" {
		row.ID = id
	}
	if row.ID == "" {
		return nil, "the row names no relying party: it has neither a relyingPartyId nor an id."
	}
	return row, ""
}

// checks reads the rules that were checked. The value of each is JSON in a text, with a result and a message.
func (r *stateReader) checks(into *[]store.MigrationCheck) func([]byte) {
	return func(value []byte) {
		list := []store.MigrationCheck{}
		state := r.d.eachMember(value, func(member []byte) bool {
			if member[0] != '{' {
				return false
			}
			var check store.MigrationCheck
			for name, value := range rawjson.EachMember(member) {
				switch string(r.d.name(name)) {
				case "name":
					check.Name = shortText(jsonText(value))
				case "value":
					if inner := r.d.unwrap(value); inner[0] == '{' {
						check.Result, check.Message = shortText(jsonText(r.d.member(inner, "result"))), shortText(jsonText(r.d.member(inner, "message")))
					}
					if check.Result == "" && check.Message == "" {
						check.Value = shortText(jsonOrText(value))
					}
				}
			}
			list = append(list, check)
			return check.Name != ""
		})
		if state == store.CollectionUnread {
			r.miss()
		}
		*into = list
	}
}

// textOfBase64 gives the text that an ID is in base64; empty for any other ID.
func textOfBase64(id string) string {
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(id), "="))
	if err != nil || !guidInName.Match(b) {
		return ""
	}
	return strings.ToValidUTF8(shortText(string(b)), "\uFFFD")
}
