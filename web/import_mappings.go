package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/views"
)

// mappings is the list of the mappings that are kept.
func (s *Server) mappings(c echo.Context) error {
	said, err := doneOf(c)
	if err != nil {
		return err
	}
	return s.renderMappings(c, http.StatusOK, said, "", 0)
}

func (s *Server) renderMappings(c echo.Context, status int, said, problem string, of int64) error {
	if s.Mappings == nil {
		return store.ErrNotFound
	}
	list, err := s.Mappings.Mappings(c.Request().Context())
	if err != nil {
		return err
	}
	return render(c, status, views.Mappings(views.MappingsPage{
		Shell: s.shell(c, "Mappings", views.NavImport), Mappings: list, Catalog: s.storeFor(viewer(c)).Catalog(), Now: s.Now(), Done: said, Problem: problem, Of: of,
	}))
}

// changeMapping renames or removes a mapping.
func (s *Server) changeMapping(c echo.Context) error {
	if s.Mappings == nil {
		return store.ErrNotFound
	}
	form, err := postForm(c)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(form.Get("id"), 10, 64)
	if err != nil {
		return store.ErrNotFound
	}
	ctx, said := c.Request().Context(), ""
	switch form.Get("do") {
	case "rename":
		m := store.Mapping{Name: form.Get("name")}
		for _, problem := range m.Problems(s.storeFor(viewer(c)).Catalog()) {
			if problem.Part == store.MappingName {
				return s.renderMappings(c, http.StatusUnprocessableEntity, "", problem.Problem, id)
			}
		}
		err, said = s.Mappings.RenameMapping(ctx, id, m.Name), "mapping-renamed"
	case "delete":
		err, said = s.Mappings.RemoveMapping(ctx, id), "mapping-removed"
	default:
		return store.BadParam{Param: "do", Value: form.Get("do"), Problem: "is neither rename nor delete."}
	}
	switch words, _ := mappingTaken(err); {
	case words != "":
		return s.renderMappings(c, http.StatusUnprocessableEntity, "", words, id)
	case errors.Is(err, store.ErrNoMapping):
		return store.ErrNotFound
	case err != nil:
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.MappingsPath+"?done="+said)
}

// keptMapping gives the mapping of the address; store.ErrNotFound where there is none, or it is of a log that the viewer may not
// read.
func (s *Server) keptMapping(c echo.Context) (m store.Mapping, err error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || s.Mappings == nil {
		return m, store.ErrNotFound
	}
	list, err := s.Mappings.Mappings(c.Request().Context())
	if err != nil {
		return m, err
	}
	at := slices.IndexFunc(list, func(m store.Mapping) bool { return m.ID == id })
	if at < 0 || !s.mayMapTo(c, list[at].Log) {
		return m, store.ErrNotFound
	}
	return list[at], nil
}

// mayMapTo says whether the viewer may read a log, and so say what its rows are.
func (s *Server) mayMapTo(c echo.Context, log store.Log) bool {
	return slices.ContainsFunc(s.mappedLogs(c), func(info store.LogInfo) bool { return info.Log == log })
}

// mappingPage is the page on which a kept mapping is changed.
func (s *Server) mappingPage(c echo.Context) error {
	if _, err := doneOf(c); err != nil {
		return err
	}
	m, err := s.keptMapping(c)
	if err != nil {
		return err
	}
	return s.renderMapping(c, http.StatusOK, m, nil)
}

func (s *Server) renderMapping(c echo.Context, status int, m store.Mapping, problems []store.MappingProblem) error {
	page := views.MapPage{
		Shell: s.shell(c, "Change a mapping", views.NavImport), ID: m.ID, Name: m.Name, Mapping: m, Problems: problems, Logs: s.mappedLogs(c), Now: s.Now(),
		Look: store.MappingLook{Headings: m.Headings}, Member: -1,
	}
	page.List, _ = s.looks.List(m.Log)
	return render(c, status, views.ImportMap(page))
}

// saveMapping keeps what a mapping says now.
func (s *Server) saveMapping(c echo.Context) error {
	kept, err := s.keptMapping(c)
	if err != nil {
		return err
	}
	form, err := postForm(c)
	if err != nil {
		return err
	}
	m := mappingOf(form)
	m.ID, m.Headings, m.By, m.Created, m.Fields = kept.ID, kept.Headings, kept.By, kept.Created, map[string]string{}
	chosen := form["field"]
	if len(chosen) != len(m.Headings) {
		return store.BadParam{Param: "field", Problem: "is not there once for each column. Open the mapping again and use the form."}
	}
	for i, heading := range m.Headings {
		if chosen[i] != "" {
			m.Fields[heading] = chosen[i]
		}
	}
	problems := m.Problems(s.storeFor(viewer(c)).Catalog())
	if _, isLog := s.storeFor(viewer(c)).Catalog().Log(m.Log); isLog && !s.mayMapTo(c, m.Log) {
		return store.ErrNotFound
	}
	if len(problems) == 0 {
		err = s.Mappings.ChangeMapping(c.Request().Context(), m)
		switch words, part := mappingTaken(err); {
		case words != "":
			problems = append(problems, store.MappingProblem{Part: part, Heading: -1, Problem: words})
		case errors.Is(err, store.ErrNoMapping):
			return store.ErrNotFound
		case err != nil:
			return err
		default:
			return c.Redirect(http.StatusSeeOther, views.MappingsPath+"?done=mapping-changed")
		}
	}
	if m.Log == "" {
		m.Log = kept.Log // the choices are shown as those of some log
	}
	return s.renderMapping(c, http.StatusUnprocessableEntity, m, problems)
}
