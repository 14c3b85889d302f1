package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// meDetails is one of the viewer's own sign-ins. Somebody else's sign-in and a missing one get the same answer: not
// found.
func (s *Server) meDetails(c echo.Context) error {
	page, err := s.meDetailsPage(c)
	if err != nil {
		return err
	}
	var ok bool
	if page.Whole, ok = views.AsksWhole(c.QueryParam("whole")); !ok {
		return store.BadParam{Param: "whole", Value: c.QueryParam("whole"), Problem: "knows one value: yes."}
	}
	return render(c, http.StatusOK, views.MeDetails(page))
}

func (s *Server) meDetailsPage(c echo.Context) (page views.MeDetailsPage, err error) {
	v, err := s.self(c)
	if err != nil {
		return page, err
	}
	ctx, reader, release, err := s.openOwnSnapshot(c)
	if err != nil {
		return page, err
	}
	defer release()
	record, own, err := s.own(v).SignIn(ctx, reader.Reader, idParam(c))
	if err != nil {
		return page, err
	}
	return views.MeDetailsPage{
		Shell: s.meShell(c, "My sign-in"), SignIn: record.SignIn(), Own: own, Now: s.Now(), Misread: ask.Misread(record, s.Misread),
	}, nil
}

// answerSignIn takes a person's answer about one of their own sign-ins, or takes it back. Any other id gets the same 404
// as on the page.
func (s *Server) answerSignIn(c echo.Context) error {
	page, err := s.meDetailsPage(c)
	if err != nil {
		return err
	}
	form, err := postForm(c)
	if err != nil {
		return err
	}
	v, ctx, do := viewer(c), c.Request().Context(), form.Get("do")
	switch do {
	case "mine", "notmine":
		page.Comment = form.Get("comment")
		err = s.keepAnswer(ctx, v, page, do == "mine")
	case "takeback":
		err = s.Answers.TakeBackAnswer(ctx, v.Account.ID, string(answeredLog(page)), answeredID(page))
		if errors.Is(err, auth.ErrNoAnswer) {
			err = nil // taken back already, in another window
		}
	default:
		return echo.NewHTTPError(http.StatusBadRequest, "The form does not say what to do.")
	}
	if problem, ok := answerProblem(err); ok {
		page.Problem, page.Shell.Here = problem, views.MeDetailsURL(page.SignIn.ID)
		return render(c, http.StatusBadRequest, views.MeDetails(page))
	}
	if err != nil {
		return err
	}
	next := localPath(form.Get("next"))
	if do != "mine" || next == "" {
		next = views.MeDetailsURL(page.SignIn.ID) // that page says what to do now
	}
	return c.Redirect(http.StatusSeeOther, next)
}

func (s *Server) keepAnswer(ctx context.Context, v Viewer, page views.MeDetailsPage, mine bool) error {
	comment, err := auth.CommentText("comment", page.Comment)
	if err != nil {
		return err
	}
	t := &page.Own.Trace
	seen := auth.SeenSignIn{IPAddress: t.IPAddress, Unusual: views.MarkSentences(page.Own.Marks, t, views.Zone{})}
	seen.Result, seen.Application, seen.Place, seen.Device = views.SeenText(&page.Own)
	return s.Answers.AnswerSignIn(ctx, auth.SignInAnswer{
		AccountID: v.Account.ID, UserPrincipalName: page.SignIn.UserPrincipalName, UserID: page.SignIn.UserID,
		Log: string(answeredLog(page)), SignInID: answeredID(page), Time: page.SignIn.Time, Seen: seen,
		Mine: mine, Comment: comment, Answered: s.Now().UTC(),
	})
}

// answeredID is the request ID of the answer that the page has, else of its sign-in.
func answeredID(page views.MeDetailsPage) string {
	if a := page.Own.Answer; a != nil {
		return a.SignInID
	}
	return page.SignIn.ID
}

// answeredLog is the log of the answer that the page has, else of its sign-in.
func answeredLog(page views.MeDetailsPage) store.Log {
	if a := page.Own.Answer; a != nil {
		return a.Log
	}
	return page.SignIn.Log
}

// answerProblem is the sentence for a person about an answer that was refused; ok is false for any other error.
func answerProblem(err error) (problem string, ok bool) {
	var invalid auth.Invalid
	switch {
	case errors.As(err, &invalid):
		return invalid.Problem, true
	case errors.Is(err, auth.ErrSettled):
		return "An administrator has looked at your report already, so it stands. Tell the helpdesk if something is wrong with that.", true
	case errors.Is(err, auth.ErrTooManyAnswers):
		return "You have answered for 1,000 sign-ins, which is as many as are kept. Tell the helpdesk of this one.", true
	}
	return "", false
}
