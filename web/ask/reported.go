package ask

import (
	"context"

	"signpost/auth"
)

// Reports is the queue of sign-ins that people reported as not theirs.
type Reports interface {
	Reports(ctx context.Context, q auth.ReportQuery) (auth.ReportPage, error)
}

// Reported is one page of the queue, with the number of reports in each state and in all.
type Reported struct {
	auth.ReportPage
	States []StateCount
	All    int64
}

// StateCount is the number of reports in a state.
type StateCount struct {
	State auth.ReportState
	N     int64
}

// ReportedIn asks for a page of the queue. Its limit is chosen here.
func ReportedIn(ctx context.Context, reports Reports, q auth.ReportQuery) (Reported, error) {
	q.Limit = reportsPerPage
	page, err := reports.Reports(ctx, q)
	answer := Reported{ReportPage: page}
	for _, state := range auth.ReportStates() {
		n := int64(page.Counts[state])
		answer.States, answer.All = append(answer.States, StateCount{state, n}), answer.All+n
	}
	return answer, err
}

// reportsPerPage is the number of reports on a page: each is read, not skimmed.
const reportsPerPage = 20
