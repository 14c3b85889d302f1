package demo

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"sort"
	"time"
)

// leastAudit is the least density of the audit logs, about a record an hour: a tenant of few sign-ins has some too.
const leastAudit = DefaultDensity / 20

// peopleRate and programRate are the audit records for each unit of a log's weight, in hundredths of its sign-ins.
// With the stories they give about 15,000 records in 30 days at the default density.
const (
	peopleRate  = 103
	programRate = 160
)

// auditPlanner plans the audit records of one hour after another, for one goroutine. It plans the hour's sign-ins
// too: a person's records belong to one of them.
type auditPlanner struct {
	signIns  *planner
	org      *organisation
	recorder *recorder
	groups   []demoGroup
	admins   []*person

	turn    int64
	planned bool
	stories []auditRecord // of the turn, in time order
	records []auditRecord // of the hour
	present []event       // the hour's sign-ins to which records can belong
}

func newAuditPlanner(p *planner) *auditPlanner {
	a := &auditPlanner{signIns: p, org: p.org, recorder: newRecorder(p.org), groups: p.org.groupList()}
	for i := range p.org.people {
		if who := &p.org.people[i]; who.habits[9].app.name == "Azure Portal" && !who.guest {
			a.admins = append(a.admins, who)
		}
	}
	return a
}

// at gives the audit records of an hour (hours since 1970) in time order. The slice is valid until the next call.
func (a *auditPlanner) at(hour int64) []auditRecord {
	a.records, a.present = a.records[:0], a.present[:0]
	for _, e := range a.signIns.at(hour) {
		if e.scene == everydayInteractive && outcomes[e.outcome].code == 0 && e.tick < (hour+1)*ticksPerHour-longestDeed {
			a.present = append(a.present, e)
		}
	}
	density := max(a.signIns.density, leastAudit)
	rhythm := a.signIns.rhythm
	a.everyday(deedsOfPeople, hour, rhythm.count(logInteractive, density/100*peopleRate, hour, hour+1))
	a.everyday(deedsOfPrograms, hour, rhythm.count(logMachine, density/100*programRate, hour, hour+1))
	a.records = append(a.records, a.storiesOf(hour)...)
	slices.SortStableFunc(a.records, func(x, y auditRecord) int { return cmp.Compare(x.tick, y.tick) })
	return a.records
}

// longestDeed is the time within which all records of an everyday deed come.
const longestDeed = 12 * 60 * ticksPerSecond

// everyday fills the hour with n records of everyday deeds, or a few more: a deed is told whole.
func (a *auditPlanner) everyday(list []everydayDeed, hour int64, n int) {
	until := len(a.records) + n
	for number := uint64(0); len(a.records) < until; number++ {
		d := a.deed(mix(a.signIns.base, uint64(hour), 200, uint64(len(list)), number), &a.records)
		d.tick = hour*ticksPerHour + int64(d.below(ticksPerHour-longestDeed))
		pick(list, d.below(1000))(d)
	}
}

// deed begins a deed whose random values come from the seed.
func (a *auditPlanner) deed(seed uint64, out *[]auditRecord) *deed {
	return &deed{auditPlanner: a, random: random{seed}, seed: seed, correlation: guidOf(mix2(seed, 1)), out: out}
}

// everydayDeed is a deed with its share in a thousand.
type everydayDeed struct {
	perMille int
	do       func(d *deed)
}

func pick(list []everydayDeed, number int) func(d *deed) {
	for _, e := range list {
		if number -= e.perMille; number < 0 {
			return e.do
		}
	}
	return list[0].do
}

// storiesOf gives the stories' records in an hour.
func (a *auditPlanner) storiesOf(hour int64) []auditRecord {
	turn := floorDiv(hour-mondayOfTurns, hoursPerTurn)
	if !a.planned || a.turn != turn {
		a.planTurn(turn)
	}
	first := sort.Search(len(a.stories), func(i int) bool { return a.stories[i].tick >= hour*ticksPerHour })
	end := sort.Search(len(a.stories), func(i int) bool { return a.stories[i].tick >= (hour+1)*ticksPerHour })
	return a.stories[first:end]
}

// deed is what an actor does at one time: one or several records with one correlation ID.
type deed struct {
	*auditPlanner
	random
	seed        uint64
	tick        int64
	correlation guid
	actor       actor
	part        uint64
	out         *[]auditRecord
}

// add writes the next record of the deed. The record can be changed until the next one.
func (d *deed) add(what auditActivity, targets ...target) *auditRecord {
	d.part++
	h := mix2(d.seed, 1000+d.part)
	*d.out = append(*d.out, auditRecord{
		tick: d.tick, correlation: d.correlation, auditActivity: what, result: "success", actor: d.actor, targets: targets,
		id: auditID(what.service, d.correlation, h),
	})
	d.tick += int64(2*ticksPerSecond/1000) + int64(share(h, ticksPerSecond/2))
	return &(*d.out)[len(*d.out)-1]
}

// wait lets time pass before the next record.
func (d *deed) wait(seconds int) {
	d.tick += int64(seconds)*ticksPerSecond + int64(d.below(20*ticksPerSecond))
}

// by has a program act.
func (d *deed) by(p *program) { d.actor = actor{program: p} }

// bySomebody has a person act who signed in shortly before. An hour without sign-ins has somebody at home act.
func (d *deed) bySomebody() *person {
	if len(d.present) == 0 {
		return d.byPerson(&d.org.people[d.signIns.somebody(logInteractive, &d.random)])
	}
	e := d.present[d.below(len(d.present))]
	d.tick = e.tick + int64(20*ticksPerSecond) + int64(d.below(180*ticksPerSecond))
	return d.bySignIn(&e)
}

// bySignIn has the person of a sign-in act, from its address and in its session.
func (d *deed) bySignIn(e *event) *person {
	p := d.byEvent(e)
	d.actor.token, d.actor.issued = d.recorder.entry.id, e.tick
	return p
}

// byPerson has a person act who may have signed in hours before.
func (d *deed) byPerson(p *person) *person {
	return d.byEvent(&event{tick: d.tick, attempt: d.seed, who: int32(p.index), scene: everydayInteractive, outcome: claimMulti})
}

func (d *deed) byEvent(e *event) *person {
	d.recorder.line(e)
	n := &d.recorder.entry
	d.actor = actor{person: n.person, address: string(n.address), session: n.session}
	return n.person
}

// byAdmin has one of the administrators act.
func (d *deed) byAdmin() *person { return d.byPerson(d.admins[d.below(len(d.admins))]) }

func (t *Tenant) auditPlanner() *auditPlanner { return newAuditPlanner(t.planner()) }

// auditOf gives the audit records of one hour that lie in the tenant's range.
func (t *Tenant) auditOf(p *auditPlanner, hour int64) []auditRecord {
	records := p.at(hour)
	search := func(tick int64) int {
		return sort.Search(len(records), func(i int) bool { return records[i].tick >= tick })
	}
	return records[search(t.start):search(t.until)]
}

// eachAudit passes the audit records of the hours [from, to] that lie in the tenant's range to put, in time order.
// Like real ones they are ingested at once.
func (t *Tenant) eachAudit(ctx context.Context, from, to int64, put func(log int, line []byte) error) error {
	p := t.auditPlanner()
	var buffer []byte
	for hour := max(from, floorDiv(t.start, ticksPerHour)); hour <= min(to, t.lastHour); hour++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		records := t.auditOf(p, hour)
		for i := range records {
			buffer = appendAudit(buffer[:0], &records[i])
			if err := put(records[i].log(), buffer); err != nil {
				return err
			}
		}
	}
	return nil
}

// AuditDay writes the records of both audit logs in the UTC day around the instant day, one a line, ordered by
// activityDateTime. It writes nothing for a day outside the tenant's range.
func (t *Tenant) AuditDay(ctx context.Context, day time.Time, w io.Writer) error {
	first := floorDiv(floorDiv(day.Unix(), 3600), 24) * 24
	lines := bufio.NewWriterSize(w, writeBuffer)
	err := t.eachAudit(ctx, first, first+23, func(_ int, line []byte) error {
		_, err := lines.Write(line)
		return err
	})
	if err == nil {
		err = lines.Flush()
	}
	if err != nil {
		return fmt.Errorf("write the demo's audit records: %w", err)
	}
	return nil
}
