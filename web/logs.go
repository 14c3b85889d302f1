package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// legacyName is the legacy view's place among the logs' addresses.
const legacyName = "legacy"

// listOf gives the list an address names; ErrNotFound for any other name.
func listOf(looks views.Looks, name string) (views.List, error) {
	if name == legacyName {
		return views.List{Log: store.Interactive, Legacy: true}, nil
	}
	if list, ok := looks.List(store.Log(name)); ok {
		return list, nil
	}
	return views.List{}, store.ErrNotFound
}

// listFor gives the list that a request's address names, as its viewer may see it. It refuses an address that names data of the list
// that the viewer may not see, so that no route under /logs has to.
func (s *Server) listFor(c echo.Context) (views.List, error) {
	v := viewer(c)
	list, err := s.listNamed(v, c.Param("log"))
	if err == nil {
		err = s.refuseWithheld(v, list, c.QueryParams())
	}
	return list, err
}

// listNamed gives the list of a name, as the viewer may see it.
func (s *Server) listNamed(v Viewer, name string) (views.List, error) {
	if name == legacyName && !v.MayReadLogs() {
		return views.List{}, forbiddenClass(auth.LogData)
	}
	if err := s.refuseLog(v, store.Log(name)); err != nil {
		return views.List{}, err
	}
	return listOf(s.looksFor(v), name)
}

// refuseLog refuses a log that the viewer may not read. For others the log of custom security attributes does not exist.
func (s *Server) refuseLog(v Viewer, log store.Log) error {
	if info, ok := s.Store.Catalog().Log(log); ok && info.Read != store.AttributeLog && !v.MaySee(info.Read) {
		return refusedClass(info.Read)
	}
	return nil
}

// looksFor gives the looks of all kinds, without the data that the viewer may not see.
func (s *Server) looksFor(v Viewer) views.Looks { return s.looks.Without(v.hidden()) }

// logs is the page of one list of sign-ins, or the members of one of its groups as a fragment.
func (s *Server) logs(c echo.Context) error { return s.listPage(c, nil) }

// listPage is the page of the list that the address names; refused is a form of one of its panels that was not accepted.
func (s *Server) listPage(c echo.Context, refused *views.Refused) error {
	list, err := s.listFor(c)
	if err != nil {
		return err
	}
	c.Response().Header().Add("Vary", "HX-Request")
	v := viewer(c)
	params, panel := splitPanel(c.QueryParams())
	params, openID := splitOpen(params)
	params, picker := splitPicker(params)
	params, facets := splitFacets(params)
	shell := s.shell(c, list.Info().Title, list.NavLink().Name)
	when, badWhen, isWhen := fromWhen(list, params, s.now(c))
	badForms := slices.Concat(badPicker(picker), badPanel(panel), badWhen)
	if isWhen && len(badForms) == 0 {
		return c.Redirect(http.StatusSeeOther, when)
	}
	typedWhen := params.Get(whenParam)
	params.Del(whenParam)
	if target, ok := formTarget(list, params, picker, shell.Zone); ok && len(badForms) == 0 {
		return c.Redirect(http.StatusSeeOther, target)
	}
	query, bad := list.Kind().ParseQuery(params, s.now(c))
	bad = append(bad, badForms...)
	page := views.LogPage{
		Shell: shell, List: list, Query: query, Bad: bad, Typed: params,
		Now: s.Now(), ConditionalAccess: v.MaySeeConditionalAccess(), MayReveal: v.MaySee(store.Secret), Panel: panel, Refused: refused,
		When: typedWhen, ChartFolded: v.Preferences.ChartFolded, Widths: v.Preferences.Widths[list.Name()],
	}
	openPicker(&page, picker)
	panelOfFacets := s.facetsPanel(v)
	openFacets(panelOfFacets, &page, facets)
	if len(page.Bad) > 0 {
		page.Empty = views.EmptyBad(list, query, page.Bad)
		return s.answerList(c, page)
	}
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	if err := s.fillTenants(ctx, reader, &page); err != nil {
		return err
	}
	switch target := fragmentTarget(c.Request()); {
	case target == "filter-panel", target == "picker-options":
		return s.picker(ctx, reader, c, page, target)
	case target == "columns":
		if err := s.fillKept(ctx, v, &page); err != nil {
			return err
		}
		return render(c, http.StatusOK, views.ColumnsControl(page))
	case target == "rows":
		return s.moreRows(ctx, reader, c, page)
	case isFragment(c.Request()) && len(query.Expanded) == 1:
		return s.members(ctx, reader, c, page)
	}
	page.Facets = panelOfFacets
	if err := s.fillGroupFilter(ctx, reader, &page); err != nil {
		return err
	}
	if len(page.Bad) > 0 {
		openPicker(&page, picker)
		page.Empty = views.EmptyBad(list, page.Query, page.Bad)
		return s.answerList(c, page)
	}
	if field, ok := facetOfTarget(page.List, fragmentTarget(c.Request())); ok {
		return s.oneFacet(ctx, reader, c, page, field)
	}
	if err := s.fill(ctx, reader, v, &page); err != nil {
		return err
	}
	if err := s.fillOpen(ctx, reader, &page, openID); err != nil {
		return err
	}
	return s.answerList(c, page)
}

// formTarget gives the address that one of the page's forms means. Its inputs are no parameters of a list.
func formTarget(list views.List, params, picker url.Values, zone views.Zone) (address string, ok bool) {
	if address, ok = fromPicker(list, params, picker); ok {
		return address, true
	}
	return fromDates(list, params, zone)
}

// refuseConditionalAccess refuses a request that names Conditional Access data its viewer may not see:
// even the answer that a value is bad would tell something.
func (s *Server) refuseConditionalAccess(v Viewer, params url.Values) error {
	if v.MaySeeConditionalAccess() {
		return nil
	}
	if s.Store.Catalog().Names(store.ConditionalAccess, params, textParams...) {
		return forbiddenClass(auth.ConditionalAccessData)
	}
	return nil
}

// withoutFilter lets a refusal lead to the list without the filter that is refused.
func withoutFilter(err error, list views.List) error {
	var refused forbidden
	if errors.As(err, &refused) {
		refused.back = list.Path()
		return refused
	}
	return err
}

// refuseWithheld refuses a request to a list that names any data its viewer may not see.
func (s *Server) refuseWithheld(v Viewer, list views.List, params url.Values) error {
	if err := s.refuseConditionalAccess(v, params); err != nil {
		return withoutFilter(err, list)
	}
	for _, class := range v.hiddenOf(list.Kind()) {
		if (store.Catalog{list.Kind()}).Names(class, params, textParams...) {
			return withoutFilter(refusedClass(class), list)
		}
	}
	return nil
}

// textParams are the parameters that hold what a person typed or a record says. One holds the list that a sign-in was opened
// from, which is looked at as an address of its own. The values of every other parameter may name a field.
var textParams = []string{whenParam, findParam, amongParam, pickedValue, pickedHad, openParam, listParam, searchParam, "member", helpedTicketParam}

// listQuery is the page's query. It omits conditions that its log sets aside.
func listQuery(p *views.LogPage) store.ListQuery {
	applied, _ := p.Query.Filter.For(p.List.Info())
	q := store.ListQuery{
		Log: p.List.Log, Range: p.Query.Range, Filter: applied,
		After: p.Query.After, Before: p.Query.Before, Limit: p.Query.Limit, AllEvents: p.Query.AllEvents,
	}
	if p.Query.Oldest && isFirstPage(p) {
		q.Before = &store.Cursor{Key: store.KeyAt(q.Range.From).Prev(), Log: q.Log} // the rows next to the start of the range
	}
	return q
}

func isFirstPage(p *views.LogPage) bool { return p.Query.After == nil && p.Query.Before == nil }

// fill asks the store for the page's rows and total and for the parts around them. Where there are no rows it also asks why.
func (s *Server) fill(ctx context.Context, reader snapshot, v Viewer, page *views.LogPage) error {
	unfolded := make([]unfoldedGroup, len(page.Query.Expanded))
	questions := []func(context.Context) error{
		func(ctx context.Context) (err error) {
			page.Total, err = reader.Total(ctx, listQuery(page))
			return err
		},
		func(ctx context.Context) error { return s.fillRows(ctx, reader, page) },
		func(ctx context.Context) error { return s.fillPicker(ctx, reader, page) },
		func(ctx context.Context) error { return s.fillNames(ctx, reader, page) },
		func(ctx context.Context) error { return s.fillSizes(ctx, reader, page) },
		func(ctx context.Context) error { return s.fillCoverage(ctx, reader, v, page) },
		func(ctx context.Context) (err error) {
			page.Newest, page.HasRows, err = reader.Newest(ctx, page.List.Log)
			return err
		},
	}
	questions = append(questions, s.explore(reader, page)...)
	for i, key := range page.Query.Expanded {
		questions = append(questions, func(ctx context.Context) (err error) {
			unfolded[i], err = s.unfold(ctx, reader, page, key, i == len(page.Query.Expanded)-1)
			return err
		})
	}
	logs := page.List.Logs()
	totals := make([]*store.Total, len(logs))
	for i, info := range logs {
		if info.Log != page.List.Log {
			questions = append(questions, func(ctx context.Context) (err error) {
				totals[i], err = s.tabTotal(ctx, reader, page, info)
				return err
			})
		}
	}
	if err := ask.Together(ctx, questions...); err != nil {
		return err
	}
	page.Chart.Holes = page.Covered.Holes(page.Now)
	page.TabTotals = map[store.Log]store.Total{page.List.Log: page.Total}
	for i, info := range logs {
		if totals[i] != nil {
			page.TabTotals[info.Log] = *totals[i]
		}
	}
	for _, group := range unfolded {
		group.putInto(page)
	}
	if len(page.Rows) > 0 {
		return nil
	}
	var err error
	page.Empty, err = s.whyEmpty(ctx, reader, page)
	return err
}

// tabTotal counts another log's sign-ins for its tab. It gives nil where that takes too long, because the page stands without
// it.
func (s *Server) tabTotal(ctx context.Context, reader snapshot, page *views.LogPage, info store.LogInfo) (*store.Total, error) {
	applied, _ := page.Query.Filter.For(info)
	total, err := reader.Total(ctx, store.ListQuery{Log: info.Log, Range: page.Query.Range, Filter: applied, AllEvents: page.Query.AllEvents})
	if errors.Is(err, store.ErrTooSlow) {
		return nil, nil
	}
	return &total, err
}

// moreRows answers with the rows of one page only, and with the links to the next pages.
func (s *Server) moreRows(ctx context.Context, reader snapshot, c echo.Context, page views.LogPage) error {
	if err := ask.Together(ctx, func(ctx context.Context) error { return s.fillRows(ctx, reader, &page) }); err != nil {
		return err
	}
	if err := s.recordList(c, &page); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.MoreRows(page))
}

func (s *Server) fillRows(ctx context.Context, reader snapshot, page *views.LogPage) error {
	err := s.readRows(ctx, reader, page)
	if err == nil && page.Query.Oldest {
		slices.Reverse(page.Rows)
		if isFirstPage(page) {
			page.Next = nil // nothing is older
		}
	}
	return err
}

func (s *Server) readRows(ctx context.Context, reader snapshot, page *views.LogPage) error {
	if !page.List.Info().Grouped {
		rows, err := reader.Page(ctx, listQuery(page))
		if err != nil {
			return err
		}
		for _, row := range rows.Rows {
			page.Rows = append(page.Rows, views.LogRow{Of: page.List.Kind(), Row: row})
		}
		page.Next, page.Prev = rows.Next, rows.Prev
		return nil
	}
	groups, err := reader.Groups(ctx, store.GroupsQuery{ListQuery: listQuery(page), Window: page.Query.Window})
	if err != nil {
		return err
	}
	for i := range groups.Groups {
		group := &groups.Groups[i]
		row := views.LogRow{Of: page.List.Kind(), Row: group.Newest}
		if group.Count > 1 {
			row.Group = group
		}
		page.Rows = append(page.Rows, row)
	}
	page.Next, page.Prev = groups.Next, groups.Prev
	return nil
}

// fillTenants says whether the stored sign-ins are of several tenants.
func (s *Server) fillTenants(ctx context.Context, reader snapshot, page *views.LogPage) error {
	if !page.List.TellsTenant() {
		return nil
	}
	tenants, err := tenantsOf(ctx, reader)
	page.SeveralTenants = len(tenants) > 1
	return err
}

// tenantsOf gives the tenants of the stored records; none to whom they are withheld.
func tenantsOf(ctx context.Context, reader snapshot) ([]string, error) {
	if reader.withheld.Has(store.TenantLogs) {
		return nil, nil
	}
	return reader.Tenants(ctx)
}

// whyEmpty explains a list without rows: nothing imported, nothing in the range, nothing that passes the
// filter, or a place behind the list's end.
func (s *Server) whyEmpty(ctx context.Context, reader snapshot, page *views.LogPage) (*views.EmptyState, error) {
	switch {
	case !page.HasRows && page.Shell.Scope != "":
		return views.EmptyScope(page.List), nil
	case !page.HasRows:
		return views.EmptyLog(page.List, page.Shell.Viewer.MayImport), nil
	case page.Total.N > 0:
		return views.EmptyPlace(page.List, page.Query), nil
	}
	var unfiltered store.Total
	err := ask.Together(ctx, func(ctx context.Context) (err error) {
		q := listQuery(page)
		q.Filter, q.After, q.Before = store.Filter{}, nil, nil
		unfiltered, err = reader.Total(ctx, q)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case unfiltered.N > 0:
		return views.EmptyFilter(page.List, page.Query), nil
	}
	return views.EmptyRange(page.List, page.Query, page.Newest, page.Shell.Zone), nil
}
