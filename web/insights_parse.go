package web

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// reportParams are the parameters that every report knows beyond the range.
var reportParams = []string{views.ParamList, views.ParamSort, views.ParamDir, views.ParamAfter, views.ParamCompare}

// parseReport reads the address of a report. It gives what is wrong, and keeps the defaults for that.
func (s *Server) parseReport(report *ask.Insight, subject string, params url.Values, now time.Time) (ask.InsightQuery, store.BadParams) {
	q := ask.InsightQuery{Subject: subject, Chosen: map[string]string{}, Now: now}
	var bad store.BadParams
	wrong := func(param, value, problem string) {
		bad = append(bad, store.BadParam{Param: param, Value: value, Problem: problem})
	}
	rest := url.Values{}
	for param, values := range params {
		switch {
		case slices.Contains(reportParams, param) || slices.ContainsFunc(report.Switches, func(w *ask.Switch) bool { return w.Param == param }):
			if len(values) > 1 {
				wrong(param, strings.Join(values, ", "), "is given more than once. Keep one.")
			}
		case strings.Join(values, "") == "": // an empty input of the form means nothing
		default:
			rest[param] = values
		}
	}
	asked, badRest := s.parseSome(rest, append(slices.Clone(rangeParams), "limit", store.GroupField.Name), now)
	q.Range, q.Filter, q.Limit, bad = asked.Range, asked.Filter, asked.Limit, append(bad, badRest...)
	if rest.Get("limit") == "" {
		q.Limit = views.InsightLimit
	}
	var ok bool
	if q.List, ok = report.ListNamed(params.Get(views.ParamList)); !ok {
		wrong(views.ParamList, params.Get(views.ParamList), "is no list of this report. Choose one of the page.")
		q.List = report.Lists[0]
	}
	parseReportOrder(&q, params.Get(views.ParamSort), params.Get(views.ParamDir), wrong)
	if value := params.Get(views.ParamAfter); value != "" {
		place, err := store.ParseTablePlace(value)
		if err != nil {
			wrong(views.ParamAfter, value, "does not lead to a page of this list. Start again from its first page.")
		}
		q.After = &place
	}
	switch value := params.Get(views.ParamCompare); value {
	case "", "no":
	case "yes":
		q.Compare = q.List.Compares
	default:
		wrong(views.ParamCompare, value, "is neither yes nor no.")
	}
	for _, w := range report.Switches {
		value := params.Get(w.Param)
		switch {
		case value == "" || value == w.Options[0].Value:
		case slices.ContainsFunc(w.Options, func(o ask.SwitchOption) bool { return o.Value == value }):
			q.Chosen[w.Param] = value
		default:
			wrong(w.Param, value, "is none of the choices of the page.")
		}
	}
	slices.SortStableFunc(bad, func(a, b store.BadParam) int { return strings.Compare(a.Param, b.Param) })
	return q, bad
}

// parseReportOrder reads the column that a list is sorted by. Names begin with the first in the alphabet, most numbers with the most.
func parseReportOrder(q *ask.InsightQuery, sort, dir string, wrong func(param, value, problem string)) {
	q.Sort = q.List.Sort
	if sort != "" {
		column, ok := q.List.Column(sort)
		if !ok || column.Unsorted {
			wrong(views.ParamSort, sort, "is no column that the list can be sorted by. Choose a heading of the page.")
		} else {
			q.Sort = column
		}
	}
	rises := q.Sort.Rises()
	switch dir {
	case "":
	case "asc":
		q.Reverse = !rises
	case "desc":
		q.Reverse = rises
	default:
		wrong(views.ParamDir, dir, "is no direction. Choose asc or desc.")
	}
}
