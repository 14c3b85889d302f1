package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// openReports counts the open reports, for the navigation. A page must not fail because of it.
func (s *Server) openReports(c echo.Context) int {
	var n int
	of, err := s.reportsOf(c)
	if err == nil {
		n, err = s.Answers.CountOpenReports(c.Request().Context(), of)
	}
	if err != nil {
		s.Log.WarnContext(c.Request().Context(), "count the open reports", "id", requestIDOf(c), "error", err)
	}
	return n
}

// reportsOf limits reports to the people in the viewer's scope. A report names a person, and no application by its ID.
func (s *Server) reportsOf(c echo.Context) (of auth.ReportsOf, err error) {
	for _, scope := range viewer(c).scopes() {
		told, err := s.Directory.ScopeTold(askingContext(c), scope)
		if err != nil {
			return of, err
		}
		users := told.Principals()
		if of.Limited {
			users = slices.DeleteFunc(slices.Clone(users), func(id string) bool { return !slices.Contains(of.Users, id) })
		}
		of = auth.ReportsOf{Limited: true, Users: users}
	}
	return of, nil
}

// formerReported leads from the former address of the queue to its page.
func (s *Server) formerReported(c echo.Context) error {
	address := views.ProtectionReportedPath
	if query := c.Request().URL.RawQuery; query != "" {
		address += "?" + query
	}
	return c.Redirect(http.StatusSeeOther, address)
}

// reported is the queue of sign-ins that people reported as not theirs.
func (s *Server) reported(c echo.Context) error {
	return s.reportedPage(c, c.QueryParams(), http.StatusOK, nil)
}

// reportedPage shows the queue that an address asks for, with a form that was refused.
func (s *Server) reportedPage(c echo.Context, params url.Values, status int, refused *views.RefusedReport) error {
	q, bad := parseReported(params)
	var err error
	if q.Of, err = s.reportsOf(c); err != nil {
		return err
	}
	found, err := ask.ReportedIn(c.Request().Context(), s.Answers, q)
	if err != nil {
		return err
	}
	page := views.ReportedPage{
		Shell: s.shell(c, "Reported sign-ins", views.NavProtection), State: string(q.State), Bad: bad, Now: s.Now(), Refused: refused,
	}
	for _, state := range found.States {
		page.States = append(page.States, views.ReportedState{Value: string(state.State), Label: state.State.Label(), N: state.N})
	}
	page.States = append(page.States, views.ReportedState{Label: "All", N: found.All})
	if len(bad) > 0 {
		return render(c, http.StatusBadRequest, views.Reported(page))
	}
	page.Older, page.Newer = found.Older, found.Newer
	for _, r := range found.Reports {
		page.Reports = append(page.Reports, reportOf(r))
	}
	page.Shell.Here = reportedHere(params)
	listed := seenBy(viewer(c))
	for i := range found.Reports {
		listed.answer(&found.Reports[i])
	}
	if err := s.record(c, listed.into(access.Record{Action: access.List, Query: params.Encode()})); err != nil {
		return err
	}
	return render(c, status, views.Reported(page))
}

// answer adds a report. The viewer's own does not count as one of others.
func (n *seen) answer(a *auth.SignInAnswer) {
	if n.isOwn(a.UserID) {
		return
	}
	n.rows++
	n.person(a.UserID, a.UserPrincipalName, "")
}

func reportedHere(params url.Values) string {
	if len(params) == 0 {
		return views.ProtectionReportedPath
	}
	return views.ProtectionReportedPath + "?" + params.Encode()
}

// parseReported reads the address of the queue. It reports bad parameters and leaves them out.
func parseReported(params url.Values) (auth.ReportQuery, store.BadParams) {
	var q auth.ReportQuery
	var bad store.BadParams
	tell := func(param, problem string) {
		bad = append(bad, store.BadParam{Param: param, Value: params.Get(param), Problem: problem})
	}
	place := func(param string, id *int64) {
		n, err := strconv.ParseInt(params.Get(param), 10, 64)
		if err != nil || n < 1 {
			tell(param, "does not lead to a page of this list. Start again from the newest page.")
			return
		}
		*id = n
	}
	for param, values := range params {
		switch {
		case len(values) > 1:
			tell(param, "is given more than once. Keep one.")
		case param == "state":
			if q.State = auth.ReportState(values[0]); !slices.Contains(auth.ReportStates(), q.State) {
				tell(param, "is not a state. Choose open, confirmed, dismissed or takenback.")
				q.State = ""
			}
		case param == "after":
			place(param, &q.Older)
		case param == "before":
			place(param, &q.Newer)
		default:
			bad = append(bad, store.BadParam{Param: param, Problem: "is not a parameter of this page. Take it out of the address."})
		}
	}
	if q.Older != 0 && q.Newer != 0 {
		tell("before", "contradicts after. Keep one of them.")
		q.Newer = 0
	}
	slices.SortFunc(bad, func(a, b store.BadParam) int { return cmp.Compare(a.Param, b.Param) })
	return q, bad
}

// reportOf is a report as the page shows it.
func reportOf(a auth.SignInAnswer) views.Report {
	var earlier []views.ReportStep
	for _, step := range a.Earlier {
		earlier = append(earlier, views.ReportStep{
			State: string(step.State), StateLabel: step.State.Label(), By: step.By, Note: step.Note, NoteIsTold: step.NoteIsTold, At: step.At,
		})
	}
	return views.Report{
		ID: a.ID, Person: cmp.Or(a.UserPrincipalName, a.UserID), Account: a.Account, List: views.List{Log: store.Log(a.Log)}, SignInID: a.SignInID,
		Time: a.Time, Answered: a.Answered, Result: a.Seen.Result, Application: a.Seen.Application, Place: a.Seen.Place, IPAddress: a.Seen.IPAddress,
		Device: a.Seen.Device, Unusual: a.Seen.Unusual, Comment: a.Comment, State: string(a.State), StateLabel: a.State.Label(),
		DecidedBy: a.DecidedBy, Note: a.Note, NoteIsTold: a.NoteIsTold, Decided: a.Decided,
		Earlier: earlier, EarlierTotal: a.EarlierTotal,
	}
}

// decideReport stores an administrator's decision about a report. A missing report gets the same 404 as any other address.
func (s *Server) decideReport(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(c.Param("report"), 10, 64)
	if err != nil {
		return store.ErrNotFound
	}
	d := auth.Decision{
		ID: id, Was: auth.ReportState(form.Get("was")), To: auth.ReportState(form.Get("do")), By: viewer(c).Account.Name, At: s.Now().UTC(),
	}
	if d.Of, err = s.reportsOf(c); err != nil {
		return err
	}
	if !d.To.IsDecision() {
		return echo.NewHTTPError(http.StatusBadRequest, "The form does not say what to do.")
	}
	next := localPath(form.Get("next"))
	report, err := ask.Report(c.Request().Context(), s.Answers, d.Of, id)
	if err != nil {
		return err
	}
	d.Note, err = auth.CommentText("note", form.Get("note"))
	if err == nil {
		err = s.takeDecision(c, d, &report)
	}
	var invalid auth.Invalid
	switch {
	case errors.Is(err, auth.ErrNoAnswer):
		return store.ErrNotFound
	case errors.As(err, &invalid):
		return s.refuseDecision(c, http.StatusBadRequest, views.RefusedReport{ID: id, Note: form.Get("note"), Problem: invalid.Problem}, next)
	case errors.Is(err, auth.ErrReportChanged):
		problem := "Somebody else has changed this report since you opened the page. Look at it again, then decide."
		return s.refuseDecision(c, http.StatusConflict, views.RefusedReport{ID: id, Note: form.Get("note"), Problem: problem}, "")
	case err != nil:
		return err
	}
	return c.Redirect(http.StatusSeeOther, cmp.Or(next, views.ReportedURL(string(auth.ReportOpen))))
}

// takeDecision takes a decision about a report. A form that was sent twice changes nothing. The decision has its record in the access
// log, with the person, before it is taken. Where it is not taken after all, a second record says that it failed.
func (s *Server) takeDecision(c echo.Context, d auth.Decision, report *auth.SignInAnswer) error {
	switch {
	case report.State == d.To && report.DecidedBy == d.By && report.Note == d.Note:
		return nil
	case report.State != d.Was:
		return auth.ErrReportChanged
	}
	about := seenBy(viewer(c))
	about.answer(report)
	record := about.into(access.Record{Action: access.Triage, RecordID: strconv.FormatInt(d.ID, 10), Query: string(d.To)})
	if err := s.record(c, record); err != nil {
		return err
	}
	if err := s.Answers.DecideReport(c.Request().Context(), d); err != nil {
		s.recordFailed(c, record)
		return err
	}
	s.Log.InfoContext(c.Request().Context(), "report decided", "id", requestIDOf(c), "account", d.By, "report", d.ID, "from", d.Was, "to", d.To)
	return nil
}

// refuseDecision shows the queue of the form again, with the form as it was filled in. It shows every report where the
// report may have moved to another state.
func (s *Server) refuseDecision(c echo.Context, status int, refused views.RefusedReport, next string) error {
	var params url.Values
	if u, err := url.Parse(next); err == nil && (u.Path == views.ProtectionReportedPath || u.Path == views.ReportedPath) {
		params = u.Query()
	}
	if _, bad := parseReported(params); len(bad) > 0 {
		params = nil
	}
	return s.reportedPage(c, params, status, &refused)
}
