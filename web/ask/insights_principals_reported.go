package ask

import (
	"context"
	"time"

	"signpost/store"
)

// Graph's report of service principal sign-in activity tells the last use of each application in each context, as the logs do. It
// reaches back further than most stored logs, and is as old as its export.

// Why a time of the report is another than that of the logs.
const (
	olderThanLogs = "older than these logs"
	logsAreNewer  = "these logs have a later one"
	notInLogs     = "not in these logs"
	behindRange   = "after the range"
)

// reportedUses are the uses that the report tells: the last, and those of the four contexts.
func reportedUses(a *store.PrincipalActivity) [5]store.LastUse {
	if a == nil {
		return [5]store.LastUse{}
	}
	last := a.Last
	if last.Time.IsZero() {
		last.Time = a.StateDate()
	}
	return [5]store.LastUse{last, a.DelegatedClient, a.DelegatedResource, a.AppClient, a.AppResource}
}

// addReported adds what the report tells. It tells nothing of the members of a group, so a filter leaves it aside.
func addReported(ctx context.Context, r Reader, q *InsightQuery, byID map[string]*principal) (added []*principal, err error) {
	if len(q.Filter.Conditions()) > 0 {
		return nil, nil
	}
	told, err := r.PrincipalActivities(ctx, nil, nil)
	if err != nil {
		return nil, err
	}
	var ids []string
	for i := range told {
		a := &told[i]
		if !a.Gone.IsZero() {
			continue
		}
		p := byID[store.FoldCase(a.AppID)]
		if p == nil {
			p = &principal{id: a.AppID}
			byID[a.AppID] = p
			added, ids = append(added, p), append(ids, a.AppID)
		}
		p.reported = a
	}
	if len(ids) == 0 {
		return added, nil
	}
	known, err := NamesOfApps(ctx, r, ids)
	for _, p := range added {
		p.name = known[p.id]
		p.strange = p.name == ""
	}
	return added, err
}

// lastKnown is the last use up to a time that a record or the report tells; zero for none.
func (p *principal) lastKnown(to time.Time) time.Time {
	if of := reportedUses(p.reported)[0].Time; of.Before(to) {
		return later(p.last.last, of)
	}
	return p.last.last
}

// withReported adds the report's time to the cell of the logs, and says why the two differ. begin is when the first of
// the logs begins; zero for logs without records.
func withReported(cell Cell, of store.LastUse, begin, to time.Time) Cell {
	cell.Reported = of.Time
	switch at := of.Time; {
	case at.IsZero():
	case !cell.Unknown && at.Truncate(time.Second).Equal(cell.Time.Truncate(time.Second)):
	case !cell.Unknown && at.Before(cell.Time):
		cell.Differs = logsAreNewer
	case !at.Before(to):
		cell.Differs = behindRange
	case at.Before(begin):
		cell.Differs = olderThanLogs
	default:
		cell.Differs = notInLogs
	}
	return cell
}

// principalNotes say of which report the times are, and what it lost.
func principalNotes(ctx context.Context, r Reader, q *InsightQuery) ([]Note, error) {
	states, err := r.StatesTold(ctx, nil)
	if err != nil {
		return nil, err
	}
	told := states[store.StatePrincipalActivity]
	switch {
	case told.N+told.Gone == 0:
		return []Note{{Text: "Graph's report of service principal sign-in activity was not imported. It tells uses from before these logs: import the answers of reports/servicePrincipalSignInActivities."}}, nil
	case len(q.Filter.Conditions()) > 0:
		return []Note{{Text: "Graph's report of service principal sign-in activity tells nothing of members: with this filter it is left aside."}}, nil
	}
	date := told.Whole
	if date.IsZero() {
		date = told.LastDate
	}
	notes := []Note{{Text: "Below each time stands that of Graph's report of", Time: date}, {Text: "The report was imported last on", Time: told.LastSeen}}
	if date.IsZero() {
		notes = notes[1:]
	}
	notes = append(notes, partNotes(told)...)
	if told.Gone > 0 {
		notes = append(notes, goneNote(told.Gone, "application", "applications", "/insights/principals?list="+goneName))
	}
	return notes, nil
}

// gonePrincipals are applications that the report no longer has.
var gonePrincipals = &InsightList{
	Name: goneName, Title: goneTitle, One: "application", Many: "applications", Undated: true,
	Definition: goneDefinition("Applications") + " Those with stored records stay in the first list.",
	Columns:    []*Number{NumberApplication, NumberReportedUse, NumberGone},
	Sort:       NumberGone, Ask: listGonePrincipals,
}

// NumberReportedUse is the last use by the report.
var NumberReportedUse = &Number{Name: "reporteduse", Label: "Last use by the report", Unit: InTime, Definition: "lastSignInActivity of Graph's report of service principal sign-in activity."}

func listGonePrincipals(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	told, err := r.PrincipalActivities(ctx, nil, nil)
	if err != nil {
		return nil, err
	}
	var rows []InsightRow
	var ids []string
	for i := range told {
		if a := &told[i]; !a.Gone.IsZero() {
			rows, ids = append(rows, InsightRow{ID: a.AppID, Cells: []Cell{timeCell(reportedUses(a)[0].Time), timeCell(a.Gone)}}), append(ids, a.AppID)
		}
	}
	names, err := NamesOfApps(ctx, r, ids)
	for i := range rows {
		rows[i].Name = names[store.FoldCase(rows[i].ID)]
	}
	return heldRows(q, rows), err
}

// reportedCard is what the report tells of one application.
func reportedCard(ctx context.Context, r Reader, appID string) (InsightCard, error) {
	card := InsightCard{
		Name: "reported", Title: "Last use by Graph's report", None: "The imported report of service principal sign-in activity does not have this application, or none was imported.",
		Definition: "From Graph's servicePrincipalSignInActivity. It reaches back further than stored logs may, and is as old as its import. Service principal activity compares it with these logs.",
	}
	a, err := reportedOf(ctx, r, appID)
	if err != nil || a == nil {
		return card, err
	}
	for i, of := range reportedUses(a) {
		label, number := "Any use", NumberLastUse
		if i > 0 {
			label, number = contextNumbers[i-1].Label, contextNumbers[i-1]
		}
		cell := timeCell(of.Time)
		card.Lines = append(card.Lines, CardLine{Label: label, Number: number, Cell: &cell})
	}
	card.Lines = append(card.Lines, CardLine{Label: "Last import", Number: numberImported, Cell: &Cell{Time: a.AsOf}})
	if !a.Gone.IsZero() {
		card.Lines = append(card.Lines, CardLine{Label: NumberGone.Label, Number: NumberGone, Cell: &Cell{Time: a.Gone}})
	}
	return card, nil
}
