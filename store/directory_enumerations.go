package store

// ObjectTypes are the types of users, groups and service principals. Those of groups are words already.
var ObjectTypes = NewEnumeration("userType, servicePrincipalType", `
	Member: Member
	Guest: Guest
	Application: Application
	ManagedIdentity: Managed identity
	Legacy: Legacy
	SocialIdp: Social identity provider`)

// factEnumerations are those of the facts of objects, by Graph's property names.
var factEnumerations = map[string]*Enumeration{
	"groupTypes": NewEnumeration("groupTypes", `
		Unified: Microsoft 365
		DynamicMembership: Dynamic membership`),
	"signInAudience": NewEnumeration("signInAudience", `
		AzureADMyOrg: This tenant only
		AzureADMultipleOrgs: Any tenant
		AzureADandPersonalMicrosoftAccount: Any tenant, and personal Microsoft accounts
		PersonalMicrosoftAccount: Personal Microsoft accounts only`),
	"creationType": NewEnumeration("creationType", `
		Invitation: Invitation
		LocalAccount: Local account
		EmailVerified: Sign-up with a verified email address
		SelfServiceSignUp: Self-service sign-up`),
	"externalUserState": NewEnumeration("externalUserState", `
		PendingAcceptance: Not accepted yet
		Accepted: Accepted`),
	"preferredSingleSignOnMode": NewEnumeration("preferredSingleSignOnMode", `
		notSupported: Not supported
		password: Password
		saml: SAML
		oidc: OpenID Connect
		external: External`),
	"visibility": NewEnumeration("visibility", `
		Public: Public
		Private: Private
		HiddenMembership: Hidden membership`),
}

// truthFact are the words of a fact that is true or false.
var truthFact = NewEnumeration("boolean", `
	true: Yes
	false: No`)

// FactWords gives a fact of an object in words.
func FactWords(f KeyValue) string {
	if e := factEnumerations[f.Key]; e != nil {
		return e.Words(f.Value)
	}
	return truthFact.Words(f.Value)
}
