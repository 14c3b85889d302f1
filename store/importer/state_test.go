package importer

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

// importStates imports a file under a name and gives the rows of reports that the engine got.
func importStates(t *testing.T, name, text string) ([]store.StateRow, store.ImportReport) {
	t.Helper()
	k := &keepsDirectory{}
	report, err := New(k, Options{}).Reader(t.Context(), name, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if report.Read != report.New+report.Updated+report.Same+report.Skipped+report.RejectedTotal {
		t.Errorf("the counts do not add up: %+v", report)
	}
	var rows []store.StateRow
	for _, b := range k.batches {
		rows = append(rows, b.States...)
		if len(b.Objects)+len(b.Memberships)+len(b.Ownerships) > 0 {
			t.Errorf("the file gave objects: %+v", b)
		}
	}
	return rows, report
}

// record reads a published sample, and skips the test where the folder is not at hand.
func record(t *testing.T, name string) string {
	t.Helper()
	found, err := filepath.Glob(fixtures + "/../records/*/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Skip("the published records are not at hand")
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The three samples are Graph's own, as its reference pages have them.
func TestPublishedReports(t *testing.T) {
	updated := time.Date(2023, 3, 13, 19, 15, 41, 619583000, time.UTC)
	for name, want := range map[string][]store.StateRow{
		"v1.0_list_userregistrationdetails_ex1.json": {
			&store.Registration{
				ID: "86462606-fde0-4fc4-9e0c-a20eb73e54c6", Username: "AlexW@Contoso.com", Name: "Alex Wilber", Admin: store.False, UserType: "member",
				MFARegistered: store.True, MFACapable: store.True, PasswordlessCapable: store.False, SSPRRegistered: store.False, SSPREnabled: store.False, SSPRCapable: store.False,
				Methods: []string{"microsoftAuthenticatorPush", "softwareOneTimePasscode"}, PreferredMethod: "push", SystemPreferred: []string{"push"}, SystemPreferredOn: store.True, Updated: updated,
			},
			&store.Registration{
				ID: "c6ad1942-4afa-47f8-8d48-afb5d8d69d2f", Username: "AllanD@Contoso.com", Name: "Allan Deyoung", Admin: store.False, UserType: "guest",
				MFARegistered: store.False, MFACapable: store.False, PasswordlessCapable: store.False, SSPRRegistered: store.False, SSPREnabled: store.False, SSPRCapable: store.False,
				Methods: []string{}, SystemPreferred: []string{}, SystemPreferredOn: store.True, Updated: updated,
			},
		},
		"beta_reportroot-list-credentialuserregistrationdetails_ex1.json": {
			&store.Registration{
				ID: "id-value", Username: "userPrincipalName", Name: "userDisplayName-value", Methods: []string{"email", "mobileSMS"}, Former: true,
				SSPRRegistered: store.False, SSPREnabled: store.True, SSPRCapable: store.False, MFARegistered: store.True,
			},
		},
		"beta_reportroot-list-usercredentialusagedetails_ex1.json": {
			&store.CredentialUse{
				ID: "id-value", Feature: "registration", Username: "userPrincipalName-value", Name: "userDisplayName-value", Success: store.True, Method: "email",
				Reason: "User contacted an admin after trying the email verification option", Time: time.Date(2019, 4, 1, 0, 0, 0, 0, time.UTC),
			},
		},
	} {
		rows, report := importStates(t, name, record(t, name))
		if diff := gocmp.Diff(want, rows); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		kind, _ := want[0].StateKey()
		if n := int64(len(want)); report.Format != GraphReport || report.New != n || report.Directory[kind.String()] != n || len(report.CannotShow) > 0 {
			t.Errorf("%s: the report is %+v", name, report)
		}
	}
}

// No sample of these reports is published as a file: the rows are made from the reference, in the spellings that it tells of live
// answers and of documents.
func TestMadeReports(t *testing.T) {
	const key, app = "11111111-2222-4333-8444-555555555555", "99999999-8888-4777-8666-555555555555"
	at := time.Date(2026, 11, 3, 4, 5, 6, 0, time.UTC)
	answer := func(kind, rows string) string {
		return `{"@odata.context":"https://graph.microsoft.com/beta/$metadata#Collection(microsoft.graph.` + kind + `)","value":[` + rows + `]}`
	}
	credential := func(keyType string) *store.CredentialActivity {
		return &store.CredentialActivity{
			KeyID: key, Type: store.CredentialTypeOf(keyType), Usage: "sign", Origin: "application", AppID: app, AppObjectID: "ob", ResourceID: "re", Created: at, Expires: at.AddDate(2, 0, 0),
			Last: store.LastUse{Time: at, Request: "Aggregated"},
		}
	}
	users, rate, failed, total := int64(3), 0.75, int64(1), int64(4)
	for _, tt := range []struct {
		name, text string
		want       []store.StateRow
	}{
		{"a live credential", answer("appCredentialSignInActivity", `{"id":"MTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1","keyId":"`+strings.ToUpper(key)+`","keyType":"password","keyUsage":"sign","appId":"`+app+
			`","appObjectId":"ob","servicePrincipalObjectId":null,"resourceId":"re","credentialOrigin":"application","createdDateTime":"2026-11-03T04:05:06Z","expirationDateTime":"2028-11-03T04:05:06Z",
			"signInActivity":{"lastSignInDateTime":"2026-11-03T04:05:06Z","lastSignInRequestId":"Aggregated"}}`), []store.StateRow{credential("password")}},
		{"a credential as documents have it", `{"@odata.type":"#microsoft.graph.appCredentialSignInActivity","id":"MTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1fGFwcGxpY2F0aW9u","keyType":"secret","keyUsage":"sign","appId":"` + app +
			`","appObjectId":"ob","resourceId":"re","createdDateTime":"2026-11-03T04:05:06Z","expirationDate":"2028-11-03T04:05:06Z","signInActivity":{"lastSignInDateTime":"2026-11-03T04:05:06Z","lastSignInRequestId":"Aggregated"}}`, []store.StateRow{credential("clientSecret")}},
		{"one a line, by keys", `{"keyId":"` + key + `","keyType":"certificate","credentialOrigin":"servicePrincipal","signInActivity":null}` + "\n" + `{"keyId":"` + key + `","keyType":"certificate","credentialOrigin":"application"}`, []store.StateRow{
			&store.CredentialActivity{KeyID: key, Type: store.CertificateCredential, Origin: "servicePrincipal"}, &store.CredentialActivity{KeyID: key, Type: store.CertificateCredential, Origin: "application"},
		}},
		{"service principals", `[{"id":"OTk5OTk5OTktODg4OC00Nzc3LTg2NjYtNTU1NTU1NTU1NTU1","lastSignInActivity":{"lastSignInDateTime":"2026-11-03T04:05:06Z","lastSignInRequestId":"r1"},"delegatedClientSignInActivity":null,
			"applicationAuthenticationClientSignInActivity":{"lastSignInDateTime":null,"lastSignInRequestId":null},"applicationAuthenticationResourceSignInActivity":{"lastSignInDateTime":"2026-11-03T04:05:06Z","lastSignInRequestId":"Aggregated"}}]`, []store.StateRow{
			&store.PrincipalActivity{AppID: app, Last: store.LastUse{Time: at, Request: "r1"}, AppResource: store.LastUse{Time: at, Request: "Aggregated"}},
		}},
		{"AD FS", answer("relyingPartyDetailedSummary", `{"id":"1","relyingPartyId":"urn:Payroll","relyingPartyName":"Payroll","serviceId":"s","replyUrls":["https://pay.example/a","https://pay.example/b"],"uniqueUserCount":3,
			"successfulSignInCount":null,"failedSignInCount":1,"totalSignInCount":4,"signInSuccessRate":0.75,"migrationStatus":"needsReview","migrationValidationDetails":[{"name":"AdditionalAuthentication","value":"{\"result\":\"fail\",\"message\":\"No rule.\"}"},{"name":"Odd","value":"2"}]}`), []store.StateRow{
			&store.RelyingParty{
				ID: "urn:Payroll", Name: "Payroll", ServiceID: "s", ReplyURLs: []string{"https://pay.example/a", "https://pay.example/b"}, Users: &users, Failed: &failed, Total: &total, SuccessRate: &rate,
				Migration: "needsReview", Checks: []store.MigrationCheck{{Name: "AdditionalAuthentication", Result: "fail", Message: "No rule."}, {Name: "Odd", Value: "2"}},
			},
		}},
		{"a guest of the beta", answer("userRegistrationDetails", `{"id":"G1","userPrincipalName":"ada_far.example#EXT#@contoso.example","isMfaCapable":true,"methodsRegistered":["fido2SecurityKey"],"defaultMfaMethod":"push","userType":"Guest"}`), []store.StateRow{
			&store.Registration{ID: "g1", Username: "ada_far.example#EXT#@contoso.example", MFACapable: store.True, Methods: []string{"fido2SecurityKey"}, DefaultMethod: "push", UserType: "guest"},
		}},
	} {
		rows, report := importStates(t, "a.json", tt.text)
		if diff := gocmp.Diff(tt.want, rows); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if report.Format != GraphReport || report.New != int64(len(tt.want)) || len(report.CannotShow) > 0 {
			t.Errorf("%s: the report is %+v", tt.name, report)
		}
	}
}

// Rows of Export-Csv and of the other SDKs are read as those of Graph are. The rows are made from the reference.
func TestReportSpellings(t *testing.T) {
	want := []store.StateRow{
		&store.Registration{ID: "u1", Username: "ada@example.com", Admin: store.True, MFACapable: store.False, Methods: []string{"email", "mobilePhone"}},
		&store.Registration{ID: "u2", Username: "bob@example.com", Methods: nil},
	}
	for name, text := range map[string]string{
		"a.csv":       "\"Id\",\"IsAdmin\",\"IsMfaCapable\",\"MethodsRegistered\",\"UserPrincipalName\"\n\"u1\",\"True\",\"False\",\"email, mobilePhone\",\"ada@example.com\"\n\"u2\",,,\"System.String[]\",\"bob@example.com\"\n",
		"a.json":      `[{"id":"u1","is_admin":true,"is_mfa_capable":false,"methods_registered":["email","mobilePhone"],"user_principal_name":"ada@example.com","is_sspr_capable":null},{"id":"u2","is_mfa_capable":null,"methods_registered":"System.String[]","user_principal_name":"bob@example.com"}]`,
		"pascal.json": `[{"Id":"u1","IsAdmin":true,"IsMfaCapable":false,"MethodsRegistered":["email","mobilePhone"],"UserPrincipalName":"ada@example.com","AdditionalProperties":{}},{"Id":"u2","IsMfaCapable":null,"MethodsRegistered":"System.String[]","UserPrincipalName":"bob@example.com"}]`,
	} {
		rows, report := importStates(t, name, text)
		if diff := gocmp.Diff(want, rows); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if said := strings.Join(report.CannotShow, "\n"); report.New != 2 || !strings.Contains(strings.ToLower(said), "in a shape that is not read: the value is not kept.") {
			t.Errorf("%s: the report is %+v", name, report)
		}
	}
}

func TestBrokenReports(t *testing.T) {
	for _, tt := range []struct{ name, text, reason string }{
		{"a registration without an ID", `{"isMfaCapable":true,"methodsRegistered":[],"userPrincipalName":"a@example.com"}`, noID},
		{"an event without an ID", `{"feature":"reset","isSuccess":true,"eventDateTime":"2026-11-01T00:00:00Z"}`, noID},
		{"an event without a time", `{"id":"e","feature":"reset","isSuccess":true}`, "the row has no eventDateTime."},
		{"an event with a time that is none", `{"id":"e","feature":"reset","isSuccess":true,"eventDateTime":"soon"}`, "the eventDateTime of the row cannot be read."},
		{"an event of no time", `{"id":"e","feature":"reset","isSuccess":true,"eventDateTime":"1066-10-14T00:00:00Z"}`, "the eventDateTime of the row is out of reach: no record can be of that time."},
		{"a credential without a key", `{"id":"eA==","credentialOrigin":"application","appId":"a"}`, "the row names no key: it has neither a keyId nor an id that holds one."},
		{"a principal without an application", `{"id":"x","lastSignInActivity":null}`, "the row names no application: it has neither an appId nor an id that holds one."},
		{"a relying party without an ID", `{"relyingPartyName":"Payroll"}`, "the row names no relying party: it has neither a relyingPartyId nor an id."},
		{"half a row", `{"id":"x","isMfaCapable":`, "the record is cut off: the file ends inside it."},
	} {
		rows, report := importStates(t, "a.json", "\n"+tt.text)
		if len(rows) > 0 || report.RejectedTotal != 1 || report.Rejected[0].Line != 2 || report.Rejected[0].Reason != tt.reason {
			t.Errorf("%s: %d rows, %+v", tt.name, len(rows), report)
		}
	}
}

func TestReportMembersThatAreNotKept(t *testing.T) {
	_, report := importStates(t, "a.json", `[{"id":"u1","isMfaCapable":"maybe","methodsRegistered":[],"shoeSize":42},{"id":"u2","isMfaCapable":{},"methodsRegistered":[],"shoeSize":null,"hat":true}]`)
	want := []string{
		"2 rows of registration details with isMfaCapable in a shape that is not read: the value is not kept.",
		"Not kept of the registration details, since this version does not know it: hat, shoeSize.",
	}
	if diff := gocmp.Diff(want, report.CannotShow); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzReport: no document crashes the readers of reports. What is read of it is written and read again alike.
func FuzzReport(f *testing.F) {
	seeds(f)
	f.Add([]byte(`{"id":"u1","isMfaCapable":true,"methodsRegistered":["fido2SecurityKey"],"lastUpdatedDateTime":"2026-11-01T00:00:00Z"}`))
	f.Add([]byte(`{"id":"bnVsbA==","keyId":null,"keyType":"secret","signInActivity":"{\"lastSignInDateTime\":\"2026-11-01\"}","expirationDate":"9999-12-31T00:00:00Z"}`))
	f.Add([]byte(`{"relyingPartyId":"x","migrationValidationDetails":[{"name":"a","value":"{\"result\":1}"},2],"signInSuccessRate":"1e309"}`))
	f.Add([]byte(`{"id":"sp","appId":"a","servicePrincipalType":"Application","owners":[{"id":"o"}],"keyCredentials":[{"keyId":"k","customKeyIdentifier":"AAAA","key":"x"}],"passwordCredentials":[null,{"keyId":"p","secretText":"x"}],"web":{"redirectUris":["a"]}}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		if len(doc) > 1<<16 || bytes.HasPrefix(doc, []byte("\x1f\x8b")) {
			return
		}
		k := &keepsDirectory{}
		report, err := New(k, Options{}).Reader(t.Context(), "a.json", bytes.NewReader(doc))
		if err != nil {
			return
		}
		if report.Read != report.New+report.Updated+report.Same+report.Skipped+report.RejectedTotal {
			t.Errorf("the counts do not add up: %+v", report)
		}
		for _, b := range k.batches {
			for _, row := range b.States {
				if _, id := row.StateKey(); id == "" {
					t.Errorf("a row without an ID: %+v", row)
				}
				for _, mark := range row.StateMarks() {
					if mark == "" || strings.ContainsAny(mark, " \t\n") {
						t.Errorf("the mark %q", mark)
					}
				}
			}
		}
	})
}
