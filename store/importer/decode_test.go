package importer

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
)

// azure puts properties into the envelope of an Azure Monitor record of the interactive log.
func azure(envelope, properties string) string {
	if envelope != "" {
		envelope += ","
	}
	return `{` + envelope + `"category":"SignInLogs","time":"2026-11-02T09:00:00Z","properties":{` + properties + `}}`
}

const created = `"createdDateTime":"2026-11-02T08:00:00.1234567Z"`

// azureless is a sign-in in the manner of Graph.
func azureless(properties string) string {
	return `{"id":"x","appId":"a","userPrincipalName":"ada@example.com","ipAddress":"192.0.2.1",` + properties + `}`
}

func mustDecode(t *testing.T, doc string) store.SignIn {
	t.Helper()
	s, err := Decoder(signInsOnly)("", []byte(doc))
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return *s.(*store.SignIn)
}

func TestDecodeRules(t *testing.T) {
	for _, test := range []struct {
		name, doc string
		got       func(s store.SignIn) any
		want      any
	}{
		{"time is cut to microseconds", azure("", created), func(s store.SignIn) any { return s.Time }, time.Date(2026, 11, 2, 8, 0, 0, 123456000, time.UTC)},
		{"time of ingestion beside", azure("", created), func(s store.SignIn) any { return s.Ingested }, time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)},
		{"time of ingestion instead", azure("", `"id":"x"`), func(s store.SignIn) any { return s.TimeIsIngestion }, true},
		{"own time is not marked", azure("", created), func(s store.SignIn) any { return s.TimeIsIngestion }, false},
		{"resource is the properties'", azure(`"resourceId":"/tenants/x/providers/Microsoft.aadiam"`, `"resourceId":"r"`), func(s store.SignIn) any { return s.ResourceID }, "r"},
		{"resource is never the envelope's", azure(`"resourceId":"/tenants/x/providers/Microsoft.aadiam"`, created), func(s store.SignIn) any { return s.ResourceID }, ""},
		{"ResourceIdentity", azure("", `"ResourceIdentity":"r"`), func(s store.SignIn) any { return s.ResourceID }, "r"},
		{"tenant is the envelope's", azure(`"tenantId":"t"`, `"tenantId":"u"`), func(s store.SignIn) any { return s.TenantID }, "t"},
		{"tenant of the properties else", azure("", `"tenantId":"u"`), func(s store.SignIn) any { return s.TenantID }, "u"},
		{"AADTenantId before a workspace", azure(`"TenantId":"workspace","AADTenantId":"t"`, created), func(s store.SignIn) any { return s.TenantID }, "t"},
		{"casing", `{"Category":"signinlogs","calleripaddress":"192.0.2.1","TIME":"2026-11-02 09:00:00","properties":{"UserPrincipalName":"Ada@Example.com"}}`, func(s store.SignIn) any { return []string{s.IPAddress, s.UserPrincipalName} }, []string{"192.0.2.1", "Ada@Example.com"}},
		{"properties before envelope", azure(`"callerIpAddress":"192.0.2.1","correlationId":"c"`, `"ipAddress":"192.0.2.2","correlationId":"d"`), func(s store.SignIn) any { return []string{s.IPAddress, s.CorrelationID} }, []string{"192.0.2.2", "d"}},
		{"envelope where empty", azure(`"callerIpAddress":"192.0.2.1","correlationId":"c","identity":"Ada","location":"GB"`, `"ipAddress":"","userId":"u"`), func(s store.SignIn) any {
			return []string{s.IPAddress, s.CorrelationID, s.UserDisplayName, s.CountryOrRegion}
		}, []string{"192.0.2.1", "c", "Ada", "GB"}},
		{"error code of the status", azure(`"resultType":"50126"`, `"status":{"errorCode":0}`), func(s store.SignIn) any { return s.ErrorCode }, store.IntOf(0)},
		{"result type, a number", azure(`"resulttype":7000215,"resultDescription":"bad secret"`, created), func(s store.SignIn) any { return []any{s.ErrorCode, s.FailureReason} }, []any{store.IntOf(7000215), "bad secret"}},
		{"result type, a string", azure(`"resultType":"50126"`, `"status":{}`), func(s store.SignIn) any { return s.ErrorCode }, store.IntOf(50126)},
		{"result type Success", azure(`"resultType":"Success"`, created), func(s store.SignIn) any { return s.ErrorCode }, store.IntOf(0)},
		{"no code", azure("", created), func(s store.SignIn) any { return s.ErrorCode }, store.Int{}},
		{"stated status", azure("", `"status":"Interrupted"`), func(s store.SignIn) any { return s.Status() }, store.StatusInterrupted},
		{"JSON in strings", azure("", `"status":"{\"errorCode\":\"50076\"}","DeviceDetail":"{\"browser\":\"Edge\"}","LocationDetails":"{\"city\":\"Rom\\u0065\"}"`), func(s store.SignIn) any {
			return []any{s.ErrorCode, s.Browser, s.City}
		}, []any{store.IntOf(50076), "Edge", "Rome"}},
		{"properties in a string", `{"category":"SignInLogs","time":"2026-11-02T09:00:00Z","properties":"{\"id\":\"x\",\"status\":\"{\\\"errorCode\\\":1}\"}"}`, func(s store.SignIn) any { return []any{s.ID, s.ErrorCode} }, []any{"x", store.IntOf(1)}},
		{"unexpected types are left out", azure("", `"id":"x","userDisplayName":7,"deviceDetail":[1],"status":true,"location":5,"isInteractive":{},"autonomousSystemNumber":"many","authenticationDetails":{"a":1},"riskEventTypes_v2":9,"appliedConditionalAccessPolicies":"x"`), func(s store.SignIn) any {
			return []any{s.ID, s.UserDisplayName, s.AutonomousSystemNumber, s.IsInteractive, len(s.AuthenticationDetails)}
		}, []any{"x", "", store.Int{}, store.Unset, 0}},
		{"numbers and truths in strings", azure("", `"autonomousSystemNumber":"64500","isInteractive":"True","processingTimeInMs":"58"`), func(s store.SignIn) any {
			return []any{s.AutonomousSystemNumber, s.IsInteractive, s.ProcessingTimeInMilliseconds}
		}, []any{store.IntOf(64500), store.True, store.IntOf(58)}},
		{"huge numbers", azure("", `"autonomousSystemNumber":1e400,"processingTimeInMilliseconds":99999999999999999999999999`), func(s store.SignIn) any { return []store.Int{s.AutonomousSystemNumber, s.ProcessingTimeInMilliseconds} }, []store.Int{{}, {}}},
		{"no place", azure("", `"location":{"geoCoordinates":{"latitude":0.0,"longitude":0.0}}`), func(s store.SignIn) any { return s.Coordinates.Set }, false},
		{"a place", azure("", `"location":{"geoCoordinates":{"latitude":0.0,"longitude":6.5}}`), func(s store.SignIn) any { return s.Coordinates }, store.Coordinates{Longitude: 6.5, Set: true}},
		{"condition bits", azure("", `"appliedConditionalAccessPolicies":[{"conditionsSatisfied":23,"conditionsNotSatisfied":65536},{"conditionsSatisfied":0,"conditionsNotSatisfied":131072}]`), func(s store.SignIn) any {
			p := s.AppliedConditionalAccessPolicies
			return [][]string{p[0].ConditionsSatisfied, p[0].ConditionsNotSatisfied, p[1].ConditionsSatisfied, p[1].ConditionsNotSatisfied}
		}, [][]string{{"application", "users", "devicePlatform", "clientType"}, {"insiderRisk"}, nil, {"condition 17"}}},
		{"policies in a string", azure("", `"ConditionalAccessPolicies":"[{\"id\":\"p\",\"conditionsSatisfied\":1}]"`), func(s store.SignIn) any { return s.AppliedConditionalAccessPolicies }, []store.AppliedPolicy{{ID: "p", ConditionsSatisfied: []string{"application"}}}},
		{"audiences as objects", azure("", `"conditionalAccessAudiences":[{"applicationId":"a"},{"applicationId":"b"}]`), func(s store.SignIn) any { return s.ConditionalAccessAudiences }, []string{"a", "b"}},
		{"CAE token without blanks", azure("", `"authenticationProcessingDetails":[{"key":"IsCAEToken","value":"True"}]`), func(s store.SignIn) any { return s.IsCAEToken }, store.True},
		{"CAE token", azure("", `"authenticationProcessingDetails":[{"key":"Is CAE Token","value":"False"}]`), func(s store.SignIn) any { return s.IsCAEToken }, store.False},
		{"nobody's user ID", azure("", `"userId":"00000000-0000-0000-0000-000000000000"`), func(s store.SignIn) any { return s.UserID }, ""},
		{"empty objects are nothing", azure("", `"privateLinkDetails":{},"appliedEventListeners":[]`), func(s store.SignIn) any { return s.PrivateLinkDetails == nil && s.AppliedEventListeners == nil }, true},
		{"former name of the identifier", azure("", `"alternateSignInName":"ada"`), func(s store.SignIn) any { return s.SignInIdentifier }, "ada"},
		{"the caller's address where it is another", azure(`"callerIpAddress":"192.0.2.200"`, `"ipAddress":"203.0.113.10"`), func(s store.SignIn) any { return []string{s.IPAddress, s.CallerIPAddress} }, []string{"203.0.113.10", "192.0.2.200"}},
		{"the caller's address, written inside IPv6", azure(`"callerIpAddress":"::ffff:192.0.2.1"`, `"ipAddress":"192.0.2.1"`), func(s store.SignIn) any { return []string{s.IPAddress, s.CallerIPAddress} }, []string{"192.0.2.1", ""}},
		{"the caller's address alone", azure(`"callerIpAddress":"192.0.2.200"`, `"ipAddress":""`), func(s store.SignIn) any { return []string{s.IPAddress, s.CallerIPAddress} }, []string{"192.0.2.200", ""}},
		{"no address", azure(`"callerIpAddress":"<null>"`, `"ipAddress":"<null>","ipAddressFromResourceProvider":"<IP ADDRESS>"`), func(s store.SignIn) any {
			return []string{s.IPAddress, s.CallerIPAddress, s.IPAddressFromResourceProvider}
		}, []string{"", "", ""}},
		{"agents", azure("", `"agent":{"agentType":"agenticAppInstance","agentSubjectType":"agentIDuser","parentAppId":"p"},"clientSessionId":"c"`), func(s store.SignIn) any {
			return []string{s.AgentType, s.AgentSubjectType, s.AgentParentAppID, s.ClientSessionID}
		}, []string{"agenticAppInstance", "agentIDuser", "p", "c"}},
		{"a user's sign-in has no mark of Microsoft", azure("", `"appOwnerTenantId":"f8cdef31-a31e-4b4a-93e4-5f571e91255a"`), func(s store.SignIn) any { return s.Microsoft }, store.Unset},
		{"Microsoft by its tenant", strings.Replace(azure("", `"appOwnerTenantId":"F8CDEF31-a31e-4b4a-93e4-5f571e91255a"`), "SignInLogs", "ServicePrincipalSignInLogs", 1), func(s store.SignIn) any { return s.Microsoft }, store.True},
		{"Microsoft by its category", strings.Replace(azure("", created), "SignInLogs", "MicrosoftServicePrincipalSignInLogs", 1), func(s store.SignIn) any { return s.Microsoft }, store.True},
		{"another owner", strings.Replace(azure("", `"appOwnerTenantId":"t"`), "SignInLogs", "ServicePrincipalSignInLogs", 1), func(s store.SignIn) any { return s.Microsoft }, store.False},
		{"broken UTF-8", azure("", "\"userAgent\":\"a\xffb\""), func(s store.SignIn) any { return s.UserAgent }, "a\uFFFDb"},
		{"lone surrogate", azure("", `"userAgent":"a\ud800\u0041"`), func(s store.SignIn) any { return s.UserAgent }, "a\uFFFDA"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.got(mustDecode(t, test.doc))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeLog(t *testing.T) {
	flat := func(fields string) string {
		return `{"id":"x",` + created + `,"appId":"a","ipAddress":"192.0.2.1","status":{"errorCode":0},` + fields + `}`
	}
	category := func(name string) string {
		return `{"category":"` + name + `","time":"2026-11-02T09:00:00Z","properties":{"isInteractive":false}}`
	}
	for _, test := range []struct {
		name, doc string
		want      store.Log
	}{
		{"category before isInteractive", category("SignInLogs"), store.Interactive},
		{"AD FS", category("ADFSSignInLogs"), store.Interactive},
		{"non-interactive", category("NonInteractiveUserSignInLogs"), store.NonInteractive},
		{"service principal", category("ServicePrincipalSignInLogs"), store.ServicePrincipal},
		{"managed identity", category("ManagedIdentitySignInLogs"), store.ManagedIdentity},
		{"a service principal of Microsoft's", category("MicrosoftServicePrincipalSignInLogs"), store.ServicePrincipal},
		{"a log that is new, of users", strings.Replace(flat(`"isInteractive":false,"userId":"u"`), "{", `{"category":"AgentSignInLogs","time":"2026-11-02T09:00:00Z",`, 1), store.NonInteractive},
		{"a log that is new, of service principals", strings.Replace(flat(`"servicePrincipalId":"s"`), "{", `{"category":"AgentSignInLogs","time":"2026-11-02T09:00:00Z",`, 1), store.ServicePrincipal},
		{"event types before isInteractive", flat(`"signInEventTypes":["nonInteractiveUser"],"isInteractive":true`), store.NonInteractive},
		{"isInteractive", flat(`"isInteractive":false,"userId":"u"`), store.NonInteractive},
		{"interactive", flat(`"isInteractive":true`), store.Interactive},
		{"carries a service principal", flat(`"isInteractive":false,"servicePrincipalId":"s"`), store.ServicePrincipal},
		{"carries a managed identity", flat(`"servicePrincipalId":"s","managedServiceIdentity":{"msiType":"userAssigned"}`), store.ManagedIdentity},
		{"carries a user", flat(`"userPrincipalName":"ada@example.com"`), store.Interactive},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := mustDecode(t, test.doc).Log; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, test := range []struct{ name, doc, want string }{
		{"no time", `{"category":"SignInLogs","properties":{"id":"x"}}`, "has no time"},
		{"a year too far away", azure("", `"createdDateTime":"9999-12-31T23:59:59Z"`), "too far from today"},
		{"an array", `[1]`, "not an object"},
		{"audit record", `{"category":"AuditLogs","time":"2026-11-02T09:00:00Z","properties":{}}`, "audit records"},
		{"a sign-in of Graph without an id", `{"createdDateTime":"2026-11-02T08:00:00Z","appId":"a","userPrincipalName":"ada@example.com","ipAddress":"192.0.2.1"}`, "has no id"},
		{"a time in an unread form", azureless(`"createdDateTime":"\/Date(noon)\/"`), `the time "/Date(noon)/" cannot be read`},
		{"a time in an object", azureless(`"createdDateTime":{"when":"/Date(1)/"}`), `the time {"when":"/Date(1)/"} cannot be read`},
		{"something else", `{"hello":"world"}`, "no format"},
		{"two records", azure("", created) + azure("", created), "something follows"},
		{"deep nesting", strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "nested too deeply"},
		{"NaN", azure("", `"autonomousSystemNumber":NaN`), "not valid JSON"},
		{"bad number", azure("", `"autonomousSystemNumber":01`), "not valid JSON"},
		{"bad escape", azure("", `"id":"\x"`), "escape"},
		{"nothing", ``, "cut off"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Decoder(signInsOnly)("", []byte(test.doc))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
}

func TestDerivedID(t *testing.T) {
	id := func(doc string) string { return mustDecode(t, doc).ID }
	base := id(azure(`"tenantId":"t"`, created+`,"userId":"u"`))
	if len(base) != 36 || base[14] != '8' || strings.Count(base, "-") != 4 {
		t.Errorf("got %s, want the shape of a UUID, version 8", base)
	}
	for _, same := range []string{
		` {"properties": {"userId" : "u", ` + created + `}, "tenantId":"t", "time":"2026-11-02T09:00:00Z", "category":"SignInLogs"}`,
		`{"tenantId":"t","category":"SignInLogs","time":"2026-11-03T09:00:00Z","properties":{` + created + `,"userId":"u"}}`,
		azure(`"tenantId":"t"`, created+`,"userId":"u"`),
	} {
		if got := id(same); got != base {
			t.Errorf("%s got %s, want %s", same, got, base)
		}
	}
	for _, other := range []string{
		azure(`"tenantId":"t"`, created+`,"userId":"v"`),
		azure(`"tenantId":"t"`, `"userId":"u"`),
		`{"tenantId":"t","category":"SignInLogs","time":"2026-11-03T09:00:00Z","properties":{"userId":"u"}}`,
	} {
		if got := id(other); got == base {
			t.Errorf("%s got the same ID", other)
		}
	}
	for _, none := range []string{`"id":""`, `"id":null`, `"id":"00000000-0000-0000-0000-000000000000"`} {
		if got := id(azure("", created+","+none)); len(got) != 36 || got == nobody {
			t.Errorf("%s got ID %q, want a derived one", none, got)
		}
	}
}

func TestParseTime(t *testing.T) {
	at := func(day, hour, minute, second, micros int) time.Time {
		return time.Date(2025, 4, day, hour, minute, second, micros*1000, time.UTC)
	}
	for text, want := range map[string]time.Time{
		"2025-04-14T11:17:05Z":              at(14, 11, 17, 5, 0),
		"2025-04-14T11:17:05.1Z":            at(14, 11, 17, 5, 100000),
		"2025-04-14T11:17:05.1234567+00:00": at(14, 11, 17, 5, 123456),
		"2025-04-14T11:17:05.123456789012Z": at(14, 11, 17, 5, 123456),
		"2025-04-14T13:17:05+02:00":         at(14, 11, 17, 5, 0),
		"2025-04-14T00:17:05-1100":          at(14, 11, 17, 5, 0),
		"2025-04-14 11:17:05.983201900":     at(14, 11, 17, 5, 983201),
		"2025-04-14T3:15:37.008Z":           at(14, 3, 15, 37, 8000),
		"2025-04-14T11:17Z":                 at(14, 11, 17, 0, 0),
		"4/14/2025 11:17:05 AM":             at(14, 11, 17, 5, 0),
		"4/14/2025, 11:17:05.5 PM":          at(14, 23, 17, 5, 500000),
		"4/14/2025 12:00:00 AM":             at(14, 0, 0, 0, 0),
		"04/14/2025 12:00:00 PM":            at(14, 12, 0, 0, 0),
		"2025-04-14T11:17:05.123 UTC":       at(14, 11, 17, 5, 123000),
	} {
		if got, ok := parseTime([]byte(text)); !ok || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: got %v %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", "yesterday", "2025-04-14", "2025-13-01T00:00:00Z", "2025-04-31T00:00:00Z", "2025-04-14T25:00:00Z",
		"2025-04-14T11:17:05.Z", "2025-04-14T11:17:05+2", "14/4/2025 11:17:05 AM", "4/14/2025 13:17:05 AM",
		"0001-01-01T00:00:00Z", "2025-04-14T11:17:05Zx", "//", "1/1",
	} {
		if got, ok := parseTime([]byte(text)); ok {
			t.Errorf("%q: got %v, want no time", text, got)
		}
	}
}
