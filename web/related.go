package web

import (
	"context"
	"errors"
	"time"

	"signpost/store"
	"signpost/views"
)

// relatedTimeout is how long one of the numbers on a sign-in's page may take: the page does not wait for them longer.
const relatedTimeout = time.Second

// fillRelated asks how many other sign-ins have something in common with one, and for a failure the last that worked. What
// takes too long or goes wrong is said in its place. A page with all sections does not wait for it: it asks when it is there.
func (s *Server) fillRelated(ctx context.Context, reader snapshot, page *views.DetailsPage) error {
	signIn := page.Record.SignIn()
	page.Relations = views.Relations(signIn)
	working, failure := views.WorkingQuery(signIn)
	if failure {
		page.Comparison = &views.Comparison{}
	}
	if page.RelatedLater = page.Tab != views.TabRelated; page.RelatedLater {
		return nil
	}
	var questions []func(context.Context) error
	for _, relation := range page.Relations {
		for i := range relation.Logs {
			questions = append(questions, func(ctx context.Context) error {
				return s.countRelated(ctx, reader, relation, &relation.Logs[i])
			})
		}
	}
	if failure {
		questions = append(questions, func(ctx context.Context) error {
			return s.fillComparison(ctx, reader, working, page)
		})
	}
	return ask(ctx, questions...)
}

func (s *Server) countRelated(ctx context.Context, reader snapshot, relation views.Relation, in *views.RelationLog) error {
	ctx, cancel := context.WithTimeout(ctx, relatedTimeout)
	defer cancel()
	q := relation.Query()
	total, err := reader.Total(ctx, store.ListQuery{Log: in.Log, Range: q.Range, Filter: q.Filter})
	in.N, in.Counted = total.N, err == nil
	return s.besides(ctx, relation.Label, err, &in.Trouble, "too slow to count", "could not be counted")
}

func (s *Server) fillComparison(ctx context.Context, reader snapshot, q store.ListQuery, page *views.DetailsPage) error {
	ctx, cancel := context.WithTimeout(ctx, relatedTimeout)
	defer cancel()
	working, err := s.lastWorking(ctx, reader, q)
	if working != nil {
		page.Comparison.Working = working.SignIn()
	}
	return s.besides(ctx, "comparison", err, &page.Comparison.Trouble,
		"Looking for the last success took too long.", "The last success could not be looked up. Reload the page to try again.")
}

// lastWorking gives the newest sign-in that the question finds, whole; nil where there is none.
func (s *Server) lastWorking(ctx context.Context, reader snapshot, q store.ListQuery) (*store.Record, error) {
	found, err := reader.SignIns(ctx, q)
	if err != nil || len(found.Rows) == 0 {
		return nil, err
	}
	record, err := reader.SignIn(ctx, q.Log, found.Rows[0].SignIn().ID)
	if err != nil {
		return nil, err
	}
	return &record, nil
}

// besides puts the failure of a part of the page into words, and never fails for it. A question that was called off by whoever
// asked is given back.
func (s *Server) besides(ctx context.Context, part string, err error, trouble *string, tooSlow, failed string) error {
	switch {
	case err == nil:
	case errors.Is(err, store.ErrTooSlow), errors.Is(err, context.DeadlineExceeded):
		*trouble = tooSlow
	case errors.Is(err, context.Canceled):
		return err
	default:
		s.Log.ErrorContext(ctx, "part of a sign-in's page", "part", part, "error", err)
		*trouble = failed
	}
	return nil
}
