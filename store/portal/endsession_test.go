package portal

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"signpost/auth"
)

// changedBefore is a session store that is asked to end sessions just after somebody else changed the account.
type changedBefore struct {
	auth.SessionStore
	change func()
}

func (s changedBefore) EndSession(ctx context.Context, id int64, start []byte, check func(auth.Account) error) error {
	s.change()
	return s.SessionStore.EndSession(ctx, id, start, check)
}

func (s changedBefore) EndOtherSessions(ctx context.Context, id int64, but auth.TokenHash, check func(auth.Account) error) (int64, error) {
	s.change()
	return s.SessionStore.EndOtherSessions(ctx, id, but, check)
}

// Whether sessions may be ended is asked in the transaction that ends them. An account that another process makes a Global
// Administrator just before keeps its sessions.
func TestEndingSessionsOfWhomIsPromotedMeanwhile(t *testing.T) {
	folder, c := t.TempDir(), newClock()
	p, other := openTestPortal(t, folder), openTestPortal(t, folder)
	accounts, elsewhere := auth.NewAccounts(p, c.now, false), auth.NewAccounts(other, c.now, false)
	addAccount(t, accounts, "root", auth.RoleGlobalAdministrator)
	clerk := addAccount(t, accounts, "clerk", auth.RoleUser)
	session := auth.SessionRecord{Hash: auth.TokenHash{7, 7, 7}, AccountID: clerk.ID, Created: c.now(), Seen: c.now()}
	signIn := func() {
		if err := other.AddSession(t.Context(), session); err != nil {
			t.Fatal(err)
		}
	}
	become := func(role auth.Role) func() {
		return func() {
			if err := elsewhere.SetRoles(t.Context(), "clerk", []auth.Role{role}); err != nil {
				t.Fatal(err)
			}
			signIn()
		}
	}
	ends := map[string]func(*auth.Sessions) error{
		"one": func(s *auth.Sessions) error { return s.End(t.Context(), clerk.ID, session.Ref()) },
		"all": func(s *auth.Sessions) error {
			n, err := s.EndOthers(t.Context(), clerk.ID, auth.SessionRecord{})
			if err == nil && n != 1 {
				t.Errorf("%d sessions are ended, want 1", n)
			}
			return err
		},
	}
	for name, end := range ends {
		for _, tt := range []struct {
			by, becomes auth.Role
			refused     bool
		}{
			{auth.RoleSecurityAdministrator, auth.RoleGlobalAdministrator, true},
			{auth.RoleSecurityAdministrator, auth.RoleReportsReader, false},
			{auth.RoleGlobalAdministrator, auth.RoleGlobalAdministrator, false},
			{auth.RoleReportsReader, auth.RoleUser, true},
		} {
			sessions := auth.NewSessions(changedBefore{p, become(tt.becomes)}, accounts, c.now, auth.SessionOptions{})
			err := end(sessions.By(auth.RightsOf([]auth.Role{tt.by})))
			var refused auth.NotAllowed
			if errors.As(err, &refused) != tt.refused || err != nil && !tt.refused {
				t.Errorf("%s, by %s of whom becomes %s: %v", name, tt.by, tt.becomes, err)
			}
			if _, _, err := p.Session(t.Context(), session.Hash); (err == nil) != tt.refused {
				t.Errorf("%s, by %s of whom becomes %s: the session is %v", name, tt.by, tt.becomes, err)
			}
		}
	}
	own := auth.NewSessions(changedBefore{p, become(auth.RoleGlobalAdministrator)}, accounts, c.now, auth.SessionOptions{})
	if err := own.End(t.Context(), clerk.ID, session.Ref()); err != nil {
		t.Errorf("one's own: %v", err)
	}
}

// While it is asked nobody else can write: a change of the account waits until the sessions are ended.
func TestNobodyWritesWhileSessionsAreEnded(t *testing.T) {
	folder, c := t.TempDir(), newClock()
	p := openTestPortal(t, folder)
	accounts := auth.NewAccounts(p, c.now, false)
	clerk := addAccount(t, accounts, "clerk", auth.RoleUser)
	other, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "portal.db")+"?_txlock=immediate&_pragma=busy_timeout(0)")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	asked := 0
	check := func(a auth.Account) error {
		asked++
		if tx, err := other.BeginTx(t.Context(), nil); err == nil {
			t.Error("somebody else can write", tx.Rollback())
		}
		return errNotNow
	}
	if err := p.EndSession(t.Context(), clerk.ID, []byte{1}, check); !errors.Is(err, errNotNow) {
		t.Errorf("ending one: %v", err)
	}
	if _, err := p.EndOtherSessions(t.Context(), clerk.ID, auth.TokenHash{}, check); !errors.Is(err, errNotNow) {
		t.Errorf("ending all: %v", err)
	}
	if asked != 2 {
		t.Errorf("asked %d times, want 2", asked)
	}
	if err := p.EndSession(t.Context(), clerk.ID+1, []byte{1}, check); !errors.Is(err, auth.ErrNoAccount) {
		t.Errorf("of nobody: %v", err)
	}
	if tx, err := other.BeginTx(t.Context(), nil); err != nil {
		t.Errorf("nobody can write afterwards: %v", err)
	} else if err := tx.Rollback(); err != nil {
		t.Error(err)
	}
}

var errNotNow = errors.New("not now")
