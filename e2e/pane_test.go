//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

const paneList = "/logs/interactive?range=30d&limit=30"

// pane is what stands beside the list.
func (v *visit) pane() playwright.Locator { return v.page.Locator("#pane") }

// shows waits until the pane shows the sign-in of a row, by its place in the list.
func (v *visit) shows(row int) {
	v.t.Helper()
	v.must(v.pane().Locator(fmt.Sprintf(`[data-testid="details"][data-id="%s"]`, v.rowID(row))).WaitFor())
}

func (v *visit) paneGone() {
	v.t.Helper()
	v.must(v.page.Locator("[data-pane]").WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateHidden}))
}

func TestPaneBesideTheList(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo(paneList)
	v.must(v.hook("row").Nth(2).Locator("td").Nth(3).Click())
	v.shows(2)
	v.accessible()
	if got := v.page.URL(); !strings.Contains(got, "open="+v.rowID(2)) || !strings.Contains(got, "/logs/interactive?") {
		t.Errorf("the address is %s", got)
	}
	if got := v.eval("() => document.querySelector('tr[data-id][aria-current]').dataset.id"); got != v.rowID(2) {
		t.Errorf("the row %v is marked", got)
	}
	v.press("j", "Enter")
	v.shows(3)
	v.must(v.hook("newer").Click())
	v.shows(2)
	v.must(v.pane().Locator(`[data-testid="details-tab"][data-value="location"]`).Click())
	v.must(v.pane().Locator("#device").WaitFor())
	v.must(v.pane().Locator("#summary").WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateDetached}))
	v.press("Escape")
	v.paneGone()
	if got := v.focusedRow(); got != v.rowID(2) {
		t.Errorf("closing leads to %s, want the row", got)
	}
	v.must(v.page.WaitForURL(func(address string) bool { return !strings.Contains(address, "open=") }))
	v.goTo(paneList + "&open=" + v.rowID(1))
	v.shows(1)
	v.must(v.page.Locator("[data-pane-close]").Click())
	v.paneGone()
	if got := v.focusedRow(); got != v.rowID(1) {
		t.Errorf("closing after a reload leads to %s, want the row", got)
	}
}

func TestPaneIsResized(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo(paneList)
	v.press("j", "Enter")
	v.shows(0)
	width := func() string { return fmt.Sprint(v.eval("() => document.querySelector('[data-pane]').offsetWidth")) }
	if got := width(); got != "520" {
		t.Errorf("the pane is %s wide, want 520", got)
	}
	handle := v.page.Locator("[data-pane-handle]")
	v.must(handle.Focus())
	v.press("ArrowLeft", "ArrowLeft", "ArrowRight")
	if got := width(); got != "536" || v.attribute(handle, "aria-valuenow") != "536" {
		t.Errorf("the pane is %s wide, want 536", got)
	}
	box, err := handle.BoundingBox()
	v.must(err)
	v.must(v.page.Mouse().Move(box.X+12, box.Y+200))
	v.must(v.page.Mouse().Down())
	v.must(v.page.Mouse().Move(box.X-88, box.Y+200))
	v.must(v.page.Mouse().Up())
	dragged := width()
	if dragged < "600" || dragged > "700" {
		t.Errorf("dragged it is %s wide", dragged)
	}
	v.goTo(paneList + "&open=" + v.rowID(0))
	v.shows(0)
	if got := width(); got != dragged {
		t.Errorf("after a reload it is %s wide, want %s", got, dragged)
	}
	v.must(handle.Focus())
	v.press("Home")
	if got := width(); got != "360" {
		t.Errorf("Home makes it %s wide", got)
	}
}

func TestRowsStayLinks(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo(paneList)
	other, err := v.page.Context().ExpectPage(func() error {
		return v.hook("row").First().Locator(".when a").Last().Click(playwright.LocatorClickOptions{Modifiers: []playwright.KeyboardModifier{*playwright.KeyboardModifierControl}})
	})
	v.must(err)
	v.must(other.GetByTestId("back").WaitFor())
	if got := other.URL(); !strings.Contains(got, "list=") {
		t.Errorf("the new page's address is %s", got)
	}
	v.paneGone()
}

func TestDetailsInANarrowWindow(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{width: 390})
	v.as(administrator)
	v.goTo(paneList)
	second := v.rowID(1)
	v.must(v.hook("row").First().Locator(".when a").Last().Click())
	v.must(v.hook("older").WaitFor())
	v.accessible()
	v.must(v.hook("older").Click())
	v.must(v.page.Locator(fmt.Sprintf(`[data-testid="details"][data-id="%s"]`, second)).WaitFor())
	if v.eval("() => document.documentElement.scrollWidth > innerWidth") == true {
		t.Error("the page scrolls sideways")
	}
	v.must(v.hook("back").Click())
	v.must(v.hook("row").First().WaitFor())
	v.goTo(paneList + "&open=" + second)
	v.must(v.page.Locator(".pane-note a").Click())
	v.must(v.hook("back").WaitFor())
}

func TestPrintedPages(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{apart: true, dark: true})
	v.as(administrator)
	v.goTo(paneList + "&status=failure")
	id := v.rowID(0)
	v.must(v.page.EmulateMedia(playwright.PageEmulateMediaOptions{Media: playwright.MediaPrint}))
	printed := func(what string) {
		t.Helper()
		if got := v.eval("() => getComputedStyle(document.body).color"); got != "rgb(0, 0, 0)" {
			t.Errorf("%s: text is %v", what, got)
		}
		if got := v.eval(`() => [...document.querySelectorAll('.header, .rail, .footer, .commands, .facets, .tabs, .pager, .narrow, .copy, .pane, .preview-toggle, .width-line, .chart-head button, .grid .of-request')].filter((e) => e.getClientRects().length).map((e) => e.className || e.outerHTML.slice(0, 100)).join(', ')`); got != "" {
			t.Errorf("%s: parts of the frame are printed: %v", what, got)
		}
	}
	printed("list")
	if got := v.eval(`() => [...document.querySelectorAll('.grid-scroll, .grid tr')].filter((e) => getComputedStyle(e).overflowY !== 'visible' || !e.checkVisibility()).length`); fmt.Sprint(got) != "0" {
		t.Errorf("%v rows or what holds them are cut off on paper", got)
	}
	if text, err := v.page.Locator(".print-words").InnerText(); err != nil || !strings.Contains(text, "Status: Failure") || !strings.Contains(text, "Date: Last 1 month") {
		t.Errorf("the filter in words is %q, %v", text, err)
	}
	v.goTo("/logs/interactive/" + id)
	printed("sign-in")
	if got := v.eval("() => [...document.querySelectorAll('.policy .data')].every((e) => e.getClientRects().length > 0)"); got != true {
		t.Error("policies are printed closed")
	}
}
