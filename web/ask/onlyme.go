package ask

import (
	"context"
	"time"

	"signpost/store"
)

// onlyMeWeeks is how many weeks before a sign-in its hour is compared with.
const onlyMeWeeks = 4

// OnlyMe compares a failed sign-in with those of others: the same code and application in the hour around it, and in the same
// hour of the weeks before.
type OnlyMe struct {
	// Hours are the one around the sign-in, then that of one week before, of two, and so on.
	Hours   []OnlyMeHour
	Trouble Trouble
}

// OnlyMeHour is what one hour had of the code and the application, the sign-in's own user left out.
type OnlyMeHour struct {
	Range           store.Range
	SignIns, Others int64
	// All counts the sign-ins of the log in the hour whatever their code: where there are none, the log is not kept so far back,
	// or nobody signed in.
	All int64
	// AtLeast says that SignIns or Others may be more.
	AtLeast bool
}

// Known says how many of the weeks before have any sign-ins in that hour, and the most others of one of them.
func (o OnlyMe) Known() (weeks int, most int64) {
	for _, h := range o.Hours[1:] {
		if h.All > 0 {
			weeks++
			most = max(most, h.Others)
		}
	}
	return weeks, most
}

// HasOnlyMe says that a sign-in can be compared: it did not succeed, has a code, and names whose it is and to what.
func HasOnlyMe(s *store.SignIn) bool {
	_, _, whose, which := onlyMeFields(s)
	return s.ErrorCode.Set && s.ErrorCode.N != 0 && s.Status() != store.StatusSuccess && whose != "" && which != ""
}

// onlyMeFields are who is counted and what has to be the same, by ID or else by name.
func onlyMeFields(s *store.SignIn) (who, what *store.Field, whose, which string) {
	info, _ := store.SignIns.Log(s.Log)
	return info.Actor, info.Target, info.Actor.IDIn(s), info.Target.IDIn(s)
}

// OnlyMeQueries ask for the others' sign-ins hour by hour: the one around the sign-in, then those of the weeks before.
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

// OnlyMeOf counts how many others had the same code and application in the hour around a sign-in, and in that hour of the weeks
// before.
func OnlyMeOf(ctx context.Context, r Reader, s *store.SignIn) (*OnlyMe, error) {
	queries := OnlyMeQueries(s)
	who, _, _, _ := onlyMeFields(s)
	others := []*store.Field{who}
	answer := &OnlyMe{Hours: make([]OnlyMeHour, len(queries))}
	partial := make([]struct{ signIns, others bool }, len(queries))
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
				hour.All = total.N
				return err
			},
		)
	}
	err := Together(ctx, questions...)
	for i := range answer.Hours {
		answer.Hours[i].AtLeast = partial[i].signIns || partial[i].others
	}
	return answer, r.Part(ctx, "others with the same error", err, &answer.Trouble)
}
