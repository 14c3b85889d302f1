package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"signpost/auth"
	"signpost/store"
)

var ada = auth.Account{ID: 7, Name: "ada", UserID: "ada-id", UserPrincipalName: "ada@example.com", Roles: []auth.Role{auth.RoleUser}}

// people has Ada's sign-ins in both user logs, Bob's, and those of a service principal.
func people() *fakeStore {
	bob := interactiveSignIn(20, at("11:00:00"))
	bob.UserID, bob.UserPrincipalName, bob.UserDisplayName, bob.AppDisplayName = "bob-id", "bob@example.com", "Bob Example", "Bob's App"
	failed := interactiveSignIn(11, at("10:00:00"))
	failed.ErrorCode, failed.FailureReason = store.IntOf(50126), "Error validating credentials."
	return newFakeStore(interactiveSignIn(10, at("12:00:00")), failed, refresh(12, at("09:00:00"), "r"), bob, principalSignIn(30, at("12:00:00")))
}

func TestMeListsOwnSignInsOfBothUserLogs(t *testing.T) {
	a := newPortalOf(t, people(), ada).get("/me")
	if a.Code != http.StatusOK {
		t.Fatalf("status = %d, want 200", a.Code)
	}
	var ids []string
	for i := range a.hook("row").Length() {
		ids = append(ids, a.hook("row").Eq(i).AttrOr("data-id", ""))
	}
	if want := []string{testID(10), testID(11), testID(12)}; !slices.Equal(ids, want) {
		t.Errorf("ids = %q, want %q", ids, want)
	}
	want := []string{"Successful sign-in", "Unsuccessful sign-in", "Successful sign-in"}
	if got := a.texts(`[data-testid="row"] .status`); !slices.Equal(got, want) {
		t.Errorf("results = %q, want %q", got, want)
	}
	if got := squeeze(a.hook("row").Eq(1).Text()); !strings.Contains(got, "The user name or password was wrong.") {
		t.Errorf("the failed one reads %q", got)
	}
}

func TestMeHoldsNothingOfOthersAndNoSecrets(t *testing.T) {
	p := newPortalOf(t, people(), ada)
	for _, path := range []string{"/me", "/me/" + testID(10), "/me/" + testID(12)} {
		body := strings.ToLower(p.get(path).Body.String())
		for _, secret := range []string{testID(20), testID(30), "bob", "nightly", "conditional", "policy", "warehouse", "mfa for all", "atrisk", "at risk", ">hidden<", "/logs/"} {
			if strings.Contains(body, secret) {
				t.Errorf("%s holds %q", path, secret)
			}
		}
	}
}

func TestMeDetailsOfAnybodyElseIsTheUnknownPage(t *testing.T) {
	p := newPortalOf(t, people(), ada)
	unknown := p.get("/me/" + testID(99))
	if unknown.Code != http.StatusNotFound {
		t.Fatalf("unknown id: status %d, want 404", unknown.Code)
	}
	for _, id := range []string{testID(20), testID(30), "nonsense", "%00", strings.Repeat("x", 300)} {
		got := p.get("/me/" + id)
		if got.Code != http.StatusNotFound || got.Body.String() != unknown.Body.String() {
			t.Errorf("%.40s: status %d and other bytes than an unknown id", id, got.Code)
		}
	}
	own := p.get("/me/" + testID(10))
	if own.Code != http.StatusOK || own.hook("details").AttrOr("data-id", "") != testID(10) {
		t.Errorf("own sign-in: status %d", own.Code)
	}
	if got := fact(own, "Result"); got != "Successful sign-in" {
		t.Errorf("Result = %q", got)
	}
	if got := fact(p.get("/me/"+testID(12)), "IP address"); !strings.Contains(got, "the first token was issued to") {
		t.Errorf("IP address of a refresh = %q, want its note", got)
	}
}

func TestMeOfNobodySaysWhy(t *testing.T) {
	nobody := interactiveSignIn(1, at("12:00:00"))
	nobody.UserID, nobody.UserPrincipalName = "", ""
	f := newFakeStore(nobody)
	a := newPortalOf(t, f, auth.Account{ID: 1, Name: "kim", Roles: []auth.Role{auth.RoleUser}}).get("/me")
	if a.Code != http.StatusOK || a.hook("row").Length() != 0 {
		t.Fatalf("status %d with %d rows, want 200 and none", a.Code, a.hook("row").Length())
	}
	if got := a.page.Find(".empty").Text(); !strings.Contains(got, "neither a user principal name nor a user ID") {
		t.Errorf("the page says %q", squeeze(got))
	}
}

func TestMePages(t *testing.T) {
	var list []store.SignIn
	for i := range 7 {
		list = append(list, interactiveSignIn(i, at("12:00:00")))
	}
	p := newPortalOf(t, newFakeStore(list...), ada)
	a := p.get("/me?limit=3&range=7d")
	walked := a.hook("row").Length()
	for a.hook("next").Length() > 0 {
		a = p.get(a.hook("next").AttrOr("href", ""))
		walked += a.hook("row").Length()
	}
	if walked != 7 {
		t.Errorf("walked over %d, want 7", walked)
	}
	if a.hook("prev").Length() != 1 || a.hook("prev").AttrOr("rel", "") != "prev" {
		t.Error("no way back from the last page")
	}
}

func TestMeTakesNoFilter(t *testing.T) {
	p := newPortalOf(t, people(), ada)
	for _, query := range []string{"ca=success", "user=bob", "risk=high", "expand=1", "cols=user", "range=2y", "after=x"} {
		a := p.get("/me?" + query)
		if a.Code != http.StatusBadRequest || a.hook("row").Length() != 0 || a.hook("error").Length() != 1 {
			t.Errorf("%s: status %d with %d rows and %d messages, want 400, none and one", query, a.Code, a.hook("row").Length(), a.hook("error").Length())
		}
	}
}

func TestMeOfSomebodyWithoutLogsOffersNone(t *testing.T) {
	a := newPortalOf(t, people(), ada).get("/me")
	if got := a.texts(".top-links a"); !slices.Equal(got, []string{"My sign-ins", "Error codes"}) || a.page.Find(".rail, .bottom").Length() != 0 {
		t.Errorf("navigation = %q, want the error codes and own sign-ins only", got)
	}
}
