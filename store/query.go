package store

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DefaultLimit and MaxLimit bound how many rows a page shows.
const (
	DefaultLimit = 50
	MaxLimit     = 200
)

// Query is everything the address of a log asks for.
type Query struct {
	Range  Range
	Filter Filter
	Window Window // time aggregate of the grouped logs
	// After and Before are the paging cursors; at most one is set. After asks for older rows.
	After, Before *Cursor
	Limit         int
	// Oldest lists the oldest rows first (dir=asc). After asks for older rows in any case.
	Oldest    bool
	AllEvents bool // events=all
	// Columns are the chosen columns of the interactive and the legacy log; empty for the default.
	Columns []*Property
	// Expanded are the groups shown with their members, by the Key of any member.
	Expanded []Key
	// Members pages inside the expanded group: members older than this.
	Members *Cursor
	// Wide is the range that the chart was narrowed from, to zoom back out to; the zero Range where it was not.
	Wide Range
	// ChartTable shows the chart's numbers as a table (chart=table).
	ChartTable bool
	// Split is the field that the chart's bars are broken down by (split=FIELD); nil for the status. Share draws each bar as
	// shares of itself (bars=share). PastWeek draws the same range of seven days earlier too (past=week).
	Split           *Field
	Share, PastWeek bool
	// Follow shows new records as they are imported (follow=yes). A preset then ends after the present minute.
	Follow bool
}

// queryParams are the parameters of a log's address that are not fields.
var queryParams = []string{
	"range", "from", "to", "agg", "cols", "after", "before", "limit", "events", "expand", "members", "wide", "chart", "split", "bars", "past", "follow", "dir",
}

// ParseQuery reads the address of a log. What is bad is told and left at its default; the rest holds. The zone of now says when
// today begins: see PresetRange.
// Of a parameter that is given more than once the first counts, and the repetition is told.
func (k *Kind) ParseQuery(params url.Values, now time.Time) (Query, BadParams) {
	q := Query{Window: Window24h, Limit: DefaultLimit}
	filter, bad := k.ParseFilter(params, queryParams...)
	q.Filter = filter
	for _, param := range queryParams {
		if len(params[param]) > 1 && param != "expand" {
			bad = append(bad, BadParam{Param: param, Value: strings.Join(params[param], ", "), Problem: "is given more than once. Keep one."})
		}
	}
	q.parseRange(params, now, &bad)
	q.parseWide(params, now, &bad)
	q.parseShape(params, k, &bad)
	q.parsePaging(params, k, &bad)
	if q.Follow && q.Range.Slides() {
		q.Range.To = q.Range.To.Add(time.Minute) // the minute that is not over: what is new is there
	}
	return q, bad
}

func (q *Query) parseRange(params url.Values, now time.Time, bad *BadParams) {
	q.Range, _ = PresetRange(DefaultPreset, now)
	preset, from, to := params.Get("range"), params.Get("from"), params.Get("to")
	if preset != "" {
		r, ok := PresetRange(preset, now)
		if !ok {
			*bad = append(*bad, BadParam{Param: "range", Value: preset, Problem: "is not a range. Choose 1h, 12h, 24h, 7d, 30d, today, yesterday or week, or give from and to."})
		} else {
			q.Range = r
		}
		if from != "" || to != "" {
			*bad = append(*bad, BadParam{Param: "range", Value: preset, Problem: "contradicts from and to. Keep one of them."})
		}
		return
	}
	if from == "" && to == "" {
		return
	}
	edge := func(param, value string, parse func(string) (time.Time, bool)) (time.Time, bool) {
		if value == "" {
			*bad = append(*bad, BadParam{Param: param, Problem: "is missing. A custom range needs both from and to."})
			return time.Time{}, false
		}
		t, ok := parse(value)
		t = t.Truncate(time.Microsecond) // what engines keep, so that Keys and Contains agree
		if !ok {
			*bad = append(*bad, BadParam{Param: param, Value: value, Problem: "is not a time. Write it like 2026-11-23T14:05:09Z, or 2026-11-23 for that whole day in UTC."})
		}
		return t, ok
	}
	f, okFrom := edge("from", from, parseTime)
	t, okTo := edge("to", to, ParseRangeEnd)
	switch {
	case !okFrom || !okTo:
	case !f.Before(t):
		*bad = append(*bad, BadParam{Param: "to", Value: to, Problem: "is not after from. Swap or change them."})
	default:
		q.Range = Range{From: f, To: t}
	}
}

// parseWide reads wide: a preset, or the two ends of a custom range as FROM/TO.
func (q *Query) parseWide(params url.Values, now time.Time, bad *BadParams) {
	wide := params.Get("wide")
	if wide == "" {
		return
	}
	if r, ok := PresetRange(wide, now); ok {
		q.Wide = r
		return
	}
	from, to, _ := strings.Cut(wide, "/")
	f, okFrom := parseTime(from)
	t, okTo := ParseRangeEnd(to)
	if !okFrom || !okTo || !f.Before(t) {
		*bad = append(*bad, BadParam{Param: "wide", Value: wide, Problem: "is not a range. Write one such as 24h or today, or two times with a slash between them."})
		return
	}
	q.Wide = Range{From: f.Truncate(time.Microsecond), To: t.Truncate(time.Microsecond)}
}

func (q *Query) parseShape(params url.Values, k *Kind, bad *BadParams) {
	switch agg := params.Get("agg"); agg {
	case "", "24h":
	case "6h":
		q.Window = Window6h
	case "1h":
		q.Window = Window1h
	default:
		*bad = append(*bad, BadParam{Param: "agg", Value: agg, Problem: "is not a time aggregate. Choose 1h, 6h or 24h."})
	}
	only := func(param, known string) bool {
		value := params.Get(param)
		if value != "" && value != known {
			*bad = append(*bad, BadParam{Param: param, Value: value, Problem: "knows one value: " + known + "."})
		}
		return value == known
	}
	q.AllEvents, q.ChartTable, q.Follow = only("events", "all"), only("chart", "table"), only("follow", "yes")
	q.Share, q.PastWeek = only("bars", "share"), only("past", "week")
	if name := params.Get("split"); name != "" {
		f, ok := k.Field(name)
		switch {
		case !ok || !f.Splits():
			*bad = append(*bad, BadParam{Param: "split", Value: name, Problem: "is not a field that the chart can be broken down by. Choose one that has one value at a time."})
		case f != k.StatusField():
			q.Split = f
		}
	}
	switch dir := params.Get("dir"); dir {
	case "", "desc":
	case "asc":
		q.Oldest = true
		if q.Follow {
			*bad = append(*bad, BadParam{Param: "follow", Value: "yes", Problem: "contradicts dir=asc: what is new comes at the other end. Keep one of them."})
		}
	default:
		*bad = append(*bad, BadParam{Param: "dir", Value: dir, Problem: "is not an order. Choose asc for the oldest first, or desc."})
	}
	q.parseColumns(params, k, bad)
}

func (q *Query) parseColumns(params url.Values, k *Kind, bad *BadParams) {
	if cols := params.Get("cols"); cols != "" {
		for name := range strings.SplitSeq(cols, ",") {
			p, ok := k.Column(name)
			if !ok {
				*bad = append(*bad, BadParam{Param: "cols", Value: name, Problem: "is not a column. Columns are single-valued fields of " + WithArticle(k.One) + "."})
				continue
			}
			if !slices.Contains(q.Columns, p) {
				q.Columns = append(q.Columns, p)
			}
		}
	}
}

func (q *Query) parsePaging(params url.Values, k *Kind, bad *BadParams) {
	cursor := func(param string) *Cursor {
		value := params.Get(param)
		if value == "" {
			return nil
		}
		c, err := ParseCursor(value)
		if _, ok := k.Log(c.Log); err != nil || !ok && c.Log != "" {
			*bad = append(*bad, BadParam{Param: param, Value: value, Problem: "does not lead to a page of this list. Start again from the newest page."})
			return nil
		}
		return &c
	}
	q.After, q.Before, q.Members = cursor("after"), cursor("before"), cursor("members")
	if q.After != nil && q.Before != nil {
		*bad = append(*bad, BadParam{Param: "before", Value: params.Get("before"), Problem: "contradicts after. Keep one of them."})
		q.Before = nil
	}
	if limit := params.Get("limit"); limit != "" {
		n, err := strconv.Atoi(limit)
		if err != nil || n < 1 || n > MaxLimit {
			*bad = append(*bad, BadParam{Param: "limit", Value: limit, Problem: "is not a number from 1 to 200."})
		} else {
			q.Limit = n
		}
	}
	for _, value := range params["expand"] {
		k, err := ParseKey(value)
		if err != nil {
			*bad = append(*bad, BadParam{Param: "expand", Value: value, Problem: "is not a row of this list. Take it out of the address."})
			continue
		}
		if len(q.Expanded) == MaxLimit { // each costs a question, and a page has no more groups
			*bad = append(*bad, BadParam{Param: "expand", Problem: "is given too often. A page has at most 200 groups."})
			break
		}
		if !slices.Contains(q.Expanded, k) {
			q.Expanded = append(q.Expanded, k)
		}
	}
}

// Values writes the query as an address has it, without paging and without what is at its default.
func (q Query) Values() url.Values {
	v := q.Filter.Values()
	switch {
	case q.Range.Preset == DefaultPreset:
	case q.Range.Preset != "":
		v.Set("range", q.Range.Preset)
	default:
		v.Set("from", q.Range.From.Format(time.RFC3339Nano))
		v.Set("to", q.Range.To.Format(time.RFC3339Nano))
	}
	if q.Window != Window24h && q.Window != 0 {
		v.Set("agg", q.Window.String())
	}
	if q.AllEvents {
		v.Set("events", "all")
	}
	if q.Oldest {
		v.Set("dir", "asc")
	}
	if !q.Wide.IsZero() {
		v.Set("wide", q.Wide.String())
	}
	if q.ChartTable {
		v.Set("chart", "table")
	}
	if q.Split != nil {
		v.Set("split", q.Split.Name)
	}
	if q.Share {
		v.Set("bars", "share")
	}
	if q.PastWeek {
		v.Set("past", "week")
	}
	if q.Follow {
		v.Set("follow", "yes")
	}
	if len(q.Columns) > 0 {
		names := make([]string, len(q.Columns))
		for i, p := range q.Columns {
			names[i] = p.Name
		}
		v.Set("cols", strings.Join(names, ","))
	}
	if q.Limit != DefaultLimit && q.Limit != 0 {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	return v
}
