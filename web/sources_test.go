package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// sourcesHouse is a portal with two imported files of sign-ins and a gap between them. One more file has records of
// custom security attributes, and one says nothing but that it was cut.
func sourcesHouse(t *testing.T) *house {
	t.Helper()
	var db *datafolder.Folder
	h := newHouseIn(t, t.TempDir(), importer.Decoder(kinds.Catalog), func(c *Config) {
		db = c.Store.(*datafolder.Folder)
		c.Directory, c.Imports, c.PastImports = db, db, db
	})
	im := importer.New(db, importer.Options{})
	file := func(name string, lines ...string) {
		if report, err := im.Reader(t.Context(), name, strings.NewReader(strings.Join(lines, "\n"))); err != nil || report.New != int64(len(lines)) {
			t.Fatalf("%s: %+v, %v", name, report, err)
		}
	}
	n := 0
	signIn := func(at string, late time.Duration) string {
		n++
		created, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf(`{"time":%q,"category":"SignInLogs","tenantId":"t1","properties":{"id":%q,"createdDateTime":%q,"userId":"u1","userPrincipalName":"kai@example.com","appId":"a1","status":{"errorCode":0}}}`,
			created.Add(late).Format(time.RFC3339), testID(n), at)
	}
	file("secretfolder/early.json", signIn("2026-11-22T09:10:00Z", time.Minute), signIn("2026-11-22T10:00:00Z", time.Minute), signIn("2026-11-22T10:40:00Z", time.Minute))
	file("secretfolder/late.json", signIn("2026-11-22T20:00:00Z", 5*time.Hour), signIn("2026-11-22T20:30:00Z", 5*time.Hour), signIn("2026-11-23T08:55:00Z", time.Minute))
	file("secretfolder/attributes.json", `{"time":"2026-11-23T07:30:00Z","category":"CustomSecurityAttributeAuditLogs","tenantId":"t1","properties":{"id":"Directory_4","activityDateTime":"2026-11-23T07:30:00Z","activityDisplayName":"Update attribute set","category":"AttributeManagement","result":"success"}}`)
	id, err := db.BeginImport(t.Context(), store.ImportFile{Path: "secretfolder/InteractiveSignIns_2026-11-20_2026-11-22.csv", Format: store.FormatPortalCSV})
	if err == nil {
		span := store.Span{First: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), Last: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
		err = db.EndImport(t.Context(), id, store.ImportReport{
			Path: "secretfolder/InteractiveSignIns_2026-11-20_2026-11-22.csv", Format: store.FormatPortalCSV, Read: 100_000,
			LogCounts: map[store.Log]int64{store.Interactive: 100_000}, Times: map[store.Log]store.Span{store.Interactive: span},
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, role := range map[string]auth.Role{
		"ada": auth.RoleGlobalAdministrator, "sec": auth.RoleSecurityAdministrator, "rita": auth.RoleReportsReader, "attr": auth.RoleAttributeLogReader, "kari": auth.RoleUser, "help": auth.RoleHelpdesk,
	} {
		h.add(name, role)
	}
	return h
}

const sourcesDays = "?from=2026-11-22T00:00:00Z&to=2026-11-23T09:00:00Z"

// Readers see what files cover, and no names of files; administrators see the files. A log that somebody may not read is not there.
func TestSources(t *testing.T) {
	t.Parallel()
	h := sourcesHouse(t)
	for name, sees := range map[string]struct{ page, files, attributes bool }{
		"ada": {true, true, true}, "sec": {true, true, false}, "rita": {true, false, false}, "attr": {false, false, true}, "kari": {}, "help": {},
	} {
		v := h.as(name)
		all, one := v.get("/sources"+sourcesDays), v.get("/sources"+sourcesDays+"&log=interactive&day=2026-11-22")
		if want := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[sees.page]; all.StatusCode != want || one.StatusCode != want {
			t.Errorf("%s: got %d and %d, want %d", name, all.StatusCode, one.StatusCode, want)
		}
		if sees.page {
			row := all.find(t, `[data-testid="covered-log"][data-log="interactive"]`)
			for _, want := range []string{"2026-11-23 08:55 UTC", "User sign-ins (interactive)"} {
				if !strings.Contains(row, want) {
					t.Errorf("%s: the row %q lacks %q", name, row, want)
				}
			}
			if got, want := one.find(t, `[data-testid="gap"]`), "2026-11-22 10:40 to 20:00 UTC"; !strings.Contains(got, "10:40") || !strings.Contains(got, "20:00") || !strings.Contains(got, "no file covers it") {
				t.Errorf("%s: the gap %q, want %q", name, got, want)
			}
			if got := one.find(t, `[data-testid="cut-file"]`); !strings.Contains(got, "probably cut at the limit: it has exactly 100000 records") {
				t.Errorf("%s: the cut file %q", name, got)
			}
			if got := one.find(t, `[data-testid="late-file"]`); !strings.Contains(got, "6 hours") {
				t.Errorf("%s: the late file %q", name, got)
			}
			if got := one.find(t, `[data-testid="day"] tbody tr:nth-child(21)`); !strings.Contains(got, "20:00") || !strings.Contains(got, "6 hours") {
				t.Errorf("%s: the hour of the late records: %q", name, got)
			}
		}
		for what, body := range map[string]string{"all logs": all.body, "a log": one.body} {
			if got := strings.Contains(body, "secretfolder"); got != (sees.files && (what == "a log" || strings.Contains(body, "cut-files"))) {
				t.Errorf("%s, %s: names files: %v", name, what, got)
			}
			if got := strings.Contains(body, "ustom security") || strings.Contains(body, "customsecurity"); got != sees.attributes && what == "all logs" {
				t.Errorf("%s, %s: tells of the log of custom security attributes: %v", name, what, got)
			}
		}
		if !sees.page {
			continue
		}
		hidden, unknown := v.get("/sources?log=customsecurity"), v.get("/sources?log=nosuchlogatall")
		if sees.attributes {
			hidden.expect(t, "the log of attributes for "+name, http.StatusOK, "")
		} else if hidden.StatusCode != http.StatusBadRequest || strings.ReplaceAll(hidden.body, "customsecurity", "nosuchlogatall") != unknown.body {
			t.Errorf("%s: a log that may not be read is told from one that there is not: %d", name, hidden.StatusCode)
		}
		for _, query := range []string{"?log=access", "?range=90d", "?from=2026-01-01&to=2026-06-01", "?day=2026-11-22", "?log=interactive&day=x", "?log=a&log=b", "?user=kai"} {
			v.get("/sources"+query).expect(t, query+" for "+name, http.StatusBadRequest, "")
		}
	}
}

// Coverage counts the files of the whole tenant: whoever is limited to a scope is not told.
func TestSourcesOfAScope(t *testing.T) {
	h := sourcesHouse(t)
	h.add("limited", auth.RoleReportsReader)
	if err := h.accounts.SetScope(t.Context(), "limited", auth.Scope{Apps: []string{"0a0a0a0a-0000-4000-8000-000000000001"}}); err != nil {
		t.Fatal(err)
	}
	v := h.as("limited")
	page := v.get("/sources" + sourcesDays)
	if page.StatusCode != http.StatusOK || page.find(t, `[data-testid="covered-log"]`) != "" || !strings.Contains(page.body, "What you read is limited") {
		t.Errorf("got %d: %s", page.StatusCode, page.find(t, "main"))
	}
	if list := v.get("/logs/interactive" + sourcesDays); list.find(t, `[data-testid="coverage"]`) != "" || list.StatusCode != http.StatusOK {
		t.Errorf("the list of somebody limited tells of coverage: %q", list.find(t, ".summary"))
	}
}

// A list says how complete it is, and its chart is hatched where no file covers it.
func TestListsTellTheirCoverage(t *testing.T) {
	t.Parallel()
	h := sourcesHouse(t)
	for name, opens := range map[string]bool{"ada": true, "rita": true} {
		list := h.as(name).get("/logs/interactive" + sourcesDays)
		page, err := goquery.NewDocumentFromReader(strings.NewReader(list.body))
		if err != nil {
			t.Fatal(err)
		}
		line := page.Find(`[data-testid="coverage"]`)
		if got := strings.TrimSpace(line.Text()); got != "complete to 08:55 UTC, 1 gap" || line.AttrOr("data-gaps", "") != "1" {
			t.Errorf("%s: the line %q", name, got)
		}
		if href := line.Find("a").AttrOr("href", ""); opens != (href == "/sources?log=interactive") {
			t.Errorf("%s: the line leads to %q", name, href)
		}
		if d := page.Find(`[data-testid="chart-gaps"]`).AttrOr("d", ""); strings.Count(d, "M") != 2 { // before the first file, and the gap
			t.Errorf("%s: hatched %q", name, d)
		}
		titles := page.Find(".bars title").Text()
		for _, want := range []string{"no sign-ins, in a gap", "partly in a gap"} {
			if !strings.Contains(titles, want) {
				t.Errorf("%s: no bar says %q: %s", name, want, titles)
			}
		}
		if table := h.as(name).get("/logs/interactive" + sourcesDays + "&chart=table"); !strings.Contains(table.find(t, ".chart-table"), "in a gap") {
			t.Errorf("%s: the table of the chart does not tell of the gap", name)
		}
	}
	own := h.as("ada").get("/logs/access")
	if own.StatusCode != http.StatusOK || own.find(t, `[data-testid="coverage"]`) != "" {
		t.Errorf("the portal's own log tells of files: %q", own.find(t, `[data-testid="coverage"]`))
	}
	attributes := h.as("attr").get("/logs/customsecurity" + sourcesDays)
	if attributes.find(t, `[data-testid="coverage"]`) != "complete to 07:30 UTC, no gaps" || attributes.find(t, `[data-testid="coverage"] a`) != "" {
		t.Errorf("the reader of attributes: %q, %q", attributes.find(t, `[data-testid="coverage"]`), attributes.find(t, `[data-testid="coverage"] a`))
	}
}

// A page whose log has many gaps stays light.
func TestPagesWithGapsAreLight(t *testing.T) {
	t.Parallel()
	ledger := hourOfEach(36 * time.Hour)
	covered := slices.DeleteFunc(busyMonth(store.Interactive), func(s store.SignIn) bool { return ledger.lacks(s.Time) })
	p := newPortal(t, newFakeStore(covered...), admin)
	p.Server.Coverage = ledger
	address := "/logs/interactive?range=30d&" + url.Values{
		"ip": {"2001:db8:5:"}, "resource.not": {"00000003-0000-0000-c000-000000000000"}, "os.not": {"Linux"}, "status": {"success"}, "country.not": {"NO"},
	}.Encode()
	if got := p.get(address).hook("coverage").AttrOr("data-gaps", ""); got != "20" {
		t.Fatalf("%q gaps", got)
	}
	weigh(t, p, "20 gaps", address)
}
