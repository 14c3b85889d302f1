package main

import (
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"signpost/auth"
	"signpost/static"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/portal"
	"signpost/web"
)

// The made-up guest has one name in the directory, another in the logs that is also the mail address, and an ID.
// An account's own sign-ins go by the ID. Each of the names finds the guest's.
func TestCasesOfAGuest(t *testing.T) {
	const id, logged, known = "2e985589-0d8b-58b8-a39f-b02e0d2479a9", "otis.brack@outlook.example", "otis.brack_outlook.example#EXT#@fernhollow.onmicrosoft.example"
	for _, withDirectory := range []bool{false, true} {
		folder := t.TempDir()
		importFile(t, folder, inputFile(t, "cases/c15_guest.ndjson"))
		if withDirectory {
			importFile(t, folder, inputFile(t, "cases/c15_dir.json"))
		}
		db := openFolder(t, folder)
		user, _ := store.SignIns.Field("user")
		for name, want := range map[string][2]int64{ // without and with the directory
			id: {1, 1}, logged: {1, 1}, known: {0, 1}, "Otis Brack": {1, 1}, "wren.tallow@fernhollow.example": {1, 1}, "fay.only@fernhollow.example": {0, 0},
		} {
			at := 0
			if withDirectory {
				at = 1
			}
			q := store.ListQuery{Log: store.Interactive, Range: store.AllTime(), Filter: store.Filter{}.With(user, store.OpIs, name)}
			if total, err := db.Total(t.Context(), q); err != nil || total.N != want[at] {
				t.Errorf("directory %v: user=%s finds %d, %v, want %d", withDirectory, name, total.N, err, want[at])
			}
			q.Filter = store.Filter{}.With(user, store.OpIsNot, name)
			if total, err := db.Total(t.Context(), q); err != nil || total.N != 8-want[at] {
				t.Errorf("directory %v: user.not=%s finds %d, %v, want %d", withDirectory, name, total.N, err, 8-want[at])
			}
		}
		visit := ownRows(t, db)
		for _, account := range []struct {
			upn, id string
			want    [2]int
		}{
			{"", id, [2]int{1, 1}},
			{logged, "", [2]int{1, 1}},
			{known, "", [2]int{0, 1}},
			{"Otis.Brack@Outlook.example", "another", [2]int{0, 0}},
			// The directory has the name under another ID than the log has. The directory decides.
			{"wren.tallow@fernhollow.example", "", [2]int{1, 0}},
			{"ghost@fernhollow.example", "", [2]int{0, 0}}, // sign-ins with the ID of zeros
			{"", "", [2]int{0, 0}},
		} {
			want := account.want[0]
			if withDirectory {
				want = account.want[1]
			}
			if got := visit(account.upn, account.id); got != want {
				t.Errorf("directory %v: %q with the ID %q sees %d sign-ins, want %d", withDirectory, account.upn, account.id, got, want)
			}
		}
	}
}

// ownRows serves a store. The function it returns counts the sign-ins on the own page of a new account.
func ownRows(t *testing.T, db *datafolder.Folder) func(upn, id string) int {
	t.Helper()
	people, err := portal.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC) }
	accounts := auth.NewAccounts(people, now, false)
	accounts.FindUsersBy(findUsers(db, ""))
	server := httptest.NewServer(web.New(web.Config{
		Store: db, Directory: db, Accounts: accounts, Setup: auth.NewSetup(accounts), Sessions: auth.NewSessions(people, accounts, now, auth.SessionOptions{}),
		Preferences: people, Views: people, Answers: people, Static: static.Handler(), Now: now, Log: slog.New(slog.DiscardHandler),
	}))
	t.Cleanup(func() {
		server.Close()
		if err := people.Close(); err != nil {
			t.Error(err)
		}
	})
	return func(upn, id string) int {
		t.Helper()
		name := "as " + upn + " " + id
		_, err := accounts.Add(t.Context(), auth.NewAccount{Name: name, Password: mePassword, Roles: []auth.Role{auth.RoleUser}, UserPrincipalName: upn, UserID: id})
		if err != nil {
			t.Fatal(err)
		}
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		v := &meVisitor{t: t, base: server.URL, client: &http.Client{Jar: jar}}
		response, err := v.client.PostForm(v.base+"/signin", url.Values{"name": {name}, "password": {mePassword}})
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		return len(v.rows("/me?range=30d"))
	}
}
