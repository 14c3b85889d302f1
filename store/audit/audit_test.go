package audit_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/audit"
	"signpost/store/importer"
	"signpost/store/kinds"
)

func decoded(t *testing.T, doc string) *audit.Record {
	t.Helper()
	e, err := importer.Decoder(kinds.Catalog)("", []byte(doc))
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return e.(*audit.Record)
}

const aRecord = `{"time":"2026-11-28T12:00:01Z","category":"AuditLogs","operationName":"Update user","tenantId":"t1","correlationId":"c1","callerIpAddress":"192.0.2.7","properties":{
	"id":"Directory_c1_ABCDE_1","category":"UserManagement","correlationId":"c1","result":"success","resultReason":"","activityDisplayName":"Update user","activityDateTime":"2026-11-28T12:00:00.1234567+00:00",
	"loggedByService":"Core Directory","operationType":"Update","userAgent":null,
	"initiatedBy":{"user":{"id":"u1","displayName":null,"userPrincipalName":"ada@example.com","ipAddress":"192.0.2.9","roles":[]},"linkableIdentifiers":{"sessionId":"s1","tokenDetails":{"uniqueTokenIdentifier":"AAAAAAAAAAAAAAAAAAAAAA"}}},
	"targetResources":[{"id":"u2","displayName":"Bo","type":"User","userPrincipalName":"bo@example.com","modifiedProperties":[{"displayName":"AccountEnabled","oldValue":"[true]","newValue":"[false]"},{"displayName":"Credential","oldValue":null,"newValue":"\"hash\""}]},
		{"ID":"g1","DisplayName":null,"Type":"Group"}],
	"additionalDetails":[{"key":"UserType","value":"Member"},{"key":"User-Agent","value":"curl/8"}]}}`

func TestRecordOfAzureMonitor(t *testing.T) {
	r := decoded(t, aRecord)
	want := &audit.Record{
		CorrelationID: "c1", Service: "Core Directory", Category: "UserManagement", Activity: "Update user", Operation: "Update", Result: "success", UserAgent: "curl/8",
		User: audit.User{ID: "u1", Username: "ada@example.com", Address: "192.0.2.9"}, SessionID: "s1", TokenID: "AAAAAAAAAAAAAAAAAAAAAA",
		Targets: []audit.Target{
			{ID: "u2", Name: "Bo", Type: "User", Username: "bo@example.com", Changes: []audit.Change{{Name: "AccountEnabled", Old: "[true]", New: "[false]"}, {Name: "Credential", New: `"hash"`}}},
			{ID: "g1", Type: "Group"},
		},
		Details: []store.KeyValue{{Key: "UserType", Value: "Member"}, {Key: "User-Agent", Value: "curl/8"}},
		ActorID: "u1", ActorUsername: "ada@example.com", ActorName: "ada@example.com", Address: "192.0.2.9", TargetNames: "Bo, g1", Tenant: "t1",
	}
	want.SetHead(r.Head())
	if diff := cmp.Diff(want, r, cmp.AllowUnexported(store.Common{}), cmp.AllowUnexported(store.Head{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if h := r.Head(); h.Log != audit.Directory || h.ID != "Directory_c1_ABCDE_1" || h.TimeIsIngestion || h.Ingested.IsZero() {
		t.Errorf("the head is %+v", h)
	}
}

// What a record does not say itself, its envelope may.
func TestWhatStandsAroundARecord(t *testing.T) {
	r := decoded(t, `{"time":"2026-11-28T12:00:01Z","operationName":"Elevate access","category":"DirectoryManagement","correlationId":"c1","callerIpAddress":"192.0.2.7","identity":"Ada","result":"SUCCESS",
		"properties":{"activityDateTime":"2026-11-28T12:00:00Z","loggedByService":"Microsoft.Authorization"}}`)
	if r.Activity != "Elevate access" || r.Category != "DirectoryManagement" || r.CorrelationID != "c1" || r.Address != "192.0.2.7" || r.ActorName != "Ada" || audit.Kind.StatusInfo(audit.Kind.StatusOf(r)).Label != "Success" {
		t.Errorf("got %+v", r)
	}
	if r.Head().ID == "" {
		t.Error("a record without an id has none made of what it says")
	}
}

// A record about custom security attributes is of their log, wherever it stood.
func TestLogOfARecord(t *testing.T) {
	const properties = `"id":"x","activityDisplayName":"Update attribute set","activityDateTime":"2026-11-28T12:00:00Z"`
	for doc, want := range map[string]store.Log{
		`{"time":"2026-11-28T12:00:01Z","category":"AuditLogs","properties":{` + properties + `}}`:                                  audit.Directory,
		`{"time":"2026-11-28T12:00:01Z","category":"Audit","properties":{` + properties + `}}`:                                      audit.Directory,
		`{"time":"2026-11-28T12:00:01Z","category":"RoleManagement","properties":{` + properties + `,"initiatedBy":{}}}`:            audit.Directory,
		`{"time":"2026-11-28T12:00:01Z","category":"AuditLogs","properties":{` + properties + `,"category":"AttributeManagement"}}`: audit.Attributes,
		`{"time":"2026-11-28T12:00:01Z","category":"CustomSecurityAttributeAuditLogs","properties":{` + properties + `}}`:           audit.Attributes,
		`{` + properties + `}`: audit.Directory,
		`{"@odata.context":"https://graph.microsoft.com/beta/$metadata#auditLogs/customSecurityAttributeAudits/$entity",` + properties + `}`: audit.Attributes,
		`{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#auditLogs/directoryAudits/$entity",` + properties + `}`:               audit.Directory,
		`{"@odata.type":"#microsoft.graph.customSecurityAttributeAudit",` + properties + `}`:                                                 audit.Attributes,
	} {
		if got := decoded(t, doc).Head().Log; got != want {
			t.Errorf("%s is of %s, want %s", doc, got, want)
		}
	}
}

// Lists come as lists, as texts that hold one, and as one object. Any other shape is told, not taken for an empty list.
func TestShapesOfLists(t *testing.T) {
	target, _ := audit.Kind.Field("target")
	for list, want := range map[string]string{
		`[{"id":"a"},{"id":"b"}]`: "a b", `"[{\"id\":\"a\"}]"`: "a", `{"id":"a"}`: "a", `[]`: "", `null`: "", `""`: "",
		`[{"id":"a"},7]`: "a " + store.UnreadShape, `"all of them"`: store.UnreadShape, `[{"id":"a","modifiedProperties":"[{\"displayName\":\"P\"}]"}]`: "a",
		`[{"id":7}]`: "7",
	} {
		r := decoded(t, `{"id":"x","activityDisplayName":"a","activityDateTime":"2026-11-28T12:00:00Z","targetResources":`+list+`}`)
		if got := strings.Join(target.Properties[0].Set(r), " "); got != want {
			t.Errorf("%s is %q, want %q", list, got, want)
		}
	}
}

// Values that describe a credential are in nothing that is given to who may not see them.
func TestSecretsAreWithheld(t *testing.T) {
	hidden := store.ClassesOf(store.Secret)
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(aRecord)); err != nil { // as records are kept
		t.Fatal(err)
	}
	doc := string(audit.Kind.Redact(compact.Bytes(), hidden))
	if strings.Contains(doc, "hash") || !strings.Contains(doc, audit.Withheld) || !strings.Contains(doc, `"[true]"`) {
		t.Errorf("the record as received is %s", doc)
	}
	inText := `{"properties":{"targetResources":"[{\"modifiedProperties\":[{\"displayName\":\"Credential\",\"newValue\":\"hash\"}]}]"}}`
	if got := string(audit.Kind.Redact([]byte(inText), hidden)); strings.Contains(got, "hash") {
		t.Errorf("JSON inside a text keeps it: %s", got)
	}
	r := decoded(t, aRecord)
	kept := r.Clone().(*audit.Record)
	audit.Kind.Withhold(kept, hidden)
	if change := kept.Targets[0].Changes[1]; change.New != "" || !change.Withheld || kept.Targets[0].Changes[0].New == "" {
		t.Errorf("the changes are %+v", kept.Targets[0].Changes)
	}
	if r.Targets[0].Changes[1].New == "" {
		t.Error("the record itself lost the value")
	}
}

// TestRealRecords reads the records of a real tenant.
func TestRealRecords(t *testing.T) {
	f, err := os.Open("../../../shared/fixtures/DataDog_azure-log-forwarding-orchestration/internal_logs_audit_logs.json")
	if err != nil {
		t.Skip("the real exports are not at hand: ", err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); n++ {
		r := decoded(t, lines.Text())
		if r.Head().Log != audit.Directory || r.ActorName == "" || r.TargetNames == "" || r.Category == "" || r.Service == "" || audit.Kind.StatusOf(r) == store.StatusUnknown || len(r.Targets) == 0 {
			t.Errorf("line %d: %+v", n+1, r)
		}
	}
	if n != 22 {
		t.Errorf("%d records, want 22", n)
	}
}
