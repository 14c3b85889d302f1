package demo

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestEveryStoryIsInEvery30Days proves the promise of the package's doc comment, with as few rows as 2,000.
func TestEveryStoryIsInEvery30Days(t *testing.T) {
	t.Parallel()
	type sought struct {
		name  string
		least int
		parts []string
	}
	stories := []sought{
		{"spray", 8, []string{`"callerIpAddress": "203.0.113.`, `"resultType": "50126"`, `"Asunción"`}},
		{"spray, locked or malicious address", 1, []string{`"resultType": "50053"`, `"Asunción"`}},
		{"spray, the right guess", 1, []string{`"resultType": "0"`, `"Asunción"`, `"identity": "Bram Kettlewick"`}},
		{"fatigue, refused", 20, []string{`"Juniper Fernweather"`, `"resultType": "500121"`, `MFA denied; user declined the authentication"}`, `"Suva"`}},
		{"fatigue, given in", 1, []string{`"Juniper Fernweather"`, `"SignInLogs"`, `"resultType": "0"`, `"Suva"`}},
		{"fatigue, tokens", 4, []string{`"Juniper Fernweather"`, `"NonInteractiveUserSignInLogs"`, `"Suva"`}},
		{"traveller in the north", 1, []string{`"Caspian Quillmarch"`, `"Reykjavík"`}},
		{"traveller in the west", 1, []string{`"Caspian Quillmarch"`, `"New York"`}},
		{"broken application", 3, []string{`"Harbour Invoices"`, `"resultType": "50011"`}},
		{"broken application, no resource", 3, []string{`"Harbour Invoices"`, `"resultType": "500011"`}},
		{"broken application, not found", 3, []string{`"Harbour Invoices"`, `"resultType": "700016"`}},
		{"secret ran out", 12, []string{`"Quay Nightly Export"`, `"resultType": "7000222"`}},
		{"device code", 1, []string{`"Orla Thistledown"`, `"Ulaanbaatar"`, `"authenticationProtocol":"deviceCode"`, `"resultType": "0"`}},
		{"device code, refreshes", 8, []string{`"Orla Thistledown"`, `"NonInteractive`, `"originalTransferMethod":"deviceCodeFlow"`}},
		{"old mail", 5, []string{`"CBAInPROD"`}},
		{"guest", 5, []string{`"Tobias Kestrelwing"`, `"homeTenantId":"` + guestTenant, `"b2bCollaboration"`}},
		{"visit to another tenant", 4, []string{`"clientAppUsed":""`, `"resourceTenantId":"` + visitTenant, `"homeTenantId":"` + tenantID}},
		{"hidden risk", 4, []string{`"riskLevelAggregated":"hidden"`}},
		{"warehouse", 20, []string{`"result":"reportOnlyFailure"`, `DOCK-TERMINAL-`}},
	}
	for turn := range 11 {
		days := 2 * turn
		until := testEnd.AddDate(0, 0, days).Add(time.Duration(days) * 67 * time.Minute)
		found := make([]int, len(stories))
		for _, line := range lines(stream(t, Options{Rows: 2000, Until: until, Seed: uint64(days)})) {
			for i, s := range stories {
				if !slices.ContainsFunc(s.parts, func(p string) bool { return !strings.Contains(line, p) }) {
					found[i]++
				}
			}
		}
		for i, s := range stories {
			if found[i] < s.least {
				t.Errorf("30 days until %s: %s: got %d records, want at least %d", until.Format(time.RFC3339), s.name, found[i], s.least)
			}
		}
	}
}

// TestFatigueIsOneAttempt expects one correlation ID, gaps of at most 15 minutes, and an MFA code on all events
// but the last.
func TestFatigueIsOneAttempt(t *testing.T) {
	correlations, codes := map[string]bool{}, []string{}
	last := time.Time{}
	var b strings.Builder
	tenant, err := New(Options{Rows: 20_000, Until: testEnd, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := tenant.Day(t.Context(), time.Date(2026, 11, 17, 0, 0, 0, 0, time.UTC), &b); err != nil {
		t.Fatal(err)
	}
	for _, line := range lines([]byte(b.String())) {
		if !strings.Contains(line, `"Suva"`) || !strings.Contains(line, `"SignInLogs"`) {
			continue
		}
		r := parse(t, line)
		correlations[r.text("correlationId")] = true
		codes = append(codes, r.envelope["resultType"].(string))
		at, err := time.Parse(time.RFC3339Nano, r.text("createdDateTime"))
		if err != nil {
			t.Fatal(err)
		}
		if !last.IsZero() && at.Sub(last) > 15*time.Minute {
			t.Errorf("%v after the event before, want at most 15 minutes", at.Sub(last))
		}
		last = at
	}
	if len(correlations) != 1 {
		t.Errorf("got %d correlation IDs, want 1", len(correlations))
	}
	want := append([]string{"50074"}, slices.Repeat([]string{"500121"}, fatigueRefusals+2)...)
	if want = append(want, "0"); !slices.Equal(codes, want) {
		t.Errorf("got codes %v, want %v", codes, want)
	}
}

func TestAccounts(t *testing.T) {
	upns := map[string]bool{}
	for _, p := range theOrganisation().people {
		if upns[p.upn] {
			t.Errorf("two people are called %s", p.upn)
		}
		upns[p.upn] = true
	}
	if got := len(theOrganisation().people); got != 2001 { // with the account for emergencies
		t.Errorf("got %d people, want 2001", got)
	}
	if got := len(theOrganisation().apps); got != 120 {
		t.Errorf("got %d applications, want 120", got)
	}
	var roles []string
	for _, a := range Accounts() {
		roles = append(roles, a.Roles...)
		if !upns[a.UserPrincipalName] {
			t.Errorf("%s is nobody of the tenant", a.UserPrincipalName)
		}
	}
	want := []string{
		"global-administrator", "security-administrator", "security-reader", "global-reader", "security-operator",
		"reports-reader", "conditional-access-administrator", "attribute-log-reader", "helpdesk", "user",
	}
	if !slices.Equal(roles, want) {
		t.Errorf("got roles %v, want %v", roles, want)
	}
	if last := Accounts()[len(want)-1]; last.DisplayName != "Juniper Fernweather" {
		t.Errorf("the plain user is %s, want Juniper Fernweather", last.DisplayName)
	}
}
