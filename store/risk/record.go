// Package risk declares the risk detections of Identity Protection. A detection tells what Microsoft noticed about a sign-in, a user,
// a workload identity or an agent. Properties have the names of Graph's riskDetection, servicePrincipalRiskDetection and
// agentRiskDetection.
package risk

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// The logs of detections.
const (
	// Users holds detections of users and of their sign-ins.
	Users store.Log = "detections"
	// Workloads holds those of service principals and of agents.
	Workloads store.Log = "principaldetections"
)

// Record is one detection. A text is empty where the record tells nothing.
type Record struct {
	store.Common

	// EventType is the type of the detection. FormerType is its type in the older enumeration, which often says generic.
	EventType, FormerType                                   string
	Level, State, Detail                                    string
	Source, Timing, Activity, Issuer                        string
	RequestID, CorrelationID                                string // of the sign-in
	Address, City, Region, Country                          string
	Detected, Updated                                       string // times, as store.Property.Instant says
	Technique, Tenant                                       string
	UserID, Username, UserName, UserType                    string
	HomeTenantID, ResourceTenantID, CrossTenantAccess       string
	AppID, PrincipalID, PrincipalName                       string
	AgentID, AgentName, IdentityID, IdentityName, AgentType string
	BlueprintID, ClientSessionID, ClientName, Evidence      string
	Coordinates                                             store.Coordinates
	Keys                                                    []string // IDs of the credentials that the detection is about
	// Info is additionalInfo, with each value as a text. UnreadInfo and UnreadKeys say that the record has Info or Keys in a shape
	// that is not read.
	Info                   []store.KeyValue
	UnreadInfo, UnreadKeys bool

	// The first two lines follow from Info and Technique. The last line has the workload identity, whether it is a service principal or an agent.
	UserAgent                              string
	Reasons, Techniques                    []string
	WorkloadID, WorkloadName, WorkloadType string
}

// Clone gives a copy. To write its properties leaves the record as it is.
func (r *Record) Clone() store.Entry { c := *r; return &c }

// Place names the place of the address.
func (r *Record) Place() string { return store.PlaceName(r.City, r.Region, r.Country) }

// IsOfWorkload says that the record tells of a workload identity or an agent.
func (r *Record) IsOfWorkload() bool {
	return cmp.Or(r.PrincipalID, r.PrincipalName, r.AgentID, r.AgentName, r.IdentityID, r.AppID) != ""
}

// Called is the best name of the user or the workload identity.
func (r *Record) Called() string {
	return cmp.Or(r.UserName, r.Username, r.UserID, r.WorkloadName, r.WorkloadID, r.AppID)
}

// log gives the log of the record. The record's members decide: agents have no category of their own. Where they do not, the log of
// the source stands.
func (r *Record) log(log store.Log) store.Log {
	switch isUser := cmp.Or(r.UserID, r.Username, r.UserName) != ""; {
	case r.IsOfWorkload() && !isUser:
		return Workloads
	case isUser && !r.IsOfWorkload():
		return Users
	}
	return log
}

// settle writes enumerations in one spelling, takes the tenant from the envelope, and fills the properties that follow from others.
func (r *Record) settle(around store.Envelope) {
	r.EventType = store.RiskDetections.Value(cmp.Or(r.EventType, r.FormerType))
	for value, words := range map[*string]*store.Enumeration{
		&r.Level: store.RiskLevels, &r.State: store.RiskStates, &r.Detail: store.RiskDetails, &r.Timing: Timings, &r.Activity: Activities, &r.AgentType: AgentTypes,
	} {
		*value = words.Value(strings.TrimSpace(*value))
	}
	// Azure Monitor has the ID of the detection as the correlation ID of its envelope. It belongs to no sign-in.
	if strings.EqualFold(r.CorrelationID, *r.ID()) {
		r.CorrelationID = ""
	}
	r.Tenant = around.Tenant
	r.settleWorkload()
	r.settleInfo()
}

// settleTold sorts what the unified audit log says of the user: either member may hold the username, the object ID, or neither.
func (r *Record) settleTold() {
	told := []string{r.Username, r.UserID}
	r.Username, r.UserID = "", ""
	for _, text := range told {
		switch {
		case store.IsGUID(text):
			r.UserID = cmp.Or(r.UserID, strings.ToLower(text))
		case strings.Contains(text, "@"):
			r.Username = cmp.Or(r.Username, text)
		}
	}
}

// settleWorkload finds the ID, the name and the type of the workload identity.
func (r *Record) settleWorkload() {
	r.WorkloadID, r.WorkloadName = cmp.Or(r.PrincipalID, r.IdentityID, r.AgentID), cmp.Or(r.PrincipalName, r.AgentName, r.IdentityName)
	if r.WorkloadType = r.AgentType; r.WorkloadType == "" && r.PrincipalID != "" {
		r.WorkloadType = servicePrincipal
	}
}

// updated is when the detection was changed last; zero where the record does not tell.
func (r *Record) updated() time.Time {
	t, err := time.Parse(time.RFC3339Nano, r.Updated)
	if err != nil { // empty, or no time
		return time.Time{}
	}
	return t
}

// masked is the type that stands for all types that the licence of the tenant does not show.
const masked = "generic"

// update takes over a newer copy. Microsoft fills in a detection after it was made, and changes its state. So a copy with a later
// change replaces the record as a whole. A copy of the same change only adds what it tells; a masked type tells nothing.
func (r *Record) update(newer *Record) {
	if newer.updated().After(r.updated()) {
		head := r.Head()
		*r = *newer
		r.SetHead(head)
		return
	}
	eventType := r.EventType
	store.UpdateProperties(properties, r, newer)
	if eventType != "" && strings.EqualFold(r.EventType, masked) {
		r.EventType = eventType
	}
	if len(newer.Info) > 0 || newer.UnreadInfo && len(r.Info) == 0 {
		r.Info, r.UnreadInfo = newer.Info, newer.UnreadInfo
	}
	if newer.Coordinates.Set {
		r.Coordinates = newer.Coordinates
	}
	if len(newer.Keys) > 0 || newer.UnreadKeys && len(r.Keys) == 0 {
		r.Keys, r.UnreadKeys = newer.Keys, newer.UnreadKeys
	}
	r.settleWorkload()
	r.settleInfo()
}

// members counts what the lists hold.
func (r *Record) members() int { return len(r.Info) + len(r.Keys) }

// orUnread adds a mark to a list that the record has in a shape that is not read.
func orUnread(list []string, unread bool) []string {
	if unread {
		return append(slices.Clip(list), store.UnreadShape)
	}
	return list
}
