package store

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestFields(t *testing.T) {
	names := map[string]bool{}
	for _, f := range SignIns.Fields() {
		if names[f.Name] {
			t.Errorf("%s is there twice", f.Name)
		}
		names[f.Name] = true
		if f.Label == "" {
			t.Errorf("%s has no label", f.Name)
		}
		if got, ok := SignIns.Field(f.Name); !ok || got != f {
			t.Errorf("SignIns.Field(%q) = %v, %v", f.Name, got, ok)
		}
		if slices.Contains(queryParams, f.Name) {
			t.Errorf("%s is a field and a parameter of the list", f.Name)
		}
		for _, p := range f.Properties {
			if p.Class != f.Class {
				t.Errorf("the field %s compares %s; class: %v and %v", f.Name, p.Name, f.Class, p.Class)
			}
			if p.Unique != f.Unique {
				t.Errorf("the field %s compares %s; unique: %v and %v", f.Name, p.Name, f.Unique, p.Unique)
			}
		}
		// A custom comparison needs canonical values, and an index may serve only the plain one.
		if f.ExactText() != (f.match == nil && f.says == nil) {
			t.Errorf("%s is exact: %v", f.Name, f.ExactText())
		}
	}
	if f, ok := SignIns.Field("User"); ok {
		t.Errorf("SignIns.Field(User) = %v; parameters are in lower case", f.Name)
	}
}

// contractNames gives the names in back quotes of the part of the contract that begins with one text and ends before another;
// explanations in brackets are left out where they are told to be.
func contractNames(t *testing.T, contract, from, to string, explained bool) (names []string) {
	t.Helper()
	_, text, found := strings.Cut(contract, from)
	text, _, end := strings.Cut(text, to)
	if !found || !end {
		t.Fatalf("the contract has no list between %q and %q", from, to)
	}
	if explained {
		text = regexp.MustCompile(`\([^)]*\)`).ReplaceAllString(text, "")
	}
	for _, m := range regexp.MustCompile("`([a-z]+)`").FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

// The names are relied on from outside. The code has every name of the first list; any other name that it has is one of the
// second, of the other logs, or a property's own. What the second list has beyond the code is still to come.
func TestContractNamesEveryField(t *testing.T) {
	contract := string(reference(t, "CONTRACT.md"))
	first := contractNames(t, contract, "\nFIELD names: ", "`cols` takes", true)
	further := contractNames(t, contract, "Further FIELD names, as the issues bring them: ", "\n", true)
	others := contractNames(t, contract, "FIELD names of the other logs: ", "else Graph's.", false)
	if len(first) < 60 || len(further) < 5 || len(others) < 10 {
		t.Fatalf("the contract's lists read as %q, %q and %q", first, further, others)
	}
	for _, name := range first {
		if _, ok := SignIns.Field(name); !ok {
			t.Errorf("the contract names %s, which is no field", name)
		}
	}
	// The contract may be extended: these are names of ours.
	added := []string{"department", "methodsource", "methodstep", "sessionpolicy"}
	known := slices.Concat(first, further, others, added)
	for _, p := range SignIns.Properties {
		known = append(known, strings.ToLower(strings.ReplaceAll(p.Name, ".", "")))
	}
	for _, f := range SignIns.Fields() {
		if !slices.Contains(known, f.Name) {
			t.Errorf("the field %s is neither in the contract nor a property's name", f.Name)
		}
	}
}

func TestFieldValues(t *testing.T) {
	for _, tt := range []struct{ field, value, want string }{
		{"status", "Success", "success"},
		{"status", "interrupted", "interrupted"},
		{"error", "50126", "50126"},
		{"error", "AADSTS50126", "50126"},
		{"error", " aadsts0050126 ", "50126"},
		{"anyerror", "0", "0"},
		{"asn", "64496", "64496"},
		{"ip", "2001:DB8::1", "2001:db8::1"},
		{"ipresource", "192.0.2.", "192.0.2."},
		{"gsa", "YES", "yes"},
		{"compliant", "true", "yes"},
		{"managed", "False", "no"},
		{"ca", "notapplied", "notApplied"},
		{"client", "LEGACY", "legacy"},
		{"client", "modern", "modern"},
		{"client", "mobile apps and desktop clients", "Mobile Apps and Desktop clients"},
		{"client", "Other clients; IMAP", "IMAP4"},
		{"client", "Other clients; Older Office clients", "Other clients"},
		{"client", "other clients", "Other clients"},
		{"mfa", "WrongCode", "wrongcode"},
		{"ingested", "2026-11-23T15:05:09.5+01:00", "2026-11-23T14:05:09.5Z"},
		{"ingested", "2026-11-23", "2026-11-23T00:00:00Z"},
		{"user", "Ada Example", "Ada Example"},
		{"reason", "  two spaces  ", "  two spaces  "},
	} {
		f, _ := SignIns.Field(tt.field)
		got, problem := f.canonical(OpIs, tt.value)
		if got != tt.want || problem != "" {
			t.Errorf("%s=%q is %q, %q; want %q", tt.field, tt.value, got, problem, tt.want)
		}
	}
}

func TestFieldBadValues(t *testing.T) {
	for _, tt := range []struct{ field, value string }{
		{"status", "ok"},
		{"error", "AADSTS"},
		{"error", "-1"},
		{"error", "50126x"},
		{"error", "99999999999999999999"},
		{"asn", "AS64496"},
		{"ip", "somewhere"},
		{"gsa", "maybe"},
		{"ca", "unknown"},
		{"client", "Telegraph"},
		{"mfa", "yes"},
		{"ingested", "yesterday"},
	} {
		f, _ := SignIns.Field(tt.field)
		if got, problem := f.canonical(OpIs, tt.value); problem == "" {
			t.Errorf("%s=%q is %q, want a problem", tt.field, tt.value, got)
		}
	}
	for _, f := range SignIns.Fields() {
		for _, empty := range []string{"", " ", "\t"} {
			if got, problem := f.canonical(OpIs, empty); problem == "" {
				t.Errorf("%s=%q is %q, want a problem", f.Name, empty, got)
			}
		}
	}
}

func TestMatchText(t *testing.T) {
	for _, tt := range []struct {
		field, stored, want string
		match               bool
	}{
		{"user", "Ada@Example.com", "ada@example.COM", true},
		{"user", "ada@example.com", "ada", false},
		{"tokentype", "primaryRefreshToken, refreshToken", "RefreshToken", true},
		{"tokentype", "primaryRefreshToken", "primaryRefreshToken", true},
		{"tokentype", "primaryRefreshToken", "refreshToken", false},
		{"tokentype", "a,b", "a,b", true},
		{"client", "Other clients; IMAP", "IMAP4", true},
		{"ip", "192.0.2.7", "192.0.2.0/24", true},
	} {
		f, _ := SignIns.Field(tt.field)
		if got := f.MatchText(tt.stored, tt.want); got != tt.match {
			t.Errorf("%s: MatchText(%q, %q) = %v, want %v", tt.field, tt.stored, tt.want, got, tt.match)
		}
	}
}
