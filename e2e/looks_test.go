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
