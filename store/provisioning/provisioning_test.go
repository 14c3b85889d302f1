package provisioning_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/audit"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/provisioning"
)

func decoded(t *testing.T, doc string) *provisioning.Record {
	t.Helper()
	e, err := importer.Decoder(kinds.Catalog)("", []byte(doc))
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return e.(*provisioning.Record)
}

// same compares two records but for their heads.
func same(t *testing.T, what string, want, got *provisioning.Record) {
	t.Helper()
	got = got.Clone().(*provisioning.Record)
	got.SetHead(want.Head())
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(store.Common{}, store.Head{}), cmp.FilterPath(func(p cmp.Path) bool {
		name := p.Last().String()
		return name == ".isRow" || name == ".rowTenant" || name == ".rowResult"
	}, cmp.Ignore())); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// failed is the record of testdata in Graph's shape.
func failed() *provisioning.Record {
	return &provisioning.Record{
		JobID: "HarbourDelta.7a10.11", CycleID: "c0c0c0c0-0000-4000-8000-000000000001", ChangeID: "c1c1c1c1-0000-4000-8000-000000000001", Action: "create", Status: "failure", Duration: store.IntOf(2785),
		Error: provisioning.Error{
			Code: "HarbourEntryConflict", Category: "nonServiceFailure", Reason: "The target has an account with the user name ada@harbour.example already (409).",
			Additional: "Attribute: userName", Recommended: "Remove the account, or match by another attribute.",
		},
		Source: provisioning.Identity{
			ID: "50000000-0000-4000-8000-000000000001", Name: "Ada Lanternwright", Type: "User", Username: "ada@tidewater-lantern.example",
			Details: []store.KeyValue{{Key: "odatatype", Value: "User"}, {Key: "UserPrincipalName", Value: "ada@tidewater-lantern.example"}},
		},
		Target:       provisioning.Identity{ID: "h-17", Name: "ada@harbour.example", Type: "urn:ietf:params:scim:schemas:core:2.0:User"},
		SourceSystem: provisioning.System{ID: "60000000-0000-4000-8000-000000000001", Name: "Microsoft Entra ID"},
		TargetSystem: provisioning.System{
			ID: "60000000-0000-4000-8000-000000000002", Name: "Harbour Portal",
			Details: []store.KeyValue{{Key: "ApplicationId", Value: "a0000000-0000-4000-8000-000000000001"}, {Key: "ServicePrincipalId", Value: "b0000000-0000-4000-8000-000000000001"}},
		},
		Initiator: provisioning.Initiator{Name: "Azure AD Provisioning Service", Type: "system"},
		Principal: provisioning.System{ID: "b0000000-0000-4000-8000-000000000001", Name: "Harbour Portal"},
		Tenant:    "t0000000-0000-4000-8000-000000000001",
		Steps: []provisioning.Step{
			{Name: "EntryImportAdd", Type: "import", Status: "success", Description: "Received User 'ada@tidewater-lantern.example' change of type (Add) from Microsoft Entra ID"},
			{Name: "EntrySynchronizationScoping", Type: "scoping", Status: "success", Description: "In scope", Details: []store.KeyValue{{Key: "Active in the source system", Value: "True"}, {Key: "Assigned to the application", Value: "True"}}},
			{Name: "EntryExportAdd", Type: "export", Status: "failure", Description: "Failed to create User in Harbour Portal", Details: []store.KeyValue{{Key: "ReportableIdentifier", Value: "ada@harbour.example"}}},
		},
		Changes:       []audit.Change{{Name: "userName", New: "ada@harbour.example"}, {Name: "active", Old: "False", New: "True"}, {Name: "password", New: "[Redacted]"}},
		Identity:      provisioning.Identity{ID: "50000000-0000-4000-8000-000000000001", Name: "Ada Lanternwright", Type: "User", Username: "ada@tidewater-lantern.example"},
		ApplicationID: "a0000000-0000-4000-8000-000000000001",
	}
}

func file(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// The same record comes in four spellings.
func TestSpellings(t *testing.T) {
	for _, name := range []string{"graph.json", "azure-monitor.json", "azure-monitor-names.json", "log-analytics.json"} {
		r := decoded(t, file(t, name))
		same(t, name, failed(), r)
		h := r.Head()
		if h.Log != provisioning.Log || h.ID != "90000000-0000-4000-8000-000000000001" || h.Time.IsZero() || h.TimeIsIngestion != (name == "log-analytics.json") || h.Ingested.IsZero() != (name == "graph.json") {
			t.Errorf("%s: the head is %+v", name, h)
		}
	}
}

// Some members have another shape or another name in some sources.
func TestOtherShapes(t *testing.T) {
	const around = `"id":"1","activityDateTime":"2026-11-28T12:00:00Z","jobId":"j","changeId":"c"`
	for _, test := range []struct {
		what, members string
		want          func(r *provisioning.Record) any
		is            any
	}{
		{"a service principal in a list", `"servicePrincipal":[{"id":"s","displayName":"S"}]`, func(r *provisioning.Record) any { return r.Principal.ID + r.Principal.Name }, "sS"},
		{"service principals in a list", `"servicePrincipal":[{"id":"s","displayName":"S"},{"id":"t","displayName":"T"},{"id":"u","name":"U"}]`, func(r *provisioning.Record) any { return fmt.Sprint(r.Principal, r.OtherPrincipals) }, "{s S []} [{t T []} {u U []}]"},
		{"initiatingType", `"initiatedBy":{"initiatingType":"System"}`, func(r *provisioning.Record) any { return r.Initiator.Type }, "system"},
		{"a number for the initiator", `"initiatedBy":{"Type":1}`, func(r *provisioning.Record) any { return r.Initiator.Type }, "application"},
		{"statusInfo alone", `"statusInfo":{"status":"failure","errorCode":"X","reason":"R"}`, func(r *provisioning.Record) any { return r.Status + r.Error.Code + r.Error.Reason }, "failureXR"},
		{"a number for the status", `"statusInfo":{"Status":2}`, func(r *provisioning.Record) any { return r.Status }, "skipped"},
		{"action", `"action":"StagedDelete"`, func(r *provisioning.Record) any { return r.Action }, "stagedDelete"},
		{"a number for the action", `"provisioningAction":3`, func(r *provisioning.Record) any { return r.Action }, "disable"},
		{"a newer action", `"provisioningAction":"archive"`, func(r *provisioning.Record) any { return r.Action }, "archive"},
		{"step words with a capital", `"provisioningSteps":[{"name":"n","provisioningStepType":"Import","status":"Success"}]`, func(r *provisioning.Record) any { return r.Steps[0].Type + r.Steps[0].Status }, "importsuccess"},
		{"step numbers", `"provisioningSteps":[{"name":"n","provisioningStepType":4,"status":3}]`, func(r *provisioning.Record) any { return r.Steps[0].Type + r.Steps[0].Status }, "referenceResolutionwarning"},
		{"steps in a text", `"provisioningSteps":"[{\"Name\":\"n\",\"Details\":{\"a\":{\"b\":1}}}]"`, func(r *provisioning.Record) any { return r.Steps[0].Details[0] }, store.KeyValue{Key: "a", Value: `{"b":1}`}},
		{"a name in the details alone", `"sourceIdentity":{"id":"","details":{"id":"i","DisplayName":"N"}}`, func(r *provisioning.Record) any { return r.Identity.ID + r.Identity.Name }, "iN"},
		{"a target alone", `"targetIdentity":{"id":"t","displayName":""}`, func(r *provisioning.Record) any { return r.Identity.ID + r.Identity.Name }, "tt"},
		{"the application of the source", `"sourceSystem":{"details":{"ApplicationId":"a","ServicePrincipalDisplayName":"P"}}`, func(r *provisioning.Record) any { return r.ApplicationID + r.Principal.Name }, "aP"},
		{"paths as keys", `"sourceIdentity.displayName":"N","provisioningStatusInfo.errorInformation.errorCode":"E"`, func(r *provisioning.Record) any { return r.Source.Name + r.Error.Code }, "NE"},
		{"error information that is null", `"provisioningStatusInfo":{"status":"success","errorInformation":null}`, func(r *provisioning.Record) any { return r.Status + r.Error.Code }, "success"},
	} {
		if got := test.want(decoded(t, `{`+around+`,`+test.members+`}`)); got != test.is {
			t.Errorf("%s: got %v, want %v", test.what, got, test.is)
		}
	}
}

// What Azure Monitor has around the properties counts where they lack it.
func TestWhatStandsAroundARecord(t *testing.T) {
	r := decoded(t, `{"time":"2026-11-28T12:00:01Z","category":"ProvisioningLogs","tenantId":"t1","correlationId":"c1","resultType":"Skipped","properties":{"id":"1","activityDateTime":"2026-11-28T12:00:00Z","jobId":"j"}}`)
	if r.ChangeID != "c1" || r.Tenant != "t1" || provisioning.Kind.StatusInfo(provisioning.Kind.StatusOf(r)).Name != "skipped" {
		t.Errorf("got %+v", r)
	}
}

// A list in a shape that is not read is told, and does not take the place of one that is.
func TestListsThatAreNotRead(t *testing.T) {
	const around = `{"id":"1","activityDateTime":"2026-11-28T12:00:00Z","jobId":"j","changeId":"c",`
	step, _ := provisioning.Kind.Field("step")
	for list, want := range map[string]string{
		`[{"name":"a"},{"name":"b"}]`: "a b", `[]`: "", `null`: "", `""`: "", `{"name":"a"}`: "a", `[{"name":"a"},7]`: "a " + store.UnreadShape, `"all"`: store.UnreadShape,
		`[{"name":"a","details":[1]}]`: "a " + store.UnreadShape,
	} {
		r := decoded(t, around+`"provisioningSteps":`+list+`}`)
		if got := strings.Join(step.Properties[0].Set(r), " "); got != want {
			t.Errorf("%s is %q, want %q", list, got, want)
		}
	}
	whole, cut := decoded(t, around+`"provisioningSteps":[{"name":"a"}]}`), decoded(t, around+`"provisioningSteps":"cut off"}`)
	merged := whole.Clone()
	provisioning.Kind.Update(merged, cut)
	if r := merged.(*provisioning.Record); len(r.Steps) != 1 || r.UnreadSteps {
		t.Errorf("merged: %+v", r.Steps)
	}
}

// Values that describe a credential are in nothing that is given to who may not see them, in either spelling.
func TestSecretsAreWithheld(t *testing.T) {
	hidden := store.ClassesOf(store.Secret)
	for _, name := range []string{"graph.json", "azure-monitor-names.json", "log-analytics.json"} {
		doc := []byte(file(t, name))
		if got := provisioning.Kind.Redact(compact(t, doc), hidden); bytes.Contains(got, []byte("[Redacted]")) || !bytes.Contains(got, []byte("ada@harbour.example")) {
			t.Errorf("%s: the record as received is %s", name, got)
		}
		r := decoded(t, string(doc))
		kept := r.Clone().(*provisioning.Record)
		provisioning.Kind.Withhold(kept, hidden)
		if c := kept.Changes[2]; c.New != "" || !c.Withheld || kept.Changes[0].New == "" || r.Changes[2].New == "" {
			t.Errorf("%s: the changes are %+v", name, kept.Changes)
		}
	}
}

func compact(t *testing.T, doc []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, doc); err != nil { // as records are kept
		t.Fatal(err)
	}
	return b.Bytes()
}

// The same record as three sources write it, in any order of import, makes one record with the same values.
func TestCopiesMakeOneRecord(t *testing.T) {
	names := []string{"graph.json", "azure-monitor-names.json", "log-analytics.json"}
	for _, order := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		var versions []store.Version
		for _, i := range order {
			doc := compact(t, []byte(file(t, names[i])))
			versions = append(versions, store.Version{Entry: decoded(t, string(doc)), Doc: doc, Received: time.Date(2026, 11, 29, i, 0, 0, 0, time.UTC)})
		}
		provisioning.Kind.SortVersions(versions)
		merged := provisioning.Kind.Merge(versions).(*provisioning.Record)
		same(t, fmt.Sprint(order), failed(), merged)
		if h := merged.Head(); h.TimeIsIngestion || !h.Time.Equal(time.Date(2026, 11, 28, 9, 15, 30, 123456000, time.UTC)) || h.Ingested.Hour() != 9 {
			t.Errorf("%v: the head is %+v", order, h)
		}
	}
}

// A record is in the scope of its identity on either side, and of its application.
func TestScopeOfARecord(t *testing.T) {
	info := provisioning.Kind.Logs[0]
	r := decoded(t, file(t, "graph.json"))
	target := decoded(t, strings.Replace(file(t, "graph.json"), `"h-17"`, `"70000000-0000-4000-8000-000000000001"`, 1))
	for _, test := range []struct {
		what  string
		scope store.Scope
		of    *provisioning.Record
		want  bool
	}{
		{"the source", store.NewScope([]string{"50000000-0000-4000-8000-000000000001"}, nil, nil), r, true},
		{"the target", store.NewScope([]string{"70000000-0000-4000-8000-000000000001"}, nil, nil), target, true},
		{"the application", store.NewScope(nil, nil, []string{"A0000000-0000-4000-8000-000000000001"}), r, true},
		{"somebody else", store.NewScope([]string{"50000000-0000-4000-8000-000000000002"}, nil, nil), r, false},
		{"another application", store.NewScope(nil, nil, []string{"a0000000-0000-4000-8000-000000000002"}), r, false},
	} {
		if got := test.scope.Has(info, test.of); got != test.want {
			t.Errorf("%s: %v, want %v", test.what, got, test.want)
		}
	}
}

// Every code of Microsoft's page on the analysis of provisioning logs has advice, also behind the name of a system.
func TestAdvice(t *testing.T) {
	for _, code := range strings.Fields(`Conflict EntryConflict TooManyRequests InternalServerError InsufficientRights MethodNotAllowed NotPermitted Unauthorized UnprocessableEntity
		WebExceptionProtocolError InvalidAnchor NotImplemented MandatoryFieldsMissing MissingValues SchemaAttributeNotFound InternalError InvalidDomain Timeout LicenseLimitExceeded
		DuplicateTargetEntries DuplicateSourceEntries ImportSkipped EntrySynchronizationSkipped SystemForCrossDomainIdentityManagementMultipleEntriesInResponse
		SystemForCrossDomainIdentityManagementServiceIncompatible SchemaPropertyCanOnlyAcceptValue AzureActiveDirectoryCannotUpdateObjectsOriginatedInExternalService AzureDirectoryB2BManagementPolicyCheckFailure`) {
		plain, ok := provisioning.AdviceOn(code)
		named, okNamed := provisioning.AdviceOn("Contoso" + strings.ToUpper(code))
		if !ok || !okNamed || plain != named || !strings.HasSuffix(plain.Means, ".") || !strings.HasSuffix(plain.Do, ".") {
			t.Errorf("%s: %+v, %v; behind a name %+v, %v", code, plain, ok, named, okNamed)
		}
	}
	server, _ := provisioning.AdviceOn("InternalServerError")
	own, _ := provisioning.AdviceOn("InternalError")
	if server == own {
		t.Error("the target's failure and the service's are one")
	}
	for _, code := range []string{"", "Brightness", "42"} {
		if a, ok := provisioning.AdviceOn(code); ok {
			t.Errorf("%q has the advice %+v", code, a)
		}
	}
}
