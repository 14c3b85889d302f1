//go:build e2e

package e2e

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// The lists of risky sign-ins lead to the sign-ins and into the logs: with scripts and without, on a phone too.
func TestRiskySignIns(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]visitOptions{"with scripts": {}, "without scripts": {noScripts: true}, "on a phone": {width: 390, height: 844}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := open(t, o)
			v.as(administrator)
			check := func() {
				if !o.noScripts {
					v.looksRight()
				}
			}
			for _, address := range []string{"/protection/signins", "/protection/principalsignins"} {
				v.goTo(address)
				v.must(v.hook("total").WaitFor())
				check()
			}
			v.goTo("/protection/signins?range=30d")
			all, err := strconv.Atoi(v.attribute(v.hook("total"), "data-value"))
			if err != nil || all == 0 {
				t.Fatalf("%d risky sign-ins, %v", all, err)
			}
			if o.width == 390 {
				v.must(v.page.SetViewportSize(390, 844)) // looksRight leaves the page in a wide window
			}
			fold := v.page.Locator("[data-testid=filter] > summary")
			folded, err := fold.IsVisible()
			v.must(err)
			if folded != (o.width == 390) {
				t.Errorf("the form is folded: %v", folded)
			}
			if folded {
				v.must(fold.Click())
				v.accessible()
			}
			choice := v.page.Locator(".risky-filter select[name=riskstate]")
			if _, err := choice.SelectOption(playwright.SelectOptionValues{Values: playwright.StringSlice("atRisk")}); err != nil {
				t.Fatal(err)
			}
			v.must(v.page.Locator(".risky-filter button").Click())
			v.must(v.hook("chip").WaitFor())
			some, err := strconv.Atoi(v.attribute(v.hook("total"), "data-value"))
			if err != nil || some == 0 || some > all {
				t.Errorf("%d of %d sign-ins are at risk, %v", some, all, err)
			}
			cells, err := v.page.Locator("[data-testid=row] td[data-label='Risk state']").AllTextContents()
			if err != nil || len(cells) != min(some, 50) {
				t.Errorf("%d rows of %d sign-ins, %v", len(cells), some, err)
			}
			for _, cell := range cells {
				if !strings.Contains(cell, "At risk") {
					t.Errorf("among those at risk is one with %q", cell)
				}
			}
			check()
			way := v.page.Locator(".risky-ways a").First()
			wanted := v.attribute(way, "data-value")
			v.must(way.Click())
			v.must(v.hook("grid").WaitFor())
			if total := v.attribute(v.hook("total"), "data-value"); total != wanted {
				t.Errorf("the log has %s sign-ins, the link says %s", total, wanted)
			}
			v.goTo("/protection/signins?riskstate=atRisk")
			v.must(v.hook("row").First().Locator("th a").Click())
			v.must(v.hook("details").WaitFor())
			if text := v.words("#risk"); !strings.Contains(text, "In the record of the sign-in") || !strings.Contains(text, "State over time") {
				t.Errorf("the Risk tab says %q", text)
			}
			check()
		})
	}
}

// The tables of risky sign-ins fit a window of 1440 and each wider one; in one of 1280 all columns up to the status are in sight. A phone shows a row early,
// with the form folded until a condition is set.
func TestRiskySignInsInSight(t *testing.T) {
	t.Parallel()
	const measure = `() => {
		const box = (selector) => document.querySelector(selector).getBoundingClientRect();
		const place = box('.ledger-scroll'), form = document.querySelector('.risky-filter');
		return JSON.stringify({
			wide: Math.round(box('.ledger').width - place.width), status: Math.round(box('[data-label=Status]').right - place.right),
			first: Math.round(box('[data-testid=row]').top), form: form.checkVisibility({ contentVisibilityAuto: true }),
			zoned: [...document.querySelectorAll('[data-testid=row] th time')].filter((time) => time.textContent.includes('UTC')).length,
		});
	}`
	for _, size := range [][2]int{{1920, 1080}, {1600, 900}, {1440, 900}, {1280, 720}, {390, 844}} {
		v := open(t, visitOptions{width: size[0], height: size[1]})
		v.as(administrator)
		for _, address := range []string{"/protection/signins?range=30d", "/protection/principalsignins?range=30d"} {
			v.goTo(address)
			v.must(v.hook("total").WaitFor())
			if v.count("row") == 0 {
				if strings.HasPrefix(address, "/protection/signins") {
					t.Fatal("the demo has no risky sign-ins")
				}
				continue // its days have none near a detection of a service principal
			}
			var seen struct {
				Wide, Status, First, Zoned int
				Form                       bool
			}
			v.decode(v.eval(measure), &seen)
			what := fmt.Sprintf("%s at %d", address, size[0])
			isPhone := size[0] == 390
			switch {
			case isPhone && seen.First > 600:
				t.Errorf("%s: the first row begins at %d", what, seen.First)
			case size[0] >= 1440 && seen.Wide > 0:
				t.Errorf("%s: the table is %d pixels wider than its place", what, seen.Wide)
			case !isPhone && seen.Status > 0:
				t.Errorf("%s: the status ends %d pixels out of sight", what, seen.Status)
			}
			if seen.Form == isPhone {
				t.Errorf("%s: the form is in sight: %v", what, seen.Form)
			}
			if seen.Zoned > 0 {
				t.Errorf("%s: %d rows name the zone again", what, seen.Zoned)
			}
		}
		v.goTo("/protection/signins?range=30d&riskstate=atRisk")
		if !v.isVisible(".risky-filter") {
			t.Errorf("%v: the form with a condition is folded", size)
		}
	}
}
