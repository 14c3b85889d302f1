package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/activity"
	"signpost/views"
)

// storyOfKai is a sign-in of Kai and what follows it in each log. One user and one address are in the activity log alone.
const (
	kaisSignIn = "00000001-0000-4000-8000-000000000001"
	userZoe    = "0b0b0b0b-0000-4000-8000-00000000000c"
	storyOfKai = `{"time":"2026-11-22T09:00:00Z","category":"SignInLogs","tenantId":"t1","properties":{"id":"` + kaisSignIn + `","createdDateTime":"2026-11-22T09:00:00Z","userId":"` + userKai + `","userDisplayName":"Kai Moorings","userPrincipalName":"kai@example.com","appId":"a1","appDisplayName":"Quay","ipAddress":"192.0.2.4","sessionId":"` + sessionOfKai + `","correlationId":"0d0d0d0d-0000-4000-8000-000000000001","status":{"errorCode":0}}}
{"time":"2026-11-22T09:30:00Z","category":"AuditLogs","tenantId":"t1","properties":{"id":"Directory_1_AB_1","activityDateTime":"2026-11-22T09:30:00Z","activityDisplayName":"Update user","correlationId":"0d0d0d0d-0000-4000-8000-000000000001","category":"UserManagement","loggedByService":"Core Directory","result":"success","initiatedBy":{"user":{"id":"` + userKai + `","displayName":"Kai Moorings","userPrincipalName":"kai@example.com"}},"targetResources":[{"id":"` + userAda + `","displayName":"Ada","type":"User"}]}}
{"CreationTime":"2026-11-22T10:00:00","Id":"00000009-0000-4000-8000-000000000011","Operation":"HardDelete","RecordType":2,"Workload":"Exchange","SessionId":"` + sessionOfKai + `","UserId":"kai@example.com","UserKey":"` + userKai + `","ClientIP":"192.0.2.4","InterSystemsId":"0d0d0d0d-0000-4000-8000-000000000001"}
{"CreationTime":"2026-11-22T10:01:00","Id":"00000009-0000-4000-8000-000000000012","Operation":"MailItemsAccessed","RecordType":50,"Workload":"Exchange","UserId":"zoe@example.com","UserKey":"` + userZoe + `","ClientIP":"192.0.2.77","InterSystemsId":"0d0d0d0d-0000-4000-8000-000000000002","SessionId":"0e0e0e0e-0000-4000-8000-00000000000c"}
`
)

// activityWords stand in pages of the story for whoever reads the activity log. None stands there for anybody else.
var activityWords = []string{
	"Microsoft 365 activity", "logs/activity", "activity record", "HardDelete", "MailItemsAccessed", "FileDownloaded", "zoe@example.com", userZoe, "192.0.2.77",
	"onlyactivity.json", "What happened next", "00000009-0000-4000-8000-00000000001", "log=activity",
}

var linkPattern = regexp.MustCompile(`(?:href|hx-get|src)="(/[^"#]*)`)

// walk follows the links of a visitor's pages, the first found first, and tells the words that stand in some page, with the page.
func (v *visitor) walk(starts []string, most int, words []string) (found map[string]string, pages int) {
	v.t.Helper()
	found = map[string]string{}
	queue, seen, shapes := starts, map[string]bool{}, map[string]int{}
	for len(queue) > 0 && pages < most && len(found) < len(words) {
		path := queue[0]
		queue = queue[1:]
		// A page with other values of the same parameters has the same parts: few of each shape are enough.
		u, err := url.Parse(path)
		if err != nil {
			v.t.Fatal(err)
		}
		shape := u.Path
		for name := range u.Query() {
			if name != "range" && name != "from" && name != "to" {
				shape += " " + name
			}
		}
		if shapes[shape]++; seen[path] || shapes[shape] > 2 || strings.HasPrefix(path, "/static") || strings.HasSuffix(u.Path, "/follow") {
			continue
		}
		seen[path] = true
		pages++
		answer := v.get(path)
		body := answer.body
		if !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
			body = unpackedBody(v.t, body)
		}
		if to := answer.location(); strings.HasPrefix(to, "/") {
			queue = append(queue, to)
		}
		if answer.StatusCode >= http.StatusInternalServerError {
			v.t.Errorf("%s: %d", path, answer.StatusCode)
		}
		for _, word := range words {
			if found[word] == "" && strings.Contains(body, word) {
				found[word] = path
			}
		}
		if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
			for _, link := range linkPattern.FindAllStringSubmatch(body, -1) {
				queue = append(queue, strings.ReplaceAll(link[1], "&amp;", "&"))
			}
		}
	}
	return found, pages
}

// storyHouse is a portal with the story of Kai, and a file of activity alone.
func storyHouse(t *testing.T) *house {
	t.Helper()
	h, _ := activityHouse(t, map[string]string{"mixed.json": storyOfKai + someActivity, "onlyactivity.json": strings.ReplaceAll(someActivity, "00000009-", "00000008-")})
	return h
}

// All pages that a Reports Reader comes to by links say no word of the activity log. Those of an administrator say all of them.
func TestAReportsReaderWalksWithoutActivity(t *testing.T) {
	t.Parallel()
	h := storyHouse(t)
	h.as("reader").save("activity", "operation=HardDelete", "HardDelete of mine", true)
	starts := []string{
		"/logs/interactive" + activityDay, "/logs/audit" + activityDay, "/logs/provisioning" + activityDay, "/sources?from=2026-11-20T00:00:00Z&to=2026-11-23T12:00:00Z",
		"/logs/interactive/" + kaisSignIn + "?tab=all", "/logs/audit/Directory_1_AB_1?tab=all", "/users/" + userKai + activityDay, "/users/" + userKai + "/timeline" + activityDay, "/users", "/apps", "/groups",
		"/help", "/logs/interactive" + activityDay + "&panel=views", "/logs/interactive" + activityDay + "&open=" + kaisSignIn, "/search?q=kai%40example.com", "/import", "/settings/account", "/me", "/me/looked", "/errors/50126",
	}
	const most = 110
	for name, sees := range map[string]bool{"rita": false, "ada": true} {
		found, pages := h.as(name).walk(starts, most, activityWords)
		if !sees && pages < most/2 {
			t.Errorf("%s came to %d pages", name, pages)
		}
		for _, word := range activityWords {
			switch page := found[word]; {
			case !sees && page != "":
				t.Errorf("%s as a Reports Reader has %q", page, word)
			case sees && page == "":
				t.Errorf("no page of an administrator has %q: the test could not fail", word)
			}
		}
	}
}

// Every way to ask for activity by its name or its ID is refused to a Reports Reader, or answered as for what does not exist.
func TestAReportsReaderCannotAskForActivity(t *testing.T) {
	t.Parallel()
	h := storyHouse(t)
	reader, rita := h.as("reader"), h.as("rita")
	reader.save("activity", "operation=HardDelete", "HardDelete of mine", true)
	const record = "00000009-0000-4000-8000-000000000011"
	place := store.Cursor{Key: store.NewKey(at("08:00:00"), 1), Log: activity.Log}.String()
	timeline := "/users/" + userKai + "/timeline" + activityDay
	for _, path := range []string{
		timeline + "&log=activity", timeline + "&log=audit&log=activity", timeline + "&after=" + url.QueryEscape(place), "/sources?log=activity", "/sources?log=activity&day=2026-11-22",
		"/logs/activity", "/logs/activity/" + record, "/logs/activity/no-such-id", "/logs/activity/views", "/logs/activity/views/1", "/logs/activity/views/inbox-rules", "/logs/activity/follow",
		"/logs/activity?pick=operation&find=Hard", "/logs/activity?sum=operation", "/logs/activity/export.csv", "/logs/activity/export.json", "/logs/activity/export.ndjson", "/logs/activity/export.xlsx",
		"/logs/activity/export.zip", "/logs/activity/evidence.zip", "/compare?a=activity/" + record, "/compare?a=interactive/" + kaisSignIn + "&b=activity/" + record,
		"/logs/interactive/" + kaisSignIn + "?tab=next",
	} {
		for _, headers := range [][]string{nil, {"HX-Request", "true"}, {"HX-Request", "true", "HX-Target", views.NextTarget}} {
			got := rita.get(path, headers...)
			if got.StatusCode != http.StatusForbidden {
				t.Errorf("%s as a Reports Reader (%v): %d, want 403", path, headers, got.StatusCode)
			}
			for _, word := range []string{"HardDelete", record, "10:00:00"} {
				if strings.Contains(got.body, word) && !strings.Contains(path, word) {
					t.Errorf("%s as a Reports Reader has %q", path, word)
				}
			}
		}
		if got := reader.get(path); got.StatusCode == http.StatusForbidden {
			t.Errorf("%s as a Security Reader: %d", path, got.StatusCode)
		}
	}
	rita.post("/logs/activity/columns", form("do", "once", "column", "operation")).expect(t, "the columns", http.StatusForbidden, "")
	rita.post("/logs/activity/views?operation=HardDelete", form("do", "save", "name", "mine")).expect(t, "a view", http.StatusForbidden, "")
	// What is in the activity log alone is as what is nowhere.
	same := func(path, other string) {
		t.Helper()
		got, want := rita.get(path), rita.get(other)
		a, b := got.body, want.body
		for _, text := range []string{userZoe, "zoe@example.com", "192.0.2.77", "00000009-0000-4000-8000-000000000012", "0d0d0d0d-0000-4000-8000-000000000002", "0e0e0e0e-0000-4000-8000-00000000000c", "HardDelete"} {
			a = strings.ReplaceAll(strings.ReplaceAll(a, text, "X"), url.QueryEscape(text), "X")
		}
		for _, text := range []string{"0b0b0b0b-0000-4000-8000-0000000000ff", "zed@example.com", "192.0.2.78", "00000009-0000-4000-8000-0000000000ff", "0d0d0d0d-0000-4000-8000-0000000000ff", "0e0e0e0e-0000-4000-8000-0000000000ff", "HardDelate"} {
			b = strings.ReplaceAll(strings.ReplaceAll(b, text, "X"), url.QueryEscape(text), "X")
		}
		if got.StatusCode != want.StatusCode || got.location() != "" || a != b {
			t.Errorf("%s: %d to %q, and %s: %d; the same page: %v", path, got.StatusCode, got.location(), other, want.StatusCode, a == b)
		}
		if seen := reader.get(path); seen.StatusCode == http.StatusOK && !strings.Contains(seen.body, "activity") {
			t.Errorf("%s as a Security Reader has no activity: the test could not fail", path)
		}
	}
	same("/users/"+userZoe, "/users/0b0b0b0b-0000-4000-8000-0000000000ff")
	same("/users/"+userZoe+"/timeline", "/users/0b0b0b0b-0000-4000-8000-0000000000ff/timeline")
	for found, unknown := range map[string]string{
		userZoe: "0b0b0b0b-0000-4000-8000-0000000000ff", "zoe@example.com": "zed@example.com", "192.0.2.77": "192.0.2.78", "00000009-0000-4000-8000-000000000012": "00000009-0000-4000-8000-0000000000ff",
		"0d0d0d0d-0000-4000-8000-000000000002": "0d0d0d0d-0000-4000-8000-0000000000ff", "0e0e0e0e-0000-4000-8000-00000000000c": "0e0e0e0e-0000-4000-8000-0000000000ff", "HardDelete": "HardDelate",
	} {
		same("/search?q="+url.QueryEscape(found), "/search?q="+url.QueryEscape(unknown))
	}
}

// The timeline of a Reports Reader has neither rows nor a number of the activity log, and goes on over its pages.
func TestTheTimelineOfAReportsReader(t *testing.T) {
	t.Parallel()
	h := storyHouse(t)
	logs := func(name string) string {
		page := h.as(name).get("/users/" + userKai + "/timeline" + activityDay).document(t)
		var all []string
		for _, log := range page.Find(`[data-testid="timeline"] [data-log]`).EachIter() {
			all = append(all, fmt.Sprintf("%s %s", log.AttrOr("data-log", ""), log.AttrOr("data-testid", log.Find("b").Text())))
		}
		return strings.Join(all, ", ")
	}
	const tabs = "interactive 1, noninteractive 0, audit 1"
	if got, want := logs("rita"), tabs+", provisioning 0, audit row, interactive row"; got != want {
		t.Errorf("a Reports Reader: %s, want %s", got, want)
	}
	if got := logs("reader"); !strings.Contains(got, "activity 9") || strings.Count(got, "activity row") != 9 {
		t.Errorf("a Security Reader: %s", got)
	}
}
