package store

import (
	"net/url"
	"testing"
)

func TestFieldsApplyToTheLogsThatHaveThem(t *testing.T) {
	tests := []struct {
		field string
		want  string // one letter per log in the order of the tabs: does the field apply
	}{
		{"status", "yyyy"},
		{"app", "yyyy"},
		{"request", "yyyy"},
		{"user", "yynn"},
		{"mfa", "yynn"},
		{"ip", "yyyn"},
		{"ca", "yyyn"},
		{"sp", "nnyy"},
		{"mitype", "nnyy"},
		{"credential", "yyyy"},
		{"risk", "yyyy"},
		{"agent", "yyyy"},
		{"session", "yyyy"},
		{"flow", "yyyy"},
		{"tenant", "yyyy"},
		{"os", "yynn"},
		{"userid", "yynn"},
		{"serviceprincipalid", "nnyy"},
		{"group", "yyyy"},
		{"ingested", "yyyy"},
	}
	for _, test := range tests {
		got := ""
		for _, info := range SignIns.Logs {
			if SignIns.byName[test.field].AppliesTo(info) {
				got += "y"
			} else {
				got += "n"
			}
		}
		if got != test.want {
			t.Errorf("%s applies to %s, want %s", test.field, got, test.want)
		}
	}
}

func TestFilterForALog(t *testing.T) {
	filter, bad := SignIns.ParseFilter(url.Values{"user": {"ada"}, "status": {"failure"}, "sp.empty": {"yes"}, "ip.not": {"::"}})
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	for log, want := range map[Log][2]string{
		Interactive:      {"ip.not=%3A%3A&status=failure&user=ada", "sp.empty=yes"},
		ServicePrincipal: {"ip.not=%3A%3A&sp.empty=yes&status=failure", "user=ada"},
		ManagedIdentity:  {"sp.empty=yes&status=failure", "ip.not=%3A%3A&user=ada"},
	} {
		info, _ := SignIns.Log(log)
		applied, aside := filter.For(info)
		if got := [2]string{applied.Values().Encode(), aside.Values().Encode()}; got != want {
			t.Errorf("%s: %q, want %q", log, got, want)
		}
	}
}
