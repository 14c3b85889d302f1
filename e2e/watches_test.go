//go:build e2e

package e2e

import (
	"strings"
	"testing"
	"time"
)

// A watch from a list to its notice: made, tried, paused, started again and deleted. A schedule from a report. All of it works
// without scripts and on a phone.
func TestWatches(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]visitOptions{"scripts": {}, "without scripts": {noScripts: true}, "phone": {width: 390, height: 844}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := open(t, o)
			reader := account(t, "reader", "--role", "global-reader")
			v.as(reader)
			look := func() {
				if !o.noScripts {
					v.accessible()
				}
				v.fits()
			}
			v.goTo("/logs/interactive?status=failure&panel=views")
			v.follow(`a[href*="kind=watch"]`, "/settings/watches/new")
			look()
			if help := v.attribute(v.page.Locator(".help-link"), "href"); help != "/help#watches" {
				t.Errorf("the question mark leads to %s", help)
			}
			v.fill(".settings-form input[name=name]", "Failures of the night")
			v.fill("textarea[name=recipients]", "nobody at all")
			v.follow("button[value=add]", "/settings/watches$")
			if got := v.words("[data-testid=error]"); !strings.Contains(got, "There is no account named") {
				t.Errorf("to an unknown person the form says %q", got)
			}
			look()
			v.fill("textarea[name=recipients]", reader)
			v.click("input[name=new][value=yes]")
			v.follow("button[value=add]", "/settings/watches/")
			look()
			v.follow("button[value=try]", "done=watch-try")
			watch := strings.TrimSuffix(v.page.URL(), "?done=watch-try")
			for until := time.Now().Add(patience); v.count("notices-link") == 0; {
				if time.Now().After(until) {
					t.Fatal("no notice came")
				}
				v.goTo(watch)
			}
			v.follow("[data-testid=notices-link]", "/settings/watches$")
			look()
			if got := v.words("[data-testid=notice]"); !strings.Contains(got, "Failures of the night") || !strings.Contains(got, "trial:") {
				t.Errorf("the notice says %q", got)
			}
			v.follow("button[value=seen]", "/settings/watches$")
			if v.count("notices-link") != 0 {
				t.Error("a notice that was seen is still counted")
			}
			v.goTo(watch)
			v.follow("button[value=pause]", "done=watch-pause")
			v.follow("button[value=resume]", "done=watch-resume")
			v.click("details:has(button[value=delete]) summary")
			v.follow("button[value=delete]", "done=watch-removed")
			if got := v.words("[data-testid=watches]"); strings.Contains(got, "Failures of the night") {
				t.Errorf("after the end the page says %q", got)
			}
			v.goTo("/insights/applications")
			v.click("[data-testid=download] summary")
			v.follow("[data-testid=send-report]", "/settings/watches/new")
			look()
			if got := v.words("select[name=format]"); !strings.Contains(got, "HTML") || strings.Contains(got, "Excel") {
				t.Errorf("a report can be sent as %q", got)
			}
			v.goTo("/help#watches")
			look()
		})
	}
}
