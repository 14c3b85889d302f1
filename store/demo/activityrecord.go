package demo

import "strconv"

// The two files of Microsoft 365 activity, as recorders number them.
const (
	activityUnified = iota
	activityGraph
	activityCount
)

// activityFileNames are the files of Microsoft 365 activity: records as the Management Activity API gives them, and Azure
// Monitor's blob of the requests to Microsoft Graph.
var activityFileNames = [activityCount]string{"unified-audit-log.json", "insights-logs-microsoftgraphactivitylogs.json"}

// activityRecord is one record of activity before it is written.
type activityRecord struct {
	tick int64
	id   guid
	what activityKind
	actor
	client *activityClient
	object string
	count  int    // of the operations that one record tells; 0 for one
	more   string // further members, each with a comma behind it
	// request is the address of a request to Microsoft Graph; empty for all other records.
	request, method string
	status          int
}

// activityKind is an operation with its record type and its workload.
type activityKind struct {
	recordType          int
	operation, workload string
}

// activityClient is the application that somebody acted with.
type activityClient struct{ id, name, info string }

// log gives the file of the record.
func (r *activityRecord) log() int {
	if r.request != "" {
		return activityGraph
	}
	return activityUnified
}

// appendActivity writes a record with its line end.
func appendActivity(b []byte, r *activityRecord) []byte {
	if r.request != "" {
		return r.appendRequest(b)
	}
	b = append(b, `{"CreationTime":"`...)
	b = append(appendTime(b, r.tick-floorMod(r.tick, ticksPerSecond))[:len(b)+len("2026-11-21T10:00:00")], `",`...)
	b = appendGUIDField(b, `"Id":"`, r.id)
	b = append(b, `"Operation":`+quoted(r.what.operation)+`,"OrganizationId":"`+tenantID+`","RecordType":`+strconv.Itoa(r.what.recordType)+`,`...)
	user, key, kind := "anonymous", "anonymous", 10
	switch {
	case r.actor.program != nil:
		user, key, kind = r.actor.program.name, r.actor.program.principal, 5
	case r.actor.person != nil:
		user, key = r.actor.person.upn, r.actor.person.id
		if !r.actor.person.guest {
			kind = 0
		}
	}
	b = append(b, `"UserKey":`+quoted(key)+`,"UserType":`+strconv.Itoa(kind)+`,"Version":1,"Workload":"`+r.what.workload+`",`...)
	if r.actor.address != "" {
		b = append(b, `"ClientIP":"`+r.clientIP()+`",`...)
	}
	b = append(b, `"UserId":`+quoted(user)+`,`...)
	if r.object != "" {
		b = append(b, `"ObjectId":`+quoted(r.object)+`,`...)
	}
	if r.count > 0 {
		b = append(b, `"OperationCount":`+strconv.Itoa(r.count)+`,`...)
	}
	b = r.appendClient(b)
	b = append(b, r.more...)
	b[len(b)-1] = '}'
	return append(b, '\n')
}

// clientIP is the address as the service writes it: Exchange adds the port, and brackets to IPv6.
func (r *activityRecord) clientIP() string {
	if r.what.recordType != exchangeAdmin {
		return r.actor.address
	}
	port := ":" + strconv.Itoa(1024+share(r.id.hash(), 60_000))
	for _, c := range r.actor.address {
		if c == ':' {
			return "[" + r.actor.address + "]" + port
		}
	}
	return r.actor.address + port
}

// appendClient writes the application and the token that somebody acted with.
func (r *activityRecord) appendClient(b []byte) []byte {
	c := r.client
	if c == nil {
		return b
	}
	switch r.what.recordType {
	case exchangeAdmin:
		b = append(b, `"AppId":"`+c.id+`","ClientAppId":"","ExternalAccess":false,"OrganizationName":"`+domain+`","OriginatingServer":"LANTERN01 (15.20.8377.011)",`...)
	case exchangeItem, exchangeAggregated:
		b = append(b, `"AppId":"`+c.id+`","ClientAppId":"`+c.id+`","ClientInfoString":`+quoted(c.info)+`,`...)
	default:
		b = append(b, `"ApplicationId":"`+c.id+`","ApplicationDisplayName":`+quoted(c.name)+`,`...)
	}
	if r.actor.session == (guid{}) {
		return b
	}
	b = append(b, `"AppAccessContext":{"AADSessionId":"`...)
	b = append(appendGUID(b, r.actor.session), '"')
	if r.actor.token != (guid{}) {
		b = append(b, `,"UniqueTokenId":"`...)
		b = append(appendTokenID(b, r.actor.token), `","IssuedAtTime":"`...)
		b = append(appendTime(b, r.actor.issued)[:len(b)+len("2026-11-21T10:00:00")], '"')
	}
	return append(b, `,"ClientAppId":"`+c.id+`"},`...)
}

// appendRequest writes a request to Microsoft Graph as Azure Monitor has it.
func (r *activityRecord) appendRequest(b []byte) []byte {
	b = append(append(b, `{"time": "`...), appendTime(nil, r.tick+3*60*ticksPerSecond)...)
	b = append(b, `Z", "operationName": "Microsoft Graph Activity", "operationVersion": "v1.0", "category": "MicrosoftGraphActivityLogs", "tenantId": "`+tenantID+
		`", "resultSignature": "`+strconv.Itoa(r.status)+`", "durationMs": "`...)
	duration := strconv.Itoa(20_000 + share(r.id.hash(), 900_000))
	b = append(b, duration+`", "callerIpAddress": "`+r.actor.address+`", "correlationId": "`...)
	b = appendGUID(b, r.id)
	b = append(b, `", "level": "Informational", "properties": {"timeGenerated":"`...)
	b = append(appendTime(b, r.tick), `Z","requestId":"`...)
	b = appendGUID(b, r.id)
	b = append(b, `","operationId":"`...)
	b = appendGUID(b, r.id)
	b = append(b, `","apiVersion":"v1.0","requestMethod":"`+r.method+`","responseStatusCode":`+strconv.Itoa(r.status)+`,"durationMs":`+duration+`,"tenantId":"`+tenantID+`",`...)
	if r.actor.token != (guid{}) {
		b = append(b, `"signInActivityId":"`...)
		b = append(appendTokenID(b, r.actor.token), `",`...)
	}
	b = append(b, `"appId":"`+r.client.id+`","ipAddress":"`+r.actor.address+`","userAgent":`+quoted(r.client.info)+`,"requestUri":`+quoted(r.request)+`,`...)
	switch {
	case r.actor.person != nil:
		b = append(b, `"C_Idtyp":"user","userId":"`+r.actor.person.id+`","UserPrincipalObjectID":"`+r.actor.person.id+`","C_Sid":"`...)
		b = append(appendGUID(b, r.actor.session), '"')
	default:
		b = append(b, `"C_Idtyp":"app","servicePrincipalId":"`+r.actor.program.principal+`","UserPrincipalObjectID":"`+r.actor.program.principal+`","C_Sid":""`...)
	}
	return append(b, "}}\n"...)
}

// hash is a number that follows from the ID.
func (g guid) hash() uint64 {
	h := uint64(0)
	for _, c := range g {
		h = scramble(h + uint64(c))
	}
	return h
}
