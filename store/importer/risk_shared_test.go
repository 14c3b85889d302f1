package importer

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/activity"
	"signpost/store/kinds"
	"signpost/store/risk"
)

// The public samples of risk are read with their counts and times. Graph's four are one detection, and a time with a stray bracket
// stays empty and is told.
func TestPublicSamplesOfRisk(t *testing.T) {
	const graphs = "../../../shared/records/microsoftgraph_microsoft-graph-docs/beta_riskdetection-"
	bracket := "1 risk detection with lastUpdatedDateTime in a shape that is not read: it stays in the record, and filters take the field for empty."
	w := newFakeWriter()
	w.catalog = kinds.Catalog
	for _, test := range []struct {
		path, id, eventType, at, detected, updated string
		log                                        store.Log
		says                                       string
	}{
		{graphs + "get_ex1.json", "6a5874ca-abcd-9d82-5ad39bd71600", "unfamiliarFeatures", "2018-09-05T00:09:18.782285Z", "2018-09-05T00:11:27.773602Z", "2018-09-05T00:11:27.773602Z", risk.Users, ""},
		{graphs + "get_ex2.json", "6a5874ca-abcd-9d82-5ad39bd71600", "unfamiliarFeatures", "2018-09-05T00:09:18.782285Z", "2018-09-05T00:11:27.773602Z", "2018-09-05T00:11:27.773602Z", risk.Users, ""},
		{graphs + "list_ex1.json", "6a5874ca-abcd-9d82-5ad39bd71600", "unfamiliarFeatures", "2018-09-05T00:09:18.782285Z", "2018-09-05T00:11:27.773602Z", "2018-09-05T00:11:27.773602Z", risk.Users, ""},
		{graphs + "list_ex2.json", "6a5874ca-abcd-9d82-5ad39bd71600", "unfamiliarFeatures", "2018-09-05T00:09:18.782285Z", "2018-09-05T00:11:27.773602Z", "2018-09-05T00:11:27.773602Z", risk.Users, ""},
		{
			"../../../shared/records/microsoftgraph_microsoft-graph-docs-contrib/beta_list_serviceprincipalriskdetections_ex1.json", "2856d6e87c5c3a74021ff70291fa68107570c150d8dc145bdea5",
			"investigationsThreatIntelligence", "2021-10-26T00:00:00Z", "2021-10-26T00:00:00Z", "", risk.Workloads, bracket,
		},
		{
			fixtures + "/DataDog_azure-log-forwarding-orchestration/internal_logs_user_risk_event_logs.json", "524599639165e86cb6d06631116980b05f32dcdeaa760c7ab1a028437872af04",
			"anomalousToken", "2025-04-14T03:15:37.008Z", "2025-04-14T11:17:05.068Z", "2025-04-14T11:17:05.068Z", risk.Users, "",
		},
	} {
		if _, err := os.Stat(test.path); err != nil {
			t.Skip("the public samples are not at hand: ", err)
		}
		reports, err := New(w, Options{}).Paths(t.Context(), test.path)
		must(t, err)
		report := reports[0]
		if report.New+report.Updated+report.Same != 1 || report.RejectedTotal+report.Skipped != 0 || report.LogCounts[test.log] != 1 {
			t.Errorf("%s: %+v", test.path, report)
		}
		if test.says != "" && !slices.Contains(report.CannotShow, test.says) {
			t.Errorf("%s: the report says %q", test.path, report.CannotShow)
		}
		versions := w.rows[string(test.log)+"/"+test.id]
		if len(versions) == 0 {
			t.Errorf("%s: no detection %s", test.path, test.id)
			continue
		}
		r := risk.Kind.Merge(versions).(*risk.Record)
		if got := r.Head().Time.UTC().Format(time.RFC3339Nano); r.EventType != test.eventType || got != test.at || r.Detected != test.detected || r.Updated != test.updated {
			t.Errorf("%s: %s at %s, %+v", test.path, r.EventType, got, r)
		}
	}
	if len(w.rows) != 3 {
		t.Errorf("the samples are %d detections, want 3", len(w.rows))
	}
}

// Record type 294 of the unified audit log tells a detection too: it is in both logs, and another copy of the detection goes before it.
// The record is made up from the public list of its members.
func TestActivityTellsDetections(t *testing.T) {
	const record = `{"CreationTime":"2026-11-28T03:25:00","Id":"5a000000-0000-4000-8000-000000000001","RecordType":294,"Operation":"AadRiskDetection","OrganizationId":"e0000000-0000-4000-8000-000000000001",` +
		`"UserType":0,"UserKey":"51000000-0000-4000-8000-000000000001","UserId":"ada@tidewater-lantern.example","Workload":"AzureActiveDirectory","RiskId":"` + riskOfAda + `","Activity":"signin",` +
		`"ActivityDateTime":"2026-11-28T03:15:37","AdditionalInfo":"[{\"Key\":\"riskReasons\",\"Value\":[\"UnfamiliarASN\"]}]","CorrelationId":"7b000000-0000-4000-8000-000000000001",` +
		`"DetectedDateTime":"2026-11-28T03:17:05","DetectionTimingType":"realtime","LastUpdatedDateTime":"2026-11-28T03:18:00","Location":{"City":"Tromsø","CountryOrRegion":"NO","State":"Troms"},` +
		`"RequestId":"7a000000-0000-4000-8000-000000000001","RiskDetail":"none","RiskEventType":"unfamiliarFeatures","RiskLevel":"high","RiskState":"atRisk","Source":"IdentityProtection","TokenIssuerType":"AzureAD","UserDisplayName":"Ada Lanternwright"}`
	row := `{"RecordId":"5a000000-0000-4000-8000-000000000001","RecordType":"294","CreationDate":"2026-11-28T03:25:00Z","Operation":"AadRiskDetection","UserId":"ada@tidewater-lantern.example","AuditData":"` + strings.ReplaceAll(strings.ReplaceAll(record, `\`, `\\`), `"`, `\"`) + `"}`
	for what, text := range map[string]string{"a record": record, "a row with AuditData": row} {
		w := newFakeWriter()
		w.catalog = kinds.Catalog
		report, err := New(w, Options{}).Reader(t.Context(), "a.json", strings.NewReader(text))
		must(t, err)
		versions := w.rows[string(risk.Users)+"/"+riskOfAda]
		if len(versions) != 1 || report.LogCounts[activity.Log] != 1 || report.LogCounts[risk.Users] != 1 || report.Told[risk.Users].N != 1 || report.RejectedTotal != 0 {
			t.Fatalf("%s: %+v, %d copies", what, report, len(versions))
		}
		if !slices.ContainsFunc(report.CannotShow, func(s string) bool { return strings.HasPrefix(s, "1 record tells a risk detection too") }) {
			t.Errorf("%s: the report says %q", what, report.CannotShow)
		}
		r := versions[0].Entry.(*risk.Record)
		if r.Head().ToldBy != activity.Log || r.Head().Time.Hour() != 3 || r.Head().Time.Minute() != 15 || r.UserID != "51000000-0000-4000-8000-000000000001" || r.Username != "ada@tidewater-lantern.example" ||
			r.UserName != "Ada Lanternwright" || r.EventType != "unfamiliarFeatures" || r.State != "atRisk" || r.City != "Tromsø" || r.RequestID == "" || r.Updated != "2026-11-28T03:18:00Z" || r.UserType != "" ||
			r.Tenant != "e0000000-0000-4000-8000-000000000001" || !slices.Equal(r.Reasons, []string{"UnfamiliarASN"}) {
			t.Errorf("%s: %+v", what, r)
		}
		if _, unread := Unread(kinds.Catalog)([]byte(text)); slices.ContainsFunc(unread, func(m store.KeyValue) bool { return strings.HasPrefix(m.Key, "Risk") }) {
			t.Errorf("%s: not read are %v", what, unread)
		}
		_, err = New(w, Options{}).Reader(t.Context(), "b.json", strings.NewReader(riskFile(t, "graph.json")))
		must(t, err)
		merged := risk.Kind.Merge(w.rows[string(risk.Users)+"/"+riskOfAda]).(*risk.Record)
		if merged.Head().ToldBy != "" || merged.Updated != "2026-11-28T03:20:00Z" || len(merged.Reasons) != 3 {
			t.Errorf("%s: merged with Graph's: %+v", what, merged)
		}
	}
	// Without the ID of a detection, a record tells none.
	for _, other := range []string{strings.Replace(record, `"RiskId":"`+riskOfAda+`",`, "", 1), strings.Replace(record, `"RecordType":294`, `"RecordType":8`, 1)} {
		if found, report := importRisk(t, "a.json", other, Options{}); len(found) != 0 || report.LogCounts[activity.Log] != 1 {
			t.Errorf("%+v", report)
		}
	}
}
