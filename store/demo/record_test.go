package demo

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

type record struct {
	envelope, properties map[string]any
	raw                  string
}

func records(t *testing.T, opts Options) []record {
	t.Helper()
	var list []record
	for _, line := range lines(stream(t, opts)) {
		list = append(list, parse(t, line))
	}
	return list
}

func parse(t *testing.T, line string) record {
	t.Helper()
	r := record{raw: line}
	if err := json.Unmarshal([]byte(line), &r.envelope); err != nil {
		t.Fatalf("%v in %s", err, line)
	}
	r.properties, _ = r.envelope["properties"].(map[string]any)
	if r.properties == nil {
		t.Fatalf("no properties in %s", line)
	}
	return r
}

func (r record) text(key string) string {
	s, _ := r.properties[key].(string)
	return s
}

// holds tells whether a path through objects and lists ends in a value that is not empty.
func holds(v any, path []string) bool {
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			if holds(element, path) {
				return true
			}
		}
		return false
	case map[string]any:
		if len(path) > 0 {
			return holds(v[path[0]], path[1:])
		}
		return len(v) > 0
	case string:
		return len(path) == 0 && v != ""
	}
	return len(path) == 0 && v != nil
}

// computed are properties that are computed from others; each has a path that proves it.
var computed = map[string]string{
	"microsoft":                    `"appOwnerTenantId":"` + microsoftTenant + `"`,
	"isCaeToken":                   `{"key":"Is CAE Token","value":"True"}`,
	"authenticationDetails.source": `"authenticationStepResultDetail":"MFA requirement satisfied by claim in the token"`,
	"mfa":                          `"authenticationStepResultDetail":"MFA denied; user declined the authentication"`,
}

func TestEveryFieldOccurs(t *testing.T) {
	sought := map[string]func(record) bool{}
	for _, field := range store.SignIns.Fields() {
		for _, property := range field.Properties {
			path := strings.Split(property.Name, ".")
			sought[field.Name+": "+property.Name] = func(r record) bool { return holds(r.properties, path) }
			if property == store.CallerIPAddress { // only where it differs from the sign-in's
				sought[field.Name+": "+property.Name] = func(r record) bool {
					caller, own := r.envelope["callerIpAddress"], r.properties["ipAddress"]
					return caller != nil && own != nil && caller != own
				}
			}
			if proof, ok := computed[property.Name]; ok {
				sought[field.Name+": "+property.Name] = func(r record) bool { return strings.Contains(r.raw, proof) }
			}
		}
	}
	for _, truth := range []string{
		`"flaggedForReview":true`, `"isThroughGlobalSecureAccess":true`, `"isCompliant":true`, `"isManaged":true`, `"isCompliant":false`,
	} {
		sought[truth] = func(r record) bool { return strings.Contains(r.raw, truth) }
	}
	for _, line := range lines(stream(t, Options{Rows: 20_000, Until: testEnd, Seed: 1})) {
		r := parse(t, line)
		for name, found := range sought {
			if found(r) {
				delete(sought, name)
			}
		}
		if len(sought) == 0 {
			return
		}
	}
	for name := range sought {
		t.Errorf("no record holds %s", name)
	}
}

var signInFiles = map[string]string{
	"SignInLogs":                   "sign_in_logs.json",
	"NonInteractiveUserSignInLogs": "non_interactive_user_sign_in_logs.json",
	"ServicePrincipalSignInLogs":   "service_principal_sign_in_logs.json",
	"ManagedIdentitySignInLogs":    "managed_identity_sign_in_logs.json",
}

// TestKeysOfRealRecords finds every key that all real records of a category have in all made-up ones.
func TestKeysOfRealRecords(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "shared", "fixtures", "DataDog_azure-log-forwarding-orchestration")
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("the real exports are not there: %v", err)
	}
	ours := map[string][]record{}
	for _, r := range records(t, Options{Rows: 3000, Until: testEnd, Seed: 4}) {
		category, _ := r.envelope["category"].(string)
		ours[category] = append(ours[category], r)
	}
	for category, name := range signInFiles {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		envelope, properties := map[string]int{}, map[string]int{}
		real := lines(text)
		for _, line := range real {
			r := parse(t, line)
			for key := range r.envelope {
				envelope[key]++
			}
			for key := range r.properties {
				properties[key]++
			}
		}
		if len(ours[category]) == 0 {
			t.Errorf("no record of category %s", category)
		}
		for _, r := range ours[category] {
			missing(t, category, envelope, r.envelope, len(real))
			missing(t, category, properties, r.properties, len(real))
		}
	}
}

func missing(t *testing.T, category string, want map[string]int, got map[string]any, all int) {
	t.Helper()
	for key, n := range want {
		// A record of an unknown place has no location in the envelope, as in real records.
		if _, ok := got[key]; !ok && n == all && key != "location" {
			t.Fatalf("%s: a record lacks %s, which every real one has", category, key)
		}
	}
}

var domains = regexp.MustCompile(`[@/]([A-Za-z0-9-]+\.)+[A-Za-z]{2,}`)

func TestNothingIsAnybodys(t *testing.T) {
	t.Parallel()
	var ranges []netip.Prefix
	for _, p := range []string{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"} {
		ranges = append(ranges, netip.MustParsePrefix(p))
	}
	check := func(v any) {
		s, _ := v.(string)
		if s == "" {
			return
		}
		a, err := netip.ParseAddr(s)
		if err != nil || a.String() != s {
			t.Fatalf("%q is no address in its usual spelling: %v", s, err)
		}
		for _, p := range ranges {
			if p.Contains(a) {
				return
			}
		}
		t.Fatalf("%s lies in no documentation range", s)
	}
	for _, r := range records(t, Options{Rows: 6000, Until: testEnd, Seed: 8}) {
		check(r.envelope["callerIpAddress"])
		for _, key := range []string{"ipAddress", "ipAddressFromResourceProvider", "globalSecureAccessIpAddress"} {
			check(r.properties[key])
		}
		for _, key := range []string{"userPrincipalName", "signInIdentifier", "tokenIssuerName"} {
			for _, name := range domains.FindAllString(r.text(key), -1) {
				if !strings.HasSuffix(name, ".example") {
					t.Fatalf("%s holds %s, which is not a reserved domain", key, name)
				}
			}
		}
	}
}

func TestSharesGroupsAndInstants(t *testing.T) {
	t.Parallel()
	ids, shares := map[string]bool{}, map[string]int{}
	groups, instants := map[string]int{}, map[string]int{}
	list := records(t, Options{Rows: 20_000, Until: testEnd.AddDate(0, 0, -3), Days: 3, Seed: 6})
	for _, r := range list {
		if id := r.text("id"); ids[id] {
			t.Fatalf("id %s is there twice", id)
		} else {
			ids[id] = true
		}
		created, err := time.Parse("2006-01-02T15:04:05.0000000-07:00", r.text("createdDateTime"))
		if err != nil {
			t.Fatal(err)
		}
		ingested, err := time.Parse("2006-01-02T15:04:05.0000000Z", r.envelope["time"].(string))
		if err != nil {
			t.Fatal(err)
		}
		if late := ingested.Sub(created); late < time.Minute || late > 50*time.Minute {
			t.Fatalf("ingested %v after the sign-in, want 1 to 50 minutes", late)
		}
		category := r.envelope["category"].(string)
		shares[category]++
		instants[category+r.text("createdDateTime")]++
		if category == "NonInteractiveUserSignInLogs" {
			groups[strings.Join([]string{r.text("createdDateTime")[:10], r.text("appId"), r.text("userId"), r.text("ipAddress"), r.text("resourceId"), r.envelope["resultType"].(string)}, " ")]++
		}
		if r.envelope["resultType"] == "50126" && r.text("authenticationRequirement") == "multiFactorAuthentication" {
			t.Fatalf("a wrong password cannot have come as far as MFA: %s", r.raw)
		}
	}
	between := func(name string, got, low, high int) {
		if got < low || got > high {
			t.Errorf("%s: got %d, want %d to %d", name, got, low, high)
		}
	}
	between("non-interactive", shares["NonInteractiveUserSignInLogs"], 17_000, 18_700)
	between("interactive", shares["SignInLogs"], 800, 1400)
	between("service principals", shares["ServicePrincipalSignInLogs"], 600, 1200)
	between("managed identities", shares["ManagedIdentitySignInLogs"], 200, 450)
	repeated, largest, shared := 0, 0, 0
	for _, n := range groups {
		largest = max(largest, n)
		if n > 1 {
			repeated++
		}
	}
	for _, n := range instants {
		if n > 1 {
			shared++
		}
	}
	between("groups of more than one", repeated, len(groups)/4, len(groups))
	between("the largest group", largest, 20, 120)
	between("instants that several sign-ins share", shared, 50, 5000)
}

// TestMemoryIsFlat compares allocations for few and for many records: they must not grow.
func TestMemoryIsFlat(t *testing.T) {
	theOrganisation()
	var start, end runtime.MemStats
	out := &counter{}
	runtime.ReadMemStats(&start)
	if err := Stream(t.Context(), Options{Rows: 100_000, Until: testEnd, Days: 10}, out); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&end)
	const limit = 32 << 20
	if got := end.TotalAlloc - start.TotalAlloc; got > limit {
		t.Errorf("allocated %d MiB for %d MiB of records, want at most %d MiB", got>>20, out.n>>20, limit>>20)
	}
	if size := out.n / 100_000; size < 3500 || size > 5000 {
		t.Errorf("a record has %d bytes on average, want about 4 KB", size)
	}
}
