package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// triageForm is a form that decides about risk in this portal.
type triageForm struct {
	verdict   auth.TriageVerdict
	choices   []ask.TriageChoice
	comment   string
	next      string
	confirmed bool
}

// parseTriage reads a form. An object that it names twice counts once, as it is named first.
func parseTriage(form url.Values) (f triageForm, err error) {
	f.verdict, f.comment = auth.TriageVerdict(form.Get(views.TriageDo)), form.Get(views.TriageComment)
	if !f.verdict.IsVerdict() {
		return f, badForm("The form does not say what to do.")
	}
	values := form[views.TriageOf]
	switch {
	case len(values) == 0:
		return f, badForm("The form names no object. Go back and choose at least one row.")
	case len(values) > auth.MaxTriage:
		return f, badForm("The form names more than " + strconv.Itoa(auth.MaxTriage) + " objects. Choose fewer rows at a time.")
	}
	for _, value := range values {
		choice, err := ask.ParseTriageChoice(value)
		if err != nil {
			return f, badForm("The form has a value that does not name an object. Open the list again, then choose rows of it.")
		}
		if !slices.ContainsFunc(f.choices, func(other ask.TriageChoice) bool { return other.Of == choice.Of }) {
			f.choices = append(f.choices, choice)
		}
	}
	if f.next = localPath(form.Get(views.TriageNext)); f.next == "" {
		f.next = views.ProtectionPath
	}
	f.confirmed = form.Get(views.TriageConfirmed) != "" || len(f.choices) == 1 && form.Get(views.TriageAsk) == ""
	return f, nil
}

// badForm is an error about a form. The page for bad parameters would speak of a link.
func badForm(problem string) error { return echo.NewHTTPError(http.StatusBadRequest, problem) }

// triage takes a verdict about one object or several, or takes it back. An object that the viewer does not see gets the same answer as
// one that there is none of.
func (s *Server) triage(c echo.Context) error {
	if s.Triage == nil {
		return store.ErrNotFound
	}
	posted, err := postForm(c)
	if err != nil {
		return err
	}
	form, err := parseTriage(posted)
	if err != nil {
		return err
	}
	chosen, err := ask.Triage{Choices: form.choices, Kept: s.Triage}.Ask(c.Request().Context(), s.present(c).Reader)
	if err != nil {
		return err
	}
	if len(chosen) == 1 && chosen[0].Target == nil {
		return store.ErrNotFound
	}
	page := views.TriageConfirmPage{Verdict: form.verdict, Chosen: chosen, Comment: form.comment, Next: form.next}
	if !form.confirmed {
		return s.confirmTriage(c, http.StatusOK, page)
	}
	comment, err := auth.CommentText(views.TriageComment, form.comment)
	if err != nil {
		page.Problem = err.Error()
		return s.confirmTriage(c, http.StatusBadRequest, page)
	}
	lines, err := s.takeTriage(c, form.verdict, comment, chosen)
	if err != nil {
		return err
	}
	if len(lines) == 1 && lines[0].Outcome == auth.TriageChanged {
		return s.refuseTriage(c, form, page)
	}
	if err := s.recordUntouched(c, form.verdict, chosen, lines); err != nil {
		return err
	}
	if err := s.explainUntouched(c.Request().Context(), comment, chosen, lines); err != nil { // the verdicts are kept all the same
		s.Log.WarnContext(c.Request().Context(), "explain a triage that changed nothing", "id", requestIDOf(c), "error", err)
	}
	id, err := s.Triage.KeepTriageReport(c.Request().Context(), viewer(c).Account.ID, s.Now().UTC(), lines)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, withTold(form.next, id))
}

func (s *Server) confirmTriage(c echo.Context, status int, page views.TriageConfirmPage) error {
	page.Shell = s.shell(c, page.Verdict.Action(), views.NavProtection)
	page.Shell.Here = page.Next
	shown := seenBy(viewer(c))
	for _, chosen := range page.Chosen {
		shown.target(chosen.Target)
	}
	if err := s.recordShown(c, shown, page.Verdict); err != nil {
		return err
	}
	return render(c, status, views.TriageConfirm(page))
}

// target adds an object of a form; nil adds nothing. The viewer's own does not count as one of others.
func (n *seen) target(t *ask.TriageTarget) {
	if t == nil || n.isOwn(t.UserID) {
		return
	}
	n.rows++
	n.person(t.UserID, t.Username, t.Name)
}

// recordShown records objects that a form shows, or that its message names.
func (s *Server) recordShown(c echo.Context, shown *seen, verdict auth.TriageVerdict) error {
	return s.record(c, shown.into(access.Record{Action: access.List, Query: "triage " + string(verdict)}))
}

// recordUntouched records the objects that the message names although nothing changed about them. Those that changed have a record
// of their own.
func (s *Server) recordUntouched(c echo.Context, verdict auth.TriageVerdict, chosen []ask.TriageChosen, lines []auth.TriageReport) error {
	shown := seenBy(viewer(c))
	for i, choice := range chosen {
		if lines[i].Outcome != auth.TriageDone {
			shown.target(choice.Target)
		}
	}
	if shown.rows == 0 {
		return nil
	}
	return s.recordShown(c, shown, verdict)
}

// explainUntouched adds to the message who made an object as it is, where the form changed nothing about it, and the comment that is lost
// by that. A form that was sent twice loses no comment.
func (s *Server) explainUntouched(ctx context.Context, comment string, chosen []ask.TriageChosen, lines []auth.TriageReport) error {
	for i := range lines {
		if lines[i].Outcome != auth.TriageDone {
			lines[i].LostComment = comment
		}
	}
	for i := range lines {
		line := &lines[i]
		if line.Outcome != auth.TriageSame {
			continue
		}
		step, err := s.madeSo(ctx, chosen[i].Target.Of, line.Verdict)
		switch {
		case err != nil:
			return err
		case step == nil:
			continue
		}
		line.By, line.At = step.By, step.At
		if step.Comment == comment {
			line.LostComment = ""
		}
	}
	return nil
}

// madeSo gives the step that made an object as a repeated verdict wants it: the verdict that holds, or the undoing of the last one. It is
// nil where nobody ever decided, or where somebody decided otherwise in the meantime.
func (s *Server) madeSo(ctx context.Context, of auth.TriageObject, verdict auth.TriageVerdict) (step *auth.TriageEntry, err error) {
	err = ask.Together(ctx, func(ctx context.Context) error {
		if verdict != auth.TriageUndo {
			kept, err := s.Triage.Triaged(ctx, of)
			step = kept[of].Holds
			return err
		}
		steps, _, err := s.Triage.TriageHistory(ctx, of, 1)
		if len(steps) > 0 {
			step = &steps[0]
		}
		return err
	})
	if step != nil && step.Verdict != verdict {
		step = nil
	}
	return step, err
}

// refuseTriage shows the form again, with the object as it is now.
func (s *Server) refuseTriage(c echo.Context, form triageForm, page views.TriageConfirmPage) error {
	now, err := ask.Triage{Choices: form.choices, Kept: s.Triage}.Ask(c.Request().Context(), s.present(c).Reader)
	if err != nil {
		return err
	}
	page.Chosen = now
	page.Changed = "Somebody else decided, or a newer state was imported, since you opened the page. Look at it again, then decide."
	return s.confirmTriage(c, http.StatusConflict, page)
}

// takeTriage keeps what can be kept, and gives the outcome for each object. A step has its record in the access log before it is taken, so
// that the log misses none. A step that was not taken after all has a second record, which says that it failed.
func (s *Server) takeTriage(c echo.Context, verdict auth.TriageVerdict, comment string, chosen []ask.TriageChosen) ([]auth.TriageReport, error) {
	ctx, by, at := c.Request().Context(), viewer(c).Account.Name, s.Now().UTC()
	lines := make([]auth.TriageReport, len(chosen))
	var steps []auth.TriageStep
	var places []int // of the steps in lines
	var records []access.Record
	for i, choice := range chosen {
		lines[i] = auth.TriageReport{Of: choice.Of, Verdict: verdict, Outcome: auth.TriageMissing}
		t := choice.Target
		if t == nil {
			continue
		}
		step := auth.TriageStep{Of: t.Of, Name: t.Name, Verdict: verdict, Comment: comment, By: by, At: at, Risk: t.Risk, Seen: choice.Seen}
		lines[i].Name, lines[i].Outcome = t.Name, t.Kept.After(step)
		if lines[i].Outcome == auth.TriageDone && verdict != auth.TriageUndo && choice.IsStale() {
			lines[i].Outcome = auth.TriageChanged
		}
		if lines[i].Outcome != auth.TriageDone {
			continue
		}
		steps, places = append(steps, step), append(places, i)
		records = append(records, triageRecord(c, *t, verdict))
	}
	if len(steps) == 0 {
		return lines, nil
	}
	if err := s.recordTogether(c, records...); err != nil {
		return nil, err
	}
	outcomes, err := s.Triage.Triage(ctx, steps)
	if err != nil {
		s.recordFailed(c, records...)
		return nil, err
	}
	var failed []access.Record
	for i, outcome := range outcomes {
		if lines[places[i]].Outcome = outcome; outcome != auth.TriageDone {
			failed = append(failed, records[i])
		}
	}
	s.recordFailed(c, failed...)
	s.Log.InfoContext(ctx, "risk triaged", "id", requestIDOf(c), "account", by, "verdict", verdict, "objects", len(steps))
	return lines, nil
}

// triageRecord is the record of a step for the access log.
func triageRecord(c echo.Context, t ask.TriageTarget, verdict auth.TriageVerdict) access.Record {
	about := seenBy(viewer(c))
	about.person(t.UserID, t.Username, t.Name)
	return about.into(access.Record{Action: access.Triage, Log: store.Log(t.Of.Log), RecordID: t.Of.ID, Query: string(verdict) + " " + string(t.Of.Kind)})
}

// withTold adds the message to the address that a form leads back to.
func withTold(next string, id int64) string {
	u, err := url.Parse(next)
	if err != nil {
		return views.ProtectionPath
	}
	query := u.Query()
	query.Set(views.TriageToldParam, strconv.FormatInt(id, 10))
	u.RawQuery = query.Encode()
	return u.String()
}

const triageToldKey = "triageTold"

// tellTriage takes the message after a form out of the address of a page, and keeps it for the page's frame. So no page needs to know
// the parameter. Somebody else who reads Identity Protection may get the address: they see the page without the message.
func (s *Server) tellTriage(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		query, err := url.ParseQuery(r.URL.RawQuery)
		isPage := err == nil && (r.Method == http.MethodGet || r.Method == http.MethodHead)
		if s.Triage == nil || !isPage || len(query[views.TriageToldParam]) != 1 || !viewer(c).Rights.MayOpen(auth.PageProtection) {
			return next(c)
		}
		id, err := strconv.ParseInt(query.Get(views.TriageToldParam), 10, 64)
		if err != nil || id < 1 {
			return next(c)
		}
		var report []auth.TriageReport
		if viewer(c).Rights.MayOpen(auth.PageTriage) {
			report = s.triageReport(c, id)
		}
		query.Del(views.TriageToldParam)
		r = r.Clone(r.Context())
		r.URL.RawQuery = query.Encode()
		r.RequestURI = r.URL.RequestURI()
		c.SetRequest(r)
		c.Set(triageToldKey, triageLines(report))
		return next(c)
	}
}

// triageReport gives a message of the viewer; nil where it cannot be read. A page must not fail because of it.
func (s *Server) triageReport(c echo.Context, id int64) (report []auth.TriageReport) {
	err := ask.Together(c.Request().Context(), func(ctx context.Context) (err error) {
		report, err = s.Triage.TriageReport(ctx, viewer(c).Account.ID, id)
		return err
	})
	if err != nil {
		s.Log.WarnContext(c.Request().Context(), "read the message of a triage", "id", requestIDOf(c), "error", err)
	}
	return report
}

// triageTold gives the message for the frame of a page; nil for none.
func triageTold(c echo.Context) []views.TriageLine {
	lines, _ := c.Get(triageToldKey).([]views.TriageLine)
	return lines
}

func triageLines(report []auth.TriageReport) (lines []views.TriageLine) {
	for _, r := range report {
		lines = append(lines, views.TriageLine{
			Name: r.Name, ID: r.Of.ID, Verdict: r.Verdict, Outcome: string(r.Outcome), By: r.By, At: r.At, LostComment: r.LostComment,
		})
	}
	return lines
}
