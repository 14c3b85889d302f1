package ask

import (
	"errors"
	"testing"
	"time"

	"signpost/store"
)

var (
	deskID  = testID(3001) // the application ID of the sign-ins
	groupID = testID(4001)
	emptyID = testID(4002) // a group whose members were not imported
)

// organised has sign-ins of Ada, bob and a service principal, with a directory. It has Ada, two groups, and the
// application as a registration with a service principal.
func organised(t *testing.T) *house {
	t.Helper()
	service := store.SignIn{
		Log: store.ServicePrincipal, ID: testID(9), Time: noon, ServicePrincipalID: testID(5009), ServicePrincipalName: "nightly-backup",
		AppID: testID(3009), ErrorCode: store.IntOf(0), IPAddress: "192.0.2.9",
	}
	background := signIn(4, -60)
	background.Log = store.NonInteractive
	h := holding(t, signIn(1, 0), failed(50126, signIn(2, 10)), of(2, "bob", signIn(3, 20)), background, service)
	batch := store.DirectoryBatch{
		Objects: []store.Object{
			{Kind: store.ObjectUser, ID: adasID, Name: "Ada of the directory", Username: "ada@example.com"},
			{Kind: store.ObjectGroup, ID: groupID, Name: "Travellers"},
			{Kind: store.ObjectGroup, ID: emptyID, Name: "Unknown"},
			{Kind: store.ObjectApplication, ID: testID(6001), AppID: deskID, Name: "Travel Desk"},
			{Kind: store.ObjectServicePrincipal, ID: testID(5001), AppID: deskID, Name: "Travel Desk"},
		},
		Memberships: []store.Membership{{Group: groupID, Whole: true, Members: []store.Member{{ID: adasID, Kind: store.ObjectUser}}}},
		At:          noon,
	}
	id, err := h.db.BeginImport(t.Context(), store.ImportFile{Path: "directory"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.db.PutDirectory(t.Context(), id, batch); err != nil {
		t.Fatal(err)
	}
	if err := h.db.EndImport(t.Context(), id, store.ImportReport{}); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestObjectIsOfTheDirectoryOrTheLogs(t *testing.T) {
	h := organised(t)
	user, err := Object{Kind: store.ObjectUser, ID: adasID}.Ask(t.Context(), h.Reader)
	if err != nil || user.Object == nil || user.Object.Name != "Ada of the directory" || user.SeenName != "Ada Example" || user.GroupsTotal != 1 || !user.IsInLogs() {
		t.Errorf("Ada is %+v, %v", user, err)
	}
	logged, err := Object{Kind: store.ObjectUser, ID: testID(2002)}.Ask(t.Context(), h.Reader)
	if err != nil || logged.Object != nil || logged.SeenUsername != "bob@example.com" {
		t.Errorf("bob, of the logs alone, is %+v, %v", logged, err)
	}
	for _, kind := range store.ObjectKinds() {
		if _, err := (Object{Kind: kind, ID: testID(99)}).Ask(t.Context(), h.Reader); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s that nobody knows: %v", kind, err)
		}
	}
}

func TestObjectOfAnAppMayBeNamedInThreeWays(t *testing.T) {
	h := organised(t)
	tests := []struct {
		name, id string
		kind     store.ObjectKind
		want     string
		objects  int
	}{
		{"application ID", deskID, store.ObjectApplication, deskID, 2},
		{"registration", testID(6001), store.ObjectApplication, deskID, 2},
		{"service principal", testID(5001), store.ObjectServicePrincipal, testID(5001), 2},
		{"application of the logs", testID(3009), store.ObjectApplication, testID(3009), 0},
		{"service principal of the logs", testID(5009), store.ObjectServicePrincipal, testID(5009), 0},
	}
	for _, test := range tests {
		got, err := Object{Kind: store.ObjectApplication, ID: test.id}.Ask(t.Context(), h.Reader)
		if err != nil || got.Kind != test.kind || got.ID != test.want || len(got.Objects) != test.objects {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
	}
}

func TestObjectOfAGroupListsItsMembers(t *testing.T) {
	h := organised(t)
	group, err := Object{Kind: store.ObjectGroup, ID: groupID}.Ask(t.Context(), h.Reader)
	if err != nil || group.Object.Name != "Travellers" || len(group.Members) != 1 || group.Members[0].ID != adasID || !group.IsInLogs() {
		t.Errorf("got %+v, %v", group, err)
	}
	group, err = Object{Kind: store.ObjectGroup, ID: groupID, MemberText: "nobody"}.Ask(t.Context(), h.Reader)
	if err != nil || len(group.Members) != 0 || group.Membership.N != 1 {
		t.Errorf("with a text: %+v, %v", group, err)
	}
	unknown, err := Object{Kind: store.ObjectGroup, ID: emptyID}.Ask(t.Context(), h.Reader)
	if err != nil || unknown.IsInLogs() {
		t.Errorf("a group of unknown members can be asked about: %+v, %v", unknown, err)
	}
}

func activityOf(kind store.ObjectKind, id string) Activity {
	fields := func(store.LogInfo) []*store.Field { return []*store.Field{store.IPField} }
	return Activity{Kind: kind, ID: id, Range: day, Location: time.UTC, Fields: fields, Top: 5, Rows: 5}
}

func TestActivityIsOfEachLog(t *testing.T) {
	h := organised(t)
	a, err := activityOf(store.ObjectUser, adasID).Ask(t.Context(), h.Reader)
	if err != nil || len(a.Logs) != 2 {
		t.Fatalf("got %+v, %v; want two logs", a, err)
	}
	interactive, background := a.Logs[0], a.Logs[1]
	if interactive.Log != store.Interactive || len(interactive.Newest) != 2 || interactive.Failure == nil || interactive.Failure.SignIn().ID != testID(2) {
		t.Errorf("interactive: %+v", interactive)
	}
	if background.Log != store.NonInteractive || len(background.Newest) != 1 || background.Failure != nil || len(background.Facets) != 1 {
		t.Errorf("in the background: %+v", background)
	}
	var n int64
	for _, b := range interactive.Histogram.Buckets {
		n += b.Total()
	}
	if n != 2 || interactive.Facets[0].Values[0].N != 2 {
		t.Errorf("the bars have %d, the facet %+v", n, interactive.Facets)
	}
	if len(a.Tables) != 1 || a.Tables[0].By != store.AppField || len(a.Tables[0].Table.Rows) != 1 {
		t.Errorf("tables %+v", a.Tables)
	}
	if !a.Last.Time.Equal(noon) || a.LastSuccess == nil || a.LastSuccess.SignIn().ID != testID(1) {
		t.Errorf("the last success is %+v, %+v", a.Last, a.LastSuccess)
	}
}

func TestActivityOfAGroupIsItsMembers(t *testing.T) {
	h := organised(t)
	a, err := activityOf(store.ObjectGroup, groupID).Ask(t.Context(), h.Reader)
	if err != nil || len(a.Logs) != len(store.SignIns.Logs) || len(a.Logs[0].Newest) != 2 || len(a.Tables) != 2 {
		t.Errorf("got %+v, %v", a, err)
	}
}

func TestActivityMayBePartlyMissing(t *testing.T) {
	for _, test := range troubles {
		h := organised(t)
		h.countsFail(test.err)
		a, err := activityOf(store.ObjectUser, adasID).Ask(t.Context(), h.Reader)
		if err != nil {
			t.Fatal(err)
		}
		log := a.Logs[0]
		if log.ChartTrouble != test.want || log.FacetTrouble != test.want || log.NewestTrouble != NoTrouble || log.FailureTrouble != NoTrouble || len(log.Newest) != 2 {
			t.Errorf("%v: %+v", test.err, log)
		}
	}
}

func TestObjectsAreCountedInBars(t *testing.T) {
	h := organised(t)
	list, err := Objects(t.Context(), h.Reader, store.EntitiesQuery{Kind: store.ObjectUser, Range: day, Sort: store.SortName, Limit: 50}, time.UTC)
	if err != nil || list.Page.Total != 2 || list.State.N[store.ObjectUser] != 1 {
		t.Fatalf("got %+v, %v", list, err)
	}
	var n int64
	for _, row := range list.Page.Rows {
		if row.ID != adasID {
			continue
		}
		for _, count := range row.Buckets {
			n += count
		}
		if len(row.Buckets) < sparkBars-1 || len(row.Buckets) > sparkBars+1 {
			t.Errorf("a day has %d bars", len(row.Buckets))
		}
	}
	if n != 3 {
		t.Errorf("Ada's bars have %d sign-ins, want 3", n)
	}
}

// The page of an application has the last use that Graph's report tells, also under the ID of its service principal.
func TestObjectOfAnAppHasItsReportedUse(t *testing.T) {
	h := organised(t)
	used := noon.AddDate(0, -2, 0)
	h.putAll(t, store.DirectoryBatch{At: noon, States: []store.StateRow{
		&store.PrincipalActivity{AppID: deskID, DelegatedClient: store.LastUse{Time: used}}, &store.PrincipalActivity{AppID: testID(3010), Last: store.LastUse{Time: noon}},
	}})
	for id, want := range map[string]time.Time{deskID: used, testID(6001): used, testID(5001): used, testID(3009): {}} {
		app, err := Object{Kind: store.ObjectApplication, ID: id}.Ask(t.Context(), h.Reader)
		if err != nil || !app.LastReported().Equal(want) || (app.Reported == nil) != want.IsZero() {
			t.Errorf("%s was used last at %s by the report, %v, want %s", id, app.LastReported(), err, want)
		}
	}
	user, err := Object{Kind: store.ObjectUser, ID: adasID}.Ask(t.Context(), h.Reader)
	if err != nil || user.Reported != nil {
		t.Errorf("a user has %+v, %v", user.Reported, err)
	}
}
