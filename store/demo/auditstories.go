package demo

import (
	"cmp"
	"slices"
)

// auditDirector plans the audit records of one turn's stories.
type auditDirector struct {
	*auditPlanner
	of director // of the turn's sign-ins
}

func (a *auditPlanner) planTurn(turn int64) {
	a.turn, a.planned, a.stories = turn, true, a.stories[:0]
	s := auditDirector{a, director{planner: a.signIns, turn: turn, start: (turn*hoursPerTurn + mondayOfTurns) * ticksPerHour}}
	s.guest()
	s.reportOnly()
	s.afterSpray()
	s.afterTravel()
	s.fatigue()
	s.broken()
	s.consent()
	s.secret()
	s.attributes()
	slices.SortStableFunc(a.stories, func(x, y auditRecord) int { return cmp.Compare(x.tick, y.tick) })
}

// at begins a deed of a story at a time of the turn. The number tells the deeds of a turn apart.
func (s *auditDirector) at(number, day, hour, minute int) *deed {
	d := s.deed(mix(s.signIns.base, uint64(s.of.turn), 300, uint64(number)), &s.stories)
	d.tick = s.of.instant(day, hour, minute) + int64(d.below(50*ticksPerSecond))
	return d
}

// again begins another deed of the same actor, with a correlation ID of its own.
func (d *deed) again(minutes int) {
	d.tick += int64(minutes) * 60 * ticksPerSecond
	d.correlation = guidOf(mix2(d.seed, 50+d.part))
}

func (s *auditDirector) person(first, last string) *person { return s.org.personNamed(first, last) }

// signIn finds the story's sign-in with an outcome. The hour's stories are planned before its audit records.
func (s *auditDirector) signIn(scene scene, outcome outcome) *event {
	for i := range s.signIns.stories {
		if e := &s.signIns.stories[i]; e.scene == scene && e.outcome == outcome {
			return e
		}
	}
	panic("demo: a story lacks its sign-in")
}

var (
	inviteUser      = auditActivity{"Invite external user", "Invited Users", ofUsers, "Add"}
	redeemInvite    = auditActivity{"Redeem external user invite", "B2B Auth", ofUsers, "Update"}
	addCA           = auditActivity{"Add conditional access policy", "Conditional Access", "Policy", "Add"}
	updateCA        = auditActivity{"Update conditional access policy", "Conditional Access", "Policy", "Update"}
	addPolicy       = auditActivity{"Add policy", core, "Policy", "Add"}
	updatePolicy    = auditActivity{"Update policy", core, "Policy", "Update"}
	confirmRisk     = auditActivity{"ConfirmCompromised", "Identity Protection", "IdentityProtection", "Update"}
	dismissRisk     = auditActivity{"DismissRisk", "Identity Protection", "IdentityProtection", "Update"}
	suspicious      = auditActivity{"Suspicious activity reported", "Azure MFA", ofUsers, "Update"}
	deleteApp       = auditActivity{"Delete application", core, ofApps, "Delete"}
	restoreApp      = auditActivity{"Restore application", core, ofApps, "Add"}
	removeFromRole  = auditActivity{"Remove member from role", core, ofRoles, "Unassign"}
	attributeSet    = auditActivity{"Add attribute set", core, "AttributeManagement", "Add"}
	attributeDefine = auditActivity{"Add custom security attribute definition in an attribute set", core, "AttributeManagement", "Add"}
	attributeUser   = auditActivity{"Update attribute values assigned to a user", core, "AttributeManagement", "Update"}
	attributeApp    = auditActivity{"Update attribute values assigned to a servicePrincipal", core, "AttributeManagement", "Update"}
)

// guest has the auditor invited on the first morning, and two people who never come.
func (s *auditDirector) guest() {
	invite := func(d *deed, who target, mail string) {
		who.changes = nil
		d.add(inviteUser, who).details = []detail{
			{"oid", d.actor.person.id}, {"tid", tenantID}, {"ipaddr", d.actor.address}, {"InvitationId", guidOf(mix(d.seed, 20, d.part)).String()}, {"invitedUserEmailAddress", mail},
		}
		created := who
		created.name = ""
		created.changes = []change{
			{"AccountEnabled", "[]", "[true]"},
			{"UserState", "[]", `["PendingAcceptance"]`},
			{"UserType", "[]", `["Guest"]`},
			updated("AccountEnabled", "UserState", "UserType"),
		}
		d.add(addUser, created)
	}
	d := s.at(1, 0, 8, 20)
	ada := s.person("Ada", "Lanternwright")
	d.byPerson(ada)
	tobias := s.person("Tobias", "Kestrelwing")
	invite(d, ofUser(tobias), tobias.upn)
	for i, name := range sleeperList() {
		if name.note == "invited" {
			d.again(2 + i)
			invite(d, target{kind: "User", id: name.id, name: name.name, upn: name.upn}, sleepers[i].first+"."+sleepers[i].last+"@"+guestDomain)
		}
	}
	d = s.at(2, 0, 9, 40)
	d.byPerson(tobias)
	d.add(redeemInvite, ofUser(tobias)).details = []detail{{"UPN", tobias.upn}, {"InvitationId", guidOf(mix(d.seed, 20)).String()}}
	d.by(invitations)
	d.add(updateUser, ofCoreUser(tobias, change{"UserState", `["PendingAcceptance"]`, `["Accepted"]`}, updated("UserState"), change{"TargetId.UserType", "", quoted("Guest")}))
	d.by(approvals)
	guests := &d.groups[1]
	d.add(addMember, ofCoreUser(tobias, groupChanges(guests, false)...), ofGroup(guests))
}

// activation has a person take on a role for four hours.
func (s *auditDirector) activation(number, day, hour, minute int, who *person, role int, reason string) {
	d := s.at(number, day, hour, minute)
	d.byPerson(who)
	d.activate(who, role, reason)
	d.again(240)
	d.by(pimService)
	d.add(removeFromRole, ofCoreUser(who, change{"Role.ObjectID", quoted(roleID(role)), ""}, change{"Role.DisplayName", quoted(roles[role].name), ""}),
		target{kind: "Role", id: roleID(role), name: roles[role].name})
}

// Indexes of roles.
const (
	roleGlobal = iota
	roleSecurity
	rolePolicies
	roleApps
)

// reportOnly starts the two policies that only report.
func (s *auditDirector) reportOnly() {
	marigold := s.person("Marigold", "Stormlatch")
	s.activation(10, 1, 9, 10, marigold, rolePolicies, "Start of the pilots CA010 and CA020")
	users := func(all, groups string) string {
		return `"users":{"includeUsers":[` + all + `],"excludeUsers":[],"includeGroups":[` + groups + `],"excludeGroups":[],"includeRoles":[],"excludeRoles":[]}`
	}
	pilots := [...]struct {
		policy           int
		name, grant      string
		before, after    string // conditions
		session, another string // session controls, before and after
	}{
		{
			policyWarehouse, "CA010 Warehouse: compliant terminals (pilot)", "compliantDevice",
			users("", quoted(s.groups[4].id)), users("", quoted(s.groups[4].id)) + `,"platforms":{"includePlatforms":["windows"],"excludePlatforms":[]}`,
			"null", "null",
		},
		{
			policyRisk, "CA020 Risky sign-ins (pilot)", "mfa",
			users(`"All"`, "") + `,"signInRiskLevels":["high"]`, users(`"All"`, "") + `,"signInRiskLevels":["high","medium"]`,
			"null", `{"signInFrequency":{"value":null,"type":null,"frequencyInterval":"everyTime","isEnabled":true}}`,
		},
	}
	for i, p := range pilots {
		d := s.at(11+i, 1+i, 9, 30)
		d.byPerson(marigold)
		id, created := guidOf(mix(idPolicy, uint64(p.policy))).String(), string(appendTime(nil, d.tick))
		state := func(conditions, session string) string {
			return `{"id":"` + id + `","displayName":` + quoted(p.name) + `,"createdDateTime":"` + created + `+00:00","modifiedDateTime":"` + string(appendTime(nil, d.tick)) +
				`+00:00","state":"enabledForReportingButNotEnforced","conditions":{"applications":{"includeApplications":["All"],"excludeApplications":[]},` + conditions +
				`,"clientAppTypes":["all"]},"grantControls":{"operator":"OR","builtInControls":["` + p.grant + `"],"customAuthenticationFactors":[],"termsOfUse":[]},"sessionControls":` + session + `}`
		}
		of := func(property, old, new string) target {
			return target{kind: "Policy", id: id, name: p.name, changes: []change{{property, old, new}}}
		}
		first := state(p.before, p.session)
		d.add(addPolicy, of("PolicyDetail", "[]", listed(first)))
		d.add(addCA, of("ConditionalAccessPolicy", "", first))
		d.again(35)
		second := state(p.after, p.another)
		d.add(updatePolicy, of("PolicyDetail", listed(first), listed(second)))
		d.add(updateCA, of("ConditionalAccessPolicy", first, second))
	}
}

// afterSpray gives the person whose password was guessed another one, and unlocks those whom the guesses locked out.
func (s *auditDirector) afterSpray() {
	gideon, bram := s.person("Gideon", "Brightwater"), s.person("Bram", "Kettlewick")
	s.activation(20, sprayDay, 7, 30, gideon, roleSecurity, "Password spray from Asunción")
	d := s.at(21, sprayDay, 7, 40)
	d.byPerson(gideon)
	d.add(resetByAdmin, ofCoreUser(bram, change{"ForceChangePassword", quoted("False"), quoted("True")}, change{name: "Password"}))
	d.add(revokeSessions, ofCoreUser(bram))
	d.add(resetForOther, ofUser(bram)).reason = "Successfully completed reset."
	d = s.at(22, sprayDay, 8, 5)
	d.byPerson(bram)
	for _, step := range []string{"User submitted their user ID", "User completed the mobile phone verification option", "User submitted a new password"} {
		d.add(resetFlow, ofUser(bram)).reason = step
		d.wait(20)
	}
	d.add(resetSelf, ofUser(bram)).reason = "Successfully completed reset."
	d.passwordChanged(bram)
	unlocked := 0
	for i := range s.signIns.stories {
		e := &s.signIns.stories[i]
		if e.scene != sceneSpray || e.outcome != locked || unlocked == s.of.size(8, 1) {
			continue
		}
		unlocked++
		who := &s.org.people[e.who]
		d := s.at(23+1000*i, sprayDay, 7, 3*unlocked)
		d.byPerson(who)
		d.actor.session = guid{} // a person whose account is locked has none
		d.add(unlockSelf, ofUser(who)).reason = "Successfully unlocked."
	}
}

// afterTravel dismisses the traveller's risk.
func (s *auditDirector) afterTravel() {
	d := s.at(30, travelDay+1, 9, 0)
	d.byPerson(s.person("Gideon", "Brightwater"))
	d.add(dismissRisk, ofUser(s.person("Caspian", "Quillmarch"))).reason = "The journey was announced."
}

// fatigue has the attacker register a method right after the accepted prompt, in the session of that sign-in. The
// next morning takes it back.
func (s *auditDirector) fatigue() {
	accepted := s.signIn(sceneFatigue, mfaDone)
	d := s.at(40, 0, 0, 0)
	victim := d.bySignIn(accepted)
	d.tick, d.correlation = accepted.tick+150*ticksPerSecond, d.recorder.entry.correlation
	const method = "Authenticator App with Notification and Code"
	r := d.add(startInfo, ofUser(victim))
	r.reason, r.details = "User started the registration for "+method, []detail{{"AuthenticationMethodType", "AppNotificationAndCode"}, {"AuthenticationMethod", method}}
	r.agent = strangerWeb.agent
	d.wait(45)
	r = d.add(registerInfo, ofUser(victim))
	r.reason, r.agent = "User registered "+method, strangerWeb.agent
	r.details = []detail{{"InitiatedFrom", "Microsoft App Access Panel (" + d.org.appNamed("My Apps").id + ")"}}
	d.wait(10)
	d.add(changeDefault, ofUser(victim)).reason = "User changed the default method to " + method
	d.by(strongAuth)
	d.add(updateUser, ofCoreUser(victim, authenticatorApp(d.seed, d.tick), updated("StrongAuthenticationPhoneAppDetail"), change{"TargetId.UserType", "", quoted("Member")}))

	gideon := s.person("Gideon", "Brightwater")
	d = s.at(41, fatigueDay+1, 7, 55)
	d.byPerson(victim)
	d.add(suspicious, ofUser(victim)).reason = "The user reported prompts that were not theirs."
	s.activation(42, fatigueDay+1, 8, 20, gideon, roleSecurity, "Reported prompts: Juniper Fernweather")
	d = s.at(43, fatigueDay+1, 8, 35)
	d.byPerson(gideon)
	d.add(confirmRisk, ofUser(victim))
	d.again(2)
	d.add(adminDeleteInfo, ofUser(victim)).reason = "Admin deleted " + method
	d.again(1)
	d.add(resetByAdmin, ofCoreUser(victim, change{"ForceChangePassword", quoted("False"), quoted("True")}, change{name: "Password"}))
	d.add(revokeSessions, ofCoreUser(victim))
}

// broken has the deployment of Harbour Invoices change the application until nobody can sign in to it.
func (s *auditDirector) broken() {
	invoices := s.org.appNamed("Harbour Invoices")
	deployment := &s.org.services[6]
	deployer := &program{name: deployment.name, appID: deployment.appID, principal: deployment.id, address: deployment.network.addresses[6]}
	addresses := func(host string) string {
		return `[{"AddressType":0,"Address":"https://` + host + "." + domain + `/signin-oidc","ReplyAddressClientType":1}]`
	}
	d := s.at(50, brokenDay, 8, 55)
	d.by(deployer)
	d.add(updateApp, s.org.ofApplication(invoices, change{"AppAddress", addresses("invoices"), addresses("invoices-new")}, updated("AppAddress")))
	d.add(updatePrincipal, s.org.ofPrincipal(invoices, change{"AppAddress", addresses("invoices"), addresses("invoices-new")}, updated("AppAddress")))
	d.tick = s.of.instant(brokenDay, 11, 18)
	d.again(0)
	d.add(updateApp, s.org.ofApplication(invoices, change{"AppIdentifierUri", listed("api://" + invoices.id), listed("api://invoices-new")}, updated("AppIdentifierUri")))
	d.tick = s.of.instant(brokenDay, 13, 38)
	d.again(0)
	d.add(deleteApp, s.org.ofApplication(invoices))
	d.add(removePrincipal, s.org.ofPrincipal(invoices))

	ada := s.person("Ada", "Lanternwright")
	s.activation(51, brokenDay, 15, 40, ada, roleGlobal, "Harbour Invoices is down")
	d = s.at(52, brokenDay, 15, 56)
	d.byPerson(ada)
	d.add(restoreApp, s.org.ofApplication(invoices))
	d.again(1)
	d.add(updateApp, s.org.ofApplication(invoices, change{"AppAddress", addresses("invoices-new"), addresses("invoices")},
		change{"AppIdentifierUri", listed("api://invoices-new"), listed("api://" + invoices.id)}, updated("AppAddress", "AppIdentifierUri")))
	d.add(updatePrincipal, s.org.ofPrincipal(invoices, change{"AppAddress", addresses("invoices-new"), addresses("invoices")}, updated("AppAddress")))
}

// consent has the attacker use the session of the device code to consent to an application of another tenant. The
// next morning removes it, so that the directory does not have it.
func (s *auditDirector) consent() {
	done := s.signIn(sceneCode, deviceCodeDone)
	d := s.at(60, 0, 0, 0)
	victim := d.bySignIn(done)
	d.tick = done.tick + 11*60*ticksPerSecond
	helper := target{kind: "ServicePrincipal", id: guidOf(mix(idTarget, 20)).String(), name: "Mail Archive Helper"}
	created := helper
	created.changes = []change{
		{"AccountEnabled", "[]", "[true]"},
		{"AppPrincipalId", "[]", listed(guidOf(mix(idTarget, 21)).String())},
		{"DisplayName", "[]", listed(helper.name)},
		credentialChange(d.seed), updated("AccountEnabled", "AppPrincipalId", "DisplayName", "Credential"),
	}
	d.add(addPrincipal, created).agent = strangerWeb.agent
	d.grant(victim, helper, "Mail.ReadWrite Mail.Send offline_access")

	gideon := s.person("Gideon", "Brightwater")
	s.activation(61, codeDay+1, 9, 0, gideon, roleApps, "Unknown application with mail permissions")
	d = s.at(62, codeDay+1, 9, 12)
	d.byPerson(gideon)
	d.add(removeGrant, target{kind: "ServicePrincipal", id: s.org.resources[0].principal, name: "Microsoft Graph", changes: []change{
		{"DelegatedPermissionGrant.Scope", quoted(" Mail.ReadWrite Mail.Send offline_access"), ""}, {"ServicePrincipal.ObjectID", quoted(helper.id), ""},
	}}, helper)
	d.again(1)
	d.add(removePrincipal, helper)
	d.again(2)
	d.add(revokeSessions, ofCoreUser(victim))
}

// secret gives the export job the secret of the next turn, which runs out on its day 13. The day before somebody
// tries who may not.
func (s *auditDirector) secret() {
	job := &s.org.services[0]
	application := target{kind: "Application", id: guidOf(mix(idTarget, 30)).String(), name: job.name}
	principal := target{kind: "ServicePrincipal", id: job.id, name: job.name}
	key := func(turn int64) string {
		end := s.of.start + (turn-s.of.turn)*hoursPerTurn*ticksPerHour + secretDay*ticksPerDay
		return keyText(guidOf(mix2(idCredential, uint64(turn))).String(), "nightly until "+string(appendTime(nil, end)[:10]))
	}
	old, fresh := key(s.of.turn), key(s.of.turn+1)
	d := s.at(70, secretEnd-1, 15, 20)
	d.byPerson(s.person("Percival", "Inkwell"))
	r := d.add(appSecrets, application)
	r.result, r.reason = "failure", "Insufficient privileges to complete the operation."

	gideon := s.person("Gideon", "Brightwater")
	s.activation(71, secretEnd, 8, 40, gideon, roleApps, "New secret for "+job.name)
	d = s.at(72, secretEnd, 8, 52)
	d.byPerson(gideon)
	with := func(t target, before, after []string, more ...change) target {
		t.changes = append([]change{keyChange(before, after)}, more...)
		return t
	}
	d.add(appSecrets, with(application, []string{old}, []string{old, fresh}, updated("KeyDescription"), change{"TargetId.ServicePrincipalNames", "", quoted(job.appID)}))
	d.add(principalSecret, with(principal, []string{old}, []string{old, fresh}, credentialChange(d.seed), updated("KeyDescription"), change{"TargetId.ServicePrincipalNames", "", quoted(job.appID)}))
	d.again(24)
	d.add(appSecrets, with(application, []string{old, fresh}, []string{fresh}, updated("KeyDescription"), change{"TargetId.ServicePrincipalNames", "", quoted(job.appID)}))
	d.add(removeSecret, with(principal, []string{old, fresh}, []string{fresh}, updated("KeyDescription"), change{"TargetId.ServicePrincipalNames", "", quoted(job.appID)}))
}

// attributes are the records of the custom security attributes' log: a set and its definition once a turn, and
// values on working days.
func (s *auditDirector) attributes() {
	ada := s.person("Ada", "Lanternwright")
	set := target{kind: "Directory", id: "Harbour", name: "Harbour", changes: []change{{"Description", "", quoted("Access to the quays")}, {"MaxAttributesPerSet", "", "25"}}}
	d := s.at(80, 0, 10, 0)
	d.byPerson(ada)
	d.add(attributeSet, set)
	d.again(4)
	d.add(attributeDefine, target{kind: "Directory", id: "Harbour_Quay", name: "Quay", changes: []change{{"Type", "", quoted("String")}, {"IsCollection", "", "false"}, {"UsePreDefinedValuesOnly", "", "false"}}})
	for day := range 21 {
		if day%7 >= saturday {
			continue
		}
		rate := int64(s.of.size(20, 5)) // records in ten days
		absolute := s.of.turn*21 + int64(day)
		for i := range int(floorDiv((absolute+1)*rate, 10) - floorDiv(absolute*rate, 10)) {
			d := s.at(1000+day*100+i, day, 9, 0)
			d.tick += int64(d.below(7 * ticksPerHour))
			d.byAdmin()
			quay := quoted("Quay " + itoa(1+d.below(6)))
			if d.below(4) == 0 {
				w := &s.org.services[d.below(len(s.org.services))]
				d.add(attributeApp, target{kind: "ServicePrincipal", id: w.id, name: w.name, changes: []change{{"Harbour.Quay", "", quay}}})
				continue
			}
			d.add(attributeUser, ofUser(d.colleague(), change{"Harbour.Quay", "", quay}))
		}
	}
}
