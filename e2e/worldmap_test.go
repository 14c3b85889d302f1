//go:build e2e

package e2e

import "testing"

// The outline comes from a file of its own; a policy that kept it out would show on the console.
func TestMapOfASignIn(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/interactive/" + firstIDOf(v, "/logs/interactive?range=30d&city.empty=no") + "?tab=location")
	v.must(v.page.Locator(".world").WaitFor())
	v.accessible()
	if got := v.eval("async () => { await new Promise((done) => requestAnimationFrame(done)); return document.querySelector('.world use').getBBox().width > 300 }"); got != true {
		t.Error("the map has no land")
	}
}

func firstIDOf(v *visit, list string) string {
	v.t.Helper()
	v.goTo(list)
	return v.rowID(0)
}
