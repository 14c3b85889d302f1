package views

import (
	"html"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// bars are the links over the drawing, one for each bucket, the whole height of the chart to hit. They are
// written by hand, attributes without quotes: with a hundred of them on a page every byte counts, and what
// stands in them are numbers and times but for the query, which is escaped. Its ampersands stand for themselves: before
// the name of a parameter HTML reads them so. A bucket that leads nowhere is there too, for the script. A bar ends where
// the next begins, the last one where the chart does. The style sheet gives them their height.
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
