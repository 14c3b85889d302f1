package ask

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"signpost/auth"
	"signpost/store"
)

// MaxOwn bounds the sign-ins of a person that are looked at, the newest first. The answer says where a range has more. It also says
// where the time before the range has more that judge it.
const MaxOwn = 10_000

// Own asks for a person's own sign-ins. The reader must be one that gives only the person's own.
type Own struct {
	Person store.Person
	// Account is the account of the person. Its answers are shown with the sign-ins.
	Account int64
	Answers Answers // nil where nobody asks for them
	Atlas   *Atlas
	// Since is the time from which sign-ins are judged, whatever the range; zero for the range's start.
	Since time.Time
	// Limit bounds the sign-ins that are looked at, the newest first; zero for MaxOwn.
	Limit int
}

// OwnSignIns holds a person's own sign-ins of a range, and those before it that they are judged by.
type OwnSignIns struct {
	// InRange is the number of looked-at sign-ins in the range.
	InRange int
	// Cut is the time of the oldest sign-in that was looked at, where the range has older ones; else zero. Judged is the same for
	// the time before the range, where older sign-ins matter for the marks.
	Cut, Judged time.Time
	// StillReading says that an older version of the program read some of them; the shown values may change.
	StillReading bool
	// Where has the coordinates of the sign-ins' places.
	Where map[store.Place]store.Coordinates

	person store.Person
	// history is newest first; its first InRange traces lie in the range.
	history []store.Trace
	marks   [][]store.Mark
	// said has the person's answers, by the present places of their sign-ins. reports has the person's reports, the latest first,
	// with those about sign-ins that are gone. covered has the origins for which an answer holds.
	said    map[store.Cursor]auth.SignInAnswer
	reports []auth.SignInAnswer
	covered originsAnswered
}

// OwnSignIn is one of a person's own sign-ins.
type OwnSignIn struct {
	store.Trace
	ID     string
	Line   store.Line
	Marks  []store.Mark
	Answer *OwnAnswer // the person's answer; nil for none
	// Covered says that the person's answer to another sign-in, from the same place and device, holds for this one.
	Covered bool
}

// IsOpen says that the sign-in is unusual and that no answer of the person is about it.
func (s *OwnSignIn) IsOpen() bool { return len(s.Marks) > 0 && s.Answer == nil && !s.Covered }

// IsReported says that the person reported the sign-in as somebody else's, and that nobody has dismissed the report.
func (s *OwnSignIn) IsReported() bool {
	return s.Answer != nil && !s.Answer.Mine && !s.Answer.Dismissed
}

// SignIns asks for all data that the page of a range needs, in one question about sign-ins and one about places.
func (q Own) SignIns(ctx context.Context, reader Reader, r store.Range) (*OwnSignIns, error) {
	own := &OwnSignIns{person: q.Person}
	var traces store.Traces
	err := Together(ctx,
		func(ctx context.Context) (err error) {
			known := store.Range{From: q.judgedSince(r).Add(-store.JudgedFrom), To: r.To}
			traces, err = reader.PersonTraces(ctx, store.PersonQuery{Person: q.Person, Range: known, Limit: cmp.Or(q.Limit, MaxOwn)})
			return err
		},
		func(ctx context.Context) (err error) {
			own.said, own.reports, err = q.answersByPlace(ctx, reader)
			return err
		})
	if err != nil {
		return nil, err
	}
	own.take(traces, r, q.judgedSince(r))
	if err := q.locate(ctx, reader, own); err != nil {
		return nil, err
	}
	own.judge()
	return own, nil
}

// judgedSince is the start of the range, or Since where that is earlier.
func (q Own) judgedSince(r store.Range) time.Time {
	if q.Since.IsZero() || r.From.Before(q.Since) {
		return r.From
	}
	return q.Since
}

// take notes which of the traces lie in the range, and the times where the traces stop too early.
func (o *OwnSignIns) take(traces store.Traces, r store.Range, judged time.Time) {
	o.history, o.StillReading = traces.Traces, !traces.Complete
	o.InRange = len(o.history)
	from := store.KeyAt(r.From)
	i := slices.IndexFunc(o.history, func(t store.Trace) bool { return t.Key.Before(from) })
	if i >= 0 {
		o.InRange = i
	}
	if !traces.More {
		return
	}
	oldest := o.history[len(o.history)-1].Time()
	if i < 0 {
		o.Cut = oldest
	}
	if oldest.After(judged.Add(-store.KnownFor)) {
		o.Judged = oldest
	}
}

// SignIn gives one of the person's own sign-ins as their list has it: judged by the sign-ins before it. It gives ErrNotFound where
// there is none, and where it is somebody else's.
func (q Own) SignIn(ctx context.Context, r Reader, id string) (record store.Record, own OwnSignIn, err error) {
	err = Together(ctx, func(ctx context.Context) (err error) {
		record, err = r.Get(ctx, store.GetQuery{Ref: store.Ref{ID: id}, Owner: &q.Person})
		return err
	})
	if err == nil {
		own, err = q.judged(ctx, r, &record)
	}
	return record, own, err
}

func (q Own) judged(ctx context.Context, r Reader, record *store.Record) (OwnSignIn, error) {
	at := record.Key.Time()
	own, err := q.SignIns(ctx, r, store.Range{From: at, To: at.Add(time.Microsecond)})
	if err != nil {
		return OwnSignIn{}, err
	}
	signIn := record.SignIn()
	place := store.Cursor{Key: record.Key, Log: signIn.Log}
	line := store.Line{Events: 1, Started: signIn.Time}
	if len(record.Events) > 1 {
		line.Events = len(record.Events)
		for _, event := range record.Events {
			line.Denied += event.Line.Denied
		}
	}
	for i := range own.history {
		if own.history[i].Cursor() == place {
			return own.signIn(i, store.Row{Key: record.Key, Entry: record.Entry, Line: line}), nil
		}
	}
	// More sign-ins than are looked at have this very time. The sign-in is shown without being judged.
	return OwnSignIn{
		Trace: store.TraceOf(record.Key, []*store.SignIn{signIn}), ID: signIn.ID, Line: line, Answer: own.answer(place),
	}, nil
}

// locate finds the coordinates of the places in the history. Only the records have them, so it reads one record of each place that
// is not known yet.
func (q Own) locate(ctx context.Context, reader Reader, own *OwnSignIns) error {
	own.Where = map[store.Place]store.Coordinates{}
	var unknown []store.Cursor
	for _, t := range store.Located(own.history) {
		if at, ok := q.Atlas.find(t.Location); ok {
			own.Where[t.Location] = at
		} else {
			unknown = append(unknown, t.Cursor())
		}
	}
	var rows []store.Row
	err := Together(ctx, func(ctx context.Context) (err error) {
		rows, err = reader.PersonRows(ctx, q.Person, unknown)
		return err
	})
	if err != nil {
		return err
	}
	found := make([]store.Coordinates, len(rows))
	questions := make([]func(context.Context) error, len(rows))
	for i := range rows {
		questions[i] = func(ctx context.Context) error {
			record, err := reader.Get(ctx, store.GetQuery{Ref: store.Ref{ID: rows[i].SignIn().ID}, Owner: &q.Person})
			switch {
			case errors.Is(err, store.ErrNotFound):
				return nil // a place without coordinates is skipped
			case err != nil:
				return err
			}
			found[i] = record.SignIn().Coordinates
			return nil
		}
	}
	if err := Together(ctx, questions...); err != nil {
		return err
	}
	for i, row := range rows {
		if found[i].Set {
			place := store.Place{City: row.SignIn().City, State: row.SignIn().State, CountryOrRegion: row.SignIn().CountryOrRegion}
			own.Where[place] = found[i]
			q.Atlas.add(place, found[i])
		}
	}
	return nil
}

// JudgedWhole says that a sign-in is marked by all that came before it and matters. Else its marks may say that something is new
// although an older sign-in, which was not looked at, has it too.
func (o *OwnSignIns) JudgedWhole(t *store.Trace) bool {
	return o.Judged.IsZero() || !o.Judged.After(t.Time().Add(-store.KnownFor))
}

// Find gives the sign-ins of the range that pass a test, newest first. It names them by their index in the answer: see Page and
// Read.
func (o *OwnSignIns) Find(passes func(*store.Trace, []store.Mark) bool) []int {
	found := make([]int, 0, o.InRange)
	for i := range o.InRange {
		if passes(&o.history[i], o.marks[i]) {
			found = append(found, i)
		}
	}
	return found
}

// Unusual counts the marked sign-ins among those found.
func (o *OwnSignIns) Unusual(found []int) (n int64) {
	for _, i := range found {
		if len(o.marks[i]) > 0 {
			n++
		}
	}
	return n
}

// Refreshes counts the background refreshes among those found.
func (o *OwnSignIns) Refreshes(found []int) (n int64) {
	for _, i := range found {
		if o.history[i].Log == store.NonInteractive {
			n++
		}
	}
	return n
}

// Last gives the person's newest interactive sign-in with that outcome; nil where none is known.
func (o *OwnSignIns) Last(status store.Status) *store.Trace {
	for i := range o.history {
		if t := &o.history[i]; t.Log == store.Interactive && t.Status == status {
			return t
		}
	}
	return nil
}

// Values counts the values of the sign-ins of the range. words puts a sign-in into words; it is called once for those that read
// alike.
func (o *OwnSignIns) Values(words func(*store.Trace) (app, place, device string)) (apps, places, devices map[string]int64) {
	type alike struct {
		app, name      string
		place          store.Place
		device, system string
	}
	counts := map[alike]int64{}
	examples := map[alike]*store.Trace{}
	for i := range o.InRange {
		t := &o.history[i]
		key := alike{t.AppID, t.AppDisplayName, t.Location, t.DeviceDisplayName, t.OperatingSystem}
		if counts[key]++; counts[key] == 1 {
			examples[key] = t
		}
	}
	apps, places, devices = map[string]int64{}, map[string]int64{}, map[string]int64{}
	for key, n := range counts {
		app, place, device := words(examples[key])
		apps[app] += n
		places[place] += n
		devices[device] += n
	}
	return apps, places, devices
}

// Page cuts a page out of the sign-ins found: those after a place, else those before one, else the newest. A cursor is nil where
// there is nothing more on its side.
func (o *OwnSignIns) Page(found []int, after, before *store.Cursor, limit int) (page []int, next, prev *store.Cursor) {
	from, to := 0, min(len(found), limit)
	switch {
	case after != nil:
		from, _ = slices.BinarySearchFunc(found, *after, o.comparePlace)
		if from < len(found) && o.comparePlace(found[from], *after) == 0 {
			from++
		}
		to = min(len(found), from+limit)
	case before != nil:
		to, _ = slices.BinarySearchFunc(found, *before, o.comparePlace)
		from = max(0, to-limit)
	}
	if page = found[from:to]; len(page) == 0 {
		return nil, nil, nil
	}
	if to < len(found) {
		at := o.history[found[to-1]].Cursor()
		next = &at
	}
	if from > 0 {
		at := o.history[found[from]].Cursor()
		prev = &at
	}
	return page, next, prev
}

// At is the place of a sign-in of the answer.
func (o *OwnSignIns) At(i int) store.Cursor { return o.history[i].Cursor() }

// comparePlace compares the place of a sign-in of the history with another place.
func (o *OwnSignIns) comparePlace(i int, at store.Cursor) int {
	return o.history[i].Cursor().Compare(at)
}

// signIn joins a sign-in of the history with its row and the person's answer.
func (o *OwnSignIns) signIn(i int, row store.Row) OwnSignIn {
	return OwnSignIn{
		Trace: o.history[i], ID: row.SignIn().ID, Line: row.Line, Marks: o.marks[i],
		Answer: o.answer(o.history[i].Cursor()), Covered: o.isCovered(&o.history[i]),
	}
}

// Read reads the values of some sign-ins that the traces do not hold. It leaves out a sign-in that is gone.
func (o *OwnSignIns) Read(ctx context.Context, r Reader, which []int) ([]OwnSignIn, error) {
	places := make([]store.Cursor, len(which))
	for i, at := range which {
		places[i] = o.history[at].Cursor()
	}
	rows := map[store.Cursor]store.Row{}
	err := Together(ctx, func(ctx context.Context) error {
		read, err := r.PersonRows(ctx, o.person, places)
		for _, row := range read {
			rows[store.Cursor{Key: row.Key, Log: row.SignIn().Log}] = row
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	signIns := make([]OwnSignIn, 0, len(which))
	for i, at := range which {
		if row, ok := rows[places[i]]; ok {
			signIns = append(signIns, o.signIn(at, row))
		}
	}
	return signIns, nil
}
