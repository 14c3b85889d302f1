package sqlite

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

// madeUpLog is the log of the kind that the tests of kinds make up.
const madeUpLog = store.Log("madeup")

// madeUpKind is a second kind of records: its columns have the names and the numbers of those of sign-ins, and tell something
// else. Its fields have the names of theirs.
type madeUpKind struct {
	*store.Kind
	properties map[*store.Property]*store.Property // by that of sign-ins with the same name
}

// swapped are the properties that tell what another one of them tells of sign-ins.
var swapped = map[*store.Property]*store.Property{
	store.City: store.State, store.State: store.CountryOrRegion, store.CountryOrRegion: store.City,
	store.AppDisplayName: store.ResourceDisplayName, store.ResourceDisplayName: store.AppDisplayName,
}

func newMadeUpKind(ownWords bool) *madeUpKind {
	k := &madeUpKind{properties: map[*store.Property]*store.Property{}}
	declared := store.Kind{One: "task", Many: "tasks", New: store.SignIns.New, Status: store.SignIns.Status, Statuses: store.SignIns.Statuses, Withhold: store.SignIns.Withhold, Derivation: 7, Codes: "made up"}
	for _, p := range store.SignIns.Properties[:slices.Index(store.SignIns.Properties, store.CountryOrRegion)+1] {
		own := *p
		if other := swapped[p]; other != nil {
			own.Text = other.Text
		}
		k.properties[p] = &own
		declared.Properties = append(declared.Properties, &own)
	}
	detail := *store.City // a column that sign-ins do not have
	detail.Name = "madeUpDetail"
	declared.Properties = append(declared.Properties, &detail)
	if ownWords {
		for _, p := range declared.Properties {
			p.Words = "madeup." + columnName(p)
		}
	}
	for _, name := range []string{"city", "state", "country", "app", "ip", "error"} {
		own := *mustField(name)
		own.Properties = nil
		for _, p := range mustField(name).Properties {
			if p := k.properties[p]; p != nil {
				own.Properties = append(own.Properties, p)
			}
		}
		declared.Named = append(declared.Named, &own)
	}
	declared.Logs = []store.LogInfo{{
		Log: madeUpLog, Number: 16, Title: "Made up", Short: "Made up", FileStem: "MadeUp", Grouped: true,
		GroupBy: []*store.Property{k.properties[store.City], k.properties[store.AppDisplayName]},
	}}
	k.Kind = store.NewKind(declared)
	return k
}

// field gives the kind's field of a name, which sign-ins have another of.
func (k *madeUpKind) field(name string) *store.Field {
	f, ok := k.Field(name)
	if !ok {
		panic("no field " + name)
	}
	return f
}

// ofKinds are records of both kinds, with the same texts in other fields.
func ofKinds(n int) map[store.Log][]store.SignIn {
	records := map[store.Log][]store.SignIn{}
	for _, log := range []store.Log{store.Interactive, madeUpLog} {
		list := madeUp(store.Interactive, n, 5)
		for i := range list {
			s := &list[i]
			s.Log = log
			s.State, s.CountryOrRegion = []string{"Lima", "Oslo", "", "Bergen"}[i%4], []string{"NO", "lima", "oslo"}[i%3]
			if log == madeUpLog {
				s.City, s.AppDisplayName = []string{"PE", "Oslo"}[i%2], fmt.Sprintf("Task %d", i%3)
			}
		}
		records[log] = list
	}
	return records
}

// Two kinds of records stand in one store, in whichever order they are registered and whether they share words or not. A
// question about one never gets what was found out for the other.
func TestTwoKindsInOneStore(t *testing.T) {
	t.Parallel()
	for _, ownWords := range []bool{false, true} {
		for _, madeUpFirst := range []bool{false, true} {
			t.Run(fmt.Sprintf("own words %t, made up first %t", ownWords, madeUpFirst), func(t *testing.T) {
				other := newMadeUpKind(ownWords)
				inOrder := func(first bool) []*store.Kind {
					if first {
						return []*store.Kind{other.Kind, store.SignIns}
					}
					return []*store.Kind{store.SignIns, other.Kind}
				}
				records := ofKinds(400)
				v := &variant{folder: t.TempDir(), r: seeded(16)}
				size := tinySizes(v.r)
				size.segment, size.smallRows, size.smallSegments = 50, 49, 4
				common := []Option{withSizes(size), withDecoder(decodeJSON)}
				v.options = append(slices.Clip(common), withKinds(inOrder(madeUpFirst)...))
				v.open(t)
				for i := range 8 { // some batches hold both kinds
					var batch []store.SignIn
					for log, list := range records {
						if i%3 > 0 || (log == madeUpLog) == (i%2 == 0) {
							batch = append(batch, list[i*50:(i+1)*50]...)
						}
					}
					put(t, v.DB, batch...)
					if i == 4 {
						v.sealNow(t, true)
					}
				}
				for log, list := range records { // those of the batches of one kind, and all others once more
					for _, outcome := range put(t, v.DB, list...) {
						if outcome.Kind != store.OutcomeNew && outcome.Kind != store.OutcomeSame {
							t.Fatalf("%s: %+v", log, outcome)
						}
					}
				}
				other.compare(t, v.DB, records, "from memory and segments")
				v.sealNow(t, true)
				other.compare(t, v.DB, records, "from segments")
				segments := segmentIDs(t, v.DB)
				v.log.take()
				v.options[len(v.options)-1] = withKinds(inOrder(!madeUpFirst)...)
				v.reopen(t, func() {})
				other.compare(t, v.DB, records, "in the other order")
				if got, logged := segmentIDs(t, v.DB), v.log.take(); !slices.Equal(got, segments) || logged != "" {
					t.Errorf("the other order made the segments %v of %v, and logged %s", got, segments, logged)
				}
				v.cols(t, "DELETE FROM columns WHERE id & 255 = ?", v.schema.byProp[store.City].index)
				v.reopen(t, func() {})
				other.compare(t, v.DB, records, "after damage")
				if damage, err := v.Checkup(t.Context(), nil); err != nil || damage.Total > 0 {
					t.Errorf("%v: %v", err, damage.Damages)
				}

				// Other rules of one kind leave the rows of the other kind as they are.
				changed := *other.Kind
				changed.Derivation++
				next := &changed
				v.options[len(v.options)-1] = withKinds(store.SignIns, next)
				v.reopen(t, func() {})
				complete := func() string {
					said := ""
					for _, log := range []store.Log{store.Interactive, madeUpLog} {
						total, err := v.Total(t.Context(), store.ListQuery{Log: log, Range: threeDays})
						said += fmt.Sprintln(log, total.Complete, err)
					}
					return said
				}
				if got := complete(); got != "interactive true <nil>\nmadeup false <nil>\n" {
					t.Errorf("with other rules of the made-up kind:\n%s", got)
				}
				makeAllAgain(t, v.DB)
				if got := complete(); got != "interactive true <nil>\nmadeup true <nil>\n" {
					t.Errorf("after the rows were made again:\n%s", got)
				}
				other.compare(t, v.DB, records, "by other rules")
				v.close(t)

				// A version of the program that does not know the kind leaves it alone.
				v.options = common
				v.open(t)
				if got, want := askedOf(t, v.DB, store.Interactive, mustField, records[store.Interactive], "without the kind"), 0; got != want {
					t.Errorf("%d wrong answers", got)
				}
				v.sealNow(t, true)
				v.options = append(slices.Clip(common), withKinds(store.SignIns, next))
				v.reopen(t, func() {})
				other.compare(t, v.DB, records, "after a version that does not know the kind")
				v.close(t)
			})
		}
	}
}

// compare asks the same questions of both kinds, one after the other.
func (k *madeUpKind) compare(t *testing.T, db *DB, records map[store.Log][]store.SignIn, when string) {
	t.Helper()
	for range 2 { // the second time from what was kept
		askedOf(t, db, store.Interactive, mustField, records[store.Interactive], when)
		askedOf(t, db, madeUpLog, k.field, records[madeUpLog], when)
	}
	k.compareGroups(t, db, records[madeUpLog], when)
	for ask, err := range foreignFields(t, db, madeUpLog) {
		if want := "the log madeup cannot be asked for the field "; err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %s of sign-ins asked of the other kind: %v, want %s", when, ask, err, want)
		}
	}
}

// foreignFields asks a log of another kind for fields of sign-ins, and gives the errors.
func foreignFields(t *testing.T, s store.Reader, log store.Log) map[string]error {
	t.Helper()
	errs := map[string]error{}
	q := store.ListQuery{Log: log, Range: threeDays, Limit: 9}
	for _, name := range []string{"city", "network", "request", "status", "ingested"} {
		q := q
		q.Filter = store.Filter{}.With(mustField(name), store.OpNotEmpty, "")
		_, errs["filter "+name] = s.Total(t.Context(), q)
	}
	status := mustField("status")
	_, errs["facet"] = s.Facets(t.Context(), store.FacetsQuery{ListQuery: q, Fields: []*store.Field{status}, Top: 9})
	_, errs["values"] = s.Values(t.Context(), store.ValuesQuery{ListQuery: q, Field: status, Top: 9})
	_, errs["table"] = s.Table(t.Context(), store.TableQuery{Logs: []store.Log{log}, By: store.UserField, Range: threeDays, Limit: 9})
	return errs
}

func (k *madeUpKind) compareGroups(t *testing.T, db *DB, records []store.SignIn, when string) {
	t.Helper()
	want, got := map[string]int64{}, map[string]int64{}
	for i := range records {
		s := &records[i]
		from, _ := store.Window24h.Around(s.Time)
		want[fmt.Sprint(from, *k.properties[store.City].Text(s), *k.properties[store.AppDisplayName].Text(s))]++
	}
	groups := pagesOfGroups(t, db, store.GroupsQuery{ListQuery: store.ListQuery{Log: madeUpLog, Range: threeDays, Limit: 20}, Window: store.Window24h})
	for _, g := range groups {
		s := g.Newest.SignIn()
		got[fmt.Sprint(g.From, *k.properties[store.City].Text(s), *k.properties[store.AppDisplayName].Text(s))] += g.Count
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("%s: the groups (-want +got):\n%s", when, diff)
	}
}

// askedOf compares answers about one log with what a loop over its records finds, and says how many were wrong.
func askedOf(t *testing.T, db *DB, log store.Log, field func(string) *store.Field, records []store.SignIn, when string) (wrong int) {
	t.Helper()
	fail := func(format string, args ...any) {
		t.Helper()
		wrong++
		t.Errorf("%s, %s: %s", when, log, fmt.Sprintf(format, args...))
	}
	q := store.ListQuery{Log: log, Range: store.AllTime(), AllEvents: true, Limit: store.MaxLimit}
	for _, name := range []string{"city", "state", "country", "app", "ip", "error"} {
		f := field(name)
		for _, test := range []struct {
			op    store.Operator
			value string
		}{
			{store.OpIs, "oslo"},
			{store.OpIsNot, "Lima"},
			{store.OpStarts, "o"},
			{store.OpHas, "im"},
			{store.OpEmpty, "yes"},
			{store.OpIs, "App 1"},
			{store.OpHas, "resource"},
			{store.OpIs, "192.0.2.1"},
			{store.OpIs, "50126"},
		} {
			if !slices.Contains(f.Operators(), test.op) {
				continue
			}
			asked := q
			asked.Filter = store.Filter{}.With(f, test.op, test.value)
			var want int64
			for i := range records {
				if asked.Filter.Match(&records[i]) {
					want++
				}
			}
			if total, err := db.Total(t.Context(), asked); err != nil || total.N != want {
				fail("%s %v %q: %d, %v, want %d", name, test.op, test.value, total.N, err, want)
			}
		}
		counts := map[string]int64{}
		for i := range records {
			for _, value := range f.EventValues(&records[i]) {
				counts[strings.ToLower(value)]++
			}
		}
		facets, err := db.Facets(t.Context(), store.FacetsQuery{ListQuery: q, Fields: []*store.Field{f}, Top: 50})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int64{}
		for _, value := range facets[0].Values {
			got[strings.ToLower(value.Value)] = value.N
		}
		if diff := gocmp.Diff(counts, got); diff != "" {
			fail("the values of %s (-want +got):\n%s", name, diff)
		}
		values, err := db.Values(t.Context(), store.ValuesQuery{ListQuery: q, Field: f, Text: "o", Top: 50})
		if err != nil {
			t.Fatal(err)
		}
		for _, value := range values.Values {
			if value.N != counts[strings.ToLower(value.Value)] {
				fail("the value %q of %s: %d, want %d", value.Value, name, value.N, counts[strings.ToLower(value.Value)])
			}
		}
	}
	rows := allRows(t, db, q)
	if len(rows) != len(records) {
		fail("%d rows, want %d", len(rows), len(records))
	}
	byID := map[string]*store.SignIn{}
	for i := range records {
		byID[records[i].ID] = &records[i]
	}
	for _, row := range rows {
		got, want := row.SignIn(), byID[row.SignIn().ID]
		if want == nil || got.City != want.City || got.State != want.State || got.CountryOrRegion != want.CountryOrRegion || got.AppDisplayName != want.AppDisplayName || got.ResourceDisplayName != want.ResourceDisplayName {
			fail("the row %+v, want %+v", got, want)
			break
		}
	}
	whole, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: log, ID: records[7].ID}})
	if err != nil || whole.SignIn().City != records[7].City || whole.SignIn().Log != log {
		fail("%s whole: %+v, %v", records[7].ID, whole.SignIn(), err)
	}
	return wrong
}

// A kind with the columns that sign-ins begin with has a print that sign-ins know as well. A segment is read with the layout
// of its own kind.
func TestPrintsOfKinds(t *testing.T) {
	other := newMadeUpKind(true)
	beginning := *other.Kind
	beginning.Properties = beginning.Properties[:len(beginning.Properties)-1]
	s := newSchema(store.Catalog{store.SignIns, &beginning})
	mine, theirs := s.kinds[0], s.kinds[1]
	if mine.print == theirs.print || mine.layouts[theirs.print] != theirs.today() {
		t.Errorf("the prints are %d and %d", mine.print, theirs.print)
	}
	if _, ok := theirs.layouts[mine.print]; ok {
		t.Error("the made-up kind takes the segments of sign-ins for its own")
	}
	for _, p := range []*store.Property{store.City, store.AppID} {
		if a, b := s.byProp[p], s.byProp[other.properties[p]]; a.index != b.index || a.words == b.words {
			t.Errorf("%s: the columns %d and %d, the dictionaries %s and %s", p.Name, a.index, b.index, a.words.name, b.words.name)
		}
	}
}
