package sqlite

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

// In these tests a record as received is the JSON of the sign-in itself.
func decodeJSON(_ store.Log, doc []byte) (store.Entry, error) {
	s := &store.SignIn{}
	err := json.Unmarshal(doc, s)
	for _, raw := range []*json.RawMessage{
		&s.AuthenticationAppDeviceDetails, &s.AuthenticationAppPolicyEvaluationList, &s.AppliedEventListeners, &s.PrivateLinkDetails,
	} {
		if string(*raw) == "null" {
			*raw = nil
		}
	}
	return s, err
}

func openTest(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), t.TempDir(), signInsOnly, decodeJSON)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func record(s store.SignIn) store.Record {
	doc, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return store.Record{Entry: s.Clone(), Versions: []store.Version{{Entry: s.Clone(), Doc: doc}}}
}

func put(t *testing.T, db *DB, signIns ...store.SignIn) []store.Outcome {
	t.Helper()
	records := make([]store.Record, len(signIns))
	for i, s := range signIns {
		records[i] = record(s)
	}
	return putAll(t, db, records)
}

func putAll(t *testing.T, db *DB, records []store.Record) []store.Outcome {
	t.Helper()
	batch, err := db.Prepare(records)
	if err != nil {
		t.Fatal(err)
	}
	outcomes, err := db.Commit(t.Context(), batch)
	if err != nil {
		t.Fatal(err)
	}
	return outcomes
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func guid(n int) string { return fmt.Sprintf("%08x-0000-4000-8000-%012x", n*2654435761%(1<<32), n) }

// madeUp gives n sign-ins of a log over about three days, a few at one instant. Users, applications, addresses, codes and
// resources are from small sets.
func madeUp(log store.Log, n int, seed uint64) []store.SignIn {
	r := rand.New(rand.NewPCG(seed, 1))
	codes := []int64{0, 0, 0, 50126, 50074}
	var signIns []store.SignIn
	for i := range n {
		at := noon.Add(-time.Duration(r.Int64N(int64(72 * time.Hour)))).Truncate(time.Microsecond)
		if i%10 == 0 {
			at = at.Truncate(time.Hour)
		}
		user, app, resource := r.IntN(9), r.IntN(4), r.IntN(3)
		s := store.SignIn{
			Log: log, ID: guid(i + int(seed)*100000), CorrelationID: guid(i / 3), Time: at, Ingested: at.Add(time.Minute),
			AppID: guid(7000 + app), AppDisplayName: fmt.Sprintf("App %d", app+i%2), ResourceID: guid(8000 + resource),
			ResourceDisplayName: fmt.Sprintf("Resource %d", resource), IPAddress: fmt.Sprintf("192.0.2.%d", r.IntN(3)),
			ErrorCode: store.IntOf(codes[r.IntN(len(codes))]), OriginalRequestID: guid(i + int(seed)*100000),
			ClientAppUsed: []string{"Browser", "Other clients; IMAP", ""}[r.IntN(3)], IsManaged: store.Bool(r.IntN(3)),
			RiskEventTypes: [][]string{nil, {"newCountry"}, {"newCountry", "passwordSpray"}}[r.IntN(3)],
			City:           []string{"Oslo", "oslo", "Lima"}[r.IntN(3)],
		}
		if info, _ := store.SignIns.Log(log); info.User {
			s.UserID, s.UserPrincipalName = guid(9000+user), fmt.Sprintf("User%d@example.com", user)
			if user == 0 {
				s.UserID = ""
			}
		} else {
			s.ServicePrincipalID, s.ServicePrincipalName = guid(6000+user), fmt.Sprintf("sp %d", user)
		}
		signIns = append(signIns, s)
	}
	return signIns
}

func rangeOf(from, to time.Time) store.Range { return store.Range{From: from, To: to} }

var threeDays = rangeOf(noon.Add(-72*time.Hour), noon)

func TestListPagesBothWays(t *testing.T) {
	db := openTest(t)
	signIns := madeUp(store.Interactive, 500, 1)
	put(t, db, signIns[:300]...)
	put(t, db, signIns[300:]...)

	q := store.ListQuery{Log: store.Interactive, Range: threeDays, Limit: 37}
	total, err := db.Total(t.Context(), q)
	if err != nil || total.N != 500 || !total.Complete {
		t.Fatalf("total = %+v, %v; want 500", total, err)
	}
	var pages [][]string
	seen := map[string]bool{}
	var last store.Page
	for {
		page, err := db.Page(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		ids := idsOf(page.Rows)
		for _, id := range ids {
			if seen[id] {
				t.Fatalf("%s is on two pages", id)
			}
			seen[id] = true
		}
		if !slices.IsSortedFunc(page.Rows, func(a, b store.Row) int { return b.Key.Compare(a.Key) }) {
			t.Fatal("a page is not newest first")
		}
		pages, last = append(pages, ids), page
		if page.Next == nil {
			break
		}
		q.After = page.Next
	}
	if len(seen) != 500 {
		t.Fatalf("pages hold %d sign-ins, want 500", len(seen))
	}
	q.After = nil
	for i := len(pages) - 2; i >= 0; i-- {
		q.Before = last.Prev
		if last, err = db.Page(t.Context(), q); err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(pages[i], idsOf(last.Rows)); diff != "" {
			t.Fatalf("page %d on the way back (-forth +back):\n%s", i, diff)
		}
	}
	if last.Prev != nil {
		t.Error("the newest page has a newer one")
	}
}

func idsOf(rows []store.Row) []string {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.SignIn().ID
	}
	return ids
}

func TestFilterAgreesWithMatch(t *testing.T) {
	for _, log := range []store.Log{store.Interactive, store.ServicePrincipal} {
		db := openTest(t)
		signIns := madeUp(log, 400, 2)
		put(t, db, signIns...)
		for _, params := range []map[string][]string{
			{"user": {"USER3@EXAMPLE.COM"}},
			{"user": {guid(9004), "User0@example.com"}},
			{"app": {"app 1"}, "status": {"failure", "interrupted"}},
			{"ip": {"192.0.2.0/31"}},
			{"ip": {"192.0."}, "error": {"50126"}},
			{"client": {"legacy"}},
			{"client": {"IMAP4"}, "managed": {"yes"}},
			{"riskevent": {"passwordspray"}},
			{"city": {"OSLO"}, "resource": {"Resource 2"}},
			{"request": {signIns[17].ID}},
			{"correlation": {signIns[40].CorrelationID}},
			{"sp": {"sp 4"}},
			{"ingested": {signIns[8].Ingested.Format(time.RFC3339Nano)}},
			{"city": {"Nowhere"}},
		} {
			filter, bad := store.SignIns.ParseFilter(params)
			if bad != nil {
				t.Fatal(bad)
			}
			r := rangeOf(noon.Add(-50*time.Hour), noon.Add(-3*time.Hour))
			want := int64(0)
			for i := range signIns {
				if r.Contains(signIns[i].Time) && filter.Match(&signIns[i]) {
					want++
				}
			}
			q := store.ListQuery{Log: log, Range: r, Filter: filter, Limit: 400}
			got, err := db.Total(t.Context(), q)
			if err != nil || got.N != want {
				t.Errorf("%s %v: total %d, %v; want %d", log, params, got.N, err, want)
			}
			page, err := db.Page(t.Context(), q)
			if err != nil || int64(len(page.Rows)) != want {
				t.Errorf("%s %v: %d rows, %v; want %d", log, params, len(page.Rows), err, want)
			}
		}
	}
}

// recount groups in plain Go, newest group first.
func recount(signIns []store.SignIn, info store.LogInfo, r store.Range, window store.Window) []store.Group {
	groups := map[string]*store.Group{}
	for _, s := range signIns {
		if !r.Contains(s.Time) {
			continue
		}
		from, to := window.Around(s.Time)
		key := from.String()
		for _, p := range info.GroupBy {
			key += "|" + fmt.Sprint(keyPart(p, &s))
		}
		g, ok := groups[key]
		if !ok {
			g = &store.Group{First: s.Time, Last: s.Time, From: from, To: to}
			groups[key] = g
		}
		g.Count++
		if s.Time.Before(g.First) {
			g.First = s.Time
		}
		if s.Time.After(g.Last) {
			g.Last = s.Time
		}
	}
	var all []store.Group
	for _, g := range groups {
		all = append(all, *g)
	}
	sortGroups(all)
	return all
}

func keyPart(p *store.Property, s *store.SignIn) any {
	if p.Int != nil {
		return *p.Int(s)
	}
	if text := *p.Text(s); text != "" || p.Fallback == nil {
		return text
	}
	return "name " + p.Fallback(s)
}

func sortGroups(groups []store.Group) {
	slices.SortFunc(groups, func(a, b store.Group) int {
		return cmp.Or(b.Last.Compare(a.Last), b.First.Compare(a.First), cmp.Compare(a.Count, b.Count))
	})
}

func TestGroupsAgreeWithRecount(t *testing.T) {
	for _, info := range store.SignIns.Logs {
		if !info.Grouped {
			continue
		}
		db := openTest(t)
		signIns := madeUp(info.Log, 600, 3)
		put(t, db, signIns...)
		for _, window := range store.Windows() {
			r := rangeOf(noon.Add(-61*time.Hour), noon.Add(-2*time.Hour))
			want := recount(signIns, info, r, window)
			q := store.GroupsQuery{ListQuery: store.ListQuery{Log: info.Log, Range: r, Limit: 23}, Window: window}
			got := pagesOfGroups(t, db, q)
			checkMembers(t, db, q, got)
			if diff := gocmp.Diff(want, counted(got)); diff != "" {
				t.Errorf("%s %s groups (-recount +engine):\n%s", info.Log, window, diff)
			}
		}
	}
}

func groupKeys(page store.GroupPage) []store.Key {
	var keys []store.Key
	for _, g := range page.Groups {
		keys = append(keys, g.Newest.Key)
	}
	return keys
}

func checkMembers(t *testing.T, db *DB, q store.GroupsQuery, groups []store.Group) {
	t.Helper()
	q.After, q.Limit = nil, 2
	for _, g := range groups[:10] {
		var n int64
		for m := (store.GroupRowsQuery{GroupsQuery: q, Of: g.Newest.Key}); ; {
			page, err := db.GroupRows(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 && page.Rows[0].Key != g.Newest.Key {
				t.Errorf("the first member is not the group's newest")
			}
			n += int64(len(page.Rows))
			if page.Next == nil {
				break
			}
			m.After = page.Next
		}
		if n != g.Count {
			t.Errorf("group has %d members, counts %d", n, g.Count)
		}
	}
}

func TestVersions(t *testing.T) {
	early := store.SignIn{
		Log: store.Interactive, ID: guid(1), Time: noon, Ingested: noon.Add(time.Minute), UserID: guid(2),
		ErrorCode: store.IntOf(50074), AppDisplayName: "Portal",
	}
	late := early
	late.Time = noon.Add(123456 * time.Microsecond)
	late.Ingested = noon.Add(time.Hour)
	late.ErrorCode = store.IntOf(0)
	late.AppDisplayName = ""
	late.AdditionalDetails = "MFA requirement satisfied by claim in the token"
	other := early
	other.UserID = guid(3)

	for _, order := range [][]store.SignIn{{early, late, early, late}, {late, early, late, early}} {
		for _, together := range []bool{true, false} {
			db := openTest(t)
			var outcomes []store.Outcome
			if together {
				outcomes = put(t, db, order...)
			} else {
				for _, s := range order {
					outcomes = append(outcomes, put(t, db, s)...)
				}
			}
			var kinds []store.OutcomeKind
			for _, o := range outcomes {
				kinds = append(kinds, o.Kind)
			}
			want := []store.OutcomeKind{store.OutcomeNew, store.OutcomeUpdated, store.OutcomeSame, store.OutcomeSame}
			if diff := gocmp.Diff(want, kinds); diff != "" {
				t.Errorf("outcomes:\n%s", diff)
			}
			got, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: store.Interactive, ID: early.ID}})
			if err != nil {
				t.Fatal(err)
			}
			merged := late
			merged.AppDisplayName = "Portal"
			if diff := gocmp.Diff(merged, *got.SignIn()); diff != "" {
				t.Errorf("merged (-want +got):\n%s", diff)
			}
			if len(got.Versions) != 2 || got.Newest().SignIn().ErrorCode.N != 0 {
				t.Errorf("versions: %d, newest %+v", len(got.Versions), got.Newest().SignIn().ErrorCode)
			}
			page, err := db.Page(t.Context(), store.ListQuery{Log: store.Interactive, Range: rangeOf(noon, noon.Add(time.Second)), Limit: 5})
			if err != nil || len(page.Rows) != 1 {
				t.Fatalf("%d rows, %v; want 1", len(page.Rows), err)
			}
			if diff := gocmp.Diff(merged, *page.Rows[0].SignIn()); diff != "" {
				t.Errorf("row (-want +got):\n%s", diff)
			}
			o := put(t, db, other, other)
			if !o[0].Conflict || o[0].Kind != store.OutcomeNew || o[1].Kind != store.OutcomeSame || !o[1].Conflict {
				t.Errorf("conflict: %+v", o)
			}
			if second, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: store.Interactive, ID: o[0].ID}}); err != nil || second.SignIn().UserID != other.UserID {
				t.Errorf("the other sign-in: %+v, %v", second.SignIn(), err)
			}
		}
	}
}

func TestUndatedFindsItsSignIn(t *testing.T) {
	undated := store.SignIn{Log: store.Interactive, ID: "not a guid", Time: noon.Add(30 * time.Hour), TimeIsIngestion: true, Ingested: noon.Add(30 * time.Hour), AppDisplayName: "Portal"}
	dated := store.SignIn{Log: store.Interactive, ID: "not a guid", Time: noon, City: "Lima"}
	for _, order := range [][]store.SignIn{{undated, dated}, {dated, undated}} {
		db := openTest(t)
		put(t, db, order[0])
		if o := put(t, db, order[1]); o[0].Kind != store.OutcomeUpdated {
			t.Errorf("outcome %+v, want an update", o[0])
		}
		got, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: store.Interactive, ID: "not a guid"}})
		if err != nil || !got.SignIn().Time.Equal(noon) || got.SignIn().City != "Lima" || got.SignIn().AppDisplayName != "Portal" || got.SignIn().ID != "not a guid" {
			t.Errorf("merged %+v, %v", got.SignIn(), err)
		}
	}
}

func TestOwnSignIns(t *testing.T) {
	db := openTest(t)
	all := append(madeUp(store.Interactive, 300, 4), madeUp(store.NonInteractive, 300, 5)...)
	put(t, db, all...)
	for _, person := range []store.Person{
		{UserID: guid(9003)},
		{UserID: strings.ToUpper(guid(9000))},
		{UserID: "00000000-0000-0000-0000-000000000000"},
		{},
	} {
		want := map[string]bool{}
		for i := range all {
			if threeDays.Contains(all[i].Time) && person.Owns(&all[i]) {
				want[all[i].ID] = true
			}
		}
		q := store.PersonQuery{Person: person, Range: threeDays, Limit: 7}
		got := map[string]bool{}
		for {
			traces, err := db.PersonTraces(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			var places []store.Cursor
			for i := range traces.Traces {
				places = append(places, traces.Traces[i].Cursor())
			}
			rows, err := db.PersonRows(t.Context(), person, places)
			if err != nil || len(rows) != len(places) {
				t.Fatalf("%d rows at %d places: %v", len(rows), len(places), err)
			}
			for _, row := range rows {
				got[row.SignIn().ID] = true
			}
			if !traces.More {
				break
			}
			q.After = &places[len(places)-1]
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", person, diff)
		}
		for i := range all[:20] {
			_, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{ID: all[i].ID}, Owner: &person})
			if owns := person.Owns(&all[i]); owns != (err == nil) || !owns && !errors.Is(err, store.ErrNotFound) {
				t.Errorf("own sign-in %v: %v", owns, err)
			}
		}
	}
}

// Two engines over one folder are two processes to each other: each sees what the other wrote, words included.
func TestTwoEnginesSeeEachOther(t *testing.T) {
	folder := t.TempDir()
	var engines [2]*DB
	for i := range engines {
		var err error
		if engines[i], err = Open(t.Context(), folder, signInsOnly, decodeJSON); err != nil {
			t.Fatal(err)
		}
		defer engines[i].Close()
	}
	signIns := madeUp(store.NonInteractive, 60, 6)
	for i := range 6 {
		put(t, engines[i%2], signIns[i*10:(i+1)*10]...)
	}
	byID := map[string]store.SignIn{}
	for _, s := range signIns {
		s.RiskEventTypes = nil // lists hold single values only
		byID[s.ID] = s
	}
	for i := range engines {
		page, err := engines[i].Page(t.Context(), store.ListQuery{Log: store.NonInteractive, Range: threeDays, Limit: 100})
		if err != nil || len(page.Rows) != 60 {
			t.Fatalf("%d rows, %v", len(page.Rows), err)
		}
		for _, row := range page.Rows {
			if diff := gocmp.Diff(byID[row.SignIn().ID], *row.SignIn()); diff != "" {
				t.Errorf("engine %d (-want +got):\n%s", i, diff)
			}
		}
	}
}

// import and serve may start together on a new folder.
func TestOpenTogether(t *testing.T) {
	folder := t.TempDir()
	failed := make(chan error, 6)
	for range cap(failed) {
		go func() {
			db, err := Open(t.Context(), folder, signInsOnly, decodeJSON)
			if err == nil {
				err = db.Close()
			}
			failed <- err
		}()
	}
	for range cap(failed) {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
}

func TestDeadlineIsTooSlow(t *testing.T) {
	db := openTest(t)
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	_, err := db.Total(ctx, store.ListQuery{Log: store.Interactive, Range: threeDays})
	if !errors.Is(err, store.ErrTooSlow) {
		t.Errorf("error %v, want store.ErrTooSlow", err)
	}
}

// inJSON writes an answer whole, with what its pointers lead to, for comparing.
func inJSON(answer any) string {
	text, err := json.Marshal(answer)
	if err != nil {
		panic(err) // an answer is plain data
	}
	return string(text)
}

// signInsOnly is a catalog without other kinds.
var signInsOnly = store.NewCatalog(store.SignIns)

// asKept declares sign-ins by the rules that made the rows of the folder in testdata.
func asKept(k *store.Kind) { k.Derivation = 2 }

// changedSignIns is the kind of sign-ins as another version of the program declares it.
func changedSignIns(change func(*store.Kind)) *store.Kind {
	k := *store.SignIns
	change(&k)
	return &k
}
