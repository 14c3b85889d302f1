package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"signpost/views"
	"signpost/web/ask"
)

// Every address of a report gives a query that is whole. The address that the query itself writes is read as the same query, and
// nothing of it is wrong.
func FuzzReportAddress(f *testing.F) {
	for _, seed := range []string{
		"", "range=7d&sort=failurerate&dir=asc&compare=yes&microsoft=no", "from=2026-11-01&to=2026-11-02&group=x&department=Sales%20%26%20co&limit=7",
		"kind=client&value=imap4&days=90", "kind=credential&value=0A1B2C3D-1111-4222-8333-444444444444&range=24h", "list=never&sort=name", "list=unused&after=WzEsIngiXQ",
		"days=0", "days=7&range=7d", "kind=policy", "value=%00&kind=country", "sort=trend&dir=up&list=x&compare=2", "range=&group=&sort=",
	} {
		f.Add(seed)
	}
	s := &Server{}
	reports := append(ask.Insights(), ask.Application)
	f.Fuzz(func(t *testing.T, query string) {
		params, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		for _, report := range reports {
			q, bad := s.parseReport(report, "", params, pageNow)
			if q.List == nil || !slices.Contains(q.List.Columns, q.Sort) || q.Limit < 1 || !q.Range.From.Before(q.Range.To) {
				t.Fatalf("%s?%s gives the query %+v", report.Name, query, q)
			}
			if len(bad) > 0 {
				continue
			}
			address := views.InsightURL(report, &q)
			_, written, _ := strings.Cut(address, "?")
			again, err := url.ParseQuery(written)
			if err != nil {
				t.Fatal(err)
			}
			q2, bad := s.parseReport(report, "", again, pageNow)
			same := q2.List == q.List && q2.Sort == q.Sort && q2.Reverse == q.Reverse && q2.Limit == q.Limit && q2.Compare == q.Compare && q2.Thing == q.Thing &&
				q2.Value == q.Value && q2.Days == q.Days && q2.Range == q.Range && q2.Filter.Values().Encode() == q.Filter.Values().Encode() && len(q2.Chosen) == len(q.Chosen)
			if len(bad) > 0 || !same {
				t.Fatalf("%s?%s is written as %s, which is read as %+v, not as %+v: %v", report.Name, query, address, q2, q, bad)
			}
		}
	})
}
