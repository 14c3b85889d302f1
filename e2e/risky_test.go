//go:build e2e

package e2e

import (
	"strings"
	"testing"
)

// Risky users and principals: lists that narrow, sort and lead to their pages and back, with scripts and without, on a phone too.
func TestRiskyUsersAndPrincipals(t *testing.T) {
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
			v.goTo("/protection/users")
			v.must(v.hook("risky").WaitFor())
			all := v.attribute(v.hook("total"), "data-value")
			if all == "0" {
				t.Fatal("the demo has no risky users")
			}
			check()
			v.must(v.page.Locator(".risk-boxes[data-field=riskstate] summary").Click())
			v.must(v.page.Locator(".risk-boxes[data-field=riskstate] input[value=atRisk]").Check())
			check()
			v.must(v.page.Locator(".risk-form button[type=submit]").Click())
			v.must(v.page.Locator(".risk-boxes[data-field=riskstate] summary:has-text('At risk')").WaitFor())
			if states := v.words("[data-testid=row]:first-of-type"); !strings.Contains(states, "At risk") {
				t.Errorf("at risk, the first row is %q", states)
			}
			v.must(v.page.Locator("[data-testid=days] details summary").Click())
			check()
			v.must(v.page.Locator("[data-testid=row] th a").First().Click())
			v.must(v.hook("risky-object").WaitFor())
			check()
			v.must(v.page.Locator("[data-testid=signals] a[data-value=each]").Click())
			v.must(v.page.Locator("[data-testid=signals] a[data-value=each][aria-current]").WaitFor())
			check()
			v.must(v.hook("object-link").Click())
			v.must(v.hook("entity").WaitFor())
			check()
			v.must(v.hook("risk-link").First().Click())
			v.must(v.hook("risky-object").WaitFor())
			v.goTo("/protection/principals")
			v.must(v.hook("risky").WaitFor())
			check()
			v.must(v.page.Locator("[data-testid=row] th a").First().Click())
			v.must(v.hook("risky-object").WaitFor())
			check()
			v.goTo("/protection/principals?kind=agents")
			check()
		})
	}
}
