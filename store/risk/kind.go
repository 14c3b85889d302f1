package risk

import (
	"time"

	"signpost/store"
)

// The properties that pages name. Their names are Graph's, and their labels the Entra portal's. Names of properties that follow from
// others are ours.
var (
	ID            = store.UniqueID("id", "Detection ID", func(r *Record) *string { return r.ID() })
	RequestID     = store.UniqueID("requestId", "Request ID", func(r *Record) *string { return &r.RequestID })
	CorrelationID = store.UniqueID("correlationId", "Correlation ID", func(r *Record) *string { return &r.CorrelationID })

	EventType  = store.Text("riskEventType", "Detection type", func(r *Record) *string { return &r.EventType }).InWords(store.RiskDetections)
	FormerType = store.Text("riskType", "Former detection type", func(r *Record) *string { return &r.FormerType }).InWords(store.RiskDetections)
	State      = store.Enum("riskState", "Risk state", func(r *Record) *string { return &r.State }).InWords(store.RiskStates)
	Level      = store.Enum("riskLevel", "Risk level", func(r *Record) *string { return &r.Level }).InWords(store.RiskLevels)
	Detail     = store.Enum("riskDetail", "Risk detail", func(r *Record) *string { return &r.Detail }).InWords(store.RiskDetails)
	Source     = store.Text("source", "Source", func(r *Record) *string { return &r.Source })
	Timing     = store.Enum("detectionTimingType", "Detection timing", func(r *Record) *string { return &r.Timing }).InWords(Timings)
	Activity   = store.Enum("activity", "Activity", func(r *Record) *string { return &r.Activity }).InWords(Activities)
	Issuer     = store.Text("tokenIssuerType", "Token issuer type", func(r *Record) *string { return &r.Issuer }).InWords(store.TokenIssuers)
	Technique  = store.Text("mitreTechniqueId", "Main technique", func(r *Record) *string { return &r.Technique }).InWords(Techniques)
	Detected   = store.Text("detectedDateTime", "Detected", func(r *Record) *string { return &r.Detected }).AsInstant()
	Updated    = store.Text("lastUpdatedDateTime", "Last updated", func(r *Record) *string { return &r.Updated }).AsInstant()

	Address  = store.Text("ipAddress", "IP address", func(r *Record) *string { return &r.Address }).AsAddress()
	City     = store.Text("location.city", "City", func(r *Record) *string { return &r.City })
	Region   = store.Text("location.state", "State", func(r *Record) *string { return &r.Region })
	Country  = store.Text("location.countryOrRegion", "Country or region", func(r *Record) *string { return &r.Country }).InWords(store.Countries)
	Location = store.PlaceOf("Location", func(r *Record) *string {
		place := r.Place()
		return &place
	}, City, Region, Country)

	UserID            = store.EntityID("userId", "User ID", func(r *Record) *string { return &r.UserID }, func(r *Record) string { return r.Username }).OnlyIn(Users)
	Username          = store.Text("userPrincipalName", "Username", func(r *Record) *string { return &r.Username }).OnlyIn(Users)
	UserName          = store.Text("userDisplayName", "User", func(r *Record) *string { return &r.UserName }).OnlyIn(Users).Alone("User's display name")
	UserType          = store.Enum("userType", "User type", func(r *Record) *string { return &r.UserType }).InWords(store.UserTypes).OnlyIn(Users)
	HomeTenantID      = store.Text("homeTenantId", "Home tenant ID", func(r *Record) *string { return &r.HomeTenantID }).OnlyIn(Users)
	ResourceTenantID  = store.Text("resourceTenantId", "Resource tenant ID", func(r *Record) *string { return &r.ResourceTenantID }).OnlyIn(Users)
	CrossTenantAccess = store.Enum("crossTenantAccessType", "Cross tenant access type", func(r *Record) *string { return &r.CrossTenantAccess }).InWords(store.CrossTenantAccess).OnlyIn(Users)

	AppID           = store.Text("appId", "Application ID", func(r *Record) *string { return &r.AppID }).OnlyIn(Workloads)
	PrincipalID     = store.Text("servicePrincipalId", "Service principal ID", func(r *Record) *string { return &r.PrincipalID }).OnlyIn(Workloads)
	PrincipalName   = store.Text("servicePrincipalDisplayName", "Service principal", func(r *Record) *string { return &r.PrincipalName }).OnlyIn(Workloads)
	AgentID         = store.Text("agentId", "Agent ID", func(r *Record) *string { return &r.AgentID }).OnlyIn(Workloads)
	AgentName       = store.Text("agentDisplayName", "Agent", func(r *Record) *string { return &r.AgentName }).OnlyIn(Workloads)
	IdentityID      = store.Text("identityId", "Identity ID of the agent", func(r *Record) *string { return &r.IdentityID }).OnlyIn(Workloads)
	IdentityName    = store.Text("displayName", "Display name of the agent", func(r *Record) *string { return &r.IdentityName }).OnlyIn(Workloads)
	AgentType       = store.Enum("identityType", "Identity type of the agent", func(r *Record) *string { return &r.AgentType }).InWords(AgentTypes).OnlyIn(Workloads)
	BlueprintID     = store.Text("blueprintId", "Blueprint ID", func(r *Record) *string { return &r.BlueprintID }).OnlyIn(Workloads)
	ClientSessionID = store.UniqueID("clientSessionId", "Client session ID", func(r *Record) *string { return &r.ClientSessionID }).OnlyIn(Workloads)
	ClientName      = store.Text("signInClientDisplayName", "Client of the sign-in", func(r *Record) *string { return &r.ClientName }).OnlyIn(Workloads)
	Evidence        = store.Text("riskEvidence", "Evidence", func(r *Record) *string { return &r.Evidence }).AsInRow().AsLong().OnlyIn(Workloads)

	UserAgent    = store.Text("userAgent", "User agent", func(r *Record) *string { return &r.UserAgent }).AsMadeUp()
	Tenant       = store.Text("tenantId", "Tenant ID", func(r *Record) *string { return &r.Tenant }).AsMadeUp()
	WorkloadID   = store.EntityID("workload.id", "Workload identity ID", func(r *Record) *string { return &r.WorkloadID }, func(r *Record) string { return r.WorkloadName }).AsMadeUp().OnlyIn(Workloads)
	WorkloadName = store.Text("workload.displayName", "Workload identity", func(r *Record) *string { return &r.WorkloadName }).AsMadeUp().OnlyIn(Workloads)
	WorkloadType = store.Text("workload.type", "Identity type", func(r *Record) *string { return &r.WorkloadType }).InWords(AgentTypes).AsMadeUp().OnlyIn(Workloads)

	ReasonSet    = store.Set("riskReasons", "Risk reason", func(r *Record) []string { return orUnread(r.Reasons, r.UnreadInfo) }).InWords(Reasons)
	TechniqueSet = store.Set("mitreTechniques", "Technique (MITRE ATT&CK)", func(r *Record) []string { return orUnread(r.Techniques, r.UnreadInfo) }).InWords(Techniques)
	KeySet       = store.Set("keyIds", "Credential key ID", func(r *Record) []string { return orUnread(r.Keys, r.UnreadKeys) }).OnlyIn(Workloads)
)

// The fields that pages name.
var (
	TypeField         = &store.Field{Name: "riskevent", Label: "Detection type", Properties: []*store.Property{EventType}, One: "detection type", Many: "detection types"}
	StatusField       = &store.Field{Name: "status", Label: "Risk level", Source: store.FromStatus, Column: Level}
	LevelField        = &store.Field{Name: "risk", Label: "Risk level as recorded", Properties: []*store.Property{Level}, Hint: "also a level that Signpost does not know"}
	StateField        = &store.Field{Name: "riskstate", Label: "Risk state", Properties: []*store.Property{State}}
	DetailField       = &store.Field{Name: "riskdetail", Label: "Risk detail", Properties: []*store.Property{Detail}}
	UserField         = &store.Field{Name: "user", Label: "User", Properties: []*store.Property{UserID, Username, UserName}, One: "user", Many: "users", Named: true, Hint: "name, username or object ID", Object: store.ObjectUser}
	WorkloadField     = &store.Field{Name: "sp", Label: "Workload identity", Properties: []*store.Property{WorkloadID, WorkloadName}, One: "workload identity", Many: "workload identities", Hint: "name or ID of a service principal or an agent", Object: store.ObjectServicePrincipal}
	AppField          = &store.Field{Name: "app", Label: "Application ID", Properties: []*store.Property{AppID}, One: "application", Many: "applications", Object: store.ObjectApplication}
	KeyField          = &store.Field{Name: "key", Label: "Credential key ID", Properties: []*store.Property{KeySet}}
	AddressField      = &store.Field{Name: "ip", Label: "IP address", Properties: []*store.Property{Address}, One: "IP address", Many: "IP addresses"}
	CityField         = &store.Field{Name: "city", Label: "City", Properties: []*store.Property{City}}
	RegionField       = &store.Field{Name: "state", Label: "State", Properties: []*store.Property{Region}}
	CountryField      = &store.Field{Name: "country", Label: "Country or region", Properties: []*store.Property{Country}}
	TimingField       = &store.Field{Name: "timing", Label: "Detection timing", Properties: []*store.Property{Timing}}
	ActivityField     = &store.Field{Name: "activity", Label: "Activity", Properties: []*store.Property{Activity}}
	SourceField       = &store.Field{Name: "source", Label: "Source", Properties: []*store.Property{Source}}
	IssuerField       = &store.Field{Name: "issuer", Label: "Token issuer type", Properties: []*store.Property{Issuer}}
	ReasonField       = &store.Field{Name: "reason", Label: "Risk reason", Properties: []*store.Property{ReasonSet}}
	TechniqueField    = &store.Field{Name: "technique", Label: "Technique (MITRE ATT&CK)", Properties: []*store.Property{TechniqueSet}, Hint: "such as T1078"}
	AgentField        = &store.Field{Name: "agent", Label: "User agent", Properties: []*store.Property{UserAgent}}
	UserTypeField     = &store.Field{Name: "usertype", Label: "User type", Properties: []*store.Property{UserType}}
	WorkloadTypeField = &store.Field{Name: "workloadtype", Label: "Identity type", Properties: []*store.Property{WorkloadType}}
	RequestField      = &store.Field{Name: "request", Label: "Detection ID", Properties: []*store.Property{ID}}
	SignInField       = &store.Field{Name: "signin", Label: "Request ID of the sign-in", Properties: []*store.Property{RequestID}}
	CorrelationField  = &store.Field{Name: "correlation", Label: "Correlation ID", Properties: []*store.Property{CorrelationID}}
	TenantField       = &store.Field{Name: "tenant", Label: "Tenant", Properties: []*store.Property{Tenant}, Hint: "the ID of the tenant that wrote the log"}
)

// statuses are the levels, from the lowest to the highest. Hidden is no level, and comes last.
var statuses = []store.StatusInfo{
	{Label: "-"},
	{Name: "none", Label: "None"},
	{Name: "low", Label: "Low"},
	{Name: "medium", Label: "Medium", Tone: store.Warning},
	{Name: "high", Label: "High", Tone: store.Bad},
	{Name: store.RiskHidden, Label: "Hidden"},
}

var properties = []*store.Property{
	ID, RequestID, CorrelationID, EventType, FormerType, State, Level, Detail, Source, Timing, Activity, Issuer, Technique, Detected, Updated,
	Address, City, Region, Country, UserID, Username, UserName, UserType, HomeTenantID, ResourceTenantID, CrossTenantAccess,
	AppID, PrincipalID, PrincipalName, AgentID, AgentName, IdentityID, IdentityName, AgentType, BlueprintID, ClientSessionID, ClientName, Evidence,
	UserAgent, Tenant, WorkloadID, WorkloadName, WorkloadType, ReasonSet, TechniqueSet, KeySet,
}

// Kind is the kind of risk detections.
var Kind = store.NewKind(store.Kind{
	One: "risk detection", Many: "risk detections",
	Logs: []store.LogInfo{
		{
			Log: Users, Number: 48, Title: "Risk detections of users", Short: "Users", FileStem: "RiskDetections", Category: "UserRiskEvents", Actor: UserField, Target: TypeField,
			One: "user", Many: "users", Principals: []*store.Property{UserID}, Read: store.Risk,
		},
		{
			Log: Workloads, Number: 49, Title: "Risk detections of workload identities", Short: "Workload identities", FileStem: "WorkloadRiskDetections", Category: "ServicePrincipalRiskEvents",
			Actor: WorkloadField, Target: TypeField, One: "workload identity", Many: "workload identities", Principals: []*store.Property{WorkloadID}, Apps: []*store.Property{AppID}, Read: store.Risk,
		},
	},
	Properties: properties,
	Columns:    []*store.Property{Location},
	Named: []*store.Field{
		TypeField, StatusField, StateField, DetailField, UserField, WorkloadField, AppField, AddressField, CountryField, CityField, RegionField, TimingField, ActivityField,
		ReasonField, TechniqueField, SourceField, IssuerField, KeyField, AgentField, UserTypeField, WorkloadTypeField, LevelField, SignInField, CorrelationField, RequestField,
		{Name: "hometenant", Label: "Home tenant ID", Properties: []*store.Property{HomeTenantID}},
		{Name: "resourcetenant", Label: "Resource tenant ID", Properties: []*store.Property{ResourceTenantID}},
		{Name: "crosstenant", Label: "Cross tenant access type", Properties: []*store.Property{CrossTenantAccess}},
		{Name: "group", Label: "Group of the user", Members: true, Hint: "the object ID of a group", Object: store.ObjectGroup},
		{Name: "ingested", Label: "Ingested", Source: store.FromIngestion},
		TenantField,
	},
	Searched: store.Searched{
		Correlation: CorrelationField,
		IDs:         []*store.Field{UserField, WorkloadField, AppField, KeyField},
		Starts:      []*store.Field{RequestField, SignInField, CorrelationField},
		Names:       []*store.Field{UserField, WorkloadField, TypeField},
		Usernames:   []*store.Field{UserField},
		Addresses:   []*store.Field{AddressField},
	},
	Statuses: statuses,
	Status:   func(e store.Entry) store.Status { return store.StatusNamed(statuses, e.(*Record).Level) },
	New:      func() store.Entry { return &Record{} },
	FileNote: "has none of the lists: JSON alone has the risk reasons, the techniques, the credential key IDs, the coordinates and the rest of the additional information",
	Dated:    func(e store.Entry) time.Time { return e.(*Record).updated() },
	Update:   func(merged, newer store.Entry) { merged.(*Record).update(newer.(*Record)) },
	Filled:   func(e store.Entry) int { return e.(*Record).members() },
	Shape: store.Shape{
		Tells: []string{"riskEventType", "riskState"},
		Says:  []string{"agentRiskDetections"},
		Times: []string{"activityDateTime", "detectedDateTime"},
		// Detections of agents have other names for some members. CSV files of PowerShell scripts have a column for each part of the place.
		Aliases: map[string]string{
			"lastmodifieddatetime": Updated.Name, "signinrequestid": RequestID.Name, "signincorrelationid": CorrelationID.Name,
			"city": City.Name, "state": Region.Name, "countryorregion": Country.Name,
		},
		Lists: map[string]func(store.Entry, []byte) bool{
			"additionalinfo":          func(e store.Entry, value []byte) bool { return e.(*Record).readInfo(value) },
			"location.geocoordinates": func(e store.Entry, value []byte) bool { return e.(*Record).readCoordinates(value) },
			"keyids":                  func(e store.Entry, value []byte) bool { return e.(*Record).readKeys(value) },
		},
		Settle: func(e store.Entry, around store.Envelope) { e.(*Record).settle(around) },
		LogOf:  func(e store.Entry, log store.Log) store.Log { return e.(*Record).log(log) },
		// Record type 294 of the unified audit log tells a detection. Its own ID and its type of users mean something else.
		Told: &store.ToldShape{
			Aliases: map[string]string{"riskid": ID.Name, "userid": Username.Name, "userkey": UserID.Name, "clientip": Address.Name},
			Ignored: []string{"id", "usertype"}, Time: "creationtime", Inside: "AuditData",
			Settle: func(e store.Entry) { e.(*Record).settleTold() },
		},
	},
})
