package portal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"signpost/auth"
)

// gate is sign-ins of one portal under a clock.
type gate struct {
	t        *testing.T
	clock    *clock
	portal   *DB
	accounts *auth.Accounts
}

func newGate(t *testing.T, folder string, c *clock) *gate {
	p := openTestPortal(t, folder)
	return &gate{t, c, p, auth.NewAccounts(p, c.now, false)}
}

// try signs in and gives how long to wait, or what became of it.
func (g *gate) try(address, name, password string) (wait time.Duration, err error) {
	g.t.Helper()
	_, err = g.accounts.SignInFrom(g.t.Context(), address, name, password)
	var refused auth.TooManyAttempts
	if errors.As(err, &refused) {
		return refused.Wait, nil
	}
	return 0, err
}

func (g *gate) expect(what, address, name, password string, wait time.Duration, want error) {
	g.t.Helper()
	if got, err := g.try(address, name, password); got != wait || !errors.Is(err, want) {
		g.t.Errorf("%s: got a wait of %s and %v, want %s and %v", what, got, err, wait, want)
	}
}

// fail counts failures without the time that looking at passwords takes.
func (g *gate) fail(n int, name string, address func(i int) string) {
	g.t.Helper()
	for i := range n {
		err := g.portal.BeginAttempt(g.t.Context(), auth.NewAttempt(name, address(i), g.clock.t), time.Time{}, time.Time{},
			func(auth.Failures) error { return nil })
		if err != nil {
			g.t.Fatal(err)
		}
	}
}

const (
	home   = "203.0.113.7"
	attack = "198.51.100.9"
)

func TestGuessingIsSlowedDown(t *testing.T) {
	folder, c := t.TempDir(), newClock()
	g := newGate(t, folder, c)
	addAccount(t, g.accounts, "ada", auth.RoleUser)
	for _, name := range []string{"ada", "nobody"} {
		for i := range 10 {
			g.expect(fmt.Sprintf("%s, guess %d", name, i), attack, name, "a guess", 0, auth.ErrWrongPassword)
		}
		g.expect(name+", the right password during the wait", attack, name, testPassword, time.Second, nil)
		g.expect(name+", in other letters", attack, " "+string(name[0]-32)+name[1:], testPassword, time.Second, nil)
	}
	again := newGate(t, folder, c) // after a restart
	again.expect("after a restart", attack, "ada", testPassword, time.Second, nil)
	c.t = c.t.Add(time.Second)
	again.expect("after the wait", attack, "ada", "a guess", 0, auth.ErrWrongPassword)
	c.t = c.t.Add(time.Second)
	again.expect("the wait doubles", attack, "ada", testPassword, time.Second, nil)
	again.expect("elsewhere", home, "ada", testPassword, 0, nil)
	c.t = c.t.Add(time.Second)
	again.expect("the right password", attack, "ada", testPassword, 0, nil)
	again.expect("a success forgets", attack, "ada", "a guess", 0, auth.ErrWrongPassword)
	c.t = c.t.Add(25 * time.Hour)
	again.expect("a day later", attack, "nobody", "a guess", 0, auth.ErrWrongPassword)
	var n int
	if err := g.portal.reader.QueryRowContext(t.Context(), "SELECT count(*) FROM failed_sign_ins").Scan(&n); err != nil || n != 3 {
		t.Errorf("counters a day later: got %d, %v, want the 3 of the last attempt", n, err)
	}
}

// Whoever fails at a name from all over the world does not keep its owner out.
func TestNobodyIsLockedOut(t *testing.T) {
	g := newGate(t, t.TempDir(), newClock())
	addAccount(t, g.accounts, "ada", auth.RoleUser)
	addAccount(t, g.accounts, "grace", auth.RoleUser)
	g.expect("at home", home, "ada", testPassword, 0, nil)
	many := func(i int) string { return fmt.Sprintf("198.51.%d.%d", i/200, i%200) }
	g.fail(110, "ada", many)
	g.expect("a new network", "192.0.2.1", "ada", testPassword, time.Minute, nil)
	g.expect("where she always is", home, "ada", testPassword, 0, nil)
	g.expect("another name", "192.0.2.1", "grace", testPassword, 0, nil)

	// One network that tries every name does not keep its own people out.
	for i := range 210 {
		g.fail(1, fmt.Sprintf("name %d", i), func(int) string { return home })
	}
	g.expect("known there", home, "ada", testPassword, 0, nil)
	g.expect("not known there", home, "grace", testPassword, time.Minute, nil)
	g.expect("elsewhere", "192.0.2.1", "grace", testPassword, 0, nil)

	g.clock.t = g.clock.t.Add(time.Minute)
	g.expect("a new network, after the wait", "192.0.2.77", "ada", testPassword, 0, nil)
	g.fail(110, "ada", many)
	if err := g.accounts.SetPassword(t.Context(), "ADA", testPassword); err != nil {
		t.Fatal(err)
	}
	g.expect("a new password forgets", "192.0.2.78", "ada", testPassword, 0, nil)

	g.clock.t = g.clock.t.Add(91 * 24 * time.Hour)
	g.fail(110, "ada", many)
	g.expect("a network of long ago", home, "ada", testPassword, time.Minute, nil)
}

// Of many attempts at the same time no more are looked at than one after the other, in two processes too.
func TestAttemptsAtTheSameTime(t *testing.T) {
	folder, c := t.TempDir(), newClock()
	gates := []*gate{newGate(t, folder, c), newGate(t, folder, c)}
	addAccount(t, gates[0].accounts, "ada", auth.RoleUser)
	var mu sync.Mutex
	var all sync.WaitGroup
	looked := 0
	for i := range 40 {
		all.Go(func() {
			_, err := gates[i%2].accounts.SignInFrom(context.Background(), attack, "ada", "a guess")
			mu.Lock()
			defer mu.Unlock()
			if errors.Is(err, auth.ErrWrongPassword) {
				looked++
			} else if !errors.As(err, new(auth.TooManyAttempts)) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if looked != 10 {
		t.Errorf("of 40 guesses at once: got %d looked at, want 10", looked)
	}
}

func TestCountersAreBounded(t *testing.T) {
	g := newGate(t, t.TempDir(), newClock())
	addAccount(t, g.accounts, "ada", auth.RoleUser)
	g.fail(50, "ada", func(int) string { return attack })
	_, err := g.portal.writer.ExecContext(t.Context(), `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO failed_sign_ins SELECT randomblob(16), 'network ' || i, 1, ? FROM n`, auth.MaxCounters, g.clock.t.UnixMicro())
	if err != nil {
		t.Fatal(err)
	}
	g.fail(1, "somebody", func(int) string { return home })
	var n int
	if err := g.portal.reader.QueryRowContext(t.Context(), "SELECT count(*) FROM failed_sign_ins").Scan(&n); err != nil || n > auth.MaxCounters {
		t.Errorf("counters: got %d, %v, want at most %d", n, err, auth.MaxCounters)
	}
	g.expect("the one under attack is still counted", attack, "ada", testPassword, 15*time.Minute, nil)
}

func TestOwnPassword(t *testing.T) {
	g := newGate(t, t.TempDir(), newClock())
	ada := addAccount(t, g.accounts, "ada", auth.RoleUser)
	change := func(present, password string) error {
		return g.accounts.ChangeOwnPassword(t.Context(), home, ada, present, password)
	}
	if err := change(testPassword, "short"); !errors.As(err, new(auth.Invalid)) {
		t.Errorf("a short one: got %v, want an auth.Invalid", err)
	}
	for range 10 {
		if err := change("a guess", "another password"); !errors.Is(err, auth.ErrWrongPassword) {
			t.Errorf("a guess: got %v, want %v", err, auth.ErrWrongPassword)
		}
	}
	if err := change(testPassword, "another password"); !errors.As(err, new(auth.TooManyAttempts)) {
		t.Errorf("after ten guesses: got %v, want to wait", err)
	}
	g.clock.t = g.clock.t.Add(time.Second)
	if err := change(testPassword, "another password"); err != nil {
		t.Errorf("the right one: got %v", err)
	}
	g.expect("the new one", home, "ada", "another password", 0, nil)
	account, err := g.accounts.ByID(t.Context(), ada.ID)
	if err != nil || !account.LastSignIn.Equal(g.clock.t) {
		t.Errorf("last sign-in: got %s, %v, want %s", account.LastSignIn, err, g.clock.t)
	}
}
