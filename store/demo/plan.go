package demo

import (
	"cmp"
	"slices"
)

// event is one record before it is written. It is small, so that an hour of events can be sorted.
type event struct {
	tick    int64  // createdDateTime, in 100 ns since 1970
	attempt uint64 // shared by all events of one attempt; also the seed of their random values
	who     int32  // person or workload
	part    int16  // number of the event in the attempt
	scene   scene
	outcome outcome
}

// scene is the kind of an event: everyday life or one of the stories.
type scene uint8

const (
	everydayInteractive scene = iota
	everydayNonInteractive
	everydayService
	everydayMachine
	sceneSpray
	sceneFatigue
	sceneFatigueToken
	sceneTravel
	sceneBroken
	sceneSecret
	sceneCode
	sceneCodeToken
	sceneMail
	sceneGuest
	sceneVisit
	sceneHidden
	sceneADFS
	sceneEmergency
	sceneFlagged
	sceneCount
)

// logOf gives the log of a scene.
func (s scene) log() int {
	switch s {
	case everydayNonInteractive, sceneFatigueToken, sceneCodeToken, sceneHidden:
		return logNonInteractive
	case everydayService, sceneSecret:
		return logService
	case everydayMachine:
		return logMachine
	}
	return logInteractive
}

// ingested gives the time at which the record reached the log: a few minutes later, sometimes most of an hour.
func (e *event) ingested() int64 {
	r := random{mix2(e.attempt, uint64(e.part)+500)}
	delay := int64(60*ticksPerSecond) + int64(r.below(180*ticksPerSecond))
	if r.below(64) == 0 {
		delay += int64(r.below(45 * 60 * ticksPerSecond))
	}
	return e.tick + delay
}

// planner plans the events of one hour after another, for one goroutine.
type planner struct {
	org     *organisation
	rhythm  *rhythm
	base    uint64 // from the seed and the density
	density Density
	hour    int64
	events  []event
	turn    int64   // turn of the events in stories
	stories []event // in time order; empty before the first turn
	planned bool
}

func newPlanner(org *organisation, rhythm *rhythm, seed uint64, d Density) *planner {
	return &planner{org: org, rhythm: rhythm, base: mix(seed, uint64(d)), density: d}
}

// at gives the events of an hour (hours since 1970) in time order. The slice is valid until the next call.
func (p *planner) at(hour int64) []event {
	p.hour, p.events = hour, p.events[:0]
	p.interactive(p.rhythm.count(logInteractive, p.density, hour, hour+1))
	p.nonInteractive(p.rhythm.count(logNonInteractive, p.density, hour, hour+1))
	p.workloads(everydayService, p.org.services, p.rhythm.count(logService, p.density, hour, hour+1))
	p.workloads(everydayMachine, p.org.machines, p.rhythm.count(logMachine, p.density, hour, hour+1))
	p.events = append(p.events, p.storiesOf(hour)...)
	// Stable: events at one instant keep the order in which they were made.
	slices.SortStableFunc(p.events, func(a, b event) int { return cmp.Compare(a.tick, b.tick) })
	return p.events
}

// count gives the number of events in the whole hours [from, to).
func (p *planner) count(from, to int64) int {
	n := 0
	for log := range logCount {
		n += p.rhythm.count(log, p.density, from, to)
	}
	for hour := from; hour < to; {
		end := min(to, (floorDiv(hour-mondayOfTurns, hoursPerTurn)+1)*hoursPerTurn+mondayOfTurns)
		n += len(p.storiesBetween(hour, end))
		hour = end
	}
	return n
}

func (p *planner) attempt(s scene, number int) uint64 {
	return mix(p.base, uint64(p.hour), uint64(s), uint64(number))
}

// somebody picks a person for the hour. Some sites are awake, and each day other people are busy or away, so that
// a person has several sign-ins a day.
func (p *planner) somebody(log int, r *random) int {
	i := p.rhythm.siteAt(log, p.hour, uint32(r.below(weightsPerSite)))
	n := sites[i].people
	x := r.below(n)
	rank := x * x / n / 2 // half of them are away
	day := mix2(uint64(floorDiv(p.hour, 24)), uint64(i))
	const stride = 1009 // prime and larger than any site, so that every rank is another person
	return p.org.firstOf[i] + (rank*stride+share(day, n))%n
}

const longestAttempt = 200 // seconds

// sequences are everyday attempts: the events of each, and its share in a thousand.
var sequences = []struct {
	perMille int
	events   []outcome
}{
	{300, []outcome{claimMulti}},
	{245, []outcome{claimSingle}},
	{75, []outcome{passwordless}},
	{85, []outcome{passwordOnly}},
	{40, []outcome{askedNew, mfaDone}},
	{20, []outcome{asked, mfaDone}},
	{12, []outcome{asked, wrongCode, mfaDone}},
	{8, []outcome{asked, timedOut, mfaDone}},
	{4, []outcome{asked, denied}},
	{30, []outcome{wrongPassword}},
	{18, []outcome{wrongPassword, wrongPassword, passwordOnly}},
	{12, []outcome{wrongPassword, asked, mfaDone}},
	{25, []outcome{keepSignedIn, claimMulti}},
	{30, []outcome{silentFailed}},
	{10, []outcome{enrol}},
	{9, []outcome{consent, claimMulti}},
	{8, []outcome{notAssigned}},
	{8, []outcome{confirmApp, claimMulti}},
	{7, []outcome{passwordExpired}},
	{7, []outcome{blocked}},
	{7, []outcome{notCompliant}},
	{6, []outcome{register}},
	{6, []outcome{locked}},
	{5, []outcome{adminConsent}},
	{5, []outcome{disabled}},
	{5, []outcome{pickAccount}},
	{5, []outcome{notProtected}},
	{4, []outcome{external, mfaDone}},
	{2, []outcome{replyAddress}},
	{2, []outcome{noApp}},
}

func sequence(pick int) []outcome {
	for _, s := range sequences {
		if pick -= s.perMille; pick < 0 {
			return s.events
		}
	}
	return sequences[0].events
}

var enrolment, singleClaim = []outcome{enrol}, []outcome{claimSingle}

// fitting gives an attempt that the person's registered methods allow. It has no more events.
func (p *person) fitting(events []outcome) []outcome {
	if !p.strong && events[0] == passwordless {
		events = sequences[0].events
	}
	if !p.single {
		return events
	}
	fits := events
	for _, o := range events {
		switch outcomes[o].proof {
		case bothByClaim:
			fits = singleClaim
		case secondAsked, secondDenied, secondTimedOut, secondWrong, secondDone, strongKey:
			return enrolment
		}
	}
	return fits
}

func (p *planner) interactive(n int) {
	start := p.hour * ticksPerHour
	for number := 0; n > 0; number++ {
		attempt := p.attempt(everydayInteractive, number)
		r := random{attempt}
		who := p.somebody(logInteractive, &r)
		tick := start + int64(r.below(ticksPerHour-longestAttempt*ticksPerSecond))
		events := sequence(r.below(1000))
		if len(events) > n {
			events = sequences[0].events
		}
		events = p.org.people[who].fitting(events)
		for part, o := range events {
			p.events = append(p.events, event{tick: tick, attempt: attempt, who: int32(who), part: int16(part), scene: everydayInteractive, outcome: o})
			tick += int64(4*ticksPerSecond) + int64(r.below(50*ticksPerSecond))
		}
		n -= len(events)
	}
}

// refreshErrors are the errors of failing refreshes. A refresh that fails does so all day.
var refreshErrors = []outcome{
	inactive, frequency, revoked, askedNew, sessionEnded, spaExpired, blocked, notCompliant, register, consent, frequency, silentFailed, disabled, wrongPassword,
}

func (p *planner) nonInteractive(n int) {
	start := p.hour * ticksPerHour
	var who int
	var tick int64
	for number := range n {
		attempt := p.attempt(everydayNonInteractive, number)
		r := random{attempt}
		// A device that wakes up requests several tokens at the same instant.
		if number == 0 || r.below(25) != 0 {
			who = p.somebody(logNonInteractive, &r)
			tick = start + int64(r.below(ticksPerHour))
		}
		local := floorMod(p.hour+int64(p.org.people[who].site.utcOffset), 24)
		asleep := local < 6 || local > 21
		day := mix(p.base, uint64(who), uint64(floorDiv(p.hour, 24)))
		habit := share(day, habitCount)
		switch {
		case asleep:
			habit %= phoneHabits
		case r.below(100) < 22:
			habit = r.below(habitCount)
		}
		o := claimSingle
		if trouble := mix2(day, uint64(habit)); share(trouble, 1000) < 28 {
			o = refreshErrors[share(scramble(trouble), len(refreshErrors))]
			if o == askedNew && p.org.people[who].single {
				o = enrol
			}
		} else if p.org.people[who].index%5 != 0 {
			o = claimMulti
		}
		p.events = append(p.events, event{tick: tick, attempt: attempt, who: int32(who), part: int16(habit), scene: everydayNonInteractive, outcome: o})
	}
}

func (p *planner) workloads(s scene, list []workload, n int) {
	start := p.hour * ticksPerHour
	for number := range n {
		attempt := p.attempt(s, number)
		r := random{attempt}
		x := r.below(len(list))
		who := x * x / len(list)
		tick := start + int64(r.below(ticksPerHour))
		o := list[who].failing
		if s == everydayService && who == 0 && secretIsOut(tick) {
			o = secretExpired
		}
		p.events = append(p.events, event{tick: tick, attempt: attempt, who: int32(who), part: int16(r.below(10)), scene: s, outcome: o})
	}
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }
