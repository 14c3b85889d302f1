package views

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/store"
	"signpost/store/audit"
)

// chartOf is a page with a chart of the range. Bucket i holds the records that count gives.
func chartOf(q store.Query, z Zone, count func(i int) store.Bucket) LogPage {
	width := store.BucketWidth(q.Range)
	chart := Chart{Width: width, Histogram: store.Histogram{Complete: true}}
	edges := store.BucketEdges(q.Range, width, z.Location())
	for i := range edges[1:] {
		b := count(i)
		b.From, b.To = edges[i], edges[i+1]
		chart.Buckets = append(chart.Buckets, b)
	}
	return LogPage{Shell: Shell{Zone: z}, List: List{Log: store.Interactive}, Query: q, Chart: &chart}
}

func rendered(t *testing.T, p LogPage) string {
	t.Helper()
	var page strings.Builder
	if err := chartSection(p).Render(context.Background(), &page); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

// The address of a bar is read as it was written. In HTML the names of some parameters look like characters even without a
// semicolon: &not, &reg and others.
func TestBarsKeepTheirAddress(t *testing.T) {
	from := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	page := chartOf(store.Query{Range: store.Range{From: from, To: from.Add(time.Hour)}}, Zone{}, func(int) store.Bucket {
		return store.Bucket{ByStatus: [store.MaxStatuses]int64{store.StatusSuccess: 1}}
	})
	p := plotted{Chart: *page.Chart, Range: page.Query.Range, Lead: "?"}
	for _, f := range store.SignIns.Fields() {
		for _, op := range store.Operators() {
			p.Lead += f.Param(op) + "=%26amp%3B&"
		}
	}
	var text strings.Builder
	if err := bars(p).Render(t.Context(), &text); err != nil {
		t.Fatal(err)
	}
	read, err := goquery.NewDocumentFromReader(strings.NewReader("<svg>" + text.String() + "</svg>"))
	if err != nil {
		t.Fatal(err)
	}
	first := page.Chart.Buckets[0]
	if got, want := read.Find("a").First().AttrOr("href", ""), p.Lead+narrowEnds(first.From, first.To); got != want || len(want) < 2000 {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The chart is a quarter of the allowed weight of a page. Its bars are full here, with every status. Each has the whole
// query, because a link can be copied. So a long filter counts once for each bar, and no more often.
func TestChartStaysSmall(t *testing.T) {
	full := func(int) store.Bucket {
		return store.Bucket{ByStatus: [store.MaxStatuses]int64{store.StatusSuccess: 1234, store.StatusInterrupted: 12, store.StatusFailure: 123}}
	}
	const longFilter = 200
	filter := "&app=" + strings.Repeat("a", longFilter-len("&app="))
	tests := []struct {
		name, query string
		most        int
	}{
		{"a day", "", 42_000},
		{"a month", "range=30d", 40_000},
		{"the most bars there are", "from=2026-11-23T00:00:30Z&to=2026-11-23T01:50:30Z", 52_000},
		{"with a filter of 200 characters", "range=7d" + filter, 42_000 + 85*longFilter},
	}
	for _, test := range tests {
		page := chartOf(parsed(t, test.query), Zone{}, full)
		if got := len(rendered(t, page)); got > test.most {
			t.Errorf("%s: %d bars take %d bytes, want at most %d", test.name, len(page.Chart.Buckets), got, test.most)
		} else {
			t.Logf("%s: %d bars take %d bytes", test.name, len(page.Chart.Buckets), got)
		}
	}
}

func TestNarrowingRemembersTheOutermostRange(t *testing.T) {
	from, to := noon.Add(-2*time.Hour), noon.Add(-time.Hour)
	tests := []struct{ query, wide string }{
		{"", "24h"},
		{"range=7d&status=failure&app.not=a%26b", "7d"},
		{"from=2026-11-20T10:00:00.5Z&to=2026-11-23T10:00:00Z", "2026-11-20T10:00:00.5Z/2026-11-23T10:00:00Z"},
		{"from=2026-11-20T10:00:00Z&to=2026-11-23T10:00:00Z&wide=30d&chart=table&cols=user,os&limit=10", "30d"},
	}
	for _, test := range tests {
		q := parsed(t, test.query)
		narrowed := followed(t, narrowURL(q, from, to))
		if !narrowed.Range.From.Equal(from) || !narrowed.Range.To.Equal(to) || narrowed.Wide.String() != test.wide {
			t.Errorf("%s: narrowed to %s of %s, want %s", test.query, narrowed.Range, narrowed.Wide, test.wide)
		}
		back := followed(t, zoomOutURL(narrowed))
		if back.Range.String() != test.wide || !back.Wide.IsZero() {
			t.Errorf("%s: zoomed out to %s of %q, want %s", test.query, back.Range, back.Wide, test.wide)
		}
		rest := func(q store.Query) string {
			q.Range, q.Wide = store.Range{}, store.Range{}
			return q.Values().Encode()
		}
		if rest(narrowed) != rest(q) || rest(back) != rest(q) {
			t.Errorf("%s: the rest is %s and then %s", test.query, rest(narrowed), rest(back))
		}
	}
}

// followed reads a link as the list's own page does.
func followed(t *testing.T, address string) store.Query {
	t.Helper()
	query, ok := strings.CutPrefix(address, "?")
	if !ok {
		t.Fatalf("%s is not an address on the page itself", address)
	}
	return parsed(t, query)
}

func TestAnotherRangeIsNotZoomedOutOf(t *testing.T) {
	list := List{Log: store.Interactive}
	q := parsed(t, "from=2026-11-20T10:00:00Z&to=2026-11-20T11:00:00Z&wide=7d")
	for name, address := range map[string]string{
		"preset": list.presetURL(q, "30d"), "range": list.rangeURL(q, store.Range{From: noon, To: noon.Add(time.Hour)}),
	} {
		if strings.Contains(address, "wide") {
			t.Errorf("%s: %s", name, address)
		}
	}
	if got, want := list.TabURL(q, store.ManagedIdentity), "/logs/managedidentity?from=2026-11-20T10%3A00%3A00Z&to=2026-11-20T11%3A00%3A00Z&wide=7d"; got != want {
		t.Errorf("the tab leads to %s, want %s", got, want)
	}
	for _, input := range (LogPage{List: list, Query: q}).hiddenInputs(rangeParams...) {
		if input.Name == "wide" {
			t.Error("the date form keeps wide")
		}
	}
}

func TestBarsThatNarrow(t *testing.T) {
	one := func(int) store.Bucket {
		return store.Bucket{ByStatus: [store.MaxStatuses]int64{store.StatusSuccess: 1}}
	}
	tests := []struct {
		name, query string
		count       func(int) store.Bucket
		want        bool
	}{
		{"a day", "", one, true},
		{"nothing in it", "", func(int) store.Bucket { return store.Bucket{} }, false},
		{"a minute by the second", "from=2026-11-23T10:00:00Z&to=2026-11-23T10:01:00Z", one, true},
		{"less than a second", "from=2026-11-23T10:00:00Z&to=2026-11-23T10:00:20Z", one, false},
	}
	for _, test := range tests {
		page := chartOf(parsed(t, test.query), Zone{}, test.count)
		if got := strings.Contains(rendered(t, page), "<a href=\"?wide="); got != test.want {
			t.Errorf("%s: links %v, want %v", test.name, got, test.want)
		}
		if got := strings.Count(rendered(t, page), "<rect x="); got != len(page.Chart.Buckets) {
			t.Errorf("%s: %d bars, want %d", test.name, got, len(page.Chart.Buckets))
		}
	}
}

func TestPartsOfABar(t *testing.T) {
	tests := []struct {
		name   string
		bucket store.Bucket
		top    int64
		want   []int // failure, interrupted, unknown, success
	}{
		{"nothing", store.Bucket{}, 10, []int{0, 0, 0, 0}},
		{"half and half", store.Bucket{ByStatus: [store.MaxStatuses]int64{store.StatusSuccess: 5, store.StatusFailure: 5}}, 10, []int{36, 0, 0, 36}},
		{"one among many is a line", store.Bucket{ByStatus: [store.MaxStatuses]int64{store.StatusSuccess: 99_000, store.StatusFailure: 1}}, 200_000, []int{1, 0, 0, 36}},
		{"lines do not reach over the top", store.Bucket{ByStatus: [store.MaxStatuses]int64{store.StatusSuccess: 1_000_000, store.StatusFailure: 1, store.StatusInterrupted: 1, store.StatusUnknown: 1}}, 1_000_003, []int{1, 1, 1, 69}},
	}
	for _, test := range tests {
		if got := partHeights(barOrder(store.SignIns), test.bucket, test.top); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestRoundUp(t *testing.T) {
	for n, want := range map[int64]int64{0: 1, 1: 1, 2: 2, 3: 4, 5: 6, 7: 8, 9: 10, 10: 10, 11: 12, 61: 80, 99: 100, 101: 120, 12_345: 16_000} {
		if got := roundUp(n); got != want {
			t.Errorf("%d: %d, want %d", n, got, want)
		}
	}
}

func TestTicks(t *testing.T) {
	oslo := location(t, "Europe/Oslo")
	tests := []struct {
		query string
		zone  Zone
		want  string
	}{
		{"from=2026-11-22T14:30:00Z&to=2026-11-23T14:30:00Z", Zone{}, "16:00 20:00 2026-11-23 04:00 08:00 12:00"},
		{"from=2026-11-22T14:30:00Z&to=2026-11-23T14:30:00Z", oslo, "16:00 20:00 2026-11-23 04:00 08:00 12:00"},
		{"from=2026-11-16T14:30:00Z&to=2026-11-23T14:30:00Z", Zone{}, "2026-11-17 2026-11-18 2026-11-19 2026-11-20 2026-11-21 2026-11-22 2026-11-23"},
		{"from=2026-11-23T00:00:00Z&to=2026-11-24T00:00:00Z", Zone{}, "2026-11-23 04:00 08:00 12:00 16:00 20:00"},
		{"from=2026-11-23T10:00:00Z&to=2026-11-23T10:01:00Z", Zone{}, "10:00:00 10:00:10 10:00:20 10:00:30 10:00:40 10:00:50"},
		{"from=2026-11-23T10:00:00Z&to=2026-11-23T10:00:00.4Z", Zone{}, "10:00:00.000 10:00:00.050 10:00:00.100 10:00:00.150 10:00:00.200 10:00:00.250 10:00:00.300 10:00:00.350"},
		{"from=2025-11-23T10:00:00Z&to=2026-11-23T10:00:00Z", Zone{}, "2026-01 2026-03 2026-05 2026-07 2026-09 2026-11"},
		{"from=2001-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", Zone{}, "2005 2010 2015 2020 2025"},
		{"from=0001-01-01T00:00:00Z&to=9999-01-01T00:00:00Z", Zone{}, "2000 4000 6000 8000"},
	}
	for _, test := range tests {
		var labels []string
		for _, tick := range ticks(parsed(t, test.query).Range, test.zone) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != test.want {
			t.Errorf("%s in %s: %s, want %s", test.query, test.zone.Name(), got, test.want)
		}
	}
}

func location(t *testing.T, name string) Zone {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return ZoneOf(loc)
}

func TestSpan(t *testing.T) {
	oslo := location(t, "Europe/Oslo")
	tests := []struct {
		from, to string
		zone     Zone
		want     string
	}{
		{"2026-11-23T14:15:00Z", "2026-11-23T14:30:00Z", Zone{}, "2026-11-23 14:15 to 14:30 UTC"},
		{"2026-11-23T14:15:00Z", "2026-11-23T14:30:00Z", oslo, "2026-11-23 15:15 to 15:30 CET"},
		{"2026-11-23T22:00:00Z", "2026-11-24T00:00:00Z", Zone{}, "2026-11-23 22:00 to 2026-11-24 00:00 UTC"},
		{"2026-11-23T14:15:05Z", "2026-11-23T14:15:06Z", Zone{}, "2026-11-23 14:15:05 to 14:15:06 UTC"},
		{"2026-11-23T14:15:05.25Z", "2026-11-23T14:15:06Z", Zone{}, "2026-11-23 14:15:05.25 to 14:15:06 UTC"},
		{"2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z", Zone{}, "2026-11-23"},
		{"2026-11-22T23:00:00Z", "2026-11-23T23:00:00Z", oslo, "2026-11-23"},
		{"2026-11-23T00:00:00Z", "2026-11-27T00:00:00Z", Zone{}, "2026-11-23 to 2026-11-26"},
		{"2026-10-24T22:00:00Z", "2026-10-25T07:00:00Z", oslo, "2026-10-25 00:00 CEST to 08:00 CET"},
	}
	for _, test := range tests {
		from, _ := store.ParseInstant(test.from)
		to, _ := store.ParseInstant(test.to)
		if got := test.zone.Span(from, to); got != test.want {
			t.Errorf("%s to %s in %s: %q, want %q", test.from, test.to, test.zone.Name(), got, test.want)
		}
	}
}

func TestLength(t *testing.T) {
	for d, want := range map[time.Duration]string{
		15 * time.Minute: "15 minutes", 2 * time.Hour: "2 hours", 24 * time.Hour: "1 day", time.Second: "1 second", 300 * time.Millisecond: "300 milliseconds",
	} {
		if got := Length(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}

func TestLegendFiltersByStatus(t *testing.T) {
	page := chartOf(parsed(t, "range=7d&status=failure"), Zone{}, func(i int) store.Bucket {
		return store.Bucket{ByStatus: [store.MaxStatuses]int64{store.StatusFailure: 2, store.StatusUnknown: int64(i % 2)}}
	})
	want := []string{
		"success 0 false ?range=7d&status=failure&status=success",
		"interrupted 0 false ?range=7d&status=failure&status=interrupted",
		"failure 170 true ?range=7d",
		"unknown 42 false ?range=7d&status=failure&status.empty=yes",
	}
	var got []string
	for _, e := range page.legend() {
		got = append(got, fmt.Sprint(statusName(e.Of, e.Status), " ", e.N, " ", e.Active, " ", e.Address))
	}
	if !slices.Equal(got, want) {
		t.Errorf("legend:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Values of a breakdown that read the same are told apart, and so is an application that is called as the rest is.
func TestPartsThatReadTheSame(t *testing.T) {
	for _, c := range []struct {
		field  *store.Field
		values []store.FacetValue
		want   []string
	}{
		{store.OSField, []store.FacetValue{{Value: "Windows10"}, {Value: "Windows 10"}, {Value: "MacOs"}}, []string{"Windows 10 (Windows10)", "Windows 10", "macOS", "The rest"}},
		{store.AppField, []store.FacetValue{{Value: "a1", Label: "The rest"}, {Value: "b2", Label: "Mail"}, {Value: "c3", Label: "mail"}}, []string{"The rest (a1)", "Mail (b2)", "mail (c3)", "The rest"}},
		{audit.CategoryField, []store.FacetValue{{Value: "ApplicationManagement"}, {Value: "Policy"}}, []string{"Application management", "Policy", "The rest"}},
	} {
		page := chartOf(parsed(t, "range=7d"), Zone{}, func(int) store.Bucket {
			return store.Bucket{ByStatus: [store.MaxStatuses]int64{1, 2, 3, 4}}
		})
		page.Chart.Split, page.Chart.Values = c.field, c.values
		var got []string
		for _, e := range page.legend() {
			got = append(got, e.Word)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: the legend has %q, want %q", c.field.Name, got, c.want)
		}
		if text := page.Chart.barText(0, Zone{}); !strings.Contains(text, ": 1 "+c.want[0]+", 2 "+c.want[1]+", ") {
			t.Errorf("%s: the bar says %q, want the words of the legend", c.field.Name, text)
		}
	}
}

func TestShortLinksSayTheSame(t *testing.T) {
	v := url.Values{"app": {"a&b=c, d/e:f@g%3Ah+i#j é\"<"}, "wide": {"2026-11-20T10:00:00Z/2026-11-21T10:00:00Z"}}
	short := hereURL(v)
	got, err := url.ParseQuery(strings.TrimPrefix(short, "?"))
	if err != nil || got.Encode() != v.Encode() {
		t.Errorf("%s is read as %v, %v", short, got, err)
	}
	if strings.ContainsAny(short, "\"<# ") {
		t.Errorf("%s cannot stand in an attribute", short)
	}
}
