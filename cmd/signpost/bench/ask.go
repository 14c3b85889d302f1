package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"signpost/store"
)

// Result is one question asked many times.
type Result struct {
	Question  string  `json:"question"`
	Log       string  `json:"log"`
	Range     string  `json:"range"`
	Filters   int     `json:"filters"`
	Filter    string  `json:"filter"` // name of the filter in the report
	Matched   int64   `json:"matched"`
	FirstMS   float64 `json:"first_ms"` // the first ask, which warms up; the other figures leave it out
	P50MS     float64 `json:"p50_ms"`
	P95MS     float64 `json:"p95_ms"`
	MaxMS     float64 `json:"max_ms"`
	Allocated int64   `json:"bytes_allocated"` // bytes allocated by one ask; 0 during an import, which allocates too
	Asks      int     `json:"asks"`
	TooSlow   int     `json:"too_slow,omitempty"` // asks that reached their deadline
	Importing bool    `json:"importing"`
}

// askable is a question that is ready to be asked. Each ask moves its range back a little, as time does for a
// page's range, so that no kept answer fits whole. Kept parts may fit. So only the first ask shows the cost of a
// new filter.
type askable struct {
	question string
	log      string
	span     span
	filter   Filter
	ask      func(ctx context.Context, earlier time.Duration) (matched int64, err error)
}

// source makes the questions about the sign-ins of a span that pass the named filter.
type source interface {
	asks(ctx context.Context, span span, filter string) ([]askable, error)
}

// span is a preset of the date filter, with the width of its histogram's bars: about 90 bars.
type span struct {
	name   string
	length time.Duration
	bar    time.Duration
}

var spans = []span{
	{"24h", 24 * time.Hour, 15 * time.Minute},
	{"7d", 7 * 24 * time.Hour, 2 * time.Hour},
	{"30d", 30 * 24 * time.Hour, 8 * time.Hour},
}

// choice selects spans and filters.
type choice struct {
	spans   []span
	filters []string
}

var (
	wholeChoice = choice{spans, filterNames}
	smallChoice = choice{[]span{spans[0], spans[2]}, []string{filterNone, filterThree}}
)

// askAll measures all questions of a source.
func askAll(ctx context.Context, source source, choice choice, pace pace, importing bool) ([]Result, error) {
	var results []Result
	for _, span := range choice.spans {
		for _, filter := range choice.filters {
			asks, err := source.asks(ctx, span, filter)
			if err != nil {
				return nil, fmt.Errorf("prepare questions (%s, %s): %w", span.name, filter, err)
			}
			for _, a := range asks {
				r, err := a.measure(ctx, pace, importing)
				if err != nil {
					return nil, fmt.Errorf("%s (%s, %s, %s): %w", a.question, a.log, span.name, filter, err)
				}
				results = append(results, r)
			}
		}
	}
	return results, nil
}

// pace says what is asked and how often: each question at least `least` times, and up to `most` while all asks together take
// less than the time.
type pace struct {
	least, most int
	within      time.Duration
	// signIns and others choose the questions about sign-ins and about the other kinds, importing those about both during an import.
	signIns, others, importing choice
	// readers is how many people read at once where the access log is compared, pause how long they look at a page.
	readers int
	pause   time.Duration
}

var usualPace = pace{
	least: 20, most: 40, within: 150 * time.Millisecond, readers: 20, pause: 500 * time.Millisecond,
	signIns: wholeChoice, others: otherChoice, importing: smallChoice,
}

const (
	// askTimeout is the deadline of a page's question. A question that reaches it slowAsks times is given up.
	askTimeout = 10 * time.Second
	slowAsks   = 2
)

// measure asks once to warm up, then again and again. It keeps the number of matches of the first answer.
func (a *askable) measure(ctx context.Context, pace pace, importing bool) (Result, error) {
	r := Result{Question: a.question, Log: a.log, Range: a.span.name, Filters: a.filter.Conditions, Filter: a.filter.Name, Importing: importing}
	matched, first, err := a.once(ctx, 0)
	if err != nil && !errors.Is(err, store.ErrTooSlow) {
		return r, err
	}
	r.Matched, r.FirstMS = matched, milliseconds(first)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var took []time.Duration
	for spent := time.Duration(0); r.TooSlow < slowAsks && (len(took) < pace.least || len(took) < pace.most && spent < pace.within); {
		_, t, err := a.once(ctx, time.Duration(len(took)+1)*time.Second)
		took, spent = append(took, t), spent+t
		if errors.Is(err, store.ErrTooSlow) {
			r.TooSlow++
		} else if err != nil {
			return r, err
		}
	}
	runtime.ReadMemStats(&after)
	if !importing {
		r.Allocated = int64(after.TotalAlloc-before.TotalAlloc) / int64(len(took))
	}
	slices.Sort(took)
	r.Asks, r.P50MS, r.P95MS, r.MaxMS = len(took), percentile(took, 0.5), percentile(took, 0.95), percentile(took, 1)
	return r, nil
}

func (a *askable) once(ctx context.Context, earlier time.Duration) (matched int64, took time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	began := time.Now()
	matched, err = a.ask(ctx, earlier)
	return matched, time.Since(began), err
}

// percentile gives the smallest of the sorted times such that the given part of all times is not above it.
func percentile(sorted []time.Duration, part float64) float64 {
	return milliseconds(sorted[max(int(math.Ceil(part*float64(len(sorted))))-1, 0)])
}
