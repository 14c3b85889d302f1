package diagnostic

import (
	"strings"

	"signpost/store"
)

func isGuest(c *Case) bool {
	return strings.EqualFold(c.SignIn.UserType, "guest") || crossesTenants(c)
}

// crossesTenants says that the record names two tenants, that of the person and that of the resource.
func crossesTenants(c *Case) bool {
	s := c.SignIn
	return s.HomeTenantID != "" && s.ResourceTenantID != "" && !strings.EqualFold(s.HomeTenantID, s.ResourceTenantID)
}

var tenantFacts = values(store.UserType, store.HomeTenantName, store.HomeTenantID, store.ResourceTenantID, store.CrossTenantAccessType)

var accountScenarios = []*Scenario{
	{
		ID:      "account-disabled",
		Unknown: "The sign-in does not say who disabled it. The audit log below may.",
		Fixes:   []Fix{{userAdministrator, "Ask why it is disabled, and enable it only then. An account from Active Directory is enabled there."}},
		Try:     []string{"Look for a leaver's process or an answer to an attack before anybody enables it."},
		holds:   code(50057, 500571),
	},
	{
		ID: "guest-not-invited", Title: "The person is not a guest of this tenant",
		Fixes: []Fix{
			{thePerson, "Sign in with the account that was invited, in a private window."},
			{userAdministrator, "Invite the person, with the very address that they sign in with."},
		},
		holds: either(code(50020, 90072, 16003), all(code(50034), isGuest)), why: tenantFacts,
	},
	{
		ID:    "guest-pending",
		Fixes: []Fix{{thePerson, "Open the invitation and accept it with the address that it was sent to."}, {userAdministrator, "Send the invitation again."}},
		holds: code(50014), why: tenantFacts,
	},
	{
		ID: "cross-tenant-out", Title: "The person's own organization does not allow access to this tenant",
		Fixes: []Fix{{homeAdministrator, "Allow the tenant, the person and the application in the outbound settings of cross-tenant access."}},
		holds: code(500212), why: tenantFacts,
	},
	{
		ID: "cross-tenant-in", Title: "The tenant of the resource does not let the person in",
		Fixes: []Fix{{tenantAdministrator, "In the tenant of the resource: allow the organization, the person and the application in the inbound settings of cross-tenant access."}},
		holds: code(500213), why: tenantFacts,
	},
	{
		ID: "tenant-restrictions", Title: "The network lets people sign in to listed tenants only",
		Happened: "A proxy or a device tells Entra which tenants may be used from there. The tenant of this sign-in is not among them.",
		Fixes:    []Fix{{tenantAdministrator, "The organization that runs the network adds the tenant to its tenant restrictions."}, {thePerson, "Use another network, if the organization allows that."}},
		holds:    code(500021, 500022, 50002), why: reasons(values(store.IPAddress), tenantFacts),
	},
	{
		ID: "user-unknown", Title: "No user has this name",
		Unknown: "Whether the name was mistyped, or the user was removed, is not known from the sign-in.",
		Fixes:   []Fix{{thePerson, "Type the whole name again, with the right domain."}, {theHelpdesk, "Look the name up, also among removed users. Many such names from one address are an attack."}},
		holds:   code(50034), why: values(store.SignInIdentifier, store.IPAddress),
	},
	{
		ID:    "tenant-unknown",
		Fixes: []Fix{{appOwner, "Correct the tenant in the address that the application asks."}, {thePerson, "Type the whole user name, with the right domain."}},
		holds: code(50059, 90002, 90019, 50128), why: tenantFacts,
	},
	{
		ID: "federated-trust", Title: "The trust with the outside identity provider is broken",
		Happened: "The person signs in at another provider. Entra does not accept what that provider sent, or cannot use it.",
		Unknown:  "What happened at the other provider is not known: its own log tells it.",
		Fixes: []Fix{
			{tenantAdministrator, "Compare the settings of the federated domain with the provider: issuer, address and signing certificate, and the clocks. A renewed certificate has to be known to Entra."},
		},
		Try:   []string{"Check whether everybody of the domain fails since the same hour.", "Sign in with an account of the cloud's own domain to repair it."},
		holds: either(family("federation"), all(code(50008, 50017, 50006, 50013), func(c *Case) bool { return c.SignIn.TokenIssuerType != "" && isFederated(c.SignIn) })),
		why:   values(store.TokenIssuerType, store.TokenIssuerName, store.FailureReason),
	},
}

// isFederated says that the token came from another issuer than Entra.
func isFederated(s *store.SignIn) bool { return !strings.EqualFold(s.TokenIssuerType, "AzureAD") }
