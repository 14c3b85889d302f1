package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// thingParams are the parameters of a report about one thing.
var thingParams = []string{views.ParamKind, views.ParamValue, views.ParamDays}

// maxDays is the longest range that ParamDays names.
const maxDays = 365

// parseDays reads the length of the range, and puts the range that it means into the parameters of the range.
func parseDays(report *ask.Insight, params url.Values, now time.Time, dates url.Values, wrong func(param, value, problem string)) int {
	if report.Days == 0 || params.Get(views.ParamDays) == "" && namesRange(dates) {
		return 0
	}
	days := report.Days
	if value := params.Get(views.ParamDays); value != "" {
		n, err := strconv.Atoi(value)
		switch {
		case err != nil || n < 1 || n > maxDays:
			wrong(views.ParamDays, value, "is not a number from 1 to 365.")
		case namesRange(dates):
			wrong(views.ParamDays, value, "contradicts the range. Keep one of them.")
			return 0
		default:
			days = n
		}
	}
	to := now.UTC().Truncate(time.Minute)
	dates.Set("from", to.AddDate(0, 0, -days).Format(time.RFC3339))
	dates.Set("to", to.Format(time.RFC3339))
	return days
}

// parseThing reads what a report is asked about.
func parseThing(report *ask.Insight, q *ask.InsightQuery, params url.Values, wrong func(param, value, problem string)) {
	if len(report.Things) == 0 {
		return
	}
	kind, value := params.Get(views.ParamKind), strings.TrimSpace(params.Get(views.ParamValue))
	if kind == "" && value == "" {
		return
	}
	i := slices.IndexFunc(report.Things, func(t *ask.Thing) bool { return t.Kind == kind })
	switch {
	case i < 0:
		wrong(views.ParamKind, kind, "is none of the kinds of things. Choose one of the page.")
		return
	case value == "":
		wrong(views.ParamValue, "", "is missing. Say what you would remove.")
		return
	}
	q.Thing, q.Value = report.Things[i], value
	field := q.Thing.FieldOf(value)
	filter, bad := store.SignIns.ParseFilter(url.Values{field.Name: {value}})
	for _, b := range bad {
		wrong(views.ParamValue, value, b.Problem)
	}
	for _, c := range filter.Conditions() {
		q.Value = c.Values[0]
	}
}

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
		case slices.Contains(reportParams, param) || param == views.ParamTab && report.Tab != "" || len(report.Things) > 0 && slices.Contains(thingParams, param) || slices.ContainsFunc(report.Switches, func(w *ask.Switch) bool { return w.Param == param }):
			if len(values) > 1 {
				wrong(param, strings.Join(values, ", "), "is given more than once. Keep one.")
			}
		case strings.Join(values, "") == "": // an empty input of the form means nothing
		default:
			rest[param] = values
		}
	}
	q.Days = parseDays(report, params, now, rest, wrong)
	asked, badRest := s.parseSome(rest, append(slices.Clone(rangeParams), "limit", store.GroupField.Name, store.DepartmentField.Name), now)
	q.Range, q.Filter, q.Limit, bad = asked.Range, asked.Filter, asked.Limit, append(bad, badRest...)
	if rest.Get("limit") == "" {
		q.Limit = views.InsightLimit
	}
	if tab := params.Get(views.ParamTab); tab != "" && tab != report.Tab && report.Tab != "" {
		wrong(views.ParamTab, tab, "is no tab of this report. Choose one of the page.")
	}
	var ok bool
	if q.List, ok = report.ListNamed(params.Get(views.ParamList)); !ok {
		wrong(views.ParamList, params.Get(views.ParamList), "is no list of this report. Choose one of the page.")
		q.List = report.Lists[0]
	}
	parseThing(report, &q, params, wrong)
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
		case w.Typed:
			if value = strings.TrimSpace(value); len(value) > maxTyped {
				wrong(w.Param, value, "is too long. 200 bytes are the limit.")
			} else if value != "" {
				q.Chosen[w.Param] = value
			}
		case w.Open && isWord(value), slices.ContainsFunc(w.Options, func(o ask.SwitchOption) bool { return o.Value == value }):
			q.Chosen[w.Param] = value
		default:
			wrong(w.Param, value, "is none of the choices of the page.")
		}
	}
	slices.SortStableFunc(bad, func(a, b store.BadParam) int { return strings.Compare(a.Param, b.Param) })
	return q, bad
}

// maxTyped is the longest text of a typed switch in bytes.
const maxTyped = 200

// isWord says that a value may be one of an open switch: letters and digits.
func isWord(value string) bool {
	return len(value) <= 100 && !strings.ContainsFunc(value, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
}

// parseReportOrder reads the column that a list is sorted by. Names begin with the first in the alphabet, most numbers with the most.
func parseReportOrder(q *ask.InsightQuery, sort, dir string, wrong func(param, value, problem string)) {
	q.Sort = q.List.Sort
	if q.List.Unsorted {
		if sort+dir != "" {
			wrong(views.ParamSort, sort, "is not known to this list: it has one order. Take it out of the address.")
		}
		return
	}
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
