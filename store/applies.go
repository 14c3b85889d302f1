package store

import "slices"

// Fields that hold nothing in the logs without a user, in those with one, and in that of managed identities. A
// record may carry such a value nonetheless (Azure Monitor fills servicePrincipalId of some user sign-ins, and
// notApplied of managed identities): it stays in Raw.
var (
	userFields = []string{
		"user", "identifier", "usertype", "client", "method", "mfa", "requirement", "os", "browser", "device", "devicename",
		"compliant", "managed", "trust", "agent", "tokenprotection", "crosstenant", "hometenant", "risk", "risksignin",
		"riskstate", "riskdetail", "riskevent", "flagged", "issuer", "issuername", "transfer", "tokentype", "session", "cae",
	}
	principalFields = []string{"sp", "key", "thumbprint", "federatedcredential", "mitype"}
	addressFields   = []string{"ip", "ipresource", "city", "state", "country", "asn", "network", "gsa", "ca", "policy", "policyresult"}
)

// AppliesTo says whether sign-ins of the log can hold a value of the field. A condition on one that does not
// apply is set aside there: it narrows nothing, and comes back on a log where it does.
func (f *Field) AppliesTo(log LogInfo) bool {
	switch {
	case log.User:
		return !slices.Contains(principalFields, f.Name)
	case slices.Contains(userFields, f.Name):
		return false
	case log.Log == ManagedIdentity:
		return !slices.Contains(addressFields, f.Name)
	}
	return true
}

// For parts the filter into the conditions on fields that apply to the log and those set aside.
func (f Filter) For(log LogInfo) (applied, aside Filter) {
	applied.members, aside.members = f.members, f.members
	for _, c := range f.conditions {
		if c.Field.AppliesTo(log) {
			applied.conditions = append(applied.conditions, c)
		} else {
			aside.conditions = append(aside.conditions, c)
		}
	}
	return applied, aside
}
