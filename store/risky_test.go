package store

import (
	"reflect"
	"testing"
	"time"
)

// A file with whole seconds tells the same change as one with fractions: it counts once, with its cause, in any order. Changes of one
// second to different states stay apart.
func TestAChangeInWholeSeconds(t *testing.T) {
	at := time.Date(2026, 11, 28, 11, 35, 37, 0, time.UTC)
	row := func(after time.Duration, state string) *Risky {
		return &Risky{Of: StateRiskyUser, ID: "u1", RiskChange: RiskChange{Updated: at.Add(after), Level: "high", State: state, Detail: "none"}}
	}
	precise, coarse, remediated := row(412*time.Millisecond, "atRisk"), row(0, "atRisk"), row(900*time.Millisecond, "remediated")
	coarse.By, coarse.Events, coarse.Guest = "admin-1", []string{"newCountry"}, True
	precise.Settle()
	coarse.Settle()
	remediated.Settle()
	want := []RiskChange{
		{Updated: at.Add(900 * time.Millisecond), Level: "high", State: "remediated", Detail: "none"},
		{Updated: at.Add(412 * time.Millisecond), Level: "high", State: "atRisk", Detail: "none", By: "admin-1", Events: []string{"newCountry"}},
	}
	for _, order := range [][]*Risky{
		{precise, coarse, remediated}, {precise, remediated, coarse}, {coarse, precise, remediated}, {coarse, remediated, precise}, {remediated, precise, coarse}, {remediated, coarse, precise},
	} {
		merged := order[0].With(order[1]).With(order[2])
		if !reflect.DeepEqual(merged.History, want) || !reflect.DeepEqual(merged.RiskChange, want[0]) || merged.Guest != True {
			t.Errorf("got %+v", merged)
		}
	}
	if two := precise.With(coarse); len(two.History) != 1 || two.By != "admin-1" || !two.Updated.Equal(precise.Updated) {
		t.Errorf("of two copies: %+v", two)
	}
}

// Of two changes of one time the higher level counts, in any order.
func TestTwoLevelsOfOneTime(t *testing.T) {
	at := time.Date(2026, 11, 28, 11, 35, 37, 0, time.UTC)
	row := func(level string) *Risky {
		r := &Risky{Of: StateRiskyUser, ID: "u1", RiskChange: RiskChange{Updated: at, Level: level, State: RiskAtRisk, Detail: "none"}}
		return r.Settle()
	}
	for _, order := range [][]string{{"low", "high", "medium"}, {"high", "medium", "low"}, {"medium", "low", "high"}, {"hidden", "low", "high"}, {"high", "hidden", "low"}} {
		merged := row(order[0]).With(row(order[1])).With(row(order[2]))
		if merged.Level != "high" || merged.History[0].Level != "high" || len(merged.History) != 3 {
			t.Errorf("%v: %+v", order, merged)
		}
	}
}
