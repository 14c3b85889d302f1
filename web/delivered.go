package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// This file makes what schedules and watches send. A file is the answer of the portal's own download to a request without a session.
// Its viewer stands for all its readers, and has the rights that all of them have.

// delivered holds the readers and the time of an answer that this process itself makes. The zone of the time is that of the answer.
type delivered struct {
	who auth.Readers
	at  time.Time
}

type deliveredKey struct{}

// deliveredOf gives the values of a request that this process makes; ok is false for the request of a browser. Nothing from outside
// reaches the values of a context.
func deliveredOf(ctx context.Context) (d delivered, ok bool) {
	d, ok = ctx.Value(deliveredKey{}).(delivered)
	return d, ok
}

// readersOf gives the readers of an answer that this process makes; ok is false for the request of a browser.
func readersOf(ctx context.Context) (auth.Readers, bool) {
	d, ok := deliveredOf(ctx)
	return d.who, ok
}

// together gives one viewer for several readers.
func (s *Server) together(ctx context.Context, who auth.Readers) Viewer {
	v := Viewer{Rights: who.Rights(), readers: &who}
	if accounts := who.Accounts(); len(accounts) > 0 {
		v.Account, v.others = accounts[0], accounts[1:]
	}
	v.guardsNames = s.guardsNames(ctx, v.Rights)
	return v
}

// scopes are the limits of the viewer and of the other readers.
func (v Viewer) scopes() (list []store.Scope) {
	for _, a := range append([]auth.Account{v.Account}, v.others...) {
		if scope := scopeOf(a); !scope.IsZero() {
			list = append(list, scope)
		}
	}
	return list
}

// File writes the file of a list or report as the readers may have it together, as of a time.
func (s *Server) File(ctx context.Context, who auth.Readers, address, format string, at time.Time, w io.Writer) (file auth.SentFile, err error) {
	of, err := fileAddress(address, format)
	if err != nil {
		return file, err
	}
	ctx = context.WithValue(ctx, deliveredKey{}, delivered{who, at})
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, of, http.NoBody)
	if err != nil {
		return file, fmt.Errorf("the address of a file: %w", err)
	}
	answer := &filed{header: http.Header{}, to: w}
	err = store.Caught(func() error { s.echo.ServeHTTP(answer, request); return nil })()
	switch {
	case answer.failed != nil:
		return file, answer.failed
	case ctx.Err() != nil:
		return file, ctx.Err()
	case answer.status == http.StatusForbidden, answer.status == http.StatusUnauthorized, answer.status == http.StatusNotFound:
		return file, auth.ErrNoRight
	case answer.status == http.StatusBadRequest:
		return file, auth.Invalid{Field: "address", Problem: "The portal does not understand the address any more. Open the view to see why."}
	case answer.status == http.StatusGatewayTimeout:
		return file, store.ErrTooSlow
	case answer.status != http.StatusOK:
		return file, fmt.Errorf("the portal answered the file with the status %d", answer.status)
	case err != nil:
		return file, fmt.Errorf("the file was broken off: %w", err)
	}
	_, params, err := mime.ParseMediaType(answer.header.Get("Content-Disposition"))
	if err != nil || params["filename"] == "" {
		return file, errors.New("the answer is no file")
	}
	file = auth.SentFile{Name: params["filename"], ContentType: answer.header.Get("Content-Type"), StillReading: answer.header.Get(stillReadingHeader) != ""}
	if answer.header.Get(setAsideHeader) != "" {
		file.SetAside, err = s.setAside(s.together(ctx, who), address)
	}
	return file, err
}

// setAside names in a sentence the conditions of an address that do not narrow its list; empty for none.
func (s *Server) setAside(v Viewer, address string) (string, error) {
	q, err := s.countable(v, address)
	return views.LogPage{List: q.list, Query: q.query}.SetAsideText(), err
}

// filed is the answer to a request for a file in this process.
type filed struct {
	header http.Header
	status int
	to     io.Writer
	failed error // of the writer
}

func (f *filed) Header() http.Header { return f.header }

func (f *filed) WriteHeader(status int) {
	if f.status == 0 {
		f.status = status
	}
}

// Write writes a part of the file. The page of an error goes nowhere.
func (f *filed) Write(p []byte) (int, error) {
	f.WriteHeader(http.StatusOK)
	if f.status != http.StatusOK {
		return len(p), nil
	}
	n, err := f.to.Write(p)
	if err != nil && f.failed == nil {
		f.failed = err
	}
	return n, err
}

// watchedList is the list at an address, as some people may count it together.
type watchedList struct {
	list  views.List
	query store.Query
}

// countable reads the address of a list that the viewer may see whole.
func (s *Server) countable(v Viewer, address string) (q watchedList, err error) {
	of, err := sendable(address)
	if err != nil {
		return q, err
	}
	if of.isReport {
		return q, auth.Invalid{Field: "address", Problem: "Only a view of a log can be watched."}
	}
	if !v.Rights.MayOpen(auth.PageLogs) {
		return q, auth.ErrNoRight
	}
	params := of.url.Query()
	if q.list, err = s.listNamed(v, strings.TrimPrefix(of.url.Path, "/logs/")); err == nil {
		err = s.refuseWithheld(v, q.list, params)
	}
	if err == nil && !v.MaySee(q.list.Info().Read) {
		err = auth.ErrNoRight
	}
	if errors.As(err, new(forbidden)) || errors.Is(err, store.ErrNotFound) {
		err = auth.ErrNoRight
	}
	if err != nil {
		return q, err
	}
	query, bad := q.list.Kind().ParseQuery(params, s.Now())
	if len(bad) > 0 {
		return q, auth.Invalid{Field: "address", Problem: bad.Error()}
	}
	q.query = query
	return q, nil
}

// Readable says with auth.ErrNoRight or auth.Invalid why some people may not have what an address shows.
func (s *Server) Readable(ctx context.Context, who auth.Readers, address string) error {
	v := s.together(ctx, who)
	of, err := sendable(address)
	if err != nil {
		return err
	}
	if !of.isReport {
		_, err := s.countable(v, address)
		return err
	}
	c := s.echo.NewContext(nil, nil)
	s.echo.Router().Find(http.MethodGet, of.file+"."+documentFormat, c)
	page, ok := s.pages[http.MethodGet+" "+c.Path()]
	switch {
	case !ok:
		return auth.Invalid{Field: "address", Problem: "There is no report at this address."}
	case !v.Rights.MayOpen(page) || s.refuseConditionalAccess(v, of.url.Query()) != nil:
		return auth.ErrNoRight
	}
	return nil
}

// Count counts the records of the list at an address between edges, as the readers may see them together. The range of the
// address does not matter.
func (s *Server) Count(ctx context.Context, who auth.Readers, address string, edges []time.Time) (counted auth.Counted, err error) {
	v := s.together(ctx, who)
	q, err := s.countable(v, address)
	if err != nil {
		return counted, err
	}
	question := store.HistogramQuery{Edges: edges}
	question.Log, question.AllEvents = q.list.Log, q.query.AllEvents
	question.Range = store.Range{From: edges[0], To: edges[len(edges)-1]}
	question.Filter, _ = q.query.Filter.For(q.list.Info())
	err = ask.Together(store.Fresh(ctx, q.list.Log), func(ctx context.Context) error {
		h, err := s.storeFor(v).Histogram(ctx, question)
		for _, b := range h.Buckets {
			counted.N = append(counted.N, b.Total())
		}
		counted.StillReading = err == nil && !h.Complete
		return err
	})
	if errors.As(err, new(store.WithheldError)) {
		err = auth.ErrNoRight
	}
	if err == nil && len(counted.N) != len(edges)-1 {
		err = fmt.Errorf("%d counts between %d times", len(counted.N), len(edges))
	}
	counted.SetAside = views.LogPage{List: q.list, Query: q.query}.SetAsideText()
	return counted, err
}

// Told records in the access log that a message about the records at an address goes to somebody.
func (s *Server) Told(ctx context.Context, who auth.Readers, address string, r store.Range, n int64) error {
	if s.Access == nil {
		return nil
	}
	v := s.together(ctx, who)
	q, err := s.countable(v, address)
	if err != nil {
		return err
	}
	query := store.Query{Range: r, Filter: q.query.Filter, AllEvents: q.query.AllEvents}
	record := access.Record{Action: access.List, Log: q.list.Log, Query: recordedQuery(query), Rows: store.IntOf(n), Reason: who.Why, Outcome: access.Allowed, Page: watchesPage}
	by(&record, v.Account)
	return s.Access.Append(ctx, &record)
}

// watchesPage is the page in the access log of a message that no request asked for.
const watchesPage = views.WatchesPath

// isAdministrator says that an account may let messages leave the portal.
func isAdministrator(a auth.Account) bool { return a.Rights().MaySee(auth.SettingsData) }

// administrators are the enabled accounts that may change settings.
func (s *Server) administrators(ctx context.Context) ([]auth.Account, error) {
	all, err := s.Accounts.List(ctx)
	return slices.DeleteFunc(all, func(a auth.Account) bool { return a.Disabled || !isAdministrator(a) || !s.Accounts.Valid(a) }), err
}
