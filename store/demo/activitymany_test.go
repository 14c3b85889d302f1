package demo

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"
)

// Many records are exactly as many as were asked for, in the tenant's time, each with an ID of its own. Some tell a sign-in of the tenant,
// and others have the token of one.
func TestManyActivity(t *testing.T) {
	t.Parallel()
	const n = 8_000
	tenant, err := New(Options{Rows: n, Seed: 1, Days: 5, Until: testEnd})
	if err != nil {
		t.Fatal(err)
	}
	signIns := map[string]bool{}
	var lines bytes.Buffer
	if err := tenant.Stream(t.Context(), &lines); err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(lines.Bytes()) {
		var signIn struct{ Properties struct{ ID string } }
		if err := json.Unmarshal(line, &signIn); err != nil {
			t.Fatal(err)
		}
		signIns[signIn.Properties.ID] = true
	}
	ids, operations, types, objects, users, days := map[string]bool{}, map[string]int{}, map[int]int{}, map[string]bool{}, map[string]bool{}, map[string]int{}
	told, withToken := 0, 0
	from, until := testEnd.Add(-5*24*time.Hour).Format("2006-01-02T15:04:05"), testEnd.Format("2006-01-02T15:04:05")
	err = tenant.ManyActivity(t.Context(), n, func(line []byte) error {
		var r struct {
			ID, CreationTime, Operation, ObjectID, UserID, IntraSystemID string
			RecordType                                                   int
			AppAccessContext                                             struct{ UniqueTokenID string }
		}
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if ids[r.ID] || r.CreationTime < from || r.CreationTime > until {
			t.Fatalf("out of range, or a second of its ID: %s", line)
		}
		ids[r.ID], objects[r.ObjectID], users[r.UserID] = true, true, true
		operations[r.Operation]++
		types[r.RecordType]++
		days[r.CreationTime[:10]]++
		if r.RecordType == stsLogon {
			told++
			if !signIns[r.IntraSystemID] {
				t.Errorf("tells the sign-in %s, which is none of the tenant's", r.IntraSystemID)
			}
		}
		if r.AppAccessContext.UniqueTokenID != "" {
			withToken++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(ids) != n || told < n/100 || withToken < n/4 || len(objects) < n/4 || len(users) < 500 || len(operations) < 100 || len(types) < 30 || len(days) < 5 {
		t.Errorf("%d records, %d told, %d with a token, %d objects, %d users, %d operations, %d types, %d days", len(ids), told, withToken, len(objects), len(users), len(operations), len(types), len(days))
	}
	if operations["FileAccessed"] < 10*operations["FileMalwareDetected"] {
		t.Errorf("%d files were accessed, %d had malware", operations["FileAccessed"], operations["FileMalwareDetected"])
	}
}
