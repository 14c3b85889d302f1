package storetest

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// madeUpGroups is the number of groups. Their members change from one import to the next.
const madeUpGroups = 4

// MadeUpGroups gives members of groups: users and service principals of some sign-ins, among others that never
// sign in. Some members have an ID. Others have an ID that no sign-in has and a username, which finds sign-ins
// without a user ID.
func MadeUpGroups(r *rand.Rand, signIns []store.SignIn) []store.Membership {
	list := make([]store.Membership, madeUpGroups)
	for i := range list {
		m := store.Membership{Group: fmt.Sprintf("group-%d", i), Whole: true}
		taken := map[string]bool{}
		for range i * r.IntN(12) { // the first is always empty
			s := &store.SignIn{}
			if len(signIns) > 0 {
				s = &signIns[r.IntN(len(signIns))]
			}
			member := store.Member{ID: guid(900 + r.IntN(50)), Kind: store.ObjectUser, Username: s.UserPrincipalName}
			switch {
			case r.IntN(3) == 0:
			case s.UserID != "":
				member.ID = strings.ToLower(s.UserID)
			case s.ServicePrincipalID != "":
				member.ID, member.Kind = strings.ToLower(s.ServicePrincipalID), store.ObjectServicePrincipal
			}
			if !taken[member.ID] {
				taken[member.ID] = true
				m.Members = append(m.Members, member)
			}
		}
		list[i] = m
	}
	return list
}

// MadeUpUsers gives some users of the sign-ins as a directory has them. Some have the log's name, some a guest's
// name, and some a name that another user has or had. Their mail address may be the name of any user.
func MadeUpUsers(r *rand.Rand, signIns []store.SignIn) (users []store.Object) {
	some := func() *store.SignIn { return &signIns[r.IntN(len(signIns))] }
	for range 8 {
		if len(signIns) == 0 {
			break
		}
		s := some()
		if s.UserID == "" {
			continue
		}
		users = append(users, store.Object{
			Kind: store.ObjectUser, ID: strings.ToLower(s.UserID),
			Username: cmp.Or([]string{s.UserPrincipalName, some().UserPrincipalName, "guest#EXT#@example.com", strings.ToUpper(s.UserPrincipalName)}[r.IntN(4)], "nameless@example.com"),
			Facts:    []store.KeyValue{{Key: "mail", Value: []string{"", some().UserPrincipalName, fmt.Sprintf("mail%d@example.com", r.IntN(3))}[r.IntN(3)]}},
		})
	}
	return users
}

// feedDirectory imports users, and all groups again, which removes former members. Every export of a user is
// whole, so the last one counts.
func (w *world) feedDirectory() {
	w.t.Helper()
	var signIns []store.SignIn
	for _, id := range slices.SortedFunc(maps.Keys(w.kept), func(a, b idOfLog) int { return cmp.Or(cmp.Compare(a.log, b.log), cmp.Compare(a.id, b.id)) }) {
		if s, ok := w.kept[id][0].Entry.(*store.SignIn); ok {
			signIns = append(signIns, *s)
		}
	}
	batch := store.DirectoryBatch{Objects: MadeUpUsers(w.r, signIns), Memberships: MadeUpGroups(w.r, signIns), At: Noon.Add(time.Hour)}
	if _, err := w.engine.PutDirectory(w.t.Context(), 0, batch); err != nil {
		w.t.Fatalf("import the directory: %v", err)
	}
	for _, user := range batch.Objects {
		w.users[user.ID] = user
	}
	w.groups = map[string]store.MemberSet{}
	for _, g := range batch.Memberships {
		for i, m := range g.Members { // the directory's name of a user is that of the member
			g.Members[i].Username = cmp.Or(w.users[m.ID].Username, m.Username)
		}
		w.groups[g.Group] = store.NewMemberSet(g.Members)
	}
}
