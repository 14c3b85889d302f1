package demo

import (
	"cmp"
	"slices"
	"sort"
)

// Days of the turn, counted from 0, on which the stories happen.
const (
	drillDay   = 1
	sprayDay   = 3
	travelDay  = 7
	fatigueDay = 8
	brokenDay  = 9
	flaggedDay = 10
	secretDay  = 12
	secretEnd  = 18 // the new secret comes at 09:00
	codeDay    = 15
)

// turnOf gives the turn of an instant, and the time since its beginning.
func turnOf(tick int64) (turn, since int64) {
	const length = hoursPerTurn * ticksPerHour
	t := tick - mondayOfTurns*ticksPerHour
	turn = floorDiv(t, length)
	return turn, t - turn*length
}

func secretIsOut(tick int64) bool {
	_, since := turnOf(tick)
	return since >= secretDay*ticksPerDay && since < secretEnd*ticksPerDay+9*ticksPerHour
}

// journey gives the traveller's network; nil at home.
func journey(tick int64) *network {
	_, since := turnOf(tick)
	switch hours := since/ticksPerHour - travelDay*24; {
	case hours >= 5 && hours < 2*24+8:
		return hotelNorth
	case hours >= 2*24+8 && hours < 4*24+20:
		return hotelWest
	}
	return nil
}

// storiesOf gives the stories' events in an hour.
func (p *planner) storiesOf(hour int64) []event { return p.storiesBetween(hour, hour+1) }

// storiesBetween gives the stories' events in [from, to) hours, which must lie in one turn.
func (p *planner) storiesBetween(from, to int64) []event {
	turn := floorDiv(from-mondayOfTurns, hoursPerTurn)
	if !p.planned || p.turn != turn {
		p.planTurn(turn)
	}
	first := sort.Search(len(p.stories), func(i int) bool { return p.stories[i].tick >= from*ticksPerHour })
	end := sort.Search(len(p.stories), func(i int) bool { return p.stories[i].tick >= to*ticksPerHour })
	return p.stories[first:end]
}

// director plans the stories of one turn.
type director struct {
	*planner
	turn  int64
	start int64 // tick of the turn's beginning
}

func (p *planner) planTurn(turn int64) {
	p.turn, p.planned, p.stories = turn, true, p.stories[:0]
	d := director{planner: p, turn: turn, start: (turn*hoursPerTurn + mondayOfTurns) * ticksPerHour}
	d.spray()
	d.fatigue()
	d.travel()
	d.broken()
	d.secret()
	d.deviceCode()
	d.emergency()
	d.flagged()
	d.everyDay()
	slices.SortStableFunc(p.stories, func(a, b event) int { return cmp.Compare(a.tick, b.tick) })
}

// size shrinks a story where there are few rows.
func (d *director) size(whole, least int) int {
	n := uint64(whole) * min(uint64(d.density), uint64(DefaultDensity)) / uint64(DefaultDensity)
	return max(least, int(n))
}

func (d *director) seedOf(s scene, number int) uint64 {
	return mix(d.base, uint64(d.turn), uint64(s)+100, uint64(number))
}

func (d *director) add(s scene, tick int64, attempt uint64, who *person, part int, o outcome) {
	d.stories = append(d.stories, event{tick: tick, attempt: attempt, who: int32(who.index), part: int16(part), scene: s, outcome: o})
}

func (d *director) instant(day, hour, minute int) int64 {
	return d.start + int64(day)*ticksPerDay + int64(hour)*ticksPerHour + int64(minute)*60*ticksPerSecond
}

func (d *director) spray() {
	n := d.size(220, 12)
	tick := d.instant(sprayDay, 2, 0)
	step := int64(80*60*ticksPerSecond) / int64(n)
	hit := d.org.personNamed("Bram", "Kettlewick")
	for i := range n {
		seed := d.seedOf(sceneSpray, i)
		r := random{seed}
		who, o := &d.org.people[(i*37+share(d.seedOf(sceneSpray, -1), 1900))%1980], wrongPassword
		switch {
		case i == n*3/4:
			who, o = hit, passwordOnly
		case i%16 == 5:
			o = locked
		case i%16 == 11:
			o = maliciousIP
		}
		d.add(sceneSpray, tick+int64(r.below(int(step))), seed, who, i, o)
		tick += step
	}
}

// The fatigue story's events have one correlation ID and gaps under 15 minutes, so that they are one line of the
// log.
const fatigueRefusals = 20

func (d *director) fatigue() {
	seed := d.seedOf(sceneFatigue, 0)
	r := random{seed}
	victim := d.org.personNamed("Juniper", "Fernweather")
	tick := d.instant(fatigueDay, 21, 10)
	part := 0
	next := func(o outcome) {
		d.add(sceneFatigue, tick, seed, victim, part, o)
		part++
		tick += int64(35*ticksPerSecond) + int64(r.below(70*ticksPerSecond))
	}
	next(asked)
	for i := range fatigueRefusals {
		next(denied)
		if i == 8 || i == 15 {
			next(timedOut)
		}
	}
	next(mfaDone)
	for i := range d.size(24, 4) {
		tick += int64(4*60*ticksPerSecond) + int64(r.below(10*60*ticksPerSecond))
		d.add(sceneFatigueToken, tick, d.seedOf(sceneFatigueToken, i), victim, i, claimMulti)
	}
}

func (d *director) travel() {
	who := d.org.personNamed("Caspian", "Quillmarch")
	n := d.size(18, 6)
	const trip = 4*24 + 8 // hours, from 05:30 on the first day
	for i := range n {
		seed := d.seedOf(sceneTravel, i)
		o := claimMulti
		if i == 0 || i == n/2 {
			o = mfaDone
		}
		d.add(sceneTravel, d.instant(travelDay, 5, 30)+int64(i)*trip*ticksPerHour/int64(n)+int64(share(seed, 3000*ticksPerSecond)), seed, who, i, o)
	}
}

func (d *director) broken() {
	n := d.size(90, 9)
	step := 7 * ticksPerHour / int64(n)
	for i := range n {
		seed := d.seedOf(sceneBroken, i)
		o := replyAddress
		switch {
		case i >= n*2/3:
			o = noApp
		case i >= n/3:
			o = noResource
		}
		tick := d.instant(brokenDay, 9, 0) + int64(i)*step + int64(share(seed, int(step)))
		d.add(sceneBroken, tick, seed, &d.org.people[share(scramble(seed), 1400)], i, o)
	}
}

func (d *director) secret() {
	n := d.size(288, 12)
	const out = (secretEnd-secretDay)*24 + 9
	for i := range n {
		seed := d.seedOf(sceneSecret, i)
		tick := d.instant(secretDay, 0, 0) + int64(i)*out*ticksPerHour/int64(n) + int64(share(seed, 60*ticksPerSecond))
		d.stories = append(d.stories, event{tick: tick, attempt: seed, scene: sceneSecret, outcome: secretExpired})
	}
}

func (d *director) deviceCode() {
	seed := d.seedOf(sceneCode, 0)
	victim := d.org.personNamed("Orla", "Thistledown")
	tick := d.instant(codeDay, 10, 20)
	d.add(sceneCode, tick, seed, victim, 0, confirmApp)
	d.add(sceneCode, tick+70*ticksPerSecond, seed, victim, 1, deviceCodeDone)
	n := d.size(60, 8)
	for i := range n {
		token := d.seedOf(sceneCodeToken, i)
		after := int64(10*60*ticksPerSecond) + int64(i)*5*ticksPerDay/int64(n) + int64(share(token, 20*60*ticksPerSecond))
		d.add(sceneCodeToken, tick+after, token, victim, i, claimMulti)
	}
}

// emergency uses the account for emergencies twice: in a drill, and while the deployment is broken.
func (d *director) emergency() {
	for i, use := range []struct{ day, hour, minute int }{{drillDay, 7, 30}, {brokenDay, 15, 31}} {
		seed := d.seedOf(sceneEmergency, i)
		tick := d.instant(use.day, use.hour, use.minute) + int64(share(seed, 60*ticksPerSecond))
		d.add(sceneEmergency, tick, seed, d.org.emergency, 0, wrongPassword)
		d.add(sceneEmergency, tick+50*ticksPerSecond, seed, d.org.emergency, 1, passwordless)
	}
}

// flaggedSteps are the sign-ins of somebody who has sign-in errors flagged for review. Errors on this device are flagged for 20 minutes
// from the second step on; neither those of the other device nor those after the 20 minutes are.
var flaggedSteps = []struct {
	seconds int64
	outcome outcome
	device  deviceKind
	flagged bool
}{
	{0, notCompliant, laptopBrowser, false},
	{95, notCompliant, laptopBrowser, true},
	{260, blocked, laptopBrowser, true},
	{430, passwordOnly, laptopBrowser, false},
	{515, wrongPassword, phoneBrowser, false},
	{700, notCompliant, laptopBrowser, true},
	{1080, claimSingle, laptopBrowser, false},
	{1500, notCompliant, laptopBrowser, false},
}

// flagged has two people flag their sign-in errors: one at a shared terminal of the warehouse, and a guest. The guest's browser names no
// device.
func (d *director) flagged() {
	guest := &d.org.people[d.org.firstOf[len(sites)-1]+1]
	for i, who := range []*person{d.org.personNamed("Rufus", "Cratehook"), guest} {
		tick := d.instant(flaggedDay, 13, 5+90*i)
		for part, step := range flaggedSteps {
			d.add(sceneFlagged, tick+step.seconds*ticksPerSecond, d.seedOf(sceneFlagged, 100*i+part), who, part, step.outcome)
		}
	}
}

// everyDay adds the stories of every day: old mail clients, the guest, visits to another tenant, hidden risk, and AD FS.
func (d *director) everyDay() {
	for day := range 21 {
		absolute := d.turn*21 + int64(day)
		for _, daily := range []struct {
			scene       scene
			whole, rare int // records in ten days: at the default density, and the least
		}{{sceneMail, 120, 6}, {sceneGuest, 60, 5}, {sceneVisit, 30, 4}, {sceneHidden, 30, 4}, {sceneADFS, 200, 8}} {
			rate := int64(d.size(daily.whole, daily.rare))
			n := int(floorDiv((absolute+1)*rate, 10) - floorDiv(absolute*rate, 10))
			for i := range n {
				d.daily(daily.scene, day, i)
			}
		}
	}
}

func (d *director) daily(s scene, day, i int) {
	seed := d.seedOf(s, day*1000+i)
	r := random{seed}
	tick := d.instant(day, 6, 0) + int64(r.below(14*ticksPerHour))
	o, who := claimSingle, &d.org.people[20+r.below(1800)]
	switch s {
	case sceneMail:
		o = passwordOnly
		switch r.below(5) {
		case 0:
			o = legacyBlocked
		case 1:
			o = wrongPassword
		}
		if who = d.org.personNamed("Wilhelmina", "Pennyfeather"); r.below(3) != 0 {
			who = &d.org.people[630+r.below(8)] // mailboxes of scanners and shops
		}
	case sceneGuest:
		who = d.org.personNamed("Tobias", "Kestrelwing")
		if r.below(6) == 0 {
			o = notAssigned
		}
	case sceneVisit:
		if o = claimMulti; who.single {
			o = claimSingle
		}
	case sceneADFS:
		who, o = &d.org.people[20+r.below(600)], passwordOnly // of Bergen
		if r.below(10) == 0 {
			o = wrongPassword
		}
		if partyOf(seed) == brokenParty && r.below(2) == 0 {
			o = notAssigned
		}
	}
	d.add(s, tick, seed, who, r.below(habitCount), o)
}
