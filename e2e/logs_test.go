//go:build e2e

package e2e

import (
	"fmt"
	"path/filepath"
	"regexp"
	"testing"
	"time"

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
	t.Parallel()
	v := open(t, visitOptions{})
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
	v.account()
	v.click("form[action='/signout'] button")
	v.must(v.page.WaitForURL("**/signin**"))
	v.goTo("/logs/interactive")
	v.must(v.page.WaitForURL("**/signin?next=**"))
}

func TestPageForthAndBack(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	// A range that does not slide: with a new minute a newer page may come to be.
	to := time.Now().UTC().Add(-time.Hour).Truncate(time.Minute)
	v.goTo("/logs/noninteractive?limit=20&from=" + to.AddDate(0, 0, -7).Format(time.RFC3339) + "&to=" + to.Format(time.RFC3339))
	first := v.attribute(v.hook("row").First(), "data-id")
	if v.count("prev") != 0 {
		t.Error("the newest page has a newer one")
	}
	v.must(v.hook("next").Click())
	v.must(v.hook("prev").WaitFor())
	if id := v.attribute(v.hook("row").First(), "data-id"); id == first {
		t.Error("the older page begins with the same row")
	}
	// A click scrolls to the link, and the list goes on while it is scrolled: the way back has several pages.
	for pages := 0; v.count("prev") > 0 && pages < 10; pages++ {
		from := v.page.URL()
		v.must(v.hook("prev").Click())
		v.must(v.page.WaitForURL(func(url string) bool { return url != from }))
	}
	if id := v.attribute(v.hook("row").First(), "data-id"); id != first {
		t.Errorf("back on the newest page the first row is %s, was %s", id, first)
	}
}

func TestExpandAGroup(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
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
}

// Only tables scroll sideways, and on a phone not even those: whatever a record or an address holds.
func TestNoPageIsWiderThanAPhone(t *testing.T) {
	t.Parallel()
	fits := func(v *visit, path string) {
		t.Helper()
		v.goTo(path)
		over, err := v.page.Evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
		v.must(err)
		if fmt.Sprint(over) != "0" {
			t.Errorf("%s is %v pixels wider than a phone", path, over)
		}
	}
	v := open(t, visitOptions{width: 390})
	fits(v, "/signin")
	v.maybeTurned()
	v.as(somebody(t, "phone"))
	for _, tab := range append(tabs, "legacy") {
		fits(v, "/logs/"+tab+"?"+oddRange)
	}
	fits(v, "/logs/interactive?cols=userAgent,userPrincipalName,ipAddress&"+oddRange)
	fits(v, "/logs/interactive?range=7d&status=failure&app=Microsoft+Teams&user=maximiliana-theodora.wolfeschlegelsteinhausenbergerdorff")
	fits(v, "/logs/noninteractive?limit=x&ip=nonsense&agg=3h&range=9d&nothing=1")
	v.goTo("/logs/noninteractive?" + oddRange)
	fits(v, "/logs/noninteractive?expand="+v.attribute(v.hook("expand").First(), "value")+"&"+oddRange)
	fits(v, "/logs/noninteractive/"+v.attribute(v.hook("member").First(), "data-id"))
	v = open(t, visitOptions{width: 390})
	v.as(plainUser)
	fits(v, "/me?"+oddRange)
	fits(v, "/me/"+v.attribute(v.hook("row").First(), "data-id"))
}

func TestWhoMaySeeWhat(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(plainUser)
	if status := v.goTo("/logs/interactive"); status != 403 {
		t.Errorf("a plain user gets %d from the log, want 403", status)
	}
	if status := v.goTo("/me"); status != 200 {
		t.Errorf("/me answers %d", status)
	}
	v.accessible()
	v = open(t, visitOptions{})
	v.as(reportsReader)
	if status := v.goTo("/logs/interactive?ca=failure"); status != 403 {
		t.Errorf("a Reports Reader filters by Conditional Access: %d, want 403", status)
	}
	v.goTo("/logs/interactive")
	if n, err := v.page.GetByText("Conditional Access").Count(); err != nil || n != 0 {
		t.Errorf("a Reports Reader reads of Conditional Access %d times, %v", n, err)
	}
}

// group is one of sign-ins of a managed identity, a second apart, in a list that holds nothing else.
type group struct{ start, list string }

// member gives the selector of a member, of which the first is 0.
func (g group) member(n int) string {
	return fmt.Sprintf(`[data-testid=member][data-id="%s-0000-4000-8000-%012d"]`, g.start, n)
}

// importGroup imports a group of which each id starts so.
func importGroup(t *testing.T, start string, count int) group {
	t.Helper()
	principal := start + "-1111-4000-8000-000000000002"
	var records []object
	for n := range count {
		at := time.Date(2020, 5, 5, 12, 0, n, 0, time.UTC)
		records = append(records, object{"time": at, "category": "ManagedIdentitySignInLogs", "tenantId": tenant, "properties": object{
			"id": fmt.Sprintf("%s-0000-4000-8000-%012d", start, n), "createdDateTime": at, "servicePrincipalName": "vm-harbour",
			"servicePrincipalId": principal, "resourceDisplayName": "Azure Key Vault",
			"resourceId": "4e501ce0-0000-4000-8000-000000000003", "status": object{"errorCode": 0},
		}})
	}
	file := filepath.Join(t.TempDir(), "group.ndjson")
	if err := writeLines(file, records); err != nil {
		t.Fatal(err)
	}
	if err := signpost("", "import", "--data", data, file); err != nil {
		t.Fatal(err)
	}
	return group{start: start, list: "/logs/managedidentity?from=2020-05-05T00:00:00Z&to=2020-05-06T00:00:00Z&sp=" + principal}
}

// What was asked for last stands in the address: a reload shows it again, and from there the way back to the newest.
func TestMoreMembersStandInTheAddress(t *testing.T) {
	t.Parallel()
	group := importGroup(t, "6a0f0000", 120)
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo(group.list)
	member := func(n int) playwright.Locator {
		return v.page.Locator(group.member(n))
	}
	v.must(v.hook("expand").Click())
	v.must(member(70).WaitFor())
	for _, oldest := range []int{20, 0} {
		v.must(v.page.Locator(".members-foot a[href*='members=']").Click())
		v.must(member(oldest).WaitFor())
	}
	_, err := v.page.Reload()
	v.must(err)
	v.must(member(0).WaitFor())
	if n := v.count("member"); n != 20 {
		t.Errorf("after a reload there are %d members, want the last 20", n)
	}
	v.must(v.page.Locator(".from-newest").Click())
	v.must(member(119).WaitFor())
}

// What comes in place and fails becomes a whole page, which says what is wrong: the arrow's, and no other control's form.
func TestFragmentsThatFail(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{apart: true})
	v.as(administrator)
	v.must(v.page.Route("**/*", func(r playwright.Route) {
		if r.Request().Headers()["hx-request"] != "" {
			_ = r.Fulfill(playwright.RouteFulfillOptions{Status: playwright.Int(404), Body: "gone"})
			return
		}
		_ = r.Continue()
	}))
	v.goTo("/logs/noninteractive?" + oddRange)
	v.must(v.hook("expand").First().Click())
	v.must(v.page.WaitForURL(regexp.MustCompile("expand=")))
	v.must(v.hook("member").First().WaitFor())

	list := "/logs/interactive?pick=user&field=user&op=is&" + oddRange
	v.goTo(list)
	before := v.page.URL()
	answered, err := v.page.ExpectResponse(regexp.MustCompile("find=ada"), func() error {
		return v.page.Locator("#filter-panel input[name=find]").PressSequentially("ada")
	})
	v.must(err)
	_, err = v.page.WaitForFunction("() => !document.querySelector('.htmx-request')", nil)
	v.must(err)
	if answered.Status() != 404 || v.page.URL() != before {
		t.Errorf("looking for a value was answered %d and went to %s", answered.Status(), v.page.URL())
	}
}
