package demo

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"time"
)

// riskPlanner makes the risk records of a tenant, for one goroutine. Records follow from sign-ins at risk and from the stories.
type riskPlanner struct {
	*planner
	recorder *recorder
	gideon   *person
	out      []riskRecord
}

// riskWait is the longest time from a sign-in of everyday life to its last risk record, in hours.
const riskWait = 72

func (t *Tenant) riskPlanner() *riskPlanner {
	p := t.planner()
	return &riskPlanner{planner: p, recorder: newRecorder(p.org), gideon: p.org.personNamed("Gideon", "Brightwater")}
}

// between gives the risk records that arrive in [from, until) ticks, in the order of arrival.
func (p *riskPlanner) between(ctx context.Context, from, until int64) ([]riskRecord, error) {
	p.out = p.out[:0]
	for hour := floorDiv(from, ticksPerHour) - riskWait; hour*ticksPerHour < until; hour++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p.everyday(hour)
	}
	p.turns(from, until)
	return p.arrived(from, until), nil
}

// turns adds the stories whose records can arrive in [from, until).
func (p *riskPlanner) turns(from, until int64) {
	first, _ := turnOf(from)
	last, _ := turnOf(until)
	for turn := first - 1; turn <= last; turn++ {
		p.tellTurn(turn)
	}
}

// arrived keeps the records that arrive in [from, until), in the order of arrival.
func (p *riskPlanner) arrived(from, until int64) []riskRecord {
	p.out = slices.DeleteFunc(p.out, func(r riskRecord) bool { return r.tick < from || r.tick >= until })
	slices.SortStableFunc(p.out, func(x, y riskRecord) int { return cmp.Compare(x.tick, y.tick) })
	return p.out
}

// historyDays is how long before the logs the history of risky users and service principals begins: Microsoft keeps it longer than logs.
const historyDays = 120

// riskBefore gives the states of the stories in the time before the logs, without detections.
func (t *Tenant) riskBefore() []riskRecord {
	p := t.riskPlanner()
	from := t.start - historyDays*ticksPerDay
	p.turns(from, t.start)
	return slices.DeleteFunc(p.arrived(from, t.start), func(r riskRecord) bool { return r.of != 0 })
}

// firstTick is the time of the tenant's first sign-in.
func (t *Tenant) firstTick() int64 {
	if events := t.hour(t.planner(), t.firstHour); len(events) > 0 {
		return events[0].tick
	}
	return max(t.start, t.firstHour*ticksPerHour)
}

// eachRisk passes the risk records of the tenant to put, after the earlier states. Detections of sign-ins that the tenant dropped are
// left out.
func (t *Tenant) eachRisk(ctx context.Context, put func(r *riskRecord) error) error {
	records, err := t.riskPlanner().between(ctx, t.start, t.until)
	if err != nil {
		return err
	}
	first := t.firstTick()
	records = slices.DeleteFunc(records, func(r riskRecord) bool { return r.of != 0 && r.of < first })
	for _, list := range [][]riskRecord{t.riskBefore(), records} {
		for i := range list {
			if err := put(&list[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeRisk writes the files of the risk records.
func (t *Tenant) writeRisk(ctx context.Context, o *output) error {
	return writeLogs(o, riskFileNames[:], func(put func(file int, line []byte) error) error {
		var buffer []byte
		return t.eachRisk(ctx, func(r *riskRecord) error {
			buffer = appendRisk(buffer[:0], r)
			return put(r.kind, buffer)
		})
	})
}

// RiskDay writes the risk records that arrive in the UTC day around the instant day, one a line, in the order of arrival. It writes
// nothing for a day outside the tenant's range. Records may be about earlier days.
func (t *Tenant) RiskDay(ctx context.Context, day time.Time, w io.Writer) error {
	first := floorDiv(day.Unix(), 86400) * ticksPerDay
	from, until := max(first, t.start), min(first+ticksPerDay, t.until)
	if from >= until {
		return nil
	}
	records, err := t.riskPlanner().between(ctx, from, until)
	if err != nil {
		return err
	}
	return writeRiskLines(w, records)
}

// RiskBefore writes the states of risky users, service principals and agents in the four months before the tenant's range, one a line.
func (t *Tenant) RiskBefore(w io.Writer) error { return writeRiskLines(w, t.riskBefore()) }

func writeRiskLines(w io.Writer, records []riskRecord) error {
	lines := bufio.NewWriterSize(w, writeBuffer)
	var buffer []byte
	for i := range records {
		buffer = appendRisk(buffer[:0], &records[i])
		if _, err := lines.Write(buffer); err != nil {
			return fmt.Errorf("write the demo's risk records: %w", err)
		}
	}
	if err := lines.Flush(); err != nil {
		return fmt.Errorf("write the demo's risk records: %w", err)
	}
	return nil
}

// tell adds a detection: its first record, and one for each later state. One detection in three lacks some members at first.
func (p *riskPlanner) tell(d *detection, later ...laterState) {
	first := d.noticed
	if share(mix2(uint64(d.at), uint64(d.noticed)), 3) == 0 {
		p.out = append(p.out, d.told(first, false))
		first += 6 * 60 * ticksPerSecond
	}
	p.out = append(p.out, d.told(first, true))
	for _, l := range later {
		if l.tick > first {
			d.state, d.detail = l.state, l.detail
			if l.level != "" {
				d.level = l.level
			}
			p.out = append(p.out, d.told(l.tick, true))
		}
	}
}

// laterState is a state that a detection gets at a time.
type laterState struct {
	tick                 int64
	state, detail, level string
}

// user adds a change of a risky user.
func (p *riskPlanner) user(tick int64, who *person, s riskyState) {
	p.out = append(p.out, s.ofUser(tick, who)...)
}

// ofSignIn begins a detection of a user's sign-in.
func (p *riskPlanner) ofSignIn(e *event, eventType string) *detection {
	p.recorder.line(e)
	n := &p.recorder.entry
	d := newDetection(mix(e.attempt, uint64(e.part), hashOf(eventType)), riskUserEvents, eventType, e.tick)
	d.activity, d.person, d.request, d.correlation, d.address, d.place = "signin", n.person, n.id, n.correlation, string(n.address), n.place
	d.agent = cmp.Or(n.device.agent, n.device.window)
	d.level, d.state, d.detail = n.risk.level, n.risk.state, n.risk.detail
	return d
}

// ofUser begins a detection of a user, which names no sign-in.
func (p *riskPlanner) ofUser(tick int64, who *person, eventType, level string) *detection {
	d := newDetection(mix(p.base, uint64(tick), uint64(who.index), hashOf(eventType)), riskUserEvents, eventType, tick)
	d.activity, d.person, d.level = "user", who, level
	return d
}

// hashOf is a number that follows from a text.
func hashOf(text string) uint64 {
	h := uint64(0)
	for i := range len(text) {
		h = scramble(h + uint64(text[i]))
	}
	return h
}

// unfamiliar are reasons for unfamiliar sign-in properties.
var unfamiliar = []string{"UnfamiliarASN", "UnfamiliarBrowser", "UnfamiliarDevice", "UnfamiliarIP", "UnfamiliarLocation", "UnfamiliarTenantIPsubnet"}

// people gives the sign-ins of people in an hour that are no refreshes and no stories.
func (p *planner) people(hour int64) []event {
	p.hour, p.events = hour, p.events[:0]
	p.interactive(p.rhythm.count(logInteractive, p.density, hour, hour+1))
	return p.events
}

// everyday adds the detections of an hour's everyday sign-ins, and what comes of them.
func (p *riskPlanner) everyday(hour int64) {
	events := p.people(hour)
	for i := range events {
		e := &events[i]
		n := &p.recorder.entry
		*n = entry{created: e.tick, outcome: &outcomes[e.outcome], address: n.address[:0]}
		p.recorder.direct(e, n)
		switch n.risk {
		case anonymous:
			p.behindProxy(e)
		case passedRisk:
			d := p.ofSignIn(e, "unfamiliarFeatures").inRealTime()
			d.reasons = unfamiliar[share(e.attempt, 3):][:3]
			p.tell(d)
			if !d.person.isInStory() && share(scramble(e.attempt), 3) == 0 {
				p.user(d.noticed+20*ticksPerSecond, d.person, atRisk("low", "unfamiliarFeatures"))
				p.user(d.noticed+int64(60+share(e.attempt, 500))*ticksPerSecond, d.person, passedMFA)
			}
		case confirmed:
			d := p.ofSignIn(e, "unfamiliarFeatures").inRealTime()
			d.reasons = []string{"UnfamiliarIP", "UnfamiliarTenantIPsubnet"}
			p.tell(d)
		}
	}
}

// behindProxy puts somebody at risk who signed in through a proxy. Most change their password within two days, an administrator
// dismisses the risk of some, and others stay at risk.
func (p *riskPlanner) behindProxy(e *event) {
	d := p.ofSignIn(e, "anonymizedIPAddress").inRealTime()
	d.reasons = []string{"suspiciousIP"}
	if d.person.isInStory() {
		p.tell(d)
		return
	}
	p.user(d.noticed+40*ticksPerSecond, d.person, atRisk("medium", d.eventType))
	handled := d.noticed + int64(40+share(scramble(e.attempt), 46*60))*60*ticksPerSecond
	after := changedPassword
	switch share(mix2(d.person.sessionSeed(), 31), 20) {
	case 0, 1, 2, 3:
		p.tell(d)
		return
	case 4, 5, 6:
		after = dismissed("adminDismissedAllRiskForUser").madeBy(p.gideon)
	case 7, 8, 9:
		after = resetPassword
	}
	p.tell(d, laterState{tick: handled, state: after.state, detail: after.detail})
	p.user(handled, d.person, after)
}

// isInStory tells of the named people. Their risk has stories of its own.
func (p *person) isInStory() bool {
	for _, s := range named[p.site.name] {
		if p.name == s[0]+" "+s[1] {
			return true
		}
	}
	return false
}
