package ask

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// The numbers of users, by the imported history of their risk.
var (
	NumberProtected = &Number{
		Name: "protected", Label: "Users protected", Unit: InCount,
		Definition: "Users whose risk changed from At risk to Remediated or Dismissed in the range. A user counts once, and in a part of the range once for that part.",
	}
	NumberHighRisk = &Number{
		Name: "highrisk", Label: "New high-risk users", Unit: InCount,
		Definition: "Users whose risk level became high in the range, and was not high by the change before. Where no change before was imported, it counts as new. A user counts once.",
	}
	NumberSelf = &Number{
		Name: "self", Label: "Self-remediations", Unit: InCount,
		Definition: "Changes by which users ended their risk themselves: with a new password, or with multifactor authentication.",
	}
	NumberAdmin = &Number{
		Name: "admin", Label: "Ended by administrators", Unit: InCount,
		Definition: "Changes by which an administrator ended the risk of a user: with a temporary password, or by saying that it is no risk.",
	}
	NumberMeanTime = &Number{
		Name: "mean", Label: "Mean time to self-remediate", Unit: InText,
		Definition: "The mean of the times from the beginning of the risk to its self-remediation, of those that ended in the range. The risk begins with the first change to At risk or Confirmed compromised after a time without. It is - where no beginning is known.",
	}
	NumberMedianTime = &Number{
		Name: "median", Label: "Median time to self-remediate", Unit: InText, Definition: "The median of the same times.",
	}
)

// UserRisk has the numbers of users in a range. Without imported history all are zero.
type UserRisk struct {
	Protected, HighRisk, Self, Admin int64
	// Untold counts users who became Remediated or Dismissed, without a change before that tells whether they were at risk.
	Untold int64
	Remediation
}

// Remediation tells how long self-remediations took. Unknown counts those whose beginning is not known.
type Remediation struct {
	Mean, Median      time.Duration
	Measured, Unknown int64
}

// RemediationMonth is a calendar month of the viewer's zone, with the self-remediations that ended in it.
type RemediationMonth struct {
	From, To time.Time
	Remediation
}

// TurnRow is a row of a list of changes.
type TurnRow struct {
	store.RiskTurn
	Names store.RiskyNames
}

// monthsShown is how many months the time to self-remediate is told for.
const monthsShown = 12

// turnMark says what a change is to the overview. A change may be several things.
type turnMark uint8

const (
	isProtection turnMark = 1 << iota // a user at risk is so no longer
	isNewHighRisk
	isBySelf
	isByAdmin
	isUntold // remediated or dismissed, and nothing tells what the user was before
)

// riskTurns are the changes of the risk of users in a time, the oldest first, with what each is.
type riskTurns struct {
	list  []store.RiskTurn
	marks []turnMark
}

func newRiskTurns(list []store.RiskTurn) riskTurns {
	t := riskTurns{list, make([]turnMark, len(list))}
	for i := range list {
		t.marks[i] = marksOf(&list[i])
	}
	return t
}

const (
	dismissed = "dismissed"
	highLevel = "high"
)

func marksOf(t *store.RiskTurn) (marks turnMark) {
	switch ended := strings.EqualFold(t.State, remediated) || strings.EqualFold(t.State, dismissed); {
	case ended && t.Before == nil:
		marks |= isUntold
	case ended && strings.EqualFold(t.Before.State, store.RiskAtRisk):
		marks |= isProtection
	}
	if strings.EqualFold(t.Level, highLevel) && (t.Before == nil || !strings.EqualFold(t.Before.Level, highLevel)) {
		marks |= isNewHighRisk
	}
	switch t.Turn() {
	case store.TurnClosedBySelf:
		marks |= isBySelf
	case store.TurnClosedByOthers:
		if t.By != "" || isOfAdministrator(t.Detail) {
			marks |= isByAdmin
		}
	}
	return marks
}

// isOfAdministrator says that a detail is what an administrator did. These begin with one of two words.
func isOfAdministrator(detail string) bool {
	for _, start := range []string{"admin", "m365DAdmin"} {
		if len(detail) >= len(start) && strings.EqualFold(detail[:len(start)], start) {
			return true
		}
	}
	return false
}

// turns asks for the changes of the range, of the time before, and of the months.
func (q *ProtectionQuery) turns(ctx context.Context, r Reader) (riskTurns, error) {
	from := q.Before().From
	if months := firstMonth(q.Range.To, q.location()); months.Before(from) {
		from = months
	}
	list, err := r.RiskTurns(ctx, store.RiskTurnsQuery{Of: store.StateRiskyUser, Range: store.Range{From: from, To: q.Range.To}})
	return newRiskTurns(list), err
}

// pick gives the changes in a range that are something, the oldest first.
func (t *riskTurns) pick(in store.Range, is turnMark) (picked []*store.RiskTurn) {
	at := func(when time.Time) int {
		i, _ := slices.BinarySearchFunc(t.list, when, func(t store.RiskTurn, when time.Time) int { return t.Updated.Compare(when) })
		return i
	}
	from, to := at(in.From), at(in.To)
	for i, marks := range t.marks[from:to] {
		if marks&is != 0 {
			picked = append(picked, &t.list[from+i])
		}
	}
	return picked
}

// latestOfEach keeps the latest change of each user.
func latestOfEach(list []*store.RiskTurn) (latest []*store.RiskTurn) {
	seen := map[string]bool{}
	for _, t := range slices.Backward(list) {
		if !seen[t.ID] {
			seen[t.ID] = true
			latest = append(latest, t)
		}
	}
	slices.Reverse(latest)
	return latest
}

func (t *riskTurns) protected(in store.Range) []*store.RiskTurn {
	return latestOfEach(t.pick(in, isProtection))
}

func (t *riskTurns) highRisk(in store.Range) []*store.RiskTurn {
	return latestOfEach(t.pick(in, isNewHighRisk))
}

func (t *riskTurns) bySelf(in store.Range) []*store.RiskTurn { return t.pick(in, isBySelf) }

func (t *riskTurns) byAdmin(in store.Range) []*store.RiskTurn { return t.pick(in, isByAdmin) }

// in counts the changes of a range.
func (t *riskTurns) in(in store.Range) UserRisk {
	self := t.bySelf(in)
	return UserRisk{
		Protected: int64(len(t.protected(in))), HighRisk: int64(len(t.highRisk(in))), Self: int64(len(self)), Admin: int64(len(t.byAdmin(in))),
		Untold: int64(len(latestOfEach(t.pick(in, isUntold)))), Remediation: remediationOf(self),
	}
}

func remediationOf(self []*store.RiskTurn) (m Remediation) {
	var times []time.Duration
	var sum time.Duration
	for i := range self {
		if self[i].Since.IsZero() {
			m.Unknown++
			continue
		}
		took := self[i].Updated.Sub(self[i].Since)
		times, sum = append(times, took), sum+took
	}
	if m.Measured = int64(len(times)); m.Measured == 0 {
		return m
	}
	slices.Sort(times)
	m.Mean, m.Median = sum/time.Duration(len(times)), times[len(times)/2]
	if len(times)%2 == 0 {
		m.Median = (times[len(times)/2-1] + times[len(times)/2]) / 2
	}
	return m
}

// firstMonth is the beginning of the first of the months up to a time.
func firstMonth(until time.Time, zone *time.Location) time.Time {
	year, month, _ := until.Add(-time.Microsecond).In(zone).Date()
	return time.Date(year, month-monthsShown+1, 1, 0, 0, 0, 0, zone)
}

// days counts the users of each part of a range.
func (t *riskTurns) days(edges []time.Time) (days []UserRisk) {
	for i := range len(edges) - 1 {
		in := store.Range{From: edges[i], To: edges[i+1]}
		days = append(days, UserRisk{Protected: int64(len(t.protected(in))), HighRisk: int64(len(t.highRisk(in)))})
	}
	return days
}

// months gives the months up to a time, the oldest first. The last one ends with the time.
func (t *riskTurns) months(until time.Time, zone *time.Location) (months []RemediationMonth) {
	for from := firstMonth(until, zone); from.Before(until); from = from.AddDate(0, 1, 0) {
		m := RemediationMonth{From: from, To: from.AddDate(0, 1, 0)}
		if m.To.After(until) {
			m.To = until
		}
		m.Remediation = remediationOf(t.bySelf(store.Range{From: m.From, To: m.To}))
		months = append(months, m)
	}
	return months
}

// placeOfTurn orders changes: the newest first, and those of one time by user.
func placeOfTurn(t *store.RiskTurn) store.TablePlace {
	return store.TablePlace{N: t.Updated.UnixMicro(), Value: t.ID}
}

// askTurnRows gives a page of a list of changes.
func (q *ProtectionQuery) askTurnRows(ctx context.Context, r Reader) (rows *ProtectionRows, err error) {
	rows = &ProtectionRows{Total: store.Total{Complete: true}}
	err = Together(ctx, func(ctx context.Context) error {
		list, err := r.RiskTurns(ctx, store.RiskTurnsQuery{Of: store.StateRiskyUser, Range: q.Range})
		if err != nil {
			return err
		}
		all := newRiskTurns(list)
		found := q.List.turns(&all, q.Range)
		rows.Total.N = int64(len(found))
		slices.SortStableFunc(found, func(a, b *store.RiskTurn) int { return comparePlaces(placeOfTurn(a), placeOfTurn(b)) })
		if q.AfterTurn != nil {
			found = slices.DeleteFunc(found, func(t *store.RiskTurn) bool { return comparePlaces(placeOfTurn(t), *q.AfterTurn) <= 0 })
		}
		if n := q.Limit; len(found) > n {
			next := placeOfTurn(found[n-1])
			for n < len(found) && placeOfTurn(found[n]) == next { // two changes of one user at one time
				n++
			}
			if n < len(found) {
				found, rows.NextTurn = found[:n], &next
			}
		}
		rows.Turns, err = namedTurns(ctx, r, found)
		return err
	})
	return rows, err
}

func comparePlaces(a, b store.TablePlace) int {
	return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Value, b.Value))
}

// namedTurns adds the names of the users.
func namedTurns(ctx context.Context, r Reader, list []*store.RiskTurn) ([]TurnRow, error) {
	rows := make([]TurnRow, len(list))
	ids := make([]string, len(list))
	for i := range list {
		rows[i].RiskTurn, ids[i] = *list[i], list[i].ID
	}
	if len(ids) == 0 {
		return rows, nil
	}
	slices.Sort(ids)
	users, err := r.Risky(ctx, store.StateRiskyUser, slices.Compact(ids), nil)
	if err != nil {
		return nil, err
	}
	names := map[string]store.RiskyNames{}
	for i := range users {
		names[users[i].ID] = users[i].Names
	}
	for i := range rows {
		rows[i].Names = names[rows[i].ID]
	}
	return rows, nil
}
