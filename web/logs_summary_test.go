package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// The summary says in words how a sign-in of each outcome ended, where, and by which policy. Without the right it names no policy.
func TestSummaryTellsHowASignInEnded(t *testing.T) {
	step := func(method string, ok store.Bool, result string) store.AuthenticationStep {
		return store.AuthenticationStep{Method: method, Succeeded: ok, ResultDetail: result}
	}
	blocked := relatedTo()[0]
	blocked.AuthenticationDetails = []store.AuthenticationStep{step("Password", store.True, "")}
	blocked.AppliedConditionalAccessPolicies[0].GrantControls = []string{"Block"}
	wrong := interactiveSignIn(2, at("12:00:00"))
	wrong.ErrorCode, wrong.AuthenticationDetails = store.IntOf(50126), []store.AuthenticationStep{step("Password", store.False, "Incorrect password")}
	prompted := interactiveSignIn(3, at("12:00:00"))
	prompted.ErrorCode, prompted.AuthenticationDetails = store.IntOf(50140), nil
	worked := interactiveSignIn(4, at("12:00:00"))
	worked.RiskLevelDuringSignIn = "high"
	silent := refresh(5, at("12:00:00"), "r")
	unnamed := interactiveSignIn(6, at("12:00:00"))
	unnamed.ErrorCode, unnamed.AppDisplayName, unnamed.AppID = store.IntOf(12345), "", ""
	f := newFakeStore(blocked, wrong, prompted, worked, silent, unnamed, principalSignIn(7, at("12:00:00")))
	p := newPortal(t, f, admin)
	for id, want := range map[string]struct{ says, step, policies string }{
		"interactive/" + testID(1): {
			"Ada Example could not sign in to Travel Desk. Error 53003: An access policy blocked the sign-in.",
			"Access decision 1 authentication step before it succeeded.", "Policy that blocked: Secret policy: MFA for all; Policy not satisfied: Secret new policy",
		},
		"interactive/" + testID(2):      {"Ada Example could not sign in to Travel Desk. Error 50126: The user name or the password was wrong.", "Password Incorrect password", ""},
		"interactive/" + testID(3):      {"The sign-in of Ada Example to Travel Desk was interrupted. Error 50140:", "no such fact", ""},
		"interactive/" + testID(4):      {"Ada Example signed in to Travel Desk. Steps: Password, then OATH verification code.", "no such fact", ""},
		"noninteractive/" + testID(5):   {"got a token for Ada Example in the background. Nobody was asked for anything.", "no such fact", ""},
		"interactive/" + testID(6):      {"Ada Example could not sign in to an application the record does not name. Error 12345.", "no such fact", ""},
		"serviceprincipal/" + testID(7): {"nightly-backup could not sign in to Key Vault. Error 7000222:", "Credential of the application", ""},
	} {
		a := p.get("/logs/" + id + "?tab=summary")
		if got := squeeze(a.hook("verdict").Text()); !strings.Contains(got, want.says) {
			t.Errorf("%s says %q, want %q", id, got, want.says)
		}
		if got := fact(a, "Step that failed"); got != want.step {
			t.Errorf("%s failed at %q, want %q", id, got, want.step)
		}
		var policies []string
		for i := range a.page.Find("#summary dt").Length() {
			if dt := a.page.Find("#summary dt").Eq(i); strings.HasPrefix(dt.Text(), "Policy") {
				policies = append(policies, dt.Text()+": "+squeeze(dt.Next().Find("a").Text()))
			}
		}
		if got := strings.Join(policies, "; "); got != want.policies {
			t.Errorf("%s has the policies %q, want %q", id, got, want.policies)
		}
	}
	if got := fact(p.get("/logs/interactive/"+testID(4)+"?tab=summary"), "Risk level (real-time)"); !strings.HasPrefix(got, "High") {
		t.Errorf("the risk is %q", got)
	}
	withheld := newPortal(t, f, reports).get("/logs/interactive/" + testID(1) + "?tab=summary")
	body := strings.ToLower(withheld.Body.String())
	for _, secret := range []string{"secret", "conditional access", "policy that blocked", "not satisfied", "tab=conditional-access"} {
		if strings.Contains(body, secret) {
			t.Errorf("the summary of a Reports Reader holds %q", secret)
		}
	}
	if got := fact(withheld, "Step that failed"); !strings.HasPrefix(got, "Access decision") {
		t.Errorf("without the right the step is %q", got)
	}
}

// The comparison with the last success shows only the differences. A browser's new version is not among the main differences.
func TestSummaryShowsWhatDiffers(t *testing.T) {
	failed, worked := interactiveSignIn(1, at("12:00:00")), interactiveSignIn(2, at("12:00:00").Add(-26*time.Hour))
	failed.ErrorCode, failed.CountryOrRegion, failed.City, failed.State, failed.Browser, failed.AutonomousSystemNumber = store.IntOf(53003), "FJ", "Suva", "", "Edge 120.0.1", store.IntOf(64496)
	worked.Browser, worked.ClientAppUsed = "Edge 119.0", "Exchange ActiveSync"
	p := newPortal(t, newFakeStore(failed, worked), admin)
	a := p.get("/logs/interactive/" + testID(1) + "?tab=summary")
	rows := a.texts(`[aria-label="Table: What differs"] tbody tr`)
	labels := make([]string, len(rows))
	for i := range rows {
		labels[i] = a.page.Find(`[aria-label="Table: What differs"] tbody tr`).Eq(i).Find("td").First().Text()
	}
	if want := []string{"Location", "IP network", "Client app"}; !slices.Equal(labels, want) || !strings.Contains(rows[0], "Suva, Fiji") || !strings.Contains(rows[1], "192.0.2.0/24 (AS64496)") {
		t.Errorf("what differs is %q", rows)
	}
	if got := squeeze(a.hook("comparison").Find("summary").Text()); !strings.HasPrefix(got, "Show all differences: ") {
		t.Errorf("the rest is behind %q", got)
	}
	same := p.get("/logs/interactive/" + testID(2) + "?tab=summary")
	if got := squeeze(same.hook("comparison").Text()); !strings.Contains(got, "In the 30 days before, no sign-in") {
		t.Errorf("before the first success: %q", got)
	}
}
