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
	"signpost/store/access"
	"signpost/store/errorcode"
	"signpost/views"
	"signpost/web/ask"
)

// errorText is the text that the look-up of error codes takes.
const errorText = "code"

// maxErrorText bounds the characters of a pasted text: a message with everything that a page or a program adds to it.
const maxErrorText = 8000

// errors leads to the page of the code that a text names, or to the choice where the text names none or several. Without a
// text it is the list of the codes.
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
	page.Message = ask.MessageOf(store.ParseSearch(page.Typed))
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

// errorCode is the page of one error code. Every number has one; any other text has none.
func (s *Server) errorCode(c echo.Context) error {
	code, ok := errorcode.ParseNumber(c.Param("code"))
	if !ok {
		return store.ErrNotFound
	}
	params := c.QueryParams()
	page := views.ErrorPage{Error: errorcode.Of(code), Now: s.Now()}
	if c.Param("code") != views.Integer(store.IntOf(code)) {
		address := url.URL{Path: views.ErrorURL(code, ask.Message{}), RawQuery: c.Request().URL.RawQuery}
		return c.Redirect(http.StatusSeeOther, address.String()) // 050126
	}
	page.Shell = s.shell(c, views.Integer(store.IntOf(code))+": "+page.Error.Title, views.NavErrors)
	message, rest, bad := parseMessage(params)
	log, rest, badLog := splitLog(rest)
	query, badRest := s.parseSome(rest, rangeParams, s.now(c))
	page.Message, page.Range, page.Bad = message, query.Range, slices.Concat(bad, badLog, badRest)
	if len(page.Bad) > 0 {
		return render(c, http.StatusBadRequest, views.Error(page))
	}
	if err := s.fillErrorPage(c, &page, log); err != nil {
		return err
	}
	if page.Seen != nil {
		shown := seenBy(viewer(c))
		shown.all(page.Seen.Rows)
		for _, part := range page.Changes {
			shown.all(part.Rows)
		}
		if err := s.record(c, shown.into(access.Record{Action: access.List, Log: page.Seen.Log, Query: "error=" + c.Param("code")})); err != nil {
			return err
		}
	}
	return render(c, http.StatusOK, views.Error(page))
}

// fillErrorPage asks the logs for the parts of the page other than the texts, if the reader may see logs.
func (s *Server) fillErrorPage(c echo.Context, page *views.ErrorPage, log store.Log) error {
	if !viewer(c).MayReadLogs() {
		return nil
	}
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	question := ask.ErrorCode{
		Code: page.Error.Code, Range: page.Range, Log: log, Location: page.Shell.Zone.Location(), Fields: views.ErrorFacetFields, Top: views.FacetTop,
	}
	return ask.Together(ctx,
		func(ctx context.Context) error {
			changes := ask.ExplainedTrail(page.Error.Code, page.Range)
			if changes == nil {
				return nil
			}
			page.Explained = true
			err := changes.Ask(ctx, reader.Reader)
			page.Changes = changes.Parts
			return err
		},
		func(ctx context.Context) (err error) {
			page.Sign, err = page.Message.SignIns(ctx, reader.Reader)
			return err
		},
		func(ctx context.Context) error {
			seen, err := question.Ask(ctx, reader.Reader)
			if err == nil {
				page.Seen = views.ErrorSeenOf(question, seen)
			}
			return err
		},
		func(ctx context.Context) (err error) {
			page.Covered, err = s.coverageOfLogs(ctx, reader, viewer(c), ask.LogsOf(store.ObjectApplication), page.Range, page.Now)
			return err
		},
	)
}

// parseMessage reads the facts of a pasted message other than its code, and gives the remaining parameters.
func parseMessage(params url.Values) (m ask.Message, rest url.Values, bad store.BadParams) {
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

// splitLog takes the page's log out of the parameters; empty where the address does not name it.
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
	if _, ok := store.SignIns.Log(log); !ok || len(params[param]) > 1 {
		return "", rest, store.BadParams{{Param: param, Value: strings.Join(params[param], ", "), Problem: "is none of the logs. Choose one of the page."}}
	}
	return log, rest, nil
}

// messageSignIns looks for the sign-ins of a message, if the viewer may read the logs.
func (s *Server) messageSignIns(c echo.Context, m ask.Message) (ask.MessageSignIns, error) {
	if !viewer(c).MayReadLogs() {
		return ask.MessageSignIns{}, nil
	}
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return ask.MessageSignIns{}, err
	}
	defer release()
	return m.SignIns(ctx, reader.Reader)
}
