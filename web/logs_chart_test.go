package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"signpost/store"
	"signpost/views"
)

// startOf gives the start of a bar, from its link or else from the bar itself.
func startOf(bar *goquery.Selection) string {
	if href, ok := bar.Attr("href"); ok {
		u, err := url.Parse(href)
		if err != nil {
			return err.Error()
		}
		return u.Query().Get("from")
	}
	return bar.AttrOr("data-from", "")
}

var barNumber = regexp.MustCompile(`([\d,]+) (success|interrupted|failure|unknown)`)

// bucketOf reads a bar's numbers from its text, and its end from the next bar's start.
func bucketOf(t *testing.T, bar *goquery.Selection) store.Bucket {
	t.Helper()
	end := bar.Parent().AttrOr("data-to", "")
	if next := bar.Next().Filter(".bars > a"); next.Length() > 0 {
		end = startOf(next)
	}
	from, okFrom := store.ParseInstant(startOf(bar))
	to, okTo := store.ParseInstant(end)
	if !okFrom || !okTo {
		t.Fatalf("a bar from %q to %q", startOf(bar), end)
	}
	b := store.Bucket{From: from, To: to}
	text := bar.Find("title").Text()
	numbers := text[strings.LastIndex(text, ": ")+1:]
	for _, match := range barNumber.FindAllStringSubmatch(numbers, -1) {
		n, err := strconv.ParseInt(strings.ReplaceAll(match[1], ",", ""), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		*map[string]*int64{"success": &b.ByStatus[store.StatusSuccess], "interrupted": &b.ByStatus[store.StatusInterrupted], "failure": &b.ByStatus[store.StatusFailure], "unknown": &b.ByStatus[store.StatusUnknown]}[match[2]] = n
	}
	return b
}

func barsOf(t *testing.T, a answer) []store.Bucket {
	t.Helper()
	var buckets []store.Bucket
	a.hook("histogram").Find(".bars > a").Each(func(_ int, bar *goquery.Selection) { buckets = append(buckets, bucketOf(t, bar)) })
	return buckets
}

func TestChartShowsTheStoresNumbers(t *testing.T) {
	f := variety()
	p := newPortal(t, f, admin)
	for _, name := range lists {
		for _, query := range []string{
			"", "range=7d", "status=failure&status=interrupted", "resource=" + url.QueryEscape("Microsoft Graph") + "&range=7d", "status.empty=yes",
			"from=2026-11-23T00:00:00Z&to=2026-11-23T12:34:56.5Z", "range=7d&events=all", "limit=10&app=nobody",
		} {
			t.Run(name+"?"+query, func(t *testing.T) {
				params, err := url.ParseQuery(query)
				if err != nil {
					t.Fatal(err)
				}
				a := p.get("/logs/" + name + "?" + query)
				if a.Code != http.StatusOK || a.hook("histogram").Length() != 1 {
					t.Fatalf("status %d, %d charts", a.Code, a.hook("histogram").Length())
				}
				got := barsOf(t, a)
				q := store.HistogramQuery{}
				q.ListQuery, _ = askOf(t, name, params)
				for _, b := range got {
					q.Edges = append(q.Edges, b.From)
				}
				q.Edges = append(q.Edges, q.Range.To)
				want, err := f.Histogram(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				if !got[0].From.Equal(q.Range.From) || !slices.Equal(got, want.Buckets) {
					t.Errorf("bars\n%v\nwant\n%v", got, want.Buckets)
				}
				var sum int64
				for _, b := range got {
					sum += b.Total()
				}
				if total := a.hook("total").AttrOr("data-value", ""); total != strconv.FormatInt(sum, 10) {
					t.Errorf("the bars add up to %d, the total says %s", sum, total)
				}
			})
		}
	}
}

func TestBarsNarrowAndZoomOutComesBack(t *testing.T) {
	p := newPortal(t, variety(), admin)
	for _, name := range lists {
		start := "/logs/" + name + "?range=7d&status.not=interrupted"
		a := p.get(start)
		if a.page.Find("[data-zoom-out]").Length() != 0 {
			t.Error("there is something to zoom out to before anything was narrowed")
		}
		bar := a.page.Find(".bars > a[href]").Last()
		want := bucketOf(t, bar)
		for range 2 { // the outermost range stays
			a = p.get("/logs/" + name + bar.AttrOr("href", ""))
			if got := a.hook("total").AttrOr("data-value", ""); got != strconv.FormatInt(want.Total(), 10) {
				t.Fatalf("%s: narrowed to %s sign-ins, the bar says %d", name, got, want.Total())
			}
			if bar = a.page.Find(".bars > a[href]").First(); bar.Length() == 0 {
				break // too short to narrow
			}
			want = bucketOf(t, bar)
		}
		tab := a.hook("tab-interactive").AttrOr("href", "")
		if !strings.Contains(tab, "wide=7d") {
			t.Errorf("%s: the tab leads to %s, without the range to zoom out to", name, tab)
		}
		back := "/logs/" + name + a.page.Find("[data-zoom-out]").AttrOr("href", "")
		u, err := url.Parse(back)
		if err != nil {
			t.Fatal(err)
		}
		if got := u.Query().Encode(); got != "range=7d&status.not=interrupted" {
			t.Errorf("%s: zoomed out to %s", name, got)
		}
		if presets := a.hook("date-range").Find("button[name=range]"); presets.Length() != 8 || a.hook("date-range").Find("input[name=wide]").Length() != 0 {
			t.Errorf("%s: of %d presets some keep what it was narrowed from", name, presets.Length())
		}
	}
}

func TestChartAsATable(t *testing.T) {
	p := newPortal(t, variety(), admin)
	chart := p.get("/logs/interactive?range=7d")
	want := barsOf(t, chart)
	a := p.get("/logs/interactive" + chart.page.Find(`[data-chart-as="table"]`).AttrOr("href", ""))
	rows := a.hook("histogram").Find("tbody tr")
	if rows.Length() != len(want) || len(barsOf(t, a)) != 0 {
		t.Fatalf("%d rows and %d bars, want %d rows", rows.Length(), len(barsOf(t, a)), len(want))
	}
	rows.Each(func(i int, row *goquery.Selection) {
		b := want[i]
		cells := row.Find("td").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
		numbers := []string{views.Number(b.ByStatus[store.StatusSuccess]), views.Number(b.ByStatus[store.StatusInterrupted]), views.Number(b.ByStatus[store.StatusFailure]), views.Number(b.ByStatus[store.StatusUnknown]), views.Number(b.Total())}
		if !slices.Equal(cells, numbers) {
			t.Errorf("row %d: %v, want %v", i, cells, numbers)
		}
		if link := row.Find("th a"); (link.Length() == 1) != (b.Total() > 0) {
			t.Errorf("row %d of %d sign-ins has %d links", i, b.Total(), link.Length())
		}
	})
	narrowed := p.get("/logs/interactive" + rows.Find("a").First().AttrOr("href", ""))
	if narrowed.page.Find(".chart-table").Length() != 1 || narrowed.page.Find("[data-zoom-out]").Length() != 1 {
		t.Error("narrowed from the table the table is gone, or the way back")
	}
	back := p.get("/logs/interactive" + a.page.Find(`[data-chart-as="chart"]`).AttrOr("href", ""))
	if !slices.Equal(barsOf(t, back), want) {
		t.Error("back on the chart it is another one")
	}
}
