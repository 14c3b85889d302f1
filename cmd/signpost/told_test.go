package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/activity"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// toldKinds are three copies of one non-interactive sign-in as different sources tell it, with ID in place of its request ID. The
// first is a record of Microsoft 365 activity: it knows no log.
var toldKinds = []struct {
	name, around string
	file         time.Time
	doc          string
}{
	{"the unified audit log", "[%s]", time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC), `{"CreationTime":"2026-11-20T10:00:01","Id":"ID","Operation":"UserLoggedIn","OrganizationId":"7d0c8d6e-9f0a-4b1c-8d2e-3f4a5b6c7d8e","RecordType":15,
		"ResultStatus":"Success","UserKey":"a1b2c3d4-0000-4000-8000-00000000000a","UserType":0,"Version":1,"Workload":"AzureActiveDirectory","ClientIP":"192.0.2.99","ObjectId":"00000003-0000-0000-c000-000000000000",
		"UserId":"ada@tidewater-lantern.example","AzureActiveDirectoryEventType":1,"ExtendedProperties":[{"Name":"UserAgent","Value":"Mozilla/5.0 (told)"},{"Name":"RequestType","Value":"OAuth2:Token"}],"ModifiedProperties":[],
		"Actor":[{"ID":"a1b2c3d4-0000-4000-8000-00000000000a","Type":0},{"ID":"ada@tidewater-lantern.example","Type":5}],"ActorIpAddress":"192.0.2.99","InterSystemsId":"c0000000-0000-4000-8000-0000000000c0","IntraSystemId":"ID",
		"Target":[{"ID":"00000003-0000-0000-c000-000000000000","Type":0}],"ApplicationId":"d3590ed6-52b3-4102-aeff-aad2292ab01c",
		"DeviceProperties":[{"Name":"OS","Value":"Windows 10"},{"Name":"SessionId","Value":"50000000-0000-4000-8000-000000000005"}],"ErrorNumber":"0"}`},
	{"Azure Monitor", "%s", time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC), `{"time":"2026-11-20T10:05:00.7654321Z","category":"NonInteractiveUserSignInLogs","tenantId":"7d0c8d6e-9f0a-4b1c-8d2e-3f4a5b6c7d8e","properties":{"id":"ID",
		"createdDateTime":"2026-11-20T10:00:00.1234567Z","userId":"a1b2c3d4-0000-4000-8000-00000000000a","userPrincipalName":"ada@tidewater-lantern.example","appId":"d3590ed6-52b3-4102-aeff-aad2292ab01c","appDisplayName":"Larder",
		"ipAddress":"192.0.2.1","status":{"errorCode":0},"isInteractive":false,"correlationId":"c0000000-0000-4000-8000-0000000000c0","resourceDisplayName":"Microsoft Graph"}}`},
	{"Microsoft Graph", `{"value":[%s]}`, time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC), `{"id":"ID","createdDateTime":"2026-11-20T10:00:00Z","userId":"a1b2c3d4-0000-4000-8000-00000000000a","userPrincipalName":"ada@tidewater-lantern.example",
		"userDisplayName":"Ada Lovelace","appId":"d3590ed6-52b3-4102-aeff-aad2292ab01c","appDisplayName":"Larder","ipAddress":"192.0.2.1","isInteractive":false,"signInEventTypes":["nonInteractiveUser"],"status":{"errorCode":0},
		"location":{"city":"Bern","countryOrRegion":"CH"},"userType":"member"}`},
}

func toldDoc(kind int, id string) string {
	return strings.ReplaceAll(strings.ReplaceAll(toldKinds[kind].doc, "\n\t\t", ""), `"ID"`, `"`+id+`"`)
}

// openMade opens an empty data folder until the test ends.
func openMade(t *testing.T) *datafolder.Folder {
	t.Helper()
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
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

// importTold imports a file of one kind with the sign-ins of some IDs.
func importTold(t *testing.T, w store.Writer, kind int, ids ...string) store.ImportReport {
	t.Helper()
	var docs []string
	for _, id := range ids {
		docs = append(docs, toldDoc(kind, id))
	}
	separator := ",\n"
	if toldKinds[kind].around == "%s" {
		separator = "\n"
	}
	return importText(t, w, fmt.Sprintf(toldKinds[kind].around, strings.Join(docs, separator)), toldKinds[kind].file)
}

func importText(t *testing.T, w store.Writer, text string, changed time.Time) store.ImportReport {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, changed, changed); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC) }
	reports, err := importer.New(w, importer.Options{Now: now}).Paths(t.Context(), path)
	if err != nil || len(reports) != 1 || reports[0].Failure != "" {
		t.Fatalf("%+v, %v", reports, err)
	}
	return reports[0]
}

// toldID is the request ID of the n-th made-up sign-in.
func toldID(n int) string { return fmt.Sprintf("%08x-0000-4000-8000-00000000f00d", n+1) }

// One sign-in makes the same row, with the same history and in the right log, in every order in which its copies of the unified
// audit log, Azure Monitor and Microsoft Graph are imported.
func TestSixOrdersOfAToldSignIn(t *testing.T) {
	t.Parallel()
	db := openMade(t)
	orders := ordersOf(len(toldKinds))
	for round := range toldKinds {
		for kind := range toldKinds {
			var ids []string
			for n, order := range orders {
				if order[round] == kind {
					ids = append(ids, toldID(n))
				}
			}
			if r := importTold(t, db, kind, ids...); r.New+r.Updated != int64(len(ids)) {
				t.Errorf("round %d, %s: %+v", round, toldKinds[kind].name, r)
			}
		}
	}
	var first *store.Record
	for n := range orders {
		for _, log := range store.SignIns.Logs {
			record, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: log.Log, ID: toldID(n)}})
			if log.Log != store.NonInteractive {
				if !errors.Is(err, store.ErrNotFound) {
					t.Errorf("order %v: the %s log has the sign-in too: %v", orders[n], log.Log, err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			var docs []string
			for _, v := range record.Versions {
				docs = append(docs, string(v.Doc))
			}
			want := []string{toldDoc(0, toldID(n)), toldDoc(1, toldID(n)), toldDoc(2, toldID(n))}
			if diff := gocmp.Diff(want, docs); diff != "" {
				t.Errorf("order %v: the history (-want +got):\n%s", orders[n], diff)
			}
			s := record.SignIn()
			s.ID, s.UniqueTokenIdentifier = "", ""
			if first == nil {
				first = &record
			} else if diff := gocmp.Diff(first.SignIn(), s); diff != "" {
				t.Errorf("order %v makes another row than %v:\n%s", orders[n], orders[0], diff)
			}
		}
	}
	s := first.SignIn()
	// What only the poorest copy has fills, and what others have stays theirs.
	if s.SessionID != "50000000-0000-4000-8000-000000000005" || s.UserAgent != "Mozilla/5.0 (told)" || s.OperatingSystem != "Windows 10" ||
		s.IPAddress != "192.0.2.1" || s.City != "Bern" || s.ToldBy != "" || !s.Time.Equal(time.Date(2026, 11, 20, 10, 0, 0, 123456000, time.UTC)) {
		t.Errorf("the merged sign-in: %+v", s)
	}
	for log, want := range map[store.Log]int64{store.Interactive: 0, store.NonInteractive: 6, activity.Log: 6} {
		total, err := db.Total(t.Context(), store.ListQuery{Log: log, Range: store.Range{From: s.Time.AddDate(-1, 0, 0), To: s.Time.AddDate(1, 0, 0)}})
		if err != nil || total.N != want {
			t.Errorf("the %s log has %d, %v; want %d", log, total.N, err, want)
		}
	}
}

// A record that tells a sign-in counts once as new, and in the logs of both.
func TestCountsOfToldSignIns(t *testing.T) {
	t.Parallel()
	db := openMade(t)
	check := func(what string, r store.ImportReport, fresh, updated, same int64, logs map[store.Log]int64) {
		t.Helper()
		if r.Read != fresh+updated+same || r.New != fresh || r.Updated != updated || r.Same != same || !maps.Equal(r.LogCounts, logs) {
			text, _ := json.Marshal(r)
			t.Errorf("%s: %s", what, text)
		}
	}
	check("a first file", importTold(t, db, 0, toldID(1), toldID(2)), 2, 0, 0, map[store.Log]int64{activity.Log: 2, store.Interactive: 2})
	check("the same file", importTold(t, db, 0, toldID(1), toldID(2)), 0, 0, 2, map[store.Log]int64{activity.Log: 2, store.Interactive: 2})
	check("Azure Monitor's copy", importTold(t, db, 1, toldID(1), toldID(3)), 1, 1, 0, map[store.Log]int64{store.NonInteractive: 2})
	check("Azure Monitor's copy again", importTold(t, db, 1, toldID(1)), 0, 0, 1, map[store.Log]int64{store.NonInteractive: 1})
	check("the same file after that", importTold(t, db, 0, toldID(1), toldID(2)), 0, 0, 2, map[store.Log]int64{activity.Log: 2, store.Interactive: 1, store.NonInteractive: 1})
	r := importTold(t, db, 0, toldID(3))
	check("a sign-in that is there", r, 1, 0, 0, map[store.Log]int64{activity.Log: 1, store.NonInteractive: 1})
	if len(r.Times) != 1 || len(r.ToldTimes) != 1 || !strings.Contains(strings.Join(r.CannotShow, "\n"), "1 record tells a sign-in too") {
		t.Errorf("the report: %+v", r)
	}
	none := []string{
		`{"Id":"00000000-0000-4000-8000-00000000000e","IntraSystemId":"00000000-0000-0000-0000-000000000000","RecordType":15,"Operation":"UserLoggedIn","CreationTime":"2026-11-21T10:00:01"}`,
		`{"Id":"00000000-0000-4000-8000-00000000000f","RecordType":15,"Operation":"UserLoggedIn","CreationTime":"2026-11-21T10:00:01"}`,
		`{"Id":"abc-def-123","IntraSystemId":"aaa-bbb-ccc","RecordType":15,"Operation":"UserLoginFailed","CreationTime":"2026-11-21T10:00:01"}`,
		`{"Id":"00000000-0000-4000-8000-000000000010","IntraSystemId":"00000000-0000-4000-8000-000000000010","RecordType":8,"Operation":"Add user.","CreationTime":"2026-11-21T10:00:01"}`,
	}
	check("records that tell no sign-in", importText(t, db, strings.Join(none, "\n"), toldKinds[0].file), 4, 0, 0, map[store.Log]int64{activity.Log: 4})
	check("a record of the former type", importText(t, db, `{"Id":"00000000-0000-4000-8000-000000000009","RecordType":9,"Operation":"PasswordLogonInitialAuthUsingPassword","CreationTime":"2016-11-21T10:00:01","LoginStatus":0}`, toldKinds[0].file),
		1, 0, 0, map[store.Log]int64{activity.Log: 1, store.Interactive: 1})
}
