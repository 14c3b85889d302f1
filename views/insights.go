package views

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"signpost/store"
	"signpost/store/coverage"
	"signpost/web/ask"
)

// InsightsPath is the address of the first page of the reports.
const InsightsPath = "/insights"

// These are the parameters that every report knows, beyond the range, the limit and the groups.
const (
	ParamList    = "list"
	ParamSort    = "sort"
	ParamDir     = "dir"
	ParamAfter   = "after"
	ParamCompare = "compare"
	ParamTab     = "tab"
	// A report about one thing knows what it is, and the length of its range in days.
	ParamKind  = "kind"
	ParamValue = "value"
	ParamDays  = "days"
)

// InsightLimit is how many rows a report shows unless its address says another number.
const InsightLimit = 25

// InsightsPage is the first page of Usage & insights.
type InsightsPage struct {
	Shell   Shell
	Range   store.Range
	Reports []InsightsEntry
	Covered []Covered
	Now     time.Time
}

// InsightsEntry is a report on the first page. Told is its most telling number; nil for a report that has none, or where it is
// missing: Trouble says why.
type InsightsEntry struct {
	Report  *ask.Insight
	Told    *ask.Cell
	Trouble ask.Trouble
}

// InsightPage is the page of a report.
type InsightPage struct {
	Shell  Shell
	Report *ask.Insight
	// Tabs are the reports of this address; nil where there is one.
	Tabs  []*ask.Insight
	Query ask.InsightQuery
	// Bad has the errors of the address; nothing else is shown then.
	Bad     store.BadParams
	Summary *ask.InsightSummary
	Rows    *ask.InsightRows
	// SummaryTrouble and RowsTrouble say why a part is missing.
	SummaryTrouble, RowsTrouble ask.Trouble
	// CoveredBefore is what files cover of the time before.
	Covered, CoveredBefore []Covered
	// CardsCovered is what files cover of the records that a card counts, by the card's name.
	CardsCovered map[string][]Covered
	// Oldest is the time of the oldest record of the report's logs.
	Oldest time.Time
	// AllSince is the time from which on each log of the report has records, but for logs without any.
	AllSince time.Time
	// Groups are those that the filter names. Choices are the first groups to choose from.
	Groups      []store.MembershipInfo
	Departments []store.Department
	// Known are the departments to choose from.
	Known []store.Department
	// Things are what the viewer may ask the report about.
	Things  []*ask.Thing
	Choices store.EntityPage
	Now     time.Time
}

// insightPath is the address of a report, or of its page about one thing.
func insightPath(report *ask.Insight, subject string) string {
	path := InsightsPath + "/" + report.Name
	if report.Subject {
		path += "/" + url.PathEscape(subject)
	}
	return path
}

// InsightURL is the address of a report, from the first row of its list.
func InsightURL(report *ask.Insight, q *ask.InsightQuery) string {
	return withQuery(insightPath(report, q.Subject), insightValues(report, q))
}

// removalURL is the report of what used a thing of a kind.
func removalURL(kind, value string) string {
	return withQuery(insightPath(ask.Removal, ""), url.Values{ParamKind: {kind}, ParamValue: {value}})
}

// insightValues are the parameters of a report's address, without the place in the list.
func insightValues(report *ask.Insight, q *ask.InsightQuery) url.Values {
	v := monthValues(store.Query{Range: q.Range, Filter: q.Filter, Limit: store.DefaultLimit, Window: store.Window24h})
	set := func(param, value string, is bool) {
		if is {
			v.Set(param, value)
		}
	}
	set(ParamTab, report.Tab, report.Tab != "")
	set(ParamList, q.List.Name, q.List.Name != "")
	set(ParamSort, q.Sort.Name, q.Sort != q.List.Sort)
	set(ParamDir, direction(q), q.Reverse)
	set(ParamCompare, "yes", q.Compare)
	set("limit", strconv.Itoa(q.Limit), q.Limit != InsightLimit && q.Limit <= store.MaxLimit)
	if report.Days > 0 && q.Range.Preset != "" { // without a range it is of other days
		v.Set("range", q.Range.Preset)
	}
	if q.Days > 0 {
		v.Del("from")
		v.Del("to")
		set(ParamDays, strconv.Itoa(q.Days), q.Days != report.Days)
	}
	if q.Thing != nil && q.Value != "" {
		v.Set(ParamKind, q.Thing.Kind)
		v.Set(ParamValue, q.Value)
	}
	for _, w := range report.Switches {
		set(w.Param, q.Chosen[w.Param], q.Chosen[w.Param] != "")
	}
	return v
}

// direction is the value of ParamDir.
func direction(q *ask.InsightQuery) string {
	if q.Reverse == q.Sort.Rises() {
		return "desc"
	}
	return "asc"
}

// url is the page with some of the query changed, from its first row.
func (p InsightPage) url(change func(q *ask.InsightQuery)) string {
	q := p.Query
	change(&q)
	return InsightURL(p.Report, &q)
}

// parent is the report with rows that lead to this one.
func (p InsightPage) parent() *ask.Insight {
	for _, report := range ask.Insights() {
		if report.Name == p.Report.Name {
			return report
		}
	}
	return p.Report
}

// parentURL leads back to the report of all things, over the same range and with the same filter.
func (p InsightPage) parentURL() string {
	list := p.parent().Lists[0]
	q := ask.InsightQuery{Range: p.Query.Range, Filter: p.Query.Filter, List: list, Sort: list.Sort, Limit: InsightLimit}
	return InsightURL(p.parent(), &q)
}

// tabURL leads to another tab, with the same range and groups.
func (p InsightPage) tabURL(tab *ask.Insight) string {
	q := ask.InsightQuery{Range: p.Query.Range, Filter: p.Query.Filter, List: tab.Lists[0], Sort: tab.Lists[0].Sort, Limit: InsightLimit}
	return withQuery(insightPath(tab, ""), insightValues(tab, &q))
}

// longSwitches are those that stand in the form of the filter.
func (p InsightPage) longSwitches() []*ask.Switch {
	return slices.DeleteFunc(slices.Clone(p.Report.Switches), func(w *ask.Switch) bool { return !w.Long })
}

// optionsOf are the options of a switch with the one that is chosen.
func (p InsightPage) optionsOf(w *ask.Switch) []ask.SwitchOption {
	chosen := p.Query.Chosen[w.Param]
	if chosen == "" || slices.ContainsFunc(w.Options, func(o ask.SwitchOption) bool { return o.Value == chosen }) {
		return w.Options
	}
	return append(slices.Clone(w.Options), ask.SwitchOption{Value: chosen, Label: chosen})
}

// inForm are the parameters that the form of the filter has inputs for.
func (p InsightPage) inForm() []string {
	params := []string{store.GroupField.Name, store.DepartmentField.Name}
	for _, w := range p.longSwitches() {
		params = append(params, w.Param)
	}
	return params
}

func (p InsightPage) presetURL(preset string) string {
	return p.url(func(q *ask.InsightQuery) { q.Range, q.Days = store.Range{Preset: preset}, 0 })
}

// daysChoices are the lengths of a range in days that a report offers.
func (p InsightPage) daysChoices() []int {
	if p.Report.Days == 0 {
		return nil
	}
	return []int{7, 30, 90, 365}
}

func (p InsightPage) daysURL(days int) string {
	return p.url(func(q *ask.InsightQuery) { q.Range, q.Days = store.Range{}, days })
}

// listURL leads to another list, in its own order.
func (p InsightPage) listURL(list *ask.InsightList) string {
	return p.url(func(q *ask.InsightQuery) {
		q.List, q.Sort, q.Reverse, q.Compare = list, list.Sort, false, q.Compare && list.Compares
	})
}

func (p InsightPage) switchURL(w *ask.Switch, value string) string {
	return p.url(func(q *ask.InsightQuery) {
		chosen := map[string]string{}
		for param, value := range q.Chosen {
			chosen[param] = value
		}
		if delete(chosen, w.Param); value != w.Options[0].Value {
			chosen[w.Param] = value
		}
		q.Chosen = chosen
	})
}

func (p InsightPage) compareURL(compare bool) string {
	return p.url(func(q *ask.InsightQuery) { q.Compare = compare })
}

// sortURL sorts by a column; by the one that the list is sorted by, the other way round.
func (p InsightPage) sortURL(column *ask.Number) string {
	return p.url(func(q *ask.InsightQuery) { q.Sort, q.Reverse = column, q.Sort == column && !q.Reverse })
}

// sortDirection is the order of a column for aria-sort; empty where the list is sorted by another.
func (p InsightPage) sortDirection(column *ask.Number) string {
	switch {
	case column != p.Query.Sort:
		return ""
	case direction(&p.Query) == "asc":
		return "ascending"
	}
	return "descending"
}

func (p InsightPage) nextURL() string {
	v := insightValues(p.Report, &p.Query)
	v.Set(ParamAfter, p.Rows.Next.String())
	return withQuery(insightPath(p.Report, p.Query.Subject), v)
}

// fileURL is the list as a file.
func (p InsightPage) fileURL(f InsightFormat) string {
	path := insightPath(p.Report, p.Query.Subject)
	if p.Report.Subject {
		path += "/list"
	}
	q := p.Query
	q.Limit = InsightLimit // a file has all rows
	return withQuery(path+"."+f.Name, insightValues(p.Report, &q))
}

// innerURL leads to the report about the thing of a row, with the same range and filter; empty where there is none.
func (p InsightPage) innerURL(id string) string {
	if p.Query.List.Inner == nil || id == "" {
		return ""
	}
	inner := p.Query.List.Inner
	q := ask.InsightQuery{Subject: id, Location: p.Query.Location, Range: p.Query.Range, Filter: p.Query.Filter, List: inner.Lists[0], Sort: inner.Lists[0].Sort, Limit: InsightLimit}
	return InsightURL(inner, &q)
}

// recordsURL leads to the records of a number; empty where no list shows them.
func recordsURL(q *store.ListQuery) string {
	if q == nil {
		return ""
	}
	return logURL(q.Log, q.Filter, q.Range)
}

// hiddenParams keep the rest of the state in a form, without what the form asks itself.
func (p InsightPage) hiddenParams(asked ...string) (inputs []hiddenInput) {
	v := insightValues(p.Report, &p.Query)
	for _, param := range asked {
		v.Del(param)
	}
	for _, param := range slices.Sorted(maps.Keys(v)) {
		for _, value := range v[param] {
			inputs = append(inputs, hiddenInput{param, value})
		}
	}
	return inputs
}

// group is the ID of the group that the report is narrowed to; empty for none.
func (p InsightPage) group() string {
	if ids := p.Query.Filter.Groups(); len(ids) > 0 {
		return ids[0]
	}
	return ""
}

// groupChoices are the groups that the form offers; nil where there are more than it can.
func (p InsightPage) groupChoices() []store.EntityRow {
	if p.Choices.Next != nil {
		return nil
	}
	return p.Choices.Rows
}

// department is the department that the report is narrowed to; empty for none.
func (p InsightPage) department() string {
	if len(p.Departments) > 0 {
		return p.Departments[0].Name
	}
	return ""
}

// groupNote says which members a filter by group or department counts.
func (p InsightPage) groupNote() string {
	var parts []string
	for _, g := range p.Groups {
		parts = append(parts, "direct members of "+firstText(g.Group.Name, g.Group.ID)+" as imported on "+p.Shell.Zone.Minute(g.AsOf))
	}
	for _, d := range p.Departments {
		parts = append(parts, "users of the department "+d.Name+" as imported on "+p.Shell.Zone.Minute(d.AsOf))
	}
	if len(parts) == 0 {
		return ""
	}
	return "Only " + inWords(parts, "and") + ". Who joined or left at another time is not known."
}

// title names the report, and its subject.
func (p InsightPage) title() string {
	if p.Report.Subject {
		if p.Summary != nil && p.Summary.Title != "" {
			return p.Summary.Title
		}
		return p.Query.Subject
	}
	return p.Report.Title
}

// beforeText names the time before that numbers are compared with.
func (p InsightPage) beforeText() string { return p.Shell.Zone.Edges(p.Query.Before()) }

// printWords are the range and the filter in words. On paper nothing else names them.
func (p InsightPage) printWords() string {
	words := p.Report.Title + ", " + p.Shell.Zone.Edges(p.Query.Range)
	if p.Query.Thing != nil {
		words += "; " + p.Query.Thing.Label + " " + p.Query.Value
	}
	for _, w := range p.Report.Switches {
		if w.Typed && p.Query.Chosen[w.Param] != "" {
			words += "; " + w.Label + " " + p.Query.Chosen[w.Param]
		}
		for _, o := range p.optionsOf(w) {
			if o.Value == p.Query.Chosen[w.Param] && !w.Typed && (o.Value != "" || !w.Long) {
				words += "; " + o.Label
			}
		}
	}
	if note := p.groupNote(); note != "" {
		words += "; " + note
	}
	return words
}

// chart is the picture of the days.
func (p InsightPage) chart() Chart {
	return Chart{Histogram: *p.Summary.Days, Width: p.Summary.Width, Holes: p.holes()}
}

// holes are the times of the range that no file covers. A report about several logs has none.
func (p InsightPage) holes() (holes []coverage.Gap) {
	if len(p.Covered) == 1 {
		return p.Covered[0].Holes(p.Now)
	}
	return nil
}

// plot is the picture with links into the log.
func (p InsightPage) plot() plotted {
	r := p.Summary.Records
	lead := logPath(r.Log) + narrowLead(store.Query{Range: p.Query.Range, Filter: r.Filter})
	return plotted{Chart: p.chart(), Range: p.Query.Range, Lead: lead, Zone: p.Shell.Zone}
}

// legend lists the statuses of the picture, with links into the log.
func (p InsightPage) legend() []legendEntry {
	sum := p.chart().sum()
	var entries []legendEntry
	for _, status := range legendOrder(store.SignIns) {
		if n := sum.ByStatus[status]; n > 0 || status != store.StatusUnknown {
			r := p.Summary.Records
			filter := r.Filter.With(store.StatusField, store.OpIs, store.SignIns.StatusInfo(status).Name)
			if status == store.StatusUnknown {
				filter = r.Filter.With(store.StatusField, store.OpEmpty, "")
			}
			entries = append(entries, legendEntry{Of: store.SignIns, Status: status, N: n, Address: logURL(r.Log, filter, r.Range), Title: "Open the log with these"})
		}
	}
	return entries
}

// nothing says why the list is empty.
func (p InsightPage) nothing() EmptyState {
	switch {
	case len(p.Bad) > 0:
		return EmptyState{Title: badTitle(p.Bad), Text: besideControl, Link: &Link{removeBad(p.Bad), insightPath(p.Report, p.Query.Subject)}}
	case p.Query.After != nil:
		return EmptyState{Title: "No rows on this page", Text: "The list has moved on since the link was made.", Link: &Link{"Go to the first page", p.url(func(*ask.InsightQuery) {})}}
	}
	if p.Query.List.Undated {
		return EmptyState{Title: "No " + p.Query.List.Many, Text: p.Query.List.Definition + " " + p.Query.List.None()}
	}
	e := EmptyState{Title: "No " + p.Query.List.Many, Text: p.Query.List.Definition + " " + p.Query.List.None()}
	if p.Query.Range.Preset != MonthRange {
		e.Link = &Link{"Look at the last month", p.presetURL(MonthRange)}
	}
	return e
}
