package provisioning

import (
	"strings"

	"signpost/store"
)

// shape tells an importer where the values stand. Azure Monitor has records in Graph's spelling, and others with Id, Name, Type
// and Status inside of the objects. Graph's beta has action and statusInfo too.
var shape = store.Shape{
	Tells: []string{"jobId", "changeId"},
	Times: []string{"activityDateTime"},
	Aliases: map[string]string{
		"action": Action.Name, "durationms": Duration.Name,
		"statusinfo.status": Result.Name, "statusinfo.errorcode": ErrorCode.Name, "statusinfo.errorcategory": Category.Name, "statusinfo.reason": Reason.Name,
		"statusinfo.additionaldetails": Additional.Name, "statusinfo.recommendedaction": Recommended.Name,
		"sourceidentity.name": SourceName.Name, "sourceidentity.type": SourceType.Name, "targetidentity.name": TargetName.Name, "targetidentity.type": TargetType.Name,
		"sourcesystem.name": SourceSystemName.Name, "targetsystem.name": TargetSystemName.Name, "serviceprincipal.name": PrincipalName.Name,
		"initiatedby.name": InitiatorName.Name, "initiatedby.type": InitiatorType.Name, "initiatedby.initiatingtype": InitiatorType.Name,
	},
	Lists: map[string]func(store.Entry, []byte) bool{
		"provisioningsteps":      func(e store.Entry, value []byte) bool { return e.(*Record).readSteps(value) },
		"modifiedproperties":     func(e store.Entry, value []byte) bool { return e.(*Record).readChanges(value) },
		"serviceprincipal":       func(e store.Entry, value []byte) bool { return e.(*Record).readPrincipal(value) },
		"sourceidentity.details": func(e store.Entry, value []byte) bool { return readDetails(&e.(*Record).Source.Details, value) },
		"targetidentity.details": func(e store.Entry, value []byte) bool { return readDetails(&e.(*Record).Target.Details, value) },
		"sourcesystem.details":   func(e store.Entry, value []byte) bool { return readDetails(&e.(*Record).SourceSystem.Details, value) },
		"targetsystem.details":   func(e store.Entry, value []byte) bool { return readDetails(&e.(*Record).TargetSystem.Details, value) },
		"resulttype": func(e store.Entry, value []byte) bool {
			e.(*Record).rowResult = textOf(value)
			return true
		},
		// Log Analytics has the workspace in TenantId, and the tenant in a column of its own.
		"type": func(e store.Entry, value []byte) bool {
			e.(*Record).isRow = strings.EqualFold(textOf(value), "AADProvisioningLogs")
			return true
		},
		"aadtenantid": func(e store.Entry, value []byte) bool {
			r := e.(*Record)
			r.isRow, r.rowTenant = true, textOf(value)
			return true
		},
	},
	Settle: func(e store.Entry, around store.Envelope) { e.(*Record).settle(around) },
}
