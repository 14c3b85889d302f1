package sqlite

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/audit"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// A record that is out of a scope costs the same reads as an ID that nobody has, and none of its record.
func TestReadsOfARecordOutOfScope(t *testing.T) {
	db := openTest(t)
	all := madeUp(store.Interactive, 300, 4)
	put(t, db, all...)
	scope := store.NewScope([]string{guid(9003)}, nil, nil)
	info, _ := store.SignIns.Log(store.Interactive)
	reads := func(id string) (asked []string, err error) {
		err = db.read(t.Context(), func(v *view) error {
			counted := &countedReads{Querier: v.tx}
			_, err := v.placeInScope(t.Context(), counted, db.schema.tables[store.Interactive], store.GetQuery{Ref: store.Ref{Log: store.Interactive, ID: id}, Scopes: store.Scopes{scope}})
			asked = counted.asked
			return err
		})
		return asked, err
	}
	unknown, err := reads(guid(77))
	if !errors.Is(err, store.ErrNotFound) || len(unknown) != 2 {
		t.Fatalf("an unknown ID: %v after %q, want two reads", err, unknown)
	}
	in, out := 0, 0
	for i := range all {
		asked, err := reads(all[i].ID)
		if scope.Has(info, &all[i]) {
			if in++; err != nil {
				t.Errorf("a record in the scope: %v", err)
			}
			continue
		}
		out++
		if diff := gocmp.Diff(unknown, asked); diff != "" || !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("the reads of %s, which end with %v (-unknown +out of scope):\n%s", all[i].ID, err, diff)
		}
	}
	if in < 10 || out < 100 {
		t.Errorf("%d records in the scope and %d out of it: this tests nothing", in, out)
	}
	for _, id := range []string{"nonsense", "", strings.Repeat("x", 300)} {
		if asked, err := reads(id); !slices.Equal(asked, unknown) || !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the reads of %.20q: %q, %v", id, asked, err)
		}
	}
}

// Of audit records those are in a scope that one of its persons or applications made, and those with one as a target.
func TestScopeOfAuditRecords(t *testing.T) {
	engine, err := Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	db := beside(t, engine)
	putObjects(t, db, directoryTime, store.DirectoryBatch{
		Objects:     []store.Object{{Kind: store.ObjectServicePrincipal, ID: "sp-of-app", AppID: "app-1"}},
		Memberships: []store.Membership{{Group: "g", Members: []store.Member{{ID: "ada", Kind: store.ObjectUser}}, Whole: true}},
	})
	add := func(id, initiated, targets string) {
		t.Helper()
		doc := fmt.Sprintf(`{"id":%q,"activityDisplayName":"Do","activityDateTime":"2026-11-23T12:00:00Z","initiatedBy":%s,"targetResources":[%s]}`, id, initiated, targets)
		e, err := importer.Decoder(kinds.Catalog)("", []byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		putAll(t, engine, []store.Record{{Entry: e, Versions: []store.Version{{Entry: e, Doc: []byte(doc), Received: directoryTime}}}})
	}
	add("by ada", `{"user":{"id":"ADA"}}`, `{"id":"x"}`)
	add("to ada", `{"user":{"id":"bob"}}`, `{"id":"x"},{"id":"Ada"}`)
	add("by bob", `{"user":{"id":"bob"}}`, `{"id":"x"}`)
	add("by app", `{"app":{"appId":"app-1"}}`, `{"id":"x"}`)
	add("by its principal", `{"app":{"servicePrincipalId":"sp-of-app"}}`, ``)
	add("to its principal", `{"user":{"id":"bob"}}`, `{"id":"sp-of-app"}`)
	add("named ada", `{"user":{"id":"bob","displayName":"ada"}}`, ``)
	by, _ := audit.Kind.Field("user")
	for name, tt := range map[string]struct {
		scope  store.Scope
		filter store.Filter
		want   []string
	}{
		"a user":            {store.NewScope([]string{"ada"}, nil, nil), store.Filter{}, []string{"by ada", "to ada"}},
		"a group":           {store.NewScope(nil, []string{"G"}, nil), store.Filter{}, []string{"by ada", "to ada"}},
		"an application":    {store.NewScope(nil, nil, []string{"APP-1"}), store.Filter{}, []string{"by app", "by its principal", "to its principal"}},
		"both":              {store.NewScope([]string{"ada"}, nil, []string{"app-1"}), store.Filter{}, []string{"by ada", "by app", "by its principal", "to ada", "to its principal"}},
		"an unknown group":  {store.NewScope(nil, []string{"none"}, nil), store.Filter{}, nil},
		"a filter narrows":  {store.NewScope([]string{"ada"}, nil, nil), store.Filter{}.With(by, store.OpIs, "ada"), []string{"by ada"}},
		"no filter widens":  {store.NewScope([]string{"ada"}, nil, nil), store.Filter{}.With(by, store.OpIs, "ada").With(by, store.OpIs, "bob"), []string{"by ada", "to ada"}},
		"another is nobody": {store.NewScope([]string{"ada"}, nil, nil), store.Filter{}.With(by, store.OpEmpty, ""), nil},
	} {
		t.Run(name, func(t *testing.T) {
			scoped := store.Scoped(db, tt.scope)
			q := store.ListQuery{Log: audit.Directory, Range: store.AllTime(), Filter: tt.filter, Limit: 50}
			page, err := scoped.Page(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, row := range page.Rows {
				got = append(got, row.Entry.Head().ID)
			}
			slices.Sort(got)
			if diff := gocmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if total, err := scoped.Total(t.Context(), q); err != nil || total.N != int64(len(tt.want)) {
				t.Errorf("the total is %d, %v", total.N, err)
			}
			if !tt.filter.IsEmpty() {
				return
			}
			for _, id := range []string{"by ada", "to ada", "by bob", "by app", "by its principal", "to its principal", "named ada", "nothing"} {
				_, err := scoped.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: audit.Directory, ID: id}})
				if found := err == nil; found != slices.Contains(tt.want, id) || !found && !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%s: %v", id, err)
				}
			}
		})
	}
}

// The directory of who is limited has the scope's objects and their sign-ins. Another's object is as one that there is not.
func TestScopedDirectory(t *testing.T) {
	engine := openTest(t)
	db := beside(t, engine)
	put(t, engine, append(madeUp(store.Interactive, 300, 4), madeUp(store.ServicePrincipal, 200, 5)...)...)
	member, other := guid(9003), guid(9004)
	putObjects(t, db, directoryTime, store.DirectoryBatch{
		Objects: []store.Object{
			directoryUser(member, "member@example.com", ""), directoryUser(other, "other@example.com", ""),
			{Kind: store.ObjectServicePrincipal, ID: "sp", AppID: "app"},
			{Kind: store.ObjectApplication, ID: "registration", AppID: "app"},
			{Kind: store.ObjectServicePrincipal, ID: "sp-2", AppID: "app-2"},
			{Kind: store.ObjectGroup, ID: "g"},
			{Kind: store.ObjectGroup, ID: "h"},
		},
		Memberships: []store.Membership{
			{Group: "g", Members: []store.Member{{ID: member, Kind: store.ObjectUser}}, Whole: true},
			{Group: "h", Members: []store.Member{{ID: member, Kind: store.ObjectUser}, {ID: other, Kind: store.ObjectUser}}, Whole: true},
		},
	})
	scope := store.NewScope(nil, []string{"g"}, []string{"app"})
	scoped := store.ScopedDirectory(db, scope)
	told, err := db.ScopeTold(t.Context(), scope)
	if err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[store.ObjectKind]int{store.ObjectUser: 1, store.ObjectGroup: 1, store.ObjectApplication: 1, store.ObjectServicePrincipal: 1} {
		q := store.EntitiesQuery{Kind: kind, Range: store.AllTime(), Sort: store.SortName, Limit: store.MaxLimit}
		all, err := db.Entities(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var in []store.EntityRow
		for _, row := range all.Rows {
			if told.HasObject(kind, row.ID) {
				in = append(in, row)
			}
		}
		got, err := scoped.Entities(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(in, got.Rows); diff != "" || len(got.Rows) != want || got.Total != int64(want) || len(all.Rows) <= want {
			t.Errorf("%d of %d %s, in all %d (-want +got):\n%s", len(got.Rows), len(all.Rows), kind, got.Total, diff)
		}
	}
	for _, tt := range []struct {
		kind store.ObjectKind
		id   string
		in   bool
	}{
		{store.ObjectUser, member, true},
		{store.ObjectUser, other, false},
		{store.ObjectUser, "unknown", false},
		{store.ObjectGroup, "g", true},
		{store.ObjectGroup, "h", false},
		{store.ObjectApplication, "registration", true},
		{store.ObjectServicePrincipal, "sp", true},
		{store.ObjectServicePrincipal, "sp-2", false},
	} {
		if _, err := scoped.Object(t.Context(), tt.kind, tt.id); (err == nil) != tt.in || err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s %s: %v", tt.kind, tt.id, err)
		}
		last, err := scoped.LastSuccess(t.Context(), tt.kind, tt.id)
		if err != nil || !tt.in && !last.Time.IsZero() || tt.id == member && last.Time.IsZero() {
			t.Errorf("last success of %s %s: %v, %v", tt.kind, tt.id, last.Time, err)
		}
	}
	if groups, n, err := scoped.GroupsOf(t.Context(), member, 10); err != nil || n != 1 || len(groups) != 1 || groups[0].ID != "g" {
		t.Errorf("groups of a member: %v, %d, %v", groups, n, err)
	}
	for group, in := range map[string]bool{"g": true, "h": false, "unknown": false} {
		_, err := scoped.Membership(t.Context(), group)
		page, errMembers := scoped.GroupMembers(t.Context(), store.GroupMembersQuery{Group: group, Limit: 10})
		if (err == nil) != in || errMembers != nil || (len(page.Members) > 0) != in {
			t.Errorf("members of %s: %v, %v, %v", group, page.Members, err, errMembers)
		}
	}
	for appID, n := range map[string]int{"app": 2, "app-2": 0, "unknown": 0} {
		if objects, err := scoped.ObjectsOfApp(t.Context(), appID); err != nil || len(objects) != n {
			t.Errorf("objects of %s: %v, %v", appID, objects, err)
		}
	}
	state, err := scoped.DirectoryState(t.Context())
	if err != nil || state.N[store.ObjectUser] != 1 || state.N[store.ObjectGroup] != 1 || state.N[store.ObjectServicePrincipal] != 1 {
		t.Errorf("the state of the directory: %v, %v", state.N, err)
	}
}
