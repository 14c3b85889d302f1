package web

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/kinds"
	"signpost/store/storetest"
	"signpost/views"
)

// explorerAddresses is the number of random addresses to open; make soak opens the large number.
func explorerAddresses() int {
	if os.Getenv("SIGNPOST_SOAK") != "" {
		return 3000
	}
	return 100
}

// TestPagesAgreeWithThePlainStore opens random addresses (fields, operators, ranges, aggregates, columns, pages). It compares
// each page with a plain Go loop over the imported sign-ins.
func TestPagesAgreeWithThePlainStore(t *testing.T) {
	t.Parallel()
	var records []store.Record
	for _, s := range storetest.MadeUp(11, 3000) {
		records = append(records, storetest.Copy(s))
	}
	db := importedStore(t, records)
	plain := storetest.Holding(t, db, records)
	x := &explorer{t: t, portal: newPortal(t, db, admin), plain: plain}
	for n := range explorerAddresses() {
		r := rand.New(rand.NewPCG(11, uint64(n)))
		address := x.address(r)
		for depth := 0; address != "" && depth < 3; depth++ {
			address = x.compare(address, r)
		}
		if t.Failed() {
			t.Fatalf("address %d", n)
		}
	}
	if x.rows == 0 || x.members == 0 || x.bars == 0 || x.values == 0 || x.aside == 0 {
		t.Errorf("compared %d rows, %d members, %d bars, %d values and %d conditions set aside, want some of each", x.rows, x.members, x.bars, x.values, x.aside)
	}
}

// importedStore is a real store with the records in it.
func importedStore(t *testing.T, records []store.Record) *datafolder.Folder {
	t.Helper()
	ctx := t.Context()
	db, err := datafolder.Open(ctx, t.TempDir(), kinds.Catalog, storetest.Decode)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	id, err := db.BeginImport(ctx, store.ImportFile{Path: "made up"})
	if err != nil {
		t.Fatal(err)
	}
	for batch := range slices.Chunk(records, 500) {
		prepared, err := db.Prepare(batch)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Commit(ctx, id, prepared); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.EndImport(ctx, id, store.ImportReport{}); err != nil {
		t.Fatal(err)
	}
	return db
}

// explorer opens pages and compares them; it counts its comparisons.
type explorer struct {
	t      *testing.T
	portal portal
	plain  *storetest.Plain

	rows, members, bars, values, aside int
}

// address makes up the address of a list.
func (x *explorer) address(r *rand.Rand) string {
	for {
		c := storetest.RandomCase(r, x.plain)
		if c.Kind != storetest.KindPage && c.Kind != storetest.KindGroups {
			continue
		}
		list, params := c.Params.Get("_log"), url.Values{}
		if _, ok := store.SignIns.Log(store.Log(list)); !ok {
			continue // the test has made-up records of sign-ins only
		}
		for name, values := range c.Params {
			if !strings.HasPrefix(name, "_") {
				params[name] = values
			}
		}
		if r.IntN(4) == 0 {
			list = string(store.SignIns.Logs[r.IntN(4)].Log) // this log has fields that may not apply
		}
		if list == string(store.Interactive) && r.IntN(4) == 0 {
			list = legacyName
		}
		if r.IntN(3) == 0 {
			params.Set("cols", randomColumns(r))
		}
		if r.IntN(6) == 0 {
			params.Del("from")
			params.Del("to")
			params.Set("range", store.Presets()[r.IntN(3)])
		}
		return "/logs/" + list + "?" + params.Encode()
	}
}

func randomColumns(r *rand.Rand) string {
	var names []string
	for range 1 + r.IntN(8) {
		if p := store.SignIns.Properties[r.IntN(len(store.SignIns.Properties))]; p.Set == nil && !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, ",")
}

// compare opens an address and compares everything on the page. It gives an address that the page links to, or none.
func (x *explorer) compare(address string, r *rand.Rand) (next string) {
	x.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		x.t.Fatal(err)
	}
	query, bad := store.SignIns.ParseQuery(u.Query(), pageNow)
	if len(bad) > 0 {
		return ""
	}
	list, err := listOf(views.LooksOf(kinds.Catalog), strings.TrimPrefix(u.Path, "/logs/"))
	if err != nil {
		x.t.Fatal(err)
	}
	a := x.portal.get(address)
	if a.Code != 200 {
		x.t.Fatalf("%s: %d", address, a.Code)
	}
	p := &explored{explorer: x, answer: a, address: address, list: list, query: query}
	applied, aside := query.Filter.For(list.Info())
	p.asked = store.ListQuery{
		Log: list.Log, Range: query.Range, Filter: applied, After: query.After, Before: query.Before, Limit: query.Limit, AllEvents: query.AllEvents,
	}
	x.aside += len(aside.Conditions())
	p.compareRows()
	p.compareTotal()
	p.compareChips(aside)
	p.compareColumns()
	p.compareChart()
	p.compareFacets()
	if expand := a.hook("expand"); expand.Length() > 0 && r.IntN(2) == 0 {
		return unfolding(expand.Eq(r.IntN(expand.Length())))
	}
	if r.IntN(3) == 0 {
		return a.hook("prev").AttrOr("href", "")
	}
	return a.hook("next").AttrOr("href", "")
}

// explored is one page with its expected content.
type explored struct {
	*explorer
	answer
	address string
	list    views.List
	query   store.Query
	asked   store.ListQuery
}

func (p *explored) differ(what string, got, want any) {
	p.t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		p.t.Errorf("%s\n%s: got %s\nwant %s", p.address, what, g, w)
	}
}

func (p *explored) compareRows() {
	p.t.Helper()
	var want []string
	if !p.list.Info().Grouped {
		page, err := p.plain.Page(context.Background(), p.asked)
		p.must(err)
		for _, row := range page.Rows {
			want = append(want, row.SignIn().ID)
		}
		p.differ("next and prev", []bool{p.hook("next").Length() > 0, p.hook("prev").Length() > 0}, []bool{page.Next != nil, page.Prev != nil})
	} else {
		page, err := p.plain.Groups(context.Background(), store.GroupsQuery{ListQuery: p.asked, Window: p.query.Window})
		p.must(err)
		for _, group := range page.Groups {
			one := group.Newest.SignIn().ID
			if group.Count > 1 {
				one += " " + strconv.FormatInt(group.Count, 10)
			}
			want = append(want, one)
		}
		p.differ("next and prev", []bool{p.hook("next").Length() > 0, p.hook("prev").Length() > 0}, []bool{page.Next != nil, page.Prev != nil})
	}
	got := p.hook("row").Map(func(_ int, row *goquery.Selection) string {
		return strings.TrimSpace(row.AttrOr("data-id", "") + " " + row.AttrOr("data-count", ""))
	})
	p.differ("rows", got, want)
	p.rows += len(got)
	p.compareBeneath()
}

// compareBeneath compares the rows that unfold below rows of the page, one row at a time.
func (p *explored) compareBeneath() {
	p.t.Helper()
	if len(p.query.Expanded) != 1 {
		return
	}
	var want []string
	if p.list.Info().Grouped {
		q := p.asked
		q.After, q.Before, q.Limit = p.query.Members, nil, views.MembersPerPage
		page, err := p.plain.GroupRows(context.Background(), store.GroupRowsQuery{GroupsQuery: store.GroupsQuery{ListQuery: q, Window: p.query.Window}, Of: p.query.Expanded[0]})
		p.must(err)
		for _, row := range page.Rows {
			want = append(want, row.SignIn().ID)
		}
	} else {
		q := p.asked
		q.After, q.Before, q.Limit = &store.Cursor{Key: p.query.Expanded[0].Next()}, nil, 1
		page, err := p.plain.Page(context.Background(), q)
		p.must(err)
		record, err := p.plain.Get(context.Background(), store.GetQuery{Ref: store.Ref{Log: p.list.Log, ID: page.Rows[0].SignIn().ID}})
		p.must(err)
		for _, event := range slices.Backward(record.Events) {
			want = append(want, event.SignIn().ID)
		}
	}
	got := p.ids("member")
	p.differ("members", got, want)
	p.members += len(got)
}

func (p *explored) compareTotal() {
	p.t.Helper()
	total, err := p.plain.Total(context.Background(), p.asked)
	p.must(err)
	p.differ("total", p.hook("total").AttrOr("data-value", "")+p.hook("total").AttrOr("data-complete", ""), fmt.Sprint(total.N, "true"))
}

// compareChips checks that each value has a chip, that chips set aside are marked, and that each removes only its own value.
func (p *explored) compareChips(aside store.Filter) {
	p.t.Helper()
	count := func(f store.Filter) (n int) {
		for _, c := range f.Conditions() {
			n += len(c.Values)
		}
		return n
	}
	chips := p.hook("chip")
	all := count(p.query.Filter)
	p.differ("chips", []int{chips.Length(), chips.Filter("[data-aside]").Length()}, []int{all, count(aside)})
	left := map[string]bool{}
	chips.Find(".chip-remove").Each(func(_ int, remove *goquery.Selection) {
		u, err := url.Parse(remove.AttrOr("href", ""))
		p.must(err)
		rest, bad := store.SignIns.ParseQuery(u.Query(), pageNow)
		p.differ("what is bad about "+u.String(), bad, store.BadParams(nil))
		p.differ("values without one", count(rest.Filter), all-1)
		left[rest.Filter.Values().Encode()] = true
	})
	p.differ("filters that the chips lead to", len(left), all)
}

func (p *explored) compareColumns() {
	p.t.Helper()
	var want []string
	for _, c := range p.list.Columns(p.query.Columns, true, true) {
		want = append(want, c.Label)
	}
	p.differ("columns", p.texts(`[data-testid="grid"] thead th`), want)
}

// compareChart checks that each bar has the numbers of its span, that the bars are adjacent, and that they add up to the
// total.
func (p *explored) compareChart() {
	p.t.Helper()
	var edges []time.Time
	var got []string
	all := int64(0)
	for _, b := range barsOf(p.t, p.answer) {
		edges = append(edges, b.From)
		got = append(got, fmt.Sprint(b.ByStatus[store.StatusSuccess], b.ByStatus[store.StatusFailure], b.ByStatus[store.StatusInterrupted], b.ByStatus[store.StatusUnknown]))
		all += b.Total()
	}
	total, err := p.plain.Total(context.Background(), p.asked)
	p.must(err)
	p.differ("sum of the bars", all, total.N)
	if len(edges) == 0 {
		return
	}
	end, err := time.Parse(time.RFC3339, p.page.Find("[data-narrow]").AttrOr("data-to", ""))
	p.must(err)
	edges = append(edges, end)
	p.differ("ends of the chart", []time.Time{edges[0], edges[len(edges)-1]}, []time.Time{p.query.Range.From, p.query.Range.To})
	histogram, err := p.plain.Histogram(context.Background(), store.HistogramQuery{ListQuery: p.asked, Edges: edges})
	p.must(err)
	var want []string
	for _, b := range histogram.Buckets {
		want = append(want, fmt.Sprint(b.ByStatus[store.StatusSuccess], b.ByStatus[store.StatusFailure], b.ByStatus[store.StatusInterrupted], b.ByStatus[store.StatusUnknown]))
	}
	p.differ("bars", got, want)
	p.bars += len(got)
}

// compareFacets checks that every shown value has its exact count, under the filter without the field's own conditions.
func (p *explored) compareFacets() {
	p.t.Helper()
	p.page.Find("[data-facet]").Each(func(_ int, shown *goquery.Selection) {
		field, ok := store.SignIns.Field(shown.AttrOr("data-facet", ""))
		if !ok {
			p.t.Fatalf("%s: facet %q", p.address, shown.AttrOr("data-facet", ""))
		}
		facets, err := p.plain.Facets(context.Background(), store.FacetsQuery{ListQuery: p.asked, Fields: []*store.Field{field}, Top: store.MaxTop, IgnoreOwn: true})
		p.must(err)
		counts := map[string]int64{"": facets[0].Empty}
		for _, v := range facets[0].Values {
			counts[v.Value] = v.N
		}
		shown.Find("[data-value][data-count]").Each(func(_ int, v *goquery.Selection) {
			value := v.AttrOr("data-value", "")
			want, ok := counts[value]
			if !ok { // a chosen value that records do not have: a name, or a network of addresses
				q := p.asked
				q.Filter = q.Filter.WithoutField(field).With(field, store.OpIs, value)
				total, err := p.plain.Total(context.Background(), q)
				p.must(err)
				want = total.N
			}
			p.differ(field.Name+" "+value, v.AttrOr("data-count", ""), want)
			p.values++
		})
	})
}

func (p *explored) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%s: %v", p.address, err)
	}
}
