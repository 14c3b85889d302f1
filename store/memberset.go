package store

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync"
)

// MemberSet is the members of one group, for a filter. It never changes. The zero MemberSet has no members.
type MemberSet struct{ *memberSet }

type memberSet struct {
	list []Member
	// made are the folded IDs and usernames, for Filter.Match. Engines do not need them, and a group may have a million members.
	made           sync.Once
	ids, usernames map[string]bool
	printed        sync.Once
	print          string
}

// NewMemberSet makes the set of these members, which nobody may change any more.
func NewMemberSet(members []Member) MemberSet { return MemberSet{&memberSet{list: members}} }

// Members gives the members, which must not be changed.
func (m MemberSet) Members() []Member {
	if m.memberSet == nil {
		return nil
	}
	return m.list
}

// Print tells sets apart: those of the same members, in whatever order, have the same. An engine that keeps what it made of
// a set goes by it.
func (m MemberSet) Print() string {
	if m.memberSet == nil {
		return ""
	}
	m.printed.Do(func() {
		var a, b uint64 // sums, so that the order does not count
		var text []byte
		for i := range m.list {
			id := FoldCase(m.list[i].ID)
			text = append(binary.AppendUvarint(text[:0], uint64(len(id))), id...)
			sum := sha256.Sum256(append(text, FoldCase(m.list[i].Username)...))
			a += binary.LittleEndian.Uint64(sum[:8])
			b += binary.LittleEndian.Uint64(sum[8:16])
		}
		m.print = fmt.Sprintf("%d-%016x%016x", len(m.list), a, b)
	})
	return m.print
}

// has tells whether a member made the record, one of the kind: the actor of its log, by ID or, where the record has none, by
// username.
func (m MemberSet) has(kind *Kind, e Entry) bool {
	info, _ := kind.Log(e.Head().Log)
	if m.memberSet == nil || info.Actor == nil || !info.Actor.IsOfIDs() {
		return false
	}
	m.made.Do(m.makeSets)
	if id := *info.Actor.Properties[0].Text(e); id != "" {
		return m.ids[FoldCase(id)]
	}
	username := info.Actor.UsernameIn(e)
	return username != "" && m.usernames[FoldCase(username)]
}

func (m *memberSet) makeSets() {
	m.ids, m.usernames = map[string]bool{}, map[string]bool{}
	for i := range m.list {
		if id := m.list[i].ID; id != "" {
			m.ids[FoldCase(id)] = true
		}
		if name := m.list[i].Username; name != "" {
			m.usernames[FoldCase(name)] = true
		}
	}
}
