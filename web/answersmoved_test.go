package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/kinds"
)

// plainDocs reads the records of these tests, which are the JSON of the sign-ins themselves.
func plainDocs(_ store.Log, doc []byte) (store.Entry, error) {
	s := &store.SignIn{}
	err := json.Unmarshal(doc, s)
	s.AuthenticationAppDeviceDetails, s.AuthenticationAppPolicyEvaluationList, s.AppliedEventListeners, s.PrivateLinkDetails = nil, nil, nil, nil
	return s, err
}

func putSignIns(t *testing.T, db *datafolder.Folder, signIns ...store.SignIn) {
	t.Helper()
	var records []store.Record
	for _, s := range signIns {
		doc, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, store.Record{Entry: s.Clone(), Versions: []store.Version{{Entry: s.Clone(), Doc: doc}}})
	}
	id, err := db.BeginImport(t.Context(), store.ImportFile{Path: "test", Format: "graph"})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := db.Prepare(records)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Commit(t.Context(), id, batch); err != nil {
		t.Fatal(err)
	}
}

// travellerStore stores the sign-ins of traveller. The one far away is changed before.
func travellerStore(t *testing.T, change func(*store.SignIn)) (db *datafolder.Folder, away store.SignIn) {
	t.Helper()
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, plainDocs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	all := traveller()
	for i := range all.records {
		s := *all.records[i].SignIn()
		if s.ID == testID(200) {
			change(&s)
			away = s
		}
		putSignIns(t, db, s)
	}
	return db, away
}

// An answer of a person still counts after its sign-in moved to another place in the log. A copy with another or a more exact
// time moves it, and so does a later event that it is folded with.
func TestAnswersFollowTheirSignIns(t *testing.T) {
	db, away := travellerStore(t, func(s *store.SignIn) { s.CorrelationID = "d0d0d0d0-1111-4222-8333-444444444444" })
	h := newHouse(t, func(c *Config) { c.Store = db })
	h.wait(pageNow.Sub(h.clock()))
	visit := func(name string, role auth.Role, upn string) *visitor {
		if _, err := h.accounts.Add(t.Context(), auth.NewAccount{Name: name, UserPrincipalName: upn, Roles: []auth.Role{role}, Password: housePassword}); err != nil {
			t.Fatal(err)
		}
		v := h.visitor()
		v.signIn(name).expect(t, name+" signs in", http.StatusSeeOther, "/")
		return v
	}
	adaAt, rootAt := visit("ada", auth.RoleUser, "ada@example.com"), visit("root", auth.RoleGlobalAdministrator, "")
	check := func(when, id string) {
		t.Helper()
		if got := adaAt.get("/me/"+id).find(t, ".me-said"); !strings.Contains(got, "You reported that this wasn't you.") {
			t.Errorf("%s: the page of the sign-in says %q", when, got)
		}
		if got := adaAt.get("/me?range=30d&show=unusual").body; strings.Count(got, "You reported that this wasn") != 1 {
			t.Errorf("%s: the list has %d reports", when, strings.Count(got, "You reported that this wasn"))
		}
		if got := rootAt.get("/protection/reported?state=open").body; !strings.Contains(got, "/logs/interactive/"+testID(200)) {
			t.Errorf("%s: the queue does not lead to the sign-in", when)
		}
		rootAt.get("/logs/interactive/"+testID(200)).expect(t, when+": the reported sign-in", http.StatusOK, "")
	}
	adaAt.say(away.ID, "do", "notmine").expect(t, "report", http.StatusSeeOther, "/me/"+away.ID)
	check("at once", away.ID)

	exact := away
	exact.Time, exact.Ingested = away.Time.Add(123456*time.Microsecond), away.Ingested.Add(time.Hour)
	putSignIns(t, db, exact)
	check("after a more exact copy", away.ID)

	moved := exact
	moved.Time, moved.Ingested = away.Time.Add(-26*time.Hour), away.Ingested.Add(2*time.Hour)
	putSignIns(t, db, moved)
	check("after a copy of another day", away.ID)

	last := moved
	last.ID, last.Time, last.ErrorCode, last.AdditionalDetails = testID(201), moved.Time.Add(time.Minute), store.IntOf(0), ""
	putSignIns(t, db, last)
	check("after a later event", last.ID)
	check("by the event's own address", away.ID)
	adaAt.say(last.ID, "do", "mine").expect(t, "it was me after all", http.StatusSeeOther, "/me/"+last.ID)
	page, err := h.people.Reports(t.Context(), auth.ReportQuery{Limit: 9})
	if err != nil || len(page.Reports) != 1 || !page.Reports[0].Mine || page.Reports[0].SignInID != away.ID || page.Reports[0].State != auth.ReportTakenBack {
		t.Errorf("the reports: %+v, %v; want the one of the event, taken back", page.Reports, err)
	}
}

// An answer of a person still counts after a told sign-in moved to the log that it is of, and can be taken back there.
func TestAnswersFollowToldSignIns(t *testing.T) {
	t.Parallel()
	db, away := travellerStore(t, func(s *store.SignIn) { s.ToldBy = "activity" })
	h := newHouse(t, func(c *Config) { c.Store = db })
	h.wait(pageNow.Sub(h.clock()))
	if _, err := h.accounts.Add(t.Context(), auth.NewAccount{Name: "ada", UserPrincipalName: "ada@example.com", Roles: []auth.Role{auth.RoleUser}, Password: housePassword}); err != nil {
		t.Fatal(err)
	}
	ada := h.visitor()
	ada.signIn("ada").expect(t, "ada signs in", http.StatusSeeOther, "/")
	ada.say(away.ID, "do", "notmine").expect(t, "report", http.StatusSeeOther, "/me/"+away.ID)
	own := away
	own.Log, own.ToldBy, own.Ingested = store.NonInteractive, "", away.Ingested.Add(time.Hour)
	putSignIns(t, db, own)
	if got := ada.get("/me/"+away.ID).find(t, ".me-said"); !strings.Contains(got, "You reported that this wasn't you.") {
		t.Errorf("after its log brought it the page of the sign-in says %q", got)
	}
	ada.say(away.ID, "do", "mine").expect(t, "it was me after all", http.StatusSeeOther, "/me/"+away.ID)
	page, err := h.people.Reports(t.Context(), auth.ReportQuery{Limit: 9})
	if err != nil || len(page.Reports) != 1 || !page.Reports[0].Mine || page.Reports[0].Log != string(store.Interactive) || page.Reports[0].State != auth.ReportTakenBack {
		t.Errorf("the reports: %+v, %v; want the one, taken back", page.Reports, err)
	}
}

// A comparison with a told sign-in leads on to the log that the sign-in has gone to, on either side.
func TestCompareFollowsToldSignIns(t *testing.T) {
	t.Parallel()
	db, away := travellerStore(t, func(s *store.SignIn) { s.ToldBy = "activity" })
	h := newHouse(t, func(c *Config) { c.Store = db })
	h.wait(pageNow.Sub(h.clock()))
	if _, err := h.accounts.Add(t.Context(), auth.NewAccount{Name: "ada", Roles: []auth.Role{auth.RoleSecurityReader}, Password: housePassword}); err != nil {
		t.Fatal(err)
	}
	ada := h.as("ada")
	own := away
	own.Log, own.ToldBy, own.Ingested = store.NonInteractive, "", away.Ingested.Add(time.Hour)
	old, moved, other := "interactive%2F"+away.ID, "noninteractive%2F"+away.ID, "interactive%2F"+testID(100)
	ada.get("/compare?a="+old+"&b="+other).expect(t, "before it moves", http.StatusOK, "")
	putSignIns(t, db, own)
	for asked, want := range map[string]string{
		"?a=" + old:                     "?a=" + moved,
		"?a=" + old + "&b=" + other:     "?a=" + moved + "&b=" + other,
		"?a=" + other + "&b=" + away.ID: "?a=" + other + "&b=" + moved,
		"?a=" + old + "&list=%2Flogs%2Finteractive%3Frange%3D30d": "?a=" + moved,
	} {
		ada.get("/compare"+asked).expect(t, asked, http.StatusSeeOther, "/compare"+want)
	}
	ada.get("/compare?a="+moved+"&b="+other).expect(t, "where it leads", http.StatusOK, "")
	ada.get("/compare?a="+other+"&b=interactive%2F"+testID(999)).expect(t, "an ID of no sign-in", http.StatusNotFound, "")
}
