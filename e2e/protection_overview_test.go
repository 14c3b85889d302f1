//go:build e2e

package e2e

import (
	"strconv"
	"testing"
)

// The overview of Identity Protection: its numbers, its map, and the lists behind them. All of it works without scripts and on a phone.
func TestProtectionOverview(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]visitOptions{"scripts": {}, "without scripts": {noScripts: true}, "phone": {width: 390, height: 844}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := open(t, o)
			v.as(administrator)
			look := func() {
				if !o.noScripts {
					v.accessible()
				}
				v.fits()
			}
			v.goTo("/protection?range=30d")
			v.must(v.hook("protection").WaitFor())
			look()
			for _, number := range []string{"attacks", "blocked", "passed", "notremediated", "other", "riskysignins", "places"} {
				if n, err := strconv.Atoi(v.attribute(v.page.Locator("[data-testid=metric][data-name="+number+"]"), "data-value")); err != nil || n < 0 {
					t.Errorf("%s: %d, %v", number, n, err)
				}
			}
			if n, err := v.page.Locator(".protection-map circle").Count(); n == 0 || err != nil {
				t.Errorf("the map has %d places, %v", n, err)
			}
			total := v.attribute(v.page.Locator("[data-testid=metric][data-name=attacks]"), "data-value")
			v.must(v.page.Locator("[data-testid=metric][data-name=attacks] a").Click())
			v.must(v.hook("row").First().WaitFor())
			if got := v.attribute(v.hook("total"), "data-value"); got != total {
				t.Errorf("the list has %s sign-ins at risk, the overview %s", got, total)
			}
			look()
			v.must(v.page.Locator(".crumb a").Click())
			v.must(v.hook("places").WaitFor())
			n := v.attribute(v.hook("places").Locator("tbody tr").First(), "data-value")
			v.must(v.hook("places").Locator("tbody tr a").First().Click())
			v.must(v.hook("row").First().WaitFor())
			if got := v.attribute(v.hook("total"), "data-value"); got != n {
				t.Errorf("the list has %s risky sign-ins of the place, the map %s", got, n)
			}
			v.must(v.hook("row").First().Locator("th a").Click())
			v.must(v.hook("details").First().WaitFor())
		})
	}
	reader := open(t, visitOptions{})
	reader.as(reportsReader)
	if status := reader.goTo("/protection"); status != 403 {
		t.Errorf("a Reports Reader gets %d", status)
	}
}
