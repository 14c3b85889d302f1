package ask

import (
	"context"
	"slices"

	"signpost/auth"
	"signpost/store"
	"signpost/store/risk"
)

// OpenSignIns narrows lists of risky sign-ins to those that are open here: see OpenHere. It holds the verdicts of one moment, so that all
// parts of a file agree.
type OpenSignIns struct {
	// closed are the request IDs of the sign-ins of users that are at risk or confirmed compromised, and that a verdict answers.
	closed map[store.Log][]string
	kept   map[auth.TriageObject]auth.Triaged
}

// TriageOfSignIns gives what is kept about sign-ins.
type TriageOfSignIns interface {
	TriageKept
	TriageOfKind
}

// verdictsAtOnce is how many sign-ins with a verdict one question looks for.
const verdictsAtOnce = 200

// OpenSignInsOf looks for the sign-ins of users of a range that a verdict answers. kept is nil where nobody decides.
func OpenSignInsOf(ctx context.Context, r Reader, kept TriageOfSignIns, in store.Range) (*OpenSignIns, error) {
	open := &OpenSignIns{closed: map[store.Log][]string{}}
	if kept == nil {
		return open, nil
	}
	err := Together(ctx, func(ctx context.Context) (err error) {
		open.kept, err = kept.TriagedOf(ctx, auth.TriageSignIn)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, log := range LogsOf(store.ObjectUser) {
		var held []string
		for of, now := range open.kept {
			if now.Holds != nil && of.Log == string(log) {
				held = append(held, of.ID)
			}
		}
		slices.Sort(held)
		for some := range slices.Chunk(held, verdictsAtOnce) {
			err := Together(ctx, func(ctx context.Context) error { return open.close(ctx, r, kept, log, in, some) })
			if err != nil {
				return nil, err
			}
		}
		slices.Sort(open.closed[log])
		open.closed[log] = slices.Compact(open.closed[log])
	}
	return open, nil
}

// close adds those of some sign-ins that are in a list of open ones but for their verdict. Any event of a line may have the verdict.
func (o *OpenSignIns) close(ctx context.Context, r Reader, kept TriageKept, log store.Log, in store.Range, requests []string) error {
	filter, _ := OpenStates(log, store.Filter{}.WithAny(store.RequestField, slices.Clone(requests)))
	rows, _, err := everyRow(ctx, r, store.ListQuery{Log: log, Range: in, Filter: filter})
	if err != nil || len(rows) == 0 {
		return err
	}
	signIns, err := TriageSignInsOf(ctx, r, rows)
	if err != nil {
		return err
	}
	targets, err := SignInTargets(ctx, r, kept, nil, signIns)
	for i, t := range targets {
		if !t.IsOpen() {
			o.closed[log] = append(o.closed[log], signIns[i].SignIn.ID)
		}
	}
	return err
}

// OpenStates narrows a filter to sign-ins of a log of users that were imported as at risk or confirmed compromised. ok is false where
// the filter lets none of them through.
func OpenStates(log store.Log, f store.Filter) (narrowed store.Filter, ok bool) {
	return oneOf(log, f, store.RiskStateField, store.OpenRiskStates()...)
}

// parts gives the questions for the open sign-ins of users that pass a filter. None of them has a hidden state.
func (o *OpenSignIns) parts(in store.Range, f store.Filter) (parts []RiskyPart) {
	for _, log := range LogsOf(store.ObjectUser) {
		if narrowed, ok := OpenStates(log, f); ok {
			parts = append(parts, RiskyPartsOf(log, in, narrowed.WithNone(store.RequestField, o.closed[log]))...)
		}
	}
	return parts
}

// Closed is how many sign-ins of users the lists leave out because of a verdict.
func (o *OpenSignIns) Closed() (n int) {
	for _, ids := range o.closed {
		n += len(ids)
	}
	return n
}

// of gives those of some named sign-ins of service principals that are open here. The newest detection that names a sign-in tells its
// state, whichever detections the list asks for: see TellingDetection.
func (o *OpenSignIns) of(ctx context.Context, r Reader, q RiskyPrincipals, found *workloadDetections, named []namedSignIn) (open []namedSignIn, err error) {
	naming := found.named
	if !q.Detections.IsEmpty() {
		naming = map[string][]*risk.Record{}
		for some := range slices.Chunk(named, rowsRead/4) {
			ids := make([]string, len(some))
			for i := range some {
				ids[i] = some[i].id
			}
			more, err := detectionsOf(ctx, r, risk.Workloads, ids)
			if err != nil {
				return nil, err
			}
			for id, list := range more {
				naming[id] = list
			}
		}
	}
	for _, n := range named {
		signIn := &store.SignIn{}
		signIn.Log, signIn.ID = store.ServicePrincipal, n.id
		t := TargetOfSignIn(signIn, TellingDetection(naming[store.FoldCase(n.id)]))
		if t.Kept = o.kept[t.Of]; t.IsOpen() {
			open = append(open, n)
		}
	}
	return open, nil
}
