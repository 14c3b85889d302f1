package views

import (
	"net/url"
	"strings"
	"time"

	"signpost/store"
)

// Links of the chart and of the facets are on the page of their own list, and there are hundreds of them. So
// they are written short: without the path, and without escapes for characters that a query may hold.
var plainInQuery = strings.NewReplacer("%3A", ":", "%2F", "/", "%2C", ",", "%40", "@")

// hereURL is the list's address as a link on its own page.
func hereURL(v url.Values) string { return "?" + plainInQuery.Replace(v.Encode()) }

// narrowURL is the same list, narrowed to a part of its range. Its address remembers the outermost range, for
// zooming out.
func narrowURL(q store.Query, from, to time.Time) string {
	return narrowLead(q) + narrowEnds(from, to)
}

// narrowLead is the common part of all links that narrow the range; narrowEnds is the rest of each.
func narrowLead(q store.Query) string {
	if q.Wide.IsZero() {
		q.Wide = q.Range
	}
	v := q.Values()
	for _, param := range dateParams {
		v.Del(param)
	}
	return hereURL(v) + "&"
}

func narrowEnds(from, to time.Time) string {
	return "from=" + instant(from) + "&to=" + instant(to)
}

// zoomOutURL goes back to the range that the chart was narrowed from.
func zoomOutURL(q store.Query) string {
	q.Range, q.Wide = q.Wide, store.Range{}
	return hereURL(q.Values())
}

// chartTableURL shows the chart's numbers as a table, or the chart again.
func chartTableURL(q store.Query, table bool) string {
	q.ChartTable = table
	return hereURL(q.Values())
}

// withURL adds a value to the filter, and withoutHereURL removes one.
func withURL(q store.Query, f *store.Field, op store.Operator, value string) string {
	q.Filter = q.Filter.With(f, op, value)
	return hereURL(q.Values())
}

func withoutHereURL(q store.Query, f *store.Field, op store.Operator, value string) string {
	q.Filter = q.Filter.Without(f, op, value)
	return hereURL(q.Values())
}
