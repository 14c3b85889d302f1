package ask

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"signpost/store"
	"signpost/store/risk"
)

// RiskSignal is one line of the timeline of a risk: a sign-in with its detections, a detection by itself, or a change of the state.
type RiskSignal struct {
	// Time is when the line stands in the timeline. A sign-in that is not risky by itself stands at the newest of its detections.
	Time   time.Time
	SignIn *RiskyRow
	// Detections are the newest that name the sign-in, or the one that the line is. More counts the others of the range.
	Detections []store.Row
	More       int64
	Turn       *store.RiskTurn
}

// These bound a page of the timeline. A step reads some signals of each log. Detections that stand under a sign-in of another page make
// no line: where a page has not enough lines after some steps, it is shorter.
const (
	SignalsPerPage  = 30
	signalsRead     = 2*SignalsPerPage + 1
	signalSteps     = 4
	signalsTaken    = SignalsPerPage/2 + 1 // signals of a step that get their lines at once: to find detections takes long for each sign-in
	signalsTogether = 500                  // detections that one question gives for some sign-ins
	DetectionsUnder = 20                   // detections that are listed under a sign-in
)

// turnsLog stands for the log of the changes of a state. They are in none.
const turnsLog store.Log = ""

// RiskSignalLogs gives the logs of the signals of a kind of objects. Signals of one time stand in this order.
func RiskSignalLogs(kind store.StateKind) []store.Log {
	if kind == store.StateRiskyUser {
		return append(LogsOf(store.ObjectUser), risk.Users, turnsLog)
	}
	return slices.Concat(LogsOf(store.ObjectServicePrincipal), LogsOf(store.ObjectUser), []store.Log{risk.Workloads, turnsLog})
}

// riskTimeline makes one page of the signals of an object.
type riskTimeline struct {
	*KnownRisk
	q    RiskyObject
	r    Reader
	logs []store.Log
	// risky says of request IDs whether their sign-in has a line by itself.
	risky map[string]bool
	// events are the request IDs of the events of such a sign-in where it has several, by its own. part is the way back, without its own.
	// asked has an ID once its events were looked up.
	events map[string][]string
	part   map[string]string
	asked  map[string]bool
}

// placedSignal is a signal by itself, with its place.
type placedSignal struct {
	RiskSignal
	place store.Cursor
}

// requestID is the sign-in that the signal is, or that it names as a detection; empty for none.
func (s *placedSignal) requestID() string {
	switch {
	case s.SignIn != nil:
		return store.FoldCase(s.SignIn.Entry.Head().ID)
	case s.Turn == nil:
		return requestNamedBy(s.Detections[0])
	}
	return ""
}

func requestNamedBy(detection store.Row) string {
	return store.FoldCase(detection.Entry.(*risk.Record).RequestID)
}

// findSignals finds the signals of the page. Where some cannot be looked up it gives none: a page with gaps would look whole.
func (a *KnownRisk) findSignals(ctx context.Context, r Reader, q RiskyObject) error {
	asked, cancel := context.WithTimeout(ctx, riskyTimeout)
	defer cancel()
	t := &riskTimeline{KnownRisk: a, q: q, r: r, logs: RiskSignalLogs(a.Of), risky: map[string]bool{}, events: map[string][]string{}, part: map[string]string{}, asked: map[string]bool{}}
	err := t.page(asked)
	if errors.As(err, new(store.WithheldError)) {
		return err
	}
	if err := r.Part(ctx, "the timeline of a risk", err, &a.SignalsTrouble); err != nil {
		return err
	}
	if a.SignalsTrouble != NoTrouble {
		a.Signals, a.NextSignals = nil, nil
	}
	return nil
}

// page takes steps until the page is full, and one signal more tells that there is another.
func (t *riskTimeline) page(ctx context.Context) error {
	if t.principals != nil && t.principals.Trouble != NoTrouble {
		t.SignalsTrouble = t.principals.Trouble
		return nil
	}
	after := t.q.SignalsAfter
	for range signalSteps {
		signals, upTo, err := t.read(ctx, after)
		if err != nil {
			return err
		}
		for some := range slices.Chunk(signals, signalsTaken) {
			lines, err := t.lines(ctx, some)
			if err != nil || t.SignalsTrouble != NoTrouble {
				return err
			}
			for i, line := range lines {
				if line != nil && len(t.Signals) == SignalsPerPage {
					t.NextSignals = after
					return nil
				}
				if line != nil {
					t.Signals = append(t.Signals, *line)
				}
				after = &some[i].place
			}
		}
		if upTo == nil {
			return nil
		}
		after = upTo
	}
	t.NextSignals = after
	return nil
}

// compare orders places, the newest first. Places of one time are in the order of the logs.
func (t *riskTimeline) compare(a, b store.Cursor) int {
	return cmp.Or(b.Key.Time().Compare(a.Key.Time()), cmp.Compare(slices.Index(t.logs, a.Log), slices.Index(t.logs, b.Log)), b.Key.Compare(a.Key))
}

// afterIn gives the place in one log after which signals are left that stand after a place in the timeline.
func (t *riskTimeline) afterIn(log store.Log, after *store.Cursor) *store.Cursor {
	switch {
	case after == nil:
		return nil
	case log == after.Log:
		return &store.Cursor{Key: after.Key}
	case slices.Index(t.logs, log) < slices.Index(t.logs, after.Log): // its signals of that time stood before
		return &store.Cursor{Key: store.KeyAt(after.Key.Time())}
	}
	return &store.Cursor{Key: store.KeyAt(after.Key.Time().Add(time.Microsecond))}
}

// read gives the next signals of all logs, each by itself. upTo is the place up to which they are all that there are; nil for the end.
func (t *riskTimeline) read(ctx context.Context, after *store.Cursor) (signals []placedSignal, upTo *store.Cursor, err error) {
	queries := append([]store.ListQuery{t.detectionsQuery(t.q.Range)}, t.riskyParts(t.q.Range)...)
	reads := make([]func(context.Context) ([]placedSignal, *store.Cursor, error), 0, len(queries)+2)
	for _, list := range queries {
		reads = append(reads, func(ctx context.Context) ([]placedSignal, *store.Cursor, error) { return t.readLog(ctx, list, after) })
	}
	reads = append(reads, func(ctx context.Context) ([]placedSignal, *store.Cursor, error) { return t.readNamed(ctx, after) })
	found, ends := make([][]placedSignal, len(reads)), make([]*store.Cursor, len(reads))
	var questions []func(context.Context) error
	for i, read := range reads {
		questions = append(questions, func(ctx context.Context) (err error) {
			found[i], ends[i], err = read(ctx)
			return err
		})
	}
	if err := Together(ctx, questions...); err != nil {
		return nil, nil, err
	}
	for _, end := range ends {
		if end != nil && (upTo == nil || t.compare(*end, *upTo) < 0) {
			upTo = end
		}
	}
	for _, s := range slices.Concat(append(found, t.turns())...) {
		if (after == nil || t.compare(s.place, *after) > 0) && (upTo == nil || t.compare(s.place, *upTo) <= 0) {
			signals = append(signals, s)
		}
	}
	slices.SortFunc(signals, func(a, b placedSignal) int { return t.compare(a.place, b.place) })
	return signals, upTo, nil
}

// riskyParts gives the questions for the risky sign-ins that the object made as a user. An agent may sign in with an account of a user.
func (a *KnownRisk) riskyParts(in store.Range) (queries []store.ListQuery) {
	if a.Of == store.StateRiskyPrincipal {
		return nil
	}
	for _, part := range RiskyParts(in, ObjectFilter(store.ObjectUser, a.Known.ID)) {
		queries = append(queries, part.Query)
	}
	return queries
}

// readLog reads detections, or risky sign-ins of users.
func (t *riskTimeline) readLog(ctx context.Context, list store.ListQuery, after *store.Cursor) (signals []placedSignal, end *store.Cursor, err error) {
	list.After, list.Limit = t.afterIn(list.Log, after), signalsRead
	page, err := t.r.Page(ctx, list)
	if err != nil {
		return nil, nil, err
	}
	for _, row := range page.Rows {
		s := placedSignal{RiskSignal{Time: row.Entry.Head().Time}, store.Cursor{Key: row.Key, Log: list.Log}}
		if signIn, ok := row.Entry.(*store.SignIn); ok {
			s.SignIn = &RiskyRow{Row: row, Log: list.Log, Why: IsRisky(signIn)}
		} else {
			s.Detections = []store.Row{row}
		}
		signals = append(signals, s)
	}
	if page.Next != nil && len(signals) > 0 {
		end = &signals[len(signals)-1].place
	}
	return signals, end, nil
}

// readNamed reads sign-ins of service principals that detections name: their places are known.
func (t *riskTimeline) readNamed(ctx context.Context, after *store.Cursor) (signals []placedSignal, end *store.Cursor, err error) {
	if t.principals == nil {
		return nil, nil, nil
	}
	some := t.principals.named
	if from := t.afterIn(store.ServicePrincipal, after); from != nil {
		first, _ := slices.BinarySearchFunc(some, from.Key, func(n namedSignIn, after store.Key) int {
			if n.key.Before(after) {
				return 1
			}
			return -1
		})
		some = some[first:]
	}
	if len(some) > signalsRead {
		some = some[:signalsRead]
		end = &store.Cursor{Key: some[signalsRead-1].key, Log: store.ServicePrincipal}
	}
	rows, err := namedPage(ctx, t.r, t.principals.found, some)
	for i := range rows {
		row := &rows[i]
		signals = append(signals, placedSignal{RiskSignal{Time: row.Entry.Head().Time, SignIn: row}, store.Cursor{Key: row.Key, Log: row.Log}})
	}
	return signals, end, err
}

// turns gives the changes of the state in the range. Those of one time keep their order.
func (t *riskTimeline) turns() (signals []placedSignal) {
	if t.State == nil {
		return nil
	}
	tie := uint64(0)
	for _, turn := range t.State.Turns() {
		if turn.Updated.Before(t.q.Range.From) || !turn.Updated.Before(t.q.Range.To) {
			continue
		}
		tie++
		if n := len(signals); n == 0 || signals[n-1].Time.UnixMicro() != turn.Updated.UnixMicro() {
			tie = 0
		}
		signals = append(signals, placedSignal{RiskSignal{Time: turn.Updated, Turn: &turn}, store.Cursor{Key: store.NewKey(turn.Updated, tie), Log: turnsLog}})
	}
	return signals
}
