package directory

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"signpost/store"

	"github.com/google/go-cmp/cmp"
)

var directoryTime = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, folder string) *DB {
	t.Helper()
	db, err := Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// putObjects imports a batch and gives what became of each object and member.
func putObjects(t *testing.T, db store.DirectoryWriter, at time.Time, batch store.DirectoryBatch) []store.OutcomeKind {
	t.Helper()
	batch.At = at
	outcomes, err := db.PutDirectory(t.Context(), 0, batch)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []store.OutcomeKind
	for _, o := range outcomes {
		kinds = append(kinds, o.Kind)
	}
	return kinds
}

func TestPutObjects(t *testing.T) {
	db := open(t, t.TempDir())
	ada := store.Object{
		Kind: store.ObjectUser, ID: "u1", Name: "Ada", Username: "ada@example.com", Type: "Member", Enabled: store.True, Created: directoryTime.AddDate(-1, 0, 0),
		Facts: []store.KeyValue{{Key: "jobTitle", Value: "Pilot <b>"}, {Key: "city", Value: "Bergen"}},
	}
	moved := store.Object{Kind: store.ObjectUser, ID: "u1", Name: "Ada Byron", Enabled: store.False, Facts: []store.KeyValue{{Key: "department", Value: "Sea"}, {Key: "city"}}}
	for i, step := range []struct {
		object store.Object
		want   store.OutcomeKind
	}{{ada, store.OutcomeNew}, {ada, store.OutcomeSame}, {moved, store.OutcomeUpdated}, {moved, store.OutcomeSame}, {store.Object{Kind: store.ObjectUser}, store.OutcomeRejected}} {
		got := putObjects(t, db, directoryTime.Add(time.Duration(i)*time.Hour), store.DirectoryBatch{Objects: []store.Object{step.object}})
		if len(got) != 1 || got[0] != step.want {
			t.Errorf("step %d: %v, want %v", i, got, step.want)
		}
	}
	want := ada
	want.Name, want.Enabled, want.AsOf = "Ada Byron", store.False, directoryTime.Add(3*time.Hour)
	want.Facts = []store.KeyValue{{Key: "jobTitle", Value: "Pilot <b>"}, {Key: "department", Value: "Sea"}}
	got, err := db.Object(t.Context(), store.ObjectUser, "U1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := db.Object(t.Context(), store.ObjectGroup, "u1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an object of another kind: %v", err)
	}
}

func TestPutMembers(t *testing.T) {
	db := open(t, t.TempDir())
	member := func(id string) store.Member {
		return store.Member{ID: id, Name: "Name " + id, Kind: store.ObjectUser}
	}
	some := func(whole bool, ids ...string) store.DirectoryBatch {
		m := store.Membership{Group: "g1", Whole: whole}
		for _, id := range ids {
			m.Members = append(m.Members, member(id))
		}
		return store.DirectoryBatch{Memberships: []store.Membership{m}}
	}
	names := func() (list []string) {
		q := store.GroupMembersQuery{Group: "G1", Limit: 2}
		for {
			page, err := db.GroupMembers(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range page.Members {
				list = append(list, m.ID)
			}
			if page.Next == nil {
				return list
			}
			q.After = page.Next
		}
	}
	for i, step := range []struct {
		batch store.DirectoryBatch
		want  string
		kinds string
	}{
		{some(true, "a", "b", "c"), "[a b c]", "[0 0 0]"},
		{some(false, "d", "a"), "[a b c d]", "[0 2]"},
		{some(true, "b", "e", "f", "a", "g"), "[a b e f g]", "[2 0 0 2 0]"},
		{some(true), "[]", "[]"},
	} {
		if got := fmt.Sprint(putObjects(t, db, directoryTime, step.batch)); got != step.kinds {
			t.Errorf("step %d: outcomes %s, want %s", i, got, step.kinds)
		}
		if got := fmt.Sprint(names()); got != step.want {
			t.Errorf("step %d: members %s, want %s", i, got, step.want)
		}
	}
	info, err := db.Membership(t.Context(), "g1")
	if err != nil || info.N != 0 || !info.AsOf.Equal(directoryTime) || !info.Whole {
		t.Errorf("membership %+v, %v", info, err)
	}
	if _, err := db.Membership(t.Context(), "g2"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown group: %v", err)
	}
}

// Members that are added later do not make the list of all members any newer: who left in between is still in it.
func TestMembershipAsOf(t *testing.T) {
	db := open(t, t.TempDir())
	for i, step := range []struct {
		whole     bool
		wantHour  int
		wantWhole bool
	}{{false, 0, false}, {false, 1, false}, {true, 2, true}, {false, 2, true}, {true, 4, true}} {
		at := directoryTime.Add(time.Duration(i) * time.Hour)
		putObjects(t, db, at, store.DirectoryBatch{Memberships: []store.Membership{{Group: "g1", Whole: step.whole, Members: []store.Member{{ID: fmt.Sprint(i)}}}}})
		info, err := db.Membership(t.Context(), "g1")
		if want := directoryTime.Add(time.Duration(step.wantHour) * time.Hour); err != nil || !info.AsOf.Equal(want) || info.Whole != step.wantWhole {
			t.Errorf("step %d: as of %s, whole %t, %v; want %s, %t", i, info.AsOf, info.Whole, err, want, step.wantWhole)
		}
	}
}

// Departments are those of users, without regard to case and blanks around them.
func TestDepartments(t *testing.T) {
	db := open(t, t.TempDir())
	user := func(id, department string) store.Object {
		return store.Object{Kind: store.ObjectUser, ID: id, Facts: []store.KeyValue{{Key: "department", Value: department}}}
	}
	group := store.Object{Kind: store.ObjectGroup, ID: "g", Facts: []store.KeyValue{{Key: "department", Value: "Of a group"}}}
	putObjects(t, db, directoryTime, store.DirectoryBatch{Objects: []store.Object{user("u1", "Sea"), user("u2", " sea"), user("u3", ""), group}})
	putObjects(t, db, directoryTime.Add(time.Hour), store.DirectoryBatch{Objects: []store.Object{user("u4", "Air")}})
	got, err := db.Departments(t.Context())
	want := []store.Department{{Name: "Air", N: 1, AsOf: directoryTime.Add(time.Hour)}, {Name: "Sea", N: 2, AsOf: directoryTime}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("(-want +got):\n%s%v", diff, err)
	}
}

// The newest application is neither a managed identity nor one that another tenant of a list owns.
func TestNewestApp(t *testing.T) {
	db := open(t, t.TempDir())
	app := func(id, kind, owner string, days int) store.Object {
		o := store.Object{Kind: store.ObjectServicePrincipal, ID: id, AppID: "app-" + id, Type: kind, Created: directoryTime.AddDate(0, 0, days)}
		if owner != "" {
			o.Facts = []store.KeyValue{{Key: "appOwnerOrganizationId", Value: owner}}
		}
		return o
	}
	user := store.Object{Kind: store.ObjectUser, ID: "u", Created: directoryTime.AddDate(0, 0, 5)}
	undated := store.Object{Kind: store.ObjectApplication, ID: "undated", AppID: "app-undated"}
	putObjects(t, db, directoryTime, store.DirectoryBatch{Objects: []store.Object{
		user, undated, app("a", "Application", "", 1), app("b", "Application", "OURS", 2), app("c", "Application", "Theirs", 3), app("d", "ManagedIdentity", "", 4),
	}})
	for days, want := range map[int]string{0: "", 1: "", 2: "a", 3: "b", 9: "b"} {
		got, err := db.NewestApp(t.Context(), directoryTime.AddDate(0, 0, days), []string{"theirs"})
		if err != nil || got.ID != want {
			t.Errorf("before day %d: %q, %v, want %q", days, got.ID, err, want)
		}
	}
}
