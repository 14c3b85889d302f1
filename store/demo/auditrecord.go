package demo

import "strconv"

// The two audit logs, as their files and recorders number them.
const (
	auditDirectory = iota
	auditAttributes
	auditCount
)

// auditCategories are Azure Monitor's names of the audit logs.
var auditCategories = [auditCount]string{"AuditLogs", "CustomSecurityAttributeAuditLogs"}

// auditRecord is one audit record before it is written.
type auditRecord struct {
	tick        int64
	correlation guid
	id          string // empty: the record has none
	auditActivity
	result  string
	reason  string
	actor   actor
	targets []target
	details []detail
	agent   string
}

// auditActivity is what was done, in the words of the service that logs it.
type auditActivity struct {
	name, service, category, operation string
}

// log gives the log of the activity.
func (a *auditActivity) log() int {
	if a.category == "AttributeManagement" {
		return auditAttributes
	}
	return auditDirectory
}

// actor is who acted: a person, or a program with its own identity. The zero actor is nobody.
type actor struct {
	person  *person
	program *program
	address string
	// session is that of the person's sign-ins; token is the ID of the sign-in that the actor came with, if known.
	session, token guid
	issued         int64 // tick of that sign-in
}

// program is an application that acts by itself. Programs of the cloud have no application ID in audit records.
type program struct {
	name, appID, principal string
	address                string
}

// target is an object that was acted on. A target without type or name has none in the record.
type target struct {
	kind, id, name, upn string
	groupType           string
	changes             []change
}

// change is a property that was changed. The values are JSON texts; an empty one is null.
type change struct{ name, old, new string }

type detail struct{ key, value string }

// appendAudit writes a record with its line end, with the keys in the order of real records.
func appendAudit(b []byte, r *auditRecord) []byte {
	address, identity := r.actor.address, ""
	switch {
	case r.actor.program != nil:
		address, identity = r.actor.program.address, r.actor.program.name
	case r.actor.person != nil && r.namesActor():
		identity = r.actor.person.name
	}
	b = append(b, envelopeStart...)
	b = appendTime(b, r.tick)
	b = append(b, envelopeResource...)
	b = append(b, `", "operationName": `+quoted(r.name)+`, "operationVersion": "1.0", "category": "`+auditCategories[r.log()]...)
	b = append(b, envelopeTenant+`"resultSignature": "None", `...)
	if r.reason != "" {
		b = append(b, `"resultDescription": `+quoted(r.reason)+`, `...)
	}
	b = append(b, `"durationMs": 0, `...)
	if address != "" {
		b = append(b, `"callerIpAddress": "`+address+`", `...)
	}
	b = append(b, `"correlationId": "`...)
	b = appendGUID(b, r.correlation)
	b = append(b, `", `...)
	if identity != "" {
		b = append(b, `"identity": `+quoted(identity)+`, `...)
	}
	b = append(b, `"Level": 4, "properties": {"tenantId":"`+tenantID+`","resultType":"","resultDescription":`+quoted(r.reason)+
		`,"operationName":`+quoted(r.name)+`,"identity":`+quoted(identity)+`,"tenantGeo":"EU",`...)
	b = r.appendProperties(b)
	return append(b, "}}\n"...)
}

// appendProperties writes the members that Graph has too.
func (r *auditRecord) appendProperties(b []byte) []byte {
	if r.id != "" {
		b = appendText(b, `"id":"`, r.id)
	}
	b = appendText(b, `"category":"`, r.category)
	b = appendGUIDField(b, `"correlationId":"`, r.correlation)
	b = append(b, `"result":"`+r.result+`","resultReason":`+quoted(r.reason)+`,"activityDisplayName":`+quoted(r.name)+`,"activityDateTime":"`...)
	b = appendTime(b, r.tick)
	b = append(b, `+00:00","loggedByService":"`+r.service+`","operationType":"`+r.operation+`","userAgent":`+orNull(r.agent)+`,"initiatedBy":{`...)
	b = r.appendActor(b)
	b = append(b, `},"targetResources":[`...)
	for i := range r.targets {
		if i > 0 {
			b = append(b, ',')
		}
		b = r.targets[i].append(b)
	}
	b = append(b, `],"additionalDetails":[`...)
	for i, d := range r.details {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"key":`+quoted(d.key)+`,"value":`+quoted(d.value)+`}`...)
	}
	return append(b, ']')
}

// namesActor tells whether the service writes a person's display name. The directory's core writes it seldom.
func (r *auditRecord) namesActor() bool {
	return r.service != "Core Directory" && r.service != "Conditional Access"
}

func (r *auditRecord) appendActor(b []byte) []byte {
	a := &r.actor
	if p := a.program; p != nil {
		return append(b, `"app":{"appId":`+orNull(p.appID)+`,"displayName":`+quoted(p.name)+`,"servicePrincipalId":`+orNull(p.principal)+
			`,"servicePrincipalName":null}`...)
	}
	p := a.person
	if p == nil {
		return b
	}
	name := "null"
	if r.namesActor() {
		name = quoted(p.name)
	}
	b = append(b, `"user":{"id":"`+p.id+`","displayName":`+name+`,"userPrincipalName":"`+p.upn+`","ipAddress":"`+a.address+`"`...)
	if p.guest {
		b = append(b, `,"userType":"Guest","homeTenantId":"`+guestTenant+`","homeTenantName":"Kestrel Audit"`...)
	}
	b = append(b, `,"roles":[]}`...)
	if a.session == (guid{}) {
		return b
	}
	b = append(b, `,"linkableIdentifiers":{"sessionId":"`...)
	b = appendGUID(b, a.session)
	b = append(b, '"')
	if a.token != (guid{}) {
		b = append(b, `,"tokenDetails":{"issuedAtDateTime":"`...)
		b = appendTime(b, a.issued)
		b = append(b, `+00:00","uniqueTokenIdentifier":"`...)
		b = appendTokenID(b, a.token)
		b = append(b, `"}`...)
	}
	return append(b, '}')
}

func (t *target) append(b []byte) []byte {
	b = append(b, `{"id":`+orNull(t.id)+`,"displayName":`+orNull(t.name)...)
	if t.kind != "" {
		b = append(b, `,"type":"`+t.kind+`"`...)
	}
	if t.upn != "" {
		b = append(b, `,"userPrincipalName":`+quoted(t.upn)...)
	}
	if t.groupType != "" {
		b = append(b, `,"groupType":"`+t.groupType+`"`...)
	}
	b = append(b, `,"modifiedProperties":[`...)
	for i, c := range t.changes {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"displayName":`+quoted(c.name)+`,"oldValue":`+orNull(c.old)+`,"newValue":`+orNull(c.new)+`}`...)
	}
	return append(b, `],"administrativeUnits":[]}`...)
}

// orNull is a JSON text, or null for an empty one.
func orNull(s string) string {
	if s == "" {
		return "null"
	}
	return quoted(s)
}

// idPrefixes begin the IDs of some services' records; the others use their own name.
var idPrefixes = map[string]string{
	"Core Directory": "Directory", "Self-service Group Management": "SSGM", "Self-service Password Management": "SSPR", "Conditional Access": "IPCGraph",
	"Access Reviews": "UAR", "Account Provisioning": "Sync", "Terms of Use": "TOU", "Entitlement Management": "Governance",
}

// auditID gives an ID as real records have it. It is no GUID, and may hold blanks.
func auditID(service string, correlation guid, hash uint64) string {
	prefix, ok := idPrefixes[service]
	if !ok {
		prefix = service
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	r := random{hash}
	word := make([]byte, 5)
	for i := range word {
		word[i] = letters[r.below(len(letters))]
	}
	return prefix + "_" + correlation.String() + "_" + string(word) + "_" + strconv.Itoa(5_000_000+r.below(90_000_000))
}
