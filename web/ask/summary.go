package ask

import (
	"context"
	"time"

	"signpost/store"
)

// summaryTimeout bounds the summary of a sign-in: its page does not wait for it longer.
const summaryTimeout = time.Second

// workingWithin is the time before a sign-in in which the last success may lie.
const workingWithin = 30 * 24 * time.Hour

// Summary tells about a sign-in from other sign-ins: the last success before it, and the other people with its
// error.
type Summary struct {
	// Comparison is nil where there is no success to compare with. OnlyMe is nil where there is no error that others
	// can have.
	Comparison *Comparison
	OnlyMe     *OnlyMe
}

// Comparison compares a sign-in with the last success of the same user to the same application before it.
type Comparison struct {
	// Working is nil where there was none. StillReading says that there may be a later one: stored records are being read again.
	Working      *store.SignIn
	StillReading bool
	Trouble      Trouble
}

// HasSummary says that other sign-ins can tell something about one.
func HasSummary(s *store.SignIn) bool {
	_, ok := workingQuery(s)
	return ok || HasOnlyMe(s)
}

// SummaryOf asks both questions at the same time. Both have the same deadline; where one is late, the other still
// stands.
func SummaryOf(ctx context.Context, r Reader, s *store.SignIn) (*Summary, error) {
	ctx, cancel := context.WithTimeout(ctx, summaryTimeout)
	defer cancel()
	a := &Summary{}
	var questions []func(context.Context) error
	if q, ok := workingQuery(s); ok {
		a.Comparison = &Comparison{}
		questions = append(questions, func(ctx context.Context) error { return a.Comparison.ask(ctx, r, q) })
	}
	if HasOnlyMe(s) {
		questions = append(questions, func(ctx context.Context) (err error) {
			a.OnlyMe, err = OnlyMeOf(ctx, r, s)
			return err
		})
	}
	return a, Together(ctx, questions...)
}

func (c *Comparison) ask(ctx context.Context, r Reader, q store.ListQuery) error {
	working, complete, err := lastWorking(ctx, r, q)
	c.StillReading = err == nil && !complete
	if working != nil {
		c.Working = working.SignIn()
	}
	return r.Part(ctx, "comparison", err, &c.Trouble)
}

// lastWorking gives the newest sign-in that the query finds, whole; nil where there is none. It is not complete while stored
// records are being read again.
func lastWorking(ctx context.Context, r Reader, q store.ListQuery) (working *store.Record, complete bool, err error) {
	found, err := r.Page(ctx, q)
	if err != nil || len(found.Rows) == 0 {
		return nil, found.Complete, err
	}
	head := found.Rows[0].Entry.Head()
	record, err := r.Get(ctx, store.GetQuery{Ref: store.Ref{Log: q.Log, ID: head.ID, Near: head.Time}})
	if err != nil {
		return nil, false, err
	}
	return &record, found.Complete, nil
}

// workingQuery asks for the last success before a sign-in; ok is false where the sign-in names no user or
// application.
func workingQuery(s *store.SignIn) (q store.ListQuery, ok bool) {
	info, _ := store.SignIns.Log(s.Log)
	who, what := info.Actor.IDIn(s), info.Target.IDIn(s)
	if who == "" || what == "" {
		return store.ListQuery{}, false
	}
	q = store.ListQuery{Log: s.Log, Range: store.Range{From: s.Time.Add(-workingWithin), To: s.Time}, Limit: 1}
	q.Filter = q.Filter.With(info.Actor, store.OpIs, who).With(info.Target, store.OpIs, what).With(store.StatusField, store.OpIs, store.SignIns.StatusInfo(store.StatusSuccess).Name)
	return q, true
}
