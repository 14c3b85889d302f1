package demo

// deedsOfPeople are everyday deeds by day.
var deedsOfPeople = []everydayDeed{
	{110, (*deed).editUser},
	{120, (*deed).membership},
	{75, (*deed).forgottenPassword},
	{50, (*deed).newPassword},
	{110, (*deed).newMethod},
	{60, (*deed).newDevice},
	{45, (*deed).roleActivation},
	{130, (*deed).groupPage},
	{35, (*deed).consent},
	{60, (*deed).editApp},
	{45, (*deed).assignment},
	{50, (*deed).terms},
	{25, (*deed).recoveryKey},
	{55, (*deed).refused},
	{20, (*deed).accessPackage},
	{3, (*deed).elevation},
	{7, (*deed).roleRule},
}

// deedsOfPrograms are everyday deeds at any hour.
var deedsOfPrograms = []everydayDeed{
	{360, (*deed).writeBack},
	{160, (*deed).methodWriteBack},
	{130, (*deed).license},
	{200, (*deed).deviceUpdate},
	{90, (*deed).provisioning},
	{50, (*deed).dynamicMember},
	{10, (*deed).nobody},
}

var departments = []string{"Office", "Finance", "Warehouse", "Audit", "Harbour office", "Night shift"}

func (d *deed) editUser() {
	d.byAdmin()
	who := d.colleague()
	switch d.below(12) {
	case 0: // an account of somebody who left
		s := sleeperList()[d.below(4)]
		gone := target{kind: "User", id: s.id, upn: s.upn, changes: []change{{"AccountEnabled", "[true]", "[false]"}, updated("AccountEnabled")}}
		d.add(disableAccount, gone)
		d.add(updateUser, gone)
	case 1:
		fresh := target{kind: "User", id: guidOf(mix(d.seed, 5)).String(), upn: "trainee." + itoa(100+d.below(900)) + "@" + domain, changes: []change{
			{"AccountEnabled", "[]", "[true]"}, {"DisplayName", "[]", `["Trainee"]`}, {"UserType", "[]", `["Member"]`}, updated("AccountEnabled", "DisplayName", "UserType"),
		}}
		d.add(addUser, fresh)
	default:
		from, to := departments[d.below(len(departments))], departments[d.below(len(departments))]
		d.add(updateUser, ofCoreUser(who, change{"Department", listed(from), listed(to)}, updated("Department"), change{"TargetId.UserType", "", quoted(who.userType())})).
			details = []detail{{"UserType", who.userType()}}
	}
}

func (d *deed) membership() {
	d.byAdmin()
	g := &d.groups[2+d.below(len(d.groups)-2)]
	who, what := d.colleague(), addMember
	removed := d.below(4) == 0
	if removed {
		what = removeMember
	}
	d.add(what, ofCoreUser(who, groupChanges(g, removed)...), ofGroup(g)).agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
}

// forgottenPassword is a reset by the person: the steps of the flow, and the changes that follow.
func (d *deed) forgottenPassword() {
	who := d.bySomebody()
	d.actor.session = guid{} // nobody is signed in who forgot the password
	d.actor.token = guid{}
	d.actor.address = who.homeV4
	steps := []string{
		"User submitted their user ID",
		"User was presented with verification options",
		"User completed the mobile phone verification option",
		"User submitted a new password",
	}
	if d.below(3) == 0 {
		steps = append(steps[:2:2], "User failed the security questions verification option", "User cancelled before passing the required authentication methods")
	}
	passed := steps[len(steps)-1] == "User submitted a new password"
	for i, step := range steps {
		r := d.add(resetFlow, ofUser(who))
		r.reason = step
		if !passed && i >= 2 {
			r.result = "failure"
		}
		d.wait(15)
	}
	switch {
	case passed:
		d.add(resetSelf, ofUser(who)).reason = "Successfully completed reset."
		d.passwordChanged(who)
	case d.below(2) == 0:
		r := d.add(resetBlocked, ofUser(who))
		r.result, r.reason = "failure", "User tried the verification option too many times. "
	}
}

// passwordChanged writes the records that a changed password leaves in the directory's core.
func (d *deed) passwordChanged(who *person) {
	before := d.actor
	d.by(passwordDesk)
	spn := change{"ActorId.ServicePrincipalNames", "", quoted("https://passwordreset.tidewater-lantern.example/;SelfServicePasswordReset")}
	d.add(passwordProfile, ofCoreUser(who, change{"ForceChangePassword", quoted("True"), quoted("False")}, change{name: "Password"}, spn))
	d.add(changeByUser, ofCoreUser(who, spn))
	d.add(revokeSessions, ofCoreUser(who, spn))
	d.actor = before
}

func (d *deed) newPassword() {
	who := d.bySomebody()
	if d.below(8) == 0 {
		r := d.add(changeSelf, ofUser(who))
		r.result, r.reason = "timeout", "The writeback agent on premises did not answer in time."
		r.details = []detail{{"OnPremisesAgent", "HARBOUR-SYNC-1"}}
		return
	}
	d.passwordChanged(who)
	r := d.add(changeSelf, ofUser(who))
	r.reason, r.details = "None", []detail{{"OnPremisesAgent", "None"}}
}

// securityMethods are methods that people register, as the service calls them.
var securityMethods = []struct{ kind, name string }{
	{"AppNotificationAndCode", "Authenticator App with Notification and Code"},
	{"AppCodeOnly", "Authenticator App with Code"},
	{"MobilePhone", "Mobile Phone SMS"},
	{"Email", "Email"},
	{"Fido", "Fido"},
}

func (d *deed) newMethod() {
	who := d.bySomebody()
	if d.below(3) == 0 { // the sign-in asked for it
		d.correlation = d.recorder.entry.correlation
	}
	m := securityMethods[d.below(len(securityMethods))]
	d.register(who, m.kind, m.name)
	if d.below(4) == 0 {
		d.add(registerCallback, target{}, target{kind: "Policy", name: "Multifactor Authentication"}).reason = "NoContent"
	}
	if d.below(3) == 0 {
		d.by(credentials)
		d.add(updateUser, ofCoreUser(who, change{"StrongAuthenticationMethod", "[]", `[{"MethodType":7,"Default":true}]`}, updated("StrongAuthenticationMethod"), change{"TargetId.UserType", "", quoted(who.userType())})).
			details = []detail{{"UserType", who.userType()}}
	}
}

// register writes the start and the end of a registration.
func (d *deed) register(who *person, kind, name string) {
	r := d.add(startInfo, ofUser(who))
	r.reason = "User started the registration for " + name
	r.details = []detail{{"TransactionId", guidOf(mix(d.seed, 6)).String()}, {"AuthenticationMethodType", kind}, {"AuthenticationMethod", name}}
	d.wait(40)
	if d.below(12) == 0 {
		r := d.add(registerInfo, ofUser(who))
		r.result, r.reason = "failure", "User failed to register "+name
		return
	}
	// The service ends its reason with a blank.
	r = d.add(registerInfo, ofUser(who))
	r.reason = "User registered " + name + " "
	r.details = []detail{{"InitiatedFrom", "Microsoft App Access Panel (" + d.org.appNamed("My Apps").id + ")"}}
}

func (d *deed) newDevice() {
	who := d.bySomebody()
	device, ok := laptop(who)
	if !ok {
		d.terms()
		return
	}
	id := detail{"DeviceId", device.DeviceID}
	d.by(registration)
	d.add(addDevice, ofDevice(who, device.DisplayName,
		change{"DisplayName", "[]", listed(device.DisplayName)}, change{"DeviceOSType", "[]", listed(device.OperatingSystem)}, change{"DeviceTrustType", "[]", `["AzureAd"]`},
		updated("DisplayName", "DeviceOSType", "DeviceTrustType"))).details = []detail{id}
	d.add(deviceOwner, ofCoreUser(who, change{"Device.ObjectID", "", quoted(guidOf(mix(idTarget, 1, uint64(who.index))).String())}, change{"Device.DisplayName", "", quoted(device.DisplayName)}),
		ofDevice(who, device.DisplayName)).details = []detail{id}
	d.byPerson(who)
	d.add(registerDevice, ofDevice(who, device.DisplayName), ofUser(who)).details = []detail{id, {"Device OS", device.OperatingSystem}, {"Device Trust Type", "AzureAD"}}
}

func (d *deed) recoveryKey() {
	who := d.byAdmin()
	device, ok := laptop(who)
	if !ok {
		d.terms()
		return
	}
	d.add(readBitLocker, ofDevice(who, device.DisplayName)).details = []detail{{"RecoveryKeyId", guidOf(mix(d.seed, 7)).String()}}
}

// roles are directory roles, with the template IDs that are the same in every tenant.
var roles = []struct{ name, template, wellKnown string }{
	{"Global Administrator", "62e90394-69f5-4237-9190-012177145e10", "TenantAdmins"},
	{"Security Administrator", "194ae4cb-b126-40b2-bd5b-6091b380977d", "SecurityAdministrator"},
	{"Conditional Access Administrator", "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", "ConditionalAccessAdministrators"},
	{"Application Administrator", "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "ApplicationAdministrators"},
	{"User Administrator", "fe930be7-5e62-47db-91af-98c3a49a38b1", "UserAccountAdmins"},
}

func roleID(role int) string { return guidOf(mix(idTarget, 2, uint64(role))).String() }

func (d *deed) roleActivation() { d.activate(d.byAdmin(), 1+d.below(len(roles)-1), "Daily work") }

// activate has a person take on a role for a while: the requests and the change in the directory's core have one
// correlation ID.
func (d *deed) activate(who *person, role int, reason string) {
	of := &roles[role]
	asked := func(name string) *auditRecord {
		r := d.add(auditActivity{name, servicePIM, ofRoles, "Update"},
			target{kind: "Role", id: roleID(role), name: of.name}, target{kind: "Request", id: guidOf(mix(d.seed, 8)).String()}, ofUser(who),
			target{kind: "Other", id: tenantID, name: "Tidewater Lantern"}, target{kind: "Other"})
		r.reason = reason
		r.details = []detail{{"RoleDefinitionOriginId", of.template}, {"RoleDefinitionOriginType", "BuiltInRole"}, {"TemplateId", of.template}, {"StartTime", string(appendTime(nil, d.tick)) + "Z"}, {"ipaddr", d.actor.address}}
		return r
	}
	asked("Add member to role requested (PIM activation)")
	if role == 0 {
		d.wait(60)
		asked("Add member to role approval requested (PIM activation)")
		person := d.actor
		d.byPerson(d.org.personNamed("Ottoline", "Driftwood"))
		asked("Add member to role request approved (PIM activation)")
		d.actor = person
	}
	asked("Add member to role completed (PIM activation)").operation = "Assign"
	before := d.actor
	d.by(pimService)
	d.add(auditActivity{"Add member to role", core, ofRoles, "Assign"},
		ofCoreUser(who, change{"Role.ObjectID", "", quoted(roleID(role))}, change{"Role.DisplayName", "", quoted(of.name)}, change{"Role.TemplateId", "", quoted(of.template)}, change{"Role.WellKnownObjectName", "", quoted(of.wellKnown)}),
		target{kind: "Role", id: roleID(role), name: of.name})
	d.actor = before
}

// roleRule has an activity whose name ends in a blank, as some do.
func (d *deed) roleRule() {
	d.byAdmin()
	role := d.below(len(roles))
	d.add(roleSetting, target{kind: "Role", id: roleID(role), name: roles[role].name, changes: []change{
		{"RoleSettings", `{"maximumDuration":"PT8H","isApprovalRequired":false}`, `{"maximumDuration":"PT4H","isApprovalRequired":true}`},
	}})
}

func (d *deed) groupPage() {
	who := d.bySomebody()
	g := d.anyGroup()
	switch d.below(10) {
	case 0:
		d.add(requestToJoin, ofGroup(g), ofUser(who)).reason = "OK"
		d.wait(90)
		d.byAdmin()
		d.add(approveJoin, ofGroup(g), ofUser(who)).reason = "OK"
		d.by(approvals)
		d.add(addMember, ofCoreUser(who, groupChanges(g, false)...), ofGroup(g))
	case 1:
		d.add(renewGroup, ofGroup(g)).reason = "OK"
	default:
		r := d.add(groupsGet)
		r.reason = "OK"
		r.details = []detail{{"ActionResponse", "200"}, {"PortalRequest", "True"}}
		if d.below(5) == 0 {
			r.result = "" // the service sometimes tells none
		}
		if d.below(10) == 0 {
			r.id = ""
		}
	}
}

// permissions are delegated permissions for which people are asked.
var permissions = []string{"User.Read openid profile", "Files.Read User.Read", "Calendars.Read offline_access", "Mail.Read offline_access"}

func (d *deed) consent() {
	who := d.bySomebody()
	a := d.ownApp()
	if d.below(5) == 0 {
		r := d.add(consentTo, d.org.ofPrincipal(a))
		r.result, r.reason = "failure", "Risky application detected: an administrator has to consent."
		return
	}
	d.grant(who, d.org.ofPrincipal(a), permissions[d.below(len(permissions))])
}

// grant writes a person's consent to permissions of Microsoft Graph, and the grant.
func (d *deed) grant(who *person, to target, scope string) {
	graph := &d.org.resources[0]
	d.add(addGrant,
		target{kind: "ServicePrincipal", id: graph.principal, name: graph.name, changes: []change{
			{"DelegatedPermissionGrant.Scope", "", quoted(" " + scope)},
			{"DelegatedPermissionGrant.ConsentType", "", quoted("Principal")},
			{"ServicePrincipal.ObjectID", "", quoted(to.id)},
			{"ServicePrincipal.DisplayName", "", quoted(to.name)},
			{"TargetId.ServicePrincipalNames", "", quoted(graph.id + ";https://graph.microsoft.com")},
		}}, target{kind: "ServicePrincipal", id: to.id, name: to.name})
	to.changes = []change{
		{"ConsentContext.IsAdminConsent", "", quoted("False")},
		{"ConsentContext.IsAppOnly", "", quoted("False")},
		{"ConsentContext.OnBehalfOfAll", "", quoted("False")},
		{"ConsentAction.Permissions", "", quoted("[] => [[Id: " + guidOf(mix(d.seed, 9)).String() + ", ClientId: " + to.id + ", PrincipalId: " + who.id + ", ResourceId: " + graph.principal + ", ConsentType: Principal, Scope:  " + scope + "]]; ")},
	}
	d.add(consentTo, to)
}

func (d *deed) editApp() {
	d.byAdmin()
	a := d.ownApp()
	switch d.below(4) {
	case 0:
		d.add(addOwner, ofCoreUser(d.colleague(), change{"Application.ObjectID", "", quoted(d.org.ofApplication(a).id)}, change{"Application.DisplayName", "", quoted(a.name)}, change{"Application.AppId", "", quoted(a.id)}), d.org.ofApplication(a))
	case 1: // an application's key, whose store the directory names as a credential
		key := guidOf(mix(d.seed, 10)).String()
		d.add(appSecrets, d.org.ofApplication(a, keyChange(nil, []string{keyText(key, "build")}), updated("KeyDescription")))
		d.add(principalSecret, d.org.ofPrincipal(a, keyChange(nil, []string{keyText(key, "build")}), credentialChange(d.seed), updated("KeyDescription")))
	default:
		wanted := listed(`{"ResourceAppId":"` + d.org.resources[0].id + `","RequiredAppPermissions":[{"EntitlementId":"` + guidOf(mix(idTarget, 3)).String() + `","DirectAccessGrant":false}]}`)
		d.add(updateApp, d.org.ofApplication(a, change{"RequiredResourceAccess", "[]", wanted}, updated("RequiredResourceAccess")))
		d.add(updatePrincipal, d.org.ofPrincipal(a, updated("")))
	}
}

// keyText describes a key as the directory does.
func keyText(key, name string) string {
	return "[KeyIdentifier=" + key + ", KeyType=Password, KeyUsage=Verify, DisplayName=" + name + "]"
}

func keyChange(before, after []string) change {
	return change{"KeyDescription", listed(before...), listed(after...)}
}

func credentialChange(seed uint64) change {
	return change{"Credential", "[]", `[{"CredentialType":2,"KeyStoreId":"` + guidOf(mix(idTarget, 4)).String() + `","KeyGroupId":"` + guidOf(mix(seed, 11)).String() + `"}]`}
}

func (d *deed) assignment() {
	d.byAdmin()
	a, who := d.ownApp(), d.colleague()
	changes := []change{{"AppRole.Id", "", quoted(guidOf(mix(idTarget, 5)).String())}, {"AppRole.Value", "", quoted("Reader")}, {"AppRole.DisplayName", "", quoted("Reader")}}
	if d.below(3) == 0 {
		w := &d.org.services[1+d.below(len(d.org.services)-1)]
		d.add(assignService, d.org.ofPrincipal(a, append(changes, change{"ServicePrincipal.ObjectID", "", quoted(w.id)}, change{"ServicePrincipal.DisplayName", "", quoted(w.name)}, change{"ServicePrincipal.AppId", "", quoted(w.appID)})...),
			target{kind: "ServicePrincipal", id: w.id, name: w.name})
		return
	}
	d.add(assignApp, d.org.ofPrincipal(a, append(changes, change{"User.ObjectID", "", quoted(who.id)}, change{"User.UPN", "", quoted(who.upn)})...), ofCoreUser(who))
}

func (d *deed) terms() {
	who := d.bySomebody()
	d.add(acceptTerms, target{kind: "Policy", id: guidOf(mix(idTarget, 6)).String(), name: "Terms of use of the harbour"}, ofUser(who))
}

// refused is what people try who may not.
func (d *deed) refused() {
	who := d.bySomebody()
	refuse := func(what auditActivity, targets ...target) {
		r := d.add(what, targets...)
		r.result, r.reason = "failure", "Insufficient privileges to complete the operation."
	}
	switch d.below(4) {
	case 0:
		refuse(addMember, ofCoreUser(who), ofGroup(&d.groups[5]))
	case 1:
		refuse(updateApp, d.org.ofApplication(d.ownApp()))
	case 2:
		refuse(updateUser, ofCoreUser(d.colleague()))
	default:
		w := &d.org.services[1+d.below(20)]
		d.by(&program{name: w.name, appID: w.appID, principal: w.id, address: w.network.addresses[0]})
		refuse(assignService, target{kind: "ServicePrincipal", id: w.id, name: w.name})
	}
}

func (d *deed) accessPackage() {
	who := d.bySomebody()
	d.add(requestPackage, target{kind: "Other", id: guidOf(mix(idTarget, 7)).String(), name: "Harbour – invoices and payroll"}, target{kind: "Request", id: guidOf(mix(d.seed, 12)).String()}, ofUser(who))
}

// elevation comes from another service, and its records have no ID.
func (d *deed) elevation() {
	who := d.byAdmin()
	r := d.add(elevate, ofUser(who))
	r.id, r.details = "", []detail{{"RoleName", "User Access Administrator"}, {"Scope", "/"}}
}
