package main

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	gocmp "github.com/google/go-cmp/cmp"

	"signpost/auth"
	"signpost/static"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/portal"
	"signpost/web"
)

// insightsWorld is a portal over a made-up tenant with its directory, and the tenant's sign-ins read by a plain loop.
type insightsWorld struct {
	t       *testing.T
	until   time.Time
	signIns []*store.SignIn            // lines of the interactive log, and the records of the others
	groups  map[string]map[string]bool // members by group
	offices map[string]map[string]bool // users by department
	apps    map[string]time.Time       // when the directory's applications were created
	client  *http.Client
	base    string
	db      *datafolder.Folder
	// limited is a client of somebody who is limited to the applications of limitedApps.
	limited *http.Client
}

// limitedApps is how many applications the limited reader may see.
const limitedApps = 6

// insightsDays is how many days the made-up tenant has.
const insightsDays = 20

func newInsightsWorld(t *testing.T) *insightsWorld {
	t.Helper()
	w := &insightsWorld{t: t, until: time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC), groups: map[string]map[string]bool{}, offices: map[string]map[string]bool{}}
	folder, directory := filepath.Join(t.TempDir(), "files"), filepath.Join(t.TempDir(), "directory")
	if err := demo.Write(t.Context(), folder, demo.Options{Rows: 5000, Seed: 21, Days: insightsDays, Until: w.until}); err != nil {
		t.Fatal(err)
	}
	if err := demo.WriteDirectory(directory, w.until); err != nil {
		t.Fatal(err)
	}
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	w.db = db
	people, err := portal.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := importer.New(db, importer.Options{}).Paths(t.Context(), append(signInFiles(t, folder), directory)...); err != nil {
		t.Fatal(err)
	}
	all := decodeFiles(t, folder)
	lines := linesOf(all)
	for i := range all {
		if s := &all[i]; s.Log != store.Interactive || lines[strings.ToLower(s.ID)] == s.ID {
			w.signIns = append(w.signIns, s)
		}
	}
	w.readGroups(directory)
	now := func() time.Time { return w.until }
	accounts := auth.NewAccounts(people, now, false)
	if _, err := accounts.Add(t.Context(), auth.NewAccount{Name: "reader", Password: mePassword, Roles: []auth.Role{auth.RoleSecurityReader}}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(web.New(web.Config{
		Store: db, Directory: db, Accounts: accounts, Setup: auth.NewSetup(accounts), Sessions: auth.NewSessions(people, accounts, now, auth.SessionOptions{}),
		Preferences: people, Views: people, Answers: people, Static: static.Handler(), Now: now, Log: slog.New(slog.DiscardHandler),
	}))
	t.Cleanup(func() {
		server.Close()
		for _, c := range []io.Closer{db, people} {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	w.base = server.URL
	w.client = w.signIn("reader")
	if _, err := accounts.Add(t.Context(), auth.NewAccount{Name: "limited", Password: mePassword, Roles: []auth.Role{auth.RoleSecurityReader}}); err != nil {
		t.Fatal(err)
	}
	var scope auth.Scope
	for _, id := range slices.Sorted(maps.Keys(w.apps)) {
		if len(scope.Apps) < limitedApps {
			scope.Apps = append(scope.Apps, id)
		}
	}
	if err := accounts.SetScope(t.Context(), "limited", scope); err != nil {
		t.Fatal(err)
	}
	w.limited = w.signIn("limited")
	return w
}

// signIn gives a browser in which somebody is signed in.
func (w *insightsWorld) signIn(name string) *http.Client {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	response, err := client.PostForm(w.base+"/signin", url.Values{"name": {name}, "password": {mePassword}})
	if err != nil {
		w.t.Fatal(err)
	}
	_ = response.Body.Close()
	return client
}

// readGroups reads the members of the directory's groups and departments from its files.
func (w *insightsWorld) readGroups(folder string) {
	w.t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "members-*.json"))
	if err != nil || len(paths) == 0 {
		w.t.Fatalf("%d files of members, %v", len(paths), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			w.t.Fatal(err)
		}
		var answer struct{ Value []struct{ ID string } }
		if err := json.Unmarshal(text, &answer); err != nil {
			w.t.Fatal(err)
		}
		members := map[string]bool{}
		for _, m := range answer.Value {
			members[strings.ToLower(m.ID)] = true
		}
		id := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "members-"), ".json")
		w.groups[strings.ToLower(id)] = members
	}
	text, err := os.ReadFile(filepath.Join(folder, "users.json"))
	if err != nil {
		w.t.Fatal(err)
	}
	var users struct {
		Value []struct{ ID, Department string }
	}
	if err := json.Unmarshal(text, &users); err != nil {
		w.t.Fatal(err)
	}
	for _, u := range users.Value {
		if w.offices[u.Department] == nil {
			w.offices[u.Department] = map[string]bool{}
		}
		w.offices[u.Department][strings.ToLower(u.ID)] = true
	}
	w.apps = map[string]time.Time{}
	for _, name := range []string{"applications.json", "serviceprincipals.json"} { // a service principal goes before its registration
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			w.t.Fatal(err)
		}
		var apps struct {
			Value []struct {
				AppID           string
				CreatedDateTime time.Time
			}
		}
		if err := json.Unmarshal(text, &apps); err != nil {
			w.t.Fatal(err)
		}
		for _, a := range apps.Value {
			w.apps[strings.ToLower(a.AppID)] = a.CreatedDateTime
		}
	}
}

func (w *insightsWorld) get(path string, v url.Values) string {
	w.t.Helper()
	response, err := w.client.Get(w.base + path + "?" + v.Encode())
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		w.t.Fatalf("%s?%s: status %d, %v: %.300s", path, v.Encode(), response.StatusCode, err, body)
	}
	return string(body)
}

// rows gives the lines of a CSV file by the IDs of their rows, each as heading=value.
func (w *insightsWorld) rows(path string, v url.Values) map[string]map[string]string {
	w.t.Helper()
	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.get(path, v), "\ufeff"))).ReadAll()
	if err != nil || len(records) == 0 {
		w.t.Fatalf("%s: %d lines, %v", path, len(records), err)
	}
	rows := map[string]map[string]string{}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, heading := range records[0] {
			row[heading] = record[i]
		}
		id := row["ID"]
		delete(row, "ID")
		delete(row, records[0][0])
		delete(row, "Username")
		if !store.IsGUID(row["Tenant ID"]) {
			w.t.Errorf("%s: %s is of the tenant %q", path, id, row["Tenant ID"])
		}
		delete(row, "Tenant ID")
		rows[strings.ToLower(id)] = row
	}
	return rows
}

func (w *insightsWorld) page(path string, v url.Values) *goquery.Document {
	w.t.Helper()
	page, err := goquery.NewDocumentFromReader(strings.NewReader(w.get(path, v)))
	if err != nil {
		w.t.Fatal(err)
	}
	return page
}

// metricsOf gives the headline numbers of a page by their names.
func metricsOf(page *goquery.Document) map[string]string {
	found := map[string]string{}
	page.Find(`[data-testid="metric"]`).Each(func(_ int, m *goquery.Selection) { found[m.AttrOr("data-name", "")] = m.AttrOr("data-value", "") })
	return found
}

// insightsCase is one random address with the sign-ins that it is about.
type insightsCase struct {
	values url.Values
	r      store.Range
	group  string
	office string // department
	own    bool   // without Microsoft's
}

func (w *insightsWorld) randomCase(r *rand.Rand) insightsCase {
	length := time.Duration(1+r.Int64N(insightsDays*24)) * time.Hour
	from := w.until.Add(-time.Duration(r.Int64N(insightsDays*24*60)) * time.Minute)
	c := insightsCase{values: url.Values{}, r: store.Range{From: from.UTC(), To: from.Add(length).UTC()}}
	c.values.Set("from", c.r.From.Format(time.RFC3339))
	c.values.Set("to", c.r.To.Format(time.RFC3339))
	if r.IntN(3) == 0 {
		ids := slices.Sorted(maps.Keys(w.groups))
		c.group = ids[r.IntN(len(ids))]
		c.values.Set("group", c.group)
	}
	if r.IntN(3) == 0 {
		names := slices.Sorted(maps.Keys(w.offices))
		if c.office = names[r.IntN(len(names))]; c.office != "" {
			c.values.Set("department", c.office)
		}
	}
	return c
}

func (c insightsCase) with(pairs ...string) url.Values {
	v := url.Values{}
	for name, values := range c.values {
		v[name] = values
	}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// before is the range of equal length before.
func (c insightsCase) before() store.Range {
	return store.Range{From: c.r.From.Add(-c.r.To.Sub(c.r.From)), To: c.r.From}
}

// some gives the sign-ins of some logs in a range that pass a test, and are of the case's group.
func (w *insightsWorld) some(c insightsCase, r store.Range, passes func(*store.SignIn) bool, logs ...store.Log) (list []*store.SignIn) {
	for _, s := range w.signIns {
		actor := strings.ToLower(s.UserID)
		if info, _ := store.SignIns.Log(s.Log); !info.User {
			actor = strings.ToLower(s.ServicePrincipalID)
		}
		isMember := (c.group == "" || w.groups[c.group][actor]) && (c.office == "" || w.offices[c.office][actor])
		if r.Contains(s.Time) && slices.Contains(logs, s.Log) && isMember && passes(s) {
			list = append(list, s)
		}
	}
	return list
}

// reported tells whether application activity counts a sign-in.
func (c insightsCase) reported(s *store.SignIn) bool {
	owner := strings.ToLower(s.AppOwnerTenantID)
	isMicrosoft := owner == "f8cdef31-a31e-4b4a-93e4-5f571e91255a" || owner == "72f988bf-86f1-41af-91ab-2d7cd011db47"
	return !strings.HasPrefix(s.TokenIssuerType, "ADFederationServices") && !(c.own && isMicrosoft)
}

func appOf(s *store.SignIn) string { return strings.ToLower(cmp.Or(s.AppID, s.AppDisplayName)) }

func resourceOf(s *store.SignIn) string {
	return strings.ToLower(cmp.Or(s.ResourceID, s.ResourceDisplayName))
}

func principalOf(s *store.SignIn) string {
	return strings.ToLower(cmp.Or(s.ServicePrincipalID, s.ServicePrincipalName))
}

func userOf(s *store.SignIn) string {
	return strings.ToLower(cmp.Or(s.UserID, s.UserPrincipalName, s.UserDisplayName))
}

// plainCounts are some sign-ins counted in a plain loop.
type plainCounts struct {
	all, ok, failed, stopped int
	users                    map[string]bool
	codes                    map[string]int
	first, last              time.Time
}

func recount(list []*store.SignIn) *plainCounts {
	n := &plainCounts{users: map[string]bool{}, codes: map[string]int{}}
	for _, s := range list {
		n.all++
		switch s.Status() {
		case store.StatusSuccess:
			n.ok++
		case store.StatusFailure:
			n.failed++
			n.codes[strconv.FormatInt(s.ErrorCode.N, 10)]++
		case store.StatusInterrupted:
			n.stopped++
		}
		if user := userOf(s); user != "" {
			n.users[user] = true
		}
		if n.first.IsZero() || s.Time.Before(n.first) {
			n.first = s.Time
		}
		if s.Time.After(n.last) {
			n.last = s.Time
		}
	}
	return n
}

// rate is the failure rate in percent as files have it.
func (n *plainCounts) rate() string {
	if n.ok+n.failed == 0 {
		return ""
	}
	return strconv.FormatFloat(100*float64(n.failed)/float64(n.ok+n.failed), 'f', -1, 64)
}

// top is the most frequent error code; of equal ones the first as a text.
func (n *plainCounts) top() (top string) {
	for code, count := range n.codes {
		if top == "" || count > n.codes[top] || count == n.codes[top] && code < top {
			top = code
		}
	}
	return top
}

// by splits sign-ins by a value; those without are left out.
func by(list []*store.SignIn, value func(*store.SignIn) string) map[string][]*store.SignIn {
	split := map[string][]*store.SignIn{}
	for _, s := range list {
		if v := value(s); v != "" {
			split[v] = append(split[v], s)
		}
	}
	return split
}

func (w *insightsWorld) agree(what string, want, got any) {
	w.t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		w.t.Errorf("%s (-recount +page):\n%s", what, diff)
	}
}

func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
