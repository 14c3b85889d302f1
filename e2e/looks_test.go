//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// pagesOfAll are the addresses that the looks and the keyboard are tried on; those with %s are about the first row of a list.
var pagesOfAll = []string{
	"/logs/interactive?range=30d&status=failure&limit=5", "/logs/noninteractive?range=30d&limit=5", "/logs/audit?range=30d&limit=5", "/logs/access?limit=5", "/logs/legacy?limit=5",
	"/logs/interactive?range=30d&limit=5&panel=columns", "/logs/interactive?from=nonsense&to=2026-11-12", "/logs/interactive/%s",
	"/users", "/groups", "/apps", "/errors", "/errors/50126", "/search?q=a", "/reported", "/import", "/me", "/me/looked",
	"/settings/account", "/settings/people", "/settings/people/new", "/settings/sessions", "/help", "/help/keys", "/help/backup", "/nosuchpage",
}

func (v *visit) everyPage(visit func(path string)) {
	v.t.Helper()
	v.goTo("/logs/interactive?range=30d&limit=5")
	id := v.attribute(v.hook("row").First(), "data-id")
	for _, path := range pagesOfAll {
		path = strings.Replace(path, "%s", id, 1)
		v.goTo(path)
		visit(path)
	}
}

// In the dark and in forced colours every page is as accessible as in the light, where other tests look at it.
func TestPagesInTheDarkAndInForcedColours(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{apart: true, dark: true})
	v.as(administrator)
	v.everyPage(func(string) { v.accessible() })
	v.must(v.page.EmulateMedia(playwright.PageEmulateMediaOptions{ColorScheme: playwright.ColorSchemeLight, ForcedColors: playwright.ForcedColorsActive}))
	v.everyPage(func(string) { v.accessible() })
}

// The job: successful sign-ins from outside a country without multifactor authentication, in at most six clicks.
func TestOutsideACountryWithoutMultifactorAuthentication(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/interactive")
	clicks := 0
	click := func(l playwright.Locator, leads string) {
		t.Helper()
		clicks++
		v.must(l.Click())
		v.leadsTo(leads)
		v.must(v.hook("row").First().WaitFor())
	}
	first := func(column, text string) playwright.Locator {
		return v.page.Locator(".grid td:is(.of-"+column+", .col-"+column+")", playwright.PageLocatorOptions{HasText: text}).First()
	}
	v.must(first("status", "Success").Hover())
	click(v.page.Locator(".value-only"), `status=[Ss]uccess`)
	v.must(first("location", "Norway").Hover())
	click(v.page.Locator(".value-without"), `country\.not=`)
	v.must(first("requirement", "Single-factor").Hover())
	click(v.page.Locator(".value-only"), `requirement=`)
	if clicks > 6 {
		t.Errorf("%d clicks, want at most 6", clicks)
	}
	for column, wanted := range map[string]bool{"Success": true, "Single-factor": true, "Norway": false} {
		n, err := v.page.Locator("[data-testid=row]", playwright.PageLocatorOptions{HasText: column}).Count()
		v.must(err)
		if all := v.count("row"); all == 0 || wanted && n != all || !wanted && n != 0 {
			t.Errorf("%d of %d rows have %s", n, all, column)
		}
	}
}
