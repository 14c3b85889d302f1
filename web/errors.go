package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/store/errorcode"
	"signpost/views"
)

// errorText is the text that the look-up of error codes takes.
const errorText = "code"

// maxErrorText is how many characters may be pasted: a message with all that a page or a program puts around it.
const maxErrorText = 8000

// errors leads to the page of the code that a text names, or to the choice where it is not one. Without a text it is the list
// of the codes.
func (s *Server) errors(c echo.Context) error {
	params := c.QueryParams()
	page := views.ErrorsPage{Shell: s.shell(c, "Error codes", views.NavErrors)}
	page.Typed, page.Class, page.Family, page.Bad = parseErrors(params)
	if len(page.Bad) > 0 {
		return render(c, http.StatusBadRequest, views.Errors(page))
	}
	if page.Typed == "" {
		return render(c, http.StatusOK, views.Errors(page))
	}
	page.Message = views.ErrorMessageOf(store.ParseSearch(page.Typed))
	switch codes := errorcode.Find(page.Typed); {
	case len(codes) == 1:
		return c.Redirect(http.StatusSeeOther, views.ErrorURL(codes[0], page.Message))
	case len(codes) > 1:
		for _, code := range codes {
			page.Named = append(page.Named, errorcode.Of(code))
		}
	case !page.Message.HasIDs():
		page.Found = errorcode.Search(page.Typed)
	}
	var err error
	if page.Sign, err = s.messageSignIns(c, page.Message); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.Errors(page))
}

// parseErrors reads the address of the list.
func parseErrors(params url.Values) (text string, class errorcode.Class, family string, bad store.BadParams) {
	for param, values := range params {
		switch {
		case !slices.Contains([]string{errorText, "class", "family"}, param):
			bad = append(bad, store.BadParam{Param: param, Problem: "is not a parameter of this page. Take it out of the address."})
		case len(values) > 1:
			bad = append(bad, store.BadParam{Param: param, Problem: "is given more than once. Keep one."})
		}
	}
	text = strings.TrimSpace(params.Get(errorText))
	if utf8.RuneCountInString(text) > maxErrorText {
		bad = append(bad, store.BadParam{Param: errorText, Problem: "is too long: at most 8,000 characters are looked at. Paste the part with the code."})
	}
	class, family = errorcode.Class(params.Get("class")), params.Get("family")
	if class != "" && !slices.Contains(errorcode.Classes(), class) {
		bad = append(bad, store.BadParam{Param: "class", Value: string(class), Problem: "is none of the classes. Choose one of the page."})
	}
	if family != "" && !slices.ContainsFunc(errorcode.Families(), func(f errorcode.Family) bool { return f.ID == family }) {
		bad = append(bad, store.BadParam{Param: "family", Value: family, Problem: "is none of the kinds of problems. Choose one of the page."})
	}
	slices.SortFunc(bad, func(a, b store.BadParam) int { return strings.Compare(a.Param, b.Param) })
	return text, class, family, bad
}

// errorCode is the page of one error code. There is one for every number, and nothing for what is none.
func (s *Server) errorCode(c echo.Context) error {
	code, ok := errorcode.ParseNumber(c.Param("code"))
	if !ok {
		return store.ErrNotFound
	}
	params := c.QueryParams()
	page := views.ErrorPage{Error: errorcode.Of(code), Now: s.Now()}
	if c.Param("code") != views.Integer(store.IntOf(code)) {
		address := url.URL{Path: views.ErrorURL(code, views.ErrorMessage{}), RawQuery: c.Request().URL.RawQuery}
		return c.Redirect(http.StatusSeeOther, address.String()) // 050126
	}
	page.Shell = s.shell(c, views.Integer(store.IntOf(code))+": "+page.Error.Title, views.NavErrors)
	message, rest, bad := parseMessage(params)
	log, rest, badLog := splitLog(rest)
	query, badRest := s.parseSome(rest, rangeParams)
	page.Message, page.Range, page.Bad = message, query.Range, slices.Concat(bad, badLog, badRest)
	if len(page.Bad) > 0 {
		return render(c, http.StatusBadRequest, views.Error(page))
	}
	if err := s.fillErrorPage(c, &page, log); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.Error(page))
}

// fillErrorPage asks the logs for what a reader's page shows besides the texts.
func (s *Server) fillErrorPage(c echo.Context, page *views.ErrorPage, log store.Log) error {
	if !viewer(c).MayReadLogs() {
		return nil
	}
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	return ask(ctx,
		func(ctx context.Context) (err error) {
			page.Sign, err = s.signInsOf(ctx, reader, page.Message)
			return err
		},
		func(ctx context.Context) error { return s.fillSeen(ctx, reader, page, log) },
	)
}

// parseMessage reads what a pasted message told besides its code, and gives the other parameters.
func parseMessage(params url.Values) (m views.ErrorMessage, rest url.Values, bad store.BadParams) {
	rest = url.Values{}
	id := func(param, value string) string {
		if !store.IsGUID(value) {
			bad = append(bad, store.BadParam{Param: param, Value: value, Problem: "is not an ID like 0a1b2c3d-1111-4222-8333-444444444444. Correct it or take it out."})
		}
		return strings.ToLower(value)
	}
	for param, values := range params {
		single := len(values) == 1
		switch param {
		case views.MessageRequest:
			m.Request = id(param, params.Get(param))
		case views.MessageCorrelation:
			m.Correlation = id(param, params.Get(param))
		case views.MessageTime:
			var ok bool
			if m.Time, ok = store.ParseInstant(params.Get(param)); !ok {
				bad = append(bad, store.BadParam{Param: param, Value: params.Get(param), Problem: "is not a time. Write it as 2026-11-23T14:05:09Z."})
			}
		case views.MessageID:
			single = len(values) <= store.MaxSearched
			for _, value := range values[:min(len(values), store.MaxSearched)] {
				m.IDs = append(m.IDs, id(param, value))
			}
		default:
			rest[param], single = values, true
		}
		if !single {
			bad = append(bad, store.BadParam{Param: param, Problem: "is given too often. Keep one."})
		}
	}
	slices.SortFunc(bad, func(a, b store.BadParam) int { return strings.Compare(a.Param, b.Param) })
	return m, rest, bad
}

// splitLog takes out of the parameters which log the page is about; empty where the address does not say.
func splitLog(params url.Values) (log store.Log, rest url.Values, bad store.BadParams) {
	const param = "log"
	rest = url.Values{}
	for name, values := range params {
		if name != param {
			rest[name] = values
		}
	}
	if !params.Has(param) {
		return "", rest, nil
	}
	log = store.Log(params.Get(param))
	if _, ok := log.Info(); !ok || len(params[param]) > 1 {
		return "", rest, store.BadParams{{Param: param, Value: strings.Join(params[param], ", "), Problem: "is none of the logs. Choose one of the page."}}
	}
	return log, rest, nil
}

// messageSignIns looks for the sign-ins of a message, for who may read the logs.
func (s *Server) messageSignIns(c echo.Context, m views.ErrorMessage) (views.MessageSignIns, error) {
	if !viewer(c).MayReadLogs() {
		return views.MessageSignIns{}, nil
	}
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return views.MessageSignIns{}, err
	}
	defer release()
	return s.signInsOf(ctx, reader, m)
}

// signInsOf looks for the sign-in that has a message's request ID, else for those of its correlation ID.
func (s *Server) signInsOf(ctx context.Context, reader snapshot, m views.ErrorMessage) (found views.MessageSignIns, err error) {
	if !m.HasIDs() {
		return found, nil
	}
	var requests, correlations store.Search
	for _, id := range append([]string{m.Request}, m.IDs...) {
		if id != "" {
			requests.IDs = append(requests.IDs, store.SearchID{Value: id})
		}
	}
	for _, id := range append([]string{m.Correlation}, m.IDs...) {
		if id != "" {
			correlations.IDs = append(correlations.IDs, store.SearchID{Value: id})
		}
	}
	found.Looked = true
	for _, lookups := range [][]lookup{finder{store: reader, search: requests}.requests(), finder{store: reader, search: correlations}.correlations()} {
		if len(lookups) == 0 || len(found.Findings) > 0 {
			continue
		}
		findings, late, err := run(ctx, lookups)
		if err != nil {
			return found, err
		}
		found.Findings, found.Late = distinct(findings), found.Late || late
	}
	return found, nil
}

// errorSeenRows is how many of the newest sign-ins are listed.
const errorSeenRows = 10

// fillSeen counts what the tenant has seen of the code: first each log's number, which says which log the rest is asked of.
func (s *Server) fillSeen(ctx context.Context, reader snapshot, page *views.ErrorPage, log store.Log) error {
	seen := &views.ErrorSeen{Code: page.Error.Code, Range: page.Range}
	var questions []func(context.Context) error
	for _, info := range store.Logs() {
		seen.Logs = append(seen.Logs, views.ErrorLog{Log: info.Log, Chart: views.Chart{Width: views.ErrorBarWidth(page.Range)}})
	}
	for i := range seen.Logs {
		questions = append(questions, func(ctx context.Context) error {
			return s.countErrors(ctx, reader, page, &seen.Logs[i])
		})
	}
	questions = append(questions, func(ctx context.Context) (err error) {
		var unsaid string // one number among several: without it nothing is said of it
		seen.OnTheWay, err = reader.Total(ctx, views.ErrorOnTheWay(seen.Code, seen.Range))
		return s.besides(ctx, "earlier steps with an error code", err, &unsaid, "too slow", "failed")
	})
	if err := ask(ctx, questions...); err != nil {
		return err
	}
	seen.Pick(log)
	page.Seen = seen
	q := views.ErrorQuery(seen.Log, seen.Code, seen.Range)
	return ask(ctx,
		func(ctx context.Context) (err error) {
			seen.Facets, err = reader.Facets(ctx, store.FacetsQuery{ListQuery: q, Fields: views.ErrorFacetFields(seen.Log), Top: views.FacetTop})
			return s.besides(ctx, "hits of an error code", err, &seen.FacetsTrouble,
				"Whom it hit took too long to count. Choose a shorter range.", "Whom it hit could not be counted. Reload the page to try again.")
		},
		func(ctx context.Context) error {
			q := q
			q.Limit = errorSeenRows
			rows, err := reader.SignIns(ctx, q)
			seen.Rows = rows.Rows
			return s.besides(ctx, "newest of an error code", err, &seen.RowsTrouble,
				"The newest sign-ins took too long to find. Choose a shorter range.", "The newest sign-ins could not be found. Reload the page to try again.")
		},
	)
}

// countErrors counts a log's sign-ins that ended with the code, bar by bar.
func (s *Server) countErrors(ctx context.Context, reader snapshot, page *views.ErrorPage, log *views.ErrorLog) (err error) {
	q := store.HistogramQuery{ListQuery: views.ErrorQuery(log.Log, page.Error.Code, page.Range)}
	q.Edges = store.BucketEdges(q.Range, log.Chart.Width, page.Shell.Zone.Location())
	log.Chart.Histogram, err = reader.Histogram(ctx, q)
	return s.besides(ctx, "count of an error code", err, &log.Chart.Trouble,
		"The sign-ins of this log took too long to count. Choose a shorter range.", "The sign-ins of this log could not be counted. Reload the page to try again.")
}
