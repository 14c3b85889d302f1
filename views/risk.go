package views

import (
	"signpost/store"
	"signpost/store/risk"
)

// riskLook says how pages show risk detections. As in the Entra portal, users have one tab, and workload identities and agents another.
var riskLook = Look{
	Kind: risk.Kind,
	Nav:  "Risk detections", Icon: "risk",
	Logs: []LogLook{
		{
			Log: risk.Users,
			Facets: []*store.Field{
				risk.StatusField, risk.StateField, risk.TypeField, risk.UserField, risk.CountryField, risk.AddressField, risk.TimingField, risk.ActivityField, risk.DetailField,
				risk.ReasonField, risk.TechniqueField, risk.SourceField, risk.IssuerField, risk.UserTypeField, risk.AgentField,
			},
			Splits:   []*store.Field{risk.StateField, risk.TypeField, risk.UserField, risk.CountryField, risk.TimingField},
			Sections: riskSections,
		},
		{
			Log: risk.Workloads,
			Facets: []*store.Field{
				risk.StatusField, risk.StateField, risk.TypeField, risk.WorkloadField, risk.WorkloadTypeField, risk.AppField, risk.AddressField, risk.CountryField, risk.TimingField,
				risk.ActivityField, risk.DetailField, risk.KeyField, risk.TechniqueField, risk.SourceField, risk.IssuerField,
			},
			Splits:   []*store.Field{risk.StateField, risk.TypeField, risk.WorkloadField, risk.WorkloadTypeField},
			Sections: riskSections,
		},
	},
	Columns: columnsBy(
		Column{Name: "status", Label: risk.Level.Label, Kind: kindStatus, draws: risk.Level, holds: []*store.Property{risk.Level}},
		Column{Name: "user", Label: risk.UserName.Label, Kind: kindText, draws: risk.UserName, holds: []*store.Property{risk.UserID}, cell: nameCell((*risk.Record).Called, func(r *risk.Record) string { return firstText(r.Username, r.UserID) })},
		Column{Name: "sp", Label: risk.WorkloadName.Label, Kind: kindText, draws: risk.WorkloadName, holds: []*store.Property{risk.WorkloadID}, cell: nameCell((*risk.Record).Called, func(r *risk.Record) string { return r.WorkloadID })},
		Column{Name: "location", Label: risk.Location.Label, Kind: kindText, draws: risk.Location, holds: []*store.Property{risk.Country, risk.Region, risk.City}, cell: plain(riskPlace)},
		Column{Name: "ip", Label: risk.Address.Label, Kind: kindIP, draws: risk.Address, holds: []*store.Property{risk.Address}, cell: plain(func(r *risk.Record) string { return r.Address })},
	),
	Chosen: []*store.Property{
		risk.EventType, risk.State, risk.Level, risk.Detail, risk.UserName, risk.WorkloadName, risk.WorkloadType, risk.Address, risk.Location, risk.Timing,
	},
	Often: []*store.Field{
		risk.TypeField, risk.StateField, risk.StatusField, risk.UserField, risk.WorkloadField, risk.AddressField, risk.CountryField, risk.TimingField, risk.ActivityField,
		risk.DetailField, risk.ReasonField, risk.TechniqueField, risk.SourceField, risk.IssuerField, risk.SignInField, risk.CorrelationField, risk.RequestField,
	},
	Notes: map[*store.Field]string{
		risk.StatusField: "Hidden is what a tenant without the premium licence gets: it is no level.",
		risk.TypeField:   "Without the premium licence most types come as Additional risk detected.",
	},
	Tenant: risk.TenantField,
	Title:  riskTitle,
	Draw:   map[string]func(DetailsPage, *Section){TabBasic: DetailsPage.riskBasic, TabLocation: DetailsPage.riskLocation, TabAdditional: DetailsPage.riskAdditional},
	Titles: map[string]string{TabBasic: "Detection", TabLocation: "Location", TabAdditional: "Additional information", TabRelated: "Sign-in and other detections"},

	Verdict: DetailsPage.riskVerdict,
	Says:    riskSays,
	Views: []SavedView{
		{ID: "open", Name: "At risk or confirmed compromised", Query: "range=30d&riskstate=atRisk&riskstate=confirmedCompromised"},
		{ID: "high", Name: "High risk", Query: "range=30d&status=high"},
		{ID: "realtime", Name: "Noticed in real time", Query: "range=30d&timing=realtime"},
		{ID: "offline", Name: "Noticed later", Query: "range=30d&timing=offline"},
		{ID: "credentials", Name: "Leaked credentials and stolen tokens", Query: "range=30d&riskevent=anomalousToken&riskevent=attackerinTheMiddle&riskevent=attemptedPrtAccess&riskevent=leakedCredentials"},
		{ID: "dismissed", Name: "Dismissed or confirmed safe", Query: "range=30d&riskstate=confirmedSafe&riskstate=dismissed"},
	},
}

var riskSections = []string{TabBasic, TabLocation, TabAdditional, TabRelated, TabHistory, TabRaw}

// nameCell shows a name. Its title has the name with the ID.
func nameCell(name, id func(*risk.Record) string) func(store.Entry) Cell {
	return func(e store.Entry) Cell {
		r := e.(*risk.Record)
		return Cell{Text: OrEmpty(name(r)), Title: OrEmpty(nameAndID(name(r), id(r)))}
	}
}

// riskPlace names the place with the country by its name.
func riskPlace(r *risk.Record) string {
	return store.PlaceName(r.City, r.Region, store.Countries.Words(r.Country))
}

// riskTitle is the type of the detection, and the name of the user or the workload identity.
func riskTitle(e store.Entry) string {
	r := e.(*risk.Record)
	title := firstText(store.RiskDetections.Words(r.EventType), Capital(risk.Kind.One))
	if called := r.Called(); called != "" {
		title += ": " + called
	}
	return title
}

// riskSays adds the lists of a record to its history.
func riskSays(e store.Entry, add func(label, text string)) {
	r := e.(*risk.Record)
	for _, i := range r.Info {
		add(risk.InfoKeys.Words(i.Key), infoText(i))
	}
	for _, key := range r.Keys {
		add(risk.KeyField.Label, key)
	}
}

// riskHelp is the part of the help about detections. Only people who may read them see it.
var riskHelp = helpTopic{
	ID: "detections", Title: "Risk detections",
	Texts: []string{
		"What Identity Protection noticed about sign-ins and users, and in a log of its own about workload identities and agents. A detection names its type, level, state and place, and often the sign-in that it is about.",
		"Microsoft fills a detection in after it was made, and changes its state. The copy with the latest change counts as a whole; History shows the earlier ones.",
		"The level of a detection is none, low, medium or high. Hidden stands apart: a tenant without the premium licence does not get the level.",
	},
	Points: []HelpPoint{
		{"Real time and offline", "Real-time detections show up after 5 to 10 minutes, offline ones after up to 48 hours. So a stored sign-in may get its risk later."},
		{"Additional risk detected", "Something was noticed that only the premium licence names."},
		{"Risky sign-ins", "A sign-in of a user is risky where its risk state is other than none, or where its level during the sign-in was low, medium or high. Hidden stands apart: without the premium licence records have that word in place of the level. Where these say hidden and nothing else tells of a risk, the sign-in is listed and counted apart. The list names the level during the sign-in, and the level now where it differs."},
		{"Sign-ins of service principals", "Their own risk fields tell nothing. Such a sign-in is risky where a detection names its request. It is near a detection where that is of the same service principal, at most 24 hours before or after. Where the detection names credentials, the sign-in must also have used one of them. That is less, and is counted apart."},
		{"Risk tab of a sign-in", "Its detections with their additional information, how its risk changed, and which policy acted, for those who may see policies."},
		{"Sign-in of a detection", "Related lists the sign-in with the request ID of the detection, where it was imported."},
		{"Get the log", "Diagnostic settings have the categories UserRiskEvents and ServicePrincipalRiskEvents. Microsoft Graph has /identityProtection/riskDetections, /identityProtection/servicePrincipalRiskDetections and, in the beta, /identityProtection/agentRiskDetections. The headings of the Entra portal's CSV files are not public: make a mapping for one under Import."},
	},
}
