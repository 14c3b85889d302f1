//go:build e2e

package e2e

import (
	"net/url"
	"strings"
	"testing"
)

// The tests of this file do without scripts what people do with what the portal keeps and knows of people.

const savedColumns = "[data-testid=grid] thead th"

func TestChooseColumnsWithoutScripts(t *testing.T) {
	t.Parallel()
	name := somebody(t, "columns")
	p := openPlainAs(t, name)
	openPanel := func() { p.follow(columnsPanel + " [data-brings]") }
	p.goTo("/logs/interactive?range=7d")
	openPanel()
	button := func(label string) string { return columnsPanel + " button[aria-label='" + label + "']" }
	for _, label := range []string{"Remove Request ID", "Remove Location", "Remove Conditional Access", "Remove Authentication requirement", "Move Status up", "Move Status up"} {
		p.press(button(label))
	}
	other := func(label string) string {
		return columnsPanel + " .columns-others label:contains('" + label + "') input"
	}
	p.check(other("City"))
	p.press(button("Move Application down"))
	want := []string{"Date", "Status", "User", "IP address", "Application", "City"}
	p.expect("chosen", chosenColumns, want...)
	p.press(columnsPanel + " button[value=save]")
	p.expect("saved", savedColumns, want...)
	p.goTo("/logs/managedidentity")
	p.follow(byHook("tab-interactive"))
	p.expect("by the tab", savedColumns, want...)
	elsewhere := openPlainAs(t, name)
	elsewhere.goTo("/")
	elsewhere.expect("in another session", savedColumns, want...)
	openPanel()
	p.check(other("Browser"))
	p.press(columnsPanel + " .panel-foot button[value=once]")
	openPanel()
	p.expect("a note", columnsPanel+" .caption", "These are not the columns you saved. Show those")
	p.press(columnsPanel + " button[value=default]")
	elsewhere.goTo("/logs/managedidentity")
	if href := elsewhere.attribute(byHook("tab-interactive"), "href"); href != "/logs/interactive" {
		t.Errorf("after the default the tab leads to %s", href)
	}
}

func TestSaveAndShareAViewWithoutScripts(t *testing.T) {
	t.Parallel()
	owner := somebody(t, "owner")
	label := "Failures " + owner
	p, other := openPlainAs(t, owner), openPlainAs(t, reportsReader)
	mine := func() string { return viewsPanel + " section li:has(a:contains('" + label + "'))" }
	p.goTo("/logs/interactive?range=7d&status=failure&panel=views")
	p.fill(viewsPanel+" .new-view input[name=name]", label)
	p.press(viewsPanel + " .new-view button")
	p.expect("marked", viewsPanel+" section a[aria-current]", label)
	other.goTo("/logs/interactive?panel=views")
	other.expect("not shared yet", mine())
	p.fill(mine()+" input[name=name]", label+" renamed")
	p.press(mine() + " button[value=rename]")
	label += " renamed"
	p.expect("renamed", viewsPanel+" section a[aria-current]", label)
	p.press(mine() + " button[value=share]")
	other.goTo("/logs/interactive?panel=views")
	other.follow(mine() + " > a")
	if chips := other.count(byHook("chip")); chips != 1 || other.query().Get("status") != "failure" {
		t.Errorf("the shared view has %d chips at %s, want 1", chips, other.address)
	}
	p.choose(viewsPanel+" select[name=view]", label)
	p.press(viewsPanel + " .default-view button")
	begins := func(want string) {
		t.Helper()
		if next := openPlainAs(t, owner); next.address.RequestURI() != want {
			t.Errorf("the next session begins with %s, want %s", next.address, want)
		}
	}
	begins("/logs/interactive?range=7d&status=failure")
	if n := p.count(mine() + " > .view-more[open], " + mine() + " .view-more .view-more[open]"); n != 0 || p.count(mine()+" .view-more .view-more button[value=delete]") != 1 {
		t.Errorf("%d folds are open: the view can be deleted with one press", n)
	}
	p.press(mine() + " button[value=delete]")
	p.expect("deleted", mine())
	begins("/logs/interactive")
}

func TestTheWayBackWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, somebody(t, "way"))
	p.follow(viewsPanel + " section a:contains('Outside the home country')")
	p.expect("marked", viewsPanel+" > summary b", "Outside the home country")
	p.total()
	address := p.address.String()
	for _, path := range []string{"/logs/legacy", "/logs/interactive"} {
		p.follow(byHook("preview-toggle"))
		if p.address.Path != path || !p.query().Has("country.not") {
			t.Errorf("the preview leads to %s", p.address)
		}
	}
	p.goTo("/me")
	p.follow(".rail a:contains('Sign-in logs')")
	if p.address.String() != address {
		t.Errorf("the way back leads to %s, want %s", p.address, address)
	}
	for _, name := range []string{"   x   ", "X"} {
		p.fill(viewsPanel+" .new-view input[name=name]", name)
		p.press(viewsPanel + " .new-view button")
	}
	p.expect("a name that is taken", byHook("error"), "You have a view of that name already. Choose another name.")
}

func TestDirectoryWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, reportsReader)
	for _, list := range []string{"/users", "/groups", "/apps"} {
		p.goTo("/")
		p.follow(".rail a[href='" + list + "']")
		p.one(byHook("entities"))
		name := p.words(byHook("row") + " th a")
		p.follow(byHook("row") + " th a")
		if heading := p.words("h1"); heading != name {
			t.Errorf("%s: the row %q leads to %q", list, name, heading)
		}
		told := strings.ReplaceAll(p.words(".entity-logs a b"), ",", "")
		if p.total() == 0 {
			t.Errorf("%s: %s has no sign-ins", list, name)
		}
		p.follow(".entity-logs a")
		p.one(byHook("grid"))
		if got := p.attribute(byHook("total"), "data-value"); got != told {
			t.Errorf("%s: the page tells of %s, the log of %s", list, told, got)
		}
	}
	p.goTo("/logs/interactive?range=7d")
	p.goTo("/logs/interactive/" + p.firstID())
	p.follow(".fact a[href^='/users/']")
	p.find(byHook("entity"))
}

func TestDirectorySearchWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	p.goTo("/users")
	p.fill(".entities-form input[name=q]", "quillfeather")
	p.press(".entities-form button")
	p.one(byHook("row"))
	p.fill(".entities-form input[name=inactive]", "2026-01-01")
	p.press(".entities-form button")
	p.one(byHook("row"))
	if p.query().Get("inactive") != "2026-01-01" || p.query().Get("q") != "quillfeather" {
		t.Errorf("the form leads to %s", p.address)
	}
	for address, want := range map[string]int{
		"/users?inactive=never": 400, "/users?sort=odd": 400, "/users?range=9d": 400, "/users?state=odd": 400, "/users?x=y": 400, "/logs/interactive?group=nobody": 400,
		"/users/nobody": 404, "/groups/nobody": 404, "/apps/nobody": 404, "/users/" + url.PathEscape("<b>'\""): 404,
	} {
		if status := p.goTo(address); status != want {
			t.Errorf("%s is answered %d, want %d", address, status, want)
		} else if want == 400 {
			p.find(byHook("error"))
		}
	}
	p.goTo("/groups?q=finance")
	p.goTo("/logs/interactive?range=7d&group=" + p.firstID())
	if chip, members := p.words(byHook("chip")), p.words("[data-members]"); !strings.Contains(chip, "Finance") || !strings.Contains(members, "as of") {
		t.Errorf("the chip says %q, of the members it says %q", chip, members)
	}
}

func TestErrorPagesWithoutScripts(t *testing.T) {
	t.Parallel()
	guest := openPlain(t, baseURL)
	guest.goTo("/errors")
	guest.fill("#error-code", messageForSupport)
	guest.enter("#error-code")
	guest.one(byHook("error-message"))
	if guest.address.Path != "/errors/500121" || guest.count(byHook("error-seen")) != 0 {
		t.Errorf("somebody signed out sees what the tenant has seen, at %s", guest.address)
	}
	expectSupport(t, guest.find(byHook("support")+" pre").Text())
	p := openPlainAs(t, reportsReader)
	p.follow(".rail a[href='/errors']")
	p.find(byHook("error-common"))
	p.fill("#error-code", "AADSTS50126")
	p.enter("#error-code")
	p.find(byHook("error-seen"))
	count := p.attribute(byHook("error-log")+"[aria-current]", "data-count")
	p.follow(byHook("error-total"))
	if got := p.attribute(byHook("total"), "data-value"); got != count || got == "0" {
		t.Errorf("the page counts %s, the log %s", count, got)
	}
	p.follow(byHook("explained"))
	if p.address.Path != "/errors/50126" {
		t.Errorf("the explanation is %s", p.address)
	}
	id := p.attribute(byHook("error-row"), "data-id")
	p.follow(byHook("error-row"))
	p.one(byHook("details") + `[data-id="` + id + `"]`)
	p.follow(byHook("explained"))
	p.find(byHook("error-page"))
	p.follow(byHook("error-signin"))
	p.one(byHook("details") + `[data-id="` + id + `"]`)
}

func TestSearchWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, reportsReader)
	search := func(text string) {
		p.fill("#search", text)
		p.enter("#search")
	}
	p.goTo("/logs/interactive?range=7d")
	id := p.firstID()
	search("AADSTS50126: Something was not right. Trace ID: " + strings.ToUpper(id) + "Correlation ID: 00000000-0000-0000-0000-000000000000Timestamp: 2026-11-23 14:05:09Z")
	p.one(byHook("details") + `[data-id="` + id + `"]`)
	link, err := url.Parse(p.attribute("a[href*='correlation=']", "href"))
	if err != nil {
		t.Fatal(err)
	}
	search(link.Query().Get("correlation"))
	p.find(byHook("row") + ", " + byHook("finding"))
	search("192.0.2.")
	if p.address.Path != "/search" {
		t.Errorf("the search leads to %s", p.address)
	}
	search("microsoft")
	count := p.words(byHook("finding") + " b")
	p.follow(byHook("finding"))
	if total := p.words(byHook("total")); total != count {
		t.Errorf("the search counts %q, the log %q", count, total)
	}
}

func TestOwnSignInsWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, plainUser)
	p.goTo(own)
	whole := p.total()
	if whole < 8 || p.count(byHook("row")) != whole {
		t.Fatalf("%d sign-ins in %d rows, want the day's", whole, p.count(byHook("row")))
	}
	p.fill("#me-q", "wrong password")
	p.press(".me-search button")
	if got := p.words(byHook("row")); p.total() != 1 || !strings.Contains(got, "The user name or password was wrong.") {
		t.Errorf("found %d, %q", p.total(), got)
	}
	p.choose("select[name=status]", "success")
	p.press(".me-apply button")
	p.find(".empty")
	p.follow(".me-apply a")
	if p.total() != whole {
		t.Errorf("all of the range are %d again, want %d", p.total(), whole)
	}
	p.follow(byHook("row") + " [data-open]")
	p.find(byHook("details"))
	p.goTo("/me")
	p.follow("[data-testid=account] a[href='/help/keys']")
	if n := p.count("kbd"); n < 5 {
		t.Errorf("%d keys at %s", n, p.address)
	}
}

func TestReportIsWorkedOffWithoutScripts(t *testing.T) {
	p := openPlainAs(t, account(t, "una", "--role", "user", "--upn", oddUPN))
	p.goTo(own + "&status=failure")
	p.follow(".me-doubt")
	p.fill("textarea[name=comment]", "I was at sea, without scripts.")
	p.press("button[value=notmine]")
	p.find(byHook("steps"))
	address := p.address.String()
	admin := openPlainAs(t, administrator)
	const mine = `[data-testid="report"]:contains("without scripts")`
	admin.goTo("/protection/reported?state=open")
	if got := admin.words(mine); !strings.Contains(got, oddUPN) {
		t.Errorf("the report reads %q", got)
	}
	admin.fill(mine+" input[name=note]", "talked to her")
	admin.press(mine + " button[value=dismissed]")
	admin.goTo("/protection/reported?state=dismissed")
	if got := admin.words(mine); !strings.Contains(got, "Dismissed by "+administrator) || !strings.Contains(got, "talked to her") {
		t.Errorf("the decided report reads %q", got)
	}
	admin.press(mine + " button[value=open]") // so that it can be taken back
	p.goTo(address)
	p.press("button[value=takeback]")
	p.press("button[value=mine]")
	p.expect("said", ".me-said", "You said this was you.")
	p.press("button[value=takeback]")
	p.find("button[value=mine]")
}
