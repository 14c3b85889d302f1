package views

import (
	"signpost/store"
	"signpost/store/audit"
)

// auditLook says how audit records are shown, as in the Entra portal.
var auditLook = Look{
	Kind: audit.Kind,
	Nav:  "Audit log", Icon: "audit",
	Logs: []LogLook{auditLog(audit.Directory), auditLog(audit.Attributes)},
	Columns: columnsBy(
		Column{Name: "status", Label: audit.Result.Label, Kind: kindStatus, draws: audit.Result, holds: []*store.Property{audit.Result}},
		auditColumn("service", audit.Service), auditColumn("category", audit.Category), auditColumn("activity", audit.Activity), auditColumn("reason", audit.Reason),
		auditColumn("targets", audit.TargetNames),
		Column{Name: "actor", Label: audit.ActorName.Label, Kind: kindText, draws: audit.ActorName, holds: []*store.Property{audit.ActorID}, cell: plain(actorText)},
	),
	Chosen: []*store.Property{audit.Service, audit.Category, audit.Activity, audit.Result, audit.Reason, audit.TargetNames, audit.ActorName},
	Often: []*store.Field{
		audit.ServiceField, audit.CategoryField, audit.ActivityField, audit.StatusField, audit.TargetField, audit.ActorField, audit.TargetTypeField,
		audit.PropertyField, audit.UserField, audit.AppField, audit.AddressField, audit.RequestField, audit.CorrelationField,
	},
	Tenant: audit.TenantField,
	Title:  auditTitle,
	Draw: map[string]func(DetailsPage, *Section){
		TabBasic: DetailsPage.auditActivity, TabTargets: DetailsPage.auditTargets, TabModified: DetailsPage.auditChanges, TabAdditional: DetailsPage.auditDetails,
	},
	Titles:  map[string]string{TabBasic: "Activity", TabRelated: "Sign-ins of the actor"},
	Verdict: DetailsPage.auditVerdict,
	Says:    auditSays,
	Views: []SavedView{
		{ID: "failures", Name: "Failed changes", Query: "status=failure"},
		{ID: "roles", Name: "Role changes", Query: "category=RoleManagement&range=30d"},
		{ID: "consent", Name: "Consent and permissions", Query: "activity.has=app+role+assignment&activity.has=consent&activity.has=delegated+permission&range=30d"},
		{ID: "secrets", Name: "Secrets and certificates", Query: "activity.has=certificates+and+secrets&activity.has=credentials&range=30d"},
		{ID: "policies", Name: "Policies", Query: "category=Policy&range=30d"},
		{ID: "methods", Name: "Authentication methods", Query: "activity.has=security+info&activity.has=strong+authentication&range=7d"},
		{ID: "passwords", Name: "Password resets and changes", Query: "activity.has=password&range=7d"},
		{ID: "guests", Name: "Guests invited", Query: "activity.has=invite&range=30d"},
	},
}

func auditColumn(name string, p *store.Property) Column {
	return Column{Name: name, Label: p.Label, Kind: kindText, draws: p, holds: []*store.Property{p}, cell: plain(func(r *audit.Record) string { return p.Enumeration.Words(*p.Text(r)) })}
}

func auditLog(log store.Log) LogLook {
	return LogLook{
		Log:      log,
		Facets:   []*store.Field{audit.StatusField, audit.ActivityField, audit.ActorField, audit.CategoryField, audit.ServiceField, audit.TargetTypeField, audit.PropertyField, audit.AddressField},
		Splits:   []*store.Field{audit.ServiceField, audit.CategoryField, audit.ActivityField, audit.ActorField},
		Sections: []string{TabBasic, TabTargets, TabModified, TabAdditional, TabRelated, TabHistory, TabRaw},
	}
}

// actorText names the actor: a person by the user principal name, as in the Entra portal.
func actorText(r *audit.Record) string { return firstText(r.User.Username, r.ActorName, r.ActorID) }

// auditTitle is the activity and its target.
func auditTitle(e store.Entry) string {
	r := e.(*audit.Record)
	activity := firstText(audit.Activities.Words(r.Activity), Capital(audit.Kind.One))
	if r.TargetNames == "" {
		return activity
	}
	return activity + ": " + r.TargetNames
}

// auditSays tells the lists of a record for its history: each target and each change is an entry of its own.
func auditSays(e store.Entry, add func(label, text string)) {
	r := e.(*audit.Record)
	for i := range r.Targets {
		t := &r.Targets[i]
		add("Target "+Number(int64(i+1)), nameAndID(firstText(t.Name, t.Username), t.ID)+typeInBrackets(audit.TargetTypes.Words(t.Type)))
		for _, c := range t.Changes {
			old, now := changeTexts(c)
			add("Modified property "+c.Name, old+" to "+now)
		}
	}
	for _, d := range r.Details {
		add("Additional detail "+d.Key, d.Value)
	}
}

func typeInBrackets(kind string) string {
	if kind == "" {
		return ""
	}
	return " (" + kind + ")"
}
