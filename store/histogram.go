package store

import "time"

// MaxBuckets is how many buckets one histogram may have.
const MaxBuckets = 1000

// HistogramQuery asks how many records there were of each status, bucket by bucket. Edges are ascending
// (UTC); bucket i is [Edges[i], Edges[i+1]), cut to the range. There are 2 to MaxBuckets+1 of them.
type HistogramQuery struct {
	ListQuery
	Edges []time.Time
}

// Bucket is one bar: what of it lies in the range, and the records by status.
type Bucket struct {
	From, To time.Time
	ByStatus [MaxStatuses]int64
}

// Total is the bar's height.
func (b Bucket) Total() (n int64) {
	for _, of := range b.ByStatus {
		n += of
	}
	return n
}

// Add counts n records of a status; one that there is not counts as unknown.
func (b *Bucket) Add(s Status, n int64) {
	if s >= MaxStatuses {
		s = StatusUnknown
	}
	b.ByStatus[s] += n
}

// Histogram is the bars in the order of time. Complete says that every count is exact.
type Histogram struct {
	Buckets  []Bucket
	Complete bool
}

// bucketWidths are the lengths of a bar up to a day: round ones, each at most twice the one before.
var bucketWidths = []time.Duration{
	time.Millisecond, 2 * time.Millisecond, 3 * time.Millisecond, 5 * time.Millisecond,
	10 * time.Millisecond, 20 * time.Millisecond, 30 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 200 * time.Millisecond, 300 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2 * time.Second, 3 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 3 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour, wholeDay,
}

const (
	wholeDay = 24 * time.Hour
	// targetBuckets is how many whole buckets a range may hold at most. With lengths that at most double there
	// are more than half as many, which is what an eye takes in and a pointer still hits; the cut ones at both
	// ends, and a day of 25 hours, come on top.
	targetBuckets = 110
)

// BucketWidth gives the width of the bars that suit the range: 15 minutes for a day, 2 hours for a week, 8
// hours for 30 days.
func BucketWidth(r Range) time.Duration {
	length := r.To.Sub(r.From) // at most 292 years, which is too long for any of these widths too
	for _, width := range bucketWidths {
		if length <= targetBuckets*width {
			return width
		}
	}
	days := (r.To.Unix() - r.From.Unix()) / int64(wholeDay/time.Second)
	for _, width := range []int64{2, 4} {
		if days <= targetBuckets*width {
			return time.Duration(width) * wholeDay
		}
	}
	weeks := int64(1)
	for days > targetBuckets*7*weeks {
		weeks *= 2
	}
	return time.Duration(7*weeks) * wholeDay
}

// BucketEdges cuts the range at the multiples of width, counted from midnight of its first day in loc. It
// gives the range's own ends too, so the first and the last bucket may be shorter. Days are the calendar's,
// and so are widths of several hours that divide one: where the clocks change they stay at the same hours of
// the day.
func BucketEdges(r Range, width time.Duration, loc *time.Location) []time.Time {
	edges := []time.Time{r.From}
	if width <= 0 || !r.From.Before(r.To) {
		return append(edges, r.To)
	}
	edgeAt := multiplesFrom(r.From, width, loc)
	for i := 0; len(edges) < MaxBuckets; i++ {
		edge := edgeAt(i)
		if !edge.Before(r.To) {
			break
		}
		if edge.After(edges[len(edges)-1]) {
			edges = append(edges, edge.UTC())
		}
	}
	return append(edges, r.To)
}

// multiplesFrom gives the multiples of width one by one, from one at or before the time on.
func multiplesFrom(from time.Time, width time.Duration, loc *time.Location) func(i int) time.Time {
	year, month, day := from.In(loc).Date()
	switch {
	case width >= wholeDay:
		days := int(width / wholeDay)
		return func(i int) time.Time { return time.Date(year, month, day+i*days, 0, 0, 0, 0, loc) }
	case width > time.Hour && width%time.Hour == 0 && wholeDay%width == 0:
		hours := int(width / time.Hour)
		return func(i int) time.Time { return time.Date(year, month, day, i*hours, 0, 0, 0, loc) }
	}
	midnight := time.Date(year, month, day, 0, 0, 0, 0, loc)
	first := midnight.Add(from.Sub(midnight).Truncate(width))
	return func(i int) time.Time { return first.Add(time.Duration(i) * width) }
}
