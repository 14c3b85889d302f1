package web

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"signpost/store"
	"signpost/views"
)

// facetsOf reads the facets: field by field, value to count.
func facetsOf(t *testing.T, a answer) map[string]map[string]int64 {
	t.Helper()
	facets := map[string]map[string]int64{}
	a.hook("facets").Find("[data-facet]").Each(func(_ int, facet *goquery.Selection) {
		values := map[string]int64{}
		facet.Find("[data-count]").Each(func(_ int, value *goquery.Selection) {
			n, err := strconv.ParseInt(value.AttrOr("data-count", ""), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			name := value.AttrOr("data-value", "")
			if _, empty := value.Attr("data-empty"); empty {
				name = "(empty)"
			}
			values[name] = n
		})
		facets[facet.AttrOr("data-facet", "")] = values
	})
	return facets
}

func TestFacetsShowTheStoresNumbers(t *testing.T) {
	f := variety()
	p := newPortal(t, f, admin)
	for _, name := range lists {
		for _, query := range []string{
			"", "range=7d", "range=7d&status=failure&app=app-12", "range=7d&user=bob%40example.com&country.empty=yes&ip=192.0.2.0/24", "status=success&error.not=0&range=7d",
		} {
			t.Run(name+"?"+query, func(t *testing.T) {
				params, err := url.ParseQuery(query)
				if err != nil {
					t.Fatal(err)
				}
				q, info := askOf(t, name, params)
				q.Filter, _ = q.Filter.For(info)
				a := p.get("/logs/" + name + "?" + query)
				got := facetsOf(t, a)
				fields := (views.List{Log: info.Log}).FacetFields(true, false)
				facets, err := f.Facets(t.Context(), store.FacetsQuery{ListQuery: q, Fields: fields, Top: views.FacetTop, IgnoreOwn: true})
				if err != nil {
					t.Fatal(err)
				}
				for _, facet := range facets {
					want := map[string]int64{}
					for _, v := range facet.Values {
						want[v.Value] = v.N
					}
					if facet.Empty > 0 {
						want["(empty)"] = facet.Empty
					}
					for _, c := range q.Filter.Conditions() {
						for _, value := range c.Values {
							if _, ok := want[value]; c.Field != facet.Field || ok {
								continue
							}
							if !c.Op.TakesValue() {
								want["(empty)"] = facet.Empty
								continue
							}
							own := q
							own.Filter = own.Filter.WithoutField(c.Field).With(c.Field, store.OpIs, value)
							total, err := f.Total(t.Context(), own)
							if err != nil {
								t.Fatal(err)
							}
							want[value] = total.N
						}
					}
					shown, there := got[facet.Field.Name]
					if facet.Distinct == 0 && !there {
						continue
					}
					if fmt.Sprint(shown) != fmt.Sprint(want) {
						t.Errorf("%s shows %v, want %v", facet.Field.Name, shown, want)
					}
					head := squeeze(a.page.Find(`[data-facet="` + facet.Field.Name + `"] summary span`).Text())
					if head != views.Number(facet.Distinct) {
						t.Errorf("%s says %q values, want %d", facet.Field.Name, head, facet.Distinct)
					}
				}
			})
		}
	}
}

// TestFacetLinksFindWhatTheyCount: a value's link leads to as many sign-ins as the number next to it says, its button to the
// others.
func TestFacetLinksFindWhatTheyCount(t *testing.T) {
	t.Parallel()
	p := newPortal(t, variety(), admin)
	for _, name := range lists {
		a := p.get("/logs/" + name + "?range=7d")
		all := totalOf(t, a)
		form := a.page.Find("[data-facets]")
		hidden := url.Values{}
		form.Find("input").Each(func(_ int, in *goquery.Selection) { hidden.Add(in.AttrOr("name", ""), in.AttrOr("value", "")) })
		form.Find("[data-facet] li").Each(func(_ int, value *goquery.Selection) {
			n, err := strconv.ParseInt(value.AttrOr("data-count", ""), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			link := value.Find("a")
			narrowed := p.get("/logs/" + name + link.AttrOr("href", ""))
			if got := totalOf(t, narrowed); got != n {
				t.Errorf("%s%s finds %d sign-ins, the facet says %d", name, link.AttrOr("href", ""), got, n)
			}
			chosen := narrowed.page.Find(`[data-facets] [aria-current="true"]`)
			if chosen.Length() != 1 {
				t.Fatalf("%s%s marks %d values", name, link.AttrOr("href", ""), chosen.Length())
			}
			if got := totalOf(t, p.get("/logs/"+name+chosen.AttrOr("href", ""))); got != all {
				t.Errorf("%s: taken away again, %d sign-ins, want %d", name, got, all)
			}
			button := value.Find("button")
			sent := url.Values{button.AttrOr("name", ""): {button.AttrOr("value", "")}}
			for param, values := range hidden {
				sent[param] = values
			}
			without := p.get(form.AttrOr("action", "") + "?" + sent.Encode())
			if got := totalOf(t, without); got != all-n && !strings.HasPrefix(button.AttrOr("name", ""), "method") {
				t.Errorf("%s without %s=%s: %d sign-ins, want %d", name, button.AttrOr("name", ""), button.AttrOr("value", ""), got, all-n)
			}
			if without.page.Find("[data-facets] a.out").Length() != 1 {
				t.Errorf("%s: what is excluded is not marked", sent.Encode())
			}
		})
	}
}

func totalOf(t *testing.T, a answer) int64 {
	t.Helper()
	n, err := strconv.ParseInt(a.hook("total").AttrOr("data-value", ""), 10, 64)
	if err != nil {
		t.Fatalf("status %d: %v", a.Code, err)
	}
	return n
}

func TestFacetsWithoutTheRightToConditionalAccess(t *testing.T) {
	f := variety()
	if _, ok := facetsOf(t, newPortal(t, f, admin).get("/logs/interactive"))["ca"]; !ok {
		t.Error("an administrator has no facet of Conditional Access")
	}
	a := newPortal(t, f, reports).get("/logs/interactive")
	facets := facetsOf(t, a)
	if _, ok := facets["ca"]; ok || len(facets) < 10 {
		t.Errorf("a Reports Reader has the facets %v", facets)
	}
	if strings.Contains(a.Body.String(), "Conditional Access") {
		t.Error("the page speaks of Conditional Access")
	}
}

func TestMoreLeadsToThePicker(t *testing.T) {
	a := newPortal(t, variety(), admin).get("/logs/interactive?range=7d&status=success")
	more := a.page.Find(`[data-facet="app"] .more`)
	if got := more.AttrOr("href", ""); got != "?pick=app&range=7d&status=success" {
		t.Errorf("more leads to %q", got)
	}
	if a.page.Find(`[data-facet="status"] .more`).Length() != 0 {
		t.Error("all statuses are there, and there are more")
	}
}

// TestManyChoicesStayFew: a filter of hundreds of values makes neither hundreds of questions nor of rows.
func TestManyChoicesStayFew(t *testing.T) {
	query := url.Values{}
	for i := range 300 {
		query.Add("city", fmt.Sprint("city ", i))
		query.Add("app", fmt.Sprint("application ", i))
	}
	query.Del("city")
	a := newPortal(t, variety(), admin).get("/logs/interactive?" + query.Encode())
	if got := a.page.Find(`[data-facet="app"] li`).Length(); got > views.FacetTop+maxChoices+1 {
		t.Errorf("%d values", got)
	}
	if got := a.page.Find(`[data-facet="app"] li:not([data-count])`).Length(); got != maxChoices-maxUncommonChoices {
		t.Errorf("%d values are not counted, want %d", got, maxChoices-maxUncommonChoices)
	}
}
