package views

import (
	"time"

	"signpost/store"
)

// onlyMeWeeks is how many weeks before a sign-in its hour is compared with.
const onlyMeWeeks = 4

// OnlyMe compares a failed sign-in with those of others: the same code and application in the hour around it, and in the same
// hour of the weeks before.
type OnlyMe struct {
	// Hours are the one around the sign-in, then that of one week before, of two, and so on.
	Hours []OnlyMeHour
	// Trouble takes the place of the answer where it is not known.
	Trouble string
}

// OnlyMeHour is what one hour had of the code and the application, the sign-in's own user left out.
type OnlyMeHour struct {
	Range           store.Range
	SignIns, Others int64
	// All counts the sign-ins of the log in the hour whatever their code: where there are none, the log is not kept so far back,
	// or nobody signed in.
	All int64
}

// onlyMeFields are who is counted and what has to be the same, by ID or else by name.
func onlyMeFields(s *store.SignIn) (who, what *store.Field, whose, which string) {
	info, _ := s.Log.Info()
	return info.Actor, info.Target, info.Actor.IDIn(s), info.Target.IDIn(s)
}

// AsksOnlyMe says that a sign-in can be compared: it did not succeed, has a code, and names whose it is and to what.
func AsksOnlyMe(s *store.SignIn) bool {
	_, _, whose, which := onlyMeFields(s)
	return s.ErrorCode.Set && s.ErrorCode.N != 0 && s.Status() != store.StatusSuccess && whose != "" && which != ""
}

// OnlyMeOthers gives the field by which others are told apart.
func OnlyMeOthers(s *store.SignIn) *store.Field {
	who, _, _, _ := onlyMeFields(s)
	return who
}

// OnlyMeQueries ask for the others' sign-ins hour by hour: the one around the sign-in, then those of the weeks before.
func OnlyMeQueries(s *store.SignIn) []store.ListQuery {
	who, what, whose, which := onlyMeFields(s)
	filter := errorFilter(store.ErrorField, s.ErrorCode.N).With(what, store.OpIs, which).With(who, store.OpIsNot, whose)
	var queries []store.ListQuery
	for week := range onlyMeWeeks + 1 {
		hour := around(s.Time.Add(-time.Duration(week)*7*24*time.Hour), 30*time.Minute)
		queries = append(queries, store.ListQuery{Log: s.Log, Range: hour, Filter: filter})
	}
	return queries
}

// onlyMeTarget is the element that the answer takes the place of.
const onlyMeTarget = "only-me-answer"

// IsOnlyMeTarget says that a fragment is asked for that answers whether others had the same.
func IsOnlyMeTarget(target string) bool { return target == onlyMeTarget }

func (p DetailsPage) onlyMeNouns() (one, many string) {
	info := p.info()
	if info.User {
		return "person", "people"
	}
	return info.One, info.Many
}

// onlyMeWhat is what others must have had too.
func (p DetailsPage) onlyMeWhat() string {
	s := p.signIn()
	return "error " + Integer(s.ErrorCode) + " with " + p.info().Target.CalledIn(s)
}

// onlyMeVerdict answers the question in one word or two.
func (p DetailsPage) onlyMeVerdict() string {
	one, many := p.onlyMeNouns()
	now := p.OnlyMe.Hours[0]
	if now.Others == 0 {
		return "Only this " + one + "."
	}
	weeks, most := p.OnlyMe.known()
	switch {
	case weeks == 0:
		return "No, others had it too. There is nothing to compare it with."
	case now.Others > 2*most && now.Others >= 3:
		return "No, and it is far more than usual: look for an outage, a change or an attack."
	case now.Others > most:
		return "No, and more " + many + " than in the weeks before."
	}
	return "No, and it is no more than usual."
}

// onlyMeNow is the number of the hour around the sign-in.
func (p DetailsPage) onlyMeNow() string {
	one, many := p.onlyMeNouns()
	now := p.OnlyMe.Hours[0]
	if now.Others == 0 {
		return "no other " + one
	}
	return Count(now.Others, "other "+one, "other "+many) + " (" + Count(now.SignIns, "sign-in", "sign-ins") + ")"
}

// known says how many of the weeks before have any sign-ins in that hour, and the most others of one of them.
func (o OnlyMe) known() (weeks int, most int64) {
	for _, h := range o.Hours[1:] {
		if h.All > 0 {
			weeks++
			most = max(most, h.Others)
		}
	}
	return weeks, most
}

// onlyMeBefore is the numbers of the weeks before, the last week first.
func (p DetailsPage) onlyMeBefore() string {
	var texts []string
	unknown := 0
	for _, h := range p.OnlyMe.Hours[1:] {
		if h.All == 0 {
			unknown++
			continue
		}
		texts = append(texts, Number(h.Others))
	}
	_, many := p.onlyMeNouns()
	switch {
	case len(texts) == 0:
		return "The log has no sign-in at all in the same hour of the four weeks before."
	case unknown == 0:
		return "In the same hour of the four weeks before, the last week first, it was " + inWords(texts, "and") + " " + many + "."
	}
	return "In the same hour of the four weeks before, the last week first, it was " + inWords(texts, "and") + " " + many +
		"; of " + Count(int64(unknown), "week", "weeks") + " the log has no sign-in in that hour."
}

// onlyMeAddress leads to the others' sign-ins of an hour.
func (p DetailsPage) onlyMeAddress(i int) string {
	q := OnlyMeQueries(p.signIn())[i]
	return List{Log: q.Log}.URL(store.Query{Range: q.Range, Filter: q.Filter}.Values())
}
