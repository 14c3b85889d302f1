package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/store"
)

// headingFields gives the FIELDs of each column by its words.
func headingFields(a answer) map[string]string {
	fields := map[string]string{}
	a.page.Find(`[data-testid="grid"] thead th`).Each(func(_ int, th *goquery.Selection) {
		fields[squeeze(th.Text())] = th.AttrOr("data-field", "")
	})
	return fields
}

func TestHeadingsSayWhatTheirValuesAreAskedForBy(t *testing.T) {
	f := newFakeStore(interactiveSignIn(1, at("12:00:00")), refresh(2, at("12:00:00"), "r"), principalSignIn(3, at("12:00:00")), identitySignIn(4, at("12:00:00")))
	tests := []struct {
		path string
		want map[string]string
	}{
		{"/logs/interactive", map[string]string{
			"Date": "", "Request ID": "request", "User": "user", "Application": "app", "Status": "status,error", "IP address": "ip",
			"Location": "country,state,city", "Conditional Access": "ca", "Authentication requirement": "requirement",
		}},
		{"/logs/noninteractive", map[string]string{"Resource": "resource", "Resource ID": "resource", "# sign-ins": ""}},
		{"/logs/serviceprincipal", map[string]string{"Service principal name": "sp", "Service principal ID": "sp"}},
		{"/logs/managedidentity", map[string]string{"Managed identity name": "sp", "Resource": "resource"}},
		{"/logs/legacy", map[string]string{"Risk detection status": "riskstate", "MFA required": "requirement"}},
		{"/logs/interactive?cols=os,location.city,servicePrincipalName,deviceDetail.browserId", map[string]string{"Operating system": "os", "City": "city", "Service principal name": "", "Browser ID": "devicedetailbrowserid"}},
	}
	for _, test := range tests {
		got := headingFields(newPortal(t, f, admin).get(test.path))
		for label, want := range test.want {
			if field, ok := got[label]; !ok || field != want {
				t.Errorf("%s: %s asks by %q, want %q", test.path, label, field, want)
			}
		}
	}
	a := newPortal(t, f, reports).get("/logs/interactive")
	if body := a.Body.String(); strings.Contains(body, `"ca"`) || strings.Contains(body, "notApplied") {
		t.Error("a Reports Reader is offered Conditional Access")
	}
}

// Each value in a cell's attribute finds the row of the cell.
func TestStatedValuesFindTheirRow(t *testing.T) {
	failed := interactiveSignIn(1, at("12:00:00"))
	failed.ErrorCode, failed.IncomingTokenType = store.IntOf(50126), "saml11, saml20"
	p := newPortal(t, newFakeStore(failed, refresh(2, at("12:00:00"), "r"), refresh(3, at("12:01:00"), "r")), admin)
	asked := 0
	for _, address := range []string{"/logs/interactive", "/logs/interactive?cols=user,status,tokentype", "/logs/noninteractive"} {
		a := p.get(address)
		path, _, _ := strings.Cut(address, "?")
		a.page.Find("[data-id] td[data-value]").Each(func(_ int, td *goquery.Selection) {
			fields := strings.Split(a.page.Find("thead th").Eq(td.Index()).AttrOr("data-field", ""), ",")
			for i, escaped := range strings.Split(td.AttrOr("data-value", ""), ",") {
				value, err := url.PathUnescape(escaped)
				if err != nil || value == "" {
					continue
				}
				asked++
				asks := path + "?" + url.Values{fields[min(i, len(fields)-1)]: {value}}.Encode()
				if n := p.get(asks).hook("row").Length(); n != 1 {
					t.Errorf("%s shows %d rows, want 1", asks, n)
				}
			}
		})
	}
	if asked < 10 {
		t.Errorf("only %d values were asked for", asked)
	}
}

func TestMembersStateTheirValues(t *testing.T) {
	p := newPortal(t, newFakeStore(refresh(2, at("12:00:00"), "r"), refresh(3, at("12:01:00"), "r")), admin)
	href := unfolding(p.get("/logs/noninteractive").hook("expand"))
	member := p.get(href).hook("member").First()
	if got := member.Find(`td.of-user`).AttrOr("data-value", ""); got != "ada-id" {
		t.Errorf("the member's user is asked for by %q, want ada-id", got)
	}
}

// The attributes for the menu stay small, even if every cell of a page of failures has IDs of full length.
func TestValuesCostLittleMarkup(t *testing.T) {
	var list []store.SignIn
	for i := range 50 {
		for _, log := range []store.Log{store.Interactive, store.NonInteractive} {
			s := interactiveSignIn(i, at("12:00:00").Add(-time.Duration(i)*time.Minute))
			s.Log, s.UserID, s.ErrorCode = log, testID(1000+i), store.IntOf(530034)
			s.AppID, s.ResourceID, s.ConditionalAccessStatus = testID(2000+i), testID(3000+i), "notApplied"
			list = append(list, s)
		}
	}
	p := newPortal(t, newFakeStore(list...), admin)
	attribute := regexp.MustCompile(`(<t[hd][^>]*?) data-(?:field|words|value)="[^"]*"`)
	for _, log := range []string{"interactive", "noninteractive"} {
		a := p.get("/logs/" + log)
		if n := a.hook("row").Length(); n != 50 {
			t.Fatalf("%s: %d rows, want 50", log, n)
		}
		body := a.Body.String()
		bare := body
		for attribute.MatchString(bare) {
			bare = attribute.ReplaceAllString(bare, "$1")
		}
		cost := len(body) - len(bare)
		t.Logf("%s: %d of %d bytes", log, cost, len(body))
		if cost > 12<<10 || cost < 1<<10 {
			t.Errorf("%s: the values cost %d bytes, want less than 12 KB", log, cost)
		}
	}
}

// Every link from a fact to the log leads to a page with the sign-in, or to one without it.
func TestFactsOfASignInLeadToTheLog(t *testing.T) {
	p := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00"))), admin)
	a := p.get("/logs/interactive/" + testID(1))
	ways := 0
	a.page.Find(".narrow").Each(func(_ int, s *goquery.Selection) {
		links := s.Find("a")
		for i, want := range []int{1, 0} {
			ways++
			href := links.Eq(i).AttrOr("href", "")
			got := p.get(href)
			if got.Code != http.StatusOK || got.hook("row").Length() != want {
				t.Errorf("%s: status %d, %d rows, want %d", links.Eq(i).AttrOr("aria-label", ""), got.Code, got.hook("row").Length(), want)
			}
		}
	})
	if ways < 40 {
		t.Errorf("only %d ways", ways)
	}
	user := a.page.Find(`.narrow a[aria-label="Filter by User: Ada Example"]`)
	if want := "/logs/interactive?from=2026-11-23T00%3A00%3A00Z&to=2026-11-24T00%3A01%3A00Z&user=ada-id"; user.AttrOr("href", "") != want {
		t.Errorf("the user leads to %s, want %s", user.AttrOr("href", ""), want)
	}
	if n := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00"))), reports).get("/logs/interactive/" + testID(1)).page.Find(`a[href*="ca="], a[href*="ca.not="]`).Length(); n != 0 {
		t.Errorf("a Reports Reader has %d ways by Conditional Access", n)
	}
}

func TestOwnSignInsLeadToNoLog(t *testing.T) {
	p := newPortalOf(t, newFakeStore(interactiveSignIn(1, at("12:00:00"))), auth.Account{ID: 1, Name: "ada", UserID: "ada-id", Roles: []auth.Role{auth.RoleUser}})
	a := p.get("/me/" + testID(1))
	if a.Code != http.StatusOK || a.page.Find(".narrow").Length() != 0 {
		t.Errorf("status %d, %d ways to the log", a.Code, a.page.Find(".narrow").Length())
	}
}

func TestKeysArePagesOfTheirOwn(t *testing.T) {
	for role, filters := range map[auth.Role]bool{admin: true, auth.RoleUser: false} {
		p := newPortal(t, newFakeStore(), role)
		a := p.get("/help/keys")
		if a.Code != http.StatusOK || a.texts("h1")[0] != "Keyboard shortcuts" {
			t.Fatalf("%s: status %d", role, a.Code)
		}
		keys := fmt.Sprint(a.texts(".keys kbd"))
		if !strings.Contains(keys, "j") || strings.Contains(keys, "f") != filters {
			t.Errorf("%s reads of the keys %s", role, keys)
		}
		if got := p.get("/me").page.Find(`a[href="/help/keys"]`).Length(); got != 1 {
			t.Errorf("%s: %d links to the shortcuts, want 1", role, got)
		}
	}
	newHouse(t, nil).visitor().get("/help/keys").expect(t, "signed out", http.StatusOK, "")
}
