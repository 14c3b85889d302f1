package ask

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// FlaggedFor is how long a person's flag holds. Entra marks all sign-ins of the person on the device in that time.
const FlaggedFor = 20 * time.Minute

// flaggedRows is the number of sign-ins of one log that a story lists.
const flaggedRows = 10

// Flagged asks for the sign-ins that people flagged for review, with what else they met then.
type Flagged struct {
	Range store.Range
	// After are the places in the logs that the page before has shown; nil for the first page.
	After []store.Cursor
	Limit int
}

// FlaggedSignIns is one page of flagged sign-ins, the newest first.
type FlaggedSignIns struct {
	Stories []FlaggedStory
	Logs    []TimelineLog
	Next    []store.Cursor
}

// FlaggedStory is what a person met on a device while the flag held. Flagged are the flagged sign-ins of the page.
type FlaggedStory struct {
	Flagged []TimelineRow
	// Range is the time of the flag: from the first flagged sign-in on.
	Range store.Range
	// Device narrows to the device: by its ID, else by browser, system and address. ByID says which.
	Device store.Filter
	ByID   bool
	// Rows are the sign-ins in that time, the oldest first. Parts has their numbers by log.
	Rows  []TimelineRow
	Parts []FlaggedPart
	// Trouble says that the time of the flag could not be looked up; it then begins with the oldest sign-in of the page.
	Trouble Trouble
}

// FlaggedPart counts the sign-ins of a log in the time of a flag.
type FlaggedPart struct {
	Query   store.ListQuery
	Total   store.Total
	Trouble Trouble
}

// flaggedFilter finds flagged sign-ins.
func flaggedFilter() store.Filter { return store.Filter{}.With(store.FlaggedField, store.OpIs, "yes") }

// Ask asks all logs at once, and then for the time of each flag.
func (q Flagged) Ask(ctx context.Context, r Reader) (*FlaggedSignIns, error) {
	var lanes []*lane
	for _, log := range LogsOf(store.ObjectUser) {
		lanes = append(lanes, &lane{query: store.ListQuery{Log: log, Range: q.Range, Filter: flaggedFilter(), AllEvents: true}})
	}
	found, err := Timeline{Range: q.Range, After: q.After, Limit: q.Limit}.merge(ctx, r, lanes)
	if err != nil {
		return nil, err
	}
	a := &FlaggedSignIns{Logs: found.Logs, Next: found.Next}
	stories := make([]FlaggedStory, len(found.Rows))
	var questions []func(context.Context) error
	for i, row := range found.Rows {
		s := &stories[i]
		s.Flagged = []TimelineRow{row}
		s.Device, s.ByID = deviceOf(row.SignIn())
		questions = append(questions, func(ctx context.Context) error { return s.begin(ctx, r) })
	}
	if err := Together(ctx, questions...); err != nil {
		return nil, err
	}
	a.Stories = joinedStories(stories)
	questions = nil
	for i := range a.Stories {
		questions = append(questions, a.Stories[i].questions(r)...)
	}
	if err := Together(ctx, questions...); err != nil {
		return nil, err
	}
	for i := range a.Stories {
		slices.SortStableFunc(a.Stories[i].Rows, func(a, b TimelineRow) int { return a.Key.Compare(b.Key) })
	}
	return a, nil
}

// deviceOf narrows to the person and the device of a sign-in.
func deviceOf(s *store.SignIn) (f store.Filter, byID bool) {
	info, _ := store.SignIns.Log(s.Log)
	if who := info.Actor.IDIn(s); who != "" {
		f = f.With(info.Actor, store.OpIs, who)
	}
	if s.DeviceID != "" {
		return f.With(store.DeviceField, store.OpIs, s.DeviceID), true
	}
	for _, of := range []struct {
		field *store.Field
		value string
	}{{store.BrowserField, s.Browser}, {store.OSField, s.OperatingSystem}, {store.IPField, s.IPAddress}} {
		if of.value == "" {
			f = f.With(of.field, store.OpEmpty, "")
		} else {
			f = f.With(of.field, store.OpIs, of.value)
		}
	}
	return f, false
}

// begin finds the first flagged sign-in on the device in the time that a flag may have held before the sign-in.
func (s *FlaggedStory) begin(ctx context.Context, r Reader) error {
	ctx, cancel := context.WithTimeout(ctx, relatedTimeout)
	defer cancel()
	at := s.Flagged[0].SignIn().Time
	first := make([]time.Time, len(LogsOf(store.ObjectUser)))
	var questions []func(context.Context) error
	for i, log := range LogsOf(store.ObjectUser) {
		q := store.ListQuery{Log: log, Range: store.Range{From: at.Add(-FlaggedFor), To: at.Add(time.Microsecond)}, Filter: s.Device.With(store.FlaggedField, store.OpIs, "yes"), AllEvents: true, Limit: 1}
		q.Before = &store.Cursor{Key: store.KeyAt(q.Range.From).Prev(), Log: log}
		questions = append(questions, func(ctx context.Context) error {
			page, err := r.Page(ctx, q)
			if err == nil && len(page.Rows) > 0 {
				first[i] = page.Rows[0].SignIn().Time
			}
			return err
		})
	}
	err := Together(ctx, questions...)
	from := at
	for _, t := range first {
		if !t.IsZero() && t.Before(from) {
			from = t
		}
	}
	s.Range = store.Range{From: from, To: from.Add(FlaggedFor)}
	return r.Part(ctx, "the time of a flag", err, &s.Trouble)
}

// joinedStories makes one story of the sign-ins of one flag.
func joinedStories(stories []FlaggedStory) (joined []FlaggedStory) {
	for _, s := range stories {
		at := slices.IndexFunc(joined, func(other FlaggedStory) bool {
			return other.Range == s.Range && other.Device.Values().Encode() == s.Device.Values().Encode()
		})
		if at < 0 {
			joined = append(joined, s)
			continue
		}
		joined[at].Flagged = append(joined[at].Flagged, s.Flagged...)
		joined[at].Trouble = cmp.Or(joined[at].Trouble, s.Trouble)
	}
	return joined
}

// questions ask for the sign-ins of the story, log by log. The rows of the logs come one after the other.
func (s *FlaggedStory) questions(r Reader) []func(context.Context) error {
	logs := LogsOf(store.ObjectUser)
	s.Parts = make([]FlaggedPart, len(logs))
	rows := make([][]store.Row, len(logs))
	var questions []func(context.Context) error
	for i, log := range logs {
		part := &s.Parts[i]
		part.Query = store.ListQuery{Log: log, Range: s.Range, Filter: s.Device, AllEvents: true, Limit: flaggedRows}
		questions = append(questions, func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, relatedTimeout)
			defer cancel()
			list := part.Query
			list.Before = &store.Cursor{Key: store.KeyAt(list.Range.From).Prev(), Log: log}
			page, err := r.Page(ctx, list)
			if err == nil {
				rows[i] = page.Rows
				part.Total, err = r.Total(ctx, part.Query)
			}
			return r.Part(ctx, "what a person met while a flag held", err, &part.Trouble)
		})
	}
	return []func(context.Context) error{func(ctx context.Context) error {
		err := Together(ctx, questions...)
		for i := range rows {
			for _, row := range rows[i] {
				s.Rows = append(s.Rows, TimelineRow{Row: row, Log: logs[i]})
			}
		}
		return err
	}}
}

// IsFlagged says that a sign-in of the story is flagged.
func IsFlagged(s *store.SignIn) bool { return s.FlaggedForReview == store.True }

// Who is the ID of the story's person, in lower case.
func (s FlaggedStory) Who() string {
	info, _ := store.SignIns.Log(s.Flagged[0].Log)
	return strings.ToLower(info.Actor.IDIn(s.Flagged[0].SignIn()))
}
