package demo

import "strconv"

// provisioningFileName is Azure Monitor's name for the blob of the provisioning log.
const provisioningFileName = "insights-logs-provisioninglogs.json"

// provisioningRecord is one provisioning record before it is written.
type provisioningRecord struct {
	tick           int64
	seed           uint64
	job            *provisioningJob
	cycle          guid
	action, status string
	source, target provisioned
	failure        *provisioningFailure // nil for none
	steps          []provisioningStep
	changes        []change
	took           int // milliseconds
}

// provisioned is the object that is worked on, as one system has it.
type provisioned struct{ id, name, kind, upn string }

// provisioningStep is a part of the work. Kind and status are numbers of Graph's enumerations.
type provisioningStep struct {
	name         string
	kind, status int
	description  string
	details      []detail
}

// The kinds and results of steps, by their numbers.
const (
	stepImport = iota
	stepScoping
	stepMatching
	stepProcessing
	stepReferences
	stepExport
)

const (
	stepSuccess = iota
	stepFailure
	stepSkipped
	stepWarning
)

var (
	stepKinds   = [...]string{"import", "scoping", "matching", "processing", "referenceResolution", "export"}
	stepResults = [...]string{"success", "failure", "skipped", "warning"}
)

// provisioningFailure is an error, in the words of the service.
type provisioningFailure struct{ code, category, reason, recommended string }

// names are the members' names inside of objects: some tenants have Graph's, some have others.
func (r *provisioningRecord) names() (id, name, kind, initiator, status string) {
	if r.job.otherNames {
		return "Id", "Name", "Type", "Type", "Status"
	}
	return "id", "displayName", "identityType", "initiatorType", "status"
}

// appendProvisioning writes a record with its line end.
func appendProvisioning(b []byte, r *provisioningRecord) []byte {
	id := guidOf(mix2(r.seed, 1)).String()
	changeID := guidOf(mix2(r.seed, 2)).String()
	capital := string(r.status[0]-'a'+'A') + r.status[1:]
	b = append(b, envelopeStart...)
	b = appendTime(b, r.tick+int64(60+share(mix2(r.seed, 3), 240))*ticksPerSecond)
	b = append(b, envelopeResource+`", "operationName": "Provisioning activity", "operationVersion": "1.0", "category": "ProvisioningLogs`+envelopeTenant...)
	b = append(b, `"resultType": "`+capital+`", "resultSignature": "None", "durationMs": `+strconv.Itoa(r.took)+`, "correlationId": "`+changeID+`", "identity": "`+id+`", "Level": 4, "properties": {"id":"`+id+`","activityDateTime":"`...)
	b = appendTime(b, r.tick)
	b = append(b, `+00:00","tenantId":"`+tenantID+`","jobId":`+quoted(r.job.id)+`,"cycleId":"`...)
	b = appendGUID(b, r.cycle)
	b = append(b, `","changeId":"`+changeID+`","provisioningAction":"`+r.action+`","durationInMilliseconds":`+strconv.Itoa(r.took)...)
	b = r.appendObjects(b)
	b = r.appendStatus(b)
	b = append(b, `,"provisioningSteps":[`...)
	for i := range r.steps {
		if i > 0 {
			b = append(b, ',')
		}
		b = r.appendStep(b, &r.steps[i])
	}
	b = append(b, `],"modifiedProperties":[`...)
	for i, c := range r.changes {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"displayName":`+quoted(c.name)+`,"oldValue":`+orNull(c.old)+`,"newValue":`+orNull(c.new)+`}`...)
	}
	return append(b, "]}}\n"...)
}

// appendObjects writes the identities, the systems, the application and who had the job run.
func (r *provisioningRecord) appendObjects(b []byte) []byte {
	id, name, kind, initiator, _ := r.names()
	identity := func(member string, p *provisioned) {
		b = append(b, `,"`+member+`":{"`+id+`":`+quoted(p.id)+`,"`+name+`":`+quoted(p.name)+`,"`+kind+`":"`+p.kind+`","details":{`...)
		if p.upn != "" {
			b = append(b, `"odatatype":"`+p.kind+`","UserPrincipalName":`+quoted(p.upn)...)
		}
		b = append(b, "}}"...)
	}
	identity("sourceIdentity", &r.source)
	identity("targetIdentity", &r.target)
	system := func(member string, s *provisioningSystem) {
		b = append(b, `,"`+member+`":{"`+id+`":"`+s.id+`","`+name+`":`+quoted(s.name)+`,"details":{`...)
		if s.app != nil {
			b = append(b, `"ApplicationId":"`+s.app.id+`","ServicePrincipalId":"`+r.job.principal+`","ServicePrincipalDisplayName":`+quoted(s.app.name)...)
		}
		b = append(b, "}}"...)
	}
	system("sourceSystem", &r.job.from)
	system("targetSystem", &r.job.to)
	b = append(b, `,"servicePrincipal":{"`+id+`":"`+r.job.principal+`","`+name+`":`+quoted(r.job.app.name)+`}`...)
	return append(b, `,"initiatedBy":{"`+id+`":"","`+name+`":"Azure AD Provisioning Service","`+initiator+`":"system"}`...)
}

func (r *provisioningRecord) appendStatus(b []byte) []byte {
	_, _, _, _, status := r.names()
	if r.job.otherNames {
		number := 0
		for i, result := range stepResults {
			if result == r.status {
				number = i
			}
		}
		b = append(b, `,"statusInfo":{"Status":`+strconv.Itoa(number)+`}`...)
	}
	b = append(b, `,"provisioningStatusInfo":{"`+status+`":"`+r.status+`","errorInformation":`...)
	if f := r.failure; f != nil {
		b = append(b, `{"errorCode":"`+f.code+`","reason":`+quoted(f.reason)+`,"additionalDetails":null,"errorCategory":"`+f.category+`","recommendedAction":`+orNull(f.recommended)+`}}`...)
		return b
	}
	return append(b, "null}"...)
}

func (r *provisioningRecord) appendStep(b []byte, s *provisioningStep) []byte {
	kind, status := `"`+stepKinds[s.kind]+`"`, `"`+stepResults[s.status]+`"`
	if r.job.otherNames {
		kind, status = strconv.Itoa(s.kind), strconv.Itoa(s.status)
	}
	b = append(b, `{"name":"`+s.name+`","provisioningStepType":`+kind+`,"status":`+status+`,"description":`+quoted(s.description)+`,"details":{`...)
	for i, d := range s.details {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, quoted(d.key)+`:`+quoted(d.value)...)
	}
	return append(b, "}}"...)
}
