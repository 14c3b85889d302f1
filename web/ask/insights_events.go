package ask

import (
	"cmp"
	"context"
	"time"

	"signpost/store"
	"signpost/store/audit"
)

// AuthenticationEvents is the part about single registrations and resets.
var AuthenticationEvents = &Insight{
	Name: authenticationName, Tab: "events", TabTitle: "Events", Title: authenticationTitle,
	Question: "Who registered a method or reset a password, with which method, and why it failed.",
	Needs:    "The audit log, or the report of credential usage (Graph's userCredentialUsageDetails).",
	Logs:     []store.Log{audit.Directory},
	Switches: []*Switch{SwitchFeature, SwitchOutcome, SwitchUsedMethod},
	Numbers:  []*Number{NumberEvents, NumberEventsDone, NumberEventsFailed},
	Telling:  NumberEvents,
	Summary:  summariseEvents,
	Lists: []*InsightList{{
		Title: "Registrations and resets", One: "event", Many: "events", Unsorted: true,
		Definition: "The events of the audit log and of the imported report in the range that the choices leave, the newest first. An event that both tell is there twice.",
		Columns:    []*Number{NumberEventUser, NumberEventTime, NumberFeature, NumberUsedMethod, NumberOutcome, NumberReason, NumberEventSource},
		Sort:       NumberEventUser, Ask: listEvents, Graph: graphEvent, Resource: "userCredentialUsageDetails",
	}},
}

// The choices, numbers and columns of the events.
var (
	SwitchFeature    = &Switch{Param: "feature", Label: "Feature", Options: []SwitchOption{{"all", "All"}, {"registration", "Registrations"}, {"reset", "Resets"}}}
	SwitchOutcome    = &Switch{Param: "outcome", Label: "Outcome", Options: []SwitchOption{{"any", "Any outcome"}, {"success", "Successful"}, {"failure", "Failed"}}}
	SwitchUsedMethod = &Switch{Param: "method", Label: "Method", Long: true, Open: true, Options: methodOptions(usedMethods)}

	NumberEvents       = &Number{Name: "events", Label: "Events", Unit: InCount, Definition: "Registrations and resets in the range that the choices leave: audit records of the activities User registered security info, User deleted security info, Reset password (self-service), Reset password (by admin) and Unlock user account (self-service), and the events of the report. Records name no method as the report does: a choice of one leaves them out."}
	NumberEventsDone   = &Number{Name: "succeeded", Label: "Successful", Unit: InCount, Definition: "Audit records with the status Success, and events with isSuccess."}
	NumberEventsFailed = &Number{Name: "failed", Label: "Failed", Unit: InCount, Definition: "Audit records with another status, and events that say that they did not succeed."}
	NumberEventUser    = &Number{Name: "user", Label: "User", Unit: InText}
	NumberEventTime    = &Number{Name: "time", Label: "Date", Unit: InTime, Definition: "When it happened, by the report."}
	NumberFeature      = &Number{Name: "feature", Label: "Feature", Unit: InText, Definition: "Registration or removal of a method, or reset of a password or unlocking of an account. The activity of an audit record stands below."}
	NumberUsedMethod   = &Number{Name: "method", Label: "Method used", Unit: InText, Definition: "By the report, or by the reason of an audit record. Audit records of resets name no method."}
	NumberOutcome      = &Number{Name: "outcome", Label: "Status", Unit: InText}
	NumberReason       = &Number{Name: "reason", Label: "Reason for failure", Unit: InText}
	NumberEventSource  = &Number{Name: "source", Label: "Source", Unit: InText}
)

// eventsQuery is what the choices ask of the report.
func eventsQuery(q *InsightQuery) store.CredentialUsesQuery {
	asked := store.CredentialUsesQuery{Range: q.Range, Feature: q.Chosen[SwitchFeature.Param], Method: q.Chosen[SwitchUsedMethod.Param], Limit: q.Limit}
	if outcome := q.Chosen[SwitchOutcome.Param]; outcome != "" {
		asked.Success = store.BoolOf(outcome == "success")
	}
	asked.Of = store.PeopleOfFilter(q.Filter)
	return asked
}

// summariseEvents counts the events, and those by method.
func summariseEvents(ctx context.Context, r Reader, q *InsightQuery) (*InsightSummary, error) {
	asked := eventsQuery(q)
	asked.Limit = 1
	page, err := r.CredentialUses(ctx, asked)
	if err != nil {
		return nil, err
	}
	s := &InsightSummary{Complete: true}
	var done, failed int64
	methods := map[string]int64{}
	for _, c := range page.Counts {
		switch c.Success {
		case store.True:
			done += c.N
		case store.False:
			failed += c.N
		}
		if c.Method != "" {
			methods[c.Method] += c.N
		}
	}
	records, successful, complete, err := countAuditEvents(ctx, r, q)
	if err != nil {
		return nil, err
	}
	s.Complete = complete
	s.Metrics = []Cell{CountCell(page.Total+records, nil), CountCell(done+successful, nil), CountCell(failed+records-successful, nil)}
	for _, method := range byCount(methods) {
		words, _ := methodWords(method)
		s.Bars = append(s.Bars, InsightBar{Label: words, N: methods[method]})
	}
	s.BarsTitle = "Events of the imported report by method. Audit records are not among them: no field of theirs names the method."
	told, err := r.StatesTold(ctx, nil)
	if err != nil {
		return nil, err
	}
	switch of := told[store.StateCredentialUse]; {
	case of.N == 0:
		s.Notes = []Note{{Text: "No event was imported. Import the answers of Graph's reports/userCredentialUsageDetails, page after page."}}
	default:
		s.Notes = []Note{{Text: "The oldest imported event is of", Time: of.FirstDate}, {Text: "The newest imported event is of", Time: of.LastDate}, {Text: "The last import was on", Time: of.LastSeen}}
	}
	return s, nil
}

// listEvents gives a page of the events.
func listEvents(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	limit := q.Limit
	if q.inFile {
		limit = min(limit, recordsOfFile)
	}
	asked := eventsQuery(q)
	asked.Limit = limit
	var from eventsPlace
	if q.After != nil {
		var err error
		if from, err = parseEventsPlace(q.After.Value); err != nil {
			return nil, store.BadParam{Param: "after", Problem: "does not lead to a page of this list. Start again from its first page."}
		}
	}
	asked.After = from.use
	of, asksAudit := auditEvents(q)
	of.After, of.Limit = from.audit, limit
	var list store.CredentialUsePage
	var records store.Page
	total := store.Total{Complete: true}
	err := Together(ctx,
		func(ctx context.Context) (err error) {
			list, err = r.CredentialUses(ctx, asked)
			return err
		},
		func(ctx context.Context) (err error) {
			if asksAudit {
				records, err = wholeRecords(ctx, r, of)
			}
			return err
		},
		func(ctx context.Context) (err error) {
			if asksAudit {
				total, err = r.Total(ctx, of)
			}
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	var uses []InsightRow
	var places []store.EntityPlace
	for i := range list.Rows {
		u := &list.Rows[i]
		outcome := map[store.Bool]string{store.True: "success", store.False: "failure"}[u.Success]
		uses = append(uses, InsightRow{
			ID: u.ID, Name: cmp.Or(u.Name, u.Username), Username: u.Username, Source: u,
			Cells: []Cell{timeCell(u.Time), wordedCell(u.Feature, featureWords), methodCell(u.Method), wordedCell(outcome, outcomeWords), textCell(u.Reason), textCell("Report")},
		})
		places = append(places, u.Place())
	}
	page := &InsightRows{Total: list.Total + total.N, Complete: total.Complete}
	var next *eventsPlace
	page.Rows, next = mergeEvents(from, limit, uses, places, records.Rows)
	if next == nil && len(page.Rows) > 0 && (list.Next != nil || records.Next != nil) {
		next = lastOf(from, uses, places, records.Rows)
	}
	if next != nil {
		page.Next = &store.TablePlace{Value: next.String()}
	}
	return page, nil
}

// lastOf is the place behind all that was read of both sources.
func lastOf(from eventsPlace, uses []InsightRow, places []store.EntityPlace, records []store.Row) *eventsPlace {
	if len(uses) > 0 {
		from.use = &places[len(places)-1]
	}
	if len(records) > 0 {
		from.audit = records[len(records)-1].Cursor()
	}
	return &from
}

// graphEvent is a row as Graph's userCredentialUsageDetails.
func graphEvent(_ *InsightList, row *InsightRow) any {
	u, ok := row.Source.(*store.CredentialUse)
	if !ok {
		return nil
	}
	type details struct {
		ID       string    `json:"id"`
		Feature  string    `json:"feature"`
		Username string    `json:"userPrincipalName"`
		Name     string    `json:"userDisplayName"`
		Success  *bool     `json:"isSuccess"`
		Method   string    `json:"authMethod"`
		Reason   string    `json:"failureReason"`
		Time     time.Time `json:"eventDateTime"`
	}
	d := details{ID: u.ID, Feature: u.Feature, Username: u.Username, Name: u.Name, Method: u.Method, Reason: u.Reason, Time: u.Time}
	if u.Success != store.Unset {
		is := u.Success == store.True
		d.Success = &is
	}
	return d
}
