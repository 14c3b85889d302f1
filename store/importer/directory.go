package importer

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"signpost/store"
)

// A directory export is an answer of Graph (/users, /groups, /groups/ID/members, /servicePrincipals, /applications,
// /applications/ID/owners, /servicePrincipals/ID/owners), or a CSV list that the Entra portal downloads (directory_csv.go). The
// kind of each object is told in kinds.go. Rows of Graph's reports about objects go the same way (state.go).

// directoryBatch is how many objects go into one transaction.
const directoryBatch = 2000

// maxMembers bounds the members of one group in memory. No group of Entra has more.
const maxMembers = 500_000

// besideGroups is about how many members go into one transaction with their groups. Graph gives few for each group, but a
// file might hold any number.
const besideGroups = 50_000

// expandedMembers is how many members of a group $expand=members gives at most, and owners $expand=owners. There may be more.
const expandedMembers = 20

// directory is the objects of one file that are not written yet.
type directory struct {
	path   string // of the file
	batch  store.DirectoryBatch
	places []place // of the objects
	states []place // of the rows of reports
	// reports are what was read of each report.
	reports map[store.StateKind]*readReport
	beside  int // members and owners in batch that stood beside what they belong to
	// context is the @odata.context of the present answer and the link to its next page, as bytes around its list. claim is
	// read from it.
	context []byte
	claim   claim
	// contextText is the value of that @odata.context, as JSON; empty where there is none.
	contextText string
	// list is what the file lists. entries are the members or owners read so far. morePages says that other pages or files
	// list further ones.
	list       listed
	listSought bool
	entries    []store.Member
	entryAt    []place
	ending     bool // the last list of the batch is that of the entries
	morePages  bool
}

// listed is what a list of objects is about: the members of a group, or the owners of an application or a service principal.
type listed struct {
	id     string // the object ID; empty for no list
	owners bool
}

var (
	membersOfGroup = regexp.MustCompile(`(?i)groups(?:\(\\?'([^'\\/?#]+)\\?'\)|/([^'\\/?#"]+))/(?:transitive)?members`)
	ownersOfApp    = regexp.MustCompile(`(?i)(?:applications|servicePrincipals)(?:\(\\?'([^'\\/?#]+)\\?'\)|/([^'\\/?#"]+))/owners`)
	guidInName     = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
)

// namesList says whether a context or a link is that of a list of members or owners.
func namesList(around []byte) bool { return membersOfGroup.Match(around) || ownersOfApp.Match(around) }

// listOf finds what a file lists. The context or the link to the next page tells it. Else it is a GUID in the name of the file
// or its folder, where one of the two names speaks of members or owners.
func listOf(path string, around []byte) listed {
	if found := membersOfGroup.FindSubmatch(around); found != nil {
		return listed{id: strings.ToLower(string(found[1]) + string(found[2]))}
	}
	if found := ownersOfApp.FindSubmatch(around); found != nil {
		return listed{id: strings.ToLower(string(found[1]) + string(found[2])), owners: true}
	}
	name, folder := filepath.Base(path), filepath.Base(filepath.Dir(path))
	says := func(word string) bool {
		return strings.Contains(strings.ToLower(name), word) || strings.Contains(strings.ToLower(folder), word)
	}
	if !says("member") && !says("owners") {
		return listed{}
	}
	for _, text := range []string{name, folder} {
		if id := guidInName.FindString(text); id != "" {
			return listed{id: strings.ToLower(id), owners: !says("member")}
		}
	}
	return listed{}
}

// objectTypes are Graph's types of objects.
var objectTypes = map[string]store.ObjectKind{
	"user": store.ObjectUser, "group": store.ObjectGroup, "application": store.ObjectApplication, "serviceprincipal": store.ObjectServicePrincipal,
}

// claimOf reads what a record says of its own kind. Where it says nothing, what its answer says counts.
func (d *directory) claimOf(says map[string]string) claim {
	if name := says["@odata.type"]; name != "" {
		return claimOfType(name)
	}
	if own := claimOf([]byte(says["@odata.context"])); !own.isEmpty() {
		return own
	}
	return d.claim
}

// directoryObject takes an object of a directory, or a member of a group.
func (s *stream) directoryObject(doc []byte, v verdict, line int64) error {
	d, o, kind := &s.directory, s.decoder.graphObject(doc), v.object
	s.tally.formats[GraphDirectory]++
	at := place{record: s.records, line: line}
	if o.texts["id"] == "" {
		if d.lists() {
			s.original.text = nil // a part of a list would take the place of the whole
		}
		s.reject(at.record, at.line, "the object has no id.")
		return nil
	}
	if d.lists() && !(d.list.owners && o.owners != nil) { // an application that names its owners is none
		return s.member(o.member(kind), at)
	}
	if err := s.keepObject(o.object(kind), at); err != nil {
		return err
	}
	if o.members != nil {
		members := store.Membership{Group: strings.ToLower(o.texts["id"]), Members: o.members, Whole: len(o.members) < expandedMembers && !o.keys["members@odata.nextlink"]}
		d.batch.Memberships = append(d.batch.Memberships, members)
		if !members.Whole {
			s.tally.directoryNotes["Graph lists 20 members at most beside a group: those of some groups were added to what was known, and none was taken out. Import groups/ID/members for all of them."] = true
		}
	}
	if o.owners != nil && (kind == store.ObjectApplication || kind == store.ObjectServicePrincipal) {
		owners := store.Ownership{Object: strings.ToLower(o.texts["id"]), Owners: o.owners, Whole: len(o.owners) < expandedMembers && !o.keys["owners@odata.nextlink"]}
		d.batch.Ownerships = append(d.batch.Ownerships, owners)
		if !owners.Whole {
			s.tally.directoryNotes["Graph lists 20 owners at most beside an application: those of some were added to what was known, and none was taken out. Import applications/ID/owners for all of them."] = true
		}
	}
	if d.beside += len(o.members) + len(o.owners); d.beside >= besideGroups {
		return s.flushDirectory()
	}
	return nil
}

// lists says whether the file is a list of members or owners.
func (d *directory) lists() bool {
	return d.list.id != "" || strings.Contains(strings.ToLower(filepath.Base(d.path)), "members") || namesList(d.context)
}

// member takes one member of the file's group, or one owner.
func (s *stream) member(m store.Member, at place) error {
	d := &s.directory
	switch {
	case d.list.id == "":
		s.tally.reject(at.record, at.line, "the file does not say of which group this is a member: name it after the group's object ID, such as 11111111-2222-3333-4444-555555555555-members.csv.")
	case len(d.entries) >= maxMembers:
		s.tally.reject(at.record, at.line, "the list has more than 500,000 "+d.list.entries()+".")
	default:
		d.entries, d.entryAt = append(d.entries, m), append(d.entryAt, at)
	}
	return nil
}

// keepObject takes an object; full batches are written.
func (s *stream) keepObject(o store.Object, at place) error {
	d := &s.directory
	d.batch.Objects = append(d.batch.Objects, o)
	d.places = append(d.places, at)
	if len(d.batch.Objects) >= directoryBatch {
		return s.flushDirectory()
	}
	return nil
}

// around takes the text around a list: before it, between two lists, and behind it. A file may hold answers about several
// groups, one after the other.
func (s *stream) around(text []byte) error {
	d := &s.directory
	if columns := queryColumns(text); columns != nil {
		s.columns = columns
	}
	tells, begins := bytes.Contains(text, []byte("@odata.")), bytes.HasPrefix(text, []byte("{"))
	if !tells && (!begins || d.context == nil) {
		return nil
	}
	if begins {
		list := listOf(s.path, text[:min(len(text), maxContext)])
		if d.list.id != "" && list != d.list {
			if err := s.endMembers(true); err != nil {
				return err
			}
		}
		if list != d.list {
			d.morePages = false
		}
		d.list, d.listSought, d.context, d.contextText, d.claim = list, true, nil, "", claim{}
	}
	if tells && d.context == nil {
		d.context = bytes.Clone(text[:min(len(text), maxContext)])
		d.claim, d.contextText = claimOf(d.context), contextIn(d.context)
	}
	d.morePages = d.morePages || bytes.Contains(text, nextLink)
	return nil
}

// maxContext is how much of what stands around a list is looked at.
const maxContext = 4096

// endDirectory writes what is left at the end of a file; whole says that it was read to its end.
func (s *stream) endDirectory(whole bool) error {
	d := &s.directory
	if d.list.id == "" && namesList(d.context) { // an answer without a member that tells so behind its list
		d.list = listOf(s.path, d.context)
	}
	if len(d.reports) > 0 {
		if err := s.begin(); err != nil {
			return errEngine{fmt.Errorf("note the start of the import: %w", err)}
		}
		s.endReports(whole)
	}
	return s.endMembers(whole)
}

// endMembers writes the members of one group, or the owners of one application. They replace those of an earlier import where
// the file lists all of them: it was read to its end, has no next page, and is no further page itself.
func (s *stream) endMembers(whole bool) error {
	d := &s.directory
	if d.list.id != "" && (len(d.entries) > 0 || d.context != nil && namesList(d.context)) {
		first := !s.im.listsSeen[d.list]
		s.im.listsSeen[d.list] = true
		whole = whole && first && !d.morePages && s.tally.rejectedTotal == 0
		switch {
		case d.list.owners:
			d.batch.Ownerships = append(d.batch.Ownerships, store.Ownership{Object: d.list.id, Owners: d.entries, Whole: whole})
		default:
			d.batch.Memberships = append(d.batch.Memberships, store.Membership{Group: d.list.id, Members: d.entries, Whole: whole})
		}
		if !whole {
			s.tally.directoryNotes["The file is a part of the list of "+d.list.entries()+": they were added to those that were known, and none was taken out."] = true
		}
		d.ending = true
	}
	err := s.flushDirectory()
	if d.ending {
		d.entries, d.entryAt, d.ending = nil, nil, false
	}
	return err
}

// entries is the plural of what the list has.
func (l listed) entries() string {
	if l.owners {
		return "owners"
	}
	return "members"
}

// flushDirectory writes what was read so far in one transaction.
func (s *stream) flushDirectory() error {
	d := &s.directory
	if len(d.batch.Objects)+len(d.batch.Memberships)+len(d.batch.Ownerships)+len(d.batch.States)+len(d.batch.Reports) == 0 {
		return nil
	}
	if err := s.begin(); err != nil {
		return errEngine{fmt.Errorf("note the start of the import: %w", err)}
	}
	d.batch.At, d.batch.Received = s.im.opts.Now(), s.received
	outcomes, err := untilRoom(s, func() ([]store.Outcome, error) {
		return s.im.w.PutDirectory(context.WithoutCancel(s.ctx), s.importID, d.batch)
	})
	if err != nil {
		return errEngine{fmt.Errorf("write the directory: %w", err)}
	}
	if len(outcomes) != d.batch.Outcomes() {
		return errEngine{fmt.Errorf("the engine gave %d outcomes for %d objects of the directory", len(outcomes), d.batch.Outcomes())}
	}
	s.countDirectory(outcomes)
	s.noteParts()
	d.batch, d.places, d.states, d.beside = store.DirectoryBatch{}, nil, nil, 0
	return nil
}

// countDirectory counts the outcomes of a batch. Members, owners and credentials that stand beside what they belong to are no
// records of their own. Members and owners of a list are.
func (s *stream) countDirectory(outcomes []store.Outcome) {
	d := &s.directory
	next := func(n int) (list []store.Outcome) {
		list, outcomes = outcomes[:n], outcomes[n:]
		return list
	}
	count := func(kind string, list []store.Outcome, places []place) {
		s.tally.directory[kind] += int64(len(list))
		for i := range places {
			s.tally.objectOutcome(&list[i], places[i])
		}
	}
	for i, outcome := range next(len(d.batch.Objects)) {
		count(d.batch.Objects[i].Kind.String(), []store.Outcome{outcome}, d.places[i:i+1])
		if n := len(d.batch.Objects[i].Details.Credentials()); n > 0 {
			s.tally.directory[store.StateCredentialActivity.String()] += int64(n)
		}
	}
	placesOf := func(owners, isLast bool) []place {
		if d.ending && isLast && owners == d.list.owners {
			return d.entryAt
		}
		return nil
	}
	if len(d.batch.Objects) > 0 {
		count("members", nil, nil) // reports of objects have always told it
	}
	for i := range d.batch.Memberships {
		count("members", next(len(d.batch.Memberships[i].Members)), placesOf(false, i == len(d.batch.Memberships)-1))
	}
	for i := range d.batch.Ownerships {
		count("owners", next(len(d.batch.Ownerships[i].Owners)), placesOf(true, i == len(d.batch.Ownerships)-1))
	}
	for i, outcome := range next(len(d.batch.States)) {
		kind, _ := d.batch.States[i].StateKey()
		count(kind.String(), []store.Outcome{outcome}, d.states[i:i+1])
	}
}

// objectOutcome counts what the engine made of an object.
func (t *tally) objectOutcome(o *store.Outcome, p place) {
	switch o.Kind {
	case store.OutcomeNew:
		t.directoryNew++
	case store.OutcomeUpdated:
		t.directoryUpdated++
	case store.OutcomeSame:
		t.directorySame++
	default:
		t.reject(p.record, p.line, o.Reason)
	}
}

// leaveAnswer forgets the answer before: the next record stands by itself.
func (s *stream) leaveAnswer() error {
	d := &s.directory
	if d.context == nil {
		return nil
	}
	if d.list.id != "" {
		if err := s.endMembers(true); err != nil {
			return err
		}
	}
	d.list, d.listSought, d.context, d.contextText, d.claim, d.morePages = listOf(s.path, nil), true, nil, "", claim{}, false
	return nil
}
