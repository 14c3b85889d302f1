//go:build e2e

package e2e

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The tests of this file walk the logs without scripts.

func byHook(name string) string { return `[data-testid="` + name + `"]` }

func openPlainAs(t *testing.T, name string) *plain {
	t.Helper()
	p := openPlain(t, baseURL)
	p.as(name)
	return p
}

// total is the number of sign-ins that the page says there are.
func (p *plain) total() int {
	p.t.Helper()
	n, err := strconv.Atoi(p.attribute(byHook("total"), "data-value"))
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

func (p *plain) firstID() string {
	p.t.Helper()
	return p.attribute(byHook("row"), "data-id")
}

func (p *plain) query() url.Values { return p.address.Query() }

func TestWalkTheLogsWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	for _, tab := range tabs {
		p.follow(byHook("tab-" + tab))
		if p.address.Path != "/logs/"+tab || p.count(byHook("row")) == 0 || p.total() == 0 {
			t.Errorf("%s: %d rows of %d at %s", tab, p.count(byHook("row")), p.total(), p.address)
		}
	}
	p.press("form[action='/signout'] button")
	if p.address.Path != "/signin" {
		t.Errorf("signing out leads to %s", p.address)
	}
	p.goTo("/logs/interactive")
	if p.address.Path != "/signin" || !p.query().Has("next") {
		t.Errorf("signed out the log is %s", p.address)
	}
}

func TestPageForthAndBackWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	to := time.Now().UTC().Add(-time.Hour).Truncate(time.Minute)
	p.goTo("/logs/noninteractive?limit=20&from=" + to.AddDate(0, 0, -7).Format(time.RFC3339) + "&to=" + to.Format(time.RFC3339))
	first := p.firstID()
	if p.count(byHook("prev")) != 0 {
		t.Error("the newest page has a newer one")
	}
	p.follow(byHook("next"))
	if p.firstID() == first {
		t.Error("the older page begins with the same row")
	}
	p.follow(byHook("prev"))
	if id := p.firstID(); id != first || p.count(byHook("prev")) != 0 {
		t.Errorf("back on the newest page the first row is %s, was %s", id, first)
	}
}

func TestExpandAGroupWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	p.goTo("/logs/managedidentity?range=7d")
	p.press(byHook("expand"))
	if n := p.count(byHook("member")); n < 2 {
		t.Errorf("the group shows %d members", n)
	}
	p.follow(byHook("member") + " a[href*='/logs/managedidentity/']")
	p.one(byHook("details"))
}

func TestMoreMembersWithoutScripts(t *testing.T) {
	t.Parallel()
	group := importGroup(t, "6a0f0001", 120)
	p := openPlainAs(t, administrator)
	p.goTo(group.list)
	p.press(byHook("expand"))
	p.one(group.member(70))
	for _, oldest := range []int{20, 0} {
		p.follow(".members-foot a[href*='members=']")
		p.one(group.member(oldest))
	}
	p.goTo(p.address.String())
	if n := p.count(byHook("member")); n != 20 {
		t.Errorf("after a reload there are %d members, want the last 20", n)
	}
	p.follow(".from-newest")
	p.one(group.member(119))
}

func TestABarNarrowsWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	p.goTo("/logs/noninteractive?" + quiet())
	all, start := p.total(), p.address.String()
	if n := p.count(".bars > a"); n < 55 || n > 125 {
		t.Fatalf("%d bars", n)
	}
	const bar = ".bars > a[href]:nth-of-type(n+4)"
	title := p.find(bar + " title").Text()
	want := 0
	for _, match := range regexp.MustCompile(`([\d,]+) [a-z]+`).FindAllStringSubmatch(title[strings.LastIndex(title, ": ")+1:], -1) {
		n, err := strconv.Atoi(strings.ReplaceAll(match[1], ",", ""))
		if err != nil {
			t.Fatal(err)
		}
		want += n
	}
	p.follow(bar)
	if got := p.total(); got != want || want == 0 {
		t.Errorf("narrowed to %d sign-ins at %s, the bar says %d", got, p.address, want)
	}
	p.follow(byHook("tab-interactive"))
	p.follow("[data-zoom-out]")
	p.follow(byHook("tab-noninteractive"))
	if got := p.total(); got != all || p.address.String() != start && p.query().Has("wide") {
		t.Errorf("zoomed out to %d sign-ins at %s, want %d at %s", got, p.address, all, start)
	}
}

func TestTheChartAsATableWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	p.goTo("/logs/interactive?" + quiet())
	p.follow("[data-chart-as=table]")
	if n := p.count(".bars > a"); n != 0 {
		t.Errorf("%d bars beside the table", n)
	}
	p.follow(".chart-table tbody a")
	if p.total() == 0 || p.query().Get("chart") != "table" {
		t.Errorf("%d sign-ins at %s", p.total(), p.address)
	}
	p.follow("[data-chart-as=chart]")
	if p.count(".bars > a") == 0 {
		t.Error("back on the chart there are no bars")
	}
}

func TestBreakdownWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	p.goTo("/logs/noninteractive?" + quiet())
	all := p.total()
	p.press(byHook("split") + " button[value=app]")
	n, err := strconv.Atoi(p.attribute(".legend a", "data-count"))
	if err != nil || n == 0 || p.total() != all || p.query().Get("split") != "app" {
		t.Errorf("%s has %d sign-ins, want %d; the first part has %d (%v)", p.address, p.total(), all, n, err)
	}
	p.follow(byHook("split") + " a[href*=share]")
	if bars := p.words(".bars"); p.query().Get("bars") != "share" || !strings.Contains(bars, " %)") {
		t.Errorf("%s: the bars say %q", p.address, bars)
	}
	p.follow(".legend a")
	if p.total() != n {
		t.Errorf("the legend said %d, %s has %d", n, p.address, p.total())
	}
	p.press(byHook("split") + " button[value=status]")
	if p.count(".legend a[data-status=success]") != 1 {
		t.Errorf("%s is not by status", p.address)
	}
}

func TestFacetsWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	p.goTo("/logs/noninteractive?" + quiet())
	all := p.total()
	value := func(i int) (selector, name string, count int) {
		selector = "[data-facet=app] li:nth-child(" + strconv.Itoa(i) + ")"
		count, err := strconv.Atoi(p.attribute(selector, "data-count"))
		if err != nil {
			t.Fatal(err)
		}
		return selector, p.attribute(selector, "data-value"), count
	}
	first, name, n := value(1)
	p.follow(first + " a")
	if p.total() != n || p.query().Get("app") != name || p.count(byHook("chip")) != 1 {
		t.Errorf("%d sign-ins of %s at %s, want %d", p.total(), name, p.address, n)
	}
	p.follow("[data-facet=app] a[aria-current=true]")
	if p.total() != all {
		t.Errorf("taken away again: %d sign-ins, want %d", p.total(), all)
	}
	second, name, n := value(2)
	p.press(second + " button")
	if p.total() != all-n || p.query().Get("app.not") != name {
		t.Errorf("%d sign-ins without %s at %s, want %d", p.total(), name, p.address, all-n)
	}
	p.follow("[data-facet=app] a.out")
	if p.total() != all {
		t.Errorf("no longer excluded: %d sign-ins, want %d", p.total(), all)
	}
}

func TestAddAFilterWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	p.goTo("/logs/interactive?range=7d")
	if p.count("#filter-panel button[value=app]") == 0 {
		p.follow(byHook("filter-add") + " a")
	}
	p.press("#filter-panel button[value=app]")
	name := p.words("#filter-panel .option .option-text")
	p.check("#filter-panel .option input")
	p.press("#filter-panel button.primary")
	if got := p.words(byHook("chip")); !strings.Contains(got, "Application: "+name) || p.count(byHook("row")) == 0 {
		t.Errorf("the chip says %q over %d rows, want %s", got, p.count(byHook("row")), name)
	}
	p.follow(byHook("chip") + " a")
	p.choose("#filter-panel select[name=op]", "not")
	p.press("#filter-panel button.primary")
	if got := p.texts(byHook("chip")); len(got) != 1 || !strings.Contains(got[0], "Application is not "+name) {
		t.Errorf("chips = %q, want one", got)
	}
	p.follow(byHook("chip") + " .chip-remove")
	if n := p.count(byHook("chip")); n != 0 {
		t.Errorf("%d chips are left", n)
	}
}

func TestALineUnfoldsWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	p.goTo("/logs/interactive?mfa=timeout&" + oddRange)
	p.press(byHook("expand"))
	if n := p.count(byHook("member")); n != 5 {
		t.Errorf("%d events, want 5", n)
	}
	p.follow(byHook("events") + " a:contains('Every event')")
	if n := p.count(byHook("expand")); n != 0 || p.count(byHook("events")+" a[aria-current]:contains('Every event')") != 1 {
		t.Errorf("%d rows of every event unfold, want none", n)
	}
}

func TestFollowWithoutScriptsIsARefresh(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	p.goTo("/logs/serviceprincipal?follow=yes")
	id := importNow(t, "ServicePrincipalSignInLogs")
	p.follow(byHook("refresh"))
	p.find(`[data-id="` + id + `"]`)
}

func TestPaneWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	p.goTo(paneList)
	id := p.page.Find(byHook("row")).Eq(1).AttrOr("data-id", "")
	p.follow(byHook("row") + " .when a:last-of-type")
	p.one(byHook("details"))
	if p.count(byHook("newer"))+p.count(byHook("older")) != 0 {
		t.Error("without a list there are neighbours")
	}
	p.goTo(paneList + "&open=" + id)
	p.one("#pane " + byHook("details") + `[data-id="` + id + `"]`)
	p.follow(byHook("older"))
	p.follow(byHook("back"))
	p.find(byHook("row"))
	if n := p.count("[data-pane]:not([hidden]) " + byHook("details")); n != 0 {
		t.Errorf("back at the list %d panes are open", n)
	}
}

// The ways of the menu are links on the page of a sign-in, for whoever has no script.
func TestDetailsLeadToTheLogWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	p.goTo(failures)
	details := "/logs/interactive/" + p.firstID()
	for way, part := range map[string]string{"Filter by Sign-in error code": "error=", "Exclude Status": "status.not=failure"} {
		p.goTo(details)
		p.follow(".narrow a[aria-label^='" + way + "']")
		if !strings.Contains(p.address.RawQuery, part) {
			t.Errorf("%s leads to %s", way, p.address)
		}
	}
}

// Without scripts the summary is whole at once, and the numbers of what is related are behind a link.
func TestRelatedAndOnlyMeWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	p.goTo("/logs/interactive?range=7d&status=failure")
	p.goTo("/logs/interactive/" + p.firstID())
	p.find(byHook("comparison"))
	p.follow(byHook("related-count"))
	if text := p.words(byHook("related")); !regexp.MustCompile(`\d+ interactive`).MatchString(text) {
		t.Errorf("related: %q", text)
	}
	p.goTo("/logs/interactive?range=7d&error=50126")
	p.goTo("/logs/interactive/" + p.firstID())
	p.find(byHook("only-me") + " [data-others]")
}
