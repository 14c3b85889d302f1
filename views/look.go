package views

import "signpost/store"

// Look is how the records of a kind are shown: which of their fields stand where, in which order. What a field is, its own
// declaration says.
type Look struct {
	Logs []LogLook
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
	// Hit are counted on the page of an error code: who, what, and the networks they came from.
	Hit []*store.Field
	// Top are counted on the page of a user, a group or an application: places, devices, errors and methods, and resources
	// where there are no devices. None is Conditional Access data.
	Top []*store.Field
}

var signInLook = Look{
	Logs: []LogLook{
		{
			Log: store.Interactive,
			Facets: []*store.Field{
				store.StatusField, store.ErrorField, store.AppField, store.UserField, store.ResourceField, store.CountryField, store.IPField,
				store.ClientField, store.ConditionalAccessField, store.OSField, store.BrowserField, store.RequirementField, store.MethodField,
			},
			Hit: []*store.Field{store.UserField, store.AppField, store.IPField, store.ASNField},
			Top: []*store.Field{store.CountryField, store.OSField, store.DeviceNameField, store.ErrorField, store.MethodField},
		},
		{
			Log: store.NonInteractive,
			Facets: []*store.Field{
				store.StatusField, store.ErrorField, store.AppField, store.UserField, store.ResourceField, store.CountryField, store.IPField,
				store.ClientField, store.ConditionalAccessField, store.OSField,
			},
			Hit: []*store.Field{store.UserField, store.AppField, store.IPField, store.ASNField},
			Top: []*store.Field{store.CountryField, store.OSField, store.DeviceNameField, store.ErrorField, store.MethodField},
		},
		{
			Log: store.ServicePrincipal,
			Facets: []*store.Field{
				store.StatusField, store.ErrorField, store.ServicePrincipalField, store.AppField, store.ResourceField, store.CountryField, store.IPField,
				store.CredentialField,
			},
			Hit: []*store.Field{store.ServicePrincipalField, store.ResourceField, store.IPField, store.ASNField},
			Top: []*store.Field{store.CountryField, store.ResourceField, store.IPField, store.ErrorField},
		},
		{
			Log: store.ManagedIdentity,
			Facets: []*store.Field{
				store.StatusField, store.ErrorField, store.ServicePrincipalField, store.ResourceField, store.ManagedIdentityTypeField,
			},
			Hit: []*store.Field{store.ServicePrincipalField, store.ResourceField},
			Top: []*store.Field{store.ResourceField, store.ErrorField},
		},
	},
	Often: []*store.Field{
		store.UserField, store.ServicePrincipalField, store.AppField, store.StatusField, store.IPField, store.CityField, store.StateField,
		store.CountryField, store.ResourceField, store.ConditionalAccessField, store.ClientField, store.CredentialField, store.MethodField,
		store.OSField, store.BrowserField, store.ErrorField, store.RequestField, store.CorrelationField,
	},
	Notes:  map[*store.Field]string{store.ConditionalAccessField: conditionalAccessNote},
	Home:   store.CountryField,
	Tenant: store.TenantField,
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
