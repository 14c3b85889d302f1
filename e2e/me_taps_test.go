//go:build e2e

package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// attackedUPN is a person of the made-up tenant. A stranger gets into this person's account.
const attackedUPN = "juniper.fernweather@tidewater-lantern.example"

// serveAttacked serves the sign-ins of that person alone, with an account for each name.
func serveAttacked(t *testing.T, names ...string) (url string) {
	t.Helper()
	folder := t.TempDir()
	files, kept := filepath.Join(folder, "files"), filepath.Join(folder, "data")
	do := func(input string, args ...string) {
		t.Helper()
		if err := signpost(input, args...); err != nil {
			t.Fatal(err)
		}
	}
	do("", "demo", "--rows", "10000", "--days", "30", "--out", files)
	var own bytes.Buffer
	for _, name := range []string{"insights-logs-signinlogs.json", "insights-logs-noninteractiveusersigninlogs.json"} {
		text, err := os.ReadFile(filepath.Join(files, name))
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			if bytes.Contains(bytes.ToLower(line), []byte(attackedUPN)) {
				own.Write(line)
			}
		}
	}
	if err := os.RemoveAll(files); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "own.ndjson"), own.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	do("", "import", "--data", kept, filepath.Join(folder, "own.ndjson"))
	for _, name := range names {
		do(password+"\n", "user", "add", name, "--data", kept, "--role", "user", "--upn", attackedUPN, "--password-stdin")
	}
	do(password+"\n", "user", "add", administrator, "--data", kept, "--role", "global-administrator", "--password-stdin")
	url, stop, err := serveIn(kept)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return url
}

// A stranger's sign-in is reported from My sign-ins within two taps on a telephone, with and without scripts, and by keyboard.
func TestAttackIsReportedWithinTwoTaps(t *testing.T) {
	t.Parallel()
	url := serveAttacked(t, "scripted", "unscripted", "typing")
	for name, o := range map[string]visitOptions{
		"scripted": {width: 390, height: 844, touch: true}, "unscripted": {width: 390, height: 844, touch: true, noScripts: true}, "typing": {width: 1440},
	} {
		o.base = url
		v := open(t, o)
		v.as(name)
		v.goTo("/me")
		question := v.hook("question").First()
		if heading := v.text(question.Locator("h2")); heading != "We don't recognise this sign-in" {
			t.Errorf("%s: the question reads %q", name, heading)
		}
		button := question.Locator("button[value=notmine]")
		box, err := button.BoundingBox()
		v.must(err)
		if o.touch && (box.Y+box.Height > 844 || box.Height < 44) {
			t.Errorf("%s: the button is at %.0f and %.0f high, want it on the first screen and 44 high", name, box.Y, box.Height)
		}
		v.fits()
		v.accessible()
		taps := 0
		tap := func() {
			taps++
			if o.touch {
				v.must(button.Tap())
			} else {
				v.must(button.Press("Enter"))
			}
		}
		tap()
		v.must(v.hook("steps").WaitFor())
		if taps > 2 {
			t.Errorf("%s: %d taps, want 2 at most", name, taps)
		}
		v.fits()
		v.accessible()
		v.goTo("/me")
		if n := v.count("question"); n != 0 {
			t.Errorf("%s: %d questions after the answer", name, n)
		}
		if n := v.count("own-report"); n != 1 {
			t.Errorf("%s: %d reports, want one", name, n)
		}
		v.goTo(v.attribute(v.hook("expand").First(), "href"))
		v.must(v.hook("member").First().WaitFor())
		v.fits()
		v.accessible()
	}
	admin := open(t, visitOptions{base: url})
	admin.as(administrator)
	admin.goTo("/protection/reported?state=open")
	if n := admin.count("report"); n != 3 {
		t.Errorf("%d open reports, want 3", n)
	}
	admin.goTo("/settings/mail")
	admin.accessible()
	admin.goTo("/settings/account")
	admin.accessible()
}
