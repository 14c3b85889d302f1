package store

import (
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	variedTexts      = []string{"", "", "Ada", "ada", "ADA", "Ada Example", " ", "\t", "Ørsted", "øRSTED", "İzmir", "100%", strings.Repeat("x", MaxValueLength+1), "hidden"}
	variedAddresses  = []string{"", "192.0.2.7", "::ffff:192.0.2.7", "2001:DB8::1", "2001:db8:0::1", " 192.0.2.7", "fe80::1%eth0", "192.0.", "192.0.2.0/24", "unknown", "192.0.2.7:443"}
	variedClients    = []string{"", " ", "Browser", "browser", "Other clients; IMAP", "; POP", "Telegraph", "Universal Outlook", "Other clients"}
	variedTokenTypes = []string{"", "refreshToken", "primaryRefreshToken, RefreshToken,refreshToken", ",", " a ,, B", "none"}
	variedDetails    = []string{"", "MFA denied; user declined the authentication", "MFA completed in Azure AD", "First factor requirement satisfied"}
	variedIDs        = []string{"", "ABCDEF00-AAAA-4000-8000-00000000000A", "abcdef00-aaaa-4000-8000-00000000000a", "Odd", "odd", " "}
)

// variedSignIns makes n sign-ins whose fields are now empty, now odd.
func variedSignIns(n int) []SignIn {
	r := rand.New(rand.NewPCG(3, 2026))
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	signIns := make([]SignIn, n)
	for i := range signIns {
		s := &signIns[i]
		for _, p := range SignIns.Properties {
			switch {
			case p.Unique, p.Fallback != nil && r.IntN(2) == 0:
				*p.Text(s) = pick(variedIDs)
			case p.Text != nil:
				*p.Text(s) = pick(variedTexts)
			case p.Int != nil && r.IntN(3) > 0:
				*p.Int(s) = IntOf([]int64{0, 50126, 50074, -1}[r.IntN(4)])
			case p.Bool != nil:
				*p.Bool(s) = Bool(r.IntN(3))
			}
		}
		for _, p := range SignIns.Properties {
			if p.Address {
				*p.Text(s) = pick(variedAddresses)
			}
		}
		s.ClientAppUsed, s.IncomingTokenType, s.AdditionalDetails = pick(variedClients), pick(variedTokenTypes), pick(variedDetails)
		s.StatedStatus = pick([]string{"", "", "Success", "odd"})
		s.ConditionalAccessStatus = pick([]string{"", "NotApplied", "notApplied", "unknownFutureValue"})
		for range r.IntN(4) {
			s.RiskEventTypes = append(s.RiskEventTypes, pick(variedTexts))
			s.AuthenticationDetails = append(s.AuthenticationDetails, AuthenticationStep{Method: pick(variedTexts), Succeeded: Bool(r.IntN(3)), ResultDetail: pick(variedDetails), Requirement: pick(variedTexts)})
			s.SessionLifetimePolicies = append(s.SessionLifetimePolicies, RequirementPolicy{Provider: pick(variedTexts)})
			s.NetworkLocationDetails = append(s.NetworkLocationDetails, NetworkLocation{Type: pick(variedTexts), Names: []string{pick(variedTexts), pick(variedTexts)}})
			s.AppliedConditionalAccessPolicies = append(s.AppliedConditionalAccessPolicies, AppliedPolicy{
				ID: pick(variedIDs), DisplayName: pick(variedTexts), Result: pick(variedTexts), GrantControls: []string{pick(variedTexts)},
			})
		}
		if r.IntN(2) == 0 {
			s.Ingested = time.Date(2026, 11, 23, 14, 5, 9, r.IntN(1e6)*1000, time.FixedZone("", 3600))
		}
	}
	return signIns
}

// TestEventValuesAreFound: every value of a facet finds the event it was counted for, and none stands twice.
func TestEventValuesAreFound(t *testing.T) {
	given := map[string]int{}
	for _, s := range variedSignIns(2000) {
		for _, f := range SignIns.Fields() {
			values := f.EventValues(&s)
			given[f.Name] += len(values)
			if distinct := f.distinct(slices.Clone(values)); !slices.Equal(values, distinct) {
				t.Fatalf("%s: %q are not distinct and in order", f.Name, values)
			}
			for _, value := range values {
				filter, bad := SignIns.ParseFilter(url.Values{f.Name: {value}})
				if len(bad) > 0 {
					t.Fatalf("%v", bad)
				}
				if got := filter.Conditions()[0].Values[0]; got != value {
					t.Fatalf("%s: the value %q is canonically %q", f.Name, value, got)
				}
				if !filter.Match(&s) {
					t.Fatalf("%s=%q does not find the event it is a value of", f.Name, value)
				}
			}
		}
	}
	for _, f := range SignIns.Fields() {
		if given[f.Name] == 0 && !f.Members {
			t.Errorf("%s never has a value", f.Name)
		}
	}
}

func TestEventValues(t *testing.T) {
	for _, tt := range []struct {
		field string
		s     SignIn
		want  []string
	}{
		{"user", SignIn{UserID: "ADA-ID", UserPrincipalName: "ada@example.com", UserDisplayName: "Ada"}, []string{"ada-id"}},
		{"user", SignIn{UserPrincipalName: "Ada@example.com", UserDisplayName: "Ada"}, []string{"Ada@example.com"}},
		{"user", SignIn{}, nil},
		{"app", SignIn{AppDisplayName: "Mail"}, []string{"Mail"}},
		{"sp", SignIn{ServicePrincipalID: "X", ServicePrincipalName: "Deploy"}, []string{"x"}},
		{"hometenant", SignIn{HomeTenantID: "id", HomeTenantName: "Fabrik"}, []string{"Fabrik", "id"}},
		{"reason", SignIn{FailureReason: "Other.", AdditionalDetails: "other."}, []string{"Other."}},
		{"tokenprotection", SignIn{AppTokenProtectionStatus: "unbound", TokenProtectionStatus: "bound", SignInTokenProtectionStatus: "Bound"}, []string{"Bound", "unbound"}},
		{"status", SignIn{ErrorCode: IntOf(50074)}, []string{"interrupted"}},
		{"status", SignIn{}, nil},
		{"error", SignIn{ErrorCode: IntOf(0)}, []string{"0"}},
		{"managed", SignIn{IsManaged: False}, []string{"no"}},
		{"managed", SignIn{}, nil},
		{"client", SignIn{ClientAppUsed: "Other clients; IMAP"}, []string{"IMAP4"}},
		{"tokentype", SignIn{IncomingTokenType: "b, A,a"}, []string{"A", "b"}},
		{"ip", SignIn{IPAddress: "2001:DB8:0::1"}, []string{"2001:db8::1"}},
		{"ip", SignIn{IPAddress: "unknown"}, nil},
		{"ca", SignIn{ConditionalAccessStatus: "NotApplied"}, []string{"notApplied"}},
		{"mfa", SignIn{AdditionalDetails: "MFA completed in Azure AD"}, []string{"satisfied"}},
		{"riskevent", SignIn{RiskEventTypes: []string{"generic", "", "Generic", "anonymizedIPAddress"}}, []string{"Generic", "anonymizedIPAddress"}},
		{"request", SignIn{ID: "ABCDEF00-AAAA-4000-8000-00000000000A"}, []string{"abcdef00-aaaa-4000-8000-00000000000a"}},
		{"city", SignIn{City: strings.Repeat("x", MaxValueLength+1)}, nil},
	} {
		if got := field(t, tt.field).EventValues(&tt.s); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.field, got, tt.want)
		}
	}
}

func TestLengthOfAValue(t *testing.T) {
	for _, f := range SignIns.Fields() {
		for _, op := range f.Operators() {
			_, bad := SignIns.ParseFilter(url.Values{f.Param(op): {strings.Repeat("é", MaxValueLength+1)}})
			if len(bad) != 1 || !strings.Contains(bad[0].Problem, "at most 1,000 characters") || len(bad[0].Value) > MaxValueLength+3 {
				t.Errorf("%s: an over long value: %d problems, %.80s", f.Param(op), len(bad), bad.Error())
			}
		}
	}
	if filter, bad := SignIns.ParseFilter(url.Values{"user.has": {strings.Repeat("é", MaxValueLength)}}); len(bad) > 0 || filter.IsEmpty() {
		t.Errorf("a value of %d characters: %v", MaxValueLength, bad)
	}
}
