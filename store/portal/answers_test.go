package portal

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"signpost/auth"
)

func reportOf(a auth.Account, id string, at time.Time) auth.SignInAnswer {
	return auth.SignInAnswer{
		AccountID: a.ID, UserPrincipalName: "ada@example.com", UserID: "ada-id", Log: "interactive", SignInID: id, Time: at.Add(-time.Hour),
		Seen:    auth.SeenSignIn{Result: "Successful sign-in", Application: "Travel Desk", Place: "Suva, FJ", Unusual: "First sign-in from FJ."},
		Comment: "I was asleep", Answered: at,
	}
}

func mustAnswer(t *testing.T, p *DB, a auth.SignInAnswer) {
	t.Helper()
	if err := p.AnswerSignIn(t.Context(), a); err != nil {
		t.Fatal(err)
	}
}

// queue gives the reports of a state as words: id, state, who decided.
func queue(t *testing.T, p *DB, state auth.ReportState) []string {
	t.Helper()
	page, err := p.Reports(t.Context(), auth.ReportQuery{State: state, Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, r := range page.Reports {
		words = append(words, fmt.Sprint(r.SignInID, " ", r.State, " ", r.DecidedBy))
	}
	return words
}

func TestAnswersAreKept(t *testing.T) {
	folder, c := t.TempDir(), newClock()
	p, other := openTestPortal(t, folder), openTestPortal(t, folder)
	accounts := auth.NewAccounts(p, c.now, false)
	ada, grace := addAccount(t, accounts, "ada", auth.RoleUser), addAccount(t, accounts, "grace", auth.RoleUser)
	report := reportOf(ada, "s1", c.t)
	mustAnswer(t, p, report)
	mine := reportOf(ada, "s2", c.t)
	mine.Mine = true
	mustAnswer(t, p, mine)

	got, err := other.SignInAnswers(t.Context(), ada.ID)
	report.ID, report.Account, report.State = 1, "ada", auth.ReportOpen
	mine.ID, mine.Account, mine.Comment = 2, "ada", ""
	if want := []auth.SignInAnswer{mine, report}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("answers: got %+v, %v, want %+v", got, err, want)
	}
	if got, err := p.SignInAnswers(t.Context(), grace.ID); err != nil || got != nil {
		t.Errorf("grace's: got %+v, %v, want none", got, err)
	}
	if got, want := queue(t, other, ""), []string{"s1 open "}; !reflect.DeepEqual(got, want) {
		t.Errorf("queue: got %q, want %q: what was theirs is no report", got, want)
	}
	if n, err := p.CountOpenReports(t.Context(), auth.ReportsOf{}); err != nil || n != 1 {
		t.Errorf("open: got %d, %v, want 1", n, err)
	}
	if err := p.AnswerSignIn(t.Context(), reportOf(auth.Account{ID: 99}, "s1", c.t)); !errors.Is(err, auth.ErrNoAccount) {
		t.Errorf("nobody's: got %v, want %v", err, auth.ErrNoAccount)
	}
}

func TestReportsAreTakenBackAndDecided(t *testing.T) {
	c := newClock()
	p := openTestPortal(t, t.TempDir())
	accounts := auth.NewAccounts(p, c.now, false)
	ada, grace := addAccount(t, accounts, "ada", auth.RoleUser), addAccount(t, accounts, "grace", auth.RoleUser)
	ctx := t.Context()
	decide := func(id int64, was, to auth.ReportState) error {
		return p.DecideReport(ctx, auth.Decision{ID: id, Was: was, To: to, Note: "seen", By: "root", At: c.t})
	}
	takeBack := func(a auth.Account, id string) error { return p.TakeBackAnswer(ctx, a.ID, "interactive", id) }
	expect := func(what string, got, want error) {
		t.Helper()
		if !errors.Is(got, want) {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	mustAnswer(t, p, reportOf(ada, "s1", c.t))
	expect("another's", takeBack(grace, "s1"), auth.ErrNoAnswer)
	expect("one's own", takeBack(ada, "s1"), nil)
	expect("again", takeBack(ada, "s1"), auth.ErrNoAnswer)
	if got, want := queue(t, p, ""), []string{"s1 takenback "}; !reflect.DeepEqual(got, want) {
		t.Errorf("queue: got %q, want %q: it stays to be seen", got, want)
	}
	if got, err := p.SignInAnswers(ctx, ada.ID); err != nil || got != nil {
		t.Errorf("answers: got %+v, %v, want none", got, err)
	}
	mustAnswer(t, p, reportOf(ada, "s1", c.t)) // and once more
	expect("decided on what was seen before", decide(1, auth.ReportTakenBack, auth.ReportDismissed), auth.ErrReportChanged)
	expect("confirmed", decide(1, auth.ReportOpen, auth.ReportConfirmed), nil)
	expect("a report that is not there", decide(9, auth.ReportOpen, auth.ReportConfirmed), auth.ErrNoAnswer)
	expect("taken back when settled", takeBack(ada, "s1"), auth.ErrSettled)
	expect("answered anew when settled", p.AnswerSignIn(ctx, reportOf(ada, "s1", c.t)), auth.ErrSettled)
	if got, want := queue(t, p, auth.ReportConfirmed), []string{"s1 confirmed root"}; !reflect.DeepEqual(got, want) {
		t.Errorf("confirmed: got %q, want %q", got, want)
	}
	expect("opened again", decide(1, auth.ReportConfirmed, auth.ReportOpen), nil)
	mine := reportOf(ada, "s1", c.t)
	mine.Mine = true
	mustAnswer(t, p, mine) // it was me after all
	got, err := p.SignInAnswers(ctx, ada.ID)
	if err != nil || len(got) != 1 || !got[0].Mine || got[0].State != auth.ReportTakenBack || got[0].Comment != "I was asleep" {
		t.Errorf("mine after all: got %+v, %v, want it mine, with the report taken back", got, err)
	}
	mine.SignInID = "s2"
	mustAnswer(t, p, mine)
	expect("mine taken back", takeBack(ada, "s2"), nil)
	if err := accounts.Remove(ctx, "ada"); err != nil {
		t.Fatal(err)
	}
	page, err := p.Reports(ctx, auth.ReportQuery{Limit: 5})
	if err != nil || len(page.Reports) != 1 || page.Reports[0].AccountID != 0 || page.Reports[0].Account != "ada" {
		t.Errorf("after the account: got %+v, %v, want ada's report without an account", page, err)
	}
}

func TestReportsPage(t *testing.T) {
	c := newClock()
	p := openTestPortal(t, t.TempDir())
	ada := addAccount(t, auth.NewAccounts(p, c.now, false), "ada", auth.RoleUser)
	for i := range 7 {
		mustAnswer(t, p, reportOf(ada, fmt.Sprint("s", i), c.t))
	}
	var walked []string
	q := auth.ReportQuery{State: auth.ReportOpen, Limit: 3}
	var page auth.ReportPage
	walk := func() {
		t.Helper()
		var err error
		if page, err = p.Reports(t.Context(), q); err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Reports {
			walked = append(walked, r.SignInID)
		}
	}
	for walk(); page.Older != 0; walk() {
		q.Older = page.Older
	}
	for page.Newer != 0 {
		q.Older, q.Newer = 0, page.Newer
		walk()
	}
	want := []string{"s6", "s5", "s4", "s3", "s2", "s1", "s0", "s3", "s2", "s1", "s6", "s5", "s4"}
	if !reflect.DeepEqual(walked, want) {
		t.Errorf("down and up again: got %q, want %q", walked, want)
	}
	if page.Counts[auth.ReportOpen] != 7 {
		t.Errorf("counts: got %v, want 7 open", page.Counts)
	}
}

func TestAccountsAnswerForSoMany(t *testing.T) {
	c := newClock()
	p := openTestPortal(t, t.TempDir())
	ada := addAccount(t, auth.NewAccounts(p, c.now, false), "ada", auth.RoleUser)
	if _, err := p.writer.Exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO sign_in_answers (account_id, account, upn, user_id, log, sign_in_id, sign_in_time, seen, mine, comment, answered, state)
		SELECT ?, '', '', '', 'interactive', 'x' || i, 0, '{}', 1, '', 0, '' FROM n`, auth.MaxAnswers, ada.ID); err != nil {
		t.Fatal(err)
	}
	if err := p.AnswerSignIn(t.Context(), reportOf(ada, "more", c.t)); !errors.Is(err, auth.ErrTooManyAnswers) {
		t.Errorf("one more: got %v, want %v", err, auth.ErrTooManyAnswers)
	}
	mustAnswer(t, p, reportOf(ada, "x5", c.t)) // in place of an earlier one
}
