package ask

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/audit"
)

// The activities of the audit log that are registrations of methods, and resets. The record's reason names the method.
var (
	registrationActivities = []string{"User registered security info", "User deleted security info"}
	resetEventActivities   = []string{resetBySelf, resetByAdmin, unlockBySelf}
)

// auditEvents are the audit records that the choices ask for. ok is false where a method is chosen: no field of records holds it.
func auditEvents(q *InsightQuery) (list store.ListQuery, ok bool) {
	activities := slices.Concat(registrationActivities, resetEventActivities)
	switch q.Chosen[SwitchFeature.Param] {
	case "registration":
		activities = registrationActivities
	case "reset":
		activities = resetEventActivities
	}
	list = auditActivities(q, q.Range, activities...)
	switch q.Chosen[SwitchOutcome.Param] {
	case "success":
		list = auditDone(list)
	case "failure":
		list = auditNotDone(list)
	}
	list.Limit = q.Limit
	return list, q.Chosen[SwitchUsedMethod.Param] == ""
}

// eventsPlace is a place in the list of both sources: the last event before it of each.
type eventsPlace struct {
	audit *store.Cursor
	use   *store.EntityPlace
}

const eventsMark = "~"

func (p eventsPlace) String() string {
	var of, use string
	if p.audit != nil {
		of = p.audit.String()
	}
	if p.use != nil {
		use = p.use.String()
	}
	return of + eventsMark + use
}

func parseEventsPlace(text string) (p eventsPlace, err error) {
	of, use, found := strings.Cut(text, eventsMark)
	if !found {
		return p, store.ErrBadCursor
	}
	if of != "" {
		cursor, err := store.ParseCursor(of)
		if err != nil {
			return p, err
		}
		p.audit = &cursor
	}
	if use != "" {
		place, err := store.ParseEntityPlace(use)
		if err != nil {
			return p, err
		}
		p.use = &place
	}
	return p, nil
}

// wholeRecords is a page of a list with the targets of each record: the rows of a list have none.
func wholeRecords(ctx context.Context, r Reader, list store.ListQuery) (page store.Page, err error) {
	whole, err := r.Records(ctx, store.RecordsQuery{ListQuery: list, WithoutDocuments: true})
	for i := range whole.Records {
		page.Rows = append(page.Rows, store.Row{Key: whole.Records[i].Key, Entry: whole.Records[i].Entry})
	}
	page.Next, page.Complete = whole.Next, whole.Complete
	return page, err
}

// auditEventRow is an audit record as a row of the events.
func auditEventRow(r *audit.Record) InsightRow {
	head := r.Head()
	is := func(activities []string) bool {
		return slices.ContainsFunc(activities, func(a string) bool { return strings.HasPrefix(store.FoldCase(r.Activity), store.FoldCase(a)) })
	}
	feature, method, reason := "reset", "", ""
	if is(registrationActivities) {
		feature, method = "registration", methodOfReason(r.Reason)
	}
	outcome := "success"
	if audit.Kind.Status(r) != auditSuccess {
		outcome, reason = "failure", strings.TrimSpace(r.Reason)
	}
	row := InsightRow{ID: head.ID, Entry: r, Name: cmp.Or(r.User.Name, r.User.Username, r.User.ID), Username: r.User.Username}
	if is([]string{resetByAdmin}) { // of the person whose password it is
		row.Name, row.Username = r.TargetNames, ""
	}
	if r.User.Name == "" && r.User.Username == "" && row.Name == r.User.ID {
		row.Name = cmp.Or(r.TargetNames, row.Name) // some records name the person as the target alone
	}
	at := Cell{Time: head.Time, Record: store.Ref{Log: head.Log, ID: head.ID, Near: head.Time}}
	did := wordedCell(feature, featureWords)
	did.Note = audit.Activities.Words(r.Activity)
	row.Cells = []Cell{at, did, methodCell(method), wordedCell(outcome, outcomeWords), textCell(reason), textCell("Audit log")}
	// The file has the shape of Graph's userCredentialUsageDetails for both sources.
	row.Source = &store.CredentialUse{ID: head.ID, Time: head.Time, Feature: feature, Method: method, Success: store.BoolOf(outcome == "success"), Reason: reason, Username: row.Username, Name: row.Name}
	return row
}

// mergeEvents takes the newest events of both sources up to the limit, and gives the place behind them.
func mergeEvents(from eventsPlace, limit int, uses []InsightRow, usePlaces []store.EntityPlace, records []store.Row) (rows []InsightRow, next *eventsPlace) {
	place := from
	for len(rows) < limit && len(uses)+len(records) > 0 {
		takesRecord := len(uses) == 0
		if len(uses) > 0 && len(records) > 0 {
			takesRecord = !records[0].Entry.Head().Time.Before(uses[0].Cells[0].Time)
		}
		if !takesRecord {
			rows, place.use = append(rows, uses[0]), &usePlaces[0]
			uses, usePlaces = uses[1:], usePlaces[1:]
			continue
		}
		if r, ok := records[0].Entry.(*audit.Record); ok {
			rows = append(rows, auditEventRow(r))
		}
		place.audit, records = records[0].Cursor(), records[1:]
	}
	if len(uses)+len(records) > 0 {
		return rows, &place
	}
	return rows, nil
}

// countAuditEvents counts the audit records of the choices: all, and the successful ones.
func countAuditEvents(ctx context.Context, r Reader, q *InsightQuery) (all, done int64, complete bool, err error) {
	list, ok := auditEvents(q)
	if !ok {
		return 0, 0, true, nil
	}
	var of, successful store.Total
	err = Together(ctx,
		func(ctx context.Context) (err error) {
			of, err = r.Total(ctx, list)
			return err
		},
		func(ctx context.Context) (err error) {
			successful, err = r.Total(ctx, auditDone(list))
			return err
		},
	)
	return of.N, successful.N, of.Complete && successful.Complete, err
}
