//go:build e2e

package e2e

import (
	"fmt"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// everyWay runs a test with scripts and with scripts blocked.
func everyWay(t *testing.T, test func(t *testing.T, o visitOptions)) {
	for _, noScripts := range []bool{false, true} {
		t.Run(fmt.Sprintf("noScripts=%v", noScripts), func(t *testing.T) {
			test(t, visitOptions{noScripts: noScripts})
		})
	}
}

var tabs = []string{"interactive", "noninteractive", "serviceprincipal", "managedidentity"}

func TestWalkTheLogs(t *testing.T) {
	everyWay(t, func(t *testing.T, o visitOptions) {
		v := open(t, o)
		v.signIn(administrator)
		for _, tab := range tabs {
			v.must(v.hook("tab-" + tab).Click())
			v.must(v.page.WaitForURL("**/logs/" + tab + "**"))
			if n := v.count("row"); n == 0 {
				t.Errorf("%s shows no row", tab)
			}
			if total := v.attribute(v.hook("total"), "data-value"); total == "" || total == "0" {
				t.Errorf("%s: total %q", tab, total)
			}
			v.accessible()
		}
		v.must(v.page.Locator("form[action='/signout'] button").First().Click())
		v.must(v.page.WaitForURL("**/signin**"))
		v.goTo("/logs/interactive")
		v.must(v.page.WaitForURL("**/signin?next=**"))
	})
}

func TestPageForthAndBack(t *testing.T) {
	everyWay(t, func(t *testing.T, o visitOptions) {
		v := open(t, o)
		v.signIn(administrator)
		v.goTo("/logs/noninteractive?range=7d&limit=20")
		first := v.attribute(v.hook("row").First(), "data-id")
		if v.count("prev") != 0 {
			t.Error("the newest page has a newer one")
		}
		v.must(v.hook("next").Click())
		v.must(v.hook("prev").WaitFor())
		if id := v.attribute(v.hook("row").First(), "data-id"); id == first {
			t.Error("the older page begins with the same row")
		}
		v.must(v.hook("prev").Click())
		v.must(v.hook("prev").WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateDetached}))
		if id := v.attribute(v.hook("row").First(), "data-id"); id != first {
			t.Errorf("back on the newest page the first row is %s, was %s", id, first)
		}
	})
}

func TestExpandAGroup(t *testing.T) {
	everyWay(t, func(t *testing.T, o visitOptions) {
		v := open(t, o)
		v.signIn(administrator)
		v.goTo("/logs/managedidentity?range=7d")
		expand := v.hook("expand").First()
		v.must(expand.Click())
		v.must(v.hook("member").First().WaitFor())
		if n := v.count("member"); n < 2 {
			t.Errorf("the group shows %d members", n)
		}
		v.accessible()
		v.must(v.hook("member").First().Locator("a[href*='/logs/managedidentity/']").First().Click())
		v.must(v.hook("details").First().WaitFor())
		v.accessible()
	})
}

func TestWhoMaySeeWhat(t *testing.T) {
	v := open(t, visitOptions{})
	v.signIn(plainUser)
	if status := v.goTo("/logs/interactive"); status != 403 {
		t.Errorf("a plain user gets %d from the log, want 403", status)
	}
	if status := v.goTo("/me"); status != 200 {
		t.Errorf("/me answers %d", status)
	}
	v.accessible()
	v = open(t, visitOptions{})
	v.signIn(reportsReader)
	if status := v.goTo("/logs/interactive?ca=failure"); status != 403 {
		t.Errorf("a Reports Reader filters by Conditional Access: %d, want 403", status)
	}
	v.goTo("/logs/interactive")
	if n, err := v.page.GetByText("Conditional Access").Count(); err != nil || n != 0 {
		t.Errorf("a Reports Reader reads of Conditional Access %d times, %v", n, err)
	}
}
