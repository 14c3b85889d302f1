package storetest

import (
	"errors"
	"math/rand/v2"
	"net/url"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

// at gives a moment of the day of Noon.
func at(clock string) time.Time {
	t, err := time.Parse("15:04:05", clock)
	if err != nil {
		panic(err)
	}
	return Noon.Truncate(24 * time.Hour).Add(t.Sub(t.Truncate(24 * time.Hour)))
}

func signIn(log store.Log, id, clock string, changes ...func(*store.SignIn)) store.SignIn {
	s := store.SignIn{Log: log, ID: id, Time: at(clock), UserID: "u1", UserPrincipalName: "ada@example.com", UserDisplayName: "Ada", AppID: "a1", AppDisplayName: "Portal", ErrorCode: store.IntOf(0)}
	for _, change := range changes {
		change(&s)
	}
	return s
}

func code(n int64) func(*store.SignIn) {
	return func(s *store.SignIn) { s.ErrorCode = store.IntOf(n) }
}

func said(detail string) func(*store.SignIn) {
	return func(s *store.SignIn) { s.AdditionalDetails = detail }
}

func with(p *store.Property, text string) func(*store.SignIn) {
	return func(s *store.SignIn) { *p.Text(s) = text }
}

// together gives all events one correlation ID.
func together(s *store.SignIn) { s.CorrelationID = "c" }

const (
	denied  = "MFA denied; user declined the authentication"
	timeout = "MFA denied; user did not respond to mobile app notification"
)

// aDay is a line of four events (asked, denied, timed out, approved), and events of another user.
func aDay() *Plain {
	return keyed(
		signIn(store.Interactive, "asked", "09:00:00", together, code(50074)),
		signIn(store.Interactive, "denied", "09:01:00", together, code(500121), said(denied)),
		signIn(store.Interactive, "timeout", "09:02:00", together, code(500121), said(timeout), with(store.City, "Lima")),
		signIn(store.Interactive, "approved", "09:03:00", together, said("MFA completed in Azure AD"), with(store.City, "Oslo")),
		signIn(store.Interactive, "bob 1", "08:00:00", with(store.UserID, "U2"), with(store.UserDisplayName, "Bob"), code(50126), with(store.City, "oslo")),
		signIn(store.Interactive, "bob 2", "10:00:00", with(store.UserID, "u2"), with(store.UserDisplayName, "Robert"), func(s *store.SignIn) { s.ErrorCode = store.Int{} }),
		signIn(store.NonInteractive, "quiet 1", "09:30:00", with(store.UserID, ""), code(50058)),
		signIn(store.NonInteractive, "quiet 2", "09:30:00"),
	)
}

func filter(t *testing.T, query string) store.Filter {
	t.Helper()
	params, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	f, bad := store.SignIns.ParseFilter(params)
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	return f
}

func ids(rows []store.Row) []string {
	var ids []string
	for _, r := range rows {
		ids = append(ids, r.SignIn().ID)
	}
	return ids
}

var theDay = store.Range{From: at("00:00:00"), To: at("23:59:59")}

func TestPlainListsLines(t *testing.T) {
	p := aDay()
	tests := []struct {
		query string
		all   bool
		want  []string
	}{
		{"", false, []string{"bob 2", "approved", "bob 1"}},
		{"", true, []string{"bob 2", "approved", "timeout", "denied", "asked", "bob 1"}},
		{"mfa=denied", false, []string{"approved"}},
		{"mfa=denied", true, []string{"denied"}},
		{"anyerror=50074", false, []string{"approved"}},
		{"error=50074", false, nil},
		{"error=50074", true, []string{"asked"}},
		{"city=lima", false, nil},
		{"city=oslo", false, []string{"approved", "bob 1"}},
		{"city=OSLO&status=success", false, []string{"approved"}},
		{"request=asked", false, []string{"approved"}},
		{"user=U2", false, []string{"bob 2", "bob 1"}},
	}
	for _, test := range tests {
		q := store.ListQuery{Log: store.Interactive, Range: theDay, Filter: filter(t, test.query), Limit: 10, AllEvents: test.all}
		page, err := p.Page(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(test.want, ids(page.Rows)); diff != "" {
			t.Errorf("%s, all events %t (-want +got):\n%s", test.query, test.all, diff)
		}
		total, err := p.Total(t.Context(), q)
		if err != nil || total.N != int64(len(test.want)) || !total.Complete {
			t.Errorf("%s, all events %t: total %+v, %v", test.query, test.all, total, err)
		}
	}
	page, _ := p.Page(t.Context(), store.ListQuery{Log: store.Interactive, Range: theDay, Limit: 10})
	if got, want := page.Rows[1].Line, (store.Line{Events: 4, Denied: 2, Started: at("09:00:00")}); got != want {
		t.Errorf("line %+v, want %+v", got, want)
	}
	// The last event decides the place of a line, also where it alone is outside or inside the range.
	half := store.Range{From: at("09:03:00"), To: at("09:03:01")}
	page, _ = p.Page(t.Context(), store.ListQuery{Log: store.Interactive, Range: half, Filter: filter(t, "anyerror=500121"), Limit: 10})
	if len(page.Rows) != 1 || page.Rows[0].Line.Events != 4 {
		t.Errorf("the line at its last event: %+v", page.Rows)
	}
	half = store.Range{From: at("08:59:00"), To: at("09:03:00")}
	page, _ = p.Page(t.Context(), store.ListQuery{Log: store.Interactive, Range: half, Limit: 10})
	if len(page.Rows) != 0 {
		t.Errorf("a line at its first events: %v", ids(page.Rows))
	}
}

func TestPlainPages(t *testing.T) {
	p := aDay()
	q := store.ListQuery{Log: store.Interactive, Range: theDay, Limit: 1}
	page, _ := p.Page(t.Context(), q)
	if page.Prev != nil || page.Next == nil {
		t.Fatalf("first page: newer %v, older %v", page.Prev, page.Next)
	}
	q.After = page.Next
	page, _ = p.Page(t.Context(), q)
	if diff := gocmp.Diff([]string{"approved"}, ids(page.Rows)); diff != "" || page.Prev == nil || page.Next == nil {
		t.Fatalf("second page: %v", page)
	}
	q.After = page.Next
	page, _ = p.Page(t.Context(), q)
	if diff := gocmp.Diff([]string{"bob 1"}, ids(page.Rows)); diff != "" || page.Prev == nil || page.Next != nil {
		t.Fatalf("last page: %v", page)
	}
	q.After, q.Before = nil, page.Prev
	page, _ = p.Page(t.Context(), q)
	if diff := gocmp.Diff([]string{"approved"}, ids(page.Rows)); diff != "" || page.Prev == nil || page.Next == nil {
		t.Fatalf("back to the second page: %v", page)
	}
}

func TestPlainOpensALineByAnyEvent(t *testing.T) {
	p := aDay()
	for _, id := range []string{"asked", "denied", "timeout", "approved"} {
		r, err := p.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: store.Interactive, ID: id}})
		if err != nil || r.SignIn().ID != "approved" {
			t.Fatalf("%s opens %s, %v", id, r.SignIn().ID, err)
		}
		if diff := gocmp.Diff([]string{"asked", "denied", "timeout", "approved"}, ids(r.Events)); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	}
	ada := store.Person{UserID: "U1"}
	if r, err := p.Get(t.Context(), store.GetQuery{Ref: store.Ref{ID: "denied"}, Owner: &ada}); err != nil || r.SignIn().ID != "approved" {
		t.Errorf("own line by its event: %s, %v", r.SignIn().ID, err)
	}
	if _, err := p.Get(t.Context(), store.GetQuery{Ref: store.Ref{ID: "bob 1"}, Owner: &ada}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another's: %v", err)
	}
	traces, _ := p.PersonTraces(t.Context(), store.PersonQuery{Person: ada, Range: theDay, Limit: 10})
	var places []store.Cursor
	for i := range traces.Traces {
		places = append(places, traces.Traces[i].Cursor())
	}
	rows, _ := p.PersonRows(t.Context(), ada, places)
	if diff := gocmp.Diff([]string{"quiet 2", "approved"}, ids(rows)); diff != "" {
		t.Errorf("own history (-want +got):\n%s", diff)
	}
}

func TestPlainGroups(t *testing.T) {
	fallback := func(s *store.SignIn) { s.ResourceID, s.ResourceDisplayName = "", "Graph" }
	p := keyed(
		signIn(store.NonInteractive, "n1", "01:00:00", fallback),
		signIn(store.NonInteractive, "n2", "02:00:00", fallback),
		signIn(store.NonInteractive, "n3", "03:00:00", fallback, with(store.AppDisplayName, "Renamed"), with(store.UserID, "U1")),
		signIn(store.NonInteractive, "n4", "04:00:00", fallback, code(1)),
		signIn(store.NonInteractive, "n5", "05:00:00", fallback, func(s *store.SignIn) { s.ErrorCode = store.Int{} }),
		signIn(store.NonInteractive, "n6", "05:30:00", with(store.ResourceID, "Graph")),
		signIn(store.NonInteractive, "n7", "06:00:00", fallback),
	)
	q := store.GroupsQuery{
		ListQuery: store.ListQuery{Log: store.NonInteractive, Range: store.Range{From: at("02:00:00"), To: at("12:00:00")}, Limit: 10},
		Window:    store.Window6h,
	}
	page, err := p.Groups(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	type group struct {
		ID          string
		Count       int64
		First, Last time.Time
		Cut         bool
	}
	var got []group
	for _, g := range page.Groups {
		got = append(got, group{g.Newest.SignIn().ID, g.Count, g.First, g.Last, g.Cut})
	}
	want := []group{
		{"n7", 1, at("06:00:00"), at("06:00:00"), false},
		{"n6", 1, at("05:30:00"), at("05:30:00"), true},
		{"n5", 1, at("05:00:00"), at("05:00:00"), true},
		{"n4", 1, at("04:00:00"), at("04:00:00"), true},
		{"n3", 2, at("02:00:00"), at("03:00:00"), true},
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	members, err := p.GroupRows(t.Context(), store.GroupRowsQuery{GroupsQuery: q, Of: page.Groups[4].Newest.Key})
	if diff := gocmp.Diff([]string{"n3", "n2"}, ids(members.Rows)); err != nil || diff != "" {
		t.Errorf("members (-want +got):\n%s%v", diff, err)
	}
	if _, err := p.GroupRows(t.Context(), store.GroupRowsQuery{GroupsQuery: q, Of: store.Key{}}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("members of nothing: %v", err)
	}
	q.Log = store.Interactive
	if _, err := p.Groups(t.Context(), q); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("groups of the interactive log: %v", err)
	}
}

func TestPlainHistogram(t *testing.T) {
	r := store.Range{From: at("08:00:00"), To: at("09:30:00")}
	h, err := aDay().Histogram(t.Context(), store.HistogramQuery{
		ListQuery: store.ListQuery{Log: store.Interactive, Range: r},
		Edges:     []time.Time{at("07:30:00"), at("08:30:00"), at("09:03:00"), at("10:30:00")},
	})
	want := store.Histogram{Complete: true, Buckets: []store.Bucket{
		{From: at("08:00:00"), To: at("08:30:00"), ByStatus: [store.MaxStatuses]int64{store.StatusFailure: 1}},
		{From: at("08:30:00"), To: at("09:03:00")},
		{From: at("09:03:00"), To: at("09:30:00"), ByStatus: [store.MaxStatuses]int64{store.StatusSuccess: 1}},
	}}
	if diff := gocmp.Diff(want, h); diff != "" || err != nil {
		t.Errorf("histogram (-want +got):\n%s%v", diff, err)
	}
}

func field(t *testing.T, name string) *store.Field {
	t.Helper()
	f, ok := store.SignIns.Field(name)
	if !ok {
		t.Fatalf("no field %s", name)
	}
	return f
}

func counted(value, label string, n int64) store.FacetValue {
	return store.FacetValue{Value: value, Label: label, N: n}
}

func TestPlainFacets(t *testing.T) {
	q := store.FacetsQuery{ListQuery: store.ListQuery{Log: store.Interactive, Range: theDay}, Top: 2}
	tests := []struct {
		name, query string
		ignoreOwn   bool
		values      []store.FacetValue
		distinct    int64
		empty       int64
	}{
		{"user", "", false, []store.FacetValue{counted("u2", "Robert", 2), counted("u1", "Ada", 1)}, 2, 0},
		{"user", "user=ada", false, []store.FacetValue{counted("u1", "Ada", 1)}, 1, 0},
		{"user", "user=ada", true, []store.FacetValue{counted("u2", "Robert", 2), counted("u1", "Ada", 1)}, 2, 0},
		{"city", "", false, []store.FacetValue{counted("Oslo", "", 2)}, 1, 1},
		{"status", "", false, []store.FacetValue{counted("failure", "", 1), counted("success", "", 1)}, 2, 1},
		{"error", "", false, []store.FacetValue{counted("0", "", 1), counted("50126", "", 1)}, 2, 1},
		{"anyerror", "", false, []store.FacetValue{counted("0", "", 1), counted("500121", "", 1)}, 4, 1},
		{"mfa", "", false, []store.FacetValue{counted("denied", "", 1), counted("satisfied", "", 1)}, 3, 2},
	}
	for _, test := range tests {
		q.Fields, q.Filter, q.IgnoreOwn = []*store.Field{field(t, test.name)}, filter(t, test.query), test.ignoreOwn
		facets, err := aDay().Facets(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		want := []store.Facet{{Field: q.Fields[0], Values: test.values, Distinct: test.distinct, Empty: test.empty, Complete: true}}
		if diff := gocmp.Diff(want, facets, sameField); diff != "" {
			t.Errorf("%s of %q, ignoring own %t (-want +got):\n%s", test.name, test.query, test.ignoreOwn, diff)
		}
	}
}

// sameField compares fields by name: they hold functions, which cannot be compared.
var sameField = gocmp.Comparer(func(a, b *store.Field) bool { return a.Name == b.Name })

func TestPlainValues(t *testing.T) {
	q := store.ValuesQuery{
		ListQuery: store.ListQuery{Log: store.Interactive, Range: theDay, Filter: filter(t, "user=ada")},
		Field:     field(t, "user"), Text: "ROB", Top: 5,
	}
	facet, err := aDay().Values(t.Context(), q)
	want := store.Facet{Field: q.Field, Values: []store.FacetValue{counted("u2", "Robert", 2)}, Distinct: 1, Complete: true}
	if diff := gocmp.Diff(want, facet, sameField); diff != "" || err != nil {
		t.Errorf("values (-want +got):\n%s%v", diff, err)
	}
}

func TestPlainTable(t *testing.T) {
	q := store.TableQuery{By: store.UserField, Across: store.StatusField, Columns: 2, Distinct: []*store.Field{store.AppField}, Range: theDay, Limit: 2}
	q.Edges = []time.Time{at("09:00:00"), at("09:10:00"), at("12:00:00")}
	first, err := aDay().Table(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	columns := []store.TableColumn{{Value: "success", N: 2}, {Value: "failure", N: 1}}
	want := store.Table{Values: 3, Columns: columns, ColumnValues: 3, Complete: true, Next: &store.TablePlace{N: 2, Value: "u2"}, Rows: []store.TableRow{
		{Value: "u1", Label: "Ada", Username: "ada@example.com", Distinct: []int64{1}, Cells: []int64{2, 0}, Top: store.TableColumn{Value: "success", N: 2}, Buckets: []int64{1, 1}, Counts: store.Counts{
			ByStatus: [store.MaxStatuses]int64{store.StatusSuccess: 2}, First: at("09:03:00"), Last: at("09:30:00"), LastSuccess: at("09:30:00"),
		}},
		{Value: "u2", Label: "Robert", Username: "ada@example.com", Distinct: []int64{1}, Cells: []int64{0, 1}, None: 1, Top: store.TableColumn{Value: "failure", N: 1}, Buckets: []int64{0, 1}, Counts: store.Counts{
			ByStatus: [store.MaxStatuses]int64{store.StatusFailure: 1, store.StatusUnknown: 1}, First: at("08:00:00"), Last: at("10:00:00"), LastFailure: at("08:00:00"),
		}},
	}}
	if diff := gocmp.Diff(want, first); diff != "" {
		t.Errorf("first page (-want +got):\n%s", diff)
	}
	q.After = first.Next
	second, err := aDay().Table(t.Context(), q)
	want = store.Table{Values: 3, Columns: columns, ColumnValues: 3, Complete: true, Rows: []store.TableRow{
		{Value: "ada@example.com", Username: "ada@example.com", IsName: true, Distinct: []int64{1}, Cells: []int64{0, 0}, Rest: 1, Top: store.TableColumn{Value: "interrupted", N: 1}, Buckets: []int64{0, 1}, Counts: store.Counts{
			ByStatus: [store.MaxStatuses]int64{store.StatusInterrupted: 1}, First: at("09:30:00"), Last: at("09:30:00"),
		}},
	}}
	if diff := gocmp.Diff(want, second); diff != "" || err != nil {
		t.Errorf("second page (-want +got):\n%s%v", diff, err)
	}
}

// TestPlainFacetsOfListsAreTheTotals compares the count of each value of a list's field with the total after
// choosing it, under every other condition on the list.
func TestPlainFacetsOfListsAreTheTotals(t *testing.T) {
	plain := keyed(MadeUp(3, 400)...)
	chosen := 0
	for n := range uint64(400) {
		chosen += CheckChosen(t, plain, plain, rand.New(rand.NewPCG(n, 5)))
	}
	if chosen < 500 {
		t.Errorf("%d values were chosen", chosen)
	}
}

// TestConditionsOnAListAgainstItems compares the filter with its conditions applied to each item alone.
func TestConditionsOnAListAgainstItems(t *testing.T) {
	signIns := MadeUp(4, 300)
	plain := keyed(signIns...)
	passed := 0
	for n := range uint64(2000) {
		a := &asker{r: rand.New(rand.NewPCG(n, 6)), catalog: signInsOnly, all: plain.all}
		c := Case{catalog: signInsOnly, Kind: KindTotal, Params: url.Values{paramLog: {string(store.NonInteractive)}}}
		a.aboutItems(c)
		asked := c.list().Filter
		s := &signIns[a.r.IntN(len(signIns))]
		want := true
		for _, l := range store.SignIns.Lists {
			clause := asked.ListClause(l)
			switch {
			case clause.OneItem():
				want = want && slices.ContainsFunc(items(l, s), func(item store.SignIn) bool { return asked.Match(&item) })
			default:
				for _, condition := range clause.Conditions {
					one := store.Filter{}
					for _, value := range condition.Values {
						one = one.With(condition.Field, condition.Op, value)
					}
					want = want && one.Match(s)
				}
			}
		}
		if got := asked.Match(s); got != want {
			t.Fatalf("%s passes %v: %v, want %v", asked.Values().Encode(), WordEntry(store.SignIns, s, true), got, want)
		}
		if want {
			passed++
		}
	}
	if passed < 200 {
		t.Errorf("%d sign-ins passed", passed)
	}
}
