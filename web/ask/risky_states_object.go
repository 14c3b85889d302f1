package ask

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/activity"
	"signpost/store/audit"
	"signpost/store/risk"
)

// These bound the lists of an object's page.
const (
	riskySignInsListed = 50
	detectionsListed   = 200
	objectsListed      = 10
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
}

// KnownRisk is the answer.
type KnownRisk struct {
	// Known is what the directory and the logs tell of the object; its ID is that of the question where nothing is known.
	Known KnownObject
	Of    store.StateKind
	// Risky is the imported state; nil where none was imported.
	Risky *store.Risky
	// Detections are the newest of the range, and SignIns the newest risky sign-ins, each with the number of all.
	Detections, SignIns RiskyRows
	// Loose are the listed detections without a stored sign-in.
	Loose []LooseDetection
	// Signals are what tells of the risk, the newest first; detections stand under their sign-in.
	Signals []RiskSignal
	// Moment is the first risky moment, or the chosen one; zero where there is none. MomentIs says what it is.
	Moment   time.Time
	MomentIs string
	Next     *Trail

	// Of service principals and agents: the credentials of the sign-ins, the resources, and changes.
	Keys, Resources ObjectTable
	Credentials     map[string]store.AppCredential
	Changes         *Trail
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

// LooseDetection is a detection without a stored sign-in. Names says that it names one, which was not imported.
type LooseDetection struct {
	store.Row
	Names bool
}

// RiskSignal is one sign of a risk: a sign-in with its detections, a detection by itself, or a change of the state.
type RiskSignal struct {
	Time       time.Time
	SignIn     *TimelineRow
	Detections []store.Row
	Turn       *store.RiskTurn
	// Risky says that the sign-in is among the risky ones by itself; else a detection names it.
	Risky bool
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
		a.Known = *known
	case !errors.Is(err, store.ErrNotFound):
		return nil, err
	case a.Risky == nil:
		return nil, err
	}
	err = Together(ctx,
		func(ctx context.Context) error { return a.findDetections(ctx, r, q) },
		func(ctx context.Context) error { return a.findSignIns(ctx, r, q) },
		func(ctx context.Context) error { return a.findUses(ctx, r, q) },
	)
	if err != nil {
		return nil, err
	}
	if err := a.linkSignals(ctx, r, q); err != nil {
		return nil, err
	}
	if err := Together(ctx, func(ctx context.Context) error { return a.findMoment(ctx, r, q) }); err != nil {
		return nil, err
	}
	return a, a.findNext(ctx, r, q)
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
				a.Risky, a.Of = &found[0], kind
				return nil
			}
		}
		return nil
	})
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
	found, err := Timeline{Range: q.Range, Limit: detectionsListed}.merge(ctx, r, []*lane{{query: a.detectionsQuery(q.Range)}})
	if err == nil {
		a.Detections = RiskyRows{found.Rows, found.Logs}
	}
	return err
}

// findSignIns finds the risky sign-ins of the object by themselves. Those that a detection names come with the detections.
func (a *KnownRisk) findSignIns(ctx context.Context, r Reader, q RiskyObject) error {
	var lanes []*lane
	for _, query := range a.riskySignIns(q.Range) {
		lanes = append(lanes, &lane{query: query})
	}
	found, err := Timeline{Range: q.Range, Limit: riskySignInsListed}.merge(ctx, r, lanes)
	if err == nil {
		a.SignIns = RiskyRows{found.Rows, found.Logs}
	}
	return err
}

// riskySignIns gives the questions for the risky sign-ins of the object: none for one whose records tell no risk of their own.
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

// linkSignals puts detections under their sign-ins, and adds the changes of the state.
func (a *KnownRisk) linkSignals(ctx context.Context, r Reader, q RiskyObject) error {
	signIns := map[string]*RiskSignal{}
	var order []*RiskSignal
	for i := range a.SignIns.Rows {
		row := &a.SignIns.Rows[i]
		s := &RiskSignal{Time: row.Entry.Head().Time, SignIn: row, Risky: true}
		signIns[store.FoldCase(row.Entry.Head().ID)] = s
		order = append(order, s)
	}
	var missing []string
	for _, row := range a.Detections.Rows {
		id := store.FoldCase(row.Entry.(*risk.Record).RequestID)
		if id != "" && signIns[id] == nil && !slices.Contains(missing, id) {
			missing = append(missing, id)
		}
	}
	named, err := a.signInsNamed(ctx, r, q, missing)
	if err != nil {
		return err
	}
	for i := range named {
		s := &RiskSignal{Time: named[i].Entry.Head().Time, SignIn: &named[i]}
		signIns[store.FoldCase(named[i].Entry.Head().ID)] = s
		order = append(order, s)
	}
	for _, row := range a.Detections.Rows {
		id := store.FoldCase(row.Entry.(*risk.Record).RequestID)
		if s := signIns[id]; id != "" && s != nil {
			s.Detections = append(s.Detections, row.Row)
			continue
		}
		a.Loose = append(a.Loose, LooseDetection{row.Row, id != ""})
		order = append(order, &RiskSignal{Time: row.Entry.Head().Time, Detections: []store.Row{row.Row}})
	}
	if a.Risky != nil {
		for _, turn := range a.Risky.Turns() {
			if !turn.Updated.Before(q.Range.From) && turn.Updated.Before(q.Range.To) {
				order = append(order, &RiskSignal{Time: turn.Updated, Turn: &turn})
			}
		}
	}
	slices.SortStableFunc(order, func(a, b *RiskSignal) int { return b.Time.Compare(a.Time) })
	for _, s := range order {
		a.Signals = append(a.Signals, *s)
	}
	return nil
}

// signInsNamed gives the stored sign-ins of some request IDs.
func (a *KnownRisk) signInsNamed(ctx context.Context, r Reader, q RiskyObject, ids []string) ([]TimelineRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in := store.Range{From: q.Range.From.Add(-relatedFar), To: q.Range.To.Add(relatedFar)}
	filter := store.Filter{}.WithAny(store.RequestField, ids)
	var lanes []*lane
	for _, log := range a.SignInLogs() {
		lanes = append(lanes, &lane{query: store.ListQuery{Log: log, Range: in, Filter: filter, AllEvents: true}})
	}
	found, err := Timeline{Range: in, Limit: len(ids)}.merge(ctx, r, lanes)
	if err != nil {
		return nil, err
	}
	return found.Rows, nil
}

// findMoment finds the first risky moment. The last time at risk begins with a change of the state, and what it is about came before.
// Without a state it is the oldest detection or risky sign-in of the range.
func (a *KnownRisk) findMoment(ctx context.Context, r Reader, q RiskyObject) error {
	if !q.Moment.IsZero() {
		a.Moment, a.MomentIs = q.Moment, MomentChosen
		return nil
	}
	in := q.Range
	if opened := a.lastOpened(); !opened.IsZero() {
		a.Moment, a.MomentIs = opened, MomentState
		in = store.Range{From: opened.Add(-offlineDelay), To: opened.Add(time.Microsecond)}
	}
	queries := append([]store.ListQuery{a.detectionsQuery(in)}, a.riskySignIns(in)...)
	oldest := make([]time.Time, len(queries))
	var questions []func(context.Context) error
	for i, list := range queries {
		questions = append(questions, func(ctx context.Context) error {
			list.Before, list.Limit = &store.Cursor{Key: store.KeyAt(list.Range.From).Prev(), Log: list.Log}, 1
			page, err := r.Page(ctx, list)
			if len(page.Rows) > 0 {
				oldest[i] = page.Rows[0].Entry.Head().Time
			}
			return err
		})
	}
	if err := Together(ctx, questions...); err != nil {
		return err
	}
	for i, at := range oldest {
		if at.IsZero() || !a.Moment.IsZero() && !at.Before(a.Moment) {
			continue
		}
		a.Moment, a.MomentIs = at, MomentSignIn
		if i == 0 {
			a.MomentIs = MomentDetection
		}
	}
	return nil
}

// lastOpened is when the last time at risk began; zero where no history tells.
func (a *KnownRisk) lastOpened() (opened time.Time) {
	if a.Risky == nil {
		return opened
	}
	for _, turn := range a.Risky.Turns() {
		if turn.Turn() == store.TurnOpened {
			opened = turn.Updated
		}
	}
	return opened
}

// findNext asks what the object did from the moment on, the oldest first.
func (a *KnownRisk) findNext(ctx context.Context, r Reader, q RiskyObject) error {
	a.Next = &Trail{}
	if a.Moment.IsZero() {
		return nil
	}
	in := store.Range{From: a.Moment, To: a.Moment.Add(q.Within)}
	var acted []string
	if username := a.username(); username != "" {
		acted = append(acted, username) // SharePoint names its users by nothing else
	}
	by, doing := audit.ActorField, activity.PrincipalField
	if a.Known.Kind == store.ObjectUser {
		by, doing = audit.UserField, activity.UserField
	} else {
		acted = nil
	}
	if _, known := r.Catalog().Log(audit.Directory); known {
		a.Next.Parts = addPart(a.Next.Parts, "Changes in the directory", audit.Directory, by, a.Known.ID, in)
	}
	if _, known := r.Catalog().Log(activity.Log); known {
		a.Next.Parts = addPart(a.Next.Parts, "Microsoft 365 activity", activity.Log, doing, a.Known.ID, in, acted...)
	}
	for i := range a.Next.Parts {
		a.Next.Parts[i].Oldest = true
	}
	return a.Next.Ask(ctx, r)
}

func (a *KnownRisk) username() string {
	if name := a.Known.Username(); name != "" || a.Risky == nil {
		return name
	}
	return a.Risky.Names.Username
}

// findUses asks for the credentials and the resources of a service principal's sign-ins, and for changes to it and by it.
func (a *KnownRisk) findUses(ctx context.Context, r Reader, q RiskyObject) error {
	if a.Known.Kind == store.ObjectUser {
		return nil
	}
	logs, filter := LogsOf(store.ObjectServicePrincipal), ObjectFilter(store.ObjectServicePrincipal, a.Known.ID)
	a.Keys.By, a.Resources.By = store.KeyField, store.ResourceField
	var questions []func(context.Context) error
	for _, table := range []*ObjectTable{&a.Keys, &a.Resources} {
		of := logs
		if table.By == store.KeyField {
			of = []store.Log{store.ServicePrincipal} // managed identities have no credentials of their own
		}
		questions = append(questions, func(ctx context.Context) (err error) {
			table.Table, err = r.Table(ctx, store.TableQuery{By: table.By, Logs: of, Range: q.Range, Filter: filter, Limit: objectsListed})
			return r.Part(ctx, "the "+table.By.Many+" of a service principal", err, &table.Trouble)
		})
	}
	questions = append(questions, func(ctx context.Context) error {
		a.Changes = a.Known.ChangesIn(q.Range)
		a.Changes.Parts = slices.DeleteFunc(a.Changes.Parts, func(p TrailPart) bool { return p.Query.Log != audit.Directory })
		return a.Changes.Ask(ctx, r)
	})
	if err := Together(ctx, questions...); err != nil {
		return err
	}
	keys := make([]string, 0, len(a.Keys.Table.Rows))
	for i := range a.Keys.Table.Rows {
		keys = append(keys, a.Keys.Table.Rows[i].Value)
	}
	if len(keys) == 0 {
		return nil
	}
	page, err := r.AppCredentials(ctx, store.AppCredentialsQuery{KeyIDs: keys})
	a.Credentials = map[string]store.AppCredential{}
	for _, c := range page.Rows {
		a.Credentials[store.FoldCase(c.KeyID)] = c
	}
	return err
}

// NamedKey says that a listed detection names a credential.
func (a *KnownRisk) NamedKey(key string) bool {
	return slices.ContainsFunc(a.Detections.Rows, func(row TimelineRow) bool {
		return slices.ContainsFunc(row.Entry.(*risk.Record).Keys, func(k string) bool { return strings.EqualFold(k, key) })
	})
}

// Name is the object's, else its ID.
func (a *KnownRisk) Name() string {
	names := []string{}
	if o := a.Known.Object; o != nil {
		names = append(names, o.Name, o.Username)
	}
	if a.Risky != nil {
		names = append(names, a.Risky.Names.Name, a.Risky.Names.Username)
	}
	for _, name := range append(names, a.Known.SeenName, a.Known.SeenUsername) {
		if name != "" {
			return name
		}
	}
	return a.Known.ID
}
