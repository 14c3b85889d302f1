package web

import (
	"context"
	"errors"
	"slices"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// maxOwnSignIns is how many of a person's sign-ins a page looks at, the newest ones. It says so where a range has more, or
// where there were more before the range to judge it by.
const maxOwnSignIns = 10_000

// ownSignIns is a person's own sign-ins of a range, with those before it that they are judged by.
type ownSignIns struct {
	person store.Person
	// history is newest first; the first inRange of it lie in the range.
	history []store.Trace
	inRange int
	// cut is the time of the oldest sign-in that was looked at, where the range has older ones; else zero. The same is judged,
	// where the time before has older ones that matter for what is unusual.
	cut, judged time.Time
	// stillReading says that some are as an older version of the program read them; what is shown may change.
	stillReading bool
	marks        [][]store.Mark
	where        map[store.Place]store.Coordinates
	// said is what the person said, by where the sign-ins stand now.
	said map[store.Cursor]auth.SignInAnswer
}

// ownSignIns asks for everything that the page of a range needs, in one question about sign-ins and one about places.
func (s *Server) ownSignIns(ctx context.Context, reader snapshot, v Viewer, r store.Range) (*ownSignIns, error) {
	own := &ownSignIns{person: v.Person()}
	var traces store.Traces
	err := ask.Together(ctx,
		func(ctx context.Context) (err error) {
			known := store.Range{From: r.From.Add(-store.JudgedFrom), To: r.To}
			traces, err = reader.PersonTraces(ctx, store.PersonQuery{Person: own.person, Range: known, Limit: maxOwnSignIns})
			return err
		},
		func(ctx context.Context) (err error) {
			own.said, err = s.answersByPlace(ctx, reader, v)
			return err
		})
	if err != nil {
		return nil, err
	}
	own.history, own.stillReading = traces.Traces, !traces.Complete
	own.inRange = len(own.history)
	from, _ := r.Keys()
	i := slices.IndexFunc(own.history, func(t store.Trace) bool { return t.Key < from })
	if i >= 0 {
		own.inRange = i
	}
	if traces.More {
		oldest := own.history[len(own.history)-1].Time()
		if i < 0 {
			own.cut = oldest
		}
		if oldest.After(r.From.Add(-store.KnownFor)) {
			own.judged = oldest
		}
	}
	if err := s.locate(ctx, reader, own); err != nil {
		return nil, err
	}
	answers := make(map[store.Cursor]store.Answer, len(own.said))
	for place, a := range own.said {
		answers[place] = answerOf(a)
	}
	own.marks = store.Unusual(own.history, own.where, answers)
	return own, nil
}

// answersByPlace gives what the viewer said of sign-ins by where these stand now. Of two answers to events that have become
// one line a report counts, else the later one.
func (s *Server) answersByPlace(ctx context.Context, reader snapshot, v Viewer) (map[store.Cursor]auth.SignInAnswer, error) {
	said, err := s.Answers.SignInAnswers(ctx, v.Account.ID)
	if err != nil || len(said) == 0 {
		return nil, err
	}
	names := make([]store.SignInName, len(said))
	for i, a := range said {
		names[i] = store.SignInName{Log: store.Log(a.Log), ID: a.SignInID, Time: a.Time}
	}
	places, err := reader.Places(ctx, names)
	if err != nil {
		return nil, err
	}
	byPlace := make(map[store.Cursor]auth.SignInAnswer, len(said))
	for i, a := range said { // the latest first
		if before, ok := byPlace[places[i]]; !ok || before.Mine && !a.Mine {
			byPlace[places[i]] = a
		}
	}
	delete(byPlace, store.Cursor{}) // of sign-ins that are not there
	return byPlace, nil
}

func answerOf(a auth.SignInAnswer) store.Answer {
	if a.Mine {
		return store.Mine
	}
	return store.NotMine
}

// locate finds the coordinates of the places in the history. They stand in the records alone, so one record of each place that
// is not known yet is read.
func (s *Server) locate(ctx context.Context, reader snapshot, own *ownSignIns) error {
	own.where = map[store.Place]store.Coordinates{}
	var unknown []store.Cursor
	for _, t := range store.Located(own.history) {
		if at, ok := s.atlas.find(t.Location); ok {
			own.where[t.Location] = at
		} else {
			unknown = append(unknown, t.Cursor())
		}
	}
	var rows []store.Row
	err := ask.Together(ctx, func(ctx context.Context) (err error) {
		rows, err = reader.PersonRows(ctx, own.person, unknown)
		return err
	})
	if err != nil {
		return err
	}
	found := make([]store.Coordinates, len(rows))
	questions := make([]func(context.Context) error, len(rows))
	for i := range rows {
		questions[i] = func(ctx context.Context) error {
			record, err := reader.PersonSignIn(ctx, own.person, rows[i].SignIn().ID)
			if errors.Is(err, store.ErrNotFound) {
				return nil // a place without coordinates is passed over
			}
			found[i] = record.SignIn().Coordinates
			return err
		}
	}
	if err := ask.Together(ctx, questions...); err != nil {
		return err
	}
	for i, row := range rows {
		if found[i].Set {
			place := store.Place{City: row.SignIn().City, State: row.SignIn().State, CountryOrRegion: row.SignIn().CountryOrRegion}
			own.where[place] = found[i]
			s.atlas.add(place, found[i])
		}
	}
	return nil
}

// find gives which of the range pass, newest first.
func (o *ownSignIns) find(q views.MeQuery, zone views.Zone) []int {
	passes := views.MeFilter(q, zone)
	found := make([]int, 0, o.inRange)
	for i := range o.inRange {
		if passes(&o.history[i], o.marks[i]) {
			found = append(found, i)
		}
	}
	return found
}

// unusual counts what is marked in the range.
func (o *ownSignIns) unusual() (n int64) {
	for _, marks := range o.marks[:o.inRange] {
		if len(marks) > 0 {
			n++
		}
	}
	return n
}

// last gives the person's newest sign-in of that outcome, of those that they made themselves; nil where none is known.
func (o *ownSignIns) last(status store.Status) *store.Trace {
	for i := range o.history {
		if t := &o.history[i]; t.Log == store.Interactive && t.Status == status {
			return t
		}
	}
	return nil
}

// choices are what the selects offer: the values that the range has. Sign-ins that read alike are put into words once.
func (o *ownSignIns) choices() (apps, places, devices []views.MeChoice) {
	type alike struct {
		app, name      string
		place          store.Place
		device, system string
	}
	counts := map[alike]int64{}
	examples := map[alike]*store.Trace{}
	for i := range o.inRange {
		t := &o.history[i]
		key := alike{t.AppID, t.AppDisplayName, t.Location, t.DeviceDisplayName, t.OperatingSystem}
		if counts[key]++; counts[key] == 1 {
			examples[key] = t
		}
	}
	byApp, byPlace, byDevice := map[string]int64{}, map[string]int64{}, map[string]int64{}
	for key, n := range counts {
		app, place, device := views.MeValues(examples[key])
		byApp[app] += n
		byPlace[place] += n
		byDevice[device] += n
	}
	return views.MeChoices(byApp), views.MeChoices(byPlace), views.MeChoices(byDevice)
}

// cutPage cuts the query's page out of what was found, with cursors where there is more.
func (o *ownSignIns) cutPage(found []int, q views.MeQuery) (page []int, next, prev *store.Cursor) {
	from, to := 0, min(len(found), q.Limit)
	switch {
	case q.After != nil:
		from, _ = slices.BinarySearchFunc(found, *q.After, o.comparePlace)
		if from < len(found) && o.comparePlace(found[from], *q.After) == 0 {
			from++
		}
		to = min(len(found), from+q.Limit)
	case q.Before != nil:
		to, _ = slices.BinarySearchFunc(found, *q.Before, o.comparePlace)
		from = max(0, to-q.Limit)
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

// comparePlace compares a sign-in of the history with a place in it: newest first, and at one key in the order of the logs.
func (o *ownSignIns) comparePlace(i int, at store.Cursor) int {
	t := &o.history[i]
	if t.Key != at.Key {
		if t.Key > at.Key {
			return -1
		}
		return 1
	}
	return logOrder(t.Log) - logOrder(at.Log)
}

func logOrder(log store.Log) int {
	return slices.IndexFunc(store.Logs(), func(info store.LogInfo) bool { return info.Log == log })
}

// signIn puts a sign-in of the history together with its row and what the person said.
func (o *ownSignIns) signIn(i int, row store.Row) views.MeSignIn {
	return views.MeSignIn{
		Trace: o.history[i], ID: row.SignIn().ID, Line: row.Line, Marks: o.marks[i],
		Answer: o.answer(o.history[i].Cursor()),
	}
}

// answer is what the person said of the sign-in at a place; nil for nothing.
func (o *ownSignIns) answer(at store.Cursor) *views.MeAnswer {
	a, ok := o.said[at]
	if !ok {
		return nil
	}
	return &views.MeAnswer{
		SignInID: a.SignInID, Mine: a.Mine, Comment: a.Comment, At: a.Answered,
		State: a.State.Label(), Settled: a.State.IsSettled(), Dismissed: a.State == auth.ReportDismissed,
	}
}
