//go:build e2e

package e2e

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// failures is a list whose rows have a value in every column, by a range that does not slide.
const failures = "/logs/interactive?status=failure&" + oddRange

func (v *visit) cell(row int, column string) playwright.Locator {
	return v.hook("row").Nth(row).Locator("td:is(.of-" + column + ", .col-" + column + ")")
}

func (v *visit) menu() playwright.Locator { return v.page.Locator(".value-panel") }

func (v *visit) item(text string) playwright.Locator {
	return v.menu().GetByRole("menuitem", playwright.LocatorGetByRoleOptions{Name: text})
}

// openMenu opens the menu of a cell with the mouse.
func (v *visit) openMenu(row int, column string) {
	v.t.Helper()
	v.must(v.cell(row, column).Hover())
	v.must(v.page.Locator(".value-more").Click())
	v.must(v.menu().WaitFor())
}

func (v *visit) query() url.Values {
	v.t.Helper()
	u, err := url.Parse(v.page.URL())
	v.must(err)
	return u.Query()
}

func (v *visit) eval(script string) any {
	v.t.Helper()
	got, err := v.page.Evaluate(script)
	v.must(err)
	return got
}

// press presses keys as soon as the page is there with its scripts, and what came into it has settled: htmx gives the focus back
// then, and nobody is as quick.
func (v *visit) press(keys ...string) {
	v.t.Helper()
	for range 3 { // a page that is left meanwhile ends the wait with an error, and then the next one is waited for
		if _, err := v.page.Evaluate(`async () => {
			while (document.readyState !== 'complete' || document.querySelector('.htmx-swapping, .htmx-settling, .htmx-added')) await new Promise(requestAnimationFrame);
		}`); err == nil {
			break
		}
	}
	for _, key := range keys {
		v.must(v.page.Keyboard().Press(key))
	}
}

// leadsTo waits for an address that has a part.
func (v *visit) leadsTo(part string) {
	v.t.Helper()
	v.must(v.page.WaitForURL(regexp.MustCompile(part)))
}

func (v *visit) closed(what string) {
	v.t.Helper()
	if n, err := v.menu().Count(); err != nil || n != 0 {
		v.t.Errorf("%s: the menu is still open (%v)", what, err)
	}
}

func TestFilterByAValueAndExcludeIt(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/interactive?limit=3&" + oddRange)
	v.must(v.hook("next").Click())
	v.must(v.hook("prev").WaitFor())
	name, err := v.cell(1, "app").Locator("span").TextContent()
	v.must(err)

	v.openMenu(1, "app")
	v.accessible()
	v.must(v.item("Filter by " + name).Click())
	v.must(v.hook("chip").WaitFor())
	if q := v.query(); q.Get("app") == "" || q.Has("after") || q.Get("limit") != "3" || q.Get("from") == "" {
		t.Errorf("filtered: %v", q)
	}
	app := v.query().Get("app")

	v.goTo("/logs/interactive?status=failure&app=" + url.QueryEscape(app) + "&" + oddRange)
	v.openMenu(0, "app")
	v.must(v.item("Exclude " + name).Click())
	v.leadsTo(`app\.not=`)
	if q := v.query(); q.Get("app.not") != app || q.Has("app") || q.Get("status") != "failure" {
		t.Errorf("excluded: %v", q)
	}
}

// Include and exclude are one click each. Their buttons cover nothing of the value, and never come under a pointer at rest.
func TestButtonsBesideAValue(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo(failures)
	for _, column := range []string{"user", "app", "status", "ip"} {
		v.must(v.cell(2, column).Hover())
		v.must(v.page.Locator(".value-only").WaitFor())
		if got := v.eval(`() => {
			const tools = document.querySelector('.value-tools'), box = tools.getBoundingClientRect(), cell = tools.parentElement;
			const text = document.createRange();
			text.setStart(cell, 0);
			text.setEndBefore(tools);
			const clip = cell.getBoundingClientRect();
			return [...text.getClientRects()].filter((part) => Math.max(part.left, clip.left + 12) < box.right && Math.min(part.right, clip.right - 12) > box.left).length
				+ (box.height > cell.offsetHeight ? ' too high' : '');
		}`); fmt.Sprint(got) != "0" {
			t.Errorf("%s: the buttons cover the value: %v", column, got)
		}
	}
	v.accessible()
	name, err := v.cell(2, "app").Locator("span").First().TextContent()
	v.must(err)
	v.must(v.cell(2, "app").Hover())
	v.must(v.page.Locator(".value-only").Click())
	v.leadsTo(`[?&]app=`)
	if chips, err := v.page.Locator(".chips").TextContent(); err != nil || !strings.Contains(chips, name) {
		t.Errorf("the chips are %s, want %s among them (%v)", chips, name, err)
	}
	v.goTo(failures)
	v.must(v.cell(2, "app").Hover())
	v.must(v.page.Locator(".value-without").Click())
	v.leadsTo(`[?&]app\.not=`)

	// With the keys: to the cell, and on to the button.
	v.goTo(failures)
	v.press("j", "ArrowRight", "ArrowRight", "Tab")
	if label := v.eval(`() => document.activeElement.getAttribute('aria-label')`); !strings.HasPrefix(fmt.Sprint(label), "Filter by ") {
		t.Errorf("the focus is on %v, want the first button", label)
	}
	v.press("Tab", "Enter")
	v.leadsTo(`[?&]user\.not=`)

	// Whoever points at the row beside a value and clicks means the row.
	v.goTo(failures)
	box, err := v.cell(0, "app").BoundingBox()
	v.must(err)
	v.must(v.page.Mouse().Move(box.X+box.Width-16, box.Y+4))
	v.must(v.page.Mouse().Move(box.X+box.Width-16, box.Y+box.Height+12))
	v.must(v.page.Mouse().Down())
	v.must(v.page.Mouse().Up())
	v.must(v.hook("details").First().WaitFor())
}

// What stands in the open picker is no part of where a value leads.
func TestMenuLeavesThePickerBehind(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/interactive?pick=user&field=user&op=has&find=a&value=b&had=b&" + oddRange)
	v.press("Escape")
	v.openMenu(0, "app")
	v.must(v.menu().Locator("a[href*='app.not']").Click())
	v.must(v.hook("chip").WaitFor())
	if q := v.query(); !q.Has("app.not") || len(q) != 3 {
		t.Errorf("it leads to %v, want the range and the value alone", q)
	}
}

func TestEveryKindOfValue(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{width: 1680})
	v.as(administrator)
	v.goTo(failures)
	tests := []struct {
		column string
		want   string // the parameters of the menu's links, in order
	}{
		{"request", "request request.not"},
		{"user", "user user.not"},
		{"status", "status status.not error error.not"},
		{"location", "country country.not state state.not city city.not"},
		{"date", ""},
		{"ca", "ca.empty ca.empty"},
	}
	for _, test := range tests {
		v.openMenu(1, test.column)
		got := v.eval(`() => [...document.querySelectorAll('.value-panel [data-item=filter], .value-panel [data-item=exclude]')].map((a) => {
			const now = new URL(location.href).searchParams;
			const changed = [...new URL(a.href).searchParams].filter(([name, value]) => !now.getAll(name).includes(value));
			return changed.map(([name]) => name).join('+') || '(same)';
		}).join(' ')`)
		if test.column == "status" {
			got = strings.Replace(fmt.Sprint(got), "(same)", "status", 1) // that filter is there already
		}
		if got != test.want {
			t.Errorf("%s offers %q, want %q", test.column, got, test.want)
		}
		if n, err := v.item("Open in a new tab").Count(); err != nil || n != 1 {
			t.Errorf("%s: %d ways to a new tab, %v", test.column, n, err)
		}
		v.press("Escape")
		v.closed(test.column)
	}
}

// What a positive condition of the field let through before is no longer wanted: one that holds would be enough.
func TestFilterByTakesThePlaceOfTheFieldsConditions(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/interactive?user.has=u&city.empty=no&user.not=nobody&" + oddRange)
	v.openMenu(0, "user")
	href, err := v.menu().Locator("[data-item=filter]").GetAttribute("href")
	v.must(err)
	u, err := url.Parse(href)
	v.must(err)
	if q := u.Query(); q.Has("user.has") || len(q["user"]) != 1 || q.Get("city.empty") != "no" || q.Get("user.not") != "nobody" {
		t.Errorf("filter by leads to %s", href)
	}
}

func TestCopyAValue(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{apart: true, width: 1680})
	v.must(v.page.Context().GrantPermissions([]string{"clipboard-read", "clipboard-write"}))
	v.as(administrator)
	v.goTo(failures)
	v.openMenu(0, "request")
	v.must(v.menu().Locator("[data-item=copy]").Click())
	v.must(v.page.Locator(".toast:not(:empty)").WaitFor())
	id := v.attribute(v.hook("row").First(), "data-id")
	if got := v.eval("() => navigator.clipboard.readText()"); got != id {
		t.Errorf("copied %v, want %s", got, id)
	}
	v.closed("copied")
	if !strings.Contains(v.page.URL(), "/logs/interactive?") {
		t.Errorf("copying led to %s", v.page.URL())
	}
	v.openMenu(0, "user")
	v.must(v.menu().Locator("[data-item=copy]").Nth(1).Click())
	if got := v.eval("() => navigator.clipboard.readText()"); got != oddUPN {
		t.Errorf("copied %v, want what identifies the user, %s", got, oddUPN)
	}
}

func TestMenuByKeyboard(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo(failures)
	focused := func() string {
		return fmt.Sprint(v.eval("() => document.activeElement.textContent.trim().replace(/\\s+/g, ' ')"))
	}
	v.press("j", "ArrowRight", "ArrowRight", "Shift+F10")
	v.must(v.menu().WaitFor())
	if got := focused(); !strings.HasPrefix(got, "Filter by") {
		t.Errorf("the menu begins at %q", got)
	}
	v.press("ArrowUp")
	if got := focused(); got != "Open in a new tab" {
		t.Errorf("up from the first is %q", got)
	}
	v.press("ArrowDown", "e")
	if got := focused(); !strings.HasPrefix(got, "Exclude") {
		t.Errorf("e leads to %q", got)
	}
	v.press("End", "Home")
	if got := focused(); !strings.HasPrefix(got, "Filter by") {
		t.Errorf("Home leads to %q", got)
	}
	v.press("j") // no row moves beneath an open menu
	v.press("Escape")
	v.closed("Escape")
	if got := v.eval("() => document.activeElement.className"); got != "of-user" {
		t.Errorf("Escape leads to %v, want the cell", got)
	}
	v.press("m", "Tab")
	v.closed("Tab")
	v.press("ArrowLeft", "m", "Enter")
	v.leadsTo(`request=`)
}

func TestMenuClosesBesideWithoutOpeningARow(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo(failures)
	v.openMenu(0, "user")
	v.must(v.cell(3, "request").Click(playwright.LocatorClickOptions{Force: playwright.Bool(true)}))
	v.closed("a click beside")
	if !strings.HasSuffix(v.page.URL(), failures) {
		t.Errorf("the click led to %s", v.page.URL())
	}
	v.must(v.cell(3, "app").Click())
	v.must(v.hook("details").First().WaitFor())
}

// Where there is no room for the ID of a record, an icon copies it.
func TestIDIsAnIconThatCopies(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{apart: true})
	v.must(v.page.Context().GrantPermissions([]string{"clipboard-read", "clipboard-write"}))
	v.as(administrator)
	v.goTo(failures)
	id := v.attribute(v.hook("row").Nth(2), "data-id")
	v.must(v.cell(2, "request").Locator("span").Click())
	v.must(v.page.Locator("[data-copied]").WaitFor())
	if got := v.eval("() => navigator.clipboard.readText()"); got != id {
		t.Errorf("copied is %v, want %s", got, id)
	}
	if v.count("details") != 0 {
		t.Error("the row opened too")
	}
}

func TestMembersHaveTheMenu(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/noninteractive?" + oddRange)
	v.must(v.hook("expand").First().Click())
	v.must(v.hook("member").First().WaitFor())
	v.must(v.hook("member").Nth(1).Locator("td.of-user").Hover())
	v.must(v.page.Locator(".value-more").Click())
	v.must(v.menu().Locator("[data-item=filter]").Click())
	v.leadsTo(`user=11111111-2222-3333-4444-555555555555`)
	if strings.Contains(v.page.URL(), "expand=") {
		t.Errorf("the link keeps what is unfolded: %s", v.page.URL())
	}
}

// hold touches an element for as long as a long press takes, and lets go.
func (v *visit) hold(l playwright.Locator, until func()) {
	v.t.Helper()
	v.must(l.ScrollIntoViewIfNeeded())
	box, err := l.BoundingBox()
	v.must(err)
	touch := func(kind string, points ...map[string]any) {
		if points == nil {
			points = []map[string]any{}
		}
		_, err := v.devtools.Send("Input.dispatchTouchEvent", map[string]any{"type": kind, "touchPoints": points})
		v.must(err)
	}
	touch("touchStart", map[string]any{"x": box.X + box.Width/2, "y": box.Y + box.Height/2})
	until()
	touch("touchEnd")
}

func TestLongPress(t *testing.T) {
	t.Parallel()
	for _, width := range []int{390, 1200} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			v := open(t, visitOptions{width: width, touch: true})
			v.as(administrator)
			v.goTo("/logs/interactive?status=failure&limit=5&" + oddRange)
			v.hold(v.cell(1, "user"), func() { v.must(v.menu().WaitFor()) })
			if n, err := v.menu().Count(); err != nil || n != 1 {
				t.Fatalf("%d menus after the finger left, %v", n, err)
			}
			v.accessible()
			groups, err := v.menu().GetByRole("group").Count()
			v.must(err)
			if whole := width == 390; whole != (groups > 5) {
				t.Errorf("the menu has %d groups", groups)
			}
			named, err := v.menu().GetByRole("group", playwright.LocatorGetByRoleOptions{Name: "Application"}).Count()
			v.must(err)
			if whole := width == 390; whole != (named > 0) {
				t.Errorf("%d groups of the menu are of the application", named)
			}
			v.must(v.menu().Locator("[data-item=filter][href*='user=']").Tap())
			v.leadsTo(`user=12345678-0000-0000-0000-000000000001`)
			v.must(v.cell(1, "user").Tap())
			v.must(v.hook("details").First().WaitFor())
		})
	}
}

// The ways of the menu are links on the page of a sign-in, for whoever has no script.
func TestDetailsLeadToTheLog(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo(failures)
	id := v.attribute(v.hook("row").First(), "data-id")
	v.goTo("/logs/interactive/" + id)
	v.accessible()
	link := v.page.Locator(".narrow a[aria-label^='Filter by Sign-in error code']").First()
	v.must(link.Focus())
	if got := v.eval("() => getComputedStyle(document.activeElement.parentElement).opacity"); got != "1" && got != 1 {
		t.Errorf("the focused way has opacity %v", got)
	}
	v.press("Enter")
	v.leadsTo(`error=`)
	if n := v.count("row"); n == 0 {
		t.Error("the log is empty")
	}
	v.goTo("/logs/interactive/" + id)
	v.must(v.page.Locator(".fact:has(.narrow)").First().Hover())
	v.must(v.page.Locator(".narrow a[aria-label^='Exclude Status']").First().Click())
	v.leadsTo(`status\.not=failure`)
}

// Who signed in, to what, and an error have pages of their own.
func TestMenuLeadsToThePageOfAValue(t *testing.T) {
	v := open(t, visitOptions{})
	v.signIn(administrator)
	for _, test := range []struct{ column, path, hook string }{
		{"user", "/users/", "entity"},
		{"app", "/apps/", "entity"},
		{"status", "/errors/", "error-page"},
	} {
		v.goTo(failures)
		v.openMenu(0, test.column)
		about := v.menu().Locator("[data-item=page]")
		if n, err := about.Count(); err != nil || n != 1 {
			t.Fatalf("%s: %d pages are offered, %v, want one", test.column, n, err)
		}
		v.must(about.Click())
		v.leadsTo(regexp.QuoteMeta(test.path))
		v.must(v.hook(test.hook).First().WaitFor())
	}
	v.goTo(failures)
	v.openMenu(0, "location")
	if n, err := v.menu().Locator("[data-item=page]").Count(); err != nil || n != 0 {
		t.Errorf("a place has %d pages, %v, want none", n, err)
	}
}

// A value that is longer than a filter takes is asked for by its beginning, or the menu says why it cannot be.
func TestMenuOfALongValue(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	list := "/logs/interactive?cols=agent,city,appdisplayname&" + longRange
	openMenu := func(cell playwright.Locator) {
		v.must(cell.Hover())
		v.must(v.page.Locator(".value-more").Click())
		v.must(v.menu().WaitFor())
	}
	cell := func(n int) playwright.Locator { return v.hook("row").Nth(0).Locator("td").Nth(n) }
	v.goTo(list)
	openMenu(cell(1))
	v.accessible()
	if n, err := v.item("Exclude").Count(); err != nil || n != 0 {
		t.Errorf("a value that no filter takes can be excluded (%v)", err)
	}
	v.must(v.item("Filter by what begins with").Click())
	v.must(v.hook("chip").WaitFor())
	if got := v.query().Get("agent.starts"); len([]rune(got)) != 200 || !strings.HasPrefix(got, "Mozilla/5.0 (é) ") {
		t.Errorf("asked for %d characters: %q", len([]rune(got)), got)
	}
	if n, err := v.hook("row").Count(); err != nil || n != 1 {
		t.Errorf("%d rows, %v, want the one", n, err)
	}

	v.goTo("/logs/interactive?" + longRange)
	openMenu(v.hook("row").Nth(0).Locator("td[data-value*='Suva']"))
	v.must(v.item("Filter by FJ").WaitFor())
	v.must(v.item("Filter by what begins with").Click())
	v.must(v.hook("chip").WaitFor())
	if got := v.query().Get("city.starts"); !strings.HasPrefix(got, "Suva Suva") {
		t.Errorf("asked for %q", got)
	}

	v.goTo(list)
	openMenu(cell(3))
	v.must(v.item("Too long for a filter").WaitFor())
	v.accessible()
	v.press("Escape")
	v.closed("with the keyboard")
}
