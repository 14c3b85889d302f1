package ask

import (
	"errors"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// What is asked about an application by its name counts what it did by itself, too: those sign-ins have its ID alone.
func TestRemovalOfANamedApplication(t *testing.T) {
	workload := func(app, n int) store.SignIn {
		s := to(app, 0, signIn(n, 0))
		s.Log, s.AppDisplayName, s.UserID, s.UserPrincipalName, s.UserDisplayName = store.ServicePrincipal, "", "", "", ""
		s.ServicePrincipalID, s.ServicePrincipalName = testID(5000+app), "worker"
		return s
	}
	h := holding(t, to(1, 0, signIn(1, 0)), workload(1, 2), workload(2, 3), workload(3, 4))
	h.put(t, created(2, noon))
	for _, tt := range []struct {
		value string
		want  int64
		says  string
	}{
		{"app 1", 2, ""}, // known by the logs of users
		{"App 2", 1, ""}, // known by the directory
		{"Worker", 4, ""},
		{testID(3001), 2, ""},
		{"App 9", 0, "Give the application ID."},
	} {
		q := &InsightQuery{Range: day, Now: noon.Add(time.Hour), Location: time.UTC, Thing: removalThings[0], Value: tt.value, List: Removal.Lists[0], Sort: NumberUses, Limit: 10}
		s, err := summariseRemoval(t.Context(), h.Reader, q)
		_, listErr := q.List.Ask(t.Context(), h.Reader, q)
		if tt.says != "" {
			var bad store.BadParam
			if !errors.As(err, &bad) || !strings.Contains(bad.Problem, tt.says) || !errors.As(listErr, &bad) {
				t.Errorf("%s: %v and %v", tt.value, err, listErr)
			}
			continue
		}
		if err != nil || listErr != nil || s.Metrics[0].N != tt.want {
			t.Errorf("%s: %v and %v, %+v, want %d sign-ins", tt.value, err, listErr, s, tt.want)
		}
	}
}

// What is asked about a resource by its name counts every resource with the name, and sign-ins that have the ID alone.
func TestRemovalOfANamedResource(t *testing.T) {
	with := func(n int, id, name string) store.SignIn {
		s := signIn(n, n)
		s.ResourceID, s.ResourceDisplayName = id, name
		return s
	}
	nameless := with(3, testID(3101), "")
	nameless.Log, nameless.UserID, nameless.UserPrincipalName, nameless.UserDisplayName = store.ServicePrincipal, "", "", ""
	nameless.ServicePrincipalID, nameless.ServicePrincipalName = testID(5001), "worker"
	h := holding(t, with(1, testID(3101), "Vault"), with(2, testID(3102), "vault"), nameless, with(4, testID(3103), "Other"))
	thing := removalThings[5]
	for value, want := range map[string]int64{"VAULT": 3, testID(3101): 2, "Other": 1, "Nothing": -1} {
		q := &InsightQuery{Range: day, Now: noon.Add(time.Hour), Location: time.UTC, Thing: thing, Value: value, List: Removal.Lists[0], Sort: NumberUses, Limit: 10}
		s, err := summariseRemoval(t.Context(), h.Reader, q)
		var bad store.BadParam
		switch {
		case want < 0:
			if !errors.As(err, &bad) || !strings.Contains(bad.Problem, "Give the resource ID.") {
				t.Errorf("%s: %v", value, err)
			}
		case err != nil || s.Metrics[0].N != want:
			t.Errorf("%s: %v, %+v, want %d sign-ins", value, err, s, want)
		case value == "VAULT" != (len(s.Notes) > 0 && strings.HasPrefix(s.Notes[0].Text, "2 resources have this name.")):
			t.Errorf("%s: notes %v", value, s.Notes)
		}
	}
}

// A user relied on an exclusion of a policy if a sign-in of the user carries it.
func TestExclusionsOfAPolicy(t *testing.T) {
	with := func(n, who int, policies ...store.AppliedPolicy) store.SignIn {
		s := of(who, "somebody", signIn(n, n))
		s.AppliedConditionalAccessPolicies = policies
		return s
	}
	excluded := []store.ConditionRule{{Condition: "users", Rule: "groupId"}}
	policy := func(name, result string, rules []store.ConditionRule) store.AppliedPolicy {
		return store.AppliedPolicy{ID: testID(len(name)), DisplayName: name, Result: result, ExcludeRulesSatisfied: rules}
	}
	h := holding(t,
		with(1, 1, policy("Require MFA", "notApplied", excluded)),
		with(2, 1, policy("Require MFA", "reportOnlyNotApplied", excluded)),
		with(3, 2, policy("Require MFA", "notApplied", nil), policy("Block all", "notApplied", excluded)),
		with(4, 3, policy("Require MFA", "success", nil)),
	)
	q := &InsightQuery{Range: day, Now: noon.Add(time.Hour), Location: time.UTC, Thing: removalThings[4], Value: "require mfa", List: excludedUsers, Sort: excludedUsers.Sort, Limit: 10}
	page, err := listExcluded(t.Context(), h.Reader, q)
	if err != nil || page.Total != 1 || page.Rows[0].Cells[0].N != 2 || page.Rows[0].Cells[1].Text != "Users: A group" {
		t.Fatalf("%+v, %v", page, err)
	}
	if want := "2 of the 3 sign-ins that the policy did not apply to carry the rules that decided."; !strings.HasPrefix(page.Notes[0].Text, want) {
		t.Errorf("it says %q, want %q", page.Notes[0].Text, want)
	}
}

// A credential that sign-ins name by a thumbprint alone is in the list, and its uses lead to them.
func TestCredentialOfAThumbprint(t *testing.T) {
	by := func(n int, key, thumbprint string) store.SignIn {
		s := to(1, 0, signIn(n, n))
		s.Log, s.UserID, s.UserPrincipalName, s.UserDisplayName = store.ServicePrincipal, "", "", ""
		s.ServicePrincipalID, s.ServicePrincipalCredentialKeyID, s.ServicePrincipalCredentialThumbprint = testID(5001), key, thumbprint
		return s
	}
	h := holding(t, by(1, "", "AB12"), by(2, "", "ab12"), by(3, testID(7001), "CD34"), by(4, testID(7001), ""))
	list := Credentials.Lists[0]
	q := &InsightQuery{Range: day, Now: noon.Add(time.Hour), Location: time.UTC, Chosen: map[string]string{}, List: list, Sort: list.Sort, Limit: 10}
	page, err := list.Ask(t.Context(), h.Reader, q)
	if err != nil || page.Total != 2 {
		t.Fatalf("%+v, %v", page, err)
	}
	for i := range page.Rows {
		row := &page.Rows[i]
		uses := list.Cell(row.Cells, NumberKeyUses)
		total, err := h.Total(t.Context(), *uses.Records)
		if err != nil || uses.N != 2 || total.N != 2 {
			t.Errorf("%s: %d uses, which lead to %d sign-ins, %v", row.ID, uses.N, total.N, err)
		}
	}
}
