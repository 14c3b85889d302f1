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
	"signpost/web/ask"
)

// openHouse has open and closed sign-ins of Ada and Bob, a line of two events, and sign-ins of a service principal.
func openHouse(t *testing.T) triageHouse {
	t.Helper()
	h := newTriageHouse(t)
	var docs []string
	signIn := func(n int, category, user, state, level, correlation, clock string) {
		docs = append(docs, fmt.Sprintf(`{"time":"2026-11-23T%[1]sZ","category":%[2]q,"tenantId":"t","properties":{"id":%[3]q,"createdDateTime":"2026-11-23T%[1]sZ","userId":%[4]q,"userPrincipalName":%[5]q,"appId":%[6]q,"ipAddress":"192.0.2.9","status":{"errorCode":%[10]d},"correlationId":%[7]q,"riskState":%[8]q,"riskLevelDuringSignIn":%[9]q,"riskLevelAggregated":%[9]q}}`,
			clock, category, testID(n), user, map[string]string{scopeAda: "ada@example.com", scopeBob: "bob@example.com"}[user], payroll, correlation, state, level, map[bool]int{true: 50074}[n >= 910]))
	}
	signIn(901, "SignInLogs", scopeAda, "atRisk", "high", testID(1901), "07:01:00")
	signIn(902, "SignInLogs", scopeAda, "confirmedCompromised", "hidden", testID(1902), "07:02:00")
	signIn(903, "NonInteractiveUserSignInLogs", scopeAda, "atRisk", "low", testID(1903), "07:03:00")
	signIn(904, "SignInLogs", scopeBob, "atRisk", "medium", testID(1904), "07:04:00")
	signIn(905, "SignInLogs", scopeAda, "remediated", "high", testID(1905), "07:05:00")
	signIn(906, "SignInLogs", scopeAda, "none", "high", testID(1906), "07:06:00")
	signIn(910, "SignInLogs", scopeAda, "atRisk", "high", testID(1910), "07:10:00") // the first event of the line
	signIn(911, "SignInLogs", scopeAda, "atRisk", "high", testID(1910), "07:10:20")
	for n := 921; n <= 925; n++ {
		docs = append(docs, fmt.Sprintf(`{"time":"2026-11-23T07:%[1]d:00Z","category":"ServicePrincipalSignInLogs","tenantId":"t","properties":{"id":%[2]q,"createdDateTime":"2026-11-23T07:%[1]d:00Z","servicePrincipalId":%[3]q,"servicePrincipalName":"Quay","appId":%[4]q,"status":{"errorCode":0},"riskState":"none","riskLevelAggregated":"low"}}`, n-900, testID(n), triagePrincipal, foreignApp))
	}
	detection := func(n, names int, state, level string, minute int) {
		docs = append(docs, fmt.Sprintf(`{"id":"9ee50f%058d","riskEventType":"suspiciousSignins","riskState":%q,"riskLevel":%q,"activityDateTime":"2026-11-23T07:20:00Z","lastUpdatedDateTime":"2026-11-23T08:%02d:00Z","servicePrincipalId":%q,"servicePrincipalDisplayName":"Quay","appId":%q,"requestId":%q}`,
			n, state, level, minute, triagePrincipal, foreignApp, testID(names)))
	}
	detection(1, 921, "atRisk", "high", 1)
	detection(2, 922, "atRisk", "low", 1) // an older one is open
	detection(3, 922, "dismissed", "high", 2)
	detection(4, 923, "remediated", "high", 1)
	detection(5, 924, "confirmedCompromised", "high", 1) // and 925 is near one
	h.read(t, docs...)
	return h
}

// openIDs gives the sign-ins of a list, and checks that its number, its pages and its files have the same.
func (v *visitor) openIDs(t *testing.T, address string) (ids []string) {
	t.Helper()
	path, query, _ := strings.Cut(address, "?")
	of := func(page riskyPage) (ids []string) {
		for _, id := range page.ids("row") {
			ids = append(ids, strings.TrimLeft(id[:8], "0"))
		}
		return ids
	}
	page := pageOfRisk(t, v.get(address))
	ids = of(page)
	if total := page.hook("total").AttrOr("data-value", ""); total != fmt.Sprint(len(ids)) {
		t.Errorf("%s: the total is %s of %v", address, total, ids)
	}
	ways := page.page.Find(".risky-ways a")
	for i := range ways.Length() {
		href := ways.Eq(i).AttrOr("href", "")
		if total := pageOfRisk(t, v.get(href)).hook("total").AttrOr("data-value", "?"); total != ways.Eq(i).AttrOr("data-value", "") {
			t.Errorf("%s: %q leads to %s: %s", address, ways.Eq(i).Text(), total, href)
		}
	}
	var paged []string
	for next := address + "&limit=1"; next != "" && len(paged) < 20; {
		one := pageOfRisk(t, v.get(next))
		paged = append(paged, of(one)...)
		next = one.hook("next").AttrOr("href", "")
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(v.get(path+".csv?"+query).body, "\ufeff"))).ReadAll()
	var objects []map[string]any
	if more := json.Unmarshal([]byte(v.get(path+".json?"+query).body), &objects); err != nil || more != nil || len(lines) != len(ids)+1 || len(objects) != len(ids) || !slices.Equal(paged, ids) {
		t.Errorf("%s: the page has %v, the pages of one %v, the files %d and %d: %v, %v", address, ids, paged, len(lines)-1, len(objects), err, more)
	}
	return ids
}

// choices are the boxes of the rows of a list, by their sign-ins.
func (v *visitor) choices(t *testing.T, address string) map[string]string {
	t.Helper()
	of := map[string]string{}
	v.get(address).document(t).Find("[data-testid=row]").Each(func(_ int, row *goquery.Selection) {
		of[strings.TrimLeft(row.AttrOr("data-id", "")[:8], "0")] = row.Find("input[name=of]").AttrOr("value", "")
	})
	return of
}

// hexed are numbers as testID writes them.
func hexed(n ...int) (ids []string) {
	for _, n := range n {
		ids = append(ids, fmt.Sprintf("%x", n))
	}
	return ids
}

// The lists of risky sign-ins can be narrowed to those that are open here: verdicts, their undoing, newer states and scopes count.
func TestOpenRiskySignIns(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	h.limit("otto", []string{scopeGroup}, nil)
	olga, otto, reader := h.as("olga"), h.as("otto"), h.as("reader")
	const list = "/protection/signins?range=7d"
	expect := func(what string, v *visitor, address string, want ...int) {
		t.Helper()
		if got := v.openIDs(t, address+"&open=yes"); !slices.Equal(got, hexed(want...)) {
			t.Errorf("%s: %v, want %v", what, got, hexed(want...))
		}
	}
	expect("before any verdict", olga, list, 911, 904, 903, 902, 901)
	expect("of the scope", otto, list, 911, 903, 902, 901)
	expect("of one log", olga, list+"&log=noninteractive", 903)
	expect("of hidden levels", olga, list+"&by=hidden", 902)
	expect("by level alone", olga, list+"&by=level")
	expect("of one state", olga, list+"&riskstate=confirmedCompromised", 902)
	expect("of a state and one that is never open", olga, list+"&riskstate=atRisk&riskstate=remediated&risksignin=low", 903)
	expect("not of one request", olga, list+"&request.not="+testID(901), 911, 904, 903, 902)

	of := olga.choices(t, list)
	done := func(v *visitor, do string, ids ...int) {
		t.Helper()
		var chosen []string
		for _, id := range hexed(ids...) {
			chosen = append(chosen, of[id])
		}
		for id, outcome := range v.outcomes(t, v.triage(do, chosen, "confirmed", "yes")) {
			if outcome != "done" {
				t.Errorf("%s of %s is %s", do, id, outcome)
			}
		}
	}
	done(olga, "safe", 901, 904, 911)
	expect("after three verdicts", olga, list, 903, 902)
	expect("in the scope after three verdicts", otto, list, 903, 902)
	expect("for a reader", reader, list, 903, 902)
	if got := pageOfRisk(t, olga.get(list)).hook("total").AttrOr("data-value", ""); got != "7" {
		t.Errorf("the list of all has %s sign-ins, want 7: verdicts change nothing there", got)
	}
	of = olga.choices(t, list)
	done(olga, "undo", 901)
	expect("after one was undone", olga, list, 903, 902, 901)
	of = olga.choices(t, list)
	done(olga, "compromised", 903)
	expect("after a verdict that confirms", olga, list, 902, 901)

	// The line has a new event, with a new name and the same state: the verdict holds. With another state it is open again.
	line := func(n int, state, clock string) string {
		return fmt.Sprintf(`{"time":"2026-11-23T%[1]sZ","category":"SignInLogs","tenantId":"t","properties":{"id":%[2]q,"createdDateTime":"2026-11-23T%[1]sZ","userId":%[3]q,"userPrincipalName":"ada@example.com","appId":%[4]q,"ipAddress":"192.0.2.9","status":{"errorCode":50074},"correlationId":%[5]q,"riskState":%[6]q,"riskLevelDuringSignIn":"high","riskLevelAggregated":"high"}}`,
			clock, testID(n), scopeAda, payroll, testID(1910), state)
	}
	h.read(t, line(912, "atRisk", "07:10:40"))
	expect("with another event of the line", olga, list, 902, 901)
	h.read(t, line(913, "confirmedCompromised", "07:10:50"))
	if got := olga.openIDs(t, list+"&open=yes"); !slices.Equal(got, hexed(913, 902, 901)) {
		t.Errorf("with another state of the line: %v", got)
	}
}

// A sign-in of a service principal is open by the detection that tells of it, whichever detections the list asks for.
func TestOpenRiskySignInsOfPrincipals(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	h.limit("otto", nil, []string{foreignApp})
	olga, otto := h.as("olga"), h.as("otto")
	const list = "/protection/principalsignins?range=7d"
	expect := func(what string, v *visitor, address string, want ...int) {
		t.Helper()
		if got := v.openIDs(t, address+"&open=yes"); !slices.Equal(got, hexed(want...)) {
			t.Errorf("%s: %v, want %v", what, got, hexed(want...))
		}
	}
	for who, v := range map[string]*visitor{"olga": olga, "otto": otto} {
		expect("before any verdict, for "+who, v, list, 924, 922, 921)
		expect("near a detection, for "+who, v, list+"&by=near")
		expect("named by detections of a level, for "+who, v, list+"&risk=low", 922)
		expect("named by detections of a type, for "+who, v, list+"&riskevent=suspiciousSignins", 924, 922, 921)
		expect("of one service principal, for "+who, v, list+"&sp=quay", 924, 922, 921)
	}
	of := olga.choices(t, list)
	olga.outcomes(t, olga.triage("dismissed", []string{of[hexed(922)[0]], of[hexed(924)[0]]}, "confirmed", "yes"))
	for who, v := range map[string]*visitor{"olga": olga, "otto": otto} {
		expect("after two verdicts, for "+who, v, list, 921)
		expect("named by the closed detection, for "+who, v, list+"&risk=high", 921)
	}
	of = olga.choices(t, list)
	olga.outcomes(t, olga.triage("undo", []string{of[hexed(924)[0]]}, "confirmed", "yes"))
	expect("after one was undone", olga, list, 924, 921)
	h.read(t, fmt.Sprintf(`{"id":"9ee50f%058d","riskEventType":"suspiciousSignins","riskState":"atRisk","riskLevel":"high","activityDateTime":"2026-11-23T07:20:00Z","lastUpdatedDateTime":"2026-11-23T09:00:00Z","servicePrincipalId":%q,"appId":%q,"requestId":%q}`, 9, triagePrincipal, foreignApp, testID(922)))
	expect("after a newer detection", olga, list, 924, 922, 921)
}

// Where more verdicts hold than an address can name, the list says that the log cannot have it. Its number stays exact.
func TestOpenRiskySignInsWithManyVerdicts(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	olga := h.as("olga")
	var docs, of []string
	for n := range 70 {
		docs = append(docs, fmt.Sprintf(`{"time":"2026-11-23T05:%02[1]d:00Z","category":"NonInteractiveUserSignInLogs","tenantId":"t","properties":{"id":%[2]q,"createdDateTime":"2026-11-23T05:%02[1]d:00Z","userId":%[3]q,"appId":%[4]q,"status":{"errorCode":0},"riskState":"atRisk","riskLevelDuringSignIn":"high"}}`, n%60, testID(4000+n), scopeAda, payroll))
		of = append(of, ask.TriageChoice{Of: auth.TriageObject{Kind: auth.TriageSignIn, Log: "noninteractive", ID: testID(4000 + n)}, Print: auth.ImportedRisk{State: "atRisk", Level: "high"}.Print()}.String())
	}
	h.read(t, docs...)
	olga.outcomes(t, olga.triage("dismissed", of, "confirmed", "yes"))
	if got, want := olga.openIDs(t, "/protection/signins?range=7d&open=yes"), hexed(911, 904, 903, 902, 901); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	page := olga.get("/protection/signins?range=7d&open=yes")
	if page.document(t).Find(".risky-ways").Length() > 0 || !strings.Contains(page.body, "no filter for the verdicts") {
		t.Error("the list leads to the log, which has others")
	}
	if page.document(t).Find("[aria-label=Triage] a[data-value=open][aria-current]").Length() != 1 || !strings.Contains(page.find(t, "[data-testid=open-text]"), "no verdict of this portal answers it") {
		t.Error("the list does not say that it has open sign-ins alone")
	}
	if got := page.document(t).Find("form.risky-filter input[name=open]").AttrOr("value", ""); got != "yes" {
		t.Errorf("the form has open=%q", got)
	}
}

func TestBadAddressesOfOpenSignIns(t *testing.T) {
	t.Parallel()
	v := openHouse(t).as("olga")
	for address, problem := range map[string]string{
		"signins?open=no": "knows one value", "signins?open=yes&open=yes": "given more than once", "signins?open=yes&riskstate=remediated": "Choose one of them, or no state", "signins.csv?open=yes&riskstate.empty=yes": "Choose one of them",
		"signins?open=yes&riskstate.not=atRisk&riskstate.not=confirmedCompromised": "Choose one of them", "principalsignins?open=yes&riskstate=dismissed": "Choose one of them", "principalsignins.json?open=1": "knows one value",
	} {
		if got := v.get("/protection/" + address); got.StatusCode != http.StatusBadRequest || !strings.Contains(got.body, problem) {
			t.Errorf("%s: %d, and it says %q: %v", address, got.StatusCode, problem, strings.Contains(got.body, problem))
		}
	}
	for _, address := range []string{"signins?open=", "signins?open=yes&riskstate=atRisk&riskstate=remediated", "principalsignins?open=yes&riskstate=atRisk", "principalsignins?open=yes&riskstate.not=dismissed"} {
		v.get("/protection/"+address).expect(t, address, http.StatusOK, "")
	}
}
