package demo

import "math/bits"

// The four logs as the generator counts them.
const (
	logInteractive = iota
	logNonInteractive
	logService
	logMachine
	logCount
)

// perMille is each log's share of the records of a week.
var perMille = [logCount]float64{45, 900, 40, 15}

const (
	hoursPerWeek = 168
	// unitsPerHour is the weight of a mean hour.
	unitsPerHour = 1_000_000
	// A density is records per unit, times 2^densityShift.
	densityShift = 40
)

// officeDay is the weight of each local hour at an office, shiftDay that in a warehouse.
var (
	officeDay = [24]float64{.04, .03, .03, .03, .05, .12, .3, .8, 1.7, 1.9, 1.6, 1.4, .75, 1.3, 1.5, 1.4, 1.1, .6, .35, .3, .28, .2, .1, .06}
	shiftDay  = [24]float64{.1, .05, .05, .05, .15, .8, 1.5, 1.2, 1, 1, .7, 1, 1, 1.2, 1.4, 1.1, 1, .9, .7, .8, .9, .6, .3, .15}
)

const (
	phonesAtNight  = .16 // tokens that phones refresh at any hour
	weekendOffice  = .1
	weekendShift   = .45
	saturday       = 5
	hourOfMonday   = 72 // 1970-01-01 was a Thursday: hours from the Monday before
	mondayOfTurns  = 16440 * 24
	hoursPerTurn   = 21 * 24
	weightsPerSite = 1 << 16
)

// rhythm is the weights of a week's hours in UTC, from Monday on.
type rhythm struct {
	prefix [logCount][hoursPerWeek + 1]uint64
	// bySite is the cumulative share of each site in the hour, of weightsPerSite; for interactive and
	// non-interactive.
	bySite [2][hoursPerWeek][]uint32
}

func makeRhythm() *rhythm {
	var raw [logCount][hoursPerWeek]float64
	r := &rhythm{}
	for hour := range hoursPerWeek {
		for log := range 2 {
			shares := make([]float64, len(sites))
			for i, s := range sites {
				shares[i] = float64(s.people) * activity(s, hour, log == logNonInteractive)
				raw[log][hour] += shares[i]
			}
			sum := 0.0
			for _, share := range shares {
				sum += share
				r.bySite[log][hour] = append(r.bySite[log][hour], uint32(sum/raw[log][hour]*weightsPerSite))
			}
		}
		raw[logService][hour], raw[logMachine][hour] = 1, 1
		if hour%24 < 4 { // nightly jobs
			raw[logService][hour] = 1.8
		}
	}
	for log := range logCount {
		total := 0.0
		for _, w := range raw[log] {
			total += w
		}
		for hour, w := range raw[log] {
			units := w / total * hoursPerWeek * unitsPerHour * perMille[log] / 1000
			r.prefix[log][hour+1] = r.prefix[log][hour] + uint64(units)
		}
	}
	return r
}

func activity(s *site, hour int, phones bool) float64 {
	local := (hour + s.utcOffset + hoursPerWeek) % hoursPerWeek
	weekend := local/24 >= saturday
	a := officeDay[local%24]
	if s.shifts {
		a = shiftDay[local%24]
	}
	switch {
	case weekend && s.shifts:
		a *= weekendShift
	case weekend:
		a *= weekendOffice
	}
	if phones {
		a += phonesAtNight
	}
	return a
}

// before gives the units of a log before an hour (hours since 1970, not negative).
func (r *rhythm) before(log int, hour int64) uint64 {
	h := uint64(hour + hourOfMonday)
	week, of := h/hoursPerWeek, h%hoursPerWeek
	return week*r.prefix[log][hoursPerWeek] + r.prefix[log][of]
}

// count gives the number of records of a log in [from, to) (hours since 1970). It is a difference of whole numbers
// that grow, so the parts of a range always add up to the whole.
func (r *rhythm) count(log int, d Density, from, to int64) int {
	return int(times(d, r.before(log, to)) - times(d, r.before(log, from)))
}

func times(d Density, units uint64) uint64 {
	hi, lo := bits.Mul64(uint64(d), units)
	return hi<<(64-densityShift) | lo>>densityShift
}

// siteAt picks a site for the hour.
func (r *rhythm) siteAt(log int, hour int64, pick uint32) int {
	shares := r.bySite[log][uint64(hour+hourOfMonday)%hoursPerWeek]
	for i, s := range shares {
		if pick < s {
			return i
		}
	}
	return len(shares) - 1
}
