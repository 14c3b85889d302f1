// Package audit declares the audit records of a directory: who changed what. They stand in two logs, one of them for custom
// security attributes alone. Names are those of Graph's directoryAudit.
package audit

import (
	"fmt"
	"slices"
	"strings"

	"signpost/store"
)

// The logs.
const (
	Directory  store.Log = "audit"
	Attributes store.Log = "customsecurity"
)

// Record is one audit record. A text is empty where the record tells nothing.
type Record struct {
	store.Common
	CorrelationID, Service, Category, Activity, Operation, Result, Reason, UserAgent string
	// User is set where a person acted, App where a program did.
	User      User
	App       App
	SessionID string // of the sign-in that the actor came with
	TokenID   string // the unique token identifier of that sign-in
	DeviceID  string
	Targets   []Target
	Details   []store.KeyValue
	// UnreadTargets and UnreadDetails say that the record has the list in a shape that is not read.
	UnreadTargets, UnreadDetails bool

	// These follow from the rest: who acted, whatever it was, from where, on what, and in which tenant.
	ActorID, ActorUsername, ActorName, Address, TargetNames, Tenant string
}

// User is a person who acted.
type User struct{ ID, Name, Username, Address, Type, HomeTenantID, HomeTenantName string }

// App is a program that acted.
type App struct{ ID, Name, PrincipalID, PrincipalName string }

// Target is an object that was acted on. The first one of a record is the main one.
type Target struct {
	ID, Name, Type, Username, GroupType string
	Changes                             []Change
}

// Change is a property of a target that was changed. Old and New are as received, often JSON inside a text; see Unpacked.
type Change struct {
	Name, Old, New string
	// Withheld says that the values are not to be seen by who looks.
	Withheld bool
}

// Clone gives a copy. Writing its properties leaves the record as it is.
func (r *Record) Clone() store.Entry { c := *r; return &c }

// Called is the best name of a target.
func (t *Target) Called() string { return firstOf(t.Name, t.Username, t.ID) }

// shownTargets is how many targets the text of all of them names.
const shownTargets = 3

// settle fills what follows from the rest, and what only stands around the properties of a record.
func (r *Record) settle(around store.Envelope) {
	fill := func(p *string, texts ...string) {
		for _, text := range texts {
			if *p == "" {
				*p = strings.TrimSpace(text)
			}
		}
	}
	fill(&r.Activity, around.Operation)
	fill(&r.CorrelationID, around.Correlation)
	fill(&r.Result, around.Result)
	if !isLogCategory(around.Category) {
		fill(&r.Category, around.Category)
	}
	fill(&r.Tenant, around.Tenant)
	for _, d := range r.Details {
		if strings.EqualFold(d.Key, "User-Agent") {
			fill(&r.UserAgent, d.Value)
		}
	}
	fill(&r.Address, r.User.Address, around.Address)
	fill(&r.ActorID, r.User.ID, r.App.PrincipalID, r.App.ID)
	fill(&r.ActorUsername, r.User.Username, r.App.PrincipalName)
	fill(&r.ActorName, r.User.Name, r.User.Username, r.App.Name, r.App.PrincipalName)
	if r.User == (User{}) && r.App == (App{}) {
		fill(&r.ActorName, around.Identity)
	}
	r.TargetNames = r.targetNames()
}

// isLogCategory says that a category is that of a whole log, and not of an activity.
func isLogCategory(category string) bool {
	return strings.EqualFold(category, "Audit") || slices.ContainsFunc(logs, func(l store.LogInfo) bool { return strings.EqualFold(l.Category, category) })
}

// targetNames is the first targets in one text.
func (r *Record) targetNames() string {
	var names []string
	for i := range r.Targets {
		if name := r.Targets[i].Called(); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if more := len(names) - shownTargets; more > 0 {
		return strings.Join(names[:shownTargets], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}

// update takes over what a newer copy tells better. A missing list never takes the place of one with members.
func (r *Record) update(newer *Record) {
	store.UpdateProperties(properties, r, newer)
	if len(newer.Targets) > 0 || newer.UnreadTargets && len(r.Targets) == 0 {
		r.Targets, r.UnreadTargets = newer.Targets, newer.UnreadTargets
	}
	if len(newer.Details) > 0 || newer.UnreadDetails && len(r.Details) == 0 {
		r.Details, r.UnreadDetails = newer.Details, newer.UnreadDetails
	}
}

// members counts what the lists hold.
func (r *Record) members() int {
	n := len(r.Targets) + len(r.Details)
	for i := range r.Targets {
		n += len(r.Targets[i].Changes)
	}
	return n
}

// eachTarget is the list of targets for filters.
func eachTarget(r *Record, m *store.Item, take func()) (unread bool) {
	for i := range r.Targets {
		t := &r.Targets[i]
		m[targetName] = append(m[targetName][:0], t.ID, t.Name, t.Username)
		m[targetType] = append(m[targetType][:0], t.Type)
		m[targetProperty] = m[targetProperty][:0]
		for _, c := range t.Changes {
			if !slices.Contains(m[targetProperty], c.Name) {
				m[targetProperty] = append(m[targetProperty], c.Name)
			}
		}
		take()
	}
	return r.UnreadTargets
}
