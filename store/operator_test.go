package store

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestOperators(t *testing.T) {
	for _, tt := range []struct {
		op                        Operator
		suffix, label             string
		takes, negative, inverted bool
	}{
		{OpIs, "", "is", true, false, false},
		{OpIsNot, "not", "is not", true, true, true},
		{OpStarts, "starts", "starts with", true, false, false},
		{OpHas, "has", "contains", true, false, false},
		{OpEmpty, "empty", "is empty", false, false, true},
		{OpNotEmpty, "empty", "is not empty", false, true, false},
	} {
		if tt.op.Suffix() != tt.suffix || tt.op.Label() != tt.label {
			t.Errorf("operator %d is %q, %q; want %q, %q", tt.op, tt.op.Suffix(), tt.op.Label(), tt.suffix, tt.label)
		}
		if tt.op.TakesValue() != tt.takes || tt.op.Negative() != tt.negative || tt.op.Inverted() != tt.inverted {
			t.Errorf("%s: takes a value %v, negative %v, inverted %v", tt.label, tt.op.TakesValue(), tt.op.Negative(), tt.op.Inverted())
		}
	}
}

// TestEveryFieldsOperators says of each field which operators it knows, and that a parameter with any
// other is told, in words that name those it knows.
func TestEveryFieldsOperators(t *testing.T) {
	const (
		all    = "is, is not, starts with, contains and is empty"
		unique = "is, is not, starts with and is empty"
		closed = "is, is not and is empty"
	)
	want := map[string]string{
		"request": unique, "correlation": unique, "session": unique, "token": unique,
		"status": closed, "error": closed, "asn": closed, "gsa": closed, "ca": closed, "mfa": closed, "anyerror": closed,
		"compliant": closed, "managed": closed, "cae": closed, "flagged": closed, "ingested": closed, "methodresult": closed, "methodsource": closed,
		"group":             "is and is not",
		"department":        "is and is not",
		"originalrequestid": unique,
		"microsoft":         closed, "isinteractive": closed, "istenantrestricted": closed, "processingtimeinmilliseconds": closed,
		"tokenprotectionstatusdetailssigninsessionstatuscode": closed,
	}
	for _, f := range SignIns.Fields() {
		known, ok := want[f.Name]
		if !ok {
			known = all
		}
		for _, op := range Operators() {
			knows := slices.Contains(strings.Split(strings.ReplaceAll(known, " and ", ", "), ", "), op.Label()) ||
				op == OpNotEmpty && !f.Members
			if f.Knows(op) != knows || slices.Contains(f.Operators(), op) != knows {
				t.Errorf("%s knows %s: %v, want %v", f.Name, op.Label(), f.Knows(op), knows)
			}
			_, bad := SignIns.ParseFilter(url.Values{f.Param(op): {op.emptyValue()}})
			problem := bad.For(f.Param(op))
			if told := problem == "cannot be used: this field knows "+known+" only."; told == knows {
				t.Errorf("%s: %q", f.Param(op), problem)
			}
		}
	}
}

func TestAnyEventFields(t *testing.T) {
	var names []string
	for _, f := range SignIns.Fields() {
		if f.AnyEvent {
			names = append(names, f.Name)
		}
	}
	if want := []string{"request", "correlation", "mfa", "anyerror"}; !slices.Equal(names, want) {
		t.Errorf("fields that look at any event: %q, want %q", names, want)
	}
}

func TestNamesConditionalAccessWithEveryOperator(t *testing.T) {
	for _, f := range SignIns.Fields() {
		for _, op := range Operators() {
			for _, param := range []string{f.Param(op), strings.ToUpper(f.Param(op)), f.Name + "." + strings.ToUpper(op.Suffix()), f.Name + ".empty.not", " " + f.Param(op)} {
				if got := NewCatalog(SignIns).Names(ConditionalAccess, url.Values{param: {"x"}}); got != (f.Class == ConditionalAccess) {
					t.Errorf("%q names Conditional Access data: %v", param, got)
				}
			}
			value := "x"
			if op == OpEmpty || op == OpNotEmpty {
				value = op.emptyValue()
			}
			if got := (Filter{}).With(f, op, value).uses(ClassesOf(ConditionalAccess)); (got != nil) != (f.Class == ConditionalAccess) {
				t.Errorf("a filter by %s uses Conditional Access data: %v", f.Param(op), got)
			}
		}
	}
}
