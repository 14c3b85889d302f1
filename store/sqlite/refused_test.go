package sqlite

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/storetest"
)

// engineAndOracle are an empty engine of sign-ins and of another kind, and the plain store that tests compare it with.
func engineAndOracle(t *testing.T, other *store.Kind) map[string]store.Reader {
	t.Helper()
	catalog := store.NewCatalog(store.SignIns, other)
	db, err := Open(t.Context(), t.TempDir(), catalog, storetest.Decoder(catalog))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return map[string]store.Reader{"engine": db, "oracle": storetest.NewPlain(catalog, nil)}
}

// Every question about a log that there is not is answered with an error.
func TestQuestionsAboutAnUnknownLog(t *testing.T) {
	q := store.ListQuery{Log: "nolog", Range: threeDays, Limit: 9}
	ctx, city, ends := t.Context(), mustField("city"), []time.Time{threeDays.From, threeDays.To}
	for name, s := range engineAndOracle(t, storetest.Errands()) {
		errs := map[string]error{}
		_, errs["Page"] = s.Page(ctx, q)
		_, errs["Total"] = s.Total(ctx, q)
		_, errs["Groups"] = s.Groups(ctx, store.GroupsQuery{ListQuery: q})
		_, errs["GroupRows"] = s.GroupRows(ctx, store.GroupRowsQuery{GroupsQuery: store.GroupsQuery{ListQuery: q}})
		_, errs["Histogram"] = s.Histogram(ctx, store.HistogramQuery{ListQuery: q, Edges: ends})
		_, errs["Facets"] = s.Facets(ctx, store.FacetsQuery{ListQuery: q, Fields: []*store.Field{city}, Top: 1})
		_, errs["Values"] = s.Values(ctx, store.ValuesQuery{ListQuery: q, Field: city, Top: 1})
		_, errs["Table"] = s.Table(ctx, store.TableQuery{Logs: []store.Log{q.Log}, Range: q.Range, By: city, Limit: 1})
		_, errs["Get"] = s.Get(ctx, store.GetQuery{Ref: store.Ref{Log: q.Log, ID: guid(1)}})
		_, errs["Records"] = s.Records(ctx, store.RecordsQuery{ListQuery: q})
		_, _, errs["Newest"] = s.Newest(ctx, q.Log)
		for question, err := range errs {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %s of a log that there is not: %v", name, question, err)
			}
		}
		places, err := s.Places(ctx, []store.Ref{{Log: q.Log, ID: guid(1)}})
		if err != nil || len(places) != 1 || places[0] != (store.Cursor{}) {
			t.Errorf("%s: the place in a log that there is not: %v, %v", name, places, err)
		}
	}
}

// A log is not asked for fields of another kind of records.
func TestFieldsOfAnotherKind(t *testing.T) {
	for name, s := range engineAndOracle(t, storetest.Errands()) {
		for ask, err := range foreignFields(t, s, "errands") {
			if err == nil || !strings.HasPrefix(err.Error(), "the log errands cannot be asked for the field ") {
				t.Errorf("%s: %s of sign-ins: %v", name, ask, err)
			}
		}
		across := store.TableQuery{By: store.UserField, Range: threeDays, Limit: 9}
		across.Filter = store.Filter{}.With(mustErrand(t, s.Catalog(), "goods"), store.OpIs, "x")
		if _, err := s.Table(t.Context(), across); err == nil || err.Error() != "the log interactive cannot be asked for the field goods: it is of another kind of records" {
			t.Errorf("%s: the users of an errand's goods: %v", name, err)
		}
	}
}

// mustErrand gives a field of errands.
func mustErrand(t *testing.T, catalog store.Catalog, name string) *store.Field {
	t.Helper()
	f, ok := catalog.Kind("errands").Field(name)
	if !ok {
		t.Fatalf("errands have no field %s", name)
	}
	return f
}

// A table is refused that cannot be made.
func TestImpossibleTables(t *testing.T) {
	user := store.UserField
	for name, s := range engineAndOracle(t, storetest.Errands()) {
		for want, q := range map[string]store.TableQuery{
			"a page of a table has 1 row at least, not 0":                                      {},
			"a page of a table has 1 row at least, not -1":                                     {Limit: -1},
			"a table cannot have -1 columns":                                                   {Limit: 1, Across: user, Columns: -1},
			"a table counts the distinct values of 4 fields at most, not of 5":                 {Limit: 1, Distinct: []*store.Field{user, user, user, user, user}},
			"a table cannot be sorted by the distinct values of field 1: it counts those of 0": {Limit: 1, Sort: store.ByDistinct},
			"a table cannot be sorted by the distinct values of field 3: it counts those of 1": {Limit: 1, Sort: store.ByDistinct + 2, Distinct: []*store.Field{user}},
		} {
			q.By, q.Range = user, threeDays
			if _, err := s.Table(t.Context(), q); err == nil || err.Error() != want {
				t.Errorf("%s: %v, want %s", name, err, want)
			}
		}
	}
}

// note declares a kind of records that a sign-in holds, each of them with six texts.
func note(change func(*store.Kind)) *store.Kind {
	k := store.Kind{One: "note", Many: "notes", New: store.SignIns.New, Logs: []store.LogInfo{{Log: "notes", Number: 17}}}
	k.Properties = append(k.Properties, store.UniqueID("id", "ID", func(s *store.SignIn) *string { return &s.ID }))
	for i := range 6 {
		k.Properties = append(k.Properties, store.Text(fmt.Sprintf("text%d", i), "Text", func(s *store.SignIn) *string { return &s.UserDisplayName }))
	}
	change(&k)
	return store.NewKind(k)
}

// A kind is refused whose fields or groups have more columns than the engine counts together.
func TestKindsWithTooManyColumns(t *testing.T) {
	for _, test := range []struct {
		compared, grouped int
		want              string
	}{
		{4, 5, ""},
		{5, 5, `the field any of the kind "note" has 5 columns, and is counted by 4 at most`},
		{4, 6, "the log notes is grouped by 6 properties, and there are 5 at most"},
	} {
		kind := note(func(k *store.Kind) {
			k.Named = []*store.Field{{Name: "any", Label: "Any", Properties: k.Properties[1 : 1+test.compared]}}
			k.Logs[0].GroupBy = k.Properties[1 : 1+test.grouped]
		})
		got := ""
		func() {
			defer func() {
				if p := recover(); p != nil {
					got = fmt.Sprint(p)
				}
			}()
			newSchema(store.Catalog{kind})
		}()
		if got != test.want {
			t.Errorf("%d properties of a field and %d of groups: %q, want %q", test.compared, test.grouped, got, test.want)
		}
	}
}

// An owner that is a plain text is compared without regard to case, as every owner is.
func TestPlainOwnersWithCapitals(t *testing.T) {
	kind := note(func(k *store.Kind) { k.Owners = k.Properties[1:2] })
	db, err := Open(t.Context(), t.TempDir(), store.NewCatalog(store.SignIns, kind), decodeJSON)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := madeUp(store.Interactive, 1, 1)[0]
	s.Log = "notes"
	for _, test := range []struct {
		owner    string
		kind     store.OutcomeKind
		conflict bool
	}{
		{"Ada Lovelace", store.OutcomeNew, false},
		{"Ada Lovelace", store.OutcomeSame, false},
		{"ADA Lovelace", store.OutcomeUpdated, false},
		{"Bob", store.OutcomeNew, true},
		{"Bob", store.OutcomeSame, true},
	} {
		s.UserDisplayName = test.owner
		if got := put(t, db, s)[0]; got.Kind != test.kind || got.Conflict != test.conflict {
			t.Errorf("a record of %s: %+v, want %v, a conflict: %t", test.owner, got, test.kind, test.conflict)
		}
	}
}
