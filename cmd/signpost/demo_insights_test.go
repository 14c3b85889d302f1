package main

import (
	"cmp"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
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
	client  *http.Client
	base    string
}

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
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	w.client, w.base = &http.Client{Jar: jar}, server.URL
	response, err := w.client.PostForm(w.base+"/signin", url.Values{"name": {"reader"}, "password": {mePassword}})
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return w
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

// Every number of every report equals a plain recount over the files of the made-up tenant.
func TestInsightsAgreeWithRecountOfFiles(t *testing.T) {
	t.Parallel()
	w := newInsightsWorld(t)
	cases := 4
	if os.Getenv("SIGNPOST_SOAK") != "" {
		cases = 300
	}
	rows := 0
	for n := range cases {
		r := rand.New(rand.NewPCG(uint64(n), 3))
		c := w.randomCase(r)
		rows += w.checkApplications(c, r)
		w.checkApplication(c, r)
		w.checkPrincipals(c)
		w.checkRemoval(c, r)
		if t.Failed() {
			t.Fatalf("case %d: %s", n, c.values.Encode())
		}
	}
	if rows < 10*cases {
		t.Errorf("only %d applications were compared in %d cases", rows, cases)
	}
}

func (w *insightsWorld) checkApplications(c insightsCase, r *rand.Rand) int {
	w.t.Helper()
	const path = "/insights/applications"
	if c.own = r.IntN(2) == 0; c.own {
		c.values.Set("microsoft", "no")
	}
	list, before := w.some(c, c.r, c.reported, store.Interactive), w.some(c, c.before(), c.reported, store.Interactive)
	earlier := by(before, appOf)
	want := map[string]map[string]string{}
	for id, of := range by(list, appOf) {
		n, was := recount(of), recount(earlier[id])
		want[id] = map[string]string{
			"Sign-ins": strconv.Itoa(n.all), "Sign-ins before": strconv.Itoa(was.all), "Successful": strconv.Itoa(n.ok), "Successful before": strconv.Itoa(was.ok),
			"Failed": strconv.Itoa(n.failed), "Failed before": strconv.Itoa(was.failed), "Interrupted": strconv.Itoa(n.stopped), "Interrupted before": strconv.Itoa(was.stopped),
			"Failure rate (%)": n.rate(), "Failure rate (%) before": was.rate(), "Users": strconv.Itoa(len(n.users)), "Users before": strconv.Itoa(len(was.users)),
			"Top error": n.top(), "Last (UTC)": utc(n.last),
		}
	}
	sort := []string{"name", "signins", "succeeded", "failed", "interrupted", "failurerate", "users", "last"}[r.IntN(8)]
	got := w.rows(path+".csv", c.with("compare", "yes", "sort", sort))
	for _, row := range got {
		row["Top error"], _, _ = strings.Cut(row["Top error"], " ")
	}
	w.agree("applications", want, got)
	page := w.page(path, c.values)
	n := recount(list)
	w.agree("numbers of applications", map[string]string{
		"signins": strconv.Itoa(n.all), "succeeded": strconv.Itoa(n.ok), "failed": strconv.Itoa(n.failed), "interrupted": strconv.Itoa(n.stopped),
		"failurerate": n.rate(), "applications": strconv.Itoa(len(by(list, appOf))), "users": strconv.Itoa(len(n.users)),
	}, metricsOf(page))
	w.checkTop(list, page)
	w.checkPicture(list, page)
	var objects []struct {
		AppID                 string
		SuccessfulSignInCount int
		FailedSignInCount     int
		SuccessPercentage     *float64
	}
	if err := json.Unmarshal([]byte(w.get(path+".json", c.values)), &objects); err != nil || len(objects) != len(want) {
		w.t.Errorf("%d applications as JSON, want %d: %v", len(objects), len(want), err)
	}
	for _, o := range objects {
		of := recount(by(list, appOf)[strings.ToLower(o.AppID)])
		if o.SuccessfulSignInCount != of.ok || o.FailedSignInCount != of.failed || (o.SuccessPercentage == nil) != (of.ok+of.failed == 0) {
			w.t.Errorf("%s as JSON: %+v, want %d and %d", o.AppID, o, of.ok, of.failed)
		}
	}
	quiet := map[string]map[string]string{}
	all := store.Range{From: store.AllTime().From, To: c.r.To}
	for id, of := range by(w.some(c, all, func(s *store.SignIn) bool {
		return !c.own || c.reported(s) || strings.HasPrefix(s.TokenIssuerType, "ADFed") && ownApp(s)
	}, allLogs()...), appOf) {
		if n := recount(of); n.last.Before(c.r.From) {
			quiet[id] = map[string]string{"Sign-ins before": strconv.Itoa(n.all), "Last sign-in (UTC)": utc(n.last)}
		}
	}
	w.agree("unused applications", quiet, w.rows(path+".csv", c.with("list", "quiet")))
	return len(want)
}

// ownApp tells that Microsoft does not own the application.
func ownApp(s *store.SignIn) bool {
	owner := strings.ToLower(s.AppOwnerTenantID)
	return owner != "f8cdef31-a31e-4b4a-93e4-5f571e91255a" && owner != "72f988bf-86f1-41af-91ab-2d7cd011db47"
}

func allLogs() (logs []store.Log) {
	for _, info := range store.SignIns.Logs {
		logs = append(logs, info.Log)
	}
	return logs
}

// checkTop compares the three most used applications.
func (w *insightsWorld) checkTop(list []*store.SignIn, page *goquery.Document) {
	w.t.Helper()
	type app struct {
		id, name string
		n        int
	}
	var apps []app
	for id, of := range by(list, appOf) {
		newest := slices.MaxFunc(of, func(a, b *store.SignIn) int { return a.Time.Compare(b.Time) })
		apps = append(apps, app{id, newest.AppDisplayName, len(of)})
	}
	slices.SortFunc(apps, func(a, b app) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(strings.ToLower(a.name), strings.ToLower(b.name)), cmp.Compare(a.id, b.id))
	})
	var want, got []string
	for _, a := range apps[:min(3, len(apps))] {
		want = append(want, fmt.Sprint(a.id, " ", a.n, " of ", len(list)))
	}
	page.Find(`[data-card="top"] li`).Each(func(_ int, line *goquery.Selection) {
		share := line.Find("[data-of]")
		got = append(got, fmt.Sprint(strings.ToLower(line.AttrOr("data-id", "")), " ", share.AttrOr("data-value", ""), " of ", share.AttrOr("data-of", "")))
	})
	w.agree("top applications", want, got)
}

// checkPicture compares the bars of the picture with its table, and both with the sign-ins.
func (w *insightsWorld) checkPicture(list []*store.SignIn, page *goquery.Document) {
	w.t.Helper()
	var bars, table []string
	total := 0
	page.Find(`[data-testid="histogram"] .bars a title`).Each(func(_ int, title *goquery.Selection) { bars = append(bars, title.Text()) })
	page.Find(`[data-testid="chart-table"] tbody tr`).Each(func(_ int, row *goquery.Selection) {
		var cells []string
		row.Find("th, td").Each(func(_ int, cell *goquery.Selection) { cells = append(cells, strings.TrimSpace(cell.Text())) })
		n, _ := strconv.Atoi(strings.ReplaceAll(cells[len(cells)-1], ",", ""))
		total += n
		var parts []string
		for i, name := range []string{"success", "interrupted", "failure"} {
			if cells[i+1] != "0" {
				parts = append(parts, cells[i+1]+" "+name)
			}
		}
		if len(parts) == 0 {
			parts = []string{"no sign-ins"}
		}
		table = append(table, cells[0]+": "+strings.Join(parts, ", "))
	})
	w.agree("picture and table", table, bars)
	if total != len(list) {
		w.t.Errorf("the picture has %d sign-ins, want %d", total, len(list))
	}
}

// checkApplication compares the report about one application.
func (w *insightsWorld) checkApplication(c insightsCase, r *rand.Rand) {
	w.t.Helper()
	all := by(w.some(insightsCase{}, store.AllTime(), c.reported, store.Interactive), appOf)
	var ids []string
	for id := range all {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	id := ids[r.IntN(len(ids))]
	path := "/insights/applications/" + url.PathEscape(id)
	is := func(s *store.SignIn) bool { return appOf(s) == id && (insightsCase{}).reported(s) }
	c.values.Del("microsoft")
	list := w.some(c, c.r, is, store.Interactive)
	n := recount(list)
	w.agree("numbers of "+id, map[string]string{
		"signins": strconv.Itoa(n.all), "succeeded": strconv.Itoa(n.ok), "failed": strconv.Itoa(n.failed), "interrupted": strconv.Itoa(n.stopped),
		"failurerate": n.rate(), "users": strconv.Itoa(len(n.users)),
	}, metricsOf(w.page(path, c.values)))
	failures, users, stopped := map[string]map[string]string{}, map[string]map[string]string{}, map[string]map[string]string{}
	failed := func(s *store.SignIn) string {
		if s.Status() != store.StatusFailure || !s.ErrorCode.Set {
			return ""
		}
		return strconv.FormatInt(s.ErrorCode.N, 10)
	}
	for code, of := range by(list, failed) {
		n := recount(of)
		failures[code] = map[string]string{"Failed": strconv.Itoa(n.all), "Users": strconv.Itoa(len(n.users)), "First (UTC)": utc(n.first), "Last (UTC)": utc(n.last)}
	}
	for user, of := range by(list, userOf) {
		users[user] = usesRow(recount(of))
	}
	ok := func(s *store.SignIn) bool { return is(s) && s.Status() == store.StatusSuccess }
	for user, of := range by(w.some(c, store.Range{From: store.AllTime().From, To: c.r.To}, ok, store.Interactive), userOf) {
		if n := recount(of); n.last.Before(c.r.From) {
			stopped[user] = map[string]string{"Successes before": strconv.Itoa(n.all), "Last success (UTC)": utc(n.last)}
		}
	}
	w.agree("failures of "+id, failures, w.rows(path+"/list.csv", c.values))
	w.agree("users of "+id, users, w.rows(path+"/list.csv", c.with("list", "users")))
	w.agree("who stopped using "+id, stopped, w.rows(path+"/list.csv", c.with("list", "stopped")))
}

// usesRow are the cells of a list of who used something.
func usesRow(n *plainCounts) map[string]string {
	return map[string]string{
		"Sign-ins": strconv.Itoa(n.all), "Successful": strconv.Itoa(n.ok), "Failed": strconv.Itoa(n.failed), "Failure rate (%)": n.rate(),
		"First (UTC)": utc(n.first), "Last (UTC)": utc(n.last),
	}
}

// checkPrincipals compares the last uses of all applications.
func (w *insightsWorld) checkPrincipals(c insightsCase) {
	w.t.Helper()
	type activity struct{ LastSignInDateTime, LastSignInRequestID string }
	type object struct {
		ID, AppID                                         string
		LastSignInActivity, DelegatedClientSignInActivity *activity
		DelegatedResourceSignInActivity                   *activity
		ApplicationAuthenticationClientSignInActivity     *activity
		ApplicationAuthenticationResourceSignInActivity   *activity
	}
	users, workloads := []store.Log{store.Interactive, store.NonInteractive}, []store.Log{store.ServicePrincipal, store.ManagedIdentity}
	all := store.Range{From: store.AllTime().From, To: c.r.To}
	any := func(*store.SignIn) bool { return true }
	want := map[string][5]string{}
	add := func(at int, logs []store.Log, value func(*store.SignIn) string) {
		for id, of := range by(w.some(c, all, any, logs...), value) {
			last := utc(recount(of).last)
			row := want[id]
			row[at] = last
			row[0] = max(row[0], last)
			want[id] = row
		}
	}
	add(1, users, appOf)
	add(2, users, resourceOf)
	add(3, workloads, appOf)
	add(4, workloads, resourceOf)
	var objects []object
	if err := json.Unmarshal([]byte(w.get("/insights/principals.json", c.values)), &objects); err != nil {
		w.t.Fatal(err)
	}
	known := map[string]time.Time{}
	for _, s := range w.signIns {
		known[s.ID] = s.Time
	}
	got := map[string][5]string{}
	unused := 0
	for _, o := range objects {
		var row [5]string
		for i, a := range []*activity{o.LastSignInActivity, o.DelegatedClientSignInActivity, o.DelegatedResourceSignInActivity, o.ApplicationAuthenticationClientSignInActivity, o.ApplicationAuthenticationResourceSignInActivity} {
			if a == nil {
				continue
			}
			at, err := time.Parse(time.RFC3339Nano, a.LastSignInDateTime)
			if err != nil || !known[a.LastSignInRequestID].Truncate(time.Microsecond).Equal(at) {
				w.t.Errorf("%s: sign-in %q is of %s, not of %s: %v", o.AppID, a.LastSignInRequestID, known[a.LastSignInRequestID], a.LastSignInDateTime, err)
			}
			row[i] = utc(at)
		}
		got[strings.ToLower(o.AppID)] = row
		if o.ID != base64.StdEncoding.EncodeToString([]byte(o.AppID)) {
			w.t.Errorf("%s has the ID %s", o.AppID, o.ID)
		}
		if row[0] < utc(c.r.From) {
			unused++
		}
	}
	w.agree("last uses", want, got)
	page := w.page("/insights/principals", c.values)
	w.agree("numbers of principals", map[string]string{
		"principals": strconv.Itoa(len(want)), "used": strconv.Itoa(len(want) - unused), "unused": strconv.Itoa(unused),
	}, metricsOf(page))
	if rows := w.rows("/insights/principals.csv", c.with("list", "unused")); len(rows) != unused {
		w.t.Errorf("%d unused principals, want %d", len(rows), unused)
	}
}

// checkRemoval compares who and what used a random thing.
func (w *insightsWorld) checkRemoval(c insightsCase, r *rand.Rand) {
	w.t.Helper()
	s := w.signIns[r.IntN(len(w.signIns))]
	kinds := []struct {
		kind, value string
		is          func(*store.SignIn) bool
	}{
		{"app", s.AppID, func(o *store.SignIn) bool { return strings.EqualFold(o.AppID, s.AppID) }},
		{"resource", s.ResourceID, func(o *store.SignIn) bool { return strings.EqualFold(o.ResourceID, s.ResourceID) }},
		{"country", s.CountryOrRegion, func(o *store.SignIn) bool { return strings.EqualFold(o.CountryOrRegion, s.CountryOrRegion) }},
		{"credential", s.ServicePrincipalCredentialKeyID, func(o *store.SignIn) bool {
			return strings.EqualFold(o.ServicePrincipalCredentialKeyID, s.ServicePrincipalCredentialKeyID)
		}},
		{"client", "IMAP4", func(o *store.SignIn) bool { return store.ClientField.MatchText(o.ClientAppUsed, "IMAP4") }},
	}
	kinds = slices.DeleteFunc(kinds, func(k struct {
		kind, value string
		is          func(*store.SignIn) bool
	},
	) bool {
		return k.value == ""
	})
	k := kinds[r.IntN(len(kinds))]
	what := k.kind + " " + k.value
	v := c.with("kind", k.kind, "value", k.value)
	v.Del("microsoft")
	users, workloads := []store.Log{store.Interactive, store.NonInteractive}, []store.Log{store.ServicePrincipal, store.ManagedIdentity}
	lists := map[string]map[string]map[string]string{"": {}, "principals": {}, "applications": {}}
	fill := func(list string, value func(*store.SignIn) string, logs []store.Log) int {
		for id, of := range by(w.some(c, c.r, k.is, logs...), value) {
			lists[list][id] = usesRow(recount(of))
		}
		return len(lists[list])
	}
	nUsers, nPrincipals := fill("", userOf, users), fill("principals", principalOf, workloads)
	fill("applications", appOf, allLogs())
	for list, want := range lists {
		w.agree(what+": list "+list, want, w.rows("/insights/removal.csv", func() url.Values { v.Set("list", list); return v }()))
	}
	v.Del("list")
	all := recount(w.some(c, c.r, k.is, allLogs()...))
	ever := recount(w.some(c, store.Range{From: store.AllTime().From, To: c.r.To}, k.is, allLogs()...))
	w.agree("numbers of "+what, map[string]string{
		"uses": strconv.Itoa(all.all), "useruses": strconv.Itoa(len(w.some(c, c.r, k.is, users...))), "users": strconv.Itoa(nUsers), "workloads": strconv.Itoa(nPrincipals),
		"failurerate": all.rate(), "lastuseever": utc(ever.last),
	}, metricsOf(w.page("/insights/removal", v)))
}
