//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// The tests of this file change accounts, import and download without scripts.

func TestPeopleWithoutScripts(t *testing.T) {
	t.Parallel()
	const name = "new without scripts"
	p := openPlainAs(t, administrator)
	p.follow(".rail a[href='/settings/people']")
	p.one(byHook("people"))
	p.follow(byHook("person-add"))
	p.fill("main input[name=name]", name)
	p.fill("input[name=password]", password)
	p.fill("input[name=repeat]", password+"!")
	p.check("input[value=global-reader]")
	p.press("main button.primary")
	p.find(byHook("error"))
	if typed := p.attribute("main input[name=name]", "value"); typed != name {
		t.Errorf("the form forgot the name: %q", typed)
	}
	p.fill("input[name=password]", password)
	p.fill("input[name=repeat]", password)
	p.press("main button.primary")
	p.find(byHook("done"))
	page := p.address.Path
	other := openPlainAs(t, name)
	if status := other.goTo("/logs/interactive"); status != 200 {
		t.Errorf("the new one at the log: got %d, want 200", status)
	}
	p.goTo(page)
	p.follow("a:contains('Disable')")
	p.press("main button.primary")
	p.find(byHook("done"))
	if other.goTo("/logs/interactive"); other.address.Path != "/signin" {
		t.Errorf("the one who was disabled is at %s", other.address)
	}
	p.follow("a:contains('Remove')")
	p.press("main button.primary")
	p.find(byHook("done"))
	p.fill("#people-q", name)
	p.press(".settings-search button")
	p.find(byHook("empty"))
}

func TestOwnAccountWithoutScripts(t *testing.T) {
	t.Parallel()
	name := account(t, "own", "--role", "user")
	p, elsewhere := openPlainAs(t, name), openPlainAs(t, name)
	p.follow("[data-testid=own-account]")
	p.press("button[value=others]")
	p.find(byHook("done"))
	if elsewhere.goTo("/me"); elsewhere.query().Get("session") != "ended" {
		t.Errorf("the other session is at %s", elsewhere.address)
	}
	change := func(present string) {
		p.fill("input[name=present]", present)
		p.fill("input[name=password]", password+" 2")
		p.fill("input[name=repeat]", password+" 2")
		p.press("main button.primary")
	}
	change("a wrong guess")
	p.find(byHook("error"))
	change(password)
	p.find(byHook("done"))
	p.one(byHook("session"))
}

func TestImportWithoutScripts(t *testing.T) {
	const record = `{"id":"0f0110e0-0000-4000-8000-000000007777","createdDateTime":"2024-02-03T04:05:06Z","userId":"u","userPrincipalName":"up@example.com","appId":"a",` +
		`"appDisplayName":"App","isInteractive":true,"status":{"errorCode":0},"signInEventTypes":["interactiveUser"]}` + "\n"
	p := openPlainAs(t, administrator)
	p.follow(".rail a[href='/import']")
	p.attach("input[type=file]", map[string]string{"good plain.json": record, "picture.png": "\x89PNG\x00\x00"})
	p.press("form.upload button.primary")
	imported := func() {
		for p.attribute(byHook("import-state"), "data-phase") != "done" {
			p.follow("a:contains('Reload')")
		}
	}
	imported()
	if said := p.words(byHook("error")); !strings.Contains(said, "picture.png is no text") || strings.Contains(said, "good plain.json") {
		t.Errorf("the page says of what was left out: %q", said)
	}
	p.follow("a:contains('Import more')")
	bad := `{"id":"x","signInEventTypes":["interactiveUser"],"appId":"a","status":{}}` + "\n"
	p.attach("input[type=file]", map[string]string{"good plain.json": record + bad, "more plain.json": strings.Replace(record, "7777", "7778", 1)})
	p.press("form.upload button.primary")
	imported()
	if n := p.count(byHook("import-report")); n != 2 {
		t.Errorf("reports: got %d, want 2", n)
	}
	if row := p.words(byHook("rejected") + " tbody tr"); !strings.Contains(row, "time") {
		t.Errorf("rejected: got %q", row)
	}
	p.follow("a:contains('Import more')")
	p.follow(byHook("import") + ":contains('good plain.json') a")
	if got := p.words("h1"); !strings.Contains(got, "good plain.json") {
		t.Errorf("the past import is headed %q", got)
	}
}

func TestDownloadsWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	for range 100 { // the page does not wait long for its sizes, which are measured beside it
		p.goTo("/logs/noninteractive?range=7d&status=failure")
		if p.count(byHook("file-size")) == 7 {
			break
		}
	}
	total := p.attribute(byHook("total"), "data-value")
	if size := p.words(byHook("download-size")); !strings.HasPrefix(strings.ReplaceAll(size, ",", ""), total+" sign-in") || total == "0" {
		t.Errorf("the menu tells of %q, and the page of %s", size, total)
	}
	if sizes := p.texts(byHook("file-size")); len(sizes) != 7 || !strings.HasPrefix(sizes[0], "about ") {
		t.Errorf("the menu tells of the sizes %q", sizes)
	}
	var files []string
	p.page.Find(byHook("download") + " a").Each(func(_ int, a *goquery.Selection) { files = append(files, a.AttrOr("href", "")) })
	if len(files) != 8 {
		t.Fatalf("%d files, want 8", len(files))
	}
	for _, href := range files {
		name, file := p.download(href)
		if strings.HasPrefix(name, "Evidence_") {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			if output, err := exec.Command(binary, "verify", path).CombinedOutput(); err != nil {
				t.Errorf("the evidence bundle: %v\n%s", err, output)
			}
		}
		if !strings.HasPrefix(strings.TrimPrefix(name, "Evidence_"), "NonInteractiveSignIns_") && !strings.HasPrefix(name, "SignIns_") || len(file) == 0 {
			t.Errorf("%s arrives as %q with %d bytes", href, name, len(file))
		}
	}
}
