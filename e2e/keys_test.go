//go:build e2e

package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// focusedRow is the id of the row that has the focus.
func (v *visit) focusedRow() string {
	v.t.Helper()
	return fmt.Sprint(v.eval("() => document.activeElement.closest(':is(tr, li)[data-id]')?.dataset.id ?? 'none'"))
}

func (v *visit) rowID(n int) string { return v.attribute(v.hook("row").Nth(n), "data-id") }

func TestRowsByKeyboard(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/interactive?range=30d&limit=30")
	// A list that has no further page: a longer one goes on at its end.
	span := func(n int) string {
		at, err := v.hook("row").Nth(n).Locator("time").First().GetAttribute("datetime")
		v.must(err)
		return url.QueryEscape(at)
	}
	v.goTo("/logs/interactive?from=" + span(28) + "&to=" + span(0))
	last := v.count("row") - 1
	v.press("j")
	if got, want := v.focusedRow(), v.rowID(0); got != want {
		t.Errorf("j begins at %s, want %s", got, want)
	}
	v.press("j", "ArrowDown", "k", "ArrowDown")
	if got, want := v.focusedRow(), v.rowID(2); got != want {
		t.Errorf("j and k lead to %s, want %s", got, want)
	}
	for range 40 {
		v.press("j")
	}
	if got, want := v.focusedRow(), v.rowID(last); got != want {
		t.Errorf("the end is %s, want %s", got, want)
	}
	covered := `() => {
		const row = document.activeElement.closest('tr').getBoundingClientRect();
		const head = document.querySelector('thead').getBoundingClientRect();
		const grid = document.querySelector('.grid-scroll').getBoundingClientRect();
		return row.top < head.bottom - 1 || row.bottom > grid.bottom + 1;
	}`
	if v.eval(covered) == true {
		t.Error("the last row is covered")
	}
	for range last - 1 {
		v.press("k")
		if v.eval(covered) == true {
			t.Fatalf("row %s is covered", v.focusedRow())
		}
	}
	v.accessible()
	v.press("Enter")
	v.must(v.hook("details").First().WaitFor())
	if got := v.page.URL(); !strings.Contains(got, "open="+v.rowID(1)) {
		t.Errorf("Enter leads to %s", got)
	}
}

func TestValuesByKeyboardInANarrowWindow(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{width: 800})
	v.as(administrator)
	v.goTo("/logs/interactive?" + oddRange)
	v.press("j")
	for i := range 8 {
		v.press("ArrowRight")
		got := fmt.Sprint(v.eval(`() => {
			const cell = document.activeElement.getBoundingClientRect();
			const date = document.querySelector('td.col-date').getBoundingClientRect();
			const grid = document.querySelector('.grid-scroll').getBoundingClientRect();
			return [document.activeElement.cellIndex, cell.left >= date.right - 1, cell.right <= grid.right + 1].join();
		}`))
		if want := fmt.Sprintf("%d,true,true", i+1); got != want {
			t.Errorf("right %d times: %s, want %s", i+1, got, want)
		}
	}
	v.press("ArrowRight", "ArrowDown")
	if got := v.eval("() => document.activeElement.cellIndex"); fmt.Sprint(got) != "8" || v.focusedRow() != v.rowID(1) {
		t.Errorf("down leads to column %v of %s", got, v.focusedRow())
	}
	v.press("Enter")
	v.must(v.hook("details").First().WaitFor())
}

func TestGroupsByKeyboard(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/noninteractive?" + oddRange)
	v.must(v.hook("expand").First().WaitFor())
	for v.eval("() => document.activeElement.closest('[data-count]') !== null") != true {
		v.press("j")
	}
	group := v.focusedRow()
	v.press("x")
	v.must(v.hook("member").First().WaitFor())
	v.press("j")
	if got := v.attribute(v.hook("member").First(), "data-id"); v.focusedRow() != got {
		t.Errorf("j leads to %s, want the first member", v.focusedRow())
	}
	v.press("x")
	v.must(v.hook("member").First().WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateHidden}))
	if got := v.focusedRow(); got != group {
		t.Errorf("folding leads to %s, want the group %s", got, group)
	}
	// The link to more members goes away with the swap: the focus is at the first that came.
	v.press("x")
	v.must(v.hook("member").First().WaitFor())
	more := v.page.Locator(".members-foot a").First()
	v.must(more.Focus())
	v.press("Enter")
	v.must(v.hook("member").Nth(50).WaitFor())
	if got, want := v.focusedRow(), v.attribute(v.hook("member").Nth(50), "data-id"); got != want {
		t.Errorf("after the swap the focus is at %s, want %s", got, want)
	}
}

func TestPagesAndFilterByKeyboard(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/interactive?limit=5&" + oddRange)
	v.press("n")
	v.must(v.hook("prev").WaitFor())
	v.press("p")
	v.must(v.hook("prev").WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateDetached}))
	v.press("f")
	if got := v.eval("() => document.activeElement.matches('[data-testid=filter-add] :is(input, select, textarea, a)')"); got != true {
		t.Error("f leads to no control of the filter")
	}
	v.must(v.hook("filter-add").Locator("[data-narrows]").Focus())
	v.must(v.page.Keyboard().Type("jx?fn"))
	if got, err := v.hook("filter-add").Locator("[data-narrows]").InputValue(); err != nil || got != "jx?fn" {
		t.Errorf("the input holds %q, %v", got, err)
	}
	v.press("Escape", "j")
	if v.focusedRow() != v.rowID(0) {
		t.Error("after Escape j does not move")
	}
	v.must(v.page.Keyboard().Press("Control+k"))
	v.must(v.page.Keyboard().Press("Alt+j"))
	if v.focusedRow() != v.rowID(0) {
		t.Error("a key with Ctrl or Alt moves")
	}
}

func TestHelpOfTheKeyboard(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/interactive?" + oddRange)
	v.press("j", "?")
	dialog := v.page.Locator("dialog.keys-dialog")
	v.must(dialog.WaitFor())
	v.accessible()
	at := v.focusedRow()
	v.press("j")
	v.must(dialog.Locator("[data-keys-switch]").Uncheck())
	v.press("Escape")
	v.must(dialog.WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateHidden}))
	if got := v.focusedRow(); got != v.rowID(0) {
		t.Errorf("closing leads to %s (%s in the dialog), want the row", got, at)
	}
	v.press("j")
	if v.focusedRow() != v.rowID(0) {
		t.Error("a letter moves though letters are off")
	}
	v.press("ArrowDown")
	if v.focusedRow() != v.rowID(1) {
		t.Error("an arrow does not move with letters off")
	}
	v.goTo("/logs/interactive?" + oddRange) // it is remembered
	v.press("j")
	if got := v.focusedRow(); got != "none" {
		t.Errorf("after a reload j leads to %s", got)
	}
	v.account()
	v.must(v.page.Locator("a[href='/help/keys']").Click())
	v.must(dialog.WaitFor())
	v.must(dialog.Locator("[data-keys-switch]").Check())
	v.must(dialog.GetByRole("button").Click())
	v.press("j")
	if v.focusedRow() != v.rowID(0) {
		t.Error("letters switched on again do not move")
	}
}

func TestKeysHaveAPage(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(plainUser)
	v.goTo("/help/keys")
	v.press("?")
	if n, err := v.page.Locator("kbd").Count(); err != nil || n < 5 {
		t.Errorf("%d keys, %v", n, err)
	}
	if shown, err := v.page.Locator("[data-keys-switch]").IsVisible(); err != nil || !shown {
		t.Errorf("the switch is visible: %t, %v", shown, err)
	}
	v.accessible()
}

// Own sign-ins are cards, not rows of a table: they are walked all the same.
func TestOwnSignInsByKeyboard(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(plainUser)
	v.goTo("/me?" + oddRange)
	v.press("j", "j")
	if got, want := v.focusedRow(), v.rowID(1); got != want {
		t.Errorf("j twice leads to %s, want %s", got, want)
	}
	v.press("ArrowRight", "m", "x", "Enter")
	v.must(v.hook("details").First().WaitFor())
}

// keyboardPages are what the keyboard opens; on a phone the menu of a value is a sheet for the whole row.
func keyboardPages(p pictures) {
	p.must(p.page.Context().GrantPermissions([]string{"clipboard-read", "clipboard-write"}))
	p.as(administrator)
	p.goTo(failures)
	p.press("j", "j", "ArrowRight", "ArrowRight")
	p.shot("keys-row")
	p.press("m")
	p.shot("keys-menu")
	p.press("Escape", "ArrowRight", "ArrowRight", "m")
	p.shot("keys-menu-status")
	p.press("Escape", "?")
	p.must(p.page.Locator("dialog").WaitFor())
	p.shot("keys-dialog")
	p.at("keys-page", "/help/keys")
	p.goTo("/logs/interactive/" + p.firstID(failures))
	p.must(p.page.Locator(".narrow a").First().Focus())
	p.shot("keys-details")
}
