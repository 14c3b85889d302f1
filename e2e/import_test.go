//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// portalFile is a file of the Entra admin center with one sign-in.
func portalFile(id int, date string) string {
	return "Date (UTC),Request ID,Username,Application,IP address,Status,Sign-in error code\n" +
		fmt.Sprintf("%s,0f0110e0-0000-4000-8000-00001000%04d,downloads@example.com,Portal,192.0.2.1,Success,0\n", date, id)
}

// anImport is how long an import may take: it waits for its turn while the made-up tenant is being filled.
var anImport = playwright.LocatorWaitForOptions{Timeout: playwright.Float(180_000)}

// These tests are not parallel to others: one upload is imported at a time, and the page of imports shows the last one.

// From the Downloads folder to the report it takes two clicks: the file, and the button. The report leads to the sign-ins.
func TestPortalFileInTwoClicks(t *testing.T) {
	both(t, func(t *testing.T, o visitOptions) { // one after the other, as imports are
		v := open(t, o)
		v.as(administrator)
		v.goTo("/import")
		chooser, err := v.page.ExpectFileChooser(func() error { return v.page.Locator(".drop input").Click() }) // the first
		v.must(err)
		v.must(chooser.SetFiles([]playwright.InputFile{file("InteractiveSignIns_2024-02-03_2024-02-03 (1).csv", portalFile(o.width, "2024-02-03T08:00:00Z"))}))
		v.must(v.page.Locator("[data-chosen] li").WaitFor())
		v.click("form.upload button.primary") // the second
		v.must(v.page.Locator("[data-phase=done]").WaitFor(anImport))
		if title := v.words("#import-state h1"); title != "Imported" {
			t.Errorf("the report is called %q", title)
		}
		v.accessible()
		v.click("[data-testid=imported-log]")
		v.must(v.page.Locator("#main:has-text('downloads@example.com')").WaitFor())
	})
}

// A file that asks is answered on the page of its upload. What a file is can be seen before.
func TestFileThatAsks(t *testing.T) {
	both(t, func(t *testing.T, o visitOptions) {
		v := open(t, o)
		v.as(administrator)
		v.goTo("/import")
		v.must(v.page.Locator("input[type=file]").SetInputFiles([]playwright.InputFile{file("export.csv", portalFile(o.width+1, `"3/4/2024, 8:00:00 AM"`))}))
		v.must(v.page.Locator("[data-chosen] li").WaitFor())
		v.click("form.upload button:not(.primary)")
		v.must(v.hook("columns").WaitFor(anImport))
		if said := v.words("[data-testid=evidence]"); !strings.Contains(said, "headings are those of the format Entra admin center CSV") {
			t.Errorf("the evidence is %q", said)
		}
		v.accessible()
		v.fits()
		v.click("label:has-text('The day')") // both questions stand in one form
		v.click("label:has-text('User sign-ins (interactive)')")
		v.click("[data-testid=answers] button")
		v.must(v.hook("imported-log").WaitFor(anImport))
	})
}

// The records that an import rejected are downloaded from its report, mended, and imported: three clicks and the editor.
func TestRejectedRecordsAreMended(t *testing.T) {
	both(t, func(t *testing.T, o visitOptions) {
		v := open(t, o)
		v.as(administrator)
		v.goTo("/import")
		text := portalFile(o.width+2, "2024-02-05T08:00:00Z") + strings.SplitAfterN(portalFile(o.width+3, "soon"), "\n", 2)[1]
		upload := func(name, text, phase string) {
			v.must(v.page.Locator("input[type=file]").SetInputFiles([]playwright.InputFile{file(name, text)}))
			v.must(v.page.Locator("[data-chosen] li").WaitFor())
			v.click("form.upload button.primary")
			v.must(v.page.Locator("[data-phase=done]").WaitFor(anImport))
			if title := v.words("#import-state h1"); title != phase {
				t.Errorf("the report of %s is called %q, want %q", name, title, phase)
			}
		}
		upload("InteractiveSignIns_2024-02-05_2024-02-05.csv", text, "Imported, but not everything")
		v.click("[data-testid=rejected-report]")
		v.must(v.hook("rejected-download").WaitFor())
		v.accessible()
		download, err := v.page.ExpectDownload(func() error { return v.hook("rejected-download").Click() })
		v.must(err)
		path, err := download.Path()
		v.must(err)
		rejected, err := os.ReadFile(path)
		v.must(err)
		name := download.SuggestedFilename()
		if !strings.HasPrefix(name, "rejected-InteractiveSignIns_2024-02-05_2024-02-05-") || !strings.HasSuffix(name, ".csv") {
			t.Errorf("the file is called %q", name)
		}
		v.goTo("/import")
		upload(name, strings.Replace(string(rejected), "soon", "2024-02-05T09:00:00Z", 1), "Imported")
	})
}
