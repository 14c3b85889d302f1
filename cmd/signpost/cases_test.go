package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// shared is the folder of inputs from outside the repository; tests read them in place.
const shared = "../../../shared"

// inputFile gives the path of an input from outside. It skips the test where the file is missing.
func inputFile(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(shared, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skip("the inputs from outside are not at hand: ", err)
	}
	return path
}

// imported is the answer of `signpost import --json` about one file, with its exit code.
type imported struct {
	code   int
	report store.ImportReport
}

// importFile imports a file into the store of a folder, as the command does.
func importFile(t *testing.T, folder, path string) imported {
	t.Helper()
	var out bytes.Buffer
	err := (&ImportCmd{Data: folder, JSON: true, Paths: []string{path}}).Run(t.Context(), openWriter, Streams{Out: &out, Err: io.Discard})
	var printed struct{ Files []store.ImportReport }
	if err := json.Unmarshal(out.Bytes(), &printed); err != nil || len(printed.Files) != 1 {
		t.Fatalf("%v, %d files in %s", err, len(printed.Files), out.String())
	}
	return imported{codeOf(err), printed.Files[0]}
}

// said joins all words of a report.
func (i imported) said() string {
	words := strings.Join(i.report.CannotShow, "\n")
	for _, r := range i.report.Rejected {
		words += "\n" + r.Reason
	}
	return words
}

// outcome is the result that a file must have.
type outcome struct {
	name     string
	code     int
	format   string
	logs     string // new records by log, such as I2 S1; D are objects of the directory, R rows of reports
	skipped  int64
	rejected int64
	line     int64  // of the first rejected record; 0 for any
	says     string // part of the words of the report
}

func (o outcome) check(t *testing.T, got imported) {
	t.Helper()
	r := got.report
	if got.code != o.code || r.Format != o.format || r.Skipped != o.skipped || r.RejectedTotal != o.rejected {
		t.Errorf("exit %d, format %s, skipped %d, rejected %d; want %d, %s, %d, %d", got.code, r.Format, r.Skipped, r.RejectedTotal, o.code, o.format, o.skipped, o.rejected)
	}
	if r.Read != r.New+r.Updated+r.Same+r.Skipped+r.RejectedTotal {
		t.Errorf("the counts do not add up: %+v", r)
	}
	if o.line != 0 && (len(r.Rejected) == 0 || r.Rejected[0].Line != o.line) {
		t.Errorf("rejected %+v, want the first in line %d", r.Rejected, o.line)
	}
	if !strings.Contains(got.said(), o.says) {
		t.Errorf("%q is not in\n%s", o.says, got.said())
	}
	if got.code == 0 != (r.Unreadable+r.RejectedTotal == 0) {
		t.Errorf("exit %d with %d records not read and %d rejected", got.code, r.Unreadable, r.RejectedTotal)
	}
}

// newByLog counts the records of a folder by log, in the form of outcome.logs.
func newByLog(t *testing.T, folder string) string {
	t.Helper()
	db := openFolder(t, folder)
	var words []string
	for i, info := range kinds.Catalog.Logs() {
		total, err := db.Total(t.Context(), store.ListQuery{Log: info.Log, Range: store.AllTime(), AllEvents: true})
		if err != nil {
			t.Fatal(err)
		}
		if total.N > 0 {
			words = append(words, string("INSMACPUVWX"[i])+strconv.FormatInt(total.N, 10))
		}
	}
	state, err := db.DirectoryState(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var objects int64
	for _, n := range state.N {
		objects += n
	}
	if objects > 0 {
		words = append(words, "D"+strconv.FormatInt(objects, 10))
	}
	told, err := db.StatesTold(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var rows int64
	for _, of := range told {
		rows += of.N
	}
	if rows > 0 {
		words = append(words, "R"+strconv.FormatInt(rows, 10))
	}
	return strings.Join(words, " ")
}

func openFolder(t *testing.T, folder string) *datafolder.Folder {
	t.Helper()
	db, err := datafolder.Open(t.Context(), folder, kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// cases are made-up inputs, each with its right outcome.
var cases = []outcome{
	{name: "c02_pascal.json", format: "powershell-json", logs: "I1"},
	{name: "c03_date.json", format: "graph", logs: "I1"},
	{name: "m11.json", format: "powershell-json", logs: "I1"},
	{name: "c03b_dateobj.json", format: "graph", logs: "I1"},
	{name: "c03c_datelocal.json", code: 3, format: "graph", skipped: 1, says: `"28/11/2026 11:46:00"`},
	{name: "c03d_dateus.json", format: "graph", logs: "I1"},
	{name: "c04_utf16be.json", format: "graph", logs: "I2"},
	{name: "c04_utf16le.json", format: "graph", logs: "I2"},
	{name: "c04_utf16le_nobom.json", format: "graph", logs: "I2"},
	{name: "c04_utf8bom_crlf.json", format: "azure-monitor", logs: "I2"},
	{name: "c05_aud.ndjson", format: "azure-monitor", logs: "I7"},
	{name: "c07b_flat_time.ndjson", format: "azure-monitor", logs: "S1"},
	{name: "c07c_flat_tg.ndjson", format: "log-analytics-json", logs: "S1"},
	{name: "c08_odd.ndjson", format: "azure-monitor", logs: "I12"},
	{name: "c11_ca.ndjson", format: "azure-monitor", logs: "I7"},
	{name: "c12_proto.ndjson", format: "azure-monitor", logs: "I6 N1"},
	{name: "c15_dir.json", format: "graph-directory", logs: "D6"},
	{name: "c15_guest.ndjson", format: "azure-monitor", logs: "I8"},
	{name: "c18_legacy.ndjson", format: "azure-monitor", logs: "I3 N1"},
	{name: "c22_inactive.ndjson", format: "azure-monitor", logs: "I4 N1"},
	{name: "c23_trunc.json", code: 3, format: "graph", logs: "I2", rejected: 1, line: 99},
	{name: "c24_nul.ndjson", code: 3, format: "azure-monitor", logs: "I2", rejected: 1, line: 2, says: "zero bytes (NUL)"},
	{name: "c25_avro.avro", format: "event-hub-capture", logs: "I1"},
	{name: "c25_evhub_body.json", format: "event-hub", logs: "I1"},
	{name: "c25_evhub_strings.json", format: "event-hub", logs: "I1"},
	{name: "f2_strlines.ndjson", format: "event-hub", logs: "I2"},
	{name: "c27_agents.ndjson", format: "azure-monitor", logs: "I2 S2"},
	{name: "c35_tenantb.ndjson", format: "azure-monitor", logs: "I1"},
	{name: "c36_dotnet.json", format: "graph", logs: "I1"},
	{name: "c36_snake.json", format: "graph", logs: "I1"},
	{name: "InteractiveSignIns_2026-11-28_2026-11-28.csv", format: "portal-csv", logs: "I1"},
	{name: "c37_portal.json", format: "portal-json", logs: "I1"},
	{name: "c38_invictus.csv", format: "powershell-csv", logs: "I1"},
	{name: "d4_mgcsv.csv", format: "powershell-csv", logs: "I1", says: "ConvertTo-Json -Depth 10"},
	{name: "m1.csv", format: "powershell-csv", logs: "I1"},
	{name: "c39_xdr.csv", format: "defender-csv", logs: "I1", says: "Not in this source"},
	{name: "c40_misc.ndjson", format: "azure-monitor", logs: "I5 N2"},
	{name: "c41_unicode.ndjson", format: "azure-monitor", logs: "I4"},
	{name: "d5_la.csv", format: "log-analytics-csv", logs: "I1"},
	{name: "d6_cats.ndjson", format: "azure-monitor", logs: "I1 N1 S1", skipped: 1, says: "B2C request logs are not kept"},
	{name: "m5.ndjson", format: "azure-monitor", logs: "S1"},
	{name: "e1_am.ndjson", format: "azure-monitor", logs: "I1"},
	{name: "f1_pssdk.json", format: "powershell-json", logs: "I1"},
	{name: "g2_bot.ndjson", format: "azure-monitor", logs: "N1"},
	{name: "h2_travel.ndjson", format: "azure-monitor", logs: "I42"},
	{name: "m10.ndjson", format: "azure-monitor", logs: "I1"},
	{name: "g3_devcode.ndjson", format: "azure-monitor", logs: "I1"},
	{name: "m16.ndjson", format: "azure-monitor", logs: "I1", says: "authenticationDetails in a shape that is not read"},
}

// TestCases imports each made-up input into an empty store.
func TestCases(t *testing.T) {
	listed := map[string]bool{"README.md": true}
	for _, c := range cases {
		listed[c.name] = true
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			c.check(t, importFile(t, folder, inputFile(t, "cases/"+c.name)))
			if got := newByLog(t, folder); got != c.logs {
				t.Errorf("the store holds %q, want %q", got, c.logs)
			}
		})
	}
	files, err := os.ReadDir(filepath.Join(shared, "cases"))
	if err != nil {
		t.Skip("the inputs from outside are not at hand: ", err)
	}
	for _, file := range files {
		if !listed[file.Name()] {
			t.Errorf("%s is in no row of this test", file.Name())
		}
	}
}

// records are real records of other kinds than sign-ins. A file of a kind that is not kept is skipped under the name of its kind.
var records = []outcome{
	{name: "Azure_Azure-Sentinel/traininglab_office_activity.csv", format: "log-analytics-csv", logs: "U266"},
	{name: "Azure_Azure-Sentinel/traininglab_office_activity_inbox_rule.csv", format: "log-analytics-csv", logs: "U2"},
	{name: "DataDog_azure-log-forwarding-orchestration/ms_graph_activity_logs.json", format: "azure-monitor", logs: "U15"},
	{name: "MicrosoftDocs_azure-docs/audit-log-schema-sample3.json", format: "azure-monitor", logs: "A1"},
	{name: "OTRF_Security-Datasets/add_a_user_to_company_administrator_role.json", format: "unified-audit-log", logs: "U1"},
	{name: "OTRF_Security-Datasets/enable_pop_imap_owa.json", format: "unified-audit-log", logs: "U1"},
	{name: "OTRF_Security-Datasets/mail_account_delegation_full_access_permissions.json", format: "unified-audit-log", logs: "U1"},
	{name: "OTRF_Security-Datasets/set-mailbox-audit_log_age_limit_to_zero.json", format: "unified-audit-log", logs: "U1"},
	{name: "microsoftgraph_microsoft-graph-docs/beta_directoryaudit-get_ex1.json", format: "graph", logs: "A1"},
	{name: "microsoftgraph_microsoft-graph-docs/beta_directoryaudit-list_ex1.json", format: "graph", logs: "A1"},
	{name: "microsoftgraph_microsoft-graph-docs/v1.0_directoryaudit-get_ex1.json", format: "graph", logs: "A1"},
	{name: "microsoftgraph_microsoft-graph-docs/v1.0_directoryaudit-list_ex1.json", format: "graph", logs: "A1"},
	{name: "microsoftgraph_microsoft-graph-docs/beta_provisioningobjectsummary-list_ex1.json", code: 3, format: "unknown", rejected: 1, line: 66, says: "line 66"},
	{name: "microsoftgraph_microsoft-graph-docs/v1.0_provisioningobjectsummary-list_ex1.json", code: 3, format: "unknown", rejected: 1, line: 62, says: "line 62"},
	{name: "microsoftgraph_microsoft-graph-docs/beta_provisioningobjectsummary-list_ex2.json", format: "graph", logs: "P1"},
	{name: "microsoftgraph_microsoft-graph-docs/v1.0_provisioningobjectsummary-list_ex2.json", format: "graph", logs: "P1"},
	{name: "microsoftgraph_microsoft-graph-docs/beta_reportroot-getcredentialusagesummary_ex1.json", format: "graph", skipped: 1, says: "credential usage summaries"},
	{name: "microsoftgraph_microsoft-graph-docs/beta_reportroot-list-usercredentialusagedetails_ex1.json", format: "graph-report", logs: "R1"},
	{name: "microsoftgraph_microsoft-graph-docs/beta_reportroot-getcredentialuserregistrationcount_ex1.json", format: "graph", skipped: 1, says: "registration summaries"},
	{name: "microsoftgraph_microsoft-graph-docs/beta_reportroot-list-credentialuserregistrationdetails_ex1.json", format: "graph-report", logs: "R1"},
	{name: "microsoftgraph_microsoft-graph-docs/beta_riskdetection-get_ex1.json", format: "graph", logs: "V1"},
	{name: "microsoftgraph_microsoft-graph-docs/beta_riskdetection-get_ex2.json", format: "graph", logs: "V1"},
	{name: "microsoftgraph_microsoft-graph-docs/beta_riskdetection-list_ex1.json", format: "graph", logs: "V1"},
	{name: "microsoftgraph_microsoft-graph-docs/beta_riskdetection-list_ex2.json", format: "graph", logs: "V1"},
	{name: "microsoftgraph_microsoft-graph-docs-contrib/beta_list_serviceprincipalriskdetections_ex1.json", format: "graph", logs: "W1", says: "lastUpdatedDateTime in a shape that is not read"},
	{name: "microsoftgraph_microsoft-graph-docs-contrib/v1.0_list_userregistrationdetails_ex1.json", format: "graph-report", logs: "R2"},
	{name: "panther-labs_panther-analysis/audit_azure_auth_methods_policy_oidc_change.ndjson", format: "azure-monitor", logs: "A2"},
	{name: "panther-labs_panther-analysis/audit_azure_domain_trust_settings_modified.ndjson", format: "azure-monitor", logs: "A2"},
	{name: "panther-labs_panther-analysis/audit_azure_elevate_user_access_admin.ndjson", format: "azure-monitor", logs: "A2"},
	{name: "panther-labs_panther-analysis/audit_azure_invite_external_users.ndjson", format: "azure-monitor", logs: "A1"},
	{name: "panther-labs_panther-analysis/audit_azure_mfa_disabled.ndjson", format: "azure-monitor", logs: "A2"},
	{name: "panther-labs_panther-analysis/ual_microsoft365_external_sharing.ndjson", format: "unified-audit-log", logs: "U1"},
	{name: "panther-labs_panther-analysis/ual_microsoft365_mfa_disabled.ndjson", format: "unified-audit-log", logs: "U1"},
}

// TestRecordsOfOtherKinds imports all of them. Those of a kind that is not kept go into one store, which must stay empty.
func TestRecordsOfOtherKinds(t *testing.T) {
	folder := t.TempDir()
	listed := map[string]bool{}
	for _, r := range records {
		listed[r.name] = true
		t.Run(r.name, func(t *testing.T) {
			into := folder
			if r.logs != "" {
				into = t.TempDir()
			}
			r.check(t, importFile(t, into, inputFile(t, "records/"+r.name)))
			if r.logs != "" {
				if got := newByLog(t, into); got != r.logs {
					t.Errorf("the store holds %q, want %q", got, r.logs)
				}
			}
		})
	}
	files, err := filepath.Glob(filepath.Join(shared, "records", "*", "*.*son"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name := filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file); !listed[name] {
			t.Errorf("%s is in no row of this test", name)
		}
	}
	if len(files) == 0 {
		t.Skip("the inputs from outside are not at hand")
	}
	if got := newByLog(t, folder); got != "" {
		t.Errorf("the store holds %q, want nothing", got)
	}
}

// TestCallersAddress finds a sign-in by the address of the envelope around it. A placeholder that is no address
// finds nothing.
func TestCallersAddress(t *testing.T) {
	folder := t.TempDir()
	importFile(t, folder, inputFile(t, "cases/c08_odd.ndjson"))
	db := openFolder(t, folder)
	find := func(query string) (addresses []string) {
		filter := filterOf(t, query)
		page, err := db.Page(t.Context(), store.ListQuery{Log: store.Interactive, Range: store.AllTime(), Filter: filter, Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			addresses = append(addresses, row.SignIn().IPAddress)
		}
		return addresses
	}
	if diff := cmp.Diff([]string{"203.0.113.10"}, find("ip=192.0.2.200")); diff != "" {
		t.Errorf("ip=192.0.2.200 (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{""}, find("ip.empty=yes")); diff != "" {
		t.Errorf("ip.empty=yes (-want +got):\n%s", diff)
	}
}

func filterOf(t *testing.T, query string) store.Filter {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	filter, bad := store.SignIns.ParseFilter(values)
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	return filter
}

// TestShapesOfCases counts the members and states of collections. A bare object is a list of one, and an unknown shape
// differs from an empty list and from a missing one.
func TestShapesOfCases(t *testing.T) {
	folder := t.TempDir()
	importFile(t, folder, inputFile(t, "cases/c05_aud.ndjson"))
	importFile(t, folder, inputFile(t, "cases/m16.ndjson"))
	db := openFolder(t, folder)
	page, err := db.Page(t.Context(), store.ListQuery{Log: store.Interactive, Range: store.AllTime(), Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	members, states := map[store.Collection]int{}, map[store.Collection]map[store.CollectionState]int{}
	for _, row := range page.Rows {
		record, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: store.Interactive, ID: row.SignIn().ID}})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range store.Collections() {
			if states[c] == nil {
				states[c] = map[store.CollectionState]int{}
			}
			members[c] += record.SignIn().Members(c)
			states[c][record.SignIn().CollectionState(c)]++
		}
	}
	for c, want := range map[store.Collection]int{
		store.CollectionPolicies: 1, store.CollectionAudiences: 3, store.CollectionRequirementPolicies: 1, store.CollectionProcessingDetails: 1, store.CollectionAuthenticationDetails: 1,
	} {
		if members[c] != want {
			t.Errorf("%s has %d members, want %d", c.Name(), members[c], want)
		}
	}
	want := map[store.CollectionState]int{store.CollectionEmpty: 6, store.CollectionRead: 1, store.CollectionUnread: 1}
	if diff := cmp.Diff(want, states[store.CollectionAuthenticationDetails]); diff != "" {
		t.Errorf("the states of authenticationDetails (-want +got):\n%s", diff)
	}
}

// TestMicrosoftsServicePrincipals tells Microsoft's own service principals by their category, and finds them by
// it.
func TestMicrosoftsServicePrincipals(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"c27_agents.ndjson", "c07b_flat_time.ndjson", "m5.ndjson"} {
		importFile(t, folder, inputFile(t, "cases/"+name))
	}
	db := openFolder(t, folder)
	for query, want := range map[string][]string{"microsoft=yes": {"Azure ESTS Service", "Office First Party"}, "microsoft=no": {"Pantry Sync", "Recipe Agent"}, "microsoft.empty=yes": nil} {
		page, err := db.Page(t.Context(), store.ListQuery{Log: store.ServicePrincipal, Range: store.AllTime(), Filter: filterOf(t, query), Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, row := range page.Rows {
			names = append(names, row.SignIn().ServicePrincipalName)
		}
		slices.Sort(names)
		if !slices.Equal(names, want) {
			t.Errorf("%s finds %q, want %q", query, names, want)
		}
	}
}

// TestSamplesOfOneDetection imports Graph's four samples, which tell the same detection at the same time of its last change.
func TestSamplesOfOneDetection(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"list_ex2", "get_ex1", "list_ex1", "get_ex2"} {
		if got := importFile(t, folder, inputFile(t, "records/microsoftgraph_microsoft-graph-docs/beta_riskdetection-"+name+".json")); got.code != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := newByLog(t, folder); got != "V1" {
		t.Errorf("the store holds %q, want one detection", got)
	}
	file := importFile(t, folder, inputFile(t, "fixtures/DataDog_azure-log-forwarding-orchestration/internal_logs_user_risk_event_logs.json"))
	if got := newByLog(t, folder); file.code != 0 || got != "V2" {
		t.Errorf("with the real detection of Azure Monitor the store holds %q: %+v", got, file)
	}
}
