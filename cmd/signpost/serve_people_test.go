package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store/portal"
)

// toldLog is a log for one goroutine that signals when a message was written.
type toldLog struct {
	processLog
	waited string
	told   chan struct{} // closed once the message was written
}

func (l *toldLog) Write(line []byte) (int, error) {
	n, err := l.processLog.Write(line)
	if l.waited != "" && strings.Contains(string(line), l.waited) {
		close(l.told)
		l.waited = ""
	}
	return n, err
}

// unsettledAccounts are the accounts of a folder, one of them with only a user principal name.
func unsettledAccounts(t *testing.T) *auth.Accounts {
	t.Helper()
	people, err := portal.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := people.Close(); err != nil {
			t.Error(err)
		}
	})
	accounts := auth.NewAccounts(people, time.Now, false)
	for _, a := range []auth.NewAccount{{Name: "Ada", UserPrincipalName: "ada@example.com"}, {Name: "Bo", UserID: adaID}} {
		a.Password, a.Roles = mePassword, []auth.Role{auth.RoleUser}
		if _, err := accounts.Add(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	return accounts
}

const adaID = "aaaaaaaa-0000-4000-8000-00000000000a"

// An account that cannot be settled yet is tried again until it can, then left alone. An error is logged once
// while it stays the same.
func TestAccountsAreSettledAgainAndAgain(t *testing.T) {
	accounts := unsettledAccounts(t)
	first, second := errors.New("the store is full"), errors.New("the store is slow")
	answers := []error{nil, first, first, first, second, first, nil, nil}
	times := 0
	accounts.FindUsersBy(func(_ context.Context, upn string) (auth.FoundUser, error) {
		if upn != "ada@example.com" {
			t.Errorf("asked for %q", upn)
		}
		times++
		switch {
		case times <= len(answers):
			return auth.FoundUser{}, answers[times-1]
		case times == len(answers)+1:
			return auth.FoundUser{ID: adaID, From: auth.FromLogs}, nil
		}
		return auth.FoundUser{}, errors.New("asked for an account that has its user ID")
	})
	log := toldLog{waited: "the user ID of an account was found", told: make(chan struct{})}
	stop := settleAccounts(t.Context(), accounts, time.Millisecond, slog.New(slog.NewTextHandler(&log, nil)))
	<-log.told
	stop()
	list, err := accounts.List(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("%d accounts, %v", len(list), err)
	}
	for _, a := range list {
		if a.PersonID() != adaID || a.NeedsUserID() || (a.Found.From == auth.FromLogs) != (a.Name == "Ada") {
			t.Errorf("the account: %+v", a)
		}
	}
	if times != len(answers)+1 {
		t.Errorf("asked %d times, want %d", times, len(answers)+1)
	}
	told := log.String()
	for said, want := range map[string]int{
		"the user ID of an account was found": 1, "account=Ada": 1, "user_id=" + adaID: 1, "from=" + auth.FromLogs: 1,
		first.Error(): 2, second.Error(): 1, "level=WARN": 3,
	} {
		if got := strings.Count(told, said); got != want {
			t.Errorf("the log says %q %d times, want %d:\n%s", said, got, want, told)
		}
	}
}

// After it is stopped nothing of it runs, because the store closes then. A question under way is given up without
// a line in the log.
func TestSettlingStops(t *testing.T) {
	accounts := unsettledAccounts(t)
	asked := make(chan bool)
	ended := false
	accounts.FindUsersBy(func(ctx context.Context, _ string) (auth.FoundUser, error) {
		asked <- true
		<-ctx.Done()
		ended = true
		return auth.FoundUser{}, ctx.Err()
	})
	var log toldLog
	stop := settleAccounts(t.Context(), accounts, time.Millisecond, slog.New(slog.NewTextHandler(&log, nil)))
	<-asked
	stop()
	if !ended || log.String() != "" {
		t.Errorf("the question under way ended: %t; the log says %q", ended, log.String())
	}
}
