package storetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"signpost/store"
)

// madeUpGroups is how many groups there are; their members change from one import to the next.
const madeUpGroups = 4

// MadeUpGroups gives memberships of groups that the users and service principals of some sign-ins are in, among others that never
// sign in: told by their ID, or by an ID no sign-in has and a username, which finds the sign-ins without a user ID.
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

// feedGroups imports the groups anew: who is not among the members any more is none.
func (w *world) feedGroups() {
	w.t.Helper()
	var signIns []store.SignIn
	for _, versions := range w.kept {
		signIns = append(signIns, versions[0].SignIn)
	}
	groups := MadeUpGroups(w.r, signIns)
	if _, err := w.engine.PutDirectory(w.t.Context(), 0, store.DirectoryBatch{Memberships: groups, At: Noon.Add(time.Hour)}); err != nil {
		w.t.Fatalf("import groups: %v", err)
	}
	w.groups = map[string]store.MemberSet{}
	for _, g := range groups {
		w.groups[g.Group] = store.NewMemberSet(g.Members)
	}
}
