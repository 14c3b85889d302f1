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

// activityRate is the activity of people for a hundred of their sign-ins.
const activityRate = 150

// activityPlanner plans the Microsoft 365 activity of one hour after another, for one goroutine. It plans the hour's sign-ins
// and audit records too: activity belongs to a sign-in, and changes of the directory stand in both logs.
type activityPlanner struct {
	audit   *auditPlanner
	scratch []auditRecord // deeds want a place for audit records
	turn    int64
	planned bool
	stories []activityRecord // of the turn, in time order
	records []activityRecord // of the hour
}

// at gives the activity of an hour (hours since 1970) in time order. The slice is valid until the next call.
func (a *activityPlanner) at(hour int64) []activityRecord {
	a.records = a.records[:0]
	for _, r := range a.audit.at(hour) {
		if r.category == ofRoles || r.category == ofApps {
			a.records = append(a.records, ofAudit(&r))
		}
	}
	p := a.audit.signIns
	n := len(a.records) + p.rhythm.count(logInteractive, max(p.density, leastAudit)/100*activityRate, hour, hour+1)
	for number := uint64(0); len(a.records) < n; number++ {
		d := a.doing(mix(p.base, uint64(hour), 400, number), &a.records)
		d.tick = hour*ticksPerHour + int64(d.below(ticksPerHour-longestDeed))
		d.bySomebody()
		pickDoing(d.below(1000))(d)
	}
	if turn := floorDiv(hour-mondayOfTurns, hoursPerTurn); !a.planned || a.turn != turn {
		a.planStories(turn)
	}
	first := sort.Search(len(a.stories), func(i int) bool { return a.stories[i].tick >= hour*ticksPerHour })
	end := sort.Search(len(a.stories), func(i int) bool { return a.stories[i].tick >= (hour+1)*ticksPerHour })
	a.records = append(a.records, a.stories[first:end]...)
	slices.SortStableFunc(a.records, func(x, y activityRecord) int { return cmp.Compare(x.tick, y.tick) })
	return a.records
}

// doing is what one person does at one time in Microsoft 365.
type doing struct {
	*deed
	into   *[]activityRecord
	client *activityClient
}

// doing begins one with random values from the seed.
func (a *activityPlanner) doing(seed uint64, into *[]activityRecord) *doing {
	a.scratch = a.scratch[:0]
	return &doing{deed: a.audit.deed(seed, &a.scratch), into: into}
}

// record writes the next record. It can be changed until the next one.
func (d *doing) record(what activityKind, object string) *activityRecord {
	d.part++
	*d.into = append(*d.into, activityRecord{tick: d.tick, id: guidOf(mix2(d.seed, 2000+d.part)), what: what, actor: d.actor, client: d.client, object: object})
	return &(*d.into)[len(*d.into)-1]
}

// activityOf gives the activity of one hour that lies in the tenant's range.
func (t *Tenant) activityOf(p *activityPlanner, hour int64) []activityRecord {
	records := p.at(hour)
	search := func(tick int64) int {
		return sort.Search(len(records), func(i int) bool { return records[i].tick >= tick })
	}
	return records[search(t.start):search(t.until)]
}

// eachActivity passes the activity of the hours [from, to] that lies in the tenant's range to put, in time order.
func (t *Tenant) eachActivity(ctx context.Context, from, to int64, put func(log int, line []byte) error) error {
	p := &activityPlanner{audit: t.auditPlanner()}
	var buffer []byte
	for hour := max(from, floorDiv(t.start, ticksPerHour)); hour <= min(to, t.lastHour); hour++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		records := t.activityOf(p, hour)
		for i := range records {
			buffer = appendActivity(buffer[:0], &records[i])
			if err := put(records[i].log(), buffer); err != nil {
				return err
			}
		}
	}
	return nil
}

// ActivityDay writes the Microsoft 365 activity in the UTC day around the instant day, one record a line, in time order. It
// writes nothing for a day outside the tenant's range.
func (t *Tenant) ActivityDay(ctx context.Context, day time.Time, w io.Writer) error {
	first := floorDiv(floorDiv(day.Unix(), 3600), 24) * 24
	lines := bufio.NewWriterSize(w, writeBuffer)
	err := t.eachActivity(ctx, first, first+23, func(_ int, line []byte) error {
		_, err := lines.Write(line)
		return err
	})
	if err == nil {
		err = lines.Flush()
	}
	if err != nil {
		return fmt.Errorf("write the demo's activity: %w", err)
	}
	return nil
}
