package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"signpost/auth"
)

// id gives the id of an account.
func (p *house) id(name string) string {
	p.t.Helper()
	account, err := p.people.AccountByName(p.t.Context(), name)
	if err != nil {
		p.t.Fatal(err)
	}
	return strconv.FormatInt(account.ID, 10)
}

// at gives a signed-in visitor, with a new account.
func (p *house) at(name string, roles ...auth.Role) *visitor {
	p.t.Helper()
	p.add(name, roles...)
	return p.as(name)
}

// says checks the status and the message of an answer.
func (r reply) says(t *testing.T, what string, status int, message string) {
	t.Helper()
	if got := r.find(t, "[data-testid=error]"); r.StatusCode != status || got != message {
		t.Errorf("%s: got %d %q, want %d %q", what, r.StatusCode, got, status, message)
	}
}

func newPersonForm(name string, roles ...string) url.Values {
	return url.Values{"name": {name}, "role": roles, "password": {housePassword}, "repeat": {housePassword}, "upn": {" grace@example.com "}, "userid": {"id-7"}}
}

func TestAddingAPerson(t *testing.T) {
	p := newHouse(t, nil)
	ada := p.at("ada", auth.RoleGlobalAdministrator)
	for _, test := range []struct {
		what    string
		change  func(url.Values)
		message string
	}{
		{"no name", func(f url.Values) { f.Set("name", " ") }, "A name is needed. Give one."},
		{"a name that is taken", func(f url.Values) { f.Set("name", "ADA") }, "There is already an account of that name. Choose another one."},
		{"no role", func(f url.Values) { f.Del("role") }, "A role is needed. Give one."},
		{"a role that is none", func(f url.Values) { f.Set("role", "root") }, "A role is needed. Give one."},
		{"two passwords", func(f url.Values) { f.Set("repeat", "x") }, "The two passwords are not the same. Type both again."},
		{"a short password", func(f url.Values) { f.Set("password", "short"); f.Set("repeat", "short") }, "The password needs at least 10 characters. Choose a longer one."},
		{"a UPN that is none", func(f url.Values) { f.Set("upn", "a\x00b") }, "This is no user principal name. Copy it from Entra ID, or leave it empty."},
		{"a user ID that is none", func(f url.Values) { f.Set("userid", strings.Repeat("x", 300)) }, "This is no user ID. Copy it from Entra ID, or leave it empty."},
	} {
		form := newPersonForm("grace", "user")
		test.change(form)
		got := ada.post("/settings/people/new", form)
		got.says(t, test.what, http.StatusUnprocessableEntity, test.message)
		if strings.Contains(got.body, housePassword) {
			t.Errorf("%s: the page holds the password", test.what)
		}
	}
	got := ada.post("/settings/people/new", newPersonForm("grace", "global-reader", "user"))
	got.expect(t, "add", http.StatusSeeOther, "/settings/people/"+p.id("grace")+"?done=added")
	page := ada.get(got.location())
	if said := page.find(t, "[data-testid=done]"); !strings.Contains(said, "Added.") {
		t.Errorf("the page after it says %q", said)
	}
	p.as("grace").get("/logs/interactive").expect(t, "a reader's page", http.StatusOK, "")
	list := ada.get("/settings/people")
	for _, text := range []string{"ada you", "grace", "Global Reader, User", "grace@example.com"} {
		if row := list.find(t, "[data-testid=person]"); !strings.Contains(row, text) {
			t.Errorf("the list %q lacks %q", row, text)
		}
	}
	if row := ada.get("/settings/people?q=EXAMPLE.com").find(t, "[data-testid=person] th"); row != "grace" {
		t.Errorf("searched: got %q, want grace", row)
	}
	if text := ada.get("/settings/people?q=nobody").find(t, "[data-testid=empty]"); !strings.Contains(text, "Nobody found") {
		t.Errorf("nobody found: got %q", text)
	}
}

// A change of an account by an administrator ends its sessions at the next request.
func TestChangesEndSessionsAtOnce(t *testing.T) {
	p := newHouse(t, nil)
	ada := p.at("ada", auth.RoleGlobalAdministrator)
	p.add("grace", auth.RoleGlobalReader)
	person := "/settings/people/" + p.id("grace")
	for _, test := range []struct {
		what, path string
		form       url.Values
		leads      string
	}{
		{"roles", person, url.Values{"role": {"user"}}, person + "?done=edited"},
		{"password", person + "/password", url.Values{"password": {housePassword}, "repeat": {housePassword}}, person + "?done=password"},
		{"one session", "/settings/sessions", url.Values{"account": {p.id("grace")}}, "/settings/sessions?done=ended"},
		{"all sessions", "/settings/sessions", url.Values{"account": {p.id("grace")}, "session": {"all"}}, person + "?done=ended"},
		{"disable", person + "/disable", url.Values{}, person + "?done=disabled"},
	} {
		grace := p.as("grace")
		grace.get("/me").expect(t, "before", http.StatusOK, "")
		if test.what == "one session" {
			test.form.Set("session", sessionRef(t, ada.get(person)))
		}
		ada.post(test.path, test.form).expect(t, test.what, http.StatusSeeOther, test.leads)
		grace.get("/me").expect(t, "after "+test.what, http.StatusSeeOther, "/signin?next=%2Fme&session=ended")
	}
	p.visitor().signIn("grace").says(t, "disabled", http.StatusForbidden, "This account is disabled. Ask an administrator of Signpost to enable it.")
	ada.post(person+"/enable", url.Values{}).expect(t, "enable", http.StatusSeeOther, person+"?done=enabled")
	grace := p.as("grace")
	grace.get("/logs/interactive").expect(t, "with the role that was taken", http.StatusForbidden, "")

	for _, do := range []string{"disable", "remove"} {
		page := ada.get(person + "/" + do)
		page.expect(t, "the question before "+do, http.StatusOK, "")
		if action := attribute(t, page, "main form", "action"); action != person+"/"+do {
			t.Errorf("the question before %s: its form goes to %q", do, action)
		}
	}
	ada.post(person+"/remove", url.Values{}).expect(t, "remove", http.StatusSeeOther, "/settings/people?done=removed")
	grace.get("/me").expect(t, "removed", http.StatusSeeOther, "/signin?next=%2Fme&session=ended")
	ada.get(person).expect(t, "the page of somebody removed", http.StatusNotFound, "")
	ada.post(person+"/enable", url.Values{}).expect(t, "enable somebody removed", http.StatusNotFound, "")
	if log := p.log.String(); !strings.Contains(log, `"msg":"account removed"`) || !strings.Contains(log, `"account":"grace","by":"ada"`) {
		t.Error("the log does not say who removed whom")
	}
}

func attribute(t *testing.T, r reply, selector, name string) string {
	t.Helper()
	return r.document(t).Find(selector).First().AttrOr(name, "")
}

// sessionRef is the first session of a page that lists some.
func sessionRef(t *testing.T, page reply) string {
	t.Helper()
	ref := attribute(t, page, "[data-testid=session] button[name=session]", "value")
	if len(ref) != 16 {
		t.Fatalf("the page lists no session: %q", ref)
	}
	return ref
}

func TestTheLastAdministratorStays(t *testing.T) {
	p := newHouse(t, nil)
	ada := p.at("ada", auth.RoleGlobalAdministrator)
	p.add("grace", auth.RoleSecurityAdministrator)
	person := "/settings/people/" + p.id("ada")
	ada.post(person, url.Values{"role": {"user"}}).says(t, "demote", http.StatusUnprocessableEntity, lastAdministrator)
	ada.post(person+"/disable", url.Values{}).says(t, "disable", http.StatusConflict, lastAdministrator)
	ada.post(person+"/remove", url.Values{}).says(t, "remove", http.StatusConflict, lastAdministrator)
	ada.get("/settings/people").expect(t, "still signed in", http.StatusOK, "")
	p.add("joan", auth.RoleGlobalAdministrator)
	ada.post(person, url.Values{"role": {"user"}}).expect(t, "demote one of two", http.StatusSeeOther, person+"?done=edited")
	ada.get("/settings/people").expect(t, "signed out by it", http.StatusSeeOther, "/signin?next=%2Fsettings%2Fpeople&session=ended")
}

func TestSettingsRefuseOddRequests(t *testing.T) {
	p := newHouse(t, nil)
	ada := p.at("ada", auth.RoleGlobalAdministrator)
	for path, want := range map[string]int{
		"/settings/people?page=2":                               http.StatusBadRequest,
		"/settings/people?q=a&q=b":                              http.StatusBadRequest,
		"/settings/people?q=%ff":                                http.StatusBadRequest,
		"/settings/people?q=" + strings.Repeat("x", 201):        http.StatusBadRequest,
		"/settings/people?done=everything":                      http.StatusBadRequest,
		"/settings/sessions?after=x":                            http.StatusBadRequest,
		"/settings/sessions?after=1-00":                         http.StatusBadRequest,
		"/settings/sessions?after=1-" + strings.Repeat("0", 64): http.StatusOK,
		"/settings/people/99":                                   http.StatusNotFound,
		"/settings/people/-1":                                   http.StatusNotFound,
		"/settings/people/1e3":                                  http.StatusNotFound,
		"/settings/people/99/remove":                            http.StatusNotFound,
		"/settings/people/1/enable":                             http.StatusMethodNotAllowed,
	} {
		if got := ada.get(path); got.StatusCode != want {
			t.Errorf("%s: got %d, want %d", path, got.StatusCode, want)
		}
	}
	ada.post("/settings/sessions", url.Values{"session": {"x"}}).expect(t, "whose session", http.StatusBadRequest, "")
	ada.post("/settings/people/new", newPersonForm("eve", "user"), "Origin", "https://example.com").expect(t, "another site", http.StatusForbidden, "")
}

func TestOwnAccount(t *testing.T) {
	p := newHouse(t, nil)
	grace := p.at("grace", auth.RoleUser)
	phone := p.visitor()
	phone.client.Transport = browserNamed("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile Safari/604.1")
	phone.signIn("grace")
	page := grace.get("/settings/account")
	page.expect(t, "own account", http.StatusOK, "")
	for _, text := range []string{"Safari on iPhone", "Go program this one", "127.0.0.1"} {
		if list := page.find(t, "[data-testid=sessions]"); !strings.Contains(list, text) {
			t.Errorf("the sessions %q lack %q", list, text)
		}
	}
	grace.get("/settings").expect(t, "settings", http.StatusSeeOther, "/settings/account")
	grace.get("/settings/people").expect(t, "people", http.StatusForbidden, "")

	// Nobody can end somebody else's session as their own.
	root := p.at("root", auth.RoleGlobalAdministrator)
	other := sessionRef(t, root.get("/settings/account"))
	grace.post("/settings/account/sessions", url.Values{"session": {other}}).expect(t, "somebody else's", http.StatusSeeOther, "/settings/account?done=none")
	root.get("/me").expect(t, "which stands", http.StatusOK, "")

	grace.post("/settings/account/sessions", url.Values{"session": {"others"}}).expect(t, "end the others", http.StatusSeeOther, "/settings/account?done=ended")
	phone.get("/me").expect(t, "the other", http.StatusSeeOther, "/signin?next=%2Fme&session=ended")

	change := func(present, password, repeat string) reply {
		return grace.post("/settings/account/password", url.Values{"present": {present}, "password": {password}, "repeat": {repeat}})
	}
	const better = "a better password"
	change("a guess", better, better).says(t, "wrong", http.StatusUnprocessableEntity, "This is not the current password. Type it again.")
	change(housePassword, better, "x").says(t, "not twice", http.StatusUnprocessableEntity, "The two passwords are not the same. Type both again.")
	change(housePassword, "grace", "grace").says(t, "short", http.StatusUnprocessableEntity, "The password needs at least 10 characters. Choose a longer one.")
	phone.signIn("grace")
	before := sessionRef(t, grace.get("/settings/account"))
	change(housePassword, better, better).expect(t, "right", http.StatusSeeOther, "/settings/account?done=password")
	grace.get("/me").expect(t, "goes on", http.StatusOK, "")
	if after := sessionRef(t, grace.get("/settings/account")); after == before {
		t.Error("the session after a new password is the one of before")
	}
	phone.get("/me").expect(t, "the others ended", http.StatusSeeOther, "/signin?next=%2Fme&session=ended")
	for i := range 10 {
		change("a guess", better, better).says(t, "guess "+strconv.Itoa(i), http.StatusUnprocessableEntity, "This is not the current password. Type it again.")
	}
	change(better, better, better).says(t, "too many", http.StatusTooManyRequests, "Too many sign-ins failed. Wait 1 second, then try again: until then no password is looked at.")
}

// browserNamed sends requests with a User-Agent.
type browserNamed string

func (b browserNamed) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("User-Agent", string(b))
	return http.DefaultTransport.RoundTrip(r)
}

// The name of an account and an unknown name are slowed down in the same way, with the same words.
func TestTooManySignIns(t *testing.T) {
	p := newHouse(t, nil)
	p.add("ada", auth.RoleUser)
	v := p.visitor()
	try := func(name, password string) reply {
		return v.post("/signin", url.Values{"name": {name}, "password": {password}})
	}
	var refused []string
	for _, name := range []string{"ada", "eve"} {
		for range 10 {
			try(name, "a guess").says(t, name, http.StatusUnauthorized, "The name or the password is wrong. Check both and try again.")
		}
		p.wait(500 * time.Millisecond)
		got := try(name, housePassword)
		got.says(t, name, http.StatusTooManyRequests, "Too many sign-ins failed. Wait 1 second, then try again: until then no password is looked at.")
		if after := got.Header.Get("Retry-After"); after != "1" {
			t.Errorf("%s: got Retry-After %q, want 1", name, after)
		}
		refused = append(refused, strings.ReplaceAll(got.body, name, "NAME"))
	}
	if refused[0] != refused[1] {
		t.Error("the page tells a name that exists from one that does not")
	}
	p.wait(time.Second)
	try("ada", housePassword).expect(t, "after the wait", http.StatusSeeOther, "/")
	row := p.at("root", auth.RoleGlobalAdministrator).get("/settings/people").find(t, "[data-testid=person]")
	if !strings.Contains(row, "2026-11-23 09:00:02 UTC") {
		t.Errorf("the last sign-in is not on the people page: %q", row)
	}
}
