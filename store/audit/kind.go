package audit

import (
	"strings"

	"signpost/store"
)

// The parts of a target, as fields ask for them.
const (
	targetName     = iota // object ID, display name and user principal name
	targetType            // such as User
	targetProperty        // names of changed properties
)

var targets = store.NewList("target", 3, eachTarget)

// The properties that pages name. Names are Graph's, labels the Entra portal's. The last ones are of ours.
var (
	ID            = store.UniqueID("id", "Audit ID", func(r *Record) *string { return r.ID() })
	CorrelationID = store.UniqueID("correlationId", "Correlation ID", func(r *Record) *string { return &r.CorrelationID })
	SessionID     = store.UniqueID("initiatedBy.linkableIdentifiers.sessionId", "Session ID", func(r *Record) *string { return &r.SessionID })
	TokenID       = store.UniqueID("initiatedBy.linkableIdentifiers.tokenDetails.uniqueTokenIdentifier", "Unique token identifier", func(r *Record) *string { return &r.TokenID }).AsToken()
	Service       = store.Text("loggedByService", "Service", func(r *Record) *string { return &r.Service })
	Category      = store.Text("category", "Category", func(r *Record) *string { return &r.Category }).InWords(Categories)
	Activity      = store.Text("activityDisplayName", "Activity", func(r *Record) *string { return &r.Activity }).InWords(Activities)
	Operation     = store.Text("operationType", "Operation type", func(r *Record) *string { return &r.Operation }).InWords(Operations)
	Result        = store.Enum("result", "Status", func(r *Record) *string { return &r.Result }).InWords(Results)
	Reason        = store.Text("resultReason", "Status reason", func(r *Record) *string { return &r.Reason }).AsLong()
	UserAgent     = store.Text("userAgent", "User agent", func(r *Record) *string { return &r.UserAgent })

	UserID         = store.EntityID("initiatedBy.user.id", "Actor object ID", func(r *Record) *string { return &r.User.ID }, func(r *Record) string { return r.User.Username })
	UserName       = store.Text("initiatedBy.user.displayName", "Actor display name", func(r *Record) *string { return &r.User.Name })
	Username       = store.Text("initiatedBy.user.userPrincipalName", "Actor user principal name", func(r *Record) *string { return &r.User.Username })
	UserAddress    = store.Text("initiatedBy.user.ipAddress", "Actor IP address", func(r *Record) *string { return &r.User.Address }).AsAddress()
	UserType       = store.Text("initiatedBy.user.userType", "Actor user type", func(r *Record) *string { return &r.User.Type }).InWords(store.UserTypes)
	HomeTenantID   = store.Text("initiatedBy.user.homeTenantId", "Actor home tenant ID", func(r *Record) *string { return &r.User.HomeTenantID })
	HomeTenantName = store.Text("initiatedBy.user.homeTenantName", "Actor home tenant name", func(r *Record) *string { return &r.User.HomeTenantName })
	AppID          = store.EntityID("initiatedBy.app.appId", "Actor application ID", func(r *Record) *string { return &r.App.ID }, func(r *Record) string { return r.App.Name })
	AppName        = store.Text("initiatedBy.app.displayName", "Actor application", func(r *Record) *string { return &r.App.Name })
	PrincipalID    = store.EntityID("initiatedBy.app.servicePrincipalId", "Actor service principal ID", func(r *Record) *string { return &r.App.PrincipalID }, func(r *Record) string { return r.App.PrincipalName })
	PrincipalName  = store.Text("initiatedBy.app.servicePrincipalName", "Actor service principal name", func(r *Record) *string { return &r.App.PrincipalName })
	DeviceID       = store.Text("initiatedBy.linkableIdentifiers.deviceId", "Device ID", func(r *Record) *string { return &r.DeviceID })

	ActorID       = store.EntityID("initiatedBy.id", "Initiated by (ID)", func(r *Record) *string { return &r.ActorID }, func(r *Record) string { return r.ActorName }).AsMadeUp()
	ActorUsername = store.Text("initiatedBy.username", "Initiated by (username)", func(r *Record) *string { return &r.ActorUsername }).AsMadeUp()
	ActorName     = store.Text("initiatedBy", "Initiated by (actor)", func(r *Record) *string { return &r.ActorName }).AsMadeUp()
	Address       = store.Text("ipAddress", "IP address", func(r *Record) *string { return &r.Address }).AsAddress().AsMadeUp()
	TargetNames   = store.Text("targets", "Target(s)", func(r *Record) *string { return &r.TargetNames }).AsMadeUp()
	Tenant        = store.Text("tenantId", "Tenant ID", func(r *Record) *string { return &r.Tenant }).AsMadeUp()

	targetSet   = store.ListPart(targets, targetName, "targetResources.name", "Target")
	typeSet     = store.ListPart(targets, targetType, "targetResources.type", "Target type").InWords(TargetTypes)
	propertySet = store.ListPart(targets, targetProperty, "targetResources.modifiedProperties", "Modified property")
	targetItems = store.ListItems(targets, "targetResources", "Targets, each with its type and changed properties")
)

// The fields that pages name.
var (
	ServiceField     = &store.Field{Name: "service", Label: "Service", Properties: []*store.Property{Service}}
	CategoryField    = &store.Field{Name: "category", Label: "Category", Properties: []*store.Property{Category}}
	ActivityField    = &store.Field{Name: "activity", Label: "Activity", Properties: []*store.Property{Activity}}
	StatusField      = &store.Field{Name: "status", Label: "Status", Source: store.FromStatus, Column: Result}
	ReasonField      = &store.Field{Name: "reason", Label: "Status reason", Properties: []*store.Property{Reason}}
	TargetField      = &store.Field{Name: "target", Label: "Target", Properties: []*store.Property{targetSet}, Hint: "name, username or ID of what was changed"}
	TargetTypeField  = &store.Field{Name: "targettype", Label: "Target type", Part: "type", Properties: []*store.Property{typeSet}, Hint: "such as user or service principal"}
	PropertyField    = &store.Field{Name: "property", Label: "Modified property", Part: "modified property", Properties: []*store.Property{propertySet}, Hint: "such as AccountEnabled"}
	ActorField       = &store.Field{Name: "actor", Label: "Initiated by (actor)", Properties: []*store.Property{ActorID, ActorUsername, AppID, ActorName}, One: "actor", Many: "actors", Named: true, Hint: "name, username or ID of who acted"}
	UserField        = &store.Field{Name: "user", Label: "User who acted", Properties: []*store.Property{UserID, Username, UserName}, One: "user", Many: "users", Named: true, Hint: "name, username or user ID", Object: store.ObjectUser}
	AppField         = &store.Field{Name: "app", Label: "Application that acted", Properties: []*store.Property{AppID, AppName}, One: "application", Many: "applications", Hint: "name or application ID", Object: store.ObjectApplication}
	PrincipalField   = &store.Field{Name: "sp", Label: "Service principal that acted", Properties: []*store.Property{PrincipalID, PrincipalName}, Hint: "name or service principal ID", Object: store.ObjectServicePrincipal}
	AddressField     = &store.Field{Name: "ip", Label: "IP address", Properties: []*store.Property{Address}, One: "IP address", Many: "IP addresses"}
	RequestField     = &store.Field{Name: "request", Label: "Audit ID", Properties: []*store.Property{ID}}
	CorrelationField = &store.Field{Name: "correlation", Label: "Correlation ID", Properties: []*store.Property{CorrelationID}}
	SessionField     = &store.Field{Name: "session", Label: "Session ID", Properties: []*store.Property{SessionID}}
	TokenField       = &store.Field{Name: "token", Label: "Unique token identifier", Properties: []*store.Property{TokenID}}
	TenantField      = &store.Field{Name: "tenant", Label: "Tenant", Properties: []*store.Property{Tenant}, Hint: "the ID of the tenant that wrote the log"}
)

// The IDs of those whom a record is about: who acted, and the targets.
var (
	principals = []*store.Property{UserID, PrincipalID, targetSet}
	apps       = []*store.Property{AppID, PrincipalID, targetSet}
)

var logs = []store.LogInfo{
	{Log: Directory, Number: 16, Title: "Directory audit", Short: "Audit", FileStem: "AuditLogs", Category: "AuditLogs", Actor: ActorField, Target: TargetField, One: "actor", Many: "actors", Principals: principals, Apps: apps},
	{Log: Attributes, Number: 17, Title: "Custom security attributes", Short: "Custom security", FileStem: "CustomSecurityAttributeAuditLogs", Category: "CustomSecurityAttributeAuditLogs", Actor: ActorField, Target: TargetField, One: "actor", Many: "actors", Principals: principals, Apps: apps, Read: store.AttributeLog},
}

var statuses = []store.StatusInfo{
	{Label: "-"},
	{Name: "success", Label: "Success", Tone: store.Good},
	{Name: "failure", Label: "Failure", Tone: store.Bad},
	{Name: "timeout", Label: "Timeout", Tone: store.Warning},
}

var properties = []*store.Property{
	ID, CorrelationID, SessionID, TokenID, Service, Category, Activity, Operation, Result, Reason, UserAgent,
	UserID, UserName, Username, UserAddress, UserType, HomeTenantID, HomeTenantName, AppID, AppName, PrincipalID, PrincipalName, DeviceID,
	ActorID, ActorUsername, ActorName, Address, TargetNames, Tenant, targetSet, typeSet, propertySet, targetItems,
}

// Kind is the kind of audit records.
var Kind = store.NewKind(store.Kind{
	One: "audit record", Many: "audit records",
	Logs:       logs,
	Properties: properties,
	Lists:      []*store.List{targets},
	Named: []*store.Field{
		ServiceField, CategoryField, ActivityField, StatusField, ReasonField, TargetField, TargetTypeField, PropertyField, ActorField, UserField, AppField,
		PrincipalField, AddressField, RequestField, CorrelationField, SessionField, TokenField,
		{Name: "operation", Label: "Operation type", Properties: []*store.Property{Operation}},
		{Name: "usertype", Label: "Actor user type", Properties: []*store.Property{UserType}},
		{Name: "hometenant", Label: "Actor home tenant", Properties: []*store.Property{HomeTenantName, HomeTenantID}, Hint: "tenant ID or name"},
		{Name: "device", Label: "Device ID", Properties: []*store.Property{DeviceID}},
		{Name: "agent", Label: "User agent", Properties: []*store.Property{UserAgent}},
		{Name: "group", Label: "Group of the actor", Members: true, Hint: "the object ID of a group", Object: store.ObjectGroup},
		{Name: "department", Label: "Department of the actor", Members: true, Hint: "the name of a department, as the imported directory has it"},
		{Name: "ingested", Label: "Ingested", Source: store.FromIngestion},
		TenantField,
	},
	Searched: store.Searched{
		Correlation: CorrelationField,
		IDs:         []*store.Field{ActorField, TargetField, SessionField, TokenField},
		Starts:      []*store.Field{RequestField, CorrelationField},
		Names:       []*store.Field{ActorField, TargetField, ActivityField},
		Usernames:   []*store.Field{ActorField, TargetField},
		Addresses:   []*store.Field{AddressField},
	},
	Statuses: statuses,
	Status:   func(e store.Entry) store.Status { return store.StatusNamed(statuses, e.(*Record).Result) },
	New:      func() store.Entry { return &Record{} },
	Update:   func(merged, newer store.Entry) { merged.(*Record).update(newer.(*Record)) },
	Filled:   func(e store.Entry) int { return e.(*Record).members() },
	Inside:   store.ClassesOf(store.Secret),
	Withhold: func(e store.Entry, hidden store.Classes) { e.(*Record).withhold(hidden) },
	Redact:   Redact,

	FileColumns: fileColumns,
	FileNote:    "has room for 3 targets of a record, 5 modified properties of each and 6 additional details, as in the Entra portal; JSON has all of them",
	Shape: store.Shape{
		Tells:         []string{"activityDisplayName", "activityDateTime"},
		Times:         []string{"activityDateTime"},
		OwnCategories: true,
		Lists: map[string]func(store.Entry, []byte) bool{
			"targetresources":   func(e store.Entry, value []byte) bool { return e.(*Record).readTargets(value) },
			"additionaldetails": func(e store.Entry, value []byte) bool { return e.(*Record).readDetails(value) },
		},
		Settle: func(e store.Entry, around store.Envelope) { e.(*Record).settle(around) },
		LogOf:  func(e store.Entry, log store.Log) store.Log { return e.(*Record).log(log) },
	},
})

// log keeps a record about custom security attributes out of the log that more people may read, wherever it stood.
func (r *Record) log(log store.Log) store.Log {
	if strings.EqualFold(r.Category, "AttributeManagement") {
		return Attributes
	}
	return log
}
