package store

import (
	"time"
)

// Range is the date filter of a log: From is inside, To is outside, both UTC.
type Range struct {
	From, To time.Time
	// Preset is 24h, 7d or 30d where the range slides with the clock; empty for a custom one.
	Preset string
}

// Presets gives the sliding ranges in the order of the control; the first is the default.
func Presets() []string { return []string{"24h", "7d", "30d"} }

// PresetLabel is a preset in words.
func PresetLabel(preset string) string {
	switch preset {
	case "24h":
		return "Last 24 hours"
	case "7d":
		return "Last 7 days"
	case "30d":
		return "Last 1 month"
	}
	return "Custom"
}

func presetLength(preset string) (time.Duration, bool) {
	switch preset {
	case "24h":
		return 24 * time.Hour, true
	case "7d":
		return 7 * 24 * time.Hour, true
	case "30d":
		return 30 * 24 * time.Hour, true
	}
	return 0, false
}

// PresetRange gives the range of a preset: it ends after the newest whole minute, so that a reload
// within the minute shows the same rows. ok is false for an unknown preset.
func PresetRange(preset string, now time.Time) (r Range, ok bool) {
	length, ok := presetLength(preset)
	if !ok {
		return Range{}, false
	}
	to := now.UTC().Truncate(time.Minute)
	return Range{From: to.Add(-length), To: to, Preset: preset}, true
}

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

// timeLayouts are the spellings of RFC 3339 that from, to and ingested take; without a zone it is UTC.
var timeLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", time.DateOnly}

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
