package web

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/store/risk"
	"signpost/views"
	"signpost/web/ask"
)

// riskySignInRoutes are the lists of risky sign-ins, with their files.
func (s *Server) riskySignInRoutes() {
	for path, principals := range map[string]bool{views.RiskySignInsPath: false, views.RiskyPrincipalSignInsPath: true} {
		s.get(path, auth.PageProtection, s.riskySignIns(principals))
		for _, f := range views.RiskySignInsFormats() {
			s.get(path+"."+f.Name, auth.PageProtection, s.riskySignInsFile(principals, f))
		}
	}
}

// isRiskyFile says that the answer is a file of Identity Protection.
func isRiskyFile(c echo.Context) bool {
	return strings.HasPrefix(c.Path(), views.ProtectionPath+"/") && slices.ContainsFunc(views.RiskySignInsFormats(), func(f views.RiskySignInsFormat) bool { return strings.HasSuffix(c.Path(), "."+f.Name) })
}

// riskySignIns shows a list of risky sign-ins.
func (s *Server) riskySignIns(principals bool) echo.HandlerFunc {
	return func(c echo.Context) error {
		asked, bad := s.parseRiskySignIns(c.QueryParams(), principals, s.now(c))
		if len(bad) > 0 {
			return bad
		}
		ctx, reader, release, err := s.openSnapshot(c)
		if err != nil {
			return err
		}
		defer release()
		open, err := s.openSignIns(ctx, reader.Reader, asked)
		if err != nil {
			return err
		}
		page := views.RiskySignInsPage{Asked: asked, Open: open, Now: s.Now()}
		rows, err := askRisky(ctx, reader.Reader, &page, s.keptFor(reader))
		if err != nil {
			return err
		}
		title := "Risky sign-ins"
		if principals {
			title = "Risky sign-ins of service principals"
		}
		page.Shell = s.shell(c, title, views.NavProtection)
		if page.Triage, err = s.signInTriage(ctx, reader, page.Shell, rows); err != nil {
			return err
		}
		if err := s.record(c, seenRisky(viewer(c), rows).into(access.Record{Action: access.List, Query: asked.Words()})); err != nil {
			return err
		}
		return render(c, http.StatusOK, views.RiskySignIns(page))
	}
}

// keptFor gives what is kept for lists of service principals; nil for a viewer with a scope, who sees a part of it.
func (s *Server) keptFor(reader snapshot) *ask.RiskyKept {
	if !reader.scope.IsZero() {
		return nil
	}
	return s.riskyKept
}

// askRisky asks for the page's rows.
func askRisky(ctx context.Context, r ask.Reader, page *views.RiskySignInsPage, kept *ask.RiskyKept) (rows []ask.RiskyRow, err error) {
	a := page.Asked
	if a.Principals {
		q := riskyPrincipalsOf(a)
		q.Open, q.Kept = page.Open, kept
		page.Principals, err = q.Ask(ctx, r)
		if err != nil {
			return nil, err
		}
		return page.Principals.Rows, nil
	}
	page.Users, err = ask.RiskyUsers{Range: a.Range, Filter: a.Filter, Log: a.Log, Why: a.Why, Open: page.Open, After: a.After, Limit: a.Limit}.Ask(ctx, r)
	if err != nil {
		return nil, err
	}
	return page.Users.Rows, nil
}

func riskyPrincipalsOf(a views.RiskyAsked) ask.RiskyPrincipals {
	q := ask.RiskyPrincipals{Range: a.Range, Filter: a.Filter, Detections: a.Detections, Why: a.Why, Limit: a.Limit}
	if len(a.After) > 0 {
		q.After = &a.After[0]
	}
	return q
}

// seenRisky gathers the people of some rows.
func seenRisky(v Viewer, rows []ask.RiskyRow) *seen {
	shown := seenBy(v)
	for _, row := range rows {
		shown.entry(row.Entry)
	}
	return shown
}

// parseRiskySignIns reads the address of a list.
func (s *Server) parseRiskySignIns(params url.Values, principals bool, now time.Time) (a views.RiskyAsked, bad store.BadParams) {
	a.Principals = principals
	wrong := func(param, value, problem string) {
		bad = append(bad, store.BadParam{Param: param, Value: value, Problem: problem})
	}
	rest, detections := url.Values{}, url.Values{}
	for param, values := range params {
		switch {
		case param == "after", param == views.ParamRiskyLog && !principals, param == views.ParamRiskyWhy, param == views.ParamOpen:
		case strings.Join(values, "") == "": // an empty input of the form means nothing
		case principals && isAboutDetections(param):
			detections[param] = values
		default:
			rest[param] = values
		}
	}
	own := append(slices.Clone(rangeParams), "limit")
	maps.DeleteFunc(rest, func(param string, _ []string) bool { return slices.Contains(own, param) })
	var badFilter store.BadParams
	a.Filter, badFilter = store.SignIns.ParseFilter(rest)
	bad = append(bad, badFilter...)
	bad = append(bad, asideOf(a.Filter, principals)...)
	a.Detections, badFilter = risk.Kind.ParseFilter(detections)
	bad = append(bad, badFilter...)
	plain := url.Values{}
	for _, param := range own {
		if params.Has(param) {
			plain[param] = params[param]
		}
	}
	query, badRange := s.parseSome(plain, own, now)
	a.Range, a.Limit, bad = query.Range, query.Limit, append(bad, badRange...)
	if params.Get("limit") == "" {
		a.Limit = views.RiskyLimit
	}
	a.After, badRange = placesOf(params["after"], riskyLogsOf(principals))
	bad = append(bad, badRange...)
	if a.Log = store.Log(params.Get(views.ParamRiskyLog)); a.Log != "" && !principals && !slices.Contains(riskyLogsOf(false), a.Log) {
		wrong(views.ParamRiskyLog, string(a.Log), "is no log of users. Choose interactive or noninteractive.")
	}
	a.Why = ask.RiskyWhy(params.Get(views.ParamRiskyWhy))
	whys := []ask.RiskyWhy{ask.RiskyByState, ask.RiskyByLevel, ask.RiskyHidden}
	if principals {
		whys = []ask.RiskyWhy{ask.RiskyByDetection, ask.RiskyNearOne}
	}
	if a.Why != "" && !slices.Contains(whys, a.Why) {
		wrong(views.ParamRiskyWhy, string(a.Why), fmt.Sprintf("is no reason of this list. Choose one of %v.", whys))
	}
	switch value := params.Get(views.ParamOpen); {
	case value == "":
	case value != "yes":
		wrong(views.ParamOpen, value, "knows one value: yes.")
	case !mayBeOpen(a):
		wrong(views.ParamOpen, value, "asks for the states at risk and confirmed compromised. Choose one of them, or no state.")
	default:
		a.Open = true
	}
	for _, param := range []string{views.ParamRiskyLog, views.ParamRiskyWhy, views.ParamOpen} {
		if len(params[param]) > 1 {
			wrong(param, strings.Join(params[param], ", "), "is given more than once. Keep one.")
		}
	}
	return a, bad
}

// mayBeOpen says that the conditions on the state let through one that is open. For service principals the state is that of detections.
func mayBeOpen(a views.RiskyAsked) bool {
	if a.Principals {
		states := a.Detections
		for _, c := range a.Detections.Conditions() {
			if c.Field != risk.StateField {
				states = states.WithoutField(c.Field)
			}
		}
		return slices.ContainsFunc(store.OpenRiskStates(), func(state string) bool { return states.IsEmpty() || states.Match(&risk.Record{State: state}) })
	}
	return slices.ContainsFunc(riskyLogsOf(false), func(log store.Log) bool {
		_, ok := ask.OpenStates(log, a.Filter)
		return ok
	})
}

// riskyLogsOf are the logs of a list.
func riskyLogsOf(principals bool) []store.Log {
	if principals {
		return []store.Log{store.ServicePrincipal}
	}
	return ask.LogsOf(store.ObjectUser)
}

// isAboutDetections says that a parameter of the list of service principals asks something of the detections.
func isAboutDetections(param string) bool {
	name, _, _ := strings.Cut(param, ".")
	return slices.ContainsFunc(views.RiskyAbout(), func(f *store.Field) bool { return f.Name == name })
}

// asideOf refuses conditions that a log of the list never holds, so that none is dropped in silence.
func asideOf(f store.Filter, principals bool) (bad store.BadParams) {
	for _, c := range f.Conditions() {
		for _, log := range riskyLogsOf(principals) {
			info, _ := store.SignIns.Log(log)
			if principals && c.Field == store.RiskSignInField || !c.Field.AppliesTo(info) {
				bad = append(bad, store.BadParam{Param: c.Param(), Value: strings.Join(c.Values, ", "), Problem: "is not told by the records of this list. Take it out of the address."})
				break
			}
		}
	}
	return bad
}

// placesOf reads the places that a page goes on after, one for each log at most.
func placesOf(texts []string, logs []store.Log) (after []store.Cursor, bad store.BadParams) {
	for _, text := range texts {
		at, err := store.ParseCursor(text)
		if at.Log == "" && len(logs) == 1 {
			at.Log = logs[0]
		}
		taken := slices.ContainsFunc(after, func(c store.Cursor) bool { return c.Log == at.Log })
		if err != nil || !slices.Contains(logs, at.Log) || taken {
			return nil, store.BadParams{{Param: "after", Value: text, Problem: "is no place in this list. Begin with its newest sign-ins."}}
		}
		after = append(after, at)
	}
	return after, nil
}

// riskyFileRows is how many sign-ins of a file are asked for at once.
const riskyFileRows = 2000

// riskySignInsFile is a list as a file: all its sign-ins, of one state of the store. Each part is recorded before it is written.
func (s *Server) riskySignInsFile(principals bool, format views.RiskySignInsFormat) echo.HandlerFunc {
	return func(c echo.Context) error {
		if done, err := s.asked(c); done {
			return err
		}
		asked, bad := s.parseRiskySignIns(withoutReason(c.QueryParams()), principals, s.now(c))
		if len(bad) > 0 {
			return bad
		}
		asked.After, asked.Limit = nil, riskyFileRows
		end, err := s.beginDownload(c)
		if err != nil {
			return err
		}
		defer end()
		ctx, reader, release, err := s.openSnapshot(c)
		if err != nil {
			return err
		}
		release = sync.OnceFunc(release)
		defer release()
		open, err := s.openSignIns(ctx, reader.Reader, asked)
		if err != nil {
			return err
		}
		part, err := riskyFilePart(ctx, reader.Reader, asked, open, s.keptFor(reader))
		if err != nil {
			return err
		}
		out := &download{c: c, name: views.RiskySignInsFileName(asked, format), contentType: format.ContentType, stillReading: !part.Complete()}
		if c.Request().Method == http.MethodHead {
			release()
			out.begin()
			return nil
		}
		spool, err := os.CreateTemp("", "signpost-risky-*")
		if err != nil {
			return fmt.Errorf("make room for a file: %w", err)
		}
		defer os.Remove(spool.Name()) //nolint:errcheck // nobody reads it again
		defer spool.Close()           //nolint:errcheck // it was read, or is of no use
		file := format.New(spool, asked)
		for {
			if err := s.record(c, seenRisky(viewer(c), part.Rows()).into(access.Record{Action: access.Export, Query: asked.Words()})); err != nil {
				return err
			}
			for _, row := range part.Rows() {
				if err := file.Row(row); err != nil {
					return err
				}
			}
			if asked.After = part.Next(); len(asked.After) == 0 {
				break
			}
			if part, err = riskyFilePart(ctx, reader.Reader, asked, open, s.keptFor(reader)); err != nil {
				return err
			}
		}
		if err := file.End(); err != nil {
			return err
		}
		release()
		if _, err := spool.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("read a file again: %w", err)
		}
		return s.download(c, out, func(context.Context) error {
			_, err := io.Copy(out, spool)
			return err
		})
	}
}

// riskyFilePart asks for a part of a file. A file must not lack what a page may leave out with a note.
func riskyFilePart(ctx context.Context, r ask.Reader, asked views.RiskyAsked, open *ask.OpenSignIns, kept *ask.RiskyKept) (*views.RiskySignInsPage, error) {
	part := &views.RiskySignInsPage{Asked: asked, Open: open}
	if _, err := askRisky(ctx, r, part, kept); err != nil {
		return nil, err
	}
	if part.Lacks() {
		return nil, store.ErrTooSlow
	}
	return part, nil
}
