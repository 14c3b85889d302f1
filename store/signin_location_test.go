package store

import (
	"net/url"
	"slices"
	"testing"
)

// Every column has a name for addresses, and an address keeps the order of columns.
func TestColumnsAreReadBackInOrder(t *testing.T) {
	columns := []*Property{Location}
	for _, p := range SignIns.Properties {
		if p.Set == nil {
			columns = append(columns, p)
		}
	}
	if len(columns) <= 50 {
		t.Errorf("there are %d columns, want more than 50", len(columns))
	}
	slices.Reverse(columns)
	for _, chosen := range [][]*Property{columns, columns[:7], {Location, UserDisplayName}, {UserDisplayName, Location}} {
		written := Query{Range: Range{Preset: "24h"}, Columns: chosen}.Values()
		q, bad := SignIns.ParseQuery(written, testNow)
		if len(bad) > 0 || !slices.Equal(q.Columns, chosen) {
			t.Errorf("%s: read back as %s, %v", written.Get("cols"), q.Values().Get("cols"), bad)
		}
	}
}

func TestLocationIsAColumnAlone(t *testing.T) {
	if slices.Contains(SignIns.Properties, Location) {
		t.Error("Location is kept as a property")
	}
	for _, param := range []string{"location", "location.has"} {
		if _, bad := SignIns.ParseFilter(url.Values{param: {"Oslo"}}); len(bad) == 0 {
			t.Errorf("%s filters", param)
		}
	}
	for _, test := range []struct {
		signIn SignIn
		want   string
	}{
		{SignIn{City: "Oslo", State: "Oslo", CountryOrRegion: "NO"}, "Oslo, NO"},
		{SignIn{City: " ", CountryOrRegion: "NO"}, "NO"},
		{SignIn{City: "Bergen", State: "Vestland", CountryOrRegion: "NO"}, "Bergen, Vestland, NO"},
		{SignIn{}, ""},
	} {
		if got := *Location.Text(&test.signIn); got != test.want {
			t.Errorf("location of %+v: got %q, want %q", test.signIn, got, test.want)
		}
	}
}
