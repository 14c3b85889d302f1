package risk_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/risk"
)

func decoded(t *testing.T, doc string) *risk.Record {
	t.Helper()
	e, err := importer.Decoder(kinds.Catalog)("", []byte(doc))
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return e.(*risk.Record)
}

// file is a made-up detection of the specification: see testdata/README.md.
func file(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// values gives what a record tells under each property, those of several values joined.
func values(r *risk.Record, without ...*store.Property) map[string]string {
	told := map[string]string{}
	for _, p := range risk.Kind.Properties {
		text := ""
		if p.Text != nil {
			text = *p.Text(r)
		} else {
			text = strings.Join(p.Set(r), " | ")
		}
		if text != "" && !slices.Contains(without, p) {
			told[p.Name] = text
		}
	}
	return told
}

// same compares what records tell.
func same(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s: %s is %q, want %q", what, name, got[name], value)
		}
	}
	for name, value := range got {
		if want[name] == "" {
			t.Errorf("%s: %s is %q, want nothing", what, name, value)
		}
	}
}

// The same detection comes in several spellings. What a source has no place for is left out.
func TestSpellings(t *testing.T) {
	want := map[string]string{
		"id": "9ee50f0000000000000000000000000000000000000000000000000000000001", "requestId": "7a000000-0000-4000-8000-000000000001", "correlationId": "7b000000-0000-4000-8000-000000000001",
		"riskType": "generic", "riskEventType": "unfamiliarFeatures", "riskState": "atRisk", "riskLevel": "high", "riskDetail": "none", "source": "IdentityProtection", "detectionTimingType": "realtime",
		"activity": "signin", "tokenIssuerType": "AzureAD", "ipAddress": "192.0.2.17", "location.city": "Tromsø", "location.state": "Troms", "location.countryOrRegion": "NO",
		"detectedDateTime": "2026-11-28T03:17:05.068Z", "lastUpdatedDateTime": "2026-11-28T03:20:00Z", "userId": "51000000-0000-4000-8000-000000000001", "userDisplayName": "Ada Lanternwright",
		"userPrincipalName": "ada@tidewater-lantern.example", "userAgent": "Mozilla/5.0 (X11) Lantern/7", "riskReasons": "UnfamiliarASN | UnfamiliarIP | TI_RI_0042", "mitreTechniques": "T1078 | T1110.003",
	}
	around := []*store.Property{risk.UserType, risk.HomeTenantID, risk.CrossTenantAccess, risk.Technique, risk.Tenant}
	for _, name := range []string{"graph.json", "azure-monitor.json", "log-analytics.json"} {
		r := decoded(t, file(t, name))
		expected := want
		if name == "log-analytics.json" {
			expected = map[string]string{}
			for key, value := range want {
				if key != "riskType" {
					expected[key] = value
				}
			}
		}
		same(t, name, values(r, around...), expected)
		h := r.Head()
		if h.Log != risk.Users || !h.Time.Equal(time.Date(2026, 11, 28, 3, 15, 37, 8e6, time.UTC)) || h.TimeIsIngestion || h.Ingested.IsZero() != (name == "graph.json") || !r.Coordinates.Set || r.Coordinates.Latitude != 69.65 || len(r.Info) != 4 {
			t.Errorf("%s: the head is %+v, and the record %+v", name, h, r)
		}
		if isMonitor := name == "azure-monitor.json"; isMonitor != (r.Tenant == "e0000000-0000-4000-8000-000000000001" && r.UserType == "member" && r.Technique == "T1078") || !isMonitor && r.Tenant+r.UserType+r.Technique != "" {
			t.Errorf("%s: the tenant is %q, the type of the user %q, the technique %q", name, r.Tenant, r.UserType, r.Technique)
		}
	}
}

// Service principals and agents have a log of their own, and one name for whom a detection is about.
func TestWorkloads(t *testing.T) {
	for name, want := range map[string]map[string]string{
		"principal-graph.json":         {"workload.id": "52000000-0000-4000-8000-000000000002", "workload.displayName": "Quay Nightly Export", "workload.type": "servicePrincipal", "appId": "53000000-0000-4000-8000-000000000002", "keyIds": "54000000-0000-4000-8000-000000000002 | 54000000-0000-4000-8000-000000000003", "mitreTechniques": "T1552", "lastUpdatedDateTime": "2026-11-28T06:00:00.5Z"},
		"principal-azure-monitor.json": {"workload.id": "52000000-0000-4000-8000-000000000002", "workload.displayName": "Quay Nightly Export", "workload.type": "servicePrincipal", "correlationId": "", "keyIds": "54000000-0000-4000-8000-000000000002 | 54000000-0000-4000-8000-000000000003", "lastUpdatedDateTime": "2026-11-28T06:00:00.5Z", "tenantId": "e0000000-0000-4000-8000-000000000001"},
		"agent.json": {
			"workload.id": "56000000-0000-4000-8000-000000000003", "workload.displayName": "Harbour Assistant", "workload.type": "agentIdentity", "agentId": "55000000-0000-4000-8000-000000000003", "requestId": "7a000000-0000-4000-8000-000000000003",
			"correlationId": "7b000000-0000-4000-8000-000000000003", "lastUpdatedDateTime": "2026-11-28T08:00:00Z", "riskEvidence": "112 sign-ins in 5 minutes, where 3 are usual", "servicePrincipalId": "",
		},
	} {
		r := decoded(t, file(t, name))
		got := values(r)
		for property, value := range want {
			if got[property] != value {
				t.Errorf("%s: %s is %q, want %q", name, property, got[property], value)
			}
		}
		if r.Head().Log != risk.Workloads {
			t.Errorf("%s is in the log %s", name, r.Head().Log)
		}
	}
}

// Some members have another shape or another name in some sources.
func TestOtherShapes(t *testing.T) {
	const around = `"id":"d1","activityDateTime":"2026-11-28T12:00:00Z","riskEventType":"newCountry","riskState":"atRisk","userId":"u1"`
	for _, test := range []struct {
		what, members string
		of            func(r *risk.Record) string
		want          string
	}{
		{"an envelope's correlation ID", `"correlationId":"D1"`, func(r *risk.Record) string { return r.CorrelationID }, ""},
		{"words in capitals", `"riskLevel":"High","riskDetail":"AdminDismissedRiskForSignIn"`, func(r *risk.Record) string { return r.Level + " " + r.Detail }, "high adminDismissedRiskForSignIn"},
		{"a newer level", `"riskLevel":"extreme"`, func(r *risk.Record) string { return r.Level }, "extreme"},
		{"a time in US form", `"lastUpdatedDateTime":"4/14/2025 11:17:05 AM"`, func(r *risk.Record) string { return r.Updated }, "2025-04-14T11:17:05Z"},
		{"a time without a zone", `"lastUpdatedDateTime":"2025-04-14 1:17:05.1234567"`, func(r *risk.Record) string { return r.Updated }, "2025-04-14T01:17:05.123456Z"},
		{"a stray bracket", `"lastUpdatedDateTime":"2021-10-26T16:28:17.8202975Z)"`, func(r *risk.Record) string { return r.Updated }, ""},
		{"no time in .NET", `"detectedDateTime":"0001-01-01T00:00:00Z"`, func(r *risk.Record) string { return r.Detected }, ""},
		{"0,0 is no place", `"location":{"geoCoordinates":{"latitude":0,"longitude":0}}`, func(r *risk.Record) string { return fmt.Sprint(r.Coordinates.Set) }, "false"},
		{"the information as an object", `"additionalInfo":{"riskReasons":["a","b"],"userAgent":"x"}`, func(r *risk.Record) string { return fmt.Sprint(r.Reasons, r.UserAgent, r.UnreadInfo) }, "[a b]xfalse"},
		{"the information as a list", `"additionalInfo":[{"key":"RiskReasons","value":"a, b,a"}]`, func(r *risk.Record) string { return fmt.Sprint(r.Reasons) }, "[a b]"},
		{"an object as a value", `"additionalInfo":"[{\"Key\":\"deviceInformation\",\"Value\":{\"os\":\"X\"}}]"`, func(r *risk.Record) string { return r.Info[0].Value }, `{"os":"X"}`},
		{"information in another shape", `"additionalInfo":"cut off {"`, func(r *risk.Record) string { return fmt.Sprint(risk.ReasonSet.Set(r), len(r.Info)) }, "[" + store.UnreadShape + "] 0"},
		{"a pair without a key", `"additionalInfo":[{"Value":"x"},{"Key":"riskReasons","Value":"a"}]`, func(r *risk.Record) string { return fmt.Sprint(risk.ReasonSet.Set(r)) }, "[a " + store.UnreadShape + "]"},
		{"keys in a text", `"servicePrincipalId":"s","keyIds":"k1,k2"`, func(r *risk.Record) string { return fmt.Sprint(r.Keys) }, "[k1 k2]"},
		{"keys in another shape", `"servicePrincipalId":"s","keyIds":[7,"k"]`, func(r *risk.Record) string { return fmt.Sprint(risk.KeySet.Set(r)) }, "[k " + store.UnreadShape + "]"},
		{"a technique twice", `"mitreTechniqueId":"T1078","additionalInfo":"[{\"Key\":\"mitreTechniques\",\"Value\":\"T1539,T1078\"}]"`, func(r *risk.Record) string { return fmt.Sprint(r.Techniques) }, "[T1078 T1539]"},
		{"a user and a service principal", `"servicePrincipalId":"s"`, func(r *risk.Record) string { return string(r.Head().Log) }, string(risk.Users)},
	} {
		if got := test.of(decoded(t, "{"+around+","+test.members+"}")); got != test.want {
			t.Errorf("%s: %q, want %q", test.what, got, test.want)
		}
	}
	// The older enumeration alone tells the type too, as in Graph's sample.
	if r := decoded(t, `{"id":"d1","activityDateTime":"2026-11-28T12:00:00Z","riskType":"unfamiliarFeatures","riskState":"remediated","userId":"u1"}`); r.EventType != "unfamiliarFeatures" {
		t.Errorf("the type is %q", r.EventType)
	}
}

func compact(t *testing.T, doc string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(doc)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// orders gives every order of n things.
func orders(n int) (all [][]int) {
	if n == 0 {
		return [][]int{nil}
	}
	for _, order := range orders(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(order), at, n-1))
		}
	}
	return all
}

// A detection that is filled in later is one record: the copy with the latest change counts as a whole, whenever it came in. Copies of
// one change fill what the other lacks.
func TestTheLatestChangeCounts(t *testing.T) {
	early := strings.NewReplacer(`"riskState": "atRisk"`, `"riskState": "none"`, `"source": "IdentityProtection",`, ``, `"detectionTimingType": "realtime",`, ``, `"ipAddress": "192.0.2.17"`, `"ipAddress": "192.0.2.99"`,
		`2026-11-28T03:20:00Z`, `2026-11-28T03:18:00Z`).Replace(file(t, "graph.json"))
	docs := []string{early, file(t, "graph.json"), file(t, "log-analytics.json"), file(t, "azure-monitor.json")}
	for _, order := range orders(len(docs)) {
		var versions []store.Version
		for at, i := range order {
			doc := compact(t, docs[i])
			versions = append(versions, store.Version{Entry: decoded(t, string(doc)), Doc: doc, Received: time.Date(2026, 11, 29, at, 0, 0, 0, time.UTC)})
		}
		risk.Kind.SortVersions(versions)
		if oldest := versions[0].Entry.(*risk.Record); oldest.State != "none" {
			t.Fatalf("%v: the oldest is %+v", order, oldest)
		}
		merged := risk.Kind.Merge(versions).(*risk.Record)
		same(t, fmt.Sprint(order), values(merged), values(decoded(t, file(t, "azure-monitor.json"))))
	}
	// What the latest change lacks is not taken from an earlier one.
	later := strings.NewReplacer(`"riskState": "atRisk"`, `"riskState": "dismissed"`, `"ipAddress": "192.0.2.17",`, ``, `2026-11-28T03:20:00Z`, `2026-11-29T03:20:00Z`).Replace(file(t, "graph.json"))
	versions := []store.Version{{Entry: decoded(t, later), Doc: compact(t, later)}, {Entry: decoded(t, file(t, "azure-monitor.json")), Doc: compact(t, file(t, "azure-monitor.json"))}}
	risk.Kind.SortVersions(versions)
	if merged := risk.Kind.Merge(versions).(*risk.Record); merged.State != "dismissed" || merged.Address != "" || merged.Technique != "" || merged.Head().Ingested.IsZero() {
		t.Errorf("merged: %+v", merged)
	}
}

// A detection is in the scope of its user, its service principal and its application.
func TestScopeOfADetection(t *testing.T) {
	user, principal := decoded(t, file(t, "graph.json")), decoded(t, file(t, "principal-graph.json"))
	for _, test := range []struct {
		what  string
		scope store.Scope
		of    *risk.Record
		want  bool
	}{
		{"the user", store.NewScope([]string{"51000000-0000-4000-8000-000000000001"}, nil, nil), user, true},
		{"somebody else", store.NewScope([]string{"51000000-0000-4000-8000-000000000002"}, nil, nil), user, false},
		{"the service principal", store.NewScope([]string{"52000000-0000-4000-8000-000000000002"}, nil, nil), principal, true},
		{"the application", store.NewScope(nil, nil, []string{"53000000-0000-4000-8000-000000000002"}), principal, true},
		{"another application", store.NewScope(nil, nil, []string{"53000000-0000-4000-8000-000000000003"}), principal, false},
	} {
		info, _ := risk.Kind.Log(test.of.Head().Log)
		if got := test.scope.Has(info, test.of); got != test.want {
			t.Errorf("%s: %v, want %v", test.what, got, test.want)
		}
	}
}

// Every type of detections that has words has an explanation too, and the other way round.
func TestEveryTypeIsExplained(t *testing.T) {
	for _, eventType := range store.RiskDetections.Values {
		about, ok := risk.AboutType(strings.ToUpper(eventType))
		if eventType == "unknownFutureValue" {
			continue
		}
		if !ok || !strings.HasSuffix(about.Means, ".") || about.Of == "" || about.Timing == "" || !strings.HasSuffix(about.Premium, ".") {
			t.Errorf("%s: %+v, %v", eventType, about, ok)
		}
	}
	if _, ok := risk.AboutType("someNewDetection"); ok {
		t.Error("an unknown type is explained")
	}
	if got := store.RiskDetections.Words("someNewAPIDetection2"); got != "some New API Detection2" {
		t.Errorf("an unknown type is shown as %q", got)
	}
	for value, want := range map[string]string{"generic": "Additional risk detected", "Weird value": "Weird value", "": "", "x": "x", "NoAplica": "NoAplica"} {
		if got := store.RiskDetections.Words(value); got != want {
			t.Errorf("%q is shown as %q, want %q", value, got, want)
		}
	}
}

// The specification's table of types: each has the words, the timing and the licence that stand there.
func TestTypesOfTheSpecification(t *testing.T) {
	text, err := os.ReadFile("../../../shared/reference/risk.md")
	if err != nil {
		t.Skip("the specification is not on this machine")
	}
	_, table, _ := strings.Cut(string(text), "## 3 riskEventType strings")
	table, _, _ = strings.Cut(table, "\n## ")
	checked := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) != 8 || strings.Contains(line, "Shown as") || strings.Contains(line, "---") {
			continue
		}
		words := strings.TrimSpace(cells[2])
		for name := range strings.FieldsFuncSeq(cells[1], func(c rune) bool { return strings.ContainsRune(" ,/()", c) }) {
			if !store.RiskDetections.Has(name) { // a word of a note
				continue
			}
			checked++
			if about, ok := risk.AboutType(name); !ok {
				t.Errorf("%s has no explanation", name)
			} else if timing := strings.TrimSpace(cells[4]); strings.TrimSpace(cells[5]) != "retired" && (timing == "R" && !strings.HasPrefix(about.Timing, "In real time, at") || timing == "B" && !strings.Contains(about.Timing, "or offline") || timing == "O" && !strings.HasPrefix(about.Timing, "Offline")) {
				t.Errorf("%s is noticed %q, and the specification says %s", name, about.Timing, timing)
			} else if isFree := strings.TrimSpace(cells[5]) == "free"; isFree != strings.Contains(about.Premium, "no premium") && about.Timing[0] != 'N' {
				t.Errorf("%s: %q, and the specification says %s", name, about.Premium, cells[5])
			}
			if !strings.Contains(words, " / ") && words != "" && words != "agent detections" && !strings.EqualFold(store.RiskDetections.Words(name), words) {
				t.Errorf("%s is shown as %q, want %q", name, store.RiskDetections.Words(name), words)
			}
		}
	}
	if checked < 38 {
		t.Errorf("%d types were checked", checked)
	}
}

// The levels are in their order, with hidden apart from them.
func TestLevelsAreOrdered(t *testing.T) {
	var names []string
	for _, s := range risk.Kind.Statuses[1:] {
		names = append(names, s.Name)
		if store.RiskLevels.Words(s.Name) != s.Label {
			t.Errorf("the level %s is %q and %q", s.Name, s.Label, store.RiskLevels.Words(s.Name))
		}
	}
	if got := strings.Join(names, " "); got != "none low medium high hidden" {
		t.Errorf("the levels are %s", got)
	}
	if risk.Kind.StatusOf(&risk.Record{Level: "extreme"}) != store.StatusUnknown {
		t.Error("an unknown level counts as a known one")
	}
}

// Coordinates without a value are no place. Others that cannot be read are told with the members that are not read.
func TestCoordinatesThatAreNone(t *testing.T) {
	for coordinates, isUnread := range map[string]bool{
		`{"Altitude":null,"Latitude":null,"Longitude":null}`: false, `{}`: false, `{"latitude":0,"longitude":0}`: false,
		`{"latitude":12}`: true, `{"latitude":91,"longitude":2}`: true, `{"latitude":"north","longitude":2}`: true,
	} {
		doc := `{"id":"d1","activityDateTime":"2026-11-28T12:00:00Z","riskEventType":"newCountry","riskState":"atRisk","userId":"u1","location":{"geoCoordinates":` + coordinates + `}}`
		_, unread := importer.Unread(kinds.Catalog)([]byte(doc))
		if r := decoded(t, doc); r.Coordinates.Set || (len(unread) > 0) != isUnread {
			t.Errorf("%s: %+v, not read %v", coordinates, r.Coordinates, unread)
		}
	}
}

// The type that stands for others does not replace one of them in a copy of the same change.
func TestAMaskedTypeTellsNothing(t *testing.T) {
	named, masked := file(t, "graph.json"), strings.Replace(file(t, "graph.json"), `"riskEventType": "unfamiliarFeatures"`, `"riskEventType": "generic"`, 1)
	if named == masked {
		t.Fatal("both copies name the type")
	}
	for _, docs := range [][]string{{named, masked}, {masked, named}} {
		var versions []store.Version
		for at, doc := range docs {
			versions = append(versions, store.Version{Entry: decoded(t, doc), Doc: compact(t, doc), Received: time.Date(2026, 11, 29, at, 0, 0, 0, time.UTC)})
		}
		risk.Kind.SortVersions(versions)
		if merged := risk.Kind.Merge(versions).(*risk.Record); merged.EventType != "unfamiliarFeatures" {
			t.Errorf("the type is %q", merged.EventType)
		}
	}
}

// A poorer copy of one change does not change whom the detection is about.
func TestACopyKeepsTheWorkload(t *testing.T) {
	whole := file(t, "agent.json")
	poor := `{"id":"` + *decoded(t, whole).ID() + `","agentId":"55000000-0000-4000-8000-000000000003","riskEventType":"signInSpike","riskState":"atRisk","activityDateTime":"2026-11-28T07:00:00Z","lastModifiedDateTime":"2026-11-28T08:00:00Z"}`
	want := decoded(t, whole).WorkloadID
	for _, docs := range [][]string{{whole, poor}, {poor, whole}} {
		var versions []store.Version
		for at, doc := range docs {
			versions = append(versions, store.Version{Entry: decoded(t, doc), Doc: compact(t, doc), Received: time.Date(2026, 11, 29, at, 0, 0, 0, time.UTC)})
		}
		risk.Kind.SortVersions(versions)
		if merged := risk.Kind.Merge(versions).(*risk.Record); merged.WorkloadID != want || want == merged.AgentID {
			t.Errorf("the workload identity is %q, want %q", merged.WorkloadID, want)
		}
	}
}

// The specification's list of enumerations: each value has words, and one that nobody knows shows as it came.
func TestEnumerationsOfTheSpecification(t *testing.T) {
	text, err := os.ReadFile("../../../shared/reference/risk.md")
	if err != nil {
		t.Skip("the specification is not on this machine")
	}
	_, table, _ := strings.Cut(string(text), "## 2 Enums")
	table, _, _ = strings.Cut(table, "\n## ")
	known := map[string]*store.Enumeration{
		"riskLevel": store.RiskLevels, "riskState": store.RiskStates, "riskDetail": store.RiskDetails, "activity": risk.Activities, "detectionTimingType": risk.Timings, "tokenIssuerType": store.TokenIssuers,
		"old riskEventType enum (signIn.riskEventTypes)": store.RiskDetections,
	}
	checked := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 || known[strings.TrimSpace(cells[1])] == nil {
			continue
		}
		words := known[strings.TrimSpace(cells[1])]
		delete(known, strings.TrimSpace(cells[1]))
		values, _, _ := strings.Cut(strings.ReplaceAll(strings.ReplaceAll(cells[2], "beta +", ","), ";", ","), "->")
		for value := range strings.SplitSeq(values, ",") {
			value, _, _ = strings.Cut(strings.TrimSpace(value), " ")
			if value == "" || strings.ContainsAny(value, "<()") {
				continue
			}
			checked++
			if !words.Has(value) || words.Words(value) == value {
				t.Errorf("%s: the value %q has no words: %q", words.Name, value, words.Words(value))
			}
		}
		if got := words.Words("brand"); got != "brand" {
			t.Errorf("%s: a value that nobody knows is shown as %q", words.Name, got)
		}
	}
	if len(known) != 0 || checked < 60 {
		t.Errorf("%d values were checked, and %v were not found", checked, known)
	}
}
