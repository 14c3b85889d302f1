//go:build e2e

package e2e

import (
	"testing"

	"github.com/playwright-community/playwright-go"
)

// Without scripts pages look different: controls are there that scripts take away, and what is swapped in is a page. Each kind
// is looked at on a desk and on a phone; what people do on them is walked in the tests of plain.
func TestLooksWithoutScripts(t *testing.T) {
	t.Parallel()
	for name, looks := range map[string]func(*visit){"guest and user": looksOfOne, "logs": looksOfLogs, "other pages": looksOfOthers, "a sign-in": looksOfASignIn} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			looks(open(t, visitOptions{noScripts: true}))
		})
	}
}

// look opens addresses, and judges each.
func (v *visit) look(addresses ...string) {
	v.t.Helper()
	for _, address := range addresses {
		v.goTo(address)
		v.looksRight()
	}
}

func looksOfOne(v *visit) {
	v.look("/signin", "/errors", "/errors?code=AADSTS500121")
	v.as(plainUser)
	v.look(own, own+"&status=failure", "/me/"+firstIDOf(v, own+"&status=failure"), "/help/keys")
	if shown, err := v.page.Locator("[data-keys-switch]").IsVisible(); err != nil || shown {
		v.t.Errorf("without scripts the switch of the keys is visible: %t, %v", shown, err)
	}
}

func looksOfLogs(v *visit) {
	v.as(administrator)
	for _, tab := range tabs {
		v.look("/logs/" + tab)
	}
	v.look("/logs/interactive?pick=app&range=7d", "/logs/interactive?panel=columns", "/logs/interactive?panel=views", "/logs/interactive?chart=table&range=7d",
		"/logs/interactive?range=7d&status=failure", "/logs/noninteractive?follow=yes", "/logs/interactive?group=nobody")
	v.goTo("/logs/noninteractive?" + oddRange)
	v.follow(byHook("expand"), "expand=")
	v.looksRight()
	v.goTo("/logs/interactive?range=7d")
	v.click(`[data-testid="download"] > summary`)
	v.looksRight()
	v.must(v.page.EmulateMedia(playwright.PageEmulateMediaOptions{ColorScheme: playwright.ColorSchemeDark}))
	v.accessible()
}

func looksOfOthers(v *visit) {
	v.as(administrator)
	v.look("/users/nobody", "/errors/50126", "/search", "/search?q=microsoft", "/import", "/protection/reported", "/settings/people", "/settings/people/new", "/settings/account", "/settings/sessions")
	for _, list := range []string{"/users", "/groups", "/apps"} {
		v.look(list, list+"/"+firstIDOf(v, list))
	}
}

func looksOfASignIn(v *visit) {
	v.as(administrator)
	id := firstIDOf(v, "/logs/interactive?range=30d&city.empty=no&status=failure")
	v.look("/logs/interactive?range=30d&status=failure&open="+id, "/logs/interactive/"+id)
	v.must(v.page.Locator(".narrow a[aria-label^='Filter by Sign-in error code']").First().Focus())
	if got := v.eval("() => getComputedStyle(document.activeElement.parentElement).opacity"); got != "1" {
		v.t.Errorf("the focused way to the log has opacity %v", got)
	}
	v.look("/logs/interactive/" + id + "?tab=location")
	if got := v.eval("() => document.querySelector('.world use').getBBox().width > 300"); got != true {
		v.t.Error("the map has no land")
	}
}
