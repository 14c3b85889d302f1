package ask

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"signpost/store"
)

// Outcome is what became of a sign-in that had a risk level of low, medium or high during the sign-in.
type Outcome string

// The outcomes. AllAttacks stands for all of them.
const (
	AllAttacks      Outcome = "attacks"
	Blocked         Outcome = "blocked"
	ChallengePassed Outcome = "passed"
	NotRemediated   Outcome = "notremediated"
	OtherOutcome    Outcome = "other"
)

// Outcomes gives the outcomes. Each sign-in has one.
func Outcomes() []Outcome { return []Outcome{Blocked, ChallengePassed, NotRemediated, OtherOutcome} }

// The numbers of sign-ins.
var (
	NumberAttacks = &Number{
		Name: string(AllAttacks), Label: "Sign-ins at risk", Unit: InCount,
		Definition: "Sign-ins of users with a risk level of low, medium or high during the sign-in. An interactive one with several events counts once, by its last event.",
	}
	NumberBlocked = &Number{
		Name: string(Blocked), Label: "Attacks blocked", Unit: InCount,
		Definition: "Those that did not succeed and were stopped or challenged: error codes 53003, 53004, 530032, 50074, 50076 and 500121, and 50053 where its reason says that the address is malicious.",
	}
	NumberPassed = &Number{
		Name: string(ChallengePassed), Label: "Challenged and passed", Unit: InCount,
		Definition: "Those that succeeded, with the risk state Remediated: the user did what a policy asked for.",
	}
	NumberNotRemediated = &Number{
		Name: string(NotRemediated), Label: "Not remediated", Unit: InCount, Definition: "Those that succeeded, with the risk state At risk.",
	}
	NumberOther = &Number{
		Name: string(OtherOutcome), Label: "Other", Unit: InCount,
		Definition: "The rest: those that failed for another reason, such as a wrong password, and those that succeeded with another risk state.",
	}
)

var outcomeNumbers = map[Outcome]*Number{
	AllAttacks: NumberAttacks, Blocked: NumberBlocked, ChallengePassed: NumberPassed, NotRemediated: NumberNotRemediated, OtherOutcome: NumberOther,
}

// NumberOf gives the number of an outcome.
func NumberOf(o Outcome) *Number { return outcomeNumbers[o] }

// stoppedCodes are the error codes of sign-ins that a policy stopped, or that had to prove more.
var stoppedCodes = []string{"53003", "53004", "530032", "50074", "50076", "500121"}

// The error code with two meanings: see store.Lockout. A reason with the word means a malicious address.
const (
	addressCode   = "50053"
	maliciousWord = "malicious"
)

const remediated = "remediated"

// AttackCounts are the numbers of sign-ins by outcome. Complete says that they are exact.
type AttackCounts struct {
	By       map[Outcome]int64
	Complete bool
}

// AttackDay has the numbers of a part of the range.
type AttackDay struct {
	From, To time.Time
	AttackCounts
}

// attackFilter narrows to sign-ins with one of the levels.
func (q *ProtectionQuery) attackFilter() (f store.Filter) {
	for _, level := range q.levels() {
		f = f.With(store.RiskSignInField, store.OpIs, level)
	}
	return f
}

// outcomeFilters narrow to the sign-ins of an outcome. No sign-in passes two of them. malicious are the reasons that tell of a
// malicious address; OtherOutcome alone needs them.
func (q *ProtectionQuery) outcomeFilters(o Outcome, malicious []string) []store.Filter {
	all := q.attackFilter()
	succeeded, stopped := all.With(store.StatusField, store.OpIs, store.SignIns.StatusInfo(store.StatusSuccess).Name), all.With(store.StatusField, store.OpIsNot, store.SignIns.StatusInfo(store.StatusSuccess).Name)
	ofAddress := stopped.With(store.ErrorField, store.OpIs, addressCode)
	switch o {
	case Blocked:
		byCode := stopped
		for _, code := range stoppedCodes {
			byCode = byCode.With(store.ErrorField, store.OpIs, code)
		}
		return []store.Filter{byCode, ofAddress.With(store.ReasonField, store.OpHas, maliciousWord)}
	case ChallengePassed:
		return []store.Filter{succeeded.With(store.RiskStateField, store.OpIs, remediated)}
	case NotRemediated:
		return []store.Filter{succeeded.With(store.RiskStateField, store.OpIs, store.RiskAtRisk)}
	case OtherOutcome:
		other := stopped.With(store.ErrorField, store.OpIsNot, addressCode)
		for _, code := range stoppedCodes {
			other = other.With(store.ErrorField, store.OpIsNot, code)
		}
		locked := ofAddress
		for _, reason := range malicious {
			locked = locked.With(store.ReasonField, store.OpIsNot, reason)
		}
		return []store.Filter{
			succeeded.With(store.RiskStateField, store.OpIsNot, remediated).With(store.RiskStateField, store.OpIsNot, store.RiskAtRisk), other, locked,
		}
	}
	return []store.Filter{all}
}

// outcomeLanes gives the sign-ins of an outcome in both logs of users.
func (q *ProtectionQuery) outcomeLanes(ctx context.Context, r Reader, o Outcome) (lanes []store.ListQuery, err error) {
	for _, log := range LogsOf(store.ObjectUser) {
		var malicious []string
		if o == OtherOutcome {
			if malicious, err = q.maliciousReasons(ctx, r, log); err != nil {
				return nil, err
			}
		}
		for _, f := range q.outcomeFilters(o, malicious) {
			lanes = append(lanes, store.ListQuery{Log: log, Range: q.Range, Filter: f})
		}
	}
	return lanes, nil
}

// maliciousReasons gives the reasons of the code with two meanings that tell of a malicious address. There is no condition for records
// without a word, so the list of the others names these reasons.
func (q *ProtectionQuery) maliciousReasons(ctx context.Context, r Reader, log store.Log) (reasons []string, err error) {
	f := q.attackFilter().With(store.ErrorField, store.OpIs, addressCode)
	err = Together(ctx, func(ctx context.Context) error {
		facet, err := r.Values(ctx, store.ValuesQuery{
			ListQuery: store.ListQuery{Log: log, Range: q.Range, Filter: f}, Field: store.ReasonField, Text: maliciousWord, Top: store.MaxTop,
		})
		for _, v := range facet.Values {
			reasons = append(reasons, v.Value)
		}
		return err
	})
	return reasons, err
}

// OutcomeOf says what became of a sign-in of a user; empty for one without a level. It is the plain meaning of the questions above.
func OutcomeOf(s *store.SignIn) Outcome {
	reasons := store.FoldCase(s.FailureReason + "\n" + s.AdditionalDetails)
	code := ""
	if s.ErrorCode.Set {
		code = strconv.FormatInt(s.ErrorCode.N, 10)
	}
	state := store.FoldCase(s.RiskState)
	switch {
	case !slices.Contains(RiskyLevels(), store.FoldCase(s.RiskLevelDuringSignIn)):
		return ""
	case s.Status() != store.StatusSuccess && (slices.Contains(stoppedCodes, code) || code == addressCode && strings.Contains(reasons, maliciousWord)):
		return Blocked
	case s.Status() == store.StatusSuccess && state == remediated:
		return ChallengePassed
	case s.Status() == store.StatusSuccess && state == store.FoldCase(store.RiskAtRisk):
		return NotRemediated
	}
	return OtherOutcome
}

// days cut the range: into days unless it is short or very long.
func (q *ProtectionQuery) days() []time.Time { return trendEdges(q.Range, q.location()) }

// askAttacks counts the sign-ins by outcome, in the range and before it. One question counts both.
func (q *ProtectionQuery) askAttacks(ctx context.Context, r Reader, a *Protection) error {
	edges := append([]time.Time{q.Before().From}, q.days()...) // the time before is one part
	days := make([]AttackDay, len(edges)-1)
	for i := range days {
		days[i] = AttackDay{From: edges[i], To: edges[i+1], AttackCounts: AttackCounts{By: map[Outcome]int64{}, Complete: true}}
	}
	type counted struct {
		outcome Outcome
		query   store.HistogramQuery
		answer  store.Histogram
	}
	var parts []*counted
	var questions []func(context.Context) error
	for _, log := range LogsOf(store.ObjectUser) {
		for _, o := range []Outcome{AllAttacks, Blocked, ChallengePassed, NotRemediated} {
			for _, f := range q.outcomeFilters(o, nil) {
				c := &counted{outcome: o, query: store.HistogramQuery{ListQuery: store.ListQuery{Log: log, Range: store.Range{From: edges[0], To: q.Range.To}, Filter: f}, Edges: edges}}
				parts = append(parts, c)
				questions = append(questions, func(ctx context.Context) (err error) {
					c.answer, err = r.Histogram(ctx, c.query)
					return err
				})
			}
		}
	}
	if err := Together(ctx, questions...); err != nil {
		return err
	}
	for _, c := range parts {
		for i, bucket := range c.answer.Buckets {
			days[i].By[c.outcome] += bucket.Total()
			days[i].Complete = days[i].Complete && c.answer.Complete
		}
	}
	a.Attacks = AttackCounts{By: map[Outcome]int64{}, Complete: true}
	for i := range days {
		by := days[i].By
		by[OtherOutcome] = by[AllAttacks] - by[Blocked] - by[ChallengePassed] - by[NotRemediated]
		if i > 0 {
			for o, n := range by {
				a.Attacks.By[o] += n
			}
		}
		a.Attacks.Complete = a.Attacks.Complete && days[i].Complete
	}
	a.AttacksBefore, a.Days = days[0].AttackCounts, days[1:]
	return nil
}
