package store

import (
	"bytes"
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
	for _, p := range properties {
		if p.Block == NoBlock && p.Set == nil && !p.isEmpty(newer) {
			p.copy(s, newer)
		}
	}
	s.updateLists(newer)
	for block, present := range map[Block]bool{
		StatusBlock:            newer.hasBlock(StatusBlock),
		ConditionalAccessBlock: newer.hasBlock(ConditionalAccessBlock) || len(newer.AppliedConditionalAccessPolicies) > 0,
		AuthenticationBlock:    newer.hasBlock(AuthenticationBlock) || len(newer.AuthenticationDetails) > 0,
		RiskBlock:              newer.hasBlock(RiskBlock) || len(newer.RiskEventTypes) > 0,
	} {
		if present {
			s.replaceBlock(block, newer)
		}
	}
}

func (s *SignIn) hasBlock(b Block) bool {
	for _, p := range properties {
		if p.Block == b && p.Set == nil && !p.isEmpty(s) {
			return true
		}
	}
	return false
}

func (s *SignIn) replaceBlock(b Block, newer *SignIn) {
	for _, p := range properties {
		if p.Block == b && p.Set == nil {
			p.copy(s, newer)
		}
	}
	switch b {
	case ConditionalAccessBlock:
		s.AppliedConditionalAccessPolicies = newer.AppliedConditionalAccessPolicies
	case AuthenticationBlock:
		s.AuthenticationDetails = newer.AuthenticationDetails
		s.AuthenticationMethodsUsed = newer.AuthenticationMethodsUsed
	case RiskBlock:
		s.RiskEventTypes = newer.RiskEventTypes
	}
}

// updateTime keeps a sign-in time before a time of ingestion, a time with a fraction of a second
// before a whole one, else the newer.
func (s *SignIn) updateTime(newer *SignIn) {
	switch {
	case newer.Time.IsZero():
	case s.Time.IsZero():
		s.Time, s.TimeIsIngestion = newer.Time, newer.TimeIsIngestion
	case newer.TimeIsIngestion != s.TimeIsIngestion:
		if s.TimeIsIngestion {
			s.Time, s.TimeIsIngestion = newer.Time, false
		}
	case newer.Time.Nanosecond() == 0 && s.Time.Nanosecond() != 0 && s.Time.Truncate(time.Second).Equal(newer.Time):
		// the same second, known more precisely already
	default:
		s.Time = newer.Time
	}
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

// filled counts the fields that hold something.
func (s *SignIn) filled() int {
	n := 0
	for _, p := range properties {
		if p.Set != nil {
			n += len(p.Set(s))
		} else if !p.isEmpty(s) {
			n++
		}
	}
	return n + len(s.AuthenticationDetails) + len(s.AuthenticationProcessingDetails) +
		len(s.ConditionalAccessAudiences) + len(s.AuthenticationContextClassReferences) +
		len(s.AuthenticationRequirementPolicies) + len(s.SessionLifetimePolicies) + len(s.SignInEventTypes)
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
	return len(p.Set(s)) == 0
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
