package views

import (
	"strings"
	"time"

	"signpost/store"
)

// Zone is the time zone that a page shows times in. Its zero value is UTC.
type Zone struct{ location *time.Location }

// ZoneOf gives the zone of a location; nil is UTC.
func ZoneOf(location *time.Location) Zone { return Zone{location} }

// Location gives the location, for calendars and the starts of days.
func (z Zone) Location() *time.Location {
	if z.location == nil {
		return time.UTC
	}
	return z.location
}

// Name is the zone's name on the page: UTC, or a name such as Europe/Oslo.
func (z Zone) Name() string { return z.Location().String() }

// Time is an instant in the zone, to the second and with the zone's name.
func (z Zone) Time(t time.Time) string { return z.format(t, "2006-01-02 15:04:05 MST") }

// Second is Time without the zone's name. The page shows its zone next to it.
func (z Zone) Second(t time.Time) string { return z.format(t, time.DateTime) }

// PreciseTime is Time with all known digits of the second.
func (z Zone) PreciseTime(t time.Time) string {
	return z.format(t, "2006-01-02 15:04:05.999999999 MST")
}

// Minute is an instant to the minute, with the zone's name.
func (z Zone) Minute(t time.Time) string { return z.format(t, "2006-01-02 15:04 MST") }

// Range is a date filter in words: its preset, or its two ends.
func (z Zone) Range(r store.Range) string {
	if r.Preset != "" {
		return store.PresetLabel(r.Preset)
	}
	return z.Edges(r)
}

// Edges are the two ends of a range, as fine as they need, with the zone's name after the second. If the clocks change between them,
// both ends have the name.
func (z Zone) Edges(r store.Range) string {
	text := z.Minute
	switch {
	case r.From.Nanosecond() != 0 || r.To.Nanosecond() != 0:
		text = z.PreciseTime
	case r.From.Second() != 0 || r.To.Second() != 0:
		text = z.Time
	}
	from, to := text(r.From), text(r.To)
	if name, _ := r.From.In(z.Location()).Zone(); strings.HasSuffix(to, " "+name) {
		from = strings.TrimSuffix(from, " "+name)
	}
	return from + " to " + to
}

// Day is the date of an instant, with the name of the weekday.
func (z Zone) Day(t time.Time) string { return z.format(t, "Monday, 2006-01-02") }

// Date is the date of an instant alone.
func (z Zone) Date(t time.Time) string { return z.format(t, time.DateOnly) }

// Clock is the time of day of an instant. The page shows its day and zone next to it.
func (z Zone) Clock(t time.Time) string { return z.format(t, "15:04:05") }

// Input is the text of an instant in an input, as fine as the instant needs. The page shows its zone next to it. Native inputs show
// hours in the language of the browser, and some in halves of the day.
func (z Zone) Input(t time.Time) string {
	layout := "2006-01-02 15:04"
	if t.Second() != 0 || t.Nanosecond() != 0 {
		layout += ":05.999999999"
	}
	return z.format(t, layout)
}

func (z Zone) format(t time.Time, layout string) string {
	if t.IsZero() {
		return Empty
	}
	return t.In(z.Location()).Format(layout)
}
