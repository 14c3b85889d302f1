package sqlite

import (
	"slices"
	"testing"

	"signpost/store"
)

// Two columns of one name share a dictionary: a text has one code in it, whichever column brought it first.
func TestColumnsOfOneNameShareADictionary(t *testing.T) {
	state := *store.City
	state.Text = func(e store.Entry) *string { return &e.(*store.SignIn).State }
	twice := withKinds(changedSignIns(func(k *store.Kind) { k.Properties = append(slices.Clone(k.Properties), &state) }))
	folder := t.TempDir()
	db, err := Open(t.Context(), folder, signInsOnly, decodeJSON, twice)
	if err != nil {
		t.Fatal(err)
	}
	signIns := madeUp(store.NonInteractive, 40, 7)
	for i := range signIns {
		signIns[i].City, signIns[i].State = []string{"Oslo", "Lima", ""}[i%3], []string{"Lima", "Cusco", "Oslo", "lima"}[i%4]
	}
	put(t, db, signIns[:20]...)
	put(t, db, signIns[20:]...)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = Open(t.Context(), folder, signInsOnly, decodeJSON, twice); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	words := db.words.dictionaries["location_city"].all()
	slices.Sort(words)
	if want := []string{"Cusco", "Lima", "Oslo", "lima"}; !slices.Equal(words, want) {
		t.Errorf("the dictionary has %q, want %q", words, want)
	}
	rows, err := db.Page(t.Context(), store.ListQuery{Log: store.NonInteractive, Range: threeDays, Limit: 100})
	if err != nil || len(rows.Rows) != len(signIns) {
		t.Fatalf("%d rows, %v, want %d", len(rows.Rows), err, len(signIns))
	}
	for _, row := range rows.Rows {
		i := slices.IndexFunc(signIns, func(s store.SignIn) bool { return s.ID == row.SignIn().ID })
		if want := signIns[i]; row.SignIn().City != want.City || row.SignIn().State != want.State {
			t.Errorf("%s is of %q and %q, want %q and %q", want.ID, row.SignIn().City, row.SignIn().State, want.City, want.State)
		}
	}
	if total, err := db.Total(t.Context(), store.ListQuery{
		Log: store.NonInteractive, Range: threeDays, Filter: store.Filter{}.With(mustField("city"), store.OpIs, "lima"),
	}); err != nil || total.N != 13 {
		t.Errorf("%d sign-ins of Lima, %v, want 13", total.N, err)
	}
}
