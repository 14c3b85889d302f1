package ask

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"signpost/store"
	"signpost/store/activity"
	"signpost/store/audit"
	"signpost/store/provisioning"
	"signpost/store/risk"
)

// Timeline asks for what a user did and what was done to the user, over all logs that the viewer may read.
type Timeline struct {
	UserID string
	// Username finds the records of activity that name the user by it alone; empty where it is not known.
	Username string
	Range    store.Range
	// Logs narrows the timeline to some logs; nil asks for all.
	Logs []store.Log
	// After are the places in the logs that the page before has shown; nil for the first page.
	After []store.Cursor
	Limit int
}

// UserTimeline is one page of a timeline.
type UserTimeline struct {
	Rows []TimelineRow
	// Next are the places that the next page goes on after; nil where there is no more.
	Next []store.Cursor
	Logs []TimelineLog
	// AppNames are those of applications that the rows have by their ID alone.
	AppNames AppNames
}

// TimelineRow is a record with its log. ToUser says that somebody else did it to the user.
type TimelineRow struct {
	store.Row
	Log    store.Log
	ToUser bool
}

// TimelineLog counts the records of a log in the range.
type TimelineLog struct {
	Log     store.Log
	Total   store.Total
	Trouble Trouble
}

// timelineTimeout bounds the question to one log.
const timelineTimeout = 5 * time.Second

// lane is the records of a log in one role of the user.
type lane struct {
	query  store.ListQuery
	toUser bool

	rows     []store.Row
	total    store.Total
	trouble  Trouble
	withheld bool
}

// lanes gives the questions about the user, in the order of the logs.
func (q Timeline) lanes() (lanes []*lane) {
	add := func(log store.Log, toUser bool, f store.Filter) {
		lanes = append(lanes, &lane{toUser: toUser, query: store.ListQuery{Log: log, Range: q.Range, Filter: f, AllEvents: true}})
	}
	is := func(f *store.Field) store.Filter { return store.Filter{}.With(f, store.OpIs, q.UserID) }
	for _, info := range store.SignIns.Logs {
		if info.User {
			add(info.Log, false, is(store.UserField))
		}
	}
	add(audit.Directory, false, is(audit.UserField))
	add(audit.Directory, true, is(audit.TargetField).With(audit.UserField, store.OpIsNot, q.UserID))
	acted := is(activity.UserField)
	if q.Username != "" {
		acted = acted.With(activity.UserField, store.OpIs, q.Username) // SharePoint names its users by nothing else
	}
	add(activity.Log, false, acted)
	add(provisioning.Log, true, is(provisioning.IdentityField))
	add(risk.Users, true, is(risk.UserField))
	return lanes
}

// TimelineLogs gives the logs of a timeline that a catalog has, in order.
func TimelineLogs(catalog store.Catalog) (logs []store.Log) {
	for _, l := range (Timeline{}).lanes() {
		if _, known := catalog.Log(l.query.Log); known && !slices.Contains(logs, l.query.Log) {
			logs = append(logs, l.query.Log)
		}
	}
	return logs
}

// Ask asks all logs at once.
func (q Timeline) Ask(ctx context.Context, r Reader) (*UserTimeline, error) {
	known := TimelineLogs(r.Catalog())
	return q.merge(ctx, r, slices.DeleteFunc(q.lanes(), func(l *lane) bool { return !slices.Contains(known, l.query.Log) }))
}

// merge gives one page of the records of some lanes, the newest first.
func (q Timeline) merge(ctx context.Context, r Reader, lanes []*lane) (*UserTimeline, error) {
	var questions []func(context.Context) error
	for _, l := range lanes {
		questions = append(questions, func(ctx context.Context) error { return q.ask(ctx, r, l) })
	}
	if err := Together(ctx, questions...); err != nil {
		return nil, err
	}
	lanes = slices.DeleteFunc(lanes, func(l *lane) bool { return l.withheld })
	answer := &UserTimeline{}
	for _, l := range lanes {
		if n := len(answer.Logs); n > 0 && answer.Logs[n-1].Log == l.query.Log {
			of := &answer.Logs[n-1]
			of.Total.N, of.Total.Complete, of.Trouble = of.Total.N+l.total.N, of.Total.Complete && l.total.Complete, cmp.Or(of.Trouble, l.trouble)
		} else {
			answer.Logs = append(answer.Logs, TimelineLog{l.query.Log, l.total, l.trouble})
		}
		for _, row := range l.rows {
			answer.Rows = append(answer.Rows, TimelineRow{row, l.query.Log, l.toUser})
		}
	}
	slices.SortStableFunc(answer.Rows, func(a, b TimelineRow) int { return a.cursor().Compare(b.cursor()) })
	if len(answer.Rows) > q.Limit {
		answer.Rows = answer.Rows[:q.Limit]
		answer.Next = q.next(answer.Rows)
	}
	entries := make([]store.Entry, len(answer.Rows))
	for i := range answer.Rows {
		entries[i] = answer.Rows[i].Entry
	}
	var err error
	answer.AppNames, err = namesOfApps(ctx, r, entries)
	return answer, err
}

func (r TimelineRow) cursor() store.Cursor { return store.Cursor{Key: r.Key, Log: r.Log} }

// next gives the places after the last row of each log.
func (q Timeline) next(rows []TimelineRow) []store.Cursor {
	next := slices.Clone(q.After)
	for _, row := range rows {
		at := slices.IndexFunc(next, func(c store.Cursor) bool { return c.Log == row.Log })
		if at < 0 {
			next = append(next, row.cursor())
		} else {
			next[at] = row.cursor()
		}
	}
	return next
}

// ask asks for the rows of a lane that the page may need, and for their number.
func (q Timeline) ask(ctx context.Context, r Reader, l *lane) error {
	ctx, cancel := context.WithTimeout(ctx, timelineTimeout)
	defer cancel()
	var err error
	l.total, err = r.Total(ctx, l.query)
	if err == nil && (q.Logs == nil || slices.Contains(q.Logs, l.query.Log)) {
		list := l.query
		list.Limit = q.Limit + 1
		if at := slices.IndexFunc(q.After, func(c store.Cursor) bool { return c.Log == list.Log }); at >= 0 {
			list.After = &store.Cursor{Key: q.After[at].Key}
		}
		var page store.Page
		page, err = r.Page(ctx, list)
		l.rows = page.Rows
	}
	var withheld store.WithheldError
	if errors.As(err, &withheld) {
		l.withheld = true
		return nil
	}
	return r.Part(ctx, "the timeline of "+string(l.query.Log), err, &l.trouble)
}
