package web

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/store"
	"signpost/store/export"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// Every page with counts of sign-ins says how complete the counted logs are.
func TestPagesTellTheirCoverage(t *testing.T) {
	t.Parallel()
	h := sourcesHouse(t)
	for _, path := range []string{"/users", "/groups", "/apps", "/apps?kind=principals", "/users/u1", "/apps/a1", "/errors/0"} {
		address := path + strings.Replace(sourcesDays, "?", map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")], 1)
		for _, name := range []string{"ada", "rita"} {
			page := h.as(name).get(address)
			page.expect(t, path+" for "+name, http.StatusOK, "")
			doc, err := goquery.NewDocumentFromReader(strings.NewReader(page.body))
			if err != nil {
				t.Fatal(err)
			}
			logs := doc.Find(`[data-testid="coverage"] [data-testid="covered"]`)
			if path == "/apps?kind=principals" { // no file has sign-ins of its logs
				if logs.Length() > 0 {
					t.Errorf("%s for %s: %q", path, name, logs.Text())
				}
				continue
			}
			if got := strings.TrimSpace(logs.Text()); logs.Length() != 1 || got != "Interactive: complete to 08:55 UTC, 1 gap" || logs.AttrOr("data-gaps", "") != "1" || logs.AttrOr("data-log", "") != "interactive" {
				t.Errorf("%s for %s: %d lines, %q", path, name, logs.Length(), got)
			}
			if href := logs.Find("a").AttrOr("href", ""); href != "/sources?log=interactive" {
				t.Errorf("%s for %s: leads to %q", path, name, href)
			}
			if strings.Contains(page.body, "secretfolder") {
				t.Errorf("%s for %s names a file", path, name)
			}
		}
	}
	signedOut := h.visitor().get("/errors/0" + sourcesDays)
	if signedOut.StatusCode == http.StatusOK && signedOut.find(t, `[data-testid="coverage"]`) != "" {
		t.Error("somebody signed out is told of coverage")
	}
}

// The cards of a report say where files have gaps in the time that they count; the page's own line is of the page's range.
func TestCardsTellOfGaps(t *testing.T) {
	t.Parallel()
	page := sourcesHouse(t).as("ada").get("/insights/applications" + sourcesDays)
	card := page.document(t).Find(`[data-card="top"]`).Text()
	if want := "In that time the log Interactive has 1 gap."; page.StatusCode != http.StatusOK || !strings.Contains(card, want) {
		t.Errorf("status %d, want %q on the card: %s", page.StatusCode, want, card)
	}
}

// Who is limited to a scope is not told of the files of the whole tenant, on any page and in no download.
func TestCoverageIsNotOfAScope(t *testing.T) {
	h := sourcesHouse(t)
	h.add("limited", auth.RoleReportsReader)
	if err := h.accounts.SetScope(t.Context(), "limited", auth.Scope{Apps: []string{"a1"}}); err != nil {
		t.Fatal(err)
	}
	v := h.as("limited")
	for _, path := range []string{"/users", "/apps", "/users/u1", "/errors/0", "/logs/interactive", "/logs/interactive/export.csv"} {
		got := v.get(path + sourcesDays)
		if got.StatusCode != http.StatusOK || strings.Contains(readable(t, path, got.body), "complete to") || got.Header.Get(coverageHeader) != "" {
			t.Errorf("%s: got %d, header %q", path, got.StatusCode, got.Header.Get(coverageHeader))
		}
	}
}

// A download says its coverage where it has a place: in its header, and in the properties of a workbook. Files of records hold records
// alone.
func TestDownloadsTellTheirCoverage(t *testing.T) {
	t.Parallel()
	h := sourcesHouse(t)
	v := h.as("rita")
	const want = "complete to 2026-11-23T08:55:00Z, 1 gap"
	for _, format := range export.Formats() {
		path := "/logs/interactive/" + format.Path()
		got, head := v.get(path+sourcesDays), v.send(http.MethodHead, path+sourcesDays, nil)
		if got.StatusCode != http.StatusOK || got.Header.Get(coverageHeader) != want || head.Header.Get(coverageHeader) != want {
			t.Errorf("%s: got %d, header %q and %q, want %q", format, got.StatusCode, got.Header.Get(coverageHeader), head.Header.Get(coverageHeader), want)
		}
		inside := readable(t, "x."+map[export.Format]string{export.Evidence: "zip"}[format], got.body)
		if format == export.XLSX {
			inside = readable(t, "x.xlsx", got.body)
			readAgain(t, got.body)
			for _, part := range []string{"User sign-ins (interactive): complete to 2026-11-23 08:55:00 UTC, 1 gap", "gap from 2026-11-22 10:40:00 UTC to 2026-11-22 20:00:00 UTC: no file covers it"} {
				if !strings.Contains(inside, part) {
					t.Errorf("the properties of the workbook lack %q", part)
				}
			}
		}
		if format == export.ZIP {
			inside = readable(t, "x.zip", got.body)
		}
		if holds, may := strings.Contains(inside, "complete to"), format == export.XLSX || format == export.ZIP || format == export.Evidence; holds != may {
			t.Errorf("%s: the file tells of coverage: %v, want %v", format, holds, may)
		}
	}
	if got := v.get("/logs/interactive"+sourcesDays).find(t, `[data-testid="download-coverage"]`); !strings.HasPrefix(got, "The log is complete to 08:55 UTC, 1 gap.") {
		t.Errorf("the panel says %q", got)
	}
	if got := h.as("ada").get("/logs/access/export.csv" + sourcesDays); got.StatusCode != http.StatusOK || got.Header.Get(coverageHeader) != "" {
		t.Errorf("the portal's own log: got %d, header %q", got.StatusCode, got.Header.Get(coverageHeader))
	}
	if got := v.get("/me/export.csv" + sourcesDays); got.Header.Get(coverageHeader) != "" {
		t.Errorf("the own sign-ins: header %q", got.Header.Get(coverageHeader))
	}
}

// readAgain reads a workbook with properties as a download of this program: all of it, and nothing else.
func readAgain(t *testing.T, workbook string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "InteractiveSignIns.xlsx")
	if err := os.WriteFile(path, []byte(workbook), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := importer.Explain(t.Context(), kinds.Catalog, importer.Options{}, importer.File{Path: path, Name: "InteractiveSignIns.xlsx"})
	if err != nil || len(again) != 1 || again[0].Format != store.FormatPortalCSV || again[0].Read != 6 || again[0].Skipped+again[0].Rejected+again[0].Unreadable > 0 {
		t.Errorf("the workbook comes back as %+v, %v", again, err)
	}
}
