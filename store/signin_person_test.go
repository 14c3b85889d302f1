package store

import "testing"

const noUser = "00000000-0000-0000-0000-000000000000"

func TestPersonOwns(t *testing.T) {
	const id, upn = "11111111-aaaa-4000-8000-000000000001", "ada@example.com"
	ada := Person{UserID: id}
	for _, tt := range []struct {
		name   string
		person Person
		signIn SignIn
		want   bool
	}{
		{"the ID", ada, SignIn{Log: Interactive, UserID: id}, true},
		{"the ID in another casing", ada, SignIn{Log: NonInteractive, UserID: "11111111-AAAA-4000-8000-000000000001"}, true},
		{"another's ID under the same name", ada, SignIn{Log: Interactive, UserID: "another", UserPrincipalName: upn}, false},
		{"the ID and a former name", ada, SignIn{Log: Interactive, UserID: id, UserPrincipalName: "old@example.com"}, true},
		{"no ID", ada, SignIn{Log: Interactive, UserPrincipalName: upn}, false},
		{"nobody", Person{}, SignIn{Log: Interactive}, false},
		{"the ID of a name that no user has", Person{UserID: noUser}, SignIn{Log: Interactive, UserID: noUser, UserPrincipalName: upn}, false},
		{"not a user's log", ada, SignIn{Log: ServicePrincipal, UserID: id}, false},
		{"no log", ada, SignIn{UserID: id}, false},
	} {
		if got := tt.person.Owns(&tt.signIn); got != tt.want {
			t.Errorf("%s: Owns = %v, want %v", tt.name, got, tt.want)
		}
	}
	for id, want := range map[string]bool{"": true, noUser: true, "{" + noUser + "}": true, "0": true, id: false, "x": false} {
		if got := (Person{UserID: id}).IsEmpty(); got != want {
			t.Errorf("IsEmpty of %q = %v, want %v", id, got, want)
		}
	}
}

// Which user the sign-ins under one name are of, by the IDs and tenants that they carry.
func TestLoggedIDs(t *testing.T) {
	type of struct{ id, tenant string }
	for name, tt := range map[string]struct {
		tenant  string
		foreign bool
		logged  []of
		want    string
	}{
		"one":                                     {"home", false, []of{{"A", "home"}, {"a", "HOME"}}, "a"},
		"two in turn":                             {"home", false, []of{{"a", "home"}, {"b", "home"}}, ""},
		"one, empty and zero IDs beside":          {"home", false, []of{{"", "home"}, {noUser, "home"}, {"a", "home"}}, "a"},
		"none but empty and zero IDs":             {"home", false, []of{{"", "home"}, {noUser, "home"}}, ""},
		"one at home, another elsewhere":          {"home", true, []of{{"a", "home"}, {"b", "away"}}, "a"},
		"only elsewhere":                          {"home", true, []of{{"b", "away"}}, ""},
		"no sign-in names a tenant":               {"", false, []of{{"a", ""}}, "a"},
		"one without tenant, one tenant stored":   {"home", false, []of{{"a", ""}}, "a"},
		"one without tenant, several stored":      {"home", true, []of{{"a", ""}}, ""},
		"one at home and without tenant":          {"home", true, []of{{"a", "home"}, {"a", ""}}, "a"},
		"one at home, another without tenant":     {"home", true, []of{{"a", "home"}, {"b", ""}}, ""},
		"two tenants named as often":              {"", true, []of{{"a", "home"}, {"a", "away"}}, ""},
		"another without tenant, nothing at home": {"home", true, []of{{"b", ""}, {"c", "away"}}, ""},
	} {
		logged := LoggedIDs{Tenant: tt.tenant, Foreign: tt.foreign}
		for _, l := range tt.logged {
			logged.Add(l.id, l.tenant)
		}
		if got, ok := logged.Only(); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: got %q, %v, want %q", name, got, ok, tt.want)
		}
	}
	for want, counts := range map[string]map[string]int64{"": {"a": 2, "b": 2, "c": 1}, "b": {"a": 2, "b": 3, "c": 2}, "a": {"a": 1}} {
		if got := MostNamed(counts); got != want {
			t.Errorf("most of %v name %q, want %q", counts, got, want)
		}
	}
	if got := MostNamed(nil); got != "" {
		t.Errorf("of nothing most name %q", got)
	}
}

// A condition on a name by which the directory knows a user is about the user's ID, for as long as it is is or is not.
func TestFilterByNamesOfTheDirectory(t *testing.T) {
	names := NewUserNames([]Object{
		{Kind: ObjectUser, ID: "guest", Username: "eve_partner.example#EXT#@example.com", Facts: []KeyValue{{Key: "mail", Value: "Eve@Mail.example"}}},
		{Kind: ObjectUser, ID: "bob", Username: "bob@example.com", Facts: []KeyValue{{Key: "mail", Value: "eve@mail.example"}}},
		{Kind: ObjectUser, ID: noUser, Username: "ghost@example.com"},
		{Kind: ObjectUser, ID: "nameless"},
	})
	guest := SignIn{Log: Interactive, UserID: "GUEST", UserPrincipalName: "eve@partner.example"}
	for _, tt := range []struct {
		query  string
		signIn SignIn
		want   bool
	}{
		{"user=eve@partner.example", guest, true},
		{"user=EVE_partner.example%23ext%23@example.com", guest, true},
		{"user=eve@mail.example", guest, true},
		{"user=nobody&user=eve@mail.example", guest, true},
		{"user.not=eve@mail.example", guest, false},
		{"user.not=bob@example.com", guest, true},
		{"user.starts=eve_partner", guest, false}, // a part of a name is looked for in the logs
		{"user=bob@example.com", guest, false},
		{"user=eve@mail.example", SignIn{Log: NonInteractive, UserID: "bob"}, true}, // two have the address
		{"user=eve@mail.example", SignIn{Log: Interactive, UserPrincipalName: "eve@partner.example"}, false},
		{"user=ghost@example.com", SignIn{Log: Interactive, UserID: noUser, UserPrincipalName: "x"}, false},
		{"userid=eve@mail.example", guest, false},
	} {
		if got := parsed(t, tt.query).WithUserNames(names).Match(&tt.signIn); got != tt.want {
			t.Errorf("%s of %q: %t, want %t", tt.query, tt.signIn.UserID, got, tt.want)
		}
	}
	if parsed(t, "user=eve@mail.example").Match(&guest) {
		t.Error("without the directory's names the address finds the guest")
	}
}
