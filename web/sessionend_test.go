package web

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"signpost/auth"
)

// Whoever signs in with a password that is changed before the session begins is not let in: the change ends the sessions
// that there are, and this one would come after it.
func TestSigningInWhileTheAccountChanges(t *testing.T) {
	p := newHouse(t, nil)
	for _, test := range []struct {
		name   string
		change func(name string) error
		want   error
	}{
		{"ada", func(name string) error { return p.accounts.SetPassword(t.Context(), name, "another horse battery") }, auth.ErrWrongPassword},
		{"grace", func(name string) error { return p.accounts.Disable(t.Context(), name) }, auth.ErrDisabled},
		{"kim", func(string) error { return nil }, nil},
	} {
		p.add(test.name, auth.RoleUser)
		account, err := p.accounts.SignIn(t.Context(), test.name, housePassword)
		if err == nil {
			err = test.change(test.name)
		}
		if err != nil {
			t.Fatal(err)
		}
		r, w := httptest.NewRequest(http.MethodPost, "/signin", nil), httptest.NewRecorder()
		session, err := p.server.Sessions.Get(r, plainCookie)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.server.Sessions.SignIn(r, w, session, account); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
		list, _, err := p.server.Sessions.List(t.Context(), account.ID, nil, 9)
		if begun := test.want == nil; err != nil || (len(list) == 1) != begun || (w.Header().Get("Set-Cookie") != "") != begun {
			t.Errorf("%s: %d sessions, cookie %q, %v", test.name, len(list), w.Header().Get("Set-Cookie"), err)
		}
	}
}
