package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/store"
	"signpost/store/kinds"
	"signpost/views"
)

var admin, reports = auth.RoleGlobalAdministrator, auth.RoleReportsReader

func TestLogsShowTheirColumnsInOrder(t *testing.T) {
	f := newFakeStore(interactiveSignIn(1, at("12:00:00")), refresh(2, at("12:00:00"), "r"), principalSignIn(3, at("12:00:00")), identitySignIn(4, at("12:00:00")))
	tests := []struct {
		path string
		role auth.Role
		want []string
	}{
		{"/logs/interactive", admin, []string{"Date", "Request ID", "User", "Application", "Status", "IP address", "Location", "Conditional Access", "Authentication requirement"}},
		{"/logs/interactive", reports, []string{"Date", "Request ID", "User", "Application", "Status", "IP address", "Location", "Authentication requirement"}},
		{"/logs/noninteractive", admin, []string{"Date", "Request ID", "User", "Application", "Status", "IP address", "Resource", "Resource ID", "# sign-ins"}},
		{"/logs/serviceprincipal", admin, []string{"Date", "Request ID", "Service principal name", "Service principal ID", "Status", "IP address", "Resource", "Resource ID", "# sign-ins"}},
		{"/logs/managedidentity", admin, []string{"Date", "Managed identity name", "Managed identity ID", "Status", "Resource", "Resource ID", "# sign-ins"}},
		{"/logs/legacy", admin, []string{"Date", "User", "Application", "Status", "Risk detection status", "MFA required"}},
		{"/logs/interactive?cols=user,os,location.city", admin, []string{"Date", "User", "Operating system", "City"}},
	}
	for _, test := range tests {
		t.Run(test.path+" as "+string(test.role), func(t *testing.T) {
			a := newPortal(t, f, test.role).get(test.path)
			if a.Code != http.StatusOK {
				t.Fatalf("status = %d, want 200", a.Code)
			}
			if got := a.texts(`[data-testid="grid"] thead th`); !slices.Equal(got, test.want) {
				t.Errorf("columns = %q, want %q", got, test.want)
			}
			if got := a.hook("row").Find("td").Length(); got != len(test.want) {
				t.Errorf("%d cells in the row, want %d", got, len(test.want))
			}
		})
	}
}

func TestHooksAreThereOnce(t *testing.T) {
	f := newFakeStore(interactiveSignIn(1, at("12:00:00")), refresh(2, at("12:00:00"), "r"))
	a := newPortal(t, f, admin).get("/logs/noninteractive")
	for _, hook := range []string{"grid", "total", "tab-interactive", "tab-noninteractive", "tab-serviceprincipal", "tab-managedidentity", "filter-add", "time-aggregate", "viewer", "row"} {
		if got := a.hook(hook).Length(); got != 1 {
			t.Errorf("%s is there %d times, want once", hook, got)
		}
	}
	for _, hook := range []string{"next", "prev", "expand", "chip", "error", "member"} {
		if got := a.hook(hook).Length(); got != 0 {
			t.Errorf("%s is there %d times, want none", hook, got)
		}
	}
	if got := a.page.Find("h1").Length(); got != 1 {
		t.Errorf("%d h1, want 1", got)
	}
	if got := newPortal(t, f, admin).get("/logs/interactive").hook("time-aggregate").Length(); got != 0 {
		t.Errorf("the interactive log has %d time aggregates, want none", got)
	}
}

func TestRowOfAnInteractiveSignIn(t *testing.T) {
	s := interactiveSignIn(1, at("14:05:09"))
	s.ErrorCode, s.FailureReason = store.IntOf(50126), "Invalid username or password."
	a := newPortal(t, newFakeStore(s), admin).get("/logs/interactive")
	row := a.hook("row")
	if got := row.AttrOr("data-id", ""); got != s.ID {
		t.Errorf("data-id = %q, want %q", got, s.ID)
	}
	if _, ok := row.Attr("data-count"); ok {
		t.Error("an ordinary row has a data-count")
	}
	got := a.texts(`[data-testid="row"] td`)
	want := []string{"2026-11-23 14:05:09 UTC", "00000001…0001", "Ada Example", "Travel Desk", "Failure 50126 The user name or the password was wrong", "192.0.2.7", "Oslo, Norway", "Success", "Multifactor authentication"}
	if !slices.Equal(got, want) {
		t.Errorf("cells = %q, want %q", got, want)
	}
	if got := row.Find("time").AttrOr("title", ""); got != "25 minutes ago" {
		t.Errorf("title of the time = %q, want 25 minutes ago", got)
	}
	if got, want := row.Find("a").First().AttrOr("href", ""), "/logs/interactive/"+s.ID; got != want {
		t.Errorf("link = %q, want %q", got, want)
	}
}

func TestLegacyRow(t *testing.T) {
	a := newPortal(t, newFakeStore(interactiveSignIn(1, at("14:05:09"))), admin).get("/logs/legacy")
	got := a.texts(`[data-testid="row"] td`)
	want := []string{"2026-11-23 14:05:09 UTC", "Ada Example", "Travel Desk", "Success", "At risk", "Yes"}
	if !slices.Equal(got, want) {
		t.Errorf("cells = %q, want %q", got, want)
	}
}

func TestTotalCountsSignInsNotGroups(t *testing.T) {
	var list []store.SignIn
	for i := range 1200 {
		list = append(list, refresh(i, at("12:00:00").Add(-time.Duration(i)*time.Second), "r"))
	}
	total := newPortal(t, newFakeStore(list...), admin).get("/logs/noninteractive").hook("total")
	if got := squeeze(total.Text()); got != "1,200 sign-ins" {
		t.Errorf("total reads %q, want 1,200 sign-ins", got)
	}
	if got := total.AttrOr("data-value", ""); got != "1200" {
		t.Errorf("data-value = %q, want 1200", got)
	}
	if got := total.AttrOr("data-complete", ""); got != "true" {
		t.Errorf("data-complete = %q, want true", got)
	}
}

func TestPagingWalksThereAndBack(t *testing.T) {
	var list []store.SignIn
	for i := range 25 {
		list = append(list, interactiveSignIn(i, at("12:00:00"))) // all at the same instant
	}
	p := newPortal(t, newFakeStore(list...), admin)
	var walked []string
	a := p.get("/logs/interactive?limit=10&user=ada-id")
	for {
		a.hook("row").Each(func(_ int, row *goquery.Selection) { walked = append(walked, row.AttrOr("data-id", "")) })
		next, ok := a.hook("next").Attr("href")
		if !ok {
			break
		}
		if rel := a.hook("next").AttrOr("rel", ""); rel != "next" {
			t.Fatalf("rel = %q, want next", rel)
		}
		a = p.get(next)
	}
	if len(walked) != 25 || len(slices.Compact(slices.Sorted(slices.Values(walked)))) != 25 {
		t.Fatalf("walked over %d rows, want each of 25 once: %v", len(walked), walked)
	}
	back := p.get(a.hook("prev").AttrOr("href", ""))
	if got, want := back.hook("row").First().AttrOr("data-id", ""), walked[10]; got != want {
		t.Errorf("the page before begins with %s, want %s", got, want)
	}
	first := p.get(back.hook("prev").AttrOr("href", ""))
	if first.hook("prev").Length() != 0 || first.hook("row").Length() != 10 {
		t.Errorf("the newest page has %d rows and %d links to newer ones, want 10 and none", first.hook("row").Length(), first.hook("prev").Length())
	}
	if got := first.hook("chip").Length(); got != 1 {
		t.Errorf("paging keeps %d chips, want 1", got)
	}
}

func TestChipsTakeTheirValueAway(t *testing.T) {
	p := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00"))), admin)
	a := p.get("/logs/interactive?range=7d&status=success&status=failure&user=ADA@example.com&user.not=bob&thumbprint.empty=yes")
	if got, want := a.texts(`[data-testid="chip"]`), []string{"Status: Failure", "or Status: Success", "User: ADA@example.com", "User is not bob", "not used here: Credential thumbprint is empty"}; !slices.Equal(got, want) {
		t.Errorf("chips = %q, want %q", got, want)
	}
	href := a.hook("chip").Eq(1).Find(".chip-remove").AttrOr("href", "")
	u, err := url.Parse(href)
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{
		"range": {"7d"}, "status": {"failure"}, "user": {"ADA@example.com"}, "user.not": {"bob"}, "thumbprint.empty": {"yes"},
	}
	if got := u.Query().Encode(); got != want.Encode() {
		t.Errorf("without success: %s, want %s", got, want.Encode())
	}
	if got := a.hook("row").Length(); got != 1 {
		t.Errorf("%d rows, want 1", got)
	}
}

func TestTabsShareWhatTheyShare(t *testing.T) {
	p := newPortal(t, newFakeStore(), admin)
	a := p.get("/logs/interactive?range=7d&user=ada&status=failure")
	for tab, want := range map[string]string{
		"tab-interactive": "range=7d&status=failure&user=ada", "tab-noninteractive": "range=7d&status=failure&user=ada",
		"tab-serviceprincipal": "range=7d&status=failure&user=ada", "tab-managedidentity": "range=7d&status=failure&user=ada",
	} {
		_, got, _ := strings.Cut(a.hook(tab).AttrOr("href", ""), "?")
		if got != want {
			t.Errorf("%s: %q, want %q", tab, got, want)
		}
	}
	if got := a.hook("tab-interactive").AttrOr("aria-current", ""); got != "page" {
		t.Errorf("aria-current of the open tab = %q, want page", got)
	}
}

func TestBadParametersAreToldBesideTheirControl(t *testing.T) {
	p := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00")), refresh(2, at("12:00:00"), "r")), admin)
	tests := []struct{ path, control, message string }{
		{"/logs/interactive?range=2y", `[data-testid="date-range"]`, "range=2y"},
		{"/logs/interactive?from=2026-11-23T12:00&to=2026-11-23T10:00", `[data-testid="date-range"]`, "not after from"},
		{"/logs/noninteractive?agg=2h", `[data-testid="time-aggregate"]`, "agg=2h"},
		{"/logs/interactive?status=maybe", `[data-testid="filter-add"]`, "status=maybe"},
		{"/logs/interactive?status.has=succ", `[data-testid="filter-add"]`, "this field knows is, is not and is empty only"},
		{"/logs/interactive?nonsense=1", `[data-testid="filter-add"]`, "nonsense"},
		{"/logs/interactive?group=g1", `[data-testid="filter-add"]`, "group"},
		{"/logs/interactive?after=xyz", ".summary", "after=xyz"},
		{"/logs/interactive?limit=1000", ".summary", "limit=1000"},
		{"/logs/noninteractive?expand=!", ".summary", "expand=!"},
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			a := p.get(test.path + "&user=ada-id")
			if a.Code != http.StatusBadRequest {
				t.Fatalf("status = %d, want 400", a.Code)
			}
			got := squeeze(a.page.Find(test.control).Find(`[data-testid="error"]`).Text())
			if !strings.Contains(got, test.message) || a.hook("error").Length() != 1 {
				t.Errorf("message beside the control = %q (%d in all), want one with %q", got, a.hook("error").Length(), test.message)
			}
			if a.hook("row").Length() != 0 || a.hook("total").Length() != 0 || a.hook("grid").Length() != 1 {
				t.Error("want an empty grid and no total")
			}
			if got := a.texts(`[data-testid="chip"]`); !slices.Equal(got, []string{"User: ada-id"}) {
				t.Errorf("chips = %q, want the rest kept", got)
			}
		})
	}
}

func TestBadValueStaysInTheForm(t *testing.T) {
	a := newPortal(t, newFakeStore(), admin).get("/logs/interactive?error=abc")
	form := a.hook("filter-add")
	if got := form.Find(`input[name="field"]`).AttrOr("value", ""); got != "error" {
		t.Errorf("field = %q, want error", got)
	}
	if got := form.Find(`input[name="find"]`).AttrOr("value", ""); got != "abc" {
		t.Errorf("value = %q, want abc", got)
	}
	if _, open := form.Attr("open"); !open {
		t.Error("the form is closed over its message")
	}
}

func TestPickerLeadsToTheFilter(t *testing.T) {
	p := newPortal(t, newFakeStore(), admin)
	a := p.get("/logs/interactive?range=7d&user=ada&field=user&value=+bob+")
	if a.Code != http.StatusSeeOther {
		t.Fatalf("status = %d, want 303", a.Code)
	}
	if got, want := a.Header().Get("Location"), "/logs/interactive?range=7d&user=ada&user=bob"; got != want {
		t.Errorf("Location = %q, want %q", got, want)
	}
}

func TestConditionalAccessIsRefusedBeforeAnythingElse(t *testing.T) {
	p := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00"))), reports)
	for _, query := range []string{
		"ca=success", "ca=nonsense", "policy=x", "policyresult.not=success", "ca.empty=yes", "cols=user,ca", "cols=conditionalAccessStatus",
		"cols=ConditionalAccessPolicies", "range=bad&ca=success", "field=ca&value=success", "CA=success", "policy.has=x", "policycontrol=Mfa", "policycontrol.empty=yes", "method=x&PolicyControl.not=x",
		"cols=ca&COLS=app&Cols=user&cOLS=ip&CoLs=os", "COLS=ca&cols=app&Cols=user&cOLS=ip&CoLs=os",
	} {
		a := p.get("/logs/interactive?" + query)
		if a.Code != http.StatusForbidden {
			t.Errorf("%s: status = %d, want 403", query, a.Code)
		}
		if a.hook("row").Length() != 0 {
			t.Errorf("%s: rows are shown", query)
		}
	}
	a := p.get("/logs/interactive")
	a.hook("filter-add").Find("button[name=pick]").Each(func(_ int, o *goquery.Selection) {
		switch o.AttrOr("value", "") {
		case "ca", "policy", "policyresult", "policycontrol":
			t.Errorf("the picker offers %s", o.AttrOr("value", ""))
		}
	})
	if body := a.Body.String(); strings.Contains(body, "Conditional Access") {
		t.Error("the page speaks of Conditional Access to somebody without the right")
	}
}

func TestWhoMayOpenTheLogs(t *testing.T) {
	f := newFakeStore(interactiveSignIn(1, at("12:00:00")))
	for role, want := range map[auth.Role]int{
		auth.RoleGlobalReader: http.StatusOK, auth.RoleReportsReader: http.StatusOK,
		auth.RoleConditionalAccessAdministrator: http.StatusForbidden, auth.RoleUser: http.StatusForbidden,
	} {
		p := newPortal(t, f, role)
		for _, path := range []string{"/logs/interactive", "/logs/legacy", "/logs/interactive/" + testID(1)} {
			if got := p.get(path).Code; got != want {
				t.Errorf("%s as %s: status = %d, want %d", path, role, got, want)
			}
		}
	}
	if got := newPortal(t, f, admin).get("/logs/unheardof").Code; got != http.StatusNotFound {
		t.Errorf("an unknown log: status = %d, want 404", got)
	}
}

func TestEmptyStatesSayWhatToDo(t *testing.T) {
	old := newFakeStore(interactiveSignIn(1, time.Date(2024, 3, 5, 8, 9, 10, 0, time.UTC)), refresh(2, at("12:00:00"), "r"))
	tests := []struct {
		name, path, title, link string
		store                   *fakeStore
	}{
		{"nothing imported", "/logs/interactive", "Nothing has been imported", "/import", newFakeStore()},
		{"an old log", "/logs/interactive", "No sign-ins in this range", "/logs/interactive?from=2024-03-04T08%3A10%3A00Z&to=2024-03-05T08%3A10%3A00Z", old},
		{"an old log and a filter", "/logs/interactive?user=nobody", "No sign-ins in this range", "/logs/interactive?from=2024-03-04T08%3A10%3A00Z&to=2024-03-05T08%3A10%3A00Z", old},
		{"a filter nothing passes", "/logs/noninteractive?range=7d&user=nobody", "No sign-in passes this filter", "/logs/noninteractive?range=7d", old},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newPortal(t, test.store, admin)
			a := p.get(test.path)
			empty := a.page.Find(".empty")
			if got := squeeze(empty.Find("h2").Text()); !strings.Contains(got, test.title) {
				t.Errorf("title = %q, want %q", got, test.title)
			}
			if got := empty.Find("a").AttrOr("href", ""); got != test.link {
				t.Errorf("link = %q, want %q", got, test.link)
			}
			if test.link != "/import" {
				if got := p.get(test.link).hook("row").Length(); got == 0 {
					t.Errorf("%s leads to a page without rows", test.link)
				}
			}
		})
	}
	if got := squeeze(newPortal(t, newFakeStore(), reports).get("/logs/interactive").page.Find(".empty code").Text()); got != "signpost import FILE..." {
		t.Errorf("command = %q", got)
	}
}

func TestCursorBehindTheEndIsSaid(t *testing.T) {
	p := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00"))), admin)
	k := store.KeyAt(at("11:00:00"))
	a := p.get("/logs/interactive?after=" + store.Cursor{Key: k}.String())
	if got := a.page.Find(".empty a").AttrOr("href", ""); got != "/logs/interactive" {
		t.Errorf("way out = %q, want /logs/interactive", got)
	}
}

func TestStoreErrorsBecomePages(t *testing.T) {
	for err, want := range map[error]int{store.ErrTooSlow: http.StatusGatewayTimeout, fmt.Errorf("disk on fire"): http.StatusInternalServerError} {
		f := newFakeStore(interactiveSignIn(1, at("12:00:00")))
		f.err = err
		for _, path := range []string{"/logs/interactive", "/logs/noninteractive", "/logs/interactive/" + testID(1)} {
			if got := newPortal(t, f, admin).get(path).Code; got != want {
				t.Errorf("%s with %v: status = %d, want %d", path, err, got, want)
			}
		}
	}
}

func TestRangeControlSubmitsWhatTheStoreReads(t *testing.T) {
	a := newPortal(t, newFakeStore(), admin).get("/logs/noninteractive?user=ada&agg=1h")
	form := a.hook("date-range").Find("form.stack")
	sent := url.Values{}
	form.Find("input").Each(func(_ int, in *goquery.Selection) { sent.Add(in.AttrOr("name", ""), in.AttrOr("value", "")) })
	want := url.Values{"user": {"ada"}, "agg": {"1h"}, "when": {""}, "from": {"2026-11-22 14:30"}, "to": {"2026-11-23 14:30"}}
	if sent.Encode() != want.Encode() {
		t.Errorf("the form sends %s, want %s", sent.Encode(), want.Encode())
	}
	sent.Del("when")
	q, bad := store.SignIns.ParseQuery(sent, pageNow)
	if len(bad) > 0 || !q.Range.From.Equal(time.Date(2026, 11, 22, 14, 30, 0, 0, time.UTC)) {
		t.Errorf("read as %v from %v, want no complaint", bad, q.Range.From)
	}
}

func TestListOf(t *testing.T) {
	tests := []struct {
		name string
		want views.List
		err  error
	}{
		{"interactive", views.List{Log: store.Interactive}, nil},
		{"legacy", views.List{Log: store.Interactive, Legacy: true}, nil},
		{"managedidentity", views.List{Log: store.ManagedIdentity}, nil},
		{"", views.List{}, store.ErrNotFound},
		{"Interactive", views.List{}, store.ErrNotFound},
	}
	for _, test := range tests {
		got, err := listOf(views.LooksOf(kinds.Catalog), test.name)
		if got != test.want || err != test.err {
			t.Errorf("listOf(%q) = %v, %v, want %v, %v", test.name, got, err, test.want, test.err)
		}
	}
}
