// Package provisioning declares the provisioning records of a directory: what a job created, changed or removed in another
// system, and why it could not. Names are those of Graph's provisioningObjectSummary.
package provisioning

import (
	"cmp"
	"strconv"
	"strings"

	"signpost/store"
	"signpost/store/audit"
)

// Log is the provisioning log.
const Log store.Log = "provisioning"

// Record is one provisioning record. A text is empty where the record tells nothing.
type Record struct {
	store.Common
	// A job is one configuration of an application, a cycle one run of it, and a change what it did to one object.
	JobID, CycleID, ChangeID, Action, Status string
	Duration                                 store.Int
	Error                                    Error
	Source, Target                           Identity
	SourceSystem, TargetSystem               System
	Initiator                                Initiator
	// Principal is the service principal of the application. OtherPrincipals are the further ones where a source writes a list.
	Principal       System
	OtherPrincipals []System
	Tenant          string
	Steps           []Step
	Changes         []audit.Change
	// UnreadSteps and UnreadChanges say that the record has the list in a shape that is not read.
	UnreadSteps, UnreadChanges bool

	// These follow from the rest: the identity by its source, else by its target, and the application's ID.
	Identity      Identity
	ApplicationID string

	// What a row of Log Analytics has in columns of its own. Its tenantId is that of the workspace.
	isRow                bool
	rowTenant, rowResult string
}

// Error says why a change failed or was skipped.
type Error struct{ Code, Category, Reason, Additional, Recommended string }

// Identity is the object that is provisioned, as one of the systems has it.
type Identity struct {
	ID, Name, Type, Username string
	Details                  []store.KeyValue
}

// System is one of the systems, or the application.
type System struct {
	ID, Name string
	Details  []store.KeyValue
}

// Initiator is who had the job run.
type Initiator struct{ ID, Name, Type string }

// Step is a part of a change. The steps stand in the order of work.
type Step struct {
	Name, Type, Status, Description string
	Details                         []store.KeyValue
}

// Clone gives a copy whose properties can be written.
func (r *Record) Clone() store.Entry { c := *r; return &c }

// Called is the best name of an identity.
func (i *Identity) Called() string { return cmp.Or(i.Name, i.Username, i.ID) }

// Called is the best name of a system.
func (s *System) Called() string { return cmp.Or(s.Name, s.ID) }

// IsEntra says that the system is the directory of a tenant, in its present name or its former one.
func (s *System) IsEntra() bool {
	name := strings.ToLower(s.Name)
	return strings.Contains(name, "azure active directory") || strings.Contains(name, "entra")
}

// settle fills what follows from the rest, and what only stands around the properties of a record.
func (r *Record) settle(around store.Envelope) {
	r.Status = spelled(Results, cmp.Or(r.Status, r.rowResult, around.ResultType))
	r.Action = spelled(Actions, r.Action)
	r.Error.Category = spelled(ErrorCategories, r.Error.Category)
	r.Initiator.Type = spelled(Initiators, r.Initiator.Type)
	r.ChangeID = cmp.Or(r.ChangeID, around.Correlation)
	if r.isRow {
		r.Tenant = r.rowTenant
	}
	r.Tenant = cmp.Or(r.Tenant, around.Tenant)
	for _, i := range []*Identity{&r.Source, &r.Target} {
		i.ID = cmp.Or(i.ID, detail(i.Details, "id"), detail(i.Details, "objectId"))
		i.Name = cmp.Or(i.Name, detail(i.Details, "displayName"))
		i.Username = detail(i.Details, "userPrincipalName")
	}
	r.Identity = Identity{
		ID: cmp.Or(r.Source.ID, r.Target.ID), Username: cmp.Or(r.Source.Username, r.Target.Username), Type: cmp.Or(r.Source.Type, r.Target.Type),
	}
	r.Identity.Name = cmp.Or(r.Source.Name, r.Target.Name, r.Identity.Username, r.Identity.ID)
	for _, s := range []*System{&r.TargetSystem, &r.SourceSystem} {
		r.ApplicationID = cmp.Or(r.ApplicationID, detail(s.Details, "applicationId"))
		r.Principal.ID = cmp.Or(r.Principal.ID, detail(s.Details, "servicePrincipalId"))
		r.Principal.Name = cmp.Or(r.Principal.Name, detail(s.Details, "servicePrincipalDisplayName"))
	}
}

// spelled gives a value as Graph spells it. Azure Monitor sends some values as their places in the enumeration, and others
// with a capital.
func spelled(e *store.Enumeration, value string) string {
	value = strings.TrimSpace(value)
	if n, err := strconv.Atoi(value); err == nil && n >= 0 && n < len(e.Values) {
		return e.Values[n]
	}
	return e.Value(value)
}

// detail gives the value of a key, whatever its casing; empty where the details have none.
func detail(details []store.KeyValue, key string) string {
	for _, d := range details {
		if strings.EqualFold(d.Key, key) {
			return strings.TrimSpace(d.Value)
		}
	}
	return ""
}

// update takes over what a newer copy tells better. A missing list never takes the place of one with members.
func (r *Record) update(newer *Record) {
	store.UpdateProperties(properties, r, newer)
	if len(newer.Steps) > 0 || newer.UnreadSteps && len(r.Steps) == 0 {
		r.Steps, r.UnreadSteps = newer.Steps, newer.UnreadSteps
	}
	if len(newer.Changes) > 0 || newer.UnreadChanges && len(r.Changes) == 0 {
		r.Changes, r.UnreadChanges = newer.Changes, newer.UnreadChanges
	}
	if len(newer.OtherPrincipals) > 0 {
		r.OtherPrincipals = newer.OtherPrincipals
	}
	mine, theirs := r.details(), newer.details()
	for i := range mine {
		if len(*theirs[i]) > 0 {
			*mine[i] = *theirs[i]
		}
	}
}

// details are the open details of both identities and both systems.
func (r *Record) details() [4]*[]store.KeyValue {
	return [4]*[]store.KeyValue{&r.Source.Details, &r.Target.Details, &r.SourceSystem.Details, &r.TargetSystem.Details}
}

// members counts what the lists hold.
func (r *Record) members() int {
	n := len(r.Steps) + len(r.Changes) + len(r.OtherPrincipals)
	for _, list := range r.details() {
		n += len(*list)
	}
	for i := range r.Steps {
		n += len(r.Steps[i].Details)
	}
	return n
}

// withhold takes out the values that describe credentials.
func (r *Record) withhold(hidden store.Classes) {
	if hidden.Has(store.Secret) {
		r.Changes = audit.WithoutSecrets(r.Changes)
	}
}
