package storetest

import (
	"encoding/json"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// burst makes up the events of one user's sign-ins with MFA. Mostly they form a line, with each of the things that
// make or break one. Gaps are 15 minutes or a microsecond more, some events share an instant, some have another
// resource. Some have only the original request's ID in place of a correlation ID. Some have the same correlation
// ID days later.
func (m *maker) burst() {
	base := m.signIn(store.Interactive)
	if m.r.IntN(4) > 0 {
		base.UserID, base.AppID, base.ResourceID = guid(9000), guid(7000), guid(8000)
	}
	base.CorrelationID = guid(100 + m.r.IntN(200))
	base.StatedStatus, base.OriginalRequestID = "", ""
	at, first := base.Time, ""
	for range 1 + m.r.IntN(3) { // how often the client sends the same correlation ID
		for range m.r.IntN(6) {
			first = m.event(base, at, []int64{50074, 50076, 500121, 500121, 50158}[m.r.IntN(5)], first)
			at = at.Add(m.gap())
		}
		if m.r.IntN(4) > 0 {
			first = m.event(base, at, []int64{0, 0, 0, 50140, 50126, 53003}[m.r.IntN(6)], first)
		}
		switch m.r.IntN(3) {
		case 0:
			at = at.Add(24 * time.Hour)
		case 1:
			at = at.Add(m.gap())
		}
	}
}

// gap is the time from one event to the next.
func (m *maker) gap() time.Duration {
	switch m.r.IntN(12) {
	case 0:
		return 0
	case 1:
		return store.LineGap
	case 2:
		return store.LineGap + time.Microsecond
	case 3:
		return store.LineGap + 900 // part of a microsecond
	case 4:
		return store.LineGap - time.Microsecond
	case 5:
		return store.LineGap + time.Minute
	}
	return time.Duration(m.r.IntN(300)) * time.Second
}

// event adds one event of a burst and returns its ID.
func (m *maker) event(base store.SignIn, at time.Time, code int64, first string) string {
	s := base
	s.Time, s.ErrorCode = at, store.IntOf(code)
	if !s.Ingested.IsZero() {
		s.Ingested = at.Add(time.Duration(m.r.IntN(600)) * time.Second)
	}
	s.AuthenticationDetails, s.AdditionalDetails = nil, ""
	if code == 500121 {
		s.AdditionalDetails = m.pick("MFA denied; user declined the authentication", "MFA denied; user did not respond to mobile app notification", "MFA denied; incorrect code entered")
	}
	s.FailureReason = ""
	switch m.r.IntN(10) {
	case 0:
		s.ResourceID = guid(8001)
	case 1:
		s.CorrelationID, s.OriginalRequestID = "", first
	case 2:
		s.CorrelationID, s.OriginalRequestID = guid(300), strings.ToUpper(first)
	case 3:
		s.UserID, s.CorrelationID = strings.ToUpper(s.UserID), strings.ToUpper(s.CorrelationID)
	case 4:
		s.City, s.IPAddress = "Elsewhere", "198.51.100.99"
	}
	m.add(s)
	return m.made[len(m.made)-1].ID
}

// Copy gives the sign-in as an import passes it on. Its record as received is the JSON that Decode reads.
func Copy(s store.SignIn) store.Record {
	doc, err := json.Marshal(s)
	if err != nil {
		panic(err) // a sign-in holds only values that JSON has
	}
	return store.Record{Entry: s.Clone(), Versions: []store.Version{{Entry: s.Clone(), Doc: doc, Received: receivedOf(doc)}}}
}

// receivedOf makes up when a copy was received. Most copies have a time, the same for equal ones; the others have
// none.
func receivedOf(doc []byte) time.Time {
	hash := fnv.New32a()
	hash.Write(doc) //nolint:errcheck // a hash takes everything
	n := hash.Sum32()
	if n%8 == 0 {
		return time.Time{}
	}
	return Noon.Add(time.Duration(int(n%300)-150) * time.Hour)
}

// Decoder reads the records that Copy and MadeUpOf make, of the kinds of a catalog.
func Decoder(catalog store.Catalog) store.Decoder {
	return func(log store.Log, doc []byte) (store.Entry, error) {
		if kind := catalog.Kind(log); kind != nil && kind != store.SignIns {
			return decodeOf(kind, doc)
		}
		return Decode(log, doc)
	}
}

// Decode reads the record of Copy; it is a store.Decoder of sign-ins.
func Decode(_ store.Log, doc []byte) (store.Entry, error) {
	s := &store.SignIn{}
	err := json.Unmarshal(doc, s)
	for _, raw := range []*json.RawMessage{
		&s.AuthenticationAppDeviceDetails, &s.AuthenticationAppPolicyEvaluationList, &s.AppliedEventListeners, &s.PrivateLinkDetails,
	} {
		if string(*raw) == "null" {
			*raw = nil
		}
	}
	return s, err
}

// Versions gives further copies of about every fourth sign-in, newer or older than it. Some are equal, some fill,
// correct or blank fields, some have a more or less precise time. Some change the error code, so that an event
// joins a line or leaves it.
func Versions(seed uint64, signIns []store.SignIn) []store.SignIn {
	m := &maker{r: rand.New(rand.NewPCG(seed, 2)), later: rand.New(rand.NewPCG(seed, 3)), seed: seed}
	var copies []store.SignIn
	for i := range signIns {
		for m.r.IntN(4) == 0 {
			copies = append(copies, m.version(signIns[i]))
		}
	}
	return copies
}

// version changes a copy but keeps its identity: its log, its ID, and the IDs of its user and service principal
// unless they are empty. Its time mostly stays to the second.
func (m *maker) version(s store.SignIn) store.SignIn {
	if m.r.IntN(5) == 0 {
		return s
	}
	switch m.r.IntN(4) {
	case 0:
		s.Ingested = time.Time{}
	case 1:
		s.Ingested = s.Time.Add(-time.Minute)
	default:
		s.Ingested = s.Time.Add(time.Duration(m.r.IntN(100)) * time.Hour)
	}
	switch m.r.IntN(8) {
	case 3:
		const day = 24 * time.Hour
		s.Time = s.Time.Add([]time.Duration{time.Hour, 7 * time.Hour, day, -day, 30 * day, -400 * day}[m.r.IntN(6)])
	case 0:
		s.Time = s.Time.Truncate(time.Second)
	case 1:
		s.Time = s.Time.Truncate(time.Millisecond)
	case 2:
		if !s.Ingested.IsZero() {
			s.Time, s.TimeIsIngestion = s.Ingested, true
		}
	}
	s.AppliedConditionalAccessPolicies, s.AuthenticationDetails = slices.Clone(s.AppliedConditionalAccessPolicies), slices.Clone(s.AuthenticationDetails)
	for _, change := range m.changes() {
		if m.r.IntN(3) == 0 {
			change(&s)
		}
	}
	return s
}

// changes are the parts that a later copy may change.
func (m *maker) changes() []func(*store.SignIn) {
	return []func(*store.SignIn){
		func(s *store.SignIn) { s.ErrorCode = store.IntOf([]int64{0, 50074, 500121, 50126}[m.r.IntN(4)]) },
		func(s *store.SignIn) {
			s.ErrorCode, s.FailureReason, s.AdditionalDetails, s.StatedStatus = store.Int{}, "", "", ""
		},
		func(s *store.SignIn) { s.StatedStatus = m.pick("Success", "Failure") },
		func(s *store.SignIn) { s.AdditionalDetails = "MFA requirement satisfied by claim in the token" },
		func(s *store.SignIn) { s.CorrelationID = m.pick("", guid(100+m.r.IntN(200))) },
		func(s *store.SignIn) {
			s.ResourceID, s.ResourceDisplayName = m.pick("", guid(8000)), m.pick("", "Resource 0")
		},
		func(s *store.SignIn) { s.City, s.IPAddress = m.pick("", "Bergen"), m.pick("", "198.51.100.77") },
		func(s *store.SignIn) {
			s.UserDisplayName, s.AppDisplayName = m.pick("", "Married"), m.pick("", "Renamed 9")
		},
		func(s *store.SignIn) { s.IsManaged, s.FlaggedForReview = m.truth(), m.truth() },
		func(s *store.SignIn) { s.AppliedConditionalAccessPolicies, s.ConditionalAccessStatus = nil, "" },
		func(s *store.SignIn) { m.lists(s) },
		func(s *store.SignIn) { m.risk(s) },
		func(s *store.SignIn) { s.RiskState = m.pick("", "none", "hidden", "atRisk", "remediated") },
		func(s *store.SignIn) {
			s.OriginalTransferMethod, s.IncomingTokenType = m.pick("none", "deviceCodeFlow", "unknownFutureValue"), m.pick("none", "primaryRefreshToken,none", "")
		},
		func(s *store.SignIn) { m.device(s) },
		func(s *store.SignIn) { s.UserID, s.ServicePrincipalID = "", "" },
	}
}
