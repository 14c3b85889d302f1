package ask

import (
	"testing"
	"time"

	"signpost/store"
)

// What began to be stored later tells of nothing before: each log counts from its own beginning.
func TestBeginningsOfLogs(t *testing.T) {
	in := func(log store.Log, s store.SignIn) store.SignIn {
		if s.Log = log; log == store.ServicePrincipal || log == store.ManagedIdentity {
			s.UserID, s.UserPrincipalName, s.UserDisplayName, s.ServicePrincipalID = "", "", "", testID(5001)
		}
		return s
	}
	now := noon.AddDate(0, 0, 20)
	q := &InsightQuery{Range: store.Range{From: noon, To: now}, Now: now, Location: time.UTC, Limit: 10, List: Principals.Lists[0], Sort: NumberLastUse}
	h := holding(t,
		to(1, 0, signIn(1, 0)), to(2, 3, signIn(2, 0)),
		in(store.NonInteractive, to(3, 8, signIn(3, 0))), // at the beginning of its log
		in(store.ServicePrincipal, to(4, 5, signIn(4, 0))),
	)
	app, _, err := findNewest(t.Context(), h.Reader, q)
	if err != nil || app == nil || app.name != "App 2" {
		t.Errorf("the newest application is %+v, %v", app, err)
	}
	rows, err := listPrincipals(t.Context(), h.Reader, q, false)
	if err != nil || len(rows.Rows) != 4 {
		t.Fatalf("%+v, %v", rows, err)
	}
	for _, row := range rows.Rows {
		for i, want := range []time.Time{noon.AddDate(0, 0, 8), noon.AddDate(0, 0, 8), {}, {}} { // no managed identity is stored
			if cell := row.Cells[1+i]; cell.Unknown && !cell.Since.Equal(want) {
				t.Errorf("%s, context %d: none since %v, want %v", row.Name, i, cell.Since, want)
			}
		}
	}
	oldest, since, err := h.Begins(t.Context(), signInLogs, now)
	if err != nil || !since.Equal(noon.AddDate(0, 0, 8)) {
		t.Errorf("all logs since %v, %v", since, err)
	}
	if !oldest.Equal(noon) {
		t.Errorf("the oldest record is of %v, %v", since, err)
	}
}
