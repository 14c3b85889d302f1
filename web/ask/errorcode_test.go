package ask

import (
	"testing"
	"time"

	"signpost/store"
)

// seen has four failures with a code, one of them in the background, and a line with the code in an earlier
// event.
func seen(t *testing.T) *house {
	t.Helper()
	background := failed(50076, signIn(4, 30))
	background.Log = store.NonInteractive
	first, then := failed(50076, signIn(5, 60)), signIn(6, 61)
	then.CorrelationID = first.CorrelationID
	return holding(t, failed(50076, signIn(1, 0)), failed(50076, of(2, "bob", signIn(2, -10*60))), failed(50076, of(2, "bob", signIn(3, -60*24*60))),
		background, first, then, failed(50126, of(3, "carol", signIn(7, 90))))
}

func questionOf(r store.Range) ErrorCode {
	fields := func(store.Log) []*store.Field { return []*store.Field{store.UserField} }
	return ErrorCode{Code: 50076, Range: r, Location: time.UTC, Fields: fields, Top: 5}
}

func TestErrorCodeCountsWhatTheTenantHasSeen(t *testing.T) {
	h := seen(t)
	a, err := questionOf(day).Ask(t.Context(), h.Reader)
	if err != nil {
		t.Fatal(err)
	}
	got := map[store.Log]int64{}
	for _, l := range a.Logs {
		got[l.Log] = l.N()
	}
	if len(got) != len(store.SignIns.Logs) || got[store.Interactive] != 2 || got[store.NonInteractive] != 1 || got[store.ServicePrincipal] != 0 {
		t.Errorf("counts %v", got)
	}
	if a.Log != store.Interactive || a.Chosen || a.OnTheWay.N != 1 {
		t.Errorf("about the %s log, chosen %t; %d went on", a.Log, a.Chosen, a.OnTheWay.N)
	}
	if len(a.Facets) != 1 || a.Facets[0].Distinct != 2 || len(a.Rows) != 2 || a.Rows[0].SignIn().ID != testID(1) {
		t.Errorf("facets %+v, rows %+v", a.Facets, a.Rows)
	}
	if total, err := h.Total(t.Context(), ErrorQuery(store.Interactive, 50076, day)); err != nil || total.N != 2 {
		t.Errorf("the link finds %d, %v", total.N, err)
	}
}

func TestErrorCodeOfAChosenLog(t *testing.T) {
	q := questionOf(day)
	q.Log = store.NonInteractive
	a, err := q.Ask(t.Context(), seen(t).Reader)
	if err != nil || !a.Chosen || len(a.Rows) != 1 || a.Rows[0].SignIn().ID != testID(4) {
		t.Errorf("got %+v, %v", a, err)
	}
}

func TestErrorCodeMayBePartlyMissing(t *testing.T) {
	for _, test := range troubles {
		h := seen(t)
		h.countsFail(test.err)
		a, err := questionOf(day).Ask(t.Context(), h.Reader)
		if err != nil || a.Logs[0].Trouble != test.want || a.FacetsTrouble != test.want || a.RowsTrouble != NoTrouble || len(a.Rows) != 2 {
			t.Errorf("%v: %+v, %v", test.err, a, err)
		}
	}
}

func TestErrorBarWidth(t *testing.T) {
	if got := errorBarWidth(day); got != store.BucketWidth(day) {
		t.Errorf("a day has bars of %s", got)
	}
	month := store.Range{From: noon.AddDate(0, -1, 0), To: noon}
	if got := errorBarWidth(month); got != 24*time.Hour {
		t.Errorf("a month has bars of %s", got)
	}
}
