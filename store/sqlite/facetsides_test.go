package sqlite

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"signpost/store"
)

// The number at an address is the total after choosing it, whether a sign-in has it as its own, as its caller's, or both.
// It holds where one sign-in in many has a caller's address, and where all have.
func TestFacetsOfSeveralColumnsAreTheTotalsAfterChoosing(t *testing.T) {
	for _, every := range []int{1, 3, 40} {
		db := openTest(t)
		signIns := madeUp(store.Interactive, 200, 1)
		for i := range signIns {
			s := &signIns[i]
			s.IPAddress = []string{"192.0.2.1", "192.0.2.2", "2001:DB8::1", ""}[i%4]
			s.AuthenticationProtocol = []string{"", "none", "deviceCode", "rpoc"}[i%4]
			if i%every == 0 {
				s.CallerIPAddress = []string{"192.0.2.1", "198.51.100.9", "2001:db8::1", ""}[i/every%4]
				s.OriginalTransferMethod = []string{"deviceCodeFlow", "none", "Authentication transfer"}[i/every%3]
			}
		}
		put(t, db, signIns...)
		list := store.ListQuery{Log: store.Interactive, Range: store.AllTime(), Limit: 1}
		for _, name := range []string{"ip", "flow"} {
			field, _ := store.SignIns.Field(name)
			facets, err := db.Facets(t.Context(), store.FacetsQuery{ListQuery: list, Fields: []*store.Field{field}, Top: store.MaxTop})
			if err != nil {
				t.Fatal(err)
			}
			facet := facets[0]
			if len(facet.Values) < 3 || int64(len(facet.Values)) != facet.Distinct {
				t.Errorf("%s, every %d: %+v", name, every, facet)
			}
			told := map[string]int64{}
			for _, v := range facet.Values {
				told[fmt.Sprint(store.OpIs, v.Value)] = v.N
				check(t, db, list, field, store.OpIs, v.Value, v.N)
			}
			if len(told) != len(facet.Values) {
				t.Errorf("%s, every %d: a value stands twice in %+v", name, every, facet.Values)
			}
			check(t, db, list, field, store.OpEmpty, "", facet.Empty)
		}
	}
}

func check(t *testing.T, db *DB, list store.ListQuery, field *store.Field, op store.Operator, value string, want int64) {
	t.Helper()
	list.Filter = store.Filter{}.With(field, op, value)
	total, err := db.Total(t.Context(), list)
	if err != nil || total.N != want {
		t.Errorf("%s %s %q: %d in the facet and %d once it is chosen, %v", field.Name, op.Label(), value, want, total.N, err)
	}
}

// The original request ID has no column and no look-up table: for most sign-ins it is their own ID.
func TestOriginalRequestIDs(t *testing.T) {
	db := openTest(t)
	signIns := madeUp(store.Interactive, 5, 1)
	own, other := signIns[0].ID, signIns[1].ID
	signIns[0].OriginalRequestID, signIns[1].OriginalRequestID, signIns[2].OriginalRequestID = own, own, "Odd one"
	signIns[3].OriginalRequestID, signIns[4].OriginalRequestID = "", other
	put(t, db, signIns...)
	for query, want := range map[string]int64{
		"originalrequestid=" + own: 2, "originalrequestid.not=" + own: 3, "originalrequestid=" + own + "&originalrequestid=Odd+one": 3,
		"originalrequestid=odd+one": 1, "originalrequestid.starts=Odd": 1, "originalrequestid.starts=" + own[:9]: 2,
		"originalrequestid.empty=yes": 1, "originalrequestid.empty=no": 4,
	} {
		list := store.ListQuery{Log: store.Interactive, Range: store.AllTime(), Filter: parsed(t, query)}
		var matched int64
		for i := range signIns {
			if list.Filter.Match(&signIns[i]) {
				matched++
			}
		}
		total, err := db.Total(t.Context(), list)
		if err != nil || total.N != matched {
			t.Errorf("%s: %d, %v; a loop finds %d", query, total.N, err, matched)
		}
		if !strings.Contains(query, ".starts") && total.N != want {
			t.Errorf("%s: %d, want %d", query, total.N, want)
		}
	}
}

func TestTenants(t *testing.T) {
	db := openTest(t)
	tenants := func(want ...string) {
		t.Helper()
		got, err := db.Tenants(t.Context())
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
	tenants()
	signIns := madeUp(store.Interactive, 4, 1)
	signIns[0].TenantID, signIns[1].TenantID, signIns[2].TenantID, signIns[3].TenantID = "b-2", "", "A-1", "a-1"
	put(t, db, signIns[1:]...)
	tenants("a-1")
	put(t, db, signIns[0])
	tenants("a-1", "b-2")
}

func parsed(t *testing.T, query string) store.Filter {
	t.Helper()
	params, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	filter, bad := store.SignIns.ParseFilter(params)
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	return filter
}
