package web

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"signpost/store"
)

// The address has the breakdown of the chart. The numbers of its legend match its links, its table and its bars.
func TestChartBreakdown(t *testing.T) {
	t.Parallel()
	p := newPortal(t, variety(), admin)
	for _, query := range []string{"range=7d&split=app", "range=7d&split=error&status=failure", "range=7d&split=user&bars=share"} {
		a := p.get("/logs/interactive?" + query)
		all, sum := totalOf(t, a), int64(0)
		legend := a.hook("histogram").Find(".legend a")
		if legend.Length() < 2 {
			t.Fatalf("%s: the legend is %q", query, texts(legend))
		}
		legend.Each(func(_ int, part *goquery.Selection) {
			n := totalOf(t, p.get("/logs/interactive"+part.AttrOr("href", "")))
			sum += n
			if got := part.AttrOr("data-count", ""); got != strconv.FormatInt(n, 10) {
				t.Errorf("%s: %s says %s and leads to %d", query, squeeze(part.Text()), got, n)
			}
		})
		if sum != all {
			t.Errorf("%s: the parts are %d, the list %d", query, sum, all)
		}
		table := p.get("/logs/interactive" + a.page.Find(`[data-chart-as="table"]`).AttrOr("href", ""))
		heads, feet := texts(table.page.Find(".chart-table thead th")), texts(table.page.Find(".chart-table tfoot td"))
		legend.Each(func(i int, part *goquery.Selection) {
			if !strings.HasPrefix(feet[i], squeeze(part.Find("b").Text())) || heads[i+1] != squeeze(part.Find("span").Text()) {
				t.Errorf("%s: the table has %s under %s, the legend %s", query, feet[i], heads[i+1], squeeze(part.Text()))
			}
		})
		if share := strings.Contains(query, "share"); share != strings.Contains(a.page.Find(".bars title").Text(), " %)") || share != strings.Contains(feet[0], " %)") {
			t.Errorf("%s: bars and table say shares: %s", query, feet[0])
		}
	}
	for _, test := range []struct {
		who   string
		query string
		want  int
		says  string
	}{
		{"admin", "/logs/managedidentity?split=country", http.StatusOK, "have no Country or region: the bars are by status."},
		{"admin", "/logs/interactive?split=policy", http.StatusBadRequest, "split=policy"},
		{"admin", "/logs/interactive?split=ca", http.StatusOK, "By Conditional Access"},
		{"reports", "/logs/interactive?split=ca", http.StatusForbidden, ""},
		{"admin", "/logs/interactive?range=7d&past=week", http.StatusOK, "this log has nothing that old"},
		{"admin", "/logs/interactive?range=24h&past=week", http.StatusOK, "this log has nothing that old"},
	} {
		who := p
		if test.who == "reports" {
			who = newPortal(t, variety(), reports)
		}
		a := who.get(test.query)
		if a.Code != test.want || !strings.Contains(squeeze(a.page.Text()), test.says) {
			t.Errorf("%s: status %d, want %d and %q", test.query, a.Code, test.want, test.says)
		}
	}
}

// The line of seven days before has its number at each bar.
func TestChartOfTheWeekBefore(t *testing.T) {
	t.Parallel()
	var list []store.SignIn
	for i := range 30 {
		list = append(list, interactiveSignIn(i, pageNow.AddDate(0, 0, -i)))
	}
	p := newPortal(t, newFakeStore(list...), admin)
	chart := p.get("/logs/interactive?range=7d&past=week").hook("histogram")
	if chart.Find(".bars .past").Length() != 1 || squeeze(chart.Find(".past-legend b").Text()) != "7" || !strings.Contains(chart.Find(".bars title").Text(), "against 1 seven days before") {
		t.Errorf("the line of seven days before: %s", squeeze(chart.Find(".past-legend").Text()))
	}
}
