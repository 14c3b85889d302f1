package ask

import (
	"context"
	"time"

	"signpost/auth"
	"signpost/store"
)

// Answers gives the replies of people about their own sign-ins.
type Answers interface {
	SignInAnswers(ctx context.Context, account int64) ([]auth.SignInAnswer, error)
}

// OwnAnswer is the person's answer about a sign-in.
type OwnAnswer struct {
	// SignInID is the request ID in the answer. It is that of an event, where others were folded with it since. Log is the log in the
	// answer. It is another one than that of the sign-in, where a told one has moved since.
	SignInID string
	Log      store.Log

	Mine    bool
	Comment string
	At      time.Time
	OwnVerdict
}

// OwnVerdict is the decision about a report, as its person reads it.
type OwnVerdict struct {
	// Settled says that administrators have decided, Dismissed that they found nothing wrong. Again says that they decided and then
	// opened it again.
	Settled, Dismissed, Again bool
	// Note is the administrators' text for the person; empty for none. Decided is the time of the decision.
	Note    string
	Decided time.Time
}

// OwnReport is a report of the person with the decision about it.
type OwnReport struct {
	// SignInID leads to the sign-in; empty where it is no longer there.
	SignInID string
	Time, At time.Time
	Seen     auth.SeenSignIn
	OwnVerdict
}

func verdictOf(a auth.SignInAnswer) OwnVerdict {
	v := OwnVerdict{Settled: a.State.IsSettled(), Dismissed: a.State == auth.ReportDismissed, Decided: a.Decided}
	v.Again = !v.Settled && !a.Decided.IsZero()
	if a.NoteIsTold {
		v.Note = a.Note
	}
	return v
}

// Reports gives the reports of the person, the latest first.
func (o *OwnSignIns) Reports() []OwnReport {
	there := map[int64]bool{}
	for _, a := range o.said {
		there[a.ID] = true
	}
	list := make([]OwnReport, 0, len(o.reports))
	for _, a := range o.reports {
		r := OwnReport{Time: a.Time, At: a.Answered, Seen: a.Seen, OwnVerdict: verdictOf(a)}
		if there[a.ID] {
			r.SignInID = a.SignInID
		}
		list = append(list, r)
	}
	return list
}

// answersByPlace gives the person's answers by the present places of their sign-ins. Two answered events may have become one line.
// Then a report counts, else the later answer.
func (q Own) answersByPlace(ctx context.Context, reader Reader) (byPlace map[store.Cursor]auth.SignInAnswer, reports []auth.SignInAnswer, err error) {
	if q.Answers == nil {
		return nil, nil, nil
	}
	said, err := q.Answers.SignInAnswers(ctx, q.Account)
	if err != nil || len(said) == 0 {
		return nil, nil, err
	}
	refs := make([]store.Ref, len(said))
	for i, a := range said {
		refs[i] = store.Ref{Log: store.Log(a.Log), ID: a.SignInID, Near: a.Time}
	}
	places, err := placesOf(ctx, reader, refs)
	if err != nil {
		return nil, nil, err
	}
	byPlace = make(map[store.Cursor]auth.SignInAnswer, len(said))
	for i, a := range said { // the latest first
		if !a.Mine {
			reports = append(reports, a)
		}
		if before, ok := byPlace[places[i]]; !ok || before.Mine && !a.Mine {
			byPlace[places[i]] = a
		}
	}
	delete(byPlace, store.Cursor{}) // answers about sign-ins that are gone
	return byPlace, reports, nil
}

// placesOf gives where some sign-ins stand now. A told sign-in may have moved to the other log of users.
func placesOf(ctx context.Context, reader Reader, refs []store.Ref) ([]store.Cursor, error) {
	places, err := reader.Places(ctx, refs)
	if err != nil {
		return nil, err
	}
	var gone []store.Ref
	for i, at := range places {
		if (at == store.Cursor{}) && refs[i].Log == store.Interactive {
			gone = append(gone, store.Ref{Log: store.NonInteractive, ID: refs[i].ID, Near: refs[i].Near})
		}
	}
	if len(gone) == 0 {
		return places, nil
	}
	found, err := reader.Places(ctx, gone)
	if err != nil {
		return nil, err
	}
	for i := range places {
		if (places[i] == store.Cursor{}) && refs[i].Log == store.Interactive {
			places[i], found = found[0], found[1:]
		}
	}
	return places, nil
}

func answerOf(a auth.SignInAnswer) store.Answer {
	if a.Mine {
		return store.Mine
	}
	return store.NotMine
}

// answer gives the person's answer about the sign-in at a place; nil for none.
func (o *OwnSignIns) answer(at store.Cursor) *OwnAnswer {
	a, ok := o.said[at]
	if !ok {
		return nil
	}
	return &OwnAnswer{
		SignInID: a.SignInID, Log: store.Log(a.Log), Mine: a.Mine, Comment: a.Comment, At: a.Answered, OwnVerdict: verdictOf(a),
	}
}
