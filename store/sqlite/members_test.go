package sqlite

import (
	"testing"

	"signpost/store"
	"signpost/store/audit"
	"signpost/store/storetest"
)

// Members of a group made records of any kind whose log tells its actor: by ID, or where a record has none by username.
func TestMembersOfEveryKind(t *testing.T) {
	catalog := store.NewCatalog(store.SignIns, audit.Kind)
	db, err := Open(t.Context(), t.TempDir(), catalog, storetest.Decoder(catalog))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	records := storetest.MadeUpOf(audit.Kind, 3, 400)
	batch, err := db.Prepare(records)
	if err == nil {
		_, err = db.Commit(t.Context(), batch)
	}
	if err != nil {
		t.Fatal(err)
	}
	var stored []store.Entry
	for _, info := range audit.Kind.Logs {
		q := store.RecordsQuery{ListQuery: store.ListQuery{Log: info.Log, Range: store.AllTime(), Limit: 200}}
		for more := true; more; more = q.After != nil {
			page, err := db.Records(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for i := range page.Records {
				stored = append(stored, page.Records[i].Entry)
			}
			q.After = page.Next
		}
	}
	var members []store.Member
	for i, e := range stored {
		r := e.(*audit.Record)
		switch {
		case i%3 == 0 && r.ActorID != "":
			members = append(members, store.Member{ID: r.ActorID, Kind: store.ObjectUser})
		case i%3 == 1 && r.ActorID == "" && r.ActorUsername != "":
			members = append(members, store.Member{ID: "by-name", Username: r.ActorUsername, Kind: store.ObjectUser})
		}
		if len(members) == 8 {
			break
		}
	}
	told := map[string]store.MemberSet{"g": store.NewMemberSet(members)}
	group, _ := audit.Kind.Field("group")
	for _, op := range []store.Operator{store.OpIs, store.OpIsNot} {
		filter := store.Filter{}.With(group, op, "g").WithMembers(told)
		for _, info := range audit.Kind.Logs {
			want := int64(0)
			for _, e := range stored {
				if e.Head().Log == info.Log && filter.Match(e) {
					want++
				}
			}
			got, err := db.Total(t.Context(), store.ListQuery{Log: info.Log, Range: store.AllTime(), Filter: filter})
			if err != nil || got.N != want || want == 0 {
				t.Errorf("%s %s: %d, %v, want %d", info.Log, group.Param(op), got.N, err, want)
			}
		}
	}
}
