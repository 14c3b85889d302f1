//go:build e2e

package e2e

import (
	"regexp"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// clicked counts what somebody has to click.
type clicked struct {
	*visit
	n int
}

func (c *clicked) click(l playwright.Locator) {
	c.t.Helper()
	c.n++
	c.must(l.Click())
}

// facet clicks a value of a facet, and opens the facet before where it is closed.
func (c *clicked) facet(field, value string) {
	c.t.Helper()
	facet := c.page.Locator(`details.facet[data-facet="` + field + `"]`)
	if open, err := facet.GetAttribute("open"); err != nil || open == "" && c.eval(`() => !document.querySelector('details.facet[data-facet="`+field+`"]').open`) == true {
		c.click(facet.Locator("summary"))
	}
	c.leads(func() error {
		c.n++
		return facet.Locator(`li[data-value="` + value + `"] > a`).First().Click()
	})
}

// summary is what the pane says of the record that was opened, when all of it is there.
func (c *clicked) summary() string {
	c.t.Helper()
	c.must(c.pane().Locator(`[data-testid="verdict"]`).WaitFor())
	c.must(c.hook("summary-ask").WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateDetached}))
	return c.text(c.pane().Locator("#summary"))
}

// Why an application fails is answered within four clicks of the sign-in logs' first page. A failure is compared with the last
// success within two.
func TestJobsOfTheDetails(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{width: 1280, height: 720})
	v.as(somebody(t, "jobs"))

	v.goTo("/logs/interactive?status=failure")
	app := v.attribute(v.page.Locator(`details.facet[data-facet="app"] li`).First(), "data-value")
	v.goTo("/logs/interactive")
	why := clicked{visit: v}
	why.facet("status", "failure")
	why.facet("app", app)
	why.click(v.hook("row").First().Locator("[data-open]").Last())
	text := why.summary()
	for _, want := range []*regexp.Regexp{
		regexp.MustCompile(`could not sign in to .+Error \d+`), regexp.MustCompile(`Reason in the record`), regexp.MustCompile(`Is anyone else affected\?\s*(Yes|No),`),
	} {
		if !want.MatchString(text) {
			t.Errorf("the summary does not say %s: %s", want, text)
		}
	}
	if why.n > 4 {
		t.Errorf("why an application fails takes %d clicks, want 4 at most", why.n)
	}

	v.goTo("/logs/interactive")
	beside := clicked{visit: v}
	beside.facet("status", "failure")
	beside.click(v.page.Locator(`[data-testid="row"][data-id="` + recentFailure + `"] [data-open]`).Last())
	if text := beside.summary(); !strings.Contains(text, "The last success of the same user to the same application was at") {
		t.Errorf("the failure stands beside nothing: %s", text)
	}
	if beside.n > 2 {
		t.Errorf("failing beside working takes %d clicks, want 2 at most", beside.n)
	}
	v.accessible()
}

// The details follow the row under the keys. [ and ] lead to the rows next to it, and Back closes them.
func TestDetailsFollowTheKeys(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{width: 1280, height: 720})
	v.as(somebody(t, "follower"))
	v.goTo(paneList)
	before := v.page.URL()
	v.must(v.hook("row").Nth(2).Locator("[data-open]").Last().Click())
	v.shows(2)
	for _, column := range []string{"User", "Status"} {
		heading := v.page.Locator(".grid thead th", playwright.PageLocatorOptions{HasText: column}).First()
		if shown, err := heading.IsVisible(); err != nil || !shown {
			t.Errorf("beside the details the list has no column %s, %v", column, err)
		}
	}
	v.press("j")
	v.shows(3)
	if got := v.focusedRow(); got != v.rowID(3) {
		t.Errorf("the focus is in %s, want the row", got)
	}
	v.press("k", "k")
	v.shows(1)
	v.press("]")
	v.shows(2)
	v.press("[", "Escape")
	v.paneGone()
	v.must(v.page.WaitForURL(before))
	v.must(v.hook("row").Nth(4).Locator("[data-open]").Last().Click())
	v.shows(4)
	v.must(v.pane().Locator(`[data-testid="details-tab"][data-value="raw"]`).Click())
	v.must(v.pane().Locator("#raw").WaitFor())
	if v.eval(`() => { const strip = document.querySelector('#pane .tabs ul').getBoundingClientRect(), tab = document.querySelector('#pane .tabs [aria-current]').getBoundingClientRect(); return tab.left >= strip.left - 1 && tab.right <= strip.right + 1 }`) != true {
		t.Error("the strip does not show the tab that is open")
	}
	_, err := v.page.GoBack()
	v.must(err)
	v.paneGone()
	if got := v.page.URL(); got != before {
		t.Errorf("Back leads to %s, want %s", got, before)
	}
}

// A button, a key and the menu of a row compare two rows.
func TestCompareTwoRows(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(somebody(t, "comparer"))
	v.goTo(paneList)
	first, second := v.rowID(1), v.rowID(4)
	compared := func(how string) {
		t.Helper()
		v.must(v.page.WaitForURL("**/compare?**"))
		if q := v.query(); q.Get("a") != "interactive/"+first || q.Get("b") != "interactive/"+second {
			t.Errorf("%s compares %s with %s", how, q.Get("a"), q.Get("b"))
		}
	}
	v.must(v.hook("row").Nth(1).Locator("[data-open]").Last().Click())
	v.shows(1)
	v.must(v.pane().Locator(`[data-testid="compare-with"]`).Click())
	v.must(v.page.Locator(".compare-bar").WaitFor())
	v.accessible()
	v.must(v.hook("row").Nth(4).Locator("[data-open]").Last().Click())
	compared("the button")
	v.accessible()
	v.fits()
	if rows, err := v.page.Locator(`[aria-label="Table: Fields that differ"] tbody tr`).Count(); err != nil || rows < 3 {
		t.Errorf("%d fields differ, %v", rows, err)
	}
	v.must(v.page.Locator(".all-differences summary").Click())
	v.must(v.hook("back").Click())
	v.must(v.hook("row").First().WaitFor())
	v.press("j", "j", "c", "j", "Escape")
	if n, err := v.page.Locator(".compare-bar").Count(); err != nil || n != 0 {
		t.Errorf("Escape leaves %d bars, %v", n, err)
	}
	v.press("k", "c", "j", "j", "j", "c")
	compared("the key")
	v.must(v.hook("back").Click())
	v.must(v.hook("row").First().WaitFor())
	for _, row := range []int{1, 4} {
		v.openMenu(row, "app")
		v.must(v.menu().Locator("[data-item=compare]").Click())
	}
	compared("the menu of a row")
}
