package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/export"
	"signpost/views"
)

// rejectedPath is the route of the file of an import's rejected records.
const rejectedPath = "/import/:id/rejected"

// importOf gives the import that an address names.
func (s *Server) importOf(c echo.Context) (store.ImportEntry, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || s.PastImports == nil {
		return store.ImportEntry{}, store.ErrNotFound
	}
	return s.PastImports.ImportByID(c.Request().Context(), id)
}

// pastImport is the report of one file's import.
func (s *Server) pastImport(c echo.Context) error {
	entry, err := s.importOf(c)
	if err != nil {
		return err
	}
	if _, err := doneOf(c); err != nil {
		return err
	}
	v := viewer(c)
	file, err := s.rejectedFor(c.Request().Context(), v, entry)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.PastImport(views.PastImportPage{
		Shell: s.shell(c, "Import of "+entry.Report.Path, views.NavImport), Entry: s.entryFor(v, entry), Now: s.Now(),
		Rejected: int64(len(file.Records)), ReadsAll: s.readsEverything(v),
	}))
}

// rejectedRecords is the download of the records that an import rejected.
func (s *Server) rejectedRecords(c echo.Context) error {
	entry, err := s.importOf(c)
	if err != nil {
		return err
	}
	if done, err := s.asked(c); done {
		return err
	}
	for param := range withoutReason(c.QueryParams()) {
		return store.BadParam{Param: param, Problem: "is none that this download knows. Take it out of the address."}
	}
	v := viewer(c)
	file, err := s.rejectedFor(c.Request().Context(), v, entry)
	if err != nil {
		return err
	}
	if len(file.Records) == 0 {
		return store.ErrNotFound
	}
	out := &download{c: c, name: file.Name(entry.Report.Path, strconv.FormatInt(entry.ID, 10)), contentType: export.NDJSON.ContentType()}
	if file.IsCSV() {
		out.contentType = export.CSV.ContentType()
	}
	if c.Request().Method == http.MethodHead {
		out.begin()
		return nil
	}
	end, err := s.beginDownload(c)
	if err != nil {
		return err
	}
	defer end()
	said := fmt.Sprintf("rejected records of import %d: %s", entry.ID, entry.Report.Path)
	if err := s.record(c, access.Record{Action: access.Export, Query: said, Rows: store.IntOf(int64(len(file.Records)))}); err != nil {
		return err
	}
	var text bytes.Buffer
	if _, err := file.WriteTo(&text); err != nil {
		return err
	}
	return s.download(c, out, func(context.Context) error {
		for piece := range slices.Chunk(text.Bytes(), pacedPiece) {
			if _, err := out.Write(piece); err != nil {
				return err
			}
		}
		return nil
	})
}

// rejectedFor is the text of an import's rejected records as the viewer may see it. Nothing can be taken out of a record that could
// not be read. So the text is for those alone who may see every class of data in it, and it has no record of a log that they may not
// read.
func (s *Server) rejectedFor(ctx context.Context, v Viewer, entry store.ImportEntry) (*store.RejectedFile, error) {
	none := &store.RejectedFile{}
	if entry.Report.RejectedKept == 0 || !v.mayReadAsReceived() {
		return none, nil
	}
	file, err := s.PastImports.RejectedOf(ctx, entry.ID)
	if errors.Is(err, store.ErrNotFound) {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	hidden := s.unreadLogs(v)
	return file.WithoutLogs(hidden, entry.Report.Holds(hidden)), nil
}

// unreadLogs gives a function that says whether the viewer may not read all of a log: not the log, or not all of its records.
func (s *Server) unreadLogs(v Viewer) func(store.Log) bool {
	hidden, catalog := s.hiddenLogs(v), s.storeFor(v).Catalog()
	return func(log store.Log) bool {
		kind := catalog.Kind(log)
		return hidden(log) || kind != nil && kind.Classes().Has(store.Content) && !v.MaySee(store.Content)
	}
}

// mayReadAsReceived says whether the viewer may see records from which nothing was taken out.
func (v Viewer) mayReadAsReceived() bool {
	return v.MayImport() && v.Scope().IsZero() && v.MaySeeConditionalAccess() && v.MaySee(store.Secret)
}

// readsEverything says that no record is withheld from the viewer, of whatever log.
func (s *Server) readsEverything(v Viewer) bool {
	hidden := s.unreadLogs(v)
	return v.mayReadAsReceived() && !slices.ContainsFunc(s.storeFor(v).Catalog().Logs(), func(info store.LogInfo) bool { return hidden(info.Log) })
}
