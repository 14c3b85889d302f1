//go:build e2e

package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"
)

// clicks counts what somebody presses on the way. A choice from a list is two: it opens, and an option is taken.
type clicks struct {
	v *visit
	n int
}

func (c *clicks) on(selector string) {
	c.v.t.Helper()
	c.n++
	c.v.click(selector)
}

func (c *clicks) choose(selector, value string) {
	c.v.t.Helper()
	c.n += 2
	_, err := c.v.page.Locator(selector).SelectOption(playwright.SelectOptionValues{Values: &[]string{value}})
	c.v.must(err)
}

// An unknown CSV file becomes rows of a list in under ten clicks: on a desk, on a phone, in the dark and without scripts.
func TestAnUnknownCSVIsMappedInUnderTenClicks(t *testing.T) {
	t.Parallel()
	own := filepath.Join(t.TempDir(), "data")
	if err := signpost(password+"\n", "user", "add", administrator, "--data", own, "--role", "global-administrator", "--password-stdin"); err != nil {
		t.Fatal(err)
	}
	base, stop, err := serveIn(own)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for i, o := range []visitOptions{{base: base}, {base: base, width: 390, dark: true}, {base: base, noScripts: true}} {
		user := fmt.Sprintf("visitor%d@contoso.example", i)
		v := open(t, o)
		v.signIn(administrator)
		v.goTo("/import")
		way := &clicks{v: v, n: 1} // the file dialog
		v.must(v.page.Locator("#files").SetInputFiles([]playwright.InputFile{{
			Name: "doors.csv", MimeType: "text/csv", Buffer: fmt.Appendf(nil, "When,Who,From,App,Note %d\n%s,%s,192.0.2.7,Badge reader,on site\n", i, time.Now().Add(-time.Hour).UTC().Format(time.RFC3339), user),
		}}))
		way.on(".upload button[type=submit]")
		way.on("[data-testid=map-file]")
		v.must(v.hook("map").WaitFor())
		v.accessible()
		way.choose("#map-log", "interactive")
		way.n++ // into the name
		v.fill("#map-name", fmt.Sprintf("Doors %d", i))
		if !o.noScripts && i == 0 {
			// The preview is no step of the way. It keeps what was typed and where the keyboard is.
			v.click("#map-preview-button")
			v.must(v.page.Locator("[data-testid=map-row] >> text=" + user).First().WaitFor())
			if name, err := v.page.Locator("#map-name").InputValue(); err != nil || name != "Doors 0" {
				t.Errorf("the preview forgot the name: %q, %v", name, err)
			}
		}
		way.on("#map button[value=import]")
		if o.noScripts && v.attribute(v.hook("import-state"), "data-phase") != "done" {
			way.n++ // Reload, pressed once the import had its time
			for end := time.Now().Add(patience); v.attribute(v.hook("import-state"), "data-phase") != "done" && time.Now().Before(end); {
				v.goTo("/import/run")
			}
		}
		v.must(v.page.Locator("[data-testid=import-state][data-phase=done]").WaitFor())
		v.fits()
		if text := v.words("[data-testid=import-state]"); !strings.Contains(text, fmt.Sprintf(`Read with the mapping "Doors %d".`, i)) {
			t.Errorf("the report says %q", text)
		}
		v.accessible()
		way.on("a:has-text('Open the logs')")
		v.must(v.page.Locator("[data-testid=row] >> text=" + user).First().WaitFor())
		if way.n >= 10 {
			t.Errorf("an unknown file took %d clicks, want fewer than 10", way.n)
		}
		v.goTo("/import/mappings")
		v.must(v.hook("mapping").First().WaitFor())
		v.accessible()
		v.click("[data-testid=change-mapping]")
		v.must(v.hook("map").WaitFor())
		v.accessible()
		v.fits()
		v.fill("#map-zone-other", "Europe/Zurich")
		v.click("#map button.primary")
		v.must(v.page.Locator("text=Changed.").First().WaitFor())
		v.goTo("/import/map?upload=gone&file=0")
		v.must(v.hook("empty").WaitFor())
		v.accessible()
	}
}
