package ask

import (
	"context"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/audit"
)

// The activities of the audit log that the report counts.
const (
	changeBySelf = "Change password (self-service)"
	resetByAdmin = "Reset password (by admin)"
	resetBySelf  = "Reset password (self-service)"
	unlockBySelf = "Unlock user account (self-service)"
)

var resetActivities = []string{changeBySelf, resetByAdmin, resetBySelf, unlockBySelf}

// The columns of the resets and of the days.
var (
	NumberActivity       = &Number{Name: "name", Label: "Activity", Unit: InText}
	NumberDone           = &Number{Name: "done", Label: "Successful", Unit: InCount, Definition: "Audit records of the activity with the status Success. A filter by group or department is about who acted."}
	NumberNotDone        = &Number{Name: "notdone", Label: "Not successful", Unit: InCount, Definition: "Audit records of the activity with another status than Success, or none."}
	NumberTrendOfRecords = &Number{Name: "trend", Label: "Trend", Unit: InTrend, Unsorted: true, Definition: "Records over the range, whatever their status: each bar is relative to the highest of its row."}
	NumberFirstRecord    = &Number{Name: "first", Label: "First", Unit: InTime, Definition: "The first of the activity's records in the range."}
	NumberLastRecord     = &Number{Name: "last", Label: "Last", Unit: InTime, Definition: "The last of the activity's records in the range."}

	NumberDay          = &Number{Name: "day", Label: "Day", Unit: InText}
	NumberSingleFactor = &Number{Name: "single", Label: "Single-factor", Unit: InCount, Definition: "Successful interactive sign-ins without the requirement multifactor authentication."}
	NumberMultifactor  = &Number{Name: "multi", Label: "Multifactor", Unit: InCount, Definition: "Successful interactive sign-ins with the requirement multifactor authentication."}
)

// auditSuccess is the status of an audit record of what was done.
var auditSuccess = store.StatusNamed(audit.Kind.Statuses, "success")

// auditFilter gives a report's filter as one of the audit log: by groups and departments of those who acted.
func auditFilter(f store.Filter) (of store.Filter) {
	for _, c := range f.Conditions() {
		if field, ok := audit.Kind.Field(c.Field.Name); ok {
			for _, value := range c.Values {
				of = of.With(field, c.Op, value)
			}
		}
	}
	return of
}

// auditActivities are the audit records of some activities. Some records have more behind an activity's name.
func auditActivities(q *InsightQuery, in store.Range, activities ...string) store.ListQuery {
	list := store.ListQuery{Log: audit.Directory, Range: in, Filter: auditFilter(q.Filter)}
	for _, activity := range activities {
		list.Filter = list.Filter.With(audit.ActivityField, store.OpStarts, activity)
	}
	return list
}

// auditDone narrows a list to the records of what was done, auditNotDone to the others.
func auditDone(list store.ListQuery) store.ListQuery {
	return *narrowed(list, audit.StatusField, audit.Kind.StatusInfo(auditSuccess).Name)
}

func auditNotDone(list store.ListQuery) store.ListQuery {
	list.Filter = list.Filter.With(audit.StatusField, store.OpIsNot, audit.Kind.StatusInfo(auditSuccess).Name)
	return list
}

// resetCounts are the records of one activity.
type resetCounts struct {
	store.Counts
	buckets []int64
}

// resetsByActivity counts the audit records of each activity.
func resetsByActivity(ctx context.Context, r Reader, q *InsightQuery, in store.Range, edges []time.Time) (map[string]*resetCounts, bool, error) {
	asked := tableOf(auditActivities(q, in, resetActivities...), audit.ActivityField)
	asked.Edges = edges
	rows, complete, err := allRows(ctx, r, asked)
	found := map[string]*resetCounts{}
	for i := range rows {
		row := &rows[i]
		for _, activity := range resetActivities {
			if !strings.HasPrefix(store.FoldCase(row.Value), store.FoldCase(activity)) {
				continue
			}
			sum := found[activity]
			if sum == nil {
				sum = &resetCounts{buckets: make([]int64, len(row.Buckets))}
				sum.First, sum.Last = row.First, row.Last
				found[activity] = sum
			}
			for status, n := range row.ByStatus {
				sum.ByStatus[status] += n
			}
			for b, n := range row.Buckets {
				sum.buckets[b] += n
			}
			if row.First.Before(sum.First) {
				sum.First = row.First
			}
			if row.Last.After(sum.Last) {
				sum.Last = row.Last
			}
		}
	}
	return found, complete, err
}

// listResets gives the activities.
func listResets(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	return heldCompared(ctx, q, func(ctx context.Context, in store.Range) (rows []InsightRow, complete bool, err error) {
		counts, complete, err := resetsByActivity(ctx, r, q, in, trendEdges(in, q.Location))
		for _, activity := range resetActivities {
			c := counts[activity]
			if c == nil {
				continue
			}
			list := auditActivities(q, in, activity)
			done, notDone := auditDone(list), auditNotDone(list)
			rows = append(rows, InsightRow{ID: activity, Name: audit.Activities.Words(activity), Cells: []Cell{
				CountCell(c.ByStatus[auditSuccess], &done), CountCell(c.Total()-c.ByStatus[auditSuccess], &notDone),
				{Buckets: c.buckets},
				{Time: c.First},
				{Time: c.Last},
			}})
		}
		return rows, complete, err
	}, []Cell{{}, {}, {Unknown: true}, {Unknown: true}, {Unknown: true}})
}

// listUsageDays gives the days of the range.
func listUsageDays(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	done := *ofStatus(usageSignIns(q, store.Interactive, q.Range), store.StatusSuccess)
	width := 24 * time.Hour
	if q.Range.To.Sub(q.Range.From)/width >= store.MaxBuckets/2 {
		width = store.BucketWidth(q.Range)
	}
	edges := store.BucketEdges(q.Range, width, q.Location)
	var all, multi store.Histogram
	histogram := func(into *store.Histogram, list store.ListQuery) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			*into, err = r.Histogram(ctx, store.HistogramQuery{ListQuery: list, Edges: edges})
			return err
		}
	}
	if err := Together(ctx, histogram(&all, done), histogram(&multi, withMFA(done))); err != nil {
		return nil, err
	}
	var rows []InsightRow
	for i := range all.Buckets {
		b := &all.Buckets[i]
		day := done
		day.Range = store.Range{From: b.From, To: b.To}
		strong := withMFA(day)
		n, of := multi.Buckets[i].Total(), b.Total()
		rows = append(rows, InsightRow{ID: b.From.UTC().Format(time.RFC3339), Name: b.From.In(q.Location).Format(time.DateOnly), Cells: []Cell{
			CountCell(of, &day), CountCell(of-n, nil), CountCell(n, &strong), {N: n, Of: of},
		}})
	}
	page := heldRows(q, rows)
	page.Complete = all.Complete && multi.Complete
	return page, nil
}

// graphUsageDay is a row as Graph's userMfaSignInSummary.
func graphUsageDay(list *InsightList, row *InsightRow) any {
	return struct {
		ID     string `json:"id"`
		Day    string `json:"createdDateTime"`
		All    int64  `json:"totalSignIns"`
		Single int64  `json:"singleFactorSignIns"`
		Multi  int64  `json:"multiFactorSignIns"`
	}{row.Name, row.ID, list.Cell(row.Cells, NumberSucceeded).N, list.Cell(row.Cells, NumberSingleFactor).N, list.Cell(row.Cells, NumberMultifactor).N}
}
