package store

import (
	"slices"
	"strings"
	"testing"
)

// policiesOf gives a sign-in with policies written as name/result/controls, the controls joined by "+".
func policiesOf(policies ...string) *SignIn {
	s := &SignIn{}
	for _, p := range policies {
		parts := strings.Split(p, "/")
		one := AppliedPolicy{DisplayName: parts[0], Result: parts[1]}
		if parts[2] != "" {
			one.GrantControls = strings.Split(parts[2], "+")
		}
		s.AppliedConditionalAccessPolicies = append(s.AppliedConditionalAccessPolicies, one)
	}
	return s
}

func TestConditionsOnOneListAskAboutOneItem(t *testing.T) {
	steps := &SignIn{AuthenticationDetails: []AuthenticationStep{
		{Method: "Password", Succeeded: True}, {Method: "Text message", Succeeded: False}, {Method: "Text message"},
	}, AuthenticationMethodsUsed: []string{"FIDO2"}}
	places := &SignIn{NetworkLocationDetails: []NetworkLocation{
		{Type: "trustedNamedLocation", Names: []string{"Office"}}, {Type: "namedNetwork", Names: []string{"VPN", "Branch"}},
	}}
	for _, tt := range []struct {
		name    string
		signIn  *SignIn
		passing string
		failing string
	}{
		{
			"two policies", policiesOf("A/success/Mfa", "B/failure/Block"),
			`policy=A&policyresult=success
			policy=A&policy=B&policyresult=failure
			policy=A&policyresult=failure&policyresult=success
			policy=A&policyresult.not=failure
			policy.starts=b&policycontrol.has=lock
			policy=A&policycontrol=Mfa&policyresult=success
			policy.not=A&policyresult=failure
			policy.empty=no&policyresult=failure
			policyresult=failure&policycontrol.not=Mfa
			policy=A&policy.empty=yes
			policyresult=success&policyresult.empty=yes
			policy.not=C&policyresult.not=notApplied
			policy.empty=no&policyresult.not=notApplied`,
			`policy=A&policyresult=failure
			policy=A&policycontrol=Block
			policy=B&policyresult=success
			policy=C&policyresult=success
			policy=A&policyresult=failure&policycontrol=Block
			policy=A&policyresult.not=success
			policy=A&policy.not=A
			policy.not=A&policyresult=success
			policy=A&policyresult.empty=yes
			policy.empty=yes&policyresult=success
			policy.empty=yes
			policy.not=A
			policyresult.not=failure
			policy.not=C&policyresult.not=success
			policy.empty=no&policyresult.not=success
			policycontrol.empty=yes
			policycontrol.empty=yes&policy.not=C`,
		},
		{
			"a policy without controls, one with only a result", policiesOf("A/success/", "/failure/Mfa"),
			`policycontrol.empty=yes&policy=A
			policy=A&policycontrol=Mfa&policycontrol.empty=yes
			policy.empty=yes&policyresult=failure
			policycontrol.empty=no
			policy=B&policy.empty=yes
			policy.not=A&policyresult=failure`,
			`policycontrol.empty=no&policy=A
			policy=A&policycontrol=Mfa
			policycontrol.empty=yes&policyresult=failure
			policycontrol.empty=yes
			policy.empty=yes&policyresult=success`,
		},
		{
			"one policy twice, with two results", policiesOf("A/success/Mfa", "A/failure/Mfa"),
			"policy=A&policyresult=success\npolicy=A&policyresult=failure\npolicy=A&policyresult.not=success",
			"policyresult.not=success\npolicy=A&policyresult=notApplied",
		},
		{
			"no policies", &SignIn{},
			"policy.empty=yes\npolicy.not=A\npolicy.not=A&policyresult.empty=yes\npolicyresult.not=success&policycontrol.not=Mfa",
			"policy.empty=no\npolicy=A&policyresult.not=failure\npolicy=A&policy.empty=yes\npolicy.empty=yes&policyresult=success",
		},
		{
			"steps", steps,
			`method=Password&methodresult=yes
			method=text+message&methodresult=no
			method=FIDO2&methodresult.empty=yes
			method=Text+message&methodresult.empty=yes
			method=Password&methodresult.not=no
			methodresult.empty=no`,
			`method=Password&methodresult=no
			method=FIDO2&methodresult=yes
			method=FIDO2&methodresult.empty=no
			method=Password&methodresult.empty=yes
			methodresult.not=no
			methodresult.empty=yes`,
		},
		{
			"places", places,
			"network=Office&networktype=trustedNamedLocation\nnetwork=vpn&networktype.not=trustedNamedLocation\nnetwork.not=VPN&networktype.starts=trusted",
			"network=Office&networktype=namedNetwork\nnetwork=Branch&network.not=VPN\nnetworktype.not=namedNetwork",
		},
		{
			"two lists are two questions", &SignIn{AppliedConditionalAccessPolicies: policiesOf("A/success/").AppliedConditionalAccessPolicies, AuthenticationDetails: steps.AuthenticationDetails, City: "Suva"},
			"policy=A&methodresult.not=no&method=Password&city=Suva\npolicy=A&methodresult=no",
			"policy=A&method=FIDO2\npolicy=B&method=Password\npolicy=A&method=Password&city=Lima\npolicy=A&methodresult.empty=yes",
		},
	} {
		for _, of := range []struct {
			queries string
			want    bool
		}{{tt.passing, true}, {tt.failing, false}} {
			for query := range strings.SplitSeq(of.queries, "\n") {
				query = strings.TrimSpace(query)
				if got := parsed(t, query).Match(tt.signIn); got != of.want {
					t.Errorf("%s: %s passes: %v, want %v", tt.name, query, got, of.want)
				}
			}
		}
	}
}

// The last event of a line is asked, as for every other field that does not look at any event.
func TestConditionsOnAListLookAtTheLastEvent(t *testing.T) {
	line := []*SignIn{policiesOf("A/failure/"), policiesOf("A/success/")}
	for query, want := range map[string]bool{"policy=A&policyresult=success": true, "policy=A&policyresult=failure": false, "policyresult.not=failure": true} {
		if got := parsed(t, query).MatchLine(entries(line)); got != want {
			t.Errorf("%s passes: %v, want %v", query, got, want)
		}
	}
}

// TestItemsReadWhatTheyWrite: the text of an item holds everything that conditions ask for, whatever characters the
// record has.
func TestItemsReadWhatTheyWrite(t *testing.T) {
	signIns := append(variedSignIns(300), SignIn{
		AppliedConditionalAccessPolicies: []AppliedPolicy{
			{ID: "a\x1esuccess\x1fb\x1d\x1c", DisplayName: "\x1c2", Result: "\x1f", GrantControls: []string{"", "x", ""}},
			{},
			{Result: "only"},
		},
		NetworkLocationDetails: []NetworkLocation{{Names: []string{"\x1e", "\x1d"}}},
	})
	names := NewList("name", 1, func(s *SignIn, m *Item, take func()) bool {
		for _, n := range s.NetworkLocationDetails {
			m[0] = append(m[0][:0], n.Names...)
			take()
		}
		return s.CollectionState(CollectionNetworks) == CollectionUnread
	})
	signIns = append(signIns, SignIn{NetworkLocationDetails: []NetworkLocation{{}, {Names: []string{"", "Office"}}, {Names: []string{""}}}})
	for _, s := range signIns {
		for _, l := range append(slices.Clone(SignIns.Lists), names) {
			var want []Item
			var m Item
			l.each(&s, &m, func() {
				var kept Item
				for part := range kept {
					kept[part] = slices.DeleteFunc(slices.Clone(m[part]), func(text string) bool { return text == "" })
				}
				want = append(want, kept)
			})
			texts := SplitText(string(l.AppendText(nil, &s)))
			if len(texts) != len(want) {
				t.Fatalf("%d texts of %d items: %q", len(texts), len(want), texts)
			}
			for i, text := range texts {
				got := l.Item(text)
				if text == "" || !slices.EqualFunc(got[:], want[i][:], slices.Equal[[]string]) {
					t.Fatalf("%q is read as %q, want %q", text, got, want[i])
				}
			}
		}
	}
}

func FuzzItem(f *testing.F) {
	for _, l := range SignIns.Lists {
		f.Add(string(l.AppendText(nil, policiesOf("A/success/Mfa", "B/failure/"))))
	}
	f.Add("\x1c\x1d\x1e\x1f\x1c9")
	f.Fuzz(func(_ *testing.T, text string) {
		for _, l := range SignIns.Lists {
			l.Item(text) // of a damaged dictionary: it gives something, and does not panic
		}
	})
}

// Every part of every list has its field, but for one that numbers equal items, and a field of a list no other property.
func TestListsAreWhole(t *testing.T) {
	var items []*Property
	for _, p := range SignIns.Properties {
		if p.List != nil {
			items = append(items, p)
		}
		if p.PartOf != nil && (p.Set == nil || p.Part >= p.PartOf.Parts || p.PartOf.Parts > MaxParts) {
			t.Errorf("%s is part %d of a list of %d", p.Name, p.Part, p.PartOf.Parts)
		}
	}
	if len(items) != len(SignIns.Lists) {
		t.Errorf("%d properties hold the items of %d lists", len(items), len(SignIns.Lists))
	}
	for _, l := range SignIns.Lists {
		parts := map[int]string{}
		for _, f := range l.Fields() {
			parts[f.Properties[0].Part] = f.Name
			if f.AnyEvent {
				t.Errorf("%s looks at any event", f.Name)
			}
			for _, info := range SignIns.Logs { // else a part of one question would be set aside
				if f.AppliesTo(info) != l.Fields()[0].AppliesTo(info) {
					t.Errorf("in the %s log %s applies: %v, and %s not so", info.Log, f.Name, f.AppliesTo(info), l.Fields()[0].Name)
				}
			}
		}
		asked := l.Parts
		if l.CountsItems {
			asked-- // the last part tells equal items apart
		}
		if len(parts) != asked || len(l.Fields()) != asked {
			t.Errorf("fields of %d parts: %v", l.Parts, parts)
		}
	}
}

func TestFilterParts(t *testing.T) {
	f := parsed(t, "policy=A&policyresult.not=success&city=Suva&method=Password")
	if got, want := f.WithoutList(Policies).Values().Encode(), "city=Suva&method=Password"; got != want {
		t.Errorf("without policies: %s, want %s", got, want)
	}
	clause := f.ListClause(Policies)
	if len(clause.Conditions) != 2 || !clause.OneItem() {
		t.Errorf("of policies are asked %v, of one item: %v", clause.Conditions, clause.OneItem())
	}
	if clause := parsed(t, "policyresult.not=success&policy.empty=yes").ListClause(Policies); clause.OneItem() {
		t.Error("without a positive condition one item is asked about")
	}
	if clause := f.ListClause(Networks); len(clause.Conditions) > 0 || clause.OneItem() {
		t.Errorf("of networks are asked %v", clause.Conditions)
	}
}
