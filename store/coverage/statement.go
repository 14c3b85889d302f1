package coverage

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// Basis is what a statement goes by.
type Basis string

// These are the bases. ByName: the name of the file tells days. ByRecords: the file tells nothing but its records. ByManifest: the
// manifest of an evidence bundle tells the range. Absent: the export cannot hold the log at all, so the statement covers
// nothing. Told: records of another kind tell some records of the log, which says nothing of the rest of it.
const (
	ByRecords  Basis = "records"
	ByName     Basis = "name"
	ByManifest Basis = "manifest"
	Absent     Basis = "absent"
	Told       Basis = "told"
)

// Cut is why a file is not a whole answer; empty where nothing says so.
type Cut string

// CutAtLimit: the file has exactly as many records as an export is cut at. CutMorePages: the answer ends with a link to the next
// page. CutBroken: the file could not be read to its end.
const (
	CutAtLimit   Cut = "limit"
	CutMorePages Cut = "more pages"
	CutBroken    Cut = "broken"
)

// limits are the numbers of records at which the portals and their programs cut an export.
var limits = []int64{10_000, 30_000, 50_000, 100_000, 250_000}

// LateFrom is the lateness from which a file is called late: that of 95 percent of its records.
const LateFrom = time.Hour

// Statement is what one imported file says about one log.
type Statement struct {
	Import int64
	Log    store.Log
	// File is the path of the file; empty for those who may not see it.
	File  string
	Basis Basis
	// From and To are the edges of the time that the file covers. ExactFrom and ExactTo say that they are no times of records.
	From, To           time.Time
	ExactFrom, ExactTo bool
	// SureFrom and SureTo are the edges of the part that more than the days in the file's name says is covered.
	SureFrom, SureTo time.Time
	// Rows are the file's records of the log, Read all of its records, Rejected those that could not be used.
	Rows, Read, Rejected int64
	Cut                  Cut
	// Timed counts the new records with a time of ingestion: their lateness is known. P50 and P95 are quantiles of it.
	Timed    int64
	P50, P95 time.Duration
	// Arrivals are their lateness by hour, where that was asked for.
	Arrivals store.Arrivals
}

// covers says that the statement tells of any time.
func (s *Statement) covers() bool {
	return s.Basis != Absent && s.Basis != Told && !s.To.Before(s.From)
}

// tells says that records of another kind tell the file's records of the log.
func (s *Statement) tells() bool { return s.Basis == Told }

// IsLate says that the file's records were ingested late.
func (s *Statement) IsLate() bool { return s.Timed > 0 && s.P95 > LateFrom }

// StatementsOf gives what a file says, one statement for each log, by the report of its import and the time of it: no file knows
// what came later, whatever its name says.
func StatementsOf(catalog store.Catalog, report *store.ImportReport, imported time.Time) (list []Statement) {
	if report.PartOnly {
		return nil
	}
	for _, info := range catalog.Logs() {
		if info.Own {
			continue
		}
		if s, ok := statementOf(catalog, info, report, imported); ok {
			list = append(list, s)
		} else if told := report.Told[info.Log]; told.N > 0 {
			from, to := told.First.UTC(), told.Last.UTC()
			list = append(list, Statement{Log: info.Log, Basis: Told, From: from, To: to, SureFrom: from, SureTo: to, Rows: told.N, Read: told.N})
		}
	}
	if !report.HoldsOneLog() {
		return list
	}
	for _, s := range list { // appended to below
		info, _ := catalog.Log(s.Log)
		if info.Kind() != store.SignIns { // the exports that hold one log are of sign-ins
			continue
		}
		for _, other := range info.Kind().Logs {
			if _, has := report.LogCounts[other.Log]; !has {
				list = append(list, Statement{Log: other.Log, Basis: Absent, From: s.From, To: s.To, SureFrom: s.From, SureTo: s.To, Read: report.Read})
			}
		}
	}
	return list
}

func statementOf(catalog store.Catalog, info store.LogInfo, report *store.ImportReport, imported time.Time) (Statement, bool) {
	s := Statement{Log: info.Log, Rows: report.LogCounts[info.Log] - report.Told[info.Log].N, Read: readFor(catalog, info, report), Rejected: report.RejectedTotal, Basis: ByRecords}
	s.Cut = cutOf(report, s.Read)
	span, has := report.Times[info.Log]
	days, named := daysIn(report.Path, info.FileStem)
	stated, isStated := report.Stated[info.Log]
	switch {
	case !has && (report.Read > 0 || !named && !isStated):
		return s, false
	case has:
		s.From, s.To = span.First.UTC(), span.Last.UTC()
		s.SureFrom, s.SureTo = s.From, s.To
	}
	if a := report.Arrivals[info.Log]; len(a) > 0 {
		sum := a.Sum()
		s.Arrivals, s.Timed = a, sum.N()
		s.P50, _ = sum.Percentile(50)
		s.P95, _ = sum.Percentile(95)
	}
	if s.Cut != "" {
		return s, has
	}
	switch {
	case isStated && (!has || !s.From.Before(stated.First) && !s.To.After(stated.Last)):
		s.Basis, s.From, s.To, s.ExactFrom, s.ExactTo = ByManifest, stated.First.UTC(), stated.Last.UTC(), true, true
		s.SureFrom, s.SureTo = s.From, s.To
	case named:
		s.extend(days, has)
	}
	if last := report.Times[info.Log].Last.UTC(); s.To.After(imported) && s.To.After(last) {
		s.To, s.ExactTo = imported.UTC(), false
		if last.After(s.To) {
			s.To = last
		}
		s.SureTo = minTime(s.SureTo, s.To)
	}
	return s, s.covers() && (has || s.From.Before(s.To))
}

// extend widens the statement by the days in a file's name, which tells days and not hours. The range that somebody asked for began at
// some time of the first day and ended at some time of the last. The first day counts as a whole. Of the last one only the time up to the
// last record counts: the file may be older than the end of that day. What lies on the first day before the first record is covered by
// the name alone: it is before SureFrom.
func (s *Statement) extend(days span, hasRecords bool) {
	second := days.from.AddDate(0, 0, 1)
	if !hasRecords {
		s.From, s.To, s.SureFrom, s.SureTo = days.from, days.to, second, days.to
	} else if s.From.Before(days.from) || s.To.After(days.to.AddDate(0, 0, 1)) {
		return // the name is of another file, or of another zone
	}
	s.Basis = ByName
	s.From, s.ExactFrom = days.from, true
	if second.Before(s.SureFrom) && !days.to.Before(second) {
		s.SureFrom = second
	}
	if !s.To.After(days.to) {
		s.To, s.ExactTo, s.SureTo = days.to, true, days.to
	}
}

// span is a time from a start to an end.
type span struct{ from, to time.Time }

// daysIn reads the days in the name of a download: STEM_2026-11-28_2026-11-29.csv, also with a copy's number, in a folder or in an
// archive. to is the start of the last day.
func daysIn(path, stem string) (days span, ok bool) {
	name := path[strings.LastIndexAny(path, `/\`)+1:]
	_, rest, ok := strings.Cut(name, stem+"_")
	if !ok || stem == "" || !strings.HasPrefix(name, stem) && !strings.HasPrefix(name, "Evidence_"+stem) {
		return span{}, false
	}
	const day = time.DateOnly
	if len(rest) < 2*len(day)+1 || rest[len(day)] != '_' {
		return span{}, false
	}
	from, err := time.Parse(day, rest[:len(day)])
	if err != nil {
		return span{}, false
	}
	to, err := time.Parse(day, rest[len(day)+1:2*len(day)+1])
	if err != nil || to.Before(from) {
		return span{}, false
	}
	return span{from, to}, true
}

// readFor is how many records the file has, without those of logs that have readers of their own: whoever reads this log must not
// learn of them.
func readFor(catalog store.Catalog, info store.LogInfo, report *store.ImportReport) int64 {
	n := report.Read
	for _, other := range catalog.Logs() {
		if other.Log != info.Log && other.Read != store.TenantLogs {
			n -= report.LogCounts[other.Log]
		}
	}
	return n
}

func cutOf(report *store.ImportReport, read int64) Cut {
	switch {
	case report.Failure != "":
		return CutBroken
	case report.EndsWithLink():
		return CutMorePages
	case slices.Contains(limits, read):
		return CutAtLimit
	}
	return ""
}

// Ledger gives statements.
type Ledger interface {
	// Statements gives what imported files say of a log about a range, in the order of their starts.
	Statements(ctx context.Context, q Query) (Stated, error)
}

// Query asks for the statements of a log whose times meet a range. Arrivals asks for the lateness by hour too.
type Query struct {
	Log      store.Log
	Range    store.Range
	Arrivals bool
}

// Stated are statements. First and Last are the edges of all statements of the log, whatever the range; zero where there are none. More
// says that there are more than MaxStatements, of which these are the newest.
type Stated struct {
	Statements  []Statement
	First, Last time.Time
	More        bool
}

// MaxStatements bounds the statements of an answer.
const MaxStatements = 20_000

// Sort puts statements into their order.
func Sort(list []Statement) {
	slices.SortFunc(list, func(a, b Statement) int {
		return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To), cmp.Compare(a.Import, b.Import))
	})
}
