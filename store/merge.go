package store

import (
	"bytes"
	"encoding/json"
	"slices"
	"sort"
	"strings"
	"time"
)

// Version is one copy of a sign-in as it was received. All differing copies of a sign-in are its history.
type Version struct {
	Entry Entry
	// Doc is the record as received, in compact JSON.
	Doc []byte
	// Received is when the copy came in: the start of the import run, or the file's modification time where that is
	// earlier. It only orders copies that tell no time of ingestion, and is never shown as one. It is zero for copies that
	// were stored before it was kept: they count as the oldest.
	Received time.Time
}

// known is the time that the copy is ordered by.
func (v *Version) known() time.Time {
	if !v.SignIn().Ingested.IsZero() {
		return v.SignIn().Ingested
	}
	return v.Received
}

// SortVersions orders the copies of one sign-in from the oldest to the newest: by the time of ingestion, or where a copy
// tells none by when it was received, then by the number of filled fields, then by byte order.
func SortVersions(versions []Version) {
	sort.SliceStable(versions, func(i, j int) bool {
		a, b := &versions[i], &versions[j]
		if ka, kb := a.known(), b.known(); !ka.Equal(kb) {
			return ka.Before(kb)
		}
		if fa, fb := a.SignIn().filled(), b.SignIn().filled(); fa != fb {
			return fa < fb
		}
		return bytes.Compare(a.Doc, b.Doc) < 0
	})
}

// Merge gives the sign-in that its copies make together; versions must be in SortVersions' order and of
// one (log, id). A newer copy fills what was empty and corrects what was early, field by field: what is empty, a list
// without members and a word of an enumeration that says nothing replace nothing that tells. The status and the risk have
// rules of their own.
func Merge(versions []Version) Entry {
	merged := versions[0].SignIn().Clone().(*SignIn)
	for i := range versions[1:] {
		merged.update(versions[i+1].SignIn())
	}
	merged.Time, merged.TimeIsIngestion = mergedTime(versions)
	return merged
}

func (s *SignIn) update(newer *SignIn) {
	if !newer.Ingested.IsZero() {
		s.Ingested = newer.Ingested
	}
	s.updateFields(ownFields, newer)
	if s.CallerIPAddress == s.IPAddress { // each of another copy
		s.CallerIPAddress = ""
	}
	s.updateLists(newer)
	s.updateStatus(newer)
	s.updateRisk(newer)
	s.updateCollectionStates(newer)
}

// updateFields takes over each field that the newer copy tells something about.
func (s *SignIn) updateFields(fields []*Property, newer *SignIn) {
	for _, p := range fields {
		if !p.isEmpty(newer) && (p.isEmpty(s) || !p.saysNothing(newer) || p.saysNothing(s)) {
			p.copy(s, newer)
		}
	}
}

// updateStatus takes the status over as a whole where the newer copy has another error code: a reason belongs to its code.
func (s *SignIn) updateStatus(newer *SignIn) {
	if newer.ErrorCode.Set && newer.ErrorCode != s.ErrorCode && (s.ErrorCode.Set || s.StatedStatus != "") {
		s.copyAll(statusBlock, newer)
		return
	}
	s.updateFields(statusBlock, newer)
}

// updateRisk takes the risk over as a whole where the newer copy has a risk state that tells: its levels are of that state,
// also where they say none. A copy without one changes nothing once a state is known.
func (s *SignIn) updateRisk(newer *SignIn) {
	known, tells := !RiskState.isEmpty(s) && !RiskState.saysNothing(s), !RiskState.isEmpty(newer) && !RiskState.saysNothing(newer)
	switch {
	case tells:
		s.copyAll(riskBlock, newer)
	case known:
		return
	default:
		s.updateFields(riskBlock, newer)
	}
	if len(newer.RiskEventTypes) > 0 {
		s.RiskEventTypes = newer.RiskEventTypes
	}
}

// The single-valued properties by the rule that merges them.
var (
	statusBlock = propertiesOf(StatusBlock)
	riskBlock   = propertiesOf(RiskBlock)
	ownFields   = slices.Concat(propertiesOf(NoBlock), propertiesOf(ConditionalAccessBlock), propertiesOf(AuthenticationBlock))
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

func (s *SignIn) copyAll(block []*Property, newer *SignIn) {
	for _, p := range block {
		p.copy(s, newer)
	}
}

// mergedTime gives the time of the newest copy that tells the sign-in's own, as exactly as any copy tells it: Graph cuts to
// whole seconds. Where none tells it, the newest time of ingestion stands in.
func mergedTime(versions []Version) (t time.Time, isIngestion bool) {
	for i := len(versions) - 1; i >= 0; i-- {
		s := versions[i].SignIn()
		switch {
		case s.Time.IsZero():
		case t.IsZero(), isIngestion && !s.TimeIsIngestion, isIngestion == s.TimeIsIngestion && isCut(t, s.Time):
			t, isIngestion = s.Time, s.TimeIsIngestion
		}
	}
	return t, isIngestion
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

// updateLists replaces each list by a newer one that has members.
func (s *SignIn) updateLists(newer *SignIn) {
	if len(newer.AppliedConditionalAccessPolicies) > 0 {
		s.AppliedConditionalAccessPolicies = newer.AppliedConditionalAccessPolicies
	}
	if len(newer.AuthenticationDetails) > 0 {
		s.AuthenticationDetails = newer.AuthenticationDetails
	}
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
	if hasMembers(newer.AuthenticationAppDeviceDetails) || len(s.AuthenticationAppDeviceDetails) == 0 {
		s.AuthenticationAppDeviceDetails = newer.AuthenticationAppDeviceDetails
	}
	if hasMembers(newer.AuthenticationAppPolicyEvaluationList) || len(s.AuthenticationAppPolicyEvaluationList) == 0 {
		s.AuthenticationAppPolicyEvaluationList = newer.AuthenticationAppPolicyEvaluationList
	}
	if hasMembers(newer.AppliedEventListeners) || len(s.AppliedEventListeners) == 0 {
		s.AppliedEventListeners = newer.AppliedEventListeners
	}
	if hasMembers(newer.PrivateLinkDetails) || len(s.PrivateLinkDetails) == 0 {
		s.PrivateLinkDetails = newer.PrivateLinkDetails
	}
}

// hasMembers says whether JSON that is kept as it came holds anything.
func hasMembers(raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", "[]", "{}", `""`:
		return false
	}
	return true
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

// saysNothing says that the property is an enumeration and its value a word for "not known", or several of them.
func (p *Property) saysNothing(s *SignIn) bool {
	if !p.Enum {
		return false
	}
	for word := range strings.SplitSeq(*p.Text(s), ",") {
		switch strings.ToLower(strings.TrimSpace(word)) {
		case "none", "unknown", "unknownfuturevalue", "notdefined", "notset", "hidden":
		default:
			return false
		}
	}
	return true
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
