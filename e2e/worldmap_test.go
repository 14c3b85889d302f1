//go:build e2e

package e2e

import (
	"testing"

	"github.com/playwright-community/playwright-go"
)

// The outline comes from a file of its own; a policy that kept it out would show on the console.
func TestMapOfASignIn(t *testing.T) {
	everyWay(t, func(t *testing.T, o visitOptions) {
		v := open(t, o)
		v.signIn(administrator)
		v.goTo("/logs/interactive/" + firstIDOf(v, "/logs/interactive?range=30d&city.empty=no") + "?tab=location")
		v.must(v.page.Locator(".world").WaitFor())
		v.accessible()
		if got := v.eval("async () => { await new Promise((done) => requestAnimationFrame(done)); return document.querySelector('.world use').getBBox().width > 300 }"); got != true {
			t.Error("the map has no land")
		}
		if _, err := v.page.Screenshot(playwright.PageScreenshotOptions{Path: playwright.String("/tmp/h/shots/det-map.png")}); err != nil {
			t.Error(err)
		}
	})
}

func firstIDOf(v *visit, list string) string {
	v.t.Helper()
	v.goTo(list)
	return v.rowID(0)
}
