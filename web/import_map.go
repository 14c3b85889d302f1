package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/store/access"
	"signpost/views"
)

// MappingStore keeps the mappings of files of no known format.
type MappingStore interface {
	// Mappings gives them by name.
	Mappings(ctx context.Context) ([]store.Mapping, error)
	// AddMapping keeps a new one. The error is store.ErrMappingNameTaken, ErrMappingHeadingsTaken or ErrTooManyMappings where it
	// cannot stay beside the others.
	AddMapping(ctx context.Context, m store.Mapping) (store.Mapping, error)
	// ChangeMapping, RenameMapping and RemoveMapping give store.ErrNoMapping where there is no such mapping. The headings of a
	// mapping stay.
	ChangeMapping(ctx context.Context, m store.Mapping) error
	RenameMapping(ctx context.Context, id int64, name string) error
	RemoveMapping(ctx context.Context, id int64) error
}

// mapRequest is what the page of a mapping is asked for.
type mapRequest struct {
	upload       string
	file, member int
	isForm       bool // the fields were chosen; else they are guessed
	fields       []string
	mapping      store.Mapping
}

// mapParams are the parameters of the page's address.
var mapParams = []string{"upload", "file", "member"}

// mapRequestOf reads the address, or the form, of the page.
func mapRequestOf(values url.Values) (r mapRequest, err error) {
	r = mapRequest{upload: values.Get("upload"), member: -1, isForm: values.Has("field"), fields: values["field"]}
	if r.file, err = strconv.Atoi(values.Get("file")); err != nil || r.file < 0 {
		return r, store.BadParam{Param: "file", Value: values.Get("file"), Problem: "is no file of an upload. Open the page from the report of the upload."}
	}
	if text := values.Get("member"); text != "" {
		if r.member, err = strconv.Atoi(text); err != nil || r.member < -1 {
			return r, store.BadParam{Param: "member", Value: text, Problem: "is no file of an archive. Open the page from the report of the upload."}
		}
	}
	r.mapping = mappingOf(values)
	return r, nil
}

// mappingOf reads what the form of a mapping says beside its columns.
func mappingOf(values url.Values) store.Mapping {
	return store.Mapping{Name: strings.TrimSpace(values.Get("name")), Log: store.Log(values.Get("log")), Dates: values.Get("dates"), Zone: fileZoneOf(values)}
}

// fileZoneOf reads the choice of a time zone. One that was written goes before one that was chosen.
func fileZoneOf(values url.Values) string {
	return cmp.Or(strings.TrimSpace(values.Get("zone_other")), strings.TrimSpace(values.Get("zone")))
}

// mapPage is the page on which somebody says what the columns of a file hold.
func (s *Server) mapPage(c echo.Context) error {
	for name := range c.QueryParams() {
		if !slices.Contains(mapParams, name) {
			return store.BadParam{Param: name, Problem: "is not known here."}
		}
	}
	r, err := mapRequestOf(c.QueryParams())
	if err != nil {
		return err
	}
	page, err := s.mapped(c, &r)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.ImportMap(page))
}

// mapFile shows a mapping once more with a preview, or keeps it and imports the file.
func (s *Server) mapFile(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	r, err := mapRequestOf(form)
	if err != nil {
		return err
	}
	page, err := s.mapped(c, &r)
	if err != nil {
		return err
	}
	if page.IsGone || form.Get("do") != "import" {
		return render(c, http.StatusOK, views.ImportMap(page))
	}
	page.Problems = r.problems(s.storeFor(viewer(c)).Catalog())
	if page.Look.Dates != "" && r.mapping.Dates == "" {
		page.Problems = append(page.Problems, store.MappingProblem{Part: store.MappingDates, Heading: -1, Problem: page.Look.Dates + " Choose the order."})
	}
	if page.Look.Zone != "" && r.mapping.Zone == "" {
		page.Problems = append(page.Problems, store.MappingProblem{Part: store.MappingZone, Heading: -1, Problem: page.Look.Zone + " Choose the zone that they are in."})
	}
	if info, ok := s.storeFor(viewer(c)).Catalog().Log(r.mapping.Log); ok && !viewer(c).MaySee(info.Read) {
		return store.ErrNotFound
	}
	if len(page.Problems) == 0 && page.Problem == "" {
		run, err := s.resumeMapped(c, r, &page)
		if err != nil {
			return err
		}
		if run != nil {
			return s.startRun(c, run)
		}
	}
	return render(c, http.StatusUnprocessableEntity, views.ImportMap(page))
}

// mapped looks at the file, and fills in the page and the mapping of the request.
func (s *Server) mapped(c echo.Context, r *mapRequest) (page views.MapPage, err error) {
	if s.Uploads == nil || s.Mappings == nil || s.LookAtFile == nil {
		return page, store.ErrNotFound
	}
	page = views.MapPage{Shell: s.shell(c, "Say what the columns hold", views.NavImport), Upload: r.upload, File: r.file, Member: r.member, Now: s.Now()}
	file, err := s.Uploads.keptFile(r.upload, viewer(c).Account.Name, r.file)
	if err != nil {
		page.IsGone = true
		return page, nil
	}
	page.Name = file.Name
	asked := r.mapping
	if asked.Log == "" {
		asked.Log = store.Interactive // the rows are shown as sign-ins until a log is chosen
	}
	look, err := s.LookAtFile(file, r.member, asked)
	if err == nil && look.Known == "" {
		r.fill(look, s.storeFor(viewer(c)).Catalog(), asked.Log)
		asked.Fields = r.mapping.Fields
		look, err = s.LookAtFile(file, r.member, asked)
	}
	switch {
	case err != nil:
		page.Problem = "The file cannot be mapped: " + err.Error() + "."
	case look.Known != "":
		page.Problem = "The file needs no mapping: it is " + store.FormatName(look.Known) + "."
	}
	page.Look, page.Mapping = look, r.mapping
	page.Logs = s.mappedLogs(c)
	page.List, _ = s.looks.List(asked.Log)
	if r.isForm {
		for _, problem := range r.problems(s.storeFor(viewer(c)).Catalog()) {
			if problem.Part == store.MappingHeading || problem.Part == store.MappingTime || problem.Part == store.MappingZone {
				page.Problems = append(page.Problems, problem)
			}
		}
	}
	return page, nil
}

// mappedLogs are the logs that the viewer may map rows to.
func (s *Server) mappedLogs(c echo.Context) (logs []store.LogInfo) {
	for _, info := range s.storeFor(viewer(c)).Catalog().Logs() {
		if !info.Own && viewer(c).MaySee(info.Read) {
			logs = append(logs, info)
		}
	}
	return logs
}

// problems are those of the mapping. Without a log its fields are looked at as those of a sign-in, as the page shows them.
func (r *mapRequest) problems(catalog store.Catalog) []store.MappingProblem {
	list := r.mapping.Problems(catalog)
	if r.mapping.Log == "" {
		m := r.mapping
		m.Log = store.Interactive
		for _, problem := range m.Problems(catalog) {
			if !slices.Contains(list, problem) {
				list = append(list, problem)
			}
		}
	}
	return list
}

// fill completes the mapping of the request by what the file tells. Fields that were chosen for another kind of log give way to
// those that are guessed.
func (r *mapRequest) fill(look store.MappingLook, catalog store.Catalog, log store.Log) {
	m := &r.mapping
	m.Headings, m.Fields = look.Headings, map[string]string{}
	kind := catalog.Kind(log)
	isOther := false
	for i, heading := range look.Headings {
		if i < len(r.fields) && r.fields[i] != "" {
			m.Fields[heading] = r.fields[i]
			if kind != nil {
				_, known := kind.MappedField(r.fields[i])
				isOther = isOther || !known
			}
		}
	}
	if !r.isForm || isOther {
		m.Fields = look.Guess
	}
	if !r.isForm {
		m.Log = look.Log
	}
}

// resumeMapped keeps the mapping and makes a run that imports the file with it. Without a run the page says why there is none.
func (s *Server) resumeMapped(c echo.Context, r mapRequest, page *views.MapPage) (*importRun, error) {
	ctx, by := c.Request().Context(), viewer(c).Account.Name
	run, err := s.Uploads.resume(r.upload, by, r.file)
	switch {
	case errors.Is(err, errImportRuns):
		page.Problem = "An import is running, and one runs at a time. Wait until it is done, then press Import again."
		return nil, nil
	case err != nil:
		return nil, err
	case run == nil:
		page.IsGone = true
		return nil, nil
	}
	r.mapping.By, r.mapping.Created = by, s.Now().UTC()
	kept, err := s.Mappings.AddMapping(ctx, r.mapping)
	if err != nil {
		run.giveBack()
		if words, part := mappingTaken(err); words != "" {
			page.Problems = append(page.Problems, store.MappingProblem{Part: part, Heading: -1, Problem: words})
			return nil, nil
		}
		return nil, err
	}
	if err := s.record(c, access.Record{Action: access.Import, Query: page.Name}); err != nil {
		run.giveBack()
		return nil, errors.Join(err, s.Mappings.RemoveMapping(ctx, kept.ID))
	}
	return run, nil
}

// mappingTaken says why a mapping cannot stay beside the others; empty for any other error.
func mappingTaken(err error) (words, part string) {
	switch {
	case errors.Is(err, store.ErrMappingNameTaken):
		return "Another mapping has this name. Choose another one.", store.MappingName
	case errors.Is(err, store.ErrMappingHeadingsTaken):
		return "Another mapping has exactly these headings. To have the file read with that one, open its upload from the import page and press Import. Or change that one on the page of the mappings.", store.MappingName
	case errors.Is(err, store.ErrTooManyMappings):
		return fmt.Sprintf("There are %d mappings, the limit. Delete one that is not used any more.", store.MaxMappings), store.MappingName
	}
	return "", ""
}
