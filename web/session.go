package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/views"
)

// signInAddress leads to the sign-in page and back here afterwards.
func signInAddress(c echo.Context) string {
	r := c.Request()
	next := here(c)
	if r.Method != http.MethodGet && r.Method != http.MethodHead && !isFragment(r) {
		next = localReferer(r) // the page of the form: a GET of its own address is not answered
	}
	q := url.Values{}
	if next != "" {
		q.Set("next", next)
	}
	if ended, _ := c.Get(sessionEndedKey).(bool); ended {
		q.Set("session", "ended")
	}
	if len(q) == 0 {
		return "/signin"
	}
	return "/signin?" + q.Encode()
}

// signInPage shows the form; a signed-in viewer goes on at once.
func (s *Server) signInPage(c echo.Context) error {
	next := localPath(c.QueryParam("next"))
	if v := viewer(c); v.Rights.SignedIn() {
		return c.Redirect(http.StatusSeeOther, s.destination(v, next))
	}
	page := views.SignIn{Next: next}
	if c.QueryParam("session") == "ended" {
		page.Notice = "Your session has ended. Sign in again to go on where you were."
	}
	return s.renderSignIn(c, http.StatusOK, page)
}

func (s *Server) renderSignIn(c echo.Context, status int, page views.SignIn) error {
	open, err := s.Setup.Open(c.Request().Context())
	if err != nil {
		return err
	}
	page.SetupOpen, page.Demo = open, s.DemoAccounts
	return render(c, status, views.SignInPage(s.shell(c, "Sign in", ""), page))
}

// signIn begins a session, or says why not.
func (s *Server) signIn(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	page := views.SignIn{Name: form.Get("name"), Next: localPath(form.Get("next"))}
	account, err := s.Accounts.SignInFrom(c.Request().Context(), c.RealIP(), page.Name, form.Get("password"))
	if err == nil {
		if err = s.beginSession(c, account); err != nil { // the account was changed since its password was checked
			s.Accounts.SignInFailed(c.Request().Context(), c.RealIP(), page.Name, err)
		}
	}
	var tooMany auth.TooManyAttempts
	switch {
	case errors.As(err, &tooMany):
		page.Error = tooManyAttempts(c, tooMany)
		return s.renderSignIn(c, http.StatusTooManyRequests, page)
	case errors.Is(err, auth.ErrWrongPassword):
		page.Error = "The name or the password is wrong. Check both and try again."
		return s.renderSignIn(c, http.StatusUnauthorized, page)
	case errors.Is(err, auth.ErrDisabled):
		page.Error = "This account is disabled. Ask an administrator of Signpost to enable it."
		return s.renderSignIn(c, http.StatusForbidden, page)
	case err != nil:
		return err
	}
	s.Accounts.SignedIn(c.Request().Context(), c.RealIP(), account)
	return c.Redirect(http.StatusSeeOther, s.destination(Viewer{Account: account, Rights: account.Rights()}, page.Next))
}

// signOut ends the session, if there is one.
func (s *Server) signOut(c echo.Context) error {
	r := c.Request()
	session, err := s.Sessions.Get(r, s.cookieName(r))
	if err != nil && session.IsNew && !errors.Is(err, auth.ErrForeignCookie) && !errors.Is(err, auth.ErrSessionEnded) {
		return err
	}
	session.Options.Secure = s.isHTTPS(r)
	if err := s.Sessions.SignOut(r, c.Response(), session); err != nil {
		return err
	}
	// Pages in the browser's memory go with the session. Cookies are not named: that would also clear those of other hosts
	// of the same domain. The session's own cookie is removed above.
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return c.Redirect(http.StatusSeeOther, "/signin")
}

func (s *Server) beginSession(c echo.Context, account auth.Account) error {
	r := c.Request()
	session, err := s.Sessions.Get(r, s.cookieName(r))
	if err != nil && session.IsNew && !errors.Is(err, auth.ErrForeignCookie) && !errors.Is(err, auth.ErrSessionEnded) {
		return err
	}
	session.Options.Secure = s.isHTTPS(r)
	return s.Sessions.SignIn(r, c.Response(), session, account)
}

// destination gives the address after signing in. It is next, unless this viewer may not open that page or it makes no sense
// to come back to it. The start page leads everybody to the right one.
func (s *Server) destination(v Viewer, next string) string {
	u, err := url.Parse(next)
	if next == "" || err != nil {
		return "/"
	}
	c := s.echo.NewContext(nil, nil)
	s.echo.Router().Find(http.MethodGet, u.Path, c)
	page, isPage := s.pages[http.MethodGet+" "+c.Path()]
	_, isForm := s.pages[http.MethodPost+" "+c.Path()]
	switch {
	case !isPage && !isForm:
		return next // no such page: its own answer says so
	case !isPage, page == auth.PageSignIn, page == auth.PageSetup, page == auth.PageProgress, !v.Rights.MayOpen(page):
		return "/"
	}
	return next
}

// postForm reads the fields of a form from the body only, because logs hold addresses.
func postForm(c echo.Context) (url.Values, error) {
	if _, err := c.FormParams(); err != nil {
		var answer *echo.HTTPError
		if errors.As(err, &answer) {
			return nil, answer
		}
		return nil, echo.NewHTTPError(http.StatusBadRequest, "The form could not be read.").SetInternal(err)
	}
	return c.Request().PostForm, nil
}
