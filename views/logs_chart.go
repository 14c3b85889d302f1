package views

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/coverage"
)

// Chart is the histogram above a list: bars of one width.
type Chart struct {
	store.Histogram
	// Of is the kind of records that it counts; nil for sign-ins.
	Of    *store.Kind
	Width time.Duration
	// Split is the field that the bars are broken down by; nil for the status. In each bucket ByStatus[i] then counts
	// Values[i], and ByStatus[len(Values)] counts the rest. Distinct is the number of different values in all.
	Split    *store.Field
	Values   []store.FacetValue
	Distinct int64
	// Share draws each bar as shares of itself.
	Share bool
	// Past counts the same buckets seven days earlier; nil if nobody asked. The numbers before index PastFrom are not known.
	Past     []int64
	PastFrom int
	// Holes are times of which nothing is known, because no file covers them.
	Holes []coverage.Gap
	// Notes say which of the requested parts are not drawn, and why.
	Notes []string
	// Trouble says why there are no bars; empty if there are some.
	Trouble string
}

// plotted is a chart as it is drawn, with its range, its zone and the links of its bars. Lead is the common part of their
// addresses.
type plotted struct {
	Chart Chart
	Range store.Range
	Lead  string
	Zone  Zone
}

// The drawing is stretched to the window's width. Its height is not stretched.
const (
	chartWidth  = 6000
	chartHeight = 72
)

// barOrder gives the statuses of a kind as parts of a bar, from the bottom up. Failures are at the bottom, where the heights
// of neighbours can be compared.
func barOrder(kind *store.Kind) []store.Status {
	return statusesBy(kind, store.Bad, store.Warning, store.Neutral, store.Good)
}

// legendOrder gives the statuses of a kind in the order of the legend.
func legendOrder(kind *store.Kind) []store.Status {
	order := statusesBy(kind, store.Good, store.Warning, store.Bad, store.Neutral)
	unknown := slices.Index(order, store.StatusUnknown)
	return append(slices.Delete(order, unknown, unknown+1), store.StatusUnknown)
}

func statusesBy(kind *store.Kind, tones ...store.Tone) []store.Status {
	if len(kind.Statuses) == 0 {
		return []store.Status{store.StatusUnknown}
	}
	var order []store.Status
	for _, tone := range tones {
		for s, info := range kind.Statuses {
			if info.Tone == tone {
				order = append(order, store.Status(s))
			}
		}
	}
	return order
}

// chartLines are the lines at the top, at the middle and at the bottom of the axis.
var chartLines = "M0 0.5h" + strconv.Itoa(chartWidth) + "M0 " + strconv.Itoa(chartHeight/2) + "h" + strconv.Itoa(chartWidth) + "M0 " + strconv.Itoa(chartHeight) + "h" + strconv.Itoa(chartWidth)

// statusName names a status in data attributes, even the unknown one.
func statusName(kind *store.Kind, s store.Status) string {
	if s == store.StatusUnknown {
		return "unknown"
	}
	return kind.StatusInfo(s).Name
}

// statusClass names the look of a status for class attributes and icons, by its tone.
func statusClass(kind *store.Kind, s store.Status) string {
	switch kind.StatusInfo(s).Tone {
	case store.Good:
		return "success"
	case store.Bad:
		return "failure"
	case store.Warning:
		return "interrupted"
	}
	if s != store.StatusUnknown {
		return "neutral"
	}
	return "unknown"
}

func statusWord(kind *store.Kind, s store.Status) string {
	if s == store.StatusUnknown {
		return "Unknown"
	}
	return kind.StatusInfo(s).Label
}

func (c Chart) kind() *store.Kind {
	if c.Of == nil {
		return store.SignIns
	}
	return c.Of
}

// trouble says why there are no bars.
func (c Chart) trouble() string {
	if c.Trouble == "" && !c.Complete && c.Buckets == nil {
		return "Not every " + c.kind().One + " could be counted, so there is no chart. Narrow the range or the filter."
	}
	return c.Trouble
}

// sum adds all bars up.
func (c Chart) sum() store.Bucket {
	var sum store.Bucket
	for _, b := range c.Buckets {
		for s, n := range b.ByStatus {
			sum.ByStatus[s] += n
		}
	}
	return sum
}

// top is the round number at the top of the axis.
func (c Chart) top() int64 {
	var highest int64
	for i, b := range c.Buckets {
		highest = max(highest, b.Total(), c.past(i))
	}
	return roundUp(highest)
}

// roundUp gives 1, or the next round number with a whole half.
func roundUp(n int64) int64 {
	for _, round := range []int64{1, 2, 4, 6, 8} {
		if n <= round {
			return round
		}
	}
	for unit := int64(1); ; unit *= 10 {
		for _, round := range []int64{10, 12, 16, 20, 30, 40, 50, 60, 80} {
			if round *= unit; n <= round {
				return round
			}
		}
	}
}

// heights labels the axis from the top down.
func (c Chart) heights() []string {
	if c.Share {
		return []string{"100 %", "50 %", "0"}
	}
	top := c.top()
	if top == 1 {
		return []string{"1", "0"}
	}
	return []string{Number(top), Number(top / 2), "0"}
}

// areas draws the parts of all bars, one path for each status. That takes a third of the bytes of single shapes.
func (c Chart) areas() map[store.Status]string {
	paths, order := map[store.Status]*strings.Builder{}, c.order()
	for _, s := range order {
		paths[s] = &strings.Builder{}
	}
	if len(c.Buckets) == 0 {
		return nil
	}
	r := c.spread()
	top := c.top()
	for _, b := range c.Buckets {
		left, width := bar(r, b)
		gap := min(width/6, 10)
		y := chartHeight
		if c.Share {
			top = max(b.Total(), 1)
		}
		for i, height := range partHeights(order, b, top) {
			if height > 0 {
				y -= height
				writePath(paths[order[i]], left+gap, y, max(width-2*gap, 1), height)
			}
		}
	}
	areas := map[store.Status]string{}
	for s, path := range paths {
		if path.Len() > 0 {
			areas[s] = path.String()
		}
	}
	return areas
}

func writePath(path *strings.Builder, x, y, width, height int) {
	for _, part := range []struct {
		command string
		n       int
	}{{"M", x}, {" ", y}, {"h", width}, {"v", height}, {"h", -width}} {
		path.WriteString(part.command)
		path.WriteString(strconv.Itoa(part.n))
	}
	path.WriteByte('z')
}

// spread is the range from the start of the first bar to the end of the last one.
func (c Chart) spread() store.Range {
	return store.Range{From: c.Buckets[0].From, To: c.Buckets[len(c.Buckets)-1].To}
}

// bar places a bucket on the drawing.
func bar(r store.Range, b store.Bucket) (left, width int) {
	left = int(share(r, b.From)*chartWidth + 0.5)
	return left, max(int(share(r, b.To)*chartWidth+0.5)-left, 1)
}

// partHeights gives the height of each status of a bar. A part is at least 1 high, so that a few sign-ins among many still
// show as a line. If the sum is then too high, the highest part shrinks.
func partHeights(order []store.Status, b store.Bucket, top int64) []int {
	heights, sum := make([]int, len(order)), 0
	for i, s := range order {
		if n := b.ByStatus[s]; n > 0 {
			heights[i] = max(int(float64(n)/float64(top)*chartHeight+0.5), 1)
			sum += heights[i]
		}
	}
	if over := sum - chartHeight; over > 0 {
		heights[slices.Index(heights, slices.Max(heights))] -= over
	}
	return heights
}

// barText is a bar in words: its time and its numbers.
func (c Chart) barText(i int, z Zone) string {
	b := c.Buckets[i]
	var parts []string
	for _, s := range c.legendOrder() {
		if n := b.ByStatus[s]; n > 0 {
			part := Number(n) + " " + c.partName(s)
			if c.Share {
				part += " (" + percent(n, b.Total()) + ")"
			}
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		parts = []string{"no " + c.kind().Many}
	}
	if c.hasPast(i) {
		parts = append(parts, "against "+Number(c.past(i))+" seven days before")
	}
	if text := c.holeText(b); text != "" {
		parts = append(parts, text)
	}
	return z.Span(b.From, b.To) + ": " + strings.Join(parts, ", ")
}

// narrows says that a bar gets a link: it holds sign-ins, is not the only bar, and is not too short to be divided.
func (c Chart) narrows(b store.Bucket) bool {
	return b.Total() > 0 && len(c.Buckets) > 1 && b.To.Sub(b.From) >= time.Second
}

// tableStatuses are the statuses with a column in the table of the chart. The unknown one has a column only if there are such
// records. A kind without statuses has none.
func (c Chart) tableStatuses() []store.Status {
	if c.Split != nil {
		return c.legendOrder()
	}
	if len(c.kind().Statuses) == 0 {
		return nil // the total says it
	}
	order := legendOrder(c.kind())
	if len(order) > 1 && c.sum().ByStatus[store.StatusUnknown] == 0 {
		return order[:len(order)-1]
	}
	return order
}

// partClasses are the classes of the parts in a legend, each once.
func partClasses(entries []legendEntry) (classes []string) {
	for _, e := range entries {
		if class := e.class(); !slices.Contains(classes, class) {
			classes = append(classes, class)
		}
	}
	return classes
}

// legendEntry is a status of the chart with its number. It links to a filter by the status.
type legendEntry struct {
	Of      *store.Kind
	Status  store.Status
	N       int64
	Address string
	Active  bool
	// Class, Word and Value describe a value of the field that the chart is broken down by. Title describes the effect of a click.
	Class, Word, Value, Title string
}

func (e legendEntry) class() string {
	if e.Class != "" {
		return e.Class
	}
	return statusClass(e.Of, e.Status)
}

func (e legendEntry) title() string {
	switch {
	case e.Title != "":
		return e.Title
	case e.Active:
		return "Filtered by this status: take the filter away"
	}
	return "Filter by this status"
}

// filterEntries are the entries with a link to a filter: a kind without statuses has none.
func filterEntries(entries []legendEntry) []legendEntry {
	return slices.DeleteFunc(slices.Clone(entries), func(e legendEntry) bool { return e.Address == "" })
}

// legend lists the statuses of the chart. The unknown one is listed only if there are such sign-ins, or if the filter asks
// for them.
func (p LogPage) legend() []legendEntry {
	if p.Chart.Split != nil {
		return p.splitLegend()
	}
	sum := p.Chart.sum()
	var entries []legendEntry
	kind := p.Chart.kind()
	status := kind.StatusField()
	for _, s := range legendOrder(kind) {
		e := legendEntry{Of: kind, Status: s, N: sum.ByStatus[s]}
		op, value := store.OpIs, kind.StatusInfo(s).Name
		if s == store.StatusUnknown {
			op = store.OpEmpty
		}
		e.Active = status != nil && holds(p.Query.Filter, status, op, value)
		if s == store.StatusUnknown && e.N == 0 && !e.Active {
			continue
		}
		switch {
		case e.Active:
			e.Address = withoutHereURL(p.Query, status, op, value)
		case status != nil:
			e.Address = withURL(p.Query, status, op, value)
		}
		entries = append(entries, e)
	}
	return entries
}

// holds says whether the filter has that value of a field and operator. The operators "is empty" and "is not empty" have one
// value each.
func holds(filter store.Filter, f *store.Field, op store.Operator, value string) bool {
	for _, c := range filter.Conditions() {
		if c.Field == f && c.Op == op {
			return !op.TakesValue() || slices.ContainsFunc(c.Values, func(v string) bool {
				return store.FoldCase(v) == store.FoldCase(value)
			})
		}
	}
	return false
}
