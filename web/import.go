package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/store/access"
	"signpost/views"
)

const (
	importsPerPage = 50
	// checkFor is how long the sender of an upload waits for the check of the files; a longer check goes on in the
	// background.
	checkFor = 10 * time.Second
)

// importPage is the form for uploads and the past imports.
func (s *Server) importPage(c echo.Context) error {
	if _, err := doneOf(c, "before"); err != nil {
		return err
	}
	return s.renderImport(c, http.StatusOK, views.ImportPage{})
}

// renderImport fills in the parts that the page shows for every request.
func (s *Server) renderImport(c echo.Context, status int, page views.ImportPage) error {
	if s.Uploads == nil {
		return store.ErrNotFound
	}
	q := store.ImportsQuery{Limit: importsPerPage}
	if text := c.QueryParam("before"); text != "" {
		before, err := strconv.ParseInt(text, 10, 64)
		if err != nil || before < 1 {
			return store.BadParam{Param: "before", Value: text, Problem: "does not lead to a page of this list. Start again from the newest page."}
		}
		q.Before = before
	}
	past, err := s.PastImports.PastImports(c.Request().Context(), q)
	for i := range past.Entries {
		past.Entries[i] = s.entryFor(viewer(c), past.Entries[i])
	}
	if err != nil {
		return err
	}
	page.Shell, page.Now, page.IsFirst = s.shell(c, "Import", views.NavImport), s.Now(), q.Before == 0
	page.Past, page.More = past.Entries, past.More
	page.Run, _ = s.Uploads.shown()
	page.Limit = s.Uploads.limits.Upload
	page.Waiting = s.Uploads.waiting(viewer(c).Account.Name)
	return render(c, status, views.Import(page))
}

// upload takes files and begins to import them. uploadToExplain takes files and says what they are.
func (s *Server) upload(c echo.Context) error          { return s.takeUpload(c, false) }
func (s *Server) uploadToExplain(c echo.Context) error { return s.takeUpload(c, true) }

func (s *Server) takeUpload(c echo.Context, explains bool) error {
	if s.Uploads == nil {
		return store.ErrNotFound
	}
	run, err := s.Uploads.begin(viewer(c).Account.Name)
	if problem := crowded(err); problem != "" {
		drain(c)
		return s.renderImport(c, http.StatusConflict, views.ImportPage{Problem: problem})
	}
	if err != nil {
		return diskFull(err)
	}
	run.explains = explains
	if err := s.receiveWatched(c, run); err != nil {
		run.abandon()
		return s.uploadRefused(c, err)
	}
	// The files may have taken an hour to arrive. In that time their sender may have lost the right.
	switch alive, err := s.Sessions.Alive(c.Request().Context(), viewer(c).session); {
	case err != nil:
		run.abandon()
		return err
	case !alive:
		run.abandon()
		c.Set(sessionEndedKey, true)
		return c.Redirect(http.StatusSeeOther, signInAddress(c))
	}
	if err := s.record(c, access.Record{Action: access.Import, Query: strings.Join(run.names(), ", ")}); err != nil {
		run.abandon()
		return err
	}
	return s.startRun(c, run)
}

// startRun starts a run whose files are here, and leads to what there is to see of it.
func (s *Server) startRun(c echo.Context, run *importRun) error {
	select {
	case <-run.start():
	case <-time.After(checkFor):
	}
	if now := run.now(); now.Phase == views.ImportRefused {
		return s.renderImport(c, http.StatusUnprocessableEntity, views.ImportPage{Refused: now.Refused})
	}
	if _, kept := s.Uploads.keptOf(run.id(), viewer(c).Account.Name); kept && run.explains {
		return c.Redirect(http.StatusSeeOther, views.ExplainedURL(run.id()))
	}
	return c.Redirect(http.StatusSeeOther, views.ImportRunURL())
}

// crowded says why there is no room for an upload now; empty for any other error.
func crowded(err error) string {
	const later = ", then upload again: nothing of this upload was kept."
	switch {
	case errors.Is(err, errImportRuns):
		return "An import is running, and one runs at a time. Wait until it is done" + later
	case errors.Is(err, errManyUploads):
		return "Too many uploads are running. Wait until one is finished, or stop one" + later
	case errors.Is(err, errManyOfOne):
		return "Too many of your uploads are running. Wait until one is finished, or stop one" + later
	}
	return ""
}

// receiveWatched receives an upload while watch checks whether it may go on.
func (s *Server) receiveWatched(c echo.Context, run *importRun) error {
	ctx, here := context.WithCancel(c.Request().Context())
	defer here()
	go s.watch(ctx, run, viewer(c))
	return s.receive(c, run)
}

// uploadRefused says next to the form why an upload was refused; it returns any other error.
func (s *Server) uploadRefused(c echo.Context, err error) error {
	var refused badUpload
	var ended endedUpload
	if errors.As(err, &ended) {
		hangUp(c)
		if errors.Is(ended, errSignedOut) {
			c.Set(sessionEndedKey, true)
			return c.Redirect(http.StatusSeeOther, signInAddress(c))
		}
		refused = ended.refusal(s.Uploads.limits)
		return s.renderImport(c, refused.status, views.ImportPage{Problem: refused.message})
	}
	if errors.As(err, &refused) {
		drain(c)
		return s.renderImport(c, refused.status, views.ImportPage{Problem: refused.message})
	}
	return diskFull(err)
}

// importRun is the progress of the running import, or the result of the last one.
func (s *Server) importRun(c echo.Context) error {
	if _, err := doneOf(c); err != nil {
		return err
	}
	if s.Uploads == nil {
		return store.ErrNotFound
	}
	run, others := s.Uploads.shown()
	if run == nil {
		return c.Redirect(http.StatusSeeOther, views.ImportURL())
	}
	shown := *run
	shown.Reports = nil
	for _, report := range run.Reports {
		shown.Reports = append(shown.Reports, report.WithoutLogs(s.hiddenLogs(viewer(c))))
	}
	shown.Refused = slices.Clone(run.Refused)
	for i := range shown.Refused {
		shown.Refused[i].Upload = "" // only the sender maps its files: see Kept
	}
	run = &shown
	page := views.ImportRunPage{Shell: s.shell(c, "Import", views.NavImport), Run: *run, Others: others, Now: s.Now()}
	if kept, ok := s.Uploads.keptOf(run.ID, viewer(c).Account.Name); ok {
		page.Kept = &kept
	}
	if isFragment(c.Request()) {
		return render(c, http.StatusOK, views.ImportState(page))
	}
	page.Shell.Refreshes = run.Running() || len(others) > 0
	return render(c, http.StatusOK, views.ImportRunning(page))
}

// hiddenLogs gives a function that says whether the viewer may not read a log.
func (s *Server) hiddenLogs(v Viewer) func(store.Log) bool {
	catalog := s.storeFor(v).Catalog()
	return func(log store.Log) bool {
		info, ok := catalog.Log(log)
		return ok && !v.MaySee(info.Read)
	}
}

// entryFor is the import of one file as the viewer may see it.
func (s *Server) entryFor(v Viewer, entry store.ImportEntry) store.ImportEntry {
	entry.Report = entry.Report.WithoutLogs(s.hiddenLogs(v))
	return entry
}

// stopImport stops the import that the form names, or an upload on its way.
func (s *Server) stopImport(c echo.Context) error {
	if s.Uploads == nil {
		return store.ErrNotFound
	}
	form, err := postForm(c)
	if err != nil {
		return err
	}
	if by := viewer(c).Account.Name; s.Uploads.stopRun(form.Get("run"), by) {
		s.Log.InfoContext(c.Request().Context(), "import stopped", "id", requestIDOf(c), "by", by)
	}
	return c.Redirect(http.StatusSeeOther, views.ImportRunURL())
}
