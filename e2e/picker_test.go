//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// chips gives the texts of the filter's values.
func (v *visit) chips() []string {
	v.t.Helper()
	texts, err := v.hook("chip").AllInnerTexts()
	v.must(err)
	for i, text := range texts {
		texts[i] = strings.Join(strings.Fields(text), " ")
	}
	return texts
}

// waitForChip waits until a chip with these words is there.
func (v *visit) waitForChip(words string) {
	v.t.Helper()
	v.must(v.hook("chip").Filter(playwright.LocatorFilterOptions{HasText: words}).First().WaitFor())
}

func TestAddAFilter(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/interactive?range=7d")
	v.must(v.hook("filter-add").Locator("summary").Click())
	v.accessible()
	panel := v.page.Locator("#filter-panel")
	v.must(panel.Locator("button[value=app]").Click())
	first := panel.Locator(".option").First()
	v.must(first.WaitFor())
	v.accessible()
	name, err := first.Locator(".option-text").InnerText()
	v.must(err)
	v.must(first.Locator("input").Check())
	v.must(panel.Locator("button.primary").Click())
	v.waitForChip("Application: " + name)
	if n := v.count("row"); n == 0 {
		t.Error("no row has the value that was offered")
	}

	// A click on the chip's words opens it again, and another comparison takes the place of the first.
	v.must(v.hook("chip").First().Locator("a").First().Click())
	v.must(panel.Locator("select[name=op]").WaitFor())
	_, err = panel.Locator("select[name=op]").SelectOption(playwright.SelectOptionValues{Values: playwright.StringSlice("not")})
	v.must(err)
	v.must(panel.Locator("button.primary").Click())
	v.waitForChip("Application is not " + name)
	if got := v.chips(); len(got) != 1 {
		t.Errorf("chips = %q, want one", got)
	}
	v.must(v.hook("chip").First().Locator(".chip-remove").Click())
	v.must(v.hook("chip").First().WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateDetached}))
}

// Where the picker cannot be had in its place the whole page is asked for: it says why.
func TestPickerThatFailsBecomesAPage(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{apart: true})
	v.as(administrator)
	v.must(v.page.Route("**/*pick=*", func(r playwright.Route) {
		if r.Request().Headers()["hx-request"] == "" {
			_ = r.Continue()
			return
		}
		_ = r.Fulfill(playwright.RouteFulfillOptions{Status: playwright.Int(204)}) // an error would be on the console too
	}))
	v.goTo("/logs/interactive?status=failure&" + oddRange)
	v.must(v.hook("chip").Locator("a").First().Click())
	v.leadsTo("pick=status")
	v.must(v.page.Locator("#filter-panel select[name=op]").WaitFor())
}

// However far to the right its button stands, and however long what is chosen is, the picker is in the window.
func TestPickerIsInTheWindow(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, o visitOptions) {
		t.Parallel()
		v := open(t, o)
		v.as(administrator)
		for _, query := range []string{"status=failure&error=50126", "user=bob&ca=success", "app=" + strings.Repeat("x", 500) + "&pick=app"} {
			v.goTo("/logs/serviceprincipal?range=7d&" + query)
			if !strings.Contains(query, "pick=") {
				v.must(v.hook("filter-add").Locator("summary").Click())
			}
			// The script moves the picker when it has opened, which is told a moment after the click.
			_, err := v.page.WaitForFunction(`() => !document.documentElement.matches('.scripted') || document.getElementById('filter').style.getPropertyValue('--shift')`, nil)
			v.must(err)
			v.fits()
			over, err := v.page.Evaluate(`() => {
				const panel = document.getElementById('filter-panel');
				const options = panel.querySelector('.picker-options');
				return [panel.getBoundingClientRect().left < 0, panel.getBoundingClientRect().right > innerWidth, options && options.scrollWidth > options.clientWidth].join();
			}`)
			v.must(err)
			if over != "false,false," && over != "false,false,false" {
				t.Errorf("%.60s: outside at the left, the right, its options too wide: %v", query, over)
			}
		}
	})
}

func TestValuesAreFoundWhileTyping(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/interactive?" + oddRange)
	v.must(v.hook("filter-add").Locator("summary").Click())
	v.must(v.page.Locator("[data-narrows]:focus").WaitFor())
	v.must(v.page.Keyboard().Type("app"))
	visible := v.page.Locator("#field-list button:visible")
	if n, err := visible.Count(); err != nil || n == 0 || n > 6 {
		t.Errorf("%d fields are left (%v), want the few that have app in their name", n, err)
	}
	v.must(v.page.Keyboard().Press("Enter"))
	v.must(v.page.Locator("#filter-panel input[name=find]:focus").WaitFor())
	v.must(v.page.Keyboard().Type("contoso"))
	v.must(v.page.Locator("#picker-options .option").Filter(playwright.LocatorFilterOptions{HasText: "Contoso-Harbour"}).WaitFor())
	v.must(v.page.Locator("#picker-options .option", playwright.PageLocatorOptions{HasText: "Microsoft Teams"}).WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateDetached}))
	v.must(v.page.Locator("#picker-options .option input").First().Check())
	v.must(v.page.Locator("#filter-panel button.primary").Click())
	v.waitForChip("Contoso-Harbour")
}

func TestALineUnfolds(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/interactive?mfa=timeout&" + oddRange)
	v.must(v.hook("expand").First().Click())
	v.must(v.hook("member").First().WaitFor())
	if n := v.count("member"); n != 5 {
		t.Errorf("%d events, want 5", n)
	}
	v.accessible()
	v.must(v.page.GetByText("Every event").Click())
	v.must(v.hook("events").Locator("a[aria-current]", playwright.LocatorLocatorOptions{HasText: "Every event"}).WaitFor())
	if n := v.count("expand"); n != 0 {
		t.Errorf("%d rows of every event unfold, want none", n)
	}
}
