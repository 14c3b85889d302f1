package ask

import (
	"context"
	"time"

	"signpost/store"
	"signpost/store/activity"
	"signpost/store/audit"
)

// findMoment finds the first risky moment. The last time at risk begins with a change of the state, and what it is about came before.
// Without a state it is the oldest detection or risky sign-in of the range.
func (a *KnownRisk) findMoment(ctx context.Context, r Reader, q RiskyObject) error {
	if !q.Moment.IsZero() {
		a.Moment, a.MomentIs = q.Moment, MomentChosen
		return nil
	}
	in, opened := q.Range, a.lastOpened()
	if !opened.IsZero() {
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
		of := " of the range"
		if !opened.IsZero() {
			of = " of the latest time at risk"
		}
		if a.Moment, a.MomentIs = at, MomentSignIn+of; i == 0 {
			a.MomentIs = MomentDetection + of
		}
	}
	return nil
}

// lastOpened is when the last time at risk began; zero where no history tells.
func (a *KnownRisk) lastOpened() (opened time.Time) {
	if a.State == nil {
		return opened
	}
	for _, turn := range a.State.Turns() {
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
	if name := a.Known.Username(); name != "" || a.State == nil {
		return name
	}
	return a.State.Names.Username
}
