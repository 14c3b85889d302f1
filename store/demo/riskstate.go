package demo

// riskyState is the risk of a user, a service principal or an agent since one time.
type riskyState struct {
	level, state, detail string
	by                   *person // the administrator who made the change
	events               []string
}

// Common states.
var (
	changedPassword = riskyState{level: "none", state: "remediated", detail: "userPerformedSecuredPasswordChange"}
	resetPassword   = riskyState{level: "none", state: "remediated", detail: "userPerformedSecuredPasswordReset"}
	changedAtHome   = riskyState{level: "none", state: "remediated", detail: "userChangedPasswordOnPremises"}
	passedMFA       = riskyState{level: "none", state: "remediated", detail: "userPassedMFADrivenByRiskBasedPolicy"}
)

// atRisk is the state of an object since detections of some types.
func atRisk(level string, events ...string) riskyState {
	return riskyState{level: level, state: "atRisk", detail: "none", events: events}
}

// by has an administrator make a change.
func (s riskyState) madeBy(who *person) riskyState {
	s.by = who
	return s
}

func dismissed(detail string) riskyState {
	return riskyState{level: "none", state: "dismissed", detail: detail}
}

func compromised(detail string) riskyState {
	return riskyState{level: "high", state: "confirmedCompromised", detail: detail}
}

// stateLag is how long after a change Azure Monitor has it.
const stateLag = 2 * 60 * ticksPerSecond

func (s riskyState) members(tick int64, updated string) object {
	return object{{"riskDetail", s.detail}, {updated, riskTime(tick)}, {"riskLevel", s.level}, {"riskState", s.state}}
}

// ofUser gives the records of a change of a risky user: the state, and the item of the history, which tells the cause.
func (s riskyState) ofUser(tick int64, p *person) []riskRecord {
	who := object{{"userDisplayName", p.name}, {"userPrincipalName", p.upn}}
	common := append(append(object{{"isDeleted", false}, {"isProcessing", false}}, s.members(tick, "riskLastUpdatedDateTime")...), who...)
	var by, detail any
	if s.by != nil {
		by = s.by.id
	}
	if s.detail != "none" {
		detail = s.detail
	}
	events := make([]any, len(s.events))
	for i, e := range s.events {
		events[i] = e
	}
	state := riskRecord{tick: tick + stateLag, kind: riskyUsers, id: p.id, name: p.name, properties: append(object{{"id", p.id}}, common...)}
	item := riskRecord{tick: tick + stateLag, kind: riskyUserHistory, id: p.id, name: p.name, properties: append(append(object{{"id", p.id}, {"userId", p.id}}, common...), object{
		{"initiatedBy", by}, {"activity", object{{"detail", detail}, {"riskEventTypes", events}}},
	}...)}
	return []riskRecord{state, item}
}

// ofPrincipal gives the record of a change of a risky service principal.
func (s riskyState) ofPrincipal(tick int64, w *workload, isEnabled bool) riskRecord {
	o := append(object{{"id", w.id}, {"appId", w.appID}, {"displayName", w.name}, {"isEnabled", isEnabled}, {"isProcessing", false}}, s.members(tick, "riskLastUpdatedDateTime")...)
	return riskRecord{tick: tick + stateLag, kind: riskyPrincipals, id: w.id, name: w.name, properties: append(o, member{"servicePrincipalType", "Application"})}
}

// ofAgent gives the record of a change of a risky agent.
func (s riskyState) ofAgent(tick int64, w *workload) riskRecord {
	o := append(object{
		{"id", w.id}, {"agentDisplayName", w.name}, {"blueprintId", blueprintOf(theOrganisation())}, {"identityType", "agentIdentity"}, {"isDeleted", false}, {"isEnabled", true}, {"isProcessing", false},
	}, s.members(tick, "riskLastModifiedDateTime")...)
	return riskRecord{tick: tick + stateLag, kind: riskyAgents, id: w.id, name: w.name, properties: o}
}

// blueprintOf is the application that the agents are made from, as their sign-ins name it.
func blueprintOf(o *organisation) string { return o.services[31].appID }

// agentID is the agent's own ID. Its sign-ins and its risk name its service principal.
func (w *workload) agentID() string { return guidOf(mix(idWorkload, w.ordinal, 70)).String() }

// homeTenant is the tenant of a person's account.
func (p *person) homeTenant() string {
	if p.guest {
		return guestTenant
	}
	return tenantID
}

// crossingOf is how a person comes into the tenant.
func (p *person) crossing() string {
	if p.guest {
		return asGuest.access
	}
	return atHome.access
}
