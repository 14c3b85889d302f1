//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// Every file of the menu arrives under its name, and has the rows that the menu tells of.
func TestDownloadsOfAList(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/noninteractive?range=7d&status=failure")
	for range 100 { // the page does not wait long for its sizes, which are measured beside it
		if v.count("file-size") == 7 {
			break
		}
		v.goTo("/logs/noninteractive?range=7d&status=failure")
	}
	v.click(`[data-testid="download"] > summary`)
	v.accessible()
	if folder := os.Getenv("SIGNPOST_LOOK"); folder != "" {
		_, err := v.page.Screenshot(playwright.PageScreenshotOptions{Path: playwright.String(folder + "/export-1440.png")})
		v.must(err)
	}
	size, err := v.hook("download-size").InnerText()
	v.must(err)
	total := v.attribute(v.hook("total"), "data-value")
	if !strings.HasPrefix(strings.ReplaceAll(size, ",", ""), total+" sign-in") || total == "0" {
		t.Errorf("the menu tells of %q, and the page of %s", size, total)
	}
	links := v.page.Locator(`[data-testid="download"] a`)
	n, err := links.Count()
	v.must(err)
	if n != 8 {
		t.Fatalf("%d files, want 8", n)
	}
	if sizes, err := v.hook("file-size").AllInnerTexts(); err != nil || len(sizes) != n-1 || !strings.HasPrefix(sizes[0], "about ") {
		t.Errorf("the menu tells of the sizes %q, %v", sizes, err)
	}
	for i := range n {
		download, err := v.page.ExpectDownload(func() error { return links.Nth(i).Click() })
		v.must(err)
		v.must(download.Failure())
		path, err := download.Path()
		v.must(err)
		file, err := os.ReadFile(path)
		v.must(err)
		name := download.SuggestedFilename()
		if strings.HasPrefix(name, "Evidence_") {
			if output, err := exec.Command(binary, "verify", path).CombinedOutput(); err != nil {
				t.Errorf("the evidence bundle: %v\n%s", err, output)
			}
		}
		if !strings.HasPrefix(strings.TrimPrefix(name, "Evidence_"), "NonInteractiveSignIns_") && !strings.HasPrefix(name, "SignIns_") || len(file) == 0 {
			t.Errorf("%s arrives as %q with %d bytes", v.attribute(links.Nth(i), "href"), name, len(file))
		}
		if strings.HasSuffix(name, ".ndjson") && fmt.Sprint(strings.Count(string(file), "\n")) != total {
			t.Errorf("%s has %d records, want %s", name, strings.Count(string(file), "\n"), total)
		}
	}
}

func TestDownloadMenuOnAPhone(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{width: 390, touch: true})
	v.as(administrator)
	v.goTo("/logs/interactive?range=7d")
	v.click(`[data-testid="download"] > summary`)
	v.accessible()
	wide, err := v.page.Evaluate(`document.documentElement.scrollWidth`)
	v.must(err)
	if fmt.Sprint(wide) != "390" {
		t.Errorf("the page is %v wide, want 390", wide)
	}
	box, err := v.page.Locator(`[data-testid="download"] .menu-panel`).BoundingBox()
	v.must(err)
	if box.X < 0 || box.X+box.Width > 390 {
		t.Errorf("the panel reaches from %v to %v", box.X, box.X+box.Width)
	}
	if folder := os.Getenv("SIGNPOST_LOOK"); folder != "" {
		_, err := v.page.Screenshot(playwright.PageScreenshotOptions{Path: playwright.String(folder + "/export-390.png")})
		v.must(err)
	}
}

// What stands beside a sign-in comes when its page is there. In the pane too.
func TestRelatedComesLater(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/interactive?range=7d&status=failure")
	row := v.hook("row").First()
	id := v.attribute(row, "data-id")
	v.must(row.Locator(".when a").First().Click())
	v.must(v.page.Locator(`#pane [data-testid="comparison"]`).WaitFor())
	v.accessible()
	v.goTo("/logs/interactive/" + id)
	v.must(v.hook("related-count").WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateDetached}))
	if folder := os.Getenv("SIGNPOST_LOOK"); folder != "" {
		_, err := v.page.Screenshot(playwright.PageScreenshotOptions{Path: playwright.String(folder + "/related-1440.png"), FullPage: playwright.Bool(true)})
		v.must(err)
	}
	text, err := v.hook("related").InnerText()
	v.must(err)
	if !regexp.MustCompile(`\d+ interactive`).MatchString(text) {
		t.Errorf("related: %q", text)
	}
	v.accessible()
}
