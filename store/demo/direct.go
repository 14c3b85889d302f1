package demo

import (
	"strconv"
	"strings"
)

// risk is the prebuilt risk part of a record, with what its detections repeat.
type risk struct {
	fragment             string
	detail, level, state string
	events               []string
}

func riskOf(detail, aggregate, during, state string, events ...string) *risk {
	list := `[]`
	if len(events) > 0 {
		list = `["` + strings.Join(events, `","`) + `"]`
	}
	return &risk{
		fragment: `"riskDetail":"` + detail + `","riskLevelAggregated":"` + aggregate + `","riskLevelDuringSignIn":"` + during +
			`","riskState":"` + state + `","riskEventTypes":` + list + `,"riskEventTypes_v2":` + list + `,`,
		detail: detail, level: during, state: state, events: events,
	}
}

var (
	noRisk      = riskOf("none", "none", "none", "none")
	hiddenRisk  = riskOf("hidden", "hidden", "hidden", "atRisk")
	guessRisk   = riskOf("none", "medium", "medium", "atRisk", "maliciousIPAddress")
	sprayRisk   = riskOf("none", "high", "medium", "atRisk", "passwordSpray", "maliciousIPAddress")
	fatigueRisk = riskOf("adminConfirmedSigninCompromised", "high", "medium", "confirmedCompromised", "unfamiliarFeatures", "userReportedSuspiciousActivity")
	travelRisk  = riskOf("adminDismissedRiskForSignIn", "medium", "none", "dismissed", "unlikelyTravel")
	codeRisk    = riskOf("none", "high", "high", "atRisk", "anomalousToken", "newCountry")
	passedRisk  = riskOf("userPassedMFADrivenByRiskBasedPolicy", "low", "low", "remediated", "unfamiliarFeatures")
	anonymous   = riskOf("none", "medium", "medium", "atRisk", "anonymizedIPAddress")
	confirmed   = riskOf("aiConfirmedSigninSafe", "none", "low", "confirmedSafe", "unfamiliarFeatures")
)

// crossing tells the tenant of the user from the tenant of the resource.
type crossing struct {
	tenants  string // resourceTenantId, homeTenantId and tenantId
	userType string
	access   string
}

func cross(resource, home, homeName, userType, access string) *crossing {
	c := &crossing{userType: userType, access: access}
	c.tenants = `"resourceTenantId":"` + resource + `","homeTenantId":"` + home + `",`
	if homeName != "" {
		c.tenants += `"homeTenantName":` + quoted(homeName) + `,`
	}
	c.tenants += `"tenantId":"` + tenantID + `",`
	return c
}

var (
	atHome    = cross(tenantID, tenantID, "", "Member", "none")
	asGuest   = cross(tenantID, guestTenant, "Kestrel Audit", "Guest", "b2bCollaboration")
	asVisitor = cross(visitTenant, tenantID, "", "Member", "b2bCollaboration")
	direct    = cross(visitTenant, tenantID, "", "Member", "b2bDirectConnect")
)

// direct fills the entry of a user's sign-in: its person, action, device and network, for everyday life or a
// story.
func (c *recorder) direct(e *event, n *entry) {
	n.person = &c.org.people[e.who]
	n.risk, n.crossing = noRisk, atHome
	if n.person.guest {
		n.crossing = asGuest
	}
	n.interactive = e.scene.log() == logInteractive
	day := uint64(floorDiv(e.tick, ticksPerDay))
	n.session = guidOf(mix(n.person.sessionSeed(), day))
	n.original = n.id
	c.habit(e, n)
	c.stage(e, n)
	if n.client == "" {
		n.client = n.device.client
	}
	if e.scene == sceneVisit {
		n.client = "" // the record of another tenant's resource has no client app
	}
	n.terminal = reportNotApplied
	if n.person.site.shifts && n.outcome.proof != badPassword {
		n.terminal = reportSuccess
		if !n.device.joined && !n.person.office {
			n.terminal = reportFailure
		}
	}
}

func (p *person) sessionSeed() uint64 { return mix2(idDevice, uint64(p.index)) }

// habit chooses application, resource and device. All events of an interactive attempt share one choice.
func (c *recorder) habit(e *event, n *entry) {
	if !n.interactive {
		h := &n.person.habits[int(e.part)%habitCount]
		n.app, n.target, n.device = h.app, h.target, &n.person.devices[h.device]
		// The refresh belongs to an earlier request of the same habit.
		n.original = requestGUID(mix(n.person.sessionSeed(), uint64(e.part), uint64(floorDiv(e.tick, 7*ticksPerDay))))
		n.tokenType = "refreshToken"
		switch h.device {
		case laptopApp:
			n.tokenType, n.protocol = "primaryRefreshToken", "none"
		case laptopBrowser:
			n.tokenType = "none"
		}
		return
	}
	r := random{scramble(e.attempt + 3)}
	h := &n.person.habits[r.below(habitCount)]
	n.app, n.target, n.device = h.app, h.target, &n.person.devices[h.device]
	if r.below(100) < 30 {
		n.app = &c.org.apps[r.below(len(c.org.apps))]
		n.target = n.app.target
	}
	switch {
	case n.app.saml:
		n.protocol = "saml20"
	case r.below(6) == 0:
		n.protocol = "oAuth2"
	case r.below(150) == 0:
		n.protocol = "ropc"
	}
	if h.device == laptopApp && r.below(2) == 0 {
		n.tokenType = "primaryRefreshToken"
	}
	if r.below(90) == 0 {
		n.risk = [...]*risk{passedRisk, anonymous, confirmed}[r.below(3)]
	}
}

// stage chooses the place of a scene: for everyday life at work, at home or on the way; for stories their own
// places.
func (c *recorder) stage(e *event, n *entry) {
	switch e.scene {
	case sceneSpray:
		n.app, n.target, n.device = &c.org.apps[6], &c.org.resources[1], &sprayDevice
		if n.risk = guessRisk; n.outcome.code == 0 {
			n.risk = sprayRisk
		}
		n.protocol, n.tokenType = "ropc", "none"
		n.from(sprayNet, share(e.attempt, len(sprayNet.addresses)))
	case sceneFatigue, sceneFatigueToken:
		n.app, n.target, n.device = &c.org.apps[9], &c.org.resources[2], &strangerWeb
		n.session = guidOf(mix2(uint64(e.who), turnNumber(e.tick)))
		n.risk = fatigueRisk
		n.from(fatigueNet, 0)
	case sceneTravel:
		n.device = &n.person.devices[laptopBrowser]
		if n.outcome == &outcomes[mfaDone] {
			n.risk = travelRisk
		}
		c.everyday(e, n)
	case sceneBroken:
		n.app = c.org.appNamed("Harbour Invoices")
		n.target, n.device = n.app.target, &n.person.devices[laptopBrowser]
		n.protocol = "oAuth2"
		c.everyday(e, n)
	case sceneCode, sceneCodeToken:
		c.deviceCode(e, n)
	case sceneMail:
		n.app, n.target = &c.org.apps[6], &c.org.resources[1]
		n.device = &mailDevices[share(e.attempt, len(mailDevices))]
		n.protocol, n.tokenType = "ropc", "none"
		c.everyday(e, n)
	case sceneHidden:
		n.risk = hiddenRisk
		c.everyday(e, n)
	case sceneADFS:
		p := &c.org.parties[partyOf(e.attempt)]
		n.app, n.target, n.device = &p.app, &p.resource, &n.person.devices[laptopBrowser]
		n.protocol, n.tokenType, n.bornADFS = p.protocol, "none", true
		c.everyday(e, n)
	case sceneEmergency:
		n.app, n.target, n.device = c.org.appNamed("Azure Portal"), c.org.resourceNamed("Azure Resource Manager"), &n.person.devices[laptopBrowser]
		n.protocol, n.tokenType = "oAuth2", "none"
		n.from(n.person.site.office, 0)
	case sceneFlagged:
		step := &flaggedSteps[e.part]
		n.app = c.org.appNamed("Harbour Invoices")
		n.target, n.device, n.flagged, n.risk = n.app.target, &n.person.devices[step.device], step.flagged, noRisk
		n.protocol, n.tokenType = "oAuth2", "none"
		c.everyday(e, n)
	case sceneVisit:
		n.crossing = asVisitor
		if share(e.attempt, 4) == 0 {
			n.crossing = direct
		}
		c.everyday(e, n)
	default:
		c.everyday(e, n)
	}
}

func turnNumber(tick int64) uint64 {
	turn, _ := turnOf(tick)
	return uint64(turn)
}

func (c *recorder) deviceCode(e *event, n *entry) {
	n.risk = codeRisk
	n.session = guidOf(mix2(uint64(e.who), turnNumber(e.tick)))
	n.device = &strangerApp
	if e.scene == sceneCode {
		n.app, n.target = &c.org.apps[12], &c.org.resources[0]
		n.protocol, n.transfer = "deviceCode", "deviceCodeFlow"
		n.from(codeNet, 0)
		return
	}
	n.app = &c.org.apps[12]
	n.target = &c.org.resources[int(e.part)%4]
	n.protocol, n.tokenType, n.transfer = "none", "refreshToken", "deviceCodeFlow"
	n.from(codeNet, int(e.part)/20%2)
}

// from sets the network of the sign-in.
func (n *entry) from(net *network, address int) {
	n.place, n.asn, n.named = net.place, net.asn, net.named
	n.address = append(n.address[:0], net.addresses[address%len(net.addresses)]...)
}

// everyday finds the network of a person and their device at that hour.
func (c *recorder) everyday(e *event, n *entry) {
	p := n.person
	if p.name == "Caspian Quillmarch" {
		if hotel := journey(e.tick); hotel != nil {
			n.from(hotel, int(floorDiv(e.tick, ticksPerDay)))
			return
		}
	}
	hour := floorDiv(e.tick, ticksPerHour) + int64(p.site.utcOffset)
	local, weekday := floorMod(hour, 24), floorMod(floorDiv(hour, 24)+3, 7)
	today := mix2(p.sessionSeed(), uint64(floorDiv(e.tick, ticksPerDay)))
	phone := n.device == &p.devices[phoneApp] || n.device == &p.devices[phoneBrowser]
	atWork := local >= 8 && local < 18 && weekday < saturday && share(today, 100) < 62
	if p.site.shifts {
		atWork = !phone || local >= 6 && local < 22
	}
	switch {
	case atWork && (!phone || share(scramble(today), 3) == 0):
		n.from(p.site.office, share(mix2(p.sessionSeed(), 9), len(p.site.office.addresses)))
	case phone:
		n.place, n.asn, n.named = p.home, p.site.phoneASN, unnamed
		n.address = appendInterface(append(n.address[:0], p.phoneV6...), scramble(today+1))
	case p.index%23 == 5:
		n.from(edgeExit, share(today, len(edgeExit.addresses)))
		n.place, n.throughGSA = p.home, true
	case p.index%2 == 0:
		n.place, n.asn, n.named = p.home, p.site.homeASN, unnamed
		n.address = append(n.address[:0], p.homeV4...)
	default:
		n.place, n.asn, n.named = p.home, p.site.homeASN, unnamed
		n.address = appendInterface(append(n.address[:0], p.homeV6...), scramble(today+2))
	}
}

// appendInterface writes the last four groups of an IPv6 address, none with a leading zero.
func appendInterface(b []byte, h uint64) []byte {
	for i := range 4 {
		if i > 0 {
			b = append(b, ':')
		}
		b = strconv.AppendUint(b, h>>(16*i)&0xffff|0x1000, 16)
	}
	return b
}
