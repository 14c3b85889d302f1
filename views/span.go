package views

import "time"

// Span is a span of time in the zone, as fine as its ends need: whole days, minutes, seconds or less. The end
// is exclusive, but for whole days it names the last day inside.
func (z Zone) Span(from, to time.Time) string {
	from, to = from.In(z.Location()), to.In(z.Location())
	const day = "2006-01-02"
	if z.isMidnight(from) && z.isMidnight(to) {
		last := to.AddDate(0, 0, -1)
		if !last.After(from) {
			return from.Format(day)
		}
		return from.Format(day) + " to " + last.Format(day)
	}
	clock := "15:04"
	switch {
	case from.Nanosecond() != 0 || to.Nanosecond() != 0:
		clock = "15:04:05.999999"
	case from.Second() != 0 || to.Second() != 0:
		clock = "15:04:05"
	}
	fromZone, toZone := from.Format("MST"), to.Format("MST")
	text := from.Format(day + " " + clock)
	if fromZone != toZone { // the clocks change in between
		text += " " + fromZone
	}
	if from.Format(day) != to.Format(day) {
		clock = day + " " + clock
	}
	return text + " to " + to.Format(clock) + " " + toZone
}

// isMidnight says that a day of the zone begins. In some zones the clocks change at midnight, and the day
// begins later.
func (z Zone) isMidnight(t time.Time) bool {
	year, month, day := t.In(z.Location()).Date()
	return t.Equal(time.Date(year, month, day, 0, 0, 0, 0, z.Location()))
}

// Length is a duration in its largest whole unit.
func Length(d time.Duration) string {
	for _, unit := range []struct {
		one, many string
		length    time.Duration
	}{
		{"day", "days", 24 * time.Hour},
		{"hour", "hours", time.Hour},
		{"minute", "minutes", time.Minute},
		{"second", "seconds", time.Second},
		{"millisecond", "milliseconds", time.Millisecond},
	} {
		if d >= unit.length && d%unit.length == 0 {
			return Count(int64(d/unit.length), unit.one, unit.many)
		}
	}
	return d.String()
}
