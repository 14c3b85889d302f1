//go:build e2e

package e2e

import (
	"net/url"
	"strings"
	"testing"
)

// activityList is the list of the made-up tenant's activity.
const activityList = "/logs/activity?range=30d&limit=10"

// TestActivityWithoutScripts walks from the list to a file that was found by a part of its name, and to all of its parts.
func TestActivityWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	p.goTo(activityList)
	all := p.total()
	p.goTo(activityList + "&operation.has=File&item.has=berth")
	if n := p.total(); n == 0 || n >= all {
		t.Errorf("%d of %d records are about a file of this name", n, all)
	}
	p.goTo("/logs/activity/" + p.firstID())
	if text := strings.ToLower(strings.Join(p.texts("main"), " ")); !strings.Contains(text, "berth") || !strings.Contains(text, "sharepointfileoperation") || !strings.Contains(text, `"recordtype": 6`) {
		t.Errorf("the page says %s", text)
	}
	p.goTo("/settings/activity")
	if n := p.count("form input[type=checkbox]"); n != 1 {
		t.Errorf("%d settings, want 1", n)
	}
}

// The list, its pane, the page of a record and the timeline of its user are accessible and fit, on a phone too. On a desk a row of the
// timeline is one line.
func TestActivityIsAccessible(t *testing.T) {
	t.Parallel()
	for _, o := range []visitOptions{{apart: true}, {apart: true, width: 390, height: 844}} {
		v := open(t, o)
		v.as(administrator)
		v.goTo(activityList + "&operation=FileDownloaded&user.has=@")
		id := url.PathEscape(v.rowID(0))
		v.goTo("/logs/activity/" + id)
		timeline := v.attribute(v.page.Locator(`main a[href^="/users/"]`).First(), "href") + "/timeline?range=30d"
		for _, path := range []string{activityList, activityList + "&open=" + id, "/logs/activity/" + id, "/settings/activity", timeline} {
			v.goTo(path)
			v.accessible()
			v.fits()
		}
		high := v.eval(`() => Math.max(...Array.from(document.querySelectorAll('[data-testid="timeline"] [data-testid="row"]'), row => row.offsetHeight))`)
		if n, _ := high.(int); o.width == 0 && (n == 0 || n > 40) {
			t.Errorf("the highest row of the timeline has %v pixels", high)
		}
		if wide := v.eval(`() => Array.from(document.querySelectorAll('.table-scroll')).some(e => e.scrollWidth > e.clientWidth)`); wide == true {
			t.Errorf("the timeline scrolls sideways at a width of %d", o.width)
		}
	}
}

func activityPages(p pictures) {
	p.as(administrator)
	const list = "/logs/activity?range=30d"
	p.at("activity", list)
	p.at("activity-empty", "/logs/activity?range=1h&operation=NoSuchOperation")
	p.at("activity-picker", list+"&pick=operation")
	p.at("activity-found", list+"&item.has=berth&workload=SharePoint")
	p.at("activity-settings", "/settings/activity")
	p.at("activity-downloads", "/logs/activity?operation=FileDownloaded&operation=FileSyncDownloadedFull&range=7d&split=user")
	for name, filter := range map[string]string{"file": "operation=FileDownloaded", "mail": "operation=MailItemsAccessed", "role": "recordtype=AzureActiveDirectory", "request": "workload=MicrosoftGraph"} {
		id := url.PathEscape(p.firstID(list + "&" + filter))
		p.goTo("/logs/activity/" + id)
		p.whole("activity-" + name)
		p.at("activity-"+name+"-pane", list+"&"+filter+"&open="+id)
	}
}
