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

// A directory export is an answer of Graph (/users, /groups, /groups/ID/members, /servicePrincipals, /applications), or a CSV
// list that the Entra portal downloads (directory_csv.go). The kind of each object is told in kinds.go.

// directoryBatch is how many objects go into one transaction.
const directoryBatch = 2000

// maxMembers bounds the members of one group in memory. No group of Entra has more.
const maxMembers = 500_000

// besideGroups is about how many members go into one transaction with their groups. Graph gives few for each group, but a
// file might hold any number.
const besideGroups = 50_000

// expandedMembers is how many members of a group $expand=members gives at most. The group may have more.
const expandedMembers = 20

// directory is the objects of one file that are not written yet.
type directory struct {
	path   string // of the file
	batch  store.DirectoryBatch
	places []place // of the objects
	beside int     // members in batch that stood beside their groups
	// context is the @odata.context of the present answer and the link to its next page, as bytes around its list. claim is
	// read from it.
	context []byte
	claim   claim
	// contextText is the value of that @odata.context, as JSON; empty where there is none.
	contextText string
	// group is the group whose members the file lists. members are those read so far. morePages says that other pages or
	// files list further members.
	group       string
	groupSought bool
	members     store.Membership
	memberAt    []place
	morePages   bool
}

var (
	membersOfGroup = regexp.MustCompile(`(?i)groups(?:\(\\?'([^'\\/?#]+)\\?'\)|/([^'\\/?#"]+))/(?:transitive)?members`)
	guidInName     = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
)

// groupOf finds the group whose members a file lists. The context or the link to the next page tells it. Else it is a GUID in
// the name of the file or its folder, where one of the two names speaks of members.
func groupOf(path string, around []byte) string {
	if found := membersOfGroup.FindSubmatch(around); found != nil {
		return strings.ToLower(string(found[1]) + string(found[2]))
	}
	name, folder := filepath.Base(path), filepath.Base(filepath.Dir(path))
	if !strings.Contains(strings.ToLower(name), "member") && !strings.Contains(strings.ToLower(folder), "member") {
		return ""
	}
	for _, text := range []string{name, folder} {
		if id := guidInName.FindString(text); id != "" {
			return strings.ToLower(id)
		}
	}
	return ""
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
	if d.lists() {
		return s.member(o.member(kind), at)
	}
	if err := s.keepObject(o.object(kind), at); err != nil {
		return err
	}
	if o.members != nil {
		members := store.Membership{Group: strings.ToLower(o.texts["id"]), Members: o.members, Whole: len(o.members) < expandedMembers && !o.keys["members@odata.nextlink"]}
		d.batch.Memberships = append(d.batch.Memberships, members)
		d.beside += len(o.members)
		if !members.Whole {
			s.tally.directoryNotes["Graph lists 20 members at most beside a group: those of some groups were added to what was known, and none was taken out. Import groups/ID/members for all of them."] = true
		}
		if d.beside >= besideGroups {
			return s.flushDirectory()
		}
	}
	return nil
}

// lists says whether the file is a list of members.
func (d *directory) lists() bool {
	return d.group != "" || strings.Contains(strings.ToLower(filepath.Base(d.path)), "members") || membersOfGroup.Match(d.context)
}

// member takes one member of the file's group.
func (s *stream) member(m store.Member, at place) error {
	d := &s.directory
	switch {
	case d.group == "":
		s.tally.reject(at.record, at.line, "the file does not say of which group this is a member: name it after the group's object ID, such as 11111111-2222-3333-4444-555555555555-members.csv.")
	case len(d.members.Members) >= maxMembers:
		s.tally.reject(at.record, at.line, "the group has more than 500,000 members.")
	default:
		d.members.Members = append(d.members.Members, m)
		d.memberAt = append(d.memberAt, at)
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
		group := groupOf(s.path, text[:min(len(text), maxContext)])
		if d.group != "" && group != d.group {
			if err := s.endMembers(true); err != nil {
				return err
			}
		}
		if group != d.group {
			d.morePages = false
		}
		d.group, d.groupSought, d.context, d.contextText, d.claim = group, true, nil, "", claim{}
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
	if d.group == "" && membersOfGroup.Match(d.context) { // an answer without a member that tells so behind its list
		d.group = groupOf(s.path, d.context)
	}
	return s.endMembers(whole)
}

// endMembers writes the members of one group. They replace the members of an earlier import where the file lists all of them:
// it was read to its end, has no next page, and is no further page itself.
func (s *stream) endMembers(whole bool) error {
	d := &s.directory
	if d.group != "" && (len(d.members.Members) > 0 || d.context != nil && membersOfGroup.Match(d.context)) {
		first := !s.im.groupsSeen[d.group]
		s.im.groupsSeen[d.group] = true
		d.members.Group, d.members.Whole = d.group, whole && first && !d.morePages && s.tally.rejectedTotal == 0
		if !d.members.Whole {
			s.tally.directoryNotes["The file is a part of the list of members: they were added to those that were known, and none was taken out."] = true
		}
		d.batch.Memberships = append(d.batch.Memberships, d.members)
	}
	return s.flushDirectory()
}

// flushDirectory writes the objects read so far in one transaction.
func (s *stream) flushDirectory() error {
	d := &s.directory
	if len(d.batch.Objects)+len(d.batch.Memberships) == 0 {
		return nil
	}
	if err := s.begin(); err != nil {
		return errEngine{fmt.Errorf("note the start of the import: %w", err)}
	}
	d.batch.At = s.im.opts.Now()
	outcomes, err := untilRoom(s, func() ([]store.Outcome, error) {
		return s.im.w.PutDirectory(context.WithoutCancel(s.ctx), s.importID, d.batch)
	})
	if err != nil {
		return errEngine{fmt.Errorf("write the directory: %w", err)}
	}
	members, all := 0, len(d.batch.Objects)
	for _, m := range d.batch.Memberships {
		all += len(m.Members)
		if m.Group == d.group && d.group != "" {
			members = len(m.Members)
		}
	}
	if len(outcomes) != all {
		return errEngine{fmt.Errorf("the engine gave %d outcomes for %d objects of the directory", len(outcomes), all)}
	}
	for i := range d.batch.Objects {
		s.tally.directory[d.batch.Objects[i].Kind.String()]++
		s.tally.objectOutcome(&outcomes[i], d.places[i])
	}
	// Members that stand inside their groups are no records of their own. The members of a list are, and stand last.
	s.tally.directory["members"] += int64(all - len(d.batch.Objects))
	for i := range members {
		s.tally.objectOutcome(&outcomes[all-members+i], d.memberAt[i])
	}
	d.batch, d.places, d.beside, d.members, d.memberAt = store.DirectoryBatch{}, nil, 0, store.Membership{}, nil
	return nil
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
	if d.group != "" {
		if err := s.endMembers(true); err != nil {
			return err
		}
	}
	d.group, d.groupSought, d.context, d.contextText, d.claim, d.morePages = groupOf(s.path, nil), true, nil, "", claim{}, false
	return nil
}
