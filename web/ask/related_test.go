package ask

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"signpost/store"
)

// related has a failure of Ada's, and sign-ins that share a fact with it.
func related(t *testing.T) *house {
	t.Helper()
	background := signIn(2, 20)
	background.Log, background.CorrelationID = store.NonInteractive, testID(1001)
	return holding(t, failed(50126, signIn(1, 0)), background, signIn(3, -50), signIn(4, -24*60), of(2, "bob", signIn(5, 30)),
		failed(50126, of(3, "carol", signIn(6, 10))), failed(50126, of(4, "dan", signIn(7, -7*24*60))))
}

// counts are the numbers of a relation by log.
func counts(r Relation) map[store.Log]int64 {
	m := map[store.Log]int64{}
	for _, l := range r.Logs {
		if l.Counted {
			m[l.Log] = l.N
		}
	}
	return m
}

func TestDetailsAskForWhatIsAskedFor(t *testing.T) {
	h := related(t)
	plain, err := Details{Ref: store.Ref{Log: store.Interactive, ID: testID(1)}}.Ask(t.Context(), h.Reader)
	if err != nil || plain.Record.SignIn().ID != testID(1) || plain.Summary != nil || plain.Neighbours != nil || plain.Related != nil {
		t.Errorf("the sign-in alone: %+v, %v", plain, err)
	}
	if _, err := (Details{Ref: store.Ref{Log: store.Interactive, ID: testID(99)}}).Ask(t.Context(), h.Reader); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a sign-in that is not there: %v", err)
	}
	ways, err := Details{Ref: store.Ref{Log: store.Interactive, ID: testID(1)}, Related: true, Summary: true}.Ask(t.Context(), h.Reader)
	if err != nil || ways.Related == nil || len(ways.Related.Relations) == 0 || ways.Summary == nil {
		t.Fatalf("what is related: %+v, %v", ways.Related, err)
	}
	for _, r := range ways.Related.Relations {
		if len(counts(r)) > 0 {
			t.Errorf("%s was counted and not asked for", r.Label)
		}
	}
}

func TestRelatedSignInsAreCounted(t *testing.T) {
	h := related(t)
	a, err := Details{Ref: store.Ref{Log: store.Interactive, ID: testID(1)}, Counted: true, Summary: true}.Ask(t.Context(), h.Reader)
	if err != nil {
		t.Fatal(err)
	}
	want := map[*store.Field]map[store.Log]int64{
		store.CorrelationField: {store.Interactive: 1, store.NonInteractive: 1},
		store.UserField:        {store.Interactive: 2, store.NonInteractive: 1},
		store.IPField:          {store.Interactive: 4, store.NonInteractive: 1},
	}
	for _, r := range a.Related.Relations {
		for log, n := range want[r.Field] {
			if got := counts(r)[log]; got != n {
				t.Errorf("%s: %d in the %s log, want %d", r.Label, got, log, n)
			}
		}
		delete(want, r.Field)
	}
	if len(want) > 0 {
		t.Errorf("not looked for: %v", want)
	}
	if c := a.Summary.Comparison; c == nil || c.Working == nil || c.Working.ID != testID(3) {
		t.Errorf("compared with %+v, want the last success", c)
	}
}

func TestRelatedMayBeMissing(t *testing.T) {
	for _, test := range troubles {
		h := related(t)
		h.countsFail(test.err)
		a, err := Details{Ref: store.Ref{Log: store.Interactive, ID: testID(1)}, Counted: true, Summary: true}.Ask(t.Context(), h.Reader)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range a.Related.Relations {
			for _, l := range r.Logs {
				if l.Counted || l.Trouble != test.want {
					t.Errorf("%v: %s has %+v", test.err, r.Label, l)
				}
			}
		}
		if a.Summary.Comparison.Working == nil || (len(h.failures) > 0) != test.told {
			t.Errorf("%v: compared with %+v, told of %q", test.err, a.Summary.Comparison, h.failures)
		}
	}
}

func TestNeighboursAreThoseOfTheList(t *testing.T) {
	h := related(t)
	list := store.ListQuery{Log: store.Interactive, Range: day, Filter: store.Filter{}.With(store.IPField, store.OpIs, "192.0.2.7")}
	tests := []struct{ id, newer, older string }{
		{testID(1), testID(6), testID(3)},
		{testID(5), "", testID(6)}, // the newest
		{testID(3), testID(1), ""}, // the oldest of the range
	}
	for _, test := range tests {
		a, err := Details{Ref: store.Ref{Log: store.Interactive, ID: test.id}, List: &list}.Ask(t.Context(), h.Reader)
		if err != nil || a.Neighbours.Newer != test.newer || a.Neighbours.Older != test.older {
			t.Errorf("%s: %+v, %v", test.id, a.Neighbours, err)
		}
	}
}

func TestOnlyMe(t *testing.T) {
	h := related(t)
	a, err := Details{Ref: store.Ref{Log: store.Interactive, ID: testID(1)}, Summary: true}.Ask(t.Context(), h.Reader)
	if err != nil || a.Summary == nil || a.Summary.OnlyMe == nil || len(a.Summary.OnlyMe.Hours) != onlyMeWeeks+1 {
		t.Fatalf("got %+v, %v", a.Summary.OnlyMe, err)
	}
	now, weekBefore, twoBefore := a.Summary.OnlyMe.Hours[0], a.Summary.OnlyMe.Hours[1], a.Summary.OnlyMe.Hours[2]
	if now.Others != 1 || now.SignIns != 1 || now.All != 3 { // others: carol's; with the code: Ada's and carol's; all: bob's success too
		t.Errorf("in the hour around: %+v", now)
	}
	if weekBefore.Others != 1 || weekBefore.All != 1 || twoBefore.All != 0 {
		t.Errorf("before: %+v, %+v", weekBefore, twoBefore)
	}
	if weeks, most := a.Summary.OnlyMe.Known(); weeks != 1 || most != 1 {
		t.Errorf("%d weeks are known with %d others at most", weeks, most)
	}
	worked, err := Details{Ref: store.Ref{Log: store.Interactive, ID: testID(3)}, Summary: true}.Ask(t.Context(), h.Reader)
	if err != nil || worked.Summary.OnlyMe != nil {
		t.Errorf("a success is compared: %+v, %v", worked.Summary.OnlyMe, err)
	}
	for _, test := range troubles {
		h.countsFail(test.err)
		if a, err := (Details{Ref: store.Ref{Log: store.Interactive, ID: testID(1)}, Summary: true}).Ask(t.Context(), h.Reader); err != nil || a.Summary.OnlyMe.Trouble != test.want {
			t.Errorf("%v: %+v, %v", test.err, a.Summary.OnlyMe, err)
		}
	}
}

// If copies share a key, the newest gives its value. A key that one copy lacks may come from another.
func TestUnreadIsOfAllVersions(t *testing.T) {
	record := store.Record{Versions: []store.Version{{Doc: []byte("old")}, {Doc: []byte("new")}}}
	read := func(doc []byte) (envelope, unknown []store.KeyValue) {
		if string(doc) == "old" {
			return []store.KeyValue{{Key: "level", Value: "4"}}, []store.KeyValue{{Key: "Extra", Value: "old"}, {Key: "gone", Value: "yes"}}
		}
		return nil, []store.KeyValue{{Key: "extra", Value: "new"}}
	}
	envelope, unknown := Unread(record, read)
	if want := []store.KeyValue{{Key: "extra", Value: "new"}, {Key: "gone", Value: "yes"}}; !slices.Equal(unknown, want) || len(envelope) != 1 {
		t.Errorf("unknown %v, want %v; envelope %v", unknown, want, envelope)
	}
}

func TestLacksWhatEveryCopyLacks(t *testing.T) {
	lists := map[string][]*store.Property{
		"graph": {store.RequestID, store.UserAgent}, "portal": {store.UserAgent, store.SessionID}, "monitor": nil,
	}
	collections := map[string][]store.Collection{
		"graph": {store.CollectionNetworks, store.CollectionAuthenticationDetails}, "portal": {store.CollectionPolicies, store.CollectionNetworks},
	}
	read := func(doc []byte) store.Lacking {
		if lists[string(doc)] == nil {
			return store.Lacking{}
		}
		return store.Lacking{Export: string(doc), Properties: lists[string(doc)], Lists: collections[string(doc)]}
	}
	for _, test := range []struct {
		docs []string
		want store.Lacking
	}{
		{[]string{"graph", "graph"}, store.Lacking{Export: "graph", Properties: lists["graph"], Lists: collections["graph"]}},
		{[]string{"graph", "portal"}, store.Lacking{Export: "graph, portal", Properties: []*store.Property{store.UserAgent}, Lists: []store.Collection{store.CollectionNetworks}}},
		{[]string{"graph", "monitor"}, store.Lacking{}},
		{nil, store.Lacking{}},
	} {
		var record store.Record
		for _, doc := range test.docs {
			record.Versions = append(record.Versions, store.Version{Doc: []byte(doc)})
		}
		if got := Lacks(record, read); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%v: got %+v, want %+v", test.docs, got, test.want)
		}
	}
}

func TestMisreadNamesAPropertyOnce(t *testing.T) {
	record := store.Record{Versions: []store.Version{{}, {}}}
	if got := Misread(record, func([]byte) []*store.Property { return []*store.Property{store.RequestID} }); len(got) != 1 {
		t.Errorf("got %v", got)
	}
}
