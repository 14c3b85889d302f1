package views

import "signpost/store"

// Look is how the records of a kind are shown: which of their fields stand where, in which order. What a field is, its own
// declaration says.
type Look struct {
	Logs []LogLook
	// Columns are drawn otherwise than any property is, Legacy in the legacy view.
	Columns, Legacy map[*store.Property]Column
	// Chosen are the columns behind the date where nobody chose any, LegacyChosen those of the legacy view.
	Chosen, LegacyChosen []*store.Property
	// Absent says why a record has nothing in a property; the empty text where nothing is to be said.
	Absent map[*store.Property]func(*store.SignIn) string
	// Views come with the product.
	Views []SavedView
	// Often are the fields that the filter picker lists first, in the order of the Entra portal's own list.
	Often []*store.Field
	// Notes say in the picker what the values of a field mean.
	Notes map[*store.Field]string
	// Home is what the saved view of records from elsewhere compares with the home country.
	Home *store.Field
	// Tenant tells which tenant wrote the log: it is shown where records of several are stored.
	Tenant *store.Field
}

// LogLook is how one log of the kind is shown.
type LogLook struct {
	Log store.Log
	// Facets stand beside the list.
	Facets []*store.Field
	// Columns are those of a list of groups, which has the columns of its key and the count last.
	Columns []Column
	// Hit are counted on the page of an error code: who, what, and the networks they came from.
	Hit []*store.Field
	// Sections are the tabs that the details have, in the order of tabTitles.
	Sections []string
	// Top are counted on the page of a user, a group or an application: places, devices, errors and methods, and resources
	// where there are no devices. None is Conditional Access data.
	Top []*store.Field
}

var signInLook = Look{
	Logs: []LogLook{
		{
			Log: store.Interactive,
			Sections: []string{
				TabBasic, TabOnlyMe, TabRelated, TabLocation, TabDevice, TabAuthentication, TabConditionalAccess, TabReportOnly, TabAdditional,
				TabEvents, TabHistory, TabRaw,
			},
			Facets: []*store.Field{
				store.StatusField, store.ErrorField, store.AppField, store.UserField, store.ResourceField, store.CountryField, store.IPField,
				store.ClientField, store.ConditionalAccessField, store.OSField, store.BrowserField, store.RequirementField, store.MethodField,
			},
			Hit: []*store.Field{store.UserField, store.AppField, store.IPField, store.ASNField},
			Top: []*store.Field{store.CountryField, store.OSField, store.DeviceNameField, store.ErrorField, store.MethodField},
		},
		{
			Log: store.NonInteractive,
			Sections: []string{
				TabBasic, TabOnlyMe, TabRelated, TabLocation, TabDevice, TabAuthentication, TabConditionalAccess, TabReportOnly, TabAdditional,
				TabHistory, TabRaw,
			},
			Facets: []*store.Field{
				store.StatusField, store.ErrorField, store.AppField, store.UserField, store.ResourceField, store.CountryField, store.IPField,
				store.ClientField, store.ConditionalAccessField, store.OSField,
			},
			Columns: []Column{dateColumn, requestColumn, userColumn, appColumn, statusColumn, firstIPColumn, resourceColumn, resourceIDColumn, countColumn},
			Hit:     []*store.Field{store.UserField, store.AppField, store.IPField, store.ASNField},
			Top:     []*store.Field{store.CountryField, store.OSField, store.DeviceNameField, store.ErrorField, store.MethodField},
		},
		{
			Log: store.ServicePrincipal,
			Sections: []string{
				TabBasic, TabOnlyMe, TabRelated, TabLocation, TabConditionalAccess, TabReportOnly, TabAdditional, TabHistory, TabRaw,
			},
			Facets: []*store.Field{
				store.StatusField, store.ErrorField, store.ServicePrincipalField, store.AppField, store.ResourceField, store.CountryField, store.IPField,
				store.CredentialField,
			},
			Columns: []Column{
				dateColumn, requestColumn, principalColumn("Service principal"), principalIDColumn("Service principal"), statusColumn, ipColumn,
				resourceColumn, resourceIDColumn, countColumn,
			},
			Hit: []*store.Field{store.ServicePrincipalField, store.ResourceField, store.IPField, store.ASNField},
			Top: []*store.Field{store.CountryField, store.ResourceField, store.IPField, store.ErrorField},
		},
		{
			Log: store.ManagedIdentity,
			Sections: []string{
				TabBasic, TabOnlyMe, TabRelated, TabAdditional, TabHistory, TabRaw,
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
	Absent: map[*store.Property]func(*store.SignIn) string{store.ClientAppUsed: clientAbsent},
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

// columnsBy gives columns by the property that each of them draws.
func columnsBy(columns ...Column) map[*store.Property]Column {
	by := make(map[*store.Property]Column, len(columns))
	for _, c := range columns {
		by[c.draws] = c
	}
	return by
}

// of gives how a log is shown; nothing for a log that the kind does not have.
func (l *Look) of(log store.Log) LogLook {
	for _, look := range l.Logs {
		if look.Log == log {
			return look
		}
	}
	return LogLook{}
}
