package ask

import (
	"slices"

	"signpost/auth"
	"signpost/store"
)

// GraphCall is the call of Microsoft Graph that does in Entra what a verdict says.
type GraphCall struct {
	Address string
	// Parameter is the member of the body that lists the IDs.
	Parameter string
	// Most is how many IDs one call takes; 0 where the documentation of the call does not tell.
	Most int
}

// graphMost is the limit of the calls that have one in their documentation.
const graphMost = 60

// graphSets are the sets of objects of Microsoft Graph that have such calls, and their verdicts. They follow the reference of Graph v1.0.
// Agents are in beta only.
var graphSets = map[auth.TriageKind]struct {
	address, parameter string
	limited            []auth.TriageVerdict // the calls with graphMost
	without            auth.TriageVerdict   // the verdict that has no call; empty for none
}{
	auth.TriageUser:      {"v1.0/identityProtection/riskyUsers", "userIds", []auth.TriageVerdict{auth.TriageDismissed}, ""},
	auth.TriagePrincipal: {"v1.0/identityProtection/riskyServicePrincipals", "servicePrincipalIds", []auth.TriageVerdict{auth.TriageDismissed}, auth.TriageSafe},
	auth.TriageAgent:     {"beta/identityProtection/riskyAgents", "agentIds", nil, ""},
	auth.TriageSignIn:    {"v1.0/auditLogs/signIns", "requestIds", nil, ""},
}

var graphActions = map[auth.TriageVerdict]string{
	auth.TriageCompromised: "confirmCompromised", auth.TriageSafe: "confirmSafe", auth.TriageDismissed: "dismiss",
}

// GraphCallOf gives the call for a verdict about an object. Graph has none for some: it documents the calls of sign-ins for those of
// users, and nothing takes a verdict back.
func GraphCallOf(of auth.TriageObject, verdict auth.TriageVerdict) (call GraphCall, ok bool) {
	set, known := graphSets[of.Kind]
	action := graphActions[verdict]
	if !known || action == "" || verdict == set.without {
		return GraphCall{}, false
	}
	if of.Kind == auth.TriageSignIn {
		if info, found := store.SignIns.Log(store.Log(of.Log)); !found || !info.User {
			return GraphCall{}, false
		}
	}
	call = GraphCall{Address: "https://graph.microsoft.com/" + set.address + "/" + action, Parameter: set.parameter}
	if slices.Contains(set.limited, verdict) {
		call.Most = graphMost
	}
	return call, true
}
