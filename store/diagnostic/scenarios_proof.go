package diagnostic

import "signpost/store"

// fatigued is the number of declined or unanswered prompts in a day from which somebody seems to wear the person down.
const fatigued = 5

var successScenarios = []*Scenario{
	{
		ID: "went-on", Title: "The sign-in was interrupted on the way, and succeeded",
		Happened: "The attempt has several events. The last one is a success, so nothing is left to fix.",
		Fixes:    []Fix{{nobody, "The person got in."}},
		holds:    all(succeeded, func(c *Case) bool { return c.Events > 1 }),
	},
	{
		ID: "success", Title: "The sign-in succeeded",
		Happened: "Entra issued a token. What went wrong after that is in the application, not in the sign-in.",
		Fixes:    []Fix{{appOwner, "The application has its own log. Give its owner the time, the person and the correlation ID."}},
		Try:      []string{"Sign out of the application and in again, or use a private window.", "Check whether an earlier sign-in of the same time failed."},
		holds:    succeeded,
	},
}

func succeeded(c *Case) bool { return c.SignIn.Status() == store.StatusSuccess }

// challenge holds for sign-ins in which a second factor was asked for and not given.
var challenge = either(code(500121, 50074, 50076), func(c *Case) bool { return c.code() == 0 && !succeeded(c) })

var prompted = reasons(failedStep, policies, requirements)

var proofScenarios = []*Scenario{
	{
		ID: "mfa-fatigue", Title: "The person was prompted again and again, and declined or did not answer",
		Happened: "Within 24 hours many prompts for a second factor were declined or not answered. Somebody who has the password may try to wear the person down.",
		Unknown:  "Who asked for the prompts is not known. Ask the person whether they started these sign-ins.",
		Fixes: []Fix{
			{securityTeam, "Treat the password as compromised until the person says otherwise: reset it, end all sessions, and look for a success among the tries."},
			{methodAdministrator, "Number matching and the place in the prompt make an approval by mistake less likely."},
		},
		Try:   []string{"Do not approve any prompt that you did not start.", "Change the password from a device that you trust."},
		holds: all(either(code(500121, 50074, 50076)), either(outcome(store.MFADenied), outcome(store.MFATimeout)), func(c *Case) bool { return c.Declined.AtLeast(fatigued) }),
		why:   reasons(failedStep, declined, policies, requirements),
	},
	{
		ID: "mfa-denied", Title: "The prompt for a second factor was declined",
		Happened: "The first factor was right. Then the person, or whoever holds the device, declined the prompt.",
		Unknown:  "Whether the person declined by mistake, or because somebody else started the sign-in, is not known. Ask.",
		Fixes: []Fix{
			{thePerson, "Started it: sign in again and approve. Did not start it: decline and report it."},
			{securityTeam, "Not started by the person: the password is known to somebody. Reset it and end all sessions."},
		},
		Try:   []string{"Start the sign-in again and approve the prompt within its time.", "Compare place and device with what the person uses."},
		holds: all(challenge, outcome(store.MFADenied)), why: reasons(prompted, declined),
	},
	{
		ID: "mfa-timeout", Title: "The prompt for a second factor was not answered in time",
		Happened: "The first factor was right. The prompt then ended without an answer.",
		Unknown:  "Whether the prompt reached the device is not known: the record tells only that no answer came.",
		Fixes: []Fix{
			{thePerson, "Have the device at hand, online and with notifications allowed, and sign in again."},
			{methodAdministrator, "If prompts never arrive, have the person register the method again, or use another one."},
		},
		Try:   []string{"Open the authenticator app before the next try.", "Choose \"Sign in another way\" and use a code."},
		holds: all(challenge, outcome(store.MFATimeout)), why: reasons(prompted, declined),
	},
	{
		ID: "mfa-wrong-code", Title: "A wrong verification code was given",
		Happened: "The first factor was right. The code for the second factor was wrong, used before or too old.",
		Fixes: []Fix{
			{thePerson, "Use the newest code, of the account that is shown on the sign-in page."},
			{methodAdministrator, "If newest codes fail too, the clock of the device may be wrong, or the token belongs to another account."},
		},
		Try:   []string{"Wait for the next code and enter it at once.", "Set the time of the device to automatic."},
		holds: all(challenge, outcome(store.MFAWrongCode)), why: prompted,
	},
	{
		ID: "mfa-not-finished", Title: "A second factor was asked for, and the sign-in ended there",
		Happened: "The first factor was right. A second one was asked for, and this event has no answer to it.",
		Unknown:  "The record does not say whether a prompt was declined, missed or never shown.",
		Fixes:    []Fix{{thePerson, "Go on with the sign-in and give the second factor."}},
		Try:      []string{"Look whether a later event of the attempt succeeded.", "A program without a sign-in page cannot show the prompt: sign in to it anew."},
		holds:    code(50074, 50076), why: prompted,
	},
	{
		ID: "mfa-failed", Title: "The second factor failed, and the record does not say how",
		Unknown: "The record has no step that says whether the prompt was declined, missed or answered wrongly.",
		holds:   code(500121), why: prompted,
	},
	{
		ID: "mfa-not-registered", Title: "The person has no second factor registered that may be used here",
		Happened: "A second factor is required. The person has to register one first, and was sent to the page for it.",
		Fixes: []Fix{
			{thePerson, "Register a method at aka.ms/mysecurityinfo, from a device and place that may register."},
			{methodAdministrator, "Issue a Temporary Access Pass where the person cannot register, or register a method for them."},
		},
		Try:   []string{"Sign in with a browser: many programs cannot show the page for registering."},
		holds: code(50072, 50079, 502031), why: reasons(policies, requirements),
	},
	{
		ID: "registration-blocked", Title: "Registering a method was blocked",
		Happened: "The person had to register a method, and a rule did not let them do so from here.",
		Fixes:    []Fix{{methodAdministrator, "Issue a Temporary Access Pass, or let the person register from a trusted place or device."}},
		holds:    code(53010, 53004, 54010), why: reasons(policies, values(store.RiskLevelDuringSignIn)),
	},
	{
		ID: "mfa-limit", Title: "Too many calls or text messages were asked for",
		Fixes: []Fix{
			{thePerson, "Wait some hours, or use another method."},
			{methodAdministrator, "Check that nobody else asks for them, and have the person register an app or a key."},
		},
		holds: code(50088, 500881, 500882, 500883), why: failedStep,
	},
	{
		ID: "mfa-expired", Title: "The second factor that was given before is too old",
		Happened: "The token says that a second factor was given, and too long ago.",
		Fixes:    []Fix{{thePerson, "Sign in again with the second factor."}},
		holds:    code(50078), why: reasons(lifetimes, requirements),
	},
	{
		ID: "mfa-external", Title: "A check outside of Entra was not passed",
		Happened: "Entra sent the person to another page or provider for more proof. This event has no answer from there.",
		Unknown:  "What happened on the other page is not known: only its own log tells it.",
		Fixes:    []Fix{{thePerson, "Finish the check."}, {accessAdministrator, "If nobody gets through, check the outside provider and its definition in Entra."}},
		holds:    code(50158, 50161, 50170, 50172, 50176, 50159), why: prompted,
	},
}

func lockout(meaning store.Lockout) func(*Case) bool {
	return func(c *Case) bool { return c.SignIn.Lockout() == meaning }
}

var passwordScenarios = []*Scenario{
	{
		ID: "wrong-password-often", Title: "A wrong password was given many times",
		Happened: "The password was wrong, and within 24 hours it was wrong many times for this person.",
		Unknown:  "Whether a person, a device with an old password or an attacker tries is not known. Compare addresses and clients of the tries.",
		Fixes: []Fix{
			{theHelpdesk, "Look for a phone, a mail program or a service that still has an old password."},
			{securityTeam, "Strange addresses or many accounts from one address: it is an attack on passwords."},
		},
		Try:   []string{"Change the password in every device and program that stores it.", "Reset the password if nobody knows where the tries come from."},
		holds: all(code(50126), func(c *Case) bool { return c.Wrong.AtLeast(10) }),
		why:   reasons(failedStep, wrong, values(store.ClientAppUsed, store.IPAddress)),
	},
	{ID: "wrong-password", holds: code(50126, 50064, 50052, 50054, 120000), why: reasons(failedStep, wrong)},
	{
		ID:    "password-expired",
		Fixes: []Fix{{thePerson, "Change the password on the page that the sign-in leads to."}, {theHelpdesk, "Reset it where the person cannot reach that page, for instance because the password is kept on-premises."}},
		Try:   []string{"Sign in with a browser: a program may not be able to show the page for a new password."},
		holds: code(50055, 50144), why: failedStep,
	},
	{
		ID: "password-required", Title: "A new password is required before the sign-in goes on",
		Fixes: []Fix{{thePerson, "Set a new password with a second factor."}, {theHelpdesk, "Reset the password where the person cannot."}},
		holds: code(50135, 50137, 50142), why: reasons(policies, values(store.RiskLevelDuringSignIn, store.RiskState)),
	},
	{
		ID: "malicious-address", Title: "The sign-in was blocked because of its IP address",
		Happened: "Entra has seen malicious activity from this address. It blocked the sign-in without looking at the account's lock.",
		Unknown:  "Whether the password was right is not known.",
		Fixes: []Fix{
			{thePerson, "Use another network. A shared exit, a VPN or an anonymizer can have such an address."},
			{securityTeam, "The organization's own address: find what does this behind it. A strange one: the account is under attack."},
		},
		Try:   []string{"Try without VPN, from the usual network.", "Do not reset the account's lock: it is not the cause."},
		holds: lockout(store.BlockedAddress), why: values(store.IPAddress, store.FailureReason),
	},
	{
		ID: "locked", Title: "The account is locked after wrong tries",
		Happened: "Too many wrong passwords were given. Smart lockout keeps the account shut for a while, and opens it by itself.",
		Unknown:  "Who gave the wrong passwords is not known. An old password on a device does so, and so does an attacker.",
		Fixes: []Fix{
			{thePerson, "Wait, at least a minute and longer after more tries. Do not try on."},
			{theHelpdesk, "Find what tries: devices and programs with an old password. A reset of the password does not always end the lock."},
			{securityTeam, "Tries from strange addresses are an attack on passwords."},
		},
		holds: lockout(store.LockedByTries), why: reasons(values(store.FailureReason), wrong),
	},
	{
		ID: "locked-or-address", Title: "Locked, or blocked because of the address",
		Unknown: "Code 50053 has two meanings. The record has no reason that tells which.",
		holds:   lockout(store.LockoutUntold), why: reasons(values(store.FailureReason, store.IPAddress), wrong),
	},
	{
		ID: "no-password-check", Title: "The password could not be checked on-premises",
		Happened: "The tenant sends passwords to agents that ask Active Directory. An agent, or what it needs, did not answer as it should.",
		Fixes:    []Fix{{tenantAdministrator, "Check the agents of pass-through authentication: their state, network, clock and the domain controllers."}},
		holds:    family("passthrough"), why: failedStep,
	},
}
