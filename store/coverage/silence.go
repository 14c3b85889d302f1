package coverage

import "time"

// A time is silent if it has no records for SilentHours or more, and the same hours of each of the SilentWeeks weeks before had
// SilentRows or more.
const (
	SilentHours = 2
	SilentWeeks = 4
	SilentRows  = 20
)

const week = 7 * 24 * time.Hour

// Quiet gives the first and the last of the hours that may be silent: covered ones without records, SilentHours or more of them in a
// row. Only about these is it worth asking what the weeks before had. ok is false where there are none.
func (c *Coverage) Quiet(now time.Time) (first, last time.Time, ok bool) {
	for _, run := range c.runs(now, func(time.Time) bool { return true }) {
		if !ok {
			first, ok = run.from, true
		}
		last = run.to.Add(-time.Hour)
	}
	return first, last, ok
}

// runs gives the times in which every hour is over, covered, without records, and accepted.
func (c *Coverage) runs(now time.Time, accepts func(hour time.Time) bool) (runs []span) {
	var run span
	end := func() {
		if run.to.Sub(run.from) >= SilentHours*time.Hour {
			runs = append(runs, run)
		}
		run = span{}
	}
	for _, h := range c.Hours {
		to := h.At.Add(time.Hour)
		if h.State != Covered && h.State != Named || h.Rows > 0 || to.After(now) || !accepts(h.At) {
			end()
			continue
		}
		if run.from.IsZero() {
			run.from = h.At
		}
		run.to = to
	}
	end()
	return runs
}

// findSilence adds the silent times to the gaps.
func (c *Coverage) findSilence(q Question) {
	if q.Before == nil {
		return
	}
	usually := func(hour time.Time) bool {
		for n := range SilentWeeks {
			if had, ok := q.Before(hour.Add(-time.Duration(n+1) * week)); !ok || had < SilentRows {
				return false
			}
		}
		return true
	}
	for _, run := range c.runs(q.Now, usually) {
		for i := range c.Hours {
			if h := &c.Hours[i]; !h.At.Before(run.from) && h.At.Before(run.to) {
				h.State = Silent
			}
		}
		part := c.Range.Intersect(run.from, run.to)
		if part.From.Before(part.To) {
			c.insert(Gap{From: part.From, To: part.To, Guess: true})
		}
	}
}

// insert puts a gap where its time is.
func (c *Coverage) insert(g Gap) {
	i := len(c.Gaps)
	for i > 0 && g.From.Before(c.Gaps[i-1].From) {
		i--
	}
	c.Gaps = append(c.Gaps[:i], append([]Gap{g}, c.Gaps[i:]...)...)
}
