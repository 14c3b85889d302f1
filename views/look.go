package views

import (
	"slices"

	"signpost/store"
)

// Look says how the records of a kind are shown: which fields are in which place and order. The declaration of a field says what
// the field is.
type Look struct {
	// Kind is the kind that is shown.
	Kind *store.Kind
	Logs []LogLook
	// Columns are columns with a drawing of their own, by property. Legacy are those of the legacy view.
	Columns, Legacy map[*store.Property]Column
	// Chosen are the columns after the date if nobody chose any. LegacyChosen are those of the legacy view.
	Chosen, LegacyChosen []*store.Property
	// Absent says why a record has no value for a property; the empty text means no explanation.
	Absent map[*store.Property]func(store.Entry) string
	// Marks are notes about a record as a whole, next to its date; nil for none.
	Marks func(store.Entry) []Mark
	// Views come with the product.
	Views []SavedView
	// Often are the fields that the filter picker lists first, in the order of the Entra portal's own list.
	Often []*store.Field
	// Notes explain the values of a field in the picker.
	Notes map[*store.Field]string
	// Nav and Icon are the kind's entry of the navigation. If they are empty, the kind's own words are used.
	Nav, Icon string
	// Title is a record in a line; nil for its actor and target.
	Title func(store.Entry) string
	// Draw draws parts of the details, by the words of the parts. Titles are other titles for some parts. Says tells the lists of
	// a record, for its history.
	Draw   map[string]func(DetailsPage, *Section)
	Titles map[string]string
	// Verdict is the summary of a record in the words of its kind; nil for its title and its status.
	Verdict func(DetailsPage) *Verdict
	Says    func(e store.Entry, add func(label, text string))
	// Home is the field that the view of foreign records compares with the home country.
	Home *store.Field
	// Tenant is the tenant that wrote the record. It is shown if records of several tenants are stored.
	Tenant *store.Field

	hidden store.Classes // see Looks.Without
}

// LogLook says how one log of the kind is shown.
type LogLook struct {
	Log store.Log
	// Facets are next to the list: the first four are open, see openFacets.
	Facets []*store.Field
	// Splits are the fields that the chart can be broken down by, in addition to the status; nil for the first Facets.
	Splits []*store.Field
	// Columns are the columns of a list of groups: those of its key, and the count last.
	Columns []Column
	// Hit are the fields that the page of an error code counts: who, what, and the networks they came from.
	Hit []*store.Field
	// Sections are the tabs of the details, in the order of tabTitles.
	Sections []string
	// Top are the fields that the page of a user, a group or an application counts: places, devices, errors and methods. Resources
	// take the place of devices where there are none. None is Conditional Access data.
	Top []*store.Field
}

var signInLook = Look{
	Kind: store.SignIns,
	Nav:  "Sign-in logs",
	Logs: []LogLook{
		{
			Log: store.Interactive,
			Sections: []string{
				TabBasic, TabOnlyMe, TabNext, TabRelated, TabLocation, TabDevice, TabRisk, TabAuthentication, TabConditionalAccess, TabReportOnly, TabAdditional,
				TabEvents, TabHistory, TabRaw,
			},
			Facets: []*store.Field{
				store.StatusField, store.ErrorField, store.AppField, store.UserField, store.ResourceField, store.CountryField, store.IPField,
				store.ClientField, store.ConditionalAccessField, store.PolicyField, store.RequirementField, store.MethodField,
				store.OSField, store.BrowserField, store.CompliantField, store.ManagedField, store.TrustField, store.DeviceNameField,
				store.RiskField, store.RiskSignInField, store.RiskStateField, store.RiskDetailField,
			},
			Splits: []*store.Field{store.AppField, store.CountryField, store.ErrorField, store.ClientField},
			Hit:    []*store.Field{store.UserField, store.AppField, store.IPField, store.ASNField},
			Top:    []*store.Field{store.CountryField, store.OSField, store.DeviceNameField, store.ErrorField, store.MethodField},
		},
		{
			Log: store.NonInteractive,
			Sections: []string{
				TabBasic, TabOnlyMe, TabNext, TabRelated, TabLocation, TabDevice, TabRisk, TabAuthentication, TabConditionalAccess, TabReportOnly, TabAdditional,
				TabHistory, TabRaw,
			},
			Facets: []*store.Field{
				store.StatusField, store.ErrorField, store.AppField, store.UserField, store.ResourceField, store.CountryField, store.IPField,
				store.ClientField, store.ConditionalAccessField, store.PolicyField,
				store.OSField, store.CompliantField, store.ManagedField, store.TrustField, store.DeviceNameField,
				store.RiskField, store.RiskSignInField, store.RiskStateField, store.RiskDetailField,
			},
			Columns: []Column{dateColumn, requestColumn, userColumn, appColumn, statusColumn, firstIPColumn, resourceColumn, resourceIDColumn, countColumn},
			Splits:  []*store.Field{store.AppField, store.CountryField, store.ErrorField, store.ClientField},
			Hit:     []*store.Field{store.UserField, store.AppField, store.IPField, store.ASNField},
			Top:     []*store.Field{store.CountryField, store.OSField, store.DeviceNameField, store.ErrorField, store.MethodField},
		},
		{
			Log: store.ServicePrincipal,
			Sections: []string{
				TabBasic, TabOnlyMe, TabNext, TabRelated, TabLocation, TabRisk, TabConditionalAccess, TabReportOnly, TabAdditional, TabHistory, TabRaw,
			},
			Facets: []*store.Field{
				store.StatusField, store.ErrorField, store.ServicePrincipalField, store.ResourceField, store.AppField, store.CountryField, store.IPField,
				store.CredentialField, store.ConditionalAccessField, store.PolicyField,
			},
			Columns: []Column{
				dateColumn, requestColumn, principalColumn("Service principal"), principalIDColumn("Service principal"), statusColumn, ipColumn,
				resourceColumn, resourceIDColumn, countColumn,
			},
			Splits: []*store.Field{store.ServicePrincipalField, store.ResourceField, store.CountryField, store.ErrorField, store.CredentialField},
			Hit:    []*store.Field{store.ServicePrincipalField, store.ResourceField, store.IPField, store.ASNField},
			Top:    []*store.Field{store.CountryField, store.ResourceField, store.IPField, store.ErrorField},
		},
		{
			Log: store.ManagedIdentity,
			Sections: []string{
				TabBasic, TabOnlyMe, TabNext, TabRelated, TabAdditional, TabHistory, TabRaw,
			},
			Facets: []*store.Field{
				store.StatusField, store.ErrorField, store.ServicePrincipalField, store.ResourceField, store.ManagedIdentityTypeField,
			},
			Columns: []Column{
				dateColumn, principalColumn("Managed identity"), principalIDColumn("Managed identity"), statusColumn, resourceColumn, resourceIDColumn,
				countColumn,
			},
			Hit: []*store.Field{store.ServicePrincipalField, store.ResourceField},
			Top: []*store.Field{store.ResourceField, store.ErrorField},
		},
	},
	Columns: columnsBy(
		requestColumn, userColumn, appColumn, resourceColumn, statusColumn, ipColumn, locationColumn, caColumn, requirementColumn,
	),
	Legacy: columnsBy(riskColumn, mfaColumn),
	Chosen: []*store.Property{
		store.RequestID, store.UserDisplayName, store.AppDisplayName, store.StatedStatus, store.IPAddress, store.Location,
		store.ConditionalAccessStatus, store.AuthenticationRequirement,
	},
	LegacyChosen: []*store.Property{
		store.UserDisplayName, store.AppDisplayName, store.StatedStatus, store.RiskState, store.AuthenticationRequirement,
	},
	Absent: map[*store.Property]func(store.Entry) string{store.ClientAppUsed: clientAbsent},
	Marks:  signInMarks,
	Views:  productViews,
	Often: []*store.Field{
		store.UserField, store.ServicePrincipalField, store.AppField, store.StatusField, store.IPField, store.CityField, store.StateField,
		store.CountryField, store.ResourceField, store.ConditionalAccessField, store.ClientField, store.CredentialField, store.MethodField,
		store.OSField, store.BrowserField, store.ErrorField, store.RequestField, store.CorrelationField,
	},
	Notes:  map[*store.Field]string{store.ConditionalAccessField: conditionalAccessNote},
	Home:   store.CountryField,
	Tenant: store.TenantField,
}

// columnsBy gives columns by the property that each draws.
func columnsBy(columns ...Column) map[*store.Property]Column {
	by := make(map[*store.Property]Column, len(columns))
	for _, c := range columns {
		by[c.draws] = c
	}
	return by
}

// of gives the look of a log; the zero look if the kind has no such log.
func (l *Look) of(log store.Log) LogLook {
	for _, look := range l.Logs {
		if look.Log == log {
			return look
		}
	}
	return LogLook{}
}

// Mark is a word next to a record's date, with its meaning.
type Mark struct{ Word, Note string }

// newLook is the default look of a kind: the status and the named fields come first.
func newLook(kind *store.Kind) *Look {
	look := &Look{Kind: kind, Columns: map[*store.Property]Column{}}
	status := kind.StatusField()
	if status != nil && status.Column != nil {
		look.Columns[status.Column] = Column{Name: "status", Label: status.Label, Kind: kindStatus, draws: status.Column, holds: []*store.Property{status.Column}}
		look.Chosen = append(look.Chosen, status.Column)
	}
	for _, p := range kind.Properties {
		if p.Set == nil && !p.IsID() && !slices.Contains(look.Chosen, p) && len(look.Chosen) < maxChosen {
			look.Chosen = append(look.Chosen, p)
		}
	}
	var facets []*store.Field
	for _, f := range kind.Fields() {
		if f.Facetable() && f.List() == nil {
			facets = append(facets, f)
		}
	}
	if status != nil {
		facets = slices.Insert(slices.DeleteFunc(facets, func(f *store.Field) bool { return f == status }), 0, status)
	}
	look.Often = kind.Named
	for _, info := range kind.Logs {
		log := LogLook{Log: info.Log, Facets: facets[:min(len(facets), maxFacets)], Sections: []string{TabBasic, TabHistory, TabRaw}}
		if info.Grouped {
			log.Columns = []Column{dateColumn}
			for _, p := range info.GroupBy {
				log.Columns = append(log.Columns, look.groupColumn(info, p))
			}
			log.Columns = append(log.Columns, Column{Name: "count", Label: "# " + kind.Many, Kind: kindCount, Hint: Capital(kind.Many) + " that are the same but for their time"})
		}
		look.Logs = append(look.Logs, log)
	}
	return look
}

// These bound a default look.
const (
	maxChosen = 7
	maxFacets = 10
)

// groupColumn is the column of a part of a group's key: the name if the key is an ID with a name.
func (l *Look) groupColumn(info store.LogInfo, p *store.Property) Column {
	if f, ok := l.Kind.FieldOf(p); ok && f.IsOfIDs() {
		return Column{Name: "who", Label: f.Label, Kind: kindText, holds: []*store.Property{p}, cell: func(e store.Entry) Cell {
			text := OrEmpty(f.CalledIn(e))
			return Cell{Text: text, Title: text}
		}}
	}
	return l.propertyColumn(p)
}

// Looks say how the kinds of a catalog are shown.
type Looks []*Look

// LooksOf gives the look of each kind of a catalog: its own look, else one made from its declaration.
func LooksOf(catalog store.Catalog) Looks {
	var looks Looks
	for _, kind := range catalog {
		switch kind {
		case signInLook.Kind:
			looks = append(looks, &signInLook)
		case auditLook.Kind:
			looks = append(looks, &auditLook)
		case provisioningLook.Kind:
			looks = append(looks, &provisioningLook)
		case activityLook.Kind:
			looks = append(looks, &activityLook)
		case riskLook.Kind:
			looks = append(looks, &riskLook)
		case accessLook.Kind:
			looks = append(looks, &accessLook)
		default:
			looks = append(looks, newLook(kind))
		}
	}
	return looks
}

// Lists gives the list of each log that the viewer may read, in the order of the tabs.
func (l Looks) Lists() (lists []List) {
	for _, look := range l {
		for _, info := range look.logs() {
			list, _ := l.List(info.Log)
			lists = append(lists, list)
		}
	}
	return lists
}

// List gives the list of a log; ok is false if the viewer has no such log.
func (l Looks) List(log store.Log) (list List, ok bool) {
	for _, look := range l {
		if info, ok := look.Kind.Log(log); ok && !look.hidden.Has(info.Read) {
			list := List{Log: log}
			if look != &signInLook {
				list.Look = look
			}
			return list, true
		}
	}
	return List{}, false
}

// Without gives the looks for a viewer who may not see some classes. The look of sign-ins keeps its Conditional Access data: pages
// say who may see it.
func (l Looks) Without(hidden store.Classes) Looks {
	looks := slices.Clone(l)
	for i, look := range looks {
		if look == &signInLook {
			if hidden.Has(store.TenantLogs) {
				without := *look
				without.hidden = hidden
				looks[i] = &without
			}
			continue
		}
		without := *look
		without.hidden = hidden
		without.Chosen = slices.DeleteFunc(slices.Clone(look.Chosen), without.hides)
		without.Logs = slices.Clone(look.Logs)
		for n := range without.Logs {
			without.Logs[n].Facets = slices.DeleteFunc(slices.Clone(look.Logs[n].Facets), func(f *store.Field) bool { return hidden.Has(f.Class) })
		}
		looks[i] = &without
	}
	return looks
}

// logs are the logs of the kind that the viewer may read.
func (l *Look) logs() []store.LogInfo {
	return slices.DeleteFunc(slices.Clone(l.Kind.Logs), func(info store.LogInfo) bool { return l.hidden.Has(info.Read) })
}

// hides says that the viewer may not see a property.
func (l *Look) hides(p *store.Property) bool { return l.hidden.Has(p.Class) }
