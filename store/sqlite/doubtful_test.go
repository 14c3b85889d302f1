package sqlite

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

func TestDoubtfulObjects(t *testing.T) {
	engine := openTest(t)
	db := beside(t, engine)
	const taken, other = "aaaaaaaa-0000-4000-8000-000000000007", "aaaaaaaa-0000-4000-8000-000000000008"
	put(t, engine, store.SignIn{Log: store.NonInteractive, ID: taken, Time: noon}, store.SignIn{Log: store.ServicePrincipal, ID: other, Time: noon})
	bare := store.Object{Kind: store.ObjectUser, ID: "bare", Username: "ada@example.com", Type: "Member", Created: directoryTime}
	objects := []store.Object{
		bare,
		{Kind: store.ObjectUser, ID: "named", Name: "Ada", Username: "ada@example.com"},
		{Kind: store.ObjectUser, ID: "enabled", Username: "ada@example.com", Enabled: store.False},
		{Kind: store.ObjectUser, ID: "told", Username: "ada@example.com", Facts: []store.KeyValue{{Key: "city", Value: "Bergen"}}},
		{Kind: store.ObjectUser, ID: "seen", Username: "ada@example.com", LastSuccess: directoryTime},
		{Kind: store.ObjectUser, ID: taken, Username: "bo@example.com", Name: "Bo", Facts: []store.KeyValue{{Key: "city", Value: "Bergen"}}},
		{Kind: store.ObjectServicePrincipal, ID: other, Name: "Robot", AppID: "app"},
		{Kind: store.ObjectGroup, ID: "group"},
	}
	putObjects(t, db, directoryTime, store.DirectoryBatch{Objects: objects})
	want := []store.DoubtfulObject{
		{Kind: store.ObjectUser, ID: taken, Name: "Bo", Username: "bo@example.com", Doubt: store.DoubtSignIn},
		{Kind: store.ObjectUser, ID: "bare", Username: "ada@example.com", Doubt: store.DoubtNoFact},
		{Kind: store.ObjectServicePrincipal, ID: other, Name: "Robot", Doubt: store.DoubtSignIn},
	}
	got, err := db.DoubtfulObjects(t.Context())
	if diff := gocmp.Diff(want, got); err != nil || diff != "" {
		t.Fatalf("%v (-want +got):\n%s", err, diff)
	}
	if n, err := db.ForgetObjects(t.Context(), got); n != 3 || err != nil {
		t.Errorf("%d objects forgotten, %v; want 3", n, err)
	}
	if got, err := db.DoubtfulObjects(t.Context()); len(got) != 0 || err != nil {
		t.Errorf("after that %v, %v", got, err)
	}
	state, err := db.DirectoryState(t.Context())
	if err != nil || state.N[store.ObjectUser] != 4 || state.N[store.ObjectGroup] != 1 || state.N[store.ObjectServicePrincipal] != 0 {
		t.Errorf("the directory has %v, %v", state.N, err)
	}
}
