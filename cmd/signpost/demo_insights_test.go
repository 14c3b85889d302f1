package main

import (
	"cmp"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/store"
)

// Every number of every report equals a plain recount over the files of the made-up tenant.
func TestInsightsAgreeWithRecountOfFiles(t *testing.T) {
	t.Parallel()
	w := newInsightsWorld(t)
	w.checkNever()
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
	for id, of := range by(w.some(c, all, c.reported, allLogs()...), appOf) {
		if n := recount(of); n.last.Before(c.r.From) {
			quiet[id] = map[string]string{"Sign-ins before": strconv.Itoa(n.all), "Last sign-in (UTC)": utc(n.last)}
		}
	}
	w.checkPages(path, c.with("sort", sort, "limit", "40"))
	w.agree("unused applications", quiet, w.rows(path+".csv", c.with("list", "quiet")))
	return len(want)
}

// checkPages compares the pages of a list, one behind the other, with its file.
func (w *insightsWorld) checkPages(path string, v url.Values) {
	w.t.Helper()
	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.get(path+".csv", v), "\ufeff"))).ReadAll()
	if err != nil {
		w.t.Fatal(err)
	}
	var want, got []string
	for _, record := range records[1:] {
		want = append(want, record[1])
	}
	for page := w.page(path, v); ; {
		page.Find(`[data-testid="row"]`).Each(func(_ int, row *goquery.Selection) { got = append(got, row.AttrOr("data-id", "")) })
		next, more := page.Find(`[data-testid="next"]`).Attr("href")
		if !more {
			break
		}
		at, err := url.Parse(next)
		if err != nil {
			w.t.Fatal(err)
		}
		page = w.page(at.Path, at.Query())
	}
	w.agree("pages of "+path, want, got)
}

// checkNever compares the applications of the directory that no sign-in names.
func (w *insightsWorld) checkNever() {
	w.t.Helper()
	want := map[string]map[string]string{}
	for id, created := range w.apps {
		want[id] = map[string]string{"Created (UTC)": utc(created)}
	}
	for id := range by(w.some(insightsCase{}, store.AllTime(), func(*store.SignIn) bool { return true }, allLogs()...), appOf) {
		delete(want, id)
	}
	if len(want) == 0 {
		w.t.Error("every application of the directory is used, which tests nothing")
	}
	w.agree("applications that nobody uses", want, w.rows("/insights/applications.csv", url.Values{"list": {"never"}}))
	page := w.page("/insights/applications", url.Values{"list": {"never"}})
	if n := page.Find(`[data-testid="total"]`).AttrOr("data-value", ""); n != strconv.Itoa(len(want)) {
		w.t.Errorf("the page counts %s applications that nobody uses, want %d", n, len(want))
	}
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
	if total := w.checkBarsAndTable("the picture", page); total != len(list) {
		w.t.Errorf("the picture has %d sign-ins, want %d", total, len(list))
	}
}

// checkBarsAndTable compares the bars of the picture with its table, and gives their sum.
func (w *insightsWorld) checkBarsAndTable(what string, page *goquery.Document) (total int) {
	w.t.Helper()
	var bars, table []string
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
	w.agree("picture and table of "+what, table, bars)
	return total
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
		Reported                                          *struct{ LastSignInActivity *activity }
	}
	users, workloads := []store.Log{store.Interactive, store.NonInteractive}, []store.Log{store.ServicePrincipal, store.ManagedIdentity}
	all := store.Range{From: store.AllTime().From, To: c.r.To}
	want := map[string][5]string{}
	add := func(at int, logs []store.Log, value func(*store.SignIn) string) {
		for id, of := range by(w.some(c, all, insightsCase{}.reported, logs...), value) {
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
	unused, onlyReported := 0, 0
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
		if row == [5]string{} && o.Reported != nil && o.Reported.LastSignInActivity != nil { // no record has it
			onlyReported++
		} else {
			got[strings.ToLower(o.AppID)] = row
		}
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
		"principals": strconv.Itoa(len(want) + onlyReported), "used": strconv.Itoa(len(want) + onlyReported - unused), "unused": strconv.Itoa(unused),
	}, metricsOf(page))
	if rows := w.rows("/insights/principals.csv", c.with("list", "unused")); len(rows) != unused {
		w.t.Errorf("%d unused principals, want %d", len(rows), unused)
	}
}

// checkRemoval compares who and what used a random thing.
func (w *insightsWorld) checkRemoval(c insightsCase, r *rand.Rand) {
	w.t.Helper()
	s := w.signIns[r.IntN(len(w.signIns))]
	policy := ""
	if all := s.AppliedConditionalAccessPolicies; len(all) > 0 {
		policy = all[r.IntN(len(all))].ID
	}
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
		{"policy", policy, func(o *store.SignIn) bool {
			return slices.ContainsFunc(o.AppliedConditionalAccessPolicies, func(p store.AppliedPolicy) bool {
				applied := !slices.Contains([]string{"notApplied", "reportOnlyNotApplied", "notEnabled"}, p.Result)
				return strings.EqualFold(p.ID, policy) && applied
			})
		}},
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
