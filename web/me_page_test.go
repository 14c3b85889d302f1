package web

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/web/ask"
)

// traveller is Ada's month: weeks of sign-ins from Oslo, and last night one from Suva with declined requests before it.
func traveller() *fakeStore {
	var list []store.SignIn
	start := pageNow.Add(-20 * 24 * time.Hour)
	for i := range 40 {
		s := interactiveSignIn(100+i, start.Add(time.Duration(i)*12*time.Hour))
		s.Coordinates = store.Coordinates{Latitude: 59.91, Longitude: 10.74, Set: true}
		list = append(list, s)
	}
	away := interactiveSignIn(200, pageNow.Add(-3*time.Hour))
	away.City, away.State, away.CountryOrRegion, away.IPAddress = "Suva", "Central", "FJ", "203.0.113.90"
	away.Coordinates = store.Coordinates{Latitude: -18.14, Longitude: 178.44, Set: true}
	away.Browser, away.AppDisplayName, away.ErrorCode = "Chrome 119.0.0", "OfficeHome", store.IntOf(500121)
	away.AdditionalDetails = "MFA denied; user declined the authentication"
	return newFakeStore(append(list, away)...)
}

func TestMeMarksWhatIsUnusual(t *testing.T) {
	p := newPortalOf(t, traveller(), ada)
	a := p.get("/me")
	row := a.page.Find(`li[data-id="` + testID(200) + `"]`)
	marks := squeeze(row.Find(".me-marks").Text())
	for _, want := range []string{
		"Declined request. Somebody knew the password", "First sign-in from Fiji.", "First sign-in with this browser. None of your earlier successful sign-ins used Chrome 119.0.0",
		"Too far away in too short a time. You signed in from Oslo, Norway at", "15,", "km away",
	} {
		if !strings.Contains(marks, want) {
			t.Errorf("the marks read %q, want %q in them", marks, want)
		}
	}
	if got := squeeze(row.Find(".card-reason").Text()); !strings.HasPrefix(got, "The password was right. The request to approve the sign-in was declined.") {
		t.Errorf("the reason reads %q", got)
	}
	if got := row.Find("form[method=post]").Length(); got != 0 || !strings.Contains(row.Text(), "Answer at the top") {
		t.Errorf("%d forms beside it, want none: the question is at the top", got)
	}
	if got := a.page.Find(".me-marks").Length(); got != 1 {
		t.Errorf("%d sign-ins are marked, want one", got)
	}
	if got := a.hook("unusual").AttrOr("data-value", ""); got != "1" {
		t.Errorf("unusual: got %q, want 1", got)
	}
	if got := p.get("/me?show=unusual").ids("row"); !slices.Equal(got, []string{testID(200)}) {
		t.Errorf("unusual ones only: got %q", got)
	}
	if got := a.texts(".me-last dd"); len(got) != 2 || !strings.Contains(got[0], "Travel Desk Oslo, Norway") || !strings.Contains(got[1], "OfficeHome Suva, Central, Fiji We ask about this one above.") {
		t.Errorf("last sign-ins: got %q", got)
	}
	if got := a.page.Find(".world-part").First().AttrOr("aria-label", ""); got != "Map with a marker at Suva, Central, Fiji and at Oslo, Norway" {
		t.Errorf("map: got %q", got)
	}
}

// A mark does not depend on the page's filter or on the limits of its pages.
func TestMarksAreTheSameOnEveryPage(t *testing.T) {
	p := newPortalOf(t, traveller(), ada)
	for _, query := range []string{"?limit=1", "?q=suva", "?status=failure", "?range=24h", "?app=OfficeHome", "?place=Suva,+Central,+FJ", "?q=fiji+chrome"} {
		a := p.get("/me" + query)
		if got := a.page.Find(`[data-id="` + testID(200) + `"] .me-marks li`).Length(); got != 4 {
			t.Errorf("%s: %d marks, want 4", query, got)
		}
	}
	if got := p.get("/me/" + testID(200)).page.Find(".me-marks li").Length(); got != 4 {
		t.Errorf("details: %d marks, want 4", got)
	}
}

func TestMeSearchesAllThatIsShown(t *testing.T) {
	p := newPortalOf(t, people(), ada)
	for query, want := range map[string][]string{
		"q=travel+DESK":                 {testID(10), testID(11), testID(12)},
		"q=wrong+password":              {testID(11)},
		"q=unsuccessful":                {testID(11)},
		"q=background":                  {testID(12)},
		"q=192.0.2.7+oslo+norway":       {testID(10), testID(11), testID(12)},
		"q=edge+windows":                {testID(10), testID(11), testID(12)},
		"q=12:00:00":                    {testID(10)},
		"q=monday":                      {testID(10), testID(11), testID(12)},
		"q=mail":                        {testID(12)},
		"q=nightly":                     nil,
		"q=bob":                         nil,
		"q=atRisk":                      nil,
		"q=policy":                      nil,
		"q=warehouse":                   nil,
		"status=failure":                {testID(11)},
		"status=success&kind=you":       {testID(10)},
		"kind=background":               {testID(12)},
		"app=travel+desk":               {testID(10), testID(11), testID(12)},
		"app=Travel":                    nil,
		"place=Oslo,+NO&status=failure": {testID(11)},
		"device=Windows+11":             {testID(10), testID(11), testID(12)},
		"device=Linux":                  nil,
		"show=unusual":                  nil,
	} {
		a := p.get("/me?" + query)
		if got := a.ids("row"); a.Code != http.StatusOK || len(got) != len(want) || len(got) > 0 && !slices.Equal(got, want) {
			t.Errorf("%s: status %d and %q, want %q", query, a.Code, got, want)
		}
		if len(want) == 0 && a.page.Find(".empty").Length() != 1 {
			t.Errorf("%s: the page does not say why it is empty", query)
		}
		if got := a.hook("total").AttrOr("data-value", ""); got != strconv.Itoa(len(want)) {
			t.Errorf("%s: total %q, want %d", query, got, len(want))
		}
	}
}

func TestMeRefusesWhatItDoesNotKnow(t *testing.T) {
	p := newPortalOf(t, people(), ada)
	for query, control := range map[string]string{
		"status=good": ".me-selects label", "kind=app": ".me-selects label", "show=all": ".me-selects", "q=" + strings.Repeat("x", 201): ".me-filters",
		"q=a&q=b": ".me-filters", "q=%01": ".me-filters", "app=a&app=b": ".me-selects label", "ca=success": ".me", "range=9d": ".me-filters",
	} {
		a := p.get("/me?" + query)
		if a.Code != http.StatusBadRequest || a.hook("row").Length() != 0 || a.page.Find(control+` [data-testid="error"]`).Length() != 1 {
			t.Errorf("%.40s: status %d, %d rows, %d messages in %s, want 400, none and one", query, a.Code, a.hook("row").Length(),
				a.page.Find(control+` [data-testid="error"]`).Length(), control)
		}
		if got := p.get("/me/export.csv?" + query).Code; got != http.StatusBadRequest {
			t.Errorf("export with %.40s: status %d, want 400", query, got)
		}
	}
	if got := p.get("/me/export.json?limit=3").Code; got != http.StatusBadRequest {
		t.Errorf("a page of a download: status %d, want 400", got)
	}
}

// The page says how far it looked. A download that would lack the rest is refused.
func TestMeSaysWhereItStoppedLooking(t *testing.T) {
	t.Parallel()
	var list []store.SignIn
	for i := range ask.MaxOwn + 10 {
		s := refresh(i, pageNow.Add(-time.Duration(i)*time.Minute-time.Hour), "r")
		list = append(list, s)
	}
	p := newPortalOf(t, newFakeStore(list...), ada)
	a := p.get("/me?limit=1")
	if got := a.hook("total"); got.AttrOr("data-value", "") != "10000" || got.AttrOr("data-complete", "") != "false" {
		t.Errorf("total: %q, complete %q", got.AttrOr("data-value", ""), got.AttrOr("data-complete", ""))
	}
	note := a.page.Find(".me-summary .note")
	if got := squeeze(note.Text()); !strings.Contains(got, "newest 10,000 sign-ins, back to 2026-11-16") {
		t.Errorf("the page says %q", got)
	}
	older := p.get(note.Find("a").AttrOr("href", ""))
	if got := older.hook("total").AttrOr("data-value", ""); got != "10" {
		t.Errorf("the older ones: got %q, want 10", got)
	}
	day := p.get("/me?range=24h&limit=1")
	if got := squeeze(day.page.Find(".me-summary .note").Text()); !strings.HasPrefix(got, "Only your newest 10,000 sign-ins were checked for anything unusual, back to 2026-11-16") {
		t.Errorf("a day, all of which was looked at: the page says %q", got)
	}
	if got := older.page.Find(".me-summary .note"); got.Length() != 0 {
		t.Errorf("where everything was looked at the page says %q", squeeze(got.Text()))
	}
	refused := p.get("/me/export.csv")
	if refused.Code != http.StatusBadRequest || !strings.Contains(refused.Body.String(), "more than 10,000 sign-ins") {
		t.Errorf("download: status %d, %q", refused.Code, refused.Body)
	}
}

func TestMeDownloads(t *testing.T) {
	f := people()
	formula := interactiveSignIn(13, at("08:00:00"))
	formula.AppDisplayName, formula.ErrorCode = "=HYPERLINK(1)", store.IntOf(50074)
	f.records = append(f.records, newFakeStore(formula).records...)
	p := newPortalOf(t, f, ada)
	a := p.get("/me/export.csv?q=desk")
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.Body.String(), "\ufeff"))).ReadAll()
	if err != nil || len(lines) != 4 || lines[1][1] != testID(10) || lines[2][3] != "The user name or password was wrong." {
		t.Errorf("csv: %q, %v", lines, err)
	}
	if got := a.Header().Get("Content-Disposition"); got != `attachment; filename="MySignIns_2026-10-24_2026-11-23.csv"` {
		t.Errorf("named %s", got)
	}
	if got := p.get("/me/export.csv?status=interrupted").Body.String(); !strings.Contains(got, ",'=HYPERLINK(1),") {
		t.Errorf("a formula is exported as %q", got)
	}
	var list []map[string]any
	if err := json.Unmarshal(p.get("/me/export.json").Body.Bytes(), &list); err != nil || len(list) != 4 {
		t.Errorf("json: %d elements, %v", len(list), err)
	}
	for _, element := range list {
		for key := range element {
			if lower := strings.ToLower(key); strings.Contains(lower, "risk") || strings.Contains(lower, "conditional") {
				t.Errorf("the file has %q", key)
			}
		}
	}
	if got := p.get("/me/export.json?q=nothing-like-that").Body.String(); got != "[]\n" {
		t.Errorf("nothing: %q", got)
	}
	nobody := newPortalOf(t, f, auth.Account{ID: 1, Name: "kim", Roles: []auth.Role{auth.RoleUser}})
	if got := nobody.get("/me/export.json"); got.Code != http.StatusOK || got.Body.String() != "[]\n" {
		t.Errorf("of nobody: %d, %q", got.Code, got.Body)
	}
}

// answersHouse is a house over Ada's month, with Ada, an administrator and a reader in it.
func answersHouse(t *testing.T) (h *house, adaAt, rootAt, bobAt *visitor) {
	t.Helper()
	return answersHouseOf(t, traveller())
}

// answersHouseOf is answersHouse over another store.
func answersHouseOf(t *testing.T, of *fakeStore) (h *house, adaAt, rootAt, bobAt *visitor) {
	t.Helper()
	h = newHouse(t, func(c *Config) { c.Store = of })
	h.wait(pageNow.Sub(h.clock()))
	for _, a := range []auth.NewAccount{
		{Name: "ada", UserPrincipalName: "ADA@example.com", Roles: []auth.Role{auth.RoleUser}},
		{Name: "bob", UserPrincipalName: "bob@example.com", Roles: []auth.Role{auth.RoleGlobalReader}},
		{Name: "root", Roles: []auth.Role{auth.RoleGlobalAdministrator}},
	} {
		a.Password = housePassword
		if _, err := h.accounts.Add(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	visit := func(name string) *visitor {
		v := h.visitor()
		v.signIn(name).expect(t, name+" signs in", http.StatusSeeOther, "/")
		return v
	}
	return h, visit("ada"), visit("root"), visit("bob")
}

func (v *visitor) say(id string, fields ...string) reply {
	v.t.Helper()
	f := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		f.Set(fields[i], fields[i+1])
	}
	return v.send(http.MethodPost, "/me/"+id, f)
}

func TestReportGoesToTheQueueAndBack(t *testing.T) {
	_, adaAt, rootAt, bobAt := answersHouse(t)
	id := testID(200)
	for address, want := range map[string]string{"/protection/reported": "No reports yet", "/protection/reported?state=confirmed": "No such reports"} {
		if got := rootAt.get(address).body; !strings.Contains(got, want) || strings.Contains(got, "other tabs") != strings.Contains(address, "=") {
			t.Errorf("%s: an empty queue does not read %q, or leads to other tabs without need", address, want)
		}
	}
	adaAt.say(id, "do", "notmine", "comment", " I was <asleep> ").expect(t, "report", http.StatusSeeOther, "/me/"+id)
	page := adaAt.get("/me/" + id)
	for selector, want := range map[string]string{
		`[data-testid="steps"]`: "Change your password now.", ".me-said": "You reported that this wasn't you.", ".me-comment": "I was <asleep>",
	} {
		if got := page.find(t, selector); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", selector, got, want)
		}
	}
	queue := rootAt.get("/protection/reported?state=open")
	for _, want := range []string{"ada@example.com", "I was <asleep>", "Unsuccessful sign-in. The password was right.", "Suva, Central, Fiji", "First sign-in from Fiji.", "Too far away"} {
		if got := queue.find(t, `[data-testid="report"]`); !strings.Contains(got, want) {
			t.Errorf("the queue reads %q, want %q in it", got, want)
		}
	}
	if got := queue.find(t, `[data-testid="open-reports"]`); got != "1 open report" {
		t.Errorf("open in the navigation: got %q, want 1", got)
	}
	bobAt.get("/protection/reported").expect(t, "the queue for a reader", http.StatusForbidden, "")
	bobAt.send(http.MethodPost, "/reported/1", url.Values{"do": {"confirmed"}, "was": {"open"}}).expect(t, "a reader decides", http.StatusForbidden, "")
	adaAt.say(id, "do", "takeback").expect(t, "taken back", http.StatusSeeOther, "/me/"+id)
	if got := rootAt.get("/protection/reported?state=takenback").find(t, ".report-state"); got != "Withdrawn" {
		t.Errorf("after it was taken back: got %q", got)
	}
	adaAt.say(id, "do", "notmine").expect(t, "again", http.StatusSeeOther, "/me/"+id)
	decide := func(fields ...string) reply {
		f := url.Values{}
		for i := 0; i < len(fields); i += 2 {
			f.Set(fields[i], fields[i+1])
		}
		return rootAt.send(http.MethodPost, "/reported/1", f)
	}
	if got := decide("do", "confirmed", "was", "takenback"); got.StatusCode != http.StatusConflict || !strings.Contains(got.body, "Somebody else has changed this report") {
		t.Errorf("on an old page: status %d", got.StatusCode)
	}
	if got := decide("do", "confirmed", "was", "open", "note", strings.Repeat("x", 1001), "next", "/protection/reported?state=open"); got.StatusCode != http.StatusBadRequest ||
		!strings.Contains(got.find(t, ".report-decide"), "longer than 1,000 characters") {
		t.Errorf("a long note: status %d", got.StatusCode)
	}
	decide("do", "eat").expect(t, "no decision", http.StatusBadRequest, "")
	decide("do", "confirmed", "was", "open", "note", "sessions ended", "next", "/protection/reported?state=open").expect(t, "confirmed", http.StatusSeeOther, "/protection/reported?state=open")
	if got := rootAt.get("/protection/reported?state=confirmed").find(t, ".report"); !strings.Contains(got, "Confirmed by root, 2026-11-23 14:30:20 UTCsessions ended") {
		t.Errorf("who and when: got %q", got)
	}
	if got := adaAt.say(id, "do", "takeback"); got.StatusCode != http.StatusBadRequest || !strings.Contains(got.body, "An administrator has looked at your report already") {
		t.Errorf("taken back when settled: status %d", got.StatusCode)
	}
	if got := adaAt.get("/me/"+id).find(t, ".me-said"); !strings.Contains(got, "An administrator confirmed that it was somebody else.") {
		t.Errorf("the person reads %q", got)
	}
	rootAt.send(http.MethodPost, "/reported/99", url.Values{"do": {"confirmed"}, "was": {"open"}}).expect(t, "no such report", http.StatusNotFound, "")
}

func TestAnswersAreOnesOwn(t *testing.T) {
	h, adaAt, _, bobAt := answersHouse(t)
	id := testID(200)
	unknown := bobAt.say(testID(99), "do", "mine")
	got := bobAt.say(id, "do", "mine")
	if got.StatusCode != http.StatusNotFound || got.body != unknown.body {
		t.Errorf("somebody else's: status %d, and other bytes than an unknown id", got.StatusCode)
	}
	adaAt.say(id, "do", "nothing").expect(t, "no answer", http.StatusBadRequest, "")
	if got := adaAt.say(id, "do", "notmine", "comment", strings.Repeat("x", 1001)); got.StatusCode != http.StatusBadRequest ||
		!strings.Contains(got.find(t, ".me-report"), "longer than 1,000 characters") {
		t.Errorf("a long comment: status %d", got.StatusCode)
	}
	adaAt.send(http.MethodPost, "/me/"+id, url.Values{"do": {"mine"}}, "Sec-Fetch-Site", "cross-site").expect(t, "from another site", http.StatusForbidden, "")
	if n, err := h.people.CountOpenReports(t.Context(), auth.ReportsOf{}); err != nil || n != 0 {
		t.Errorf("open: got %d, %v, want none so far", n, err)
	}
	adaAt.say(id, "do", "mine", "next", "/me?show=unusual").expect(t, "it was me", http.StatusSeeOther, "/me?show=unusual")
	if got := adaAt.get("/me?show=unusual").find(t, ".empty h2"); got != "None of your sign-ins match these filters" {
		t.Errorf("what was mine is unusual no more: %q", got)
	}
	adaAt.say(id, "do", "mine", "next", "//evil.example").expect(t, "lead elsewhere", http.StatusSeeOther, "/me/"+id)
	adaAt.say(id, "do", "takeback").expect(t, "taken back", http.StatusSeeOther, "/me/"+id)
	if got := adaAt.get("/me?show=unusual").find(t, `[data-testid="total"]`); !strings.HasPrefix(got, "1 of") {
		t.Errorf("unusual again: %q", got)
	}
}

func TestReportedRefusesWhatItDoesNotKnow(t *testing.T) {
	_, _, rootAt, _ := answersHouse(t)
	for _, query := range []string{"state=lost", "after=x", "before=0", "after=1&before=2", "state=open&state=open", "limit=9", "nothing=1"} {
		got := rootAt.get("/protection/reported?" + query)
		if got.StatusCode != http.StatusBadRequest || got.find(t, `[data-testid="error"]`) == "" {
			t.Errorf("%s: status %d", query, got.StatusCode)
		}
	}
	if got := rootAt.get("/protection/reported").find(t, ".empty"); got == "" {
		t.Error("an empty queue says nothing")
	}
}
