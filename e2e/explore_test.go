//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"
)

// quiet is a range that does not slide, over all the made-up tenant has.
func quiet() string {
	to := time.Now().UTC().Add(-time.Hour).Truncate(time.Hour)
	return "from=" + to.AddDate(0, 0, -2).Format(time.RFC3339) + "&to=" + to.Format(time.RFC3339)
}

// total is the number of sign-ins that the page says there are.
func (v *visit) total() int {
	v.t.Helper()
	n, err := strconv.Atoi(v.attribute(v.hook("total"), "data-value"))
	v.must(err)
	return n
}

// parameters are those of the address.
func (v *visit) parameters() url.Values {
	v.t.Helper()
	u, err := url.Parse(v.page.URL())
	v.must(err)
	return u.Query()
}

// leads does something that leads to another address, and waits until it is there.
func (v *visit) leads(do func() error) {
	v.t.Helper()
	before := v.page.URL()
	v.must(do())
	v.must(v.page.WaitForURL(func(address string) bool { return address != before }))
	v.must(v.hook("total").WaitFor())
}

// sumOf adds up what some bars say they hold.
func (v *visit) sumOf(bars ...playwright.Locator) (sum int) {
	v.t.Helper()
	for _, bar := range bars {
		text, err := bar.Locator("title").TextContent()
		v.must(err)
		numbers := text[strings.LastIndex(text, ": ")+1:]
		for _, match := range regexp.MustCompile(`([\d,]+) [a-z]+`).FindAllStringSubmatch(numbers, -1) {
			n, err := strconv.Atoi(strings.ReplaceAll(match[1], ",", ""))
			v.must(err)
			sum += n
		}
	}
	return sum
}

// startOf gives where a bar begins: its link says so, else the bar itself.
const startOf = "bar => bar.dataset.from ?? new URLSearchParams(bar.getAttribute('href')).get('from')"

func (v *visit) startOf(bar playwright.Locator) string {
	v.t.Helper()
	from, err := bar.Evaluate(startOf, nil)
	v.must(err)
	return fmt.Sprint(from)
}

func (v *visit) bars() playwright.Locator { return v.hook("histogram").Locator(".bars > a") }

func TestABarNarrowsAndZoomOutComesBack(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/noninteractive?" + quiet())
	start, all := v.page.URL(), v.total()
	if n, err := v.bars().Count(); err != nil || n < 55 || n > 125 {
		t.Fatalf("%d bars, %v", n, err)
	}
	bar := v.hook("histogram").Locator(".bars > a[href]").Nth(3)
	want, from := v.sumOf(bar), v.startOf(bar)
	v.leads(func() error { return bar.Click() })
	if got := v.total(); got != want || want == 0 || v.parameters().Get("from") != from {
		t.Errorf("narrowed from %s to %d sign-ins, the bar from %s says %d", v.parameters().Get("from"), got, from, want)
	}
	v.accessible()
	v.leads(func() error { return v.hook("tab-interactive").Click() })
	v.leads(func() error { return v.page.Locator("[data-zoom-out]").Click() })
	v.leads(func() error { return v.hook("tab-noninteractive").Click() })
	if got := v.total(); got != all || v.page.URL() != start && v.parameters().Has("wide") {
		t.Errorf("zoomed out to %d sign-ins at %s, want %d at %s", got, v.page.URL(), all, start)
	}
}

// drag presses a button of the mouse over a bar and moves it to another. The button stays down.
func (v *visit) drag(from, to int) {
	v.t.Helper()
	middle := func(i int) (x, y float64) {
		box, err := v.bars().Nth(i).Locator("rect").First().BoundingBox()
		v.must(err)
		return box.X + box.Width/2, box.Y + box.Height/2
	}
	x, y := middle(from)
	v.must(v.page.Mouse().Move(x, y))
	v.must(v.page.Mouse().Down())
	x, y = middle(to)
	v.must(v.page.Mouse().Move(x, y, playwright.MouseMoveOptions{Steps: playwright.Int(5)}))
}

func TestDragOverBars(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/noninteractive?status=success&" + quiet())
	readout := v.page.Locator("[data-readout]")
	text := func() string {
		said, err := readout.TextContent()
		v.must(err)
		return said
	}

	// Given up with Escape nothing happens.
	before := v.page.URL()
	v.drag(10, 14)
	if n, err := v.page.Locator(".selection").Count(); err != nil || n != 1 {
		t.Fatalf("%d selections, %v", n, err)
	}
	if said := text(); !strings.Contains(said, " to ") || !strings.Contains(said, "success") {
		t.Errorf("the selection says %q", said)
	}
	v.must(v.page.Keyboard().Press("Escape"))
	v.must(v.page.Mouse().Up())
	if n, err := v.page.Locator(".selection").Count(); err != nil || n != 0 || v.page.URL() != before {
		t.Fatalf("%d selections, %v, at %s", n, err, v.page.URL())
	}

	// From right to left is the same as from left to right.
	var some []playwright.Locator
	for i := 10; i <= 14; i++ {
		some = append(some, v.bars().Nth(i))
	}
	want, from, to := v.sumOf(some...), v.startOf(some[0]), v.startOf(v.bars().Nth(15))
	v.drag(14, 10)
	v.leads(func() error { return v.page.Mouse().Up() })
	p := v.parameters()
	if got := v.total(); got != want || p.Get("from") != from || p.Get("to") != to || p.Get("status") != "success" || p.Get("wide") == "" {
		t.Errorf("%d sign-ins at %s, want %d from %s to %s", got, v.page.URL(), want, from, to)
	}
}

// The menu of the chart breaks the bars down. A drag over them narrows the range, and a part of the legend filters: each
// finds as many sign-ins as the chart said.
func TestBreakdownOfTheChart(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/noninteractive?" + quiet())
	all, menu := v.total(), v.hook("split")
	v.must(menu.Locator("summary").Click())
	v.accessible()
	v.leads(func() error { return menu.Locator("button[value=app]").Click() })
	parts := v.page.Locator(".legend a")
	count := func(i int) int {
		n, err := strconv.Atoi(v.attribute(parts.Nth(i), "data-count"))
		v.must(err)
		return n
	}
	n, err := parts.Count()
	v.must(err)
	sum := 0
	for i := range n {
		sum += count(i)
	}
	if n < 3 || sum != all || v.total() != all {
		t.Errorf("%d parts are %d sign-ins, the total is %d, want %d", n, sum, v.total(), all)
	}
	v.must(menu.Locator("summary").Click())
	v.leads(func() error {
		return menu.Locator("a", playwright.LocatorLocatorOptions{HasText: "Shares of each bar"}).Click()
	})
	if v.parameters().Get("split") != "app" || v.parameters().Get("bars") != "share" {
		t.Errorf("shares are at %s", v.page.URL())
	}
	v.accessible()

	want := 0
	for i := 10; i <= 14; i++ {
		for _, number := range strings.Split(v.attribute(v.bars().Nth(i), "data-n"), ",") {
			part, err := strconv.Atoi(number)
			v.must(err)
			want += part
		}
	}
	v.drag(10, 14)
	v.leads(func() error { return v.page.Mouse().Up() })
	if v.total() != want || want == 0 || v.parameters().Get("split") != "app" {
		t.Errorf("the bars are %d sign-ins, %s has %d", want, v.page.URL(), v.total())
	}
	first := count(0)
	v.leads(func() error { return parts.First().Click() })
	if v.total() != first || first == 0 {
		t.Errorf("the legend said %d, %s has %d", first, v.page.URL(), v.total())
	}
}

// A selection over several bars adds up by part. Two parts may have the same words: an application without an ID that is called
// "The rest", and the rest.
func TestSelectionOverPartsOfOneName(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	day := oddDay.AddDate(0, 2, 0)
	var records []object
	for app, n := range []int{5, 2, 2, 2, 2, 2, 1, 1} {
		name := fmt.Sprint("Quay ", app)
		if app == 0 {
			name = "The rest"
		}
		for i := range n {
			at := day.Add(time.Duration(10+i) * time.Hour)
			records = append(records, object{"time": at, "category": "SignInLogs", "tenantId": tenant, "properties": object{
				"id": fmt.Sprintf("0dd00002-0000-4000-8000-%06d%06d", app, i), "createdDateTime": at, "appDisplayName": name, "status": object{"errorCode": 0},
			}})
		}
	}
	file := filepath.Join(t.TempDir(), "parts.ndjson")
	v.must(writeLines(file, records))
	v.must(signpost("", "import", "--data", data, file))
	v.as(administrator)
	v.goTo("/logs/interactive?split=app&from=" + day.Format("2006-01-02") + "&to=" + day.Format("2006-01-02"))
	v.must(v.hook("histogram").Locator(".bars > a[href]").First().Focus())
	v.must(v.page.Keyboard().Press("Shift+End"))
	said, err := v.page.Locator("[data-readout]").TextContent()
	v.must(err)
	if want := ": 5 The rest, 2 Quay 1, 2 Quay 2, 2 Quay 3, 2 Quay 4, 2 Quay 5, 2 the rest"; !strings.HasSuffix(said, want) {
		t.Errorf("the selection says %q, want %q", said, want)
	}
}

func TestKeysOnTheChart(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/noninteractive?" + quiet())
	links := v.hook("histogram").Locator(".bars > a[href]")
	if n, err := v.hook("histogram").Locator(".bars > a[tabindex='0']").Count(); err != nil || n != 1 {
		t.Errorf("%d bars are stops of the Tab key, %v", n, err)
	}
	focused := func() string {
		from, err := v.page.Evaluate("() => (" + startOf + ")(document.activeElement)")
		v.must(err)
		return fmt.Sprint(from)
	}
	v.must(links.Last().Focus())
	v.must(v.page.Keyboard().Press("Home"))
	if got, want := focused(), v.startOf(links.First()); got != want {
		t.Errorf("Home leads to %s, want %s", got, want)
	}
	v.must(v.page.Keyboard().Press("ArrowRight"))
	if got, want := focused(), v.startOf(links.Nth(1)); got != want {
		t.Errorf("the right arrow leads to %s, want %s", got, want)
	}
	said, err := v.page.Locator("[data-readout]").TextContent()
	v.must(err)
	if said == "" {
		t.Error("nothing says what the bar in focus stands for")
	}
	v.must(v.page.Keyboard().Press("Shift+ArrowRight"))
	v.must(v.page.Keyboard().Press("Escape"))
	if n, err := v.page.Locator(".selection").Count(); err != nil || n != 0 {
		t.Errorf("Escape leaves %d selections, %v", n, err)
	}
	first := focused()
	v.must(v.page.Keyboard().Press("Shift+ArrowRight"))
	v.must(v.page.Keyboard().Press("Shift+ArrowRight"))
	v.accessible()
	v.leads(func() error { return v.page.Keyboard().Press("Enter") })
	from, to := v.parameters().Get("from"), v.parameters().Get("to")
	if from != first || to <= from {
		t.Errorf("selected from %s to %s, want from %s", from, to, first)
	}
}

func TestTheChartAsATable(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/interactive?" + quiet())
	v.leads(func() error { return v.page.Locator("[data-chart-as=table]").Click() })
	v.accessible()
	if n, err := v.bars().Count(); err != nil || n != 0 {
		t.Errorf("%d bars beside the table, %v", n, err)
	}
	v.leads(func() error { return v.page.Locator(".chart-table tbody a").First().Click() })
	if v.total() == 0 || v.parameters().Get("chart") != "table" {
		t.Errorf("%d sign-ins at %s", v.total(), v.page.URL())
	}
	v.leads(func() error { return v.page.Locator("[data-chart-as=chart]").Click() })
	if n, err := v.bars().Count(); err != nil || n == 0 {
		t.Errorf("back on the chart: %d bars, %v", n, err)
	}
}

func TestFacetsFilterAndExclude(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/noninteractive?" + quiet())
	all := v.total()
	value := func(i int) playwright.Locator { return v.page.Locator("[data-facet=app] li").Nth(i) }
	count := func(l playwright.Locator) int {
		n, err := strconv.Atoi(v.attribute(l, "data-count"))
		v.must(err)
		return n
	}
	name, n := v.attribute(value(0), "data-value"), count(value(0))
	v.leads(func() error { return value(0).Locator("a").Click() })
	if v.total() != n || v.parameters().Get("app") != name || v.count("chip") != 1 {
		t.Errorf("%d sign-ins of %s at %s, want %d", v.total(), name, v.page.URL(), n)
	}
	v.accessible()
	v.leads(func() error { return v.page.Locator("[data-facet=app] [aria-current=true]").Click() })
	if v.total() != all {
		t.Errorf("taken away again: %d sign-ins, want %d", v.total(), all)
	}
	second, n := v.attribute(value(1), "data-value"), count(value(1))
	v.must(value(1).Hover())
	v.leads(func() error { return value(1).Locator("button").Click() })
	if v.total() != all-n || v.parameters().Get("app.not") != second {
		t.Errorf("%d sign-ins without %s at %s, want %d", v.total(), second, v.page.URL(), all-n)
	}
	v.accessible()
	v.leads(func() error { return v.page.Locator("[data-facet=app] a.out").Click() })
	if v.total() != all {
		t.Errorf("taken away again: %d sign-ins, want %d", v.total(), all)
	}
	v.leads(func() error {
		return value(0).Locator("a").Click(playwright.LocatorClickOptions{Modifiers: []playwright.KeyboardModifier{*playwright.KeyboardModifierAlt}})
	})
	if v.parameters().Get("app.not") != name {
		t.Errorf("a click with Alt leads to %s", v.page.URL())
	}
}

// Which facets are closed is kept, by the buttons of the panel and, where one is closed by hand, in the background.
func TestFacetsKeepTheirPreferences(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(somebody(t, "facets"))
	v.goTo("/logs/interactive?range=7d")
	fold := func(facet string) {
		t.Helper()
		answer, err := v.page.ExpectResponse("**/preferences", func() error { return v.page.Locator("[data-facet=" + facet + "] > summary").Click() })
		v.must(err)
		if answer.Status() != http.StatusNoContent {
			t.Errorf("to fold %s is answered %d", facet, answer.Status())
		}
	}
	closed := func(want ...string) { // of some facets
		t.Helper()
		v.goTo("/logs/interactive?range=7d")
		all := []string{"status", "error", "app", "user", "country"} // the four that are open, and one that is not
		var got []string
		for _, facet := range all {
			if n, err := v.page.Locator("[data-facet=" + facet + "] button[aria-expanded=false]").Count(); err != nil || n > 0 {
				got = append(got, facet)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("closed are %v, want %v", got, want)
		}
	}
	fold("app")
	fold("status")
	closed("status", "app", "country")
	v.must(v.page.Locator("[data-facet=app] button[name=facet]").Click())
	v.must(v.page.Locator("[data-facet=app] > summary:focus").WaitFor())
	v.must(v.page.Locator("[data-facet=country] button[name=facet]").Click())
	v.must(v.page.Locator("[data-facet=country] li").First().WaitFor())
	v.must(v.page.Locator("[data-facet=user] .more").Click())
	v.must(v.page.Locator("[data-facet=user] input:focus").WaitFor())
	text, err := v.page.Locator("#facet-values-user li").Last().InnerText() // somebody of these days: who is there depends on the hour
	v.must(err)
	name := strings.Fields(text)[0]
	v.must(v.page.Keyboard().Type(name))
	v.must(v.page.Locator(fmt.Sprintf("#facet-values-user:not(:has(li:not(:has-text(%q)))) li", name)).First().WaitFor())
	v.accessible()
	closed("status")
	// Which buttons there are tells that the answer has come: the address is the same.
	press := func(title, next string) {
		t.Helper()
		v.must(v.page.GetByTitle(title).Click())
		v.must(v.page.GetByTitle(next).WaitFor())
	}
	press("Close all facets", "Open all facets")
	closed("status", "error", "app", "user", "country")
	press("Open all facets", "Close all facets")
	closed()
	// Those that did not come with the page come as they are scrolled into sight.
	last := v.attribute(v.page.Locator("[data-facets] [data-waits]").Last(), "data-facet")
	facet := v.page.Locator("[data-facet='" + last + "']")
	v.must(facet.ScrollIntoViewIfNeeded())
	v.must(facet.Locator("ul li, .caption").First().WaitFor())
	if n, err := v.page.Locator("[data-facet='" + last + "'][data-waits]").Count(); err != nil || n != 0 {
		t.Errorf("the facet %s waits in sight, %v", last, err)
	}
	press("Hide the facets", "Show the facets")
	press("Show the facets", "Hide the facets")
}

func TestTwelveRowsAreInSight(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(somebody(t, "rows")) // whom the legacy view is remembered of
	for _, tab := range append(tabs, "legacy") {
		v.goTo("/logs/" + tab + "?range=7d")
		rows, err := v.page.Evaluate(`() => {
			const bottom = document.querySelector('.grid-scroll').getBoundingClientRect().bottom;
			const top = document.querySelector('.grid thead').getBoundingClientRect().bottom;
			return [...document.querySelectorAll('[data-testid=row]')].filter((row) => {
				const box = row.getBoundingClientRect();
				return box.top >= top - 1 && box.bottom <= Math.min(bottom, innerHeight) + 1;
			}).length;
		}`)
		v.must(err)
		if n, _ := strconv.Atoi(fmt.Sprint(rows)); n < 12 {
			t.Errorf("%s shows %d rows at once", tab, n)
		}
	}
}

func TestFacetsOnAPhone(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, o visitOptions) {
		t.Parallel()
		o.width = 390
		v := open(t, o)
		v.as(administrator)
		v.goTo("/logs/interactive?" + oddRange)
		status := v.page.Locator("[data-facet=status] > summary")
		if shown, err := status.IsVisible(); err != nil || shown {
			t.Errorf("the facets are open: %v, %v", shown, err)
		}
		v.must(v.page.Locator(".facets-fold > summary").Click())
		v.must(status.WaitFor())
		over, err := v.page.Evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
		v.must(err)
		if fmt.Sprint(over) != "0" {
			t.Errorf("with its facets the page is %v pixels wider than a phone", over)
		}
		v.accessible()
	})
}
