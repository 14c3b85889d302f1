//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// The reports: from the first page to one, to one application, and from a bar of its picture to the log. All of it works without
// scripts and on a phone.
func TestInsights(t *testing.T) {
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
			v.goTo("/insights")
			look()
			v.must(v.page.Locator("[data-report=applications] a").Click())
			v.must(v.hook("report").WaitFor())
			look()
			if n := v.count("row"); n == 0 || n > 25 {
				t.Errorf("%d applications on a page", n)
			}
			v.must(v.page.Locator("[data-value=no]").Click())
			v.must(v.page.Locator("[data-value=no][aria-current]").WaitFor())
			v.must(v.hook("compare").Click())
			v.must(v.page.Locator("[data-was]").First().WaitFor())
			v.must(v.hook("row").First().Locator("th a").Click())
			v.must(v.page.Locator("[data-card=directory]").WaitFor())
			look()
			total := v.attribute(v.page.Locator("[data-testid=metric][data-name=failed]"), "data-value")
			v.must(v.page.Locator("[data-testid=metric][data-name=failed] a").Click())
			v.must(v.hook("total").WaitFor()) // a list of none has no grid
			if got := v.attribute(v.hook("total"), "data-value"); got != total {
				t.Errorf("the log has %s failed sign-ins, the report %s", got, total)
			}
			v.goTo("/insights/removal")
			_, err := v.page.Locator("select[name=kind]").SelectOption(playwright.SelectOptionValues{Values: playwright.StringSlice("client")})
			v.must(err)
			v.must(v.page.Locator("form:has(select[name=kind]) input[name=value]").Fill("imap4"))
			v.must(v.page.Locator("form:has(select[name=kind]) button").Click())
			v.must(v.hook("row").First().WaitFor())
			if at := v.page.URL(); !strings.Contains(at, "kind=client") {
				t.Errorf("the form leads to %s", at)
			}
			look()
		})
	}
	reader := open(t, visitOptions{})
	reader.as(reportsReader)
	reader.goTo("/insights/removal")
	if n, err := reader.page.Locator("option[value=policy]").Count(); n != 0 || err != nil {
		t.Errorf("a Reports Reader can ask about policies: %d, %v", n, err)
	}
}
