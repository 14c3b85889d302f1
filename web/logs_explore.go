package web

import (
	"context"

	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// explore gives the questions of what stands around a list: its chart and its facets. What goes wrong with
// one of them is said in its place; the rest of the page stands.
func (s *Server) explore(reader snapshot, page *views.LogPage) []func(context.Context) error {
	page.Chart = &views.Chart{Of: page.List.Kind(), Width: store.BucketWidth(page.Query.Range)}
	questions := []func(context.Context) error{
		func(ctx context.Context) error {
			err := s.fillChart(ctx, reader, page)
			return inPlace(ctx, reader.Reader, "chart", err, &page.Chart.Trouble)
		},
	}
	if page.Facets.Hidden {
		return questions
	}
	return append(questions, func(ctx context.Context) error {
		err := s.fillFacets(ctx, reader, page)
		return inPlace(ctx, reader.Reader, "facets", err, &page.Facets.Trouble)
	})
}

// inPlace turns the failure of a part into the sentence that takes its place.
func inPlace(ctx context.Context, reader ask.Reader, part string, err error, sentence *string) error {
	var trouble ask.Trouble
	err = reader.Part(ctx, part, err, &trouble)
	*sentence = views.PartTrouble(trouble, part)
	return err
}

// aroundQuery asks about all that the list has, on whatever page of it.
func aroundQuery(page *views.LogPage) store.ListQuery {
	q := listQuery(page)
	q.After, q.Before, q.Limit = nil, nil, 0
	return q
}

func (s *Server) fillChart(ctx context.Context, reader snapshot, page *views.LogPage) error {
	q := store.HistogramQuery{ListQuery: aroundQuery(page)}
	q.Edges = store.BucketEdges(q.Range, page.Chart.Width, page.Shell.Zone.Location())
	histogram, err := reader.Histogram(ctx, q)
	page.Chart.Histogram = histogram
	return err
}
