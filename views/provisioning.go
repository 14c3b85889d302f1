package views

import (
	"signpost/store"
	"signpost/store/provisioning"
)

// provisioningLook says how provisioning records are shown, as in the Entra portal.
var provisioningLook = Look{
	Kind: provisioning.Kind,
	Nav:  "Provisioning", Icon: "provisioning",
	Logs: []LogLook{{
		Log: provisioning.Log,
		Facets: []*store.Field{
			provisioning.StatusField, provisioning.ActionField, provisioning.AppField, provisioning.ErrorField, provisioning.IdentityField, provisioning.SourceField,
			provisioning.TargetField, provisioning.IdentityTypeField, provisioning.JobField, provisioning.CycleField, provisioning.StepField, provisioning.PropertyField,
		},
		Splits:   []*store.Field{provisioning.ActionField, provisioning.AppField, provisioning.ErrorField, provisioning.TargetField},
		Sections: []string{TabBasic, TabSteps, TabTroubleshooting, TabModified, TabRelated, TabHistory, TabRaw},
	}},
	Columns: columnsBy(
		Column{Name: "identity", Label: provisioning.IdentityName.Label, Kind: kindText, draws: provisioning.IdentityName, holds: []*store.Property{provisioning.IdentityID}, cell: provisioningIdentity},
		Column{Name: "action", Label: provisioning.Action.Label, Kind: kindText, draws: provisioning.Action, holds: []*store.Property{provisioning.Action}, cell: plain(func(r *provisioning.Record) string { return provisioning.Actions.Words(r.Action) })},
		Column{Name: "system", Label: provisioning.SourceSystemName.Label, Kind: kindText, draws: provisioning.SourceSystemName, holds: []*store.Property{provisioning.SourceSystemID}, cell: plain(func(r *provisioning.Record) string { return r.SourceSystem.Called() })},
		Column{Name: "system", Label: provisioning.TargetSystemName.Label, Kind: kindText, draws: provisioning.TargetSystemName, holds: []*store.Property{provisioning.TargetSystemID}, cell: plain(func(r *provisioning.Record) string { return r.TargetSystem.Called() })},
		Column{Name: "app", Label: provisioning.PrincipalName.Label, Kind: kindText, draws: provisioning.PrincipalName, holds: []*store.Property{provisioning.PrincipalID}, cell: plain(func(r *provisioning.Record) string { return r.Principal.Called() })},
		Column{Name: "status", Label: provisioning.Result.Label, Kind: kindStatus, draws: provisioning.Result, holds: []*store.Property{provisioning.Result}},
	),
	Chosen: []*store.Property{provisioning.IdentityName, provisioning.Action, provisioning.SourceSystemName, provisioning.TargetSystemName, provisioning.Result},
	Often: []*store.Field{
		provisioning.IdentityField, provisioning.StatusField, provisioning.ActionField, provisioning.AppField, provisioning.SourceField, provisioning.TargetField,
		provisioning.JobField, provisioning.CycleField, provisioning.ChangeField, provisioning.ErrorField, provisioning.IdentityTypeField, provisioning.StepField, provisioning.PropertyField,
	},
	Tenant: provisioning.TenantField,
	Title:  provisioningTitle,
	Draw: map[string]func(DetailsPage, *Section){
		TabBasic: DetailsPage.provisioningFacts, TabSteps: DetailsPage.provisioningSteps, TabTroubleshooting: DetailsPage.provisioningTrouble, TabModified: DetailsPage.provisioningChanges,
	},
	Titles:  map[string]string{TabBasic: "Identity, systems and job", TabRelated: "Around this change"},
	Verdict: DetailsPage.provisioningVerdict,
	Says:    provisioningSays,
	Views: []SavedView{
		{ID: "failures", Name: "Failures", Query: "range=7d&status=failure"},
		{ID: "skipped", Name: "Skipped", Query: "range=7d&status=skipped"},
		{ID: "created", Name: "Created in a target", Query: "action=create&range=30d&status=success"},
		{ID: "removed", Name: "Deleted or disabled", Query: "action=delete&action=disable&action=stagedDelete&range=30d"},
		{ID: "conflicts", Name: "Conflicts", Query: "error.has=conflict&error.has=duplicate&range=30d"},
		{ID: "rights", Name: "Credentials refused", Query: "error.has=notpermitted&error.has=rights&error.has=unauthorized&range=30d"},
	},
}

// provisioningIdentity names the identity in the source. Its title has the identity in both systems.
func provisioningIdentity(e store.Entry) Cell {
	r := e.(*provisioning.Record)
	source, target := identityText(&r.Source), identityText(&r.Target)
	title := OrEmpty(firstText(source, target))
	if source != "" && target != "" {
		title = source + " → " + target
	}
	return Cell{Text: OrEmpty(r.Identity.Called()), Title: title}
}

func identityText(i *provisioning.Identity) string {
	return nameAndID(firstText(i.Name, i.Username), i.ID)
}

// provisioningTitle is what was done to the identity, and where.
func provisioningTitle(e store.Entry) string {
	r := e.(*provisioning.Record)
	title := firstText(provisioning.Actions.Words(r.Action), Capital(provisioning.Kind.One))
	if called := r.Identity.Called(); called != "" {
		title += ": " + called
	}
	if target := r.TargetSystem.Called(); target != "" {
		title += " in " + target
	}
	return title
}

// provisioningSays tells the lists of a record for its history: each step and each change is an entry of its own.
func provisioningSays(e store.Entry, add func(label, text string)) {
	r := e.(*provisioning.Record)
	for i := range r.Steps {
		s := &r.Steps[i]
		add("Step "+Number(int64(i+1))+" "+s.Name, firstText(provisioning.Results.Words(s.Status), Empty)+": "+s.Description)
	}
	for _, s := range r.OtherPrincipals {
		add("Further application", nameAndID(s.Name, s.ID))
	}
	for _, c := range r.Changes {
		old, now := changeTexts(c)
		add("Modified property "+c.Name, old+" to "+now)
	}
}

// provisioningHelp is the part of the help about the log.
var provisioningHelp = helpTopic{
	ID: "provisioning", Title: "Provisioning log",
	Texts: []string{
		"What jobs of the provisioning service did to users and groups in other systems, and in this directory for other systems. A job is one application's configuration, a cycle one run of it, a change the work on one object.",
		"Steps shows what was done in order: import, determine if in scope, match, provision. Troubleshooting has the error in the record's words, what its code means and what to do.",
		"Identity finds an object by any name or ID that it has in the source or the target.",
	},
	Points: []HelpPoint{
		{"Skipped", "Nothing was changed: the object is out of scope, is not assigned to the application, or is as it should be. That is mostly no error."},
		{"Warning", "The change was made, but not all of it."},
		{"Same error for everybody", "Filter by the status Failure and look at the error codes: a refused credential or a deleted target fails for all objects of a job."},
		{"Get the log", "Diagnostic settings have the category ProvisioningLogs, and Microsoft Graph /auditLogs/provisioning. The portal keeps it for 30 days with a premium licence, for 7 without."},
	},
}
