package demo

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// riskLine is a record of risk as a reader of the file sees it.
type riskLine struct {
	Time       string         `json:"time"`
	Category   string         `json:"category"`
	Properties map[string]any `json:"properties"`
	whole      map[string]any
}

func (l *riskLine) text(name string) string {
	members := l.whole
	if l.Properties != nil {
		members = l.Properties
	}
	text, _ := members[name].(string)
	return text
}

// at reads a time. The hour may have one digit.
func (l *riskLine) at(t *testing.T, name string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02T3:04:05.000Z", l.text(name))
	if err != nil {
		at, err = time.Parse("2006-01-02T15:04:05.000Z", l.text(name))
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return at
}

func riskLines(t *testing.T, content []byte) (list []riskLine) {
	t.Helper()
	if len(content) == 0 {
		return nil
	}
	for _, line := range lines(content) {
		var l riskLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if err := json.Unmarshal([]byte(line), &l.whole); err != nil {
			t.Fatal(err)
		}
		list = append(list, l)
	}
	return list
}

// riskFilesOf writes a tenant's files and reads those of risk. The sign-ins come by their request IDs.
func riskFilesOf(t *testing.T, opts Options) (files [riskCount][]riskLine, signIns map[string]string) {
	t.Helper()
	dir := t.TempDir()
	if err := Write(t.Context(), dir, opts); err != nil {
		t.Fatal(err)
	}
	read := func(name string) []byte {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	for kind, name := range riskFileNames {
		files[kind] = riskLines(t, read(name))
	}
	signIns = map[string]string{}
	for _, name := range fileNames {
		for _, line := range lines(read(name)) {
			signIns[between(line, `"properties": {"id":"`, `"`)] = line
		}
	}
	return files, signIns
}

// A detection that names a request names a sign-in of the files, of the same person, address and correlation ID. Others name none.
func TestDetectionsNameSignIns(t *testing.T) {
	t.Parallel()
	files, signIns := riskFilesOf(t, Options{Rows: 20_000, Until: testEnd, Seed: 1})
	for kind, names := range map[int][3]string{
		riskUserEvents: {"requestId", "correlationId", "userId"}, riskPrincipalEvents: {"requestId", "correlationId", "servicePrincipalId"}, riskAgentEvents: {"signInRequestId", "signInCorrelationId", "identityId"},
	} {
		named, unnamed, early, copies := 0, 0, 0, map[string]int{}
		for _, l := range files[kind] {
			copies[l.text("id")]++
			if updated := cmp.Or(l.text("lastUpdatedDateTime"), l.text("lastModifiedDateTime")); updated == "" || l.text("activityDateTime") == "" || l.text("riskEventType") == "" {
				t.Fatalf("a detection lacks a time or its type: %v", l.whole)
			}
			if at, noticed := l.at(t, "activityDateTime"), l.at(t, "detectedDateTime"); noticed.Before(at) {
				t.Errorf("%s was noticed at %s, before %s", l.text("riskEventType"), noticed, at)
			}
			if l.text("detectionTimingType") == "" {
				early++
			}
			request := l.text(names[0])
			if request == "" {
				unnamed++
				continue
			}
			named++
			line := signIns[request]
			if line == "" || !strings.Contains(line, `"correlationId":"`+l.text(names[1])+`"`) || !strings.Contains(line, l.text(names[2])) {
				t.Fatalf("%s names the request %s, whose sign-in is %q", l.text("riskEventType"), request, line)
			}
			if kind == riskUserEvents && l.text("ipAddress") != "" && !strings.Contains(line, `"ipAddress":"`+l.text("ipAddress")+`"`) {
				t.Errorf("%s has the address %s, and its sign-in is %q", l.text("riskEventType"), l.text("ipAddress"), line)
			}
		}
		again := 0
		for _, n := range copies {
			if n > 1 {
				again++
			}
		}
		if again == 0 || kind != riskAgentEvents && (named == 0 || unnamed == 0 || early == 0) {
			t.Errorf("%s: %d name a sign-in, %d do not, %d are early, %d come again", riskFileNames[kind], named, unnamed, early, again)
		}
	}
	timings := map[string]bool{}
	for _, l := range files[riskUserEvents] {
		timings[l.text("detectionTimingType")] = true
		if info := l.text("additionalInfo"); strings.Contains(info, "riskReasons") {
			timings["reasons"] = true
			timings["techniques"] = timings["techniques"] || strings.Contains(info, "mitreTechniques")
		}
		if at := l.text("activityDateTime"); len(at) == len("2025-04-14T3:15:37.008Z") {
			timings["one digit"] = true
		}
		if !strings.HasSuffix(l.Time, "M") {
			t.Fatalf("the envelope has the time %q", l.Time)
		}
	}
	for _, want := range []string{"realtime", "offline", "reasons", "techniques", "one digit"} {
		if !timings[want] {
			t.Errorf("no detection of a user has %s", want)
		}
	}
}

// Whenever the files end, somebody is at risk, somebody changed the password, somebody was dismissed, somebody is confirmed as
// compromised, and one risk is hidden. Self-remediations lie in several months.
func TestRiskyUsersHaveTheirStories(t *testing.T) {
	t.Parallel()
	for turn := range 11 {
		until := testEnd.AddDate(0, 0, 2*turn).Add(time.Duration(2*turn) * 67 * time.Minute)
		tenant, err := New(Options{Rows: 2000, Until: until, Seed: uint64(turn)})
		if err != nil {
			t.Fatal(err)
		}
		var files [riskCount][]byte
		err = tenant.eachRisk(t.Context(), func(r *riskRecord) error {
			files[r.kind] = appendRisk(files[r.kind], r)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		months, last := map[string]bool{}, map[string]string{}
		for _, l := range riskLines(t, files[riskyUsers]) {
			state := l.text("riskState") + " " + l.text("riskLevel") + " " + l.text("riskDetail")
			if strings.Contains(state, "userPerformedSecuredPassword") {
				months[l.text("riskLastUpdatedDateTime")[:7]] = true
			}
			last[l.text("id")] = state
		}
		found := map[string]bool{}
		for _, state := range last {
			found[state] = true
		}
		for _, want := range []string{
			"atRisk high none", "remediated none userPerformedSecuredPasswordChange", "dismissed none adminDismissedAllRiskForUser", "confirmedCompromised high adminConfirmedUserCompromised", "atRisk hidden hidden",
		} {
			if !found[want] {
				t.Errorf("until %s nobody is %s", until, want)
			}
		}
		if len(months) < 4 {
			t.Errorf("until %s the months of remediations are %v", until, months)
		}
		for kind, want := range map[int]string{riskyPrincipals: "atRisk confirmedCompromised", riskyAgents: "atRisk confirmedCompromised confirmedSafe"} {
			states := map[string]bool{}
			for _, l := range riskLines(t, files[kind]) {
				states[l.text("riskState")] = true
			}
			for state := range strings.FieldsSeq(want) {
				if !states[state] {
					t.Errorf("until %s: %s has no %s", until, riskFileNames[kind], state)
				}
			}
		}
	}
}

// The days have the records of the range, each once, and so have two ranges that follow each other.
func TestRiskDays(t *testing.T) {
	t.Parallel()
	tenant, err := New(Options{Rows: 20_000, Until: testEnd, Seed: 5, Days: 12})
	if err != nil {
		t.Fatal(err)
	}
	day := func(tenant *Tenant, at time.Time) []string {
		var b strings.Builder
		if err := tenant.RiskDay(t.Context(), at, &b); err != nil {
			t.Fatal(err)
		}
		if b.Len() == 0 {
			return nil
		}
		return lines([]byte(b.String()))
	}
	whole, err := tenant.riskPlanner().between(t.Context(), tenant.start, tenant.until)
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for i := range whole {
		want = append(want, strings.TrimSuffix(string(appendRisk(nil, &whole[i])), "\n"))
	}
	for _, at := range tenant.Days() {
		got = append(got, day(tenant, at)...)
	}
	if !slices.Equal(got, want) || len(want) < 100 {
		t.Errorf("the days have %d records, and the range %d", len(got), len(want))
	}
	middle := testEnd.AddDate(0, 0, -4)
	got = nil
	for _, span := range [][2]time.Time{{testEnd.AddDate(0, 0, -12), middle}, {middle, testEnd}} {
		part, err := New(Options{Density: tenant.Density(), Seed: 5, From: span[0], Until: span[1]})
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range part.Days() {
			got = append(got, day(part, at)...)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("two ranges have %d records, and the whole has %d", len(got), len(want))
	}
}

// Errors on one device are flagged for 20 minutes. A service principal's record has the level low and no risk.
func TestFlaggedStoryAndLevelsOfServicePrincipals(t *testing.T) {
	t.Parallel()
	flagged, around := map[string]int{}, map[string]int{}
	for _, line := range lines(stream(t, Options{Rows: 5000, Until: testEnd, Seed: 1, Days: 21})) {
		if strings.Contains(line, `"ServicePrincipalSignInLogs"`) && !strings.Contains(line, `"riskLevelAggregated":"low","riskLevelDuringSignIn":"low","riskState":"none"`) {
			t.Fatalf("a service principal: %s", line)
		}
		if strings.Contains(line, `"identity": "Rufus Cratehook"`) && strings.Contains(line, `"appDisplayName":"Harbour Invoices"`) {
			device := between(line, `"deviceDetail":{`, `"browserId"`)
			if around[device]++; strings.Contains(line, `"flaggedForReview":true`) {
				flagged[device]++
			}
		}
	}
	if len(flagged) != 1 || len(around) < 2 {
		t.Errorf("flagged by device: %v, of %v", flagged, around)
	}
	for device, n := range flagged {
		if n < 3 || around[device] < 6 {
			t.Errorf("%d of %d sign-ins on the device are flagged", n, around[device])
		}
	}
}
