package demo

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"signpost/store"
)

// stoppedAfter is a context that is done after it was asked a number of times.
func stoppedAfter(t *testing.T, times int) (context.Context, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	return &countdown{Context: ctx, left: times, stop: cancel}, cancel
}

type countdown struct {
	context.Context
	left int
	stop context.CancelFunc
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		c.stop()
	}
	return c.Context.Err()
}

// graphTold reads a signIn of Graph.
func graphTold(o map[string]any) told {
	status, _ := o["status"].(map[string]any)
	return told{text(o["id"]), text(o["createdDateTime"]), text(status["errorCode"]), text(o["appId"]), text(o["userId"])}
}

func TestGraph(t *testing.T) {
	t.Parallel()
	list, rows := originals(t), map[int][]told{}
	files := filesOf(t, store.FormatGraph)
	for log, event := range eventTypes {
		var page struct {
			Context string `json:"@odata.context"`
			Value   []map[string]any
		}
		unmarshal(t, files["signIns-"+event+".json"], &page)
		if want := "https://graph.microsoft.com/beta/$metadata#auditLogs/signIns"; page.Context != want {
			t.Errorf("the context is %s, want %s", page.Context, want)
		}
		for _, o := range page.Value {
			rows[log] = append(rows[log], graphTold(o))
			checkBeta(t, list[text(o["id"])], o)
		}
	}
	compare(t, rows, allLogs, graphOriginal)
}

// checkBeta holds an object of Graph's beta against Azure Monitor's record.
func checkBeta(t *testing.T, s *signIn, o map[string]any) {
	t.Helper()
	if s == nil || len(o) != 77 {
		t.Fatalf("an object with %d members, want 77, of the record %v", len(o), s)
	}
	for name, v := range o {
		switch name {
		case "createdDateTime", "signInEventTypes", "conditionalAccessAudiences":
			continue
		case "userPrincipalName", "userType": // in lower case
			if got, want := text(v), strings.ToLower(s.text(name)); got != want {
				t.Fatalf("%s is %s, want %s", name, got, want)
			}
			continue
		}
		if _, nested := v.(map[string]any); nested || graphTypes[name] != nil {
			continue
		}
		if got, want := text(v), s.text(name); got != want && got+want != "[]" {
			t.Fatalf("%s is %s, want %s", name, got, want)
		}
	}
	steps, _ := o["authenticationDetails"].([]any)
	recorded, _ := s.at("authenticationDetails").([]any)
	if len(steps) != len(recorded) {
		t.Fatalf("%d authentication steps, want %d", len(steps), len(recorded))
	}
	policies, _ := o["appliedConditionalAccessPolicies"].([]any)
	applied, _ := s.at("appliedConditionalAccessPolicies").([]any)
	if len(policies) != len(applied) {
		t.Fatalf("%d policies, want %d", len(policies), len(applied))
	}
	for i := range policies {
		got, want := policies[i].(map[string]any), applied[i].(map[string]any)
		if got["id"] != want["id"] || got["result"] != want["result"] || got["conditionsSatisfied"] != conditionsInWords[text(want["conditionsSatisfied"])] {
			t.Fatalf("got the policy %v, want %v", got, want)
		}
	}
}

// conditionsInWords are the bits that the demo's policies have, in Graph's words.
var conditionsInWords = map[string]any{
	"0": "none", "1": "application", "2": "users", "3": "application,users", "19": "application,users,clientType", "35": "application,users,signInRisk",
}

func TestGraphV1(t *testing.T) {
	t.Parallel()
	files := filesOf(t, FormatGraphV1)
	if got, want := slices.Sorted(maps.Keys(files)), []string{"riskDetections.json", "riskyServicePrincipals.json", "riskyUsers.json", "servicePrincipalRiskDetections.json", "signIns.json"}; !slices.Equal(got, want) {
		t.Fatalf("got the files %v, want those of the interactive sign-ins and of risk, %v", got, want)
	}
	for _, beta := range []string{"riskType", "mitreTechniqueId", "homeTenantId"} {
		if bytes.Contains(files["riskDetections.json"], []byte(`"`+beta+`"`)) {
			t.Errorf("v1.0's detections have no %s", beta)
		}
	}
	var page struct{ Value []map[string]any }
	unmarshal(t, files["signIns.json"], &page)
	rows := map[int][]told{}
	for _, o := range page.Value {
		if got := slices.Sorted(maps.Keys(o)); len(got) != 24 {
			t.Fatalf("got the %d members %v, want v1.0's 24", len(got), got)
		}
		device := o["deviceDetail"].(map[string]any)
		if _, beta := device["browserId"]; beta {
			t.Fatal("v1.0 has no browserId")
		}
		for _, policy := range o["appliedConditionalAccessPolicies"].([]any) {
			if len(policy.(map[string]any)) != 5 {
				t.Fatalf("got the policy %v, want v1.0's 5 members", policy)
			}
		}
		rows[logInteractive] = append(rows[logInteractive], graphTold(o))
	}
	compare(t, rows, []int{logInteractive}, graphOriginal)
}
