package importer

import (
	"path/filepath"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/activity"
	"signpost/store/kinds"
)

// The real files of Microsoft 365 activity, whole, with the number of their records by ID.
func TestActivityFiles(t *testing.T) {
	for _, test := range []struct {
		name, format string
		read, ids    int64
	}{
		{"records/Azure_Azure-Sentinel/traininglab_office_activity.csv", LogAnalyticsCSV, 266, 266},
		{"records/Azure_Azure-Sentinel/traininglab_office_activity_inbox_rule.csv", LogAnalyticsCSV, 2, 2},
		{"records/DataDog_azure-log-forwarding-orchestration/ms_graph_activity_logs.json", AzureMonitor, 15, 15},
		{"records/OTRF_Security-Datasets/add_a_user_to_company_administrator_role.json", UnifiedAuditLog, 1, 1},
		{"records/OTRF_Security-Datasets/enable_pop_imap_owa.json", UnifiedAuditLog, 1, 1},
		{"records/OTRF_Security-Datasets/mail_account_delegation_full_access_permissions.json", UnifiedAuditLog, 1, 1},
		{"records/OTRF_Security-Datasets/set-mailbox-audit_log_age_limit_to_zero.json", UnifiedAuditLog, 1, 1},
		{"records/panther-labs_panther-analysis/ual_microsoft365_external_sharing.ndjson", UnifiedAuditLog, 5, 1},
		{"records/panther-labs_panther-analysis/ual_microsoft365_mfa_disabled.ndjson", UnifiedAuditLog, 2, 1},
		{"fixtures/panther-labs_panther-analysis/idp_m365.ndjson", UnifiedAuditLog, 2, 1},
		{"fixtures/OTRF_Security-Datasets/o365spray_default.json", UnifiedAuditLog, 9, 9},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := fixture(t, filepath.Join("..", test.name))
			w := newFakeWriter()
			w.catalog = kinds.Catalog
			reports, err := New(w, Options{}).Paths(t.Context(), path)
			must(t, err)
			got := reports[0]
			if got.Format != test.format || got.Read != test.read || got.New != test.ids || got.RejectedTotal+got.Skipped != 0 || got.LogCounts[activity.Log] != test.read {
				t.Errorf("got %+v", got)
			}
			again, err := New(w, Options{}).Paths(t.Context(), path)
			must(t, err)
			if again[0].New+again[0].Updated != 0 || again[0].Same != test.read {
				t.Errorf("the second time: %+v", again[0])
			}
		})
	}
}

// auditData is a record as Exports put it into AuditData.
const auditData = `{"CreationTime":"2026-11-21T10:00:01","Id":"r1","Operation":"New-InboxRule","OrganizationId":"t1","RecordType":1,"ResultStatus":"True","UserKey":"k1","UserType":2,"Workload":"Exchange","ClientIP":"[2001:db8::1]:4711","UserId":"ada@example.com","Parameters":[{"Name":"ForwardTo","Value":"eve@example.net"}],"AppAccessContext":{"AADSessionId":"s1","UniqueTokenId":"JgW9XEOQM0WNakyHMghCAA"}}`

// Every way in which one record is exported gives the same record.
func TestActivityShapes(t *testing.T) {
	inText := string(quotedJSON(auditData))
	inCell := `"` + strings.ReplaceAll(auditData, `"`, `""`) + `"`
	for name, file := range map[string]string{
		"Management API":           `[` + auditData + `]`,
		"lines of AuditData":       auditData + "\n" + strings.Replace(auditData, `"r1"`, `"r2"`, 1),
		"Purview":                  "\ufeffRecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\nr1,11/21/2026 10:00:01 AM,1,New-InboxRule,ada@example.com," + inCell + ",,\n",
		"older Purview":            "CreationDate,UserIds,Operations,AuditData\n2026-11-21T10:00:01.0000000Z,ada@example.com,New-InboxRule," + inCell + "\n",
		"Search-UnifiedAuditLog":   "#TYPE Selected\nPSComputerName,RunspaceId,RecordType,CreationDate,UserIds,Operations,AuditData,ResultIndex,ResultCount,Identity,IsValid,ObjectState\noutlook,1,ExchangeAdmin,21.11.2026 10:00:01,ada@example.com,New-InboxRule," + inCell + ",1,1,r1,True,Unchanged\n",
		"JSON with text":           `[{"RecordType":"ExchangeAdmin","CreationDate":"2026-11-21T10:00:01Z","UserIds":"ada@example.com","Operations":"New-InboxRule","AuditData":` + inText + `,"Identity":"r1"}]`,
		"Extractor Suite":          `[{"RecordType":"ExchangeAdmin","Operations":"New-InboxRule","AuditData":` + auditData + `}]` + "`r`n" + `[{"RecordType":"ExchangeAdmin","Operations":"New-InboxRule","AuditData":` + strings.Replace(auditData, `"r1"`, `"r2"`, 1) + `}]`,
		"Graph audit query":        `{"@odata.context":"https://graph.microsoft.com/beta/$metadata#security/auditLog/queries('q1')/records","value":[{"id":"r1","createdDateTime":"2026-11-21T10:00:01Z","auditLogRecordType":"ExchangeAdmin","operation":"New-InboxRule","organizationId":"t1","userType":"Admin","userId":"k1","userPrincipalName":"ada@example.com","service":"Exchange","objectId":"","clientIp":"2001:db8::1","administrativeUnits":[],"auditData":` + strings.Replace(auditData, `{`, `{"@odata.type":"#microsoft.graph.security.defaultAuditData",`, 1) + `}]}`,
		"Windows PowerShell dates": `[{"CreationDate":"/Date(1795255201000)/","AuditData":` + inText + `}]`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newFakeWriter()
			w.catalog = kinds.Catalog
			report, err := New(w, Options{}).Reader(t.Context(), "export", strings.NewReader(file))
			must(t, err)
			if want := int64(strings.Count(file, "AADSessionId")); report.New != want || report.Format != UnifiedAuditLog || report.RejectedTotal+report.Skipped != 0 {
				t.Fatalf("got %+v, want %d records", report, want)
			}
			for _, versions := range w.rows {
				r := versions[0].Entry.(*activity.Record)
				if r.Head().Time.Format("2006-01-02T15:04:05Z") != "2026-11-21T10:00:01Z" || r.Operation != "New-InboxRule" || r.UserID != "ada@example.com" || r.RecordType != "ExchangeAdmin" ||
					r.RecordNumber != store.IntOf(1) || r.UserType != "Admin" || r.Address != "2001:db8::1" || r.Port != store.IntOf(4711) || r.Tenant != "t1" || r.SessionID != "s1" ||
					r.TokenID != "JgW9XEOQM0WNakyHMghCAA" || len(r.Parameters) != 1 || r.Details != "ForwardTo: eve@example.net" || r.Outcome != "success" {
					t.Errorf("got %+v at %v", r, r.Head())
				}
			}
		})
	}
}

func quotedJSON(text string) []byte {
	return []byte(`"` + strings.ReplaceAll(text, `"`, `\"`) + `"`)
}

// Broken records are rejected with their line, and the others go in.
func TestBrokenActivity(t *testing.T) {
	w := newFakeWriter()
	w.catalog = kinds.Catalog
	lines := []string{
		auditData,
		`{"Operation":"FileAccessed","RecordType":6,"Workload":"OneDrive","CreationTime":"2026-11-21T10:00:01"}`,
		`{"Id":"r3","Operation":"FileAccessed","RecordType":6,"CreationTime":"yesterday"}`,
		auditData[:90],
		`{"Id":"r5","RecordType":6,"Operation":"FileAccessed","CreationTime":"2026-11-21T10:00:02"}`,
	}
	report, err := New(w, Options{}).Reader(t.Context(), "broken.json", strings.NewReader(strings.Join(lines, "\n")))
	must(t, err)
	want := map[int64]string{2: "has no id", 3: `the time "yesterday" cannot be read`, 4: "not valid JSON"}
	if report.New != 2 || report.RejectedTotal != int64(len(want)) {
		t.Errorf("got %+v", report)
	}
	for _, r := range report.Rejected {
		if says := want[r.Line]; says == "" || !strings.Contains(r.Reason, says) {
			t.Errorf("line %d: %s", r.Line, r.Reason)
		}
	}
	csv := "RecordId,CreationDate,RecordType,Operation,UserId,AuditData\n" +
		`r1,2026-11-21T10:00:01Z,1,New-InboxRule,ada@example.com,"{""Id"":""r1"",""CreationTime"":""2026-11-21T10:00"` + "\n" +
		`r2,2026-11-21T10:00:01Z,1,New-InboxRule,ada@example.com,"` + strings.ReplaceAll(auditData, `"`, `""`) + `"` + "\n"
	report, err = New(w, Options{}).Reader(t.Context(), "cut.csv", strings.NewReader(csv))
	must(t, err)
	if report.RejectedTotal != 1 || report.Rejected[0].Line != 2 || !strings.Contains(report.Rejected[0].Reason, "AuditData is not a whole JSON object") || report.Same+report.Updated != 1 {
		t.Errorf("a cell that was cut off: %+v", report)
	}
}

// No document may crash the decoder of activity, and one that it takes gives the same record each time.
func FuzzDecodeActivity(f *testing.F) {
	decode := Decoder(kinds.Catalog)
	for _, doc := range []string{
		auditData, `{"RecordType":"ExchangeAdmin","AuditData":` + string(quotedJSON(auditData)) + `}`, `{"Id":"1","RecordType":9,"Operation":"UserLoggedIn","CreationTime":"2026-11-21T10:00:01"}`,
		`{"TimeGenerated":"11/28/2026, 1:02:03.000 AM","Type":"OfficeActivity","OfficeId":"1","Item":"{\"Subject\":1}","SourceSystem":"x"}`,
		`{"time":"2026-11-28T12:00:00Z","category":"MicrosoftGraphActivityLogs","properties":{"requestId":"1","requestUri":"https://graph.microsoft.com/v1.0/me","requestMethod":"GET","timeGenerated":"2026-11-28T12:00:00Z"}}`,
	} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		Unread(kinds.Catalog)(doc)
		e, err := decode("", doc)
		if err != nil || e.Head().Log != activity.Log {
			return
		}
		again, err := decode(activity.Log, doc)
		if err != nil || again.Head() != e.Head() || again.(*activity.Record).Details != e.(*activity.Record).Details {
			t.Errorf("%q gives %+v, and of its log %+v: %v", doc, e, again, err)
		}
	})
}
