package ask

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"signpost/store"
)

// The list of applications that nobody used leaves Microsoft's out where that is chosen, on each page and in the file.
func TestNeverUsedWithoutMicrosoft(t *testing.T) {
	h := holding(t, to(1, 0, signIn(1, 0)))
	var objects []store.Object
	for n := range 9 {
		o := created(n, noon.AddDate(0, 0, -n))
		if n%2 == 0 {
			o.Kind = store.ObjectServicePrincipal
			o.Facts = []store.KeyValue{{Key: "appOwnerOrganizationId", Value: microsoftTenants[n/2%2]}}
		}
		objects = append(objects, o)
	}
	h.put(t, objects...)
	list, _ := Applications.ListNamed("never")
	names := func(chosen map[string]string) (names []string) {
		q := &InsightQuery{Range: day, Now: noon, Location: time.UTC, Chosen: chosen, List: list, Sort: list.Sort, Limit: 2}
		for {
			page, err := list.Ask(t.Context(), h.Reader, q)
			if err != nil {
				t.Fatal(err)
			}
			for i := range page.Rows {
				names = append(names, page.Rows[i].Name)
			}
			if q.After = page.Next; q.After == nil {
				if page.Total != int64(len(names)) {
					t.Errorf("%v: a total of %d for %q", chosen, page.Total, names)
				}
				part, err := list.Part(t.Context(), h.Reader, q)
				if err != nil || chosen != nil && len(part.Rows) != len(names) {
					t.Errorf("a file of %d rows, %v", len(part.Rows), err)
				}
				return names
			}
		}
	}
	if got, want := names(map[string]string{SwitchMicrosoft.Param: "no"}), []string{"App 3", "App 5", "App 7"}; !slices.Equal(got, want) {
		t.Errorf("without Microsoft's: %q, want %q", got, want)
	}
	if got := names(nil); len(got) != 8 {
		t.Errorf("with Microsoft's: %q", got)
	}
}

// A number of the registration report leads to a list of as many users, whatever is chosen; a number without such a list leads nowhere.
func TestNumbersOfRegistrationsLeadToTheirUsers(t *testing.T) {
	h := holding(t)
	batch := store.DirectoryBatch{At: noon}
	for n := range 24 {
		r := &store.Registration{ID: testID(2000 + n), Name: fmt.Sprint("user ", n), Username: fmt.Sprint("u", n), UserType: "member"}
		r.MFACapable, r.PasswordlessCapable, r.SSPRCapable, r.Admin = store.BoolOf(n%2 == 0), store.BoolOf(n%3 == 0), store.True, store.BoolOf(n%4 < 2)
		if r.Methods = []string{"email"}; n%5 < 3 {
			r.Methods = append(r.Methods, "mobilePhone")
		}
		if n%6 == 0 || n%6 == 5 {
			r.UserType = "guest"
		}
		batch.States = append(batch.States, r)
	}
	h.putAll(t, batch)
	list := Authentication.Lists[0]
	ask := func(chosen map[string]string) *InsightQuery {
		return &InsightQuery{Range: day, Now: noon, Location: time.UTC, Chosen: chosen, List: list, Sort: list.Sort, Limit: 100}
	}
	leading := 0
	check := func(chosen map[string]string, what, address string, n int64) {
		if address == "" {
			return
		}
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		linked := map[string]string{}
		for param, values := range u.Query() {
			if param != "tab" {
				linked[param] = values[0]
			}
		}
		page, err := list.Ask(t.Context(), h.Reader, ask(linked))
		if leading++; err != nil || page.Total != n {
			t.Errorf("%v, %s: %d users, and %s has %d, %v", chosen, what, n, address, page.Total, err)
		}
	}
	for _, chosen := range []map[string]string{
		{},
		{SwitchWho.Param: "admins"},
		{SwitchWho.Param: "others"},
		{SwitchWho.Param: "guests"},
		{SwitchWho.Param: "members"},
		{SwitchMFA.Param: "no"},
		{SwitchMFA.Param: "yes", SwitchWho.Param: "guests"},
		{SwitchMethod.Param: "mobilePhone"},
	} {
		s, err := Authentication.Summary(t.Context(), h.Reader, ask(chosen))
		if err != nil {
			t.Fatal(err)
		}
		for _, card := range s.Cards {
			for _, line := range card.Lines {
				if line.Share != nil {
					check(chosen, card.Name+" "+line.Label, line.Address, line.Share.N)
				}
			}
		}
		for _, bar := range s.Bars {
			check(chosen, bar.Label, bar.Address, bar.N)
		}
	}
	if leading < 40 {
		t.Errorf("only %d numbers led to lists", leading)
	}
}
