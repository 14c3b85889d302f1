//go:build e2e

package e2e

import (
	"net/url"
	"strings"
	"testing"
)

// The help desk opens one person by the whole name and with a ticket, with scripts and without.
func TestHelpdesk(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]visitOptions{"with scripts": {}, "without scripts": {noScripts: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := open(t, o)
			v.as(helper)
			v.goTo("/")
			v.must(v.hook("helpdesk-form").WaitFor())
			check := func() {
				if !o.noScripts {
					v.looksRight()
				}
			}
			check()
			v.goTo("/helpdesk?ticket=&user=" + url.QueryEscape(oddUPN)) // as a browser sends it that does not ask for what is required
			if said := v.words("[data-testid=error]"); !strings.Contains(said, "The ticket number is missing.") {
				t.Errorf("without a ticket: %q", said)
			}
			check()
			v.fill("main input[name=ticket]", "T-1042")
			v.click("[data-testid=helpdesk-form] button")
			v.must(v.hook("helpdesk-person").WaitFor())
			v.goTo("/helpdesk?" + oddRange + "&ticket=T-1042&user=" + url.QueryEscape(oddUPN))
			if v.count("row") == 0 {
				t.Fatal("there are no sign-ins of the person")
			}
			check()
			v.must(v.page.Locator("[data-testid=signins] a[data-open]").First().Click())
			v.must(v.hook("details").WaitFor())
			check()
			v.must(v.page.Locator(".crumb a").Click())
			v.must(v.hook("helpdesk-person").WaitFor())
			v.goTo("/helpdesk?ticket=T-1042&user=nobody@example.com")
			if said := v.words(".empty h2"); said != "No sign-ins of this person" {
				t.Errorf("of nobody: %q", said)
			}
			check()
		})
	}
}

// Somebody with a scope is told so on every page, and an administrator sets it without scripts too.
func TestScopeIsTold(t *testing.T) {
	t.Parallel()
	name := account(t, "scoped", "--role", "security-reader")
	admin := open(t, visitOptions{noScripts: true})
	admin.as(administrator)
	admin.goTo("/settings/people?q=" + url.QueryEscape(name))
	admin.must(admin.page.Locator("[data-testid=person] a").First().Click())
	admin.fill("textarea[name=app]", "a9a9a9a9-0000-4000-8000-000000000001")
	admin.must(admin.page.Locator("[data-testid=scope-form] button").Click())
	admin.must(admin.hook("done").WaitFor())
	both(t, func(t *testing.T, o visitOptions) {
		v := open(t, o)
		v.as(name)
		v.goTo("/logs/interactive")
		if said := v.words("[data-testid=scope]"); !strings.HasPrefix(said, "Your scope: the application ") {
			t.Errorf("the page says %q", said)
		}
		v.looksRight()
	})
}
