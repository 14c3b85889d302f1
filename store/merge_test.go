package store

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestSortVersions(t *testing.T) {
	early, late := at("2026-11-23T14:05"), at("2026-11-23T14:06")
	want := []Version{
		{Entry: &SignIn{}, Doc: []byte("stored before it was noted when copies were received")},
		{Entry: &SignIn{}, Doc: []byte("graph has no time of ingestion"), Received: early.Add(-time.Hour)},
		{Entry: &SignIn{Ingested: early}, Doc: []byte("z")},
		{Entry: &SignIn{Ingested: early, City: "Suva"}, Doc: []byte("b")},
		{Entry: &SignIn{Ingested: early, State: "Rewa"}, Doc: []byte("c")},
		{Entry: &SignIn{Ingested: early, AuthenticationDetails: make([]AuthenticationStep, 2)}, Doc: []byte("a")},
		{Entry: &SignIn{City: "Suva", State: "Rewa", StatedStatus: "Success"}, Doc: []byte("0"), Received: early.Add(time.Second)},
		{Entry: &SignIn{Ingested: late}, Doc: []byte("a"), Received: early.Add(-2 * time.Hour)},
	}
	// What another kind tells is older than all of these, whatever its times.
	want = slices.Concat([]Version{
		{Entry: &SignIn{ToldBy: "errands", City: "Suva"}, Doc: []byte("z"), Received: late.Add(-time.Minute)},
		{Entry: &SignIn{ToldBy: "errands", Ingested: late.Add(time.Hour)}, Doc: []byte("z"), Received: late.Add(time.Hour)},
	}, want)
	r := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		got := slices.Clone(want)
		r.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		SignIns.SortVersions(got)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("SortVersions gives %+v, want %+v", got, want)
		}
	}
}

func TestFilledCountsEverything(t *testing.T) {
	value := reflect.ValueOf(full(1))
	if SignIns.filled(&SignIn{}) != 0 {
		t.Errorf("an empty sign-in has %d filled fields", SignIns.filled(&SignIn{}))
	}
	for field, v := range value.Fields() {
		switch field.Name {
		case "Log", "Time", "TimeIsIngestion", "Ingested", "ToldBy", // every copy has them, or they order it themselves
			"Collections": // says what the record lacks
			continue
		}
		var s SignIn
		reflect.ValueOf(&s).Elem().FieldByIndex(field.Index).Set(v)
		if got := SignIns.filled(&s); got < 1 {
			t.Errorf("with %s alone %d fields are filled", field.Name, got)
		}
	}
}

// full is a sign-in all of whose fields hold a value of its own for each n.
func full(n int) SignIn {
	s := SignIn{Log: Interactive}
	for _, p := range SignIns.Properties {
		fill(&s, p, n)
	}
	name := fmt.Sprint("n", n)
	s.ID = "the same"
	s.Time = testNow.Add(time.Duration(n) * time.Minute)
	s.Ingested = testNow.Add(time.Duration(n) * time.Hour)
	s.AppliedConditionalAccessPolicies = []AppliedPolicy{{ID: name}}
	s.ConditionalAccessAudiences = []string{name}
	s.AuthenticationContextClassReferences = []AuthenticationContext{{ID: name}}
	s.AuthenticationRequirementPolicies = []RequirementPolicy{{Provider: name}}
	s.SessionLifetimePolicies = []RequirementPolicy{{Provider: name}}
	s.AuthenticationDetails = []AuthenticationStep{{Method: name}}
	s.AuthenticationMethodsUsed = []string{name}
	s.AuthenticationProcessingDetails = []KeyValue{{Key: name}}
	s.AuthenticationAppDeviceDetails = json.RawMessage(`"` + name + `"`)
	s.AuthenticationAppPolicyEvaluationList = json.RawMessage(`"` + name + `"`)
	s.AppliedEventListeners = json.RawMessage(`"` + name + `"`)
	s.PrivateLinkDetails = json.RawMessage(`"` + name + `"`)
	s.Coordinates = Coordinates{Latitude: float64(n), Set: true}
	s.NetworkLocationDetails = []NetworkLocation{{Type: name}}
	s.SignInEventTypes = []string{name}
	s.RiskEventTypes = []string{name}
	return s
}

func TestFullIsFull(t *testing.T) {
	s := full(1)
	for field, v := range reflect.ValueOf(s).Fields() {
		if v.IsZero() && field.Name != "TimeIsIngestion" && field.Name != "Collections" && field.Name != "ToldBy" {
			t.Errorf("the full sign-in of these tests lacks %s", field.Name)
		}
	}
}

// entries gives sign-ins as records of any kind.
func entries(signIns []*SignIn) []Entry {
	list := make([]Entry, len(signIns))
	for i, s := range signIns {
		list[i] = s
	}
	return list
}

// merged gives Merge's sign-in.
func merged(versions []Version) SignIn { return *SignIns.Merge(versions).(*SignIn) }

func TestMergeOfFullCopies(t *testing.T) {
	older, newer := full(1), full(2)
	if got := merged([]Version{{Entry: older.Clone()}}); !reflect.DeepEqual(got, older) {
		t.Errorf("one copy merges to %+v, want itself", got)
	}
	if got := merged([]Version{{Entry: older.Clone()}, {Entry: newer.Clone()}}); !reflect.DeepEqual(got, newer) {
		t.Errorf("a full newer copy gives %+v, want the newer", got)
	}
	empty := SignIn{Log: Interactive, ID: older.ID}
	if got := merged([]Version{{Entry: older.Clone()}, {Entry: empty.Clone()}}); !reflect.DeepEqual(got, older) {
		t.Errorf("an empty newer copy gives %+v, want the older", got)
	}
	if got := merged([]Version{{Entry: empty.Clone()}, {Entry: newer.Clone()}}); !reflect.DeepEqual(got, newer) {
		t.Errorf("an empty older copy gives %+v, want the newer", got)
	}
	for range 3 {
		if got := merged([]Version{{Entry: older.Clone()}, {Entry: older.Clone()}, {Entry: older.Clone()}}); !reflect.DeepEqual(got, older) {
			t.Errorf("the same copy again gives %+v", got)
		}
	}
}

// TestMergeFieldByField has a newer copy of one field each: it alone is taken over. An error code brings its status with it,
// a risk state its levels.
func TestMergeFieldByField(t *testing.T) {
	blocks := map[string][]string{
		"ErrorCode": {"StatedStatus", "FailureReason", "AdditionalDetails"},
		"RiskState": {"RiskDetail", "RiskLevelAggregated", "RiskLevelDuringSignIn"},
	}
	older, source := full(1), full(2)
	for field, v := range reflect.ValueOf(source).Fields() {
		if field.Name == "TimeIsIngestion" || field.Name == "Log" {
			continue
		}
		newer, want := SignIn{}, older
		reflect.ValueOf(&newer).Elem().FieldByIndex(field.Index).Set(v)
		if field.Name != "RiskState" && slices.Contains(append(blocks["RiskState"], "RiskEventTypes"), field.Name) {
			v = reflect.ValueOf(older).FieldByIndex(field.Index) // the state is known, and the copy tells none
			if field.Name == "RiskEventTypes" {
				continue // see TestMergeRisk
			}
		}
		for _, name := range blocks[field.Name] {
			reflect.ValueOf(&want).Elem().FieldByName(name).SetZero()
		}
		reflect.ValueOf(&want).Elem().FieldByIndex(field.Index).Set(v)
		if got := merged([]Version{{Entry: older.Clone()}, {Entry: newer.Clone()}}); !reflect.DeepEqual(got, want) {
			t.Errorf("a newer %s gives %+v, want %+v", field.Name, got, want)
		}
	}
}

// Words of an enumeration that say nothing replace none that tell; the same words are as good as any in a text.
func TestMergeWordsThatSayNothing(t *testing.T) {
	for _, p := range SignIns.Properties {
		if p.Text == nil || p.Unique || p.Block == RiskBlock {
			continue
		}
		for _, word := range []string{"none", "unknown", "unknownFutureValue", "notDefined", "notSet", "hidden", "None, unknownFutureValue"} {
			var older, newer SignIn
			*p.Text(&older), *p.Text(&newer) = "tells", word
			got, want := merged([]Version{{Entry: older.Clone()}, {Entry: newer.Clone()}}), word
			if p.Enum {
				want = "tells"
			}
			if *p.Text(&got) != want {
				t.Errorf("%s: %q after %q gives %q, want %q", p.Name, word, "tells", *p.Text(&got), want)
			}
			if got = merged([]Version{{Entry: newer.Clone()}, {Entry: older.Clone()}}); *p.Text(&got) != "tells" {
				t.Errorf("%s: %q after %q gives %q", p.Name, "tells", word, *p.Text(&got))
			}
			if got = merged([]Version{{Entry: &SignIn{}}, {Entry: newer.Clone()}}); *p.Text(&got) != word {
				t.Errorf("%s: %q after nothing gives %q", p.Name, word, *p.Text(&got))
			}
		}
	}
	for _, p := range []*Property{
		OriginalTransferMethod, CrossTenantAccessType, UserType, ClientCredentialType, ConditionalAccessStatus, AuthenticationProtocol,
		IncomingTokenType, RiskState, RiskDetail, RiskLevelAggregated, RiskLevelDuringSignIn, TokenIssuerType, AgentType, ManagedIdentityType,
		AppTokenProtectionStatus, SignInTokenProtectionStatus, TokenProtectionStatus, SignInIdentifierType,
	} {
		if !p.Enum {
			t.Errorf("%s is not declared as an enumeration", p.Name)
		}
	}
	for _, tells := range []string{"notApplied", "singleFactorAuthentication", "none,primaryRefreshToken"} {
		if s := (SignIn{IncomingTokenType: tells}); IncomingTokenType.saysNothing(&s) {
			t.Errorf("%q is taken for a word that says nothing", tells)
		}
	}
}

// A list without members replaces none that has some, in whatever shape it comes.
func TestMergeEmptyLists(t *testing.T) {
	older := full(1)
	newer := SignIn{
		AppliedConditionalAccessPolicies: []AppliedPolicy{}, AuthenticationDetails: []AuthenticationStep{}, RiskEventTypes: []string{},
		AuthenticationAppDeviceDetails: json.RawMessage("{}"), AuthenticationAppPolicyEvaluationList: json.RawMessage("[]"),
		AppliedEventListeners: json.RawMessage("null"), PrivateLinkDetails: json.RawMessage("{}"),
	}
	if got := merged([]Version{{Entry: older.Clone()}, {Entry: newer.Clone()}}); !reflect.DeepEqual(got, older) {
		t.Errorf("empty lists give %+v, want %+v", got, older)
	}
}

func TestMergeStatus(t *testing.T) {
	early := SignIn{ErrorCode: IntOf(50076), FailureReason: "asked", AdditionalDetails: "MFA required"}
	for _, tt := range []struct {
		name               string
		older, newer, want SignIn
	}{
		{"the same code", early, SignIn{ErrorCode: IntOf(50076), AdditionalDetails: "MFA completed"}, SignIn{ErrorCode: IntOf(50076), FailureReason: "asked", AdditionalDetails: "MFA completed"}},
		{"another code", early, SignIn{ErrorCode: IntOf(0)}, SignIn{ErrorCode: IntOf(0)}},
		{"no code", early, SignIn{StatedStatus: "Interrupted"}, SignIn{ErrorCode: IntOf(50076), StatedStatus: "Interrupted", FailureReason: "asked", AdditionalDetails: "MFA required"}},
		{"a code after a stated status", SignIn{StatedStatus: "Success"}, early, early},
		{"a code after a reason alone", SignIn{FailureReason: "asked"}, SignIn{ErrorCode: IntOf(50076)}, SignIn{ErrorCode: IntOf(50076), FailureReason: "asked"}},
	} {
		if got := merged([]Version{{Entry: tt.older.Clone()}, {Entry: tt.newer.Clone()}}); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s gives %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestMergeRisk(t *testing.T) {
	risk := func(state, level, detail string, events ...string) SignIn {
		return SignIn{RiskState: state, RiskLevelAggregated: level, RiskDetail: detail, RiskEventTypes: events}
	}
	atRisk := risk("atRisk", "high", "none", "unfamiliarFeatures")
	for _, tt := range []struct {
		name               string
		older, newer, want SignIn
	}{
		{"no state", atRisk, risk("none", "none", "none"), atRisk},
		{"a hidden state", atRisk, risk("hidden", "hidden", "hidden", "hidden"), atRisk},
		{"an empty state", atRisk, risk("", "medium", "", "leakedCredentials"), atRisk},
		{"another state", atRisk, risk("remediated", "none", "userPerformedSecuredPasswordReset"), risk("remediated", "none", "userPerformedSecuredPasswordReset", "unfamiliarFeatures")},
		{"a state at last", risk("none", "none", "none"), atRisk, atRisk},
		{"a level before a state", risk("none", "low", "none"), risk("none", "none", "none", "newCountry"), risk("none", "low", "none", "newCountry")},
	} {
		if got := merged([]Version{{Entry: tt.older.Clone()}, {Entry: tt.newer.Clone()}}); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s gives %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestMergeTime(t *testing.T) {
	for _, tt := range []struct {
		name         string
		older, newer SignIn
		want         string
		ingestion    bool
	}{
		{
			"whole seconds after seven digits",
			SignIn{Time: at("2026-11-23T14:05:09.1234567")},
			SignIn{Time: at("2026-11-23T14:05:09")},
			"2026-11-23T14:05:09.1234567Z", false,
		},
		{
			"seven digits after whole seconds",
			SignIn{Time: at("2026-11-23T14:05:09")},
			SignIn{Time: at("2026-11-23T14:05:09.1234567")},
			"2026-11-23T14:05:09.1234567Z", false,
		},
		{
			"three digits after seven",
			SignIn{Time: at("2026-11-23T14:05:09.1234567")},
			SignIn{Time: at("2026-11-23T14:05:09.123")},
			"2026-11-23T14:05:09.1234567Z", false,
		},
		{
			"another second",
			SignIn{Time: at("2026-11-23T14:05:09.1234567")},
			SignIn{Time: at("2026-11-23T14:05:10")},
			"2026-11-23T14:05:10Z", false,
		},
		{
			"other digits",
			SignIn{Time: at("2026-11-23T14:05:09.1234567")},
			SignIn{Time: at("2026-11-23T14:05:09.124")},
			"2026-11-23T14:05:09.124Z", false,
		},
		{
			"the same whole second",
			SignIn{Time: at("2026-11-23T14:05:09")},
			SignIn{Time: at("2026-11-23T14:05:09")},
			"2026-11-23T14:05:09Z", false,
		},
		{
			"no newer time",
			SignIn{Time: at("2026-11-23T14:05:09")},
			SignIn{},
			"2026-11-23T14:05:09Z", false,
		},
		{
			"no older time",
			SignIn{},
			SignIn{Time: at("2026-11-23T14:05:09"), TimeIsIngestion: true},
			"2026-11-23T14:05:09Z", true,
		},
		{
			"ingestion after sign-in",
			SignIn{Time: at("2026-11-23T14:05:09")},
			SignIn{Time: at("2026-11-23T14:07:00.5"), TimeIsIngestion: true},
			"2026-11-23T14:05:09Z", false,
		},
		{
			"no copy after ingestion",
			SignIn{Time: at("2026-11-23T14:07:00.5"), TimeIsIngestion: true},
			SignIn{},
			"2026-11-23T14:07:00.5Z", true,
		},
		{
			"sign-in after ingestion",
			SignIn{Time: at("2026-11-23T14:07:00.5"), TimeIsIngestion: true},
			SignIn{Time: at("2026-11-23T14:05:09")},
			"2026-11-23T14:05:09Z", false,
		},
	} {
		got := merged([]Version{{Entry: tt.older.Clone()}, {Entry: tt.newer.Clone()}})
		if text := got.Time.Format(time.RFC3339Nano); text != tt.want || got.TimeIsIngestion != tt.ingestion {
			t.Errorf("%s: %s, of ingestion %v; want %s, %v", tt.name, text, got.TimeIsIngestion, tt.want, tt.ingestion)
		}
	}
}

// Whole seconds give way to the digits of any copy of that second, also behind one of another time.
func TestMergeTimeOfThree(t *testing.T) {
	copies := func(times ...string) (versions []Version) {
		for _, text := range times {
			versions = append(versions, Version{Entry: &SignIn{Time: at(text)}})
		}
		return versions
	}
	for _, tt := range []struct {
		versions []Version
		want     string
	}{
		{copies("2026-11-23T14:05:09.1234567", "2026-11-23T14:05:20", "2026-11-23T14:05:09"), "2026-11-23T14:05:09.1234567Z"},
		{copies("2026-11-23T14:05:09.1234567", "2026-11-23T14:05:09.123", "2026-11-23T14:05:09"), "2026-11-23T14:05:09.1234567Z"},
		{copies("2026-11-23T14:05:09.1234567", "2026-11-23T14:05:09", "2026-11-23T14:05:20"), "2026-11-23T14:05:20Z"},
	} {
		if got := merged(tt.versions); got.Time.Format(time.RFC3339Nano) != tt.want {
			t.Errorf("%+v give %s, want %s", tt.versions, got.Time.Format(time.RFC3339Nano), tt.want)
		}
	}
}

// TestMergeTakesNoOrder imports random copies in random order.
func TestMergeTakesNoOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		versions := make([]Version, 2+r.IntN(5))
		for i := range versions {
			versions[i] = randomVersion(r, i)
		}
		var want SignIn
		for n := range 20 {
			shuffled := slices.Clone(versions)
			r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			before := fmt.Sprintf("%+v", versions)
			SignIns.SortVersions(shuffled)
			got := merged(shuffled)
			if n == 0 {
				want = got
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("another order gives %+v, want %+v", got, want)
			}
			if fmt.Sprintf("%+v", versions) != before {
				t.Fatal("merging changed a copy")
			}
			twice := append(slices.Clone(shuffled), shuffled...)
			SignIns.SortVersions(twice)
			if got := merged(twice); !reflect.DeepEqual(got, want) {
				t.Fatalf("the copies twice give %+v, want %+v", got, want)
			}
		}
	}
}

// randomVersion is a copy with some of its fields; several share a time of ingestion.
func randomVersion(r *rand.Rand, n int) Version {
	source := full(n + 1)
	s := SignIn{Log: source.Log, ID: source.ID, Time: testNow.Truncate(time.Duration(1+r.IntN(2)) * time.Second)}
	if r.IntN(3) > 0 {
		s.Ingested = testNow.Add(time.Duration(r.IntN(3)) * time.Hour)
	}
	if r.IntN(3) == 0 {
		s.Time, s.TimeIsIngestion = testNow.Add(time.Minute), true
	}
	for field, v := range reflect.ValueOf(source).Fields() {
		if slices.Contains([]string{"Log", "ID", "Time", "TimeIsIngestion", "Ingested"}, field.Name) {
			continue
		}
		if r.IntN(2) == 0 {
			reflect.ValueOf(&s).Elem().FieldByIndex(field.Index).Set(v)
		}
	}
	s.RiskState, s.OriginalTransferMethod = []string{"", "none", "atRisk"}[r.IntN(3)], []string{"", "none", "deviceCodeFlow"}[r.IntN(3)]
	return Version{Entry: s.Clone(), Doc: fmt.Appendf(nil, `{"n":%d}`, n), Received: testNow.Add(time.Duration(r.IntN(3)) * time.Hour)}
}

func BenchmarkMerge(b *testing.B) {
	first, second := full(1), full(2)
	versions := []Version{{Entry: &first, Doc: []byte("a")}, {Entry: &second, Doc: []byte("b")}}
	b.ReportAllocs()
	for b.Loop() {
		SignIns.SortVersions(versions)
		if s := merged(versions); s.ErrorCode.N != 2 {
			b.Fatal("not merged")
		}
	}
}

// A copy that another kind tells fills, and corrects nothing: a record that has any other copy is not told by that kind.
func TestMergeOfToldCopies(t *testing.T) {
	told := &SignIn{ToldBy: "errands", Time: testNow.Add(time.Hour), UserAgent: "told", City: "Suva", ErrorCode: IntOf(50126), FailureReason: "told"}
	own := &SignIn{Time: testNow, City: "Bern", ErrorCode: IntOf(0)}
	versions := []Version{{Entry: own, Doc: []byte("a"), Received: testNow}, {Entry: told, Doc: []byte("b"), Received: testNow.Add(time.Hour)}}
	SignIns.SortVersions(versions)
	if got, want := SignIns.Merge(versions), (&SignIn{Time: testNow, UserAgent: "told", City: "Bern", ErrorCode: IntOf(0)}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := SignIns.Merge(versions[:1]); got.Head().ToldBy != "errands" {
		t.Errorf("a record of told copies alone: %+v", got)
	}
}
