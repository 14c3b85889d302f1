package ask

import (
	"context"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/risk"
)

// SignInRisk is what the records of Identity Protection tell of one sign-in.
type SignInRisk struct {
	// Detections are whole, in the order of their times. A detection belongs to the sign-in by its request ID. One that names no request
	// belongs to it by its correlation ID.
	Detections []SignInDetection
	// More says that there are others, which are not listed.
	More bool
	// Near are detections of the same service principal that name another request or none: see RiskyNearOne. The nearest comes first.
	Near    []*risk.Record
	Trouble Trouble
}

// SignInDetection is a detection of a sign-in.
type SignInDetection struct {
	Record        store.Record
	ByCorrelation bool
}

// Detection gives the detection.
func (d SignInDetection) Detection() *risk.Record { return d.Record.Entry.(*risk.Record) }

// signInDetections is how many detections of a sign-in are listed from one log.
const signInDetections = 20

// ask asks for the detections of a sign-in. Any event of a line may be the one that a detection names.
func (a *SignInRisk) ask(ctx context.Context, r Reader, record *store.Record) error {
	ctx, cancel := context.WithTimeout(ctx, relatedTimeout)
	defer cancel()
	s := record.Entry.(*store.SignIn)
	requests := []string{s.ID}
	for _, event := range record.Events {
		if id := event.Entry.Head().ID; !slices.Contains(requests, id) {
			requests = append(requests, id)
		}
	}
	byRequest := store.Filter{}.WithAny(risk.SignInField, requests)
	filters := []store.Filter{byRequest}
	if s.CorrelationID != "" {
		filters = append(filters, store.Filter{}.With(risk.CorrelationField, store.OpIs, s.CorrelationID).With(risk.SignInField, store.OpEmpty, ""))
	}
	logs := []store.Log{risk.Users, risk.Workloads} // an agent may sign in with an account of a user
	type part struct {
		list []SignInDetection
		more bool
	}
	parts := make([]part, len(logs)*len(filters))
	var questions []func(context.Context) error
	for i := range parts {
		log, byCorrelation := logs[i/len(filters)], i%len(filters) > 0
		questions = append(questions, func(ctx context.Context) (err error) {
			parts[i].list, parts[i].more, err = detectionsWhole(ctx, r, log, filters[i%len(filters)], s)
			for at := range parts[i].list {
				parts[i].list[at].ByCorrelation = byCorrelation
			}
			return err
		})
	}
	if info, _ := store.SignIns.Log(s.Log); !info.User && s.ServicePrincipalID != "" {
		questions = append(questions, func(ctx context.Context) (err error) {
			a.Near, err = nearOf(ctx, r, s)
			return err
		})
	}
	err := Together(ctx, questions...)
	for _, p := range parts {
		a.Detections, a.More = append(a.Detections, p.list...), a.More || p.more
	}
	slices.SortStableFunc(a.Detections, func(a, b SignInDetection) int { return a.Detection().Head().Time.Compare(b.Detection().Head().Time) })
	a.Near = slices.DeleteFunc(a.Near, func(d *risk.Record) bool {
		return slices.ContainsFunc(a.Detections, func(own SignInDetection) bool { return *own.Detection().ID() == *d.ID() })
	})
	return r.Part(ctx, "the detections of a sign-in", err, &a.Trouble)
}

// detectionsWhole gives the detections of a log that pass a filter, with their versions. Those of another user or service principal are none of the
// sign-in's.
func detectionsWhole(ctx context.Context, r Reader, log store.Log, f store.Filter, s *store.SignIn) (list []SignInDetection, more bool, err error) {
	page, err := r.Page(ctx, store.ListQuery{Log: log, Range: store.AllTime(), Filter: f, Limit: signInDetections})
	if err != nil {
		return nil, false, err
	}
	for _, row := range page.Rows {
		d := row.Entry.(*risk.Record)
		if isOther(d.UserID, s.UserID) || isOther(d.WorkloadID, s.ServicePrincipalID) {
			continue
		}
		head := d.Head()
		whole, err := r.Get(ctx, store.GetQuery{Ref: store.Ref{Log: log, ID: head.ID, Near: head.Time}})
		if err != nil {
			return nil, false, err
		}
		list = append(list, SignInDetection{Record: whole})
	}
	return list, page.Next != nil, nil
}

// isOther says that two IDs are told and differ.
func isOther(a, b string) bool { return a != "" && b != "" && !strings.EqualFold(a, b) }

// nearOf gives the detections that a sign-in of a service principal is near, the nearest first.
func nearOf(ctx context.Context, r Reader, s *store.SignIn) (list []*risk.Record, err error) {
	in := store.Range{From: s.Time.Add(-RiskyNear), To: s.Time.Add(RiskyNear + time.Microsecond)}
	found, _, err := everyDetection(ctx, r, store.ListQuery{Log: risk.Workloads, Range: in, Filter: store.Filter{}.With(risk.WorkloadField, store.OpIs, s.ServicePrincipalID)})
	for _, d := range found {
		if strings.EqualFold(d.WorkloadID, s.ServicePrincipalID) && !d.Head().TimeIsIngestion && isNear(d, s.Time, s.ServicePrincipalCredentialKeyID) {
			list = append(list, d)
		}
	}
	slices.SortStableFunc(list, compareNear(s.Time))
	return list, err
}
