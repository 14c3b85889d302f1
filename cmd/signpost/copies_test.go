package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// copyKinds are five copies of one sign-in, as different exports write it, with ID in place of its id. A copy
// without a time of ingestion counts as ingested when its file was written.
var copyKinds = []struct {
	name  string
	graph bool
	file  time.Time
	doc   string
}{
	{"Azure Monitor", false, time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC), `{"time":"2026-11-20T10:05:00.7654321Z","category":"SignInLogs","tenantId":"t1","properties":{"id":"ID",
		"createdDateTime":"2026-11-20T10:00:00.1234567Z","userId":"u1","userPrincipalName":"ada@example.com","appId":"a1","appDisplayName":"Larder","ipAddress":"192.0.2.1",
		"status":{"errorCode":50076,"failureReason":"asked for MFA"},"conditionalAccessStatus":"notApplied","riskState":"none","riskLevelAggregated":"none","riskLevelDuringSignIn":"low","riskDetail":"none",
		"originalTransferMethod":"deviceCodeFlow","authenticationRequirement":"multiFactorAuthentication","userAgent":"Mozilla/5.0",
		"appliedConditionalAccessPolicies":[{"id":"p1","displayName":"Base MFA","result":"notApplied"}],"authenticationDetails":[{"authenticationMethod":"Password","succeeded":true}]}}`},
	{"Azure Monitor after a risk update", false, time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC), `{"time":"2026-11-20T12:30:00.1Z","category":"SignInLogs","tenantId":"t1","properties":{"id":"ID",
		"createdDateTime":"2026-11-20T10:00:00.1234567Z","userId":"u1","userPrincipalName":"ada@example.com","appId":"a1","appDisplayName":"Larder","ipAddress":"192.0.2.1",
		"status":{"errorCode":0},"conditionalAccessStatus":"success","riskState":"atRisk","riskLevelAggregated":"high","riskLevelDuringSignIn":"none","riskDetail":"none","riskEventTypes_v2":["unfamiliarFeatures"],
		"originalTransferMethod":"none","authenticationRequirement":"multiFactorAuthentication",
		"appliedConditionalAccessPolicies":[{"id":"p1","displayName":"Base MFA","result":"success"}],"authenticationDetails":[{"authenticationMethod":"Password","succeeded":true},{"authenticationMethod":"Text message","succeeded":true}]}}`},
	{"Graph v1.0 without policies", true, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), `{"id":"ID","createdDateTime":"2026-11-20T10:00:00Z","userId":"u1","userPrincipalName":"ada@example.com","userDisplayName":"Ada",
		"appId":"a1","appDisplayName":"Larder","ipAddress":"192.0.2.1","clientAppUsed":"Browser","isInteractive":true,"status":{"errorCode":0,"additionalDetails":"MFA completed in Azure AD"},
		"conditionalAccessStatus":"unknownFutureValue","appliedConditionalAccessPolicies":[],"riskState":"none","riskLevelAggregated":"hidden","riskLevelDuringSignIn":"hidden","riskDetail":"hidden","riskEventTypes_v2":[],
		"location":{"city":"Bern","countryOrRegion":"CH"},"resourceDisplayName":"Larder API","resourceId":"r1"}`},
	{"Graph beta", true, time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), `{"id":"ID","createdDateTime":"2026-11-20T10:00:00Z","userId":"u1","userPrincipalName":"ada@example.com","userDisplayName":"Ada Lovelace",
		"appId":"a1","appDisplayName":"Larder","ipAddress":"192.0.2.1","isInteractive":true,"signInEventTypes":["interactiveUser"],"status":{"errorCode":0,"failureReason":"Other."},"conditionalAccessStatus":"success",
		"appliedConditionalAccessPolicies":[{"id":"p1","displayName":"Base MFA","result":"success"},{"id":"p2","displayName":"Report pilot","result":"reportOnlyFailure"}],
		"riskState":"remediated","riskLevelAggregated":"none","riskLevelDuringSignIn":"none","riskDetail":"userPassedMFADrivenByRiskBasedPolicy","riskEventTypes_v2":[],"userType":"member","originalTransferMethod":"none",
		"authenticationDetails":[],"resourceDisplayName":"Larder API","resourceId":"r1","tokenIssuerType":"AzureAD"}`},
	{"portal", true, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), `{"id":"ID","createdDateTime":"2026-11-20T10:00:00Z","userPrincipalName":"ada@example.com","userDisplayName":"Ada King",
		"appId":"a1","appDisplayName":"Larder","ipAddress":"192.0.2.1","isInteractive":true,"status":{"errorCode":0},"conditionalAccessStatus":"notApplied","location":{"city":"Thun","state":"Bern","countryOrRegion":"CH"},
		"riskState":"hidden","riskLevelAggregated":"hidden","riskDetail":"hidden","userType":"unknownFutureValue","resourceId":"r1"}`},
}

// ordersOf gives every order of n things.
func ordersOf(n int) (orders [][]int) {
	if n == 0 {
		return [][]int{nil}
	}
	for _, order := range ordersOf(n - 1) {
		for at := range n {
			next := append(append([]int{}, order[:at]...), n-1)
			orders = append(orders, append(next, order[at:]...))
		}
	}
	return orders
}

// importCopies imports a sign-in of its own for each order: first all first copies, then all second ones, and so
// on. One file has the copies of one kind.
func importCopies(t *testing.T, w store.Writer, orders [][]int) {
	t.Helper()
	folder := t.TempDir()
	now := func() time.Time { return time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC) }
	for round := range copyKinds {
		for kind, from := range copyKinds {
			var docs []string
			for n, order := range orders {
				if order[round] == kind {
					docs = append(docs, strings.ReplaceAll(strings.ReplaceAll(from.doc, "\n\t\t", ""), `"ID"`, fmt.Sprintf(`"%08x-0000-4000-8000-000000000001"`, n)))
				}
			}
			if len(docs) == 0 {
				continue
			}
			text := strings.Join(docs, "\n")
			if from.graph {
				text = `{"value":[` + strings.Join(docs, ",\n") + `]}`
			}
			path := filepath.Join(folder, fmt.Sprintf("%d-%d.json", round, kind))
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, from.file, from.file); err != nil {
				t.Fatal(err)
			}
			reports, err := importer.New(w, importer.Options{Now: now}).Paths(t.Context(), path)
			if err != nil || len(reports) != 1 || reports[0].New+reports[0].Updated != int64(len(docs)) {
				t.Fatalf("%s in round %d: %+v, %v", from.name, round, reports, err)
			}
		}
	}
}

// The copies of a sign-in make the same row in every order of import. Each field comes from the newest copy that
// has it; policies and steps from the newest copy that has some. The risk is the newest state.
func TestEveryOrderOfCopiesMakesTheSameRow(t *testing.T) {
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	orders := ordersOf(len(copyKinds))
	importCopies(t, db, orders)
	merged := func() []store.Record {
		t.Helper()
		var list []store.Record
		for n := range orders {
			record, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: store.Interactive, ID: fmt.Sprintf("%08x-0000-4000-8000-000000000001", n)}})
			if err != nil {
				t.Fatal(err)
			}
			if len(record.Versions) != len(copyKinds) {
				t.Errorf("order %v keeps %d copies", orders[n], len(record.Versions))
			}
			list = append(list, record)
		}
		return list
	}
	check := func() {
		t.Helper()
		list := merged()
		want := *list[0].SignIn()
		for n, record := range list {
			got, row := *record.SignIn(), record.Events[len(record.Events)-1].SignIn()
			got.ID = want.ID
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Fatalf("order %v and order %v (-first +other):\n%s", orders[0], orders[n], diff)
			}
			if row.RiskState != got.RiskState || row.City != got.City || row.OriginalTransferMethod != got.OriginalTransferMethod || row.UserDisplayName != got.UserDisplayName || !row.Time.Equal(got.Time.Truncate(time.Microsecond)) {
				t.Fatalf("order %v: the row %+v is not of the merged copies %+v", orders[n], row, got)
			}
		}
		for what, got := range map[string][2]string{
			"time":        {want.Time.Format(time.RFC3339Nano), "2026-11-20T10:00:00.123456Z"},
			"ingested":    {want.Ingested.Format(time.RFC3339Nano), "2026-11-20T12:30:00.1Z"},
			"transfer":    {want.OriginalTransferMethod, "deviceCodeFlow"},
			"status":      {fmt.Sprint(want.ErrorCode, want.FailureReason, want.AdditionalDetails), "{0 true}Other.MFA completed in Azure AD"},
			"CA status":   {want.ConditionalAccessStatus, "notApplied"},
			"policies":    {fmt.Sprint(len(want.AppliedConditionalAccessPolicies)), "2"},
			"steps":       {fmt.Sprint(len(want.AuthenticationDetails)), "2"},
			"risk":        {fmt.Sprint(want.RiskState, want.RiskLevelAggregated, want.RiskLevelDuringSignIn, want.RiskDetail, want.RiskEventTypes), "remediatednonenoneuserPassedMFADrivenByRiskBasedPolicy[unfamiliarFeatures]"},
			"name":        {want.UserDisplayName, "Ada King"},
			"user type":   {want.UserType, "member"},
			"place":       {want.Place(), "Thun, Bern, CH"},
			"agent":       {want.UserAgent, "Mozilla/5.0"},
			"requirement": {want.AuthenticationRequirement, "multiFactorAuthentication"},
		} {
			if got[0] != got[1] {
				t.Errorf("%s: %q, want %q", what, got[0], got[1])
			}
		}
	}
	check()
	if err := db.Reindex(t.Context(), func(int64) {}); err != nil {
		t.Fatal(err)
	}
	check()
}
