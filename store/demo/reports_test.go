package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"
)

// someSignIns are sign-ins for the tests of what must fit them, read once.
var someSignIns = sync.OnceValues(func() (list []record, err error) {
	var b bytes.Buffer
	if err := Stream(context.Background(), Options{Rows: 15_000, Until: testEnd, Seed: 4}, &b); err != nil {
		return nil, err
	}
	for _, line := range lines(b.Bytes()) {
		r := record{raw: line}
		if err := json.Unmarshal([]byte(line), &r.envelope); err != nil {
			return nil, err
		}
		r.properties, _ = r.envelope["properties"].(map[string]any)
		list = append(list, r)
	}
	return list, nil
})

func signInsOf(t *testing.T) []record {
	t.Helper()
	list, err := someSignIns()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Each key that a sign-in names is in the directory, which says the same of its thumbprint, and it was good then. Left out are the
// former secrets of the export job.
func TestKeysFitTheSignIns(t *testing.T) {
	t.Parallel()
	type known struct{ app, thumbprint, begins, ends string }
	keys := map[string]known{}
	now := testEnd.Format(time.RFC3339)
	var ended, soon int
	files := answers(t)
	for _, name := range []string{"applications.json", "serviceprincipals.json"} {
		for _, object := range files[name] {
			for _, list := range []string{"passwordCredentials", "keyCredentials"} {
				credentials, _ := object[list].([]any)
				for _, c := range credentials {
					c := c.(map[string]any)
					k := known{app: object["appId"].(string), begins: c["startDateTime"].(string), ends: c["endDateTime"].(string)}
					k.thumbprint, _ = c["customKeyIdentifier"].(string)
					if keys[c["keyId"].(string)] != (known{}) {
						t.Errorf("the key %v is there twice", c["keyId"])
					}
					keys[c["keyId"].(string)] = k
					switch {
					case k.ends <= now:
						ended++
					case k.ends < testEnd.AddDate(0, 0, 30).Format(time.RFC3339):
						soon++
					}
				}
			}
		}
	}
	if ended < 5 || soon < 5 {
		t.Errorf("%d credentials have ended and %d end soon, want 5 of each", ended, soon)
	}
	used, unknown := map[string]bool{}, map[string]bool{}
	for _, r := range signInsOf(t) {
		key := r.text("servicePrincipalCredentialKeyId")
		if key == "" {
			continue
		}
		k, ok := keys[key]
		at := r.text("createdDateTime")
		failed := strings.Contains(r.raw, `"errorCode":7000222`)
		switch {
		case !ok && r.text("servicePrincipalName") != exportJob && !strings.Contains(r.raw, `"errorCode":700027`):
			unknown[key] = true
		case ok && (k.app != r.text("appId") || (k.thumbprint == "") != (r.text("servicePrincipalCredentialThumbprint") == "")):
			t.Errorf("the key %s of %s is of %+v", key, r.text("servicePrincipalName"), k)
		case ok && !failed && (at < k.begins || at > k.ends):
			t.Errorf("%s used the key %s at %s, which is good from %s to %s", r.text("servicePrincipalName"), key, at, k.begins, k.ends)
		case ok && failed && at < k.ends:
			t.Errorf("the key %s was out at %s, and ends at %s", key, at, k.ends)
		}
		used[key] = true
	}
	if len(unknown) > 0 || len(used) < 30 {
		t.Errorf("keys that the directory lacks: %v; %d keys are used", unknown, len(used))
	}
	unused := 0
	for key := range keys {
		if !used[key] {
			unused++
		}
	}
	if unused < 5 {
		t.Errorf("%d credentials are used by nobody, want 5", unused)
	}
}

// The registered methods of a person are those of the sign-ins.
func TestRegistrationsFitTheSignIns(t *testing.T) {
	t.Parallel()
	registered := map[string]string{}
	counts := map[string]int{}
	for _, row := range answers(t)["registrationdetails.json"] {
		var list []string
		for _, m := range row["methodsRegistered"].([]any) {
			list = append(list, m.(string))
			counts[m.(string)]++
		}
		registered[row["id"].(string)] = strings.Join(list, " ")
		for _, state := range []string{"isMfaCapable", "isPasswordlessCapable", "isAdmin"} {
			if row[state].(bool) {
				counts[state]++
			}
		}
		if guest := row["userType"] == "guest"; guest != strings.Contains(row["userPrincipalName"].(string), "#EXT#") {
			t.Errorf("the guest %v has no #EXT#", row["userPrincipalName"])
		}
	}
	for _, count := range []string{"isMfaCapable", "isPasswordlessCapable", "isAdmin", "fido2SecurityKey", "mobilePhone", "email"} {
		if n := counts[count]; n == 0 || n >= len(registered) {
			t.Errorf("%d of %d have %s", n, len(registered), count)
		}
	}
	needs := map[string]string{
		"Mobile app notification": "microsoftAuthenticatorPush", "OATH verification code": "softwareOneTimePasscode", "Text message": "mobilePhone", "Phone call": "mobilePhone",
		"Windows Hello for Business": "windowsHelloForBusiness", "FIDO2 security key": "fido2SecurityKey", "Passkey (device-bound)": "passKeyDeviceBoundAuthenticator",
	}
	seen := map[string]int{}
	for _, r := range signInsOf(t) {
		list, _ := r.properties["authenticationDetails"].([]any)
		for _, step := range list {
			step, _ := step.(map[string]any)
			method, _ := step["authenticationMethod"].(string)
			if need := needs[method]; need != "" {
				seen[method]++
				if has, ok := registered[r.text("userId")]; ok && !strings.Contains(has, need) {
					t.Errorf("%s signs in with %s and has registered %q", r.text("userPrincipalName"), method, has)
				}
			}
		}
	}
	for method := range needs {
		if seen[method] == 0 {
			t.Errorf("nobody signs in with %s", method)
		}
	}
}

func TestPartiesFitTheSignIns(t *testing.T) {
	t.Parallel()
	parties := map[string]bool{}
	for _, row := range answers(t)["adfs.json"] {
		parties[row["relyingPartyId"].(string)] = true
	}
	uris := map[string]int{}
	for _, object := range answers(t)["applications.json"] {
		for _, uri := range object["identifierUris"].([]any) {
			uris[uri.(string)]++
		}
	}
	used := map[string]int{}
	for _, r := range signInsOf(t) {
		if r.text("tokenIssuerType") != "ADFederationServices" {
			continue
		}
		if used[r.text("resourceId")]++; !parties[r.text("resourceId")] {
			t.Errorf("%s is no relying party of the report", r.text("resourceId"))
		}
	}
	if len(parties) != 6 || len(used) < 4 || used["urn:tidewater:pilot-roster"] > 0 {
		t.Errorf("%d parties, of which %d are used: %v", len(parties), len(used), used)
	}
	joined := 0
	for id := range parties {
		joined += uris[id]
	}
	if joined != 1 {
		t.Errorf("%d relying parties stand in the directory by their identifiers, want 1", joined)
	}
}

func TestEmergencyAccountSignsIn(t *testing.T) {
	t.Parallel()
	n, admin := 0, theOrganisation().emergency
	for _, r := range records(t, Options{Rows: 2000, Until: testEnd, Seed: 4}) {
		if r.text("userId") == admin.id {
			if n++; r.text("appDisplayName") != "Azure Portal" {
				t.Errorf("the account signs in to %s", r.text("appDisplayName"))
			}
		}
	}
	if n < 4 || n > 8 {
		t.Errorf("the account for emergencies has %d sign-ins, want two or three stories of two", n)
	}
}
