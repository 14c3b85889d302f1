package ask

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"signpost/store"
	"signpost/store/risk"
)

// RiskTrail gives the questions about a risk detection. They ask for the sign-in that it names, and for other detections of the same
// user or workload identity.
func RiskTrail(r *risk.Record) *Trail {
	t := &Trail{}
	head := r.Head()
	far := store.Around(head.Time, relatedFar)
	for _, info := range store.SignIns.Logs {
		if info.User || head.Log == risk.Workloads { // an agent may sign in with an account of a user
			t.Parts = addPart(t.Parts, "The sign-in of the detection", info.Log, store.RequestField, r.RequestID, far)
			t.Parts = addPart(t.Parts, "Same correlation ID", info.Log, store.CorrelationField, r.CorrelationID, far)
		}
	}
	f, who := risk.UserField, cmp.Or(r.UserID, r.Username)
	if head.Log == risk.Workloads {
		f, who = risk.WorkloadField, cmp.Or(r.WorkloadID, r.WorkloadName)
	}
	if who != "" {
		t.Parts = append(t.Parts, TrailPart{Reason: "Other detections of the same " + f.One, Query: store.ListQuery{
			Log: head.Log, Range: far, Limit: trailRows, Filter: store.Filter{}.With(f, store.OpIs, who).With(risk.RequestField, store.OpIsNot, head.ID),
		}})
	}
	return t
}

// RiskOf gives the part of an object's trail about its risk detections. Groups have none.
func RiskOf(kind store.ObjectKind, ids []string, in store.Range) []TrailPart {
	reason := "Risk detections of this " + kindWords[kind]
	switch kind {
	case store.ObjectUser:
		return addPart(nil, reason, risk.Users, risk.UserField, "", in, ids...)
	case store.ObjectServicePrincipal:
		return addPart(nil, reason, risk.Workloads, risk.WorkloadField, "", in, ids...)
	case store.ObjectApplication:
		return addPart(nil, reason, risk.Workloads, risk.AppField, "", in, ids...)
	}
	return nil
}

// takeDetected takes the names of an object from its newest risk detection. It gives ErrNotFound where there is none, or where the
// viewer may not see detections.
func (o *KnownObject) takeDetected(ctx context.Context, r Reader) error {
	parts := RiskOf(o.Kind, []string{o.ID}, store.AllTime())
	if _, known := r.Catalog().Log(risk.Users); !known || len(parts) == 0 {
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
	record := newest.Rows[0].Entry.(*risk.Record)
	switch {
	case o.Kind == store.ObjectUser && strings.EqualFold(record.UserID, o.ID):
		o.SeenName, o.SeenUsername = record.UserName, record.Username
	case o.Kind == store.ObjectServicePrincipal && strings.EqualFold(record.WorkloadID, o.ID), o.Kind == store.ObjectApplication && strings.EqualFold(record.AppID, o.ID):
		o.SeenName = record.WorkloadName
	default:
		return store.ErrNotFound // the record has that text only as a name
	}
	return nil
}
