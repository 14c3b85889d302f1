package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// unfoldedGroup is a row that the address unfolds: a group with some of its members, or a line with its events.
type unfoldedGroup struct {
	key     store.Key
	info    store.LogInfo
	window  store.Window
	members views.MemberPage
}

// members answers with the rows of one group only, or with the events of one line.
func (s *Server) members(ctx context.Context, reader snapshot, c echo.Context, page views.LogPage) error {
	key := page.Query.Expanded[0]
	var members views.MemberPage
	err := ask.Together(ctx, func(ctx context.Context) (err error) {
		members, err = s.beneath(ctx, reader, &page, key, page.Query.Members)
		return err
	})
	if err != nil {
		return err
	}
	members.From = nil // the page already has the rows before
	shown := seenBy(viewer(c))
	shown.all(members.Rows)
	if err := s.record(c, shown.into(access.Record{Action: access.List, Log: page.List.Log, Query: recordedQuery(page.Query)})); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.MemberRows(views.Members{Page: page, Group: key, MemberPage: members}))
}

// beneath gives the rows that unfold below a row: some members of its group, or all events of its line.
func (s *Server) beneath(ctx context.Context, reader snapshot, page *views.LogPage, key store.Key, from *store.Cursor) (views.MemberPage, error) {
	if !page.List.Info().Grouped {
		return s.events(ctx, reader, page, key)
	}
	members, err := reader.GroupRows(ctx, membersQuery(page, key, from))
	return views.MemberPage{Rows: members.Rows, From: from, Next: members.Next}, err
}

// events gives the events of the line at a place of the list, newest first; ErrNotFound where there is no such line.
func (s *Server) events(ctx context.Context, reader snapshot, page *views.LogPage, key store.Key) (views.MemberPage, error) {
	q := listQuery(page)
	q.After, q.Before, q.Limit = &store.Cursor{Key: key.Next()}, nil, 1
	lines, err := reader.Page(ctx, q)
	if err != nil {
		return views.MemberPage{}, err
	}
	if len(lines.Rows) == 0 || lines.Rows[0].Key != key {
		return views.MemberPage{}, store.ErrNotFound
	}
	record, err := reader.Get(ctx, store.GetQuery{Ref: store.Ref{Log: page.List.Log, ID: lines.Rows[0].Entry.Head().ID}})
	slices.Reverse(record.Events)
	return views.MemberPage{Rows: record.Events}, err
}

func membersQuery(page *views.LogPage, key store.Key, after *store.Cursor) store.GroupRowsQuery {
	q := listQuery(page)
	q.After, q.Before, q.Limit = after, nil, views.MembersPerPage
	return store.GroupRowsQuery{GroupsQuery: store.GroupsQuery{ListQuery: q, Window: page.Query.Window}, Of: key}
}

// unfold asks for the members of one group of the page. The cursor of members belongs to the last group named. A row may
// have left the range meanwhile. That is no error: there is nothing to unfold.
func (s *Server) unfold(ctx context.Context, reader snapshot, page *views.LogPage, key store.Key, last bool) (unfoldedGroup, error) {
	var from *store.Cursor
	if last {
		from = page.Query.Members
	}
	group := unfoldedGroup{info: page.List.Info(), window: page.Query.Window, key: key}
	members, err := s.beneath(ctx, reader, page, key, from)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return group, err
	}
	group.members = members
	return group, nil
}

// putInto puts the members below their group's row, if the page has this row.
func (g unfoldedGroup) putInto(page *views.LogPage) {
	if len(g.members.Rows) == 0 {
		return
	}
	for i := range page.Rows {
		row := &page.Rows[i]
		if row.Row.Key == g.key && row.IsLine() || row.Group != nil && g.holds(row.Row.Entry) {
			row.Members = &g.members
			return
		}
	}
}

// holds says whether the record is of this group: the same window and the same key.
func (g unfoldedGroup) holds(e store.Entry) bool {
	member, at := g.members.Rows[0].Entry, e.Head().Time
	from, to := g.window.Around(member.Head().Time)
	if at.Before(from) || !at.Before(to) {
		return false
	}
	for _, p := range g.info.GroupBy {
		if !strings.EqualFold(keyText(p, e), keyText(p, member)) {
			return false
		}
	}
	return true
}

// keyText is one part of a group's key: the ID, or the name where the ID is empty.
func keyText(p *store.Property, e store.Entry) string {
	switch {
	case p.Int != nil:
		return views.Integer(*p.Int(e))
	case *p.Text(e) != "" || p.Fallback == nil:
		return *p.Text(e)
	}
	return p.Fallback(e)
}
