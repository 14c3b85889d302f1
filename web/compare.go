package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// errTwoKinds refuses records that have nothing in common.
var errTwoKinds = echo.NewHTTPError(http.StatusBadRequest, "Two records of one kind can be compared: two sign-ins, two audit records. These are of two kinds.")

// compare is the page that compares two records. With one of them it offers others to choose from.
func (s *Server) compare(c echo.Context) error {
	v := viewer(c)
	list, a, err := s.comparedRef(v, views.CompareA, c.QueryParam(views.CompareA), "")
	if err != nil {
		return err
	}
	from, err := s.listPlace(v, list.Log, c.QueryParam(listParam), s.now(c))
	if err != nil {
		return err
	}
	question := ask.Compare{A: a}
	other := list
	if text := strings.TrimSpace(c.QueryParam(views.CompareB)); text != "" {
		ref := store.Ref{}
		if other, ref, err = s.comparedRef(v, views.CompareB, text, list.Log); err != nil {
			return err
		}
		question.B = &ref
	}
	if list.Kind() != other.Kind() {
		return errTwoKinds
	}
	if from != nil {
		whole := wholeList(from)
		question.List = &whole
	}
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	answer, err := question.Ask(ctx, reader.Reader)
	if errors.Is(err, store.ErrNotFound) {
		if question, err = question.WhereMoved(ctx, reader.Reader); err == nil {
			return c.Redirect(http.StatusSeeOther, views.ComparedURL(question, from))
		}
	}
	if err != nil {
		return err
	}
	shell := s.shell(c, "Compare", list.NavLink().Name)
	side := func(list views.List, record store.Record) views.DetailsPage {
		page := s.detailsFor(v, list, shell)
		page.Record, page.From = record, from
		return page
	}
	page := views.ComparePage{Shell: shell, A: side(list, answer.A), Offered: answer.Offered}
	if answer.B != nil {
		b := side(other, *answer.B)
		page.B = &b
	}
	if err := s.recordCompared(c, &page); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.Compare(page))
}

// recordCompared writes down the records that are about to be shown.
func (s *Server) recordCompared(c echo.Context, page *views.ComparePage) error {
	if err := s.recordDetails(c, &page.A, access.Open); err != nil {
		return err
	}
	if page.B != nil {
		return s.recordDetails(c, page.B, access.Open)
	}
	offered := seenBy(viewer(c))
	offered.all(page.Offered.Rows)
	query := store.Query{Range: page.Offered.Query.Range, Filter: page.Offered.Query.Filter}
	return s.record(c, offered.into(access.Record{Action: access.List, Log: page.Offered.Query.Log, Query: recordedQuery(query)}))
}

// comparedRef reads the record that a parameter names: LOG/ID, the address of its page, or the ID alone. An ID alone is in the
// log within. It refuses a log that the viewer may not read, as the log's own page does.
func (s *Server) comparedRef(v Viewer, param, text string, within store.Log) (views.List, store.Ref, error) {
	name, id := splitRecord(text)
	if name == "" || id == "" || within != "" && !s.isList(name) {
		name, id = string(within), text
	}
	if name == "" || id == "" {
		return views.List{}, store.Ref{}, store.BadParam{Param: param, Value: text, Problem: "names no record. A record is named by its log and its ID: interactive/ID."}
	}
	list, err := s.listNamed(v, name)
	return list, store.Ref{Log: list.Log, ID: id}, err
}

// splitRecord splits LOG/ID. It also takes the address of a page of details.
func splitRecord(text string) (log, id string) {
	_, rest, isAddress := strings.Cut(text, "/logs/")
	if !isAddress {
		log, id, _ = strings.Cut(text, "/")
		return log, id
	}
	rest, _, _ = strings.Cut(rest, "?")
	log, id, _ = strings.Cut(rest, "/")
	if plain, err := url.PathUnescape(id); err == nil {
		id = plain
	}
	return log, id
}

// isList says that there is a list of this name, whoever may read it.
func (s *Server) isList(name string) bool {
	_, err := listOf(s.looks, name)
	return err == nil
}
