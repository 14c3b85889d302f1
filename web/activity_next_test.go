package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
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
	if text := page.Find(`[data-testid="trail"]`).Last().Text(); !strings.Contains(text, "All 25 activity records") || page.Find(`[data-testid="later"]`).Length() != 1 {
		t.Errorf("the part says %s", text)
	}
	later := v.get(page.Find(`[data-testid="later"]`).AttrOr("href", ""))
	later.expect(t, "later ones", http.StatusOK, "")
	rows := later.document(t).Find(`[data-testid="row"]`)
	if n := v.get("/users/"+userKai+"/timeline"+activityDay).find(t, `[data-log="activity"] b`); n != "26" {
		t.Errorf("the timeline counts %s records of activity, want 26", n)
	}
	if first := rows.First().AttrOr("data-id", ""); rows.Length() != 15 || first != "00000007-0000-4000-8000-000000000014" {
		t.Errorf("%d later records, the first is %s", rows.Length(), first)
	}
}
