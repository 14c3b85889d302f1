package store

import (
	"net/url"
	"slices"
	"testing"
	"time"
)

func parsed(t testing.TB, query string) Filter {
	t.Helper()
	params, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	filter, bad := SignIns.ParseFilter(params)
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	return filter
}

// TestMatchOperators tries each operator on each kind of field.
func TestMatchOperators(t *testing.T) {
	const id, other = "abcdef00-aaaa-4000-8000-00000000000a", "11111111-aaaa-4000-8000-000000000001"
	ada := SignIn{
		ID: id, CorrelationID: "Odd", UniqueTokenIdentifier: "Zm9vYmFyLWZvb2Jhci1mbw",
		UserID: "ADA-ID", UserPrincipalName: "ada@example.com", UserDisplayName: "Ada Example",
		IPAddress: "2001:db8::7", ClientAppUsed: "Other clients; IMAP", IncomingTokenType: "primaryRefreshToken, refreshToken",
		ErrorCode: IntOf(50126), IsManaged: False, Ingested: time.Date(2026, 11, 23, 14, 5, 9, 123456789, time.UTC),
		AdditionalDetails:         "MFA denied; user declined the authentication",
		AuthenticationMethodsUsed: []string{"Password", "Text message"}, ConditionalAccessStatus: "notApplied",
		AppliedConditionalAccessPolicies: []AppliedPolicy{{ID: "p1", DisplayName: "Require MFA", Result: "reportOnlyFailure"}, {ID: "p2"}},
	}
	none := SignIn{}
	for _, tt := range []struct {
		query          string
		onAda, onEmpty bool
	}{
		{"user.not=bob", true, true},
		{"user.not=ADA@example.com", false, true},
		{"user.not=bob&user.not=ada+example", false, true},
		{"user.starts=ada%40", true, false},
		{"user.starts=EXAMPLE", false, false},
		{"user.starts=bob&user.starts=ADA-", true, false},
		{"user.has=EXAMPLE.", true, false},
		{"user.empty=yes", false, true},
		{"user.empty=no", true, false},
		{"user=bob&user.empty=yes", false, true},
		{"user=bob&user.has=ample", true, false},
		{"user.has=ample&user.not=ada-id", false, false},
		{"user.not=bob&user.empty=no", true, false},
		{"city.empty=yes&user.empty=no", true, false},
		{"request=ABCDEF00-AAAA-4000-8000-00000000000A", true, false},
		{"request.starts=ABCDEF", true, false},
		{"request.not=" + other, true, true},
		{"request.empty=no", true, false},
		{"correlation=Odd", true, false},
		{"correlation=odd", true, false},
		{"correlation.starts=O", true, false},
		{"correlation.starts=o", true, false},
		{"token=zm9vYmFyLWZvb2Jhci1mbw", false, false},
		{"token.starts=Zm9v", true, false},
		{"token.starts=zm9v", false, false},
		{"token.not=zm9vYmFyLWZvb2Jhci1mbw", true, true},
		{"session.empty=yes", true, true},
		{"ip.not=2001:db8::/32", false, true},
		{"ip.not=192.0.2.", true, true},
		{"ip.starts=2001:DB", true, false},
		{"ip.has=8::7", true, false},
		{"ip.empty=yes", false, true},
		{"client.not=legacy", false, true},
		{"client.not=modern", true, true},
		{"client.starts=imap", true, false},
		{"client.has=clients", true, false},
		{"client.has=pop", false, false},
		{"client.empty=no", true, false},
		{"tokentype.starts=REFRESH", true, false},
		{"tokentype.not=refreshtoken", false, true},
		{"tokentype.has=yrefresh", true, false},
		{"error.not=0", true, true},
		{"error.not=AADSTS50126", false, true},
		{"error.empty=yes", false, true},
		{"status.not=success", true, true},
		{"status.not=failure", false, true},
		{"status.empty=no", true, false},
		{"managed.not=yes", true, true},
		{"managed.not=no", false, true},
		{"managed.empty=no", true, false},
		{"compliant.empty=yes", true, true},
		{"method.not=password", false, true},
		{"method.starts=text", true, false},
		{"method.has=MESS", true, false},
		{"method.empty=yes", false, true},
		{"policy.not=require+mfa", false, true},
		{"policy.starts=require", true, false},
		{"policy.has=2", true, false},
		{"policyresult.starts=reportonly", true, false},
		{"policyresult.empty=yes", false, true},
		{"ca.not=success", true, true},
		{"ca.empty=yes", false, true},
		{"mfa.not=denied", false, true},
		{"mfa.empty=no", true, false},
		{"ingested.not=2026-11-23T14:05:09.123456Z", false, true},
		{"ingested.not=2026-11-23", true, true},
		{"ingested.empty=yes", false, true},
	} {
		filter := parsed(t, tt.query)
		for _, c := range []struct {
			name string
			s    *SignIn
			want bool
		}{{"Ada's", &ada, tt.onAda}, {"the empty", &none, tt.onEmpty}} {
			if got := filter.Match(c.s); got != c.want {
				t.Errorf("%s passes %s sign-in: %v, want %v", tt.query, c.name, got, c.want)
			}
		}
	}
}

// TestMatchOperatorsOfEveryField expects "is not" to be the opposite of "is", and "is not empty" of "is empty". A
// value must also start with itself and contain itself.
func TestMatchOperatorsOfEveryField(t *testing.T) {
	for _, s := range variedSignIns(300) {
		for _, f := range SignIns.Fields() {
			if !f.Knows(OpEmpty) { // TestMatchGroups
				continue
			}
			holds := func(op Operator, value string) bool {
				filter, bad := SignIns.ParseFilter(url.Values{f.Param(op): {value}})
				if len(bad) > 0 {
					t.Fatal(bad)
				}
				return filter.Match(&s)
			}
			values := f.EventValues(&s)
			if holds(OpEmpty, "yes") == holds(OpNotEmpty, "no") || len(values) > 0 && holds(OpEmpty, "yes") {
				t.Fatalf("%s has %q and is empty: %v", f.Name, values, holds(OpEmpty, "yes"))
			}
			for _, value := range values {
				if !holds(OpIs, value) || holds(OpIsNot, value) {
					t.Fatalf("%s has the value %q and is it: %v, is it not: %v", f.Name, value, holds(OpIs, value), holds(OpIsNot, value))
				}
				if isAddress := f.addresses; isAddress { // their values are spelled another way
					continue
				}
				if f.Knows(OpStarts) && !holds(OpStarts, value) || f.Knows(OpHas) && !holds(OpHas, value) {
					t.Fatalf("%s has the value %q and neither starts with nor contains it", f.Name, value)
				}
			}
		}
	}
}

func TestMatchLine(t *testing.T) {
	first := &SignIn{ID: "one", CorrelationID: "c1", ErrorCode: IntOf(500121), City: "Suva", AdditionalDetails: "MFA denied; user declined the authentication"}
	last := &SignIn{ID: "two", ErrorCode: IntOf(0), City: "Lima", AdditionalDetails: "MFA completed in Azure AD"}
	bare := &SignIn{ID: "three"}
	for _, tt := range []struct {
		query  string
		events []*SignIn
		want   bool
	}{
		{"", nil, false},
		{"", []*SignIn{first}, true},
		{"city=Suva", []*SignIn{first, last}, false},
		{"city=Lima", []*SignIn{first, last}, true},
		{"city.not=Suva", []*SignIn{first, last}, true},
		{"city.empty=yes", []*SignIn{first, bare}, true},
		{"error=500121", []*SignIn{first, last}, false},
		{"status=success", []*SignIn{first, last}, true},
		{"anyerror=500121", []*SignIn{first, last}, true},
		{"anyerror.not=500121", []*SignIn{first, last}, false},
		{"anyerror.not=0", []*SignIn{first, last}, false},
		{"anyerror.not=50126", []*SignIn{first, last}, true},
		{"anyerror.empty=yes", []*SignIn{first, bare}, false},
		{"anyerror.empty=yes", []*SignIn{bare, bare}, true},
		{"error.empty=yes", []*SignIn{first, bare}, true},
		{"mfa=denied", []*SignIn{first, last}, true},
		{"mfa=denied&mfa.not=satisfied", []*SignIn{first, last}, false},
		{"mfa=denied&mfa.not=timeout", []*SignIn{first, last}, true},
		{"mfa.empty=no", []*SignIn{first, bare}, true},
		{"mfa.empty=yes", []*SignIn{first, bare}, false},
		{"request=one", []*SignIn{first, last}, true},
		{"request=two", []*SignIn{first, last}, true},
		{"request.not=one", []*SignIn{first, last}, false},
		{"request.starts=o", []*SignIn{first, last}, true},
		{"correlation=c1", []*SignIn{first, last}, true},
		{"correlation.empty=no", []*SignIn{first, last}, true},
		{"correlation.empty=yes", []*SignIn{first, last}, false},
		{"correlation.empty=yes", []*SignIn{bare, last}, true},
	} {
		if got := parsed(t, tt.query).MatchLine(entries(tt.events)); got != tt.want {
			t.Errorf("%s passes a line of %d events: %v, want %v", tt.query, len(tt.events), got, tt.want)
		}
	}
}

func TestClauses(t *testing.T) {
	clauses := parsed(t, "user.not=a&user=b&user.empty=no&city.empty=yes&user.has=c&city=x").Clauses()
	var got []string
	for _, c := range clauses {
		got = append(got, c.Field.Name)
		for _, condition := range c.Any {
			got = append(got, "any "+condition.Op.Label())
		}
		for _, condition := range c.All {
			got = append(got, "all "+condition.Op.Label())
		}
	}
	want := []string{"city", "any is", "any is empty", "user", "any is", "any contains", "all is not", "all is not empty"}
	if !slices.Equal(got, want) {
		t.Errorf("clauses = %q, want %q", got, want)
	}
}

// TestTextMatcherAgreesWithMatchText compares the matcher prepared for many texts with MatchText.
func TestTextMatcherAgreesWithMatchText(t *testing.T) {
	texts := slices.Concat([]string{"US", "RU", "AU", "Russia", "Windows10", "Windows 10"}, foldTexts, variedTexts, variedAddresses, variedClients, variedTokenTypes)
	wanted := slices.Concat(texts, []string{"192.0.2.0/24", "192.0.", ":", "2001:db8:", "2001:db8::/32", "modern", "legacy", "us", "USA", "rus", "ws 1", "s 10", "é", "日本"})
	for _, name := range []string{"city", "country", "os", "ip", "client", "tokentype", "request", "token"} {
		for _, op := range field(t, name).Operators() {
			var filter Filter
			for i, value := range wanted {
				if _, problem := field(t, name).canonical(op, value); problem == "" || !op.TakesValue() {
					filter = filter.With(field(t, name), op, value)
				}
				if i%5 > 0 || filter.IsEmpty() {
					continue
				}
				c := filter.Conditions()[0]
				matches := c.TextMatcher()
				for _, text := range texts {
					if got, want := matches(text), c.MatchText(text); got != want {
						t.Errorf("%s %s %q: the ready test of %q says %v, MatchText %v", name, op.Label(), c.Values, text, got, want)
					}
				}
				filter = Filter{}
			}
		}
	}
}
