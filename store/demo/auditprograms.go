package demo

import (
	"strings"
)

func (d *deed) writeBack() {
	who := d.anybody()
	d.by(substrate)
	changes := []change{updated(""), {"TargetId.UserType", "", quoted(who.userType())}}
	if d.below(3) == 0 {
		changes = append([]change{{"ProxyAddresses", "[]", listed("SMTP:"+who.upn, "smtp:"+strings.ToLower(ascii(strings.ReplaceAll(who.name, " ", "")))+"@mail."+domain)}}, changes...)
		changes[1] = updated("ProxyAddresses")
	}
	d.add(updateUser, ofCoreUser(who, changes...)).details = []detail{{"UserType", who.userType()}}
}

func (d *deed) methodWriteBack() {
	who := d.anybody()
	d.by(credentials)
	r := d.add(updateUser, ofCoreUser(who, updated(""), change{"TargetId.UserType", "", quoted(who.userType())}))
	r.details = []detail{{"UserType", who.userType()}}
	if d.below(3) == 0 {
		d.by(strongAuth)
		r.actor = d.actor
		r.targets[0].changes = []change{authenticatorApp(d.seed, d.tick), updated("StrongAuthenticationPhoneAppDetail"), {"TargetId.UserType", "", quoted(who.userType())}}
	}
}

// authenticatorApp is a registered authenticator, with all that the directory tells of it.
func authenticatorApp(seed uint64, tick int64) change {
	return change{"StrongAuthenticationPhoneAppDetail", "[]", `[{"DeviceName":"NO_DEVICE","DeviceToken":"NO_DEVICE_TOKEN","DeviceTag":"SoftwareTokenActivated","PhoneAppVersion":"NO_PHONE_APP_VERSION","OathTokenTimeDrift":0,"DeviceId":"00000000-0000-0000-0000-000000000000","Id":"` +
		guidOf(mix(seed, 13)).String() + `","TimeInterval":0,"AuthenticationType":2,"NotificationType":1,"LastAuthenticatedTimestamp":"` + string(appendTime(nil, tick)) +
		`Z","AuthenticatorFlavor":"Authenticator","HashFunction":"hmacsha1","TenantDeviceId":null,"SecuredPartitionId":20111,"SecuredKeyId":7}]`}
}

// license has a long value: one line for each plan of a license.
func (d *deed) license() {
	who := d.colleague()
	d.by(licensing)
	var plans []string
	for i := range 8 {
		plans = append(plans, "[SkuName=LANTERN_SUITE, AccountId="+tenantID+", SkuId="+guidOf(mix(idTarget, 8)).String()+", DisabledPlans=["+guidOf(mix(idTarget, 9, uint64(i))).String()+"]]")
	}
	d.add(changeLicense, ofCoreUser(who, change{"AssignedLicense", "[]", listed(plans...)}, updated("AssignedLicense")))
	d.add(updateUser, ofCoreUser(who, change{"AssignedPlan", "[]", listed(plans[:2]...)}, updated("AssignedLicense", "AssignedPlan")))
}

func (d *deed) deviceUpdate() {
	who := d.colleague()
	device, ok := laptop(who)
	if !ok {
		device.DeviceID, device.DisplayName = guidOf(mix(idTarget, 10, uint64(who.index))).String(), "PHONE-"+itoa(who.index)
	}
	d.by(registration)
	version := itoa(22000 + d.below(2000))
	d.add(updateDevice, ofDevice(who, device.DisplayName, change{"DeviceOSVersion", listed("10.0." + version), listed("10.0." + version + ".1")}, updated("DeviceOSVersion"), change{"TargetId.DeviceId", "", quoted(device.DeviceID)})).
		details = []detail{{"DeviceId", device.DeviceID}, {"DeviceOSType", device.OperatingSystem}}
}

// provisioning is a sync with another system, which often fails.
func (d *deed) provisioning() {
	who := d.colleague()
	d.by(cloudSync)
	r := d.add(provision, ofUser(who), d.org.ofPrincipal(d.ownApp()))
	switch d.below(5) {
	case 0:
		r.result, r.reason = "failure", "The user could not be created: an attribute of the target has the value already."
	case 1:
		r.result, r.reason = "timeout", "The target system did not answer within 30 seconds."
	case 2:
		r.result = ""
	}
}

func (d *deed) dynamicMember() {
	who := d.colleague()
	d.by(approvals)
	g := &d.groups[d.below(2)]
	d.add(addMember, ofCoreUser(who, groupChanges(g, false)...), ofGroup(g))
}

// nobody is a record without an actor. Its activity ends in a full stop, as some do.
func (d *deed) nobody() {
	d.add(recommend, target{kind: "Other", name: "Remove unused applications"})
}
