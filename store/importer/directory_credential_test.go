package importer

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

const appObject = "bbbbbbbb-0000-4000-8000-000000000002"

func TestAppDetails(t *testing.T) {
	begin, end := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)
	text := `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#applications","value":[{"id":"` + appObject + `","appId":"APP","displayName":"Payroll","createdDateTime":"2026-01-02T03:04:05Z",
		"identifierUris":["api://payroll"],"web":{"homePageUrl":"https://x.example","redirectUris":["https://pay.example/a"]},"spa":{"redirectUris":["https://pay.example/b"]},"publicClient":{"redirectUris":[]},
		"passwordCredentials":[{"keyId":"P1","displayName":"deploy","hint":"h1n","secretText":"s3cr3t-text","customKeyIdentifier":"bmFtZQ==","startDateTime":"2026-01-02T03:04:05Z","endDateTime":"2027-01-02T03:04:05Z"}],
		"keyCredentials":[{"keyId":"K1","type":"AsymmetricX509Cert","usage":"Verify","key":"a2V5LW1hdGVyaWFs","customKeyIdentifier":"` + strings.Repeat("ab", 20) + `","displayName":"CN=pay","startDateTime":"2026-01-02T03:04:05Z","endDateTime":"2027-01-02T03:04:05Z"},
			{"keyId":"K2","type":"Symmetric","usage":"Sign","customKeyIdentifier":"AQEBAQEBAQEBAQEBAQEBAQEBAQE="}],
		"owners":[{"@odata.type":"#microsoft.graph.user","id":"U1","displayName":"Ada","userPrincipalName":"ada@example.com","keyCredentials":[{"keyId":"no"}]},{"id":"s1","displayName":"Job","appId":"x"}]}]}`
	batch, report := importNamed(t, "a.json", text)
	want := store.AppDetails{
		IdentifierURIs: []string{"api://payroll"}, ReplyURLs: []string{"https://pay.example/a", "https://pay.example/b"},
		Passwords: []store.Credential{{KeyID: "p1", Type: store.PasswordCredential, Name: "deploy", Created: begin, Expires: end}},
		Keys: []store.Credential{
			{KeyID: "k1", Type: store.CertificateCredential, Usage: "Verify", Name: "CN=pay", Thumbprint: strings.Repeat("AB", 20), Created: begin, Expires: end},
			{KeyID: "k2", Type: store.SymmetricCredential, Usage: "Sign", Thumbprint: strings.Repeat("01", 20)},
		},
	}
	if diff := gocmp.Diff(want, batch.Objects[0].Details); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
	if got := batch.Objects[0].Fact("passwordCredentials") + batch.Objects[0].Fact("keyCredentials"); got != "12" {
		t.Errorf("the facts count %s", got)
	}
	if report.New != 1 || report.Directory["owners"] != 2 || report.Directory["credentials"] != 3 || report.Directory["applications"] != 1 {
		t.Errorf("the report is %+v", report)
	}
}

// Secrets, hints of them and key material are dropped when they are read: nothing that the engine gets holds them.
// keepsSecrets keeps what the engine got of a directory and of rejected records.
type keepsSecrets struct {
	keepsDirectory
	rejected *store.RejectedFile
}

func (k *keepsSecrets) EndImport(_ context.Context, _ int64, report store.ImportReport) error {
	k.rejected = report.RejectedFile
	return nil
}

func TestNoSecretIsKept(t *testing.T) {
	const (
		passwords = `[{"keyId":"p","hint":"HiddenHint","secretText":"HiddenSecret"}]`
		keys      = `[{"keyId":"k","type":"Symmetric","key":"HiddenKey","customKeyIdentifier":"HiddenWord","value":"HiddenValue"}]`
		start     = `"@odata.type":"#microsoft.graph.application","appId":"a","displayName":"Payroll","signInAudience":"AzureADMyOrg"`
	)
	lists := `,"passwordCredentials":` + passwords + `,"keyCredentials":` + keys
	cell := func(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }
	for _, tt := range []struct {
		name, file, text string
		credentials      int // of the object that is kept
		rejected         string
	}{
		{"lists", "a.json", `{"id":"o",` + start + lists + `}`, 2, ""},
		{"texts with JSON", "a.json", `{"id":"o",` + start + `,"passwordCredentials":` + strconv.Quote(passwords) + `,"keyCredentials":` + strconv.Quote(keys) + `}`, 2, ""},
		{"other texts", "a.json", `{"id":"o",` + start + `,"passwordCredentials":"HiddenSecret","keyCredentials":{"key":"HiddenKey"}}`, 0, ""},
		{"cells", "apps.csv", "id,appId,displayName,signInAudience,passwordCredentials,keyCredentials\no,a,Payroll,AzureADMyOrg," + cell(passwords) + "," + cell(keys) + "\n", 2, ""},
		{"other cells", "apps.csv", "id,appId,displayName,signInAudience,passwordCredentials,keyCredentials\no,a,Payroll,AzureADMyOrg,HiddenSecret,HiddenKey\n", 0, ""},
		{"rejected", "a.json", `{` + start + lists + `}`, -1, `{` + start + `}`},
		{"rejected with escapes", "a.json", `{` + start + `,"passwordC\u0072edentials":` + passwords + `}`, -1, `{` + start + `}`},
		{"rejected with texts", "a.json", `{` + start + `,"other":` + strconv.Quote(passwords) + `}`, -1, `{` + start + `}`},
		{"cut off", "a.json", `{"id":"o",` + start + lists, -1, ""},
		{"a rejected row", "apps.csv", "id,appId,displayName,signInAudience,passwordCredentials\n,a,Payroll,AzureADMyOrg,HiddenSecret\n", -1, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := &keepsSecrets{}
			report, err := New(k, Options{}).Reader(t.Context(), tt.file, strings.NewReader(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprintf("%+v %+v", k.batches, report); strings.Contains(got, "Hidden") {
				t.Errorf("kept: %s", got)
			}
			if tt.credentials >= 0 && (len(k.batches) != 1 || len(k.batches[0].Objects[0].Details.Credentials()) != tt.credentials) {
				t.Errorf("the batches are %+v", k.batches)
			}
			if tt.credentials < 0 && report.RejectedTotal != 1 {
				t.Errorf("the report is %+v", report)
			}
			var text []byte
			if k.rejected != nil {
				text = k.rejected.Records[0].Text
			}
			if string(text) != tt.rejected {
				t.Errorf("the text of the rejected record is %s, want %s", text, tt.rejected)
			}
		})
	}
}

func TestOwners(t *testing.T) {
	user := `{"@odata.type":"#microsoft.graph.user","id":"U1","displayName":"Ada","userPrincipalName":"ada@example.com"}`
	ada := store.Member{ID: "u1", Name: "Ada", Username: "ada@example.com", Kind: store.ObjectUser}
	of := func(whole bool, owners ...store.Member) []store.Ownership {
		return []store.Ownership{{Object: appObject, Owners: owners, Whole: whole}}
	}
	for _, tt := range []struct {
		name, file, text string
		want             []store.Ownership
		read             int64
	}{
		{"the context names the application", "a.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#applications('` + appObject + `')/owners","value":[` + user + `]}`, of(true, ada), 1},
		{"the next page names the service principal", "a.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#directoryObjects","@odata.nextLink":"https://graph.microsoft.com/v1.0/servicePrincipals/` + appObject + `/owners?$skiptoken=x","value":[` + user + `]}`, of(false, ada), 1},
		{"the name of the file", "owners-" + appObject + ".json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#directoryObjects","value":[` + user + `]}`, of(true, ada), 1},
		{"no owners", "a.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#applications('` + appObject + `')/owners","value":[]}`, of(true), 0},
		{"beside a service principal", "a.json", `{"id":"` + strings.ToUpper(appObject) + `","appId":"a","servicePrincipalType":"Application","owners":[` + user + `]}`, of(true, ada), 1},
		{"maybe not all", "a.json", `{"id":"` + appObject + `","appId":"a","servicePrincipalType":"Application","owners@odata.nextLink":"x","owners":[` + user + `]}`, of(false, ada), 1},
		{"an application is no owner of another", "owners-" + groupID + ".json", `{"id":"` + appObject + `","appId":"a","signInAudience":"x","displayName":"x","owners":[` + user + `]}`, of(true, ada), 1},
	} {
		k := &keepsDirectory{}
		report, err := New(k, Options{}).Reader(t.Context(), tt.file, strings.NewReader(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		var got []store.Ownership
		for _, b := range k.batches {
			got = append(got, b.Ownerships...)
		}
		if diff := gocmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if report.Read != tt.read || report.RejectedTotal > 0 || report.Directory["owners"] != int64(len(tt.want[0].Owners)) {
			t.Errorf("%s: the report is %+v", tt.name, report)
		}
	}
}
