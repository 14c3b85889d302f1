package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// riskyDays is the range of the story.
const riskyDays = "from=2026-11-20&to=2026-11-29"

// riskyLines are sign-ins with risk, and the detections about them.
func riskyLines() string {
	var b strings.Builder
	user := func(n int, category, state, level, more string) {
		fmt.Fprintf(&b, `{"time":"2026-11-2%dT01:31:00Z","category":"%s","tenantId":"e0000000-0000-4000-8000-000000000001","properties":{"id":"%s","createdDateTime":"2026-11-2%dT01:30:00Z","userId":"%s","userDisplayName":"Ada Lanternwright","userPrincipalName":"ada@tidewater-lantern.example","appId":"a1","appDisplayName":"Quay","ipAddress":"192.0.2.17","correlationId":"%s","riskState":"%s","riskLevelDuringSignIn":"%s","riskLevelAggregated":"%s"%s}}`+"\n",
			n, category, testID(n), n, riskUser, testID(100+n), state, level, level, more)
	}
	user(1, "SignInLogs", "atRisk", "high", `,"riskEventTypes_v2":["unfamiliarFeatures","newCountry"],"conditionalAccessStatus":"success","appliedConditionalAccessPolicies":[{"id":"p1","displayName":"Lantern risk policy","result":"success","enforcedGrantControls":["Mfa"],"conditionsSatisfied":33,"conditionsNotSatisfied":0}]`)
	user(2, "SignInLogs", "none", "low", "")
	user(3, "NonInteractiveUserSignInLogs", "dismissed", "none", "")
	user(4, "SignInLogs", "none", "hidden", "")
	user(5, "SignInLogs", "none", "none", "")
	principal := func(n int, clock, sp, key string) {
		fmt.Fprintf(&b, `{"time":"%s","category":"ServicePrincipalSignInLogs","tenantId":"e0000000-0000-4000-8000-000000000001","properties":{"id":"%s","createdDateTime":"%s","servicePrincipalId":"%s","servicePrincipalName":"Quay Nightly Export","servicePrincipalCredentialKeyId":"%s","appId":"%s","resourceDisplayName":"Store","resourceId":"r1","correlationId":"%s","riskState":"none","riskLevelDuringSignIn":"low","riskLevelAggregated":"low"}}`+"\n",
			clock, testID(n), clock, sp, key, testID(900), testID(100+n))
	}
	principal(11, "2026-11-24T10:00:00Z", riskQuay, "k1") // named
	principal(12, "2026-11-24T12:00:00Z", riskQuay, "k1") // near
	principal(13, "2026-11-24T12:30:00Z", riskQuay, "k2") // with another key
	principal(14, "2026-11-26T12:00:00Z", riskQuay, "k1") // too far
	principal(15, "2026-11-24T12:00:00Z", riskZoe, "k1")  // another service principal
	fmt.Fprintf(&b, `{"id":"%s","requestId":"%s","correlationId":"%s","riskEventType":"unfamiliarFeatures","riskState":"atRisk","riskLevel":"high","riskDetail":"none","detectionTimingType":"realtime","activity":"signin","activityDateTime":"2026-11-21T01:30:00Z","detectedDateTime":"2026-11-21T01:32:00Z","lastUpdatedDateTime":"2026-11-21T02:00:00Z","userId":"%s","userPrincipalName":"ada@tidewater-lantern.example","additionalInfo":"[{\"Key\":\"riskReasons\",\"Value\":[\"UnfamiliarASN\",\"TI_RI_0042\"]},{\"Key\":\"userAgent\",\"Value\":\"Lantern/7\"},{\"Key\":\"alertUrl\",\"Value\":\"https://alerts.example/17\"},{\"Key\":\"mitreTechniques\",\"Value\":\"T1078\"}]"}`+"\n", testID(801), testID(1), testID(101), riskUser)
	fmt.Fprintf(&b, `{"id":"%s","correlationId":"%s","riskEventType":"anomalousToken","riskState":"atRisk","riskLevel":"medium","activityDateTime":"2026-11-21T01:31:00Z","lastUpdatedDateTime":"2026-11-21T03:00:00Z","userId":"%s","userPrincipalName":"ada@tidewater-lantern.example"}`+"\n", testID(802), testID(101), riskUser)
	fmt.Fprintf(&b, `{"id":"%s","requestId":"%s","riskEventType":"suspiciousSignins","riskState":"atRisk","riskLevel":"high","activityDateTime":"2026-11-24T10:00:00Z","lastUpdatedDateTime":"2026-11-24T11:00:00Z","servicePrincipalId":"%s","servicePrincipalDisplayName":"Quay Nightly Export","keyIds":["k1"]}`+"\n", testID(803), testID(11), riskQuay)
	return b.String()
}

// riskySignInsHouse is a portal with that story.
func riskySignInsHouse(t *testing.T) *house {
	t.Helper()
	var db *datafolder.Folder
	h := newHouseIn(t, t.TempDir(), importer.Decoder(kinds.Catalog), func(c *Config) {
		db = c.Store.(*datafolder.Folder)
		c.Directory, c.PastImports, c.Imports = db, db, db
		c.Unread, c.Misread = importer.Unread(kinds.Catalog), importer.Misread(kinds.Catalog)
	})
	report, err := importer.New(db, importer.Options{}).Reader(t.Context(), "risky.json", strings.NewReader(riskyLines()))
	if err != nil || report.RejectedTotal+report.Skipped > 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	for name, role := range map[string]auth.Role{"ada": auth.RoleGlobalAdministrator, "olga": auth.RoleSecurityOperator, "rita": auth.RoleReportsReader} {
		h.add(name, role)
	}
	return h
}

// riskyPage is a page of a list.
type riskyPage struct{ answer }

func pageOfRisk(t *testing.T, r reply) riskyPage {
	t.Helper()
	page, err := goquery.NewDocumentFromReader(strings.NewReader(r.body))
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%d, %v", r.StatusCode, err)
	}
	return riskyPage{answer{page: page}}
}

// metrics are the numbers of a page.
func (p riskyPage) metrics() map[string]string {
	told := map[string]string{}
	numbers := p.hook("metric")
	for i := range numbers.Length() {
		told[numbers.Eq(i).AttrOr("data-name", "")] = numbers.Eq(i).AttrOr("data-value", "")
	}
	return told
}

// Lists, their numbers, the links into the logs and the files all have the same sign-ins.
func TestRiskySignInsOnPages(t *testing.T) {
	t.Parallel()
	v := riskySignInsHouse(t).as("ada")
	for _, c := range []struct {
		address string
		rows    []int
		numbers string
	}{
		{"/protection/signins?" + riskyDays, []int{3, 2, 1}, "map[hidden:1 level:1 risky:3 state:2]"},
		{"/protection/signins?by=state&" + riskyDays, []int{3, 1}, "map[hidden:1 level:1 risky:3 state:2]"},
		{"/protection/signins?by=hidden&" + riskyDays, []int{4}, "map[hidden:1 level:1 risky:3 state:2]"},
		{"/protection/signins?log=noninteractive&" + riskyDays, []int{3}, "map[hidden:0 level:0 risky:1 state:1]"},
		{"/protection/signins?riskstate=atRisk&riskevent=&" + riskyDays, []int{1}, "map[hidden:0 level:0 risky:1 state:1]"},
		{"/protection/signins?riskevent=newCountry&" + riskyDays, []int{1}, "map[hidden:0 level:0 risky:1 state:1]"},
		{"/protection/signins?riskstate=none&" + riskyDays, []int{2}, "map[hidden:1 level:1 risky:1 state:0]"},
		{"/protection/signins?riskstate.empty=yes&" + riskyDays, nil, "map[hidden:0 level:0 risky:0 state:0]"},
		{"/protection/principalsignins?" + riskyDays, []int{12, 11}, "map[all:2 named:1 near:1]"},
		{"/protection/principalsignins?by=near&sp=quay+nightly+export&" + riskyDays, []int{12}, "map[all:2 named:1 near:1]"},
		{"/protection/principalsignins?risk=low&" + riskyDays, nil, "map[all:0 named:0 near:0]"},
	} {
		page := pageOfRisk(t, v.get(c.address))
		var want []string
		for _, n := range c.rows {
			want = append(want, testID(n))
		}
		if got := page.ids("row"); !slices.Equal(got, want) {
			t.Errorf("%s lists %q, want %q", c.address, got, want)
		}
		if got := fmt.Sprint(page.metrics()); got != c.numbers {
			t.Errorf("%s counts %s, want %s", c.address, got, c.numbers)
		}
		if total := page.hook("total").AttrOr("data-value", ""); total != fmt.Sprint(len(want)) {
			t.Errorf("%s: the total is %s", c.address, total)
		}
		ways := page.page.Find(".risky-ways a")
		for i := range ways.Length() {
			href := ways.Eq(i).AttrOr("href", "")
			if total := pageOfRisk(t, v.get(href)).hook("total").AttrOr("data-value", "?"); total != ways.Eq(i).AttrOr("data-value", "") {
				t.Errorf("%s: %q leads to %s: %s", c.address, ways.Eq(i).Text(), total, href)
			}
		}
		path, query, _ := strings.Cut(c.address, "?")
		lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(v.get(path+".csv?"+query).body, "\ufeff"))).ReadAll()
		if err != nil || len(lines) != len(want)+1 {
			t.Fatalf("%s: the CSV file has %d lines: %v", c.address, len(lines), err)
		}
		var objects []map[string]any
		if err := json.Unmarshal([]byte(v.get(path+".json?"+query).body), &objects); err != nil || len(objects) != len(want) {
			t.Fatalf("%s: the JSON file has %d objects: %v", c.address, len(objects), err)
		}
		for i, id := range want {
			if lines[i+1][1] != id || objects[i]["id"] != id {
				t.Errorf("%s: row %d of the files is %s and %v, want %s", c.address, i, lines[i+1][1], objects[i]["id"], id)
			}
		}
	}
}

// The list and its files have the types that a sign-in itself names: without an export of detections nothing else tells them.
func TestTypesOfRiskySignIns(t *testing.T) {
	t.Parallel()
	v := riskySignInsHouse(t).as("ada")
	list := "?by=state&" + riskyDays
	if got := v.get("/protection/signins"+list).find(t, "[data-id='"+testID(1)+"'] .risky-found"); got != "Unfamiliar sign-in properties (high)New country" {
		t.Errorf("the list has %q", got)
	}
	if got := v.get("/protection/signins"+list+"&limit=1").document(t).Find("[data-testid=next]").AttrOr("href", ""); !strings.Contains(v.get(got).body, "New country") {
		t.Errorf("the second page has no type: %s", got)
	}
	var objects []map[string]any
	if err := json.Unmarshal([]byte(v.get("/protection/signins.json"+list).body), &objects); err != nil || len(objects) != 2 || objects[0]["riskEventTypes_v2"] != nil || fmt.Sprint(objects[1]["riskEventTypes_v2"]) != "[unfamiliarFeatures newCountry]" {
		t.Errorf("the JSON file has %v: %v", objects, err)
	}
	lines, err := csv.NewReader(strings.NewReader(v.get("/protection/signins.csv" + list).body)).ReadAll()
	if err != nil || len(lines) != 3 || lines[1][slices.Index(lines[0], "Detection types of the sign-in")] != "" || lines[2][slices.Index(lines[0], "Detection types of the sign-in")] != "unfamiliarFeatures; newCountry" {
		t.Errorf("the CSV file has %q: %v", lines, err)
	}
	if _, told := objects[0]["statusName"].(string); told || lines[1][slices.Index(lines[0], "Status")] != "" { // neither record tells a status
		t.Errorf("the files have the status %q and %q", objects[0]["statusName"], lines[1])
	}
}

// A detection mostly names the event at which Entra asked for more. It stands with the line of that event, in the list and in its files.
func TestDetectionsOfLines(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	var docs []string
	signIn := func(n int, clock string, code int, correlation string) {
		docs = append(docs, fmt.Sprintf(`{"time":"2026-11-23T%[1]sZ","category":"SignInLogs","tenantId":"t","properties":{"id":%[2]q,"createdDateTime":"2026-11-23T%[1]sZ","userId":%[3]q,"userPrincipalName":"ada@example.com","appId":%[4]q,"status":{"errorCode":%[5]d},"correlationId":%[6]q,"riskState":"remediated","riskLevelDuringSignIn":"low","riskEventTypes_v2":["newCountry"]}}`, clock, testID(n), scopeAda, payroll, code, correlation))
	}
	signIn(910, "07:10:00", 50076, testID(1910))
	signIn(911, "07:10:20", 0, testID(1910))
	signIn(912, "07:20:00", 50076, testID(1912)) // a line by itself
	docs = append(docs, fmt.Sprintf(`{"id":"9ee50f%058d","requestId":%q,"riskEventType":"unfamiliarFeatures","riskState":"remediated","riskLevel":"low","activityDateTime":"2026-11-23T07:10:00Z","lastUpdatedDateTime":"2026-11-23T07:11:00Z","userId":%q}`, 1, testID(910), scopeAda))
	h.read(t, docs...)
	v := h.as("olga")
	const list = "?from=2026-11-23T07:00:00Z&to=2026-11-23T08:00:00Z"
	page := pageOfRisk(t, v.get("/protection/signins"+list))
	if got, want := page.ids("row"), []string{testID(912), testID(911)}; !slices.Equal(got, want) {
		t.Fatalf("the list has %q, want %q", got, want)
	}
	found := page.page.Find(".risky-found")
	if got := []string{strings.TrimSpace(found.Eq(0).Text()), strings.TrimSpace(found.Eq(1).Text())}; got[0] != "New country" || got[1] != "Unfamiliar sign-in properties (low)New country" {
		t.Errorf("the list has the detections %q", got)
	}
	var objects []struct{ Detections []struct{ ID string } }
	if err := json.Unmarshal([]byte(v.get("/protection/signins.json"+list).body), &objects); err != nil || len(objects) != 2 || len(objects[0].Detections) != 0 || len(objects[1].Detections) != 1 {
		t.Errorf("the JSON file has %+v: %v", objects, err)
	}
}

// Pages go on where the page before ended. A bad address is answered 400, with what is wrong.
func TestRiskySignInsAreRead(t *testing.T) {
	t.Parallel()
	v := riskySignInsHouse(t).as("ada")
	var met []string
	for address := "/protection/signins?limit=1&" + riskyDays; address != "" && len(met) < 9; {
		a := pageOfRisk(t, v.get(address))
		met = append(met, a.ids("row")...)
		address = a.hook("next").AttrOr("href", "")
	}
	if want := []string{testID(3), testID(2), testID(1)}; !slices.Equal(met, want) {
		t.Errorf("the pages have %q, want %q", met, want)
	}
	for address, problem := range map[string]string{
		"/protection/signins?nosuch=1": "nosuch", "/protection/signins?by=near": "by=near", "/protection/signins?log=audit": "log=audit", "/protection/signins?after=x": "after=x",
		"/protection/signins?range=never": "range=never", "/protection/signins?limit=0": "limit=0", "/protection/signins?key=k1": "key=k1", "/protection/signins?by=state&by=level": "given more than once",
		"/protection/principalsignins?log=interactive": "log", "/protection/principalsignins?by=state": "by=state", "/protection/principalsignins?risksignin=low": "risksignin=low",
		"/protection/principalsignins.csv?by=state": "by=state", "/protection/signins.json?nosuch=1": "nosuch",
	} {
		if a := v.get(address); a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, problem) {
			t.Errorf("%s: %d, and it says %q: %v", address, a.StatusCode, problem, strings.Contains(a.body, problem))
		}
	}
}

// The Risk tab of a sign-in has its detections unpacked, and the policy that acted for those who may see it.
func TestRiskOfASignIn(t *testing.T) {
	t.Parallel()
	h := riskySignInsHouse(t)
	tab := "/logs/interactive/" + testID(1) + "?tab=risk"
	text := h.as("ada").get(tab).body
	for _, want := range []string{
		"Unfamiliar network (ASN)", "TI_RI_0042", "T1078", "Lantern/7", "https://alerts.example/17", "by its correlation ID", "Anomalous token", "Lantern risk policy", "State over time", "2026-11-21 02:00:00",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the tab has no %q", want)
		}
	}
	if strings.Contains(text, `href="https://alerts.example`) {
		t.Error("the address of the alert is a link")
	}
	if text := h.as("olga").get(tab).body; !strings.Contains(text, "https://alerts.example/17") || strings.Contains(text, "Lantern risk policy") || strings.Contains(text, "Policies that acted") {
		t.Error("a Security Operator sees no detection, or a policy")
	}
	rita := h.as("rita")
	if a := rita.get(tab); a.StatusCode != http.StatusForbidden {
		t.Errorf("a Reports Reader gets %d", a.StatusCode)
	}
	for _, address := range []string{"/logs/interactive/" + testID(1), "/logs/interactive/" + testID(1) + "?tab=all", "/logs/serviceprincipal/" + testID(11)} {
		if body := rita.get(address).body; strings.Contains(body, "tab=risk") || strings.Contains(body, "alerts.example") || strings.Contains(body, "/protection") {
			t.Errorf("%s tells a Reports Reader of detections", address)
		}
	}
	for n, listed := range map[int]string{11: "a detection names it", 12: "Near a detection", 14: "the risk fields of this log tell nothing"} {
		if body := h.as("ada").get("/logs/serviceprincipal/" + testID(n) + "?tab=risk").body; !strings.Contains(body, listed) {
			t.Errorf("sign-in %d does not say %q", n, listed)
		}
	}
}

// Each list and each file is in the access log, with the person in it. Service principals are nobody.
func TestRiskySignInsAreRecorded(t *testing.T) {
	t.Parallel()
	v := riskySignInsHouse(t).as("ada")
	for _, c := range []struct {
		address, action, words string
		rows                   int
	}{
		{"/protection/signins?", "list", "signins?", 3}, {"/protection/signins.csv?by=state&", "export", "by=state", 2}, {"/protection/principalsignins?", "list", "principalsignins?", 2},
	} {
		pageOfRisk(t, v.get(c.address+riskyDays))
		var looks []map[string]any
		body := v.get("/logs/access/export.json?" + lookedEver + "&action=" + c.action).body
		if err := json.Unmarshal([]byte(body), &looks); err != nil || len(looks) == 0 {
			t.Fatalf("%s: %v in %.300s", c.address, err, body)
		}
		at := slices.IndexFunc(looks, func(look map[string]any) bool { return strings.Contains(fmt.Sprint(look), c.words) })
		if at < 0 {
			t.Errorf("%s is not recorded", c.address)
			continue
		}
		text := fmt.Sprint(looks[at])
		if strings.Contains(text, riskUser) == strings.Contains(c.address, "principal") {
			t.Errorf("%s is recorded as %s", c.address, text)
		}
	}
}

// The pages of the lists say in one sentence what they hold. Their help has the rest of it.
func TestRiskySignInsAreDefinedInTheHelp(t *testing.T) {
	t.Parallel()
	ada := riskySignInsHouse(t).as("ada")
	help := ada.get("/help").document(t).Find("#detections").Text()
	for address, defined := range map[string][]string{
		"/protection/signins": {"risk state is other than none", "Hidden stands apart: without the premium licence records have that word in place of the level"},
		"/protection/principalsignins": {
			"risky where a detection names its request", "Their own risk fields tell nothing", "at most 24 hours before or after",
			"Where the detection names credentials, the sign-in must also have used one of them", "That is less, and is counted apart",
		},
	} {
		if got := ada.get(address).document(t).Find(".help-link").AttrOr("href", ""); got != "/help#detections" {
			t.Errorf("%s: the help is %q", address, got)
		}
		for _, words := range defined {
			if !strings.Contains(help, words) {
				t.Errorf("%s: the help does not say %q", address, words)
			}
		}
	}
}
