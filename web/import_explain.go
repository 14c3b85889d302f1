package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/store/access"
	"signpost/views"
)

// explained says what the files of a kept upload are, to its sender.
func (s *Server) explained(c echo.Context) error {
	if _, err := doneOf(c, "upload"); err != nil {
		return err
	}
	return s.renderExplained(c, http.StatusOK, c.QueryParam("upload"), "")
}

func (s *Server) renderExplained(c echo.Context, status int, id, problem string) error {
	if s.Uploads == nil {
		return store.ErrNotFound
	}
	kept, ok := s.Uploads.keptOf(id, viewer(c).Account.Name)
	if !ok {
		return store.ErrNotFound
	}
	return render(c, status, views.Explained(views.ExplainedPage{
		Shell: s.shell(c, "What is this file?", views.NavImport), Kept: kept, Problem: problem, Now: s.Now(),
	}))
}

// importKept imports files of a kept upload with the answers of its sender, or says what they are.
func (s *Server) importKept(c echo.Context) error {
	if s.Uploads == nil {
		return store.ErrNotFound
	}
	form, err := postForm(c)
	if err != nil {
		return err
	}
	id, by := form.Get("upload"), viewer(c).Account.Name
	files, ok := s.Uploads.filesFor(id, by)
	if !ok {
		return store.ErrNotFound
	}
	only := wholeUpload
	answers := ImportAnswers{Log: form.Get("log"), Dates: form.Get("dates"), Zone: fileZoneOf(form)}
	explains, name := form.Get("do") == "explain", id
	if text := form.Get("file"); text != "" && !explains {
		if only, err = strconv.Atoi(text); err != nil {
			return store.BadParam{Param: "file", Value: text, Problem: "is no file of the upload."}
		}
		file, known := files[only]
		if !known {
			return store.ErrNotFound
		}
		if problem := unanswered(answers, file.Asks); problem != "" {
			return s.renderExplained(c, http.StatusUnprocessableEntity, id, file.Name+": "+problem)
		}
		name = file.Name
	}
	run, err := s.Uploads.resume(id, by, only)
	switch {
	case errors.Is(err, errImportRuns):
		return s.renderExplained(c, http.StatusConflict, id, "An import is running, and one runs at a time. Wait until it is done, then try again.")
	case err != nil:
		return err
	case run == nil:
		return store.ErrNotFound
	}
	if err := s.record(c, access.Record{Action: access.Import, Query: name}); err != nil {
		run.giveBack()
		return err
	}
	run.explains = explains
	if only != wholeUpload {
		run.files[only].Answers.add(answers)
	}
	return s.startRun(c, run)
}

// add takes over what is said now. What was said before stays.
func (a *ImportAnswers) add(said ImportAnswers) {
	if said.Log != "" {
		a.Log = said.Log
	}
	if said.Dates != "" {
		a.Dates = said.Dates
	}
	if said.Zone != "" {
		a.Zone = said.Zone
	}
}
