//go:build e2e

package e2e

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// pictures takes the pictures of one visit. A width of 390 is a phone.
type pictures struct {
	*visit
	folder, suffix string
	options        visitOptions
}

// shot is the window as it is.
func (p pictures) shot(name string) {
	p.t.Helper()
	p.take(name, false)
}

// whole is the page from top to bottom.
func (p pictures) whole(name string) {
	p.t.Helper()
	p.take(name+"-whole", true)
}

func (p pictures) take(name string, whole bool) {
	p.t.Helper()
	file := filepath.Join(p.folder, name+p.suffix+".png")
	_, err := p.page.Screenshot(playwright.PageScreenshotOptions{Path: &file, FullPage: &whole})
	p.must(err)
}

// at opens an address and takes the window.
func (p pictures) at(name, path string) {
	p.t.Helper()
	p.goTo(path)
	p.shot(name)
}

// firstID is the id of the first row of a list.
func (p pictures) firstID(path string) string {
	p.t.Helper()
	p.goTo(path)
	return p.attribute(p.hook("row").First(), "data-id")
}

// TestShots renders every page to PNG in the folder SIGNPOST_SHOTS, in both themes and in three windows; -run TestShots/audit takes those of the audit logs alone.
func TestShots(t *testing.T) {
	folder := os.Getenv("SIGNPOST_SHOTS")
	if folder == "" {
		t.Skip("SIGNPOST_SHOTS names no folder: no pictures wanted")
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	everyLook := func(name, base string, take func(pictures)) {
		for width, height := range map[int]int{1440: 900, 1280: 720, 390: 844} {
			for _, theme := range []string{"light", "dark"} {
				look := fmt.Sprintf("-%d-%s", width, theme)
				t.Run(name+look, func(t *testing.T) {
					o := visitOptions{width: width, height: height, dark: theme == "dark", base: base, apart: true}
					take(pictures{open(t, o), folder, look, o})
				})
			}
		}
	}
	// A demo fills while it is looked at, which is a state of its own; it stops before the others are taken.
	for folder, s := range map[string]struct {
		take  func(pictures)
		flags []string
	}{"demo": {demoPages, []string{"--demo"}}, "fresh": {freshPages, nil}} {
		base, stop, err := serveIn(filepath.Join(t.TempDir(), folder), s.flags...)
		if err != nil {
			t.Fatal(err)
		}
		everyLook(folder, base, s.take)
		stop()
	}
	for name, take := range map[string]func(pictures){
		"guest": guestPages, "navigation": navigationPages, "administrator": administratorsPages, "audit": auditPages, "provisioning": provisioningPages, "access": accessPages, "keyboard": keyboardPages, "reader": readersPages,
		"directory": directoryPages, "own": ownPages, "kept": keptPages, "errors": errorPages, "settings": settingsPages, "helpdesk": helpdeskPages, "diagnostic": diagnosticPages, "activity": activityPages,
	} {
		everyLook(name, "", take)
	}
}

func demoPages(p pictures) {
	p.goTo("/signin")
	p.whole("signin-demo")
	account := p.page.Locator(".demo tbody tr").First().Locator("code")
	for i, input := range []string{"name", "password"} {
		text, err := account.Nth(i).TextContent()
		p.must(err)
		p.must(p.page.Locator("input[name=" + input + "]").Fill(text))
	}
	p.must(p.page.Locator("form:has(input[name=password]) button[type=submit]").Click())
	p.must(p.hook("account").First().WaitFor())
	p.shot("demo-loading")
}

// freshPages are a portal's before it has an account.
func freshPages(p pictures) {
	p.at("signin-fresh", "/signin")
	p.goTo("/setup")
	p.whole("setup")
	for name, value := range map[string]string{"code": "WRONG", "name": "ada", "password": password, "repeat": password + "!"} {
		p.must(p.page.Locator("input[name=" + name + "]").Fill(value))
	}
	p.must(p.page.Locator("form.setup button[type=submit]").Click())
	p.must(p.hook("error").WaitFor())
	p.whole("setup-refused")
}

func guestPages(p pictures) {
	p.at("signin", "/signin?next=%2Flogs%2Finteractive")
	p.must(p.page.Locator("input[name=name]").Fill("nobody"))
	p.must(p.page.Locator("input[name=password]").Fill("not the password"))
	p.must(p.page.Locator("form:has(input[name=password]) button[type=submit]").Click())
	p.must(p.hook("error").WaitFor())
	p.shot("signin-refused")
	p.at("guest-notfound", "/nowhere")
	p.at("setup-done", "/setup")
}

// navigationPages are what the frame offers: the menu of the account, the links of a group or the sheet of all, and the help.
func navigationPages(p pictures) {
	p.as(administrator)
	p.goTo("/logs/interactive?range=7d")
	p.account()
	p.shot("account-menu")
	p.goTo("/logs/interactive?range=7d")
	if p.isVisible("[data-testid=more]") {
		p.click("[data-testid=more] > summary")
	}
	p.shot("navigation")
	p.at("typed-date", "/logs/interactive?when=soon")
	p.at("refused", "/logs/nothing")
	p.goTo("/help")
	p.whole("help")
	p.at("help-found", "/help?q=diagnostic")
}

func administratorsPages(p pictures) {
	p.as(administrator)
	for _, tab := range append(tabs, "legacy") {
		p.at(tab, "/logs/"+tab)
		p.at(tab+"-odd", "/logs/"+tab+"?"+oddRange)
	}
	p.whole("legacy-odd")
	p.at("filtered", "/logs/interactive?range=7d&status=failure&status=interrupted&app=Microsoft+Teams&user=maximiliana-theodora.wolfeschlegelsteinhausenbergerdorff_partner.example")
	p.at("chart-table", "/logs/interactive?range=7d&chart=table")
	p.at("chart-narrowed", "/logs/noninteractive?wide=7d&"+oddRange)
	p.at("facets-excluded", "/logs/interactive?range=7d&status=failure&country.not=NO&os.empty=no")
	p.at("nothing-passes", "/logs/interactive?range=7d&ip=198.51.100.255")
	p.at("chosen-columns", "/logs/interactive?cols=correlationId,userPrincipalName,userAgent,clientAppUsed,userId&"+oddRange)
	p.at("empty", "/logs/interactive?from=2019-01-01T00:00:00Z&to=2019-01-02T00:00:00Z")

	p.goTo("/logs/interactive?range=7d")
	p.must(p.page.GetByTestId("date-range").Locator("summary").Click())
	p.shot("date-menu")
	p.goTo("/logs/interactive?range=7d")
	p.must(p.page.GetByTestId("filter-add").Locator("summary").Click())
	p.shot("filter-menu")

	p.at("search", "/search")
	p.goTo("/search?q=microsoft")
	p.whole("search-names")
	p.at("search-nothing", "/search?q=zebra")
	p.at("search-message", "/search?q="+url.QueryEscape("AADSTS50126: Error validating credentials. Trace ID: "+strings.Repeat("0", 8)+"-0000-4000-8000-000000000000"))
	p.at("search-bad", "/search?q=microsoft&range=9d&nothing=1")

	p.at("pages", "/logs/noninteractive?range=7d&limit=10")
	p.must(p.hook("next").Click())
	p.must(p.hook("prev").WaitFor())
	p.must(p.hook("prev").ScrollIntoViewIfNeeded())
	p.shot("pages-second")

	p.at("bad-date", "/logs/interactive?from=yesterday&to=now")
	p.at("bad-filter", "/logs/interactive?ip=nonsense&range=7d")
	p.at("bad-window", "/logs/noninteractive?agg=3h")
	p.at("bad-many", "/logs/noninteractive?limit=x&ip=nonsense&agg=3h&range=9d&nothing=1")
	p.at("bad-tab", "/logs/interactive/"+strings.Repeat("0", 8)+"?tab=nonsense")
	p.at("notfound", "/logs/interactive/"+strings.Repeat("0", 8))

	p.at("expanded", "/logs/managedidentity?range=7d")
	p.must(p.hook("expand").First().Click())
	p.must(p.hook("member").First().WaitFor())
	p.shot("expanded")
	p.goTo("/logs/noninteractive?" + oddRange)
	p.must(p.hook("expand").First().Click())
	p.must(p.hook("member").First().WaitFor())
	p.shot("expanded-many")
	p.must(p.page.Locator(".members-foot").ScrollIntoViewIfNeeded())
	p.shot("expanded-many-foot")

	// Sign-ins with MFA that came as several events: their lines, each operator on a chip, and the events of one.
	const denied = "/logs/interactive?mfa=denied&" + oddRange
	p.at("lines", denied+"&app.not=Nothing&user.has=a&city.empty=no")
	p.must(p.hook("expand").First().Click())
	p.must(p.hook("member").First().WaitFor())
	p.shot("lines-expanded")
	p.at("details-events", "/logs/interactive/"+p.firstID(denied)+"?tab=events")

	p.at("picker-fields", "/logs/interactive?range=7d&pick=")
	p.at("picker-values", "/logs/interactive?range=7d&status=failure&pick=app")
	p.at("picker-client", "/logs/interactive?range=7d&client=legacy&pick=client")
	p.at("set-aside", "/logs/serviceprincipal?range=7d&user=kai&os=Windows10&credential.not=none")
	p.at("following", "/logs/noninteractive?follow=yes")
	p.must(p.page.GetByTestId("zone").Locator("summary").Click())
	p.shot("zone")

	for _, tab := range tabs {
		p.goTo("/logs/" + tab + "/" + p.firstID("/logs/"+tab))
		p.shot("details-" + tab)
		p.whole("details-" + tab)
	}
	id := p.firstID("/logs/interactive?status=failure&range=7d")
	for _, section := range []string{"authentication", "conditional-access", "raw", "history"} {
		p.at("details-"+section, "/logs/interactive/"+id+"?tab="+section)
	}
	p.at("details-pane", "/logs/interactive?status=failure&range=7d&open="+id)
	p.goTo("/logs/noninteractive/" + p.firstID("/logs/noninteractive?user=11111111-2222-3333-4444-555555555555&"+oddRange))
	p.whole("details-odd")
	p.at("me-unlinked", "/me")
}

// diagnosticPages say why sign-ins failed, for several reasons.
func diagnosticPages(p pictures) {
	p.as(administrator)
	p.at("diagnostic", "/diagnostic")
	p.goTo("/diagnostic?time=2026")
	p.whole("diagnostic-refused")
	for name, log := range map[string]string{"interactive": "interactive", "background": "noninteractive", "principal": "serviceprincipal"} {
		id := p.firstID("/logs/" + log + "?range=7d&status=failure")
		p.goTo("/diagnostic?request=" + id + "&log=" + log)
		p.whole("diagnostic-" + name)
	}
	p.at("flagged", "/flagged?range=30d")
	p.at("risky-signins", "/protection/signins?range=30d")
	p.at("risky-principal-signins", "/protection/principalsignins?range=30d")
	p.goTo("/diagnostic?user=" + url.QueryEscape(oddUPN) + "&time=2026-11-12")
	p.whole("diagnostic-choose")
}

// settingsPages are an administrator's: people, sessions, import.
func helpdeskPages(p pictures) {
	p.as(helper)
	p.at("helpdesk", "/helpdesk")
	p.goTo("/helpdesk?user=" + url.QueryEscape(oddUPN) + "&ticket=")
	p.shot("helpdesk-refused")
	p.goTo("/helpdesk?" + oddRange + "&ticket=T-1042&user=" + url.QueryEscape(oddUPN))
	p.whole("helpdesk-person")
	p.goTo(p.attribute(p.page.Locator("[data-testid=signins] a[data-open]").First(), "href"))
	p.whole("helpdesk-signin")
	p.goTo("/helpdesk?ticket=T-1042&user=nobody@example.com")
	p.whole("helpdesk-nobody")
	scoped := account(p.t, "scoped", "--role", "security-reader")
	if err := signpost("", "user", "set-scope", scoped, "--data", data, "--app", "a9a9a9a9-0000-4000-8000-000000000001"); err != nil {
		p.t.Fatal(err)
	}
	p.as(scoped)
	p.at("scope", "/logs/interactive")
}

func settingsPages(p pictures) {
	p.as(administrator)
	p.goTo("/settings/people/new")
	p.whole("people-new")
	p.at("people", "/settings/people")
	person := p.attribute(p.page.Locator("main a[href^='/settings/people/']:not([href$='/new'])").First(), "href")
	p.goTo(person)
	p.whole("person")
	p.at("person-remove", person+"/remove")
	p.at("sessions", "/settings/sessions")
	p.goTo("/settings/account")
	p.whole("account")
	p.goTo("/import")
	p.must(p.page.Locator("input[type=file]").SetInputFiles([]playwright.InputFile{file("picture.png", "\x89PNG\x00")}))
	p.whole("import")
	p.click("form.upload button.primary")
	p.must(p.hook("error").WaitFor())
	p.shot("import-refused")
	p.must(p.page.Locator("input[type=file]").SetInputFiles([]playwright.InputFile{file("late.json", `{"id":"x","signInEventTypes":["interactiveUser"],"appId":"a","status":{}}`)}))
	p.click("form.upload button.primary")
	p.must(p.page.Locator("[data-phase=done]").WaitFor())
	p.whole("import-done")
	p.goTo("/import")
	p.click("[data-testid=import] a")
	p.must(p.page.Locator(".import-report h1").WaitFor())
	p.whole("import-past")
}

func readersPages(p pictures) {
	p.as(reportsReader)
	p.at("reader-interactive", "/logs/interactive")
	p.at("reader-refused", "/logs/interactive?ca=failure")
	p.at("reader-details", "/logs/interactive/"+p.firstID("/logs/interactive"))
}

// directoryPages are the other ways in: lists of users, groups and applications, and one of each.
func directoryPages(p pictures) {
	p.as(administrator)
	for name, list := range map[string]string{"users": "/users", "groups": "/groups", "apps": "/apps", "principals": "/apps?kind=principals"} {
		id := p.firstID(list)
		p.shot(name)
		path, _, _ := strings.Cut(list, "?")
		p.goTo(path + "/" + id)
		p.whole(name + "-one")
	}
	p.at("insights", "/insights")
	p.at("insights-applications", "/insights/applications?range=7d&compare=yes")
	p.at("insights-principals", "/insights/principals")
	p.at("insights-removal", "/insights/removal?kind=client&value=IMAP4")
	p.at("insights-bad", "/insights/removal?kind=none&days=500")
	p.at("users-inactive", "/users?inactive=2026-01-01")
	p.at("users-bad", "/users?inactive=never&sort=odd")
	group := p.firstID("/groups?q=finance")
	p.at("log-by-group", "/logs/interactive?range=7d&group="+group)
	p.at("log-by-unknown-group", "/logs/interactive?range=7d&group=nobody")
}

func ownPages(p pictures) {
	p.as(plainUser)
	p.at("user-refused", "/logs/interactive")
	p.at("me-empty", "/me?range=24h")
	p.at("me-looked", "/me/looked")
	p.at("me", "/me?"+oddRange)
	p.whole("me")
	p.at("me-pages", "/me?limit=2&"+oddRange)
	p.at("me-bad", "/me?range=9d&user=somebody")
	p.at("me-found", "/me?q=teams&status=failure&"+oddRange)
	p.at("me-none", "/me?q=zebra&"+oddRange)
	id := p.firstID("/me?status=failure&" + oddRange)
	p.goTo("/me/" + id)
	p.whole("me-details")
	p.must(p.page.Locator(".me-report > summary").Click())
	p.must(p.page.Locator("textarea[name=comment]").Fill("I was at sea, and my telephone kept asking."))
	p.whole("me-report")
	p.must(p.page.Locator("button[value=notmine]").Click())
	p.must(p.hook("steps").WaitFor())
	p.whole("me-steps")

	admin := pictures{open(p.t, p.options), p.folder, p.suffix, p.options}
	admin.as(administrator)
	admin.at("reported", "/protection/reported?state=open")
	admin.at("reported-bad", "/protection/reported?state=lost")
	p.must(p.page.Locator("button[value=takeback]").Click()) // for the next look
	p.must(p.page.Locator("button[value=mine]").WaitFor())
	admin.at("reported-takenback", "/protection/reported?state=takenback")
	admin.at("reported-none", "/protection/reported?state=open")
}
