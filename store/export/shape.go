package export

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/rawjson"
)

// member is one member of a sign-in in Graph's beta; Azure Monitor has the same under `properties`. Exactly one of
// property, members and list is set.
type member struct {
	name     string
	property *store.Property
	// members are those of an object, by the part of their names behind the dot.
	members []*store.Property
	// list writes several values; it writes nothing where there is none.
	list func(b []byte, s *store.SignIn, d dialect) []byte
	// blank is Graph's value where there is nothing.
	blank             string
	conditionalAccess bool
}

// dialect is Graph or Azure Monitor, which write some values differently.
type dialect uint8

const (
	graph dialect = iota
	azureMonitor
)

func value(p *store.Property) member {
	return member{name: p.Name, property: p, blank: "null", conditionalAccess: p.Class == store.ConditionalAccess}
}

func object(name string, properties ...*store.Property) member {
	return member{name: name, members: properties, blank: "null"}
}

func list(name string, write func(b []byte, s *store.SignIn, d dialect) []byte) member {
	return member{name: name, list: write, blank: "[]"}
}

func (m member) withConditionalAccess() member {
	m.conditionalAccess = true
	return m
}

// signInMembers are the members of Microsoft Graph's signIn resource (beta), in the order of its documentation.
var signInMembers = []member{
	value(store.RequestID),
	{name: "createdDateTime", blank: "null", list: func(b []byte, s *store.SignIn, d dialect) []byte {
		if s.TimeIsIngestion && d == azureMonitor {
			return b
		}
		return appendTime(b, s.Time)
	}},
	value(store.UserDisplayName), value(store.UserPrincipalName), value(store.UserID), value(store.UserType),
	value(store.SignInIdentifier), value(store.SignInIdentifierType),
	value(store.AppID), value(store.AppDisplayName), value(store.AppOwnerTenantID),
	value(store.ResourceID), value(store.ResourceDisplayName), value(store.ResourceServicePrincipalID),
	value(store.ResourceTenantID), value(store.ResourceOwnerTenantID),
	value(store.HomeTenantID), value(store.HomeTenantName), value(store.CrossTenantAccessType),
	value(store.IPAddress), value(store.IPAddressFromResourceProvider), value(store.AutonomousSystemNumber),
	{name: "location", blank: "null", list: appendLocation},
	list("networkLocationDetails", appendNetworks),
	value(store.IsThroughGlobalSecureAccess), value(store.GlobalSecureAccessIPAddress),
	{name: "status", blank: "null", list: appendStatus},
	value(store.ClientAppUsed), value(store.ClientCredentialType), value(store.UserAgent),
	object("deviceDetail", store.DeviceID, store.DeviceDisplayName, store.OperatingSystem, store.Browser, store.BrowserID, store.IsCompliant, store.IsManaged, store.TrustType),
	value(store.CorrelationID), value(store.SessionID), value(store.ClientSessionID), value(store.UniqueTokenID), value(store.OriginalRequestID),
	value(store.ConditionalAccessStatus),
	list("appliedConditionalAccessPolicies", appendPolicies).withConditionalAccess(),
	list("conditionalAccessAudiences", appendAudiences).withConditionalAccess(),
	list("authenticationContextClassReferences", appendContexts).withConditionalAccess(),
	value(store.AuthenticationRequirement),
	list("authenticationRequirementPolicies", func(b []byte, s *store.SignIn, _ dialect) []byte {
		return appendRequirements(b, "requirementProvider", s.AuthenticationRequirementPolicies)
	}),
	list("sessionLifetimePolicies", func(b []byte, s *store.SignIn, _ dialect) []byte {
		return appendRequirements(b, "expirationRequirement", s.SessionLifetimePolicies)
	}),
	list("authenticationDetails", appendSteps),
	texts("authenticationMethodsUsed", func(s *store.SignIn) []string { return s.AuthenticationMethodsUsed }),
	list("authenticationProcessingDetails", appendProcessing),
	value(store.AuthenticationProtocol), value(store.IncomingTokenType), value(store.OriginalTransferMethod),
	raw("authenticationAppDeviceDetails", "null", func(s *store.SignIn) json.RawMessage { return s.AuthenticationAppDeviceDetails }),
	raw("authenticationAppPolicyEvaluationDetails", "[]", func(s *store.SignIn) json.RawMessage { return s.AuthenticationAppPolicyEvaluationList }),
	raw("appliedEventListeners", "[]", func(s *store.SignIn) json.RawMessage { return s.AppliedEventListeners }),
	raw("privateLinkDetails", "null", func(s *store.SignIn) json.RawMessage { return s.PrivateLinkDetails }),
	value(store.IsInteractive),
	list("signInEventTypes", appendEventTypes),
	value(store.FlaggedForReview), value(store.IsTenantRestrict),
	value(store.TokenIssuerName), value(store.TokenIssuerType), value(store.ProcessingTimeInMilliseconds),
	value(store.RiskDetail), value(store.RiskLevelAggregated), value(store.RiskLevelDuringSignIn), value(store.RiskState),
	texts("riskEventTypes_v2", func(s *store.SignIn) []string { return s.RiskEventTypes }),
	value(store.ServicePrincipalID), value(store.ServicePrincipalName),
	value(store.CredentialKeyID), value(store.CredentialThumbprint), value(store.FederatedCredentialID),
	object("managedServiceIdentity", store.ManagedIdentityType, store.AssociatedResourceID, store.FederatedTokenID, store.FederatedTokenIssuer),
	value(store.AzureResourceID),
	object("agent", store.AgentType, store.AgentParentAppID, store.AgentSubjectType),
	value(store.AppTokenProtectionStatus), value(store.SignInTokenProtectionStatus),
	object("tokenProtectionStatusDetails", store.TokenProtectionStatus, store.TokenProtectionStatusCode),
	object("mfaDetail", store.MFAAuthMethod, store.MFAAuthDetail),
}

func texts(name string, of func(*store.SignIn) []string) member {
	return list(name, func(b []byte, s *store.SignIn, _ dialect) []byte {
		if words := of(s); len(words) > 0 {
			return appendTexts(b, words)
		}
		return b
	})
}

// appendTexts writes a list of texts.
func appendTexts(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = rawjson.AppendQuoted(b, s)
	}
	return append(b, ']')
}

func raw(name, blank string, of func(*store.SignIn) json.RawMessage) member {
	return member{name: name, blank: blank, list: func(b []byte, s *store.SignIn, _ dialect) []byte { return append(b, of(s)...) }}
}

// appendSignIn writes the members of a sign-in, without the brackets around them. Graph has every member, Azure
// Monitor only those with a value.
func appendSignIn(b []byte, s *store.SignIn, d dialect, conditionalAccess bool) []byte {
	start := len(b)
	for i := range signInMembers {
		m := &signInMembers[i]
		if m.conditionalAccess && !conditionalAccess {
			continue
		}
		before := len(b)
		if before > start {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), m.name...), '"', ':')
		begin := len(b)
		if b = m.append(b, s, d); len(b) == begin {
			if d == azureMonitor || s.Collections != 0 && isUnread(m.name, s) {
				b = b[:before]
				continue
			}
			b = append(b, m.blank...)
		}
	}
	return b
}

// collection maps the names and former names of lists, in lower case.
var collection = func() map[string]store.Collection {
	of := map[string]store.Collection{"conditionalaccesspolicies": store.CollectionPolicies, "riskeventtypes": store.CollectionRiskEventTypes}
	for _, l := range store.Collections() {
		of[strings.ToLower(l.Name())] = l
	}
	return of
}()

// isUnread tells whether a member is a list in a shape that the importer could not read at all. A file has such a
// list as it was received, never as an empty one.
func isUnread(name string, s *store.SignIn) bool {
	l, ok := collection[strings.ToLower(name)]
	return ok && s.IsUnread(l)
}

// isUnreadValue tells whether a value in a record is such a list; another copy may have the list empty.
func isUnreadValue(name string, value []byte, s *store.SignIn) bool {
	return s.Collections != 0 && len(value) > 2 && string(value) != "null" && isUnread(name, s)
}

// append writes the value, or nothing where there is nothing.
func (m *member) append(b []byte, s *store.SignIn, d dialect) []byte {
	switch {
	case m.property != nil:
		return appendProperty(b, m.property, s)
	case m.list != nil:
		return m.list(b, s, d)
	}
	return appendObject(b, m.members, s, d)
}

// appendProperty writes a single value, or nothing where it is empty.
func appendProperty(b []byte, p *store.Property, record store.Entry) []byte {
	switch {
	case p.Text != nil:
		if text := *p.Text(record); text != "" {
			b = rawjson.AppendQuoted(b, text)
		}
	case p.Int != nil:
		if n := p.Int(record); n.Set {
			b = strconv.AppendInt(b, n.N, 10)
		}
	case p.Bool != nil:
		b = appendBool(b, *p.Bool(record))
	}
	return b
}

func appendBool(b []byte, value store.Bool) []byte {
	switch value {
	case store.True:
		return append(b, "true"...)
	case store.False:
		return append(b, "false"...)
	}
	return b
}

// appendObject writes an object, or nothing where all its members are empty.
func appendObject(b []byte, members []*store.Property, s *store.SignIn, d dialect) []byte {
	start, some := len(b), false
	b = append(b, '{')
	for _, p := range members {
		before := len(b)
		if before > start+1 {
			b = append(b, ',')
		}
		_, name, _ := strings.Cut(p.Name, ".")
		b = append(append(append(b, '"'), name...), '"', ':')
		begin := len(b)
		b = appendProperty(b, p, s)
		switch {
		case len(b) > begin:
			some = true
		case d == azureMonitor:
			b = b[:before]
		default:
			b = append(b, "null"...)
		}
	}
	if !some {
		return b[:start]
	}
	return append(b, '}')
}

func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return b
	}
	b = append(b, '"')
	b = t.UTC().AppendFormat(b, time.RFC3339Nano)
	return append(b, '"')
}

// pairs writes a list of objects of texts; a text that is empty is left out.
func pairs(b []byte, n int, at func(i int) []string) []byte {
	if n == 0 {
		return b
	}
	b = append(b, '[')
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		start := len(b)
		for pair := range slices.Chunk(at(i), 2) {
			if pair[1] == "" {
				continue
			}
			if len(b) > start {
				b = append(b, ',')
			}
			b = append(rawjson.AppendQuoted(b, pair[0]), ':')
			b = rawjson.AppendQuoted(b, pair[1])
		}
		b = append(b, '}')
	}
	return append(b, ']')
}
