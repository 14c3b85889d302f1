package activity

import "signpost/store"

// The properties that pages name. Names are those of the Management Activity API, or of Microsoft Graph activity logs. Those
// that follow from others are ours.
var (
	ID            = store.UniqueID("Id", "Record ID", func(r *Record) *string { return r.ID() })
	CorrelationID = store.UniqueID("InterSystemsId", "Correlation ID", func(r *Record) *string { return &r.CorrelationID })
	SessionID     = store.UniqueID("AppAccessContext.AADSessionId", "Session ID", func(r *Record) *string { return &r.SessionID })
	TokenID       = store.UniqueID("AppAccessContext.UniqueTokenId", "Unique token identifier", func(r *Record) *string { return &r.TokenID }).AsToken()
	SignInID      = store.UniqueID("signInRequestId", "Request ID of the sign-in", func(r *Record) *string { return &r.SignInID }).AsMadeUp()

	RecordType     = store.Text("recordTypeName", "Record type", func(r *Record) *string { return &r.RecordType }).AsMadeUp()
	RecordNumber   = store.Number("recordTypeNumber", "Record type number", func(r *Record) *store.Int { return &r.RecordNumber }).AsMadeUp()
	Operation      = store.Text("Operation", "Operation", func(r *Record) *string { return &r.Operation })
	Workload       = store.Text("Workload", "Workload", func(r *Record) *string { return &r.Workload })
	Outcome        = store.Enum("outcome", "Result", func(r *Record) *string { return &r.Outcome }).InWords(Outcomes).AsMadeUp()
	ResultStatus   = store.Text("ResultStatus", "Stated result", func(r *Record) *string { return &r.ResultStatus })
	ErrorNumber    = store.Text("ErrorNumber", "Error code", func(r *Record) *string { return &r.ErrorNumber })
	LogonError     = store.Text("LogonError", "Error", func(r *Record) *string { return &r.LogonError })
	UserObjectID   = store.EntityID("userObjectId", "User object ID", func(r *Record) *string { return &r.UserObjectID }, func(r *Record) string { return r.UserID }).AsMadeUp()
	UserID         = store.Text("UserId", "User", func(r *Record) *string { return &r.UserID })
	UserKey        = store.Text("UserKey", "User key", func(r *Record) *string { return &r.UserKey })
	UserType       = store.Text("userTypeName", "User type", func(r *Record) *string { return &r.UserType }).InWords(UserTypes).AsMadeUp()
	ApplicationID  = store.EntityID("ApplicationId", "Application ID", func(r *Record) *string { return &r.ApplicationID }, func(r *Record) string { return r.ApplicationName })
	Application    = store.Text("ApplicationDisplayName", "Application", func(r *Record) *string { return &r.ApplicationName })
	ClientID       = store.Text("ClientAppId", "Client application ID", func(r *Record) *string { return &r.ClientID })
	PrincipalID    = store.Text("servicePrincipalId", "Service principal ID", func(r *Record) *string { return &r.PrincipalID })
	Address        = store.Text("address", "IP address", func(r *Record) *string { return &r.Address }).AsAddress().AsMadeUp()
	Port           = store.Number("port", "Port", func(r *Record) *store.Int { return &r.Port }).AsMadeUp()
	UserAgent      = store.Text("UserAgent", "User agent", func(r *Record) *string { return &r.UserAgent })
	ClientInfo     = store.Text("ClientInfoString", "Client", func(r *Record) *string { return &r.ClientInfo })
	DeviceID       = store.Text("DeviceId", "Device ID", func(r *Record) *string { return &r.DeviceID })
	DeviceName     = store.Text("deviceName", "Device name", func(r *Record) *string { return &r.DeviceName }).AsMadeUp()
	Tenant         = store.Text("OrganizationId", "Tenant ID", func(r *Record) *string { return &r.Tenant })
	MailboxOwner   = store.Text("MailboxOwnerUPN", "Mailbox", func(r *Record) *string { return &r.MailboxOwner })
	LogonType      = store.Text("logonTypeName", "Logon type", func(r *Record) *string { return &r.LogonType }).InWords(LogonTypes).AsMadeUp()
	External       = store.Truth("ExternalAccess", "Access by Microsoft or a partner", func(r *Record) *store.Bool { return &r.External })
	OperationCount = store.Number("OperationCount", "Operations", func(r *Record) *store.Int { return &r.OperationCount })
	Site           = store.Text("Site", "Site ID", func(r *Record) *string { return &r.Site })
	ItemType       = store.Text("ItemType", "Item type", func(r *Record) *string { return &r.ItemType })
	EventSource    = store.Text("EventSource", "Event source", func(r *Record) *string { return &r.EventSource })
	Extension      = store.Text("SourceFileExtension", "File extension", func(r *Record) *string { return &r.Extension })
	SharedWith     = store.Text("TargetUserOrGroupName", "Shared with", func(r *Record) *string { return &r.SharedWith })
	SharedWithType = store.Text("TargetUserOrGroupType", "Shared with (type)", func(r *Record) *string { return &r.SharedWithType })
	SharingType    = store.Text("SharingType", "Sharing type", func(r *Record) *string { return &r.SharingType })
	Team           = store.Text("TeamName", "Team", func(r *Record) *string { return &r.Team })
	Channel        = store.Text("ChannelName", "Channel", func(r *Record) *string { return &r.Channel })
	RequestMethod  = store.Text("requestMethod", "Request method", func(r *Record) *string { return &r.RequestMethod })
	ResponseStatus = store.Number("responseStatusCode", "Response status", func(r *Record) *store.Int { return &r.ResponseStatus })
	Duration       = store.Number("durationMs", "Duration", func(r *Record) *store.Int { return &r.Duration }).Counts("milliseconds")
	APIVersion     = store.Text("apiVersion", "API version", func(r *Record) *string { return &r.APIVersion })
	TokenKind      = store.Text("C_Idtyp", "Token of", func(r *Record) *string { return &r.TokenKind })
	ClientAuth     = store.Text("clientAuthMethod", "Client authentication", func(r *Record) *string { return &r.ClientAuth })

	IntraSystemID = store.Text("IntraSystemId", "Intra-system ID", func(r *Record) *string { return &r.IntraSystemID }).AsInRow()

	Target     = store.Text("targetName", "Target", func(r *Record) *string { return &r.Target }).AsInRow().AsMadeUp()
	Details    = store.Text("detailTexts", "Parameters and changes", func(r *Record) *string { return &r.Details }).AsInRow().AsLong().AsMadeUp()
	Item       = store.Text("itemName", "Item", func(r *Record) *string { return &r.Item }).AsInRow().WithClass(store.Content).AsMadeUp()
	ItemWords  = store.Text("itemNames", "Names of items", func(r *Record) *string { return &r.ItemWords }).AsInRow().AsLong().WithClass(store.Content).AsMadeUp()
	SiteURL    = store.Text("SiteUrl", "Site address", func(r *Record) *string { return &r.SiteURL }).AsInRow().WithClass(store.Content)
	RequestURI = store.Text("requestUri", "Request address", func(r *Record) *string { return &r.RequestURI }).AsInRow().WithClass(store.Content)

	ParameterSet = store.Set("parameters", "Parameter", func(r *Record) []string { return names(r.Parameters, func(p store.KeyValue) string { return p.Key }) })
	ChangeSet    = store.Set("changes", "Modified property", func(r *Record) []string { return names(r.Changes, func(c Change) string { return c.Name }) })
)

// The fields that pages name.
var (
	OperationField   = &store.Field{Name: "operation", Label: "Operation", Properties: []*store.Property{Operation}}
	WorkloadField    = &store.Field{Name: "workload", Label: "Workload", Properties: []*store.Property{Workload}}
	TypeField        = &store.Field{Name: "recordtype", Label: "Record type", Properties: []*store.Property{RecordType}, Hint: "such as ExchangeAdmin; by its number: recordtypenumber"}
	StatusField      = &store.Field{Name: "status", Label: "Result", Source: store.FromStatus, Column: Outcome}
	ErrorField       = &store.Field{Name: "error", Label: "Error code", Properties: []*store.Property{ErrorNumber}, Codes: true}
	UserField        = &store.Field{Name: "user", Label: "User", Properties: []*store.Property{UserObjectID, UserKey, UserID}, One: "user", Many: "users", Named: true, Hint: "username, object ID or key of who acted", Object: store.ObjectUser}
	UserTypeField    = &store.Field{Name: "usertype", Label: "User type", Properties: []*store.Property{UserType}}
	AppField         = &store.Field{Name: "app", Label: "Application", Properties: []*store.Property{ApplicationID, Application}, One: "application", Many: "applications", Hint: "name or application ID", Object: store.ObjectApplication}
	AddressField     = &store.Field{Name: "ip", Label: "IP address", Properties: []*store.Property{Address}, One: "IP address", Many: "IP addresses"}
	TargetField      = &store.Field{Name: "target", Label: "Target", Properties: []*store.Property{Target}, Hint: "a user, a group, a mailbox or the address of a request"}
	ItemField        = &store.Field{Name: "item", Label: "Item, file or folder", Properties: []*store.Property{Item, ItemWords, SiteURL, RequestURI}, Hint: "a part of the name or the address of a file, a folder or a mail"}
	TextField        = &store.Field{Name: "text", Label: "Parameters and changes", Properties: []*store.Property{Details}, Hint: "a part of a parameter, of a changed property or of a detail"}
	ParameterField   = &store.Field{Name: "parameter", Label: "Parameter", Properties: []*store.Property{ParameterSet}, Hint: "such as ForwardTo"}
	PropertyField    = &store.Field{Name: "property", Label: "Modified property", Properties: []*store.Property{ChangeSet}, Hint: "such as Role.DisplayName"}
	MailboxField     = &store.Field{Name: "mailbox", Label: "Mailbox", Properties: []*store.Property{MailboxOwner}}
	LogonField       = &store.Field{Name: "logontype", Label: "Logon type", Properties: []*store.Property{LogonType}}
	SharedField      = &store.Field{Name: "sharedwith", Label: "Shared with", Properties: []*store.Property{SharedWith}}
	ItemTypeField    = &store.Field{Name: "itemtype", Label: "Item type", Properties: []*store.Property{ItemType}}
	TeamField        = &store.Field{Name: "team", Label: "Team", Properties: []*store.Property{Team}}
	RequestField     = &store.Field{Name: "request", Label: "Record ID", Properties: []*store.Property{ID}}
	CorrelationField = &store.Field{Name: "correlation", Label: "Correlation ID", Properties: []*store.Property{CorrelationID}}
	SessionField     = &store.Field{Name: "session", Label: "Session ID", Properties: []*store.Property{SessionID}}
	TokenField       = &store.Field{Name: "token", Label: "Unique token identifier", Properties: []*store.Property{TokenID}}
	SignInField      = &store.Field{Name: "signin", Label: "Request ID of the sign-in", Properties: []*store.Property{SignInID}, Hint: "of a record that tells a sign-in; any record's IntraSystemId: intrasystemid"}
	PrincipalField   = &store.Field{Name: "sp", Label: "Service principal", Properties: []*store.Property{PrincipalID}, Hint: "service principal ID", Object: store.ObjectServicePrincipal}
	TenantField      = &store.Field{Name: "tenant", Label: "Tenant", Properties: []*store.Property{Tenant}, Hint: "the ID of the tenant"}
)

var statuses = []store.StatusInfo{
	{Label: "-"},
	{Name: "success", Label: "Success", Tone: store.Good},
	{Name: "failure", Label: "Failure", Tone: store.Bad},
	{Name: "interrupted", Label: "Interrupted", Tone: store.Warning},
}

var properties = []*store.Property{
	ID, CorrelationID, SessionID, TokenID, SignInID, RecordType, RecordNumber, Operation, Workload, Outcome, ResultStatus, ErrorNumber, LogonError,
	UserObjectID, UserID, UserKey, UserType, ApplicationID, Application, ClientID, PrincipalID, Address, Port, UserAgent, ClientInfo, DeviceID, DeviceName,
	Tenant, MailboxOwner, LogonType, External, OperationCount, Site, ItemType, EventSource, Extension, SharedWith, SharedWithType, SharingType, Team, Channel,
	RequestMethod, ResponseStatus, Duration, APIVersion, TokenKind, ClientAuth, Target, Details, Item, ItemWords, SiteURL, RequestURI, ParameterSet, ChangeSet,
	IntraSystemID, // last: stored parts of rows have the columns before it
}

// Kind is the kind of activity records.
var Kind = store.NewKind(store.Kind{
	One: "activity record", Many: "activity records",
	Logs: []store.LogInfo{{
		Log: Log, Number: 32, Title: "Microsoft 365 activity", Short: "Activity", FileStem: "Activity", Category: "EnrichedOffice365AuditLogs", Actor: UserField, Target: TargetField,
		One: "user", Many: "users", Principals: []*store.Property{UserObjectID, PrincipalID}, Apps: []*store.Property{ApplicationID, PrincipalID}, Read: store.Activity,
	}},
	Properties: properties,
	Derivation: 1,
	Named: []*store.Field{
		OperationField, WorkloadField, TypeField, StatusField, UserField, UserTypeField, AddressField, AppField, TargetField, ItemField, TextField, ParameterField,
		PropertyField, ErrorField, MailboxField, LogonField, SharedField, ItemTypeField, TeamField, SessionField, TokenField, CorrelationField, RequestField, SignInField,
		{Name: "agent", Label: "User agent", Properties: []*store.Property{UserAgent}},
		{Name: "device", Label: "Device ID", Properties: []*store.Property{DeviceID}},
		PrincipalField,
		{Name: "group", Label: "Group of the user", Members: true, Hint: "the object ID of a group", Object: store.ObjectGroup},
		{Name: "ingested", Label: "Ingested", Source: store.FromIngestion},
		TenantField,
	},
	Searched: store.Searched{
		Correlation: CorrelationField,
		IDs:         []*store.Field{UserField, AppField, SessionField, TokenField, SignInField},
		Starts:      []*store.Field{RequestField, CorrelationField},
		Names:       []*store.Field{UserField, OperationField, AppField, TeamField},
		Usernames:   []*store.Field{UserField, MailboxField, SharedField},
		Addresses:   []*store.Field{AddressField},
		Codes:       []*store.Field{ErrorField},
	},
	Statuses: statuses,
	Status:   func(e store.Entry) store.Status { return store.StatusNamed(statuses, e.(*Record).Outcome) },
	New:      func() store.Entry { return &Record{} },
	Update:   func(merged, newer store.Entry) { merged.(*Record).update(newer.(*Record)) },
	Filled:   func(e store.Entry) int { return e.(*Record).members() },
	Tells:    tells,
	Withhold: func(e store.Entry, hidden store.Classes) { e.(*Record).withhold(hidden) },
	Redact:   redact,
	Shape: store.Shape{
		Says:   []string{"OfficeActivity", "auditLogRecord", GraphRequests},
		Inside: "AuditData",
		Times:  []string{"CreationTime", "CreationDate", "createdDateTime", "timeGenerated", "Start_Time"},
		Fills: map[string]string{
			"officeid": "Id", "recordid": "Id", "requestid": "Id", "intrasystemsid": "IntraSystemId", "operationid": "InterSystemsId", "correlationid": "InterSystemsId",
			"appaccesscontext.correlationid": "InterSystemsId", "sessionid": "AppAccessContext.AADSessionId", "c_sid": "AppAccessContext.AADSessionId",
			"signinactivityid": "AppAccessContext.UniqueTokenId", "operations": "Operation", "officeworkload": "Workload", "service": "Workload",
			"resultreasontype": "ResultStatus", "errorcode": "ErrorNumber", "userids": "UserId", "userprincipalname": "UserId", "userid_": "UserId",
			"appid": "ApplicationId", "azureadappid": "ApplicationId", "applicationname": "ApplicationDisplayName", "application": "ApplicationDisplayName",
			"appaccesscontext.clientappid": "ClientAppId", "appaccesscontext.clientappname": "ApplicationDisplayName",
			"c_deviceid": "DeviceId", "organizationid_": "OrganizationId", "aadtenantid": "OrganizationId", "usersharedwith": "TargetUserOrGroupName",
			"site_": "Site", "site_url": "SiteUrl", "site_url_": "SiteUrl",
		},
		Tenant: Tenant,
		Lists:  lists,
		Values: values,
		Settle: func(e store.Entry, around store.Envelope) { e.(*Record).settle(around) },
	},
})

// names gives the names of some members, each once.
func names[T any](list []T, name func(T) string) (all []string) {
	seen := map[string]bool{}
	for _, one := range list {
		if n := name(one); n != "" && !seen[n] {
			seen[n] = true
			all = append(all, n)
		}
	}
	return all
}
