package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	gocmp "github.com/google/go-cmp/cmp"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
)

func helpdeskURL(user, ticket string, more ...string) string {
	v := url.Values{"user": {user}, "ticket": {ticket}}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return "/helpdesk?" + v.Encode()
}

// The help desk finds one person by the whole name or the ID, in any letter case, and sees only that person's data.
func TestHelpdeskFindsOnePerson(t *testing.T) {
	t.Parallel()
	h := newScopeHouse(t)
	helper := h.at("helper", auth.RoleHelpdesk)
	form := helper.get("/helpdesk")
	if form.StatusCode != http.StatusOK || form.find(t, "[data-testid=helpdesk-person]") != "" || form.find(t, "[data-testid=error]") != "" {
		t.Errorf("without parameters: %d, %q", form.StatusCode, form.find(t, "main"))
	}
	for _, user := range []string{"ada@example.com", " ADA@Example.com ", scopeAda, strings.ToUpper(scopeAda)} {
		page := helper.get(helpdeskURL(user, "T-1"))
		text := page.find(t, "[data-testid=helpdesk-person]")
		if total := page.find(t, "[data-testid=total]"); page.StatusCode != http.StatusOK || total != "6 sign-ins" {
			t.Errorf("%s: %d, the total is %q", user, page.StatusCode, total)
		}
		if records := page.find(t, "[data-testid=records]"); !strings.Contains(records, "Update group") || !strings.Contains(records, "Reset password") {
			t.Errorf("%s: the records about them are %q", user, records)
		}
		if strings.Contains(strings.ToLower(page.body), "bob") {
			t.Errorf("%s: the page tells of Bob", user)
		}
		for _, want := range []string{"Payroll", "Adatown", "50126", "192.0.2.1"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the page lacks %s", user, want)
			}
		}
		if strings.Contains(text, "by you") {
			t.Errorf("%s: the page speaks to the person", user)
		}
		if strings.Contains(page.body, "export.") || strings.Contains(page.body, "/users/") {
			t.Errorf("%s: the page leads to a download or to a list", user)
		}
	}
	for _, user := range []string{"ada", "ada@example", "da@example.com", "ada@example.com*", "%", scopeAda[:8], "*"} {
		if page := helper.get(helpdeskURL(user, "T-1")); page.StatusCode != http.StatusOK || page.find(t, "[data-testid=total]") != "0 sign-ins" || page.find(t, "[data-testid=record]") != "" {
			t.Errorf("%s finds %q", user, page.find(t, "[data-testid=helpdesk-person]"))
		}
	}
	if rail := form.find(t, ".rail a"); strings.Join(strings.Fields(rail), "") != "HelpdeskErrorcodes" {
		t.Errorf("the navigation is %q", rail)
	}
	helper.get("/").expect(t, "the first page", http.StatusSeeOther, "/helpdesk")
}

// An unknown person gets the same answer as a person without any data.
func TestHelpdeskOfNobody(t *testing.T) {
	t.Parallel()
	h := newScopeHouse(t)
	helper := h.at("helper", auth.RoleHelpdesk)
	answer := func(user string, more ...string) string {
		got := helper.get(helpdeskURL(user, "T-1", more...))
		if got.StatusCode != http.StatusOK {
			t.Errorf("%s: got %d", user, got.StatusCode)
		}
		once := url.QueryEscape(user)
		return strings.NewReplacer(user, "ASKED", once, "ASKED", url.QueryEscape(once), "ASKED", got.Header.Get("X-Request-Id"), "REQUEST").Replace(got.body)
	}
	before := []string{"from", "2020-01-01", "to", "2020-01-02"}
	if known, unknown := answer("ada@example.com", before...), answer("eve@example.com", before...); known != unknown {
		t.Error("a name without records in the range and a name that nobody has differ")
	}
	if known, unknown := answer(scopeAda, before...), answer(testID(99), before...); known != unknown {
		t.Error("an ID without records in the range and an ID that nobody has differ")
	}
	// A person outside of the helper's own scope is treated as unknown.
	h.limit("helper", []string{scopeGroup}, nil)
	helper = h.as("helper")
	if foreign, unknown := answer("bob@example.com"), answer("eve@example.com"); foreign != unknown {
		t.Error("somebody out of the scope and a name that nobody has differ")
	}
	if page := helper.get(helpdeskURL("ada@example.com", "T-1")); page.find(t, "[data-testid=total]") != "6 sign-ins" {
		t.Errorf("in the scope: %q", page.find(t, "[data-testid=total]"))
	}
}

// A ticket number and a person are needed; each problem is shown next to its control.
func TestHelpdeskNeedsATicket(t *testing.T) {
	h := newScopeHouse(t)
	helper := h.at("helper", auth.RoleHelpdesk)
	for _, tt := range []struct{ user, ticket, message string }{
		{"ada@example.com", "", "The ticket number is missing. Give the number of the ticket for which you look."},
		{"ada@example.com", "  ", "The ticket number is missing. Give the number of the ticket for which you look."},
		{"ada@example.com", strings.Repeat("1", 101), "The ticket number is too long. Shorten it."},
		{"ada@example.com", "a\x00b", "The ticket number has characters that it cannot have. Take them out."},
		{"", "T-1", "The person is missing. Give the whole user principal name, or the user ID."},
		{strings.Repeat("a", 300), "T-1", "The person is too long. Shorten it."},
	} {
		got := helper.get(helpdeskURL(tt.user, tt.ticket))
		got.says(t, tt.user+" for "+tt.ticket, http.StatusBadRequest, tt.message)
		if strings.Contains(got.body, "192.0.2.") || got.find(t, "[data-testid=helpdesk-person]") != "" {
			t.Errorf("%s for %q: the page shows somebody", tt.user, tt.ticket)
		}
	}
	helper.get(helpdeskURL("ada@example.com", strings.Repeat("é", 100))).expect(t, "100 characters", http.StatusOK, "")
	helper.get(helpdeskURL("ada@example.com", "Conditional Access 7")).expect(t, "a ticket that reads like a field", http.StatusOK, "")
	helper.get(helpdeskURL("ada@example.com", "T-1", "city", "Adatown")).says(t, "a filter", http.StatusBadRequest, "city is not a parameter of this page. Take it out of the address.")
	helper.get("/helpdesk/"+testID(1)).expect(t, "a sign-in without a person", http.StatusSeeOther, "/helpdesk")
	if got := helper.get("/helpdesk/" + testID(1) + "?user=ada@example.com"); got.StatusCode != http.StatusBadRequest {
		t.Errorf("a sign-in without a ticket: got %d", got.StatusCode)
	}
}

// A sign-in opens only for its own person, and without Conditional Access data. Each look is recorded before the
// page is shown.
func TestHelpdeskSignIn(t *testing.T) {
	h := newScopeHouse(t)
	helper := h.at("helper", auth.RoleHelpdesk)
	page := helper.get("/helpdesk/" + testID(11) + "?user=ada@example.com&ticket=T-77")
	if text := page.find(t, "[data-testid=details]"); page.StatusCode != http.StatusOK || !strings.Contains(text, "Payroll") || !strings.Contains(text, "50126") {
		t.Errorf("got %d, %q", page.StatusCode, text)
	}
	helper.get("/helpdesk/"+testID(21)+"?user=ada@example.com&ticket=T-77").expect(t, "somebody else's", http.StatusNotFound, "")
	helper.get("/helpdesk/"+testID(21)+"?user=bob@example.com&ticket=T-78").expect(t, "for its own person", http.StatusOK, "")
	helper.get(helpdeskURL("ada@example.com", "T-9"))
	helper.get(helpdeskURL("eve@example.com", "T-10"))
	kept, err := h.server.Store.Page(t.Context(), store.ListQuery{Log: access.Log, Range: store.AllTime(), Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	var looks []string
	for _, row := range slices.Backward(kept.Rows) {
		if r := row.Entry.(*access.Record); r.Action == access.Helpdesk {
			record, err := h.server.Store.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: access.Log, ID: r.Head().ID}})
			if err != nil {
				t.Fatal(err)
			}
			r := record.Entry.(*access.Record)
			looks = append(looks, fmt.Sprint(r.Account, " ", r.Subjects, " ", r.RecordID, " ", r.Ticket, " ", r.Rows.N))
		}
	}
	want := []string{
		"helper [{" + scopeAda + " ada@example.com }] " + testID(11) + " T-77 1",
		"helper [{" + scopeAda + " ada@example.com }] " + testID(21) + " T-77 0",
		"helper [{" + scopeBob + " bob@example.com }] " + testID(21) + " T-78 1",
		"helper [{" + scopeAda + " ada@example.com }]  T-9 8",
		"helper [{eve@example.com  }]  T-10 0",
	}
	if diff := gocmp.Diff(want, looks); diff != "" {
		t.Errorf("the access log (-want +got):\n%s", diff)
	}
}

// Nothing is shown if the look cannot be recorded.
func TestHelpdeskWithoutAccessLog(t *testing.T) {
	h := newScopeHouse(t)
	helper := h.at("helper", auth.RoleHelpdesk)
	h.server.Access = fullAccessLog{}
	for _, path := range []string{helpdeskURL("ada@example.com", "T-1"), "/helpdesk/" + testID(1) + "?user=ada@example.com&ticket=T-1"} {
		if got := helper.get(path); got.StatusCode < 500 || strings.Contains(got.body, "Payroll") {
			t.Errorf("%s: got %d, %q", path, got.StatusCode, got.find(t, "main"))
		}
	}
}

// fullAccessLog has no room on its disk.
type fullAccessLog struct{}

func (fullAccessLog) Append(context.Context, *access.Record) error { return store.ErrDiskFull }

// All sign-ins of a person are on the pages of the list, each once.
func TestHelpdeskPages(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		var signIns []store.SignIn
		for n := range 120 {
			signIns = append(signIns, interactiveSignIn(n+1, at("08:00:00").Add(-time.Duration(n)*time.Minute)))
		}
		c.Store = newFakeStore(signIns...)
	})
	helper := h.at("helper", auth.RoleHelpdesk)
	user := interactiveSignIn(1, at("08:00:00")).UserID
	address, rows := helpdeskURL(user, "T-1"), 0
	for range 5 {
		page := helper.get(address)
		rows += strings.Count(page.body, `data-testid="row"`)
		document, err := goquery.NewDocumentFromReader(strings.NewReader(page.body))
		if err != nil {
			t.Fatal(err)
		}
		next, more := document.Find("[data-testid=next]").Attr("href")
		if !more {
			break
		}
		address = next
	}
	if rows != 120 {
		t.Errorf("%d sign-ins on all pages, want 120", rows)
	}
}
