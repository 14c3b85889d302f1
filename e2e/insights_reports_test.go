//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// pagesOfReports are the pages of the reports, with their tabs and the lists that look different.
var pagesOfReports = []string{
	"/insights/authentication?tab=registration", "/insights/principals?range=30d", "/insights/adfs?range=30d", "/insights/authentication?tab=events&range=30d",
	"/insights/credentials?range=30d", "/insights/authentication?tab=usage&range=30d", "/insights/applications?range=30d&compare=yes", "/insights/removal?kind=client&value=IMAP4",
	"/insights/authentication?tab=registration&list=gone", "/insights/credentials?list=calendar&ahead=365", "/insights/authentication?tab=usage&list=weak&range=30d", "/insights/adfs?list=checks", "/insights",
}

// onPaper tells what of a report is printed: how many controls, definitions and rows.
const onPaper = `() => {
	const shown = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0);
	const cut = [...document.querySelectorAll('.report *')].filter((e) => e.checkVisibility() && getComputedStyle(e).overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1 && !e.matches('.hidden, .hidden *'));
	return [shown('main :is(button, input, select, textarea, summary, nav, form)').map((e) => e.outerHTML.slice(0, 80)), shown('.report-definitions dd').length, shown('.report-rows tbody tr, .empty').length, cut.map((e) => e.className).slice(0, 3)].map((of) => Array.isArray(of) ? of.join(' | ') : String(of));
}`

// Each page of a report is looked at on a desk, on a phone, on paper and in forced colours, with one navigation.
func TestPagesOfReports(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{apart: true})
	v.as(administrator)
	for _, path := range someOf(pagesOfReports, 0, 3) {
		if status := v.goTo(path); status != 200 {
			t.Errorf("%s answers %d", path, status)
			continue
		}
		if down := v.eval("() => scrollY"); fmt.Sprint(down) != "0" {
			t.Errorf("%s opens %v px down, its head is out of sight", path, down)
		}
		v.looksRight()
		if !strings.Contains(path, "?") {
			continue
		}
		if n := v.count("metric"); n == 0 {
			t.Errorf("%s has no number", path)
		}
		v.must(v.page.EmulateMedia(playwright.PageEmulateMediaOptions{Media: playwright.MediaPrint}))
		told, _ := v.eval(onPaper).([]any)
		if len(told) != 4 || told[0] != "" || told[1] == "0" || told[2] == "0" || told[3] != "" {
			t.Errorf("%s on paper: controls, definitions, rows, and what is cut: %q", path, told)
		}
		v.must(v.page.EmulateMedia(playwright.PageEmulateMediaOptions{Media: playwright.MediaScreen, ForcedColors: playwright.ForcedColorsActive}))
		if lines := v.eval(`() => [...document.querySelectorAll('main [aria-current]')].filter((e) => e.checkVisibility() && getComputedStyle(e).outlineStyle === 'none').map((e) => e.outerHTML.slice(0, 80)).join(' | ')`); lines != "" {
			t.Errorf("%s in forced colours does not mark what is chosen: %v", path, lines)
		}
		v.passes("color-contrast", "link-in-text-block")
		v.must(v.page.EmulateMedia(playwright.PageEmulateMediaOptions{ForcedColors: playwright.ForcedColorsNone}))
	}
}

// A name is searched for among the registrations, a card leads to the people behind its number, and the tabs lead from one part to
// the next. All of it works without scripts.
func TestRegistrationsAreSearched(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]visitOptions{"scripts": {}, "without scripts on a phone": {noScripts: true, width: 390, height: 844}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := open(t, o)
			v.as(reportsReader)
			v.goTo("/insights/authentication")
			all := v.total()
			v.must(v.page.Locator("input[name=begins]").Fill("b"))
			v.must(v.page.Locator(".report-filter button").Click())
			v.must(v.page.Locator("input[name=begins][value=b]").WaitFor())
			some := v.total()
			if some == 0 || some >= all {
				t.Errorf("%d of %d names begin with b", some, all)
			}
			line := v.page.Locator("[data-card=mfa] li").First()
			want := v.attribute(line.Locator("[data-value]"), "data-value")
			v.must(line.Locator("a").First().Click())
			v.must(v.page.Locator("select[name=mfa] option[value=yes][selected]").WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateAttached}))
			if got := v.attribute(v.hook("total"), "data-value"); got != want {
				t.Errorf("the card says %s, its list %s", want, got)
			}
			v.must(v.page.Locator("[data-tab=events]").Click())
			v.must(v.page.Locator("[data-tab=events][aria-current]").WaitFor())
			if words := v.text(v.page.Locator("td[data-name=outcome]").First()); words != "Success" && words != "Failure" {
				t.Errorf("an event has the status %q", words)
			}
			v.fits()
		})
	}
}
