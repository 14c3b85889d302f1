package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/store"
	"signpost/store/storetest"
	"signpost/views"
)

var lists = []string{"interactive", "noninteractive", "serviceprincipal", "managedidentity", "legacy"}

// variety is sign-ins of every log over the last two days, of every status, with values that repeat.
func variety() *storetest.Plain {
	var list []store.SignIn
	codes := []store.Int{store.IntOf(0), store.IntOf(0), store.IntOf(50126), store.IntOf(50140), store.IntOf(0), store.IntOf(53003), {}}
	for i := range 240 {
		t := pageNow.Add(-time.Duration(i*11+i*i/50) * time.Minute)
		s := interactiveSignIn(4*i, t)
		if i%3 == 0 {
			s = refresh(4*i, t, fmt.Sprint("resource-", i%5))
		}
		s.ErrorCode = codes[i%len(codes)]
		s.AppID, s.AppDisplayName = fmt.Sprint("app-", i%13), fmt.Sprint("Application ", i%13)
		s.CorrelationID = fmt.Sprint("correlation-", i)
		if i%4 == 0 {
			s.UserID, s.UserPrincipalName, s.UserDisplayName = "bob-id", "bob@example.com", "Bob Example"
		}
		if i%6 == 0 {
			s.CountryOrRegion = ""
		}
		principal, identity := principalSignIn(4*i+1, t), identitySignIn(4*i+2, t)
		principal.ErrorCode, identity.ErrorCode = codes[(i+1)%len(codes)], codes[(i+2)%len(codes)]
		principal.ServicePrincipalID = fmt.Sprint("sp-", i%9)
		list = append(list, s, principal, identity)
	}
	return newFakeStore(list...).plain()
}

// askOf is the question that a page of this address asks.
func askOf(t *testing.T, name string, params url.Values) (store.ListQuery, store.LogInfo) {
	t.Helper()
	q, bad := store.ParseQuery(params, pageNow)
	list, err := listOf(name)
	if len(bad) > 0 || err != nil {
		t.Fatal(bad, err)
	}
	return store.ListQuery{Log: list.Log, Range: q.Range, Filter: q.Filter, AllEvents: q.AllEvents}, list.Info()
}

// bucketOf reads a bar's numbers from its attributes.
func bucketOf(t *testing.T, bar *goquery.Selection) store.Bucket {
	t.Helper()
	number := func(name string) int64 {
		text, ok := bar.Attr(name)
		if !ok && name == "data-unknown" {
			return 0
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	from, okFrom := store.ParseInstant(bar.AttrOr("data-from", ""))
	to, okTo := store.ParseInstant(bar.AttrOr("data-to", ""))
	if !okFrom || !okTo {
		t.Fatalf("a bar from %q to %q", bar.AttrOr("data-from", ""), bar.AttrOr("data-to", ""))
	}
	return store.Bucket{
		From: from, To: to, Success: number("data-success"), Failure: number("data-failure"),
		Interrupted: number("data-interrupted"), Unknown: number("data-unknown"),
	}
}

func barsOf(t *testing.T, a answer) []store.Bucket {
	t.Helper()
	var buckets []store.Bucket
	a.hook("histogram").Find("[data-bar]").Each(func(_ int, bar *goquery.Selection) { buckets = append(buckets, bucketOf(t, bar)) })
	return buckets
}

func TestChartShowsTheStoresNumbers(t *testing.T) {
	f := variety()
	p := newPortal(t, f, admin)
	for _, name := range lists {
		for _, query := range []string{
			"", "range=7d", "status=failure&status=interrupted", "resource=" + url.QueryEscape("Microsoft Graph") + "&range=7d", "status.empty=yes",
			"from=2026-11-23T00:00:00Z&to=2026-11-23T12:34:56.5Z", "range=7d&events=all", "limit=10&app=nobody",
		} {
			t.Run(name+"?"+query, func(t *testing.T) {
				params, err := url.ParseQuery(query)
				if err != nil {
					t.Fatal(err)
				}
				a := p.get("/logs/" + name + "?" + query)
				if a.Code != http.StatusOK || a.hook("histogram").Length() != 1 {
					t.Fatalf("status %d, %d charts", a.Code, a.hook("histogram").Length())
				}
				got := barsOf(t, a)
				q := store.HistogramQuery{}
				q.ListQuery, _ = askOf(t, name, params)
				for _, b := range got {
					q.Edges = append(q.Edges, b.From)
				}
				q.Edges = append(q.Edges, q.Range.To)
				want, err := f.Histogram(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				if !got[0].From.Equal(q.Range.From) || !slices.Equal(got, want.Buckets) {
					t.Errorf("bars\n%v\nwant\n%v", got, want.Buckets)
				}
				var sum int64
				for _, b := range got {
					sum += b.Total()
				}
				if total := a.hook("total").AttrOr("data-value", ""); total != strconv.FormatInt(sum, 10) {
					t.Errorf("the bars add up to %d, the total says %s", sum, total)
				}
			})
		}
	}
}

func TestBarsNarrowAndZoomOutComesBack(t *testing.T) {
	p := newPortal(t, variety(), admin)
	for _, name := range lists {
		start := "/logs/" + name + "?range=7d&status.not=interrupted"
		a := p.get(start)
		if a.page.Find("[data-zoom-out]").Length() != 0 {
			t.Error("there is something to zoom out to before anything was narrowed")
		}
		bar := a.page.Find("[data-bar][href]").Last()
		want := bucketOf(t, bar)
		for range 2 { // the outermost range is kept
			a = p.get("/logs/" + name + bar.AttrOr("href", ""))
			if got := a.hook("total").AttrOr("data-value", ""); got != strconv.FormatInt(want.Total(), 10) {
				t.Fatalf("%s: narrowed to %s sign-ins, the bar says %d", name, got, want.Total())
			}
			if bar = a.page.Find("[data-bar][href]").First(); bar.Length() == 0 {
				break // nothing to see inside
			}
			want = bucketOf(t, bar)
		}
		tab := a.hook("tab-interactive").AttrOr("href", "")
		if !strings.Contains(tab, "wide=7d") {
			t.Errorf("%s: the tab leads to %s, without the range to zoom out to", name, tab)
		}
		back := "/logs/" + name + a.page.Find("[data-zoom-out]").AttrOr("href", "")
		u, err := url.Parse(back)
		if err != nil {
			t.Fatal(err)
		}
		if got := u.Query().Encode(); got != "range=7d&status.not=interrupted" {
			t.Errorf("%s: zoomed out to %s", name, got)
		}
		a.hook("date-range").Find("a").Each(func(_ int, preset *goquery.Selection) {
			if strings.Contains(preset.AttrOr("href", ""), "wide") {
				t.Errorf("%s: a preset keeps what it was narrowed from", name)
			}
		})
	}
}

func TestChartAsATable(t *testing.T) {
	p := newPortal(t, variety(), admin)
	chart := p.get("/logs/interactive?range=7d")
	want := barsOf(t, chart)
	a := p.get("/logs/interactive" + chart.page.Find(`[data-chart-as="table"]`).AttrOr("href", ""))
	rows := a.hook("histogram").Find("tbody tr")
	if rows.Length() != len(want) || len(barsOf(t, a)) != 0 {
		t.Fatalf("%d rows and %d bars, want %d rows", rows.Length(), len(barsOf(t, a)), len(want))
	}
	rows.Each(func(i int, row *goquery.Selection) {
		b := want[i]
		cells := row.Find("td").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
		numbers := []string{views.Number(b.Success), views.Number(b.Interrupted), views.Number(b.Failure), views.Number(b.Unknown), views.Number(b.Total())}
		if !slices.Equal(cells, numbers) {
			t.Errorf("row %d: %v, want %v", i, cells, numbers)
		}
		if link := row.Find("th a"); (link.Length() == 1) != (b.Total() > 0) {
			t.Errorf("row %d of %d sign-ins has %d links", i, b.Total(), link.Length())
		}
	})
	narrowed := p.get("/logs/interactive" + rows.Find("a").First().AttrOr("href", ""))
	if narrowed.page.Find(".chart-table").Length() != 1 || narrowed.page.Find("[data-zoom-out]").Length() != 1 {
		t.Error("narrowed from the table the table is gone, or the way back")
	}
	back := p.get("/logs/interactive" + a.page.Find(`[data-chart-as="chart"]`).AttrOr("href", ""))
	if !slices.Equal(barsOf(t, back), want) {
		t.Error("back on the chart it is another one")
	}
}

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
				if name == "managedidentity" && strings.Contains(query, "user") {
					t.Skip("its list is about users")
				}
				q, info := askOf(t, name, params)
				a := p.get("/logs/" + name + "?" + query)
				got := facetsOf(t, a)
				fields := views.FacetFields(info, true)
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

// TestFacetLinksFindWhatTheyCount: a value's link leads to as many sign-ins as stand beside it, its button to
// the others.
func TestFacetLinksFindWhatTheyCount(t *testing.T) {
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

// partly is a store that answers nothing about charts and facets.
type partly struct {
	*fakeStore
	err      error
	complete bool
}

func (p partly) Histogram(context.Context, store.HistogramQuery) (store.Histogram, error) {
	return store.Histogram{Complete: p.complete}, p.err
}

func (p partly) Facets(_ context.Context, q store.FacetsQuery) ([]store.Facet, error) {
	var facets []store.Facet
	for _, f := range q.Fields {
		facets = append(facets, store.Facet{Field: f, Complete: p.complete, Distinct: 1, Values: []store.FacetValue{{Value: "half", N: 1}}})
	}
	return facets, p.err
}

func TestWhatFailsSaysSoInItsPlace(t *testing.T) {
	f := newFakeStore(interactiveSignIn(1, at("12:00:00")))
	tests := []struct {
		name, want string
		store      partly
	}{
		{"too slow", "took too long to count", partly{fakeStore: f, err: fmt.Errorf("count: %w", store.ErrTooSlow)}},
		{"past its deadline", "took too long to count", partly{fakeStore: f, err: context.DeadlineExceeded}},
		{"broken", "could not be made", partly{fakeStore: f, err: fmt.Errorf("a page on the disk is bad")}},
		{"not whole", "Not every sign-in could be counted", partly{fakeStore: f}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := newPortal(t, test.store, admin).get("/logs/interactive")
			if a.Code != http.StatusOK || a.hook("row").Length() != 1 || totalOf(t, a) != 1 {
				t.Fatalf("status %d, %d rows", a.Code, a.hook("row").Length())
			}
			for _, hook := range []string{"histogram", "facets"} {
				if got := a.hook(hook).Find("[data-trouble]").First().Text(); !strings.Contains(got, test.want) {
					t.Errorf("%s says %q, want %q", hook, got, test.want)
				}
			}
			if a.page.Find("[data-bar], [data-count]").Length() != 0 {
				t.Error("numbers are shown")
			}
		})
	}
}

func TestHiddenFacetsAreNotAskedFor(t *testing.T) {
	server := newPortal(t, newFakeStore(), admin).Server
	page := views.LogPage{List: views.List{Log: store.Interactive}, Facets: &views.FacetsPanel{Hidden: true}}
	if got := len(server.explore(&page)); got != 1 {
		t.Errorf("%d questions beside the list, want that of the chart alone", got)
	}
	page.Facets.Hidden = false
	if got := len(server.explore(&page)); got != 2 {
		t.Errorf("%d questions beside the list, want two", got)
	}
}

func TestNothingIsDrawnOfAnEmptyLogOrABadAddress(t *testing.T) {
	p := newPortal(t, newFakeStore(refresh(1, at("12:00:00"), "r")), admin)
	for path, want := range map[string]int{"/logs/interactive": 0, "/logs/noninteractive?range=2y": 0, "/logs/noninteractive?user=nobody": 1, "/logs/noninteractive": 1} {
		a := p.get(path)
		if got := a.hook("histogram").Length(); got != want {
			t.Errorf("%s has %d charts, want %d", path, got, want)
		}
		if got := a.hook("facets").Length(); got != want {
			t.Errorf("%s has %d panels of facets, want %d", path, got, want)
		}
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
