package store

import "testing"

func TestPersonOwns(t *testing.T) {
	const id, upn = "11111111-aaaa-4000-8000-000000000001", "ada@example.com"
	both := Person{UserID: id, UserPrincipalName: upn}
	for _, tt := range []struct {
		name   string
		person Person
		signIn SignIn
		want   bool
	}{
		{"the ID", both, SignIn{Log: Interactive, UserID: id}, true},
		{"the ID in another casing", both, SignIn{Log: NonInteractive, UserID: "11111111-AAAA-4000-8000-000000000001"}, true},
		{"the ID before the name", both, SignIn{Log: Interactive, UserID: "another", UserPrincipalName: upn}, false},
		{"the ID and a former name", both, SignIn{Log: Interactive, UserID: id, UserPrincipalName: "old@example.com"}, true},
		{"no ID, the name", both, SignIn{Log: Interactive, UserPrincipalName: "Ada@Example.com"}, true},
		{"no ID, another name", both, SignIn{Log: Interactive, UserPrincipalName: "bob@example.com"}, false},
		{"a person without ID", Person{UserPrincipalName: upn}, SignIn{Log: Interactive, UserID: id, UserPrincipalName: upn}, true},
		{"a person without name", Person{UserID: id}, SignIn{Log: Interactive, UserPrincipalName: upn}, false},
		{"nobody", Person{}, SignIn{Log: Interactive}, false},
		{"not a user's log", both, SignIn{Log: ServicePrincipal, UserID: id}, false},
		{"no log", both, SignIn{UserID: id}, false},
	} {
		if got := tt.person.Owns(&tt.signIn); got != tt.want {
			t.Errorf("%s: Owns = %v, want %v", tt.name, got, tt.want)
		}
	}
	for _, tt := range []struct {
		person Person
		want   bool
	}{{Person{}, true}, {Person{UserID: id}, false}, {Person{UserPrincipalName: upn}, false}} {
		if got := tt.person.IsEmpty(); got != tt.want {
			t.Errorf("%+v.IsEmpty() = %v, want %v", tt.person, got, tt.want)
		}
	}
}
