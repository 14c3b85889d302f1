package ask

import (
	"context"
	"slices"
	"time"

	"signpost/store"
	"signpost/store/risk"
)

// The overview of Identity Protection counts sign-ins of users, risk detections, and changes of the risk of users. Each of its numbers
// leads to a list, and the list is made of the same questions: so it has exactly as many rows as the number says.

// ProtectionQuery is all that the address of the overview asks for.
type ProtectionQuery struct {
	Range store.Range
	// Level narrows sign-ins to one level of risk during the sign-in, and detections to that level of their own; empty for all levels.
	Level string
	// List is the list below the numbers; nil for none.
	List *ProtectionList
	// Outcome, Technique and Place are what a list is of: see ProtectionList.
	Technique string
	Place     RiskPlace
	// Open narrows a list to what is at risk or confirmed compromised.
	Open bool
	// After are the places that the page before of a list of records has shown, and AfterTurn that of a list of changes.
	After     []store.Cursor
	AfterTurn *store.TablePlace
	Limit     int
	Location  *time.Location
	Now       time.Time
	// Atlas remembers where places are.
	Atlas *Atlas
	// InScope says that the reader sees a part of the sign-ins. What is not in that part may be in others.
	InScope bool
}

// Before is the time of equal length before the range.
func (q *ProtectionQuery) Before() store.Range {
	return store.Range{From: q.Range.From.Add(-q.Range.To.Sub(q.Range.From)), To: q.Range.From}
}

// levels are the levels of the sign-ins that count.
func (q *ProtectionQuery) levels() []string {
	if q.Level != "" {
		return []string{q.Level}
	}
	return RiskyLevels()
}

// Protection is the overview. A part that is missing has its trouble.
type Protection struct {
	// DetectionsTold and UsersTold say that detections and risky users were imported. Without them the overview has what the sign-ins tell.
	DetectionsTold, UsersTold bool

	Attacks, AttacksBefore AttackCounts
	Days                   []AttackDay
	Users, UsersBefore     UserRisk
	UserDays               []UserRisk // of the same parts as Days
	Months                 []RemediationMonth
	Techniques             Techniques
	Places                 RiskyPlaces
	Activities             []RiskActivity

	AttacksTrouble, UsersTrouble, TechniquesTrouble, PlacesTrouble, ActivitiesTrouble Trouble
}

// Ask asks for all parts at once.
func (q *ProtectionQuery) Ask(ctx context.Context, r Reader) (*Protection, error) {
	a := &Protection{}
	if err := a.told(ctx, r); err != nil {
		return nil, err
	}
	var turns riskTurns
	part := func(name string, trouble *Trouble, ask func(ctx context.Context) error) func(context.Context) error {
		return func(ctx context.Context) error { return r.Part(ctx, name, ask(ctx), trouble) }
	}
	err := Together(ctx,
		part("sign-ins at risk by outcome", &a.AttacksTrouble, func(ctx context.Context) error { return q.askAttacks(ctx, r, a) }),
		part("changes of the risk of users", &a.UsersTrouble, func(ctx context.Context) (err error) {
			turns, err = q.turns(ctx, r)
			if err == nil {
				a.Users, a.UsersBefore, a.Months = turns.in(q.Range), turns.in(q.Before()), turns.months(q.Range.To, q.location())
				a.UserDays = turns.days(q.days())
			}
			return err
		}),
		part("risk by technique", &a.TechniquesTrouble, func(ctx context.Context) (err error) {
			a.Techniques, err = q.askTechniques(ctx, r, a.DetectionsTold)
			return err
		}),
		part("places of risky sign-ins", &a.PlacesTrouble, func(ctx context.Context) (err error) {
			a.Places, err = q.askPlaces(ctx, r)
			return err
		}),
		part("recent activities", &a.ActivitiesTrouble, func(ctx context.Context) (err error) {
			a.Activities, err = q.newestAttacks(ctx, r, a.DetectionsTold)
			return err
		}),
	)
	if err != nil {
		return nil, err
	}
	if a.UsersTrouble != NoTrouble { // a list without their changes would not have the newest activities
		a.ActivitiesTrouble = max(a.ActivitiesTrouble, a.UsersTrouble)
		return a, nil
	}
	return a, Together(ctx, part("recent activities", &a.ActivitiesTrouble, func(ctx context.Context) error { return q.addTurns(ctx, r, a, &turns) }))
}

func (q *ProtectionQuery) location() *time.Location {
	if q.Location == nil {
		return time.UTC
	}
	return q.Location
}

// told finds out which exports about risk were imported.
func (a *Protection) told(ctx context.Context, r Reader) error {
	return Together(ctx,
		func(ctx context.Context) (err error) {
			if _, known := r.Catalog().Log(risk.Users); known {
				_, a.DetectionsTold, err = r.Newest(ctx, risk.Users)
			}
			return err
		},
		func(ctx context.Context) error {
			counts, err := r.CountRisky(ctx, store.RiskyQuery{Of: store.StateRiskyUser})
			a.UsersTold = counts.N > 0
			return err
		},
	)
}

// ProtectionList is the list behind a number of the overview. A list of records has Lanes, a list of changes has Turns, and the others
// are parts of the overview themselves.
type ProtectionList struct {
	Name, Title string
	// Number defines the rows; nil where Definition does.
	Number     *Number
	Definition string
	One, Many  string // what a row is
	// Outcome is that of a list of sign-ins.
	Outcome Outcome
	// turns picks the changes of a list of changes.
	turns func(t *riskTurns, in store.Range) []*store.RiskTurn
	// lanes gives the records of a list of records. No record is in two of them.
	lanes func(ctx context.Context, r Reader, q *ProtectionQuery) ([]store.ListQuery, error)
}

// OfTurns says that the rows are changes of the risk of users.
func (l *ProtectionList) OfTurns() bool { return l.turns != nil }

// ProtectionLists gives every list.
func ProtectionLists() []*ProtectionList { return protectionLists }

// ProtectionListNamed gives the list of a name.
func ProtectionListNamed(name string) (*ProtectionList, bool) {
	i := slices.IndexFunc(protectionLists, func(l *ProtectionList) bool { return l.Name == name })
	if i < 0 {
		return nil, false
	}
	return protectionLists[i], true
}

// The lists that are not of one outcome.
var (
	TechniqueList = &ProtectionList{
		Name: "technique", Title: "Technique", Number: NumberTechnique, One: "detection", Many: "detections", lanes: techniqueLanes,
	}
	PlaceList = &ProtectionList{
		Name: "place", Title: "Risky sign-ins of a place", Number: NumberRiskySignIns, One: "sign-in", Many: "sign-ins", lanes: placeLanes,
	}
	ProtectedList = &ProtectionList{
		Name: "protected", Title: NumberProtected.Label, Number: NumberProtected, One: "user", Many: "users", turns: (*riskTurns).protected,
	}
	HighRiskList = &ProtectionList{
		Name: "highrisk", Title: NumberHighRisk.Label, Number: NumberHighRisk, One: "user", Many: "users", turns: (*riskTurns).highRisk,
	}
	SelfList = &ProtectionList{
		Name: "self", Title: NumberSelf.Label, Number: NumberSelf, One: "change", Many: "changes", turns: (*riskTurns).bySelf,
	}
	AdminList = &ProtectionList{
		Name: "admin", Title: NumberAdmin.Label, Number: NumberAdmin, One: "change", Many: "changes", turns: (*riskTurns).byAdmin,
	}
)

var protectionLists = append(outcomeLists(), TechniqueList, PlaceList, ProtectedList, HighRiskList, SelfList, AdminList)

func outcomeLists() (lists []*ProtectionList) {
	for _, o := range append([]Outcome{AllAttacks}, Outcomes()...) {
		n := outcomeNumbers[o]
		lists = append(lists, &ProtectionList{
			Name: string(o), Title: n.Label, Number: n, One: "sign-in", Many: "sign-ins", Outcome: o,
			lanes: func(ctx context.Context, r Reader, q *ProtectionQuery) ([]store.ListQuery, error) {
				return q.outcomeLanes(ctx, r, o)
			},
		})
	}
	return lists
}

// ProtectionNumbers gives the numbers of the overview, in its order.
func ProtectionNumbers() []*Number {
	return []*Number{
		NumberAttacks, NumberBlocked, NumberPassed, NumberNotRemediated, NumberOther, NumberProtected, NumberHighRisk, NumberSelf, NumberAdmin, NumberMeanTime, NumberMedianTime,
		NumberTechnique, NumberRiskySignIns, NumberPlaces,
	}
}

// ProtectionRows is one page of a list of records, or of changes.
type ProtectionRows struct {
	Rows  []TimelineRow
	Next  []store.Cursor
	Turns []TurnRow
	// NextTurn is the place that the next page of changes goes on after; nil where there is no more.
	NextTurn *store.TablePlace
	Total    store.Total
	Trouble  Trouble
}

// AskList gives a page of the query's list.
func (q *ProtectionQuery) AskList(ctx context.Context, r Reader) (*ProtectionRows, error) {
	if q.List.OfTurns() {
		return q.askTurnRows(ctx, r)
	}
	queries, err := q.List.lanes(ctx, r, q)
	if err != nil {
		return nil, err
	}
	lanes := make([]*lane, len(queries))
	for i := range queries {
		lanes[i] = &lane{query: queries[i]}
	}
	found, err := Timeline{Range: q.Range, After: q.After, Limit: q.Limit}.merge(ctx, r, lanes)
	if err != nil {
		return nil, err
	}
	rows := &ProtectionRows{Rows: found.Rows, Next: found.Next, Total: store.Total{Complete: true}}
	for _, l := range found.Logs {
		rows.Total.N, rows.Total.Complete = rows.Total.N+l.Total.N, rows.Total.Complete && l.Total.Complete
		rows.Trouble = max(rows.Trouble, l.Trouble)
	}
	return rows, nil
}
