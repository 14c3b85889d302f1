package activity

import (
	"strconv"
	"strings"

	"signpost/store"
)

// UserTypes are the kinds of actors. Records have the number or the name, in several casings. Records of Entra say Regular of
// administrators too.
var UserTypes = store.NewEnumeration("UserType", `
	Regular: Regular user
	Reserved: Reserved
	Admin: Administrator
	DcAdmin: Microsoft datacenter administrator
	System: System
	Application: Application
	ServicePrincipal: Service principal
	CustomPolicy: Custom policy
	SystemPolicy: System policy
	PartnerTechnician: Technician of a partner
	Guest: Guest`)

// LogonTypes are how somebody opened a mailbox.
var LogonTypes = store.NewEnumeration("LogonType", `
	Owner: Owner
	Admin: Administrator
	Delegated: Delegate
	Transport: Transport service
	SystemService: Service account
	BestAccess: Best access
	DelegatedAdmin: Delegated administrator`)

// Outcomes are how an activity ended.
var Outcomes = store.NewEnumeration("outcome", `
	success: Success
	failure: Failure
	interrupted: Interrupted`)

// valueOf gives a value of an enumeration that a record tells by its place in it, or by its name in any casing. Anything else
// stays as it is.
func valueOf(e *store.Enumeration, told string) string {
	told = strings.TrimSpace(told)
	if n, err := strconv.Atoi(told); err == nil {
		if n >= 0 && n < len(e.Values)-1 { // behind them stands that of values without a name
			return e.Values[n]
		}
		return told
	}
	for _, value := range e.Values {
		if strings.EqualFold(value, told) {
			return value
		}
	}
	return told
}
