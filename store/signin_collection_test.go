package store

import (
	"reflect"
	"strings"
	"testing"
)

func TestCollectionsHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Collections() {
		if c.Name() == "" || seen[c.Name()] {
			t.Errorf("the list %d has the name %q", c, c.Name())
		}
		seen[c.Name()] = true
		if isNamed := strings.Contains(strings.ToLower(c.Name()), "conditionalaccess") || c == CollectionContexts; c.isConditionalAccess() != isNamed {
			t.Errorf("%s is Conditional Access data: %t", c.Name(), c.isConditionalAccess())
		}
	}
	if len(seen) != int(collectionsEnd) {
		t.Errorf("%d lists, want %d", len(seen), collectionsEnd)
	}
}

// TestMembers finds the field of each collection by reflection: no two may share one, and every collection must
// have one.
func TestMembers(t *testing.T) {
	s := full(1)
	kind := reflect.TypeFor[SignIn]()
	of := map[Collection]string{}
	for field := range kind.Fields() {
		if field.Type.Kind() != reflect.Slice {
			continue
		}
		var one SignIn
		reflect.ValueOf(&one).Elem().FieldByIndex(field.Index).Set(reflect.ValueOf(s).FieldByIndex(field.Index))
		found := 0
		for _, c := range Collections() {
			if one.CollectionState(c) == CollectionRead {
				of[c] = field.Name
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s is %d lists, want 1", field.Name, found)
		}
	}
	if len(of) != len(Collections()) {
		t.Errorf("%d lists are fields of a sign-in, want %d: %v", len(of), len(Collections()), of)
	}
}

func TestCollectionState(t *testing.T) {
	noted := func(state CollectionState) (s SignIn) {
		s.Collections.Note(CollectionPolicies, state)
		return s
	}
	filled := func(s SignIn) SignIn {
		s.AppliedConditionalAccessPolicies = []AppliedPolicy{{ID: "p"}}
		return s
	}
	for _, test := range []struct {
		name string
		s    SignIn
		want CollectionState
	}{
		{"nothing noted", SignIn{}, CollectionAbsent},
		{"noted as empty", noted(CollectionEmpty), CollectionEmpty},
		{"noted as not read", noted(CollectionUnread), CollectionUnread},
		{"members", filled(SignIn{}), CollectionRead},
		{"members, and empty under another name", filled(noted(CollectionEmpty)), CollectionRead},
		{"members, and more that are not read", filled(noted(CollectionUnread)), CollectionUnread},
	} {
		if got := test.s.CollectionState(CollectionPolicies); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
		if got := test.s.CollectionState(CollectionNetworks); got != CollectionAbsent {
			t.Errorf("%s: another list is %d", test.name, got)
		}
	}
}

// TestMergedCollectionState expects a collection that one copy lacks or has empty to stay unread if another copy
// has it so.
func TestMergedCollectionState(t *testing.T) {
	copyOf := func(state CollectionState, id string) (v Version) {
		v.Entry = &SignIn{}
		v.SignIn().Collections.Note(CollectionAuthenticationDetails, state)
		if state == CollectionRead {
			v.SignIn().AuthenticationDetails = []AuthenticationStep{{Method: id}}
		}
		return v
	}
	for _, test := range []struct {
		name         string
		older, newer CollectionState
		want         CollectionState
	}{
		{"absent, then empty", CollectionAbsent, CollectionEmpty, CollectionEmpty},
		{"empty, then absent", CollectionEmpty, CollectionAbsent, CollectionEmpty},
		{"not read, then empty", CollectionUnread, CollectionEmpty, CollectionUnread},
		{"empty, then not read", CollectionEmpty, CollectionUnread, CollectionUnread},
		{"not read, then absent", CollectionUnread, CollectionAbsent, CollectionUnread},
		{"not read, then read", CollectionUnread, CollectionRead, CollectionRead},
		{"read, then not read", CollectionRead, CollectionUnread, CollectionUnread},
		{"read, then empty", CollectionRead, CollectionEmpty, CollectionRead},
	} {
		merged := merged([]Version{copyOf(test.older, "older"), copyOf(test.newer, "newer")})
		if got := merged.CollectionState(CollectionAuthenticationDetails); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}

func TestWithheldCollectionsAreAbsent(t *testing.T) {
	for _, c := range Collections() {
		var s SignIn
		s.Collections.Note(c, CollectionUnread)
		s.withhold(ClassesOf(ConditionalAccess))
		want := CollectionUnread
		if c.isConditionalAccess() {
			want = CollectionAbsent
		}
		if got := s.CollectionState(c); got != want {
			t.Errorf("%s is %d, want %d", c.Name(), got, want)
		}
	}
}
