//go:build e2e

package e2e

import (
	"fmt"
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

// How many rows of the lists of risky users and principals a window shows. A phone shows the first one within its second screen.
func TestRiskyRowsInSight(t *testing.T) {
	t.Parallel()
	const firstScreens = `() => {
		const rows = [...document.querySelectorAll('[data-testid=row]')].map((row) => row.getBoundingClientRect());
		const place = document.querySelector('.entities-scroll').getBoundingClientRect();
		return JSON.stringify({
			rows: rows.length, inSight: rows.filter((at) => at.bottom <= innerHeight + 1).length,
			fit: Math.floor((innerHeight - rows[0].top + 1) * rows.length / rows.reduce((sum, at) => sum + at.height, 0)),
			first: rows[0].bottom, wide: Math.round(document.querySelector('.entities-scroll table').getBoundingClientRect().width - place.width),
		});
	}`
	for _, size := range []struct{ width, height, want int }{{1440, 900, 10}, {1280, 720, 5}, {390, 844, 0}} {
		v := open(t, visitOptions{width: size.width, height: size.height})
		v.as(administrator)
		for _, address := range []string{"/protection/users", "/protection/principals", "/protection/principals?kind=agents"} {
			v.goTo(address)
			v.must(v.hook("risky").WaitFor())
			var seen struct {
				Rows, InSight, Fit int
				First, Wide        float64
			}
			v.decode(v.eval(firstScreens), &seen)
			what := fmt.Sprintf("%s at %d x %d", address, size.width, size.height)
			if size.want == 0 {
				if seen.First > float64(2*size.height) {
					t.Errorf("%s: the first row ends at %v", what, seen.First)
				}
				continue
			}
			if seen.InSight < min(size.want, seen.Rows) || seen.Fit < size.want {
				t.Errorf("%s: %d of %d rows are in sight, and %d have room, want %d", what, seen.InSight, seen.Rows, seen.Fit, size.want)
			}
			if seen.Wide > 0 {
				t.Errorf("%s: the table is %v pixels wider than its place", what, seen.Wide)
			}
			if !v.isVisible("[data-testid=what-counts] summary") || !strings.Contains(v.words("[data-testid=what-counts]"), "Each counts once a day") {
				t.Errorf("%s: the definitions are gone", what)
			}
		}
	}
}
