package importer

import (
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/kinds"
	"signpost/store/rawjson"
)

// riskyOf imports a text and gives its risky objects.
func riskyOf(t *testing.T, name, text string, options Options) ([]*store.Risky, store.ImportReport) {
	t.Helper()
	k := &keepsDirectory{}
	report, err := New(k, options).Reader(t.Context(), name, strings.NewReader(text))
	must(t, err)
	var list []*store.Risky
	for _, batch := range k.batches {
		for _, row := range batch.States {
			list = append(list, row.(*store.Risky))
		}
	}
	return list, report
}

// Each source tells a risky object. The sample of Azure Monitor is made as the public description of its oddities says (US time, the user
// as correlation ID, the region as location); there is no public sample of the others.
func TestRiskyExports(t *testing.T) {
	context := func(set, record string) string {
		return `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#identityProtection/` + set + `","value":[` + record + `]}`
	}
	const (
		user  = `{"id":"U1","isDeleted":false,"isProcessing":false,"riskDetail":"none","riskLastUpdatedDateTime":"2026-11-28T11:35:37.5Z","riskLevel":"high","riskState":"atRisk","userDisplayName":"Ada","userPrincipalName":"ada@example.com"}`
		item  = `{"id":"U1","userId":"U1","initiatedBy":"admin-1","riskDetail":"none","riskLastUpdatedDateTime":"2026-11-28T11:35:37.5Z","riskLevel":"high","riskState":"atRisk","userDisplayName":"Ada","userPrincipalName":"ada@example.com","activity":{"detail":null,"riskEventTypes":["unfamiliarFeatures","anomalousToken"]}}`
		robot = `{"id":"S1","appId":"A1","displayName":"Robot","isEnabled":true,"isProcessing":false,"riskDetail":"none","riskLastUpdatedDateTime":"2026-11-28T11:35:37.5Z","riskLevel":"high","riskState":"atRisk","servicePrincipalType":"Application"}`
		agent = `{"id":"G1","agentDisplayName":"Helper","blueprintId":"B1","identityType":"agentIdentity","isDeleted":false,"isEnabled":true,"isProcessing":false,"riskDetail":"none","riskLastModifiedDateTime":"2026-11-28T11:35:37.5Z","riskLevel":"high","riskState":"atRisk"}`
	)
	monitor := func(category, record string) string {
		return `{"time":"11/28/2026 11:35:37 AM","resourceId":"/tenants/t1/providers/microsoft.aadiam","operationName":"Risky user","category":"` + category + `","tenantId":"t1","correlationId":"U1","identity":"ada","Level":4,"location":"wus","properties":` + record + `}`
	}
	for _, test := range []struct {
		what, file, text, format, id string
		kind                         store.StateKind
		names                        store.RiskyNames
		events                       string
	}{
		{"Graph", "a.json", context("riskyUsers", user), GraphReport, "u1", store.StateRiskyUser, store.RiskyNames{Name: "Ada", Username: "ada@example.com"}, ""},
		{"Graph, one", "a.json", user, GraphReport, "u1", store.StateRiskyUser, store.RiskyNames{Name: "Ada", Username: "ada@example.com"}, ""},
		{"Graph's history", "a.json", context("riskyUsers('U1')/history", item), GraphReport, "u1", store.StateRiskyUser, store.RiskyNames{Name: "Ada", Username: "ada@example.com"}, "admin-1 anomalousToken unfamiliarFeatures"},
		{"Graph's history by its type", "a.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#Collection(microsoft.graph.riskyUserHistoryItem)","value":[` + item + `]}`, GraphReport, "u1", store.StateRiskyUser, store.RiskyNames{Name: "Ada", Username: "ada@example.com"}, "admin-1 anomalousToken unfamiliarFeatures"},
		{"Azure Monitor", "a.json", monitor("RiskyUsers", user), AzureMonitor, "u1", store.StateRiskyUser, store.RiskyNames{Name: "Ada", Username: "ada@example.com"}, ""},
		{"Azure Monitor, in a text", "a.json", monitor("RiskyUsers", `"`+strings.ReplaceAll(user, `"`, `\"`)+`"`), AzureMonitor, "u1", store.StateRiskyUser, store.RiskyNames{Name: "Ada", Username: "ada@example.com"}, ""},
		{
			"Log Analytics", "a.json", `{"TenantId":"w","SourceSystem":"Azure AD","TimeGenerated":"2026-11-28T11:36:00Z","OperationName":"Risky user","CorrelationId":"U1","Id":"U1","IsDeleted":false,"RiskDetail":"none","RiskLastUpdatedDateTime":"2026-11-28T11:35:37.5Z","RiskLevel":"high","RiskState":"atRisk","UserDisplayName":"Ada","UserPrincipalName":"ada@example.com","Type":"AADRiskyUsers"}`,
			LogAnalyticsJSON, "u1", store.StateRiskyUser,
			store.RiskyNames{Name: "Ada", Username: "ada@example.com"},
			"",
		},
		{
			"PowerShell's CSV", "RiskyUsers.csv", "\"Id\",\"IsDeleted\",\"IsProcessing\",\"RiskDetail\",\"RiskLastUpdatedDateTime\",\"RiskLevel\",\"RiskState\",\"UserDisplayName\",\"UserPrincipalName\",\"AdditionalProperties\"\nU1,False,False,none,28/11/2026 11:35:37,high,atRisk,Ada,ada@example.com,\"System.Collections.Generic.Dictionary`2[System.String,System.Object]\"\n",
			PowerShellCSV, "u1", store.StateRiskyUser,
			store.RiskyNames{Name: "Ada", Username: "ada@example.com"},
			"",
		},
		{"Graph's service principals", "a.json", context("riskyServicePrincipals", robot), GraphReport, "s1", store.StateRiskyPrincipal, store.RiskyNames{Name: "Robot", AppID: "a1", Type: "Application"}, ""},
		{"a service principal in Azure Monitor", "a.json", monitor("RiskyServicePrincipals", robot), AzureMonitor, "s1", store.StateRiskyPrincipal, store.RiskyNames{Name: "Robot", AppID: "a1", Type: "Application"}, ""},
		{"Graph's agents", "a.json", context("riskyAgents", agent), GraphReport, "g1", store.StateRiskyAgent, store.RiskyNames{Name: "Helper", Type: "agentIdentity", Blueprint: "b1"}, ""},
	} {
		list, report := riskyOf(t, test.file, test.text, Options{})
		if len(list) != 1 || report.New != 1 || report.Format != test.format || report.RejectedTotal+report.Skipped != 0 || report.Directory[test.kind.String()] != 1 {
			t.Errorf("%s: %+v", test.what, report)
			continue
		}
		r := list[0]
		at := time.Date(2026, 11, 28, 11, 35, 37, 5e8, time.UTC)
		if test.format == PowerShellCSV {
			at = at.Truncate(time.Second)
		}
		if test.names.At = at; r.Of != test.kind || r.ID != test.id || !r.Updated.Equal(at) || r.Level != "high" || r.State != "atRisk" || r.Detail != "none" || r.Names != test.names || len(r.History) != 1 ||
			strings.TrimSpace(r.By+" "+strings.Join(r.History[0].Events, " ")) != test.events {
			t.Errorf("%s: %+v", test.what, r)
		}
		if i := slices.IndexFunc(report.CannotShow, func(s string) bool { return strings.Contains(s, "not read") || strings.Contains(s, "Not kept") }); i >= 0 {
			t.Errorf("%s: the report says %q", test.what, report.CannotShow[i])
		}
	}
}

// Azure Monitor writes the time around records of risk in US form. Its month comes first, and nobody is asked: not on a day that could be
// a month either.
func TestTimesAroundRisk(t *testing.T) {
	const user = `{"time":"11/5/2026 11:35:37 AM","category":"RiskyUsers","tenantId":"t1","properties":{"id":"U1","riskLevel":"high","riskState":"atRisk","riskLastUpdatedDateTime":"2026-11-05T11:30:00Z"}}`
	for name, text := range map[string]string{"a file": user, "a message": `{"Body":{"records":[` + user + `]},"Offset":"1"}`, "a message in a text": `{"Body":"{\"records\":[` + strings.ReplaceAll(user, `"`, `\"`) + `]}","Offset":"1"}`} {
		for _, answer := range []DateOrder{"", DayFirst} {
			if list, report := riskyOf(t, "a.json", text, Options{Answers: Answers{Dates: answer}}); len(list) != 1 || report.New != 1 || len(report.Asks) > 0 {
				t.Errorf("%s, %q: %+v", name, answer, report)
			}
		}
	}
	text := strings.Replace(riskFile(t, "azure-monitor.json"), "11/28/2026 3:21:10 AM", "12/1/2026 3:21:10 AM", 1)
	found, report := importRisk(t, "a.json", text, Options{})
	if r := found[riskOfAda]; r == nil || len(report.Asks) > 0 || !r.Head().Ingested.Equal(time.Date(2026, 12, 1, 3, 21, 10, 0, time.UTC)) {
		t.Errorf("a detection: %+v, %+v", r, report)
	}
	// Another category may have been written by a program of another country.
	other := strings.Replace(strings.Replace(user, "RiskyUsers", "AuditLogs", 1), `"riskLevel"`, `"activityDisplayName":"Update user","activityDateTime":"2026-11-05T11:30:00Z","riskLevel"`, 1)
	if _, report := riskyOf(t, "a.json", other, Options{}); !slices.Equal(report.Asks, []string{store.AskDates}) {
		t.Errorf("another category: %+v", report)
	}
}

// Graph adds the history to an object when it is asked for. Each item is a change of the object.
func TestHistoryInsideAnObject(t *testing.T) {
	const user = `{"id":"U1","userPrincipalName":"ada@example.com","riskDetail":"none","riskLastUpdatedDateTime":"2026-11-28T11:35:37Z","riskLevel":"high","riskState":"atRisk","history":`
	list, report := riskyOf(t, "a.json", user+`[{"id":"h1","userId":"U1","userPrincipalName":"ada@example.com","riskLastUpdatedDateTime":"2026-11-27T10:00:00Z","riskLevel":"Low","riskState":"atRisk","riskDetail":"none","initiatedBy":null,"activity":{"eventTypes":["newCountry"]}},
	{"userId":"U1","riskLastUpdatedDateTime":"2026-11-28T11:35:37Z","riskLevel":"high","riskState":"atRisk","riskDetail":"none","activity":{"eventTypes":["anomalousToken"]}},7]}`, Options{})
	if len(list) != 1 || len(list[0].History) != 2 || list[0].ID != "u1" || !slices.Equal(list[0].Events, []string{"anomalousToken"}) || list[0].History[1].Level != "low" || list[0].History[1].Events[0] != "newCountry" {
		t.Fatalf("%+v, %+v", list, report)
	}
	if !slices.Equal(report.CannotShow[:1], []string{"1 row of risky users with history in a shape that is not read: the value is not kept."}) {
		t.Errorf("the report says %q", report.CannotShow)
	}
	for _, none := range []string{"null", "[]", `"Microsoft.Graph.PowerShell.Models.MicrosoftGraphRiskyUserHistoryItem[]"`} {
		if list, report := riskyOf(t, "a.json", user+none+"}", Options{}); len(list) != 1 || len(list[0].History) != 1 || slices.ContainsFunc(report.CannotShow, func(s string) bool { return strings.Contains(s, "history") }) {
			t.Errorf("%s: %+v, %q", none, list, report.CannotShow)
		}
	}
}

// A record without an ID is rejected. A time that cannot be read is told, and stays empty.
func TestBrokenRisky(t *testing.T) {
	list, report := riskyOf(t, "a.json", `{"riskLevel":"high","riskState":"atRisk","userPrincipalName":"ada@example.com","riskLastUpdatedDateTime":"2026-11-28T11:35:37Z"}
{"id":"u2","riskLevel":"High","riskState":"ATRISK","userPrincipalName":"kai@example.com","riskLastUpdatedDateTime":"2026-11-28T11:35:37Z)"}
{"category":"RiskyUsers","time":"11/28/2026 11:35:37 AM","properties":{}}
`, Options{})
	if len(list) != 1 || !list[0].Updated.IsZero() || list[0].Level != "high" || list[0].State != "atRisk" || report.RejectedTotal != 2 || report.Rejected[0].Reason != "the record has no id: nothing tells whose risk it is." {
		t.Errorf("%+v, %+v", list, report)
	}
	if !slices.Contains(report.CannotShow, "1 row of risky users with riskLastUpdatedDateTime in a shape that is not read: the value is not kept.") {
		t.Errorf("the report says %q", report.CannotShow)
	}
}

// FuzzRisky: no record may crash the reader.
func FuzzRisky(f *testing.F) {
	f.Add([]byte(`{"id":"U1","riskLastUpdatedDateTime":"2026-11-28T11:35:37.5Z","riskLevel":"high","riskState":"atRisk","activity":"{\"detail\":\"x\",\"eventTypes\":[1,\"a,b\"]}"}`), uint8(0))
	f.Add([]byte(`{"serviceprincipalid":7,"isEnabled":"yes","riskLastModifiedDateTime":{},"history":[{}],"RISKSTATE":null}`), uint8(1))
	f.Fuzz(func(t *testing.T, doc []byte, n uint8) {
		compact, _, err := rawjson.Compact(nil, doc, maxDepth)
		if err != nil || compact[0] != '{' {
			return
		}
		kind := []store.StateKind{store.StateRiskyUser, store.StateRiskyPrincipal, store.StateRiskyAgent}[n%3]
		r := stateReader{d: newDecoder(tableOf(kinds.Catalog))}
		row, reason := readRisky(kind)(&r, compact)
		if (row == nil) == (reason == "") {
			t.Fatalf("%q: %+v, %q", doc, row, reason)
		}
		if row != nil {
			if one := row.(*store.Risky); one.ID == "" || one.Of != kind || len(one.With(one).History) != len(one.History) {
				t.Errorf("%q: %+v", doc, one)
			}
		}
	})
}
