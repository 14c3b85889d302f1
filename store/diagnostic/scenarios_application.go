package diagnostic

import "signpost/store"

var (
	appFacts        = values(store.AppDisplayName, store.AppID)
	resourceFacts   = values(store.ResourceDisplayName, store.ResourceID)
	credentialFacts = values(store.ServicePrincipalName, store.ClientCredentialType, store.CredentialKeyID, store.CredentialThumbprint)
)

var applicationScenarios = []*Scenario{
	{
		ID: "consent-missing", Title: "Nobody has agreed to what the application asks for",
		Unknown: "Which permissions the application asks for is not known from the sign-in.",
		Fixes: []Fix{
			{thePerson, "Agree on the page, if the application is known and the page lets you."},
			{appAdministrator, "Check publisher and permissions. Consent for all, or refuse."},
		},
		holds: code(65001), why: appFacts,
	},
	{
		ID: "consent-by-administrator", Title: "Consent of an administrator is needed",
		Fixes: []Fix{{appAdministrator, "Check publisher and permissions, and consent for all or refuse. Requests wait in the enterprise applications."}, {thePerson, "Ask for the approval on the page, and wait."}},
		holds: code(90094, 90095, 90097, 900941, 900942, 90008), why: appFacts,
	},
	{
		ID: "consent-declined", Title: "The person did not agree to the application",
		Fixes: []Fix{{thePerson, "Sign in again and agree, if the application is known. Otherwise it was right not to."}},
		holds: code(65004, 90137), why: appFacts,
	},
	{
		ID:    "not-assigned",
		Fixes: []Fix{{appAdministrator, "Assign the person or a group of theirs. Groups inside of groups do not count."}, {appOwner, "Decides who may use it."}},
		holds: code(50105), why: appFacts,
	},
	{
		ID: "secret-expired", Title: "The secret of the application has expired",
		Fixes: []Fix{{appOwner, "Add a secret, give it to everything that runs as the application, and then remove the old one."}},
		Try:   []string{"Use a certificate or a managed identity, so that this does not come back.", "Look who else uses the same key ID."},
		holds: code(7000222), why: credentialFacts,
	},
	{
		ID: "secret-wrong", Title: "The secret of the application is wrong",
		Fixes: []Fix{{appOwner, "Enter the value of the secret, not its ID. It is shown only once, when it is made."}},
		Try:   []string{"Look whether a secret was removed or renewed in the audit log below."},
		holds: code(7000215), why: credentialFacts,
	},
	{
		ID: "certificate-wrong", Title: "The certificate of the application does not fit",
		Fixes: []Fix{{appOwner, "Compare the thumbprint that the program uses with the certificates of the registration. Add the right one, or give the program the right key."}},
		holds: code(700027, 700029, 700030, 700026, 1000502, 7000213, 7000214, 7000221, 50003, 50006, 50017), why: credentialFacts,
	},
	{
		ID: "assertion-time", Title: "The proof of the application is outside its time",
		Happened: "The application signed a proof of who it is. It is too old, or from the future.",
		Fixes:    []Fix{{appOwner, "Set the clock of the machine right, and make a new proof for each request."}},
		holds:    code(700024, 500133), why: credentialFacts,
	},
	{
		ID: "federated-credential", Title: "The federated credential of the application does not fit",
		Happened: "The application brought a token of another provider, and no federated credential of its registration matches it.",
		Fixes:    []Fix{{appOwner, "Compare issuer, subject and audience of the outside token with the federated credentials of the registration."}},
		holds:    code(700211, 700212, 700213, 700223, 7002381, 700229, 50048), why: reasons(credentialFacts, values(store.FederatedCredentialID)),
	},
	{
		ID: "credential-missing", Title: "The application sent no credential, or one that it must not send",
		Fixes: []Fix{{appOwner, "A program on a server needs a secret or a certificate. A program on a device or in a page must not send one: set the right platform in its registration."}},
		holds: code(7000216, 7000218, 50192, 700025, 9002319), why: credentialFacts,
	},
	{
		ID: "redirect-address", Title: "The reply address does not fit the registration",
		Happened: "The application asked that the answer goes to an address which its registration does not have.",
		Unknown:  "The record does not hold that address. The request of the application does.",
		Fixes:    []Fix{{appOwner, "Register the address that the application sends, letter for letter, or correct the application."}},
		Try:      []string{"Compare http and https, the port, upper and lower case, and a slash at the end."},
		holds:    code(50011, 500112, 500113, 700042, 900971, 70004), why: appFacts,
	},
	{
		ID: "app-unknown", Title: "The application is not in this tenant",
		Fixes: []Fix{{appOwner, "Check the application ID and the tenant that the program asks."}, {appAdministrator, "Add the application to the tenant, by consent of an administrator."}},
		holds: code(700016, 700011, 90049, 650059), why: reasons(appFacts, tenantFacts),
	},
	{
		ID: "resource-unknown", Title: "The resource is not in this tenant",
		Fixes: []Fix{{appOwner, "Correct the resource or the scope that the program asks for."}, {appAdministrator, "Add the service of the resource to the tenant; it may need a licence."}},
		holds: code(500011, 50001, 650052, 650057), why: resourceFacts,
	},
	{
		ID:      "app-disabled",
		Unknown: "The sign-in does not say who disabled it. The audit log below may.",
		Fixes:   []Fix{{appAdministrator, "Ask why, and set \"Enabled for users to sign in\" only then."}},
		holds:   code(7000112, 500014, 70001), why: reasons(appFacts, resourceFacts),
	},
	{
		ID: "response-type", Title: "The registration does not allow the kind of answer that was asked for",
		Fixes: []Fix{{appOwner, "Use the authorization code flow. Else switch on ID or access tokens under Authentication of the registration."}},
		holds: code(700054, 700051, 70005), why: appFacts,
	},
}
