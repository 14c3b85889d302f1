package ask

import (
	"context"
	"time"

	"signpost/store"
	"signpost/store/diagnostic"
)

// diagnosisFar is how far from a sign-in its diagnosis looks: for what belongs to it, for the same failure of others, and for a
// success after it.
const diagnosisFar = 48 * time.Hour

// Diagnosis asks why a sign-in did not succeed.
type Diagnosis struct {
	Record store.Record
	// Withheld says that the reader gives no Conditional Access data.
	Withheld bool
	// OnePerson says that the reader gives the records of one person, for somebody who sees no more of them than the person does.
	// The failure of others is then not counted, and the risk is left out.
	OnePerson bool
}

// Diagnosed is the answer about a sign-in.
type Diagnosed struct {
	Verdict diagnostic.Verdict
	// Before is the time in which the verdict's numbers are counted. Trouble says that some are missing.
	Before  store.Range
	Trouble Trouble
	// Elsewhere counts the same failure of the person, of the application and of everybody.
	Elsewhere []Elsewhere
	// Belonging are the other records of the attempt, the session, or the person with the application. Changes are those of
	// the audit log to the person, the application and the policies.
	Belonging, Changes *Trail
}

// DiagnosisRange is the time in which a diagnosis looks around a moment.
func DiagnosisRange(at time.Time) store.Range { return store.Around(at, diagnosisFar) }

// Ask asks all logs at once. Each part that is late or fails says so.
func (q Diagnosis) Ask(ctx context.Context, r Reader) (*Diagnosed, error) {
	s := q.Record.SignIn()
	if q.OnePerson {
		s = withoutRisk(s)
	}
	a := &Diagnosed{
		Before:    store.Range{From: s.Time.Add(-diagnostic.Within), To: s.Time.Add(time.Second)},
		Elsewhere: elsewhere(s, q.OnePerson), Belonging: &Trail{},
	}
	if !q.OnePerson {
		a.Belonging = belonging(s)
	}
	c := diagnostic.Case{SignIn: s, Events: len(q.Record.Events), Withheld: q.Withheld}
	questions := q.numbers(r, a, &c)
	for i := range a.Elsewhere {
		for j := range a.Elsewhere[i].Logs {
			questions = append(questions, func(ctx context.Context) error { return a.Elsewhere[i].Logs[j].count(ctx, r) })
		}
	}
	questions = append(questions,
		func(ctx context.Context) error { return a.Belonging.Ask(ctx, r) },
		func(ctx context.Context) (err error) {
			if a.Changes, err = q.changes(ctx, r); err == nil {
				err = a.Changes.Ask(ctx, r)
			}
			return err
		})
	if err := Together(ctx, questions...); err != nil {
		return nil, err
	}
	a.Verdict = diagnostic.Of(c)
	return a, nil
}

// withoutRisk gives the sign-in without what Entra thought of its risk.
func withoutRisk(s *store.SignIn) *store.SignIn {
	other := *s
	other.RiskDetail, other.RiskLevelAggregated, other.RiskLevelDuringSignIn, other.RiskState, other.RiskEventTypes = "", "", "", "", nil
	return &other
}

// numbers asks for what the case has besides its record.
func (q Diagnosis) numbers(r Reader, a *Diagnosed, c *diagnostic.Case) []func(context.Context) error {
	s := c.SignIn
	info, _ := store.SignIns.Log(s.Log)
	who := info.Actor.IDIn(s)
	if who == "" {
		return nil
	}
	var troubles []Trouble
	var questions []func(context.Context) error
	add := func(part string, question func(context.Context) error) {
		troubles = append(troubles, NoTrouble)
		at := len(troubles) - 1
		questions = append(questions, func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, relatedTimeout)
			defer cancel()
			trouble := NoTrouble
			err := r.Part(ctx, part, question(ctx), &trouble)
			troubles[at] = trouble
			return err
		})
	}
	if info.User {
		for part, of := range map[string]struct {
			filter store.Filter
			n      *diagnostic.Number
		}{
			"declined prompts": {diagnostic.DeclinedFilter(), &c.Declined}, "wrong passwords": {diagnostic.WrongFilter(), &c.Wrong}, "prompts by session lifetime": {diagnostic.AskedFilter(), &c.Asked},
		} {
			add(part, func(ctx context.Context) (err error) {
				*of.n, err = countIn(ctx, r, LogsOf(store.ObjectUser), a.Before, of.filter.With(info.Actor, store.OpIs, who))
				return err
			})
		}
	}
	if working, ok := workingQuery(s); ok && s.Status() != store.StatusSuccess {
		add("the next success", func(ctx context.Context) (err error) {
			c.Later, err = firstAfter(ctx, r, working, s.Time)
			return err
		})
	}
	if len(questions) == 0 {
		return nil
	}
	return []func(context.Context) error{func(ctx context.Context) error {
		err := Together(ctx, questions...)
		for _, trouble := range troubles {
			a.Trouble = max(a.Trouble, trouble)
		}
		return err
	}}
}

// countIn counts the sign-ins of several logs. The number is known only where it is exact.
func countIn(ctx context.Context, r Reader, logs []store.Log, in store.Range, f store.Filter) (n diagnostic.Number, err error) {
	n.Known = true
	for _, log := range logs {
		total, err := r.Total(ctx, store.ListQuery{Log: log, Range: in, Filter: f})
		if err != nil {
			return diagnostic.Number{}, err
		}
		n.In, n.Known = append(n.In, diagnostic.Count{Log: log, N: total.N}), n.Known && total.Complete
	}
	return n, nil
}

// firstAfter gives the oldest sign-in of a question after a time; nil where there is none.
func firstAfter(ctx context.Context, r Reader, q store.ListQuery, after time.Time) (*store.SignIn, error) {
	q.Range = store.Range{From: after.Add(time.Microsecond), To: after.Add(diagnosisFar)}
	q.Before = &store.Cursor{Key: store.KeyAt(q.Range.From).Prev(), Log: q.Log}
	page, err := r.Page(ctx, q)
	if err != nil || len(page.Rows) == 0 {
		return nil, err
	}
	return page.Rows[0].SignIn(), nil
}

// Elsewhere counts the same failure of somebody.
type Elsewhere struct {
	Of   ElsewhereOf
	Logs []ElsewhereLog
}

// ElsewhereOf says who had the failure.
type ElsewhereOf uint8

// Whose failure it is.
const (
	ElsewherePerson ElsewhereOf = iota
	ElsewhereTarget
	ElsewhereAll
)

// ElsewhereLog counts the sign-ins of a log with the same failure, and the people or principals that have it.
type ElsewhereLog struct {
	Query store.ListQuery
	Total store.Total
	Who   int64
	// Complete says that both numbers are exact.
	Complete bool
	Trouble  Trouble
}

// elsewhere gives the questions about the failure of others; none for a sign-in without an error code.
func elsewhere(s *store.SignIn, onePerson bool) (list []Elsewhere) {
	if !s.ErrorCode.Set || s.ErrorCode.N == 0 {
		return nil
	}
	info, _ := store.SignIns.Log(s.Log)
	logs := []store.Log{s.Log}
	if info.User {
		logs = LogsOf(store.ObjectUser)
	}
	failure := codeFilter(store.ErrorField, s.ErrorCode.N)
	add := func(of ElsewhereOf, f store.Filter) {
		one := Elsewhere{Of: of}
		for _, log := range logs {
			one.Logs = append(one.Logs, ElsewhereLog{Query: store.ListQuery{Log: log, Range: DiagnosisRange(s.Time), Filter: f}})
		}
		list = append(list, one)
	}
	if who := info.Actor.IDIn(s); who != "" {
		add(ElsewherePerson, failure.With(info.Actor, store.OpIs, who))
	}
	if onePerson {
		return list
	}
	if what := info.Target.IDIn(s); what != "" {
		add(ElsewhereTarget, failure.With(info.Target, store.OpIs, what))
	}
	add(ElsewhereAll, failure)
	return list
}

func (l *ElsewhereLog) count(ctx context.Context, r Reader) error {
	ctx, cancel := context.WithTimeout(ctx, relatedTimeout)
	defer cancel()
	info, _ := store.SignIns.Log(l.Query.Log)
	total, err := r.Total(ctx, l.Query)
	if err == nil {
		var facets []store.Facet
		facets, err = r.Facets(ctx, store.FacetsQuery{ListQuery: l.Query, Fields: []*store.Field{info.Actor}, Top: 1})
		if err == nil {
			l.Total, l.Who, l.Complete = total, facets[0].Distinct, total.Complete && facets[0].Complete
		}
	}
	return r.Part(ctx, "the same failure elsewhere", err, &l.Trouble)
}
