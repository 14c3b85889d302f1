package directory

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
)

// riskyRows are records of one user as several sources tell them, made up: the state of each time, an item of the history with its
// cause, a second record of the latest change, and one without a time.
func riskyRows() []store.StateRow {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 10, 0, 0, 0, time.UTC) }
	row := func(at time.Time, level, state, detail string) *store.Risky {
		return &store.Risky{Of: store.StateRiskyUser, ID: "u1", RiskChange: store.RiskChange{Updated: at, Level: level, State: state, Detail: detail}}
	}
	first := row(day(1), "medium", "atRisk", "none")
	first.Names = store.RiskyNames{Name: "Ada", Username: "ada@old.example"}
	item := row(day(1), "medium", "atRisk", "none")
	item.Events = []string{"unfamiliarFeatures", "anomalousToken"}
	later := row(day(3), "none", "remediated", "userPerformedSecuredPasswordChange")
	later.Names, later.Deleted = store.RiskyNames{Username: "ada@example.com"}, store.False
	again := row(day(3), "none", "remediated", "userPerformedSecuredPasswordChange")
	again.By, again.Names, again.Processing = "admin-1", store.RiskyNames{Name: "Ada Lanternwright"}, store.True
	undated := row(time.Time{}, "low", "atRisk", "")
	return []store.StateRow{first.Settle(), item.Settle(), later.Settle(), again.Settle(), undated.Settle()}
}

// Every order of import gives one picture: the latest change as a whole, and each different change once in the history.
func TestRiskInAnyOrder(t *testing.T) {
	want := []store.Risky{{
		Of: store.StateRiskyUser, ID: "u1", Deleted: store.False, Processing: store.True, Names: store.RiskyNames{At: time.Date(2026, 11, 3, 10, 0, 0, 0, time.UTC), Name: "Ada Lanternwright", Username: "ada@example.com"},
		RiskChange: store.RiskChange{Updated: time.Date(2026, 11, 3, 10, 0, 0, 0, time.UTC), Level: "none", State: "remediated", Detail: "userPerformedSecuredPasswordChange", By: "admin-1"},
		History: []store.RiskChange{
			{Updated: time.Date(2026, 11, 3, 10, 0, 0, 0, time.UTC), Level: "none", State: "remediated", Detail: "userPerformedSecuredPasswordChange", By: "admin-1"},
			{Updated: time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC), Level: "medium", State: "atRisk", Detail: "none", Events: []string{"anomalousToken", "unfamiliarFeatures"}},
			{Level: "low", State: "atRisk"},
		},
	}}
	db, rows := openNew(t), riskyRows()
	for _, order := range orders(len(rows)) {
		if _, err := db.writer.ExecContext(t.Context(), "DELETE FROM states"); err != nil {
			t.Fatal(err)
		}
		for i, n := range order {
			put(t, db, directoryTime.Add(time.Duration(i)*time.Hour), store.DirectoryBatch{States: rows[n : n+1]})
		}
		got, err := db.Risky(t.Context(), store.StateRiskyUser, []string{"u1"}, nil)
		if err != nil || len(got) != 1 {
			t.Fatalf("%v: %d risky users, %v", order, len(got), err)
		}
		got[0].AsOf = time.Time{}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%v (-want +got):\n%s", order, diff)
		}
	}
}

// What was here already is the same, what adds something an update. Kinds do not mix, and each is counted.
func TestOutcomesOfRisk(t *testing.T) {
	db, rows := openNew(t), riskyRows()
	if got := put(t, db, directoryTime, store.DirectoryBatch{States: rows[:3]}); got != "NUU" {
		t.Errorf("the outcomes are %s", got)
	}
	agent := (&store.Risky{Of: store.StateRiskyAgent, ID: "u1", RiskChange: store.RiskChange{Level: "high", State: "confirmedCompromised"}}).Settle()
	if got := put(t, db, directoryTime.Add(time.Hour), store.DirectoryBatch{States: append(slices.Clone(rows[:3]), agent)}); got != "SSSN" {
		t.Errorf("again, the outcomes are %s", got)
	}
	told, err := db.StatesTold(t.Context(), nil)
	if err != nil || told[store.StateRiskyUser].N != 1 || told[store.StateRiskyAgent].N != 1 || told[store.StateRiskyPrincipal].N != 0 {
		t.Errorf("told: %+v, %v", told, err)
	}
	if agents, err := db.Risky(t.Context(), store.StateRiskyAgent, []string{"nobody"}, nil); err != nil || len(agents) != 0 {
		t.Errorf("%+v, %v", agents, err)
	}
	var damage store.Checkup
	if err := db.Check(t.Context(), &damage); err != nil || len(damage.Damages) != 0 {
		t.Errorf("%+v, %v", damage, err)
	}
}
