package views

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"signpost/store"
)

// fact gives a property of the sign-in with the portal's label.
func (p DetailsPage) fact(prop *store.Property) Fact {
	f := Fact{Label: prop.Label, Value: OrEmpty(propertyText(prop, p.Record.Entry))}
	if f.Value == Empty && p.isMisread(prop) {
		f.Value = notRead
		return f
	}
	if f.Value == Empty && slices.Contains(p.Lacks.Properties, prop) {
		f.Note = p.notInExport()
	}
	f = p.narrowed(f, prop)
	if t, err := time.Parse(time.RFC3339Nano, f.Value); prop.Instant && err == nil {
		f.Value = p.Shell.Zone.PreciseTime(t)
	}
	f.Value = prop.Enumeration.Words(f.Value)
	return f
}

// notInExport says that a value is not known, because the export has no place for it.
func (p DetailsPage) notInExport() string { return "not in this export: " + p.Lacks.Export }

// id is a fact with a copy button.
func (p DetailsPage) id(prop *store.Property) Fact {
	f := p.fact(prop)
	f.Copy = f.isTold()
	return f
}

// leading makes a name a link to the page of its object.
func (p DetailsPage) leading(f Fact, kind store.ObjectKind, id string) Fact {
	if f.isTold() {
		f.Page = ObjectURL(kind, strings.ToLower(id))
	}
	return f
}

// countryFact is the country by its name, with the two letters in the record.
func (p DetailsPage) countryFact() Fact {
	f := p.fact(store.CountryOrRegion)
	if code := p.signIn().CountryOrRegion; f.isTold() && code != f.Value && f.Value != notRead {
		f.Value += " (" + code + ")"
	}
	return f
}

func noted(f Fact, note string) Fact {
	if f.isTold() {
		f.Note = note
	}
	return f
}

// declared is the basic section of a record if its kind has no sections of its own. It shows every property, with its
// declared label.
func (p DetailsPage) declared(s *Section) {
	kind, head := p.kind(), p.head()
	date := Fact{Label: "Date", Value: p.Shell.Zone.PreciseTime(head.Time)}
	if head.TimeIsIngestion {
		date.Note = ingestionNote(kind)
	}
	result := FactGroup{Title: "Result", Facts: []Fact{date}}
	if field := kind.StatusField(); field != nil {
		status := kind.StatusOf(p.Record.Entry)
		name := kind.StatusInfo(status)
		fact := Fact{Label: field.Label, Value: name.Label, Status: status, StatusOf: kind}
		if name.Name != "" {
			fact = p.narrowedTo(fact, field, []string{name.Name})
		} else if stated := field.Column; stated != nil && propertyText(stated, p.Record.Entry) != "" {
			fact.Note = "the record says " + propertyText(stated, p.Record.Entry) + ", which is no status that is known"
		}
		result.Facts = append(result.Facts, fact)
	}
	result.Facts = append(result.Facts, Fact{Label: "Ingested", Value: p.Shell.Zone.PreciseTime(head.Ingested)}, Fact{Label: "Log", Value: p.info().Title})
	ids, all := FactGroup{Title: "IDs"}, FactGroup{Title: Capital(kind.One)}
	for _, property := range kind.Properties {
		switch {
		case property.Set != nil, property.IsComputed(), property.Class == store.ConditionalAccess && !p.ConditionalAccess, p.list().look().hides(property):
		case property.IsID():
			ids.Facts = append(ids.Facts, p.id(property))
		case property.Unit != "":
			fact := p.fact(property)
			if fact.isTold() {
				fact.Value += " " + property.Unit
			}
			all.Facts = append(all.Facts, fact)
		default:
			all.Facts = append(all.Facts, p.fact(property))
		}
	}
	s.Groups = []FactGroup{result, all, ids}
	s.Tables = p.unreadTables()
}

func (p DetailsPage) basic(s *Section) {
	if p.info().User {
		s.Groups = []FactGroup{p.result(), p.who(), p.what(), p.how(), p.ids()}
		return
	}
	s.Groups = []FactGroup{p.result(), p.principal(), p.what(), p.credential(), p.ids()}
}

func (p DetailsPage) result() FactGroup {
	r := p.signIn()
	date := Fact{Label: "Date", Value: p.Shell.Zone.PreciseTime(r.Time)}
	if r.TimeIsIngestion {
		date.Note = ingestionNote(store.SignIns)
	}
	code := p.fact(store.ErrorCode)
	if r.ErrorCode.N == 50053 {
		code.Note = lockoutNote
	}
	code.Explained = p.explained()
	status := p.narrowed(Fact{Label: "Status", Value: store.SignIns.StatusInfo(r.Status()).Label, Status: r.Status()}, store.StatedStatus)
	if r.Status() == store.StatusUnknown && p.isMisread(store.ErrorCode) {
		status = Fact{Label: status.Label, Value: notRead}
	}
	g := FactGroup{Title: "Result", Facts: []Fact{
		date, status, code, p.fact(store.FailureReason), p.fact(store.AdditionalDetails),
	}}
	g.Facts = append(g.Facts, p.fact(store.FlaggedForReview))
	latency := p.fact(store.ProcessingTimeInMilliseconds)
	if latency.isTold() {
		latency.Value += " " + store.ProcessingTimeInMilliseconds.Unit
	}
	interactive := p.fact(store.IsInteractive)
	if r.LoggedInteractiveThen() {
		interactive.Note = thenNote
	}
	g.Facts = append(g.Facts, latency, Fact{Label: "Ingested", Value: p.Shell.Zone.PreciseTime(r.Ingested)},
		Fact{Label: "Log", Value: p.info().Title, Note: p.toldNote()}, interactive)
	return g
}

// toldNote says that no log of sign-ins has the sign-in yet; empty where one has, and for whoever may not see what tells it.
func (p DetailsPage) toldNote() string {
	if p.signIn().ToldBy == "" || !p.Activity {
		return ""
	}
	return "Told by Microsoft 365 alone. No sign-in log has brought this sign-in yet, so it stands here until one does, and most of its fields are empty."
}

func (p DetailsPage) who() FactGroup {
	return FactGroup{Title: "User", Facts: []Fact{
		p.leading(p.fact(store.UserDisplayName), store.ObjectUser, p.signIn().UserID), p.id(store.UserPrincipalName), p.id(store.UserID), p.fact(store.UserType),
		p.fact(store.SignInIdentifier), p.fact(store.SignInIdentifierType),
		p.id(store.HomeTenantID), p.fact(store.HomeTenantName), p.fact(store.CrossTenantAccessType),
		p.fact(store.AgentType), p.fact(store.AgentSubjectType), p.id(store.AgentParentAppID),
	}}
}

func (p DetailsPage) principal() FactGroup {
	g := FactGroup{Title: p.principalTitle()}
	name, id := p.fact(store.ServicePrincipalName), p.id(store.ServicePrincipalID)
	name.Label, id.Label = g.Title+" name", g.Title+" ID"
	microsoft := p.fact(store.OwnedByMicrosoft)
	if p.signIn().Microsoft == store.True {
		microsoft.Note = microsoftNote
	}
	g.Facts = []Fact{p.leading(name, store.ObjectServicePrincipal, p.signIn().ServicePrincipalID), id, microsoft}
	g.Facts = append(g.Facts, p.fact(store.ManagedIdentityType), p.id(store.AssociatedResourceID),
		p.id(store.FederatedTokenID), p.fact(store.FederatedTokenIssuer))
	g.Facts = append(g.Facts, p.fact(store.CrossTenantAccessType), p.fact(store.AgentType), p.fact(store.AgentSubjectType), p.id(store.AgentParentAppID))
	return g
}

func (p DetailsPage) what() FactGroup {
	return FactGroup{Title: "Application and resource", Facts: []Fact{
		p.leading(p.fact(store.AppDisplayName), store.ObjectApplication, p.signIn().AppID), p.id(store.AppID), p.id(store.AppOwnerTenantID),
		p.fact(store.ResourceDisplayName), p.id(store.ResourceID), p.id(store.ResourceServicePrincipalID),
		p.id(store.ResourceTenantID), p.id(store.ResourceOwnerTenantID), p.id(store.AzureResourceID),
	}}
}

func (p DetailsPage) how() FactGroup {
	client := p.fact(store.ClientAppUsed)
	if client.Value == Empty && clientNotDisclosed(p.signIn()) {
		client.Value, client.Note = notDisclosed, notDisclosedNote
	}
	return FactGroup{Title: "Client and token", Facts: append([]Fact{
		noted(p.fact(store.AuthenticationRequirement), requirementNoteOf(p.signIn())), client, p.fact(store.ClientCredentialType),
	}, p.token()...)}
}

// token shows how the token was requested, its issuer and its binding.
func (p DetailsPage) token() []Fact {
	return []Fact{
		p.flow(), p.fact(store.AuthenticationProtocol), p.fact(store.OriginalTransferMethod), p.fact(store.IncomingTokenType),
		p.fact(store.TokenIssuerType), p.fact(store.TokenIssuerName), p.fact(store.IsCAEToken),
		p.fact(store.TokenProtectionStatus), p.tokenProtectionCode(),
		p.fact(store.SignInTokenProtectionStatus), p.fact(store.AppTokenProtectionStatus),
		p.fact(store.IsTenantRestrict), p.fact(store.UserAgent),
	}
}

// flow says how the token was requested, from whichever field of the record has it.
func (p DetailsPage) flow() Fact {
	flows := p.signIn().Flows()
	if len(flows) == 0 && p.isMisread(store.FlowField.Properties...) {
		return Fact{Label: store.FlowField.Label, Value: notRead}
	}
	return p.narrowedTo(Fact{Label: store.FlowField.Label, Value: flowText(flows)}, store.FlowField, flows)
}

// flowText says in words how a token was requested.
func flowText(flows []string) string {
	names := make([]string, len(flows))
	for i, flow := range flows {
		names[i] = store.FlowName(flow)
	}
	return listText(names)
}

// tokenProtectionCode is the status code with its meaning.
func (p DetailsPage) tokenProtectionCode() Fact {
	f := p.fact(store.TokenProtectionStatusCode)
	code := p.signIn().TokenProtectionStatusCode
	switch reason := store.TokenProtectionReason(code); {
	case reason != "":
		f.Note = reason
	case code.Set && code.N != 0:
		f.Note = "nothing is known of this status code"
	}
	return f
}

// clientNotDisclosed is true for a cross-tenant sign-in, seen in the home tenant: Entra does not tell it the client app.
func clientNotDisclosed(s *store.SignIn) bool {
	info, _ := store.SignIns.Log(s.Log)
	return info.User && s.TenantID != "" && strings.EqualFold(s.HomeTenantID, s.TenantID) &&
		s.ResourceTenantID != "" && !strings.EqualFold(s.ResourceTenantID, s.TenantID)
}

// clientAbsent says why a sign-in names no client app, where that is known.
func clientAbsent(e store.Entry) string {
	if clientNotDisclosed(e.(*store.SignIn)) {
		return notDisclosed
	}
	return ""
}

func (p DetailsPage) credential() FactGroup {
	facts := []Fact{
		p.fact(store.ClientCredentialType), p.id(store.CredentialKeyID), p.id(store.CredentialThumbprint), p.id(store.FederatedCredentialID),
	}
	if !p.hasPart(TabLocation) {
		facts = append(facts, p.fact(store.IsThroughGlobalSecureAccess))
	}
	return FactGroup{Title: "Credential and token", Facts: append(facts, p.token()...)}
}

func (p DetailsPage) ids() FactGroup {
	return FactGroup{Title: "IDs", Facts: []Fact{
		p.id(store.RequestID), noted(p.id(store.CorrelationID), correlationNote), p.id(store.SessionID), p.id(store.ClientSessionID),
		p.id(store.UniqueTokenID), p.id(store.OriginalRequestID), p.id(store.TenantID),
	}}
}

func (p DetailsPage) location(s *Section) {
	r := p.signIn()
	address := p.id(store.IPAddress)
	if r.Log == store.NonInteractive {
		address = noted(address, tokenAddressNote)
	}
	place := noted(Fact{Label: "Location", Value: Place(r)}, placeNote)
	if place.Value == Empty && p.isMisread(store.City, store.State, store.CountryOrRegion) {
		place.Value = notRead
	}
	coordinates := Fact{Label: "Coordinates", Value: Empty}
	if r.Coordinates.Set {
		coordinates.Value = coordinatesText(r.Coordinates)
		if !place.isTold() {
			coordinates.Note = placeNote
		}
	}
	s.Groups = []FactGroup{{Facts: []Fact{
		address, noted(p.fact(store.CallerIPAddress), callerAddressNote), p.fact(store.IPAddressFromResourceProvider), place,
		p.fact(store.City), p.fact(store.State), p.countryFact(), coordinates,
		p.fact(store.AutonomousSystemNumber), p.fact(store.IsThroughGlobalSecureAccess), p.fact(store.GlobalSecureAccessIPAddress),
	}}}
	s.Map = p.mapPoint()
	networks := DataTable{Caption: "Named locations", Head: []string{"Kind", "Names"}, Empty: p.without(store.CollectionNetworks, "named locations", "The address was in no named location.")}
	for _, n := range r.NetworkLocationDetails {
		networks.addRow(
			p.narrowedPart(Fact{Label: "Network type", Value: OrEmpty(store.NetworkTypes.Words(n.Type))}, store.NetworkTypeSet, n.Type),
			p.narrowedPart(Fact{Label: "Named location", Value: listText(n.Names)}, store.NetworkSet, n.Names...))
	}
	s.Tables = []DataTable{networks}
	s.Notes = p.partly(store.CollectionNetworks, "named locations")
}

func coordinatesText(c store.Coordinates) string {
	return strconv.FormatFloat(c.Latitude, 'f', -1, 64) + ", " + strconv.FormatFloat(c.Longitude, 'f', -1, 64)
}

func (p DetailsPage) device(s *Section) {
	s.Groups = []FactGroup{{Facts: []Fact{
		p.id(store.DeviceID), p.fact(store.DeviceDisplayName), p.fact(store.OperatingSystem), p.fact(store.Browser),
		p.id(store.BrowserID), p.fact(store.IsCompliant), p.fact(store.IsManaged), p.fact(store.TrustType),
	}}}
}

func (p DetailsPage) authentication(s *Section) {
	r := p.signIn()
	s.Notes = append(stepNotes(r), p.partly(store.CollectionAuthenticationDetails, "steps")...)
	s.Groups = []FactGroup{{Facts: []Fact{
		p.ofCollection(Fact{Label: "Authentication policies applied", Value: policiesText(r.AuthenticationRequirementPolicies, store.RequirementProviders)}, store.CollectionRequirementPolicies),
		p.ofCollection(Fact{Label: "Session lifetime policies applied", Value: policiesText(r.SessionLifetimePolicies, store.LifetimePolicies)}, store.CollectionSessionLifetimePolicies),
		noted(p.fact(store.AuthenticationRequirement), requirementNoteOf(p.signIn())),
		p.methodsUsed(),
		p.fact(store.MFAAuthMethod), p.fact(store.MFAAuthDetail),
	}}}
	steps := DataTable{
		Caption: "Steps", Empty: p.without(store.CollectionAuthenticationDetails, "authentication steps", "The record has no authentication steps."),
		Head: []string{"Date", "Authentication method", "Authentication method detail", "Succeeded", "Result detail", "Requirement"},
	}
	if p.Lacks.Export != "" && !r.IsUnread(store.CollectionAuthenticationDetails) {
		steps.Empty = "The steps are " + p.notInExport() + "."
	}
	for _, step := range r.AuthenticationDetails {
		succeeded := Fact{Label: "Succeeded", Value: YesNo(step.Succeeded)}
		method, _ := store.SignIns.FieldOf(store.MethodSet)
		if result, ok := store.SignIns.FieldOf(store.MethodResultSet); ok {
			succeeded = p.narrowedWith(succeeded, method, step.Method, result, result.ValuesOf(strings.ToLower(YesNo(step.Succeeded))))
		}
		steps.addRow(
			Fact{Value: p.Shell.Zone.PreciseTime(step.Time)},
			p.narrowedPart(Fact{Label: "Authentication method", Value: OrEmpty(store.AuthenticationMethods.Words(step.Method))}, store.MethodSet, step.Method),
			Fact{Value: OrEmpty(step.MethodDetail)}, succeeded, Fact{Value: OrEmpty(step.ResultDetail)}, Fact{Value: OrEmpty(store.StepRequirements.Words(step.Requirement))})
	}
	s.Tables = []DataTable{steps}
	s.Texts = jsonBlocks(keptDocuments(r)[:3])
	s.Notes = append(s.Notes, p.unreadDocuments(keptDocuments(r)[:3])...)
}

// narrowedPart gives the fact with links to the log, for some texts of one part of a list.
func (p DetailsPage) narrowedPart(f Fact, part *store.Property, texts ...string) Fact {
	field, ok := p.kind().FieldOf(part)
	if !ok {
		return f
	}
	var values []string
	for _, text := range texts {
		values = append(values, askedValues(field, text)...)
	}
	return p.narrowedTo(f, field, values)
}

// methodsUsed shows the methods used, without the methods of the steps. The filter of its links looks at both.
func (p DetailsPage) methodsUsed() Fact {
	f := p.ofCollection(Fact{Label: "Methods used", Value: listText(wordsOf(store.AuthenticationMethods, p.signIn().AuthenticationMethodsUsed))}, store.CollectionMethodsUsed)
	return p.narrowedPart(f, store.MethodSet, p.signIn().AuthenticationMethodsUsed...)
}

// policiesText names the policies that asked for proof, each with its kind.
func policiesText(policies []store.RequirementPolicy, providers *store.Enumeration) string {
	var texts []string
	for _, p := range policies {
		texts = append(texts, nameAndID(p.Detail, providers.Words(p.Provider)))
	}
	return listText(texts)
}

// wordsOf gives each value of a list in words.
func wordsOf(e *store.Enumeration, values []string) []string {
	words := make([]string, len(values))
	for i, value := range values {
		words[i] = e.Words(value)
	}
	return words
}

func listText(texts []string) string { return OrEmpty(strings.Join(texts, ", ")) }
