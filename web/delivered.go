package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// This file makes what schedules and watches send. A file is the answer of the portal's own download, to a request that no
// session made: its viewer are the people for whom it is made together, with the rights that all of them have.

type readersKey struct{}

// readersOf gives the people for whom the request is made in this process; ok is false for the request of a browser. Nothing from
// outside reaches the values of a context.
func readersOf(ctx context.Context) (auth.Readers, bool) {
	who, ok := ctx.Value(readersKey{}).(auth.Readers)
	return who, ok
}

// together gives the viewer that some people are together.
func (s *Server) together(ctx context.Context, who auth.Readers) Viewer {
	v := Viewer{Rights: who.Rights(), readers: &who}
	if accounts := who.Accounts(); len(accounts) > 0 {
		v.Account, v.others = accounts[0], accounts[1:]
	}
	v.guardsNames = s.guardsNames(ctx, v.Rights)
	return v
}

// scopes are the limits of the viewer, and of the others for whom the answer is made.
func (v Viewer) scopes() (list []store.Scope) {
	for _, a := range append([]auth.Account{v.Account}, v.others...) {
		if scope := scopeOf(a); !scope.IsZero() {
			list = append(list, scope)
		}
	}
	return list
}

// FileAddress gives the address of the file of a list or a report, with the range that the address has at a time.
func (s *Server) FileAddress(address, format string, at time.Time) (string, error) {
	u, isReport, err := sendable(address)
	if err != nil {
		return "", err
	}
	params := u.Query()
	if name := params.Get("range"); name != "" || !isReport && !params.Has("from") && !params.Has("to") {
		r, ok := store.PresetRange(cmp.Or(name, store.DefaultPreset), at)
		if !ok {
			return "", auth.Invalid{Field: "address", Problem: "The range of the address is not known."}
		}
		params.Del("range")
		params.Set("from", r.From.UTC().Format(time.RFC3339Nano))
		params.Set("to", r.To.UTC().Format(time.RFC3339Nano))
	}
	path := u.Path + "/export." + format
	if isReport {
		path = u.Path + "." + format
	}
	return path + "?" + params.Encode(), nil
}

// sendable reads an address that a schedule can send: a list of a log, or a report.
func sendable(address string) (u *url.URL, isReport bool, err error) {
	u, err = url.Parse(localPath(address))
	if err != nil || u.Path == "" {
		return nil, false, auth.Invalid{Field: "address", Problem: "This is no address of this portal. Copy the part behind the host, such as /logs/interactive?status=failure."}
	}
	if _, err := url.ParseQuery(u.RawQuery); err != nil {
		return nil, false, auth.Invalid{Field: "address", Problem: "The part of the address behind its question mark cannot be read."}
	}
	if name, ok := strings.CutPrefix(u.Path, "/logs/"); ok && name != "" && !strings.Contains(name, "/") {
		return u, false, nil
	}
	if name, ok := strings.CutPrefix(u.Path, "/insights/"); ok && name != "" && !strings.ContainsAny(name, "/.") {
		return u, true, nil
	}
	return nil, false, auth.Invalid{Field: "address", Problem: "Only a list of a log or a report of Usage & insights can be sent."}
}

// File writes the file at an address as the readers may have it together.
func (s *Server) File(ctx context.Context, who auth.Readers, address string, w io.Writer) (name, contentType string, err error) {
	ctx = context.WithValue(ctx, readersKey{}, who)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return "", "", fmt.Errorf("the address of a file: %w", err)
	}
	answer := &filed{header: http.Header{}, to: w}
	err = store.Caught(func() error { s.echo.ServeHTTP(answer, request); return nil })()
	switch {
	case answer.failed != nil:
		return "", "", answer.failed
	case ctx.Err() != nil:
		return "", "", ctx.Err()
	case answer.status == http.StatusForbidden, answer.status == http.StatusUnauthorized, answer.status == http.StatusNotFound:
		return "", "", auth.ErrNoRight
	case answer.status == http.StatusBadRequest:
		return "", "", auth.Invalid{Field: "address", Problem: "The portal does not understand the address any more. Open the view to see why."}
	case answer.status != http.StatusOK:
		return "", "", fmt.Errorf("the portal answered the file with the status %d", answer.status)
	case err != nil:
		return "", "", fmt.Errorf("the file was broken off: %w", err)
	}
	_, params, err := mime.ParseMediaType(answer.header.Get("Content-Disposition"))
	if err != nil || params["filename"] == "" {
		return "", "", errors.New("the answer is no file")
	}
	return params["filename"], answer.header.Get("Content-Type"), nil
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
	u, isReport, err := sendable(address)
	if err != nil {
		return q, err
	}
	if isReport {
		return q, auth.Invalid{Field: "address", Problem: "Only a view of a log can be watched."}
	}
	if !v.Rights.MayOpen(auth.PageLogs) {
		return q, auth.ErrNoRight
	}
	params := u.Query()
	if q.list, err = s.listNamed(v, strings.TrimPrefix(u.Path, "/logs/")); err == nil {
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
	u, isReport, err := sendable(address)
	if err != nil {
		return err
	}
	if !isReport {
		_, err := s.countable(v, address)
		return err
	}
	c := s.echo.NewContext(nil, nil)
	s.echo.Router().Find(http.MethodGet, u.Path+".csv", c)
	page, ok := s.pages[http.MethodGet+" "+c.Path()]
	switch {
	case !ok:
		return auth.Invalid{Field: "address", Problem: "There is no report at this address."}
	case !v.Rights.MayOpen(page) || s.refuseConditionalAccess(v, u.Query()) != nil:
		return auth.ErrNoRight
	}
	return nil
}

// Count counts the records of the list at an address between edges, as the readers may see them together. The range of the
// address does not matter.
func (s *Server) Count(ctx context.Context, who auth.Readers, address string, edges []time.Time) (counts []int64, err error) {
	v := s.together(ctx, who)
	q, err := s.countable(v, address)
	if err != nil {
		return nil, err
	}
	question := store.HistogramQuery{Edges: edges}
	question.Log, question.AllEvents = q.list.Log, q.query.AllEvents
	question.Range = store.Range{From: edges[0], To: edges[len(edges)-1]}
	question.Filter, _ = q.query.Filter.For(q.list.Info())
	err = ask.Together(store.Fresh(ctx, q.list.Log), func(ctx context.Context) error {
		h, err := s.storeFor(v).Histogram(ctx, question)
		for _, b := range h.Buckets {
			counts = append(counts, b.Total())
		}
		if err == nil && !h.Complete {
			err = errStillReading
		}
		return err
	})
	if errors.As(err, new(store.WithheldError)) {
		err = auth.ErrNoRight
	}
	if err == nil && len(counts) != len(edges)-1 {
		err = fmt.Errorf("%d counts between %d times", len(counts), len(edges))
	}
	return counts, err
}

var errStillReading = errors.New("the portal still reads older records again, so the count is not exact")

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

// RangeAddress gives the address of a list with another range.
func RangeAddress(address string, from, to time.Time) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	params := u.Query()
	for _, name := range []string{"range", "when", "after", "before"} {
		params.Del(name)
	}
	params.Set("from", from.UTC().Format(time.RFC3339))
	params.Set("to", to.UTC().Format(time.RFC3339))
	u.RawQuery = params.Encode()
	return u.String()
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
