package ask

import (
	"context"
	"slices"
	"time"

	"signpost/store"
	"signpost/store/activity"
	"signpost/store/audit"
)

// changedWithin is how far from a sign-in the changes of its diagnosis are.
const changedWithin = 24 * time.Hour

// belonging gives the questions about the records that belong to a sign-in, over all logs. The sign-in itself is left out.
func belonging(s *store.SignIn) *Trail {
	t := &Trail{}
	in, near := DiagnosisRange(s.Time), store.Around(s.Time, relatedNear)
	for _, info := range store.SignIns.Logs {
		t.Parts = addPart(t.Parts, "Same correlation ID", info.Log, store.CorrelationField, s.CorrelationID, in)
		t.Parts = addPart(t.Parts, "Same session ID", info.Log, store.SessionField, s.SessionID, in)
	}
	of, _ := store.SignIns.Log(s.Log)
	who, what := of.Actor.IDIn(s), of.Target.IDIn(s)
	for _, info := range store.SignIns.Logs {
		if who == "" || what == "" || info.Log != s.Log && !(info.User && of.User) {
			continue
		}
		n := len(t.Parts)
		t.Parts = addPart(t.Parts, "Same "+of.One+" and "+of.Target.One+", within an hour", info.Log, of.Actor, who, near)
		for i := n; i < len(t.Parts); i++ {
			q := &t.Parts[i].Query
			q.Filter = q.Filter.With(of.Target, store.OpIs, what)
			if s.CorrelationID != "" {
				q.Filter = q.Filter.With(store.CorrelationField, store.OpIsNot, s.CorrelationID)
			}
		}
	}
	for i := range t.Parts {
		q := &t.Parts[i].Query
		q.Filter = q.Filter.With(store.RequestField, store.OpIsNot, s.ID)
	}
	t.Parts = addPart(t.Parts, "Same correlation ID", audit.Directory, audit.CorrelationField, s.CorrelationID, in)
	t.Parts = addPart(t.Parts, "Same session ID", audit.Directory, audit.SessionField, s.SessionID, in)
	t.Parts = addPart(t.Parts, "Same correlation ID", activity.Log, activity.CorrelationField, s.CorrelationID, in)
	t.Parts = addPart(t.Parts, "Same session ID", activity.Log, activity.SessionField, s.SessionID, in)
	return t
}

// changes gives the questions to the audit log about the person, the application and the policies that the record names as not
// satisfied. Where an access policy decided and the record names none, it is all policies; a viewer without the right to them
// gets none.
func (q Diagnosis) changes(ctx context.Context, r Reader) (*Trail, error) {
	s, t := q.Record.SignIn(), &Trail{}
	in := store.Around(s.Time, changedWithin)
	t.Parts = addPart(t.Parts, "Changes to the person", audit.Directory, audit.TargetField, s.UserID, in)
	if q.OnePerson {
		return t, nil
	}
	apps := []string{s.AppDisplayName, s.ServicePrincipalID}
	if s.AppID != "" {
		objects, err := r.ObjectsOfApp(ctx, s.AppID)
		if err != nil {
			return t, err
		}
		for _, object := range objects {
			apps = append(apps, object.ID)
		}
	}
	t.Parts = addPart(t.Parts, "Changes to the application", audit.Directory, audit.TargetField, s.AppID, in, apps...)
	if q.Withheld {
		return t, nil
	}
	var policies []string
	for _, p := range s.AppliedConditionalAccessPolicies {
		if p.IsUnsatisfied() && !slices.Contains(policies, p.ID) {
			policies = append(policies, p.ID)
		}
	}
	t.Parts = addPart(t.Parts, "Changes to the policies that were not satisfied", audit.Directory, audit.TargetField, "", in, policies...)
	if len(policies) > 0 || !s.ErrorCode.Set {
		return t, nil
	}
	if e, ok := ExplainedBy(s.ErrorCode.N); ok && e.About == accessPolicies {
		t.Parts = append(t.Parts, e.part(e.Filter, in))
	}
	return t, nil
}
