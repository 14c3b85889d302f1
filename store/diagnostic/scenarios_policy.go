package diagnostic

import "signpost/store"

// oneOfMany says what a condition that matched proves.
const oneOfMany = "A policy applies where all of its conditions match. Which of them the organization meant is not known."

var deviceFacts = values(store.DeviceDisplayName, store.TrustType, store.IsCompliant, store.IsManaged, store.OperatingSystem)

var deviceScenarios = []*Scenario{
	{
		ID: "device-compliant", Title: "The device has to be compliant, and does not show that it is",
		Fixes: []Fix{
			{thePerson, "Open Company Portal, or the settings of the work account, and do what it asks to make the device compliant."},
			{deviceAdministrator, "Look up the device: whether it is enrolled, which compliance rule it breaks, and when it last reported."},
		},
		Try:   []string{"Use a browser that can show which device it runs on.", "Try from a device that is managed."},
		holds: either(code(53000, 530002), asks("CompliantDevice")), why: reasons(policies, deviceFacts),
	},
	{
		ID: "device-joined", Title: "The device has to be joined, and does not show that it is",
		Happened: "The device has to be joined to the organization, and the record does not show that it is.",
		Fixes: []Fix{
			{thePerson, "Use a device of the organization, or a browser that can show which device it runs on."},
			{deviceAdministrator, "Check the join of the device: dsregcmd /status tells it on Windows."},
		},
		holds: either(code(53001, 501293), asks("DomainJoinedDevice")), why: reasons(policies, deviceFacts),
	},
	{
		ID: "approved-app", Title: "An approved client app is required",
		Fixes: []Fix{{thePerson, "Use an app that the organization approves, such as Outlook in place of the phone's own mail program."}},
		holds: either(code(53002, 530021), asks("ApprovedApplication")), why: reasons(policies, values(store.AppDisplayName, store.ClientAppUsed, store.OperatingSystem)),
	},
	{
		ID: "app-protection", Title: "An app with a protection policy is required",
		Fixes: []Fix{
			{thePerson, "Install the broker app, sign in to the app again, and let it apply the organization's rules."},
			{deviceAdministrator, "Check that the person has a licence and a protection policy for this app and platform."},
		},
		holds: either(code(53005, 53009, 501291, 501292), asks("CompliantApplication")), why: reasons(policies, values(store.AppDisplayName, store.OperatingSystem)),
	},
	{
		ID: "token-protection", Title: "Token protection is required, and the token is not bound to a device",
		Fixes: []Fix{
			{thePerson, "Use the desktop app on a registered device; a browser cannot bind its token."},
			{accessAdministrator, "Check that the platform and the app support token protection before they are in the policy."},
		},
		holds: either(code(530084), lacks("SignInTokenProtection")), why: reasons(policies, values(store.SignInTokenProtectionStatus, store.AppTokenProtectionStatus, store.TokenProtectionStatus, store.TokenProtectionStatusCode, store.TrustType)),
	},
	{
		ID: "device-code-blocked", Title: "Signing in by device code was blocked",
		Happened: "The sign-in used a code that is entered on another device. A rule does not allow that, because it is often used to trick people.",
		Fixes:    []Fix{{thePerson, "Sign in on the device itself. If somebody sent the code, do not enter it, and report it."}, {accessAdministrator, "Allow it for single persons or devices only, such as meeting rooms."}},
		holds:    either(code(530033), all(code(530036), flow(store.FlowDeviceCode)), all(blocks("authenticationFlows"), flow(store.FlowDeviceCode))), why: reasons(blocking, values(store.AuthenticationProtocol, store.OriginalTransferMethod)),
	},
	{
		ID: "device-identify", Title: "The device did not show which one it is",
		Fixes: []Fix{{thePerson, "Use a browser that can show the device, and choose the certificate where it asks."}, {deviceAdministrator, "Check the registration of the device."}},
		holds: code(50097, 50129, 50187, 501311, 501312, 501313, 530001, 53008, 530011, 530022, 530003), why: reasons(policies, deviceFacts, values(store.Browser)),
	},
}

func flow(wanted string) func(*Case) bool {
	return func(c *Case) bool {
		for _, flow := range c.SignIn.Flows() {
			if flow == wanted {
				return true
			}
		}
		return false
	}
}

// blocked makes the scenario of a policy that blocks, with a condition that matched.
func blocked(id, title, condition string, holds func(*Case) bool, fixes []Fix, try []string, facts ...*store.Property) *Scenario {
	is := blocks(condition)
	if holds != nil {
		is = all(is, holds)
	}
	return &Scenario{
		ID: id, Title: title, Unknown: oneOfMany, Fixes: fixes, Try: try, holds: is, why: reasons(blocking, values(facts...)),
	}
}

var policyScenarios = []*Scenario{
	blocked("policy-legacy", "A policy blocked an old client that cannot do modern authentication", "clientType", (*Case).isLegacy,
		[]Fix{
			{thePerson, "Use a current app or a browser. Old mail protocols cannot show a page for a second factor."},
			{accessAdministrator, "Find what still uses the old protocol, and move it before anybody makes an exception."},
		},
		[]string{"Remove the account from the old program, so that it stops trying."}, store.ClientAppUsed, store.UserAgent),
	blocked("policy-sign-in-risk", "A policy blocked the sign-in, and its risk was a condition", "signInRisk", nil,
		[]Fix{
			{securityTeam, "Look at the risk of the sign-in. If the person confirms it, dismiss the risk; else reset the password and end the sessions."},
			{thePerson, "Sign in from the usual device and network."},
		}, nil, store.RiskLevelDuringSignIn, store.RiskState, store.RiskEventSet),
	blocked("policy-user-risk", "A policy blocked the sign-in, and the risk of the user was a condition", "userRisk", nil,
		[]Fix{{securityTeam, "Look at the risk of the user. Reset the password, or dismiss the risk once the person is known to be safe."}}, nil, store.RiskState, store.RiskEventSet),
	blocked("policy-insider-risk", "A policy blocked the sign-in, and insider risk was a condition", "insiderRisk", nil,
		[]Fix{{securityTeam, "Ask those who look after insider risk. Do not tell the person why."}}, nil),
	blocked("policy-principal-risk", "A policy blocked the application, and its risk was a condition", "servicePrincipalRisk", nil,
		[]Fix{{securityTeam, "Look at the risk of the service principal, renew its credentials, and dismiss the risk once it is safe."}}, nil, store.IPAddress),
	blocked("policy-flow", "A policy blocked the way in which the token was asked for", "authenticationFlows", nil,
		[]Fix{{thePerson, "Sign in on the device itself."}, {accessAdministrator, "Check the policy's authentication flows."}}, nil, store.AuthenticationProtocol, store.OriginalTransferMethod),
	blocked("policy-location", "A policy blocked access, and the location was a condition", "location", nil,
		[]Fix{
			{thePerson, "Use the usual network, without a VPN that ends in another country."},
			{accessAdministrator, "Check the named locations: the address may be missing, or the place of an address may be wrong."},
		},
		[]string{"Compare the address and the place with where the person is."}, store.IPAddress, store.CountryOrRegion, store.NetworkSet),
	blocked("policy-platform", "A policy blocked access, and the device platform was a condition", "devicePlatform", nil,
		[]Fix{{thePerson, "Use a device with a platform that is allowed."}, {accessAdministrator, "The platform comes from what the client says of itself: check the user agent."}}, nil, store.OperatingSystem, store.UserAgent),
	blocked("policy-device", "A policy blocked access, and the state of the device was a condition", "deviceState", nil,
		[]Fix{{thePerson, "Use a managed device."}, {deviceAdministrator, "Compare the device with the filter of the policy."}}, nil, store.DeviceDisplayName, store.TrustType, store.IsCompliant, store.IsManaged),
	blocked("policy-client", "A policy blocked access, and the client app was a condition", "clientType", nil,
		[]Fix{{thePerson, "Use the browser in place of the app, or the other way round."}, {accessAdministrator, "Check the client apps of the policy."}}, nil, store.ClientAppUsed),
	{
		ID: "policy-blocked", Title: "A policy blocked access", Unknown: "The record names no condition of the policy beside person and application that matched.",
		Fixes: []Fix{{accessAdministrator, "Open the policy, and compare who and what it includes and excludes."}},
		holds: func(c *Case) bool { return c.isDecided() && len(c.unsatisfied((*store.AppliedPolicy).Blocks)) > 0 }, why: blocking,
	},
	{
		ID: "terms-of-use", Title: "Terms of use were not accepted",
		Happened: "A policy asks for accepted terms of use, and the record says that this was not satisfied.",
		Fixes:    []Fix{{thePerson, "Sign in with a browser, read the terms and accept them."}, {accessAdministrator, "Programs without a page cannot show terms: leave their applications out."}},
		holds:    asks("TermsOfUse"), why: policies,
	},
	{
		ID: "password-change-asked", Title: "A policy asks for a new password", Happened: "A policy asks for a password change, and the record says that this was not satisfied.",
		Fixes: []Fix{{thePerson, "Change the password with a second factor."}, {theHelpdesk, "Reset it where the person cannot."}},
		holds: asks("PasswordChange"), why: reasons(policies, values(store.RiskState)),
	},
	{
		ID: "app-control", Title: "Conditional Access app control was not satisfied",
		Happened: "The session has to run through Defender for Cloud Apps, and the record says that this was not satisfied.",
		Fixes:    []Fix{{accessAdministrator, "Check that the application is set up in Defender for Cloud Apps, and that its address is reached through it."}},
		holds:    lacks("CloudAppSecurity"), why: policies,
	},
	{
		ID: "authentication-strength", Title: "The method is not as strong as a policy asks",
		Happened: "A policy asks for an authentication strength, and the methods that were used do not satisfy it.",
		Fixes:    []Fix{{thePerson, "Sign in with a method that the strength allows, such as a passkey."}, {methodAdministrator, "Have the person register such a method."}},
		holds: func(c *Case) bool {
			strong := func(p *store.AppliedPolicy) bool { return p.AuthenticationStrength != "" }
			return c.isDecided() && len(c.unsatisfied(strong)) > 0
		},
		why: reasons(policies, failedStep),
	},
	{
		ID: "security-defaults", Title: "Security defaults blocked the sign-in",
		Fixes: []Fix{{thePerson, "Use a client with modern authentication."}, {tenantAdministrator, "Security defaults have no exceptions: Conditional Access takes their place."}},
		holds: code(530035), why: values(store.ClientAppUsed),
	},
	{
		ID: "control-missing", Title: "A policy asked for something that was not given",
		Fixes: []Fix{{thePerson, "Do what the policy asks, which is named above."}, {accessAdministrator, "Check whether the person can do so with this client."}},
		holds: func(c *Case) bool { return c.isDecided() && len(c.unsatisfied(nil)) > 0 }, why: reasons(policies, failedStep),
	},
	{
		ID: "policy-withheld", Title: "An access policy decided",
		Happened: "An access policy did not let this sign-in through.",
		Unknown:  "Which policy it was is not shown to your roles.",
		Fixes:    []Fix{{accessAdministrator, "Give them the request ID: they see which policy decided."}},
		holds:    all(family("conditionalaccess"), func(c *Case) bool { return c.Withheld }), why: nil,
	},
	{
		ID: "policy-unnamed", Title: "An access policy decided, and the record does not name it",
		Unknown: "Which policy decided is not known. The export may leave policies out, or the sign-in ended before they were written down.",
		Fixes:   []Fix{{accessAdministrator, "Import an export with policies, such as that of Azure Monitor, or look the request ID up in the Entra admin center."}},
		holds: either(family("conditionalaccess"), func(c *Case) bool {
			return c.isDecided() && c.SignIn.Status() == store.StatusFailure && isFailure(c.SignIn)
		}), why: values(store.ConditionalAccessStatus),
	},
}

func isFailure(s *store.SignIn) bool {
	return store.ConditionalAccessStatuses.Words(s.ConditionalAccessStatus) == store.ConditionalAccessStatuses.Words("failure")
}
