package store

import (
	"slices"
	"testing"
)

func TestEnumerationInWords(t *testing.T) {
	for _, c := range []struct {
		e           *Enumeration
		value, want string
	}{
		{PolicyResults, "reportOnlyFailure", "Report-only: would block"},
		{PolicyResults, "REPORTONLYFAILURE", "Report-only: would block"},
		{PolicyResults, "brandNewResult", "brandNewResult"}, // newer than this program
		{PolicyResults, "unknownFutureValue", notNamedWords},
		{PolicyResults, "", ""},
		{TokenTypes, "primaryRefreshToken, saml20", "Primary refresh token, SAML 2.0"},
		{TokenTypes, "primaryRefreshToken,newToken", "Primary refresh token, newToken"},
		{TokenTypes, "a, b", "a, b"},
		{JoinTypes, "Azure AD joined", "Azure AD joined"},
		{OperatingSystems, "Windows10", "Windows 10"},
		{OperatingSystems, "Ios 18.1", "iOS 18.1"},
		{OperatingSystems, "Android 14", "Android 14"},
		{nil, "success", "success"},
	} {
		if got := c.e.Words(c.value); got != c.want {
			t.Errorf("%q reads %q, want %q", c.value, got, c.want)
		}
	}
}

// Whoever types the words means the value, and all its spellings.
func TestValuesSaid(t *testing.T) {
	for _, c := range []struct {
		field *Field
		words string
		want  []string
	}{
		{PolicyResultField, "report-only: would block", []string{"reportOnlyFailure"}},
		{TrustField, " Azure AD joined ", []string{"Azure AD joined", "AzureAd", "AzureAD Joined"}},
		{CountryField, "netherlands", []string{"NL"}},
		{StatusField, "Interrupted", []string{"interrupted"}},
		{ManagedField, "Yes", []string{"yes"}},
		{MFAField, "Declined", []string{MFADenied}},
		{UserField, "Member", nil},
		{OSField, "windows 10", []string{"Windows10"}},
		{OSField, "Windows 8.1", []string{"Windows8.1"}},
		{OSField, "Windows8.1", nil},
		{OSField, "Windows Phone", []string{"WindowsPhone"}},
	} {
		if got := c.field.ValuesSaid(c.words); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q means %q, want %q", c.field.Name, c.words, got, c.want)
		}
	}
}

// A part of the words finds what is stored, as a part of the value does.
func TestPartsOfWordsFind(t *testing.T) {
	s := &SignIn{Log: Interactive, CountryOrRegion: "NL", OperatingSystem: "Ios 18.1", AppliedConditionalAccessPolicies: []AppliedPolicy{{ID: "a", Result: "reportOnlyFailure"}}}
	for _, c := range []struct {
		field *Field
		op    Operator
		text  string
		want  bool
	}{
		{CountryField, OpHas, "nether", true},
		{CountryField, OpHas, "nl", true},
		{CountryField, OpStarts, "Nether", true},
		{CountryField, OpHas, "norw", false},
		{CountryField, OpHas, "et", false}, // two letters are a code: Ethiopia, and not the Netherlands
		{CountryField, OpStarts, "Ne", false},
		{CountryField, OpHas, "eth", true},
		{OSField, OpHas, "os", true}, // of the value
		{OSField, OpStarts, "iO", true},
		{PolicyResultField, OpHas, "would block", true},
		{PolicyResultField, OpHas, "onlyFail", true},
		{PolicyResultField, OpStarts, "would", false},
		{OSField, OpStarts, "iOS 18", true},
		{CountryField, OpIs, "Netherlands", true}, // a country may be named
		{CountryField, OpIs, "norway", false},
		{CountryField, OpIsNot, "Netherlands", false},
		{PolicyResultField, OpIs, "would block", false}, // an address has the value
	} {
		if got := (Filter{}).With(c.field, c.op, c.text).Match(s); got != c.want {
			t.Errorf("%s %s %q: got %v, want %v", c.field.Name, c.op.Label(), c.text, got, c.want)
		}
	}
}

func TestMistakesInAnEnumeration(t *testing.T) {
	for _, table := range []string{"a", "a: A\na: B", "a: A\nA: B"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q is taken", table)
				}
			}()
			NewEnumeration("made up", table)
		}()
	}
}
