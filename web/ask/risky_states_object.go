package ask

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"signpost/store"
	"signpost/store/risk"
)

// These bound the lists of an object's page.
const (
	objectSignIns    = 50
	objectDetections = 200
	objectUses       = 10
)

// offlineDelay is by how much a detection may come after the activity that it is about. Microsoft's pages say 48 hours.
const offlineDelay = 48 * time.Hour

// RiskyObject asks for everything that is known of the risk of a user, a service principal or an agent.
type RiskyObject struct {
	// Of are the kinds that the ID may be of, the likeliest first.
	Of    []store.StateKind
	ID    string
	Range store.Range
	// Moment is the time from which on the object's further actions are listed; zero for the first risky moment. Within is how long.
	Moment time.Time
	Within time.Duration
	// Each lists every signal of the timeline by itself; else detections stand under their sign-in. SignalsAfter is the place in the
	// timeline that the page before ends at, and HistoryAfter that in the history; nil for the first page.
	Each                       bool
	SignalsAfter, HistoryAfter *store.Cursor
	// Kept makes the answer faster; nil for a reader with a scope.
	Kept *RiskyKept
}

// KnownRisk is the answer.
type KnownRisk struct {
	// Known is what the directory and the logs tell of the object; its ID is that of the question where nothing is known.
	Known KnownObject
	// Found says that the directory, logs or detections know the object: it has a page of its own.
	Found bool
	Of    store.StateKind
	// State is the imported state; nil where none was imported.
	State *store.Risky
	// Detections are the newest of the range, with the number of all.
	Detections RiskyRows
	// SignIns are the newest risky sign-ins of the range. Risky counts all, and Apart those whose risk is hidden; of a service principal
	// those near a detection, which are among the listed.
	SignIns        []RiskyRow
	Risky, Apart   store.Total
	SignInsTrouble Trouble
	// Loose are the listed detections without a stored sign-in. LinksTrouble says that not every sign-in that they name could be looked up.
	Loose        []LooseDetection
	LinksTrouble Trouble
	// Signals are one page of what tells of the risk, the newest first. NextSignals is the place that the next page goes on after; nil where
	// there is no more. SignalsTrouble says that the page could not be made.
	Signals        []RiskSignal
	NextSignals    *store.Cursor
	SignalsTrouble Trouble
	// History is one page of the imported changes of the risk, the newest first.
	History     []store.RiskChange
	NextHistory *store.Cursor
	// Moment is the first risky moment, or the chosen one; zero where there is none. MomentIs says what it is.
	Moment   time.Time
	MomentIs string
	Next     *Trail
	// ByNames are the directory's names of the administrators who made the listed changes, by their IDs.
	ByNames map[string]string

	// Of service principals and agents: the credentials of the sign-ins, the resources, and changes.
	Keys, Resources ObjectTable
	Credentials     map[string]store.AppCredential
	Changes         *Trail
	namedKeys       map[string]bool
	principals      *RiskyPrincipalSignIns
	// signIns are stored sign-ins that detections name, by their request IDs. looked has the IDs that were looked up.
	signIns map[string]*TimelineRow
	looked  map[string]bool
}

// RiskyRows are the newest records of some questions, with the number of all.
type RiskyRows struct {
	Rows []TimelineRow
	Logs []TimelineLog
}

// Total adds up the numbers of the logs.
func (r RiskyRows) Total() (total store.Total) {
	total.Complete = true
	for _, l := range r.Logs {
		total.N, total.Complete = total.N+l.Total.N, total.Complete && l.Total.Complete && l.Trouble == NoTrouble
	}
	return total
}

// LooseDetection is a detection without a stored sign-in. Names says that it names one. That one was not imported, or the viewer may not
// see it; with LinksTrouble it may also not have been looked up.
type LooseDetection struct {
	store.Row
	Names bool
}

// What a first risky moment is.
const (
	MomentChosen    = "the chosen time"
	MomentDetection = "the first detection"
	MomentSignIn    = "the first risky sign-in"
	MomentState     = "the change of the risk state"
)

// Ask gives ErrNotFound where neither reports, detections, the directory nor the logs know the object.
func (q RiskyObject) Ask(ctx context.Context, r Reader) (*KnownRisk, error) {
	a := &KnownRisk{Of: q.Of[0], Known: KnownObject{Kind: RiskyObjectKind(q.Of[0]), ID: q.ID}}
	if err := a.findState(ctx, r, q); err != nil {
		return nil, err
	}
	known, err := Object{Kind: RiskyObjectKind(a.Of), ID: q.ID}.Ask(ctx, r)
	switch {
	case err == nil:
		a.Known, a.Found = *known, true
	case !errors.Is(err, store.ErrNotFound):
		return nil, err
	case a.State == nil:
		return nil, err
	}
	err = Together(ctx,
		func(ctx context.Context) error { return a.findDetections(ctx, r, q) },
		func(ctx context.Context) error { return a.findSignIns(ctx, r, q) },
		func(ctx context.Context) error { return a.findUses(ctx, r, q) },
		func(ctx context.Context) error {
			if err := a.findMoment(ctx, r, q); err != nil {
				return err
			}
			return a.findNext(ctx, r, q)
		},
	)
	if err != nil {
		return nil, err
	}
	if err := a.linkSignals(ctx, r, q); err != nil {
		return nil, err
	}
	if a.State != nil {
		a.History, a.NextHistory = historyPage(a.State.History, q.HistoryAfter)
	}
	return a, a.findAdministrators(ctx, r)
}

// findState finds the imported state, and with it the kind.
func (a *KnownRisk) findState(ctx context.Context, r Reader, q RiskyObject) error {
	return Together(ctx, func(ctx context.Context) error {
		for _, kind := range q.Of {
			found, err := r.Risky(ctx, kind, []string{q.ID}, nil)
			if err != nil {
				return err
			}
			if len(found) > 0 {
				a.State, a.Of = &found[0], kind
				return nil
			}
		}
		return nil
	})
}

// findAdministrators finds the names of those who made the listed changes.
func (a *KnownRisk) findAdministrators(ctx context.Context, r Reader) error {
	changes := slices.Clone(a.History)
	for i := range a.Signals {
		if turn := a.Signals[i].Turn; turn != nil {
			changes = append(changes, turn.RiskChange)
		}
	}
	a.ByNames = map[string]string{}
	for _, c := range changes {
		if _, known := a.ByNames[c.By]; c.By == "" || known {
			continue
		}
		who, err := imported(ctx, r, store.ObjectUser, store.FoldCase(c.By))
		if err != nil {
			return err
		}
		if a.ByNames[c.By] = ""; who != nil {
			a.ByNames[c.By] = cmp.Or(who.Name, who.Username)
		}
	}
	return nil
}

// detectionsQuery gives the question for the detections of the object.
func (a *KnownRisk) detectionsQuery(in store.Range) store.ListQuery {
	log, field := risk.Users, risk.UserField
	if a.Of != store.StateRiskyUser {
		log, field = risk.Workloads, risk.WorkloadField
	}
	return store.ListQuery{Log: log, Range: in, Filter: store.Filter{}.With(field, store.OpIs, a.Known.ID)}
}

func (a *KnownRisk) findDetections(ctx context.Context, r Reader, q RiskyObject) error {
	found, err := Timeline{Range: q.Range, Limit: objectDetections}.merge(ctx, r, []*lane{{query: a.detectionsQuery(q.Range)}})
	if err == nil {
		a.Detections = RiskyRows{found.Rows, found.Logs}
	}
	return err
}

// findSignIns finds the risky sign-ins of the object.
func (a *KnownRisk) findSignIns(ctx context.Context, r Reader, q RiskyObject) error {
	a.Risky.Complete, a.Apart.Complete = true, true
	count := func(into *store.Total, t store.Total, trouble Trouble) {
		into.N, into.Complete = into.N+t.N, into.Complete && t.Complete && trouble == NoTrouble
		a.SignInsTrouble = max(a.SignInsTrouble, trouble)
	}
	if a.Of != store.StateRiskyPrincipal { // an agent may sign in with an account of a user
		found, err := RiskyUsers{Range: q.Range, Filter: ObjectFilter(store.ObjectUser, a.Known.ID), Limit: objectSignIns}.Ask(ctx, r)
		if err != nil {
			return err
		}
		a.SignIns = found.Rows
		for _, part := range found.Parts {
			if part.Why == RiskyHidden {
				count(&a.Apart, part.Total, part.Trouble)
			} else {
				count(&a.Risky, part.Total, part.Trouble)
			}
		}
	}
	if a.Of != store.StateRiskyUser {
		found, err := RiskyPrincipals{
			Range: q.Range, Limit: objectSignIns, Of: a.Known.ID, Kept: q.Kept,
		}.Ask(ctx, r)
		if err != nil {
			return err
		}
		a.principals = found
		a.SignIns = append(a.SignIns, found.Rows...)
		slices.SortFunc(a.SignIns, newestFirst)
		a.SignIns = a.SignIns[:min(len(a.SignIns), objectSignIns)]
		count(&a.Risky, found.Named, found.Trouble)
		count(&a.Apart, found.Near, found.Trouble)
	}
	return nil
}

// riskySignIns gives the questions for the risky sign-ins of a user: records of others tell no risk of their own.
func (a *KnownRisk) riskySignIns(in store.Range) (queries []store.ListQuery) {
	if a.Known.Kind != store.ObjectUser {
		return nil
	}
	for _, part := range RiskyParts(in, ObjectFilter(store.ObjectUser, a.Known.ID)) {
		queries = append(queries, part.Query)
	}
	return queries
}

// SignInLogs are the logs that may have sign-ins of the object.
func (a *KnownRisk) SignInLogs() []store.Log {
	logs := LogsOf(a.Known.Kind)
	if a.Of == store.StateRiskyAgent { // an agent may sign in with an account of a user
		logs = append(logs, LogsOf(store.ObjectUser)...)
	}
	return logs
}

// linkSignals finds the listed detections without a stored sign-in, and the page of the timeline.
func (a *KnownRisk) linkSignals(ctx context.Context, r Reader, q RiskyObject) error {
	a.signIns, a.looked = map[string]*TimelineRow{}, map[string]bool{}
	listed := map[string]bool{}
	for i := range a.SignIns {
		if row := &a.SignIns[i]; row.Why != RiskyNearOne { // a detection names none of these
			listed[store.FoldCase(row.Entry.Head().ID)] = true
		}
	}
	missing := map[string]time.Time{}
	for _, row := range a.Detections.Rows {
		if id := requestNamedBy(row.Row); id != "" && !listed[id] {
			missing[id] = row.Entry.Head().Time
		}
	}
	var err error
	if a.LinksTrouble, err = a.findNamed(ctx, r, q, missing); err != nil {
		return err
	}
	for _, row := range a.Detections.Rows {
		if id := requestNamedBy(row.Row); !listed[id] && a.signIns[id] == nil {
			a.Loose = append(a.Loose, LooseDetection{row.Row, id != ""})
		}
	}
	return a.findSignals(ctx, r, q)
}

// Name is the object's, else its ID.
func (a *KnownRisk) Name() string {
	names := []string{}
	if o := a.Known.Object; o != nil {
		names = append(names, o.Name, o.Username)
	}
	if a.State != nil {
		names = append(names, a.State.Names.Name, a.State.Names.Username)
	}
	for _, name := range append(names, a.Known.SeenName, a.Known.SeenUsername) {
		if name != "" {
			return name
		}
	}
	return a.Known.ID
}
