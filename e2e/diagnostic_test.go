//go:build e2e

package e2e

import (
	"net/url"
	"strings"
	"testing"
)

// Why a sign-in failed is two clicks away from it: with scripts and without, on a phone too.
func TestWhyASignInFailed(t *testing.T) {
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
			v.goTo("/diagnostic")
			v.must(v.hook("diagnostic-form").WaitFor())
			check()
			v.goTo("/diagnostic?user=nobody%40example.com&time=2026")
			if said := v.words("[data-testid=error]"); !strings.Contains(said, "The time is not a time that we understand.") {
				t.Errorf("of a bad time: %q", said)
			}
			check()
			v.goTo("/logs/interactive?status=failure&range=7d")
			id := v.rowID(0)
			if !o.noScripts && o.width == 0 {
				v.openMenu(0, "app")
				if href := v.attribute(v.menu().Locator("[data-item=diagnose]"), "href"); href != "/diagnostic?request="+id+"&log=interactive" {
					t.Errorf("the menu of the row leads to %s", href)
				}
			}
			v.goTo("/logs/interactive/" + id)
			v.must(v.hook("diagnose").First().Click())
			v.must(v.hook("diagnosis").WaitFor())
			for _, part := range []string{"What happened", "Why", "Who can fix it"} {
				if text := v.words("[data-testid=diagnosis]"); !strings.Contains(text, part) {
					t.Errorf("the answer lacks %q: %q", part, text)
				}
			}
			if support := v.words("[data-testid=support]"); !strings.Contains(support, id) || !strings.Contains(support, "Who can fix it: ") {
				t.Errorf("the text for support is %q", support)
			}
			check()
			v.must(v.hook("back").Click())
			v.must(v.hook("details").WaitFor())
			user := v.attribute(v.page.Locator("a[href^='/users/']").First(), "href")
			v.goTo(user + "?range=7d")
			v.must(v.hook("diagnose").Click())
			v.must(v.hook("diagnostic").WaitFor())
			check()
			v.goTo("/flagged?range=30d")
			v.must(v.hook("flagged").WaitFor())
			check()
			v.goTo("/diagnostic?user=" + url.QueryEscape("nobody@example.com"))
			if said := v.words(".empty h2"); said != "No sign-ins found" {
				t.Errorf("of nobody: %q", said)
			}
			check()
		})
	}
}
