package views

import (
	"strconv"
	"strings"

	"signpost/store"
)

// splits are the fields that the viewer can break the list's chart down by.
func (p LogPage) splits() (fields []*store.Field) {
	look := p.List.look()
	shown := look.of(p.List.Log).Splits
	if shown == nil {
		shown = look.of(p.List.Log).Facets
	}
	status := p.List.Kind().StatusField()
	for _, f := range shown {
		if f != status && f.Splits() && offered(f, p.List.Info(), p.ConditionalAccess) && len(fields) < maxSplits {
			fields = append(fields, f)
		}
	}
	return fields
}

// splitParam names the field that the chart is broken down by.
const splitParam = "split"

// maxSplits is the number of fields that are offered for breaking a chart down.
const maxSplits = 5

// order gives the parts of a bar from the bottom up.
func (c Chart) order() []store.Status {
	if c.Split == nil {
		return barOrder(c.kind())
	}
	return c.legendOrder()
}

// legendOrder gives the parts in the order of the legend. For a breakdown that is the values by their number, then the rest if
// any.
func (c Chart) legendOrder() []store.Status {
	if c.Split == nil {
		return legendOrder(c.kind())
	}
	var order []store.Status
	for i := range c.Values {
		order = append(order, store.Status(i))
	}
	if rest := store.Status(len(c.Values)); c.sum().ByStatus[rest] > 0 {
		order = append(order, rest)
	}
	return order
}

// class names the look of a part.
func (c Chart) class(s store.Status) string {
	switch {
	case c.Split == nil:
		return statusClass(c.kind(), s)
	case int(s) == len(c.Values):
		return "rest"
	}
	return "part" + strconv.Itoa(int(s)+1)
}

// word names a part in the legend and in the table.
func (c Chart) word(s store.Status) string {
	switch {
	case c.Split == nil:
		return statusWord(c.kind(), s)
	case int(s) == len(c.Values):
		return restWord
	}
	value := c.Values[s]
	label := facetLabel(c.Split, value)
	shared := strings.EqualFold(label, restWord)
	for i, other := range c.Values {
		shared = shared || i != int(s) && strings.EqualFold(label, facetLabel(c.Split, other))
	}
	return toldApart(label, value.Value, shared)
}

// restWord names the part of the bars that no value of a breakdown has.
const restWord = "The rest"

// partName names a part within a sentence.
func (c Chart) partName(s store.Status) string {
	if c.Split == nil || int(s) == len(c.Values) {
		return strings.ToLower(c.word(s))
	}
	return c.word(s)
}

// splitLegend lists the values that the chart is broken down by. A click filters by one of them, or excludes all of them.
func (p LogPage) splitLegend() []legendEntry {
	c, sum := p.Chart, p.Chart.sum()
	var entries []legendEntry
	for _, s := range c.legendOrder() {
		e := legendEntry{Of: c.kind(), Status: s, N: sum.ByStatus[s], Class: c.class(s), Word: c.word(s)}
		if int(s) == len(c.Values) {
			others := p.Query
			for _, v := range c.Values {
				others.Filter = others.Filter.With(c.Split, store.OpIsNot, v.Value)
			}
			e.Address, e.Title = hereURL(others.Values()), "All but these: "+Capital(c.kind().Many)+" with another "+c.Split.Label+" or without one"
		} else {
			e.Value, e.Title = c.Values[s].Value, e.Word+": filter by it"
			e.Active = holds(p.Query.Filter, c.Split, store.OpIs, e.Value)
			e.Address = withURL(p.Query, c.Split, store.OpIs, e.Value)
			if e.Active {
				e.Address, e.Title = withoutHereURL(p.Query, c.Split, store.OpIs, e.Value), e.Word+": take the filter away"
			}
		}
		entries = append(entries, e)
	}
	return entries
}

// percent is a share of a whole in words, with one decimal: "33.3 %".
func percent(n, of int64) string {
	if of == 0 {
		return "0 %"
	}
	return strings.TrimSuffix(strconv.FormatFloat(100*float64(n)/float64(of), 'f', 1, 64), ".0") + " %"
}

// hasPast says that the number seven days before a bar is known.
func (c Chart) hasPast(i int) bool { return i < len(c.Past) && i >= c.PastFrom }

func (c Chart) past(i int) int64 {
	if c.hasPast(i) {
		return c.Past[i]
	}
	return 0
}

// pastSum adds up the known numbers of seven days before.
func (c Chart) pastSum() (n int64) {
	for i := range c.Past {
		n += c.past(i)
	}
	return n
}

// pastLine draws the numbers of seven days before as steps over the bars.
func (c Chart) pastLine() string {
	var path strings.Builder
	r, top := c.spread(), c.top()
	for i, b := range c.Buckets {
		if !c.hasPast(i) {
			continue
		}
		left, width := bar(r, b)
		y := chartHeight - int(float64(c.past(i))/float64(top)*chartHeight+0.5)
		if path.Len() == 0 {
			path.WriteString("M" + strconv.Itoa(left) + " " + strconv.Itoa(y))
		} else {
			path.WriteString("V" + strconv.Itoa(y))
		}
		path.WriteString("H" + strconv.Itoa(left+width))
	}
	return path.String()
}

// numbers are a bar's parts in the order of the legend, and the number of seven days before if it is known. The script adds up
// several bars with them, if it cannot use the words.
func (c Chart) numbers(i int) string {
	if c.Split == nil && !c.Share && c.Past == nil {
		return ""
	}
	var numbers []string
	for _, s := range c.legendOrder() {
		numbers = append(numbers, strconv.FormatInt(c.Buckets[i].ByStatus[s], 10))
	}
	text := " data-n=" + strings.Join(numbers, ",")
	if c.hasPast(i) {
		text += " data-past=" + strconv.FormatInt(c.past(i), 10)
	}
	return text
}

// cell is a number of the chart's table, with its share if the bars show shares.
func (c Chart) cell(n, of int64) string {
	if c.Share && n > 0 {
		return Number(n) + " (" + percent(n, of) + ")"
	}
	return Number(n)
}

// splitLabel names the field that the bars are broken down by.
func (p LogPage) splitLabel() string {
	if p.Query.Split != nil {
		return p.Query.Split.Label
	}
	if status := p.List.Kind().StatusField(); status != nil {
		return status.Label
	}
	return "Nothing"
}

// shareURL and pastURL switch the drawing of the chart. The line of the week before and shares exclude each other.
func shareURL(q store.Query) string {
	q.Share, q.PastWeek = !q.Share, false
	return hereURL(q.Values())
}

func pastURL(q store.Query) string {
	q.PastWeek, q.Share = !q.PastWeek, false
	return hereURL(q.Values())
}
