package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
)

// accountOf gives the account that an address names, else ErrNotFound.
func (s *Server) accountOf(c echo.Context) (auth.Account, error) {
	return accountFrom(c, s.Accounts.ByID)
}

// changeableOf gives the account that an address names if the viewer may change it, else ErrNotFound or auth.NotAllowed.
func (s *Server) changeableOf(c echo.Context) (auth.Account, error) {
	return accountFrom(c, s.accountsBy(c).Changeable)
}

func accountFrom(c echo.Context, find func(ctx context.Context, id int64) (auth.Account, error)) (auth.Account, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return auth.Account{}, store.ErrNotFound
	}
	account, err := find(c.Request().Context(), id)
	if errors.Is(err, auth.ErrNoAccount) {
		return auth.Account{}, store.ErrNotFound
	}
	return account, err
}

// person is the page of one account.
func (s *Server) person(c echo.Context) error {
	account, err := s.accountOf(c)
	if err != nil {
		return err
	}
	said, err := doneOf(c)
	if err != nil {
		return err
	}
	return s.renderPerson(c, http.StatusOK, account, views.PersonPage{Form: personForm(viewer(c), account, roleNames(account.Roles)), Done: said})
}

// settled gives an account with its user ID, which it looks for if the account needs one. A page must not fail because of
// that.
func (s *Server) settled(c echo.Context, account auth.Account) auth.Account {
	settled, err := s.Accounts.Settle(c.Request().Context(), account)
	if err != nil {
		s.Log.WarnContext(c.Request().Context(), "look for the user ID of an account", "id", requestIDOf(c), "account", account.Name, "error", err)
	}
	return settled
}

func roleNames(roles []auth.Role) []string {
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = string(role)
	}
	return names
}

// renderPerson fills in the parts of the account's page that do not depend on the request.
func (s *Server) renderPerson(c echo.Context, status int, account auth.Account, page views.PersonPage) (err error) {
	account = s.settled(c, account)
	page.Shell, page.Person, page.Now = s.shell(c, account.Name, views.NavSettings), personOf(viewer(c), account), s.Now()
	if scope := scopeOf(account); !scope.IsZero() {
		page.Person.Scope = views.ScopeNames(s.scopeNames(c.Request().Context(), scope))
	}
	if page.Scope.Errors != nil {
		page.Person.MayBeLimited = true // so that the form can say why not
	} else {
		page.Scope = views.ScopeForm{Groups: strings.Join(account.Scope.Groups, "\n"), Apps: strings.Join(account.Scope.Apps, "\n")}
	}
	page.Shell.Here = views.PersonURL(account.ID) // a GET of a form's own address is not answered
	if page.Sessions, page.MoreSessions, _, err = s.listSessions(c, account.ID, nil); err != nil {
		return err
	}
	return render(c, status, views.OnePerson(page))
}

// editPerson changes an account's roles, user principal name, user ID and mail address.
func (s *Server) editPerson(c echo.Context) error {
	account, err := s.changeableOf(c)
	if err != nil {
		return err
	}
	form, err := postForm(c)
	if err != nil {
		return err
	}
	edit := auth.AccountEdit{Roles: rolesOf(form), UserPrincipalName: form.Get("upn"), UserID: form.Get("userid")}
	if form.Has("mail") { // a page of before there were mail addresses has no such field
		mail := form.Get("mail")
		edit.Mail = &mail
	}
	problems, err := formProblems(s.accountsBy(c).Edit(c.Request().Context(), account.Name, edit))
	if err != nil {
		return err
	}
	if problems != nil {
		typed := personForm(viewer(c), typedAccount(form), form["role"])
		if typed.Errors = problems; edit.Mail == nil {
			typed.Mail = account.Mail
		}
		return s.renderPerson(c, http.StatusUnprocessableEntity, account, views.PersonPage{Form: typed})
	}
	return c.Redirect(http.StatusSeeOther, views.PersonURL(account.ID)+"?done=edited")
}

// setPersonScope limits an account, or lifts its limit.
func (s *Server) setPersonScope(c echo.Context) error {
	account, err := s.changeableOf(c)
	if err != nil {
		return err
	}
	form, err := postForm(c)
	if err != nil {
		return err
	}
	scope, err := auth.NewScope(strings.Fields(form.Get("group")), strings.Fields(form.Get("app")))
	if err == nil {
		err = s.accountsBy(c).SetScope(c.Request().Context(), account.Name, scope)
	}
	problems, err := formProblems(err)
	if err != nil {
		return err
	}
	if problems != nil {
		page := views.PersonPage{Form: personForm(viewer(c), account, roleNames(account.Roles)), Scope: views.ScopeForm{Groups: form.Get("group"), Apps: form.Get("app"), Errors: problems}}
		return s.renderPerson(c, http.StatusUnprocessableEntity, account, page)
	}
	return c.Redirect(http.StatusSeeOther, views.PersonURL(account.ID)+"?done=scope")
}

// setPersonPassword gives an account a new password.
func (s *Server) setPersonPassword(c echo.Context) error {
	account, err := s.changeableOf(c)
	if err != nil {
		return err
	}
	form, err := postForm(c)
	if err != nil {
		return err
	}
	problems := repeatProblem(form)
	if problems == nil {
		if problems, err = formProblems(s.accountsBy(c).SetPassword(c.Request().Context(), account.Name, form.Get("password"))); err != nil {
			return err
		}
	}
	if problems != nil {
		page := views.PersonPage{Form: personForm(viewer(c), account, roleNames(account.Roles)), PasswordErrors: problems}
		return s.renderPerson(c, http.StatusUnprocessableEntity, account, page)
	}
	return c.Redirect(http.StatusSeeOther, views.PersonURL(account.ID)+"?done=password")
}

// These are the actions on an account that ask for confirmation first.
const (
	doDisable = "disable"
	doRemove  = "remove"
)

// confirmPerson asks before an account is disabled or removed.
func (s *Server) confirmPerson(do string) echo.HandlerFunc {
	return func(c echo.Context) error {
		account, err := s.changeableOf(c)
		if err != nil {
			return err
		}
		if _, err := doneOf(c); err != nil {
			return err
		}
		back := views.PersonURL(account.ID)
		page := views.ConfirmPage{
			Question: "Disable " + account.Name + "?", Button: "Disable", Action: back + "/" + do, Back: back,
			Consequence: "They are signed out everywhere at once and cannot sign in until somebody enables the account again. What they kept stays.",
		}
		if do == doRemove {
			page.Question, page.Button = "Remove "+account.Name+"?", "Remove"
			page.Consequence = "They are signed out everywhere at once. The account, its preferences and its saved views, shared ones too, are gone for good. " +
				"To keep somebody out for a while, disable the account."
		}
		page.Shell = s.shell(c, page.Question, views.NavSettings)
		return render(c, http.StatusOK, views.Confirm(page))
	}
}

func (s *Server) disablePerson(c echo.Context) error {
	return s.changePerson(c, "disabled", func(account auth.Account) (string, error) {
		return views.PersonURL(account.ID), s.accountsBy(c).Disable(c.Request().Context(), account.Name)
	})
}

func (s *Server) enablePerson(c echo.Context) error {
	return s.changePerson(c, "enabled", func(account auth.Account) (string, error) {
		return views.PersonURL(account.ID), s.accountsBy(c).Enable(c.Request().Context(), account.Name)
	})
}

func (s *Server) removePerson(c echo.Context) error {
	return s.changePerson(c, "removed", func(account auth.Account) (string, error) {
		return views.PeopleURL(), s.accountsBy(c).Remove(c.Request().Context(), account.Name)
	})
}

// changePerson changes an account and leads to a page that says so. For the last administrator the page says why not.
func (s *Server) changePerson(c echo.Context, did string, change func(auth.Account) (leads string, err error)) error {
	account, err := s.changeableOf(c)
	if err != nil {
		return err
	}
	leads, err := change(account)
	switch {
	case errors.Is(err, auth.ErrLastAdministrator):
		page := views.PersonPage{Form: personForm(viewer(c), account, roleNames(account.Roles)), Problem: lastAdministrator}
		return s.renderPerson(c, http.StatusConflict, account, page)
	case errors.Is(err, auth.ErrNoAccount):
		return store.ErrNotFound // removed meanwhile
	case err != nil:
		return err
	}
	return c.Redirect(http.StatusSeeOther, leads+"?done="+did)
}
