package demo

import (
	"errors"
	"fmt"
	"time"
)

// Density is the number of records per time. The same density and seed give an instant the same records in every
// range.
type Density uint64

// DefaultDensity gives about 200,000 records in 30 days.
const DefaultDensity Density = 304_000_000

// DefaultDays is the number of days of a tenant without From and Days.
const DefaultDays = 30

// Options select a part of the tenant's life.
type Options struct {
	// Rows is the exact number of records: the newest ones before Until, none before From. Zero where Density is
	// given.
	Rows int
	// Density asks for all records in [From, Until). To go on with a folder that was loaded until T0 from a tenant
	// t, set From: T0, Density: t.Density() and the same seed.
	Density Density
	Seed    uint64
	// Days is the number of days before Until, DefaultDays if zero. From sets the start itself.
	Days int
	From time.Time
	// Until is the end, outside the range: every createdDateTime is earlier. The last ingestion times are up to 50
	// minutes later.
	Until time.Time
}

// earliest is the start of the tenant's calendar.
var earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// MaxRows keeps the records of one hour countable in memory.
const MaxRows = 2_000_000_000

func (o Options) span() (from, until time.Time, err error) {
	until = o.Until.UTC()
	from = o.From.UTC()
	if o.From.IsZero() {
		days := o.Days
		if days == 0 {
			days = DefaultDays
		}
		from = until.Add(-time.Duration(days) * 24 * time.Hour)
	}
	switch {
	case o.Days < 0 || o.Days > 10_000:
		return from, until, fmt.Errorf("%d is not a number of days between 1 and 10,000", o.Days)
	case o.Until.IsZero():
		return from, until, errors.New("the end of the demo's time is missing")
	case from.Before(earliest) || until.Year() > 9998:
		return from, until, fmt.Errorf("the demo's time must lie between %d and 9998", earliest.Year())
	case !from.Before(until):
		return from, until, errors.New("the demo's time ends before it begins")
	case until.Sub(from) < time.Minute && o.Rows > 0:
		return from, until, errors.New("the demo's time is shorter than a minute")
	case o.Rows == 0 && o.Density == 0:
		return from, until, errors.New("the number of rows is missing; it must be at least 1")
	case o.Rows < 0 || o.Rows > MaxRows:
		return from, until, fmt.Errorf("%d rows cannot be made; the number must lie between 1 and %d", o.Rows, MaxRows)
	}
	return from, until, nil
}

func tickOf(t time.Time) int64 {
	return t.Unix()*ticksPerSecond + int64(t.Nanosecond()/100)
}
