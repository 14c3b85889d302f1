package store

var signInSearched = Searched{
	Correlation: CorrelationField,
	IDs: []*Field{
		UserField, AppField, ResourceField, ServicePrincipalField, DeviceField, SessionField, TokenField, HomeTenantField, ResourceTenantField,
		ResourceOwnerField, AppOwnerField, KeyField, FederatedCredentialField,
	},
	Starts:    []*Field{RequestField, CorrelationField},
	Names:     []*Field{UserField, AppField, ResourceField, ServicePrincipalField},
	Whole:     []*Field{IdentifierField, DeviceNameField, HomeTenantField, CityField, StateField, CountryField},
	Words:     []*Field{SessionField, TokenField, ThumbprintField},
	Usernames: []*Field{UserField, IdentifierField},
	Addresses: []*Field{IPField, IPResourceField},
	Codes:     []*Field{ErrorField, AnyErrorField},
}
