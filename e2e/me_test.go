//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// own is the address of the day in which the plain user has a sign-in of every outcome.
const own = "/me?" + oddRange

func (v *visit) text(l playwright.Locator) string {
	v.t.Helper()
	text, err := l.TextContent()
	v.must(err)
	return strings.Join(strings.Fields(text), " ")
}

// One's own sign-ins on a telephone and on a desk: searched, filtered, opened.
func TestOwnSignInsAreFound(t *testing.T) {
	t.Parallel()
	for _, width := range []int{390, 1440} {
		v := open(t, visitOptions{width: width})
		v.as(plainUser)
		v.goTo(own)
		whole := v.count("row")
		if whole < 8 {
			t.Fatalf("%d sign-ins, want the day's", whole)
		}
		v.fits()
		v.accessible()
		v.must(v.page.Locator("#me-q").Fill("wrong password"))
		v.must(v.page.Locator(".me-search button").Click())
		v.must(v.page.Locator(`[data-testid=total][data-value="1"]`).WaitFor())
		if got := v.text(v.hook("row").First()); !strings.Contains(got, "The user name or password was wrong.") {
			t.Errorf("found %q", got)
		}
		v.must(v.page.Locator(".me-more > summary").Click())
		_, err := v.page.Locator("select[name=status]").SelectOption(playwright.SelectOptionValues{Values: playwright.StringSlice("success")})
		v.must(err)
		v.must(v.page.Locator(".me-apply button").Click())
		v.must(v.page.Locator(".empty").WaitFor())
		v.fits()
		v.must(v.page.Locator(".me-apply a").Click()) // all of the range again
		v.must(v.page.Locator(fmt.Sprintf(`[data-testid=total][data-value="%d"]`, whole)).WaitFor())
		v.must(v.hook("row").First().Locator("[data-open]").Click())
		v.must(v.hook("details").WaitFor())
		v.fits()
		v.accessible()
	}
}

// A report goes from the person to the administrator and back.
func TestReportIsWorkedOff(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{width: 390})
	v.as(account(t, "una", "--role", "user", "--upn", oddUPN))
	v.goTo(own + "&status=failure")
	doubt := v.page.Locator(".me-doubt").First()
	v.must(doubt.Click())
	v.must(v.page.Locator(".me-report > summary").Click())
	v.must(v.page.Locator("textarea[name=comment]").Fill("I was at sea."))
	v.must(v.page.Locator("button[value=notmine]").Click())
	v.must(v.hook("steps").WaitFor())
	v.fits()
	v.accessible()

	admin := open(t, visitOptions{})
	admin.as(administrator)
	admin.goTo("/protection/reported?state=open")
	admin.accessible()
	admin.fits()
	report := admin.hook("report").First()
	if got := admin.text(report); !strings.Contains(got, oddUPN) || !strings.Contains(got, "I was at sea.") {
		t.Errorf("the report reads %q", got)
	}
	admin.must(report.Locator("input[name=note]").Fill("talked to her"))
	admin.must(report.Locator("button[value=dismissed]").Click())
	admin.must(admin.page.Locator(".empty").WaitFor())
	admin.goTo("/protection/reported?state=dismissed")
	if got := admin.text(admin.hook("report").First()); !strings.Contains(got, "Dismissed by "+administrator) || !strings.Contains(got, "talked to her") {
		t.Errorf("the decided report reads %q", got)
	}
	admin.must(admin.hook("report").First().Locator("button[value=open]").Click()) // so that it can be taken back
	admin.must(admin.hook("account").First().WaitFor())

	_, err := v.page.Reload()
	v.must(err)
	v.must(v.page.Locator("button[value=takeback]").Click())
	v.must(v.page.Locator("button[value=mine]").WaitFor())
	v.must(v.page.Locator("button[value=mine]").Click())
	v.must(v.page.Locator("button[value=takeback]").WaitFor())
	if got := v.text(v.page.Locator(".me-said")); got != "You said this was you." {
		t.Errorf("the person reads %q", got)
	}
	v.must(v.page.Locator("button[value=takeback]").Click())
	v.must(v.page.Locator("button[value=mine]").WaitFor())
}
