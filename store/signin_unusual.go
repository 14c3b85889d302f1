package store

import (
	"math"
	"slices"
	"strings"
	"time"
)

// MarkKind is one way in which a sign-in is unusual for the person it is of.
type MarkKind uint8

// The kinds, in the order in which a sign-in's marks stand.
const (
	// MarkDeniedMFA: somebody who got as far as the second factor was refused it. Only the owner knows whether that was a
	// slip of the finger.
	MarkDeniedMFA MarkKind = iota
	// MarkFirstCountry: none of the person's earlier successful sign-ins came from the country.
	MarkFirstCountry
	// MarkFirstDevice: none of them came from the registered device or, where there is none, from the operating system.
	MarkFirstDevice
	// MarkFirstBrowser: none of them came from the browser on that operating system.
	MarkFirstBrowser
	// MarkImpossibleSpeed: nobody travels so fast from where the person signed in before.
	MarkImpossibleSpeed
	// MarkFirstFlow: none of the earlier successful sign-ins handed the access over to another device in this way.
	MarkFirstFlow
)

// Mark says what is unusual about a sign-in.
type Mark struct {
	Kind MarkKind
	// Value is what was met for the first time, as the record spells it.
	Value string
	// Since is where the sign-in was that an impossible speed is reckoned from, Before when; Kilometres is how far away.
	Since      Place
	Before     time.Time
	Kilometres float64
}

// The figures of the rules. The first two are those of the learning time that Microsoft Entra ID Protection gives
// "unfamiliar sign-in properties" (five days at least, and enough sign-ins to know a person by).
const (
	// LearningTime and LearningSignIns are how long and how many successful sign-ins a history must be before something
	// can be the first of its kind: all of a new person's sign-ins would be.
	LearningTime    = 5 * 24 * time.Hour
	LearningSignIns = 20
	// KnownFor is how long what was part of a sign-in stays known, so that a sign-in is judged by the time before it and not
	// by how much of the history somebody looks at. JudgedFrom is how long before a sign-in the history must reach back for
	// that: some more, since where a journey began is judged too.
	KnownFor   = 90 * 24 * time.Hour
	JudgedFrom = KnownFor + 7*24*time.Hour
	// TravelSpeed is the fastest anybody gets about, in kilometres an hour: an airliner's speed.
	TravelSpeed = 1000.0
	// TravelDistance is the least distance that is believed, in kilometres: the place of an address is a guess, and
	// carriers bring mobile telephones into the internet a country's width away.
	TravelDistance = 500.0
	// HabitDays is on how many days a person must have signed in from two places for the way between them to be a
	// habit: the exit of a VPN, say, that is switched on in the morning.
	HabitDays = 3
)

// Answer is what a person said of one of their sign-ins.
type Answer uint8

// The answers.
const (
	Unanswered Answer = iota
	Mine
	NotMine
)

// Unusual tells what is unusual about each of a person's sign-ins, by what came before it in the same history (newest
// first, as Store.PersonTraces gives it); what it gives stands in the same order. Nobody else's sign-ins matter, and what
// came later does not either, so a mark does not change as the history goes on. where gives coordinates for the places
// that are known, answers what the person said.
//
// To be known, something must have been part of a successful sign-in of the last KnownFor that the person has not disowned:
// the guesses of a stranger teach nothing. What a record does not tell is not new. A version is not a browser, so an
// update is none either. The addresses of non-interactive sign-ins are those of the first token and their times those of
// a refresh, so speed is reckoned between interactive ones only. What the person has said was theirs has no mark.
func Unusual(history []Trace, where map[Place]Coordinates, answers map[Cursor]Answer) [][]Mark {
	marks := make([][]Mark, len(history))
	known := acquaintance{
		countries: map[string]*time.Time{}, devices: map[string]*time.Time{}, systems: map[string]*time.Time{}, browsers: map[string]*time.Time{},
		flows: map[string]*time.Time{}, usual: map[traits]learnt{}, days: map[Place][]int64{}, where: where,
	}
	for i := len(history) - 1; i >= 0; i-- {
		t := &history[i]
		answer := answers[t.Cursor()]
		if answer != Mine {
			marks[i] = known.judge(t)
		}
		if t.Status == StatusSuccess && answer != NotMine {
			known.learn(t, marks[i])
		}
	}
	return marks
}

// traits are what can be new about a sign-in, as a record spells them.
type traits struct{ country, device, system, browser, flow string }

func traitsOf(t *Trace) traits {
	return traits{t.Location.CountryOrRegion, t.DeviceID, t.OperatingSystem, t.Browser, t.Flow}
}

// acquaintance is what is known of a person so far.
type acquaintance struct {
	successes []time.Time // of the last KnownFor, oldest first

	// When each was part of a success last, by its folded name.
	countries, devices, systems, browsers, flows map[string]*time.Time
	// usual are the traits that were learnt together: most sign-ins are like one before, and are judged at once.
	usual map[traits]learnt
	// days are the last days on which somebody signed in interactively from a place, as many as matter, oldest first.
	days  map[Place][]int64
	where map[Place]Coordinates
	// last is the last interactive success whose place was not unusual in itself: a stranger's does not move the person.
	last *Trace
}

// learnt is where an acquaintance has the times of the country, the device, the system, the browser and the flow.
type learnt [5]*time.Time

// knows says whether what was part of a success then is still known.
func knows(then *time.Time, now time.Time) bool { return then != nil && now.Sub(*then) <= KnownFor }

func (l learnt) isKnown(now time.Time) bool {
	for _, then := range l {
		if !knows(then, now) {
			return false
		}
	}
	return true
}

func (a *acquaintance) judge(t *Trace) (marks []Mark) {
	if t.Denied {
		marks = append(marks, Mark{Kind: MarkDeniedMFA})
	}
	now := t.Time()
	for len(a.successes) > 0 && now.Sub(a.successes[0]) > KnownFor {
		a.successes = a.successes[1:]
	}
	isNew := len(a.successes) >= LearningSignIns && now.Sub(a.successes[0]) >= LearningTime && !a.usual[traitsOf(t)].isKnown(now)
	if isNew {
		if country := t.Location.CountryOrRegion; country != "" && !knows(a.countries[FoldCase(country)], now) {
			marks = append(marks, Mark{Kind: MarkFirstCountry, Value: country})
		}
		if mark, ok := a.judgeDevice(t); ok {
			marks = append(marks, mark)
		}
	}
	if mark, ok := a.judgeSpeed(t); ok {
		marks = append(marks, mark)
	}
	if isNew && t.Flow != "" && !knows(a.flows[t.Flow], now) {
		marks = append(marks, Mark{Kind: MarkFirstFlow, Value: t.Flow})
	}
	return marks
}

// judgeDevice gives at most one mark: a device that is known by its registration is the person's whatever else is new on it.
func (a *acquaintance) judgeDevice(t *Trace) (Mark, bool) {
	system, browser, now := kindOf(t.OperatingSystem), kindOf(t.Browser), t.Time()
	switch {
	case t.DeviceID != "" && knows(a.devices[FoldCase(t.DeviceID)], now):
	case t.DeviceID != "":
		return Mark{Kind: MarkFirstDevice, Value: firstNonEmpty(t.DeviceDisplayName, t.OperatingSystem, t.DeviceID)}, true
	case system != "" && !knows(a.systems[system], now):
		return Mark{Kind: MarkFirstDevice, Value: t.OperatingSystem}, true
	case system != "" && browser != "" && !knows(a.browsers[browserOn(browser, system)], now):
		return Mark{Kind: MarkFirstBrowser, Value: t.Browser}, true
	}
	return Mark{}, false
}

func (a *acquaintance) judgeSpeed(t *Trace) (Mark, bool) {
	if t.Log != Interactive || a.last == nil || a.last.Location == t.Location {
		return Mark{}, false
	}
	from, to := a.where[a.last.Location], a.where[t.Location]
	if !from.Set || !to.Set || a.isHabit(a.last.Location, t.Time()) && a.isHabit(t.Location, t.Time()) {
		return Mark{}, false
	}
	kilometres := Distance(from, to)
	hours := t.Time().Sub(a.last.Time()).Hours()
	if kilometres < TravelDistance || kilometres <= TravelSpeed*hours {
		return Mark{}, false
	}
	return Mark{Kind: MarkImpossibleSpeed, Since: a.last.Location, Before: a.last.Time(), Kilometres: kilometres}, true
}

func (a *acquaintance) isHabit(p Place, now time.Time) bool {
	days := a.days[p]
	return len(days) == HabitDays && time.Duration(dayOf(now)-days[0])*24*time.Hour <= KnownFor
}

// dayOf numbers the days.
func dayOf(t time.Time) int64 { return t.Unix() / int64(24*time.Hour/time.Second) }

// learn takes a success that the person has not disowned.
func (a *acquaintance) learn(t *Trace, marks []Mark) {
	now := t.Time()
	a.successes = append(a.successes, now)
	own := traitsOf(t)
	times, ok := a.usual[own]
	if !ok {
		system := kindOf(own.system)
		times = learnt{
			timeIn(a.countries, FoldCase(own.country)), timeIn(a.devices, FoldCase(own.device)),
			timeIn(a.systems, system), timeIn(a.browsers, browserOn(kindOf(own.browser), system)), timeIn(a.flows, own.flow),
		}
		a.usual[own] = times
	}
	for _, then := range times {
		*then = now
	}
	if t.Log != Interactive || !a.where[t.Location].Set {
		return
	}
	if days := a.days[t.Location]; !slices.Contains(days, dayOf(now)) {
		days = append(days, dayOf(now))
		a.days[t.Location] = days[max(0, len(days)-HabitDays):]
	}
	unusualPlace := func(m Mark) bool { return m.Kind == MarkFirstCountry || m.Kind == MarkImpossibleSpeed }
	if !slices.ContainsFunc(marks, unusualPlace) {
		a.last = t
	}
}

// timeIn gives where the time of a name stands.
func timeIn(times map[string]*time.Time, name string) *time.Time {
	at, ok := times[name]
	if !ok {
		at = new(time.Time)
		times[name] = at
	}
	return at
}

// kindOf is an operating system or browser without its version: "Edge 131.0.0" is edge, "Windows10" and "Windows 11" are
// windows. Records spell the same system in several ways.
func kindOf(name string) string {
	folded := FoldCase(strings.TrimSpace(name))
	if i := strings.IndexAny(folded, "0123456789"); i > 0 {
		folded = folded[:i]
	}
	return strings.Trim(folded, " ._-/")
}

func browserOn(browser, system string) string { return browser + " on " + system }

// earthRadius is the mean radius in kilometres.
const earthRadius = 6371.0

// Distance is how far two places are apart along a great circle, in kilometres (haversine).
func Distance(a, b Coordinates) float64 {
	const radians = math.Pi / 180
	sin2 := func(degrees float64) float64 {
		s := math.Sin(degrees * radians / 2)
		return s * s
	}
	h := sin2(b.Latitude-a.Latitude) + math.Cos(a.Latitude*radians)*math.Cos(b.Latitude*radians)*sin2(b.Longitude-a.Longitude)
	return 2 * earthRadius * math.Asin(math.Sqrt(min(1, h)))
}

// MaxLocated is of how many places Located gives an example.
const MaxLocated = 24

// Located gives a sign-in of each place in the history whose coordinates Unusual and a map can use, the latest ones first,
// up to MaxLocated: the coordinates stand in the records alone.
func Located(history []Trace) []*Trace {
	seen := map[Place]bool{{}: true}
	var examples []*Trace
	for i := range history {
		if t := &history[i]; !seen[t.Location] && len(examples) < MaxLocated {
			seen[t.Location] = true
			examples = append(examples, t)
		}
	}
	return examples
}
