package ask

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/audit"
	"signpost/store/provisioning"
)

// ProvisioningTrail gives the questions about a provisioning record: other work on the same identity, and what the audit log says
// about it around that time.
func ProvisioningTrail(r *provisioning.Record) *Trail {
	t := &Trail{}
	at := r.Head().Time
	far, near := store.Around(at, relatedFar), store.Around(at, relatedNear)
	if id := cmp.Or(r.Identity.ID, r.Identity.Name); id != "" {
		t.Parts = append(t.Parts, TrailPart{Reason: "Other provisioning of the same identity", Query: store.ListQuery{
			Log: provisioning.Log, Range: far, Limit: trailRows,
			Filter: store.Filter{}.With(provisioning.IdentityField, store.OpIs, id).With(provisioning.RequestField, store.OpIsNot, r.Head().ID),
		}})
	}
	t.Parts = addPart(t.Parts, "Same correlation ID as the change", audit.Directory, audit.CorrelationField, r.ChangeID, far)
	t.Parts = addPart(t.Parts, "Changes to the same object, within an hour", audit.Directory, audit.TargetField, r.Source.ID, near, r.Target.ID)
	return t
}

// ProvisioningOf gives the part of an object's trail about its provisioning: of a user or a group as an identity, of an application
// as the one that is provisioned.
func ProvisioningOf(kind store.ObjectKind, ids []string, in store.Range) []TrailPart {
	f, reason := provisioning.IdentityField, "Provisioning of this "+kindWords[kind]
	if slices.Contains([]store.ObjectKind{store.ObjectApplication, store.ObjectServicePrincipal}, kind) {
		f, reason = provisioning.AppField, "Provisioning by this "+kindWords[kind]
	}
	return addPart(nil, reason, provisioning.Log, f, "", in, ids...)
}

// takeProvisioned takes the names of an object that only provisioning records know; ErrNotFound where no record knows it.
func (o *KnownObject) takeProvisioned(ctx context.Context, r Reader) error {
	parts := ProvisioningOf(o.Kind, []string{o.ID}, store.AllTime())
	if _, known := r.Catalog().Log(provisioning.Log); !known || len(parts) == 0 {
		return store.ErrNotFound
	}
	q := parts[0].Query
	q.Limit = 1
	newest, err := r.Page(ctx, q)
	var withheld store.WithheldError
	switch {
	case errors.As(err, &withheld):
		return store.ErrNotFound
	case err != nil:
		return err
	case len(newest.Rows) == 0:
		return store.ErrNotFound
	}
	record := newest.Rows[0].Entry.(*provisioning.Record)
	switch {
	case o.Kind != store.ObjectUser && o.Kind != store.ObjectGroup:
		o.SeenName = record.Principal.Name
	case strings.EqualFold(record.Source.ID, o.ID):
		o.SeenName, o.SeenUsername = record.Source.Name, record.Source.Username
	case strings.EqualFold(record.Target.ID, o.ID):
		o.SeenName, o.SeenUsername = record.Target.Name, record.Target.Username
	default:
		return store.ErrNotFound // the record has that text only as a name
	}
	if o.Kind == store.ObjectGroup {
		o.Membership = &store.MembershipInfo{}
	}
	return nil
}
