//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// both runs a test on a desk and on a phone.
func both(t *testing.T, test func(t *testing.T, o visitOptions)) {
	for name, o := range map[string]visitOptions{"a desk": {}, "a phone": {width: 390}} {
		t.Run(name, func(t *testing.T) { test(t, o) })
	}
}

func (v *visit) fill(selector, text string) {
	v.t.Helper()
	v.must(v.page.Locator(selector).Fill(text))
}

func (v *visit) words(selector string) string {
	v.t.Helper()
	text, err := v.page.Locator(selector).First().TextContent()
	v.must(err)
	return strings.Join(strings.Fields(text), " ")
}

// An administrator adds somebody, who signs in; disables them, which signs them out; and removes them.
func TestPeople(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o visitOptions) {
		t.Parallel()
		name := "new " + strings.NewReplacer("/", " ", "_", " ").Replace(t.Name())
		v := open(t, o)
		v.as(administrator)
		v.goTo("/")
		v.navigate("/settings/people")
		v.must(v.hook("people").WaitFor())
		v.accessible()
		v.must(v.hook("person-add").Click())
		v.must(v.page.Locator("input[name=repeat]").WaitFor())
		v.accessible()
		v.fill("main input[name=name]", name)
		v.fill("input[name=password]", password)
		v.fill("input[name=repeat]", password+"!")
		v.must(v.page.Locator("input[value=global-reader]").Check())
		v.click("main button.primary")
		v.must(v.hook("error").WaitFor())
		v.accessible()
		if typed, err := v.page.Locator("main input[name=name]").InputValue(); err != nil || typed != name {
			t.Errorf("the form forgot the name: %q, %v", typed, err)
		}
		v.fill("input[name=password]", password)
		v.fill("input[name=repeat]", password)
		v.click("main button.primary")
		v.must(v.hook("done").WaitFor())
		v.accessible()

		other := open(t, visitOptions{})
		other.signIn(name)
		if status := other.goTo("/logs/interactive"); status != 200 {
			t.Errorf("the new one at the log: got %d, want 200", status)
		}
		_, err := v.page.Reload()
		v.must(err)
		v.click("a:has-text('Disable')")
		v.must(v.page.Locator("h1:has-text('Disable')").WaitFor())
		v.accessible()
		v.click("main button.primary")
		v.must(v.hook("done").WaitFor())
		other.goTo("/logs/interactive")
		if !strings.Contains(other.page.URL(), "/signin?") {
			t.Errorf("the one who was disabled is at %s", other.page.URL())
		}
		v.click("a:has-text('Remove')")
		v.must(v.page.Locator("h1:has-text('Remove')").WaitFor())
		v.click("main button.primary")
		v.must(v.hook("done").WaitFor())
		v.fill("#people-q", name)
		v.click(".settings-search button")
		v.must(v.hook("empty").WaitFor())
	})
}

// Somebody changes their own password and ends a session of theirs elsewhere.
func TestOwnAccount(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o visitOptions) {
		t.Parallel()
		name := fmt.Sprintf("own %d", o.width)
		if err := signpost(password+"\n", "user", "add", name, "--data", data, "--password-stdin", "--role", "user"); err != nil {
			t.Fatal(err)
		}
		v, elsewhere := open(t, o), open(t, visitOptions{})
		v.as(name)
		elsewhere.as(name)
		v.goTo("/")
		v.account()
		v.click("[data-testid=own-account]")
		v.must(v.hook("sessions").WaitFor())
		v.accessible()
		v.click("button[value=others]")
		v.must(v.hook("done").WaitFor())
		elsewhere.goTo("/me")
		if !strings.Contains(elsewhere.page.URL(), "session=ended") {
			t.Errorf("the other session is at %s", elsewhere.page.URL())
		}
		v.fill("input[name=present]", "a wrong guess")
		v.fill("input[name=password]", password+" 2")
		v.fill("input[name=repeat]", password+" 2")
		v.click("main button.primary")
		v.must(v.hook("error").WaitFor())
		v.accessible()
		v.fill("input[name=present]", password)
		v.fill("input[name=password]", password+" 2")
		v.fill("input[name=repeat]", password+" 2")
		v.click("main button.primary")
		v.must(v.hook("done").WaitFor())
		if n := v.count("session"); n != 1 {
			t.Errorf("sessions after a new password: got %d, want 1", n)
		}
	})
}

// file is one to be uploaded.
func file(name, content string) playwright.InputFile {
	return playwright.InputFile{Name: name, MimeType: "application/octet-stream", Buffer: []byte(content)}
}

func TestImportPage(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o visitOptions) { // one after the other, as imports are
		record := `{"id":"0f0110e0-0000-4000-8000-00000000%04d","createdDateTime":"2024-02-03T04:05:06Z","userId":"u","userPrincipalName":"up@example.com","appId":"a",` +
			`"appDisplayName":"App","isInteractive":true,"status":{"errorCode":0},"signInEventTypes":["interactiveUser"]}` + "\n"
		v := open(t, o)
		v.as(administrator)
		v.goTo("/")
		v.navigate("/import")
		v.must(v.hook("imports").WaitFor())
		v.accessible()
		input := v.page.Locator("input[type=file]")
		v.must(input.SetInputFiles([]playwright.InputFile{file("good.json", fmt.Sprintf(record, o.width)), file("picture.png", "\x89PNG\x00\x00")}))
		v.must(v.page.Locator("[data-chosen] li:has-text('Left out: picture.png is no text')").WaitFor())
		if chosen := v.words("[data-chosen]"); !strings.Contains(chosen, "good.json, 1 KiB") {
			t.Errorf("chosen: got %q", chosen)
		}
		v.accessible()

		bad := `{"id":"x","signInEventTypes":["interactiveUser"],"appId":"a","status":{}}` + "\n"
		v.must(v.page.Locator("input[type=file]").SetInputFiles([]playwright.InputFile{file("good.json", fmt.Sprintf(record, o.width)+bad), file("more.json", fmt.Sprintf(record, o.width+1))}))
		v.click("form.upload button.primary")
		v.must(v.page.Locator("[data-testid=import-state]:is([data-phase=done],[data-phase=checking],[data-phase=importing])").WaitFor())
		v.must(v.page.Locator("[data-phase=done]").WaitFor())
		if n := v.count("import-report"); n != 2 {
			t.Errorf("reports: got %d, want 2", n)
		}
		if row := v.words("[data-testid=rejected] tbody tr"); !strings.Contains(row, "time") {
			t.Errorf("rejected: got %q", row)
		}
		v.accessible()
		v.click("a:has-text('Import more')")
		v.click("[data-testid=import]:has-text('good.json') a")
		v.must(v.page.Locator("h1:has-text('good.json')").WaitFor())
		v.accessible()
	})
}

// A proxy's own refusal of an upload is told beside the form: it is no page of Signpost to be shown.
func TestUploadThatAProxyRefuses(t *testing.T) {
	v := open(t, visitOptions{apart: true})
	v.signIn(administrator)
	v.goTo("/import")
	v.must(v.page.Route("**/import", func(r playwright.Route) {
		_ = r.Fulfill(playwright.RouteFulfillOptions{Status: playwright.Int(413), ContentType: playwright.String("text/html"), Body: "<html><body>Too large</body></html>"})
	}))
	v.must(v.page.Locator("input[type=file]").SetInputFiles([]playwright.InputFile{file("large.json", "[]")}))
	v.click("form.upload button.primary")
	v.must(v.page.Locator("[data-sending] p:has-text('A proxy in front of Signpost refused the upload (error 413).')").WaitFor())
	if disabled, err := v.page.Locator("form.upload button.primary").IsDisabled(); err != nil || disabled {
		t.Errorf("the upload cannot be tried again (%v)", err)
	}
	v.accessible()
}

// Files are dropped on the zone as they are chosen: the control lies over it.
func TestDropZoneIsTheControl(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/import")
	over, err := v.page.Evaluate(`() => {
		const zone = document.querySelector('.drop').getBoundingClientRect();
		return [[.1, .1], [.5, .5], [.9, .9]].every(([x, y]) => document.elementFromPoint(zone.left + zone.width * x, zone.top + zone.height * y)?.type === 'file');
	}`)
	v.must(err)
	if over != true {
		t.Error("the control does not lie over all of the zone")
	}
}
