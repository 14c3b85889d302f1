package ask

import (
	"context"
	"slices"
	"time"

	"signpost/store"
)

// edgeOfData follows the oldest record of a log. Nothing that is first seen in this time can be called new: it may be older than
// the records.
const edgeOfData = 24 * time.Hour

// NumberCreated and NumberFirstSeen date an application.
var (
	NumberCreated   = &Number{Name: "created", Label: "Created", Unit: InTime, Definition: "When it was created, as the imported directory has it."}
	NumberFirstSeen = &Number{Name: "firstseen", Label: "First seen in these logs", Unit: InTime, Definition: "The first stored user sign-in to it, for an application that no directory dates."}
)

// newest is an application with the time of its first day.
type newest struct {
	id, name string
	since    time.Time
	dated    bool // by the directory
}

// newestApplication is how the newest application is doing since its first day. Microsoft's do not count.
func newestApplication(ctx context.Context, r Reader, q *InsightQuery) (InsightCard, error) {
	card := InsightCard{
		Name: "newest", Title: "Newest application",
		Definition: "The last one that was created, as the imported directory tells. Where it dates none, the last one to appear in the user sign-in logs. None counts that was first seen within 24 hours of the oldest record of that log, none of Microsoft's and no relying party of AD FS. The numbers are of its interactive sign-ins since its first day.",
		None:       "No application is known to be new: each appears within 24 hours of the oldest record of its log.",
	}
	app, complete, err := findNewest(ctx, r, q)
	if err != nil {
		return card, err
	}
	card.StillReading = !complete
	oldest, _, err := r.Begins(ctx, userLogs, q.Now)
	if oldest.Before(q.Now) { // nothing is asked of a time before all records
		card.Logs, card.Range = userLogs, store.Range{From: oldest, To: q.Now}
	}
	if err != nil || app == nil {
		return card, err
	}
	dated := NumberFirstSeen
	if app.dated { // nothing from before matters
		dated = NumberCreated
		card.Logs, card.Range = []store.Log{store.Interactive}, store.Range{From: app.since, To: q.Now}
	}
	card.Lines = []CardLine{{ID: app.id, Label: app.name}, {Label: dated.Label, Number: dated, Cell: &Cell{Time: app.since}}}
	if !app.since.Before(q.Now) {
		card.Logs = nil
		return card, nil
	}
	since := store.ListQuery{Log: store.Interactive, Range: store.Range{From: app.since, To: q.Now}, Filter: withoutFederation(q.Filter)}
	list := *narrowed(since, store.AppField, app.id)
	asked := tableOf(since, store.AppField)
	asked.Distinct, asked.Only = []*store.Field{store.UserField}, []string{app.id}
	table, err := r.Table(ctx, asked)
	if err != nil {
		return card, err
	}
	card.StillReading = card.StillReading || !table.Complete
	row := store.TableRow{Distinct: []int64{0}}
	if len(table.Rows) > 0 {
		row = table.Rows[0]
	}
	cells := countCells(list, &row.Counts)
	for i, n := range []*Number{NumberSignIns, NumberFailed, NumberFailureRate, NumberUsers} {
		cell := []Cell{cells[0], cells[2], cells[4], CountCell(row.Distinct[0], nil)}[i]
		card.Lines = append(card.Lines, CardLine{Label: n.Label, Number: n, Cell: &cell})
	}
	return card, nil
}

// findNewest gives the newest application; nil where none is known to be new. complete says that every record counted. Nobody
// uses an application before it is created. So the search ends at the first one that was seen before the directory's newest was
// created.
func findNewest(ctx context.Context, r Reader, q *InsightQuery) (app *newest, complete bool, err error) {
	var best *newest
	var begins []time.Time
	err = Together(ctx,
		func(ctx context.Context) (err error) {
			best, err = newestCreated(ctx, r, q.Now)
			return err
		},
		func(ctx context.Context) (err error) {
			begins, err = r.beginnings(ctx, userLogs, q.Now)
			return err
		},
	)
	if err != nil {
		return nil, false, err
	}
	complete = true
	oldest := slices.MinFunc(begins, time.Time.Compare)
	seen := store.TableQuery{
		Logs: userLogs, Range: store.Range{From: store.AllTime().From, To: q.Now}, Filter: withoutFederation(withoutMicrosoft(store.Filter{})), By: store.AppField,
		Sort: store.ByFirst, Limit: 50,
	}
	for {
		table, err := r.Table(ctx, seen)
		if err != nil {
			return nil, false, err
		}
		complete = complete && table.Complete
		for i := range table.Rows {
			row := &table.Rows[i]
			if row.IsName { // no ID tells which application it is
				continue
			}
			if best != nil && !row.First.After(best.since) || row.First.Before(oldest.Add(edgeOfData)) {
				return best, complete, nil
			}
			atEdge, err := isAtEdge(ctx, r, &seen, row, begins)
			if err != nil {
				return nil, false, err
			}
			if atEdge {
				continue
			}
			objects, err := r.ObjectsOfApp(ctx, row.Value)
			if err != nil {
				return nil, false, err
			}
			if slices.ContainsFunc(objects, func(o store.Object) bool { return !o.Created.IsZero() }) {
				continue // the directory dates it, and did not have it as its newest
			}
			return &newest{id: row.Value, name: row.Label, since: row.First}, complete, nil
		}
		if table.Next == nil {
			return best, complete, nil
		}
		seen.After = table.Next
	}
}

// isAtEdge says that an application's first record is near the beginning of its log. begins are the beginnings of userLogs.
func isAtEdge(ctx context.Context, r Reader, seen *store.TableQuery, row *store.TableRow, begins []time.Time) (bool, error) {
	for i, log := range userLogs {
		if !row.First.Before(begins[i].Add(edgeOfData)) {
			continue
		}
		asked := store.TableQuery{Logs: []store.Log{log}, Range: seen.Range, Filter: seen.Filter, By: seen.By, Only: []string{row.Value}, Limit: 1}
		table, err := r.Table(ctx, asked)
		if err != nil {
			return false, err
		}
		if len(table.Rows) > 0 && table.Rows[0].First.Equal(row.First) {
			return true, nil
		}
	}
	return false, nil
}

// newestCreated is the application that the directory has as its newest, without Microsoft's.
func newestCreated(ctx context.Context, r Reader, now time.Time) (*newest, error) {
	created, err := r.NewestApp(ctx, now, microsoftTenants)
	if err != nil || created.ID == "" {
		return nil, err
	}
	return &newest{id: created.AppID, name: created.Name, since: created.Created, dated: true}, nil
}

// userLogs are the logs of users' sign-ins, workloadLogs those of programs.
var userLogs, workloadLogs = logsOf(true), logsOf(false)

func logsOf(user bool) (logs []store.Log) {
	for _, info := range store.SignIns.Logs {
		if info.User == user {
			logs = append(logs, info.Log)
		}
	}
	return logs
}

// Begins gives the time of the oldest record of some logs, and the time from which on each of them has records. Both are now where
// none has any. A log without records does not count.
func (r Reader) Begins(ctx context.Context, logs []store.Log, now time.Time) (oldest, allSince time.Time, err error) {
	begins, err := r.beginnings(ctx, logs, now)
	begins = slices.DeleteFunc(begins, func(t time.Time) bool { return !t.Before(now) })
	if len(begins) == 0 {
		return now, now, err
	}
	return slices.MinFunc(begins, time.Time.Compare), slices.MaxFunc(begins, time.Time.Compare), err
}

// beginnings are the times of the oldest record of each of some logs; now where it has none.
func (r Reader) beginnings(ctx context.Context, logs []store.Log, now time.Time) ([]time.Time, error) {
	begins := make([]time.Time, len(logs))
	var questions []func(context.Context) error
	for i, log := range logs {
		questions = append(questions, func(ctx context.Context) error {
			q := store.ListQuery{Log: log, Range: store.AllTime(), Limit: 1}
			q.Before = &store.Cursor{Key: store.KeyAt(q.Range.From).Prev(), Log: log}
			page, err := r.Page(ctx, q)
			if begins[i] = now; len(page.Rows) > 0 && page.Rows[0].Entry.Head().Time.Before(now) {
				begins[i] = page.Rows[0].Entry.Head().Time
			}
			return err
		})
	}
	return begins, Together(ctx, questions...)
}
