package views

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"signpost/store"
)

func TestChipsSayTheOperatorAndRemoveOneValue(t *testing.T) {
	params := url.Values{
		"app.not": {"Teams"}, "user": {"ada"}, "user.has": {"smith"}, "user.not": {"bob"}, "user.empty": {"no"}, "city": {"Oslo"},
		"city.empty": {"yes"}, "status.not": {"failure", "interrupted"}, "requirement.starts": {"multi"},
	}
	q, bad := store.SignIns.ParseQuery(params, time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	page := LogPage{List: List{Log: store.Interactive}, Query: q}
	type shown struct {
		text, param, value string
		or                 bool
	}
	want := []shown{
		{"Application is not Teams", "app.not", "Teams", false},
		{"City: Oslo", "city", "Oslo", false},
		{"City is empty", "city.empty", "yes", true},
		{"Authentication requirement starts with multi", "requirement.starts", "multi", false},
		{"Status is not Failure", "status.not", "failure", false},
		{"Status is not Interrupted", "status.not", "interrupted", false},
		{"User: ada", "user", "ada", false},
		{"User contains smith", "user.has", "smith", true},
		{"User is not bob", "user.not", "bob", false},
		{"User is not empty", "user.empty", "no", false},
	}
	chips := page.chips()
	if len(chips) != len(want) {
		t.Fatalf("%d chips, want %d", len(chips), len(want))
	}
	for i, c := range chips {
		if c.text() != want[i].text || c.Or != want[i].or {
			t.Errorf("chip %d is %q, or: %v; want %q, %v", i, c.text(), c.Or, want[i].text, want[i].or)
		}
		rest := url.Values{}
		for param, values := range params {
			for _, v := range values {
				if param != want[i].param || v != want[i].value {
					rest.Add(param, v)
				}
			}
		}
		u, err := url.Parse(c.Remove)
		if err != nil {
			t.Fatal(err)
		}
		got := u.Query()
		for _, values := range got {
			slices.Sort(values)
		}
		if got.Encode() != rest.Encode() {
			t.Errorf("without %q: %s, want %s", c.text(), got.Encode(), rest.Encode())
		}
	}
}
