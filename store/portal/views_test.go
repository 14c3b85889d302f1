package portal

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"testing"
	"time"

	"signpost/auth"
)

func addView(t *testing.T, p *DB, v auth.SavedView) auth.SavedView {
	t.Helper()
	kept, err := p.AddSavedView(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// viewNames gives the names of the views that an account may open.
func viewNames(t *testing.T, p *DB, a auth.Account) []string {
	t.Helper()
	views, err := p.SavedViews(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, v := range views {
		names = append(names, v.Owner+"/"+v.Name)
	}
	return names
}

func TestSavedViewsAreKept(t *testing.T) {
	folder, c := t.TempDir(), newClock()
	p, other := openTestPortal(t, folder), openTestPortal(t, folder)
	accounts := auth.NewAccounts(p, c.now, false)
	ada, grace := addAccount(t, accounts, "ada", auth.RoleUser), addAccount(t, accounts, "grace", auth.RoleUser)
	want := auth.SavedView{OwnerID: ada.ID, Name: "Ärger heute", List: "interactive", Query: "status=failure&user=a%2Bb", Created: c.t}
	got := addView(t, p, want)
	want.ID, want.Owner = got.ID, "ada"
	if !reflect.DeepEqual(got, want) {
		t.Errorf("added: got %+v, want %+v", got, want)
	}
	if got, err := other.SavedView(t.Context(), ada.ID, want.ID); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read: got %+v, %v, want %+v", got, err, want)
	}
	if got, err := p.SavedView(t.Context(), grace.ID, want.ID); !errors.Is(err, auth.ErrNoView) {
		t.Errorf("by somebody else: got %+v, %v, want %v", got, err, auth.ErrNoView)
	}
	addView(t, p, auth.SavedView{OwnerID: ada.ID, Name: "Beta", List: "legacy"})
	shared := addView(t, p, auth.SavedView{OwnerID: grace.ID, Name: "alpha", Shared: true, List: "interactive"})
	addView(t, p, auth.SavedView{OwnerID: grace.ID, Name: "own", List: "interactive"})
	for _, test := range []struct {
		account auth.Account
		want    []string
	}{
		{ada, []string{"grace/alpha", "ada/Beta", "ada/Ärger heute"}},
		{grace, []string{"grace/alpha", "grace/own"}},
	} {
		if got := viewNames(t, other, test.account); !reflect.DeepEqual(got, test.want) {
			t.Errorf("views of %s: got %q, want %q", test.account.Name, got, test.want)
		}
	}
	if got, err := p.SavedView(t.Context(), ada.ID, shared.ID); err != nil || got.Owner != "grace" {
		t.Errorf("a shared one: got %+v, %v, want grace's", got, err)
	}
}

func TestViewNamesAreTheirOwnersOnce(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	accounts := auth.NewAccounts(p, time.Now, false)
	ada, grace := addAccount(t, accounts, "ada", auth.RoleUser), addAccount(t, accounts, "grace", auth.RoleUser)
	first := addView(t, p, auth.SavedView{OwnerID: ada.ID, Name: "Failures", List: "interactive"})
	second := addView(t, p, auth.SavedView{OwnerID: ada.ID, Name: "Other", List: "interactive"})
	addView(t, p, auth.SavedView{OwnerID: grace.ID, Name: "failures", List: "interactive"})
	for _, name := range []string{"Failures", "FAILURES"} {
		if _, err := p.AddSavedView(t.Context(), auth.SavedView{OwnerID: ada.ID, Name: name, List: "legacy"}); !errors.Is(err, auth.ErrViewNameTaken) {
			t.Errorf("%s again: got %v, want %v", name, err, auth.ErrViewNameTaken)
		}
		rename := func(v *auth.SavedView) { v.Name = name }
		if err := p.ChangeSavedView(t.Context(), ada.ID, second.ID, rename); !errors.Is(err, auth.ErrViewNameTaken) {
			t.Errorf("renamed to %s: got %v, want %v", name, err, auth.ErrViewNameTaken)
		}
	}
	if err := p.ChangeSavedView(t.Context(), ada.ID, first.ID, func(v *auth.SavedView) { v.Name, v.Shared = "FAILURES", true }); err != nil {
		t.Errorf("the same name in other letters: got %v, want no error", err)
	}
	if got, err := p.SavedView(t.Context(), grace.ID, first.ID); err != nil || got.Name != "FAILURES" || !got.Shared {
		t.Errorf("changed: got %+v, %v", got, err)
	}
	if _, err := p.AddSavedView(t.Context(), auth.SavedView{OwnerID: 99, Name: "x", List: "interactive"}); !errors.Is(err, auth.ErrNoAccount) {
		t.Errorf("nobody's: got %v, want %v", err, auth.ErrNoAccount)
	}
}

func TestViewsOfOthersStay(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	accounts := auth.NewAccounts(p, time.Now, false)
	ada, grace := addAccount(t, accounts, "ada", auth.RoleUser), addAccount(t, accounts, "grace", auth.RoleUser)
	shared := addView(t, p, auth.SavedView{OwnerID: grace.ID, Name: "shared", Shared: true, List: "interactive"})
	own := addView(t, p, auth.SavedView{OwnerID: grace.ID, Name: "own", List: "interactive"})
	unshare := func(v *auth.SavedView) { v.Shared = false }
	for name, err := range map[string]error{
		"change a shared one":      p.ChangeSavedView(t.Context(), ada.ID, shared.ID, unshare),
		"remove a shared one":      p.RemoveSavedView(t.Context(), ada.ID, shared.ID, false),
		"change another's":         p.ChangeSavedView(t.Context(), ada.ID, own.ID, unshare),
		"remove another's":         p.RemoveSavedView(t.Context(), ada.ID, own.ID, true),
		"remove what is not there": p.RemoveSavedView(t.Context(), ada.ID, 999, true),
	} {
		if !errors.Is(err, auth.ErrNoView) {
			t.Errorf("%s: got %v, want %v", name, err, auth.ErrNoView)
		}
	}
	if err := p.RemoveSavedView(t.Context(), ada.ID, shared.ID, true); err != nil {
		t.Errorf("an administrator removes a shared one: got %v", err)
	}
	if err := p.RemoveSavedView(t.Context(), grace.ID, own.ID, false); err != nil {
		t.Errorf("its owner removes one: got %v", err)
	}
	if got := viewNames(t, p, grace); got != nil {
		t.Errorf("left: got %q, want none", got)
	}
}

// Nobody's list begins with a view that is gone, nor with one that came after it.
func TestRemovedViewsAreNobodysDefault(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	accounts := auth.NewAccounts(p, time.Now, false)
	ada, grace := addAccount(t, accounts, "ada", auth.RoleUser), addAccount(t, accounts, "grace", auth.RoleUser)
	shared := addView(t, p, auth.SavedView{OwnerID: grace.ID, Name: "shared", Shared: true, List: "interactive"})
	id := strconv.FormatInt(shared.ID, 10)
	for name, value := range map[auth.PreferenceName]string{
		auth.DefaultViewOf("interactive"): id, auth.DefaultViewOf("legacy"): "failed-today", auth.ColumnsOf("interactive"): id,
	} {
		if err := p.SetPreference(t.Context(), ada.ID, name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.RemoveSavedView(t.Context(), grace.ID, shared.ID, false); err != nil {
		t.Fatal(err)
	}
	got, err := p.Preferences(t.Context(), ada.ID)
	want := auth.Preferences{DefaultViews: map[string]string{"legacy": "failed-today"}, Columns: map[string][]string{"interactive": {id}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if next := addView(t, p, auth.SavedView{OwnerID: grace.ID, Name: "next", List: "interactive"}); next.ID <= shared.ID {
		t.Errorf("the id %d was given out again after %d", next.ID, shared.ID)
	}
}

func TestViewsAreNotWithoutEnd(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	accounts := auth.NewAccounts(p, time.Now, false)
	ada, grace := addAccount(t, accounts, "ada", auth.RoleUser), addAccount(t, accounts, "grace", auth.RoleUser)
	for i := range auth.MaxViews {
		addView(t, p, auth.SavedView{OwnerID: ada.ID, Name: fmt.Sprint(i), List: "interactive"})
	}
	if _, err := p.AddSavedView(t.Context(), auth.SavedView{OwnerID: ada.ID, Name: "more", List: "interactive"}); !errors.Is(err, auth.ErrTooManyViews) {
		t.Errorf("one more: got %v, want %v", err, auth.ErrTooManyViews)
	}
	addView(t, p, auth.SavedView{OwnerID: grace.ID, Name: "more", List: "interactive"})
}
