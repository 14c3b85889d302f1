package demo

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"time"
)

// Tenant is a part of the made-up tenant's life. Several goroutines may call its methods at once.
type Tenant struct {
	seed    uint64
	density Density
	rows    int
	rhythm  *rhythm
	// firstHour and lastHour (hours since 1970) are the first and the last hour with records. The first drop
	// records of firstHour come before the range; until cuts off the end of lastHour.
	firstHour, lastHour int64
	drop                int
	until               int64
	// start and until bound the audit records. Their number is not given, so none are dropped.
	start int64
}

// New computes the range of records that the options select. It makes no records.
func New(opts Options) (*Tenant, error) {
	from, until, err := opts.span()
	if err != nil {
		return nil, err
	}
	t := &Tenant{seed: opts.Seed, density: opts.Density, rhythm: makeRhythm(), until: tickOf(until)}
	start := tickOf(from)
	if !from.Equal(time.Unix(from.Unix(), int64(from.Nanosecond()/100*100))) {
		start++ // a start between two ticks excludes the earlier one
	}
	t.start = start
	t.firstHour = floorDiv(start, ticksPerHour)
	t.lastHour = floorDiv(t.until-1, ticksPerHour)
	if opts.Rows == 0 {
		p := t.planner()
		t.drop = before(p.at(t.firstHour), start)
		t.rows = t.available(p, start)
		return t, nil
	}
	if err := t.fit(opts.Rows, start); err != nil {
		return nil, err
	}
	t.rows = opts.Rows
	return t, nil
}

func (t *Tenant) planner() *planner {
	return newPlanner(theOrganisation(), t.rhythm, t.seed, t.density)
}

// before counts the events before an instant; events must be in time order.
func before(events []event, tick int64) int {
	n := 0
	for n < len(events) && events[n].tick < tick {
		n++
	}
	return n
}

// available counts the records in [start, until).
func (t *Tenant) available(p *planner, start int64) int {
	whole := p.count(t.firstHour, t.lastHour)
	return whole + before(p.at(t.lastHour), t.until) - before(p.at(t.firstHour), start)
}

// fit finds the least density at which the range has at least rows records. It drops the oldest of the surplus,
// because a later tenant goes on from the end.
func (t *Tenant) fit(rows int, start int64) error {
	holds := func(d Density) (surplus int) {
		t.density = d
		return t.available(t.planner(), start) - rows
	}
	guess := Density(float64(rows) / t.units(start)) // stories add records
	low, high := guess-guess/8, guess+guess/1000+1
	for holds(high) < 0 {
		if high > 1<<60 {
			return fmt.Errorf("%d rows do not fit into this time", rows)
		}
		low, high = high, high*2
	}
	if guess < DefaultDensity/4 {
		low = 0 // of so few records most can be stories
	}
	for high-low > 1+high/1_000_000 {
		if middle := low + (high-low)/2; holds(middle) < 0 {
			low = middle
		} else {
			high = middle
		}
	}
	surplus := holds(high)
	p := t.planner()
	t.skip(p, before(p.at(t.firstHour), start)+surplus)
	return nil
}

// units gives the weight of [start, until): records are density times units.
func (t *Tenant) units(start int64) float64 {
	sum := 0.0
	for log := range logCount {
		edge := func(tick int64) float64 {
			hour := floorDiv(tick, ticksPerHour)
			from, to := t.rhythm.before(log, hour), t.rhythm.before(log, hour+1)
			return float64(from) + float64(to-from)*float64(tick-hour*ticksPerHour)/ticksPerHour
		}
		sum += edge(t.until) - edge(start)
	}
	return sum / (1 << densityShift)
}

// skip moves the first hour past the dropped records.
func (t *Tenant) skip(p *planner, drop int) {
	for t.firstHour < t.lastHour {
		n := p.count(t.firstHour, t.firstHour+1)
		if drop < n {
			break
		}
		drop -= n
		t.firstHour++
	}
	t.drop = drop
}

// Rows is the number of records of the tenant.
func (t *Tenant) Rows() int { return t.rows }

// Density is the value with which another tenant goes on from this one; see Options.
func (t *Tenant) Density() Density { return t.density }

// Days gives the UTC days that may hold records, the oldest first.
func (t *Tenant) Days() []time.Time {
	var days []time.Time
	for day := floorDiv(t.firstHour, 24); day <= floorDiv(t.lastHour, 24); day++ {
		days = append(days, time.Unix(day*86400, 0).UTC())
	}
	return days
}

// hour gives the events of one hour that belong to the tenant.
func (t *Tenant) hour(p *planner, hour int64) []event {
	events := p.at(hour)
	if hour == t.lastHour {
		events = events[:before(events, t.until)]
	}
	if hour == t.firstHour {
		events = events[min(t.drop, len(events)):]
	}
	return events
}

// Day writes the sign-ins of all four logs in the UTC day around the instant day, one a line, ordered by
// createdDateTime. It writes nothing for a day outside the tenant's range.
func (t *Tenant) Day(ctx context.Context, day time.Time, w io.Writer) error {
	first := floorDiv(floorDiv(day.Unix(), 3600), 24) * 24
	p, out := t.planner(), newRecorder(theOrganisation())
	lines := bufio.NewWriterSize(w, writeBuffer)
	for hour := max(first, t.firstHour); hour <= min(first+23, t.lastHour); hour++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		events := t.hour(p, hour)
		for i := range events {
			if _, err := lines.Write(out.line(&events[i])); err != nil {
				return fmt.Errorf("write the demo's records: %w", err)
			}
		}
	}
	if err := lines.Flush(); err != nil {
		return fmt.Errorf("write the demo's records: %w", err)
	}
	return nil
}

const writeBuffer = 256 << 10
