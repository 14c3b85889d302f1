//go:build e2e

package e2e

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// rangeShown is the range in the address of the list.
func (v *visit) rangeShown() (from, to time.Time) {
	v.t.Helper()
	u, err := url.Parse(v.page.URL())
	v.must(err)
	from, err = time.Parse(time.RFC3339Nano, u.Query().Get("from"))
	v.must(err)
	to, err = time.Parse(time.RFC3339Nano, u.Query().Get("to"))
	v.must(err)
	return from, to
}

// A range is typed as people say it, chosen by name, or stepped through; each is a click or a line.
func TestDatesAreTypedAndStepped(t *testing.T) {
	t.Parallel()
	for _, noScripts := range []bool{false, true} {
		v := open(t, visitOptions{noScripts: noScripts})
		v.as(reportsReader)
		v.goTo("/logs/interactive?status=failure")
		v.click("[data-testid=date-range] > summary")
		v.accessible()
		v.fill("[data-testid=date-range] input[name=when]", "2026-11-12 02:00/03:30")
		v.follow("[data-testid=date-range] form.stack button", "from=2026-11-12T02%3A00%3A00Z")
		if !strings.Contains(v.page.URL(), "status=failure") {
			t.Errorf("the filter is lost: %s", v.page.URL())
		}
		v.follow("[data-testid=earlier]", "from=2026-11-12T00%3A30%3A00Z")
		if from, to := v.rangeShown(); to.Sub(from) != 90*time.Minute {
			t.Errorf("a step back is of %v", to.Sub(from))
		}
		v.follow("[data-testid=later]", "from=2026-11-12T02%3A00%3A00Z")
		v.click("[data-testid=date-range] > summary")
		v.follow("[data-testid=date-range] button[value=today]", "range=today")
		if n, err := v.hook("later").Count(); err != nil || n != 0 {
			t.Errorf("a step leads beyond now: %d, %v", n, err)
		}
		v.click("[data-testid=date-range] > summary")
		v.fill("[data-testid=date-range] input[name=when]", "soonish")
		v.click("[data-testid=date-range] form.stack button")
		v.must(v.hook("error").First().WaitFor())
		if got := v.words("[data-testid=date-range]"); !strings.Contains(got, "not a time that we understand") {
			t.Errorf("the panel says %q", got)
		}
		v.accessible()
	}
}

// The chart folds to a strip for good.
func TestChartFolds(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(somebody(t, "folds"))
	v.goTo("/logs/interactive?range=7d")
	height := func() float64 {
		box, err := v.page.Locator(".bars").BoundingBox()
		v.must(err)
		return box.Height
	}
	before := height()
	v.click("[title='Fold the chart']")
	v.must(v.page.Locator("[title='Unfold the chart']").WaitFor())
	v.accessible()
	if after := height(); after > 10 || before < 30 {
		t.Errorf("the chart is %v high, folded %v", before, after)
	}
	v.goTo("/logs/noninteractive?range=7d")
	if after := height(); after > 10 {
		t.Errorf("on another page the chart is %v high", after)
	}
	v.click("[title='Unfold the chart']")
	v.must(v.page.Locator("[title='Fold the chart']").WaitFor())
}
