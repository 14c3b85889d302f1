package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"signpost/store"
	"signpost/store/storetest"
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

// everyFacet is the parameters that open all facets of a list.
func everyFacet(log store.Log) string {
	params := url.Values{}
	for _, f := range (views.List{Log: log}).FacetFields(true, false) {
		params.Add("facet", f.Name)
	}
	return params.Encode()
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
				a := p.get("/logs/" + name + "?" + query + "&" + everyFacet(info.Log))
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

// A value's link leads to as many sign-ins as the number next to it, and its button to the others.
func TestFacetLinksFindWhatTheyCount(t *testing.T) {
	t.Parallel()
	p := newPortal(t, variety(), admin)
	for _, name := range lists {
		_, info := askOf(t, name, nil)
		a := p.get("/logs/" + name + "?range=7d&" + everyFacet(info.Log))
		all := totalOf(t, a)
		form := a.page.Find("[data-facets]")
		hidden := url.Values{}
		form.Find("input").Each(func(_ int, in *goquery.Selection) { hidden.Add(in.AttrOr("name", ""), in.AttrOr("value", "")) })
		form.Find("[data-facet] li").Each(func(_ int, value *goquery.Selection) {
			if !soak && value.Index()%3 > 0 {
				return // the first, the fourth and so on of each facet
			}
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
	for _, of := range []string{"ca", "policy"} {
		if _, ok := facetsOf(t, newPortal(t, f, admin).get("/logs/interactive"))[of]; !ok {
			t.Errorf("an administrator has no facet %s", of)
		}
	}
	a := newPortal(t, f, reports).get("/logs/interactive")
	facets := facetsOf(t, a)
	if len(facets) < 10 {
		t.Errorf("a Reports Reader has the facets %v", facets)
	}
	for _, of := range []string{"ca", "policy"} {
		if _, ok := facets[of]; ok {
			t.Errorf("a Reports Reader has the facet %s", of)
		}
		if got := newPortal(t, f, reports).get("/logs/interactive?facet=" + of).Code; got != http.StatusForbidden {
			t.Errorf("a Reports Reader who opens the facet %s gets %d", of, got)
		}
		if got := fragmentOf(newPortal(t, f, reports), "/logs/interactive", "facet-"+of); got.Code != http.StatusForbidden {
			t.Errorf("a Reports Reader who loads the facet %s gets %d", of, got.Code)
		}
	}
	if strings.Contains(a.Body.String(), "Conditional Access") {
		t.Error("the page speaks of Conditional Access")
	}
}

// fragmentOf asks for the fragment that replaces an element.
func fragmentOf(p portal, address, target string) answer {
	return p.get(address, "HX-Request", "true", "HX-Target", target)
}

// counting notes the fields that facets are asked for.
type counting struct {
	*storetest.Plain
	mu    sync.Mutex
	asked []string
}

func (c *counting) Facets(ctx context.Context, q store.FacetsQuery) ([]store.Facet, error) {
	c.mu.Lock()
	for _, f := range q.Fields {
		c.asked = append(c.asked, f.Name)
	}
	c.mu.Unlock()
	return c.Plain.Facets(ctx, q)
}

// A closed facet is only its name, and a button opens it: in its place with scripts, on the page without. Its values are not counted
// before.
func TestClosedFacetsAreNotAskedFor(t *testing.T) {
	t.Parallel()
	c := &counting{Plain: variety()}
	p := newPortal(t, c, admin)
	const address = "/logs/interactive?range=7d&status=success"
	a := p.get(address)
	if slices.Sort(c.asked); strings.Join(c.asked, " ") != "app error status user" {
		t.Errorf("asked for are the facets %v", c.asked)
	}
	closed := a.page.Find("[data-facet=country]")
	if closed.Find("li").Length() != 0 || closed.Find("button[aria-expanded=false]").Length() != 1 {
		t.Errorf("a closed facet is %s", squeeze(closed.Text()))
	}
	opened := p.get("/logs/interactive?" + with(sent(closed.Closest("form")), "facet", "country").Encode())
	if opened.page.Find("[data-facet=country] li").Length() == 0 || opened.page.Find("[data-facet=ip] li").Length() != 0 {
		t.Error("without scripts the facet does not open, or another one does")
	}
	c.asked = nil
	alone := fragmentOf(p, address, "facet-country")
	if strings.Join(c.asked, " ") != "country" || alone.hook("row").Length() != 0 {
		t.Errorf("one facet asks for %v and has %d rows", c.asked, alone.hook("row").Length())
	}
	want, _ := opened.page.Find("[data-facet=country] ul").Html()
	if got, _ := alone.page.Find("[data-facet=country] ul").Html(); got != strings.ReplaceAll(want, "&amp;facet=country", "") {
		t.Errorf("in its place it is\n%s\nwant\n%s", got, want)
	}
	for _, bad := range []string{"facet=nosuch", "facet=request", "facet=sp", "more=app&more=user", "more=nosuch"} {
		if got := p.get("/logs/interactive?" + bad).Code; got != http.StatusBadRequest {
			t.Errorf("%s: status %d", bad, got)
		}
	}
}

// "More" unfolds a facet in its place. The server looks for the text typed there among all of its values.
func TestMoreUnfoldsInPlace(t *testing.T) {
	t.Parallel()
	p := newPortal(t, variety(), admin)
	a := p.get("/logs/interactive?range=7d&status=success")
	more := a.page.Find(`[data-facet="app"] .more`).AttrOr("href", "")
	if a.page.Find(`[data-facet="status"] .more`).Length() != 0 {
		t.Error("all statuses are there, and there are more")
	}
	unfolded := p.get(more)
	values := unfolded.page.Find("[data-facet=app] li")
	if values.Length() != 13 {
		t.Fatalf("%s has %d applications, want 13", more, values.Length())
	}
	form := unfolded.page.Find("form#facet-find")
	search := unfolded.page.Find("[data-facet=app] input[form=facet-find]")
	button := unfolded.page.Find("[data-facet=app] button[form=facet-find]")
	fields := with(with(sent(form), search.AttrOr("name", ""), "ation 12"), button.AttrOr("name", ""), button.AttrOr("value", ""))
	found := p.get(form.AttrOr("action", "") + "?" + fields.Encode())
	typed := fragmentOf(p, search.AttrOr("hx-get", "")+"&among=ation+12", "facet-values-app")
	for how, got := range map[string]answer{"without scripts": found, "as it is typed": typed} {
		list := got.page.Find("#facet-values-app li")
		if list.Length() != 1 || list.AttrOr("data-value", "") != "app-12" {
			t.Errorf("%s: found are %q", how, texts(list))
		}
	}
	if typed.hook("facets").Length() != 0 || found.page.Find("[data-facet=app] input[form=facet-find]").AttrOr("value", "") != "ation 12" {
		t.Error("a fragment is a page, or the page forgets what was typed")
	}
	if country := fragmentOf(p, "/logs/interactive?range=7d&more=country&among=norw", "facet-values-country"); country.page.Find("[data-value=NO]").Length() != 1 {
		t.Error("a country is not found by its name")
	}
	if got := p.get(unfolded.page.Find("[data-facet=app] .more").AttrOr("href", "")).page.Find("[data-facet=app] li").Length(); got != views.FacetTop {
		t.Errorf("folded again it has %d values", got)
	}
}

// A filter with hundreds of values makes neither hundreds of questions nor hundreds of rows.
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
