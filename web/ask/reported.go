package ask

import (
	"context"
	"math"

	"signpost/auth"
	"signpost/store"
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

// Report gives one report of some people. It gives store.ErrNotFound where they have none with the ID.
func Report(ctx context.Context, reports Reports, of auth.ReportsOf, id int64) (auth.SignInAnswer, error) {
	if id < 1 || id == math.MaxInt64 {
		return auth.SignInAnswer{}, store.ErrNotFound
	}
	page, err := reports.Reports(ctx, auth.ReportQuery{Of: of, Older: id + 1, Limit: 1})
	if err == nil && (len(page.Reports) == 0 || page.Reports[0].ID != id) {
		err = store.ErrNotFound
	}
	if err != nil {
		return auth.SignInAnswer{}, err
	}
	return page.Reports[0], nil
}

// reportsPerPage is the number of reports on a page: each is read, not skimmed.
const reportsPerPage = 20
