package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/views"
)

func TestMailsAreSwitchedByTheirPerson(t *testing.T) {
	server := &views.MailServer{Host: "mail.example", Port: 587, Security: "starttls", User: "signpost", From: "signpost@example.com", Portal: "https://signpost.example"}
	h := newHouse(t, func(c *Config) { c.Store, c.MailServer = people(), server })
	h.wait(pageNow.Sub(h.clock()))
	for _, a := range []auth.NewAccount{
		{Name: "ada", UserID: "ada-id", Mail: "ada@example.com", Roles: []auth.Role{auth.RoleUser}},
		{Name: "bob", Roles: []auth.Role{auth.RoleUser}},
		{Name: "root", Roles: []auth.Role{auth.RoleGlobalAdministrator}},
	} {
		a.Password = housePassword
		if _, err := h.accounts.Add(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	as := func(name string) *visitor {
		v := h.visitor()
		v.signIn(name)
		return v
	}
	ada, bob, root := as("ada"), as("bob"), as("root")
	account, err := h.people.AccountByName(t.Context(), "ada")
	if err != nil {
		t.Fatal(err)
	}
	on := func() bool {
		kept, err := h.people.Preferences(t.Context(), account.ID)
		if err != nil {
			t.Fatal(err)
		}
		return kept.Mail.IsOn() && kept.Mail.Zone == "UTC"
	}
	if page := ada.get("/settings/account"); on() || !strings.Contains(page.find(t, "#mail"), "Mails go to ada@example.com") {
		t.Errorf("at first: on %v, %q", on(), page.find(t, "#mail"))
	}
	const back = "/settings/account?done=saved#mail"
	ada.post("/settings/account/mail", form("do", "on")).expect(t, "turned on", http.StatusSeeOther, back)
	if !on() {
		t.Error("it is not on")
	}
	ada.post("/settings/account/mail", form("do", "off")).expect(t, "turned off", http.StatusSeeOther, back)
	ada.post("/settings/account/mail", form("do", "off")).expect(t, "turned off again", http.StatusSeeOther, back)
	if on() {
		t.Error("it is still on")
	}
	claim := func() (auth.Mail, bool) {
		t.Helper()
		m, ok, err := h.people.ClaimMail(t.Context(), h.clock(), h.clock().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return m, ok
	}
	last, _ := claim()
	if last.To != "ada@example.com" || last.Subject != "Mails about your sign-ins were turned off" || !strings.Contains(last.Body, "When: "+views.Zone{}.Time(h.clock())) ||
		!strings.Contains(last.Body, "tell an administrator") {
		t.Errorf("after turning off the mail is %+v", last)
	}
	if more, ok := claim(); ok {
		t.Errorf("one more mail: %+v", more)
	}
	ada.post("/settings/account/mail", form("do", "on")).expect(t, "turned on again", http.StatusSeeOther, back)
	ada.post("/settings/account/mail", form("do", "on"), "Sec-Fetch-Site", "cross-site").expect(t, "from another site", http.StatusForbidden, "")
	bob.post("/settings/account/mail", form("do", "on")).expect(t, "without an address", http.StatusConflict, "")
	if got := bob.get("/settings/account").find(t, "#mail"); !strings.Contains(got, "Your account has no mail address.") {
		t.Errorf("without an address the page says %q", got)
	}

	m := auth.Mail{AccountID: account.ID, To: "ada@example.com", Subject: "New sign-in from Fiji", Body: "text", Created: h.clock()}
	if _, err := h.people.QueueMail(t.Context(), m, []string{"country fj"}); err != nil {
		t.Fatal(err)
	}
	if again, err := h.people.QueueMail(t.Context(), m, []string{"country fj"}); err != nil || again {
		t.Errorf("the same fact is told twice: %v, %v", again, err)
	}
	claimed, ok := claim()
	if !ok {
		t.Fatal("nothing is due")
	}
	if err := h.people.MailFailed(t.Context(), claimed.ID, "451 <come> back later", h.clock()); err != nil {
		t.Fatal(err)
	}
	page := root.get("/settings/mail")
	for _, want := range []string{"ada", "ada@example.com", "451 <come> back later"} {
		if got := page.find(t, "[data-testid=failed-mails]"); !strings.Contains(got, want) {
			t.Errorf("administrators read %q, want %q in it", got, want)
		}
	}
	if !strings.Contains(page.body, "mail.example, port 587") {
		t.Error("the page does not name the mail server")
	}
	bob.get("/settings/mail").expect(t, "a user", http.StatusForbidden, "")
	id := root.get("/settings/people?q=bob").document(t).Find("[data-testid=person]").AttrOr("data-id", "")
	root.post("/settings/people/"+id, form("role", "user", "mail", "bob at home")).expect(t, "no address", http.StatusUnprocessableEntity, "")
	root.post("/settings/people/"+id, form("role", "user", "mail", "bob@example.com")).expect(t, "an address", http.StatusSeeOther, "/settings/people/"+id+"?done=edited")
	bobNow := func() auth.Account {
		t.Helper()
		changed, err := h.people.AccountByName(t.Context(), "bob")
		if err != nil {
			t.Fatal(err)
		}
		return changed
	}
	if got := bobNow().Mail; got != "bob@example.com" {
		t.Errorf("bob's address is %q", got)
	}
	root.post("/settings/people/"+id, form("role", "reports-reader")).expect(t, "no field for the address", http.StatusSeeOther, "/settings/people/"+id+"?done=edited")
	if got := bobNow(); got.Mail != "bob@example.com" || !got.Is(auth.RoleReportsReader) {
		t.Errorf("without a field for the address bob is %+v", got)
	}
	refused := root.post("/settings/people/"+id, form("upn", "bob@example.org"))
	refused.expect(t, "no role", http.StatusUnprocessableEntity, "")
	if got := refused.document(t).Find("input[name=mail]").AttrOr("value", ""); got != "bob@example.com" {
		t.Errorf("the refused form without a field for the address has %q in it", got)
	}
	root.post("/settings/people/"+id, form("role", "reports-reader", "mail", "")).expect(t, "an empty field", http.StatusSeeOther, "/settings/people/"+id+"?done=edited")
	if got := bobNow().Mail; got != "" {
		t.Errorf("an empty field leaves %q", got)
	}
	if log := h.log.String(); strings.Count(log, auth.EventMailChanged) != 2 || strings.Contains(log, "bob@example.com") {
		t.Errorf("the log tells of the address: %s", log)
	}
}
