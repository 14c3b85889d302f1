package ask

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"signpost/auth"
	"signpost/store"
	"signpost/store/risk"
)

// TriageSignIn is a sign-in that somebody may decide about. Events are the request IDs of its events: a line of the interactive log has
// several, and its name changes with each that comes in.
type TriageSignIn struct {
	SignIn *store.SignIn
	Events []string
}

// TriageSignInOf gives the sign-in of a whole record.
func TriageSignInOf(record *store.Record) TriageSignIn {
	t := TriageSignIn{SignIn: record.SignIn(), Events: []string{record.Entry.Head().ID}}
	for _, event := range record.Events {
		t.Events = append(t.Events, event.Entry.Head().ID)
	}
	return t
}

// TriageSignInsOf gives the sign-ins of a list. It looks for the events of its lines.
func TriageSignInsOf(ctx context.Context, r Reader, rows []store.Row) ([]TriageSignIn, error) {
	list := make([]TriageSignIn, len(rows))
	var questions []func(context.Context) error
	for i := range rows {
		head := rows[i].Entry.Head()
		list[i] = TriageSignIn{SignIn: rows[i].SignIn(), Events: []string{head.ID}}
		if rows[i].Line.Events > 1 {
			questions = append(questions, func(ctx context.Context) error {
				record, err := r.Get(ctx, store.GetQuery{Ref: store.Ref{Log: head.Log, ID: head.ID}})
				if err == nil {
					list[i].Events = TriageSignInOf(&record).Events
				}
				return err
			})
		}
	}
	return list, Together(ctx, questions...)
}

// TriageOfRisky is TriageSignInsOf for a list of risky sign-ins: its rows mostly know their events.
func TriageOfRisky(ctx context.Context, r Reader, rows []RiskyRow) ([]TriageSignIn, error) {
	list := make([]TriageSignIn, len(rows))
	var others []store.Row
	var places []int // of the others in the list
	for i := range rows {
		if list[i] = (TriageSignIn{rows[i].SignIn(), rows[i].Events}); len(rows[i].Events) == 0 {
			others, places = append(others, rows[i].Row), append(places, i)
		}
	}
	found, err := TriageSignInsOf(ctx, r, others)
	for i, place := range places {
		list[place] = found[i]
	}
	return list, err
}

// TargetOfSignIn gives a sign-in, without what is kept about it. The records of sign-ins of service principals say nothing of their risk:
// a detection that names the sign-in does; nil for none.
func TargetOfSignIn(s *store.SignIn, telling *risk.Record) TriageTarget {
	t := TriageTarget{
		Of:     auth.TriageObject{Kind: auth.TriageSignIn, Log: string(s.Log), ID: s.ID},
		Name:   cmp.Or(s.UserPrincipalName, s.UserDisplayName, s.ServicePrincipalName, s.UserID, s.ServicePrincipalID, s.ID),
		Risk:   auth.ImportedRisk{State: s.RiskState, Level: cmp.Or(s.RiskLevelAggregated, s.RiskLevelDuringSignIn)},
		UserID: s.UserID, Username: s.UserPrincipalName,
	}
	info, _ := store.SignIns.Log(s.Log)
	if !info.User {
		t.Risk, t.UserID, t.Username = auth.ImportedRisk{}, "", ""
		if telling != nil {
			t.Risk = auth.ImportedRisk{Updated: inMicros(risk.Kind.Dated(telling)), State: telling.State, Level: telling.Level}
		}
	}
	return t
}

// TellingDetection gives the open detection that was updated last; where none is open, the one of all. It is nil for none. A
// detection that is closed does not close a sign-in that another one still names as at risk.
func TellingDetection(list []*risk.Record) *risk.Record {
	if len(list) == 0 {
		return nil
	}
	open := func(d *risk.Record) int {
		if (store.RiskChange{State: d.State}).IsOpen() {
			return 1
		}
		return 0
	}
	return slices.MaxFunc(list, func(a, b *risk.Record) int {
		return cmp.Or(open(a)-open(b), risk.Kind.Dated(a).Compare(risk.Kind.Dated(b)), cmp.Compare(a.Head().ID, b.Head().ID))
	})
}

// signIns gives the sign-ins of the form that the viewer sees, by their names in the form. All of them share the questions about
// detections and about what is kept.
func (q Triage) signIns(ctx context.Context, r Reader) (map[auth.TriageObject]TriageTarget, error) {
	var names []auth.TriageObject
	var found []TriageSignIn
	for _, c := range q.Choices {
		info, known := store.SignIns.Log(store.Log(c.Of.Log))
		if c.Of.Kind != auth.TriageSignIn || !known {
			continue
		}
		err := Together(ctx, func(ctx context.Context) error {
			record, err := r.Get(ctx, store.GetQuery{Ref: store.Ref{Log: info.Log, ID: c.Of.ID}})
			switch {
			case errors.Is(err, store.ErrNotFound):
				return nil
			case err != nil:
				return err
			}
			names, found = append(names, c.Of), append(found, TriageSignInOf(&record))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	by := map[auth.TriageObject]TriageTarget{}
	err := Together(ctx, func(ctx context.Context) error {
		targets, err := SignInTargets(ctx, r, q.Kept, nil, found)
		for i, t := range targets {
			by[names[i]] = t
		}
		return err
	})
	return by, err
}

// SignInTargets gives sign-ins with what is kept about them. Every page and form takes its sign-ins from here, so that all see one
// imported risk. What was kept about an event of a line is kept about the line. ready makes the answer faster; nil for a reader with a
// scope.
func SignInTargets(ctx context.Context, r Reader, kept TriageKept, ready *RiskyKept, signIns []TriageSignIn) ([]TriageTarget, error) {
	detections, err := detectionsNaming(ctx, r, ready, signIns)
	if err != nil {
		return nil, err
	}
	var all []auth.TriageObject
	targets := make([]TriageTarget, len(signIns))
	for i, s := range signIns {
		targets[i] = TargetOfSignIn(s.SignIn, TellingDetection(detections[store.FoldCase(s.SignIn.ID)]))
		for _, id := range s.Events {
			all = append(all, auth.TriageObject{Kind: auth.TriageSignIn, Log: string(s.SignIn.Log), ID: id})
		}
	}
	now, err := kept.Triaged(ctx, all...)
	if err != nil {
		return nil, err
	}
	for i, s := range signIns {
		t := &targets[i]
		for _, id := range s.Events {
			of := auth.TriageObject{Kind: auth.TriageSignIn, Log: string(s.SignIn.Log), ID: id}
			if about := now[of]; about.Version > t.Kept.Version {
				t.Of, t.Kept = of, about
			}
		}
	}
	return targets, nil
}

// detectionsNaming gives the detections that name sign-ins of service principals, by request IDs in lower case.
func detectionsNaming(ctx context.Context, r Reader, ready *RiskyKept, signIns []TriageSignIn) (map[string][]*risk.Record, error) {
	var ids []string
	for _, s := range signIns {
		if info, _ := store.SignIns.Log(s.SignIn.Log); !info.User {
			ids = append(ids, s.SignIn.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	if detections, ok, err := ready.naming(ctx, ids); err != nil || ok {
		return detections, err
	}
	detections := map[string][]*risk.Record{}
	for some := range slices.Chunk(ids, detectionsAtOnce) {
		q := store.ListQuery{Log: risk.Workloads, Range: store.AllTime(), Limit: detectionsOfTargets, Filter: store.Filter{}.WithAny(risk.SignInField, some)}
		for {
			page, err := r.Page(ctx, q)
			if err != nil {
				return nil, err
			}
			for _, row := range page.Rows {
				d := row.Entry.(*risk.Record)
				id := store.FoldCase(d.RequestID)
				detections[id] = append(detections[id], d)
			}
			if q.After = page.Next; page.Next == nil {
				break
			}
		}
	}
	return detections, nil
}

// detectionsAtOnce is how many sign-ins one question asks about, and detectionsOfTargets how many detections one answer has.
const (
	detectionsAtOnce    = 50
	detectionsOfTargets = 500
)
