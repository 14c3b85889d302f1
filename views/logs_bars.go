package views

import (
	"html"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// bars are the links over the drawing: one for each bucket, as high as the whole chart. They are written by hand, with
// attributes without quotes, because a page has a hundred of them and every byte counts. Their values are numbers and
// times, except for the query, which is escaped. Its ampersands stay as they are, because HTML reads them so before the
// name of a parameter. A bucket without a link is written too, for the script. A bar ends where the next begins, and the
// last one where the chart ends. The style sheet sets their height.
func bars(p plotted) templ.Component {
	var b strings.Builder
	lead := strings.ReplaceAll(html.EscapeString(p.Lead), "&amp;", "&")
	if len(p.Chart.Buckets) == 0 {
		return templ.Raw("")
	}
	r := p.Chart.spread()
	for i, bucket := range p.Chart.Buckets {
		b.WriteString("<a")
		if p.Chart.narrows(bucket) {
			b.WriteString(` href="` + lead + narrowEnds(bucket.From, bucket.To) + `"`)
		} else {
			b.WriteString(" data-from=" + instant(bucket.From))
		}
		b.WriteString(p.Chart.numbers(i))
		left, width := bar(r, bucket)
		b.WriteString("><title>" + html.EscapeString(p.Chart.barText(i, p.Zone)) + "</title>")
		b.WriteString("<rect x=" + strconv.Itoa(left) + " width=" + strconv.Itoa(width) + " /></a>")
	}
	return templ.Raw(b.String())
}
