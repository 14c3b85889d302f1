package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/views"
)

// meParams are the parameters of the own sign-ins. There is no filter: nobody learns by asking yes/no
// questions what the page does not show.
var meParams = []string{"range", "from", "to", "after", "before", "limit"}

// me is the list of the viewer's own sign-ins.
func (s *Server) me(c echo.Context) error {
	query, bad := s.parseSome(c.QueryParams(), meParams)
	person := viewer(c).Person()
	page := views.MePage{
		Shell: s.shell(c, "My sign-ins", views.NavMe), Range: query.Range, Limit: query.Limit, Bad: bad,
		NoIdentity: person.IsEmpty(), Now: s.Now(),
	}
	if len(bad) > 0 {
		return render(c, http.StatusBadRequest, views.Me(page))
	}
	if person.IsEmpty() {
		return render(c, http.StatusOK, views.Me(page))
	}
	err := ask(c.Request().Context(), func(ctx context.Context) error {
		own, err := s.Store.PersonSignIns(ctx, store.PersonQuery{
			Person: person, Range: query.Range, After: query.After, Before: query.Before, Limit: query.Limit,
		})
		page.Rows, page.Next, page.Prev = own.Rows, own.Next, own.Prev
		return err
	})
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.Me(page))
}

// meDetails is one of the viewer's own sign-ins. Somebody else's, and one that does not exist, are the same
// answer: not found.
func (s *Server) meDetails(c echo.Context) error {
	var record store.Record
	err := ask(c.Request().Context(), func(ctx context.Context) (err error) {
		record, err = s.Store.PersonSignIn(ctx, viewer(c).Person(), idParam(c))
		return err
	})
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.MeDetails(views.MeDetailsPage{
		Shell: s.shell(c, "My sign-in", views.NavMe), SignIn: record.SignIn, Now: s.Now(),
	}))
}
