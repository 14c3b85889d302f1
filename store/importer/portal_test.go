package importer

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
)

// readAs imports a text under a file's name.
func readAs(t *testing.T, w *fakeWriter, name, text string, answers Answers) store.ImportReport {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, []byte(text), 0o600))
	reports, err := New(w, Options{Answers: answers}).Files(t.Context(), File{Path: path, Name: name, Uploaded: true})
	must(t, err)
	return reports[0]
}

const (
	portalHead = "Date (UTC),Request ID,User,Username,User ID,User type,Application,Application ID ,IP address,Location,Status,Sign-in error code,Failure reason,Incoming token type,Authentication requirement,Compliant,Conditional Access,Latency,Incoming token type\r\n"
	portalLine = "2026-11-28T09:36:00Z,r1,Ada Hollow,ada@example.com,u1,Member,Mail,a1,192.0.2.7,\"Bern, Bern, CH\",Failure,50126,Other.,None,Multifactor authentication,true,Not applied,17,None\r\n"
)

func TestPortalRow(t *testing.T) {
	w := newFakeWriter()
	r := readAs(t, w, "NonInteractiveSignIns_2026-11-28_2026-11-28 (1).csv", "\ufeff"+portalHead+portalLine, Answers{})
	if r.Format != PortalCSV || r.New != 1 {
		t.Fatalf("got %+v", r)
	}
	got := w.rows["noninteractive/r1"][0].SignIn()
	want := &store.SignIn{
		UserDisplayName: "Ada Hollow", UserPrincipalName: "ada@example.com", UserID: "u1", UserType: "member", AppDisplayName: "Mail", AppID: "a1", IPAddress: "192.0.2.7",
		City: "Bern", State: "Bern", CountryOrRegion: "CH", StatedStatus: "Failure", ErrorCode: store.IntOf(50126), AuthenticationRequirement: "multiFactorAuthentication",
		IsCompliant: store.True, ConditionalAccessStatus: "notApplied", ProcessingTimeInMilliseconds: store.IntOf(17),
	}
	want.SetHead(store.Head{Log: store.NonInteractive, ID: "r1", Time: time.Date(2026, 11, 28, 9, 36, 0, 0, time.UTC)})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	again, err := Decoder(signInsOnly)(store.NonInteractive, w.rows["noninteractive/r1"][0].Doc)
	if err != nil || cmp.Diff(got, again) != "" {
		t.Errorf("decoded again it is %+v, %v", again, err)
	}
	if _, err := Decoder(signInsOnly)("", w.rows["noninteractive/r1"][0].Doc); err != nil {
		t.Error(err)
	}
}

// The words of a file in another language say nothing; its error code tells the status.
func TestPortalInOtherLanguages(t *testing.T) {
	for name, text := range map[string]string{
		"Spanish": "Fecha (UTC),Id. de solicitud,Usuario,Nombre de usuario,Aplicación,Dirección IP,Ubicación,Estado,Código de error de inicio de sesión,Requisito de autenticación\n2026-11-28T09:36:00Z,r1,Ada,ada@example.com,Mail,192.0.2.7,\"Berna, CH\",Correcto,0,Autenticación multifactor\n",
		"Italian": "Data (UTC);ID richiesta;Utente;Nome utente;Applicazione;Indirizzo IP;Località;Stato;Codice di errore dell'accesso;Requisito per l'autenticazione\n2026-11-28T09:36:00Z;r1;Ada;ada@example.com;Mail;192.0.2.7;Berna, CH;Operazione riuscita;0;Autenticazione a più fattori\n",
	} {
		w := newFakeWriter()
		r := readAs(t, w, "InteractiveSignIns_1.csv", text, Answers{})
		if r.Format != PortalCSV || r.New != 1 {
			t.Errorf("%s: got %+v", name, r)
			continue
		}
		s := w.rows["interactive/r1"][0].SignIn()
		if s.UserPrincipalName != "ada@example.com" || s.AppDisplayName != "Mail" || s.City != "Berna" || s.CountryOrRegion != "CH" || s.StatedStatus != "" || s.ErrorCode != store.IntOf(0) {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

const principalText = "Date (UTC),Request ID,Service principal ID,Service principal name,Credential key ID,Sign-in error code\r\n2026-11-28T10:00:00Z,r1,sp1,Backup,k1,0\r\n"

// The log of a file follows from its name, else it is asked. Nothing is stored before it is answered.
func TestPortalAsksForTheLog(t *testing.T) {
	for _, test := range []struct {
		name, log string
		want      store.Log
	}{
		{"InteractiveSignIns_2026-11-28.csv", "", store.Interactive},
		{"interactivesignins (1).csv", "noninteractive", store.Interactive},
		{"NonInteractiveSignIns.csv", "", store.NonInteractive},
		{"ApplicationSignIns_x.csv", "", store.ServicePrincipal},
		{"MSISignIns_x.csv", "", store.ManagedIdentity},
		{"export.csv", "managedidentity", store.ManagedIdentity},
		{"export.csv", "", ""},
		{"users.csv", "managedidentity", ""},
		{"ApplicationSignIns_users.csv", "interactive", store.Interactive},
	} {
		w := newFakeWriter()
		text := principalText
		if info, _ := store.SignIns.Log(test.want); info.User || test.want == "" {
			text = portalHead + portalLine
		}
		r := readAs(t, w, test.name, text, Answers{Log: test.log})
		if test.want == "" {
			if len(w.rows) > 0 || !slices.Equal(r.Asks, []string{store.AskLog}) || r.Unreadable != 1 || !strings.Contains(strings.Join(r.CannotShow, " "), "--log") {
				t.Errorf("%s: %d stored, %+v", test.name, len(w.rows), r)
			}
			continue
		}
		if w.rows[string(test.want)+"/r1"] == nil || r.Asks != nil {
			t.Errorf("%s with %q: %v, %+v", test.name, test.log, w.logs(), r)
		}
	}
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	member, err := archive.Create("folder/MSISignIns_2026.csv")
	must(t, err)
	_, err = member.Write([]byte(principalText))
	must(t, err)
	must(t, archive.Close())
	w := newFakeWriter()
	if readAs(t, w, "download.zip", packed.String(), Answers{}); w.rows["managedidentity/r1"] == nil {
		t.Errorf("in an archive: %v", w.logs())
	}
}

const stepsText = "Date,Request ID,Authentication method,Authentication method detail,Succeeded,Result detail,Requirement\r\n" +
	"2026-11-28T09:35:58Z,r1,Password,Password Hash Sync,true,Correct password,Primary authentication\r\n" +
	"2026-11-28T09:36:02Z,r1,Mobile app notification,,false,User did not respond,Multifactor authentication\r\n"

// The authentication details' file may come before or after its sign-ins.
func TestPortalSteps(t *testing.T) {
	var first *store.SignIn
	for _, stepsFirst := range []bool{false, true} {
		w := newFakeWriter()
		read := []func(){
			func() { readAs(t, w, "InteractiveSignIns_x.csv", portalHead+portalLine, Answers{}) },
			func() {
				if r := readAs(t, w, "InteractiveSignIns_x_AuthDetails.csv", stepsText, Answers{}); r.Format != PortalCSV || r.RejectedTotal > 0 || r.New+r.Updated != 1 {
					t.Errorf("got %+v", r)
				}
			},
		}
		if stepsFirst {
			slices.Reverse(read)
		}
		for _, f := range read {
			f()
		}
		got := mergedIn(w)["interactive/r1"]
		if len(w.rows) != 1 || len(got.AuthenticationDetails) != 2 || got.AuthenticationDetails[1].Succeeded != store.False || !got.Time.Equal(time.Date(2026, 11, 28, 9, 36, 0, 0, time.UTC)) || got.TimeIsIngestion {
			t.Fatalf("%d sign-ins, %+v", len(w.rows), got)
		}
		if first == nil {
			first = got
		} else if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("(-sign-ins first +steps first):\n%s", diff)
		}
	}
	w := newFakeWriter()
	r := readAs(t, w, "InteractiveSignIns_x_AuthDetails.csv", stepsText+strings.ReplaceAll(strings.SplitAfter(stepsText, "\n")[1], "r1", "r2")+strings.SplitAfter(stepsText, "\n")[1], Answers{})
	if r.RejectedTotal != 1 || r.New != 2 || !strings.Contains(r.Rejected[0].Reason, "stands apart") {
		t.Errorf("rows apart: %+v", r)
	}
}

func TestBrokenPortalRows(t *testing.T) {
	w := newFakeWriter()
	r := readAs(t, w, "InteractiveSignIns_x.csv", portalHead+
		strings.Replace(portalLine, "r1", "", 1)+strings.Replace(portalLine, "2026-11-28T09:36:00Z", "soon", 1)+strings.TrimRight(portalLine, "\r\n")+",17,18\r\n"+portalLine+"2026-11-28T09:36:00Z,\"r9", Answers{})
	var reasons []string
	for _, rejected := range r.Rejected {
		reasons = append(reasons, rejected.Reason)
	}
	want := []string{
		"the row has no request ID.", `the time "soon" cannot be read: the time is written like 2026-11-28T11:48:00Z.`,
		"the row has 21 cells, and there are 19 headings: a comma or a quote mark is missing or too many.",
		"the row is cut off: the file ends inside it, or a quote mark in it is not closed.",
	}
	if !slices.Equal(reasons, want) || r.New != 1 || r.Read != 5 {
		t.Errorf("got %q, %+v", reasons, r)
	}
}

// Whoever may not see Conditional Access data sees none of it in the record of a row, whatever the language of its heading.
func TestPortalConditionalAccessIsWithheld(t *testing.T) {
	for name, heading := range map[string]string{
		"English": "Conditional Access", "Spanish": "Acceso condicional", "Italian": "Accesso condizionale", "a language that is not known": "Bedingter Zugriff",
		"a heading that is new": "Policies that applied", "no heading": "",
	} {
		w := newFakeWriter()
		r := readAs(t, w, "InteractiveSignIns_1.csv", "Date (UTC),Request ID,Username,Sign-in error code,"+heading+"\n2026-11-28T09:36:00Z,r1,ada@example.com,53003,Failure of Block legacy\n", Answers{})
		if r.New != 1 {
			t.Fatalf("%s: %+v", name, r)
		}
		v := w.rows["interactive/r1"][0]
		if !bytes.Contains(v.Doc, []byte("Block legacy")) {
			t.Fatalf("%s: nothing to withhold in %s", name, v.Doc)
		}
		redacted := store.SignIns.Redact(v.Doc, store.ClassesOf(store.ConditionalAccess))
		if want := `{"Date (UTC)":"2026-11-28T09:36:00Z","Request ID":"r1","Username":"ada@example.com","Sign-in error code":"53003"}`; string(redacted) != want {
			t.Errorf("%s: got %s", name, redacted)
		}
		if _, unknown := Unread(signInsOnly)(redacted); len(unknown) > 0 {
			t.Errorf("%s: the keys %v are shown", name, unknown)
		}
		again, err := Decoder(signInsOnly)(store.Interactive, redacted)
		if err != nil || again.Head() != v.Entry.Head() || again.(*store.SignIn).UserPrincipalName != "ada@example.com" {
			t.Errorf("%s: what is left is %+v, %v", name, again, err)
		}
	}
}

// A portal file in a language that is not known is one that somebody maps.
func TestPortalInUnknownLanguageIsMapped(t *testing.T) {
	text := "Datum (UTC),Anforderungs-ID,Benutzername,Anwendung,IP-Adresse,Status,Bedingter Zugriff\n2026-11-28T09:36:00Z,6d7d1a4f-0000-4000-8000-000000000001,ada@example.com,Mail,192.0.2.7,Erfolg,Erfolg\n"
	if r := readAs(t, newFakeWriter(), "InteractiveSignIns_1.csv", text, Answers{}); r.Format != Unknown || r.Unreadable != 1 {
		t.Errorf("got %+v", r)
	}
	look := lookAtText(t, "InteractiveSignIns_1.csv", text, store.Mapping{Log: store.Interactive})
	if look.Known != "" || look.Log != store.Interactive || look.Guess["Datum (UTC)"] != "createdDateTime" || look.Guess["Status"] != "" || look.Guess["Benutzername"] != "userPrincipalName" {
		t.Errorf("got %+v", look)
	}
}
