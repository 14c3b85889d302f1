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
	v := open(t, visitOptions{noScripts: true})
	looks := func(path string) {
		t.Helper()
		v.goTo(path)
		v.looksRight()
	}
	looks("/errors")
	looks("/errors?code=" + "AADSTS500121")
	v.as(plainUser)
	looks(own)
	looks("/me/" + firstIDOf(v, own+"&status=failure"))
	looks("/help/keys")
	if shown, err := v.page.Locator("[data-keys-switch]").IsVisible(); err != nil || shown {
		t.Errorf("without scripts the switch of the keys is visible: %t, %v", shown, err)
	}
	v.must(v.page.Context().ClearCookies())
	v.as(administrator)
	for _, tab := range tabs {
		looks("/logs/" + tab)
	}
	for _, path := range []string{
		"/logs/interactive?pick=app&range=7d", "/logs/interactive?panel=columns", "/logs/interactive?panel=views", "/logs/interactive?chart=table&range=7d",
		"/logs/interactive?range=7d&status=failure", "/logs/noninteractive?follow=yes", "/logs/interactive?group=nobody", "/users", "/groups", "/apps", "/users/nobody",
		"/errors/50126", "/search", "/search?q=microsoft", "/import", "/reported", "/settings/people", "/settings/people/new", "/settings/account", "/settings/sessions",
	} {
		looks(path)
	}
	for _, list := range []string{"/users", "/groups", "/apps"} {
		looks(list + "/" + firstIDOf(v, list))
	}
	id := firstIDOf(v, "/logs/interactive?range=30d&city.empty=no&status=failure")
	for _, path := range []string{"/logs/interactive/" + id, "/logs/interactive/" + id + "?tab=location", "/logs/interactive?range=30d&status=failure&city.empty=no&open=" + id} {
		looks(path)
	}
	v.goTo("/logs/interactive/" + id)
	v.must(v.page.Locator(".narrow a[aria-label^='Filter by Sign-in error code']").First().Focus())
	if got := v.eval("() => getComputedStyle(document.activeElement.parentElement).opacity"); got != "1" {
		t.Errorf("the focused way to the log has opacity %v", got)
	}
	v.goTo("/logs/interactive/" + id + "?tab=location")
	if got := v.eval("() => document.querySelector('.world use').getBBox().width > 300"); got != true {
		t.Error("the map has no land")
	}
	v.goTo("/logs/noninteractive?" + oddRange)
	v.follow(byHook("expand"), "expand=")
	v.looksRight()
	v.goTo("/logs/interactive?range=7d")
	v.click(`[data-testid="download"] > summary`)
	v.looksRight()
	v.must(v.page.EmulateMedia(playwright.PageEmulateMediaOptions{ColorScheme: playwright.ColorSchemeDark}))
	v.accessible()
}
