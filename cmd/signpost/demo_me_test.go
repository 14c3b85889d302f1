package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

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

// meWorld is a portal over a made-up tenant, with the tenant's files read by a plain loop.
type meWorld struct {
	t        *testing.T
	until    time.Time
	signIns  []store.SignIn // of the two user logs
	lines    map[string]string
	names    map[store.Person]string // the only user principal name of each person; empty where another person has it too
	server   *httptest.Server
	accounts *auth.Accounts
}

const mePassword = "a long test password"

func newMeWorld(t *testing.T) *meWorld {
	t.Helper()
	w := &meWorld{t: t, until: time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)}
	folder, rows := filepath.Join(t.TempDir(), "files"), 12_000
	if os.Getenv("SIGNPOST_SOAK") != "" {
		rows = 15_000
	}
	if err := demo.Write(t.Context(), folder, demo.Options{Rows: rows, Seed: 11, Days: 20, Until: w.until}); err != nil {
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
	if _, err := importer.New(db, importer.Options{}).Paths(t.Context(), signInFiles(t, folder)...); err != nil {
		t.Fatal(err)
	}
	for _, s := range decodeFiles(t, folder) {
		if info, _ := store.SignIns.Log(s.Log); info.User {
			w.signIns = append(w.signIns, s)
		}
	}
	slices.SortStableFunc(w.signIns, func(a, b store.SignIn) int { return b.Time.Compare(a.Time) })
	w.lines = linesOf(w.signIns)
	now := func() time.Time { return w.until }
	w.accounts = auth.NewAccounts(people, now, false)
	w.accounts.FindUsersBy(findUsers(db, ""))
	w.server = httptest.NewServer(web.New(web.Config{
		Store: db, Accounts: w.accounts, Setup: auth.NewSetup(w.accounts), Sessions: auth.NewSessions(people, w.accounts, now, auth.SessionOptions{}),
		Preferences: people, Views: people, Answers: people, Triage: people, Static: static.Handler(), Now: now, Log: slog.New(slog.DiscardHandler),
	}))
	t.Cleanup(func() {
		w.server.Close()
		for _, c := range []io.Closer{db, people} {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return w
}

// linesOf gives the ID of the line of each event in the interactive log.
func linesOf(signIns []store.SignIn) map[string]string {
	var events []store.LineEvent
	var ids []string // of the events
	taken := map[store.Key]bool{}
	for i := range signIns {
		if signIns[i].Log != store.Interactive {
			continue
		}
		k := store.KeyAt(signIns[i].Time)
		for taken[k] {
			k = k.Next()
		}
		taken[k] = true
		ids = append(ids, signIns[i].ID)
		events = append(events, store.LineEventOf(k, &signIns[i]))
	}
	lines := map[string]string{}
	for i, last := range store.Fold(events) {
		lines[events[i].ID] = ids[last]
	}
	return lines
}

// own is the plain filter: the person's sign-ins in the range that pass a test, each line once, newest first.
func (w *meWorld) own(p store.Person, r store.Range, passes func(*store.SignIn) bool) []string {
	var ids []string
	for i := range w.signIns {
		s := &w.signIns[i]
		isLine := s.Log != store.Interactive || w.lines[strings.ToLower(s.ID)] == s.ID
		if p.Owns(s) && r.Contains(s.Time) && isLine && passes(s) {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// people gives the tenant's people, the busiest first.
func (w *meWorld) people() []store.Person {
	count, owners := map[store.Person]int{}, map[string][]store.Person{}
	for i := range w.signIns {
		p, name := store.Person{UserID: w.signIns[i].UserID}, strings.ToLower(w.signIns[i].UserPrincipalName)
		if p.IsEmpty() {
			continue
		}
		if count[p]++; name != "" && !slices.Contains(owners[name], p) {
			owners[name] = append(owners[name], p)
		}
	}
	w.names = map[store.Person]string{}
	for name, of := range owners {
		if len(of) == 1 {
			w.names[of[0]] = name
		}
	}
	var people []store.Person
	for p := range count {
		people = append(people, p)
	}
	slices.SortFunc(people, func(a, b store.Person) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a.UserID, b.UserID))
	})
	return people
}

// visitor signs in as that person. Some accounts have only the user ID, others only a user principal name that no
// other person has.
func (w *meWorld) visitor(n int, p store.Person) *meVisitor {
	w.t.Helper()
	account := auth.NewAccount{Name: fmt.Sprint("somebody-", n), Password: mePassword, Roles: []auth.Role{auth.RoleUser}}
	name := w.names[p]
	if n%3 != 1 || name == "" {
		account.UserID = p.UserID
	}
	if n%3 != 0 {
		account.UserPrincipalName = strings.ToUpper(name)
	}
	if _, err := w.accounts.Add(w.t.Context(), account); err != nil {
		w.t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	v := &meVisitor{t: w.t, base: w.server.URL, client: &http.Client{Jar: jar}}
	response, err := v.client.PostForm(v.base+"/signin", url.Values{"name": {account.Name}, "password": {mePassword}})
	if err != nil {
		w.t.Fatal(err)
	}
	_ = response.Body.Close()
	return v
}

type meVisitor struct {
	t      *testing.T
	base   string
	client *http.Client
	read   bytes.Buffer // all answers, one behind the other
}

func (v *meVisitor) get(path string) string {
	v.t.Helper()
	response, err := v.client.Get(v.base + path)
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		v.t.Fatalf("%s: status %d, %v", path, response.StatusCode, err)
	}
	v.read.Write(body)
	return string(body)
}

// rows gives the sign-ins on all pages of a list.
func (v *meVisitor) rows(path string) []string {
	v.t.Helper()
	var ids []string
	for path != "" {
		page, err := goquery.NewDocumentFromReader(strings.NewReader(v.get(path)))
		if err != nil {
			v.t.Fatal(err)
		}
		page.Find(`[data-testid="row"]`).Each(func(_ int, row *goquery.Selection) { ids = append(ids, row.AttrOr("data-id", "")) })
		path = page.Find(`[data-testid="next"]`).AttrOr("href", "")
	}
	return ids
}

// headerAgrees compares the figures above a list with the list, from its first page to its last.
func (v *meVisitor) headerAgrees(path string) {
	v.t.Helper()
	var header, list struct{ total, background, unusual, success, failure string }
	total, background, unusual := 0, 0, 0
	newest := map[string]string{}
	for next := path; next != ""; {
		page, err := goquery.NewDocumentFromReader(strings.NewReader(v.get(next)))
		if err != nil {
			v.t.Fatal(err)
		}
		value := func(selector string) string { return page.Find(selector).AttrOr("data-value", "") }
		if next == path {
			header.total, header.background = value("[data-testid=total]"), value("[data-name=background]")
			header.unusual, header.success, header.failure = value("[data-testid=unusual]"), value("[data-name=success]"), value("[data-name=failure]")
		}
		page.Find("[data-testid=row]").Each(func(_ int, row *goquery.Selection) {
			n, folded := 1, row.HasClass("me-fold")
			if folded {
				if n, err = strconv.Atoi(row.AttrOr("data-count", "")); err != nil {
					v.t.Fatal(err)
				}
			}
			total += n
			switch {
			case row.HasClass("me-quiet"):
				background += n
			default:
				status := strings.TrimPrefix(strings.TrimSpace(strings.Replace(row.Find(".status").AttrOr("class", ""), "status ", "", 1)), "status-")
				if newest[status] == "" {
					newest[status] = row.Find(".card-head time").AttrOr("datetime", "")
				}
			}
			if !folded && row.Find(".me-marks").Length() > 0 {
				unusual++
			}
		})
		next = page.Find("[data-testid=next]").AttrOr("href", "")
	}
	text := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	list.total, list.background, list.unusual = text(total), text(background), text(unusual)
	list.success, list.failure = header.success, header.failure
	if header.success != "" && newest["success"] != "" {
		list.success = newest["success"]
	}
	if header.failure != "" && newest["failure"] != "" {
		list.failure = newest["failure"]
	}
	if header != list {
		v.t.Errorf("%s: the header says %+v, the list %+v", path, header, list)
	}
	if strings.HasPrefix(path, "/me?limit") && (header.success == "" && newest["success"] != "" || header.failure == "" && newest["failure"] != "") {
		v.t.Errorf("%s: the header knows no last sign-in, the list does: %v", path, newest)
	}
}

func (v *meVisitor) csv(path string) []string {
	v.t.Helper()
	lines, err := csv.NewReader(strings.NewReader(v.get(path))).ReadAll()
	if err != nil {
		v.t.Fatal(err)
	}
	var ids []string
	for i, line := range lines[1:] {
		if i > 0 && lines[i][0] < line[0] {
			v.t.Errorf("%s: line %d is newer than the one above", path, i+2)
		}
		ids = append(ids, line[1])
	}
	return ids
}

func (v *meVisitor) json(path string) []string {
	v.t.Helper()
	var list []struct {
		RequestID string `json:"requestId"`
	}
	if err := json.Unmarshal([]byte(v.get(path)), &list); err != nil {
		v.t.Fatal(err)
	}
	var ids []string
	for _, s := range list {
		ids = append(ids, s.RequestID)
	}
	return ids
}

// A plain loop over the exported files finds the sign-ins of some people, in the soak of 50. Their pages and downloads must show the
// same, with and without filters, and no word of other people.
func TestOwnSignInsOfDemoPeople(t *testing.T) {
	t.Parallel()
	w := newMeWorld(t)
	all, busiest := w.people(), 3
	if os.Getenv("SIGNPOST_SOAK") != "" {
		busiest = 25
	}
	people := slices.Concat(all[:busiest], all[len(all)/2:len(all)/2+busiest])
	r := store.Range{From: w.until.Add(-19 * 24 * time.Hour), To: w.until.Add(-time.Hour)}
	query := "?from=" + r.From.Format(time.RFC3339) + "&to=" + r.To.Format(time.RFC3339)
	secrets := newSecrets(w.signIns)
	anything := func(*store.SignIn) bool { return true }
	rows, found, byName := 0, 0, 0
	for n, p := range people {
		if n%3 == 1 && w.names[p] != "" {
			byName++
		}
		v := w.visitor(n, p)
		want := w.own(p, r, anything)
		expect := func(what string, got, want []string) {
			t.Helper()
			if !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
				t.Errorf("%s of %s: got %d %.120q, want %d %.120q", what, p.UserID, len(got), got, len(want), want)
			}
		}
		rows += len(want)
		limit := "&limit=7"
		if n < busiest {
			limit = "&limit=50" // the busiest have hundreds
		}
		expect("pages", v.rows("/me"+query+limit+"&fold=no"), want)
		v.headerAgrees("/me" + query + limit)
		v.headerAgrees("/me?limit=50")
		expect("downloads", v.csv("/me/export.csv"+query), want)
		expect("downloads", v.json("/me/export.json"+query), want)
		for what, passes := range map[string]func(*store.SignIn) bool{
			"&q=teams": func(s *store.SignIn) bool { return strings.Contains(meWords(s), "teams") },
			"&q=chrome+linux": func(s *store.SignIn) bool {
				return strings.Contains(meWords(s), "chrome") && strings.Contains(meWords(s), "linux")
			},
			"&q=192.0.2.":      func(s *store.SignIn) bool { return strings.Contains(s.IPAddress, "192.0.2.") },
			"&status=failure":  func(s *store.SignIn) bool { return s.Status() == store.StatusFailure },
			"&kind=background": func(s *store.SignIn) bool { return s.Log == store.NonInteractive },
			"&app=OfficeHome":  func(s *store.SignIn) bool { return s.AppDisplayName == "OfficeHome" },
		} {
			some := w.own(p, r, passes)
			found += len(some)
			expect(what, v.rows("/me"+query+what+"&limit=200&fold=no"), some)
		}
		for _, id := range want[:min(3, len(want))] {
			v.get("/me/" + id)
		}
		if other := secrets.of(p, v.read.String()); len(other) > 0 {
			t.Errorf("answers to %s hold %.300q", p.UserID, other)
		}
	}
	if rows < 10*len(people) || found < 4*len(people) || byName < len(people)/5 {
		t.Errorf("only %d rows and %d found ones were compared, %d people by their name", rows, found, byName)
	}
}

// meWords are the words about a sign-in that the test looks for on the page.
func meWords(s *store.SignIn) string {
	return strings.ToLower(strings.Join([]string{s.AppDisplayName, s.ResourceDisplayName, s.City, s.OperatingSystem, s.Browser}, " "))
}

// secrets maps each id and name of the tenant to its person.
type secrets struct{ owners map[string]map[string]bool }

var (
	guids       = regexp.MustCompile(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)
	upns        = regexp.MustCompile(`[A-Za-z0-9._#-]+@[a-z0-9.-]+\.example`)
	policyNames = regexp.MustCompile(`\bCA0\d\d\b`) // names of the tenant's Conditional Access policies
	names       = regexp.MustCompile(`\p{Lu}[\p{L}'-]+ \p{Lu}[\p{L}'-]+`)
)

func newSecrets(signIns []store.SignIn) secrets {
	x := secrets{map[string]map[string]bool{}}
	for i := range signIns {
		s := &signIns[i]
		for _, secret := range []string{s.ID, s.UserID, s.CorrelationID, s.SessionID, s.UserPrincipalName, s.UserDisplayName, s.SignInIdentifier} {
			if secret = strings.ToLower(secret); secret != "" {
				if x.owners[secret] == nil {
					x.owners[secret] = map[string]bool{}
				}
				x.owners[secret][s.UserID] = true
			}
		}
	}
	return x
}

// of gives the secrets of other people that the text holds.
func (x secrets) of(p store.Person, text string) (found []string) {
	for _, kind := range []*regexp.Regexp{guids, upns, names} {
		for _, match := range kind.FindAllString(text, -1) {
			if owners := x.owners[strings.ToLower(match)]; owners != nil && !owners[p.UserID] && !slices.Contains(found, match) {
				found = append(found, match)
			}
		}
	}
	for _, word := range []string{"conditional access", "conditionalaccess", "policy", "at risk", "atrisk", "risklevel"} {
		if strings.Contains(strings.ToLower(text), word) {
			found = append(found, word)
		}
	}
	if policies := policyNames.FindAllString(text, 3); policies != nil {
		found = append(found, policies...)
	}
	return found
}
