package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// RiskyStates answers questions about risky users, service principals and agents. Whoever may see the class Risk may ask them.
// Scopes narrow each answer, as those of States do.
type RiskyStates interface {
	// RiskyPage gives one page of risky objects.
	RiskyPage(ctx context.Context, q RiskyQuery) (RiskyPage, error)
	// CountRisky counts the objects of a query by level, state and detail. The sort, the places and the limit count for nothing.
	CountRisky(ctx context.Context, q RiskyQuery) (RiskyCounts, error)
	// Risky gives the risky objects of some IDs, ordered by name and ID, each with its history. IDs that it does not have are left
	// out.
	Risky(ctx context.Context, kind StateKind, ids []string, scopes Scopes) ([]Risky, error)
	// RiskTurns gives the changes of risk in a range, the oldest first. They must not be changed: other answers share them.
	RiskTurns(ctx context.Context, q RiskTurnsQuery) ([]RiskTurn, error)
	// CountRiskTurns counts the objects with a turn of each kind between edges. It ignores the range of the query.
	CountRiskTurns(ctx context.Context, q RiskTurnsQuery, edges []time.Time) ([]RiskTurnCounts, error)
}

// RiskySort is an order of risky objects. Objects that are equal in it are in the order of their IDs.
type RiskySort string

// The orders: the latest change first, the highest level first, or by name. A level that is hidden or unknown comes last whatever
// the direction, and so does an object without a time. Objects of one level are in the order of the latest change.
const (
	RiskyByUpdated RiskySort = "updated"
	RiskyByLevel   RiskySort = "level"
	RiskyByName    RiskySort = "name"
)

// RiskySorts gives every order.
func RiskySorts() []RiskySort { return []RiskySort{RiskyByUpdated, RiskyByLevel, RiskyByName} }

// RiskyQuery asks for risky objects of a kind that meet each condition. Empty fields ask for nothing. Values of enumerations are
// compared without regard to case; a list asks for any of its values.
type RiskyQuery struct {
	Of                      StateKind
	Levels, States, Details []string
	// Text is in the name or the username, or is the ID or the application ID.
	Text string
	// Updated is the range of the last change; the zero Range asks for nothing.
	Updated Range
	// Without are the IDs of objects to leave out.
	Without []string
	Sort    RiskySort
	// Reverse puts the earliest change, the lowest level or the last name first.
	Reverse bool
	// After and Before are places in the order; one of them at most is set.
	After, Before *EntityPlace
	Limit         int
	Scopes        Scopes
}

// RiskyPage is one page of risky objects. Total counts all of the query.
type RiskyPage struct {
	Rows       []Risky
	Total      int64
	Next, Prev *EntityPlace
}

// RiskyCounts counts risky objects. The maps are by the values as records spell them; an object that lacks one counts under the
// empty text.
type RiskyCounts struct {
	N                       int64
	Levels, States, Details map[string]int64
	// LastChange is the latest change, and LastImport the time of the newest import of one of the objects.
	LastChange, LastImport time.Time
	// Revision is that of the directory, which grows with each import. It is 0 where the query asks for a part of a kind.
	Revision int64
}

// RiskLevelRank orders levels: none, low, medium, high. It is 0 for a level that stands apart: hidden, unknown or none told.
func RiskLevelRank(level string) int {
	return 1 + slices.Index(rankedLevels, FoldCase(level))
}

var rankedLevels = []string{"none", "low", "medium", "high"}

// The states in which a risk is open.
const (
	RiskAtRisk      = "atRisk"
	RiskCompromised = "confirmedCompromised"
)

// OpenRiskStates gives the states in which nobody has dealt with the risk yet.
func OpenRiskStates() []string { return []string{RiskAtRisk, RiskCompromised} }

// IsOpen says that the risk was not dealt with at the change.
func (c RiskChange) IsOpen() bool {
	return strings.EqualFold(c.State, RiskAtRisk) || strings.EqualFold(c.State, RiskCompromised)
}

// selfRemediations are the details of users who ended their risk themselves.
var selfRemediations = []string{
	"userPerformedSecuredPasswordChange", "userPerformedSecuredPasswordReset", "userChangedPasswordOnPremises", "userPassedMFADrivenByRiskBasedPolicy",
}

// IsSelfRemediation says that the user ended the risk with a new password or with multifactor authentication.
func (c RiskChange) IsSelfRemediation() bool {
	return slices.ContainsFunc(selfRemediations, func(detail string) bool { return strings.EqualFold(detail, c.Detail) })
}

// RiskTurn is a change of the risk of an object, with the change before it.
type RiskTurn struct {
	ID string `json:"id"`
	RiskChange
	// Before is the change before; nil where none was imported.
	Before *RiskChange `json:"before,omitempty"`
	// Since is when the time at risk began that the change continues or ends; zero where the risk was not open before.
	Since time.Time `json:"since,omitzero"`
}

// Turn is the part of a change in the story of a risk.
type Turn uint8

// The turns. A risk opens where it was not known to be open before. It closes where it is remediated, dismissed or confirmed safe,
// and was open before or is not known before; also where it is open no more in any other way.
const (
	TurnNone Turn = iota
	TurnOpened
	TurnClosedBySelf
	TurnClosedByOthers
	turnsEnd
)

// settledStates are those in which somebody has dealt with a risk.
var settledStates = []string{"remediated", "dismissed", "confirmedSafe"}

// Turn says what the change means.
func (t *RiskTurn) Turn() Turn {
	wasOpen := t.Before != nil && t.Before.IsOpen()
	settled := slices.ContainsFunc(settledStates, func(state string) bool { return strings.EqualFold(t.State, state) })
	switch {
	case t.IsOpen() && !wasOpen:
		return TurnOpened
	case t.IsOpen(), !wasOpen && (t.Before != nil || !settled):
		return TurnNone
	case t.IsSelfRemediation():
		return TurnClosedBySelf
	}
	return TurnClosedByOthers
}

// Turns gives the changes of the object as turns, the oldest first. Changes without a time are left out.
func (r *Risky) Turns() (turns []RiskTurn) {
	var since time.Time
	var before *RiskChange
	for _, c := range slices.Backward(r.History) {
		if c.Updated.IsZero() {
			continue
		}
		turns = append(turns, RiskTurn{ID: r.ID, RiskChange: c, Before: before, Since: since})
		switch {
		case !c.IsOpen():
			since = time.Time{}
		case since.IsZero():
			since = c.Updated
		}
		before = &c
	}
	return turns
}

// RiskTurnsQuery asks for changes of risk of objects of a kind.
type RiskTurnsQuery struct {
	Of    StateKind
	Range Range
	// IDs narrows to some objects; nil asks for all.
	IDs    []string
	Scopes Scopes
}

// RiskTurnCounts counts the objects with a turn in a time, each once for each kind of turn.
type RiskTurnCounts struct {
	From, To time.Time
	By       [turnsEnd]int64
}

// Place gives the object's place in an order.
func (r *Risky) Place(sort RiskySort, reverse bool) EntityPlace {
	micros := int64(0)
	if !r.Updated.IsZero() {
		micros = r.Updated.UnixMicro()
	}
	switch {
	case sort == RiskyByName:
		return EntityPlace{Name: FoldCase(cmp.Or(r.Names.Name, r.Names.Username)), ID: r.ID}
	case sort == RiskyByLevel:
		rank, apart := int64(RiskLevelRank(r.Level)), int64(len(rankedLevels)+1)
		switch {
		case rank == 0:
			rank = apart
		case !reverse:
			rank = apart - rank
		}
		return EntityPlace{N: rank*levelStep - micros, ID: r.ID}
	case reverse && micros == 0:
		return EntityPlace{N: levelStep, ID: r.ID}
	case reverse:
		return EntityPlace{N: micros, ID: r.ID}
	}
	return EntityPlace{N: -micros, ID: r.ID}
}

// levelStep is greater than every time in microseconds that the program reads.
const levelStep = int64(1) << 58

// WithheldDirectory gives the directory as somebody may ask it who may not see some classes. Without the class Risk it refuses
// questions about risky objects, and does not tell that there are any.
func WithheldDirectory(d Directory, hidden Classes) Directory {
	if !hidden.Has(Risk) {
		return d
	}
	return withoutRisk{d}
}

type withoutRisk struct{ Directory }

var errRiskWithheld = WithheldError{Risk, "risky users, service principals and agents"}

// IsRisk says that states of the kind are of the class Risk.
func (k StateKind) IsRisk() bool {
	return k == StateRiskyUser || k == StateRiskyPrincipal || k == StateRiskyAgent
}

func (w withoutRisk) StatesTold(ctx context.Context, scopes Scopes) (map[StateKind]StateTold, error) {
	told, err := w.Directory.StatesTold(ctx, scopes)
	for kind := range told {
		if kind.IsRisk() {
			delete(told, kind)
		}
	}
	return told, err
}

func (w withoutRisk) RiskyPage(context.Context, RiskyQuery) (RiskyPage, error) {
	return RiskyPage{}, errRiskWithheld
}

func (w withoutRisk) CountRisky(context.Context, RiskyQuery) (RiskyCounts, error) {
	return RiskyCounts{}, errRiskWithheld
}

func (w withoutRisk) Risky(context.Context, StateKind, []string, Scopes) ([]Risky, error) {
	return nil, errRiskWithheld
}

func (w withoutRisk) RiskTurns(context.Context, RiskTurnsQuery) ([]RiskTurn, error) {
	return nil, errRiskWithheld
}

func (w withoutRisk) CountRiskTurns(context.Context, RiskTurnsQuery, []time.Time) ([]RiskTurnCounts, error) {
	return nil, errRiskWithheld
}

// RiskyWithheld says that an error is the refusal of questions about risky objects.
func RiskyWithheld(err error) bool {
	var withheld WithheldError
	return errors.As(err, &withheld) && withheld.Class == Risk
}
