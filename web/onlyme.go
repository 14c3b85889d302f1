package web

import (
	"context"

	"signpost/store"
	"signpost/views"
)

// fillOnlyMe counts how many others had the same code and application in the hour around a sign-in, and in that hour of the
// weeks before. What takes too long or goes wrong is said in its place.
func (s *Server) fillOnlyMe(ctx context.Context, reader snapshot, page *views.DetailsPage) error {
	signIn := page.Record.SignIn()
	queries := views.OnlyMeQueries(signIn)
	others := []*store.Field{views.OnlyMeOthers(signIn)}
	answer := &views.OnlyMe{Hours: make([]views.OnlyMeHour, len(queries))}
	page.OnlyMe = answer
	var questions []func(context.Context) error
	for i, q := range queries {
		hour := &answer.Hours[i]
		hour.Range = q.Range
		questions = append(questions,
			func(ctx context.Context) error {
				total, err := reader.Total(ctx, q)
				hour.SignIns = total.N
				return err
			},
			func(ctx context.Context) error {
				facets, err := reader.Facets(ctx, store.FacetsQuery{ListQuery: q, Fields: others, Top: 1})
				if err == nil {
					hour.Others = facets[0].Distinct
				}
				return err
			},
			func(ctx context.Context) error {
				total, err := reader.Total(ctx, store.ListQuery{Log: q.Log, Range: q.Range})
				hour.All = total.N
				return err
			},
		)
	}
	return s.besides(ctx, "others with the same error", ask(ctx, questions...), &answer.Trouble,
		"Counting the others took too long.", "The others could not be counted. Reload the page to try again.")
}
