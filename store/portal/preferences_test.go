package portal

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"signpost/auth"
)

func TestPreferencesAreKept(t *testing.T) {
	folder := t.TempDir()
	p, other := openTestPortal(t, folder), openTestPortal(t, folder) // as two processes have it
	accounts := auth.NewAccounts(p, time.Now, false)
	ada, grace := addAccount(t, accounts, "ada", auth.RoleUser), addAccount(t, accounts, "grace", auth.RoleUser)
	for _, step := range []struct {
		at    *DB
		name  auth.PreferenceName
		value string
		want  auth.Preferences
	}{
		{p, auth.PreferenceZone, "Europe/Oslo", auth.Preferences{Zone: "Europe/Oslo"}},
		{other, auth.PreferenceZone, auth.ZoneOfBrowser, auth.Preferences{Zone: "browser"}},
		{p, auth.PreferenceZone, "", auth.Preferences{}},
		{p, auth.PreferenceZone, "", auth.Preferences{}}, // forgotten twice
		{other, auth.PreferenceLegacy, auth.PreferenceOn, auth.Preferences{Legacy: true}},
		{p, auth.PreferenceLegacy, "", auth.Preferences{}},
		{p, auth.PreferenceFacets, auth.PreferenceHidden, auth.Preferences{FacetsHidden: true}},
		{p, auth.PreferenceFacets, "", auth.Preferences{}},
		{p, auth.PreferenceClosedFacets, "app,error", auth.Preferences{ClosedFacets: []string{"app", "error"}}},
		{p, auth.PreferenceClosedFacets, "", auth.Preferences{}},
		{p, auth.PreferenceDensity, auth.PreferenceCompact, auth.Preferences{Compact: true}},
		{p, auth.PreferenceDensity, "", auth.Preferences{}},
		{p, auth.PreferenceChart, auth.PreferenceFolded, auth.Preferences{ChartFolded: true}},
		{p, auth.PreferenceChart, "", auth.Preferences{}},
		{p, auth.PreferencePinned, "7,3", auth.Preferences{Pinned: []string{"7", "3"}}},
		{p, auth.PreferencePinned, "", auth.Preferences{}},
		{p, auth.ColumnsOf("interactive"), "user,os", auth.Preferences{Columns: map[string][]string{"interactive": {"user", "os"}}}},
		{other, auth.ColumnsOf("legacy"), "city", auth.Preferences{Columns: map[string][]string{"interactive": {"user", "os"}, "legacy": {"city"}}}},
		{p, auth.ColumnsOf("interactive"), "", auth.Preferences{Columns: map[string][]string{"legacy": {"city"}}}},
		{p, auth.ColumnsOf("legacy"), "", auth.Preferences{}},
		{p, auth.DefaultViewOf("interactive"), "17", auth.Preferences{DefaultViews: map[string]string{"interactive": "17"}}},
	} {
		if err := step.at.SetPreference(t.Context(), ada.ID, step.name, step.value); err != nil {
			t.Fatal(err)
		}
		for _, reader := range []*DB{p, other} {
			if got, err := reader.Preferences(t.Context(), ada.ID); err != nil || !reflect.DeepEqual(got, step.want) {
				t.Errorf("after %s=%q: got %+v, %v, want %+v", step.name, step.value, got, err, step.want)
			}
		}
	}
	if got, err := p.Preferences(t.Context(), grace.ID); err != nil || !reflect.DeepEqual(got, auth.Preferences{}) {
		t.Errorf("somebody else's: got %+v, %v, want none", got, err)
	}
}

func TestPreferencesThatCannotBeKept(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	ada := addAccount(t, auth.NewAccounts(p, time.Now, false), "ada", auth.RoleUser)
	for _, test := range []struct {
		name  auth.PreferenceName
		value string
	}{
		{"", "x"},
		{"colour", "red"},
		{"columns.", "user"},
		{"columns.A B", "user"},
		{"columns.interactive.x", "user"},
		{"default-view.'; DROP TABLE preferences", "1"},
		{auth.PreferenceZone, "Europe/Oslo\n"},
		{auth.PreferenceZone, "\xff"},
		{auth.ColumnsOf("interactive"), strings.Repeat("x", 9000)},
	} {
		var invalid auth.Invalid
		if err := p.SetPreference(t.Context(), ada.ID, test.name, test.value); !errors.As(err, &invalid) {
			t.Errorf("%q=%.20q: got %v, want an auth.Invalid", test.name, test.value, err)
		}
	}
	if err := p.SetPreference(t.Context(), ada.ID+1, auth.PreferenceZone, "UTC"); !errors.Is(err, auth.ErrNoAccount) {
		t.Errorf("nobody's: got %v, want %v", err, auth.ErrNoAccount)
	}
	// What a newer program kept is passed over.
	if _, err := p.writer.ExecContext(t.Context(), "INSERT INTO preferences VALUES (?, 'of-tomorrow', 'x'), (?, 'zone', 'Asia/Tokyo')", ada.ID, ada.ID); err != nil {
		t.Fatal(err)
	}
	if got, err := p.Preferences(t.Context(), ada.ID); err != nil || !reflect.DeepEqual(got, auth.Preferences{Zone: "Asia/Tokyo"}) {
		t.Errorf("with a name of tomorrow: got %+v, %v", got, err)
	}
}

func TestPreferencesComeWithTheSession(t *testing.T) {
	p, c := openTestPortal(t, t.TempDir()), newClock()
	accounts := auth.NewAccounts(p, c.now, false)
	ada := addAccount(t, accounts, "ada", auth.RoleUser)
	b := newBrowser(t, p, accounts, c)
	b.signIn(ada)
	record := func(b *browser) auth.SessionRecord {
		t.Helper()
		session, err := b.sessions.Get(b.request(), "signpost")
		if err != nil {
			t.Fatal(err)
		}
		return auth.SessionOf(session)
	}
	if got := record(b); got.LogsAddress != "" || !reflect.DeepEqual(got.Preferences, auth.Preferences{}) {
		t.Errorf("a new session: got %+v", got)
	}
	if err := p.SetPreference(t.Context(), ada.ID, auth.PreferenceZone, "Europe/Oslo"); err != nil {
		t.Fatal(err)
	}
	if err := b.sessions.KeepLogsAddress(t.Context(), record(b), "/logs/interactive?user=ada"); err != nil {
		t.Fatal(err)
	}
	if got := record(b); got.LogsAddress != "/logs/interactive?user=ada" || got.Preferences.Zone != "Europe/Oslo" {
		t.Errorf("what was kept: got %+v", got)
	}
	second := newBrowser(t, p, accounts, c)
	second.signIn(ada)
	if got := record(second); got.LogsAddress != "" || got.Preferences.Zone != "Europe/Oslo" {
		t.Errorf("another session of the same account: got %+v", got)
	}
	// Signing in again begins a session that knows nothing of the one before.
	b.signIn(ada)
	if got := record(b); got.LogsAddress != "" {
		t.Errorf("signed in again: got %+v", got)
	}
	if err := b.sessions.KeepLogsAddress(t.Context(), auth.SessionRecord{}, "/logs/legacy"); err != nil {
		t.Errorf("a session that is gone: got %v, want no error", err)
	}
}

func TestPreferencesGoWithTheAccount(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	accounts := auth.NewAccounts(p, time.Now, false)
	ada, grace := addAccount(t, accounts, "ada", auth.RoleUser), addAccount(t, accounts, "grace", auth.RoleUser)
	for _, a := range []auth.Account{ada, grace} {
		if err := p.SetPreference(t.Context(), a.ID, auth.PreferenceZone, "Europe/Oslo"); err != nil {
			t.Fatal(err)
		}
		addView(t, p, auth.SavedView{OwnerID: a.ID, Name: "mine", Shared: true, List: "interactive"})
	}
	if err := accounts.Remove(t.Context(), "ada"); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"preferences", "saved_views"} {
		var left int
		if err := p.reader.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&left); err != nil || left != 1 {
			t.Errorf("%s: got %d rows, %v, want grace's alone", table, left, err)
		}
	}
}

func TestPreferencesOfManyAtOnce(t *testing.T) {
	folder := t.TempDir()
	p, other := openTestPortal(t, folder), openTestPortal(t, folder)
	ada := addAccount(t, auth.NewAccounts(p, time.Now, false), "ada", auth.RoleUser)
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			at := []*DB{p, other}[i%2]
			for n := range 10 {
				if err := at.SetPreference(t.Context(), ada.ID, auth.ColumnsOf("interactive"), fmt.Sprintf("user,os,%d", n)); err != nil {
					t.Error(err)
				}
				if got, err := at.Preferences(t.Context(), ada.ID); err != nil || len(got.Columns["interactive"]) != 3 {
					t.Errorf("got %+v, %v, want three columns", got, err)
				}
			}
		})
	}
	wait.Wait()
}
