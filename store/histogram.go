package store

import "time"

// MaxBuckets is how many buckets one histogram may have.
const MaxBuckets = 1000

// HistogramQuery asks how many sign-ins there were of each status, bucket by bucket. Edges are ascending
// (UTC); bucket i is [Edges[i], Edges[i+1]), cut to the range. There are 2 to MaxBuckets+1 of them.
type HistogramQuery struct {
	ListQuery
	Edges []time.Time
}

// Bucket is one bar: what of it lies in the range, and the sign-ins by status.
type Bucket struct {
	From, To                               time.Time
	Success, Failure, Interrupted, Unknown int64
}

// Total is the bar's height.
func (b Bucket) Total() int64 { return b.Success + b.Failure + b.Interrupted + b.Unknown }

// Add counts n sign-ins of a status.
func (b *Bucket) Add(s Status, n int64) {
	switch s {
	case StatusSuccess:
		b.Success += n
	case StatusFailure:
		b.Failure += n
	case StatusInterrupted:
		b.Interrupted += n
	default:
		b.Unknown += n
	}
}

// Histogram is the bars in the order of time. Complete says that every count is exact.
type Histogram struct {
	Buckets  []Bucket
	Complete bool
}

// BucketEdges cuts the range at the multiples of width, counted from midnight of its first day in loc. It
// gives the range's own ends too, so the first and the last bucket may be shorter. Days are the calendar's:
// a width of 24 hours or more steps by whole days where the clocks change.
func BucketEdges(r Range, width time.Duration, loc *time.Location) []time.Time {
	edges := []time.Time{r.From}
	if width <= 0 || !r.From.Before(r.To) {
		return append(edges, r.To)
	}
	year, month, day := r.From.In(loc).Date()
	const wholeDay = 24 * time.Hour
	for i := 0; len(edges) <= MaxBuckets; i++ {
		var edge time.Time
		if width >= wholeDay {
			edge = time.Date(year, month, day+i*int(width/wholeDay), 0, 0, 0, 0, loc)
		} else {
			edge = time.Date(year, month, day, 0, 0, 0, 0, loc).Add(time.Duration(i) * width)
		}
		if !edge.Before(r.To) {
			break
		}
		if edge.After(r.From) {
			edges = append(edges, edge.UTC())
		}
	}
	return append(edges, r.To)
}
