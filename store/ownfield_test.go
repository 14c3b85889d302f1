package store

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

// Every single-valued property can be asked for by itself, also one that a short name compares beside others.
func TestEveryPropertyIsAskedForAlone(t *testing.T) {
	for _, p := range SignIns.Properties {
		if p.Set != nil {
			continue
		}
		if p == StatedStatus {
			continue // the field status is computed of it and the code
		}
		alone := slices.DeleteFunc(slices.Clone(SignIns.Fields()), func(f *Field) bool {
			return len(f.Properties) != 1 || f.Properties[0] != p || f.ReadsTexts()
		})
		switch {
		case len(alone) == 0:
			t.Errorf("no field is %s alone", p.Name)
		case len(alone) > 1 && p != ErrorCode: // error and anyerror
			t.Errorf("%d fields are %s alone", len(alone), p.Name)
		case alone[0].Single && alone[0].Name != strings.ToLower(strings.ReplaceAll(p.Name, ".", "")):
			t.Errorf("the field of %s is called %s", p.Name, alone[0].Name)
		}
	}
}

func TestOwnNames(t *testing.T) {
	for name, want := range map[string]*Property{
		"agentparentappid": AgentParentAppID, "statusadditionaldetails": AdditionalDetails, "userdisplayname": UserDisplayName, "userid": UserID,
		"tokenprotectionstatusdetailssigninsessionstatuscode": TokenProtectionStatusCode, "originalrequestid": OriginalRequestID,
		"globalsecureaccessipaddress": GlobalSecureAccessIPAddress, "isinteractive": IsInteractive,
	} {
		f, ok := SignIns.Field(name)
		if !ok || len(f.Properties) != 1 || f.Properties[0] != want {
			t.Errorf("%s is the field %+v", name, f)
		}
	}
	for _, name := range []string{"clientappused", "status.errorcode", "authenticationmethodsused", "tenantid"} { // which have a short name, or several values
		if f, ok := SignIns.Field(name); ok {
			t.Errorf("%s is the field %q", name, f.Label)
		}
	}
}

// A field of one property passes what holds the value there, and nothing that holds it elsewhere.
func TestOwnFieldsCompareTheirPropertyAlone(t *testing.T) {
	for _, f := range SignIns.Fields() {
		if !f.Single {
			continue
		}
		p := f.Properties[0]
		var here, elsewhere SignIn
		value := "125"
		for _, other := range SignIns.Properties {
			s := &elsewhere
			if other == p {
				s = &here
			}
			switch {
			case other.Text != nil && p.Address:
				value, *other.Text(s) = "192.0.2.7", "192.0.2.7"
			case other.Text != nil:
				*other.Text(s) = "125"
			case other.Int != nil:
				*other.Int(s) = IntOf(125)
			case other.Bool != nil && p.Bool != nil:
				value, *other.Bool(s) = "yes", True
			}
		}
		for query, want := range map[string][2]bool{
			f.Name + "=" + value:      {true, false},
			f.Name + ".not=" + value:  {false, true},
			f.Name + ".empty=yes":     {false, true},
			f.Name + ".empty=no":      {true, false},
			f.Name + ".starts=" + "1": {true, false},
			f.Name + ".has=" + "2":    {true, false},
		} {
			params, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			filter, bad := SignIns.ParseFilter(params)
			if len(bad) > 0 {
				if strings.Contains(bad.Error(), "this field knows") {
					continue
				}
				t.Errorf("%s: %v", query, bad)
			}
			if got := [2]bool{filter.Match(&here), filter.Match(&elsewhere)}; got != want {
				t.Errorf("%s passes what has it: %t, what has it elsewhere: %t; want %t", query, got[0], got[1], want)
			}
		}
		if got := f.EventValues(&here); !slices.Equal(got, []string{value}) {
			t.Errorf("%s counts as %q, want %q", f.Name, got, value)
		}
		if got := f.EventValues(&elsewhere); len(got) > 0 {
			t.Errorf("%s counts as %q where it is empty", f.Name, got)
		}
	}
}
