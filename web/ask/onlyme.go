package ask

import (
	"context"
	"slices"
	"time"

	"signpost/store"
)

// onlyMeWeeks is the number of weeks before a sign-in that its hour is compared with.
const onlyMeWeeks = 4

// OnlyMe compares a failed sign-in with those of others that have the same code and application. It looks at the hour around it,
// and at the same hour of the weeks before.
type OnlyMe struct {
	// Hours are the hour around the sign-in, then the same hour one week before, two weeks before, and so on.
	Hours   []OnlyMeHour
	Trouble Trouble
}

// OnlyMeHour counts the sign-ins of one hour with the code and the application, without the sign-in's own user.
type OnlyMeHour struct {
	Range           store.Range
	SignIns, Others int64
	// All counts the sign-ins of the log in the hour, whatever their code. Zero means that the log does not reach so far back,
	// or that nobody signed in.
	All int64
	// AtLeast says that the numbers may be more: stored records are being read again.
	AtLeast bool
}

// Known gives the number of weeks before that have sign-ins in that hour, and the largest number of others in one of them.
func (o OnlyMe) Known() (weeks int, most int64) {
	for _, h := range o.Hours[1:] {
		if h.All > 0 {
			weeks++
			most = max(most, h.Others)
		}
	}
	return weeks, most
}

// AtLeast says that a number of any hour may be more.
func (o OnlyMe) AtLeast() bool {
	return slices.ContainsFunc(o.Hours, func(h OnlyMeHour) bool { return h.AtLeast })
}

// HasOnlyMe says that a sign-in can be compared: it did not succeed, has a code, and names its user and its target.
func HasOnlyMe(s *store.SignIn) bool {
	_, _, whose, which := onlyMeFields(s)
	return s.ErrorCode.Set && s.ErrorCode.N != 0 && s.Status() != store.StatusSuccess && whose != "" && which != ""
}

// onlyMeFields gives the fields to count and to hold equal, with the sign-in's values: an ID, else a name.
func onlyMeFields(s *store.SignIn) (who, what *store.Field, whose, which string) {
	info, _ := store.SignIns.Log(s.Log)
	return info.Actor, info.Target, info.Actor.IDIn(s), info.Target.IDIn(s)
}

// OnlyMeQueries ask for the others' sign-ins hour by hour: the hour around the sign-in, then that hour in the weeks before.
func OnlyMeQueries(s *store.SignIn) []store.ListQuery {
	who, what, whose, which := onlyMeFields(s)
	filter := codeFilter(store.ErrorField, s.ErrorCode.N).With(what, store.OpIs, which).With(who, store.OpIsNot, whose)
	var queries []store.ListQuery
	for week := range onlyMeWeeks + 1 {
		hour := store.Around(s.Time.Add(-time.Duration(week)*7*24*time.Hour), 30*time.Minute)
		queries = append(queries, store.ListQuery{Log: s.Log, Range: hour, Filter: filter})
	}
	return queries
}

// OnlyMeOf counts the other users with the same code and application in the hour around a sign-in, and in that hour of the weeks
// before.
func OnlyMeOf(ctx context.Context, r Reader, s *store.SignIn) (*OnlyMe, error) {
	queries := OnlyMeQueries(s)
	who, _, _, _ := onlyMeFields(s)
	others := []*store.Field{who}
	answer := &OnlyMe{Hours: make([]OnlyMeHour, len(queries))}
	partial := make([]struct{ signIns, others, all bool }, len(queries))
	var questions []func(context.Context) error
	for i, q := range queries {
		hour := &answer.Hours[i]
		hour.Range = q.Range
		questions = append(questions,
			func(ctx context.Context) error {
				total, err := r.Total(ctx, q)
				hour.SignIns, partial[i].signIns = total.N, err == nil && !total.Complete
				return err
			},
			func(ctx context.Context) error {
				facets, err := r.Facets(ctx, store.FacetsQuery{ListQuery: q, Fields: others, Top: 1})
				if err == nil {
					hour.Others, partial[i].others = facets[0].Distinct, !facets[0].Complete
				}
				return err
			},
			func(ctx context.Context) error {
				total, err := r.Total(ctx, store.ListQuery{Log: q.Log, Range: q.Range})
				hour.All, partial[i].all = total.N, err == nil && !total.Complete
				return err
			},
		)
	}
	err := Together(ctx, questions...)
	for i := range answer.Hours {
		answer.Hours[i].AtLeast = partial[i].signIns || partial[i].others || partial[i].all
	}
	return answer, r.Part(ctx, "others with the same error", err, &answer.Trouble)
}
