package store

import "slices"

// Carriers are the logs with sign-ins that can have a property. A record of another log may have a value all the
// same: Azure Monitor fills servicePrincipalId of some user sign-ins, and notApplied of managed identities. Such a
// value stays in Raw.
type Carriers uint8

// The carriers. The zero value is every log: a property that real records of one log lack today may come tomorrow.
const (
	EveryLog      Carriers = iota
	UserLogs               // about users, their devices and their authentication
	PrincipalLogs          // about service principals and managed identities
	AddressLogs            // about addresses, places and Conditional Access, which managed identities do not have
)

func (c Carriers) include(log LogInfo) bool {
	switch c {
	case UserLogs:
		return log.User
	case PrincipalLogs:
		return !log.User
	case AddressLogs:
		return log.Log != ManagedIdentity
	}
	return true
}

// AppliesTo tells whether sign-ins of the log can have a value of the property.
func (p *Property) AppliesTo(log LogInfo) bool { return p.Carriers.include(log) }

// AppliesTo tells whether sign-ins of the log can have a value of the field. In another log a condition on the
// field is set aside: it narrows nothing there, and counts again in a log that has the field.
func (f *Field) AppliesTo(log LogInfo) bool {
	return len(f.Properties) == 0 || slices.ContainsFunc(f.Properties, func(p *Property) bool { return p.AppliesTo(log) })
}

// For splits the filter into the conditions on fields that apply to the log, and those set aside.
func (f Filter) For(log LogInfo) (applied, aside Filter) {
	applied.told, aside.told = f.told, f.told
	for _, c := range f.conditions {
		if c.Field.AppliesTo(log) {
			applied.conditions = append(applied.conditions, c)
		} else {
			aside.conditions = append(aside.conditions, c)
		}
	}
	return applied, aside
}
