package web

import (
	"context"
	"time"

	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// explore gives the questions for the parts around a list: its chart and its facets. An error in one of them is shown in the
// place of the part; the rest of the page stands.
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

// aroundQuery asks about the whole list, whatever page of it is shown.
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
	if err != nil {
		return err
	}
	if err := s.fillPast(ctx, reader, page, q); err != nil {
		return err
	}
	return s.fillSplit(ctx, reader, page, q)
}

// fillSplit breaks the chart down by the field that the address wants. If that takes too long, the chart stays by status and
// says so.
func (s *Server) fillSplit(ctx context.Context, reader snapshot, page *views.LogPage, q store.HistogramQuery) error {
	chart, by := page.Chart, page.Query.Split
	chart.Share = page.Query.Share
	switch {
	case by == nil:
		return nil
	case !by.AppliesTo(page.List.Info()):
		chart.Notes = append(chart.Notes, views.Capital(page.List.Kind().Many)+" of this log have no "+by.Label+": the bars are by status.")
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, chartPartTimeout)
	defer cancel()
	b, err := reader.Breakdown(ctx, q, chart.Histogram, by)
	var trouble ask.Trouble
	if err := reader.Part(ctx, "chart by "+by.Name, err, &trouble); err != nil {
		return err
	}
	if trouble != ask.NoTrouble {
		chart.Notes = append(chart.Notes, "To count by "+by.Label+" took too long: the bars are by status. Narrow the range or the filter.")
		return nil
	}
	chart.Split, chart.Values, chart.Distinct, chart.Histogram = by, b.Values, b.Distinct, b.Histogram
	return nil
}

// chartPartTimeout bounds the optional parts of a chart, so that the rest of it is there in time.
const chartPartTimeout = 4 * time.Second

// pastDays is the number of days between the range and the earlier range that the chart compares it with.
const pastDays = 7

// fillPast counts the same range seven days earlier, where the address wants it and the log goes back that far.
func (s *Server) fillPast(ctx context.Context, reader snapshot, page *views.LogPage, q store.HistogramQuery) error {
	if !page.Query.PastWeek || page.Query.Share {
		return nil
	}
	chart, zone := page.Chart, page.Shell.Zone
	ctx, cancel := context.WithTimeout(ctx, chartPartTimeout)
	defer cancel()
	e, err := reader.Earlier(ctx, q, pastDays, zone.Location())
	var trouble ask.Trouble
	if err := reader.Part(ctx, "chart of seven days before", err, &trouble); err != nil {
		return err
	}
	note := func(text string) { chart.Notes = append(chart.Notes, text) }
	switch {
	case trouble != ask.NoTrouble:
		note("To count seven days before took too long.")
		return nil
	case e.Since.IsZero():
		note("No line of seven days before: this log has nothing that old.")
		return nil
	case !e.Complete:
		note("The line of seven days before may change: older records are being read again.")
	}
	chart.Past = make([]int64, len(e.Buckets))
	for i, b := range e.Buckets {
		chart.Past[i] = b.Total()
		if b.From.Before(e.Since) {
			chart.PastFrom = i + 1
		}
	}
	if !e.Since.Before(e.Buckets[0].From) {
		note("The line of seven days before begins with this log, at " + zone.Minute(e.Since) + ".")
	}
	return nil
}
