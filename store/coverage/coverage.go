package coverage

import (
	"slices"
	"time"

	"signpost/store"
)

// Tolerance is the longest time between two files that is no gap where one of the edges is that of records. Nobody knows how long a
// file goes on behind its last record.
const Tolerance = time.Hour

// leastAtEdge is the shortest part of a gap that is told where the range cuts it.
const leastAtEdge = time.Minute

// HourRows are the records of one hour.
type HourRows struct {
	At time.Time // the start
	N  int64
}

// Question is all that a coverage is made of.
type Question struct {
	Log   store.Log
	Range store.Range
	Now   time.Time
	Stated
	// Rows are the records of the hours that the range touches, from one hour on; those before are not counted.
	Rows []HourRows
	// Before gives the records of an hour of the four weeks before; ok is false where they were not counted. Nil where nothing was.
	Before func(hour time.Time) (n int64, ok bool)
}

// Gap is a time without records. A gap that is no guess is a time that no file covers. A guess is a silent time.
type Gap struct {
	From, To time.Time
	Guess    bool
}

// Hour is one hour of a log. Files counts the files that have some time of the hour.
type Hour struct {
	At    time.Time
	Rows  int64
	Files int
	State State
	// Timed counts the records with a known lateness. P50 and P95 are quantiles of that lateness.
	Timed    int64
	P50, P95 time.Duration
}

// State is how an hour is covered.
type State string

// The states. Named: nothing but the days in a file's name says that it is covered. Outside: before the first file, after the last one, or not over yet.
const (
	Covered State = "covered"
	Named   State = "named"
	Partly  State = "partly"
	Missing State = "gap"
	Silent  State = "silent"
	Outside State = "outside"
)

// Coverage is what the files of a log cover of a range.
type Coverage struct {
	Log   store.Log
	Range store.Range
	// Since is the start of the first file, CompleteTo the time to which the files reach, at most the end of the range. Both are zero
	// where no file tells of the log.
	Since, CompleteTo time.Time
	// Gaps are in the order of time.
	Gaps []Gap
	// Cut and Late are files with times in the range. Absent counts files of an export that cannot hold the log.
	Cut, Late []Statement
	Absent    int
	// Files are those with times in the range, whatever else is said of them. Rejected are their records that could not be used.
	Files    []Statement
	Rejected int64
	// Rows counts the records of all hours. Timed counts those with a known lateness. P50 and P95 are quantiles of that lateness.
	Rows, Timed int64
	P50, P95    time.Duration
	Hours       []Hour
	// Named counts the hours of that state.
	Named int64
	// CountedFrom is the hour from which silence was looked for. The range may begin before it.
	CountedFrom time.Time
	// More says that there are more files than were looked at.
	More bool

	covered []covered
}

// covered is a time that files cover without a gap.
type covered struct {
	from, to           time.Time
	exactFrom, exactTo bool
}

// Of makes the coverage.
func Of(q Question) *Coverage {
	c := &Coverage{Log: q.Log, Range: q.Range, More: q.More, CountedFrom: q.Range.To}
	if len(q.Rows) > 0 {
		c.CountedFrom = q.Rows[0].At
	}
	c.join(q.Statements, q.Rows)
	c.Since, c.CompleteTo = q.First, q.Last
	if len(c.covered) > 0 {
		c.Since = earliest(c.Since, c.covered[0].from)
		if last := c.covered[len(c.covered)-1].to; last.After(c.CompleteTo) {
			c.CompleteTo = last
		}
	}
	c.findGaps()
	if c.CompleteTo.After(q.Range.To) {
		c.CompleteTo = q.Range.To
	}
	c.sortFiles(q.Statements)
	c.fillHours(q)
	c.findSilence(q)
	return c
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// join merges the times of the statements. An hour with records that no statement touches is covered by its records: the file was
// imported before such times were noted, or its import was broken off. Records that another kind tells cover nothing.
func (c *Coverage) join(list []Statement, rows []HourRows) {
	list = slices.Clone(list)
	touched, told := countTouching(list, rows, (*Statement).covers), countTouching(list, rows, (*Statement).tells)
	for i, hour := range rows {
		if hour.N > 0 && touched[i] == 0 && told[i] == 0 {
			list = append(list, Statement{Basis: ByRecords, From: hour.At, To: hour.At.Add(time.Hour)})
		}
	}
	Sort(list)
	for i := range list {
		s := &list[i]
		if !s.covers() {
			continue
		}
		next := covered{s.From, s.To, s.ExactFrom, s.ExactTo}
		if n := len(c.covered); n > 0 && !isGap(c.covered[n-1], next) {
			if last := &c.covered[n-1]; next.to.After(last.to) {
				last.to, last.exactTo = next.to, next.exactTo
			}
			continue
		}
		c.covered = append(c.covered, next)
	}
}

// isGap says whether there is a gap between two covered times. The second one begins later.
func isGap(a, b covered) bool {
	between := b.from.Sub(a.to)
	if a.exactTo && b.exactFrom {
		return between > 0
	}
	return between >= Tolerance
}

// findGaps finds the times in the range that no file covers, between the first file of all time and the last.
func (c *Coverage) findGaps() {
	from := c.Range.From
	if c.Since.IsZero() {
		return
	}
	if c.Since.After(from) {
		from = c.Since
	}
	to := c.Range.To
	if c.CompleteTo.Before(to) {
		to = c.CompleteTo
	}
	at := from
	for i, one := range c.covered {
		// A pause before the first of them that is short enough is none, wherever the range cuts it.
		if gap := (Gap{From: at, To: one.from}); i > 0 || one.from.Sub(at) >= leastAtEdge {
			c.addGap(gap, to)
		}
		if one.to.After(at) {
			at = one.to
		}
	}
	c.addGap(Gap{From: at, To: to}, to)
}

// addGap adds a gap, as far as it lies before the end.
func (c *Coverage) addGap(g Gap, end time.Time) {
	cut := g.To.After(end)
	if cut {
		g.To = end
	}
	if g.From.Before(g.To) && (!cut || g.To.Sub(g.From) >= leastAtEdge) {
		c.Gaps = append(c.Gaps, g)
	}
}

// sortFiles counts the files with times in the range, and notes those that are cut or late.
func (c *Coverage) sortFiles(list []Statement) {
	for i := range list {
		s := list[i]
		if !s.From.Before(c.Range.To) || s.To.Before(c.Range.From) || s.ExactTo && s.To.Equal(c.Range.From) && s.From.Before(s.To) {
			continue
		}
		switch s.Basis {
		case Absent:
			c.Absent++
			continue
		case Told:
			continue
		}
		s.Arrivals = nil
		c.Files = append(c.Files, s)
		c.Rejected += s.Rejected
		if s.Cut != "" {
			c.Cut = append(c.Cut, s)
		}
		if s.IsLate() {
			c.Late = append(c.Late, s)
		}
	}
}

// countTouching counts the wanted statements that are about some time of an hour, for each hour. The hours are in order.
func countTouching(list []Statement, rows []HourRows, wanted func(*Statement) bool) []int {
	counts := make([]int, len(rows)+1)
	if len(rows) == 0 {
		return counts
	}
	place := func(t time.Time) int { return int(store.HourOf(t) - store.HourOf(rows[0].At)) }
	for i := range list {
		s := &list[i]
		if !wanted(s) {
			continue
		}
		last := s.To
		if s.ExactTo && s.To.After(s.From) {
			last = s.To.Add(-1)
		}
		from, to := max(place(s.From), 0), min(place(last)+1, len(rows))
		if from < to {
			counts[from]++
			counts[to]--
		}
	}
	for i := 1; i < len(counts); i++ {
		counts[i] += counts[i-1]
	}
	return counts[:len(rows)]
}

// sureParts are the statements without what only the days in a file's name say.
func sureParts(list []Statement) (parts []Statement) {
	for _, s := range list {
		if s.SureTo.Before(s.SureFrom) {
			continue
		}
		parts = append(parts, Statement{Basis: s.Basis, From: s.SureFrom, To: s.SureTo, ExactTo: s.ExactTo && s.SureTo.Equal(s.To)})
	}
	return parts
}

// fillHours makes the hours of the range.
func (c *Coverage) fillHours(q Question) {
	files, sure := countTouching(q.Statements, q.Rows, (*Statement).covers), countTouching(sureParts(q.Statements), q.Rows, (*Statement).covers)
	late := map[int64]*store.Lateness{}
	for i := range q.Statements {
		for hour, l := range q.Statements[i].Arrivals {
			if late[hour] == nil {
				late[hour] = &store.Lateness{}
			}
			late[hour].Merge(l)
		}
	}
	var all store.Lateness
	at := 0
	for i, rows := range q.Rows {
		h := Hour{At: rows.At, Rows: rows.N, Files: files[i]}
		c.Rows += rows.N
		if l := late[store.HourOf(rows.At)]; l != nil {
			all.Merge(l)
			h.Timed = l.N()
			h.P50, _ = l.Percentile(50)
			h.P95, _ = l.Percentile(95)
		}
		for at < len(c.covered) && !c.covered[at].to.After(rows.At) {
			at++
		}
		h.State = c.stateOf(rows.At, at)
		if h.State == Covered && h.Rows == 0 && sure[i] == 0 {
			h.State = Named
			c.Named++
		}
		c.Hours = append(c.Hours, h)
	}
	c.Timed = all.N()
	c.P50, _ = all.Percentile(50)
	c.P95, _ = all.Percentile(95)
}

// stateOf tells how an hour is covered; at is the first covered time that ends behind its start.
func (c *Coverage) stateOf(from time.Time, at int) State {
	to := from.Add(time.Hour)
	touches := at < len(c.covered) && c.covered[at].from.Before(to)
	switch {
	case touches && !c.covered[at].from.After(from) && !c.covered[at].to.Before(to):
		return Covered
	case touches:
		return Partly
	case c.Since.IsZero(), !to.After(c.Since), !from.Before(c.CompleteTo):
		return Outside
	}
	return Missing
}

// Holes are the times of the range of which nothing is known: the gaps, the time before the first file, and the time after the last one
// where that is longer than a file's pause.
func (c *Coverage) Holes(now time.Time) []Gap {
	if c.CompleteTo.IsZero() {
		return nil
	}
	var holes []Gap
	if c.Since.After(c.Range.From) {
		holes = append(holes, Gap{From: c.Range.From, To: minTime(c.Since, c.Range.To)})
	}
	holes = append(holes, c.Gaps...)
	from, to := c.CompleteTo, minTime(c.Range.To, now)
	if from.Before(c.Range.From) {
		from = c.Range.From
	}
	if to.Sub(from) >= Tolerance {
		holes = append(holes, Gap{From: from, To: to})
	}
	return holes
}

func minTime(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
