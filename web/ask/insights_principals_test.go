package ask

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
)

// The last uses of the report stand beside those of the logs, with the reason where they are others. What only the report knows is
// in the list, and the report decides what is unused where the logs begin too late.
func TestReportedPrincipals(t *testing.T) {
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	app := func(n int) string { return testID(3000 + n) }
	h := holding(t, to(1, 0, signIn(1, 0)), to(2, 3, signIn(2, 0)), to(3, 8, signIn(3, 0)))
	use := func(days int) store.LastUse { return store.LastUse{Time: day(days), Request: "r"} }
	put := func(date time.Time, rows ...store.StateRow) {
		h.putAll(t, store.DirectoryBatch{At: day(9), States: rows, Reports: []store.ReportFile{{Kind: store.StatePrincipalActivity, Date: date}}})
	}
	put(day(4), &store.PrincipalActivity{AppID: app(9), Last: use(-50)})
	put(day(9),
		&store.PrincipalActivity{AppID: app(1), Last: use(-20), DelegatedClient: use(-20)},
		&store.PrincipalActivity{AppID: app(2), Last: use(3), DelegatedClient: use(3), AppClient: use(-2)},
		&store.PrincipalActivity{AppID: app(3), Last: use(9)},
		&store.PrincipalActivity{AppID: app(4), DelegatedResource: use(-40)},
		&store.PrincipalActivity{AppID: app(5), Last: use(7)},
		&store.PrincipalActivity{AppID: app(6)},
	)
	q := &InsightQuery{Range: store.Range{From: day(2), To: day(10)}, Now: day(10), Location: time.UTC, Limit: 20}
	list := func(name string) map[string]string {
		t.Helper()
		q.List, _ = Principals.ListNamed(name)
		q.Sort = q.List.Sort
		rows, err := q.List.Ask(t.Context(), h.Reader, q)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]string{}
		for i := range rows.Rows {
			row := &rows.Rows[i]
			words := func(c Cell) string {
				text := "-"
				if !c.Reported.IsZero() {
					text = fmt.Sprint(int(c.Reported.Sub(noon)/(24*time.Hour)), " ", c.Differs)
				}
				return text
			}
			key := row.ID
			for n := range 10 {
				if row.ID == app(n) {
					key = fmt.Sprint(n)
				}
			}
			if name == goneName {
				found[key] = fmt.Sprint(row.Cells[0].Time.Equal(day(-50)), " ", row.Cells[1].Time.Equal(day(9)))
				continue
			}
			found[key] = words(row.Cells[0]) + "|" + words(row.Cells[1]) + "|" + words(row.Cells[2]) + "|" + words(row.Cells[3])
		}
		if rows.Total != int64(len(found)) {
			t.Errorf("%q: total %d of %d rows", name, rows.Total, len(found))
		}
		return found
	}
	want := map[string]string{
		"1": "-20 these logs have a later one|-20 these logs have a later one|-|-",
		"2": "3 |3 |-|-2 not in these logs", // no log of service principals is stored
		"3": "9 not in these logs|-|-|-",
		"4": "-40 older than these logs|-|-40 older than these logs|-",
		"5": "7 not in these logs|-|-|-",
		"6": "-|-|-|-",
	}
	all := list("")
	for key := range all {
		if want[key] == "" { // resources of the sign-ins
			delete(all, key)
		}
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	unused := list("unused")
	for key, is := range map[string]bool{"1": true, "2": false, "3": false, "4": true, "5": false, "6": true} {
		if _, listed := unused[key]; listed != is {
			t.Errorf("app %s is unused: %v, want %v", key, listed, is)
		}
	}
	if diff := cmp.Diff(map[string]string{"9": "true true"}, list(goneName)); diff != "" {
		t.Errorf("gone (-want +got):\n%s", diff)
	}
	summary, err := summarisePrincipals(t.Context(), h.Reader, q)
	if n := int64(len(unused)); err != nil || summary.Metrics[2].N != n || summary.Metrics[0].N != summary.Metrics[1].N+n {
		t.Errorf("%+v, %v", summary.Metrics, err)
	}
	card, err := reportedCard(t.Context(), h.Reader, app(9))
	if err != nil || len(card.Lines) != 7 || !card.Lines[6].Cell.Time.Equal(day(9)) {
		t.Errorf("%+v, %v", card, err)
	}
	q.List = Principals.Lists[0]
	q.Sort = q.List.Sort
	rows, err := q.List.Ask(t.Context(), h.Reader, q)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows.Rows {
		text, err := json.Marshal(graphPrincipal(q.List, &rows.Rows[i]))
		if err != nil {
			t.Fatal(err)
		}
		if row := &rows.Rows[i]; row.ID == app(4) {
			const part = `"lastSignInActivity":null,"delegatedClientSignInActivity":null,"delegatedResourceSignInActivity":null,"applicationAuthenticationClientSignInActivity":null,"applicationAuthenticationResourceSignInActivity":null,"reported":{"lastSignInActivity":{`
			if !row.Unknown || !json.Valid(text) || !strings.Contains(string(text), part) {
				t.Errorf("the file has %s", text)
			}
		}
	}
}
