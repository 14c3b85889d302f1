package web

import (
	"context"
	"slices"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// triageOf gives rows of a list with what is kept about them, by their objects. It gives nothing where nobody decides.
func (s *Server) triageOf(c echo.Context, targets []ask.TriageTarget) (map[auth.TriageObject]ask.TriageTarget, error) {
	if s.Triage == nil || len(targets) == 0 {
		return nil, nil
	}
	err := ask.Together(c.Request().Context(), func(ctx context.Context) error { return ask.KeptAbout(ctx, s.Triage, targets) })
	by := map[auth.TriageObject]ask.TriageTarget{}
	for _, t := range targets {
		by[t.Of] = t
	}
	return by, err
}

// riskySlots gives what is kept about the rows of a list of risky objects, and the form for them.
func (s *Server) riskySlots(c echo.Context, shell views.Shell, rows []store.Risky) (slots views.RiskySlots, err error) {
	targets := make([]ask.TriageTarget, len(rows))
	for i := range rows {
		targets[i] = ask.TargetOfRisky(&rows[i])
	}
	by, err := s.triageOf(c, targets)
	if err != nil || by == nil {
		return slots, err
	}
	of := func(r *store.Risky) ask.TriageTarget {
		return by[auth.TriageObject{Kind: ask.TriageKindOf(r.Of), ID: r.ID}]
	}
	slots.Bar = views.TriageBar(shell)
	slots.Box = func(r *store.Risky) templ.Component { return views.TriageBox(shell, of(r)) }
	slots.Mark = func(r *store.Risky) templ.Component { return views.TriageMark(of(r)) }
	return slots, nil
}

// triagePanel gives the triage of one object for its page; nil where nobody decides.
func (s *Server) triagePanel(c echo.Context, shell views.Shell, t ask.TriageTarget) (templ.Component, error) {
	if s.Triage == nil {
		return nil, nil
	}
	story, err := ask.StoryOf(c.Request().Context(), s.Triage, t)
	if err != nil {
		return nil, err
	}
	return views.TriageSection(views.TriagePanel{Shell: shell, TriageStory: story, Now: s.Now()}), nil
}

// signInTriage gives what is kept about the rows of a list of sign-ins, and the form for them.
func (s *Server) signInTriage(ctx context.Context, reader snapshot, shell views.Shell, rows []ask.RiskyRow) (views.TriageRows, error) {
	of := views.TriageRows{Shell: shell}
	if s.Triage == nil || len(rows) == 0 {
		return of, nil
	}
	signIns, err := ask.TriageOfRisky(ctx, reader.Reader, rows)
	if err == nil {
		of.Targets, err = ask.SignInTargets(ctx, reader.Reader, s.Triage, s.keptFor(reader), signIns)
	}
	return of, err
}

// signInPanel gives the triage of a sign-in for its page; nil where nobody decides.
func (s *Server) signInPanel(ctx context.Context, c echo.Context, reader ask.Reader, shell views.Shell, record *store.Record) (templ.Component, error) {
	if s.Triage == nil {
		return nil, nil
	}
	targets, err := ask.SignInTargets(ctx, reader, s.Triage, nil, []ask.TriageSignIn{ask.TriageSignInOf(record)})
	if err != nil {
		return nil, err
	}
	return s.triagePanel(c, shell, targets[0])
}

// openHere gives the question of a list of risky objects. Where the list asks for what is open in this portal, it leaves out what a
// verdict answers.
func (s *Server) openHere(ctx context.Context, reader ask.Reader, query views.RiskyListQuery) (store.RiskyQuery, error) {
	asked := query.RiskyQuery
	if !query.Open {
		return asked, nil
	}
	if len(asked.States) == 0 {
		asked.States = store.OpenRiskStates()
	}
	asked.States = slices.DeleteFunc(slices.Clone(asked.States), func(state string) bool { return !isOpenState(state) })
	if s.Triage == nil {
		return asked, nil
	}
	var err error
	asked.Without, err = ask.ClosedHere(ctx, reader, s.Triage, query.Of)
	return asked, err
}

// openSignIns gives what narrows a list of risky sign-ins to those that are open in this portal; nil for a list of all.
func (s *Server) openSignIns(ctx context.Context, reader ask.Reader, asked views.RiskyAsked) (*ask.OpenSignIns, error) {
	switch {
	case !asked.Open:
		return nil, nil
	case s.Triage == nil:
		return ask.OpenSignInsOf(ctx, reader, nil, asked.Range)
	}
	return ask.OpenSignInsOf(ctx, reader, s.Triage, asked.Range)
}

// openRisky counts the risky users that are open here, for the navigation. A page must not fail because of it.
func (s *Server) openRisky(c echo.Context) int {
	reader := s.present(c)
	kept := s.openKept
	if len(viewer(c).scopes()) > 0 {
		kept = nil // they see a part
	}
	n, err := ask.CountOpenHere(askingContext(c), reader.Reader, s.Triage, kept, store.StateRiskyUser)
	if err != nil {
		s.Log.WarnContext(c.Request().Context(), "count the open risky users", "id", requestIDOf(c), "error", err)
	}
	return int(n)
}

func isOpenState(state string) bool { return (store.RiskChange{State: state}).IsOpen() }
