package ask

import (
	"cmp"
	"context"
	"slices"
	"time"

	"signpost/auth"
	"signpost/store"
)

// origin is the place and the device of a sign-in. An answer about one sign-in holds for others of its origin.
type origin struct {
	place          store.Place
	device, system string
}

func originOf(t *store.Trace) origin {
	return origin{t.Location, store.FoldCase(t.DeviceID), store.FoldCase(t.OperatingSystem)}
}

// isKnown says that the origin tells sign-ins apart: a system alone is that of many devices.
func (o origin) isKnown() bool { return o.place != (store.Place{}) || o.device != "" }

// originsAnswered holds the answers that hold for other sign-ins of an origin.
type originsAnswered map[origin]cover

// cover says from when until when an answer holds, and whether it disowns the origin.
type cover struct {
	from, until time.Time
	disowned    bool
}

// judge marks the unusual sign-ins, with regard to the person's answers.
func (o *OwnSignIns) judge() {
	answers := make(map[store.Cursor]store.Answer, len(o.said))
	for place, a := range o.said {
		answers[place] = answerOf(a)
	}
	o.marks = store.Unusual(o.history, o.Where, answers)
	if o.cover() {
		for i := range o.history {
			t := &o.history[i]
			if _, said := answers[t.Cursor()]; !said && o.isCovered(t) && o.covered[originOf(t)].disowned {
				answers[t.Cursor()] = store.NotMine // it must not make a stranger's place and device known
			}
		}
		o.marks = store.Unusual(o.history, o.Where, answers)
	}
}

// cover notes the origins that the person has answered. disowns says that one of them was new and that the person disowned
// it.
func (o *OwnSignIns) cover() (disowns bool) {
	o.covered = originsAnswered{}
	for place, a := range o.said {
		i, found := slices.BinarySearchFunc(o.history, place, func(t store.Trace, at store.Cursor) int { return t.Cursor().Compare(at) })
		if !found {
			continue
		}
		t := &o.history[i]
		c, known := o.covered[originOf(t)]
		if from := t.Time().Add(-triesWithin); !known || from.Before(c.from) {
			c.from = from
		}
		if a.Answered.After(c.until) {
			c.until = a.Answered
		}
		isNew := slices.ContainsFunc(o.marks[i], func(m store.Mark) bool { return m.Kind != store.MarkDeniedMFA })
		c.disowned = c.disowned || isNew && !a.Mine && a.State != auth.ReportDismissed
		o.covered[originOf(t)] = c
		disowns = disowns || c.disowned
	}
	return disowns
}

// isCovered says that an answer about another sign-in holds for this one. This one came from the same place and device, not
// long before that one, and before the person answered. Background refreshes that follow are covered too.
func (o *OwnSignIns) isCovered(t *store.Trace) bool {
	from := originOf(t)
	if len(o.covered) == 0 || !from.isKnown() {
		return false
	}
	c, ok := o.covered[from]
	return ok && !t.Time().Before(c.from) && (t.Log == store.NonInteractive || !t.Time().After(c.until))
}

// isOpen says that a sign-in is unusual and no answer is about it.
func (o *OwnSignIns) isOpen(i int) bool {
	if len(o.marks[i]) == 0 || o.isCovered(&o.history[i]) {
		return false
	}
	_, answered := o.said[o.history[i].Cursor()]
	return !answered
}

// OwnQuestion is an unusual sign-in that no answer of the person is about, with the sign-ins around it. Further unusual ones
// from the same place and device go with it.
type OwnQuestion struct {
	OwnSignIn
	// More counts the further unusual ones. Refreshes counts the background refreshes from that origin that followed, marked
	// or not.
	More, Refreshes int64
	// Tries counts the sign-ins from that origin within a day before it that did not succeed.
	Tries int64
	// Before is the last earlier interactive success that was not unusual; nil where none is known.
	Before *store.Trace

	lead int
}

// triesWithin is the time before a sign-in in which unsuccessful tries are counted.
const triesWithin = 24 * time.Hour

// Questions gives up to limit questions about the sign-ins since a time. Successes come first, then the newest. all is the
// number of all questions.
func (o *OwnSignIns) Questions(ctx context.Context, r Reader, since time.Time, limit int) (questions []OwnQuestion, all int, err error) {
	from := store.KeyAt(since)
	byOrigin := map[origin]*OwnQuestion{}
	var found []*OwnQuestion
	for i := range o.history {
		t := &o.history[i]
		if t.Key.Before(from) {
			break
		}
		if !o.isOpen(i) {
			continue
		}
		q := byOrigin[originOf(t)]
		switch {
		case q == nil:
			q = &OwnQuestion{lead: i}
			byOrigin[originOf(t)] = q
			found = append(found, q)
		case o.asksBefore(i, q.lead):
			q.lead = i
			q.More++
		default:
			q.More++
		}
	}
	slices.SortStableFunc(found, func(a, b *OwnQuestion) int {
		return cmp.Or(cmp.Compare(o.rank(a.lead), o.rank(b.lead)), cmp.Compare(a.lead, b.lead))
	})
	all = len(found)
	found = found[:min(len(found), limit)]
	leads := make([]int, len(found))
	for n, q := range found {
		leads[n] = q.lead
	}
	signIns, err := o.Read(ctx, r, leads)
	if err != nil {
		return nil, 0, err
	}
	for _, s := range signIns {
		n := slices.IndexFunc(found, func(q *OwnQuestion) bool { return o.history[q.lead].Cursor() == s.Cursor() })
		q := *found[n]
		q.OwnSignIn = s
		o.tellAround(&q)
		questions = append(questions, q)
	}
	return questions, all, nil
}

// rank is 0 for a success, else 1: a success matters most.
func (o *OwnSignIns) rank(i int) int {
	if o.history[i].Status == store.StatusSuccess {
		return 0
	}
	return 1
}

// asksBefore says that i and not lead is the sign-in to ask about, of two with one origin. Of two with the same rank it is
// the older: the known part of the attack begins there.
func (o *OwnSignIns) asksBefore(i, lead int) bool {
	if o.rank(i) != o.rank(lead) {
		return o.rank(i) < o.rank(lead)
	}
	return true
}

// isReported says that the person reported the sign-in as somebody else's, and nobody found otherwise.
func (o *OwnSignIns) isReported(i int) bool {
	a, ok := o.said[o.history[i].Cursor()]
	return ok && !a.Mine && a.State != auth.ReportDismissed
}

// tellAround finds the sign-ins around the sign-in of a question.
func (o *OwnSignIns) tellAround(q *OwnQuestion) {
	from := originOf(&q.Trace)
	for i := range o.history[:q.lead] {
		if t := &o.history[i]; t.Log == store.NonInteractive && originOf(t) == from {
			q.Refreshes++
		}
	}
	earliest := q.Time().Add(-triesWithin)
	for i := q.lead + 1; i < len(o.history); i++ {
		t := &o.history[i]
		isTry := originOf(t) == from && t.Status != store.StatusSuccess && !t.Time().Before(earliest)
		switch {
		case isTry:
			q.Tries++
		case q.Before == nil && t.Log == store.Interactive && t.Status == store.StatusSuccess && len(o.marks[i]) == 0 && !o.isReported(i):
			q.Before = t
		}
		if q.Before != nil && t.Time().Before(earliest) {
			return
		}
	}
}
