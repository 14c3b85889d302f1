//go:build e2e

package e2e

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"
)

// edges gives the left and the right edge of a column's heading.
func (v *visit) edges(column string) (left, right float64) {
	v.t.Helper()
	box, err := v.page.Locator(".grid th.of-" + column).BoundingBox()
	v.must(err)
	return box.X, box.X + box.Width
}

// keeping waits until the server has kept the width that the act leaves a column with. A slow act is kept more than once.
func (v *visit) keeping(column string, act func()) {
	v.t.Helper()
	kept := make(chan string, 100)
	note := func(r playwright.Response) {
		if strings.HasSuffix(r.URL(), "/preferences") {
			sent, _ := r.Request().PostData()
			kept <- sent
		}
	}
	v.page.OnResponse(note)
	defer v.page.RemoveListener("response", note)
	act()
	late := time.After(patience)
	for {
		select {
		case sent := <-kept:
			shown := v.eval("() => parseInt(getComputedStyle(document.querySelector('.grid th.of-" + column + "')).getPropertyValue('--w'))")
			values, err := url.ParseQuery(sent)
			v.must(err)
			for _, widths := range values { // of the one list that was sent
				if slices.Contains(strings.Split(widths[0], ","), fmt.Sprint(column, ":", shown)) {
					return
				}
			}
		case <-late:
			v.t.Fatalf("the width of %s is not kept", column)
		}
	}
}

func TestColumnWidths(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	name := somebody(t, "wide")
	v.as(name)
	const list = "/logs/interactive?range=30d"
	v.goTo(list)
	line := v.page.Locator(".grid th.of-user .width-line")
	left, before := v.edges("user")
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1.5 {
			t.Errorf("%s is at %.1f, want %.1f", what, got, want)
		}
	}

	box, err := line.BoundingBox()
	v.must(err)
	x, y := box.X+box.Width/2, box.Y+box.Height/2
	v.keeping("user", func() {
		v.must(v.page.Mouse().Move(x, y))
		v.must(v.page.Mouse().Down())
		v.must(v.page.Locator("link[data-widths]").WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateAttached}))
		v.must(v.page.Mouse().Move(x+40, y))
		v.must(v.page.Mouse().Move(x+120, y))
		v.must(v.page.Mouse().Up())
	})
	leftNow, right := v.edges("user")
	near("the left edge after a drag", leftNow, left)
	near("the right edge after a drag", right, before+120)
	v.accessible()

	v.keeping("user", func() {
		v.must(line.Press("ArrowLeft"))
		v.must(line.Press("ArrowLeft"))
	})
	_, right = v.edges("user")
	near("the right edge after two keys", right, before+120-32)
	v.goTo(list)
	leftNow, right = v.edges("user")
	near("the left edge on a new page", leftNow, left)
	near("the right edge on a new page", right, before+120-32)
	if now := v.attribute(line, "aria-valuenow"); now == "" {
		t.Error("the line does not say the width")
	}

	overflowing := `() => [...document.querySelectorAll('.grid td.of-app')].filter((cell) => cell.scrollWidth > cell.clientWidth).length`
	app := v.page.Locator(".grid th.of-app .width-line")
	v.keeping("app", func() {
		for range 20 {
			v.must(app.Press("ArrowLeft"))
		}
	})
	if v.eval(overflowing) == 0 {
		t.Fatal("a narrow column cuts off nothing: the next step shows nothing")
	}
	v.keeping("app", func() { v.must(app.Dblclick()) })
	if n := v.eval(overflowing); n != 0 {
		t.Errorf("%v values are cut off in a column that fits its content", n)
	}
	appLeft, fitted := v.edges("app")

	p := openPlainAs(t, name)
	p.goTo(list)
	if p.count("link[data-widths]") != 1 {
		t.Error("without scripts the widths are not applied")
	}
	p.goTo("/logs/interactive?range=30d&panel=columns")
	p.press("button[value=widths]")
	if p.count("link[data-widths]") != 0 || p.count("[data-testid=row]") == 0 {
		t.Error("the widths are there after they were set back")
	}
	v.goTo(list)
	_, right = v.edges("user")
	near("the right edge after the widths were set back", right, before)

	// Enter does what a double click does.
	v.keeping("app", func() { v.must(app.Press("Enter")) })
	if l, r := v.edges("app"); math.Abs((r-l)-(fitted-appLeft)) > 1.5 {
		t.Errorf("Enter gives a width of %.1f, a double click %.1f", r-l, fitted-appLeft)
	}

	// The logs of groups have widths too, and a way back.
	v.goTo("/logs/serviceprincipal?range=30d")
	v.keeping("sp", func() { v.must(v.page.Locator(".grid th.of-sp .width-line").Press("ArrowRight")) })
	v.goTo("/logs/serviceprincipal?range=30d")
	v.must(v.hook("columns").Locator("summary").Click())
	v.must(v.page.Locator("button[value=widths]").Click())
	v.must(v.page.Locator(".columns-fixed").WaitFor())
}
