package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/views"
)

// setupPage shows the form for the first administrator while there is none.
func (s *Server) setupPage(c echo.Context) error {
	open, err := s.Setup.Open(c.Request().Context())
	switch {
	case err != nil:
		return err
	case !open:
		return s.setupDone(c)
	}
	return s.renderSetup(c, http.StatusOK, views.SetupForm{})
}

// setup makes the first administrator and signs them in.
func (s *Server) setup(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	page := views.SetupForm{
		Code: form.Get("code"), Name: form.Get("name"), UserPrincipalName: form.Get("upn"), UserID: form.Get("userid"),
	}
	if open, err := s.Setup.Open(c.Request().Context()); err != nil {
		return err
	} else if open && form.Get("password") != form.Get("repeat") {
		page.Errors = map[string]string{"repeat": "The two passwords are not the same. Type both again."}
		return s.renderSetup(c, http.StatusUnprocessableEntity, page)
	}
	account, err := s.Setup.Complete(c.Request().Context(), c.RealIP(), page.Code, auth.NewAccount{
		Name: page.Name, Password: form.Get("password"), UserPrincipalName: page.UserPrincipalName, UserID: page.UserID,
	})
	if err != nil {
		return s.setupRefused(c, page, err)
	}
	if err := s.beginSession(c, account); err != nil {
		return err
	}
	s.Accounts.SignedIn(c.Request().Context(), c.RealIP(), account)
	return c.Redirect(http.StatusSeeOther, "/")
}

func (s *Server) setupRefused(c echo.Context, page views.SetupForm, err error) error {
	s.Accounts.SignInFailed(c.Request().Context(), c.RealIP(), "", err)
	var invalid auth.Invalid
	var tooMany auth.TooManyAttempts
	switch {
	case errors.Is(err, auth.ErrAlreadySetUp):
		return s.setupDone(c)
	case errors.Is(err, auth.ErrWrongSetupCode):
		page.Errors = map[string]string{"code": "This is not the code. Copy the newest one from the terminal where Signpost was started: there is a new one after each start and after an hour."}
		return s.renderSetup(c, http.StatusForbidden, page)
	case errors.As(err, &tooMany):
		page.Errors = map[string]string{"code": "There were too many wrong codes from your network. Wait " + waitFor(c, tooMany) + ", then try again: until then no code is looked at."}
		return s.renderSetup(c, http.StatusTooManyRequests, page)
	case errors.As(err, &invalid):
		page.Errors = map[string]string{invalid.Field: invalid.Problem}
		return s.renderSetup(c, http.StatusUnprocessableEntity, page)
	}
	return err
}

func (s *Server) renderSetup(c echo.Context, status int, page views.SetupForm) error {
	page.MinPassword = strconv.Itoa(auth.MinPasswordLength)
	return render(c, status, views.SetupPage(s.shell(c, "First administrator", ""), page))
}

func (s *Server) setupDone(c echo.Context) error {
	return s.writeProblem(c, views.Problem{
		Status: http.StatusNotFound, Title: "Setup is done", Message: "There is an account already: the first administrator is made once.",
		Advice: "Sign in, or ask an administrator of Signpost for an account.", Link: "/signin", LinkText: "Sign in",
	})
}
