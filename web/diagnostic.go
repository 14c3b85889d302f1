package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// diagnosticParams are the parameters of the page.
var diagnosticParams = []string{
	views.DiagnosticUser, views.DiagnosticApp, views.DiagnosticTime, views.DiagnosticRequest, views.DiagnosticCorrelation, views.DiagnosticLog,
}

// diagnostic says why a sign-in failed. Where the address fits several sign-ins, it offers them.
func (s *Server) diagnostic(c echo.Context) error {
	page := views.DiagnosticPage{Shell: s.shell(c, "Why a sign-in failed", views.NavDiagnostic), Now: s.Now()}
	page.Typed, page.Asked, page.Bad = s.parseDiagnostic(c.QueryParams(), s.now(c))
	if len(page.Bad) > 0 || page.Asked.IsEmpty() {
		status := http.StatusOK
		if len(page.Bad) > 0 {
			status = http.StatusBadRequest
		}
		return render(c, status, views.Diagnostic(page))
	}
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	found, err := page.Asked.Ask(ctx, reader.Reader)
	if err != nil {
		return err
	}
	only, ok := found.Only()
	switch {
	case !ok:
		page.Found = &found
		shown := seenBy(viewer(c))
		shown.all(found.Rows)
		if err := s.record(c, shown.into(access.Record{Action: access.Search, Query: c.QueryParams().Encode()})); err != nil {
			return err
		}
		return render(c, http.StatusOK, views.Diagnostic(page))
	case page.Asked.Request == "" || len(page.Asked.Logs) == 0:
		return c.Redirect(http.StatusSeeOther, views.DiagnosticURL(only.Entry.Head()))
	}
	page.Answer, err = s.diagnose(ctx, c, reader, only, page.Shell)
	if err != nil {
		return err
	}
	page.Shell.Title = page.Answer.Verdict.Heading()
	if err := s.recordDiagnosis(c, page.Answer); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.Diagnostic(page))
}

// diagnose asks for the answer about a sign-in. What the viewer may not see of policies is what the reader withholds.
func (s *Server) diagnose(ctx context.Context, c echo.Context, reader snapshot, of store.Row, shell views.Shell) (*views.Diagnosis, error) {
	head := of.Entry.Head()
	var record store.Record
	err := ask.Together(ctx, func(ctx context.Context) (err error) {
		record, err = reader.Get(ctx, store.GetQuery{Ref: store.Ref{Log: head.Log, ID: head.ID, Near: head.Time}})
		return err
	})
	if err != nil {
		return nil, err
	}
	v := viewer(c)
	list, err := s.listNamed(v, string(head.Log))
	if err != nil {
		return nil, err
	}
	withheld := reader.withheld.Has(store.ConditionalAccess)
	answer, err := ask.Diagnosis{Record: record, Withheld: withheld}.Ask(ctx, reader.Reader)
	if err != nil {
		return nil, err
	}
	d := &views.Diagnosis{Diagnosed: answer, Details: s.detailsFor(v, list, shell)}
	d.Details.Record, d.Details.Misread = record, ask.Misread(record, s.Misread)
	return d, nil
}

// recordDiagnosis records a sign-in that is about to be shown, with the records around it.
func (s *Server) recordDiagnosis(c echo.Context, d *views.Diagnosis) error {
	opened := seenBy(viewer(c))
	opened.entry(d.Details.Record.Entry)
	for _, trail := range []*ask.Trail{d.Belonging, d.Changes} {
		for _, part := range trail.Parts {
			opened.all(part.Rows)
		}
	}
	head := d.Details.Record.Entry.Head()
	return s.record(c, opened.into(access.Record{Action: access.Open, Log: head.Log, RecordID: head.ID}))
}

// parseDiagnostic reads the address of the page. Times without a zone are in that of now.
func (s *Server) parseDiagnostic(params url.Values, now time.Time) (typed map[string]string, q ask.FindFailure, bad store.BadParams) {
	typed, q.Now = map[string]string{}, now
	for param, values := range params {
		value := strings.TrimSpace(params.Get(param))
		switch {
		case !slices.Contains(diagnosticParams, param):
			bad = append(bad, store.BadParam{Param: param, Problem: "is not a parameter of this page. Take it out of the address."})
			continue
		case len(values) > 1:
			bad = append(bad, store.BadParam{Param: param, Problem: "is given more than once. Keep one."})
		case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
			bad = append(bad, store.BadParam{Param: param, Problem: "has characters that it cannot have. Take them out."})
			continue
		case utf8.RuneCountInString(value) > maxUser:
			bad = append(bad, store.BadParam{Param: param, Problem: "is too long. Shorten it."})
			continue
		}
		typed[param] = value
	}
	q.User, q.App = typed[views.DiagnosticUser], typed[views.DiagnosticApp]
	q.Request, q.Correlation = typed[views.DiagnosticRequest], typed[views.DiagnosticCorrelation]
	if text := typed[views.DiagnosticTime]; text != "" {
		at, ok := parseMoment(strings.ToLower(text), now, time.Time{})
		if !ok || !store.InReach(at.Time) {
			bad = append(bad, store.BadParam{Param: views.DiagnosticTime, Value: text, Problem: "is not a time that we understand. Write it as 2026-11-12 14:05."})
		}
		q.At = at.UTC()
		if q.IsEmpty() && ok {
			bad = append(bad, store.BadParam{Param: views.DiagnosticUser, Problem: "is missing. Give a person, an application or an ID beside the time."})
		}
	}
	if log := store.Log(typed[views.DiagnosticLog]); log != "" {
		if _, ok := store.SignIns.Log(log); !ok {
			bad = append(bad, store.BadParam{Param: views.DiagnosticLog, Value: string(log), Problem: "is none of the sign-in logs. Take it out of the address."})
		}
		q.Logs = []store.Log{log}
	}
	slices.SortFunc(bad, func(a, b store.BadParam) int { return strings.Compare(a.Param, b.Param) })
	return typed, q, bad
}
