package risk

import "signpost/store"

// Activities are the kinds of things that a detection is linked to.
var Activities = store.NewEnumeration("activityType", `
	signin: Sign-in
	user: User
	servicePrincipal: Service principal`)

// Timings say when Microsoft noticed something.
var Timings = store.NewEnumeration("riskDetectionTimingType", `
	notDefined: Not defined
	realtime: Real time
	nearRealtime: Near real time
	offline: Offline`)

const servicePrincipal = "servicePrincipal"

// AgentTypes are the kinds of workload identities. Agents are some of them.
var AgentTypes = store.NewEnumeration("agentIdentityType", `
	servicePrincipal: Service principal
	agentIdentity: Agent identity
	agentIdentityBlueprintPrincipal: Principal of an agent identity blueprint
	agentUser: User account of an agent`)

// Reasons say why Microsoft saw a risk. There is no public list of them, so pages show others as they came.
var Reasons = store.NewEnumeration("riskReasons", `
	NotSet: Not set
	suspiciousIP: Suspicious IP address
	passwordSpray: Password spray
	UnfamiliarASN: Unfamiliar network (ASN)
	UnfamiliarBrowser: Unfamiliar browser
	UnfamiliarDevice: Unfamiliar device
	UnfamiliarIP: Unfamiliar IP address
	UnfamiliarLocation: Unfamiliar location
	UnfamiliarEASId: Unfamiliar Exchange ActiveSync ID
	UnfamiliarTenantIPsubnet: IP subnet unfamiliar to the tenant`)

// Techniques are the techniques of MITRE ATT&CK that Microsoft's documentation names. Pages show others by their numbers.
var Techniques = store.NewEnumeration("mitreTechniqueId", `
	T1078: T1078 Valid accounts
	T1090: T1090 Proxy
	T1539: T1539 Steal web session cookie`)

// InfoKeys are the known keys of additionalInfo. Pages show others as they came.
var InfoKeys = store.NewEnumeration("additionalInfo", `
	userAgent: User agent
	alertUrl: Address of the alert
	relatedEventTimeInUtc: Time of the related event (UTC)
	relatedUserAgent: User agent of the related event
	deviceInformation: Device
	relatedLocation: Location of the related event
	requestId: Request ID
	correlationId: Correlation ID
	lastActivityTimeInUtc: Last activity (UTC)
	malwareName: Malware
	clientLocation: Location of the client
	clientIp: IP address of the client
	riskReasons: Risk reasons
	mitreTechniques: Techniques (MITRE ATT&CK)`)
