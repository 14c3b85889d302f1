package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"signpost/store"
)

// threeOfAda has sign-ins of Ada's, the newest first: 1, 3, 5. Sign-ins of others lie between them.
func threeOfAda() *fakeStore {
	var list []store.SignIn
	for i, clock := range []string{"12:05:00", "12:04:00", "12:03:00", "12:02:00", "12:01:00"} {
		s := interactiveSignIn(i+1, at(clock))
		if i%2 == 1 {
			s.UserID, s.UserPrincipalName, s.UserDisplayName = "bo-id", "bo@example.com", "Bo"
		}
		list = append(list, s)
	}
	return newFakeStore(append(list, principalSignIn(9, at("12:00:00")))...)
}

func fromList(id int, list string) string {
	return "/logs/interactive/" + testID(id) + "?list=" + url.QueryEscape(list)
}

func TestNeighboursInTheList(t *testing.T) {
	p := newPortal(t, threeOfAda(), admin)
	const list = "/logs/interactive?limit=1&range=7d&user=ada-id"
	for id, want := range map[int][2]string{1: {"", testID(3)}, 3: {testID(1), testID(5)}, 5: {testID(3), ""}, 2: {testID(1), testID(3)}} {
		a := p.get(fromList(id, list))
		for i, hook := range []string{"newer", "older"} {
			href := a.hook(hook).AttrOr("href", "")
			if want[i] == "" && href != "" || want[i] != "" && href != neighbourURL(want[i], list) {
				t.Errorf("%s of %d is %q, want %s", hook, id, href, want[i])
			}
		}
		if got := a.hook("back").AttrOr("href", ""); got != list {
			t.Errorf("back leads to %q, want %q", got, list)
		}
	}
	tab := p.get(fromList(3, list) + "&tab=device")
	if href := tab.hook("older").AttrOr("href", ""); !strings.HasSuffix(href, "&tab=device") {
		t.Errorf("the section is left: %q", href)
	}
	if href := tab.hook("details-tab").Last().AttrOr("href", ""); !strings.Contains(href, "list=") {
		t.Errorf("a section forgets the list: %q", href)
	}
	if a := p.get("/logs/interactive/" + testID(3)); a.hook("newer").Length()+a.hook("older").Length()+a.hook("back").Length() != 0 {
		t.Error("without a list there are neighbours")
	}
	legacy := p.get(fromList(3, "/logs/legacy?range=7d&after=abc"))
	if legacy.Code != http.StatusBadRequest {
		t.Errorf("a list at no place: status %d", legacy.Code)
	}
	if a := p.get(fromList(3, "/logs/legacy?range=7d")); a.hook("back").AttrOr("href", "") != "/logs/legacy?range=7d" || a.hook("older").Length() != 1 {
		t.Error("the legacy view has no way back")
	}
}

func neighbourURL(id, list string) string {
	return "/logs/interactive/" + id + "?list=" + url.QueryEscape(list)
}

func TestOddListsAreRefused(t *testing.T) {
	p := newPortal(t, threeOfAda(), admin)
	for _, list := range []string{
		"https://evil.example/logs/interactive", "//evil.example/logs/interactive", `/\evil.example`, "/me", "/logs/serviceprincipal", "/logs/nolog",
		"/logs/interactive/x", "/logs/interactive?nonsense=1", "/logs/interactive?range=9d", "/logs/interactive?a=%zz", "javascript:alert(1)",
	} {
		a := p.get(fromList(3, list))
		if a.Code != http.StatusBadRequest || a.page.Find(`[href*="evil"], [action*="evil"]`).Length() != 0 {
			t.Errorf("%s: status %d, want 400", list, a.Code)
		}
	}
	reader := newPortal(t, threeOfAda(), reports)
	for _, list := range []string{"/logs/interactive?ca=failure", "/logs/interactive?policy=x", "/logs/interactive?cols=conditionalAccessStatus", "/logs/interactive?pick=ca"} {
		for _, id := range []int{3, 77} {
			if got := reader.get(fromList(id, list)).Code; got != http.StatusForbidden {
				t.Errorf("%s of %d: status %d, want 403", list, id, got)
			}
		}
	}
}

func TestDetailsForThePane(t *testing.T) {
	p := newPortal(t, threeOfAda(), admin)
	a := p.get(fromList(3, "/logs/interactive?range=7d"), "HX-Request", "true", "HX-Target", "pane")
	if a.Code != http.StatusOK || a.hook("details").AttrOr("data-id", "") != testID(3) || a.page.Find("header, h1, script").Length() != 0 {
		t.Errorf("status %d, more than the details: %.200s", a.Code, a.Body.String())
	}
	if vary := a.Header().Values("Vary"); !slices.Contains(vary, "HX-Request, HX-Target") {
		t.Errorf("Vary = %q", vary)
	}
	if got := a.page.Find("[data-pane-close]").AttrOr("href", ""); got != "/logs/interactive?range=7d" {
		t.Errorf("closing leads to %q", got)
	}
	if got := p.get("/logs/interactive/"+testID(77), "HX-Request", "true", "HX-Target", "pane").Code; got != http.StatusNotFound {
		t.Errorf("one that is not there: status %d, want 404", got)
	}
}

func TestListWithASignInOpen(t *testing.T) {
	p := newPortal(t, threeOfAda(), admin)
	const list = "/logs/interactive?range=7d&user=ada-id"
	a := p.get(list + "&open=" + testID(3))
	if a.Code != http.StatusOK || a.hook("row").Length() != 3 || a.page.Find("#pane").Find(`[data-id="`+testID(3)+`"]`).Length() != 1 || a.page.Find("h1").Length() != 1 {
		t.Errorf("status %d, %d rows, no details beside them", a.Code, a.hook("row").Length())
	}
	if _, hidden := a.page.Find("[data-pane]").Attr("hidden"); hidden {
		t.Error("the pane is hidden")
	}
	links := a.page.Find("a[href]")
	for i := range links.Length() {
		if href := links.Eq(i).AttrOr("href", ""); strings.Contains(href, "open=") {
			t.Errorf("the link %q keeps what is open", href)
		}
	}
	if got := a.page.Find(`input[name="open"]`).Length(); got != 0 {
		t.Error("a form keeps what is open")
	}
	unknown := p.get(list + "&open=" + testID(77))
	if unknown.Code != http.StatusOK || !strings.Contains(unknown.page.Find("#pane").Text(), "not in this log") || unknown.hook("row").Length() != 3 {
		t.Errorf("one that is not there: status %d, %q", unknown.Code, squeeze(unknown.page.Find("#pane").Text()))
	}
	if _, hidden := p.get(list).page.Find("[data-pane]").Attr("hidden"); !hidden {
		t.Error("the pane stands there empty")
	}
	body := newPortal(t, threeOfAda(), reports).get(list + "&open=" + testID(3)).Body.String()
	if strings.Contains(body, "Secret") || strings.Contains(body, "Warehouse") {
		t.Error("the pane holds Conditional Access data")
	}
}
