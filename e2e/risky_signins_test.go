//go:build e2e

package e2e

import (
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
