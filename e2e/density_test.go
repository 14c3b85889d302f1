//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"testing"
)

// rowsInSight is how many rows of the list are whole in the window.
func (v *visit) rowsInSight() int {
	v.t.Helper()
	found := v.eval(`() => {
		const area = document.querySelector('.grid-scroll').getBoundingClientRect();
		const bar = document.querySelector('.bottom')?.getBoundingClientRect();
		const head = document.querySelector('.grid thead').getBoundingClientRect();
		const foot = Math.min(innerHeight, bar?.height ? bar.top : innerHeight, getComputedStyle(document.querySelector('.grid-scroll')).overflowY === 'visible' ? Infinity : area.bottom);
		return [...document.querySelectorAll('[data-testid=row]')].filter((row) => {
			const at = row.getBoundingClientRect();
			return at.top >= (head.height > 1 ? head.bottom : 0) - 1 && at.bottom <= foot + 1;
		}).length;
	}`)
	var n int
	if err := json.Unmarshal([]byte(fmt.Sprint(found)), &n); err != nil {
		v.t.Fatal(err)
	}
	return n
}

// How much of a list a window shows: the numbers that the frame was made for.
func TestRowsInSight(t *testing.T) {
	t.Parallel()
	four := "&status.not=interrupted&os.not=Linux&country.not=AQ&app.not=Nothing"
	for _, test := range []struct {
		name          string
		width, height int
		query         string
		compact       bool
		want          int
	}{
		{"a large window", 1440, 900, "", false, 20},
		{"a large window, compact", 1440, 900, "", true, 25},
		{"a small window with four conditions", 1280, 720, four, false, 10},
		{"a phone", 390, 844, "", false, 4},
		{"a phone with a condition", 390, 844, "&status=failure", false, 4},
		{"200 % of a large window", 720, 450, "", false, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := open(t, visitOptions{width: test.width, height: test.height})
			v.as(somebody(t, "dense"))
			v.goTo("/logs/interactive?range=30d" + test.query)
			if test.compact {
				v.account()
				v.click("[data-testid=account] button[value=compact]")
				v.must(v.page.Locator("html[data-density=compact]").WaitFor())
			}
			v.must(v.hook("row").First().WaitFor())
			if got := v.rowsInSight(); got < test.want {
				t.Errorf("%d rows are in sight, want %d", got, test.want)
			}
		})
	}
}

// The details reach from the header to the foot of the window, and nothing of the list moves up or down when they come.
func TestRoomForDetails(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{width: 1280, height: 720})
	v.as(somebody(t, "pane"))
	v.goTo("/logs/interactive?range=30d&status=failure")
	top := func(selector string) any {
		return v.eval(`() => document.querySelector('` + selector + `').getBoundingClientRect().top`)
	}
	rows, chart := top(".grid tbody"), top(".plot")
	v.must(v.hook("row").Nth(2).Locator("[data-open]").Click())
	v.must(v.hook("details").First().WaitFor())
	if r, c := top(".grid tbody"), top(".plot"); r != rows || c != chart {
		t.Errorf("the rows moved from %v to %v, the chart from %v to %v", rows, r, chart, c)
	}
	if is := v.eval(`() => {
		const head = document.querySelector('.pane .details-head'), pane = document.querySelector('.pane').getBoundingClientRect();
		return [head.scrollHeight, head.getBoundingClientRect().bottom - pane.top].map(Math.round).every((height) => height <= 96) || head.scrollHeight;
	}`); is != true {
		t.Errorf("the head of a failure is %v pixels high, want 96 at most", is)
	}
	content := v.eval(`() => innerHeight - document.querySelector('.pane .tabs').getBoundingClientRect().bottom`)
	var room float64
	if _, err := fmt.Sscan(fmt.Sprint(content), &room); err != nil {
		t.Fatal(err)
	}
	if room < 400 {
		t.Errorf("%v pixels are left for the details, want 400", room)
	}
	if is := v.eval(`() => {
		const grid = document.querySelector('.grid-scroll').getBoundingClientRect(), status = document.querySelector('[data-testid="row"] .status');
		return status.getBoundingClientRect().right <= grid.right || [...status.closest('tr').cells].map((cell) => cell.className + ' ' + cell.offsetWidth).join();
	}`); is != true {
		t.Errorf("the status is out of sight beside the details: %v", is)
	}
	v.accessible()
	last := v.page.Locator(".commands a[href]:visible, .commands summary:visible, .commands button:visible").Last()
	v.must(last.Focus())
	v.must(v.page.Keyboard().Press("Shift+Tab")) // the focus is seen only where a key has moved it
	v.must(v.page.Keyboard().Press("Tab"))
	if covered := v.eval(`() => {
		const of = document.activeElement, box = of.getBoundingClientRect()
		return !of.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)) && of.outerHTML
	}`); covered != false {
		t.Errorf("the details cover what has the focus: %v", covered)
	}
}
