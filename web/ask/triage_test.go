package ask

import (
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/store/risk"
)

func FuzzTriageChoice(f *testing.F) {
	for _, seed := range []TriageChoice{
		{Of: auth.TriageObject{Kind: auth.TriageUser, ID: "ada-id"}, Seen: 12, Print: "0a1b"},
		{Of: auth.TriageObject{Kind: auth.TriageSignIn, Log: "interactive", ID: "a&b=c;%"}},
	} {
		f.Add(seed.String())
	}
	f.Add("kind=user&id=x&seen=-1&risk=")
	f.Add("kind=signin&id=x&seen=1&risk=")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseTriageChoice(text)
		if err != nil {
			return
		}
		if !c.Of.IsWhole() || c.Seen < 0 || c.String() != text {
			t.Errorf("%q gives %+v, which is written %q", text, c, c.String())
		}
	})
}

func TestTriageChoices(t *testing.T) {
	for text, good := range map[string]bool{
		"id=ada-id&kind=user&risk=0a&seen=3":            true,
		"id=x&kind=signin&log=interactive&risk=&seen=0": true,
		"":                               false,
		"id=&kind=user&risk=0a&seen=3":   false,
		"id=x&kind=group&risk=0a&seen=3": false,
		"id=x&kind=user&log=interactive&risk=0a&seen=3":              false,
		"id=x&kind=signin&risk=0a&seen=3":                            false,
		"id=x&kind=user&risk=0a&seen=-3":                             false,
		"id=x&kind=user&risk=0a":                                     false,
		"id=x&id=y&kind=user&risk=0a&seen=3":                         false,
		"id=" + strings.Repeat("x", 257) + "&kind=user&risk=&seen=0": false,
	} {
		if _, err := ParseTriageChoice(text); (err == nil) != good {
			t.Errorf("%q: %v, want good: %v", text, err, good)
		}
	}
}

func TestOpenHere(t *testing.T) {
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	verdict := func(updated time.Time, state, level string) auth.Triaged {
		return auth.Triaged{Version: 1, Holds: &auth.TriageEntry{Verdict: auth.TriageSafe, Risk: auth.ImportedRisk{Updated: updated, State: state, Level: level}}}
	}
	for _, test := range []struct {
		what         string
		updated      time.Time
		state, level string
		kept         auth.Triaged
		want         bool
	}{
		{"at risk", at, "atRisk", "high", auth.Triaged{}, true},
		{"confirmed compromised", at, "confirmedCompromised", "high", auth.Triaged{}, true},
		{"remediated", at, "remediated", "none", auth.Triaged{}, false},
		{"hidden", at, "hidden", "hidden", auth.Triaged{}, false},
		{"undone", at, "atRisk", "high", auth.Triaged{Version: 2}, true},
		{"answered", at, "atRisk", "high", verdict(at, "atRisk", "high"), false},
		{"newer", at.Add(time.Second), "atRisk", "high", verdict(at, "atRisk", "high"), true},
		{"the same change with its fraction of a second", at.Add(500 * time.Millisecond), "atRisk", "high", verdict(at, "atRisk", "high"), false},
		{"another change of the same second", at.Add(500 * time.Millisecond), "confirmedCompromised", "high", verdict(at, "atRisk", "high"), true},
		{"older", at.Add(-time.Second), "atRisk", "low", verdict(at, "atRisk", "high"), false},
		{"another record of the same time", at, "atRisk", "high", verdict(at, "atRisk", "low"), true},
		{"newer and safe", at.Add(time.Hour), "confirmedSafe", "none", verdict(at, "atRisk", "high"), false},
		{"a sign-in, which has no time", time.Time{}, "atRisk", "high", verdict(time.Time{}, "atRisk", "high"), false},
		{"a sign-in that was imported again", time.Time{}, "confirmedCompromised", "high", verdict(time.Time{}, "atRisk", "high"), true},
	} {
		now := auth.ImportedRisk{Updated: test.updated, State: test.state, Level: test.level}
		if got := OpenHere(now, test.kept); got != test.want {
			t.Errorf("%s: got %v, want %v", test.what, got, test.want)
		}
	}
}

// What is kept has microseconds, and records may have more digits.
func TestTargetsHaveTimesAsTheyAreKept(t *testing.T) {
	fine := time.Date(2026, 11, 20, 8, 0, 0, 123456700, time.UTC)
	of := TargetOfRisky(&store.Risky{Of: store.StateRiskyAgent, ID: "a", RiskChange: store.RiskChange{Updated: fine, State: "atRisk", Level: "high"}})
	if want := fine.Truncate(time.Microsecond); !of.Risk.Updated.Equal(want) || of.Of.Kind != auth.TriageAgent || of.Name != "a" || of.UserID != "" {
		t.Errorf("got %+v, want the time %s", of, want)
	}
}

// A sign-in of a service principal says nothing of its risk: the newest open detection does, or else the newest.
func TestTargetsOfSignIns(t *testing.T) {
	user := &store.SignIn{UserID: "u", UserPrincipalName: "ada@example.com", RiskState: "atRisk", RiskLevelDuringSignIn: "medium"}
	user.Log, user.ID = store.Interactive, "s1"
	if got := TargetOfSignIn(user, nil); got.Risk != (auth.ImportedRisk{State: "atRisk", Level: "medium"}) || got.Name != "ada@example.com" || !got.IsOpen() {
		t.Errorf("of a user: got %+v", got)
	}
	principal := &store.SignIn{ServicePrincipalName: "Quay", RiskState: "none", RiskLevelAggregated: "low"}
	principal.Log, principal.ID = store.ServicePrincipal, "s2"
	if got := TargetOfSignIn(principal, nil); got.Risk != (auth.ImportedRisk{}) || got.IsOpen() {
		t.Errorf("without a detection: got %+v", got)
	}
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	detection := func(hours int, state, level string) *risk.Record {
		return &risk.Record{State: state, Level: level, Updated: at.Add(time.Duration(hours) * time.Hour).Format(time.RFC3339)}
	}
	for _, test := range []struct {
		what string
		list []*risk.Record
		want auth.ImportedRisk
	}{
		{"both are closed", []*risk.Record{detection(0, "remediated", "low"), detection(1, "dismissed", "none")}, auth.ImportedRisk{Updated: at.Add(time.Hour), State: "dismissed", Level: "none"}},
		{"the older one is open", []*risk.Record{detection(0, "atRisk", "high"), detection(1, "dismissed", "none")}, auth.ImportedRisk{Updated: at, State: "atRisk", Level: "high"}},
		{"both are open", []*risk.Record{detection(1, "confirmedCompromised", "high"), detection(0, "atRisk", "low")}, auth.ImportedRisk{Updated: at.Add(time.Hour), State: "confirmedCompromised", Level: "high"}},
	} {
		if got := TargetOfSignIn(principal, TellingDetection(test.list)); got.Risk != test.want {
			t.Errorf("%s: got %+v, want %+v", test.what, got.Risk, test.want)
		}
	}
}

// The calls are those of the reference of Microsoft Graph.
func TestGraphCalls(t *testing.T) {
	signIn := func(log store.Log) auth.TriageObject {
		return auth.TriageObject{Kind: auth.TriageSignIn, Log: string(log), ID: "x"}
	}
	for _, test := range []struct {
		of            auth.TriageObject
		verdict       TriageVerdict
		address, body string
	}{
		{auth.TriageObject{Kind: auth.TriageUser, ID: "x"}, auth.TriageCompromised, "v1.0/identityProtection/riskyUsers/confirmCompromised", "userIds"},
		{auth.TriageObject{Kind: auth.TriageUser, ID: "x"}, auth.TriageSafe, "v1.0/identityProtection/riskyUsers/confirmSafe", "userIds"},
		{auth.TriageObject{Kind: auth.TriageUser, ID: "x"}, auth.TriageDismissed, "v1.0/identityProtection/riskyUsers/dismiss", "userIds"},
		{auth.TriageObject{Kind: auth.TriageUser, ID: "x"}, auth.TriageUndo, "", ""},
		{auth.TriageObject{Kind: auth.TriagePrincipal, ID: "x"}, auth.TriageCompromised, "v1.0/identityProtection/riskyServicePrincipals/confirmCompromised", "servicePrincipalIds"},
		{auth.TriageObject{Kind: auth.TriagePrincipal, ID: "x"}, auth.TriageSafe, "", ""},
		{auth.TriageObject{Kind: auth.TriageAgent, ID: "x"}, auth.TriageSafe, "beta/identityProtection/riskyAgents/confirmSafe", "agentIds"},
		{signIn(store.NonInteractive), auth.TriageDismissed, "v1.0/auditLogs/signIns/dismiss", "requestIds"},
		{signIn(store.ServicePrincipal), auth.TriageDismissed, "", ""},
		{signIn("nowhere"), auth.TriageDismissed, "", ""},
	} {
		call, ok := GraphCallOf(test.of, test.verdict)
		want := ""
		if test.address != "" {
			want = "https://graph.microsoft.com/" + test.address
		}
		if call.Address != want || call.Parameter != test.body || ok != (want != "") {
			t.Errorf("%s of %+v: got %+v, %v, want %q", test.verdict, test.of, call, ok, want)
		}
	}
}
