package store

// Collection is a property of a sign-in with several values (Graph's word for it). Most are collections of objects
// or of words; the last ones are kept as JSON.
type Collection uint8

// The collections; Name gives Graph's property.
const (
	CollectionPolicies Collection = iota
	CollectionAudiences
	CollectionContexts
	CollectionRequirementPolicies
	CollectionSessionLifetimePolicies
	CollectionAuthenticationDetails
	CollectionMethodsUsed
	CollectionProcessingDetails
	CollectionNetworks
	CollectionEventTypes
	CollectionRiskEventTypes
	CollectionAppDeviceDetails
	CollectionAppPolicyEvaluations
	CollectionEventListeners
	CollectionPrivateLinkDetails
	collectionsEnd
)

var collectionNames = [collectionsEnd]string{
	CollectionPolicies:                "appliedConditionalAccessPolicies",
	CollectionAudiences:               "conditionalAccessAudiences",
	CollectionContexts:                "authenticationContextClassReferences",
	CollectionRequirementPolicies:     "authenticationRequirementPolicies",
	CollectionSessionLifetimePolicies: "sessionLifetimePolicies",
	CollectionAuthenticationDetails:   "authenticationDetails",
	CollectionMethodsUsed:             "authenticationMethodsUsed",
	CollectionProcessingDetails:       "authenticationProcessingDetails",
	CollectionNetworks:                "networkLocationDetails",
	CollectionEventTypes:              "signInEventTypes",
	CollectionRiskEventTypes:          "riskEventTypes_v2",
	CollectionAppDeviceDetails:        "authenticationAppDeviceDetails",
	CollectionAppPolicyEvaluations:    "authenticationAppPolicyEvaluationDetails",
	CollectionEventListeners:          "appliedEventListeners",
	CollectionPrivateLinkDetails:      "privateLinkDetails",
}

// Collections gives every collection.
func Collections() []Collection {
	collections := make([]Collection, collectionsEnd)
	for i := range collections {
		collections[i] = Collection(i)
	}
	return collections
}

// Name is the collection's property in Graph.
func (c Collection) Name() string { return collectionNames[c] }

// isConditionalAccess tells whether the collection is Conditional Access data.
func (c Collection) isConditionalAccess() bool {
	return c == CollectionPolicies || c == CollectionAudiences || c == CollectionContexts
}

// CollectionState is the state of a collection in a sign-in's record. Only CollectionEmpty allows a page to say
// that there is no member.
type CollectionState uint8

// The states.
const (
	// CollectionAbsent: the record does not have it, or has null for it.
	CollectionAbsent CollectionState = iota
	// CollectionEmpty: the record has it, without a member.
	CollectionEmpty
	// CollectionRead: it has members, and all of them were read.
	CollectionRead
	// CollectionUnread: the record has it in an unknown shape. Some members may have been read, but more may
	// exist.
	CollectionUnread
)

// CollectionStates holds the states of all collections, two bits each. Collections that were read need no bits:
// they have members.
type CollectionStates uint32

func (s CollectionStates) of(c Collection) CollectionState { return CollectionState(s >> (2 * c) & 3) }

// Note records that a collection is empty or unread. Unread wins, since a record may have one collection under two
// names.
func (s *CollectionStates) Note(c Collection, state CollectionState) {
	if state != CollectionRead && state > s.of(c) {
		s.put(c, state)
	}
}

func (s *CollectionStates) put(c Collection, state CollectionState) {
	*s = *s&^(3<<(2*c)) | CollectionStates(state)<<(2*c)
}

// IsUnread tells whether no member of a collection could be read because of its shape.
func (s *SignIn) IsUnread(c Collection) bool {
	return s.Collections.of(c) == CollectionUnread && s.Members(c) == 0
}

// CollectionState gives the state of a collection.
func (s *SignIn) CollectionState(c Collection) CollectionState {
	state := s.Collections.of(c)
	if state != CollectionUnread && s.Members(c) > 0 {
		return CollectionRead
	}
	return state
}

// Members counts the members of a collection that were read.
func (s *SignIn) Members(c Collection) int {
	switch c {
	case CollectionPolicies:
		return len(s.AppliedConditionalAccessPolicies)
	case CollectionAudiences:
		return len(s.ConditionalAccessAudiences)
	case CollectionContexts:
		return len(s.AuthenticationContextClassReferences)
	case CollectionRequirementPolicies:
		return len(s.AuthenticationRequirementPolicies)
	case CollectionSessionLifetimePolicies:
		return len(s.SessionLifetimePolicies)
	case CollectionAuthenticationDetails:
		return len(s.AuthenticationDetails)
	case CollectionMethodsUsed:
		return len(s.AuthenticationMethodsUsed)
	case CollectionProcessingDetails:
		return len(s.AuthenticationProcessingDetails)
	case CollectionNetworks:
		return len(s.NetworkLocationDetails)
	case CollectionEventTypes:
		return len(s.SignInEventTypes)
	case CollectionRiskEventTypes:
		return len(s.RiskEventTypes)
	case CollectionAppDeviceDetails:
		return len(s.AuthenticationAppDeviceDetails)
	case CollectionAppPolicyEvaluations:
		return len(s.AuthenticationAppPolicyEvaluationList)
	case CollectionEventListeners:
		return len(s.AppliedEventListeners)
	case CollectionPrivateLinkDetails:
		return len(s.PrivateLinkDetails)
	}
	return 0
}

// updateCollectionStates gives the states of merged collections. A collection has the state of the copy with its
// members; a newer unread copy may correct that. Without members unread counts before empty, and empty before
// absent.
func (s *SignIn) updateCollectionStates(newer *SignIn) {
	if s.Collections == newer.Collections {
		return
	}
	for c := range collectionsEnd {
		switch {
		case newer.Members(c) > 0:
			s.Collections.put(c, newer.Collections.of(c))
		case newer.Collections.of(c) == CollectionUnread, s.Members(c) == 0:
			s.Collections.Note(c, newer.Collections.of(c))
		}
	}
}

// withhold clears the states of Conditional Access data.
func (s *CollectionStates) withhold() {
	for c := range collectionsEnd {
		if c.isConditionalAccess() {
			s.put(c, CollectionAbsent)
		}
	}
}
