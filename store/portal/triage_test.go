package portal

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"signpost/auth"
)

var adaRisky = auth.TriageObject{Kind: auth.TriageUser, ID: "ada-id"}

func mustTriage(t *testing.T, p *DB, steps ...auth.TriageStep) []auth.TriageOutcome {
	t.Helper()
	outcomes, err := p.Triage(t.Context(), steps)
	if err != nil {
		t.Fatal(err)
	}
	return outcomes
}

func mustTriaged(t *testing.T, p *DB, of auth.TriageObject) auth.Triaged {
	t.Helper()
	kept, err := p.Triaged(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	return kept[of]
}

func mustHistory(t *testing.T, p *DB, of auth.TriageObject, limit int) []auth.TriageEntry {
	t.Helper()
	steps, _, err := p.TriageHistory(t.Context(), of, limit)
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

func TestTriageIsKeptWithItsTrace(t *testing.T) {
	folder, c := t.TempDir(), newClock()
	p, other := openTestPortal(t, folder), openTestPortal(t, folder)
	at := time.Date(2026, 11, 20, 8, 0, 0, 123456000, time.UTC)
	risk := auth.ImportedRisk{Updated: at, State: "atRisk", Level: "high"}
	first := auth.TriageStep{Of: adaRisky, Name: "Ada", Verdict: auth.TriageCompromised, Comment: "She did not travel.", By: "root", At: c.t, Risk: risk}
	if got := mustTriage(t, p, first); !slices.Equal(got, []auth.TriageOutcome{auth.TriageDone}) {
		t.Fatalf("got %v", got)
	}
	want := auth.TriageEntry{ID: 1, Of: adaRisky, Name: "Ada", Verdict: auth.TriageCompromised, Comment: "She did not travel.", By: "root", At: c.t, Risk: risk}
	if got := mustTriaged(t, other, adaRisky); got.Version != 1 || !reflect.DeepEqual(got.Holds, &want) {
		t.Errorf("got %+v, want %+v", got.Holds, want)
	}
	undo := auth.TriageStep{Of: adaRisky, Name: "Ada", Verdict: auth.TriageUndo, Comment: "Wrong person.", By: "sec", At: c.t.Add(time.Hour), Risk: risk, Seen: 1}
	if got := mustTriage(t, other, undo, undo); !slices.Equal(got, []auth.TriageOutcome{auth.TriageDone, auth.TriageSame}) {
		t.Errorf("undone twice: got %v", got)
	}
	if got := mustTriaged(t, p, adaRisky); got.Version != 2 || got.Holds != nil {
		t.Errorf("undone: got %+v", got)
	}
	if version, err := p.TriageVersion(t.Context()); version != 2 || err != nil {
		t.Errorf("the version of all: got %d, %v", version, err)
	}
	want.UndoneBy = 2
	undone := auth.TriageEntry{ID: 2, Of: adaRisky, Name: "Ada", Verdict: auth.TriageUndo, Comment: "Wrong person.", By: "sec", At: c.t.Add(time.Hour), Risk: risk, Undoes: 1}
	if got := mustHistory(t, p, adaRisky, 10); !reflect.DeepEqual(got, []auth.TriageEntry{undone, want}) {
		t.Errorf("history: got %+v", got)
	}
	if got, total, err := p.TriageHistory(t.Context(), adaRisky, 1); err != nil || total != 2 || len(got) != 1 || got[0].ID != 2 {
		t.Errorf("the newest of it: got %+v, %d, %v", got, total, err)
	}
	signIn := auth.TriageStep{Of: auth.TriageObject{Kind: auth.TriageSignIn, Log: "interactive", ID: "ada-id"}, Verdict: auth.TriageSafe, By: "root", At: c.t}
	mustTriage(t, p, signIn)
	if got := mustTriaged(t, p, adaRisky); got.Holds != nil {
		t.Errorf("another kind with the same ID: got %+v", got)
	}
	all, err := p.TriagedOf(t.Context(), auth.TriageSignIn)
	if got := all[signIn.Of]; err != nil || len(all) != 1 || got.Holds == nil || !got.Holds.Risk.Updated.IsZero() {
		t.Errorf("all sign-ins: got %+v, %v", all, err)
	}
	if got, err := p.Triaged(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("of no object: got %+v, %v", got, err)
	}
}

func TestTriageReportsAreKeptForADay(t *testing.T) {
	c := newClock()
	p := openTestPortal(t, t.TempDir())
	accounts := auth.NewAccounts(p, c.now, false)
	ada, grace := addAccount(t, accounts, "ada", auth.RoleSecurityOperator), addAccount(t, accounts, "grace", auth.RoleSecurityOperator)
	want := []auth.TriageReport{{Of: adaRisky, Name: "Ada", Verdict: auth.TriageSafe, Outcome: auth.TriageSame}}
	id, err := p.KeepTriageReport(t.Context(), ada.ID, c.t, want)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := p.TriageReport(t.Context(), ada.ID, id); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := p.TriageReport(t.Context(), grace.ID, id); err != nil || got != nil {
		t.Errorf("somebody else's: got %+v, %v", got, err)
	}
	if _, err := p.KeepTriageReport(t.Context(), grace.ID, c.t.Add(25*time.Hour), nil); err != nil {
		t.Fatal(err)
	}
	if got, err := p.TriageReport(t.Context(), ada.ID, id); err != nil || got != nil {
		t.Errorf("after a day: got %+v, %v", got, err)
	}
}

// plainTriage is a model of one object: the steps that were done, the verdicts that are not undone, and the imported risk.
type plainTriage struct {
	steps    []plainStep
	standing []int // places in steps
	minute   int   // of the imported risk
	state    string
}

type plainStep struct {
	verdict auth.TriageVerdict
	comment string
	minute  int
	state   string
	undoes  int // the place of a step; -1 for none
}

// answered tells whether the last verdict that was not undone still answers the imported risk.
func (m *plainTriage) answered() bool {
	if len(m.standing) == 0 {
		return false
	}
	last := m.steps[m.standing[len(m.standing)-1]]
	if m.minute != last.minute {
		return m.minute < last.minute
	}
	return m.state == last.state
}

// take gives the outcome for somebody who saw the object with that number of steps.
func (m *plainTriage) take(verdict auth.TriageVerdict, comment string, saw int) auth.TriageOutcome {
	n := len(m.standing)
	if verdict == auth.TriageUndo && n == 0 || verdict != auth.TriageUndo && m.answered() && m.steps[m.standing[n-1]].verdict == verdict {
		return auth.TriageSame
	}
	if saw != len(m.steps) {
		return auth.TriageChanged
	}
	step := plainStep{verdict, comment, m.minute, m.state, -1}
	if verdict == auth.TriageUndo {
		step.undoes, m.standing = m.standing[n-1], m.standing[:n-1]
	} else {
		m.standing = append(m.standing, len(m.steps))
	}
	m.steps = append(m.steps, step)
	return auth.TriageDone
}

// Random verdicts, undos and imports, by people who look now and then, give what the plain model gives.
func TestTriageLikeAPlainModel(t *testing.T) {
	rounds, length := 6, 60
	if os.Getenv("SIGNPOST_SOAK") != "" {
		rounds, length = 60, 300
	}
	p := openTestPortal(t, t.TempDir())
	verdicts := append(auth.TriageVerdicts(), auth.TriageUndo, auth.TriageUndo)
	start := newClock().t
	for round := range rounds {
		random := rand.New(rand.NewPCG(22, uint64(round)))
		objects := []auth.TriageObject{
			{Kind: auth.TriageUser, ID: fmt.Sprint("o", round)},
			{Kind: auth.TriagePrincipal, ID: fmt.Sprint("o", round)},
			{Kind: auth.TriageSignIn, Log: "interactive", ID: fmt.Sprint("o", round)},
			{Kind: auth.TriageSignIn, Log: "noninteractive", ID: fmt.Sprint("o", round)},
		}
		models := make([]plainTriage, len(objects))
		type sight struct {
			version int64
			steps   int
		}
		people := make([][]sight, 3)
		for i := range people {
			people[i] = make([]sight, len(objects))
		}
		outcomes := map[auth.TriageOutcome]int{}
		for n := range length {
			i, who := random.IntN(len(objects)), random.IntN(len(people))
			m := &models[i]
			switch random.IntN(4) {
			case 0: // an import: often newer, else another record of the same time, or the same one again
				m.minute, m.state = m.minute+random.IntN(3), []string{"atRisk", "atRisk", "confirmedCompromised", "remediated"}[random.IntN(4)]
			case 1:
				people[who][i] = sight{mustTriaged(t, p, objects[i]).Version, len(m.steps)}
			default:
				step := auth.TriageStep{
					Of: objects[i], Verdict: verdicts[random.IntN(len(verdicts))], Comment: fmt.Sprint("step ", n), By: fmt.Sprint("p", who), At: start.Add(time.Duration(n) * time.Second),
					Risk: auth.ImportedRisk{Updated: start.Add(time.Duration(m.minute) * time.Minute), State: m.state, Level: "high"}, Seen: people[who][i].version,
				}
				want := m.take(step.Verdict, step.Comment, people[who][i].steps)
				if got := mustTriage(t, p, step); got[0] != want {
					t.Fatalf("round %d, step %d: %s of %+v gives %s, want %s", round, n, step.Verdict, step.Of, got[0], want)
				}
				outcomes[want]++
			}
			checkAgainstModel(t, p, objects[i], m, start)
		}
		for _, outcome := range []auth.TriageOutcome{auth.TriageDone, auth.TriageSame, auth.TriageChanged} {
			if outcomes[outcome] == 0 {
				t.Errorf("round %d has no outcome %s", round, outcome)
			}
		}
	}
}

func checkAgainstModel(t *testing.T, p *DB, of auth.TriageObject, m *plainTriage, start time.Time) {
	t.Helper()
	kept := mustTriaged(t, p, of)
	now := auth.ImportedRisk{Updated: start.Add(time.Duration(m.minute) * time.Minute), State: m.state, Level: "high"}
	if got, want := kept.Answers(now), m.answered(); got != want {
		t.Fatalf("%+v: answered %v, want %v", of, got, want)
	}
	held := ""
	if kept.Holds != nil {
		held = string(kept.Holds.Verdict) + " " + kept.Holds.Comment
	}
	want := ""
	if n := len(m.standing); n > 0 {
		last := m.steps[m.standing[n-1]]
		want = string(last.verdict) + " " + last.comment
	}
	if held != want {
		t.Fatalf("%+v: %q holds, want %q", of, held, want)
	}
	history := mustHistory(t, p, of, 1000)
	if len(history) != len(m.steps) {
		t.Fatalf("%+v: %d steps, want %d", of, len(history), len(m.steps))
	}
	slices.Reverse(history)
	for i, step := range history {
		undoes := int64(0)
		if m.steps[i].undoes >= 0 {
			undoes = history[m.steps[i].undoes].ID
		}
		if step.Verdict != m.steps[i].verdict || step.Comment != m.steps[i].comment || step.Undoes != undoes {
			t.Fatalf("%+v, step %d: got %+v, want %+v", of, i, step, m.steps[i])
		}
	}
}

// Many people who decide at once lose nothing: a step that is told as done stays, and no two follow the same one.
func TestTriageAtOnce(t *testing.T) {
	folder, c := t.TempDir(), newClock()
	both := []*DB{openTestPortal(t, folder), openTestPortal(t, folder)}
	var group sync.WaitGroup
	var mu sync.Mutex
	done, followed := map[string]bool{}, map[int64]string{}
	for who := range 6 {
		group.Go(func() {
			for n := range 8 {
				p := both[who%2]
				kept, err := p.Triaged(t.Context(), adaRisky)
				if err != nil {
					t.Error(err)
					return
				}
				step := auth.TriageStep{
					Of: adaRisky, Verdict: auth.TriageVerdicts()[(who+n)%3], Comment: fmt.Sprint(who, " ", n), By: "p", At: c.t,
					Risk: auth.ImportedRisk{State: fmt.Sprint(who, n)}, Seen: kept[adaRisky].Version,
				}
				outcomes, err := p.Triage(t.Context(), []auth.TriageStep{step})
				if err != nil {
					t.Error(err)
					return
				}
				if outcomes[0] != auth.TriageDone {
					continue
				}
				mu.Lock()
				if before := followed[step.Seen]; before != "" {
					t.Errorf("%q and %q follow step %d", before, step.Comment, step.Seen)
				}
				done[step.Comment], followed[step.Seen] = true, step.Comment
				mu.Unlock()
			}
		})
	}
	group.Wait()
	kept := map[string]bool{}
	for _, step := range mustHistory(t, both[0], adaRisky, 1000) {
		kept[step.Comment] = true
	}
	if len(done) < 8 || !reflect.DeepEqual(done, kept) {
		t.Errorf("told as done: %v, kept: %v", done, kept)
	}
}
