package views

import (
	"strconv"
	"time"

	"signpost/store"
)

// tick is a label below the chart.
type tick struct {
	At    string // distance from the left edge
	Label string
	// Anchor is the side of the label at the tick, chosen so that labels near the ends do not stick out.
	Anchor string
	// Day marks the start of a day. A narrow window omits every second tick (Odd) and those near the end
	// (Late).
	Day, Odd, Late bool
}

// maxTicks is the largest number of labels, so that they stay readable.
const maxTicks = 8

// tickStep is the distance between labels: a duration, or months of the calendar.
type tickStep struct {
	length time.Duration
	months int
}

var tickSteps = func() []tickStep {
	var steps []tickStep
	for _, unit := range []struct {
		length time.Duration
		counts []int
	}{
		{time.Millisecond, []int{1, 5, 10, 50, 100, 500}},
		{time.Second, []int{1, 2, 5, 10, 15, 30}},
		{time.Minute, []int{1, 2, 5, 10, 15, 30}},
		{time.Hour, []int{1, 2, 4, 6, 12}},
		{24 * time.Hour, []int{1, 2, 5, 7, 14}},
	} {
		for _, n := range unit.counts {
			steps = append(steps, tickStep{length: time.Duration(n) * unit.length})
		}
	}
	for _, months := range []int{1, 2, 3, 6} {
		steps = append(steps, tickStep{months: months})
	}
	for years := 1; years <= 1000; years *= 10 {
		for _, n := range []int{1, 2, 5} {
			steps = append(steps, tickStep{months: 12 * n * years})
		}
	}
	return steps
}()

// ticks gives a few round times of the range, in the zone.
func ticks(r store.Range, z Zone) []tick {
	step, times := roundTimes(r, z.Location())
	var list []tick
	for i, t := range times {
		at := 100 * share(r, t)
		anchor := "middle"
		switch {
		case at < 1:
			anchor = "start"
		case at > 97:
			anchor = "end"
		}
		list = append(list, tick{
			At: strconv.FormatFloat(at, 'f', 2, 64) + "%", Label: step.label(t, z), Anchor: anchor, Day: z.isMidnight(t), Odd: i%2 == 1, Late: at > 90,
		})
	}
	return list
}

// roundTimes gives the multiples of the smallest step that has few enough in the range.
func roundTimes(r store.Range, loc *time.Location) (tickStep, []time.Time) {
	for _, step := range tickSteps {
		if !step.mayFit(r) {
			continue
		}
		if times := step.times(r, loc); len(times) <= maxTicks {
			return step, times
		}
	}
	return tickStep{}, nil
}

// share is the position of a time in the range, from 0 to 1. A Duration would be too short for some ranges.
func share(r store.Range, t time.Time) float64 {
	seconds := func(t time.Time) float64 {
		return float64(t.Unix()-r.From.Unix()) + float64(t.Nanosecond()-r.From.Nanosecond())/1e9
	}
	return seconds(t) / seconds(r.To)
}

// mayFit says that the step is worth trying.
func (s tickStep) mayFit(r store.Range) bool {
	return s.months > 0 || r.To.Sub(r.From) <= maxTicks*s.length
}

// times gives the multiples of the step in the range, its start included.
func (s tickStep) times(r store.Range, loc *time.Location) []time.Time {
	if s.months == 0 {
		// The search begins a moment earlier, so that a start that is a multiple counts as inside.
		edges := store.BucketEdges(store.Range{From: r.From.Add(-1), To: r.To}, s.length, loc)
		return edges[1 : len(edges)-1]
	}
	year, month, _ := r.From.In(loc).Date()
	months := (year*12 + int(month) - 1) / s.months * s.months
	var times []time.Time
	for ; len(times) <= maxTicks; months += s.months {
		t := time.Date(months/12, time.Month(months%12+1), 1, 0, 0, 0, 0, loc)
		if !t.Before(r.To) {
			break
		}
		if !t.Before(r.From) {
			times = append(times, t)
		}
	}
	return times
}

// label is as fine as the step; at the start of a day it names the day.
func (s tickStep) label(t time.Time, z Zone) string {
	switch {
	case s.months >= 12:
		return z.format(t, "2006")
	case s.months > 0:
		return z.format(t, "2006-01")
	case s.length >= 24*time.Hour || z.isMidnight(t):
		return z.format(t, "2006-01-02")
	case s.length >= time.Minute:
		return z.format(t, "15:04")
	case s.length >= time.Second:
		return z.format(t, "15:04:05")
	}
	return z.format(t, "15:04:05.000")
}
