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

// idJob numbers the systems and jobs of provisioning.
const idJob = 70

// leastProvisioning is the least density of the provisioning log, about a record an hour.
const leastProvisioning = DefaultDensity / 4

// cycleSeconds is how often a job runs.
const cycleSeconds = 40 * 60

// provisioningSystem is a system that objects come from or go to. app is the application that stands for it here.
type provisioningSystem struct {
	id, name string
	app      *app
}

// provisioningJob is the configuration of one application.
type provisioningJob struct {
	id, principal string
	app           *app
	from, to      provisioningSystem
	// inbound says that people come from the other system. otherNames has the records spelled in Azure Monitor's own names.
	inbound, otherNames bool
}

// jobs are the tenant's: three applications that get people and groups, the staff system that people come from, and the
// synchronization of guests.
func (o *organisation) jobs() []provisioningJob {
	entra := provisioningSystem{id: guidOf(mix(idJob, 1)).String(), name: "Microsoft Entra ID"}
	var list []provisioningJob
	for i, j := range []struct {
		name, prefix        string
		inbound, otherNames bool
	}{
		{"Harbour Invoices", "scim", false, false},
		{"Quay Tickets", "scim", false, false},
		{"Beacon Learning", "BeaconOutDelta", false, true},
		{"Anchor Roster", "Workday2AD", true, false},
	} {
		a := o.appNamed(j.name)
		other := provisioningSystem{id: guidOf(mix(idJob, 2, uint64(i))).String(), name: a.name, app: a}
		job := provisioningJob{
			id: j.prefix + "." + hexOf(tenantID) + "." + guidOf(mix(idJob, 3, uint64(i))).String(), principal: o.ofPrincipal(a).id, app: a,
			from: entra, to: other, inbound: j.inbound, otherNames: j.otherNames,
		}
		if j.inbound {
			job.from, job.to = other, entra
		}
		list = append(list, job)
	}
	return list
}

// hexOf is a GUID without its hyphens.
func hexOf(id string) string { return id[:8] + id[9:13] + id[14:18] + id[19:23] + id[24:] }

// provisioningPlanner plans the records of one hour after another, for one goroutine.
type provisioningPlanner struct {
	*planner
	jobs    []provisioningJob
	groups  []demoGroup
	records []provisioningRecord
}

// at gives the provisioning records of an hour in time order. The slice is valid until the next call.
func (p *provisioningPlanner) at(hour int64) []provisioningRecord {
	p.records = p.records[:0]
	n := p.rhythm.count(logMachine, max(p.density, leastProvisioning), hour, hour+1)
	for number := range n {
		seed := mix(p.base, uint64(hour), 400, uint64(number))
		r := random{seed}
		job := &p.jobs[r.below(len(p.jobs))]
		tick := hour*ticksPerHour + int64(r.below(ticksPerHour))
		p.records = append(p.records, p.work(job, tick, seed, &r))
	}
	p.records = append(p.records, p.brokenJob(hour)...)
	slices.SortStableFunc(p.records, func(x, y provisioningRecord) int { return cmp.Compare(x.tick, y.tick) })
	return p.records
}

// begin begins a record of a job about a person or a group, with the steps before the one that writes.
func (p *provisioningPlanner) begin(job *provisioningJob, who provisioned, action string, tick int64, seed uint64) provisioningRecord {
	cycle := floorDiv(tick, cycleSeconds*ticksPerSecond)
	r := provisioningRecord{
		tick: tick, seed: seed, job: job, cycle: guidOf(mix(p.base, 401, uint64(cycle), mix(uint64(len(job.id)), uint64(len(job.app.name))))), action: action, status: "success",
		source: who, took: 180 + share(mix2(seed, 4), 4000),
	}
	other := provisioned{id: itoa(10_000 + share(mix2(seed, 5), 80_000)), name: who.upn, kind: who.kind}
	if who.kind == "Group" {
		other.name = who.name
	}
	r.target = other
	if job.inbound {
		r.source, r.target = provisioned{id: "W-" + other.id, name: who.name, kind: "Worker"}, who
	}
	verb := map[string]string{"create": "Add", "update": "Update", "delete": "Delete", "disable": "Disable"}[action]
	r.steps = []provisioningStep{
		{"EntryImport" + verb, stepImport, stepSuccess, "Received " + r.source.kind + " '" + r.source.name + "' change of type (" + verb + ") from " + job.from.name, nil},
		{"EntrySynchronizationScoping", stepScoping, stepSuccess, "Determined whether " + r.source.kind + " is in scope", []detail{{"Active in the source system", "True"}, {"Assigned to the application", "True"}, {"Scoping filter evaluation passed", "True"}}},
	}
	return r
}

// matched adds the step that finds the object in the target.
func (r *provisioningRecord) matched() {
	says := "Found the matching " + r.source.kind + " in " + r.job.to.name
	if r.action == "create" {
		says = "No matching " + r.source.kind + " was found in " + r.job.to.name
	}
	r.steps = append(r.steps, provisioningStep{"EntryImportByMatching", stepMatching, stepSuccess, says, []detail{{"Matching attribute", "userName"}}})
}

// written adds the step that writes to the target, and how it ended.
func (r *provisioningRecord) written(f *provisioningFailure) {
	verb := map[string]string{"create": "Add", "update": "Update", "delete": "Delete", "disable": "Disable"}[r.action]
	done := map[string]string{"create": "created", "update": "updated", "delete": "deleted", "disable": "disabled"}[r.action]
	step := provisioningStep{"EntryExport" + verb, stepExport, stepSuccess, r.target.kind + " '" + r.target.name + "' was " + done + " in " + r.job.to.name, []detail{{"ReportableIdentifier", r.target.name}}}
	if r.failure = f; f != nil {
		r.status, step.status = "failure", stepFailure
		step.description = "Failed to " + r.action + " " + r.target.kind + " '" + r.target.name + "' in " + r.job.to.name
		if r.action == "create" {
			r.target.id = ""
		}
	}
	r.steps = append(r.steps, step)
}

// everydayFailures are errors of everyday work, each with its share in a hundred.
var everydayFailures = []struct {
	share   int
	failure provisioningFailure
}{
	{40, provisioningFailure{"EntryConflict", "nonServiceFailure", "An account with this user name is in the target already: HTTP status code 409 (Conflict).", "Remove the account in the target, or change the matching attribute."}},
	{20, provisioningFailure{"MandatoryFieldsMissing", "nonServiceFailure", "The required attribute department has no value.", ""}},
	{15, provisioningFailure{"LicenseLimitExceeded", "nonServiceFailure", "No licence is left in the target.", ""}},
	{15, provisioningFailure{"TooManyRequests", "failure", "The target answered with HTTP status code 429 (Too Many Requests). The service will try again.", ""}},
	{10, provisioningFailure{"Timeout", "failure", "The target did not answer within 30 seconds.", ""}},
}

// work is a record of everyday work.
func (p *provisioningPlanner) work(job *provisioningJob, tick int64, seed uint64, r *random) provisioningRecord {
	person := &p.org.people[20+r.below(1700)]
	who := provisioned{person.id, person.name, "User", person.upn}
	if !job.inbound && r.below(12) == 0 {
		g := &p.groups[2+r.below(len(p.groups)-2)]
		who = provisioned{id: g.id, name: g.name, kind: "Group"}
	}
	pick := r.below(100)
	action := "update"
	switch {
	case pick < 12:
		action = "create"
	case pick < 16:
		action = "disable"
	case pick < 18:
		action = "delete"
	}
	if who.kind == "Group" && action == "disable" {
		action = "update"
	}
	record := p.begin(job, who, action, tick, seed)
	if r.below(100) < 24 {
		record.skip(r)
		return record
	}
	record.matched()
	record.changes = changesOf(&record, person, r)
	if r.below(100) < 7 {
		number := r.below(100)
		for i := range everydayFailures {
			if number -= everydayFailures[i].share; number < 0 {
				record.written(&everydayFailures[i].failure)
				return record
			}
		}
	}
	record.written(nil)
	if r.below(50) == 0 { // the manager is not in the target yet
		record.status = "warning"
		record.steps = append(record.steps, provisioningStep{"EntrySynchronizationReferenceResolution", stepReferences, stepWarning, "The attribute manager refers to a User that " + job.to.name + " does not have", []detail{{"PropertyName", "manager"}}})
	}
	return record
}

// skip ends a record with the reason why nothing was changed.
func (r *provisioningRecord) skip(of *random) {
	r.status, r.action, r.target = "skipped", "other", provisioned{kind: r.target.kind}
	reason, says := "RedundantExport", "nothing of it has changed"
	if of.below(3) > 0 {
		reason, says = "NotEffectivelyEntitled", "it is not assigned to the application"
		r.steps[1].status, r.steps[1].details[1].value = stepSkipped, "False"
	}
	r.failure = &provisioningFailure{"EntrySynchronizationSkipped", "success", r.source.kind + " '" + r.source.name + "' was skipped: " + says + ".", ""}
	r.steps = append(r.steps, provisioningStep{"EntrySynchronizationSkip", stepProcessing, stepSkipped, r.source.kind + " '" + r.source.name + "' will be skipped", []detail{{"SkipReason", reason}, {"IsActive", "True"}}})
}

// changesOf are the properties that a record changes.
func changesOf(r *provisioningRecord, person *person, of *random) []change {
	switch {
	case r.action == "delete":
		return nil
	case r.action == "disable":
		return []change{{"active", "True", "False"}}
	case r.source.kind == "Group":
		return []change{{"displayName", "", r.source.name}, {"members", "", person.upn}}
	case r.action == "create":
		return []change{{"userName", "", person.upn}, {"displayName", "", person.name}, {"active", "", "True"}, {"department", "", departments[of.below(len(departments))]}, {"password", "", "[Redacted]"}}
	}
	return []change{{"department", departments[of.below(len(departments))], departments[of.below(len(departments))]}}
}

// Times of the story of Harbour Invoices on its day, in minutes: the deployment changes the application, and Ada restores it.
const (
	jobBreaks = 11*60 + 18
	jobMended = 15*60 + 56
	jobCaught = 17 * 60
)

var lostRights = provisioningFailure{
	"Unauthorized", "nonServiceFailure",
	"The target refused the credentials of the provisioning service: HTTP status code 401 (Unauthorized). The audience of the token is not known.",
	"Check the tenant URL and the secret token in the application's provisioning settings.",
}

// brokenJob has every change of the job of Harbour Invoices fail while its deployment is broken. The job then catches up.
func (p *provisioningPlanner) brokenJob(hour int64) (records []provisioningRecord) {
	turn, since := turnOf(hour * ticksPerHour)
	start := hour*ticksPerHour - since + brokenDay*ticksPerDay
	if since < brokenDay*ticksPerDay || since >= (brokenDay+1)*ticksPerDay {
		return nil
	}
	const every = 2 // minutes
	job := &p.jobs[0]
	for minute := int64(jobBreaks); minute < jobCaught; minute += every {
		tick := start + minute*60*ticksPerSecond
		if floorDiv(tick, ticksPerHour) != hour || minute >= jobMended-20 && minute < jobMended+5 {
			continue
		}
		// The same people come in each cycle, and once more when the job catches up.
		number := uint64((minute / every) % 20)
		person := &p.org.people[20+share(mix(p.base, 402, uint64(turn), number), 1700)]
		seed := mix(p.base, 403, uint64(turn), uint64(minute))
		r := p.begin(job, provisioned{person.id, person.name, "User", person.upn}, "update", tick, seed)
		if minute < jobMended {
			r.steps = append(r.steps, provisioningStep{"EntryImportByMatching", stepMatching, stepFailure, "Failed to look for the matching User in " + job.to.name, []detail{{"Matching attribute", "userName"}}})
			r.status, r.failure, r.target.id = "failure", &lostRights, ""
		} else {
			r.matched()
			r.changes = []change{{"department", "Warehouse", "Finance"}}
			r.written(nil)
		}
		records = append(records, r)
	}
	return records
}

// eachProvisioning passes the provisioning records of the hours [from, to] that lie in the tenant's range to put, in time order.
func (t *Tenant) eachProvisioning(ctx context.Context, from, to int64, put func(line []byte) error) error {
	org := theOrganisation()
	p := provisioningPlanner{planner: t.planner(), jobs: org.jobs(), groups: org.groupList()}
	var buffer []byte
	for hour := max(from, floorDiv(t.start, ticksPerHour)); hour <= min(to, t.lastHour); hour++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		records := p.at(hour)
		search := func(tick int64) int {
			return sort.Search(len(records), func(i int) bool { return records[i].tick >= tick })
		}
		for i := search(t.start); i < search(t.until); i++ {
			buffer = appendProvisioning(buffer[:0], &records[i])
			if err := put(buffer); err != nil {
				return err
			}
		}
	}
	return nil
}

// ProvisioningDay writes the provisioning records of the UTC day around the instant day, one a line, ordered by
// activityDateTime. It writes nothing for a day outside the tenant's range.
func (t *Tenant) ProvisioningDay(ctx context.Context, day time.Time, w io.Writer) error {
	first := floorDiv(floorDiv(day.Unix(), 3600), 24) * 24
	lines := bufio.NewWriterSize(w, writeBuffer)
	err := t.eachProvisioning(ctx, first, first+23, func(line []byte) error {
		_, err := lines.Write(line)
		return err
	})
	if err == nil {
		err = lines.Flush()
	}
	if err != nil {
		return fmt.Errorf("write the demo's provisioning records: %w", err)
	}
	return nil
}

// writeProvisioning writes the file of the provisioning log.
func (t *Tenant) writeProvisioning(ctx context.Context, o *output) error {
	f, err := o.create(provisioningFileName)
	if err != nil {
		return err
	}
	return t.eachProvisioning(ctx, floorDiv(t.start, ticksPerHour), t.lastHour, func(line []byte) error {
		_, err := f.Write(line)
		return err
	})
}
