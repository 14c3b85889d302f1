package ask

import (
	"context"
	"slices"
	"time"

	"signpost/store"
	"signpost/store/risk"
)

// ActivityKind is what a recent activity is about.
type ActivityKind string

// The kinds of recent activities.
const (
	AttackActivity   ActivityKind = "attack"
	AdminActivity    ActivityKind = "admin"
	SelfActivity     ActivityKind = "self"
	HighRiskActivity ActivityKind = "highrisk"
)

// activitiesShown is the number of recent activities.
const activitiesShown = 10

// RiskActivity is something that happened to the risk of a user. Detection or SignIn is that of an attack; Turn is the change of the
// others.
type RiskActivity struct {
	At        time.Time
	Kind      ActivityKind
	Detection *risk.Record
	SignIn    *store.SignIn
	Turn      *TurnRow
}

// newestAttacks gives the newest detections about sign-ins; without detections the newest sign-ins at risk.
func (q *ProtectionQuery) newestAttacks(ctx context.Context, r Reader, detections bool) (list []RiskActivity, err error) {
	if detections {
		f := q.detectionFilter(false).With(risk.ActivityField, store.OpIs, signInActivity)
		page, err := r.Page(ctx, store.ListQuery{Log: risk.Users, Range: q.Range, Filter: f, Limit: activitiesShown})
		for _, row := range page.Rows {
			d := row.Entry.(*risk.Record)
			list = append(list, RiskActivity{At: d.Head().Time, Kind: AttackActivity, Detection: d})
		}
		return list, err
	}
	for _, log := range LogsOf(store.ObjectUser) {
		page, err := r.Page(ctx, store.ListQuery{Log: log, Range: q.Range, Filter: q.attackFilter(), Limit: activitiesShown})
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			list = append(list, RiskActivity{At: row.SignIn().Time, Kind: AttackActivity, SignIn: row.SignIn()})
		}
	}
	return newestActivities(list), nil
}

const signInActivity = "signin"

// addTurns adds the newest changes of the risk of users, and keeps the newest activities of all.
func (q *ProtectionQuery) addTurns(ctx context.Context, r Reader, a *Protection, turns *riskTurns) error {
	type change struct {
		kind ActivityKind
		turn *store.RiskTurn
	}
	var changes []change
	for _, of := range []struct {
		kind ActivityKind
		list []*store.RiskTurn
	}{{AdminActivity, turns.byAdmin(q.Range)}, {SelfActivity, turns.bySelf(q.Range)}, {HighRiskActivity, turns.highRisk(q.Range)}} {
		for _, t := range of.list[max(0, len(of.list)-activitiesShown):] {
			changes = append(changes, change{of.kind, t})
		}
	}
	slices.SortStableFunc(changes, func(a, b change) int { return b.turn.Updated.Compare(a.turn.Updated) })
	changes = changes[:min(len(changes), activitiesShown)]
	list := make([]*store.RiskTurn, len(changes))
	for i := range changes {
		list[i] = changes[i].turn
	}
	rows, err := namedTurns(ctx, r, list)
	for i := range rows {
		a.Activities = append(a.Activities, RiskActivity{At: rows[i].Updated, Kind: changes[i].kind, Turn: &rows[i]})
	}
	a.Activities = newestActivities(a.Activities)
	return err
}

func newestActivities(list []RiskActivity) []RiskActivity {
	slices.SortStableFunc(list, func(a, b RiskActivity) int { return b.At.Compare(a.At) })
	return list[:min(len(list), activitiesShown)]
}
