package importer

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// What a file holds of a report is told by its answer, and said in a sentence.
func TestWholeReportsAndParts(t *testing.T) {
	now := time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
	row := func(id, updated string) string {
		return `{"id":"` + id + `","isMfaCapable":true,"methodsRegistered":[],"lastUpdatedDateTime":"` + updated + `"}`
	}
	two := row("a", "2026-11-28T03:00:00Z") + "," + row("b", "2026-11-29T03:00:00Z")
	answer := func(around, rows string) string {
		return `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#reports/authenticationMethods/userRegistrationDetails` + around + `,"value":[` + rows + `]`
	}
	const date = "2026-11-29 03:00:00 +0000 UTC"
	for _, tt := range []struct{ name, text, want string }{
		{"an answer", answer(`"`, two) + "}", "registrationDetails 2  " + date},
		{"a page", answer(`"`, two) + `,"@odata.nextLink":"https://graph.microsoft.com/v1.0/x?$skiptoken=y"}`, "registrationDetails 2 page " + date},
		{"a page with the link before its rows", answer(`","@odata.nextLink":"https://graph.microsoft.com/v1.0/x"`, two) + "}", "registrationDetails 2 page " + date},
		{"a page behind the first", answer(`?$skiptoken=y"`, two) + "}", "registrationDetails 2 further " + date},
		{"an answer with a filter", answer(`?$filter=isAdmin eq true"`, two) + "}", "registrationDetails 2 filtered " + date},
		{"one object", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#reports/authenticationMethods/userRegistrationDetails/$entity",` + row("a", "2026-11-29T03:00:00Z")[1:], "registrationDetails 1 filtered " + date},
		{"one row", "[" + row("a", "2026-11-29T03:00:00Z") + "]", "registrationDetails 1 one " + date},
		{"a list", "[" + two + "]", "registrationDetails 2  " + date},
		{"lines", strings.ReplaceAll(two, "},{", "}\n{"), "registrationDetails 2  " + date},
		{"CSV", "id,isMfaCapable,methodsRegistered,lastUpdatedDateTime\na,True,email,2026-11-28T03:00:00Z\nb,True,email,2026-11-29T03:00:00Z\n", "registrationDetails 2  " + date},
		{"a rejected row", "[" + two + `,{"isMfaCapable":true,"methodsRegistered":[]}]`, "registrationDetails 2 rejected " + date},
		{"half of a file", answer(`"`, two) + "," + two[:40], ""},
		{"a date of the future", "[" + two + "," + row("c", "2099-01-01T00:00:00Z") + "]", "registrationDetails 3  " + date},
		{"no dates", `[{"relyingPartyId":"a","relyingPartyName":"A"},{"relyingPartyId":"b","relyingPartyName":"B"}]`, "relyingParties 2  2026-11-30 10:00:00 +0000 UTC"},
		{"last uses", `[{"appId":"a","lastSignInActivity":{"lastSignInDateTime":"2026-11-20T00:00:00Z"}},{"appId":"b","lastSignInActivity":null,"delegatedClientSignInActivity":{"lastSignInDateTime":"2026-11-21T00:00:00Z"}}]`, "servicePrincipalSignInActivities 2  2026-11-21 00:00:00 +0000 UTC"},
		{"events", `[{"id":"x","feature":"reset","isSuccess":true,"eventDateTime":"2026-11-20T00:00:00Z"},{"id":"y","feature":"reset","isSuccess":true,"eventDateTime":"2026-11-20T00:00:00Z"}]`, ""},
	} {
		k := &keepsDirectory{}
		report, err := New(k, Options{Now: func() time.Time { return now }}).Reader(t.Context(), "a.json", strings.NewReader(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, b := range k.batches {
			for _, f := range b.Reports {
				got = append(got, fmt.Sprint(f.Kind, " ", f.Rows, " ", f.Part, " ", f.Date))
			}
		}
		if tt.name == "half of a file" {
			tt.want = "registrationDetails 2 rejected " + date
		}
		if text := strings.Join(got, "\n"); text != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, text, tt.want)
		}
		said := strings.Join(report.ReportSentences(), "\n")
		switch whole := strings.Contains(tt.want, "  "); {
		case tt.want == "":
			whole = said == ""
			if !whole {
				t.Errorf("%s: it says %s", tt.name, said)
			}
		case whole != strings.Contains(said, "The file holds the whole "), whole == strings.Contains(said, "The file holds a part of the "):
			t.Errorf("%s: it says %s", tt.name, said)
		}
	}
}

// Files of one import are pages of one answer where one of them names a further page, whichever comes first.
func TestPagesOfAReport(t *testing.T) {
	row := func(id string) string { return `{"id":"` + id + `","isMfaCapable":true,"methodsRegistered":[]}` }
	last := `{"value":[` + row("a") + "," + row("b") + `]}`
	first := `{"value":[` + row("c") + "," + row("d") + `],"@odata.nextLink":"https://graph.microsoft.com/x"}`
	for _, tt := range []struct{ one, two, want string }{
		{first, last, "0 page, 0 pages"},
		{last, first, "0 , 1 pages, 0 page"},
		{last, last, "0 , 0 "},
	} {
		folder := t.TempDir()
		for name, text := range map[string]string{"1.json": tt.one, "2.json": tt.two} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		k := &keepsDirectory{}
		if _, err := New(k, Options{}).Paths(t.Context(), folder); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, b := range k.batches {
			for _, f := range b.Reports {
				if f.Kind != store.StateRegistration {
					t.Errorf("a file of %s", f.Kind)
				}
				got = append(got, fmt.Sprint(f.Import, " ", f.Part))
			}
		}
		if text := strings.Join(got, ", "); text != tt.want {
			t.Errorf("got %q, want %q", text, tt.want)
		}
	}
}
