package importer

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
)

const fixtures = "../../../shared/fixtures"

// fixture gives the path of a real export; the test is skipped where they are not at hand.
func fixture(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(fixtures, name)
	if _, err := os.Stat(path); err != nil {
		t.Skip("the real exports are not at hand: ", err)
	}
	return path
}

// TestFixtures imports every real export and compares with the counts of the fixtures' README.
func TestFixtures(t *testing.T) {
	const i, n, s, m = store.Interactive, store.NonInteractive, store.ServicePrincipal, store.ManagedIdentity
	type logs = map[store.Log]int
	for _, test := range []struct {
		name, format string
		read         int64
		logs         logs
		skipped      int64
	}{
		{"DataDog_azure-log-forwarding-orchestration/sign_in_logs.json", AzureMonitor, 3, logs{i: 3}, 0},
		{"DataDog_azure-log-forwarding-orchestration/non_interactive_user_sign_in_logs.json", AzureMonitor, 8, logs{n: 8}, 0},
		{"DataDog_azure-log-forwarding-orchestration/service_principal_sign_in_logs.json", AzureMonitor, 15, logs{s: 15}, 0},
		{"DataDog_azure-log-forwarding-orchestration/managed_identity_sign_in_logs.json", AzureMonitor, 14, logs{m: 13}, 0},
		{"DataDog_azure-log-forwarding-orchestration/internal_logs_audit_logs.json", AzureMonitor, 22, logs{}, 22},
		{"DataDog_azure-log-forwarding-orchestration/internal_logs_user_risk_event_logs.json", AzureMonitor, 1, logs{}, 1},
		{"MicrosoftDocs_azure-docs/sign-ins-log-schema-sample.json", AzureMonitor, 1, logs{i: 1}, 0},
		{"panther-labs_panther-analysis/azure_device_code_broker_client.ndjson", AzureMonitor, 2, logs{i: 2}, 0},
		{"panther-labs_panther-analysis/azure_failed_signins.ndjson", AzureMonitor, 2, logs{s: 2}, 0},
		{"panther-labs_panther-analysis/azure_graph_session_multiple_ips.records.json", AzureMonitor, 3, logs{i: 2, n: 1}, 0},
		{"panther-labs_panther-analysis/azure_legacyauth.records.json", AzureMonitor, 3, logs{s: 1, i: 1}, 0},
		{"panther-labs_panther-analysis/azure_risklevel_passthrough.records.json", AzureMonitor, 5, logs{s: 1}, 0},
		{"panther-labs_panther-analysis/sign_in_from_rogue_state.ndjson", AzureMonitor, 1, logs{s: 1}, 0},
		{"panther-labs_panther-analysis/idp_m365.ndjson", UnifiedAuditLog, 2, logs{}, 2},
		{"panther-labs_panther-analysis/idp_okta.ndjson", Unknown, 20, logs{}, 20},
		{"Azure_Azure-Sentinel/traininglab_sign-in_adelete.csv", LogAnalyticsCSV, 34, logs{i: 34}, 0},
		{"Azure_Azure-Sentinel/traininglab_AuditLogs_Hunting.csv", LogAnalyticsCSV, 5, logs{}, 5},
		{"microsoft_msticpy/aad_logons.csv", LogAnalyticsCSV, 52, logs{i: 27}, 0},
		{"microsoft_msticpy/aad_logons.ndjson", LogAnalyticsJSON, 52, logs{i: 27}, 0},
		{"microsoft_msticpy/aad_logons_query_response.json", LogAnalyticsQuery, 52, logs{i: 27}, 0},
		{"OTRF_Security-Datasets/o365spray_default.json", UnifiedAuditLog, 9, logs{}, 9},
		{"OTRF_Security-Datasets/goldensaml_AADAuditEvents.json", LogAnalyticsJSON, 4, logs{}, 4},
		{"panther-labs_panther-analysis/LICENSE.txt", Unknown, 1, logs{}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := fixture(t, test.name)
			w := newFakeWriter()
			im := New(w, Options{})
			reports, err := im.Paths(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			got := reports[0]
			if got.Format != test.format || got.Read != test.read || got.Skipped != test.skipped || got.RejectedTotal != 0 {
				t.Errorf("got %+v, want format %s, read %d, skipped %d", got, test.format, test.read, test.skipped)
			}
			if diff := cmp.Diff(test.logs, w.logs()); diff != "" {
				t.Errorf("sign-ins (-want +got):\n%s", diff)
			}
			if got.Skipped > 0 && len(got.CannotShow) == 0 {
				t.Error("records were skipped without a word")
			}
			again, err := im.Paths(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			if again[0].Same != test.read-test.skipped || again[0].New+again[0].Updated != 0 {
				t.Errorf("the second import got %+v, want everything the same", again[0])
			}
		})
	}
}

// TestDecodeOfFixtureDocuments decodes the kept documents again. They must give the same sign-in.
func TestDecodeOfFixtureDocuments(t *testing.T) {
	path := fixture(t, "DataDog_azure-log-forwarding-orchestration")
	w := newFakeWriter()
	if _, err := New(w, Options{}).Paths(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if len(w.rows) != 39 {
		t.Fatalf("got %d sign-ins, want 39", len(w.rows))
	}
	for key, versions := range w.rows {
		for _, v := range versions {
			got, err := Decoder(signInsOnly)(v.SignIn().Log, v.Doc)
			if err != nil {
				t.Fatalf("%s: %v", key, err)
			}
			if diff := cmp.Diff(v.Entry, got); diff != "" {
				t.Errorf("%s (-imported +decoded):\n%s", key, diff)
			}
		}
	}
}
