package store

import (
	"encoding/json"
	"slices"
)

// withhold takes the data of some classes out of what is no single value of the sign-in. Its lists are copied, not changed.
func (s *SignIn) withhold(hidden Classes) {
	if !hidden.Has(ConditionalAccess) {
		return
	}
	s.AppliedConditionalAccessPolicies = nil
	s.ConditionalAccessAudiences = nil
	s.AuthenticationContextClassReferences = nil
	s.Collections.withhold()
	s.AuthenticationProcessingDetails = slices.DeleteFunc(slices.Clone(s.AuthenticationProcessingDetails), func(kv KeyValue) bool {
		return isConditionalAccessKey(kv.Key)
	})
	for i, kv := range s.AuthenticationProcessingDetails {
		s.AuthenticationProcessingDetails[i].Value = redactText(kv.Value)
	}
	for _, kept := range []*json.RawMessage{
		&s.AuthenticationAppDeviceDetails, &s.AuthenticationAppPolicyEvaluationList, &s.AppliedEventListeners, &s.PrivateLinkDetails,
	} {
		if len(*kept) > 0 {
			*kept = RedactConditionalAccess(*kept)
		}
	}
}

// redactSignIn gives the record of a sign-in as received without the data of some classes. Of a row in a file it leaves out the
// cells that nobody knows.
func redactSignIn(doc []byte, hidden Classes) []byte {
	if !hidden.Has(ConditionalAccess) {
		return doc
	}
	return RedactConditionalAccess(knownCells(doc))
}
