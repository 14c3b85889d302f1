package sqlite

import (
	"net/url"
	"testing"

	"signpost/store"
)

// Values that look like others when they are written one behind the other do not share what is kept of a condition.
func TestCodeSetsOfSimilarValues(t *testing.T) {
	db, err := Open(t.Context(), t.TempDir(), signInsOnly, decodeJSON)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	signIn := madeUp(store.Interactive, 1, 1)[0]
	signIn.City = "b"
	put(t, db, signIn)
	total := func(cities ...string) int64 {
		f, bad := store.SignIns.ParseFilter(url.Values{"city": cities})
		if len(bad) > 0 {
			t.Fatal(bad)
		}
		n, err := db.Total(t.Context(), store.ListQuery{Log: store.Interactive, Range: rangeOf(noon.AddDate(0, 0, -9), noon.AddDate(0, 0, 9)), Filter: f, AllEvents: true})
		if err != nil {
			t.Fatal(err)
		}
		return n.N
	}
	for _, test := range []struct {
		cities []string
		want   int64
	}{
		{[]string{"a\x00b", "c"}, 0},
		{[]string{"a", "b", "c"}, 1},
		{[]string{"a", "b\x00c"}, 0},
		{[]string{"a b"}, 0},
		{[]string{"a", "b"}, 1},
	} {
		if got := total(test.cities...); got != test.want {
			t.Errorf("%q: %d sign-ins, want %d", test.cities, got, test.want)
		}
	}
}
