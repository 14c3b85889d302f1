package ask

import (
	"context"
	"sync"

	"signpost/store"
)

// TriageOpen gives what the count of open objects needs of what is kept. The version changes with each step about any object.
type TriageOpen interface {
	TriageOfKind
	TriageVersion(ctx context.Context) (int64, error)
}

// OpenKept keeps the number of objects that are open here, for as long as the directory and the verdicts stay as they are: nearly every
// page asks for it. It is for one kind of objects, and for readers without a scope alone.
type OpenKept struct {
	mu     sync.Mutex
	at     openAt
	n      int64
	isKept bool
}

// openAt is a state of the directory and of the verdicts.
type openAt struct{ revision, version int64 }

func (k *OpenKept) of(at openAt) (n int64, ok bool) {
	if k == nil {
		return 0, false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.n, k.isKept && k.at == at
}

func (k *OpenKept) keep(at openAt, n int64) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.at, k.n, k.isKept = at, n, true
}

// CountOpenHere counts the risky objects of a kind that are open here: see OpenHere. kept is nil where nobody decides, and before is nil
// for a reader with a scope.
func CountOpenHere(ctx context.Context, r Reader, kept TriageOpen, before *OpenKept, kind store.StateKind) (n int64, err error) {
	var at openAt
	if kept != nil {
		if at.version, err = kept.TriageVersion(ctx); err != nil {
			return 0, err
		}
	}
	counts, err := r.CountRisky(ctx, store.RiskyQuery{Of: kind})
	if err != nil {
		return 0, err
	}
	at.revision = counts.Revision
	if n, ok := before.of(at); ok {
		return n, nil
	}
	for _, state := range store.OpenRiskStates() {
		n += counts.States[state]
	}
	if kept != nil && n > 0 {
		closed, err := closedHere(ctx, r, kept, kind)
		if err != nil {
			return 0, err
		}
		for _, t := range closed {
			if (store.RiskChange{State: t.Risk.State}).IsOpen() {
				n--
			}
		}
	}
	before.keep(at, n)
	return n, nil
}

// closedHere gives the risky objects of a kind that a verdict answers.
func closedHere(ctx context.Context, r Reader, kept TriageOfKind, kind store.StateKind) (closed []TriageTarget, err error) {
	all, err := kept.TriagedOf(ctx, triageKinds[kind])
	if err != nil {
		return nil, err
	}
	var held []string
	for of, now := range all {
		if now.Holds != nil {
			held = append(held, of.ID)
		}
	}
	if len(held) == 0 {
		return nil, nil
	}
	found, err := r.Risky(ctx, kind, held, nil)
	for i := range found {
		t := TargetOfRisky(&found[i])
		if t.Kept = all[t.Of]; t.Kept.Answers(t.Risk) {
			closed = append(closed, t)
		}
	}
	return closed, err
}
