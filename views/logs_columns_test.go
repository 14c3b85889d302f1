package views

import (
	"testing"
	"time"

	"signpost/store"
	"signpost/store/risk"
)

func TestCells(t *testing.T) {
	tests := []struct {
		name        string
		column      Column
		signIn      store.SignIn
		text, title string
	}{
		{"name with what identifies it", userColumn, store.SignIn{UserDisplayName: "Ada", UserPrincipalName: "ada@example.com", UserID: "1"}, "Ada", "Ada (ada@example.com)"},
		{"no name", userColumn, store.SignIn{UserPrincipalName: "ada@example.com"}, "ada@example.com", "ada@example.com"},
		{"id only", userColumn, store.SignIn{UserID: "1"}, "1", "1"},
		{"nobody", userColumn, store.SignIn{}, "-", "-"},
		{"application without a name", appColumn, store.SignIn{AppID: "a"}, "a", "a"},
		{"long id", requestColumn, store.SignIn{ID: "3f2504e0-4f89-11d3-9a0c-0305e82c3301"}, "3f2504e0…3301", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"},
		{"no address", ipColumn, store.SignIn{}, "-", "-"},
		{"no Conditional Access status is not Not applied", caColumn, store.SignIn{}, "-", "-"},
		{"not applied", caColumn, store.SignIn{ConditionalAccessStatus: "notApplied"}, "Not applied", "Not applied"},
		{"MFA required", mfaColumn, store.SignIn{AuthenticationRequirement: "multiFactorAuthentication"}, "Yes", "Yes"},
		{"MFA not required", mfaColumn, store.SignIn{AuthenticationRequirement: "singleFactorAuthentication"}, "No", "No"},
		{"MFA unknown", mfaColumn, store.SignIn{}, "-", "-"},
		{"risk behind a licence", riskColumn, store.SignIn{RiskState: "hidden"}, "hidden", "hidden"},
		{"chosen number", signInLook.propertyColumn(store.AutonomousSystemNumber), store.SignIn{AutonomousSystemNumber: store.IntOf(64500)}, "64500", "64500"},
		{"chosen truth", signInLook.propertyColumn(store.IsCompliant), store.SignIn{IsCompliant: store.False}, "No", "No"},
		{"chosen, empty", signInLook.propertyColumn(store.Browser), store.SignIn{}, "-", "-"},
	}
	for _, test := range tests {
		if got, want := test.column.cell(&test.signIn), (Cell{test.text, test.title}); got != want {
			t.Errorf("%s: got %v, want %v", test.name, got, want)
		}
	}
}

func TestEveryPropertyCanBeAColumn(t *testing.T) {
	var empty store.SignIn
	for _, p := range store.SignIns.Properties {
		if p.Set != nil {
			continue
		}
		c := signInLook.propertyColumn(p)
		if c.Label == "" || c.ConditionalAccess != (p.Class == store.ConditionalAccess) {
			t.Errorf("%s: label %q, Conditional Access %t", p.Name, c.Label, c.ConditionalAccess)
		}
		if c.Kind != kindStatus && c.cell(&empty).Text != Empty {
			t.Errorf("%s: empty reads %q", p.Name, c.cell(&empty).Text)
		}
	}
}

func TestNotDisclosedClientApp(t *testing.T) {
	const ours, theirs = "our-tenant", "their-tenant"
	tests := []struct {
		name   string
		signIn store.SignIn
		want   bool
	}{
		{"our user elsewhere", store.SignIn{Log: store.Interactive, TenantID: ours, HomeTenantID: ours, ResourceTenantID: theirs}, true},
		{"our user at home", store.SignIn{Log: store.Interactive, TenantID: ours, HomeTenantID: ours, ResourceTenantID: ours}, false},
		{"their user here", store.SignIn{Log: store.Interactive, TenantID: ours, HomeTenantID: theirs, ResourceTenantID: ours}, false},
		{"nothing known", store.SignIn{Log: store.Interactive}, false},
		{"a service principal", store.SignIn{Log: store.ServicePrincipal, TenantID: ours, HomeTenantID: ours, ResourceTenantID: theirs}, false},
	}
	for _, test := range tests {
		if got := clientNotDisclosed(&test.signIn); got != test.want {
			t.Errorf("%s: got %t, want %t", test.name, got, test.want)
		}
	}
}

// Columns of times show them in the viewer's zone, to the second; the title has all digits. A text that is no time stays.
func TestColumnsOfTimesHaveTheViewersZone(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	c := (&Look{}).propertyColumn(risk.Updated)
	for told, want := range map[string]Cell{
		"2026-11-28T03:17:05.068Z": {"2026-11-28 04:17:05 CET", "2026-11-28 04:17:05.068 CET"}, "": {Empty, Empty}, "soon": {"soon", "soon"},
	} {
		if got := c.cellIn(ZoneOf(oslo), &risk.Record{Updated: told}); got != want {
			t.Errorf("%q: got %v, want %v", told, got, want)
		}
	}
	if text := (&Look{}).propertyColumn(risk.Source).cellIn(ZoneOf(oslo), &risk.Record{Source: "2026-11-28T03:17:05Z"}).Text; text != "2026-11-28T03:17:05Z" {
		t.Errorf("a text that is no time of the record is shown as %q", text)
	}
}
