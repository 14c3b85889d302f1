package store

import "slices"

// Carriers are the logs whose sign-ins can hold a property. A record of another log may carry a value nonetheless
// (Azure Monitor fills servicePrincipalId of some user sign-ins, and notApplied of managed identities): it stays in Raw.
type Carriers uint8

// The carriers. The zero value is every log: what real records of one log do not carry today, they may tomorrow.
const (
	EveryLog      Carriers = iota
	UserLogs               // users, their devices and how they proved who they are
	PrincipalLogs          // service principals and managed identities
	AddressLogs            // addresses, places and Conditional Access: managed identities have none
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

// AppliesTo says whether sign-ins of the log can hold a value of the property.
func (p *Property) AppliesTo(log LogInfo) bool { return p.Carriers.include(log) }

// AppliesTo says whether sign-ins of the log can hold a value of the field. A condition on one that does not
// apply is set aside there: it narrows nothing, and comes back on a log where it does.
func (f *Field) AppliesTo(log LogInfo) bool {
	return len(f.Properties) == 0 || slices.ContainsFunc(f.Properties, func(p *Property) bool { return p.AppliesTo(log) })
}

// For parts the filter into the conditions on fields that apply to the log and those set aside.
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
