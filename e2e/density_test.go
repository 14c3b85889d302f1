//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/playwright-community/playwright-go"
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

// decode reads what a script of the page told as JSON.
func (v *visit) decode(told, into any) {
	v.t.Helper()
	if err := json.Unmarshal([]byte(fmt.Sprint(told)), into); err != nil {
		v.t.Fatalf("%v: %v", told, err)
	}
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

// Nothing under the pointer moves up or down when the chart narrows to a bar, comes back, or the details open; the bars begin
// at one place. On the way no chip loses its value, and a breakdown takes one line.
func TestNothingMovesUpOrDown(t *testing.T) {
	t.Parallel()
	const places = `() => {
		const found = {};
		for (const [name, selector] of Object.entries({
			chart: '.plot', entry: '.legend a', tool: '.chart-head > :is(details, form, a:not([data-zoom-out]))', heading: '.grid thead', row: '[data-testid=row]',
			tab: '.list-head .tabs a', filter: '.commands > .menu', chip: '.chip', total: '.total', command: '.commands > .tools > *',
		})) [...document.querySelectorAll(selector)].slice(0, name === 'row' ? 1 : undefined).forEach((one, i) => { found[name + ' ' + i] = Math.round(one.getBoundingClientRect().top); });
		found.bars = Math.round(document.querySelector('.bars').getBoundingClientRect().left);
		return JSON.stringify(found);
	}`
	for i, size := range [][2]int{{1440, 900}, {1280, 720}} {
		v := open(t, visitOptions{width: size[0], height: size[1]})
		v.as(somebody(t, fmt.Sprint("still", size[0])))
		for j, list := range []string{"interactive?range=30d", "noninteractive?range=24h", "interactive?range=30d&split=app"} {
			if !isSoak && (i+j)%3 != 0 {
				continue // the soak tries each list in each window
			}
			v.goTo("/logs/" + list)
			if list == "noninteractive?range=24h" {
				v.goTo("/logs/noninteractive?" + quiet())
			}
			still := func(what string, before map[string]float64) map[string]float64 {
				t.Helper()
				var after map[string]float64
				if err := json.Unmarshal([]byte(fmt.Sprint(v.eval(places))), &after); err != nil {
					t.Fatal(err)
				}
				for name, at := range before {
					if now, there := after[name]; there && now != at {
						t.Errorf("%v, %s, %s: %s moved from %v to %v", size, list, what, name, at, now)
					}
				}
				return after
			}
			before := still("", nil)
			v.leads(func() error { return v.hook("histogram").Locator(".bars > a[href]").Last().Click() })
			v.must(v.page.Locator("[data-zoom-out]").WaitFor())
			zoomed := still("zoomed", before)
			if zoomed["chart 0"] == 0 || zoomed["heading 0"] == 0 || zoomed["filter 0"] == 0 {
				t.Fatalf("measured only %v", zoomed)
			}
			v.leads(func() error { return v.page.Locator("[data-zoom-out]").Click() })
			v.must(v.page.Locator("[data-zoom-out]").WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateDetached}))
			v.must(v.hook("row").Nth(1).WaitFor())
			still("zoomed out", before)
			v.must(v.page.Locator("[data-testid=row] a[data-open]").First().Click())
			v.must(v.hook("details").First().WaitFor())
			still("with details", before)
		}
	}
}

// Chips keep their values whole and shorten the names of fields; a breakdown's legend is one line, and says how fresh numbers are.
func TestChipsAndLegendInLittleRoom(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{width: 1280, height: 720})
	v.as(somebody(t, "chips"))
	for _, size := range [][2]int{{1280, 720}, {390, 844}} {
		v.must(v.page.SetViewportSize(size[0], size[1]))
		v.goTo("/logs/interactive?range=30d&split=app&status.not=interrupted&os.not=Linux&requirement=multiFactorAuthentication&resource.not=Windows")
		if is := v.eval(`() => {
			const whole = (one) => one.scrollWidth <= one.clientWidth + 1;
			const chips = [...document.querySelectorAll('.chip')];
			if (chips.length !== 4 || !chips.some((chip) => !whole(chip.querySelector('.chip-field')))) return 'no name is short: ' + chips.length;
			const cut = chips.flatMap((chip) => [...chip.querySelectorAll('.chip-how, b')]).filter((one) => one.getBoundingClientRect().right > one.closest('.chip').querySelector('.chip-remove').getBoundingClientRect().left + 1 || one.offsetWidth && !whole(one));
			if (cut.length) return 'cut: ' + cut.map((one) => one.textContent);
			const legend = document.querySelector('.legend');
			if (legend && legend.offsetHeight > 28) return 'the legend is ' + legend.offsetHeight + ' high';
			return innerWidth < 721 || document.querySelector('[data-testid=freshness]').getClientRects().length > 0 || 'no freshness';
		}`); is != true {
			t.Errorf("%v: %v", size, is)
		}
	}
}
