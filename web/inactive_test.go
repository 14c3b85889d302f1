package web

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
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

// newFilledHouse is a house on 29 November 2026. Its logs and directory hold some files of the shared cases and a text, which
// may be empty. If the files are missing, the test is skipped.
func newFilledHouse(t *testing.T, names []string, text string) *visitor {
	t.Helper()
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	var paths []string
	for _, name := range names {
		path := "../../shared/cases/" + name
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			t.Skipf("%s is not beside the repository", name)
		}
		paths = append(paths, path)
	}
	if _, err := importer.New(db, importer.Options{}).Paths(t.Context(), paths...); err != nil {
		t.Fatal(err)
	}
	if text != "" {
		if _, err := importer.New(db, importer.Options{}).Reader(t.Context(), "more.json", strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	h := newHouse(t, func(c *Config) { c.Store, c.Directory = db, db })
	h.wait(6 * 24 * time.Hour)
	h.add("kari", auth.RoleGlobalReader)
	v := h.visitor()
	v.signIn("kari")
	return v
}

// page reads a page that must exist.
func (v *visitor) page(path string) *goquery.Document {
	v.t.Helper()
	r := v.get(path)
	page, err := goquery.NewDocumentFromReader(strings.NewReader(r.body))
	if err != nil || r.StatusCode != http.StatusOK {
		v.t.Fatalf("%s: status %d, %v", path, r.StatusCode, err)
	}
	return page
}

// listedRows gives the rows of a list: name, last success, and time of creation.
func listedRows(page *goquery.Document) (rows []string) {
	page.Find("[data-testid=row]").Each(func(_ int, row *goquery.Selection) {
		rows = append(rows, squeeze(row.Find("th a").Text())+": "+squeeze(row.Find("[data-label='Last successful']").Text())+", created "+squeeze(row.Find("[data-label=Created]").Text()))
	})
	return rows
}

const moreUsers = `{"@odata.context": "https://graph.microsoft.com/beta/$metadata#users", "value": [
	{"id": "11111111-0000-4000-8000-000000000001", "displayName": "Else Where", "userPrincipalName": "else@fernhollow.example", "createdDateTime": "2019-01-01T00:00:00Z",
		"signInActivity": {"lastSuccessfulSignInDateTime": "2026-03-01T10:00:00Z"}},
	{"id": "11111111-0000-4000-8000-000000000002", "displayName": "Young", "userPrincipalName": "young@fernhollow.example", "createdDateTime": "2026-08-01T00:00:00Z"}]}`

// The last success counts over all time and both logs of users. It also counts for people whom only the logs know and who did
// nothing in the range. Accounts that are younger than the given day are not inactive.
func TestInactivePeople(t *testing.T) {
	v := newFilledHouse(t, []string{"c22_inactive.ndjson", "c15_dir.json"}, moreUsers)
	old := []string{
		"Nell Never: never, created 2024-01-01", "Otis Brack: never, created -", "Wren Tallow: never, created 2020-01-01",
		"Olda Stale: 2025-10-24 12:00 UTC, created 2019-01-01", "Else Where: 2026-03-01 10:00 UTC from the directory, created 2019-01-01",
		"Fay Only: 2026-05-12 12:00 UTC, created 2024-01-01",
	}
	reversed := []string{old[5], old[4], old[3], old[0], old[1], old[2]}
	for address, want := range map[string][]string{
		"/users?inactive=2026-08-01":                       old,
		"/users?inactive=2026-08-01&dir=desc":              reversed,
		"/users?inactive=2026-08-01&sort=success":          reversed,
		"/users?inactive=2026-03-02":                       old[:5],
		"/users?inactive=2026-03-01":                       old[:4],
		"/users?inactive=2026-08-01&q=olda":                old[3:4],
		"/users?range=24h&q=fay":                           old[5:],
		"/users?inactive=2026-08-02&q=young":               {"Young: never, created 2026-08-01"},
		"/users?inactive=2019-06-01&sort=name&dir=desc":    {"Otis Brack: never, created -"},
		"/users?inactive=2026-11-29&q=nora":                {"Nora Quiet: 2026-11-28 10:49 UTC, created 2024-01-01"},
		"/users?inactive=2026-08-01&state=enabled&q=stale": old[3:4],
	} {
		page := v.page(address)
		if got := listedRows(page); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s lists\n%s\nwant\n%s", address, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if complete := page.Find("[data-testid=total]").AttrOr("data-complete", ""); complete != "true" || page.Find("[data-trouble]").Length() > 0 {
			t.Errorf("%s says that it is not complete", address)
		}
	}
	heading := v.page("/users?inactive=2026-08-01").Find("th:has(a):contains('Last successful')")
	if heading.AttrOr("aria-sort", "") != "ascending" || heading.Find("a").AttrOr("href", "") != "/users?inactive=2026-08-01&sort=success" {
		t.Errorf("the oldest come first, and the heading is %s, leading to %s", heading.AttrOr("aria-sort", ""), heading.Find("a").AttrOr("href", ""))
	}
	logs := newFilledHouse(t, []string{"c22_inactive.ndjson"}, "")
	if got, want := strings.Join(listedRows(logs.page("/users?inactive=2026-08-01")), "\n"), "Olda Stale: 2025-10-24 12:00 UTC, created -\nFay Only: 2026-05-12 12:00 UTC, created -"; got != want {
		t.Errorf("without a directory there are\n%s\nwant\n%s", got, want)
	}
	if got := logs.get("/users?dir=up").StatusCode; got != http.StatusBadRequest {
		t.Errorf("a direction that is none: status %d", got)
	}
}

// The page of a person shows the last success, whatever the page's range, and links to it.
func TestLastSuccessOfOnePerson(t *testing.T) {
	v := newFilledHouse(t, []string{"c22_inactive.ndjson", "c15_dir.json"}, moreUsers)
	for id, want := range map[string]string{
		"61ceae20-3932-5b7c-933b-1cf220083037": "2026-05-12T12:00:00.123456Z /logs/interactive/1b9a2e62-d4a9-57aa-8a47-41db151e3bae of all time",
		"cbbfad6b-e3b7-5786-b84a-11e5daf50287": "2026-11-28T10:49:00.123456Z /logs/noninteractive/d48e00c1-0f23-5228-a705-6c8bd8eb29f9 of all time",
		"652c8db9-0e2b-573b-a8e2-1a02e3a9d631": "2025-10-24T12:00:00.123456Z /logs/interactive/ of all time",
		"11111111-0000-4000-8000-000000000001": "2026-03-01T10:00:00Z  from the directory",
		"e9c817b0-08f9-5a31-b1ad-dc2be1f8b8c6": "  of all time",
	} {
		for _, query := range []string{"", "?range=24h", "?from=2020-01-01&to=2020-01-02"} {
			last := v.page("/users/" + id + query).Find("[data-testid=last-success]")
			link, _, _ := strings.Cut(last.Find("a").AttrOr("href", ""), "?") // without the approximate time
			if strings.HasPrefix(want, "2025") {                              // any of its ids will do
				link = link[:min(len(link), len("/logs/interactive/"))]
			}
			if got := last.AttrOr("data-value", "") + " " + link + " " + squeeze(last.Find(".entity-note").Text()); got != want {
				t.Errorf("/users/%s%s: last success %q, want %q", id, query, got, want)
			}
			if text := squeeze(last.Find("dd").Text()); strings.HasPrefix(want, " ") && !strings.HasPrefix(text, "never") {
				t.Errorf("/users/%s%s says %q of somebody who never signed in", id, query, text)
			}
		}
	}
	app := v.page("/apps/11112222-3333-4444-5555-666677778888?range=24h").Find("[data-testid=last-success]")
	if got := app.AttrOr("data-value", ""); got != "2026-11-28T10:49:00.123456Z" {
		t.Errorf("the last success of the application is %q", got)
	}
}

// partial is a directory that is still looking through stored sign-ins.
type partial struct{ *fakeDirectory }

func (p partial) LastSuccess(ctx context.Context, kind store.ObjectKind, id string) (store.LastSuccess, error) {
	return store.LastSuccess{}, nil
}

func (p partial) Entities(ctx context.Context, q store.EntitiesQuery) (store.EntityPage, error) {
	page, err := p.fakeDirectory.Entities(ctx, q)
	page.Complete = false
	return page, err
}

func TestLastSuccessThatIsNotCompleteSaysSo(t *testing.T) {
	p := newDirectoryPortal(t, &fakeDirectory{}, admin)
	p.Directory = partial{&fakeDirectory{entities: []store.EntityRow{{ID: someUser, Name: "Ada"}}}}
	list := p.get("/users?inactive=2026-11-01")
	if text := squeeze(list.page.Find("main").Text()); list.hook("total").AttrOr("data-complete", "") != "false" || !strings.Contains(text, "still reading stored sign-ins") || !strings.Contains(text, "not known yet") || strings.Contains(text, "never") {
		t.Errorf("a list that is not complete says: %s", text)
	}
	one := p.get("/users/" + someUser).hook("last-success")
	if text := squeeze(one.Text()); one.AttrOr("data-complete", "") != "false" || !strings.Contains(text, "not known yet") || !strings.Contains(text, "still reading stored sign-ins") {
		t.Errorf("a page that is not complete says: %s", text)
	}
}
