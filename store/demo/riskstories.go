package demo

// riskDirector makes the risk records of one turn's stories.
type riskDirector struct {
	*riskPlanner
	of director
}

// tellTurn adds the risk records of a turn's stories.
func (p *riskPlanner) tellTurn(turn int64) {
	p.planTurn(turn)
	s := riskDirector{p, director{planner: p.planner, turn: turn, start: (turn*hoursPerTurn + mondayOfTurns) * ticksPerHour}}
	s.spray()
	s.fatigue()
	s.travel()
	s.deviceCode()
	s.hidden()
	s.withoutSignIn()
	s.principals()
	s.agents()
}

// scene gives the sign-ins of a scene, in time order.
func (s *riskDirector) scene(wanted scene) (list []*event) {
	for i := range s.stories {
		if e := &s.stories[i]; e.scene == wanted {
			list = append(list, e)
		}
	}
	return list
}

// spray: the guesses came from a malicious address, and the right one put Bram Kettlewick at risk until he had another password.
func (s *riskDirector) spray() {
	bram, handled := s.org.personNamed("Bram", "Kettlewick"), s.of.instant(sprayDay, 8, 6)
	for _, e := range s.scene(sceneSpray) {
		d := s.ofSignIn(e, "maliciousIPAddress").offline(100 + share(e.attempt, 120))
		d.reasons = []string{"suspiciousIP"}
		if e.outcome != passwordOnly {
			s.tell(d)
			continue
		}
		after := laterState{tick: handled, state: resetPassword.state, detail: resetPassword.detail}
		s.tell(d, after)
		spray := s.ofSignIn(e, "passwordSpray").offline(25)
		spray.level, spray.reasons = "high", []string{"passwordSpray"}
		s.tell(spray, after)
		s.user(spray.noticed+ticksPerSecond, bram, atRisk("high", "passwordSpray"))
	}
	s.user(s.of.instant(sprayDay, 7, 41), bram, riskyState{level: "high", state: "atRisk", detail: "adminGeneratedTemporaryPassword"}.madeBy(s.gideon))
	s.user(handled, bram, resetPassword)
}

// fatigue: unfamiliar prompts, an accepted one, rules in the mailbox. The next morning an administrator confirms what Juniper
// Fernweather reports. A week later she is trusted again.
func (s *riskDirector) fatigue() {
	juniper := s.org.personNamed("Juniper", "Fernweather")
	confirmedAt := s.of.instant(fatigueDay+1, 8, 35)
	after := laterState{tick: confirmedAt, state: "confirmedCompromised", detail: "adminConfirmedSigninCompromised", level: "high"}
	before := func(d *detection) *detection {
		d.state, d.detail = "atRisk", "none"
		return d
	}
	for i, e := range s.scene(sceneFatigue) {
		if i%6 != 0 && e.outcome != mfaDone {
			continue
		}
		d := before(s.ofSignIn(e, "unfamiliarFeatures").inRealTime())
		d.reasons = unfamiliar[:5]
		s.tell(d, after)
		if i == 0 {
			s.user(d.noticed+30*ticksPerSecond, juniper, atRisk("medium", "unfamiliarFeatures"))
		}
		if e.outcome == mfaDone {
			token := before(s.ofSignIn(e, "anomalousToken").offline(35))
			token.level = "high"
			s.tell(token, after)
			s.user(token.noticed+30*ticksPerSecond, juniper, atRisk("high", "anomalousToken", "unfamiliarFeatures"))
			rules := before(s.ofSignIn(e, "mcasSuspiciousInboxManipulationRules").offline(170))
			rules.level = "high"
			s.tell(rules, after)
		}
	}
	for i, e := range s.scene(sceneFatigueToken) {
		if i%6 == 2 {
			s.tell(before(s.ofSignIn(e, "anomalousToken").offline(60)), after)
		}
	}
	reported := s.ofUser(s.of.instant(fatigueDay+1, 7, 55), juniper, "userReportedSuspiciousActivity", "high").offline(9)
	s.tell(reported, laterState{tick: confirmedAt, state: "confirmedCompromised", detail: "adminConfirmedUserCompromised"})
	s.tell(confirmedNow(s.ofUser(confirmedAt, juniper, "adminConfirmedUserCompromised", "high").offline(0), "adminConfirmedUserCompromised"))
	s.user(confirmedAt, juniper, compromised("adminConfirmedUserCompromised").madeBy(s.gideon))
	s.user(s.of.instant(fatigueDay+9, 9, 20), juniper, resetPassword)
}

// confirmedNow is a detection that an administrator makes.
func confirmedNow(d *detection, detail string) *detection {
	d.state, d.detail = "confirmedCompromised", detail
	return d
}

// travel: two flights look like travel that nobody can do. The journey was announced, so the risk is dismissed.
func (s *riskDirector) travel() {
	caspian := s.org.personNamed("Caspian", "Quillmarch")
	leg := 0
	for _, e := range s.scene(sceneTravel) {
		if e.outcome != mfaDone {
			continue
		}
		d := s.ofSignIn(e, []string{"unlikelyTravel", "mcasImpossibleTravel"}[min(leg, 1)]).offline(5*60 + 20)
		d.level, d.state, d.detail = "medium", "atRisk", "none"
		handled := s.of.instant(travelDay+1+2*leg, 9, 0)
		s.tell(d, laterState{tick: handled, state: "dismissed", detail: "adminDismissedRiskForSignIn"})
		s.user(d.noticed+ticksPerSecond, caspian, atRisk("medium", d.eventType))
		s.user(handled, caspian, dismissed("adminDismissedAllRiskForUser").madeBy(s.gideon))
		leg++
	}
}

// deviceCode: the token of Orla Thistledown is used far away. Her account stays confirmed as compromised until she is back in the next
// turn.
func (s *riskDirector) deviceCode() {
	orla := s.org.personNamed("Orla", "Thistledown")
	confirmedAt := s.of.instant(codeDay+1, 9, 15)
	after := laterState{tick: confirmedAt, state: "confirmedCompromised", detail: "adminConfirmedUserCompromised"}
	for _, e := range s.scene(sceneCode) {
		if e.outcome != deviceCodeDone {
			continue
		}
		d := s.ofSignIn(e, "anomalousToken").inRealTime()
		s.tell(d, after)
		s.tell(s.ofSignIn(e, "newCountry").offline(190), after)
		s.user(d.noticed+20*ticksPerSecond, orla, atRisk("high", "anomalousToken"))
		s.tell(s.ofUser(d.at+22*60*ticksPerSecond, orla, "suspiciousAPITraffic", "high").offline(260), after)
	}
	for i, e := range s.scene(sceneCodeToken) {
		if i%7 == 3 {
			s.tell(s.ofSignIn(e, "anomalousToken").offline(45))
		}
	}
	s.user(confirmedAt, orla, compromised("adminConfirmedUserCompromised").madeBy(s.gideon))
	s.user(s.of.instant(21+fatigueDay+1, 10, 0), orla, changedPassword)
}

// hidden: without a licence, Microsoft tells that there is a risk, and no more.
func (s *riskDirector) hidden() {
	for i, e := range s.scene(sceneHidden) {
		d := s.ofSignIn(e, "generic").offline(30 + share(e.attempt, 300))
		s.tell(d)
		if i == 0 && !d.person.isInStory() {
			s.user(d.noticed+ticksPerSecond, d.person, riskyState{level: "hidden", state: "atRisk", detail: "hidden", events: []string{"generic"}})
		}
	}
}

// withoutSignIn tells of detections that name no sign-in, of somebody else in each turn, and what came of each.
func (s *riskDirector) withoutSignIn() {
	wilhelmina := s.org.personNamed("Wilhelmina", "Pennyfeather")
	type next struct {
		hours int
		state riskyState
	}
	safe := riskyState{level: "none", state: "confirmedSafe", detail: "adminConfirmedAccountSafe"}
	temporary := riskyState{level: "high", state: "atRisk", detail: "adminGeneratedTemporaryPassword"}
	for i, episode := range []struct {
		day, hour, minute int
		eventType, level  string
		who               *person // nil for somebody
		then              []next
	}{
		{0, 9, 15, "leakedCredentials", "high", nil, []next{{26, changedPassword}}},
		{2, 13, 40, "attackerinTheMiddle", "high", nil, []next{{7, resetPassword}}},
		{4, 10, 20, "anomalousUserActivity", "medium", nil, []next{{22, dismissed("adminDismissedAllRiskForUser").madeBy(s.gideon)}}},
		{6, 11, 5, "suspiciousSendingPatterns", "medium", wilhelmina, nil},
		{10, 8, 30, "attemptedPrtAccess", "high", nil, nil},
		{12, 15, 10, "leakedCredentials", "high", nil, []next{{19, changedAtHome}}},
		{14, 7, 20, "suspiciousAPITraffic", "medium", nil, []next{{5, safe.madeBy(s.gideon)}}},
		{18, 12, 0, "investigationsThreatIntelligence", "high", nil, []next{{51, changedPassword}}},
		{19, 16, 30, "leakedCredentials", "high", nil, []next{{2, temporary.madeBy(s.gideon)}, {16, changedPassword}}},
	} {
		seed := mix(s.base, uint64(s.of.turn), 900, uint64(i))
		who := episode.who
		if who == nil {
			who = &s.org.people[20+60*i+share(seed, 60)] // of Bergen, each episode of others
		}
		at := s.of.instant(episode.day, episode.hour, episode.minute) + int64(share(seed, 1800*ticksPerSecond))
		d := s.ofUser(at, who, episode.eventType, episode.level).offline(40 + share(scramble(seed), 300))
		s.user(d.noticed+5*ticksPerSecond, who, atRisk(episode.level, episode.eventType))
		var later []laterState
		for _, n := range episode.then {
			tick := d.noticed + int64(n.hours)*ticksPerHour + int64(share(mix2(seed, 5), 3000*ticksPerSecond))
			s.user(tick, who, n.state)
			later = append(later, laterState{tick: tick, state: n.state.state, detail: n.state.detail})
		}
		s.tell(d, later...)
	}
}
