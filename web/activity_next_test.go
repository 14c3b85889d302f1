package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"signpost/views"
)

// What happened next begins at the sign-in, the surest records first, and goes on by a link to later ones.
func TestWhatHappenedNextGoesOn(t *testing.T) {
	t.Parallel()
	var lines strings.Builder
	lines.WriteString(storyOfKai)
	for i := range 25 {
		fmt.Fprintf(&lines, `{"CreationTime":"2026-11-22T09:%02d:00","Id":"00000007-0000-4000-8000-0000000000%02d","Operation":"FileAccessed","RecordType":6,"Workload":"SharePoint","UserId":"kai@example.com","UserKey":"i:0h.f|membership|12345@live.com","ClientIP":"192.0.2.4"}`+"\n", 59-i, i)
	}
	h, _ := activityHouse(t, map[string]string{"story.json": lines.String()})
	v := h.as("reader")
	page := v.get("/logs/interactive/" + kaisSignIn + "?tab=next").document(t)
	var reasons, shown []string
	for _, part := range page.Find(`[data-testid="trail"]`).EachIter() {
		reasons = append(reasons, part.AttrOr("data-value", ""))
		for _, link := range part.Find("tbody tr td:first-child a").EachIter() {
			shown = append(shown, strings.TrimPrefix(strings.SplitN(link.AttrOr("href", ""), "?", 2)[0], "/logs/activity/"))
		}
	}
	if got := strings.Join(reasons, "; "); got != "Same session ID; Same user and IP address, within 24 hours" {
		t.Errorf("the parts are %s", got)
	}
	if len(shown) != 11 || shown[1] != "00000007-0000-4000-8000-000000000024" || shown[10] != "00000007-0000-4000-8000-000000000015" {
		t.Errorf("shown: %q", shown)
	}
	if text := page.Find(`[data-testid="trail"]`).Last().Text(); !strings.Contains(text, "All 25 activity records") || page.Find(`[data-testid="later"]`).Length() != 1 || page.Find(`[data-testid="first"]`).Length() != 0 {
		t.Errorf("the part says %s", text)
	}
	if n := v.get("/users/"+userKai+"/timeline"+activityDay).find(t, `[data-log="activity"] b`); n != "26" {
		t.Errorf("the timeline counts %s records of activity, want 26", n)
	}
	// The part goes on in the tab, and the other part stays as it is.
	for turn, want := range []struct{ rows, first string }{{"1, 10", "14"}, {"1, 5", "04"}} {
		address := page.Find(`[data-testid="later"]`).AttrOr("href", "")
		later := v.get(address)
		later.expect(t, "later ones", http.StatusOK, "")
		page = later.document(t)
		var rows []string
		for _, part := range page.Find(`[data-testid="trail"] tbody`).EachIter() {
			rows = append(rows, fmt.Sprint(part.Find("tr").Length()))
		}
		first := page.Find(`[data-testid="trail"]`).Last().Find("tbody tr td:first-child a").First().AttrOr("href", "")
		if got := strings.Join(rows, ", "); got != want.rows || !strings.Contains(first, "00000007-0000-4000-8000-0000000000"+want.first) {
			t.Errorf("turn %d shows %s records, the first is %s", turn, got, first)
		}
		if parts := v.get(address, "HX-Request", "true", "HX-Target", views.NextTarget).document(t); parts.Find("h1").Length() != 0 || parts.Find(`[data-testid="trail"]`).Length() != 2 {
			t.Errorf("turn %d: the parts alone have %d headings and %d parts", turn, parts.Find("h1").Length(), parts.Find(`[data-testid="trail"]`).Length())
		}
	}
	if page.Find(`[data-testid="later"]`).Length() != 0 {
		t.Error("there are still later ones")
	}
	start := v.get(page.Find(`[data-testid="first"]`).AttrOr("href", "")).document(t)
	if first := start.Find(`[data-testid="trail"]`).Last().Find("tbody tr td:first-child a").First().AttrOr("href", ""); !strings.Contains(first, "000000000024") {
		t.Errorf("from the start it begins with %s", first)
	}
	for _, wrong := range []string{"address.nowhere", "elsewhere.AAAAAAAA", "x"} {
		v.get("/logs/interactive/"+kaisSignIn+"?tab=next&after="+wrong).expect(t, wrong, http.StatusBadRequest, "")
	}
}

// Applications that records name by their ID alone have the name of the directory, else that of the sign-ins, in what happened next and
// in the timeline.
func TestApplicationsOfActivityHaveNames(t *testing.T) {
	t.Parallel()
	const listed, seen, unknown = "0a0a0a0a-0000-4000-8000-000000000001", "0a0a0a0a-0000-4000-8000-000000000002", "0a0a0a0a-0000-4000-8000-000000000003"
	lines := storyOfKai + `{"time":"2026-11-21T09:00:00Z","category":"SignInLogs","tenantId":"t1","properties":{"id":"00000001-0000-4000-8000-000000000007","createdDateTime":"2026-11-21T09:00:00Z","userId":"` + userAda +
		`","userPrincipalName":"ada@example.com","appId":"` + seen + `","appDisplayName":"Anchor Mail","status":{"errorCode":0}}}` + "\n"
	for i, app := range []string{listed, seen, unknown} {
		lines += fmt.Sprintf(`{"CreationTime":"2026-11-22T10:0%d:00","Id":"00000006-0000-4000-8000-00000000000%d","Operation":"Send","RecordType":2,"Workload":"Exchange","AppId":"%s","SessionId":"%s","UserId":"kai@example.com","UserKey":"%s","ClientIP":"192.0.2.4"}`+"\n",
			i, i, strings.ToUpper(app), sessionOfKai, userKai)
	}
	h, _ := activityHouse(t, map[string]string{
		"story.json":      lines,
		"principals.json": `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#servicePrincipals","value":[{"id":"0b0b0b0b-0000-4000-8000-000000000001","appId":"` + listed + `","displayName":"Beacon Reader","servicePrincipalType":"Application"}]}`,
	})
	v := h.as("reader")
	for _, address := range []string{"/logs/interactive/" + kaisSignIn + "?tab=next", "/users/" + userKai + "/timeline" + activityDay} {
		text := v.get(address).document(t).Find("tbody").Text()
		for _, name := range []string{"Beacon Reader", "Anchor Mail"} {
			if !strings.Contains(text, name) {
				t.Errorf("%s lacks the name %s", address, name)
			}
		}
		if strings.Contains(strings.ToLower(text), listed) || strings.Contains(strings.ToLower(text), seen) {
			t.Errorf("%s names an application by its ID", address)
		}
	}
}
