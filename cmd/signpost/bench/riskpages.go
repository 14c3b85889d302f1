package bench

import (
	"context"
	"errors"
	"html"
	"net/url"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/datafolder"
)

// riskPages asks for the pages of Identity Protection and for the diagnostic over loopback, with the access log on.
type riskPages struct {
	*pages
	store *datafolder.Folder
}

// protectionPages are the pages that lead to objects and lists. Those with a range take it from the question.
var protectionPages = []struct {
	path   string
	ranged bool
	// object leads to the pages of the objects that the page lists.
	object bool
}{
	{"/protection", true, false},
	{"/protection?list=blocked", true, false},
	{"/protection?list=technique&technique=T1078", true, false},
	{"/protection?list=place&country=PT", true, false},
	{"/protection?list=protected", true, false},
	{"/protection/signins", true, false},
	{"/protection/principalsignins", true, false},
	{"/protection/users", false, true},
	{"/protection/principals", false, true},
}

// asks gives these pages. A filter narrows none of them.
func (p *riskPages) asks(ctx context.Context, span span, filter string) ([]askable, error) {
	if filter != filterNone {
		return nil, nil
	}
	f := Filter{Name: filterNone}
	r := rangeOf(p.until, span.length)
	var asks []askable
	add := func(question, log string, path func(store.Range) string) {
		asks = append(asks, askable{question, log, span, f, p.recorded.ask(r, path)})
	}
	for _, page := range protectionPages {
		path := func(r store.Range) string {
			switch {
			case !page.ranged:
				return page.path
			case strings.Contains(page.path, "?"):
				return page.path + "&" + rangeQuery(r)
			}
			return page.path + "?" + rangeQuery(r)
		}
		add(page.path, allLogs, path)
		if page.object {
			if err := p.objects(ctx, page.path, add); err != nil {
				return nil, err
			}
		}
	}
	err := errors.Join(p.ofRisky(ctx, r, add), p.ofFailures(ctx, r, add))
	return asks, err
}

// objects adds the pages of the first objects of a list, in turn.
func (p *riskPages) objects(ctx context.Context, list string, add func(string, string, func(store.Range) string)) error {
	page, err := p.recorded.get(ctx, list)
	if err != nil {
		return err
	}
	var ids []string
	for _, row := range rowHook.FindAllStringSubmatch(page, rotating) {
		ids = append(ids, url.PathEscape(html.UnescapeString(row[1]+row[2])))
	}
	inTurn(ids, func(next func() string) {
		add(list+"/ID", allLogs, func(store.Range) string { return list + "/" + next() })
	})
	return nil
}

// ofRisky adds the tab with the risk of risky sign-ins.
func (p *riskPages) ofRisky(ctx context.Context, r store.Range, add func(string, string, func(store.Range) string)) error {
	page, err := p.store.Page(ctx, store.ListQuery{Log: store.Interactive, Range: r, Filter: riskySignIns(), Limit: rotating})
	if err != nil {
		return err
	}
	var ids []string
	for i := range page.Rows {
		ids = append(ids, url.PathEscape(page.Rows[i].Entry.Head().ID))
	}
	inTurn(ids, func(next func() string) {
		add("risk of a sign-in", string(store.Interactive), func(store.Range) string { return "/logs/interactive/" + next() + "?tab=risk" })
	})
	return nil
}

// ofFailures adds the diagnostic of failed sign-ins.
func (p *riskPages) ofFailures(ctx context.Context, r store.Range, add func(string, string, func(store.Range) string)) error {
	failed := store.Filter{}.With(store.StatusField, store.OpIs, "failure")
	page, err := p.store.Page(ctx, store.ListQuery{Log: store.Interactive, Range: r, Filter: failed, Limit: rotating, After: middle(r)})
	if err != nil {
		return err
	}
	var addresses []string
	for i := range page.Rows {
		head := page.Rows[i].Entry.Head()
		addresses = append(addresses, "/diagnostic?"+url.Values{"request": {head.ID}, "log": {string(head.Log)}, "time": {head.Time.Format(time.RFC3339Nano)}}.Encode())
	}
	inTurn(addresses, func(next func() string) {
		add("/diagnostic", string(store.Interactive), func(store.Range) string { return next() })
	})
	return nil
}

// inTurn makes a question that takes each text in turn. Without texts there is no question.
func inTurn(texts []string, add func(next func() string)) {
	if len(texts) == 0 {
		return
	}
	turn := 0
	add(func() string {
		turn++
		return texts[turn%len(texts)]
	})
}
