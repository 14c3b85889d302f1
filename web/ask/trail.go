package ask

import (
	"context"
	"errors"
	"slices"
	"time"

	"signpost/store"
	"signpost/store/activity"
	"signpost/store/audit"
)

// Trail holds the records of other logs that belong to a record, each part with the reason. Records of a kind that are only near
// in time are looked for where none of the kind shares an ID with it.
type Trail struct {
	Parts []TrailPart
	// AppNames are those of applications that the listed records have by their ID alone.
	AppNames AppNames

	near []TrailPart
}

// TrailPart holds the records of one log that are found for one reason: the newest of them, or the oldest, and their number.
type TrailPart struct {
	Reason string
	// Strength says how surely the records belong to it; empty where the reason says enough.
	Strength Strength
	// Oldest lists the oldest first, from the start of the range on, or behind After. More says that there are later ones.
	Oldest  bool
	After   *store.Cursor
	More    bool
	Query   store.ListQuery
	Rows    []store.Row
	Total   store.Total
	Trouble Trouble
	// withheld says that the viewer may not read the log: the page then says nothing of it.
	withheld bool
}

// trailRows is the number of records of a part that are listed.
const trailRows = 10

// AuditTrail gives the questions to the directory's audit log about a sign-in. Nothing is asked yet.
func AuditTrail(s *store.SignIn) *Trail {
	t := &Trail{}
	far, near := store.Around(s.Time, relatedFar), store.Around(s.Time, relatedNear)
	t.Parts = addPart(t.Parts, "Same session ID", audit.Directory, audit.SessionField, s.SessionID, far)
	t.Parts = addPart(t.Parts, "Same token", audit.Directory, audit.TokenField, s.UniqueTokenIdentifier, far)
	t.Parts = addPart(t.Parts, "Same correlation ID", audit.Directory, audit.CorrelationField, s.CorrelationID, far)
	if e, ok := ExplainedBy(s.ErrorCode.N); ok && s.ErrorCode.Set {
		t.Parts = append(t.Parts, e.part(e.Of(s), store.Range{From: s.Time.Add(-relatedFar), To: s.Time.Add(relatedNear)}))
	}
	info, _ := store.SignIns.Log(s.Log)
	actor, id := audit.UserField, s.UserID
	if !info.User {
		actor, id = audit.PrincipalField, s.ServicePrincipalID
	}
	t.near = addPart(t.near, "Changes by the same "+info.One+", within an hour", audit.Directory, actor, id, near)
	t.near = addPart(t.near, "Changes to the same "+info.One+", within an hour", audit.Directory, audit.TargetField, id, near)
	return t
}

// ExplainedTrail gives the questions to the audit log that explain an error code; nil where no audit record explains it.
func ExplainedTrail(code int64, in store.Range) *Trail {
	e, ok := ExplainedBy(code)
	if !ok {
		return nil
	}
	return &Trail{Parts: []TrailPart{e.part(e.Filter, in)}}
}

func (e Explaining) part(f store.Filter, in store.Range) TrailPart {
	return TrailPart{Reason: "Changes that can explain the error: " + e.About, Query: store.ListQuery{Log: audit.Directory, Range: in, Filter: f, Limit: trailRows}}
}

// actorWithin is the time before a change in which its actor's sign-in is looked for, where no ID identifies the sign-in.
const actorWithin = 24 * time.Hour

// SignInTrail gives the questions to the sign-in logs about an audit record: the sign-in of its actor's session, else the actor's
// sign-ins before the change.
func SignInTrail(r *audit.Record) *Trail {
	t := &Trail{}
	at := r.Head().Time
	far, before := store.Around(at, relatedFar), store.Range{From: at.Add(-actorWithin), To: at.Add(time.Microsecond)}
	for _, info := range store.SignIns.Logs {
		t.Parts = addPart(t.Parts, "Same token", info.Log, store.TokenField, r.TokenID, far)
		t.Parts = addPart(t.Parts, "Same session ID", info.Log, store.SessionField, r.SessionID, far)
		t.Parts = addPart(t.Parts, "Same correlation ID", info.Log, store.CorrelationField, r.CorrelationID, far)
		if info.User {
			t.near = addPart(t.near, "Sign-ins of the actor, within 24 hours before", info.Log, store.UserField, r.User.ID, before)
		} else {
			t.near = addPart(t.near, "Sign-ins of the actor, within 24 hours before", info.Log, store.ServicePrincipalField, r.App.PrincipalID, before)
		}
	}
	t.Parts = addPart(t.Parts, "The same change, as Microsoft 365 tells it", activity.Log, activity.CorrelationField, r.CorrelationID, far)
	return t
}

// kindWords are the words for objects of each kind.
var kindWords = map[store.ObjectKind]string{
	store.ObjectUser: "user", store.ObjectGroup: "group", store.ObjectApplication: "application", store.ObjectServicePrincipal: "service principal",
}

// Changes gives the questions to the directory's audit log about an object: changes to it, and by it. A group changes nothing. Its
// provisioning and its risk detections come last.
func Changes(kind store.ObjectKind, ids []string, in store.Range) *Trail {
	t := &Trail{}
	t.Parts = addPart(t.Parts, "Changes to this "+kindWords[kind], audit.Directory, audit.TargetField, "", in, ids...)
	switch kind {
	case store.ObjectUser:
		t.Parts = addPart(t.Parts, "Changes by this user", audit.Directory, audit.UserField, "", in, ids...)
	case store.ObjectApplication, store.ObjectServicePrincipal:
		t.Parts = addPart(t.Parts, "Changes by this "+kindWords[kind], audit.Directory, audit.ActorField, "", in, ids...)
	}
	t.Parts = append(t.Parts, ProvisioningOf(kind, ids, in)...)
	t.Parts = append(t.Parts, RiskOf(kind, ids, in)...)
	return t
}

// addPart adds a question about the values of a field. It adds none where there is no value, or no record of the log has the
// field.
func addPart(list []TrailPart, reason string, log store.Log, f *store.Field, value string, in store.Range, more ...string) []TrailPart {
	info, _ := f.Kind().Log(log)
	var filter store.Filter
	for _, value := range append([]string{value}, more...) {
		if value != "" {
			filter = filter.With(f, store.OpIs, value)
		}
	}
	if filter.IsEmpty() || !f.AppliesTo(info) {
		return list
	}
	return append(list, TrailPart{Reason: reason, Query: store.ListQuery{Log: log, Range: in, Filter: filter, Limit: trailRows}})
}

// Ask looks for the records. It leaves out parts without any, unless they could not be looked up.
func (t *Trail) Ask(ctx context.Context, r Reader) error {
	if err := t.askParts(ctx, r); err != nil {
		return err
	}
	var entries []store.Entry
	for i := range t.Parts {
		for _, row := range t.Parts[i].Rows {
			entries = append(entries, row.Entry)
		}
	}
	var err error
	t.AppNames, err = namesOfApps(ctx, r, entries)
	return err
}

func (t *Trail) askParts(ctx context.Context, r Reader) error {
	found, err := askParts(ctx, r, t.Parts)
	t.Parts = found
	if err != nil || len(t.near) == 0 || slices.ContainsFunc(found, func(p TrailPart) bool { return p.isOfSignIns() == t.near[0].isOfSignIns() }) {
		return err
	}
	near, err := askParts(ctx, r, t.near)
	t.Parts, t.near = append(t.Parts, near...), nil
	return err
}

func (p *TrailPart) isOfSignIns() bool {
	_, is := store.SignIns.Log(p.Query.Log)
	return is
}

// askParts gives the parts that have records, and those that could not be looked up.
func askParts(ctx context.Context, r Reader, parts []TrailPart) (found []TrailPart, err error) {
	var questions []func(context.Context) error
	for i := range parts {
		questions = append(questions, func(ctx context.Context) error { return parts[i].ask(ctx, r) })
	}
	err = Together(ctx, questions...)
	for _, part := range parts {
		if !part.withheld && (len(part.Rows) > 0 || part.Trouble != NoTrouble) {
			found = append(found, part)
		}
	}
	return found, err
}

func (p *TrailPart) ask(ctx context.Context, r Reader) error {
	ctx, cancel := context.WithTimeout(ctx, relatedTimeout)
	defer cancel()
	list := p.Query
	if p.Oldest {
		list.Before = &store.Cursor{Key: store.KeyAt(list.Range.From).Prev(), Log: list.Log} // the rows next to the start of the range
		if p.After != nil {
			list.Before = &store.Cursor{Key: p.After.Key, Log: list.Log}
		}
		list.Limit++
	}
	page, err := r.Page(ctx, list)
	if p.Oldest {
		slices.Reverse(page.Rows)
		p.More = len(page.Rows) > p.Query.Limit
		page.Rows = page.Rows[:min(len(page.Rows), p.Query.Limit)]
	}
	if err == nil && len(page.Rows) > 0 {
		p.Rows = page.Rows
		p.Total, err = r.Total(ctx, p.Query)
	}
	var withheld store.WithheldError
	if errors.As(err, &withheld) {
		p.withheld = true
		return nil
	}
	return r.Part(ctx, p.Reason, err, &p.Trouble)
}
