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

// Location gives the zone for calendars: where a day begins.
func (z Zone) Location() *time.Location {
	if z.location == nil {
		return time.UTC
	}
	return z.location
}

// Name is the zone as it is named on the page: UTC, or a name such as Europe/Oslo.
func (z Zone) Name() string { return z.Location().String() }

// Time is an instant as a page shows it, to the second and with its zone.
func (z Zone) Time(t time.Time) string { return z.format(t, "2006-01-02 15:04:05 MST") }

// PreciseTime is Time with the fraction of a second that is known.
func (z Zone) PreciseTime(t time.Time) string {
	return z.format(t, "2006-01-02 15:04:05.999999999 MST")
}

// Minute is an instant to the minute, with its zone.
func (z Zone) Minute(t time.Time) string { return z.format(t, "2006-01-02 15:04 MST") }

// Range is a date filter in words: its preset, or its two ends.
func (z Zone) Range(r store.Range) string {
	if r.Preset != "" {
		return store.PresetLabel(r.Preset)
	}
	return z.Edges(r)
}

// Edges are the two ends of a range as fine as they need it, with the zone beside the second; beside both where the clocks
// change between them.
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

// Day is the day of an instant with its name.
func (z Zone) Day(t time.Time) string { return z.format(t, "Monday, 2006-01-02") }

// Clock is the time of day of an instant whose day and zone stand beside it.
func (z Zone) Clock(t time.Time) string { return z.format(t, "15:04:05") }

// Input is an instant in an input of text, whose zone stands beside it: as fine as the instant needs it. Native inputs show hours by
// the language of the browser, some by halves of the day.
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
