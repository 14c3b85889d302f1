//go:build e2e

package e2e

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// scrollTo scrolls the list to its end and waits until so many rows are there.
func (v *visit) scrollTo(rows int) {
	v.t.Helper()
	v.eval(`() => {
		const list = document.querySelector('.grid-scroll');
		list.scrollTop = list.scrollHeight;
		if (list.scrollHeight === list.clientHeight) scrollTo(0, document.body.scrollHeight);
	}`)
	v.must(v.hook("row").Nth(rows - 1).WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateAttached}))
	if got := v.count("row"); got != rows {
		v.t.Errorf("%d rows, want %d", got, rows)
	}
}

func (v *visit) ids() string {
	v.t.Helper()
	return fmt.Sprint(v.eval(`() => [...document.querySelectorAll('[data-testid=row]')].map((row) => row.dataset.id).join(' ')`))
}

// A list goes on while it is scrolled: each row once, in order, and nothing that is in sight moves.
func TestListGoesOnWhileItIsScrolled(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	lists := []string{"/logs/interactive?range=30d&dir=asc", "/logs/noninteractive?range=30d", "/logs/interactive?range=30d"}
	if !isSoak {
		lists = lists[1:]
	}
	for i, list := range lists {
		grown := []int{100, 150, 200}
		if !isSoak && i < len(lists)-1 {
			grown = grown[:1]
		}
		most := strconv.Itoa(grown[len(grown)-1])
		v.goTo(list + "&limit=" + most)
		want := v.ids()
		v.goTo(list)
		first := v.ids()
		for _, rows := range grown {
			v.scrollTo(rows)
			v.must(v.page.GetByText(strconv.Itoa(rows) + " rows shown").WaitFor())
		}
		if got := v.ids(); got != want || !strings.HasPrefix(got, first) {
			t.Errorf("%s: the rows are not those of one page of %s", list, most)
		}
		if got := v.query().Get("limit"); got != most {
			t.Errorf("%s: the address asks for %q rows, want %s", list, got, most)
		}
	}
	// So many are enough. The link leads on behind the last of them, and back is the list as it was.
	v.eval(`() => { document.querySelector('.grid-scroll').scrollTop = 0; }`)
	v.eval(`() => { document.querySelector('.grid-scroll').scrollTop = 1e6; }`)
	whole := v.ids()
	v.must(v.hook("next").Click())
	v.must(v.hook("prev").WaitFor())
	if q := v.query(); !q.Has("after") || q.Has("limit") || strings.Contains(whole, strings.Fields(v.ids())[0]) {
		t.Errorf("the link led to %v", q)
	}
	_, err := v.page.GoBack()
	v.must(err)
	v.must(v.hook("row").Nth(199).WaitFor())
	if v.ids() != whole {
		t.Error("back, the list has other rows")
	}

	// A filter by a value begins a list of its own: it is as long as any.
	v.goTo("/logs/interactive?range=30d")
	v.must(v.hook("row").Nth(45).ScrollIntoViewIfNeeded())
	v.must(v.hook("row").Nth(99).WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateAttached}))
	place := func() any {
		return v.eval(`() => document.querySelectorAll('[data-testid=row]')[45].getBoundingClientRect().top`)
	}
	before := place()
	v.must(v.page.GetByText("100 rows shown").WaitFor())
	if now := place(); now != before {
		t.Errorf("a row moved from %v to %v", before, now)
	}
	v.accessible()
	v.press("j")
	v.must(v.hook("row").Nth(75).Locator("[data-open]").First().Click())
	v.must(v.hook("details").First().WaitFor())
	if n, err := v.page.Locator(".grid tr[aria-current]").Count(); err != nil || n != 1 {
		t.Errorf("%d rows are marked as open (%v)", n, err)
	}
	v.openMenu(70, "user")
	v.must(v.menu().Locator("[data-item=exclude]").Click())
	v.leadsTo(`user\.not=`)
	if v.query().Has("limit") {
		t.Errorf("a filter by a value leads to a list of another length: %v", v.query())
	}
}

func TestCardsGoOnWhileThePageIsScrolled(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{width: 390, height: 844, touch: true})
	v.as(administrator)
	v.goTo("/logs/interactive?range=30d")
	v.scrollTo(100)
	v.scrollTo(150)
}
