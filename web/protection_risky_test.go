package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/store/datafolder"
	"signpost/store/importer"
)

const (
	riskHelper = "56000000-0000-4000-8000-000000000003" // an agent
	riskAdmin  = "51000000-0000-4000-8000-0000000000ad"
)

// graphRiskFiles are reports of Microsoft Graph about the objects of riskHouse, made up from the specification: risky users with the
// history of one, a service principal and an agent. One user has values that no enumeration has.
func graphRiskFiles() map[string]string {
	set := func(set string, records ...string) string {
		return `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#identityProtection/` + set + `","value":[` + strings.Join(records, ",") + `]}`
	}
	user := func(id, name, username, level, state, detail, updated string) string {
		return `{"id":"` + id + `","isDeleted":false,"isProcessing":true,"riskDetail":"` + detail + `","riskLastUpdatedDateTime":"` + updated + `","riskLevel":"` + level + `","riskState":"` + state + `","userDisplayName":"` + name + `","userPrincipalName":"` + username + `"}`
	}
	item := func(level, state, detail, by, updated string) string {
		return `{"id":"` + riskUser + `","userId":"` + riskUser + `","initiatedBy":` + by + `,"riskDetail":"` + detail + `","riskLastUpdatedDateTime":"` + updated + `","riskLevel":"` + level + `","riskState":"` + state + `","userDisplayName":"Ada Lanternwright","userPrincipalName":"ada@tidewater-lantern.example","activity":{"detail":null,"riskEventTypes":["unfamiliarFeatures"]}}`
	}
	return map[string]string{
		"riskyUsers.json": set("riskyUsers",
			user(riskUser, "Ada Lanternwright", "ada@tidewater-lantern.example", "high", "atRisk", "none", "2026-11-28T03:20:00Z"),
			user(riskZoe, "=Zoe Ferrywoman", "zoe.ferrywoman@example.com", "hidden", "dismissed", "adminDismissedAllRiskForUser", "2026-11-28T09:00:00Z"),
			user("51000000-0000-4000-8000-00000000000d", "Dee Quayside", "dee@example.com", "extremeLevel", "pausedByPolicy", "somethingNewerThanThis", "2026-11-27T09:00:00Z"),
			user("51000000-0000-4000-8000-00000000000e", "Eve Mooring", "eve@example.com", "none", "remediated", "userPerformedSecuredPasswordReset", "2026-11-26T09:00:00Z"),
		),
		"history.json": set("riskyUsers('"+riskUser+"')/history",
			item("low", "atRisk", "none", "null", "2026-11-20T10:00:00Z"),
			item("none", "remediated", "userPerformedSecuredPasswordChange", "null", "2026-11-21T10:00:00Z"),
			item("none", "dismissed", "adminDismissedAllRiskForUser", `"`+riskAdmin+`"`, "2026-11-22T10:00:00Z"),
		),
		"riskyServicePrincipals.json": set("riskyServicePrincipals",
			`{"id":"`+riskQuay+`","appId":"53000000-0000-4000-8000-000000000002","displayName":"Quay Nightly Export","isEnabled":false,"isProcessing":false,"riskDetail":"none","riskLastUpdatedDateTime":"2026-11-28T06:00:00Z","riskLevel":"high","riskState":"atRisk","servicePrincipalType":"Application"}`),
		"riskyAgents.json": set("riskyAgents",
			`{"id":"`+riskHelper+`","agentDisplayName":"Harbour Assistant","blueprintId":"57000000-0000-4000-8000-000000000003","identityType":"agentIdentity","isDeleted":false,"isEnabled":true,"isProcessing":false,"riskDetail":"none","riskLastModifiedDateTime":"2026-11-28T07:00:00Z","riskLevel":"medium","riskState":"atRisk"}`),
		"admin.json": `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#users","value":[{"id":"` + riskAdmin + `","displayName":"Olaf Keeper","userPrincipalName":"olaf@example.com"},{"id":"` + riskUser + `","displayName":"Ada Lanternwright","userPrincipalName":"ada@tidewater-lantern.example","userType":"Guest","department":"Lamps","accountEnabled":false}]}`,
		"use.json": `{"time":"2026-11-28T04:00:00Z","category":"ServicePrincipalSignInLogs","tenantId":"e0000000-0000-4000-8000-000000000001","properties":{"id":"7a000000-0000-4000-8000-0000000000f1","createdDateTime":"2026-11-28T04:00:00Z","servicePrincipalId":"` + riskQuay + `","servicePrincipalName":"Quay Nightly Export","appId":"53000000-0000-4000-8000-000000000002","resourceDisplayName":"Harbour Vault","resourceId":"r1","ipAddress":"192.0.2.40","servicePrincipalCredentialKeyId":"54000000-0000-4000-8000-000000000002","status":{"errorCode":0}}}
`,
	}
}

// riskyHouse is riskHouse with reports about its objects.
func riskyHouse(t *testing.T) *house {
	t.Helper()
	h := riskHouse(t)
	db := h.server.PastImports.(*datafolder.Folder)
	for name, text := range graphRiskFiles() {
		report, err := importer.New(db, importer.Options{}).Reader(t.Context(), name, strings.NewReader(text))
		if err != nil || report.RejectedTotal > 0 || report.Skipped > 0 {
			t.Fatalf("%s: %+v, %v", name, report, err)
		}
	}
	h.add("oskar", auth.RoleSecurityOperator)
	h.wait(6 * 24 * time.Hour) // the day after the story
	return h
}

// wordsOf are the words of elements, each apart from the next.
func wordsOf(elements *goquery.Selection) string {
	var words []string
	for _, element := range elements.EachIter() {
		words = append(words, strings.Fields(element.Text())...)
	}
	return strings.Join(words, " ")
}

// The list of risky users: words for every value, an unknown one as it came, shares, and the picture of the days.
func TestRiskyUsers(t *testing.T) {
	t.Parallel()
	h := riskyHouse(t)
	for _, name := range []string{"ada", "reader", "oskar"} {
		page := h.as(name).get("/protection/users?days=90").document(t)
		if got := page.Find("[data-testid=total]").AttrOr("data-value", ""); got != "4" {
			t.Fatalf("%s: the total is %q", name, got)
		}
		var rows []string
		for _, row := range page.Find("[data-testid=row]").EachIter() {
			rows = append(rows, wordsOf(row.Children()))
		}
		names := []string{}
		for _, name := range page.Find("[data-testid=row] th a").EachIter() {
			names = append(names, name.Text())
		}
		if want := []string{"=Zoe Ferrywoman", "Ada Lanternwright", "Dee Quayside", "Eve Mooring"}; !slices.Equal(names, want) {
			t.Errorf("%s: the rows are %q, want %q", name, names, want)
		}
		if marks := wordsOf(page.Find("[data-testid=row]").Eq(1).Find(".mark")); marks != "Disabled Processing" {
			t.Errorf("%s: the marks are %q", name, marks)
		}
		text := strings.Join(rows, "\n")
		for _, words := range []string{
			"Hidden Dismissed An administrator dismissed all risk of the user", "High At risk None 2026-11-28 03:20:00 UTC Guest",
			"extremeLevel paused By Policy something Newer Than This", "None Remediated The user reset the password",
		} {
			if !strings.Contains(text, words) {
				t.Errorf("%s: no row has %q:\n%s", name, words, text)
			}
		}
		shares := map[string]string{}
		for _, row := range page.Find("[data-testid=shares] tr[data-level]").EachIter() {
			shares[row.AttrOr("data-level", "")] = row.AttrOr("data-count", "") + " " + row.Find("td.number").Last().Text()
		}
		for level, want := range map[string]string{"high": "1 50 %", "medium": "0 0 %", "none": "1 50 %", "hidden": "1 1", "extremeLevel": "1 1"} {
			if shares[level] != want {
				t.Errorf("%s: the share of %s is %q, want %q", name, level, shares[level], want)
			}
		}
		days := map[string]string{}
		for _, row := range page.Find("[data-testid=days-table] tbody tr").EachIter() {
			cells := strings.Fields(wordsOf(row.Children()))
			if numbers := strings.Join(cells[1:], " "); numbers != "0 0 0" {
				days[cells[0]] = numbers
			}
		}
		// The dismissal of the 22nd came when nothing was open, and what was dismissed or remediated without a history closed then.
		wantDays := map[string]string{"2026-11-20": "1 0 0", "2026-11-21": "0 1 0", "2026-11-26": "0 1 0", "2026-11-28": "1 0 1"}
		if fmt.Sprint(days) != fmt.Sprint(wantDays) {
			t.Errorf("%s: the days are %v, want %v", name, days, wantDays)
		}
	}
	for _, name := range []string{"rita", "attr", "cara", "kari"} {
		for _, path := range []string{"/protection/users", "/protection/users.csv", "/protection/users/" + riskUser, "/protection/principals", "/protection/principals.json"} {
			if got := h.as(name).get(path); got.StatusCode != http.StatusForbidden || strings.Contains(got.body, "Ferrywoman") {
				t.Errorf("%s may open %s: %d", name, path, got.StatusCode)
			}
		}
	}
}

// All pages that a Reports Reader comes to by links say no word of risky users, whom reports alone know. Those of an administrator do.
func TestAReportsReaderWalksWithoutRiskyUsers(t *testing.T) {
	t.Parallel()
	h := riskyHouse(t)
	words := []string{"/protection", "Risky users", "risk-link", "Dee Quayside", "dee@example.com", "riskyServicePrincipals", "Triage in this portal"}
	starts := []string{"/users/" + riskUser + "?range=30d", "/users", "/apps", "/logs/interactive" + riskDay, "/logs/serviceprincipal" + riskDay, "/search?q=dee", "/help", "/insights", "/sources", "/me", "/settings/account"}
	for _, name := range []string{"rita", "ada"} {
		if name == "ada" {
			starts = append([]string{"/protection/users", "/protection/users/" + riskUser, "/help", "/protection/principals", "/users/" + riskUser}, starts...)
		}
		found, pages := h.as(name).walk(starts, 60, words)
		if name == "rita" && pages < 20 {
			t.Errorf("%s came to %d pages", name, pages)
		}
		for _, word := range words {
			switch page := found[word]; {
			case name == "rita" && page != "":
				t.Errorf("%s as a Reports Reader has %q", page, word)
			case name == "ada" && page == "":
				t.Errorf("no page of an administrator has %q: the test could not fail", word)
			}
		}
	}
}

// Every filter, order and page of the list has what a plain recount has.
func TestRiskyListsEqualARecount(t *testing.T) {
	t.Parallel()
	h := riskyHouse(t)
	ada := h.as("ada")
	page, err := h.server.Directory.RiskyPage(t.Context(), store.RiskyQuery{Of: store.StateRiskyUser, Limit: 100})
	if err != nil || len(page.Rows) != 4 {
		t.Fatalf("%d users, %v", len(page.Rows), err)
	}
	draw := rand.New(rand.NewPCG(22, 6))
	for range 60 {
		q := url.Values{"limit": {strconv.Itoa(1 + draw.IntN(3))}}
		for name, values := range map[string][]string{"risk": {"high", "HIDDEN", "extremelevel", "none"}, "riskstate": {"atRisk", "dismissed", "remediated", "pausedByPolicy"}, "riskdetail": {"none", "somethingNewerThanThis"}} {
			for _, value := range values {
				if draw.IntN(4) == 0 {
					q.Add(name, value)
				}
			}
		}
		if draw.IntN(4) == 0 {
			q.Set("q", []string{"quay", "ADA", "example.com", riskZoe}[draw.IntN(4)])
		}
		if draw.IntN(4) == 0 {
			q.Set("from", "2026-11-26T09:00:00Z")
			q.Set("to", "2026-11-28T09:00:00Z")
		}
		q.Set("sort", []string{"updated", "level", "name"}[draw.IntN(3)])
		var want []string
		for i := range page.Rows {
			r := &page.Rows[i]
			has := func(param, value string) bool {
				return len(q[param]) == 0 || slices.ContainsFunc(q[param], func(v string) bool { return strings.EqualFold(v, value) })
			}
			text := strings.ToLower(q.Get("q"))
			in := q.Get("from") == "" || !r.Updated.Before(time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)) && r.Updated.Before(time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC))
			if has("risk", r.Level) && has("riskstate", r.State) && has("riskdetail", r.Detail) && in &&
				(strings.Contains(strings.ToLower(r.Names.Name+"\n"+r.Names.Username), text) || r.ID == text) {
				want = append(want, r.ID)
			}
		}
		var got []string
		for address := "/protection/users?" + q.Encode(); address != ""; {
			answer := ada.get(address)
			found := answer.document(t)
			if total := found.Find("[data-testid=total]").AttrOr("data-value", ""); answer.StatusCode != http.StatusOK || total != strconv.Itoa(len(want)) {
				t.Fatalf("%s: %d, a total of %q, want %d", address, answer.StatusCode, total, len(want))
			}
			for _, row := range found.Find("[data-testid=row]").EachIter() {
				got = append(got, row.AttrOr("data-id", ""))
			}
			address = found.Find("[data-testid=next]").AttrOr("href", "")
		}
		slices.Sort(want)
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Fatalf("%s: got %v, want %v", q.Encode(), got, want)
		}
		var file []map[string]any
		if err := json.Unmarshal([]byte(ada.get("/protection/users.json?"+q.Encode()).body), &file); err != nil || len(file) != len(want) {
			t.Fatalf("%s: the file has %d objects, %v", q.Encode(), len(file), err)
		}
	}
	// The order of levels has hidden and unknown ones apart.
	for dir, want := range map[string][]string{"desc": {"Ada Lanternwright", "Eve Mooring", "=Zoe Ferrywoman", "Dee Quayside"}, "asc": {"Eve Mooring", "Ada Lanternwright", "=Zoe Ferrywoman", "Dee Quayside"}} {
		ada.get("/protection/users?sort=level&dir="+dir).expectTexts(t, dir, "[data-testid=row] th a", want...)
	}
}

// Files hold the rows of the list. JSON has Graph's shape, and no cell of CSV is a formula.
func TestRiskyFiles(t *testing.T) {
	t.Parallel()
	h := riskyHouse(t)
	ada := h.as("ada")
	answer := ada.get("/protection/users.json?riskstate=atRisk")
	if name := answer.Header.Get("Content-Disposition"); !strings.Contains(name, "RiskyUsers_") || !strings.Contains(name, ".json") {
		t.Errorf("the file is %q", name)
	}
	const want = `[
{"id":"` + riskUser + `","isProcessing":true,"riskLevel":"high","riskState":"atRisk","riskDetail":"none","isDeleted":false,"riskLastUpdatedDateTime":"2026-11-28T03:20:00Z","userDisplayName":"Ada Lanternwright","userPrincipalName":"ada@tidewater-lantern.example"}
]
`
	if answer.body != want {
		t.Errorf("got %s, want %s", answer.body, want)
	}
	if body := ada.get("/protection/principals.json").body; !strings.Contains(body, `"displayName":"Quay Nightly Export","appId":"53000000-0000-4000-8000-000000000002","servicePrincipalType":"Application"`) {
		t.Errorf("principals: %s", body)
	}
	if body := ada.get("/protection/principals.json?kind=agents").body; !strings.Contains(body, `"riskLastModifiedDateTime":"2026-11-28T07:00:00Z","agentDisplayName":"Harbour Assistant"`) {
		t.Errorf("agents: %s", body)
	}
	if body := ada.get("/protection/users.json?riskstate=none").body; body != "[\n]\n" {
		t.Errorf("none: %q", body)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(ada.get("/protection/users.csv?sort=name").body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 5 || rows[1][1] != "'=Zoe Ferrywoman" || strings.Contains(strings.Join(rows[0], " "), "eleted") {
		t.Errorf("%v, %v", rows, err)
	}
}

// The page of a user: what is known, its sign-in with the detection under it, the history with its causes, and what came next.
func TestRiskyUserPage(t *testing.T) {
	t.Parallel()
	h := riskyHouse(t)
	for _, name := range []string{"ada", "oskar"} {
		page := h.as(name).get("/protection/users/" + riskUser + "?from=2026-11-15&to=2026-11-29").document(t)
		text := func(selector string) string { return wordsOf(page.Find(selector)) }
		for selector, want := range map[string]string{
			"h1": "Ada Lanternwright", "[data-testid=risk-level] dd": "High", "[data-testid=risk-state] dd": "At risk",
			"[data-testid=change]:nth-child(2) > *": "2026-11-22 10:00:00 UTC None Dismissed An administrator dismissed all risk of the user; by Olaf Keeper; because of Unfamiliar sign-in properties",
			"[data-testid=change]:nth-child(4) > *": "2026-11-20 10:00:00 UTC Low At risk because of Unfamiliar sign-in properties",
		} {
			if got := text(selector); got != want {
				t.Errorf("%s: %s is %q, want %q", name, selector, got, want)
			}
		}
		if got := text("aside dt, aside dd"); !strings.Contains(got, "Department Lamps") || strings.Contains(got, "eleted") {
			t.Errorf("%s: the facts are %q", name, got)
		}
		if got := page.Find("[data-testid=object-link]").AttrOr("href", ""); got != "/users/"+riskUser {
			t.Errorf("%s: the link to the user is %q", name, got)
		}
		under := page.Find("[data-signal=signin][data-id='" + riskSignIn + "'] [data-signal=detection]")
		if under.Length() != 1 || under.AttrOr("data-id", "") != riskOfAda || page.Find("[data-testid=loose]").AttrOr("data-value", "") != "0" {
			t.Errorf("%s: under the sign-in are %d detections: %s", name, under.Length(), text("[data-testid=signals]"))
		}
		if got := page.Find(".risk-signals > [data-signal=change]").Length(); got != 4 {
			t.Errorf("%s: %d changes", name, got)
		}
		if got := page.Find("[data-testid=moment]").AttrOr("data-value", ""); got != "2026-11-28T03:15:37Z" && got != "2026-11-28T03:15:37.008Z" {
			t.Errorf("%s: the first risky moment is %q", name, got)
		}
		each := h.as(name).get("/protection/users/" + riskUser + "?from=2026-11-15&to=2026-11-29&signals=each").document(t)
		if got := each.Find(".risk-signals > [data-signal=detection]").Length(); got != 1 {
			t.Errorf("%s: %d detections by themselves", name, got)
		}
		// And back.
		if got := h.as(name).get("/users/"+riskUser).document(t).Find("[data-testid=risk-link]").AttrOr("href", ""); got != "/protection/users/"+riskUser {
			t.Errorf("%s: the user's page leads to %q", name, got)
		}
	}
	if got := h.as("rita").get("/users/" + riskUser); strings.Contains(got.body, "risk-link") || strings.Contains(got.body, "/protection") {
		t.Error("a Reports Reader learns of the risk")
	}
	// Somebody without a state: the detection alone tells of her, and stands without a sign-in.
	alone := h.as("ada").get("/protection/users/" + riskZoe + "?from=2026-11-15&to=2026-11-29").document(t)
	if got := alone.Find("[data-testid=loose] [data-testid=detection]").Length(); got != 1 {
		t.Errorf("%d detections without a sign-in", got)
	}
	if got := h.as("ada").get("/protection/users/" + riskAdmin).document(t).Find("[data-testid=no-state]").Text(); !strings.Contains(got, "riskyUsers") {
		t.Errorf("a user without risk: %q", got)
	}
	// Nothing but the report knows Dee: there is no other page about her.
	const dee = "51000000-0000-4000-8000-00000000000d"
	if got := h.as("ada").get("/protection/users/" + dee).document(t); got.Find("h1").Text() != "Dee Quayside" || got.Find("[data-testid=object-link]").Length() != 0 {
		t.Errorf("of Dee: %q", got.Find("main").Text())
	}
	if got := h.as("ada").get("/users/" + dee).StatusCode; got != http.StatusNotFound {
		t.Errorf("the page of Dee: %d", got)
	}
	if got := h.as("ada").get("/protection/users/" + riskQuay).StatusCode; got != http.StatusNotFound {
		t.Errorf("a service principal as a user: %d", got)
	}
}

// The page of a service principal has its credentials and what it touched; that of an agent is found among the same.
func TestRiskyPrincipalPage(t *testing.T) {
	t.Parallel()
	ada := riskyHouse(t).as("ada")
	page := ada.get("/protection/principals/" + riskQuay + "?from=2026-11-15&to=2026-11-29").document(t)
	key := page.Find("[data-testid=keys] [data-testid=use]")
	if key.Length() != 1 || key.AttrOr("data-key", "") != "54000000-0000-4000-8000-000000000002" || !strings.Contains(key.Text(), "Named by a detection") {
		t.Errorf("the keys are %q", page.Find("[data-testid=keys]").Text())
	}
	if got := page.Find("[data-testid=resources] [data-testid=use] th").Text(); !strings.Contains(got, "Harbour Vault") {
		t.Errorf("it touched %q", got)
	}
	if got := page.Find("[data-testid=apart]").AttrOr("data-value", ""); got != "1" {
		t.Errorf("%q sign-ins are near a detection", got)
	}
	agent := ada.get("/protection/principals/" + riskHelper).document(t)
	if got := agent.Find("h1").Text(); got != "Harbour Assistant" {
		t.Errorf("the agent is %q", got)
	}
	ada.get("/protection/principals").expectTexts(t, "rows", "[data-testid=row] th a", "Quay Nightly Export")
	ada.get("/protection/principals?kind=agents").expectTexts(t, "rows", "[data-testid=row] th a", "Harbour Assistant")
}

// Without exports the page says which one is missing, and how to get it.
func TestNoRiskyUsersYet(t *testing.T) {
	t.Parallel()
	h := riskHouse(t)
	for path, want := range map[string]string{"/protection/users": "riskyUsers", "/protection/principals": "riskyServicePrincipals", "/protection/principals?kind=agents": "riskyAgents"} {
		page := h.as("reader").get(path).document(t)
		if text := page.Find(".empty").Text(); !strings.Contains(text, want) || !strings.Contains(text, "signpost import") {
			t.Errorf("%s says %q", path, text)
		}
	}
}

// Whoever has a scope sees the risk of their part alone: in lists, numbers, files and pages.
func TestRiskyUsersOfAScope(t *testing.T) {
	t.Parallel()
	h := riskyHouse(t)
	db := h.server.PastImports.(*datafolder.Folder)
	const group = "58000000-0000-4000-8000-000000000001"
	for name, text := range map[string]string{
		"groups.json":  `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#groups","value":[{"id":"` + group + `","displayName":"Lamp crew","securityEnabled":true}]}`,
		"members.json": `{"@odata.context":"https://graph.microsoft.com/v1.0/groups/` + group + `/members","value":[{"@odata.type":"#microsoft.graph.user","id":"` + riskUser + `","displayName":"Ada Lanternwright","userPrincipalName":"ada@tidewater-lantern.example"}]}`,
	} {
		if report, err := importer.New(db, importer.Options{}).Reader(t.Context(), name, strings.NewReader(text)); err != nil || report.RejectedTotal+report.Skipped > 0 {
			t.Fatalf("%s: %+v, %v", name, report, err)
		}
	}
	h.add("sam", auth.RoleSecurityReader)
	if err := h.accounts.SetScope(t.Context(), "sam", auth.Scope{Groups: []string{group}}); err != nil {
		t.Fatal(err)
	}
	sam := h.as("sam")
	page := sam.get("/protection/users?days=90")
	page.expectTexts(t, "rows", "[data-testid=row] th a", "Ada Lanternwright")
	if closed := page.document(t).Find("[data-testid=days] [data-turn=neutral]").AttrOr("data-count", ""); closed != "0" {
		t.Errorf("%s others closed in the days", closed)
	}
	for _, path := range []string{"/protection/users", "/protection/users?risk=hidden", "/protection/users.csv", "/protection/users.json", "/protection/principals", "/protection/principals.csv"} {
		if body := sam.get(path).body; strings.Contains(body, "Zoe") || strings.Contains(body, "Quay Nightly") {
			t.Errorf("%s tells of others", path)
		}
	}
	for path, want := range map[string]int{"/protection/users/" + riskUser: http.StatusOK, "/protection/users/" + riskZoe: http.StatusNotFound, "/protection/principals/" + riskQuay: http.StatusNotFound} {
		if got := sam.get(path).StatusCode; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
}

// The access log has the people of lists, files and pages.
func TestRiskyLooksAreRecorded(t *testing.T) {
	t.Parallel()
	h := riskyHouse(t)
	kept := &keptLooks{}
	h.server.Access = kept
	ada := h.as("ada")
	for path, want := range map[string]struct {
		action access.Action
		who    string
	}{
		"/protection/users?riskstate=atRisk":      {access.List, riskUser},
		"/protection/users.csv?riskstate=atRisk":  {access.Export, riskUser},
		"/protection/users/" + riskUser:           {access.Open, riskUser},
		"/protection/principals":                  {access.List, ""},
		"/protection/users.json?riskstate=paused": {access.Export, ""},
	} {
		*kept = keptLooks{}
		if got := ada.get(path).StatusCode; got != http.StatusOK || len(kept.records) != 1 {
			t.Fatalf("%s: %d, %d records", path, got, len(kept.records))
		}
		r := kept.records[0]
		who := ""
		if len(r.Subjects) > 0 {
			who = r.Subjects[0].ID
		}
		if r.Action != want.action || who != want.who || len(r.Subjects) > 1 {
			t.Errorf("%s: %+v", path, r)
		}
	}
}

// The page of a user records the sign-in that a detection names too: no record of it says that it is risky.
func TestANamedSignInIsRecorded(t *testing.T) {
	t.Parallel()
	h := riskyHouse(t)
	ada, kept := h.as("ada"), &keptLooks{}
	h.server.Access = kept
	page := ada.get("/protection/users/" + riskUser + "?from=2026-11-28T00:00:00Z&to=2026-11-28T06:00:00Z").document(t)
	if page.Find("[data-signal=signin][data-id='"+riskSignIn+"']").Length() != 1 || len(kept.records) != 1 {
		t.Fatalf("%d records", len(kept.records))
	}
	if rows := kept.records[0].Rows.N; rows != 3 {
		t.Errorf("%d rows are recorded: want the state, the sign-in and its detection", rows)
	}
}

// The control says what is wrong with an address, and nothing is dropped in silence.
func TestBadRiskyAddresses(t *testing.T) {
	t.Parallel()
	ada := riskyHouse(t).as("ada")
	for path, want := range map[string]string{
		"/protection/users?sort=age": "sort", "/protection/users?dir=up": "dir", "/protection/users?days=8": "days", "/protection/users?kind=agents": "kind", "/protection/users?colour=red": "colour",
		"/protection/users?after=x": "after", "/protection/users?limit=900": "limit", "/protection/users?range=ever": "range", "/protection/users?q=a&q=b": "q", "/protection/users?risk=" + strings.Repeat("x", 101): "risk",
		"/protection/users.csv?sort=age": "sort", "/protection/users/" + riskUser + "?since=noon": "since", "/protection/users/" + riskUser + "?signals=few": "signals", "/protection/users/" + riskUser + "?colour=red": "colour",
	} {
		if got := ada.get(path); got.StatusCode != http.StatusBadRequest || !strings.Contains(got.body, want) {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
	}
}

// What an address of the overview is of has a bound, and is text.
func TestBadSubjectsOfTheOverview(t *testing.T) {
	t.Parallel()
	ada := riskyHouse(t).as("ada")
	for path, want := range map[string]int{
		"list=place&country=PT&city=" + strings.Repeat("x", store.MaxValueLength):   http.StatusOK,
		"list=place&country=PT&city=" + strings.Repeat("x", store.MaxValueLength+1): http.StatusBadRequest,
		"list=place&country=%ff": http.StatusBadRequest,
		"list=technique&technique=" + strings.Repeat("T", store.MaxValueLength+1): http.StatusBadRequest,
	} {
		if got := ada.get("/protection?" + path); got.StatusCode != want || want != http.StatusOK && !strings.Contains(got.body, "is too long, or no text") {
			t.Errorf("%.40s: %d, want %d", path, got.StatusCode, want)
		}
	}
}
