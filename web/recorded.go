package web

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/store/activity"
	"signpost/store/audit"
	"signpost/store/export"
	"signpost/store/provisioning"
	"signpost/store/risk"
	"signpost/views"
	"signpost/web/ask"
)

// AccessLog records who looked at which data. Append returns when the record is stored.
type AccessLog interface {
	Append(ctx context.Context, r *access.Record) error
}

// errNotRecorded refuses data of others because the look at them could not be recorded.
var errNotRecorded = errors.New("the access log cannot be written")

// record records an action of the viewer, or data that is about to be shown. A handler that shows data of others calls it first,
// and shows nothing where it fails.
func (s *Server) record(c echo.Context, r access.Record) error {
	if s.Access == nil {
		return nil
	}
	by(&r, viewer(c).Account)
	why := reasonOf(c)
	r.Reason, r.Ticket = firstNonEmpty(r.Reason, why.why), firstNonEmpty(r.Ticket, why.ticket)
	return s.append(c, r)
}

// recordTogether records several actions. Records that wait at one moment share a commit.
func (s *Server) recordTogether(c echo.Context, records ...access.Record) error {
	var questions []func(context.Context) error
	for _, r := range records {
		questions = append(questions, func(context.Context) error { return s.record(c, r) })
	}
	return ask.Together(c.Request().Context(), questions...)
}

// recordFailed records that actions failed which were recorded before they were tried. It does so for a client who left, too. The
// answer is about the failure itself: append logs where the access log cannot be written.
func (s *Server) recordFailed(c echo.Context, records ...access.Record) {
	if len(records) == 0 {
		return
	}
	for i := range records {
		records[i].Outcome = access.Failed
	}
	c.SetRequest(c.Request().WithContext(context.WithoutCancel(c.Request().Context())))
	_ = s.recordTogether(c, records...)
}

// by puts the person who acted into the record.
func by(r *access.Record, account auth.Account) {
	r.Account, r.AccountID, r.PersonID = account.Name, strconv.FormatInt(account.ID, 10), account.PersonID()
	for _, role := range account.Roles {
		r.Roles = append(r.Roles, string(role))
	}
}

// append records a request, whoever its sender is.
func (s *Server) append(c echo.Context, r access.Record) error {
	if s.Access == nil {
		return nil
	}
	r.Address, r.UserAgent, r.Page = c.RealIP(), c.Request().UserAgent(), c.Request().URL.Path
	if r.Outcome == "" {
		r.Outcome = access.Allowed
	}
	if err := s.Access.Append(c.Request().Context(), &r); err != nil {
		s.Log.ErrorContext(c.Request().Context(), "the access log cannot be written", "id", requestIDOf(c), "error", err)
		return fmt.Errorf("%w: %w", errNotRecorded, err)
	}
	return nil
}

// seen gathers the people in the records of an answer, and counts its rows of others.
type seen struct {
	own      string // the viewer's own user ID
	rows     int64
	subjects []access.Subject
	has      map[string]bool
}

func seenBy(v Viewer) *seen { return &seen{own: v.Person().UserID, has: map[string]bool{}} }

// entry adds a record. A record of the viewer's own does not count as one of others.
func (n *seen) entry(e store.Entry) {
	if e == nil {
		return
	}
	n.rows++
	switch r := e.(type) {
	case *store.SignIn:
		if n.isOwn(r.UserID) {
			n.rows--
			return
		}
		n.person(r.UserID, r.UserPrincipalName, r.UserDisplayName)
	case *activity.Record:
		if n.isOwn(r.UserObjectID) {
			n.rows--
			return
		}
		n.person(r.UserObjectID, r.UserID, "")
		if r.MailboxOwner != "" && !strings.EqualFold(r.MailboxOwner, r.UserID) {
			n.person("", r.MailboxOwner, "")
		}
	case *audit.Record:
		n.person(r.User.ID, r.User.Username, r.User.Name)
		for i := range r.Targets {
			if t := &r.Targets[i]; strings.EqualFold(t.Type, "User") {
				n.person(t.ID, t.Username, t.Name)
			}
		}
	case *risk.Record:
		n.person(r.UserID, r.Username, r.UserName)
	case *provisioning.Record:
		if strings.EqualFold(r.Identity.Type, "User") {
			n.person(r.Identity.ID, r.Identity.Username, r.Identity.Name)
		}
	}
}

func (n *seen) all(rows []store.Row) {
	for i := range rows {
		n.entry(rows[i].Entry)
	}
}

func (n *seen) isOwn(id string) bool { return id != "" && strings.EqualFold(id, n.own) }

// person adds somebody once; the viewer does not count.
func (n *seen) person(id, username, name string) {
	key := strings.ToLower(firstNonEmpty(id, username))
	if key == "" || n.isOwn(id) || n.has[key] {
		return
	}
	n.has[key] = true
	n.subjects = append(n.subjects, access.Subject{ID: id, Username: username, Name: name})
}

// into puts the people and the number of rows into a record.
func (n *seen) into(r access.Record) access.Record {
	r.Subjects, r.Rows = n.subjects, store.IntOf(n.rows)
	return r
}

// recordList records a list that is about to be shown, and the record that is open next to it.
func (s *Server) recordList(c echo.Context, page *views.LogPage) error {
	listed := seenBy(viewer(c))
	for i := range page.Rows {
		listed.entry(page.Rows[i].Row.Entry)
		if members := page.Rows[i].Members; members != nil {
			listed.all(members.Rows)
		}
	}
	if err := s.record(c, listed.into(access.Record{Action: access.List, Log: page.List.Log, Query: recordedQuery(page.Query)})); err != nil {
		return err
	}
	if err := s.recordSearches(c, page); err != nil {
		return err
	}
	if page.Open == nil || page.Open.Details == nil {
		return nil
	}
	return s.recordDetails(c, page.Open.Details, access.Open)
}

// recordSearches records the searches among values of fields that a list was opened with: in a facet, and in the picker.
func (s *Server) recordSearches(c echo.Context, page *views.LogPage) error {
	if page.Facets != nil && page.Facets.More != nil && page.Facets.Among != "" {
		if err := s.record(c, searched(page, page.Facets.More, page.Facets.Among)); err != nil {
			return err
		}
	}
	if p := page.Picker; p != nil && strings.TrimSpace(p.Find) != "" {
		return s.record(c, searched(page, p.Field, p.Find))
	}
	return nil
}

func searched(page *views.LogPage, field *store.Field, text string) access.Record {
	return access.Record{Action: access.Search, Log: page.List.Log, Query: field.Name + ": " + strings.TrimSpace(text)}
}

// recordValues records values of one field that are about to be shown without their list: those of a facet, or of the picker. The
// query says which list they are of. The parameter is the one that opens them in an address.
func (s *Server) recordValues(c echo.Context, page *views.LogPage, param string, field *store.Field, text string) error {
	list := recordedQuery(page.Query)
	if strings.TrimSpace(text) == "" {
		return s.record(c, access.Record{Action: access.List, Log: page.List.Log, Query: list + "&" + param + "=" + url.QueryEscape(field.Name)})
	}
	search := searched(page, field, text)
	search.Query += " in " + list
	return s.record(c, search)
}

// recordDetails records a record that is about to be shown whole, with the records around it.
func (s *Server) recordDetails(c echo.Context, page *views.DetailsPage, action access.Action) error {
	opened := seenBy(viewer(c))
	opened.entry(page.Record.Entry)
	for _, trail := range []*ask.Trail{page.Trail, page.Next} {
		if trail == nil {
			continue
		}
		for _, part := range trail.Parts {
			opened.all(part.Rows)
		}
	}
	if page.Summary != nil && page.Summary.Comparison != nil && page.Summary.Comparison.Working != nil {
		opened.entry(page.Summary.Comparison.Working)
	}
	head := page.Record.Entry.Head()
	return s.record(c, opened.into(access.Record{Action: action, Log: head.Log, RecordID: head.ID}))
}

// recordExport records a download before its first byte, with the number of rows that it will have. Records that come in while
// it runs may add some.
func (s *Server) recordExport(c echo.Context, reader store.Store, list views.List, request export.Request) error {
	if s.Access == nil {
		return nil
	}
	logs := []store.LogInfo{list.Info()}
	if request.Format == export.ZIP {
		logs = list.Logs()
	}
	var rows int64
	err := ask.Together(c.Request().Context(), func(ctx context.Context) error {
		for _, info := range logs {
			q := request.Query
			q.Log, q.After, q.Before = info.Log, nil, nil
			q.Filter, _ = q.Filter.For(info)
			total, err := reader.Total(ctx, q)
			if err != nil {
				return err
			}
			rows += total.N
		}
		return nil
	})
	if err != nil {
		return err
	}
	query := store.Query{Range: request.Query.Range, Filter: request.Query.Filter, AllEvents: request.Query.AllEvents}
	return s.record(c, access.Record{Action: access.Export, Log: list.Log, Query: recordedQuery(query), Rows: store.IntOf(rows)})
}

// recordObject records the page of a user, a group or an application.
func (s *Server) recordObject(c echo.Context, page *views.EntityPage) error {
	shown := seenBy(viewer(c))
	if page.Kind == store.ObjectUser {
		shown.person(page.ID, page.SeenUsername, page.Title())
	}
	shown.all(page.Newest)
	for _, part := range page.Changes {
		shown.all(part.Rows)
	}
	for _, m := range page.Members {
		shown.person(m.ID, m.Username, m.Name)
	}
	return s.record(c, shown.into(access.Record{Action: access.Open, RecordID: page.ID, Query: recordedRange(page.Range)}))
}

// recordedQuery is a list's query as the access log stores it. A range that moves with the clock is stored as its word and both
// ends. A later reader knows neither the moment nor the viewer's zone.
func recordedQuery(q store.Query) string {
	preset := q.Range.Preset
	q.Range = q.Range.Fixed()
	values := q.Values()
	if preset != "" {
		values.Set("range", preset)
	}
	return values.Encode()
}

// recordedRange is a range as recordedQuery writes it, in one text.
func recordedRange(r store.Range) string {
	return strings.TrimSpace(r.Preset + " " + r.Fixed().String())
}

// recordEvent records an event of an account: a sign-in, a failed sign-in, or a change.
func (s *Server) recordEvent(ctx context.Context, e auth.Event) {
	if s.Access == nil {
		return
	}
	action := access.Account
	switch e.Name {
	case auth.EventSignedIn, auth.EventSignInFailed:
		action = access.SignIn
	case auth.EventRolesChanged, auth.EventAccountAdded:
		action = access.Roles
	}
	r := access.Record{Action: action, Outcome: access.Allowed, Account: firstNonEmpty(e.By, e.Account), Address: e.Address, Query: e.Text()}
	if account, ok := s.Accounts.Named(ctx, r.Account); ok {
		by(&r, account)
	}
	if e.Name == auth.EventSignInFailed {
		r.Outcome = access.Refused
	}
	if err := s.Access.Append(ctx, &r); err != nil {
		s.Log.ErrorContext(ctx, "the access log cannot be written", "event", e.Name, "account", e.Account, "error", err)
	}
}

// withoutReason takes the parameters of the reason out of an address: they do not change the question.
func withoutReason(params url.Values) url.Values {
	rest := url.Values{}
	for name, values := range params {
		if name != whyParam && name != ticketParam {
			rest[name] = values
		}
	}
	return rest
}

func firstNonEmpty(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
