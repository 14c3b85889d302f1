package provisioning

import (
	"signpost/store"
	"signpost/store/audit"
)

var (
	steps   = store.NewList("step", stepParts, eachStep)
	changes = store.NewList("modified property", 1, eachChange)
)

// The properties that pages name. Names are Graph's, labels the Entra portal's. The last ones are of ours.
var (
	ID          = store.UniqueID("id", "Provisioning ID", func(r *Record) *string { return r.ID() })
	JobID       = store.Text("jobId", "Job ID", func(r *Record) *string { return &r.JobID })
	CycleID     = store.Text("cycleId", "Cycle ID", func(r *Record) *string { return &r.CycleID })
	ChangeID    = store.UniqueID("changeId", "Change ID", func(r *Record) *string { return &r.ChangeID })
	Action      = store.Enum("provisioningAction", "Action", func(r *Record) *string { return &r.Action }).InWords(Actions)
	Duration    = store.Number("durationInMilliseconds", "Duration", func(r *Record) *store.Int { return &r.Duration }).Counts("ms")
	Result      = store.Enum("provisioningStatusInfo.status", "Status", func(r *Record) *string { return &r.Status }).InWords(Results)
	ErrorCode   = store.Text("provisioningStatusInfo.errorInformation.errorCode", "Error code", func(r *Record) *string { return &r.Error.Code })
	Category    = store.Enum("provisioningStatusInfo.errorInformation.errorCategory", "Error category", func(r *Record) *string { return &r.Error.Category }).InWords(ErrorCategories)
	Reason      = store.Text("provisioningStatusInfo.errorInformation.reason", "Reason", func(r *Record) *string { return &r.Error.Reason }).AsLong()
	Additional  = store.Text("provisioningStatusInfo.errorInformation.additionalDetails", "Additional details", func(r *Record) *string { return &r.Error.Additional }).AsLong()
	Recommended = store.Text("provisioningStatusInfo.errorInformation.recommendedAction", "Recommended action", func(r *Record) *string { return &r.Error.Recommended }).AsLong()

	SourceID         = store.Text("sourceIdentity.id", "Source identity ID", func(r *Record) *string { return &r.Source.ID })
	SourceName       = store.Text("sourceIdentity.displayName", "Source identity", func(r *Record) *string { return &r.Source.Name })
	SourceType       = store.Text("sourceIdentity.identityType", "Source identity type", func(r *Record) *string { return &r.Source.Type }).InWords(IdentityTypes)
	TargetID         = store.Text("targetIdentity.id", "Target identity ID", func(r *Record) *string { return &r.Target.ID })
	TargetName       = store.Text("targetIdentity.displayName", "Target identity", func(r *Record) *string { return &r.Target.Name })
	TargetType       = store.Text("targetIdentity.identityType", "Target identity type", func(r *Record) *string { return &r.Target.Type }).InWords(IdentityTypes)
	SourceSystemID   = store.EntityID("sourceSystem.id", "Source system ID", func(r *Record) *string { return &r.SourceSystem.ID }, func(r *Record) string { return r.SourceSystem.Name })
	SourceSystemName = store.Text("sourceSystem.displayName", "Source system", func(r *Record) *string { return &r.SourceSystem.Name })
	TargetSystemID   = store.EntityID("targetSystem.id", "Target system ID", func(r *Record) *string { return &r.TargetSystem.ID }, func(r *Record) string { return r.TargetSystem.Name })
	TargetSystemName = store.Text("targetSystem.displayName", "Target system", func(r *Record) *string { return &r.TargetSystem.Name })
	PrincipalID      = store.EntityID("servicePrincipal.id", "Service principal ID", func(r *Record) *string { return &r.Principal.ID }, func(r *Record) string { return r.Principal.Name })
	PrincipalName    = store.Text("servicePrincipal.displayName", "Application", func(r *Record) *string { return &r.Principal.Name })
	InitiatorID      = store.EntityID("initiatedBy.id", "Initiated by (ID)", func(r *Record) *string { return &r.Initiator.ID }, func(r *Record) string { return r.Initiator.Name })
	InitiatorName    = store.Text("initiatedBy.displayName", "Initiated by", func(r *Record) *string { return &r.Initiator.Name })
	InitiatorType    = store.Enum("initiatedBy.initiatorType", "Initiator type", func(r *Record) *string { return &r.Initiator.Type }).InWords(Initiators)
	Tenant           = store.Text("tenantId", "Tenant ID", func(r *Record) *string { return &r.Tenant })

	IdentityID       = store.EntityID("identity.id", "Identity ID", func(r *Record) *string { return &r.Identity.ID }, func(r *Record) string { return r.Identity.Name }).AsMadeUp()
	IdentityUsername = store.Text("identity.userPrincipalName", "Identity user principal name", func(r *Record) *string { return &r.Identity.Username }).AsMadeUp()
	IdentityName     = store.Text("identity.displayName", "Identity", func(r *Record) *string { return &r.Identity.Name }).AsMadeUp()
	IdentityType     = store.Text("identity.identityType", "Identity type", func(r *Record) *string { return &r.Identity.Type }).InWords(IdentityTypes).AsMadeUp()
	TargetUsername   = store.Text("targetIdentity.userPrincipalName", "Target user principal name", func(r *Record) *string { return &r.Target.Username }).AsMadeUp()
	ApplicationID    = store.Text("applicationId", "Application ID", func(r *Record) *string { return &r.ApplicationID }).AsMadeUp()

	StepSet       = store.ListPart(steps, stepName, "provisioningSteps.name", "Step")
	StepTypeSet   = store.ListPart(steps, stepType, "provisioningSteps.provisioningStepType", "Step type").InWords(StepTypes)
	StepStatusSet = store.ListPart(steps, stepStatus, "provisioningSteps.status", "Step status").InWords(Results)
	stepItems     = store.ListItems(steps, "provisioningSteps", "Steps, each with its type and status")
	ChangedSet    = store.ListPart(changes, 0, "modifiedProperties.displayName", "Modified property")
	changeItems   = store.ListItems(changes, "modifiedProperties", "Modified properties")
)

// The fields that pages name.
var (
	IdentityField = &store.Field{
		Name: "identity", Label: "Identity", Properties: []*store.Property{IdentityID, IdentityUsername, IdentityName}, Beside: []*store.Property{SourceID, SourceName, TargetID, TargetUsername, TargetName},
		BesideIn: []store.Log{Log}, One: "identity", Many: "identities", Named: true, Hint: "name, username or ID, in the source or the target",
	}
	IdentityTypeField = &store.Field{Name: "identitytype", Label: "Identity type", Properties: []*store.Property{IdentityType}}
	ActionField       = &store.Field{Name: "action", Label: "Action", Properties: []*store.Property{Action}}
	StatusField       = &store.Field{Name: "status", Label: "Status", Source: store.FromStatus, Column: Result}
	ErrorField        = &store.Field{Name: "error", Label: "Error code", Properties: []*store.Property{ErrorCode}, Hint: "such as EntryConflict"}
	ReasonField       = &store.Field{Name: "reason", Label: "Reason", Properties: []*store.Property{Reason}}
	AppField          = &store.Field{
		Name: "app", Label: "Application", Properties: []*store.Property{PrincipalID, PrincipalName}, Beside: []*store.Property{ApplicationID}, BesideIn: []store.Log{Log},
		One: "application", Many: "applications", Hint: "name, service principal ID or application ID", Object: store.ObjectServicePrincipal,
	}
	SourceField     = &store.Field{Name: "sourcesystem", Label: "Source system", Properties: []*store.Property{SourceSystemID, SourceSystemName}, Hint: "name or ID"}
	TargetField     = &store.Field{Name: "targetsystem", Label: "Target system", Properties: []*store.Property{TargetSystemID, TargetSystemName}, Hint: "name or ID"}
	JobField        = &store.Field{Name: "jobid", Label: "Job ID", Properties: []*store.Property{JobID}, One: "job", Many: "jobs"}
	CycleField      = &store.Field{Name: "cycleid", Label: "Cycle ID", Properties: []*store.Property{CycleID}, One: "cycle", Many: "cycles"}
	ChangeField     = &store.Field{Name: "changeid", Label: "Change ID", Properties: []*store.Property{ChangeID}}
	StepField       = &store.Field{Name: "step", Label: "Step", Properties: []*store.Property{StepSet}, Hint: "such as EntryExportAdd"}
	StepTypeField   = &store.Field{Name: "steptype", Label: "Step type", Part: "type", Properties: []*store.Property{StepTypeSet}}
	StepStatusField = &store.Field{Name: "stepstatus", Label: "Step status", Part: "status", Properties: []*store.Property{StepStatusSet}}
	PropertyField   = &store.Field{Name: "property", Label: "Modified property", Properties: []*store.Property{ChangedSet}, Hint: "such as displayName"}
	RequestField    = &store.Field{Name: "request", Label: "Provisioning ID", Properties: []*store.Property{ID}}
	InitiatorField  = &store.Field{Name: "initiator", Label: "Initiated by", Properties: []*store.Property{InitiatorID, InitiatorName}, Hint: "name or ID"}
	TenantField     = &store.Field{Name: "tenant", Label: "Tenant", Properties: []*store.Property{Tenant}, Hint: "the ID of the tenant that wrote the log"}
)

var statuses = []store.StatusInfo{
	{Label: "-"},
	{Name: "success", Label: "Success", Tone: store.Good},
	{Name: "failure", Label: "Failure", Tone: store.Bad},
	{Name: "skipped", Label: "Skipped"},
	{Name: "warning", Label: "Warning", Tone: store.Warning},
}

var properties = []*store.Property{
	ID, JobID, CycleID, ChangeID, Action, Duration, Result, ErrorCode, Category, Reason, Additional, Recommended,
	SourceID, SourceName, SourceType, TargetID, TargetName, TargetType, SourceSystemID, SourceSystemName, TargetSystemID, TargetSystemName,
	PrincipalID, PrincipalName, InitiatorID, InitiatorName, InitiatorType, Tenant,
	IdentityID, IdentityUsername, IdentityName, IdentityType, TargetUsername, ApplicationID, StepSet, StepTypeSet, StepStatusSet, stepItems, ChangedSet, changeItems,
}

// Kind is the kind of provisioning records.
var Kind = store.NewKind(store.Kind{
	One: "provisioning record", Many: "provisioning records",
	Logs: []store.LogInfo{{
		Log: Log, Number: 19, Title: "Provisioning", Short: "Provisioning", FileStem: "ProvisioningLogs", Category: "ProvisioningLogs", Actor: IdentityField, Target: AppField,
		One: "identity", Many: "identities", Principals: []*store.Property{SourceID, TargetID, PrincipalID}, Apps: []*store.Property{ApplicationID, PrincipalID},
	}},
	Properties: properties,
	Lists:      []*store.List{steps, changes},
	Named: []*store.Field{
		IdentityField, ActionField, StatusField, ErrorField, SourceField, TargetField, AppField, JobField, CycleField, ChangeField, IdentityTypeField, ReasonField,
		StepField, StepTypeField, StepStatusField, PropertyField, InitiatorField, RequestField,
		{Name: "group", Label: "Group of the identity", Members: true, Hint: "the object ID of a group", Object: store.ObjectGroup},
		{Name: "ingested", Label: "Ingested", Source: store.FromIngestion},
		TenantField,
	},
	Searched: store.Searched{
		Correlation: ChangeField,
		IDs:         []*store.Field{IdentityField, AppField, CycleField},
		Starts:      []*store.Field{RequestField, ChangeField},
		Names:       []*store.Field{IdentityField, AppField, TargetField},
		Whole:       []*store.Field{ErrorField, JobField},
		Usernames:   []*store.Field{IdentityField},
	},
	Statuses: statuses,
	Status:   func(e store.Entry) store.Status { return store.StatusNamed(statuses, e.(*Record).Status) },
	New:      func() store.Entry { return &Record{} },
	Update:   func(merged, newer store.Entry) { merged.(*Record).update(newer.(*Record)) },
	Filled:   func(e store.Entry) int { return e.(*Record).members() },
	Inside:   store.ClassesOf(store.Secret),
	Withhold: func(e store.Entry, hidden store.Classes) { e.(*Record).withhold(hidden) },
	Redact:   audit.Redact,

	FileColumns: fileColumns(),
	FileNote:    "has the names of Microsoft Graph: the headings of the Entra portal's file are not public",
	Shape:       shape,
})
