package store

import (
	"slices"
	"time"
)

// Range is the date filter of a log: From is inside, To is outside, both UTC.
type Range struct {
	From, To time.Time
	// Preset names a range that moves with the clock, one of AllPresets; empty for a custom one.
	Preset string
}

// DefaultPreset is the range of an address that names none.
const DefaultPreset = "24h"

// preset is a range that moves with the clock.
type preset struct {
	name, label string
	// ends gives its ends at the time now. Days begin in the zone of now.
	ends func(now time.Time) (from, to time.Time)
	// days says that it begins with a day, stands that it does not end now.
	days, stands bool
}

var presets = []preset{
	{name: "1h", label: "Last hour", ends: last(time.Hour)},
	{name: "12h", label: "Last 12 hours", ends: last(12 * time.Hour)},
	{name: DefaultPreset, label: "Last 24 hours", ends: last(24 * time.Hour)},
	{name: "7d", label: "Last 7 days", ends: last(7 * 24 * time.Hour)},
	{name: "30d", label: "Last 1 month", ends: last(30 * 24 * time.Hour)},
	{name: "today", label: "Today", ends: func(now time.Time) (from, to time.Time) { return sinceDay(now, 0) }, days: true},
	{name: "yesterday", label: "Yesterday", ends: func(now time.Time) (from, to time.Time) { return dayBegins(now, -1), dayBegins(now, 0) }, days: true, stands: true},
	{name: "week", label: "This week", ends: func(now time.Time) (from, to time.Time) {
		return sinceDay(now, -(int(now.Weekday())+6)%7) // since Monday, as in ISO 8601
	}, days: true},
}

// last gives the ends of a range of this length: it ends after the newest whole minute, so that a reload within the minute shows
// the same rows.
func last(length time.Duration) func(now time.Time) (from, to time.Time) {
	return func(now time.Time) (from, to time.Time) {
		to = now.Truncate(time.Minute)
		return to.Add(-length), to
	}
}

// dayBegins gives the beginning of a day in the zone of now: that of today, or of so many days later.
func dayBegins(now time.Time, days int) time.Time {
	year, month, day := now.Date()
	return time.Date(year, month, day+days, 0, 0, 0, 0, now.Location())
}

// sinceDay gives the range from the beginning of a day on. In the first minute of today that minute is all of it.
func sinceDay(now time.Time, days int) (from, to time.Time) {
	from, to = dayBegins(now, days), now.Truncate(time.Minute)
	if !from.Before(to) {
		to = from.Add(time.Minute)
	}
	return from, to
}

// Presets gives the ranges that every page with dates offers, in the order of the control.
func Presets() []string { return []string{DefaultPreset, "7d", "30d"} }

// AllPresets gives all ranges that move with the clock, in the order of the control of a list.
func AllPresets() (names []string) {
	for _, p := range presets {
		names = append(names, p.name)
	}
	return names
}

func presetNamed(name string) (preset, bool) {
	at := slices.IndexFunc(presets, func(p preset) bool { return p.name == name })
	if at < 0 {
		return preset{}, false
	}
	return presets[at], true
}

// PresetLabel is a preset in words.
func PresetLabel(name string) string {
	if p, ok := presetNamed(name); ok {
		return p.label
	}
	return "Custom"
}

// PresetRange gives the range of a preset at a time. The zone of now says when a day begins: today, yesterday and this week are
// days of whoever looks. ok is false for an unknown preset.
func PresetRange(name string, now time.Time) (r Range, ok bool) {
	p, ok := presetNamed(name)
	if !ok {
		return Range{}, false
	}
	from, to := p.ends(now)
	return Range{From: from.UTC(), To: to.UTC(), Preset: name}, true
}

// Slides says that the range ends now, and goes on with the clock.
func (r Range) Slides() bool {
	p, ok := presetNamed(r.Preset)
	return ok && !p.stands
}

// IsOfDays says that the range begins with a day of somebody's zone: it is another one in another zone.
func (r Range) IsOfDays() bool {
	p, _ := presetNamed(r.Preset)
	return p.days
}

// Fixed gives the range as it is at this moment, which no later clock and no other zone changes.
func (r Range) Fixed() Range { return Range{From: r.From, To: r.To} }

// Around gives the range of this length before and after the minute of t.
func Around(t time.Time, d time.Duration) Range {
	m := t.UTC().Truncate(time.Minute)
	return Range{From: m.Add(-d), To: m.Add(d + time.Minute)}
}

// reachFrom and reachTo are the times between which records can be: 70 years before and after 2015.
var reachFrom, reachTo = year2015.Add(-70 * 365 * 24 * time.Hour), year2015.Add(70 * 365 * 24 * time.Hour)

var year2015 = time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)

// AllTime gives the range that holds every record there can be.
func AllTime() Range { return Range{From: reachFrom, To: reachTo} }

// InReach says whether a record can be of time t.
func InReach(t time.Time) bool { return !t.Before(reachFrom) && !t.After(reachTo) }

// IsZero says that it is no range at all.
func (r Range) IsZero() bool { return r == Range{} }

// String is the range as one parameter carries it: its preset, or its ends with a slash between them.
func (r Range) String() string {
	if r.Preset != "" {
		return r.Preset
	}
	return r.From.UTC().Format(time.RFC3339Nano) + "/" + r.To.UTC().Format(time.RFC3339Nano)
}

// Contains says whether t lies in the range.
func (r Range) Contains(t time.Time) bool { return !t.Before(r.From) && t.Before(r.To) }

// Intersect gives the part of the range that lies in [from, to).
func (r Range) Intersect(from, to time.Time) Range {
	if from.Before(r.From) {
		from = r.From
	}
	if to.After(r.To) {
		to = r.To
	}
	return Range{From: from, To: to}
}

// timeLayouts are the spellings of RFC 3339 that from, to and ingested take, with a T or a blank between day and time; without a
// zone it is UTC.
var timeLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04", time.DateOnly,
}

// ParseRangeEnd reads the end of a range. A day alone is inside as a whole: the range ends when that day ends in UTC.
func ParseRangeEnd(s string) (time.Time, bool) {
	t, ok := parseTime(s)
	if _, err := time.Parse(time.DateOnly, s); err == nil {
		t = t.AddDate(0, 0, 1)
		ok = ok && t.Year() <= 9999
	}
	return t, ok
}

// parseTime reads a time and gives it in UTC. A year that RFC 3339 cannot write (a zone may carry
// 9999-12-31 into the year 10000) is refused: the time could not stand in a link.
func parseTime(s string) (time.Time, bool) {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			t = t.UTC()
			return t, t.Year() >= 1 && t.Year() <= 9999
		}
	}
	return time.Time{}, false
}
