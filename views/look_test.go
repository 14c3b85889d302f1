package views

import (
	"slices"
	"testing"

	"signpost/store"
)

func TestEveryLogHasALook(t *testing.T) {
	for _, info := range store.SignIns.Logs {
		look := signInLook.of(info.Log)
		if len(look.Facets) == 0 || len(look.Hit) == 0 || len(look.Top) == 0 {
			t.Errorf("%s has no facets", info.Log)
		}
		for _, f := range slices.Concat(look.Facets, look.Hit, look.Top) {
			if !f.Facetable() || !f.AppliesTo(info) {
				t.Errorf("%s cannot be counted in %s", f.Name, info.Log)
			}
		}
		for _, f := range slices.Concat(look.Hit, look.Top) {
			if f.Class != store.NoClass {
				t.Errorf("%s is counted for everybody in %s", f.Name, info.Log)
			}
		}
		for _, f := range look.Hit {
			if f.One == "" || f.Many == "" {
				t.Errorf("the values of %s have no noun", f.Name)
			}
		}
		for _, tab := range look.Sections {
			if !IsDetailsTab(tab) {
				t.Errorf("%s has the section %q, which is none", info.Log, tab)
			}
		}
		if (slices.Contains(look.Sections, TabDevice) && slices.Contains(look.Sections, TabAuthentication)) != info.User {
			t.Errorf("%s is of users: %v; its sections are %q", info.Log, info.User, look.Sections)
		}
		if slices.Contains(look.Sections, TabLocation) != store.CityField.AppliesTo(info) {
			t.Errorf("%s has a city: %v; its sections are %q", info.Log, store.CityField.AppliesTo(info), look.Sections)
		}
		if slices.Contains(look.Sections, TabConditionalAccess) != store.ConditionalAccessField.AppliesTo(info) {
			t.Errorf("%s has policies: %v; its sections are %q", info.Log, store.ConditionalAccessField.AppliesTo(info), look.Sections)
		}
		if isGroups := len(look.Columns) > 0; isGroups != info.Grouped {
			t.Errorf("%s has %d columns of groups, grouped: %v", info.Log, len(look.Columns), info.Grouped)
		}
		if info.Grouped && look.Columns[len(look.Columns)-1].Kind != kindCount {
			t.Errorf("the count is not the last column of %s", info.Log)
		}
	}
	if look := signInLook.of("audit"); look.Log != "" {
		t.Errorf("a log of another kind looks like %s", look.Log)
	}
}

func TestOftenUsedFieldsApplySomewhere(t *testing.T) {
	for i, f := range signInLook.Often {
		if !slices.ContainsFunc(store.SignIns.Logs, f.AppliesTo) {
			t.Errorf("no log has %s", f.Name)
		}
		if slices.Contains(signInLook.Often[:i], f) {
			t.Errorf("%s is listed twice", f.Name)
		}
	}
}

func TestColumnsDrawTheirProperty(t *testing.T) {
	for _, columns := range []map[*store.Property]Column{signInLook.Columns, signInLook.Legacy} {
		for p, c := range columns {
			if p == nil || c.draws != p {
				t.Errorf("the column %s draws %v", c.Name, p)
			}
			if c.ConditionalAccess != (p.Class == store.ConditionalAccess) {
				t.Errorf("the column %s is of Conditional Access: %v, what it draws is of class %v", c.Name, c.ConditionalAccess, p.Class)
			}
		}
	}
	for _, p := range slices.Concat(signInLook.Chosen, signInLook.LegacyChosen) {
		if p.Set != nil {
			t.Errorf("%s is no column", p.Name)
		}
	}
}

func TestHitsAreCalledByTheirNouns(t *testing.T) {
	s := ErrorSeen{Log: store.Interactive, Logs: []ErrorLog{{Log: store.Interactive}}, Facets: []store.Facet{
		{Field: store.ASNField, Distinct: 1, Complete: true, Values: []store.FacetValue{{Value: "64496", N: 2}}},
		{Field: store.UserField, Distinct: 2, Complete: true, Values: []store.FacetValue{{Value: "1", Label: "Ada", N: 1}}},
		{Field: store.IPField, Distinct: 1, Complete: true},
	}}
	hits := s.hits()
	if got := hits[0].Rows[0].Label; got != "AS64496" {
		t.Errorf("a network is called %q", got)
	}
	if got := hits[1]; got.Title != "Users" || got.Noun != "users" || got.Rows[0].Label != "Ada" || got.Mono {
		t.Errorf("users are called %+v", got)
	}
	if !hits[2].Mono {
		t.Error("addresses are not read letter by letter")
	}
	identities := ErrorSeen{Log: store.ManagedIdentity, Logs: []ErrorLog{{Log: store.ManagedIdentity}}}
	if one, many := identities.noun(store.ServicePrincipalField, 1), identities.noun(store.ServicePrincipalField, 2); one != "managed identity" || many != "managed identities" {
		t.Errorf("the actors of managed identities are called %s, %s", one, many)
	}
	if got := identities.noun(store.ResourceField, 1); got != "resource" {
		t.Errorf("a resource is called %s", got)
	}
}

func TestValuesInWords(t *testing.T) {
	for _, c := range []struct {
		field       *store.Field
		value, want string
	}{
		{store.ClientField, "legacy", "All legacy authentication clients"},
		{store.ClientField, "IMAP4", "IMAP4"},
		{store.FlowField, "devicecode", "Device code"},
		{store.RequirementField, "singleFactorAuthentication", "Single-factor authentication"},
		{store.RiskStateField, "atRisk", "At risk"},
		{store.StatusField, "failure", "Failure"},
		{store.CityField, "atRisk", "atRisk"},
	} {
		if got := fieldValueText(c.field, c.value, ""); got != c.want {
			t.Errorf("%s=%s reads %q, want %q", c.field.Name, c.value, got, c.want)
		}
	}
}
