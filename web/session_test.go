package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/views"
)

func TestSignedOutAnswers(t *testing.T) {
	p := newHouse(t, nil)
	p.add("ada", auth.RoleGlobalReader)
	v := p.visitor()
	v.get("/logs/interactive?user=ada&range=7d").expect(t, "page", http.StatusSeeOther, "/signin?next=%2Flogs%2Finteractive%3Fuser%3Dada%26range%3D7d")
	v.get("/").expect(t, "start page", http.StatusSeeOther, "/signin?next=%2F")

	fragment := v.get("/logs/interactive?after=x", "HX-Request", "true", "HX-Current-URL", v.base+"/logs/interactive?range=7d")
	fragment.expect(t, "fragment", http.StatusUnauthorized, "")
	if got, want := fragment.Header.Get("HX-Redirect"), "/signin?next=%2Flogs%2Finteractive%3Frange%3D7d"; got != want {
		t.Errorf("fragment: got HX-Redirect %q, want %q", got, want)
	}
	foreign := v.get("/logs/interactive", "HX-Request", "true", "HX-Current-URL", "https://example.com/")
	if got, want := foreign.Header.Get("HX-Redirect"), "/signin"; got != want {
		t.Errorf("fragment of a foreign page: got HX-Redirect %q, want %q", got, want)
	}
	for _, path := range []string{"/logs/interactive/export.csv", "/logs/interactive/export.json", "/logs/interactive/export.ndjson", "/logs/interactive/export.xlsx"} {
		got := v.get(path)
		got.expect(t, path, http.StatusUnauthorized, "")
		if kind := got.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain") {
			t.Errorf("%s: got %s, want plain text", path, kind)
		}
	}
}

func TestSigningIn(t *testing.T) {
	p := newHouse(t, nil)
	p.add("ada", auth.RoleGlobalReader)
	p.add("grace", auth.RoleUser)
	if err := p.accounts.Disable(t.Context(), "grace"); err != nil {
		t.Fatal(err)
	}
	v := p.visitor()
	const wrong = "The name or the password is wrong. Check both and try again."
	for _, test := range []struct {
		what, name, password string
		status               int
		message              string
	}{
		{"wrong password", "ada", "something else", http.StatusUnauthorized, wrong},
		{"unknown name", "nobody", housePassword, http.StatusUnauthorized, wrong},
		{"nothing", "", "", http.StatusUnauthorized, wrong},
		{"disabled", "grace", housePassword, http.StatusForbidden, "This account is disabled. Ask an administrator of Signpost to enable it."},
	} {
		got := v.send(http.MethodPost, "/signin", url.Values{"name": {test.name}, "password": {test.password}, "next": {"/me"}})
		got.expect(t, test.what, test.status, "")
		if message := got.find(t, "[data-testid=error]"); message != test.message {
			t.Errorf("%s: got %q, want %q", test.what, message, test.message)
		}
		if !strings.Contains(got.body, `name="next" value="/me"`) {
			t.Errorf("%s: the page forgot where to go", test.what)
		}
		if test.password != "" && strings.Contains(got.body, test.password) {
			t.Errorf("%s: the page holds the password", test.what)
		}
		if len(got.Cookies()) > 0 {
			t.Errorf("%s: got cookies %v", test.what, got.Cookies())
		}
	}
	v.get("/me").expect(t, "still signed out", http.StatusSeeOther, "/signin?next=%2Fme")

	v.signIn("ada").expect(t, "right password", http.StatusSeeOther, "/")
	page := v.get("/me")
	page.expect(t, "signed in", http.StatusOK, "")
	if got := page.find(t, "[data-testid=viewer]"); !strings.Contains(got, "ada") || !strings.Contains(got, "Global Reader") {
		t.Errorf("viewer: got %q, want ada, Global Reader", got)
	}
	v.get("/signin?next=/me").expect(t, "sign-in page while signed in", http.StatusSeeOther, "/me")

	v.send(http.MethodGet, "/signout", nil).expect(t, "signing out by a link", http.StatusMethodNotAllowed, "")
	if got := page.Header.Get("Clear-Site-Data"); got != "" {
		t.Errorf("a page clears %q", got)
	}
	out := v.send(http.MethodPost, "/signout", nil)
	out.expect(t, "signing out", http.StatusSeeOther, "/signin")
	if got, want := out.Header.Get("Clear-Site-Data"), `"cache", "storage"`; got != want {
		t.Errorf("signing out clears %q, want %q", got, want)
	}
	v.get("/me").expect(t, "signed out", http.StatusSeeOther, "/signin?next=%2Fme")
	v.send(http.MethodPost, "/signout", nil).expect(t, "signing out twice", http.StatusSeeOther, "/signin")
}

func TestSignedOutTokenIsWorthNothing(t *testing.T) {
	p := newHouse(t, nil)
	p.add("ada", auth.RoleUser)
	v := p.visitor()
	cookie := sessionCookie(t, v.signIn("ada").Response)
	v.send(http.MethodPost, "/signout", nil)
	p.visitor().get("/me", "Cookie", cookie.Name+"="+cookie.Value).
		expect(t, "the token of before", http.StatusSeeOther, "/signin?next=%2Fme&session=ended")
}

func TestAfterSigningIn(t *testing.T) {
	p := newHouse(t, nil)
	p.add("ada", auth.RoleGlobalReader)
	p.add("grace", auth.RoleUser)
	for _, test := range []struct{ name, next, want string }{
		{"ada", "", "/"},
		{"ada", "/logs/legacy?range=7d", "/logs/legacy?range=7d"},
		{"ada", "//example.com/", "/"},
		{"ada", "https://example.com/", "/"},
		{"ada", `/\example.com`, "/"},
		{"ada", "/signin?next=/me", "/"},
		{"ada", "/signout", "/"},
		{"ada", "/setup", "/"},
		{"ada", "/progress", "/"},
		{"ada", "/no-such-page", "/no-such-page"},
		{"grace", "/me/some-id", "/me/some-id"},
		{"grace", "/logs/interactive", "/"},
		{"grace", "/logs/interactive/some-id?tab=raw", "/"},
	} {
		v := p.visitor()
		got := v.send(http.MethodPost, "/signin", url.Values{"name": {test.name}, "password": {housePassword}, "next": {test.next}})
		got.expect(t, test.name+" to "+test.next, http.StatusSeeOther, test.want)
	}
}

// A session that began while the clock was ahead must not last longer than any other.
func TestSessionFromTheFuture(t *testing.T) {
	p := newHouse(t, nil)
	p.add("ada", auth.RoleGlobalReader)
	v, soon := p.visitor(), p.visitor()
	soon.signIn("ada")
	p.wait(-30 * time.Second)
	soon.get("/me").expect(t, "a clock set back by half a minute", http.StatusOK, "")
	p.wait(48 * time.Hour)
	cookie := sessionCookie(t, v.signIn("ada").Response)
	p.wait(-24 * time.Hour)
	account := p.accountOf("ada")
	list, _, err := p.server.Sessions.List(t.Context(), account.ID, nil, 9)
	if err != nil || len(list) != 0 {
		t.Errorf("%d sessions are listed, %v; want none", len(list), err)
	}
	v.get("/me").expect(t, "begun tomorrow", http.StatusSeeOther, "/signin?next=%2Fme&session=ended")
	p.wait(25 * time.Hour)
	p.visitor().get("/me", "Cookie", cookie.Name+"="+cookie.Value).
		expect(t, "when its time has come", http.StatusSeeOther, "/signin?next=%2Fme&session=ended")
}

func TestExpiredSession(t *testing.T) {
	p := newHouse(t, nil)
	p.add("ada", auth.RoleUser)
	v := p.visitor()
	v.signIn("ada")
	p.wait(11 * time.Hour)
	v.get("/me").expect(t, "11 hours idle", http.StatusOK, "")
	p.wait(12 * time.Hour)
	got := v.get("/me?range=7d")
	got.expect(t, "12 hours idle", http.StatusSeeOther, "/signin?next=%2Fme%3Frange%3D7d&session=ended")
	page := v.get(got.location())
	page.expect(t, "sign-in page", http.StatusOK, "")
	if text := page.find(t, "form .message"); text != "Your session has ended. Sign in again to go on where you were." {
		t.Errorf("sign-in page: got %q", text)
	}
	v.signIn("ada").expect(t, "signing in again", http.StatusSeeOther, "/")
	v.get("/me").expect(t, "signed in again", http.StatusOK, "")
}

func TestForeignCookie(t *testing.T) {
	p := newHouse(t, nil)
	p.add("ada", auth.RoleUser)
	v := p.visitor()
	v.get("/me", "Cookie", "signpost=not|ours").expect(t, "page", http.StatusSeeOther, "/signin?next=%2Fme")
	v.get("/signin", "Cookie", "signpost=not|ours").expect(t, "sign-in page", http.StatusOK, "")
	form := url.Values{"name": {"ada"}, "password": {housePassword}}
	v.send(http.MethodPost, "/signin", form, "Cookie", "signpost=not|ours").expect(t, "signing in", http.StatusSeeOther, "/")
	v.get("/me").expect(t, "signed in", http.StatusOK, "")
}

func TestDemoAccountsAreListed(t *testing.T) {
	p := newHouse(t, func(c *Config) {
		c.DemoAccounts = []views.DemoAccount{{Name: "reader", Password: "made-up", Role: "Global Reader"}}
	})
	page := p.visitor().get("/signin")
	for selector, want := range map[string]string{"tbody th": "reader", "tbody td:nth-child(2)": "made-up", "tbody td:nth-child(3)": "Global Reader"} {
		if got := page.find(t, ".demo "+selector); got != want {
			t.Errorf("demo %s: got %q, want %q", selector, got, want)
		}
	}
	if got := newHouse(t, nil).visitor().get("/signin").find(t, ".demo"); got != "" {
		t.Errorf("no demo: got %q, want nothing", got)
	}
}

func TestTheme(t *testing.T) {
	v := newHouse(t, nil).visitor()
	choose := func(theme, next string, headers ...string) reply {
		return v.send(http.MethodPost, "/theme", url.Values{"theme": {theme}, "next": {next}}, headers...)
	}
	choose("dark", "/signin?next=%2Fme").expect(t, "dark", http.StatusSeeOther, "/signin?next=%2Fme")
	if page := v.get("/signin"); !strings.Contains(page.body, `data-theme="dark"`) {
		t.Error("dark was chosen, the page is not")
	}
	choose("light", "", "Referer", v.base+"/signin").expect(t, "light, by referer", http.StatusSeeOther, "/signin")
	choose("system", "//example.com", "Referer", "https://example.com/").expect(t, "system", http.StatusSeeOther, "/")
	if page := v.get("/signin"); strings.Contains(page.body, "data-theme=") {
		t.Error("the system's theme was chosen, the page has its own")
	}
	choose("pink", "/signin").expect(t, "pink", http.StatusBadRequest, "")
}
