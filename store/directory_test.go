package store

import (
	"errors"
	"net/url"
	"slices"
	"testing"
	"time"
)

func TestMatchGroups(t *testing.T) {
	members := map[string]MemberSet{
		"people": NewMemberSet([]Member{{ID: "u1", Username: "Ada@example.com"}, {ID: "u2"}, {ID: "sp1", Kind: ObjectServicePrincipal}}),
		"empty":  NewMemberSet(nil),
	}
	byID := SignIn{Log: Interactive, UserID: "U1", UserPrincipalName: "other@example.com"}
	byName := SignIn{Log: NonInteractive, UserPrincipalName: "ADA@example.com"}
	renamed := SignIn{Log: NonInteractive, UserID: "u9", UserPrincipalName: "ada@example.com"}
	principal := SignIn{Log: ServicePrincipal, ServicePrincipalID: "SP1"}
	filled := SignIn{Log: Interactive, UserID: "u9", ServicePrincipalID: "sp1"}
	for _, tt := range []struct {
		query  string
		signIn SignIn
		want   bool
	}{
		{"group=people", byID, true},
		{"group=PEOPLE", byID, true},
		{"group.not=people", byID, false},
		{"group=people", byName, true},
		{"group=people", renamed, false},
		{"group.not=people", renamed, true},
		{"group=people", principal, true},
		{"group=people", filled, false},
		{"group=people", SignIn{Log: ManagedIdentity, ServicePrincipalID: "sp2"}, false},
		{"group=people", SignIn{Log: Interactive}, false},
		{"group=empty", byID, false},
		{"group=empty&group=people", byID, true},
		{"group=people&group.not=empty", byID, true},
		{"group=people&user.starts=other", byID, true},
		{"group=people&user.starts=ada", byID, false},
	} {
		params, _ := url.ParseQuery(tt.query)
		filter, bad := SignIns.ParseFilter(params)
		if len(bad) > 0 {
			t.Fatal(bad)
		}
		user, _ := SignIns.Field("user")
		// A filter keeps its members through every change.
		filter = filter.WithMembers(members).With(user, OpIsNot, "nobody").Without(user, OpIsNot, "nobody")
		info, _ := SignIns.Log(tt.signIn.Log)
		applied, _ := filter.For(info)
		if got := applied.Match(&tt.signIn); got != tt.want {
			t.Errorf("%s of %+v: %t, want %t", tt.query, tt.signIn.UserID, got, tt.want)
		}
	}
	if filter, _ := SignIns.ParseFilter(url.Values{"group": {"people"}}); filter.Match(&byID) {
		t.Error("without members somebody is one")
	}
}

// A department and a group of the same name are two.
func TestFilterByDepartment(t *testing.T) {
	x := NewDirectoryIndex([]Object{
		{Kind: ObjectUser, ID: "u1", Username: "ada@example.com", Facts: []KeyValue{{Key: "department", Value: "Sea"}}}, {Kind: ObjectUser, ID: "u2"}, {Kind: ObjectGroup, ID: "sea"},
	})
	x.AddGroup("sea", time.Time{}, true)
	x.AddMember("sea", Member{ID: "u2"})
	x.Finish()
	for _, tt := range []struct {
		query string
		want  []string // of u1 and u2
	}{
		{"department=sea", []string{"u1"}},
		{"department.not=SEA", []string{"u2"}},
		{"group=sea", []string{"u2"}},
		{"group=sea&department=sea", nil},
	} {
		params, _ := url.ParseQuery(tt.query)
		filter, bad := SignIns.ParseFilter(params)
		told, err := x.told(filter)
		if len(bad) > 0 || err != nil {
			t.Fatalf("%s: %v, %v", tt.query, bad, err)
		}
		var got []string
		for _, id := range []string{"u1", "u2"} {
			if told.Match(&SignIn{Log: Interactive, UserID: id}) {
				got = append(got, id)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s finds %q, want %q", tt.query, got, tt.want)
		}
	}
	filter, _ := SignIns.ParseFilter(url.Values{"department": {"land"}})
	var bad BadParam
	if _, err := x.told(filter); !errors.As(err, &bad) || bad.Problem != NoSuchDepartment || len(filter.Groups()) != 0 {
		t.Errorf("a department that nobody is in: %v", err)
	}
}

func TestFilterGroups(t *testing.T) {
	filter, _ := SignIns.ParseFilter(url.Values{"group": {"B", "a"}, "group.not": {"b", "c"}, "user": {"x"}})
	got := filter.Groups()
	if want := []string{"a", "b", "c"}; len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("Groups() = %q, want %q", got, want)
	}
}
