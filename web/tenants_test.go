package web

import (
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

func texts(s *goquery.Selection) (all []string) {
	s.Each(func(_ int, one *goquery.Selection) { all = append(all, squeeze(one.Text())) })
	return all
}

// If sign-ins of two tenants are stored, a list names the tenant of each, and can be narrowed to one. An address can always
// do that.
func TestTenantsAreToldApartWhereThereAreTwo(t *testing.T) {
	const ours, theirs = "6f1c2a3b-1111-4222-8333-944455566677", "453caa95-6b44-5149-a6e0-69ecf0f3599e"
	const days = "from=2026-11-27T00:00:00Z&to=2026-11-29T00:00:00Z"
	for _, test := range []struct {
		files   []string
		several bool
	}{
		{[]string{"g3_devcode.ndjson"}, false},
		{[]string{"g3_devcode.ndjson", "c35_tenantb.ndjson"}, true},
	} {
		v := newFilledHouse(t, test.files, "")
		page := v.page("/logs/interactive?" + days)
		if got := slices.Contains(texts(page.Find(`[data-testid="grid"] thead th`)), "Tenant ID"); got != test.several {
			t.Errorf("%q: there is a column: %t", test.files, got)
		}
		if got := page.Find(`[data-facet="tenant"]`).Length() > 0; got != test.several {
			t.Errorf("%q: there is a facet: %t", test.files, got)
		}
		if got := page.Find(`#field-list button[value="tenant"]`).Length() > 0; got != test.several {
			t.Errorf("%q: the picker offers the field: %t", test.files, got)
		}
		total := func(query, want string) {
			t.Helper()
			if got := v.page("/logs/interactive?"+days+query).Find(`[data-testid="total"]`).AttrOr("data-value", ""); got != want {
				t.Errorf("%q: %s finds %s, want %s", test.files, query, got, want)
			}
		}
		total("&tenant="+strings.ToUpper(ours), "1")
		total("&tenant.empty=yes", "0")
		if test.several {
			total("&tenant="+theirs, "1")
			total("&tenant="+theirs+"&tenant="+ours, "2")
			total("&tenant.not="+theirs, "1")
		}
	}
}
