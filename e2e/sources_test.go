//go:build e2e

package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// gapsPortal is a portal of its own, with a file for each day of the made-up tenant's interactive sign-ins. One day has none, and
// another day's file ends in the morning.
func gapsPortal(t *testing.T) (base string) {
	t.Helper()
	folder := t.TempDir()
	made, days, kept := filepath.Join(folder, "made"), filepath.Join(folder, "days"), filepath.Join(folder, "data")
	until := time.Now().UTC().Truncate(time.Hour)
	run := func(input string, args ...string) {
		if err := signpost(input, args...); err != nil {
			t.Fatal(err)
		}
	}
	run("", "demo", "--rows", "8000", "--days", "12", "--until", until.Format(time.RFC3339), "--out", made)
	missing, short, before := until.AddDate(0, 0, -3).Format(time.DateOnly), until.AddDate(0, 0, -5).Format(time.DateOnly), until.AddDate(0, 0, -6).Format(time.DateOnly)
	text, err := os.ReadFile(filepath.Join(made, "insights-logs-signinlogs.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(days, 0o700); err != nil {
		t.Fatal(err)
	}
	byDay := map[string][][]byte{}
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		_, rest, ok := bytes.Cut(line, []byte(`"createdDateTime":"`))
		if !ok || string(rest[:10]) == missing || string(rest[:10]) == short && string(rest[11:13]) >= "09" {
			continue
		}
		byDay[string(rest[:10])] = append(byDay[string(rest[:10])], line)
		if string(rest[:10]) == before && string(rest[11:13]) >= "20" { // the short day's file begins before it: its night may be quiet
			byDay[short] = append(byDay[short], line)
		}
	}
	if len(byDay[short]) == 0 {
		t.Fatal("the short day has no sign-ins")
	}
	for day, lines := range byDay {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		name := "InteractiveSignIns_" + day + "_" + at.AddDate(0, 0, 1).Format(time.DateOnly) + ".json"
		if day == short {
			name = "signins.json" // which tells nothing but its records
		}
		if err := os.WriteFile(filepath.Join(days, name), bytes.Join(lines, []byte("\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run("", "import", "--data", kept, days)
	run(password+"\n", "user", "add", administrator, "--data", kept, "--password-stdin", "--role", "global-administrator")
	run(password+"\n", "user", "add", reportsReader, "--data", kept, "--password-stdin", "--role", "reports-reader")
	base, stop, err := serveIn(kept)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return base
}

// A log lacks a day. Its coverage page, its list and its chart say so, without scripts and on a phone too, in the soak also in the dark.
func TestSourcesOfALogWithGaps(t *testing.T) {
	t.Parallel()
	base := gapsPortal(t)
	looks := map[string]visitOptions{"administrator": {base: base}, "without scripts": {base: base, noScripts: true}, "phone": {base: base, width: 390, height: 844}}
	if isSoak {
		looks["dark"] = visitOptions{base: base, dark: true}
	}
	for name, o := range looks {
		t.Run(name, func(t *testing.T) {
			v := open(t, o)
			v.as(administrator)
			shot := func(name string) {
				if folder := os.Getenv("SIGNPOST_SHOTS"); folder != "" {
					pictures{v, folder, "-" + strings.ReplaceAll(t.Name()[strings.LastIndex(t.Name(), "/")+1:], "_", "-"), o}.whole(name)
				}
			}
			look := func(name string) {
				shot(name)
				if !o.noScripts {
					v.accessible()
				}
				v.fits()
			}
			v.goTo("/sources")
			look("sources")
			if n := v.count("covered-log"); n < 5 {
				t.Errorf("%d logs", n)
			}
			v.must(v.page.Locator("[data-testid=covered-log][data-log=interactive] a").Click())
			v.must(v.hook("hours").WaitFor())
			if n := v.count("gap"); n != 2 {
				t.Errorf("%d gaps: %s", n, v.words("[data-testid=gaps]"))
			}
			look("sources-log")
			v.must(v.page.Locator("[data-testid=hours] tbody th a").Nth(1).Click())
			v.must(v.hook("day").WaitFor())
			look("sources-day")
			v.goTo("/logs/interactive?range=7d")
			if said := v.words("[data-testid=coverage]"); !strings.Contains(said, "complete to ") || !strings.HasSuffix(said, "2 gaps") {
				t.Errorf("the list says %q", said)
			}
			look("list-with-gaps")
			v.must(v.page.Locator("[data-testid=coverage] a").Click())
			v.must(v.hook("coverage-of").WaitFor())
		})
	}
	reader := open(t, visitOptions{base: base})
	reader.as(reportsReader)
	reader.goTo("/sources?log=interactive")
	if n, files := reader.count("gap"), reader.count("file"); n != 2 || files != 0 {
		t.Errorf("a reader sees %d gaps and %d files", n, files)
	}
}
