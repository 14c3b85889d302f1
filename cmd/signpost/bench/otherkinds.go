package bench

import (
	"context"
	"fmt"
	"html"
	"net/url"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/activity"
	"signpost/store/audit"
	"signpost/store/risk"
)

// The filters of the other kinds, beside none: one on each field by which people ask for their records. A filter by ID asks for
// the IDs with a beginning.
const (
	filterTarget   = "target"
	filterActor    = "actor"
	filterCategory = "category"
	filterID       = "request.starts"
	filterAccount  = "account"
	filterSubject  = "subject"
)

var otherChoice = choice{spans, []string{filterNone, filterBroad, filterNarrow, filterThree, filterFive, filterTarget, filterActor, filterCategory, filterID, filterAccount, filterSubject}}

// otherLogs are the logs beside those of sign-ins that were filled.
func (b *Bench) otherLogs() (logs []store.LogInfo) {
	if b.Audit > 0 {
		logs = append(logs, audit.Kind.Logs[0])
	}
	if b.Activity > 0 {
		logs = append(logs, activity.Kind.Logs[0])
	}
	if b.Detections > 0 {
		logs = append(logs, risk.Kind.Logs...)
	}
	if b.Access > 0 {
		logs = append(logs, access.Kind.Logs[0])
	}
	return logs
}

// chooseOtherFilters adds the filters of these logs.
func chooseOtherFilters(ctx context.Context, db store.Store, chosen *filterSet, logs []store.LogInfo, r store.Range) error {
	for _, info := range logs {
		c := &filterChooser{ctx: ctx, store: db, query: store.ListQuery{Log: info.Log, Range: r, Limit: 1}}
		chosen.add(info.Log, filterNone, store.Filter{})
		if choose := c.ownFilters(info); choose != nil {
			if choose(chosen); c.err != nil {
				return fmt.Errorf("log %s: %w", info.Log, c.err)
			}
			continue
		}
		names := []string{filterAccount, filterSubject}
		if info.Log == audit.Directory {
			names = []string{filterTarget, filterActor, filterCategory}
			chosen.add(info.Log, filterID, c.startOfID())
		}
		for _, name := range names {
			filter := c.with(name, store.OpIs) // the most frequent value
			if values := c.values(store.Filter{}, name); name == filterTarget || name == filterSubject {
				filter = store.Filter{}.With(c.field(name), store.OpIs, values[len(values)/2].Value)
			}
			chosen.add(info.Log, name, filter)
		}
		if c.err != nil {
			return fmt.Errorf("log %s: %w", info.Log, c.err)
		}
	}
	return nil
}

// ownFilters gives the choice of filters of a log that has the filters of sign-ins; nil for the others.
func (c *filterChooser) ownFilters(info store.LogInfo) func(chosen *filterSet) {
	switch info.Kind() {
	case activity.Kind:
		return c.chooseOfActivity
	case risk.Kind:
		return func(chosen *filterSet) { c.chooseOfRisk(chosen, info) }
	}
	return nil
}

// chooseOfRisk adds the filters of one, three and five conditions in the fields of detections.
func (c *filterChooser) chooseOfRisk(chosen *filterSet, info store.LogInfo) {
	add := func(name string, filter store.Filter) { chosen.add(info.Log, name, filter) }
	who := c.values(store.Filter{}, info.Actor.Name)
	if len(who) == 0 {
		return
	}
	add(filterBroad, c.with("riskevent", store.OpIs))
	add(filterNarrow, store.Filter{}.With(info.Actor, store.OpIs, who[len(who)/2].Value))
	three := c.also(c.also(c.with("riskevent", store.OpIs), "status", store.OpIs), "riskstate", store.OpIs)
	add(filterThree, three)
	add(filterFive, c.also(c.also(three, "country", store.OpIs), "timing", store.OpIs))
}

// chooseOfActivity adds the filters of one, three and five conditions that sign-ins have too, in the fields of activity.
func (c *filterChooser) chooseOfActivity(chosen *filterSet) {
	add := func(name string, filter store.Filter) { chosen.add(activity.Log, name, filter) }
	users := c.values(store.Filter{}, "user")
	if len(users) == 0 {
		return
	}
	add(filterBroad, c.with("workload", store.OpIs))
	add(filterNarrow, store.Filter{}.With(c.field("user"), store.OpIs, users[len(users)/2].Value))
	three := c.also(c.also(c.with("workload", store.OpIs), "operation", store.OpIs), "status", store.OpIs)
	add(filterThree, three)
	add(filterFive, c.also(c.also(three, "usertype", store.OpIs), "app", store.OpHas))
}

// startOfID asks for the first half of the newest record's ID.
func (c *filterChooser) startOfID() store.Filter {
	page, err := c.store.Page(c.ctx, c.query)
	if err != nil && c.err == nil {
		c.err = err
	}
	if len(page.Rows) == 0 {
		return store.Filter{}
	}
	id := page.Rows[0].Entry.Head().ID
	return store.Filter{}.With(c.field("request"), store.OpStarts, id[:len(id)/2])
}

// has says whether a log has a filter of that name.
func (f *filterSet) has(log store.Log, name string) bool {
	return f.of(log, name).Conditions > 0 || name == filterNone
}

// otherQuestions asks the store about the records of other kinds what it is asked about sign-ins.
type otherQuestions struct {
	*questions
	logs []store.LogInfo
}

func (b *otherQuestions) asks(ctx context.Context, span span, filter string) (asks []askable, err error) {
	for _, info := range b.logs {
		if !b.filters.has(info.Log, filter) {
			continue
		}
		some, err := b.ofLog(ctx, info, span, b.filters.of(info.Log, filter))
		if err != nil {
			return nil, err
		}
		asks = append(asks, some...)
	}
	return asks, nil
}

// rotating is how many records or people a question goes around, so that no answer is asked twice in a row.
const rotating = 20

// otherPages asks for the pages about records of other kinds, with the access log on, and in process: without a network.
type otherPages struct {
	*pages
	logs []store.LogInfo
}

// asks gives the newest page of each log, one in the middle of the range, a record of that one, and who looked at the reader's
// own sign-ins.
func (p *otherPages) asks(ctx context.Context, span span, filter string) (asks []askable, err error) {
	r := rangeOf(p.until, span.length)
	for _, info := range p.logs {
		if !p.filters.has(info.Log, filter) {
			continue
		}
		f, question := p.filters.of(info.Log, filter), "/logs/"+string(info.Log)
		add := func(question string, path func(store.Range) string) {
			asks = append(asks, askable{question, string(info.Log), span, f, p.direct.ask(r, path)})
		}
		add(question, func(r store.Range) string { return logPath(info.Log, r, f.Query) })
		deep := func(r store.Range) string { return logPath(info.Log, r, f.Query) + "&after=" + middle(r).String() }
		add(question+"?after=", deep)
		page, err := p.direct.get(ctx, deep(r))
		if err != nil {
			return nil, err
		}
		if row := rowHook.FindStringSubmatch(page); row != nil {
			id := url.PathEscape(html.UnescapeString(row[1] + row[2]))
			add(question+"/ID", func(store.Range) string { return question + "/" + id })
		}
		if info.Log == activity.Log && filter == filterNone {
			some, err := p.acrossLogs(ctx, span)
			if err != nil {
				return nil, err
			}
			asks = append(asks, some...)
		}
		if info.Log == access.Log && filter == filterNone {
			add("/me/looked", func(r store.Range) string { return "/me/looked?" + rangeQuery(r) })
		}
	}
	return asks, nil
}

// acrossLogs gives the pages about activity that ask several logs: what happened after a sign-in, and a person's timeline.
func (p *otherPages) acrossLogs(ctx context.Context, span span) ([]askable, error) {
	r := rangeOf(p.until, span.length)
	ids := func(path string) (ids []string, err error) {
		page, err := p.direct.get(ctx, path)
		if err != nil {
			return nil, err
		}
		for _, row := range rowHook.FindAllStringSubmatch(page, rotating) {
			ids = append(ids, url.PathEscape(html.UnescapeString(row[1]+row[2])))
		}
		return ids, nil
	}
	signIns, err := ids(logPath(store.Interactive, r, "") + "&after=" + middle(r).String())
	if err != nil {
		return nil, err
	}
	users, err := ids("/users?" + rangeQuery(r)) // the busiest first
	if err != nil {
		return nil, err
	}
	var asks []askable
	around := func(question, log string, ids []string, path func(id string, r store.Range) string) {
		if len(ids) == 0 {
			return
		}
		turn := 0
		asks = append(asks, askable{question, log, span, Filter{Name: filterNone}, p.direct.ask(r, func(r store.Range) string {
			turn++
			return path(ids[turn%len(ids)], r)
		})})
	}
	around("what happened next", string(store.Interactive), signIns, func(id string, _ store.Range) string { return "/logs/interactive/" + id + "?tab=next" })
	around("timeline", allLogs, users, func(id string, r store.Range) string { return "/users/" + id + "/timeline?" + rangeQuery(r) })
	return asks, nil
}
