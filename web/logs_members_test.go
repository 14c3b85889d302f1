package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// mail has 120 refreshes of one group, one a minute, and a group with one member.
func mail() *fakeStore {
	list := []store.SignIn{refresh(500, at("13:00:30"), "lonely")}
	for i := range 120 {
		list = append(list, refresh(i, at("14:00:00").Add(-time.Duration(i)*time.Minute), "mail"))
	}
	return newFakeStore(list...)
}

func TestGroupRow(t *testing.T) {
	a := newPortal(t, mail(), admin).get("/logs/noninteractive")
	rows := a.hook("row")
	if rows.Length() != 2 || a.hook("expand").Length() != 1 {
		t.Fatalf("%d rows with %d expanders, want 2 and 1", rows.Length(), a.hook("expand").Length())
	}
	group := rows.First()
	if got := group.AttrOr("data-count", ""); got != "120" {
		t.Errorf("data-count = %q, want 120", got)
	}
	if got := group.AttrOr("data-id", ""); got != testID(0) {
		t.Errorf("data-id = %q, want the newest member's", got)
	}
	date := squeeze(group.Find(`td.col-date`).Text())
	if want := "2026-11-23 14:00:00 UTC 12:01:00 to 14:00:00"; date != want {
		t.Errorf("date cell = %q, want %q", date, want)
	}
	if _, ok := rows.Eq(1).Attr("data-count"); ok || rows.Eq(1).Find(`[data-testid="expand"]`).Length() != 0 {
		t.Error("a group of one is not an ordinary row")
	}
	if got := squeeze(rows.Eq(1).Find(`td.col-count`).Text()); got != "1" {
		t.Errorf("count of a group of one = %q, want 1", got)
	}
}

// A window is marked if the range excludes events in it. The future does not count as excluded.
func TestOnlyTheRangeCutsAWindow(t *testing.T) {
	for query, want := range map[string]bool{
		"agg=1h&from=2026-11-23T12:00&to=2026-11-23T15:00": false,
		"range=24h":                                 false,
		"from=2026-11-23&to=2026-11-23T13:00":       true,
		"from=2026-11-23T13:00&to=2026-11-24T00:00": true,
		"range=1h": true,
	} {
		a := newPortal(t, mail(), admin).get("/logs/noninteractive?" + query)
		if got := a.page.Find(".when .mark").Length() > 0; got != want || a.hook("expand").Length() == 0 {
			t.Errorf("%s: marked is %v, want %v; %d groups", query, got, want, a.hook("expand").Length())
		}
	}
}

func TestExpandWithoutScriptReloadsThePage(t *testing.T) {
	p := newPortal(t, mail(), admin)
	list := p.get("/logs/noninteractive?user=ada-id")
	expand := list.hook("expand")
	if got := expand.AttrOr("aria-expanded", ""); got != "false" {
		t.Errorf("aria-expanded = %q, want false", got)
	}
	a := p.get(unfolding(expand))
	if a.hook("row").Length() != 2 || a.hook("member").Length() != 50 || a.hook("grid").Length() != 1 {
		t.Fatalf("%d rows and %d members, want the whole page with 2 and 50", a.hook("row").Length(), a.hook("member").Length())
	}
	if got := a.hook("expand").AttrOr("aria-expanded", ""); got != "true" {
		t.Errorf("aria-expanded = %q, want true", got)
	}
	if got, want := a.hook("member").Eq(1).Find("time").Text(), "2026-11-23 13:59:00 UTC"; got != want {
		t.Errorf("second member's time = %q, want %q", got, want)
	}
	if got, want := a.hook("member").Eq(1).Find("a").AttrOr("href", ""), "/logs/noninteractive/"+testID(1); got != want {
		t.Errorf("second member leads to %q, want %q", got, want)
	}
	if got := a.hook("expand").AttrOr("href", ""); got != "/logs/noninteractive?user=ada-id" {
		t.Errorf("the collapse link is %q, want the list without expand", got)
	}
	more := a.page.Find(".members-foot a").AttrOr("href", "")
	second := p.get(more)
	if got := second.hook("member").First().AttrOr("data-id", ""); got != testID(50) || second.hook("member").Length() != 50 {
		t.Errorf("the next members begin with %s and are %d, want %s and 50", got, second.hook("member").Length(), testID(50))
	}
	third := p.get(second.page.Find(".members-foot a").First().AttrOr("href", ""))
	if got := third.hook("member").Length(); got != 20 {
		t.Errorf("the last members are %d, want 20", got)
	}
}

func TestExpandWithHTMXGivesTheMembersOnly(t *testing.T) {
	p := newPortal(t, mail(), admin)
	list := p.get("/logs/noninteractive")
	if got := list.Header().Values("Vary"); !strings.Contains(strings.Join(got, ","), "HX-Request") {
		t.Errorf("Vary = %q, want HX-Request in it", got)
	}
	expand := list.hook("expand")
	walked := 0
	next := unfolding(expand)
	for next != "" {
		a := p.get(next, "HX-Request", "true")
		body := a.Body.String()
		if strings.Contains(body, "<html") || strings.Contains(body, `data-testid="row"`) || !strings.HasPrefix(body, "<tr") {
			t.Fatalf("the fragment is more than members: %.80s", body)
		}
		walked += strings.Count(body, `data-testid="member"`)
		next = fragmentNext(t, body)
	}
	if walked != 120 {
		t.Errorf("walked over %d members, want 120", walked)
	}
}

// fragmentNext finds the link to the next members. A parser would drop rows without their table.
func fragmentNext(t *testing.T, body string) string {
	t.Helper()
	_, rest, found := strings.Cut(body, `hx-get="`)
	if !found {
		return ""
	}
	address, _, _ := strings.Cut(rest, `"`)
	return strings.ReplaceAll(address, "&amp;", "&")
}

func TestExpandOfARowThatIsGone(t *testing.T) {
	p := newPortal(t, mail(), admin)
	if a := p.get("/logs/noninteractive?expand=zzz"); a.Code != http.StatusOK || a.hook("member").Length() != 0 || a.hook("row").Length() != 2 {
		t.Errorf("page: status %d with %d members, want 200 and none", a.Code, a.hook("member").Length())
	}
	if a := p.get("/logs/noninteractive?expand=zzz", "HX-Request", "true"); a.Code != http.StatusNotFound {
		t.Errorf("fragment: status %d, want 404", a.Code)
	}
}

func TestTwoGroupsUnfolded(t *testing.T) {
	f := newFakeStore(
		refresh(1, at("10:00:00"), "a"), refresh(2, at("10:01:00"), "a"),
		refresh(3, at("10:02:00"), "b"), refresh(4, at("10:03:00"), "b"),
	)
	p := newPortal(t, f, admin)
	a := p.get("/logs/noninteractive")
	a = p.get(unfolding(a.hook("expand").Eq(0)))
	a = p.get(unfolding(a.hook("expand").Eq(1)))
	if got := a.hook("member").Length(); got != 4 {
		t.Errorf("%d members, want 4", got)
	}
	a = p.get(unfolding(a.hook("expand").Eq(0)))
	if got := a.hook("member").Length(); got != 2 {
		t.Errorf("%d members after folding one, want 2", got)
	}
}
