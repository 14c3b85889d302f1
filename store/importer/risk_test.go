package importer

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/kinds"
	"signpost/store/risk"
)

// riskFiles are made up from Microsoft's documentation, as public samples are few: see the README there.
const riskFiles = "../risk/testdata"

func riskFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(riskFiles, name))
	must(t, err)
	return string(text)
}

// importRisk imports a text, and gives its detections by their IDs.
func importRisk(t *testing.T, name, text string, options Options) (map[string]*risk.Record, store.ImportReport) {
	t.Helper()
	w := newFakeWriter()
	w.catalog = kinds.Catalog
	report, err := New(w, options).Reader(t.Context(), name, strings.NewReader(text))
	must(t, err)
	found := map[string]*risk.Record{}
	for _, versions := range w.rows {
		if r, ok := versions[0].Entry.(*risk.Record); ok {
			found[*r.ID()] = r
		}
	}
	return found, report
}

const (
	riskOfAda  = "9ee50f0000000000000000000000000000000000000000000000000000000001"
	riskOfQuay = "9ee50f0000000000000000000000000000000000000000000000000000000002"
	riskOfBot  = "9ee50f0000000000000000000000000000000000000000000000000000000003"
)

// Each shape of export gives the same detection.
func TestRiskExports(t *testing.T) {
	graph, principal, agent := riskFile(t, "graph.json"), riskFile(t, "principal-graph.json"), riskFile(t, "agent.json")
	row := strings.NewReplacer("\n", "").Replace(riskFile(t, "log-analytics.json"))
	context := func(set, record string) string {
		return `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#identityProtection/` + set + `","value":[` + record + `]}`
	}
	for _, test := range []struct {
		what, file, text, format, id string
		log                          store.Log
	}{
		{"one of Graph", "a.json", graph, Graph, riskOfAda, risk.Users},
		{"a list of Graph", "a.json", context("riskDetections", graph), Graph, riskOfAda, risk.Users},
		{"Azure Monitor", "a.json", riskFile(t, "azure-monitor.json"), AzureMonitor, riskOfAda, risk.Users},
		{"messages of Event Hubs", "a.json", `{"Body":{"records":[` + riskFile(t, "azure-monitor.json") + `]},"Offset":"1"}`, EventHub, riskOfAda, risk.Users},
		{"a row of Log Analytics", "a.json", row, LogAnalyticsJSON, riskOfAda, risk.Users},
		{"PowerShell's CSV", "RiskyDetections.csv", riskFile(t, "extractor.csv"), PowerShellCSV, riskOfAda, risk.Users},
		{"a service principal of Graph", "a.json", principal, Graph, riskOfQuay, risk.Workloads},
		{"service principals of Graph", "a.json", context("servicePrincipalRiskDetections", principal), Graph, riskOfQuay, risk.Workloads},
		{"a service principal without a type", "a.json", strings.Replace(principal, `"@odata.type": "#microsoft.graph.servicePrincipalRiskDetection",`, "", 1), Graph, riskOfQuay, risk.Workloads},
		{"a service principal in Azure Monitor", "a.json", riskFile(t, "principal-azure-monitor.json"), AzureMonitor, riskOfQuay, risk.Workloads},
		{"an agent of Graph", "a.json", agent, Graph, riskOfBot, risk.Workloads},
		{"agents of Graph", "a.json", context("agentRiskDetections", strings.Replace(agent, `"@odata.type": "#microsoft.graph.agentRiskDetection",`, "", 1)), Graph, riskOfBot, risk.Workloads},
		{
			"a service principal in Log Analytics", "a.json",
			`{"TimeGenerated":"2026-11-28T06:02:00Z","SourceSystem":"Azure AD","Id":"` + riskOfQuay + `","RiskEventType":"leakedCredentials","ServicePrincipalId":"s","KeyIds":"[\"k\"]","ActivityDateTime":"2026-11-28T05:00:00Z","Type":"AADServicePrincipalRiskEvents"}`,
			LogAnalyticsJSON, riskOfQuay, risk.Workloads,
		},
	} {
		found, report := importRisk(t, test.file, test.text, Options{})
		got := found[test.id]
		if got == nil || report.Format != test.format || report.New != 1 || report.RejectedTotal != 0 || report.Skipped != 0 || report.LogCounts[test.log] != 1 {
			t.Errorf("%s: %+v", test.what, report)
			continue
		}
		for _, sentence := range report.CannotShow {
			if !strings.Contains(sentence, "tenant") {
				t.Errorf("%s: the report says %q", test.what, sentence)
			}
		}
		if test.id != riskOfAda {
			continue
		}
		want := decodedRisk(t, graph)
		for _, p := range risk.Kind.Properties {
			isRest := slices.Contains([]*store.Property{risk.FormerType, risk.UserType, risk.HomeTenantID, risk.CrossTenantAccess, risk.Technique, risk.Tenant}, p)
			switch {
			case isRest, p == risk.Detected && test.format == PowerShellCSV: // it has whole seconds
			case p.Set != nil && !slices.Equal(p.Set(got), p.Set(want)):
				t.Errorf("%s: %s is %q, want %q", test.what, p.Name, p.Set(got), p.Set(want))
			case p.Text != nil && *p.Text(got) != *p.Text(want):
				t.Errorf("%s: %s is %q, want %q", test.what, p.Name, *p.Text(got), *p.Text(want))
			}
		}
	}
}

// decodedRisk reads one detection.
func decodedRisk(t *testing.T, doc string) *risk.Record {
	t.Helper()
	e, err := Decoder(kinds.Catalog)("", []byte(doc))
	must(t, err)
	return e.(*risk.Record)
}

// What cannot be used is rejected with its line, and a time that cannot be read is told.
func TestBrokenRisk(t *testing.T) {
	found, report := importRisk(t, "a.json", `{"riskEventType":"newCountry","riskState":"atRisk","userId":"u","activityDateTime":"2026-11-28T12:00:00Z"}
{"id":"1","riskEventType":"newCountry","riskState":"atRisk","userId":"u","activityDateTime":"soon"}
{"id":"2","riskEventType":"newCountry","riskState":"atRisk","userId":"u"}
{"id":"3","riskEventType":"newCountry","riskState":"atRisk","userId":"u","detectedDateTime":"2026-11-28T12:00:00Z","lastUpdatedDateTime":"2026-11-28T12:00:00Z)"}
`, Options{})
	var got []string
	for _, r := range report.Rejected {
		got = append(got, r.Reason)
	}
	want := []string{
		"the risk detection has no id: it cannot be told from another copy of itself.", `the time "soon" cannot be read: activityDateTime is written like 2026-11-28T11:48:00Z.`,
		"the record has no time: it has neither activityDateTime nor a time of ingestion.",
	}
	if !slices.Equal(got, want) || report.New != 1 {
		t.Errorf("%d new, rejected %q", report.New, got)
	}
	if r := found["3"]; r == nil || r.Updated != "" || r.Head().Time.Hour() != 12 || !slices.Contains(report.CannotShow, "1 risk detection with lastUpdatedDateTime in a shape that is not read: it stays in the record, and filters take the field for empty.") {
		t.Errorf("%+v, %q", r, report.CannotShow)
	}
}

// A file of the portal needs a mapping: its headings are public nowhere. With one it is read, times and places included. The headings
// here are made up from the columns of the portal's page.
func TestRiskFilesOfThePortal(t *testing.T) {
	const text = "Detection type,Risk state,Risk level,Risk detail,User,IP address,Location,Detection time,Last updated,Request ID,Detection ID,User ID,Source\n" +
		"Unfamiliar sign-in properties,At risk,High,None,Ada,192.0.2.17,\"Tromsø, Troms, NO\",28/11/2026 03:15,28/11/2026 04:15,7a000000-0000-4000-8000-000000000001,d1,u1,Identity Protection\n" +
		"Neuer Typ,Dismissed,medium,-,Kai,192.0.2.18,\"Oslo, NO\",28/11/2026 05:15,never,,d2,u2,\n"
	for name, file := range map[string]string{"its page": text, "with a date": strings.Replace(text, "Detection time", "Date (UTC)", 1), "without levels": strings.Replace(text, "Risk level", "Severity", 1)} {
		if found, report := importRisk(t, "RiskDetections.csv", file, Options{}); report.Format != Unknown || len(found) != 0 || report.New != 0 {
			t.Errorf("%s: %+v", name, report)
		}
	}
	look := lookAtText(t, "RiskDetections.csv", text, store.Mapping{Log: risk.Users})
	for heading, field := range map[string]string{"Detection type": risk.EventType.Name, "Risk state": risk.State.Name, "Risk level": risk.Level.Name, "Location": store.MappedPlace, "Request ID": risk.RequestID.Name, "User ID": risk.UserID.Name} {
		if look.Guess[heading] != field {
			t.Errorf("%s is guessed as %q, want %q", heading, look.Guess[heading], field)
		}
	}
	m := store.Mapping{Name: "Risk detections of the portal", Log: risk.Users, Headings: strings.Split(strings.Split(text, "\n")[0], ","), Zone: "UTC", Fields: map[string]string{
		"Detection type": risk.EventType.Name, "Risk state": risk.State.Name, "Risk level": risk.Level.Name, "Risk detail": risk.Detail.Name, "User": risk.UserName.Name, "IP address": risk.Address.Name,
		"Location": store.MappedPlace, "Detection time": "activityDateTime", "Last updated": risk.Updated.Name, "Request ID": risk.RequestID.Name, "Detection ID": risk.ID.Name, "User ID": risk.UserID.Name, "Source": risk.Source.Name,
	}}
	if problems := m.Problems(kinds.Catalog); len(problems) > 0 {
		t.Fatal(problems)
	}
	found, report := importRisk(t, "RiskDetections.csv", text, Options{Mappings: []store.Mapping{m}})
	ada, kai := found["d1"], found["d2"]
	if ada == nil || kai == nil || report.Format != Mapped || report.New != 2 || report.LogCounts[risk.Users] != 2 {
		t.Fatalf("%+v, %v", report, slices.Collect(maps.Keys(found)))
	}
	if ada.EventType != "unfamiliarFeatures" || ada.State != "atRisk" || ada.Level != "high" || ada.City != "Tromsø" || ada.Region != "Troms" || ada.Country != "NO" || ada.Updated != "2026-11-28T04:15:00Z" || ada.Head().Time.Hour() != 3 || ada.RequestID == "" {
		t.Errorf("%+v", ada)
	}
	if kai.EventType != "Neuer Typ" || kai.State != "dismissed" || kai.Updated != "" || kai.City != "Oslo" || kai.Country != "NO" {
		t.Errorf("%+v", kai)
	}
}

// Files of sign-ins with columns about risk stay files of sign-ins.
func TestSignInsWithRiskAreSignIns(t *testing.T) {
	for name, headings := range map[string]string{
		"the portal's": "Date (UTC),Request ID,User,Application,Status,IP address,Risk state,Risk level", "PowerShell's": "Id,CreatedDateTime,UserPrincipalName,AppDisplayName,AppId,IPAddress,ClientAppUsed,RiskState,RiskLevelAggregated",
	} {
		if h := headingsOf([]byte(headings)); h.format != PortalCSV && h.format != PowerShellCSV || h.shape != nil && h.shape != signIns {
			t.Errorf("%s: %s, %+v", name, h.format, h.shape)
		}
	}
}

// FuzzRisk: no document may crash the decoder, and one that it takes gives the same record each time.
func FuzzRisk(f *testing.F) {
	for _, name := range []string{"graph.json", "azure-monitor.json", "log-analytics.json", "principal-graph.json", "principal-azure-monitor.json", "agent.json"} {
		text, err := os.ReadFile(filepath.Join(riskFiles, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"id":1,"riskEventType":2,"riskState":3,"activityDateTime":"2026-11-28T12:00:00Z","additionalInfo":"[{\"Key\":{},\"Value\":[[]]},7]","keyIds":{},"location":"{\"geoCoordinates\":{\"latitude\":\"x\"}}","lastUpdatedDateTime":"10000-01-01T00:00:00Z"}`))
	decode := Decoder(kinds.Catalog)
	f.Fuzz(func(t *testing.T, doc []byte) {
		Misread(kinds.Catalog)(doc)
		Unread(kinds.Catalog)(doc)
		e, err := decode("", doc)
		if err != nil {
			return
		}
		r, ok := e.(*risk.Record)
		if !ok {
			return
		}
		again, err := decode(r.Head().Log, doc)
		if err != nil || !reflect.DeepEqual(again, e) {
			t.Errorf("%q gives %+v and %+v, %v", doc, e, again, err)
		}
		merged := r.Clone()
		risk.Kind.Update(merged, e)
		if !reflect.DeepEqual(merged, e) {
			t.Errorf("%q with itself is %+v", doc, merged)
		}
	})
}
