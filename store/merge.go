package store

import (
	"bytes"
	"encoding/json"
	"sort"
	"time"
)

// Version is one copy of a sign-in as it was received. All differing copies of a sign-in are its history.
type Version struct {
	SignIn SignIn
	// Doc is the record as received, in compact JSON.
	Doc []byte
}

// SortVersions orders the copies of one sign-in from the oldest to the newest: by ingestion time, then
// by the number of filled fields, then by byte order; never by the order of import.
func SortVersions(versions []Version) {
	sort.SliceStable(versions, func(i, j int) bool {
		a, b := &versions[i], &versions[j]
		if !a.SignIn.Ingested.Equal(b.SignIn.Ingested) {
			return a.SignIn.Ingested.Before(b.SignIn.Ingested)
		}
		if fa, fb := a.SignIn.filled(), b.SignIn.filled(); fa != fb {
			return fa < fb
		}
		return bytes.Compare(a.Doc, b.Doc) < 0
	})
}

// Merge gives the sign-in that its copies make together; versions must be in SortVersions' order and of
// one (log, id). A newer copy fills what was empty and corrects what was early; the blocks (status,
// Conditional Access, authentication details, risk) are replaced whole; empty never overwrites
// non-empty; of two times the more precise one is kept.
func Merge(versions []Version) SignIn {
	merged := versions[0].SignIn
	for i := range versions[1:] {
		merged.update(&versions[i+1].SignIn)
	}
	return merged
}

func (s *SignIn) update(newer *SignIn) {
	s.updateTime(newer)
	if !newer.Ingested.IsZero() {
		s.Ingested = newer.Ingested
	}
	for _, p := range ownFields {
		if !p.isEmpty(newer) {
			p.copy(s, newer)
		}
	}
	s.updateLists(newer)
	s.updateBlocks(newer)
}

// updateBlocks replaces whole each block of which the newer copy says anything.
func (s *SignIn) updateBlocks(newer *SignIn) {
	if newer.hasAny(statusBlock) {
		s.copyAll(statusBlock, newer)
	}
	if newer.hasAny(conditionalAccessBlock) || len(newer.AppliedConditionalAccessPolicies) > 0 {
		s.copyAll(conditionalAccessBlock, newer)
		s.AppliedConditionalAccessPolicies = newer.AppliedConditionalAccessPolicies
	}
	if len(newer.AuthenticationDetails) > 0 {
		s.AuthenticationDetails = newer.AuthenticationDetails
	}
	if newer.hasAny(riskBlock) || len(newer.RiskEventTypes) > 0 {
		s.copyAll(riskBlock, newer)
		s.RiskEventTypes = newer.RiskEventTypes
	}
}

// The single-valued properties by block. Authentication details are a block of one list and have none.
var (
	ownFields              = propertiesOf(NoBlock)
	statusBlock            = propertiesOf(StatusBlock)
	conditionalAccessBlock = propertiesOf(ConditionalAccessBlock)
	riskBlock              = propertiesOf(RiskBlock)
)

func propertiesOf(b Block) []*Property {
	var of []*Property
	for _, p := range properties {
		if p.Block == b && p.Set == nil {
			of = append(of, p)
		}
	}
	return of
}

func (s *SignIn) hasAny(block []*Property) bool {
	for _, p := range block {
		if !p.isEmpty(s) {
			return true
		}
	}
	return false
}

func (s *SignIn) copyAll(block []*Property, newer *SignIn) {
	for _, p := range block {
		p.copy(s, newer)
	}
}

// updateTime keeps a sign-in time before a time of ingestion, a time before the same with fewer digits
// (Graph cuts to whole seconds), else the newer.
func (s *SignIn) updateTime(newer *SignIn) {
	switch {
	case newer.Time.IsZero():
	case s.Time.IsZero():
		s.Time, s.TimeIsIngestion = newer.Time, newer.TimeIsIngestion
	case newer.TimeIsIngestion != s.TimeIsIngestion:
		if s.TimeIsIngestion {
			s.Time, s.TimeIsIngestion = newer.Time, false
		}
	case isCut(newer.Time, s.Time):
		// the same moment, known more precisely already
	default:
		s.Time = newer.Time
	}
}

// isCut says that the one time is the other with fewer digits of its second.
func isCut(cut, whole time.Time) bool {
	for unit := time.Second; unit > 1; unit /= 10 {
		if whole.Truncate(unit).Equal(cut) {
			return !whole.Equal(cut)
		}
	}
	return false
}

// updateLists replaces each list by a newer one that is not empty.
func (s *SignIn) updateLists(newer *SignIn) {
	if len(newer.ConditionalAccessAudiences) > 0 {
		s.ConditionalAccessAudiences = newer.ConditionalAccessAudiences
	}
	if len(newer.AuthenticationContextClassReferences) > 0 {
		s.AuthenticationContextClassReferences = newer.AuthenticationContextClassReferences
	}
	if len(newer.AuthenticationRequirementPolicies) > 0 {
		s.AuthenticationRequirementPolicies = newer.AuthenticationRequirementPolicies
	}
	if len(newer.SessionLifetimePolicies) > 0 {
		s.SessionLifetimePolicies = newer.SessionLifetimePolicies
	}
	if len(newer.AuthenticationMethodsUsed) > 0 {
		s.AuthenticationMethodsUsed = newer.AuthenticationMethodsUsed
	}
	if len(newer.AuthenticationProcessingDetails) > 0 {
		s.AuthenticationProcessingDetails = newer.AuthenticationProcessingDetails
	}
	if len(newer.NetworkLocationDetails) > 0 {
		s.NetworkLocationDetails = newer.NetworkLocationDetails
	}
	if len(newer.SignInEventTypes) > 0 {
		s.SignInEventTypes = newer.SignInEventTypes
	}
	if newer.Coordinates.Set {
		s.Coordinates = newer.Coordinates
	}
	if len(newer.AuthenticationAppDeviceDetails) > 0 {
		s.AuthenticationAppDeviceDetails = newer.AuthenticationAppDeviceDetails
	}
	if len(newer.AuthenticationAppPolicyEvaluationList) > 0 {
		s.AuthenticationAppPolicyEvaluationList = newer.AuthenticationAppPolicyEvaluationList
	}
	if len(newer.AppliedEventListeners) > 0 {
		s.AppliedEventListeners = newer.AppliedEventListeners
	}
	if len(newer.PrivateLinkDetails) > 0 {
		s.PrivateLinkDetails = newer.PrivateLinkDetails
	}
}

// filled counts the fields that hold something, a list by its entries.
func (s *SignIn) filled() int {
	n := len(s.AppliedConditionalAccessPolicies) + len(s.ConditionalAccessAudiences) +
		len(s.AuthenticationContextClassReferences) + len(s.AuthenticationRequirementPolicies) +
		len(s.SessionLifetimePolicies) + len(s.AuthenticationDetails) + len(s.AuthenticationMethodsUsed) +
		len(s.AuthenticationProcessingDetails) + len(s.NetworkLocationDetails) + len(s.SignInEventTypes) +
		len(s.RiskEventTypes)
	for _, p := range properties {
		if p.Set == nil && !p.isEmpty(s) {
			n++
		}
	}
	for _, raw := range [...]json.RawMessage{
		s.AuthenticationAppDeviceDetails, s.AuthenticationAppPolicyEvaluationList,
		s.AppliedEventListeners, s.PrivateLinkDetails,
	} {
		if len(raw) > 0 {
			n++
		}
	}
	if s.Coordinates.Set {
		n++
	}
	return n
}

func (p *Property) isEmpty(s *SignIn) bool {
	switch {
	case p.Text != nil:
		return *p.Text(s) == ""
	case p.Int != nil:
		return !p.Int(s).Set
	case p.Bool != nil:
		return *p.Bool(s) == Unset
	}
	return true // a set is derived: it is neither kept nor copied
}

func (p *Property) copy(to, from *SignIn) {
	switch {
	case p.Text != nil:
		*p.Text(to) = *p.Text(from)
	case p.Int != nil:
		*p.Int(to) = *p.Int(from)
	case p.Bool != nil:
		*p.Bool(to) = *p.Bool(from)
	}
}
