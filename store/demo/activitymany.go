package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The variety of a large tenant's activity.
const (
	manyFiles    = 600_000
	manySites    = 400
	manyTeams    = 300
	manySubjects = 400_000
	manyGuests   = 3_000
	// tellPerCent bounds the records that tell a sign-in of the tenant too. Of the sign-ins without a person at the keyboard, one in
	// tellOneOf is told.
	tellPerCent = 9
	tellOneOf   = 20
)

// crowd makes the activity of a large tenant: the same people, and files, sites, teams and subjects as a large tenant has. A file is
// used the more often the smaller its number is. It is for one goroutine.
type crowd struct {
	*activityPlanner
	tenant *Tenant
	guests []person
	made   int // records of earlier hours
	told   int // of all records
}

// ManyActivity passes exactly n records of the unified audit log to put, one line at a time. They are spread over the tenant's time by
// the rhythm of its days, and are about in the order of time. They are the demo's in kind, with the variety of a large tenant. Some
// belong to a sign-in of the tenant by session and token, and some tell one. A line is valid until the next call.
func (t *Tenant) ManyActivity(ctx context.Context, n int, put func(line []byte) error) error {
	c := &crowd{activityPlanner: &activityPlanner{audit: t.auditPlanner()}, tenant: t}
	for i := range manyGuests {
		h := mix(idPerson, 90, uint64(i))
		name := firstNames[share(h, len(firstNames))] + " " + lastNames[share(mix(h, 1), len(lastNames))]
		at := "partner-" + itoa(share(mix(h, 2), 150)) + ".example"
		c.guests = append(c.guests, person{name: name, guest: true, id: guidOf(h).String(), upn: "visitor" + itoa(i) + "_" + at + "#ext#@" + domain})
	}
	first := floorDiv(t.start, ticksPerHour)
	whole := c.weight(first, t.lastHour)
	var buffer []byte
	done, passed := 0, 0.0
	for hour := first; hour <= t.lastHour; hour++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		passed += c.weight(hour, hour)
		until := int(float64(n) * passed / whole)
		if hour == t.lastHour {
			until = n
		}
		records := c.at(hour, until-done)
		done += len(records)
		for i := range records {
			buffer = appendActivity(buffer[:0], &records[i])
			if err := put(buffer); err != nil {
				return fmt.Errorf("write the demo's activity: %w", err)
			}
		}
	}
	return nil
}

// weight is the share of the hours [from, to] in the tenant's activity. An hour that lies in the range in part counts with that part.
func (c *crowd) weight(from, to int64) (sum float64) {
	for hour := from; hour <= to; hour++ {
		begin, end := c.within(hour)
		units := c.tenant.rhythm.before(logInteractive, hour+1) - c.tenant.rhythm.before(logInteractive, hour)
		sum += float64(units) * float64(end-begin) / ticksPerHour
	}
	return sum
}

// within is the part of an hour that lies in the tenant's range.
func (c *crowd) within(hour int64) (begin, end int64) {
	return max(hour*ticksPerHour, c.tenant.start), min((hour+1)*ticksPerHour, c.tenant.until)
}

// at gives n records of one hour in time order. The slice is valid until the next call.
func (c *crowd) at(hour int64, n int) []activityRecord {
	c.records = c.records[:0]
	c.audit.at(hour) // knows the hour's sign-ins then
	begin, end := c.within(hour)
	c.tell(hour, min(n, (c.made+n)*tellPerCent/100-c.told))
	c.told += len(c.records)
	c.made += n
	for number := uint64(0); len(c.records) < n; number++ {
		d := c.doing(mix(c.audit.signIns.base, uint64(hour), 600, number), &c.records)
		d.tick = begin
		d.bySomebody()
		if d.tick < begin || d.tick >= end || len(d.present) == 0 {
			d.tick = begin + int64(share(d.next(), int(end-begin)))
		}
		pickOf(crowdDoings, d.below(1000))(c, d)
	}
	c.records = c.records[:n]
	for i := range c.records {
		c.records[i].tick = min(max(c.records[i].tick, c.tenant.start), c.tenant.until-1)
	}
	slices.SortStableFunc(c.records, func(x, y activityRecord) int { return cmp.Compare(x.tick, y.tick) })
	return c.records
}

// tell writes up to n records that tell sign-ins of the hour.
func (c *crowd) tell(hour int64, n int) {
	if hour <= c.tenant.firstHour { // its oldest sign-ins may be dropped
		return
	}
	for _, e := range c.tenant.hour(c.audit.signIns, hour) {
		if len(c.records) >= n {
			return
		}
		everyday := e.scene == everydayInteractive || e.scene == everydayNonInteractive && share(mix2(e.attempt, uint64(e.part)), tellOneOf) == 0
		if !everyday || e.tick < c.tenant.start {
			continue
		}
		c.audit.recorder.line(&e)
		c.records = append(c.records, toldBy(&c.audit.recorder.entry))
	}
}

// toldBy tells a sign-in as the unified audit log has it.
func toldBy(n *entry) activityRecord {
	r := activityRecord{
		tick: n.created, id: n.id, what: activityKind{stsLogon, "UserLoggedIn", "AzureActiveDirectory"},
		actor: actor{person: n.person, address: string(n.address)}, object: n.target.id,
	}
	logonError := ""
	if n.outcome.code != 0 {
		r.what.operation, logonError = "UserLoginFailed", `"LogonError":"Code`+itoa(n.outcome.code)+`",`
	}
	pair := func(name, value string) string { return `{"Name":"` + name + `","Value":` + quoted(value) + `}` }
	r.more = `"ResultStatus":"Success","ExtendedProperties":[` + pair("ResultStatusDetail", "Success") + `,` + pair("UserAgent", n.device.agent) + `,` + pair("RequestType", "OAuth2:Token") +
		`],"ModifiedProperties":[],"Actor":[{"ID":"` + n.person.id + `","Type":0},{"ID":"` + n.person.upn + `","Type":5}],"ActorContextId":"` + tenantID +
		`","ActorIpAddress":"` + string(n.address) + `","InterSystemsId":"` + n.correlation.String() + `","IntraSystemId":"` + n.id.String() +
		`","SupportTicketId":"","Target":[{"ID":"` + n.target.id + `","Type":0}],"TargetContextId":"` + tenantID + `","ApplicationId":"` + n.app.id + `","DeviceProperties":[` +
		pair("OS", memberIn(n.device.detail, "operatingSystem")) + `,` + pair("BrowserType", memberIn(n.device.detail, "browser")) + `,` + pair("SessionId", n.session.String()) +
		`],` + logonError + `"ErrorNumber":"` + strconv.Itoa(n.outcome.code) + `",`
	return r
}

// memberIn gives the text of a member in JSON that this package wrote; empty where it has none.
func memberIn(json, name string) string {
	_, after, _ := strings.Cut(json, `"`+name+`":"`)
	text, _, _ := strings.Cut(after, `"`)
	return text
}

// crowdDoing is what somebody of a crowd does, with its share in a thousand.
type crowdDoing struct {
	perMille int
	do       func(c *crowd, d *doing)
}

func pickOf(list []crowdDoing, number int) func(c *crowd, d *doing) {
	for _, e := range list {
		if number -= e.perMille; number < 0 {
			return e.do
		}
	}
	return list[0].do
}

// skewed gives a number in [0, n), the small ones more often: a tenth of the numbers is given a third of the time.
func (d *doing) skewed(n int) int {
	u := d.below(1 << 20)
	return n * u >> 20 * u >> 20
}

// oneOf gives one of a list, the first ones more often.
func oneOf[T any](d *doing, list []T) T { return list[d.skewed(len(list))] }
