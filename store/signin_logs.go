package store

// The logs of the sign-in pages. Federated and AD FS sign-ins are interactive sign-ins.
const (
	Interactive      Log = "interactive"
	NonInteractive   Log = "noninteractive"
	ServicePrincipal Log = "serviceprincipal"
	ManagedIdentity  Log = "managedidentity"
)

// The logs of a property that not every sign-in can have. A record of another log may have a value all the same: Azure Monitor
// fills servicePrincipalId of some user sign-ins, and notApplied of managed identities. Such a value stays in Raw.
var (
	userLogs      = []Log{Interactive, NonInteractive}                   // about users, their devices and their authentication
	principalLogs = []Log{ServicePrincipal, ManagedIdentity}             // about service principals and managed identities
	addressLogs   = []Log{Interactive, NonInteractive, ServicePrincipal} // about addresses, places and Conditional Access, which managed identities do not have
)

var signInLogs = []LogInfo{
	{
		Log: Interactive, Number: 0, Title: "User sign-ins (interactive)", Short: "Interactive",
		FileStem: "InteractiveSignIns", Category: "SignInLogs", User: true, Folds: true,
		Actor: UserField, Target: AppField, One: "user", Many: "users",
		Principals: []*Property{UserID}, Apps: []*Property{AppID},
	},
	{
		Log: NonInteractive, Number: 1, Title: "User sign-ins (non-interactive)", Short: "Non-interactive",
		FileStem: "NonInteractiveSignIns", Category: "NonInteractiveUserSignInLogs", User: true, Grouped: true,
		Actor: UserField, Target: AppField, One: "user", Many: "users",
		GroupBy:    []*Property{AppID, UserID, IPAddress, ErrorCode, ResourceID},
		Principals: []*Property{UserID}, Apps: []*Property{AppID},
	},
	{
		Log: ServicePrincipal, Number: 2, Title: "Service principal sign-ins", Short: "Service principal",
		FileStem: "ApplicationSignIns", Category: "ServicePrincipalSignInLogs", Grouped: true,
		Actor: ServicePrincipalField, Target: ResourceField, One: "service principal", Many: "service principals",
		GroupBy:    []*Property{ServicePrincipalID, ErrorCode, IPAddress, ResourceID},
		Principals: []*Property{ServicePrincipalID}, Apps: []*Property{AppID},
	},
	{
		Log: ManagedIdentity, Number: 3, Title: "Managed identity sign-ins", Short: "Managed identity",
		FileStem: "MSISignIns", Category: "ManagedIdentitySignInLogs", Grouped: true,
		Actor: ServicePrincipalField, Target: ResourceField, One: "managed identity", Many: "managed identities",
		GroupBy:    []*Property{ServicePrincipalID, ErrorCode, ResourceID},
		Principals: []*Property{ServicePrincipalID}, Apps: []*Property{AppID},
	},
}
