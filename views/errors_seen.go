package views

import (
	"slices"

	"signpost/store"
	"signpost/web/ask"
)

// ErrorSeen counts the tenant's sign-ins with an error code in a range: the number of each log. For one log it also has the
// days, the people hit, and the newest sign-ins.
type ErrorSeen struct {
	Code  int64
	Range store.Range
	Logs  []ErrorLog
	// Log is the log of the other parts; Chosen says that the address names it.
	Log      store.Log
	Chosen   bool
	Facets   []store.Facet
	Rows     []store.Row
	OnTheWay store.Total
	// FacetsTrouble and RowsTrouble replace a part that is not known.
	FacetsTrouble, RowsTrouble string
}

// ErrorLog counts the sign-ins of a log with the code, bar by bar.
type ErrorLog struct {
	Log   store.Log
	N     int64
	Chart Chart
}

// ErrorSeenOf turns the answer into the part of the page.
func ErrorSeenOf(q ask.ErrorCode, a *ask.ErrorSeen) *ErrorSeen {
	s := &ErrorSeen{
		Code: q.Code, Range: q.Range, Log: a.Log, Chosen: a.Chosen, Facets: a.Facets, Rows: a.Rows, OnTheWay: a.OnTheWay,
		FacetsTrouble: troubleText(a.FacetsTrouble,
			"The affected users and applications took too long to count. Choose a shorter range.", "The affected users and applications could not be counted. Reload the page to try again."),
		RowsTrouble: troubleText(a.RowsTrouble,
			"The newest sign-ins took too long to find. Choose a shorter range.", "The newest sign-ins could not be found. Reload the page to try again."),
	}
	for _, l := range a.Logs {
		chart := Chart{Histogram: l.Histogram, Width: l.Width, Trouble: troubleText(l.Trouble,
			"The sign-ins of this log took too long to count. Choose a shorter range.", "The sign-ins of this log could not be counted. Reload the page to try again.")}
		s.Logs = append(s.Logs, ErrorLog{l.Log, l.N(), chart})
	}
	return s
}

// counted is the number, or a dash if it is not known.
func (l ErrorLog) counted() string {
	if l.Chart.trouble() != "" {
		return Empty
	}
	return Number(l.N)
}

// allText is the link to all sign-ins of the log, with their number if it is known.
func (s ErrorSeen) allText() string {
	if log := s.log(); log.Chart.trouble() == "" {
		return "All " + Count(log.N, "sign-in", "sign-ins")
	}
	return "All sign-ins"
}

func (l ErrorLog) info() store.LogInfo {
	info, _ := store.SignIns.Log(l.Log)
	return info
}

// ErrorFacetFields gives the fields with counted values on the page of an error code.
func ErrorFacetFields(log store.Log) []*store.Field { return signInLook.of(log).Hit }

func (s ErrorSeen) log() ErrorLog {
	i := slices.IndexFunc(s.Logs, func(l ErrorLog) bool { return l.Log == s.Log })
	return s.Logs[i]
}

// none says that no log has a sign-in with the code.
func (s ErrorSeen) none() bool {
	return !slices.ContainsFunc(s.Logs, func(l ErrorLog) bool { return l.N > 0 || l.Chart.trouble() != "" })
}

// list leads to the sign-ins of the log, with a further condition if there is one.
func (s ErrorSeen) list(with *store.Field, value string) string {
	q := ask.ErrorQuery(s.Log, s.Code, s.Range)
	if with != nil {
		q.Filter = q.Filter.With(with, store.OpIs, value)
	}
	return List{Log: s.Log}.URL(store.Query{Range: q.Range, Filter: q.Filter}.Values())
}

// onTheWay leads to the lines that had the code and went on.
func (s ErrorSeen) onTheWay() string {
	q := ask.ErrorOnTheWay(s.Code, s.Range)
	return List{Log: q.Log}.URL(store.Query{Range: q.Range, Filter: q.Filter}.Values())
}

// bars is the chart with links into the log.
func (s ErrorSeen) bars(z Zone) plotted {
	q := ask.ErrorQuery(s.Log, s.Code, s.Range)
	lead := List{Log: s.Log}.Path() + narrowLead(store.Query{Range: s.Range, Filter: q.Filter})
	return plotted{Chart: s.log().Chart, Range: s.Range, Lead: lead, Zone: z}
}

// legend lists the statuses of the sign-ins with the code.
func (s ErrorSeen) legend() []legendEntry {
	chart := s.log().Chart
	sum := chart.sum()
	var entries []legendEntry
	for _, status := range barOrder(store.SignIns) {
		if n := sum.ByStatus[status]; n > 0 {
			entry := legendEntry{Of: store.SignIns, Status: status, N: n, Address: s.list(store.StatusField, store.SignIns.StatusInfo(status).Name)}
			if status == store.StatusUnknown {
				entry.Address = s.list(nil, "")
			}
			entries = append(entries, entry)
		}
	}
	return entries
}

// hit has the values of one field that the code hit.
type hit struct {
	Title, Noun string
	Field       *store.Field
	Distinct    int64
	Complete    bool
	Mono        bool
	Rows        []hitRow
	Beyond      int64
}

type hitRow struct {
	Label, Title, Address string
	N                     int64
	Share                 string
}

// noun names the values of a field; the field of the actor is named by the log.
func (s ErrorSeen) noun(f *store.Field, n int64) string {
	one, many := f.One, f.Many
	if info := s.log().info(); f == info.Actor {
		one, many = info.One, info.Many
	}
	if n == 1 {
		return one
	}
	return many
}

// hits are the people and objects that the code hit, the most frequent first.
func (s ErrorSeen) hits() []hit {
	var hits []hit
	for _, f := range s.Facets {
		h := hit{Title: Capital(s.noun(f.Field, 2)), Noun: s.noun(f.Field, f.Distinct), Field: f.Field, Distinct: f.Distinct, Complete: f.Complete || len(f.Values) > 0, Mono: isMono(f.Field)}
		var most int64
		for _, v := range f.Values {
			most = max(most, v.N)
		}
		for _, v := range f.Values {
			label := facetLabel(f.Field, v)
			if f.Field.Prefix != "" {
				label = f.Field.Prefix + v.Value
			}
			h.Rows = append(h.Rows, hitRow{Label: label, Title: facetTitle(label, v.Value), Address: s.list(f.Field, v.Value), N: v.N, Share: shareOf(v.N, most)})
		}
		h.Beyond = f.Distinct - int64(len(h.Rows))
		hits = append(hits, h)
	}
	return hits
}

// summary counts the people and objects that the code hit.
func (s ErrorSeen) summary() string {
	var parts []string
	for _, h := range s.hits() {
		switch {
		case !h.Complete:
			return ""
		case h.Distinct > 0:
			parts = append(parts, Number(h.Distinct)+" "+h.Noun)
		}
	}
	return inWords(parts, "and")
}

// isSteps says that the numbers count only sign-ins that ended with the code, and that others passed it.
func (s ErrorSeen) isSteps() bool { return s.Log == store.Interactive && s.OnTheWay.N > 0 }

// head and cells are the newest sign-ins as a table.
func (s ErrorSeen) head() []string {
	info := s.log().info()
	head := []string{"Date", Capital(info.One), info.Target.Label}
	if store.IPField.AppliesTo(info) {
		head = append(head, "IP address", "Location")
	}
	return head
}

func (s ErrorSeen) cells(r *store.SignIn) []string {
	info := s.log().info()
	cells := []string{OrEmpty(info.Actor.CalledIn(r)), OrEmpty(info.Target.CalledIn(r))}
	if store.IPField.AppliesTo(info) {
		cells = append(cells, OrEmpty(r.IPAddress), Place(r))
	}
	return cells
}

// emptySeen says why there is nothing to count.
func (p ErrorPage) emptySeen() EmptyState {
	e := EmptyState{Title: "No sign-in of this range ended with " + p.number(), Text: "None of the four logs has one. A longer range may, or the logs of that time were not imported."}
	if p.Range.Preset != MonthRange {
		e.Link = &Link{"Look at the last month", p.errorPageURL(store.Range{Preset: MonthRange}, "")}
	}
	return e
}

// chosenLog is the log that the address names, for links to the same page over another range.
func chosenLog(s ErrorSeen) store.Log {
	if s.Chosen {
		return s.Log
	}
	return ""
}
