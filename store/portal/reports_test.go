package portal

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store/dbfile"
)

// oneReport is the only report there is.
func oneReport(t *testing.T, p *DB) auth.SignInAnswer {
	t.Helper()
	page, err := p.Reports(t.Context(), auth.ReportQuery{Limit: 5})
	if err != nil || len(page.Reports) != 1 {
		t.Fatalf("got %+v, %v, want one report", page.Reports, err)
	}
	return page.Reports[0]
}

// A decision takes no earlier one away, not even when the accounts of both people are gone. The person gets the last one alone.
func TestEarlierDecisionsAreKept(t *testing.T) {
	c := newClock()
	p := openTestPortal(t, t.TempDir())
	accounts := auth.NewAccounts(p, c.now, false)
	ada := addAccount(t, accounts, "ada", auth.RoleUser)
	addAccount(t, accounts, "boss", auth.RoleGlobalAdministrator)
	addAccount(t, accounts, "olga", auth.RoleSecurityOperator)
	mustAnswer(t, p, reportOf(ada, "s1", c.t))
	var want []auth.ReportStep // the newest first
	decide := func(was, to auth.ReportState, by, note string) error {
		step := auth.ReportStep{State: to, By: by, At: c.t.Add(time.Duration(len(want)) * time.Minute), Note: note, NoteIsTold: true}
		err := p.DecideReport(t.Context(), auth.Decision{ID: 1, Was: was, To: to, Note: note, By: by, At: step.At})
		if err == nil {
			want = append([]auth.ReportStep{step}, want...)
		}
		return err
	}
	check := func(when string) {
		t.Helper()
		got, earlier := oneReport(t, p), []auth.ReportStep(nil)
		if len(want) > 1 {
			earlier = want[1:min(len(want), 1+auth.MaxEarlier)]
		}
		if !reflect.DeepEqual(got.Earlier, earlier) || got.EarlierTotal != int64(max(len(want)-1, 0)) {
			t.Errorf("%s: got %+v of %d, want %+v of %d", when, got.Earlier, got.EarlierTotal, earlier, len(want)-1)
		}
		if len(want) > 0 && (got.DecidedBy != want[0].By || got.Note != want[0].Note || !got.Decided.Equal(want[0].At)) {
			t.Errorf("%s: the last decision is %+v, want %+v", when, got, want[0])
		}
	}
	check("before a decision")
	for _, d := range []struct {
		was, to  auth.ReportState
		by, note string
	}{
		{auth.ReportOpen, auth.ReportDismissed, "olga", "It was \"you\", \n <we> think."},
		{auth.ReportDismissed, auth.ReportOpen, "boss", ""},
		{auth.ReportOpen, auth.ReportConfirmed, "olga", "It was somebody else."},
	} {
		if err := decide(d.was, d.to, d.by, d.note); err != nil {
			t.Fatal(err)
		}
		check(string(d.to))
	}
	if err := decide(auth.ReportOpen, auth.ReportDismissed, "boss", "late"); !errors.Is(err, auth.ErrReportChanged) {
		t.Fatalf("of an old page: %v", err)
	}
	check("after a decision that was refused")
	got, err := p.SignInAnswers(t.Context(), ada.ID)
	if err != nil || len(got) != 1 || got[0].Note != "It was somebody else." || got[0].Earlier != nil {
		t.Errorf("the person gets %+v, %v", got, err)
	}
	for _, name := range []string{"ada", "olga"} {
		if err := accounts.Remove(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	check("without the accounts")
	for i := range auth.MaxEarlier {
		states := []auth.ReportState{auth.ReportConfirmed, auth.ReportOpen}
		if err := decide(states[i%2], states[(i+1)%2], "boss", fmt.Sprint("decision ", i)); err != nil {
			t.Fatal(err)
		}
	}
	check("more than are given")
}

// The decision that an earlier version kept is the first one. What the person did since does not change it.
func TestDecisionsOfAnEarlierVersion(t *testing.T) {
	folder, at := t.TempDir(), newClock().t
	const columns = "(account_id, account, upn, user_id, log, sign_in_id, sign_in_time, seen, mine, comment, answered, state, decided_by, decided, note, note_told)"
	row := func(id, state string, mine int, decided string, told int) string {
		return fmt.Sprintf("INSERT INTO sign_in_answers %s VALUES (NULL, 'ada', '', '', 'interactive', '%s', 1, '{}', %d, '', 1, '%s', '', %s, 'kept', %d)", columns, id, mine, state, decided, told)
	}
	micros := fmt.Sprint(at.UnixMicro())
	olderPortal(t, folder, "00020",
		row("s1", "dismissed", 0, micros, 0), row("s2", "takenback", 1, micros, 1), row("s3", "open", 0, "NULL", 0),
		"UPDATE sign_in_answers SET decided_by = 'root' WHERE decided IS NOT NULL",
	)
	p := openTestPortal(t, folder)
	for id, was := range map[int64]auth.ReportState{1: auth.ReportDismissed, 2: auth.ReportTakenBack, 3: auth.ReportOpen} {
		if err := p.DecideReport(t.Context(), auth.Decision{ID: id, Was: was, To: auth.ReportConfirmed, By: "olga", Note: "new", At: at.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	page, err := p.Reports(t.Context(), auth.ReportQuery{Limit: 5})
	if err != nil || len(page.Reports) != 3 {
		t.Fatalf("got %+v, %v", page, err)
	}
	want := map[string][]auth.ReportStep{
		"s1": {{State: auth.ReportDismissed, By: "root", At: at, Note: "kept"}}, "s2": {{State: auth.ReportOpen, By: "root", At: at, Note: "kept", NoteIsTold: true}}, "s3": nil,
	}
	for _, r := range page.Reports {
		if got := r.Earlier; !reflect.DeepEqual(got, want[r.SignInID]) || r.EarlierTotal != int64(len(got)) || r.Note != "new" {
			t.Errorf("%s: got %+v of %d, want %+v", r.SignInID, got, r.EarlierTotal, want[r.SignInID])
		}
	}
}

// The checkup finds decisions without their report.
func TestCheckFindsDecisionsWithoutTheirReport(t *testing.T) {
	folder, c := t.TempDir(), newClock()
	p := openTestPortal(t, folder)
	mustAnswer(t, p, reportOf(addAccount(t, auth.NewAccounts(p, c.now, false), "ada", auth.RoleUser), "s1", c.t))
	if err := p.DecideReport(t.Context(), auth.Decision{ID: 1, Was: auth.ReportOpen, To: auth.ReportConfirmed, By: "olga", At: c.t}); err != nil {
		t.Fatal(err)
	}
	if found := portalDamages(t, folder); len(found) > 0 {
		t.Fatalf("before any damage: %+v", found)
	}
	db, err := sql.Open("sqlite", dbfile.DSN(filepath.Join(folder, File), nil))
	if err == nil {
		_, err = db.Exec("DELETE FROM sign_in_answers")
	}
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if found := portalDamages(t, folder); len(found) != 1 || found[0].Place != "portal.db, table report_decisions" {
		t.Errorf("found %+v", found)
	}
}
