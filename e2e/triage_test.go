//go:build e2e

package e2e

import (
	"strings"
	"testing"
)

// Somebody decides about two risky users in the list, and takes one verdict back on the user's page, with scripts and without.
func TestTriage(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]visitOptions{"with scripts": {}, "without scripts": {noScripts: true}, "on a telephone": {width: 390}} {
		t.Run(name, func(t *testing.T) {
			v := open(t, o)
			v.as(account(t, "olga", "--role", "security-operator"))
			check := func() {
				v.fits()
				if !o.noScripts {
					v.accessible()
				}
			}
			v.goTo("/protection/users?open=yes")
			check()
			open := v.count("row")
			if open < 2 {
				t.Fatalf("%d users are open here, want at least two", open)
			}
			v.must(v.page.Locator(".triage-box input").Nth(0).Check())
			v.must(v.page.Locator(".triage-box input").Nth(1).Check())
			v.click("[data-testid=triage-bar] button[value=dismissed]")
			v.must(v.hook("triage-confirm").WaitFor())
			check()
			if got := v.words("h1"); got != "Dismiss: 2 objects" {
				t.Errorf("to confirm: %q", got)
			}
			v.fill("textarea[name=comment]", "Both were on a <trip>.")
			v.click("[data-testid=triage-confirm] button[value=dismissed]")
			v.must(v.hook("triage-told").WaitFor())
			check()
			if got := v.words("[data-testid=triage-told]"); !strings.Contains(got, "2 recorded. Verdicts are kept in this portal only.") {
				t.Errorf("told %q", got)
			}
			if now := v.count("row"); now != open-2 {
				t.Errorf("%d users are open here, want %d", now, open-2)
			}
			told := v.page.Locator("[data-testid=triage-told] li")
			ids := []string{v.attribute(told.Nth(0), "data-id"), v.attribute(told.Nth(1), "data-id")}
			for _, id := range ids { // both are undone, so that other tests find them as they were
				v.goTo("/protection/users/" + id)
				v.must(v.hook("triage").WaitFor())
				check()
				if got := v.text(v.hook("triage")); !strings.Contains(got, "Dismissed here") || !strings.Contains(got, "Both were on a <trip>.") {
					t.Errorf("on the page of %s: %q", id, got)
				}
				v.click("[data-testid=triage] button[value=undo]")
				v.must(v.hook("triage-told").WaitFor())
				if got := v.attribute(v.hook("triage"), "data-open"); got != "true" {
					t.Errorf("%s is not open again", id)
				}
			}
		})
	}
}
