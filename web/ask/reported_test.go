package ask

import (
	"fmt"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
)

func TestReportedCountsEachState(t *testing.T) {
	people, account := answersOf(t)
	for n := range reportsPerPage + 2 {
		err := people.AnswerSignIn(t.Context(), auth.SignInAnswer{
			AccountID: account.ID, UserID: adasID, Log: string(store.Interactive), SignInID: fmt.Sprint("report ", n), Time: noon,
			Answered: noon.Add(time.Duration(n) * time.Minute),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	first, err := ReportedIn(t.Context(), people, auth.ReportQuery{})
	if err != nil || len(first.Reports) != reportsPerPage || first.Older == 0 {
		t.Fatalf("the first page has %d reports, %v", len(first.Reports), err)
	}
	decision := auth.Decision{ID: first.Reports[0].ID, Was: auth.ReportOpen, To: auth.ReportDismissed, By: "grace", At: noon.Add(time.Hour)}
	if err := people.DecideReport(t.Context(), decision); err != nil {
		t.Fatal(err)
	}
	dismissed, err := ReportedIn(t.Context(), people, auth.ReportQuery{State: auth.ReportDismissed})
	if err != nil || len(dismissed.Reports) != 1 || dismissed.All != reportsPerPage+2 || len(dismissed.States) != len(auth.ReportStates()) {
		t.Fatalf("got %+v, %v", dismissed, err)
	}
	want := map[auth.ReportState]int64{auth.ReportOpen: reportsPerPage + 1, auth.ReportDismissed: 1}
	for _, s := range dismissed.States {
		if s.N != want[s.State] {
			t.Errorf("%d are %s, want %d", s.N, s.State, want[s.State])
		}
	}
}
