package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/views"
)

// unfoldedGroup is a group that the address asks to see unfolded, with some of its members.
type unfoldedGroup struct {
	info    store.LogInfo
	window  store.Window
	members views.MemberPage
}

// members answers with the rows of one group only.
func (s *Server) members(ctx context.Context, c echo.Context, page views.LogPage) error {
	key := page.Query.Expanded[0]
	var members store.Page
	err := ask(ctx, func(ctx context.Context) (err error) {
		members, err = s.Store.Members(ctx, membersQuery(&page, key, page.Query.Members))
		return err
	})
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.MemberRows(views.Members{
		Page: page, Group: key, MemberPage: views.MemberPage{Rows: members.Rows, Next: members.Next},
	}))
}

func membersQuery(page *views.LogPage, key store.Key, after *store.Cursor) store.MembersQuery {
	q := listQuery(page)
	q.After, q.Before, q.Limit = after, nil, views.MembersPerPage
	return store.MembersQuery{GroupsQuery: store.GroupsQuery{ListQuery: q, Window: page.Query.Window}, Of: key}
}

// unfold asks for the members of one group of the page. The cursor of members belongs to the last group
// named. A row that the range has left behind meanwhile is no error: there is nothing to unfold.
func (s *Server) unfold(ctx context.Context, page *views.LogPage, key store.Key, last bool) (unfoldedGroup, error) {
	var from *store.Cursor
	if last {
		from = page.Query.Members
	}
	group := unfoldedGroup{info: page.List.Info(), window: page.Query.Window}
	members, err := s.Store.Members(ctx, membersQuery(page, key, from))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return group, err
	}
	group.members = views.MemberPage{Rows: members.Rows, From: from, Next: members.Next}
	return group, nil
}

// putInto hangs the members beneath their group's row, if it is on the page.
func (g unfoldedGroup) putInto(page *views.LogPage) {
	if len(g.members.Rows) == 0 {
		return
	}
	for i := range page.Rows {
		row := &page.Rows[i]
		if row.Group != nil && g.holds(&row.Row.SignIn) {
			row.Members = &g.members
			return
		}
	}
}

// holds says whether the sign-in is of this group: the same window and the same key.
func (g unfoldedGroup) holds(s *store.SignIn) bool {
	member := &g.members.Rows[0].SignIn
	from, to := g.window.Around(member.Time)
	if s.Time.Before(from) || !s.Time.Before(to) {
		return false
	}
	for _, p := range g.info.GroupBy {
		if !strings.EqualFold(keyText(p, s), keyText(p, member)) {
			return false
		}
	}
	return true
}

// keyText is one part of a group's key: the ID, or the name where the ID is empty.
func keyText(p *store.Property, s *store.SignIn) string {
	switch {
	case p.Int != nil:
		return views.Integer(*p.Int(s))
	case *p.Text(s) != "" || p.Fallback == nil:
		return *p.Text(s)
	}
	return p.Fallback(s)
}
