package storetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"signpost/store"
)

// Noon is the moment around which made-up sign-ins lie; most lie in the three days before it.
var Noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// MadeUp gives about n random sign-ins over all logs, each once. They have the variety that breaks engines. Many
// lie at one instant, or at the edges of hours, days and ranges. Fields have few values or many, empty ones and
// mixed case. Some IDs are no GUIDs, some names have no ID, and some sign-ins with MFA have several events. The
// same seed and n give the same sign-ins.
func MadeUp(seed uint64, n int) []store.SignIn {
	m := &maker{r: rand.New(rand.NewPCG(seed, 1)), later: rand.New(rand.NewPCG(seed, 2)), seed: seed, taken: map[idOfLog]bool{}}
	logs := store.SignIns.Logs
	for len(m.made) < n {
		if m.r.IntN(8) == 0 {
			m.burst()
			continue
		}
		log := logs[m.r.IntN(len(logs))].Log
		if n >= many && m.r.IntN(3) == 0 {
			log = store.NonInteractive // most rows are in this log, as in real tenants
		}
		m.add(m.signIn(log))
	}
	return m.made
}

// many is the number of sign-ins from which on one log gets more than the others.
const many = 10_000

// maker makes up sign-ins.
type maker struct {
	r *rand.Rand
	// later has its own random numbers, for parts added to sign-ins later. So the other parts of a seed stay as
	// they were.
	later *rand.Rand
	seed  uint64
	made  []store.SignIn
	taken map[idOfLog]bool
}

type idOfLog struct {
	log store.Log
	id  string
}

// add keeps the sign-in under an ID that is new in its log. One in ten takes an ID of another log.
func (m *maker) add(s store.SignIn) {
	s.ID = m.id(len(m.made))
	if len(m.made) > 0 && m.r.IntN(10) == 0 {
		s.ID = m.made[m.r.IntN(len(m.made))].ID
	}
	for i := 0; m.taken[idOfLog{s.Log, NormalID(s.ID)}]; i++ {
		s.ID = m.id(len(m.made) + 1_000_000*i + 1_000_000)
	}
	m.taken[idOfLog{s.Log, NormalID(s.ID)}] = true
	if s.OriginalRequestID == "" && m.r.IntN(2) == 0 {
		s.OriginalRequestID = s.ID
	}
	m.made = append(m.made, s)
}

// id is mostly a GUID, in either case, and sometimes a text.
func (m *maker) id(n int) string {
	switch m.r.IntN(12) {
	case 0:
		return fmt.Sprintf("request %d of %d", n, m.seed)
	case 1:
		return strings.ToUpper(guid(int(m.seed)<<24 + n))
	}
	return guid(int(m.seed)<<24 + n)
}

func guid(n int) string {
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(n*2654435761), uint64(n)&(1<<48-1))
}

// Edges are the instants on which rows and the ends of ranges are likely to meet.
func Edges() []time.Time {
	midnight := Noon.Truncate(24 * time.Hour)
	return []time.Time{
		Noon, midnight, midnight.Add(-24 * time.Hour), midnight.Add(-48 * time.Hour), midnight.Add(6 * time.Hour),
		midnight.Add(-6 * time.Hour), midnight.Add(-time.Hour), Noon.Add(-time.Hour), Noon.Add(-72 * time.Hour),
		midnight.Add(-17*time.Hour - 23*time.Minute - 45*time.Second - 678901*time.Microsecond),
	}
}

// time is an instant of the last days, often on an edge or a microsecond off it, rarely far away.
func (m *maker) time() time.Time {
	edges := Edges()
	switch m.r.IntN(10) {
	case 0, 1:
		return edges[m.r.IntN(len(edges))]
	case 2:
		return edges[m.r.IntN(len(edges))].Add(time.Duration(m.r.IntN(3)-1) * time.Microsecond)
	case 3:
		return edges[m.r.IntN(len(edges))].Add(time.Duration(m.r.IntN(20)-10) * 100) // seven digits
	case 4:
		return Noon.Add(-time.Duration(m.r.IntN(72)) * time.Hour)
	case 5:
		return Noon.Add(-time.Duration(m.r.Int64N(int64(72 * time.Hour)))).Truncate(time.Second)
	case 6:
		if m.seed%4 == 3 && m.r.IntN(4) == 0 { // back to before the epoch of keys
			return Noon.Add(-time.Duration(m.r.IntN(8000)) * 24 * time.Hour)
		}
	}
	return Noon.Add(-time.Duration(m.r.Int64N(int64(72 * time.Hour)))).Truncate(100)
}

// pick gives one of the texts.
func (m *maker) pick(texts ...string) string { return texts[m.r.IntN(len(texts))] }

// skewed gives a number below n, small ones far more often.
func (m *maker) skewed(n int) int {
	return int(float64(n) * m.r.Float64() * m.r.Float64() * m.r.Float64())
}

func (m *maker) truth() store.Bool { return store.Bool(m.r.IntN(3)) }

// signIn makes one up without its ID.
func (m *maker) signIn(log store.Log) store.SignIn {
	s := store.SignIn{Log: log, Time: m.time()}
	if m.r.IntN(5) > 0 {
		s.Ingested = s.Time.Add(time.Duration(m.r.IntN(600)-30) * time.Second)
	}
	m.ids(&s)
	info, _ := store.SignIns.Log(log)
	if info.User {
		m.user(&s)
	} else {
		m.servicePrincipal(&s)
	}
	m.target(&s)
	m.outcome(&s)
	m.place(&s)
	m.device(&s)
	m.lists(&s)
	m.risk(&s)
	return s
}

func (m *maker) ids(s *store.SignIn) {
	s.CorrelationID = m.pick("", guid(m.r.IntN(40)), guid(m.r.IntN(40)), strings.ToUpper(guid(m.r.IntN(40))), fmt.Sprintf("correlation %d", m.r.IntN(9)))
	s.SessionID = m.pick("", guid(500+m.r.IntN(2000)), fmt.Sprintf("Session %d", m.r.IntN(50)))
	s.UniqueTokenIdentifier = m.pick("", "AAAAAAAAAAAAAAAAAAAAAA", fmt.Sprintf("token-%d", m.r.IntN(100)), fmt.Sprintf("%019dxyA", m.r.IntN(1000)))
	if m.r.IntN(6) == 0 && len(m.made) > 0 {
		s.OriginalRequestID = m.made[m.r.IntN(len(m.made))].ID
	}
	s.TenantID = m.pick(guid(90), guid(90), guid(90), guid(96), strings.ToUpper(guid(96)), "")
}

// user is one of a dozen users: some renamed over time, some without an ID, one without anything.
func (m *maker) user(s *store.SignIn) {
	n := m.skewed(12)
	s.UserID, s.UserPrincipalName = guid(9000+n), fmt.Sprintf("user%d@example.com", n)
	s.UserDisplayName = []string{"Ada Ärlig", "ada ärlig", "Bo", "", "Zoë, the first", "100% _Bo_"}[(n+m.r.IntN(2))%6]
	if n%4 == 3 { // in the normal form that a Mac writes
		s.UserDisplayName = norm.NFD.String(s.UserDisplayName)
	}
	switch m.r.IntN(6) {
	case 0:
		s.UserID = strings.ToUpper(s.UserID)
		s.UserPrincipalName = strings.ToUpper(s.UserPrincipalName)
	case 1:
		s.UserID = ""
	case 2:
		s.UserPrincipalName = ""
	}
	switch n {
	case 9:
		if s.UserID == "" { // the name in sign-ins without a user's name
			s.UserID = "00000000-0000-0000-0000-000000000000"
		}
	case 10:
		s.UserID = "user ten"
	case 11:
		s.UserID, s.UserPrincipalName, s.UserDisplayName = "", "", ""
	}
	s.UserType = m.pick("member", "Member", "guest", "")
	s.SignInIdentifier = m.pick("", s.UserPrincipalName, "+47 123", "typo@example.com")
	s.SignInIdentifierType = m.pick("", "userPrincipalName", "phoneNumber")
}

func (m *maker) servicePrincipal(s *store.SignIn) {
	n := m.skewed(10)
	s.ServicePrincipalID, s.ServicePrincipalName = guid(6000+n), fmt.Sprintf("%s %d", m.pick("Robot", "robot"), n)
	switch m.r.IntN(8) {
	case 0:
		s.ServicePrincipalID = strings.ToUpper(s.ServicePrincipalID)
	case 1:
		s.ServicePrincipalID = ""
	case 2:
		s.ServicePrincipalID, s.ServicePrincipalName = "", ""
	}
	s.ServicePrincipalCredentialKeyID = m.pick("", guid(5000+m.r.IntN(4)), "key one")
	s.ServicePrincipalCredentialThumbprint = m.pick("", "A1B2C3", "a1b2c3", "FF00")
	s.FederatedCredentialID = m.pick("", "", guid(4900))
	s.FederatedTokenID, s.FederatedTokenIssuer = m.pick("", guid(4901)), m.pick("", "https://issuer.example", "https://ISSUER.example")
	s.AssociatedResourceID, s.AgentParentAppID = m.pick("", "/subscriptions/x/vm2"), m.pick("", guid(7000))
	s.Microsoft = store.BoolOf(s.Log == store.ServicePrincipal && m.later.IntN(5) == 0)
	if s.Log == store.ManagedIdentity {
		s.ManagedIdentityType = m.pick("", "systemAssigned", "userAssigned")
		s.AzureResourceID = m.pick("", "/subscriptions/x/vm1")
	}
}

// target sets the application and the resource.
func (m *maker) target(s *store.SignIn) {
	n := m.skewed(7)
	s.AppID, s.AppDisplayName = guid(7000+n), fmt.Sprintf("%s %d", m.pick("App", "APP", "Renamed"), n)
	switch m.r.IntN(10) {
	case 0:
		s.AppID = ""
	case 1:
		s.AppID = strings.ToUpper(s.AppID)
	case 2:
		s.AppDisplayName = ""
	}
	n = m.skewed(5)
	s.ResourceID, s.ResourceDisplayName = guid(8000+n), fmt.Sprintf("Resource %d", n)
	switch m.r.IntN(8) {
	case 0:
		s.ResourceID = ""
	case 1:
		s.ResourceID, s.ResourceDisplayName = "", ""
	case 2:
		s.ResourceID = strings.ToUpper(s.ResourceID)
	}
	s.AppOwnerTenantID, s.ResourceOwnerTenantID = m.pick("", guid(91)), m.pick("", guid(92), guid(93))
	s.ResourceTenantID, s.HomeTenantID = m.pick("", guid(90)), m.pick("", guid(94), guid(95))
	s.ResourceServicePrincipalID = m.pick("", guid(97), strings.ToUpper(guid(97)))
	s.HomeTenantName = m.pick("", "Contoso", "contoso", "Fabrikam")
	s.CrossTenantAccessType = m.pick("", "none", "b2bCollaboration")
}
