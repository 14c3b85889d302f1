package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"signpost/auth"
)

func setupForm(code string) url.Values {
	return url.Values{"code": {code}, "name": {"ada"}, "password": {housePassword}, "repeat": {housePassword}, "upn": {"ada@example.com"}, "userid": {""}}
}

func TestFirstAdministrator(t *testing.T) {
	p := newHouse(t, nil)
	v := p.visitor()
	if !strings.Contains(v.get("/signin").body, `href="/setup"`) {
		t.Error("without any account the sign-in page does not lead to the setup")
	}
	v.get("/setup").expect(t, "setup page", http.StatusOK, "")
	code := p.server.Setup.Code()
	for _, test := range []struct {
		what    string
		change  func(url.Values)
		status  int
		message string
	}{
		{"wrong code", func(f url.Values) { f.Set("code", "AAAA-AAAA-AAAA-AAAA") }, http.StatusForbidden, "This is not the code."},
		{"no code", func(f url.Values) { f.Del("code") }, http.StatusForbidden, "This is not the code."},
		{"two passwords", func(f url.Values) { f.Set("repeat", "another one") }, http.StatusUnprocessableEntity, "The two passwords are not the same."},
		{"short password", func(f url.Values) { f.Set("password", "short"); f.Set("repeat", "short") }, http.StatusUnprocessableEntity, "at least 10 characters"},
		{"no name", func(f url.Values) { f.Set("name", " ") }, http.StatusUnprocessableEntity, "A name is needed."},
	} {
		form := setupForm(code)
		test.change(form)
		got := v.send(http.MethodPost, "/setup", form)
		if message := got.find(t, "[data-testid=error]"); got.StatusCode != test.status || !strings.Contains(message, test.message) {
			t.Errorf("%s: got %d %q, want %d %q", test.what, got.StatusCode, message, test.status, test.message)
		}
		if strings.Contains(got.body, housePassword) {
			t.Errorf("%s: the page holds the password", test.what)
		}
	}
	if log := p.log.String(); strings.Count(log, "wrong setup code") != 2 || strings.Contains(log, "AAAA-AAAA") {
		t.Errorf("the log does not tell of two wrong codes, or gives them away: %s", log)
	}
	// This is the code as somebody types it from a screen.
	v.send(http.MethodPost, "/setup", setupForm(strings.ToLower(strings.ReplaceAll(code, "-", " ")))).expect(t, "right code", http.StatusSeeOther, "/")
	v.get("/").expect(t, "signed in by it", http.StatusSeeOther, "/logs/interactive")
	account, err := p.accounts.SignIn(t.Context(), "ada", housePassword)
	if err != nil || !account.Is(auth.RoleGlobalAdministrator) || account.UserPrincipalName != "ada@example.com" {
		t.Errorf("account: got %+v, %v, want a global administrator", account, err)
	}

	again := p.visitor()
	form := setupForm(code)
	form.Set("name", "eve")
	for what, got := range map[string]reply{
		"the page": again.get("/setup"), "the code again": again.send(http.MethodPost, "/setup", form),
	} {
		got.expect(t, what, http.StatusNotFound, "")
		if message := got.find(t, "[data-testid=error]"); !strings.Contains(message, "There is an account already") {
			t.Errorf("%s: got %q, want that setup is done", what, message)
		}
	}
	if strings.Contains(again.get("/signin").body, `href="/setup"`) {
		t.Error("with an account the sign-in page still leads to the setup")
	}
}

func TestWrongSetupCodesWait(t *testing.T) {
	p := newHouse(t, func(c *Config) { c.TrustedProxies = prefixes(t, "127.0.0.0/8", "::1/128") })
	v := p.visitor()
	for range 10 {
		v.send(http.MethodPost, "/setup", setupForm("wrong"), "X-Forwarded-For", "198.51.100.9").expect(t, "wrong code", http.StatusForbidden, "")
	}
	got := v.send(http.MethodPost, "/setup", setupForm(p.server.Setup.Code()), "X-Forwarded-For", "198.51.100.9")
	got.expect(t, "the right code during the wait", http.StatusTooManyRequests, "")
	if wait, message := got.Header.Get("Retry-After"), got.find(t, "[data-testid=error]"); wait != "1" || !strings.Contains(message, "Wait 1 second") {
		t.Errorf("the wait is %q, the page says %q", wait, message)
	}
	v.send(http.MethodPost, "/setup", setupForm(p.server.Setup.Code()), "X-Forwarded-For", "203.0.113.4").expect(t, "from another network", http.StatusSeeOther, "/")
}

func TestSetupClosesWithAnyAccount(t *testing.T) {
	p := newHouse(t, nil)
	v := p.visitor()
	v.get("/setup").expect(t, "before", http.StatusOK, "")
	p.add("ada", auth.RoleUser) // by the command line, while the portal runs
	v.get("/setup").expect(t, "after", http.StatusNotFound, "")
	v.send(http.MethodPost, "/setup", setupForm(p.server.Setup.Code())).expect(t, "the right code", http.StatusNotFound, "")
}
