package ask

import (
	"context"
	"errors"
	"slices"
	"time"

	"signpost/store"
	"signpost/store/risk"
)

// lines gives the line of each signal; nil for one that stands in the line of another. Each by itself, every signal is a line. Else a
// detection stands under its sign-in, whichever event of it the detection names. Where the sign-in is not risky by itself, the newest of its
// detections has the line.
func (t *riskTimeline) lines(ctx context.Context, signals []placedSignal) ([]*RiskSignal, error) {
	lines := make([]*RiskSignal, len(signals))
	for i := range signals {
		lines[i] = &signals[i].RiskSignal
	}
	if t.q.Each {
		return lines, nil
	}
	if err := t.lookUp(ctx, signals); err != nil || t.SignalsTrouble != NoTrouble {
		return nil, err
	}
	var ids []string
	for i := range signals {
		switch s, id := &signals[i], signals[i].requestID(); {
		case s.SignIn != nil:
			s.SignIn.Events = t.eventsOf(id)
			ids = append(ids, s.SignIn.Events...)
		case id != "" && !t.risky[id] && t.part[id] == "" && t.signIns[id] != nil:
			ids = append(ids, id)
		}
	}
	under, err := t.under(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range signals {
		s, id := &signals[i], signals[i].requestID()
		switch signIn := t.signIns[id]; {
		case id == "":
		case s.SignIn != nil:
			s.Detections, s.More = underAll(under, s.SignIn.Events)
		case t.risky[id], t.part[id] != "":
			lines[i] = nil
		case signIn != nil && len(under[id].Detections) > 0:
			if under[id].Detections[0].Key != s.place.Key {
				lines[i] = nil
				continue
			}
			s.SignIn = &RiskyRow{Row: signIn.Row, Log: signIn.Log}
			s.Detections, s.More = under[id].Detections, under[id].More
		}
	}
	return lines, nil
}

// lookUp finds the sign-ins that the detections among some signals name, and which of them have a line by themselves.
func (t *riskTimeline) lookUp(ctx context.Context, signals []placedSignal) error {
	if t.principals != nil && len(t.risky) == 0 {
		for _, n := range t.principals.named {
			t.risky[store.FoldCase(n.id)] = true
		}
	}
	for i := range signals {
		if signals[i].SignIn != nil {
			t.risky[signals[i].requestID()] = true
		}
	}
	var named []string
	unknown := map[string]time.Time{}
	for i := range signals {
		id := signals[i].requestID()
		if _, known := t.risky[id]; known || id == "" {
			continue
		}
		t.risky[id] = false
		if named = append(named, id); t.signIns[id] == nil && !t.looked[id] {
			unknown[id] = signals[i].Time
		}
	}
	trouble, err := t.findNamed(ctx, t.r, t.q, unknown)
	if err != nil {
		return err
	}
	if t.SignalsTrouble = max(trouble, t.LinksTrouble); t.SignalsTrouble != NoTrouble {
		return nil
	}
	if err := t.findRisky(ctx, named); err != nil {
		return err
	}
	return t.findEvents(ctx, signals)
}

// eventsOf gives the request IDs of the events of a sign-in that has a line by itself.
func (t *riskTimeline) eventsOf(id string) []string {
	if events := t.events[id]; events != nil {
		return events
	}
	return []string{id}
}

// underAll gives the newest detections that name one of some events, and how many more there are.
func underAll(under map[string]RiskSignal, events []string) (list []store.Row, more int64) {
	for _, id := range events {
		list, more = append(list, under[id].Detections...), more+under[id].More
	}
	slices.SortStableFunc(list, func(a, b store.Row) int { return b.Key.Compare(a.Key) })
	if n := len(list); n > DetectionsUnder {
		list, more = list[:DetectionsUnder], more+int64(n-DetectionsUnder)
	}
	return list, more
}

// findEvents finds the events of the sign-ins among some signals. A detection may name an event that is not the last of its sign-in: then it
// finds the events of that sign-in too.
func (t *riskTimeline) findEvents(ctx context.Context, signals []placedSignal) error {
	var refs []store.Ref
	for i := range signals {
		s, id := &signals[i], signals[i].requestID()
		if t.asked[id] || id == "" {
			continue
		}
		switch named := t.signIns[id]; {
		case s.SignIn != nil && s.SignIn.Line.Events > 1:
			refs = append(refs, store.Ref{Log: s.SignIn.Log, ID: s.SignIn.SignIn().ID, Near: s.Time})
		case s.SignIn == nil && !t.risky[id] && named != nil && mayFold(named):
			refs = append(refs, store.Ref{Log: named.Log, ID: named.SignIn().ID, Near: named.Key.Time()})
		default:
			continue
		}
		t.asked[id] = true
	}
	found := make([]store.Record, len(refs))
	var questions []func(context.Context) error
	for i, ref := range refs {
		questions = append(questions, func(ctx context.Context) (err error) {
			if found[i], err = t.r.Get(ctx, store.GetQuery{Ref: ref}); errors.Is(err, store.ErrNotFound) {
				return nil // the viewer sees an event alone
			}
			return err
		})
	}
	if err := Together(ctx, questions...); err != nil {
		return err
	}
	for i := range found {
		t.addEvents(&found[i])
	}
	return nil
}

// mayFold says that the event may be another than the last of its line.
func mayFold(row *TimelineRow) bool {
	info, _ := store.SignIns.Log(row.Log)
	return info.Folds && store.IsMFACode(row.SignIn().ErrorCode) && row.SignIn().Status() != store.StatusSuccess
}

// addEvents notes the events of a sign-in that has a line by itself.
func (t *riskTimeline) addEvents(record *store.Record) {
	if len(record.Events) < 2 {
		return
	}
	s, at := record.SignIn(), record.Key.Time()
	why := IsRisky(s)
	if why == "" || why == RiskyHidden || at.Before(t.q.Range.From) || !at.Before(t.q.Range.To) || store.FoldCase(s.UserID) != store.FoldCase(t.Known.ID) {
		return
	}
	own := store.FoldCase(s.ID)
	events := []string{own}
	for _, event := range record.Events {
		if id := store.FoldCase(event.Entry.Head().ID); id != own {
			events, t.part[id] = append(events, id), own
		}
	}
	t.events[own] = events
}

// findRisky finds out which sign-ins of some request IDs are in the lists of risky sign-ins. A line of the interactive log is there as
// its last event alone.
func (t *riskTimeline) findRisky(ctx context.Context, ids []string) error {
	if t.Of == store.StateRiskyPrincipal {
		return nil
	}
	of := map[store.Log][]string{}
	within := map[store.Log]store.Range{}
	for _, id := range ids {
		s := t.signIns[id]
		if s == nil || IsRisky(s.SignIn()) == "" {
			continue
		}
		at := s.Key.Time()
		if at.Before(t.q.Range.From) || !at.Before(t.q.Range.To) {
			continue
		}
		in, seen := within[s.Log]
		if !seen || at.Before(in.From) {
			in.From = at
		}
		if end := at.Add(time.Microsecond); !seen || end.After(in.To) {
			in.To = end
		}
		within[s.Log], of[s.Log] = in, append(of[s.Log], id)
	}
	for log, ids := range of {
		if info, _ := store.SignIns.Log(log); !info.User {
			continue
		}
		err := Together(ctx, func(ctx context.Context) error {
			rows, _, err := everyRow(ctx, t.r, store.ListQuery{Log: log, Range: within[log], Filter: ObjectFilter(store.ObjectUser, t.Known.ID).WithAny(store.RequestField, slices.Clone(ids))})
			for _, row := range rows {
				id := store.FoldCase(row.Entry.Head().ID)
				if why := IsRisky(row.SignIn()); slices.Contains(ids, id) && why != "" && why != RiskyHidden {
					t.risky[id] = true
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// under gives the newest detections of the range that name some sign-ins, and how many more there are.
func (t *riskTimeline) under(ctx context.Context, ids []string) (map[string]RiskSignal, error) {
	under := map[string]RiskSignal{}
	if len(ids) == 0 {
		return under, nil
	}
	list := t.detectionsQuery(t.q.Range)
	list.Filter, list.Limit = list.Filter.WithAny(risk.SignInField, slices.Clone(ids)), signalsTogether
	page, isHere := t.detectionsAtHand(ids)
	if !isHere {
		var err error
		if page, err = t.askPage(ctx, list); err != nil {
			return nil, err
		}
	}
	if page.Next == nil {
		for _, row := range page.Rows {
			s := under[requestNamedBy(row)]
			if len(s.Detections) < DetectionsUnder {
				s.Detections = append(s.Detections, row)
			} else {
				s.More++
			}
			under[requestNamedBy(row)] = s
		}
		return under, nil
	}
	for _, id := range ids { // a sign-in with very many must not hide those of the others
		if _, has := under[id]; has {
			continue
		}
		list.Filter, list.Limit = list.Filter.WithAny(risk.SignInField, []string{id}), DetectionsUnder
		page, err := t.askPage(ctx, list)
		if err != nil {
			return nil, err
		}
		s := RiskSignal{Detections: page.Rows}
		if page.Next != nil {
			total, err := t.r.Total(ctx, list)
			if err != nil {
				return nil, err
			}
			s.More = total.N - int64(len(page.Rows))
		}
		under[id] = s
	}
	return under, nil
}

// detectionsAtHand gives those of the listed detections that name some sign-ins; isHere is false where more than those are in the range.
func (t *riskTimeline) detectionsAtHand(ids []string) (page store.Page, isHere bool) {
	if total := t.Detections.Total(); !total.Complete || total.N != int64(len(t.Detections.Rows)) {
		return page, false
	}
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	for _, row := range t.Detections.Rows {
		if wanted[requestNamedBy(row.Row)] {
			page.Rows = append(page.Rows, row.Row)
		}
	}
	return page, true
}

func (t *riskTimeline) askPage(ctx context.Context, list store.ListQuery) (page store.Page, err error) {
	err = Together(ctx, func(ctx context.Context) (err error) {
		page, err = t.r.Page(ctx, list)
		return err
	})
	return page, err
}
