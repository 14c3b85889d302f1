package importer

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/activity"
	"signpost/store/kinds"
)

const toldRecord = `{"CreationTime":"2026-11-20T10:00:01","Id":"0d1f2a3b-0000-4000-8000-00000000f00d","IntraSystemId":"0d1f2a3b-0000-4000-8000-00000000f00d","Operation":"UserLoggedIn","RecordType":15,"Workload":"AzureActiveDirectory",` +
	`"UserKey":"a1b2c3d4-0000-4000-8000-00000000000a","UserType":0,"UserId":"ada@tidewater-lantern.example","ApplicationId":"d3590ed6-52b3-4102-aeff-aad2292ab01c","ClientIP":"192.0.2.1:443","ErrorNumber":"0",` +
	`"DeviceProperties":[{"Name":"IsCompliantAndManaged","Value":"False"},{"Name":"TrustType","Value":"1"}]}`

// The log in which a told copy is kept decides which values it has there: no service principal has a device.
func TestToldCopiesInEveryLog(t *testing.T) {
	decode := Decoder(kinds.Catalog)
	for _, info := range store.SignIns.Logs {
		e, err := decode(info.Log, []byte(toldRecord))
		if err != nil {
			t.Fatal(err)
		}
		s := e.(*store.SignIn)
		if s.Log != info.Log || s.ID != "0d1f2a3b-0000-4000-8000-00000000f00d" || s.ToldBy != activity.Log || s.ErrorCode != store.IntOf(0) || s.IsManaged != store.Unset || s.TrustType != "" ||
			(s.IPAddress == "192.0.2.1") == (info.Log == store.ManagedIdentity) || (s.UserPrincipalName != "") != info.User {
			t.Errorf("%s: %+v", info.Log, s)
		}
	}
	if e, err := decode(activity.Log, []byte(toldRecord)); err != nil || e.Head().ToldBy != "" {
		t.Errorf("the record itself: %+v, %v", e, err)
	}
	if e, err := decode(store.Interactive, []byte(strings.Replace(toldRecord, "UserLoggedIn\",\"RecordType\":15", "Add user.\",\"RecordType\":8", 1))); err == nil {
		t.Errorf("a record that tells no sign-in: %+v", e)
	}
}

// The explanation of a file says that it tells sign-ins too. It names their log, and what they cannot show.
func TestExplainToldSignIns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "told.json")
	if err := os.WriteFile(path, []byte("["+toldRecord+"]"), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := ExplainPaths(t.Context(), kinds.Catalog, Options{}, path)
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	e, at := found[0], time.Date(2026, 11, 20, 10, 0, 1, 0, time.UTC)
	if e.LogCounts[activity.Log] != 1 || e.LogCounts[store.Interactive] != 1 || !e.Times[store.Interactive].First.Equal(at) || e.Read != 1 ||
		!slices.Contains(e.CannotShow, toldSentence(1, store.SignIns)) || !slices.Contains(e.CannotShow, toldLacks.sentence(toldSource)) {
		t.Errorf("%+v", e)
	}
}

// Whatever a log of sign-ins keeps: a copy that it takes for a told one has a request ID and is of that log.
func FuzzToldCopies(f *testing.F) {
	f.Add([]byte(toldRecord))
	f.Add([]byte(`{"RecordType":"AzureActiveDirectoryAccountLogon","Operations":"UserLoggedIn","AuditData":"{\"Id\":\"x\"}"}`))
	f.Add([]byte(`{"time":"2026-11-20T10:20:00Z","category":"EnrichedOffice365AuditLogs","properties":` + toldRecord + `}`))
	decode := Decoder(kinds.Catalog)
	f.Fuzz(func(t *testing.T, doc []byte) {
		for _, info := range store.SignIns.Logs {
			e, err := decode(info.Log, doc)
			if err != nil {
				continue
			}
			if _, isSignIn := e.(*store.SignIn); !isSignIn && e.Head().ToldBy != "" {
				t.Errorf("a told copy that is no sign-in: %s", doc)
			}
			if h := e.Head(); h.ToldBy != "" && (h.Log != info.Log || len(h.ID) != 36 || strings.Trim(h.ID, "0-") == "" || h.Time.IsZero()) {
				t.Errorf("%+v of %s", h, doc)
			}
		}
	})
}
