package web

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

func (s *Server) user(c echo.Context) error  { return s.entity(c, store.ObjectUser) }
func (s *Server) group(c echo.Context) error { return s.entity(c, store.ObjectGroup) }
func (s *Server) app(c echo.Context) error   { return s.entity(c, store.ObjectApplication) }

// entity is the page of one user, group, application or service principal, with the facts of the directory and of the
// logs.
func (s *Server) entity(c echo.Context, kind store.ObjectKind) error {
	if done, err := s.asked(c); done {
		return err
	}
	page := views.EntityPage{Now: s.Now()}
	question := ask.Object{Kind: kind, ID: store.FoldCase(idParam(c))}
	var bad store.BadParams
	if page.Range, bad = s.parseEntity(withoutReason(c.QueryParams()), &question, s.now(c)); len(bad) > 0 {
		return bad
	}
	page.MemberText, page.MembersAfter = question.MemberText, question.MembersAfter
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	known, err := question.Ask(ctx, reader.Reader)
	if err != nil {
		return err
	}
	page.KnownObject = *known
	page.Shell = s.shell(c, page.Title(), views.NavOf(page.Kind))
	if page.Risks, err = ask.RisksOf(ctx, reader.Reader, known); err != nil {
		return err
	}
	changes := known.ChangesIn(page.Range)
	if err := changes.Ask(ctx, reader.Reader); err != nil {
		return err
	}
	page.Changes = changes.Parts
	if known.IsInLogs() {
		activity, err := ask.Activity{
			Kind: known.Kind, ID: known.ID, Range: page.Range, Location: page.Shell.Zone.Location(),
			Fields: views.TopFields, Top: views.TopAsked, Rows: views.TopShown,
		}.Ask(ctx, reader.Reader)
		if err != nil {
			return err
		}
		page.Take(activity)
		if page.Covered, err = s.coverageOfLogs(ctx, reader, viewer(c), ask.LogsOf(known.Kind), page.Range, page.Now); err != nil {
			return err
		}
	}
	if err := s.recordObject(c, &page); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.Entity(page))
}

// maxMemberText bounds the characters of a search among a group's members.
const maxMemberText = 200

// parseEntity reads the range of a page and, for a group, the choice of members to list.
func (s *Server) parseEntity(params url.Values, question *ask.Object, now time.Time) (store.Range, store.BadParams) {
	rest := maps.Clone(params)
	var bad store.BadParams
	wrong := func(param, value, problem string) {
		bad = append(bad, store.BadParam{Param: param, Value: value, Problem: problem})
	}
	if question.Kind == store.ObjectGroup {
		for _, param := range []string{"member", "after"} {
			if len(params[param]) > 1 {
				wrong(param, strings.Join(params[param], ", "), "is given more than once. Keep one.")
			}
			delete(rest, param)
		}
		if question.MemberText = params.Get("member"); utf8.RuneCountInString(question.MemberText) > maxMemberText || !utf8.ValidString(question.MemberText) {
			wrong("member", "", "is too long, or no text: at most 200 characters are looked for. Shorten it.")
		}
		question.MembersAfter = parsePlace(params.Get("after"), "after", wrong)
	}
	query, badRange := s.parseSome(rest, rangeParams, now)
	return query.Range, append(bad, badRange...)
}
