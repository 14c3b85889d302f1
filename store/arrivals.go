package store

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"
)

// latenessEdges are the upper edges of the bins of a Lateness. Neighbours differ by half or less from a minute on, which is as fine as
// anybody reads it.
var latenessEdges = []time.Duration{
	1 * time.Second, 2 * time.Second, 3 * time.Second, 5 * time.Second, 7 * time.Second, 10 * time.Second, 15 * time.Second, 20 * time.Second,
	30 * time.Second, 45 * time.Second, time.Minute, 90 * time.Second, 2 * time.Minute, 3 * time.Minute, 4 * time.Minute, 5 * time.Minute,
	7 * time.Minute, 10 * time.Minute, 15 * time.Minute, 20 * time.Minute, 30 * time.Minute, 45 * time.Minute, time.Hour, 90 * time.Minute,
	2 * time.Hour, 3 * time.Hour, 4 * time.Hour, 6 * time.Hour, 8 * time.Hour, 12 * time.Hour, 18 * time.Hour, wholeDay,
	2 * wholeDay, 3 * wholeDay, 5 * wholeDay, 7 * wholeDay, 14 * wholeDay, 30 * wholeDay,
}

// latenessBins is how many bins a Lateness has: one for each edge, and one for what is later than all.
const latenessBins = 39

// MaxLateness is the last edge. What is later is told as that much or more.
const MaxLateness = 30 * wholeDay

// Lateness counts records by the time from the event to the ingestion, in bins. A percentile of it is exact to the width of a
// bin: it is rounded up to the bin's edge.
type Lateness [latenessBins]int64

// Add counts a record that was ingested so long after its event. Clocks differ, so the time may be negative.
func (l *Lateness) Add(late time.Duration) {
	bin, _ := slices.BinarySearch(latenessEdges, late)
	l[bin]++
}

// Merge adds the counts of another one.
func (l *Lateness) Merge(other *Lateness) {
	for bin, n := range other {
		l[bin] += n
	}
}

// N is how many records were counted.
func (l *Lateness) N() (n int64) {
	for _, of := range l {
		n += of
	}
	return n
}

// Percentile gives the time within which so many percent of the records were ingested, rounded up to the edge of its bin. It
// gives MaxLateness for anything later than that, and ok is false where no record was counted.
func (l *Lateness) Percentile(percent int64) (late time.Duration, ok bool) {
	n := l.N()
	if n == 0 {
		return 0, false
	}
	rank := (n*percent + 99) / 100
	for bin, of := range l {
		if rank -= of; rank <= 0 {
			return latenessEdges[min(bin, len(latenessEdges)-1)], true
		}
	}
	return MaxLateness, true
}

// Arrivals are the lateness of records by the hour of their events, in hours since 1970.
type Arrivals map[int64]*Lateness

// MaxArrivalHours bounds the hours of one file and log that are counted.
const MaxArrivalHours = 20_000

// HourOf gives the hour of a time, as Arrivals count it.
func HourOf(t time.Time) int64 { return floorDiv(t.Unix(), 3600) }

// HourStart gives the start of an hour.
func HourStart(hour int64) time.Time { return time.Unix(hour*3600, 0).UTC() }

func floorDiv(n, by int64) int64 {
	if q := n / by; n%by >= 0 {
		return q
	}
	return n/by - 1
}

// Add counts a record. It gives false where the record is of one hour more than MaxArrivalHours.
func (a Arrivals) Add(event, ingested time.Time) bool {
	hour := HourOf(event)
	l := a[hour]
	if l == nil {
		if len(a) >= MaxArrivalHours {
			return false
		}
		l = &Lateness{}
		a[hour] = l
	}
	l.Add(ingested.Sub(event))
	return true
}

// Sum is the lateness over all hours.
func (a Arrivals) Sum() (sum Lateness) {
	for _, l := range a {
		sum.Merge(l)
	}
	return sum
}

// String writes the counts as a text that ParseArrivals reads: for each hour its distance to the one before, and the bins that count
// something.
func (a Arrivals) String() string {
	var b []byte
	last := int64(0)
	for _, hour := range slices.Sorted(maps.Keys(a)) {
		b, last = binary.AppendVarint(b, hour-last), hour
		bins := 0
		for _, n := range a[hour] {
			if n > 0 {
				bins++
			}
		}
		b = binary.AppendUvarint(b, uint64(bins))
		for bin, n := range a[hour] {
			if n > 0 {
				b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(bin)), uint64(n))
			}
		}
	}
	return base64.RawStdEncoding.EncodeToString(b)
}

var errArrivals = errors.New("the times of arrival are not as they were written")

// ParseArrivals reads what String wrote.
func ParseArrivals(text string) (Arrivals, error) {
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, errArrivals
	}
	next := func() (n uint64) {
		n, size := binary.Uvarint(b)
		if size <= 0 {
			err = errArrivals
			b = nil
			return 0
		}
		b = b[size:]
		return n
	}
	a, hour := Arrivals{}, int64(0)
	for len(b) > 0 {
		step, size := binary.Varint(b)
		if size <= 0 {
			return nil, errArrivals
		}
		b, hour = b[size:], hour+step
		l := &Lateness{}
		for bins := next(); bins > 0 && err == nil; bins-- {
			bin, n := next(), next()
			if bin >= latenessBins || n > 1<<62 {
				return nil, errArrivals
			}
			l[bin] += int64(n)
		}
		if err != nil {
			return nil, err
		}
		a[hour] = l
	}
	return a, nil
}
