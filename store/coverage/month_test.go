package coverage_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/coverage"
	"signpost/store/kinds"
)

var (
	november = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	december = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
)

const (
	day       = 24 * time.Hour
	busyFrom  = 8  // the hours from which and to which there are many records
	busyTo    = 18 // 30 an hour, and 3 in the other hours
	busySteps = 2 * time.Minute
	idleSteps = 20 * time.Minute
)

// month is a made-up month of files whose gaps, cuts and lateness are known, as they were put there.
type month struct {
	r     *rand.Rand
	rows  map[int64]int64
	files []store.ImportReport

	gaps      []coverage.Gap
	cut, late []int64 // numbers of files
	silences  [][2]time.Time
	last      time.Time // the newest record so far
}

// times gives the times of the records from a time to another one.
func (m *month) times(from, to time.Time) (times []time.Time) {
	for at := from.Add(time.Duration(m.r.IntN(60)) * time.Second); at.Before(to); {
		times = append(times, at)
		step := idleSteps
		if h := at.Hour(); h >= busyFrom && h < busyTo {
			step = busySteps
		}
		at = at.Add(step)
	}
	return times
}

// file adds a file with the records, and gives its number. change may change the report.
func (m *month) file(name string, times []time.Time, change func(*store.ImportReport)) int64 {
	report := store.ImportReport{Path: "folder/" + name, Read: int64(len(times))}
	if len(times) > 0 {
		n := int64(len(times))
		report.LogCounts = map[store.Log]int64{store.Interactive: n}
		report.Times = map[store.Log]store.Span{store.Interactive: {First: times[0], Last: times[len(times)-1]}}
		m.last = times[len(times)-1]
	}
	arrivals := store.Arrivals{}
	for i, at := range times {
		m.rows[store.HourOf(at)]++
		late := time.Duration(m.r.IntN(600)) * time.Second
		if i%40 == 39 {
			late = 30 * time.Hour // few of them: the file is not late
		}
		arrivals.Add(at, at.Add(late))
	}
	report.Arrivals = map[store.Log]store.Arrivals{store.Interactive: arrivals}
	if change != nil {
		change(&report)
	}
	m.files = append(m.files, report)
	return int64(len(m.files))
}

// pieces adds files that hold the time from from to to without a gap.
func (m *month) pieces(from, to time.Time) {
	for from.Before(to) {
		end := from.Add(time.Duration(1+m.r.IntN(20)) * time.Hour)
		if end.After(to) {
			end = to
		}
		m.file("PT1H.json", m.times(from, end), nil)
		from = end
	}
}

// without adds one file of a day without the records of some hours.
func (m *month) without(at time.Time, from, to int) {
	m.file("export.json", slices.Concat(m.times(at, at.Add(time.Duration(from)*time.Hour)), m.times(at.Add(time.Duration(to)*time.Hour), at.Add(day))), nil)
	m.silences = append(m.silences, [2]time.Time{at.Add(time.Duration(from) * time.Hour), at.Add(time.Duration(to) * time.Hour)})
}

// gapBefore notes that nothing covers the time from the newest record so far to another one.
func (m *month) gapBefore(at time.Time) {
	m.gaps = append(m.gaps, coverage.Gap{From: m.last, To: at})
}

// hours gives a random number of hours between two.
func (m *month) hours(least, most int) int { return least + m.r.IntN(most-least+1) }

// plan adds the files of one day, or of three; it gives how many.
func (m *month) plan(at time.Time) (days int) {
	name := func(days int) string {
		return fmt.Sprintf("InteractiveSignIns_%s_%s.csv", at.Format(time.DateOnly), at.AddDate(0, 0, days).Format(time.DateOnly))
	}
	switch m.r.IntN(10) {
	case 0: // a gap of some hours
		from := m.hours(1, 20)
		length := m.hours(2, 23-from)
		m.pieces(at, at.Add(time.Duration(from)*time.Hour))
		rest := m.times(at.Add(time.Duration(from+length)*time.Hour), at.Add(day))
		m.gapBefore(rest[0])
		m.file("PT1H.json", rest, nil)
	case 1: // a whole day is missing
		m.gapBefore(at.Add(day)) // mended by the next file
		return 1
	case 2: // cut at the limit: the newest records only, and the name tells nothing
		times := m.times(at.Add(time.Duration(m.hours(3, 20))*time.Hour), at.Add(day))
		m.gapBefore(times[0])
		limit := []int64{10_000, 30_000, 50_000, 100_000, 250_000}[m.r.IntN(5)]
		m.cut = append(m.cut, m.file(name(0), times, func(r *store.ImportReport) { r.Read = limit }))
	case 3: // an answer with a further page, or a file that breaks off
		broken := m.r.IntN(2) == 0
		m.cut = append(m.cut, m.file("signIns.json", m.times(at, at.Add(day)), func(r *store.ImportReport) {
			r.MorePages = !broken
			if broken {
				r.Failure = "the packed data is cut off after 3 records"
			}
		}))
	case 4: // late: more than 5 of 100
		m.late = append(m.late, m.file("export.json", m.times(at, at.Add(day)), func(r *store.ImportReport) {
			arrivals := store.Arrivals{}
			for i, at := range m.times(at, at.Add(day)) {
				late := time.Minute
				if i%12 == 0 {
					late = time.Duration(m.hours(2, 60)) * time.Hour
				}
				arrivals.Add(at, at.Add(late))
			}
			r.Arrivals = map[store.Log]store.Arrivals{store.Interactive: arrivals}
		}))
	case 5: // silent while there usually is much
		from := m.hours(busyFrom, busyTo-2)
		m.without(at, from, m.hours(from+2, busyTo))
	case 6: // not silent: an hour, or a night
		if from := m.hours(busyFrom, busyTo-1); m.r.IntN(2) == 0 {
			m.without(at, from, from+1)
		} else {
			m.without(at, 1, 6)
		}
	case 7: // three days in one file, whose name tells that nothing happened on the second
		if at.AddDate(0, 0, 3).After(december) {
			m.pieces(at, at.Add(day))
			return 1
		}
		m.file(name(2), slices.Concat(m.times(at, at.Add(day)), m.times(at.Add(2*day), at.Add(3*day))), nil)
		m.silences = append(m.silences, [2]time.Time{at.Add(day), at.Add(2 * day)})
		return 3
	case 8: // a quiet start, of which the name tells that it is covered
		m.file(name(1), m.times(at.Add(9*time.Hour), at.Add(day)), nil)
		m.last = at.Add(day)
	default:
		m.pieces(at, at.Add(day))
	}
	return 1
}

// expectedGaps are the gaps that were put there, with gaps joined that meet, and the silent times that the weeks before make strange.
func (m *month) expectedGaps() (gaps []coverage.Gap) {
	for _, g := range m.gaps {
		if g.From.Before(november) {
			g.From = november
		}
		if g.To.After(december) {
			g.To = december
		}
		if n := len(gaps); n > 0 && !g.From.After(gaps[n-1].To) {
			gaps[n-1].To = g.To
			continue
		}
		gaps = append(gaps, g)
	}
	for _, silence := range m.silences {
		var run []time.Time
		end := func() {
			if len(run) >= 2 {
				gaps = append(gaps, coverage.Gap{From: run[0], To: run[len(run)-1].Add(time.Hour), Guess: true})
			}
			run = nil
		}
		for hour := silence[0]; hour.Before(silence[1]); hour = hour.Add(time.Hour) {
			strange := true
			for n := range 4 {
				strange = strange && m.rows[store.HourOf(hour.AddDate(0, 0, -7*(n+1)))] >= 20
			}
			if strange {
				run = append(run, hour)
			} else {
				end()
			}
		}
		end()
	}
	slices.SortFunc(gaps, func(a, b coverage.Gap) int { return a.From.Compare(b.From) })
	return gaps
}

// newMonth makes a month and five usual weeks before it.
func newMonth(seed uint64) *month {
	m := &month{r: rand.New(rand.NewPCG(seed, 5)), rows: map[int64]int64{}}
	m.pieces(november.AddDate(0, 0, -35), november)
	for at := november; at.Before(december); {
		missing := len(m.gaps)
		days := m.plan(at)
		at = at.AddDate(0, 0, days)
		if len(m.gaps) > missing && m.gaps[missing].To.Equal(at) { // a missing day ends with the first record of what follows
			m.file("PT1H.json", append([]time.Time{at}, m.times(at, at.Add(2*time.Hour))...), nil)
		}
	}
	return m
}

// The ledger of a made-up month names every gap, every cut file and every late one, and no other.
func TestMonth(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(10) {
		m := newMonth(seed)
		c := m.coverage()
		if diff := cmp.Diff(m.expectedGaps(), c.Gaps); diff != "" {
			t.Errorf("seed %d: gaps (-put there +named): %s", seed, diff)
		}
		for what, list := range map[string][2][]int64{"cut": {m.cut, numbersOf(c.Cut)}, "late": {m.late, numbersOf(c.Late)}} {
			if diff := cmp.Diff(list[0], list[1]); diff != "" {
				t.Errorf("seed %d: %s files (-put there +named): %s", seed, what, diff)
			}
			seen[what] += len(list[0])
		}
		for _, g := range c.Gaps {
			seen[fmt.Sprint("guess ", g.Guess)]++
		}
		var rows int64
		for i, h := range c.Hours {
			if want := m.rows[store.HourOf(h.At)]; h.Rows != want || !h.At.Equal(november.Add(time.Duration(i)*time.Hour)) {
				t.Fatalf("seed %d: hour %v: %d rows, want %d", seed, h.At, h.Rows, want)
			}
			if h.Rows > 0 && (h.Files == 0 || h.State == coverage.Missing || h.State == coverage.Silent) {
				t.Errorf("seed %d: hour %v has %d rows, of %d files, and is %s", seed, h.At, h.Rows, h.Files, h.State)
			}
			rows += h.Timed
		}
		if rows == 0 || len(c.Hours) != 30*24 {
			t.Errorf("seed %d: %d hours, with the lateness of %d records", seed, len(c.Hours), rows)
		}
		if !c.CompleteTo.Equal(m.last) && !c.CompleteTo.Equal(december) {
			t.Errorf("seed %d: complete to %v, want %v", seed, c.CompleteTo, m.last)
		}
	}
	for _, what := range []string{"cut", "late", "guess true", "guess false"} {
		if seen[what] < 10 {
			t.Errorf("only %d of %s in all months: this test says little", seen[what], what)
		}
	}
}

// coverage asks for November. The statements come in any order.
func (m *month) coverage() *coverage.Coverage {
	var stated coverage.Stated
	for i := range m.files {
		for _, s := range coverage.StatementsOf(kinds.Catalog, &m.files[i], december.AddDate(0, 0, 1)) {
			s.Import = int64(i + 1)
			if stated.First.IsZero() || s.From.Before(stated.First) {
				stated.First = s.From
			}
			if s.To.After(stated.Last) {
				stated.Last = s.To
			}
			stated.Statements = append(stated.Statements, s)
		}
	}
	m.r.Shuffle(len(stated.Statements), func(i, j int) {
		stated.Statements[i], stated.Statements[j] = stated.Statements[j], stated.Statements[i]
	})
	coverage.Sort(stated.Statements)
	q := coverage.Question{
		Log: store.Interactive, Range: store.Range{From: november, To: december}, Now: december.AddDate(0, 0, 3), Stated: stated,
		Before: func(hour time.Time) (int64, bool) { return m.rows[store.HourOf(hour)], true },
	}
	for hour := november; hour.Before(december); hour = hour.Add(time.Hour) {
		q.Rows = append(q.Rows, coverage.HourRows{At: hour, N: m.rows[store.HourOf(hour)]})
	}
	return coverage.Of(q)
}

func numbersOf(list []coverage.Statement) (numbers []int64) {
	for i := range list {
		numbers = append(numbers, list[i].Import)
	}
	slices.Sort(numbers)
	return numbers
}
