package demo

import (
	"encoding/json"
	"strings"
)

// The kinds of risk records, in the order of their files. Azure Monitor has categories for users and service principals. Agents and the
// history of risky users come as objects of Graph.
const (
	riskUserEvents = iota
	riskyUsers
	riskPrincipalEvents
	riskyPrincipals
	riskAgentEvents
	riskyAgents
	riskyUserHistory
	riskCount
)

// riskFileNames are the names of the files in a folder of Azure Monitor's files.
var riskFileNames = [riskCount]string{
	riskUserEvents:      "insights-logs-userriskevents.json",
	riskyUsers:          "insights-logs-riskyusers.json",
	riskPrincipalEvents: "insights-logs-serviceprincipalriskevents.json",
	riskyPrincipals:     "insights-logs-riskyserviceprincipals.json",
	riskAgentEvents:     "agentRiskDetections.json",
	riskyAgents:         "riskyAgents.json",
	riskyUserHistory:    "riskyUserHistory.json",
}

// riskCategories are the categories and operations of Azure Monitor, and riskTypes the types of Graph.
var (
	riskCategories = [riskCount][2]string{
		riskUserEvents:      {"UserRiskEvents", "User Risk Detection"},
		riskyUsers:          {"RiskyUsers", "Risky user"},
		riskPrincipalEvents: {"ServicePrincipalRiskEvents", "Service Principal Risk Detection"},
		riskyPrincipals:     {"RiskyServicePrincipals", "Risky service principal"},
	}
	riskTypes = [riskCount]string{
		riskUserEvents:      "riskDetection",
		riskyUsers:          "riskyUser",
		riskPrincipalEvents: "servicePrincipalRiskDetection",
		riskyPrincipals:     "riskyServicePrincipal",
		riskAgentEvents:     "agentRiskDetection",
		riskyAgents:         "riskyAgentIdentity",
		riskyUserHistory:    "riskyUserHistoryItem",
	}
)

// riskRecord is a detection, or the state of a risky object, as it was told at one time.
type riskRecord struct {
	tick int64 // of the arrival
	kind int
	id   string // of the detection or the object
	name string // of whom it is about
	// of is the tick of the activity that a detection tells; 0 for a state.
	of         int64
	properties object
}

// riskTime writes a time to the millisecond, as Azure Monitor's risk records have it.
func riskTime(tick int64) string { return timeOf(tick).Format("2006-01-02T15:04:05.000Z") }

// activityTime writes the hour in one digit where it has one, as Azure Monitor's detections do.
func activityTime(tick int64) string {
	text := riskTime(tick)
	return strings.Replace(text, "T0", "T", 1)
}

// appendRisk writes a record with its line end, in the form of its file.
func appendRisk(b []byte, r *riskRecord) []byte {
	category := riskCategories[r.kind]
	if category[0] == "" {
		b = appendJSON(b, append(object{{"@odata.type", "#microsoft.graph." + riskTypes[r.kind]}}, r.properties...))
		return append(b, '\n')
	}
	// The envelope's correlation ID is the ID of the detection or the object, and its location is a region of the cloud.
	b = append(b, envelopeStart...)
	b = append(b, timeOf(r.tick).Format("1/2/2006 3:04:05 PM")...)
	b = append(b, `", "resourceId": "/tenants/`+tenantID+`/providers/microsoft.aadiam", "operationName": "`+category[1]+`", "operationVersion": "1.0", "category": "`+category[0]+
		`", "tenantId": "`+tenantID+`", "resultSignature": "None", "durationMs": 0, "correlationId": "`+r.id+`", "identity": `+quoted(strings.ToLower(r.name))+
		`, "Level": "Information", "location": "weu", "properties": `...)
	b = appendJSON(b, r.properties)
	return append(b, "}\n"...)
}

// detection is what Microsoft noticed about a sign-in, a person, a service principal or an agent.
type detection struct {
	kind                 int
	id                   string
	eventType            string
	level, state, detail string
	timing, activity     string
	at, noticed          int64 // ticks
	person               *person
	workload             *workload
	keys                 []string
	// request and correlation are those of the sign-in; zero where the detection names none.
	request, correlation guid
	address, agent       string
	place                *place
	reasons, techniques  []string
	evidence             string // about an agent
}

// mainTechniques are the techniques of MITRE ATT&CK that a type of detections stands for.
var mainTechniques = map[string][]string{
	"anomalousToken": {"T1539"}, "attackerinTheMiddle": {"T1557", "T1539"}, "attemptedPrtAccess": {"T1528"}, "unfamiliarFeatures": {"T1078"}, "passwordSpray": {"T1110.003"},
	"maliciousIPAddress": {"T1110"}, "anonymizedIPAddress": {"T1090", "T1078"}, "leakedCredentials": {"T1589.001"}, "newCountry": {"T1078"}, "unlikelyTravel": {"T1078"},
	"mcasImpossibleTravel": {"T1078"}, "mcasSuspiciousInboxManipulationRules": {"T1564.008"}, "investigationsThreatIntelligence": {"T1078"}, "userReportedSuspiciousActivity": {"T1621"},
	"suspiciousAPITraffic": {"T1087.004"}, "anomalousUserActivity": {"T1098"}, "suspiciousSignins": {"T1078.004"}, "anomalousServicePrincipalActivity": {"T1098.001"},
}

// newDetection begins a detection of medium level. Equal seeds make equal IDs.
func newDetection(seed uint64, kind int, eventType string, at int64) *detection {
	d := &detection{kind: kind, eventType: eventType, level: "medium", state: "atRisk", detail: "none", timing: "offline", at: at, noticed: at}
	d.id = hexOf(guidOf(mix(seed, 700)).String()) + hexOf(guidOf(mix(seed, 701)).String())
	d.techniques = mainTechniques[eventType]
	return d
}

// inRealTime has the detection noticed at once.
func (d *detection) inRealTime() *detection {
	d.timing, d.noticed = "realtime", d.at+2*ticksPerSecond
	return d
}

// offline has the detection noticed minutes later.
func (d *detection) offline(minutes int) *detection {
	d.timing, d.noticed = "offline", d.at+int64(minutes)*60*ticksPerSecond
	return d
}

// told gives the record of the detection that was last updated at a tick. A record that is not whole is an early one: it lacks what
// Microsoft fills in later.
func (d *detection) told(updated int64, isWhole bool) riskRecord {
	r := riskRecord{tick: updated + 90*ticksPerSecond, kind: d.kind, id: d.id, of: d.at}
	id := func(g guid) any {
		if g == (guid{}) {
			return nil
		}
		return g.String()
	}
	later := func(v any) any {
		if v == "" || !isWhole {
			return nil
		}
		return v
	}
	around := object{
		{"source", later("IdentityProtection")},
		{"detectionTimingType", later(d.timing)},
		{"activity", d.activity},
		{"ipAddress", later(d.address)},
		{"location", later(d.location())},
		{"activityDateTime", activityTime(d.at)},
		{"detectedDateTime", riskTime(d.noticed)},
		{"lastUpdatedDateTime", riskTime(updated)},
	}
	kind := object{{"riskEventType", d.eventType}, {"riskState", d.state}, {"riskLevel", d.level}, {"riskDetail", d.detail}}
	technique := any(nil)
	if len(d.techniques) > 0 {
		technique = d.techniques[0]
	}
	switch d.kind {
	case riskUserEvents:
		r.name = d.person.name
		former := any(d.eventType)
		if !formerTypes[d.eventType] {
			former = "generic"
		}
		r.properties = append(object{{"id", d.id}, {"requestId", id(d.request)}, {"correlationId", id(d.correlation)}, {"riskType", former}}, kind...)
		r.properties = append(append(r.properties, around...), object{
			{"userId", d.person.id},
			{"userDisplayName", later(d.person.name)},
			{"userPrincipalName", later(d.person.upn)},
			{"additionalInfo", d.info(isWhole)},
			{"tokenIssuerType", "AzureAD"},
			{"resourceTenantId", nil},
			{"homeTenantId", d.person.homeTenant()},
			{"userType", strings.ToLower(d.person.userType())},
			{"crossTenantAccessType", d.person.crossing()},
			{"mitreTechniqueId", later(technique)},
		}...)
	case riskPrincipalEvents:
		r.name = d.workload.name
		keys := []any{}
		for _, key := range d.keys {
			keys = append(keys, key)
		}
		r.properties = append(object{{"id", d.id}, {"requestId", id(d.request)}, {"correlationId", id(d.correlation)}}, kind...)
		r.properties = append(append(r.properties, around...), object{
			{"servicePrincipalId", d.workload.id},
			{"servicePrincipalDisplayName", later(d.workload.name)},
			{"appId", d.workload.appID},
			{"keyIds", keys},
			{"additionalInfo", d.info(isWhole)},
			{"tokenIssuerType", "AzureAD"},
			{"mitreTechniqueId", later(technique)},
		}...)
	default:
		r.name = d.workload.name
		r.properties = append(object{{"id", d.id}}, kind...)
		r.properties = append(r.properties, object{
			{"source", "IdentityProtection"},
			{"detectionTimingType", d.timing},
			{"activityDateTime", riskTime(d.at)},
			{"detectedDateTime", riskTime(d.noticed)},
			{"lastModifiedDateTime", riskTime(updated)},
			{"agentId", d.workload.agentID()},
			{"agentDisplayName", d.workload.name},
			{"displayName", d.workload.name},
			{"identityId", d.workload.id},
			{"identityType", "agentIdentity"},
			{"blueprintId", blueprintOf(theOrganisation())},
			{"signInRequestId", id(d.request)},
			{"signInCorrelationId", id(d.correlation)},
			{"riskEvidence", d.evidence},
			{"additionalInfo", d.info(true)},
		}...)
	}
	return r
}

// formerTypes are the types that the older enumeration has. It calls all others generic.
var formerTypes = map[string]bool{
	"unlikelyTravel": true, "anonymizedIPAddress": true, "maliciousIPAddress": true, "unfamiliarFeatures": true, "leakedCredentials": true, "investigationsThreatIntelligence": true,
	"generic": true, "adminConfirmedUserCompromised": true, "mcasImpossibleTravel": true, "mcasSuspiciousInboxManipulationRules": true,
}

func (d *detection) location() any {
	if d.place == nil {
		return ""
	}
	return json.RawMessage(d.place.fragment)
}

// info is additionalInfo: JSON in a text.
func (d *detection) info(isWhole bool) any {
	if !isWhole {
		return nil
	}
	var pairs []any
	add := func(key string, value any) { pairs = append(pairs, object{{"Key", key}, {"Value", value}}) }
	if d.activity == "signin" {
		reasons := []any{}
		for _, reason := range d.reasons {
			reasons = append(reasons, reason)
		}
		add("riskReasons", reasons)
		add("userAgent", d.agent)
	}
	add("alertUrl", nil)
	if len(d.techniques) > 0 {
		add("mitreTechniques", strings.Join(d.techniques, ","))
	}
	return string(appendJSON(nil, pairs))
}
