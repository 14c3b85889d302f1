package importer

import (
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// What is stored can be read again, whatever the file around it said.
func TestKeptRecordsAreReadAgain(t *testing.T) {
	for name, text := range map[string]string{
		"PowerShell without an ID":      "CreatedDateTime,UserPrincipalName,UserDisplayName,AppDisplayName,IPAddress,ClientAppUsed\n2026-11-28T10:00:00Z,ada@example.com,Ada,Mail,192.0.2.1,Browser\n",
		"Defender without its logon":    "Timestamp,Application,AccountObjectId,IPAddress,ErrorCode,RequestId,EndpointCall\n2026-11-28T10:00:00Z,Mail,u1,192.0.2.1,0,r1,\n",
		"Defender with an empty column": "Timestamp,Application,AccountObjectId,AccountUpn,IPAddress,ErrorCode,RequestId,LogonType\n2026-11-28T10:00:00Z,Mail,u1,,192.0.2.1,0,r1,\n",
		"a portal's file":               portalHead + portalLine,
		"Log Analytics":                 "TimeGenerated [UTC],Id,CreatedDateTime [UTC],UserPrincipalName,DeviceDetail_dynamic,Type\n2026-11-28T10:00:00Z,r1,2026-11-28T09:59:00Z,ada@example.com,\"{\"\"displayName\"\":\"\"PC1\"\"}\",SigninLogs\n",
	} {
		w := newFakeWriter()
		r := readAs(t, w, "InteractiveSignIns_x.csv", text, Answers{})
		if r.New != 1 {
			t.Errorf("%s: %+v", name, r)
			continue
		}
		for key, versions := range w.rows {
			for _, v := range versions {
				log, _, _ := strings.Cut(key, "/")
				again, err := Decoder(signInsOnly)(store.Log(log), v.Doc)
				if err != nil || again.Head().ID != v.Entry.Head().ID || !again.Head().Time.Equal(v.Entry.Head().Time) {
					t.Errorf("%s: %s read again: %v, %v", name, v.Doc, again, err)
				}
			}
		}
	}
}

// A file of audit records and one in a language without a table are no file of sign-ins.
func TestOtherFilesOfThePortal(t *testing.T) {
	for _, head := range []string{
		"Date (UTC),CorrelationId,Service,Category,Activity,Result,ResultReason,ActorType",
		"Date (UTC),ID de requ\u00eate,Utilisateur,Application,Adresse IP,Statut,Emplacement",
	} {
		r := readAs(t, newFakeWriter(), "x.csv", head+"\r\n"+strings.Repeat("a,", strings.Count(head, ","))+"a\r\n", Answers{Log: "interactive"})
		if r.Format != Unknown || r.RejectedTotal > 0 || r.Unreadable == 0 {
			t.Errorf("%s: %+v", head, r)
		}
	}
}

// Words of another language take the place of no value.
func TestTranslatedWordsAreNoValues(t *testing.T) {
	head := strings.NewReplacer("Authentication requirement", "Requisito de autenticaci\u00f3n", "User type", "Tipo de usuario").Replace("Date (UTC),Request ID,Username,Authentication requirement,User type,Sign-in error code\r\n")
	w := newFakeWriter()
	readAs(t, w, "InteractiveSignIns_x.csv", head+"2026-11-28T10:00:00Z,r1,ada@example.com,Autenticaci\u00f3n multifactor,miembro,0\r\n", Answers{})
	s := w.rows["interactive/r1"][0].SignIn()
	if s.AuthenticationRequirement != "" || s.UserType != "" || !strings.Contains(string(w.rows["interactive/r1"][0].Doc), "miembro") {
		t.Errorf("%q, %q of %s", s.AuthenticationRequirement, s.UserType, w.rows["interactive/r1"][0].Doc)
	}
	readAs(t, w, "InteractiveSignIns_x.csv", head+"2026-11-28T10:00:00Z,r2,ada@example.com,multiFactorAuthentication,Member,0\r\n", Answers{})
	if s = w.rows["interactive/r2"][0].SignIn(); s.AuthenticationRequirement != "multiFactorAuthentication" || s.UserType != "member" {
		t.Errorf("%q, %q", s.AuthenticationRequirement, s.UserType)
	}
}

// A date whose day and month are the same number asks nothing. Times before AM and PM may have a narrow blank. A zone that is said
// for all files moves no time that states UTC.
func TestDatesThatDecide(t *testing.T) {
	zurich, err := time.LoadLocation("Europe/Zurich")
	must(t, err)
	for cell, want := range map[string]string{
		"11/11/2026 09:30:00":         "2026-11-11T09:30:00Z",
		"11/28/2026, 9:30:00\u202fPM": "2026-11-28T21:30:00Z",
		"28.11.2026 09:30:00":         "2026-11-28T09:30:00Z",
	} {
		w := newFakeWriter()
		r := readAs(t, w, "InteractiveSignIns_x.csv", "Date (UTC),Request ID,Username,Sign-in error code\r\n\""+cell+"\",r1,ada@example.com,0\r\n", Answers{Zone: zurich})
		if rows := w.rows["interactive/r1"]; rows == nil || isoTime(rows[0].Entry.Head().Time) != want {
			t.Errorf("%s: %v, %+v", cell, rows, r)
		}
	}
}

// A local date in JSON that the beginning of the file did not announce is no American date.
func TestLateLocalDateInJSON(t *testing.T) {
	many := strings.Repeat(" ", firstWindow)
	for _, text := range []string{
		`[{"id":"1","createdDateTime":"2026-11-28T10:00:00Z","userPrincipalName":"a","appId":"b","ipAddress":"c"},` + many + `{"id":"2","createdDateTime":"03/11/2026 10:00:00","userPrincipalName":"a","appId":"b","ipAddress":"c"}]`,
	} {
		w := newFakeWriter()
		r := readAs(t, w, "x.json", text, Answers{})
		if r.RejectedTotal != 1 || !strings.Contains(r.Rejected[0].Reason, "--dates") || len(w.rows) != 1 {
			t.Errorf("%+v", r)
		}
	}
	r := readAs(t, newFakeWriter(), "x.json", `[{"id":"2","createdDateTime":"03\/11\/2026 10:00:00","userPrincipalName":"a","appId":"b","ipAddress":"c"}]`, Answers{})
	if !slices.Contains(r.Asks, store.AskDates) {
		t.Errorf("escaped slashes: %+v", r)
	}
}

func TestObjectsAsText(t *testing.T) {
	got, ok := objectOfText("@{ErrorCode=50126; FailureReason=Wrong; try again; see b=1; AdditionalDetails=}")
	if want := `{"ErrorCode":"50126","FailureReason":"Wrong; try again; see b=1","AdditionalDetails":""}`; !ok || string(got) != want {
		t.Errorf("%s, want %s", got, want)
	}
	deep := strings.Repeat("@{a=", 200_000) + strings.Repeat("}", 200_000)
	began := time.Now()
	if objectOfText(deep); time.Since(began) > 10*time.Second {
		t.Error("a deep object takes ", time.Since(began))
	}
}

// The parts of a place are told by where they stand.
func TestPlaceWithoutACity(t *testing.T) {
	for cell, want := range map[string][3]string{
		", Bavaria, DE": {"", "Bavaria", "DE"}, "Munich, Bavaria, DE": {"Munich", "Bavaria", "DE"}, "Munich, DE": {"Munich", "", "DE"}, "DE": {"", "", "DE"},
	} {
		d := newDecoder(nil)
		d.begin(&store.SignIn{})
		d.setCellLocation(cell)
		if got := [3]string{d.into.City, d.into.State, d.into.CountryOrRegion}; got != want {
			t.Errorf("%s: %q, want %q", cell, got, want)
		}
	}
}
