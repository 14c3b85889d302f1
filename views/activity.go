package views

import (
	"signpost/store"
	"signpost/store/activity"
)

// activityLook says how records of Microsoft 365 activity are shown.
var activityLook = Look{
	Kind: activity.Kind,
	Nav:  "Microsoft 365", Icon: "activity",
	Logs: []LogLook{{
		Log: activity.Log,
		Facets: []*store.Field{
			activity.OperationField, activity.WorkloadField, activity.UserField, activity.StatusField, activity.TypeField, activity.AppField, activity.AddressField,
			activity.UserTypeField, activity.ParameterField, activity.PropertyField, activity.MailboxField, activity.LogonField, activity.ItemTypeField,
			activity.SharedField, activity.TeamField, activity.ErrorField,
		},
		Splits:   []*store.Field{activity.WorkloadField, activity.OperationField, activity.TypeField, activity.UserField, activity.AppField},
		Sections: []string{TabBasic, TabTargets, TabModified, TabDevice, TabAdditional, TabRelated, TabHistory, TabRaw},
	}},
	Columns: columnsBy(
		Column{Name: "status", Label: activity.Outcome.Label, Kind: kindStatus, draws: activity.Outcome, holds: []*store.Property{activity.Outcome}},
		Column{Name: "user", Label: activity.UserID.Label, Kind: kindText, draws: activity.UserID, holds: []*store.Property{activity.UserObjectID}, cell: plain(whoActed)},
		Column{Name: "app", Label: activity.Application.Label, Kind: kindText, draws: activity.Application, holds: []*store.Property{activity.ApplicationID}, cell: plain(appOf)},
		Column{Name: "target", Label: "Item or target", Kind: kindText, draws: activity.Target, holds: []*store.Property{activity.Target}, cell: objectCell},
	),
	Chosen: []*store.Property{
		activity.Workload, activity.Operation, activity.UserID, activity.Target, activity.Outcome, activity.Address, activity.Application, activity.RecordType,
		activity.UserType, activity.SessionID,
	},
	Often: []*store.Field{
		activity.UserField, activity.OperationField, activity.WorkloadField, activity.TypeField, activity.StatusField, activity.AddressField, activity.AppField,
		activity.ItemField, activity.TargetField, activity.TextField, activity.ParameterField, activity.PropertyField, activity.SessionField, activity.TokenField,
		activity.CorrelationField, activity.RequestField,
	},
	Notes: map[*store.Field]string{
		activity.StatusField: "By the operation and its error. What a record states as its result is told apart: of a sign-in it says no more than that the question was answered.",
	},
	Tenant: activity.TenantField,
	Title:  activityTitle,
	Draw: map[string]func(DetailsPage, *Section){
		TabBasic: DetailsPage.activityBasic, TabTargets: DetailsPage.activityTargets, TabModified: DetailsPage.activityChanges,
		TabDevice: DetailsPage.activityDevice, TabAdditional: DetailsPage.activityAdditional,
	},
	Titles:  map[string]string{TabBasic: "Activity", TabTargets: "Items and targets", TabModified: "Changes", TabDevice: "Device and session", TabRelated: "Related sign-ins"},
	Verdict: DetailsPage.activityVerdict,
	Says:    activitySays,
	Views: []SavedView{
		{ID: "inbox-rules", Name: "Inbox rules that forward or delete", Query: "operation=New-InboxRule&operation=Set-InboxRule&operation=UpdateInboxRules&parameter=DeleteMessage&parameter=ForwardAsAttachmentTo&parameter=ForwardTo&parameter=MoveToFolder&parameter=RedirectTo&range=30d"},
		{ID: "forwarding", Name: "Mailbox forwarding", Query: "operation=Set-Mailbox&parameter=DeliverToMailboxAndForward&parameter=ForwardingAddress&parameter=ForwardingSmtpAddress&range=30d"},
		{ID: "consent", Name: "Consent to applications", Query: "operation.has=app+role+assignment&operation.has=consent+to+application&operation.has=delegated+permission&range=30d"},
		{ID: "roles", Name: "Role changes", Query: "operation.has=member+from+role&operation.has=member+to+role&range=30d"},
		{ID: "downloads", Name: "Downloaded and synchronized files, by user", Query: "operation=FileDownloaded&operation=FileSyncDownloadedFull&range=7d&split=user"},
		{ID: "anonymous", Name: "Anonymous links", Query: "operation.has=AnonymousLink&range=30d"},
		{ID: "mail-by-app", Name: "Mail read by other applications than Microsoft's for mail", Query: mailByOthers},
	},
}

// mailByOthers counts the mail that was read by other applications than Microsoft's own for mail, by application. Those are Exchange
// Online, Outlook on the web, for Windows, for phones and the new one.
const mailByOthers = "app.not=00000002-0000-0ff1-ce00-000000000000&app.not=27922004-5251-4030-b22d-91ecd9a37ea4&app.not=5d661950-3475-41cd-a2c3-d671a3162bc1&" +
	"app.not=9199bf20-a13f-4107-85dc-02114787ef48&app.not=d3590ed6-52b3-4102-aeff-aad2292ab01c&operation=MailItemsAccessed&range=30d&split=app"

// whoActed names the actor: a person by the username.
func whoActed(r *activity.Record) string {
	return firstText(r.UserID, r.UserKey, r.UserObjectID, r.PrincipalID)
}

func appOf(r *activity.Record) string { return firstText(r.ApplicationName, r.ApplicationID) }

// objectCell names the item or the target. The address of a file is told by its end: the whole is the title.
func objectCell(e store.Entry) Cell {
	r := e.(*activity.Record)
	whole := firstText(r.Item, r.Target)
	return Cell{Text: OrEmpty(lastPart(whole)), Title: OrEmpty(whole)}
}

// activityTitle is the operation and the item or target.
func activityTitle(e store.Entry) string {
	r := e.(*activity.Record)
	title := firstText(r.Operation, Capital(activity.Kind.One))
	if r.IsRequest() {
		title = r.RequestMethod
	}
	if object := firstText(r.Item, r.Target); object != "" {
		title += ": " + lastPart(object)
	}
	return title
}

// activitySays tells the lists of a record for its history: each parameter, change and item is an entry of its own.
func activitySays(e store.Entry, add func(label, text string)) {
	r := e.(*activity.Record)
	for _, p := range r.Parameters {
		add("Parameter "+p.Key, p.Value)
	}
	for _, c := range r.Changes {
		add("Modified property "+c.Name, OrEmpty(Unpacked(c.Old))+" to "+OrEmpty(Unpacked(c.New)))
	}
	for _, p := range r.Extended {
		add("Detail "+p.Key, p.Value)
	}
	for _, p := range r.DeviceDetails {
		add("Device "+p.Key, p.Value)
	}
	for _, i := range r.Items {
		add(firstText(i.Kind, "Item"), firstText(i.Name, i.Path, i.ID))
	}
}
