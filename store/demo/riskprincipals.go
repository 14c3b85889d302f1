package demo

// principal adds a change of a risky service principal.
func (s *riskDirector) principal(tick int64, w *workload, state riskyState) {
	s.out = append(s.out, state.ofPrincipal(tick, w, w.owner != ""))
}

// ofPrincipal begins a detection of a service principal, which names no sign-in.
func (s *riskDirector) ofPrincipal(tick int64, w *workload, eventType, level string, keys ...string) *detection {
	d := newDetection(mix(s.base, uint64(tick), w.ordinal, hashOf(eventType)), riskPrincipalEvents, eventType, tick)
	d.activity, d.workload, d.level, d.keys = "servicePrincipal", w, level, keys
	return d
}

// signInOf finds the first sign-in of a service principal in the three days from an instant on; nil where there is none.
func (s *riskDirector) signInOf(service int, tick int64) *event {
	for hour := floorDiv(tick, ticksPerHour); hour < floorDiv(tick, ticksPerHour)+72; hour++ {
		p := s.planner
		p.hour, p.events = hour, p.events[:0]
		p.workloads(everydayService, p.org.services, p.rhythm.count(logService, p.density, hour, hour+1))
		var first *event
		for i := range p.events {
			if e := &p.events[i]; int(e.who) == service && e.tick >= tick && (first == nil || e.tick < first.tick) {
				first = e
			}
		}
		if first != nil {
			found := *first
			return &found
		}
	}
	return nil
}

// named has the detection name a sign-in of its service principal.
func (s *riskDirector) named(d *detection, e *event) *detection {
	if e == nil {
		return d
	}
	s.recorder.line(e)
	n := &s.recorder.entry
	d.at, d.request, d.correlation, d.address, d.place = e.tick, n.id, n.correlation, string(n.address), n.place
	return d
}

// The services of the stories, by their places.
const (
	serviceExport  = 0
	serviceDeploys = 6
	serviceStrange = 8
	serviceMonitor = 26
)

// principals has five stories. Somebody published a secret. Sign-ins came from elsewhere. A service principal is confirmed as compromised.
// An attacker added an application. A deployment broke an application.
func (s *riskDirector) principals() {
	export := &s.org.services[serviceExport]
	leaked := s.ofPrincipal(s.of.instant(secretEnd-1, 13, 20), export, "leakedCredentials", "high", exportKey(s.of.turn)).offline(70)
	cleared := s.of.instant(secretEnd, 9, 20)
	s.tell(leaked, laterState{tick: cleared, state: "dismissed", detail: "adminDismissedAllRiskForServicePrincipal"})
	s.principal(leaked.noticed, export, atRisk("high"))
	s.principal(cleared, export, dismissed("adminDismissedAllRiskForServicePrincipal"))

	strange := &s.org.services[serviceStrange]
	at := s.of.instant(11, 3, 0)
	odd := s.named(s.ofPrincipal(at, strange, "suspiciousSignins", "medium", strange.key), s.signInOf(serviceStrange, at)).offline(6 * 60)
	handled := s.of.instant(20, 10, 0)
	s.tell(odd, laterState{tick: handled, state: "dismissed", detail: "adminDismissedAllRiskForServicePrincipal"})
	s.principal(odd.noticed, strange, atRisk("medium"))
	s.principal(handled, strange, dismissed("adminDismissedAllRiskForServicePrincipal"))

	monitor := &s.org.services[serviceMonitor]
	at = s.of.instant(5, 14, 30)
	known := s.ofPrincipal(at, monitor, "investigationsThreatIntelligence", "high").offline(95)
	confirmedAt := s.of.instant(5, 17, 45)
	s.tell(known, laterState{tick: confirmedAt, state: "confirmedCompromised", detail: "adminConfirmedServicePrincipalCompromised"})
	s.tell(confirmedNow(s.ofPrincipal(confirmedAt, monitor, "adminConfirmedServicePrincipalCompromised", "high").offline(0), "adminConfirmedServicePrincipalCompromised"))
	s.principal(known.noticed, monitor, atRisk("high"))
	s.principal(confirmedAt, monitor, compromised("adminConfirmedServicePrincipalCompromised"))

	helper := &workload{name: "Mail Archive Helper", id: guidOf(mix(idTarget, 20)).String(), appID: guidOf(mix(idTarget, 21)).String(), ordinal: 5000}
	malicious := s.ofPrincipal(s.of.instant(codeDay+1, 5, 40), helper, "maliciousApplication", "high").offline(20)
	s.tell(malicious)
	s.principal(malicious.noticed, helper, atRisk("high"))

	deploys := &s.org.services[serviceDeploys]
	broke := s.ofPrincipal(s.of.instant(brokenDay, 13, 38), deploys, "anomalousServicePrincipalActivity", "low", deploys.key).offline(240)
	fine := s.of.instant(brokenDay+1, 8, 30)
	s.tell(broke, laterState{tick: fine, state: "dismissed", detail: "adminDismissedAllRiskForServicePrincipal"})
	s.principal(broke.noticed, deploys, atRisk("low"))
	s.principal(fine, deploys, dismissed("adminDismissedAllRiskForServicePrincipal"))
}

// agents: one signed in too often, one asked for what it never used before and is confirmed as safe, and one is confirmed as compromised.
func (s *riskDirector) agents() {
	for _, story := range []struct {
		service, day, hour int
		eventType, level   string
		evidence           string
		then               riskyState
		after              int // hours
	}{
		{11, 5, 6, "signInSpike", "medium", "112 sign-ins in 5 minutes, where 3 are usual", riskyState{}, 0},
		{31, 7, 10, "unfamiliarResourceAccess", "medium", "The agent asked for Microsoft Graph for the first time", riskyState{level: "none", state: "confirmedSafe", detail: "adminConfirmedAgentSafe"}, 26},
		{51, 13, 11, "failedAccessAttempt", "high", "9 refused requests for payroll files", compromised("adminConfirmedAgentCompromised"), 4},
	} {
		w := &s.org.services[story.service]
		at := s.of.instant(story.day, story.hour, 12)
		d := newDetection(mix(s.base, uint64(at), w.ordinal, hashOf(story.eventType)), riskAgentEvents, story.eventType, at)
		d.workload, d.level, d.evidence = w, story.level, story.evidence
		d = s.named(d, s.signInOf(story.service, at)).offline(50)
		s.out = append(s.out, atRisk(story.level).ofAgent(d.noticed, w))
		if story.after == 0 {
			s.tell(d)
			continue
		}
		tick := d.noticed + int64(story.after)*ticksPerHour
		s.tell(d, laterState{tick: tick, state: story.then.state, detail: story.then.detail})
		s.out = append(s.out, story.then.ofAgent(tick, w))
	}
}
