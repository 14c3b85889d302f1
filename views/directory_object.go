package views

import (
	"cmp"
	"slices"
	"time"

	"signpost/store"
	"signpost/web/ask"
)

// EntityPage is one user, group, application or service principal.
type EntityPage struct {
	Shell Shell
	Range store.Range
	Now   time.Time
	ask.KnownObject
	// MemberText filters the listed members of a group. MembersAfter is the place after which the list goes on.
	MemberText   string
	MembersAfter *store.EntityPlace

	// Covered is what imported files cover of the logs that are counted.
	Covered []Covered
	Chart   *Chart // nil if there can be no data
	Logs    []EntityLog
	Tables  []*EntityTable
	Tops    []EntityTop
	Newest  []store.Row
	// Risks are the imported risks of the object, or of its service principals.
	Risks []store.Risky
	// Changes are the audit records about the object, and by it.
	Changes []ask.TrailPart
	// Last is the last success of all time in the logs. LastSuccess is its sign-in, nil if there is none. LastFailure is the
	// last failure of the range, nil if it has none.
	Last                     store.LastSuccess
	LastSuccess, LastFailure *store.Row
	// Trouble says which parts are missing.
	Trouble []string

	facets map[store.Log][]store.Facet
}

// thisObject names the kind of the object, in the middle of a sentence.
func (p EntityPage) thisObject() string {
	one, _ := kindNouns(p.Kind)
	return "this " + one
}

// EntityLog counts the object's sign-ins in one log.
type EntityLog struct {
	Info store.LogInfo
	Sum  store.Bucket
}

// EntityTable lists the applications or users of the object's sign-ins.
type EntityTable struct {
	By      *store.Field
	Table   store.Table
	Trouble string
}

// EntityTop lists the most frequent values of a field over the object's logs.
type EntityTop struct {
	Field *store.Field
	Rows  []EntityTopRow
	// Distinct is the number of different values, if Whole says that it is known.
	Distinct int
	Whole    bool
}

// EntityTopRow is a value. AtLeast says that N may be too small, because a log has very many values.
type EntityTopRow struct {
	Value, Label, Address string
	N                     int64
	AtLeast               bool
	Share                 string
}

// TopShown values are shown in a list, and TopAsked are asked of each log for it.
const (
	TopShown = 8
	TopAsked = 200
)

// TopFields gives the fields with a list of their most frequent values on the page.
func TopFields(log store.LogInfo) []*store.Field { return signInLook.of(log.Log).Top }

// Title is the name of the object.
func (p *EntityPage) Title() string {
	name := ""
	if p.Object != nil {
		name = firstText(p.Object.Name, p.Object.Username)
	}
	for i := range p.Objects {
		name = firstText(name, p.Objects[i].Name)
	}
	return firstText(name, firstText(p.SeenName, firstText(p.SeenUsername, p.ID)))
}

// Take puts the answer of the logs about the object on the page.
func (p *EntityPage) Take(a *ask.ObjectActivity) {
	p.Chart = &Chart{Width: a.Width}
	p.Last, p.LastSuccess = a.Last, a.LastSuccess
	for _, t := range a.Tables {
		p.Tables = append(p.Tables, &EntityTable{By: t.By, Table: t.Table, Trouble: PartTrouble(t.Trouble, "list")})
	}
	p.facets = map[store.Log][]store.Facet{}
	for _, log := range a.Logs {
		p.takeLog(log)
		p.takeTroubles(log)
	}
	slices.SortStableFunc(p.Newest, func(a, b store.Row) int { return b.SignIn().Time.Compare(a.SignIn().Time) })
	p.Newest = p.Newest[:min(len(p.Newest), newestShown)]
	var fields []*store.Field
	for _, log := range p.Logs {
		for _, f := range TopFields(log.Info) {
			if !slices.Contains(fields, f) {
				fields = append(fields, f)
			}
		}
	}
	for _, f := range fields {
		if top := p.top(f); len(top.Rows) > 0 {
			p.Tops = append(p.Tops, top)
		}
	}
}

// takeLog puts the answer of one log on the page.
func (p *EntityPage) takeLog(log ask.LogActivity) {
	info, _ := store.SignIns.Log(log.Log)
	sum := EntityLog{Info: info}
	if p.Chart.Buckets == nil {
		p.Chart.Histogram = store.Histogram{Buckets: slices.Clone(log.Histogram.Buckets), Complete: log.Histogram.Complete}
	} else {
		p.Chart.Complete = p.Chart.Complete && log.Histogram.Complete
		for i := range log.Histogram.Buckets {
			for s, n := range log.Histogram.Buckets[i].ByStatus {
				p.Chart.Buckets[i].ByStatus[s] += n
			}
		}
	}
	for _, b := range log.Histogram.Buckets {
		for s, n := range b.ByStatus {
			sum.Sum.ByStatus[s] += n
		}
	}
	p.Logs = append(p.Logs, sum)
	p.facets[log.Log] = log.Facets
	p.Newest = append(p.Newest, log.Newest...)
	if log.Failure != nil && (p.LastFailure == nil || log.Failure.SignIn().Time.After(p.LastFailure.SignIn().Time)) {
		p.LastFailure = log.Failure
	}
}

// takeTroubles notes the missing parts of one log's answer, each sentence once.
func (p *EntityPage) takeTroubles(log ask.LogActivity) {
	var of []string
	for _, text := range []string{
		PartTrouble(log.ChartTrouble, "chart"), PartTrouble(log.FacetTrouble, "lists"),
		PartTrouble(log.NewestTrouble, "newest sign-ins"), PartTrouble(log.FailureTrouble, "newest sign-ins"),
	} {
		if text != "" && !slices.Contains(of, text) {
			of = append(of, text)
		}
	}
	p.Trouble = append(p.Trouble, of...)
}

const newestShown = 10

// top adds up the values of a field over the logs.
func (p *EntityPage) top(f *store.Field) EntityTop {
	type counted struct {
		value, label string
		n, most      int64
		log          store.Log // the log with most of them
		logs         int
	}
	top := EntityTop{Field: f, Whole: true}
	var order []*counted
	byValue := map[string]*counted{}
	cut := 0 // the number of logs with values that are not all known
	for _, log := range p.Logs {
		for _, facet := range p.facets[log.Info.Log] {
			if facet.Field != f {
				continue
			}
			whole := facet.Distinct <= int64(len(facet.Values))
			if !whole {
				top.Whole = false
				cut++
			}
			for _, v := range facet.Values {
				c, ok := byValue[store.FoldCase(v.Value)]
				if !ok {
					c = &counted{value: v.Value, label: v.Label}
					byValue[store.FoldCase(v.Value)] = c
					order = append(order, c)
				}
				if c.n += v.N; v.N > c.most {
					c.most, c.log = v.N, log.Info.Log
				}
				if !whole {
					c.logs++
				}
			}
		}
	}
	slices.SortStableFunc(order, func(a, b *counted) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.value, b.value)) })
	top.Distinct = len(order)
	for _, c := range order[:min(TopShown, len(order))] {
		filter := ask.ObjectFilter(p.Kind, p.ID).With(f, store.OpIs, c.value)
		top.Rows = append(top.Rows, EntityTopRow{
			Value: c.value, Label: facetLabel(f, store.FacetValue{Value: c.value, Label: c.label}), Address: logURL(c.log, filter, p.Range),
			N: c.n, AtLeast: c.logs < cut, Share: shareOf(c.n, order[0].n),
		})
	}
	return top
}

// sum counts the object's sign-ins over all logs.
func (p *EntityPage) sum() store.Bucket {
	var sum store.Bucket
	for _, log := range p.Logs {
		for s, n := range log.Sum.ByStatus {
			sum.ByStatus[s] += n
		}
	}
	return sum
}

// shownLogs are the logs that have sign-ins of the object; if none has any, the first log.
func (p *EntityPage) shownLogs() []EntityLog {
	var shown []EntityLog
	for _, log := range p.Logs {
		if log.Sum.Total() > 0 {
			shown = append(shown, log)
		}
	}
	if len(shown) == 0 && len(p.Logs) > 0 {
		return p.Logs[:1]
	}
	return shown
}

// title is the heading of a table.
func (t *EntityTable) title() string { return Capital(t.By.Many) }

// share is the length of a row's bar.
func (t *EntityTable) share(row *store.TableRow) string {
	return shareOf(row.Total(), t.Table.Rows[0].Total())
}

// rowName is the name of a row, or its ID if it has none.
func rowName(row *store.TableRow) string { return firstText(row.Label, row.Value) }

// rowURL leads from a row of a table to its sign-ins among the object's. It opens the log with the most sign-ins of the object
// that can have the row's value. The tabs there count the others.
func (p *EntityPage) rowURL(t *EntityTable, row *store.TableRow) string {
	var most EntityLog
	for _, l := range p.Logs {
		if can := l.Info.User != (t.By == store.ServicePrincipalField); can && (most.Info.Log == "" || l.Sum.Total() > most.Sum.Total()) {
			most = l
		}
	}
	return logURL(most.Info.Log, ask.ObjectFilter(p.Kind, p.ID).With(t.By, store.OpIs, row.Value), p.Range)
}

// stillReading says that the numbers of the page may change.
func (p *EntityPage) stillReading() bool { return p.Chart.Buckets != nil && !p.Chart.Complete }

// uniqueUsers counts the users of an application's or a group's sign-ins; ok is false if that is not asked or not known.
func (p *EntityPage) uniqueUsers() (n int64, ok bool) {
	for _, t := range p.Tables {
		if t.By == store.UserField && t.Trouble == "" && (t.Table.Complete || t.Table.Values > 0) {
			return t.Table.Values, true
		}
	}
	return 0, false
}

// presetURL is the page over another range.
func (p *EntityPage) presetURL(preset string) string {
	return withQuery(ObjectURL(p.Kind, p.ID), monthValues(store.Query{Range: store.Range{Preset: preset}}))
}

// membersURL is the next page of the members.
func (p *EntityPage) membersURL() string {
	v := monthValues(store.Query{Range: p.Range})
	if p.MemberText != "" {
		v.Set("member", p.MemberText)
	}
	v.Set("after", p.MembersNext.String())
	return withQuery(ObjectURL(p.Kind, p.ID), v) + "#members"
}

func (p *EntityPage) memberCount() string {
	text := Count(p.Membership.N, "direct member", "direct members")
	users := p.Membership.ByKind[store.ObjectUser]
	groups, principals := p.Membership.ByKind[store.ObjectGroup], p.Membership.ByKind[store.ObjectServicePrincipal]
	if users != p.Membership.N && p.Membership.N > 0 {
		text += ": " + Count(users, "user", "users")
		if groups > 0 {
			text += ", " + Count(groups, "group", "groups") + " (whose members do not count)"
		}
		if principals > 0 {
			text += ", " + Count(principals, "service principal", "service principals")
		}
	}
	return text
}

// memberURL is the page of a member; empty for a device or an application.
func memberURL(m store.Member) string {
	if m.Kind == 0 || m.Kind == store.ObjectApplication {
		return ""
	}
	return ObjectURL(m.Kind, m.ID)
}

// newestURL leads to one of the newest sign-ins.
func newestURL(r *store.Row) string { return nearURL(r.SignIn()) }

// newestHaveWho and newestHaveApp say whether the newest sign-ins name the person who signed in, and the application. The page
// of one user, service principal or application names it already.
func (p *EntityPage) newestHaveWho() bool {
	return p.Kind != store.ObjectUser && p.Kind != store.ObjectServicePrincipal
}

func (p *EntityPage) newestHaveApp() bool { return p.Kind != store.ObjectApplication }

// whoText names the person or client of a sign-in.
func (p *EntityPage) whoText(s *store.SignIn) string {
	info, _ := store.SignIns.Log(s.Log)
	return OrEmpty(info.Actor.CalledIn(s))
}

func (p *EntityPage) entityLegend() []legendEntry {
	sum := p.sum()
	var entries []legendEntry
	for _, s := range legendOrder(store.SignIns) {
		if n := sum.ByStatus[s]; n > 0 || s != store.StatusUnknown {
			filter := ask.ObjectFilter(p.Kind, p.ID)
			if s == store.StatusUnknown {
				filter = filter.With(store.StatusField, store.OpEmpty, "yes")
			} else {
				filter = filter.With(store.StatusField, store.OpIs, store.SignIns.StatusInfo(s).Name)
			}
			entries = append(entries, legendEntry{Of: store.SignIns, Status: s, N: n, Address: logURL(p.busiest(s), filter, p.Range)})
		}
	}
	return entries
}

// busiest is the log with the most sign-ins of a status.
func (p *EntityPage) busiest(s store.Status) store.Log {
	best := p.shownLogs()[0]
	for _, log := range p.Logs {
		if log.Sum.ByStatus[s] > best.Sum.ByStatus[s] {
			best = log
		}
	}
	return best.Info.Log
}

// reportedNote says of which import the report is, and whether the newest one has the application.
func (p EntityPage) reportedNote() string {
	note := "whatever its outcome; imported last on " + p.Shell.Zone.Minute(p.Reported.AsOf)
	if !p.Reported.Gone.IsZero() {
		note += "; no longer in the report of " + p.Shell.Zone.Minute(p.Reported.Gone)
	}
	return note
}
