package demo

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"signpost/store"
)

func TestCannotShow(t *testing.T) {
	tests := []struct {
		format string
		logs   []store.Log
		with   []string // cannot be shown
		not    []string // can
	}{
		{FormatGraphV1, nil, []string{"userAgent", "sessionId", "isCaeToken", "deviceDetail.browserId", "autonomousSystemNumber", "tenantId"}, []string{"status.errorCode", "riskEventTypes_v2", "deviceDetail.browser", "appliedConditionalAccessPolicies.result", "mfa"}},
		{store.FormatGraph, nil, []string{"tenantId", "callerIpAddress"}, []string{"clientSessionId", "isCaeToken", "microsoft"}},
		{store.FormatPortalCSV, nil, []string{"appliedConditionalAccessPolicies", "networkLocationDetails", "riskState", "deviceDetail.displayName"}, []string{"authenticationMethodsUsed", "mfa", "location.city", "servicePrincipalId"}},
		{store.FormatPortalCSV, []store.Log{store.ServicePrincipal}, []string{"sessionId", "userAgent"}, []string{"servicePrincipalCredentialKeyId", "microsoft"}},
		{store.FormatLogAnalyticsCSV, []store.Log{store.Interactive}, []string{"sessionId", "incomingTokenType", "appOwnerTenantId"}, []string{"tenantId", "flaggedForReview"}},
		{store.FormatLogAnalyticsJSON, []store.Log{store.NonInteractive}, []string{"tenantId", "flaggedForReview", "signInIdentifier"}, []string{"clientCredentialType", "agent.agentType"}},
		{store.FormatPowerShellCSV, nil, []string{"status.errorCode", "location.city", "riskEventTypes_v2"}, []string{"sessionId", "userAgent"}},
		{store.FormatDefenderCSV, nil, []string{"status.failureReason", "status.additionalDetails", "authenticationMethodsUsed", "incomingTokenType", "processingTimeInMilliseconds"}, []string{"status.errorCode", "appliedConditionalAccessPolicies", "isThroughGlobalSecureAccess"}},
		{store.FormatEventHub, nil, nil, []string{"tenantId", "callerIpAddress"}},
		{store.FormatAzureMonitor, nil, nil, []string{"tenantId"}},
	}
	for _, test := range tests {
		got := CannotShow(test.format, test.logs...)
		for _, name := range test.with {
			if !slices.Contains(got, name) {
				t.Errorf("%s %v: %s is not among %v", test.format, test.logs, name, got)
			}
		}
		for _, name := range test.not {
			if slices.Contains(got, name) {
				t.Errorf("%s %v: %s is among what cannot be shown", test.format, test.logs, name)
			}
		}
	}
	for _, format := range []string{store.FormatEventHub, store.FormatEventHubCapture, store.FormatAzureMonitor} {
		if got := CannotShow(format); got != nil {
			t.Errorf("%s: got %v, want nothing", format, got)
		}
	}
}

// peculiar are texts that stand in no format in another spelling, and are long enough to be found in a row.
var peculiar = regexp.MustCompile(`^[A-Za-z0-9 .:;,/_@()+-]{9,}$`)

// TestCannotShowIsTrue looks for each peculiar text of a record in what every format writes of it. What stands there
// is not named by CannotShow, and what does not is.
func TestCannotShowIsTrue(t *testing.T) {
	t.Parallel()
	tenant, err := New(formatOptions)
	if err != nil {
		t.Fatal(err)
	}
	found, missing := map[string]int{}, map[string]int{}
	samples := peculiarSamples(t)
	for _, f := range formats {
		o := &output{dir: t.TempDir()}
		w, err := f.open(tenant, o)
		if err != nil {
			t.Fatal(err)
		}
		var write []*rows
		switch w := w.(type) {
		case *rowWriter:
			write = []*rows{w.rows}
		case *portalWriter:
			write = []*rows{w.signIns.rows, w.steps.rows}
		}
		if err := o.close(nil); err != nil {
			t.Fatal(err)
		}
		for _, each := range samples {
			s := each.signIn
			if len(f.shown(s.log)) == 0 || write == nil {
				continue
			}
			var row []byte
			for _, r := range write {
				if r.names[s.log] != "" {
					row = r.row(row, s)
				}
			}
			cannot := CannotShow(f.name, logs[s.log])
			for name, text := range each.texts {
				shown := strings.Contains(strings.ToLower(string(row)), strings.ToLower(text))
				if shown == slices.Contains(cannot, name) {
					t.Fatalf("%s of log %d: %s with %q is shown: %v, but CannotShow says the contrary: %s", f.name, s.log, name, text, shown, row)
				}
				if shown {
					found[name]++
				} else {
					missing[name]++
				}
			}
		}
	}
	for _, name := range []string{"sessionId", "userAgent", "originalRequestId", "managedServiceIdentity.associatedResourceId", "deviceDetail.browserId"} {
		if found[name] == 0 || missing[name] == 0 {
			t.Errorf("%s was found %d times and missing %d times; the test wants both", name, found[name], missing[name])
		}
	}
}

// peculiarSample is a record with its peculiar texts.
type peculiarSample struct {
	*signIn
	texts map[string]string
}

// peculiarSamples takes some records of each log.
func peculiarSamples(t *testing.T) []peculiarSample {
	t.Helper()
	list := originals(t)
	var taken [logCount]int
	var samples []peculiarSample
	for _, id := range slices.Sorted(maps.Keys(list)) {
		s := list[id]
		if taken[s.log]++; taken[s.log] <= 50 {
			samples = append(samples, peculiarSample{s, peculiarTexts(s)})
		}
	}
	return samples
}

// peculiarTexts gives the texts of a record's properties that stand in it once.
func peculiarTexts(s *signIn) map[string]string {
	all := string(s.line)
	texts := map[string]string{}
	for _, p := range store.SignIns.Properties {
		if p.Text == nil || p.Logs != nil && !slices.Contains(p.Logs, logs[s.log]) || p.Enumeration != nil {
			continue
		}
		if text := s.text(p.Name); peculiar.MatchString(text) && strings.Count(all, text) == 1 {
			texts[p.Name] = text
		}
	}
	return texts
}
