package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
)

const (
	peoplePerPage = 50
	maxSearch     = 200 // characters
)

// done has the sentences about the last change, by the word that the address of the page after it carries.
var done = map[string]string{
	"saved":           "Saved.",
	"added":           "Added. They can sign in now.",
	"scope":           "The scope is set. Where it changed, their sessions have ended.",
	"edited":          "Saved. Where something changed, their sessions have ended.",
	"password":        "The password is set, and all sessions that stood open have ended.",
	"disabled":        "Disabled. Their sessions have ended, and they cannot sign in.",
	"enabled":         "Enabled. They can sign in again.",
	"mapping-renamed": "Renamed.",
	"mapping-changed": "Changed. Files that are imported from now on are read so. Rows that were imported before stay as they are.",
	"mapping-removed": "Deleted. Records that were imported with it stay as they are.",
	"removed":         "Removed, with all their sessions and what they kept.",
	"ended":           "Ended. Whoever was signed in there has to sign in again.",
	"watch-added":     "Saved. It is on from now.",
	"watch-removed":   "Deleted.",
	"watch-pause":     "Paused. Nothing is sent until you start it again.",
	"watch-resume":    "Started again, from now on.",
	"watch-back":      "Started again. Sign-ins of the last 7 days that were not told are told now.",
	"watch-try":       "Tried. What was sent is listed below within some seconds: reload the page.",
	"none":            "There was no such session: it had ended already.",
}

// doneOf reads the sentence about the last change from a page's address, which may hold these parameters and
// no other.
func doneOf(c echo.Context, names ...string) (string, error) {
	params := c.QueryParams()
	var bad store.BadParams
	for name, values := range params {
		switch {
		case name != "done" && !slices.Contains(names, name):
			bad = append(bad, store.BadParam{Param: name, Problem: "is not known here."})
		case len(values) > 1:
			bad = append(bad, store.BadParam{Param: name, Problem: "is given more than once."})
		case name == "done" && done[values[0]] == "":
			bad = append(bad, store.BadParam{Param: name, Value: values[0], Problem: "is nothing that is done here."})
		}
	}
	if len(bad) > 0 {
		return "", bad
	}
	return done[params.Get("done")], nil
}

// people is the list of the accounts.
func (s *Server) people(c echo.Context) error {
	said, err := doneOf(c, "q", "after")
	if err != nil {
		return err
	}
	holds, after := c.QueryParam("q"), c.QueryParam("after")
	if utf8.RuneCountInString(holds) > maxSearch || !utf8.ValidString(holds) {
		return store.BadParam{Param: "q", Problem: "is longer than 200 characters, or no text."}
	}
	list, more, err := s.Accounts.Page(c.Request().Context(), auth.AccountsQuery{Holds: holds, After: after, Limit: peoplePerPage})
	if err != nil {
		return err
	}
	page := views.PeoplePage{
		Shell: s.shell(c, "People", views.NavSettings), Holds: holds, IsFirst: after == "", Done: said, Now: s.Now(),
	}
	for _, account := range list {
		page.Rows = append(page.Rows, personOf(viewer(c), account))
	}
	if more {
		page.Next = list[len(list)-1].Name
	}
	return render(c, http.StatusOK, views.People(page))
}

func personOf(v Viewer, a auth.Account) views.Person {
	return views.Person{
		ID: a.ID, Name: a.Name, Roles: roleLabels(a.Roles), UPN: a.UserPrincipalName, UserID: a.UserID, Mail: a.Mail, Disabled: a.Disabled,
		FoundID: a.Found.ID, FoundFrom: a.Found.From, FoundAt: a.Found.At, NeedsUserID: a.NeedsUserID(), MayChange: v.Rights.MayChange(a),
		MayBeLimited: !a.Rights().MaySee(auth.PeopleData) || !a.Scope.IsZero(),
		Demo:         a.Demo, You: a.ID == v.Account.ID, Created: a.Created, LastSeen: a.LastSignIn,
	}
}

func roleLabels(roles []auth.Role) []string {
	labels := make([]string, len(roles))
	for i, role := range roles {
		labels[i] = role.Label()
	}
	return labels
}

// personForm is a form with the typed values, or with the stored ones. It offers the roles that the viewer
// may give.
func personForm(v Viewer, a auth.Account, chosen []string) views.PersonForm {
	form := views.PersonForm{Name: a.Name, UPN: a.UserPrincipalName, UserID: a.UserID, Mail: a.Mail, MinPassword: auth.MinPasswordLength}
	for _, role := range auth.Roles() {
		if !v.Rights.MayKeep(role) {
			continue
		}
		form.Roles = append(form.Roles, views.RoleChoice{
			Value: string(role), Label: role.Label(), Note: role.Note(), Chosen: slices.Contains(chosen, string(role)),
		})
	}
	return form
}

// typedAccount gives the values of a form about an account.
func typedAccount(form url.Values) auth.Account {
	return auth.Account{Name: form.Get("name"), UserPrincipalName: form.Get("upn"), UserID: form.Get("userid"), Mail: form.Get("mail")}
}

func (s *Server) newPerson(c echo.Context) error {
	if _, err := doneOf(c); err != nil {
		return err
	}
	return s.renderNewPerson(c, http.StatusOK, personForm(viewer(c), auth.Account{}, nil))
}

func (s *Server) renderNewPerson(c echo.Context, status int, form views.PersonForm) error {
	return render(c, status, views.NewPerson(views.NewPersonPage{Shell: s.shell(c, "Add a person", views.NavSettings), Form: form}))
}

// addPerson adds an account.
func (s *Server) addPerson(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	roles, problems := rolesOf(form), repeatProblem(form)
	var account auth.Account
	if problems == nil {
		account, err = s.accountsBy(c).Add(c.Request().Context(), auth.NewAccount{
			Name: form.Get("name"), Password: form.Get("password"), Roles: roles, UserPrincipalName: form.Get("upn"), UserID: form.Get("userid"), Mail: form.Get("mail"),
		})
		if problems, err = formProblems(err); err != nil {
			return err
		}
	}
	if problems != nil {
		page := personForm(viewer(c), typedAccount(form), form["role"])
		page.Errors = problems
		return s.renderNewPerson(c, http.StatusUnprocessableEntity, page)
	}
	account = s.settled(c, account)
	return c.Redirect(http.StatusSeeOther, views.PersonURL(account.ID)+"?done=added")
}

// rolesOf gives the roles that a form names; none where it names an unknown one.
func rolesOf(form url.Values) []auth.Role {
	roles, err := auth.ParseRoles(form["role"])
	if err != nil {
		return nil // the rule that a role is needed says it
	}
	return roles
}

// repeatProblem says that the two typed passwords differ.
func repeatProblem(form url.Values) map[string]string {
	if form.Get("password") == form.Get("repeat") {
		return nil
	}
	return map[string]string{"repeat": "The two passwords are not the same. Type both again."}
}

// formProblems gives the sentence about a broken rule, by the name of its control; it returns any other
// error.
func formProblems(err error) (map[string]string, error) {
	var invalid auth.Invalid
	switch {
	case errors.As(err, &invalid):
		return map[string]string{invalid.Field: invalid.Problem}, nil
	case errors.Is(err, auth.ErrNameTaken):
		return map[string]string{"name": "There is already an account of that name. Choose another one."}, nil
	case errors.Is(err, auth.ErrLastAdministrator):
		return map[string]string{"": lastAdministrator}, nil
	}
	return nil, err
}

const lastAdministrator = "This is the last enabled Global Administrator, without whom nobody could manage Signpost. Make another one first."
