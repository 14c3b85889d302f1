package diagnostic

import "signpost/store"

// expected is the fix of what is no failure.
var expected = []Fix{{nobody, "It is a part of a sign-in that works. Look at the event after it."}}

var sessionScenarios = []*Scenario{
	{
		ID: "keep-signed-in", Title: "The person was asked whether to stay signed in: this is no failure",
		Fixes: expected, Try: []string{"To leave the question out, switch it off in the company branding."},
		holds: code(50140),
	},
	{
		ID: "silent", Title: "A page looked for a session and found none: this is no failure",
		Fixes: expected, Try: []string{"If people are asked too often, check that the browser may use third-party cookies."},
		holds: code(50058, 500581, 501314),
	},
	{
		ID: "choose-account", Title: "Another account has to be chosen",
		Fixes: []Fix{{thePerson, "Choose the account that belongs to this tenant, or use a private window."}},
		holds: code(16000, 16001, 16002, 160011, 160021, 50143), why: tenantFacts,
	},
	{
		ID: "confirm-app", Title: "The person had to confirm which application asks: this is no failure",
		Fixes: expected, holds: code(50199),
	},
	{
		ID: "device-code-waiting", Title: "The application waits for the device code to be entered: this is no failure",
		Fixes: expected, holds: code(70016, 90119, 90120),
	},
	{
		ID: "device-code-ended", Title: "The device code was not used in time, or was declined",
		Fixes: []Fix{{thePerson, "Start again on the device and enter the new code. Enter no code that somebody else gives you."}},
		holds: code(70018, 70019, 70033, 70034, 70035, 70037, 70039, 90132), why: values(store.AuthenticationProtocol),
	},
	{
		ID: "sign-in-frequency", Title: "The session has reached the age at which a policy asks for a new sign-in",
		Happened: "The token is good, and a policy limits how long it may be used without a new sign-in. The client asks the person to sign in, and goes on.",
		Fixes:    []Fix{{thePerson, "Sign in when the program asks."}, {accessAdministrator, "If people are asked too often, look at the sign-in frequency of all policies: the shortest counts."}},
		holds:    code(70043, 70044, 70046), why: reasons(lifetimes, policies, asked),
	},
	{
		ID: "session-revoked", Title: "The session was ended, or the password was changed since",
		Unknown: "Who ended it is not known from the sign-in. The audit log below may tell it.",
		Fixes:   []Fix{{thePerson, "Sign in again with the present password."}, {theHelpdesk, "If nobody changed the password or ended sessions on purpose, ask the security team."}},
		holds:   code(50173, 50132, 50133), why: values(store.IncomingTokenType),
	},
	{
		ID: "token-unused", Title: "The token was not used for too long, or has reached its end",
		Fixes: []Fix{{thePerson, "Sign in again in the program. A program that nobody uses any more can be removed."}},
		holds: code(700082, 70008, 700084, 50089), why: values(store.IncomingTokenType, store.DeviceDisplayName, store.Browser),
	},
	{
		ID: "service-trouble", Title: "Entra had a fault of its own",
		Unknown: "The record does not tell more about the fault.",
		Fixes:   []Fix{{theService, "Look at the service health if it goes on; give support the request ID and the time."}},
		Try:     []string{"Try again after some minutes."},
		holds:   family("service"),
	},
}

var generalScenarios = []*Scenario{
	{
		ID: "untold", Title: "The record does not say how the sign-in ended",
		Happened: "It has neither an error code nor a status.", Unknown: "Whether the sign-in failed is not known.",
		Fixes: []Fix{{tenantAdministrator, "Import an export that has the status, or look the request ID up in the Entra admin center."}},
		holds: func(c *Case) bool { return c.SignIn.Status() == store.StatusUnknown },
	},
	{ID: "code", holds: func(c *Case) bool { info, ok := c.info(); return ok && info.Known() }, why: reasons(failedStep, values(store.FailureReason))},
	{
		ID: "code-unknown", Title: "Why the sign-in failed is not known",
		Happened: "Nothing is known of the error code.", Unknown: "Only the reason in the record, if there is one, says more.",
		Fixes: []Fix{{tenantAdministrator, "Look the code up in the Entra admin center, or give support the request ID and the time."}},
		holds: func(c *Case) bool { return c.code() != 0 }, why: reasons(failedStep, values(store.FailureReason, store.AdditionalDetails)),
	},
	{
		ID: "no-code", Title: "Why the sign-in failed is not known",
		Happened: "The record has no error code.", Unknown: "Only the reason in the record, if there is one, says more.",
		Fixes: []Fix{{tenantAdministrator, "Import an export that has the error code, or look the request ID up in the Entra admin center."}},
		holds: func(*Case) bool { return true }, why: reasons(failedStep, values(store.FailureReason, store.AdditionalDetails)),
	},
}

func asked(c *Case) []Reason {
	return counted(c.Asked, "for which a session lifetime policy asked for proof again", AskedFilter())
}
