package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/coverage"
	"signpost/store/export"
	"signpost/views"
	"signpost/web/ask"
)

// downloadTrust is the time after which a download's session is checked again.
const downloadTrust = 5 * time.Second

// setAsideHeader names the conditions that do not narrow a download: see export.SetAsideHeader.
const setAsideHeader = "X-Signpost-Set-Aside"

// stillReadingHeader says that older records of a download are being read again: see export.Request.StillReading.
const stillReadingHeader = "X-Signpost-Still-Reading"

// coverageHeader says what imported files cover of a download's log. Most files have no place for it.
const coverageHeader = "X-Signpost-Coverage"

// errSignedOut refuses a request that cannot lead to the sign-in page. It also ends a download when its session ends.
var errSignedOut = echo.NewHTTPError(http.StatusUnauthorized, "You are signed out.")

// export is the download of a list: all rows of its filter, sent as they are read.
func (s *Server) export(f export.Format) echo.HandlerFunc {
	return func(c echo.Context) error {
		list, err := s.listFor(c)
		if err != nil {
			return err
		}
		if done, err := s.asked(c); done {
			return err
		}
		v, reader := viewer(c), s.storeOf(c)
		var request export.Request
		err = ask.Together(c.Request().Context(), func(ctx context.Context) (err error) {
			request, err = export.Parse(ctx, reader, list.Log, f, withoutReason(c.QueryParams()), s.now(c))
			return err
		})
		if err != nil {
			return err
		}
		request.Withheld = v.hidden()
		request.By, request.Imports = v.Account.Name, s.importsFor(v)
		request.Coverage = s.coverageOf(v, reader)
		request.Words = func(log store.Log) string { return views.ListWords(s.looksFor(v), log, request.Query) }
		request.Sealed = func(sum string) {
			s.Log.InfoContext(c.Request().Context(), "an evidence bundle was made", "id", requestIDOf(c), "account", v.Account.Name,
				"file", request.Name(reader.Catalog()), "manifest_sha256", sum)
		}
		request.Memory = s.downloads.memory
		out := &download{c: c, name: request.Name(reader.Catalog()), contentType: f.ContentType()}
		out.aside = export.SetAsideHeader(request.SetAside(reader.Catalog()))
		err = ask.Together(c.Request().Context(), func(ctx context.Context) (err error) {
			out.stillReading, err = request.StillReading(ctx, reader)
			return err
		})
		if err != nil {
			return err
		}
		out.covered = s.coverageText(c, request)
		if c.Request().Method == http.MethodHead {
			out.begin()
			return nil
		}
		if err := s.recordExport(c, reader, list, request); err != nil {
			return err
		}
		end, err := s.beginDownload(c)
		if err != nil {
			return err
		}
		defer end()
		return s.download(c, out, func(ctx context.Context) error { return export.Write(ctx, out, reader, request) })
	}
}

// coverageText is the coverage of a download's log. The file is sent without it where it is not known in time.
func (s *Server) coverageText(c echo.Context, request export.Request) (text string) {
	ctx, cancel := context.WithTimeout(c.Request().Context(), coverageWithin)
	defer cancel()
	err := ask.Together(ctx, func(ctx context.Context) (err error) {
		text, err = request.CoverageText(ctx)
		return err
	})
	if err == nil {
		return text
	}
	if c.Request().Context().Err() == nil {
		s.Log.WarnContext(ctx, "look up the coverage of a download", "id", requestIDOf(c), "error", err)
	}
	return "not known in time"
}

// download writes the file. Its client must read at a least speed, see pace. After the first part only a broken connection
// can report an error. A file that just ends would pass for a whole one.
func (s *Server) download(c echo.Context, out *download, write func(context.Context) error) error {
	ctx, cancel := context.WithCancel(c.Request().Context())
	defer cancel()
	out.mayGoOn = s.looksAtSession(ctx, viewer(c).session)
	go func() {
		select {
		case <-s.Closing: // or the server would wait for the browser
			cancel()
		case <-ctx.Done():
		}
	}()
	err := write(ctx)
	switch {
	case err == nil:
		out.end()
		return nil
	case !c.Response().Committed:
		return err
	case c.Request().Context().Err() != nil, out.failed:
		err = fmt.Errorf("%w: %w", errClientGone, err)
	}
	s.Log.ErrorContext(ctx, "a download was broken off", "id", requestIDOf(c), "account", viewer(c).Account.Name,
		"file", out.name, "bytes", c.Response().Size, "error", err)
	panic(http.ErrAbortHandler)
}

// looksAtSession gives a check that a download calls before each part of its file. A download may go on for many minutes, and
// must not outlive the session that asked for it.
func (s *Server) looksAtSession(ctx context.Context, session auth.SessionRecord) func() error {
	if _, ok := readersOf(ctx); ok { // no session asked; the readers were looked at just before
		return func() error { return nil }
	}
	looked := s.Now()
	return func() error {
		if s.Now().Sub(looked) < downloadTrust {
			return nil
		}
		looked = s.Now()
		alive, err := s.Sessions.Alive(ctx, session)
		if err == nil && !alive {
			err = errSignedOut
		}
		return err
	}
}

// download is a file that is being sent to a browser. Its head goes out with the first bytes, so that an error before them
// still has a status of its own.
type download struct {
	c                 echo.Context
	name, contentType string
	aside             string       // for setAsideHeader; empty where no condition is set aside
	stillReading      bool         // see export.Request.StillReading
	covered           string       // for coverageHeader; empty where nothing is known
	failed            bool         // a write failed
	mayGoOn           func() error // asked before each part
}

func (d *download) begin() {
	h := d.c.Response().Header()
	h.Set(echo.HeaderContentType, d.contentType)
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+d.name+`"`)
	h.Set("X-Accel-Buffering", "no") // or nginx would store the file on its disk
	if d.aside != "" {
		h.Set(setAsideHeader, d.aside)
	}
	if d.stillReading {
		h.Set(stillReadingHeader, "true")
	}
	if d.covered != "" {
		h.Set(coverageHeader, d.covered)
	}
	d.c.Response().WriteHeader(http.StatusOK)
}

// Write writes a part of the file.
func (d *download) Write(p []byte) (int, error) {
	if err := d.mayGoOn(); err != nil {
		return 0, err
	}
	if !d.c.Response().Committed {
		d.begin()
	}
	n, err := d.c.Response().Write(p)
	d.failed = err != nil
	return n, err
}

// end sends the head of an empty file.
func (d *download) end() {
	if !d.c.Response().Committed {
		d.begin()
	}
}

// isExport says that the answer is a download that may go on for many minutes.
func isExport(c echo.Context) bool {
	return strings.Contains(c.Path(), "/export.") || strings.HasSuffix(c.Path(), "/"+export.Evidence.Path()) || c.Path() == rejectedPath || isReportFile(c) || isRiskyFile(c) || isDocument(c)
}

// importsFor is the import ledger as the viewer may see it. Only viewers who may import see the folders of the imported
// files.
func (s *Server) importsFor(v Viewer) store.Ledger {
	if !v.Scope().IsZero() {
		return nil // their counts are of the whole tenant
	}
	if s.Imports == nil {
		return nil
	}
	return ledgerFor{s.Imports, s.hiddenLogs(v), v.Rights.MaySee(auth.ImportData)}
}

// ledgerFor is a ledger without the logs that its viewer may not read. It has no folders where the viewer may not import.
type ledgerFor struct {
	store.Ledger
	hidden  func(store.Log) bool
	folders bool
}

func (l ledgerFor) Imports(ctx context.Context, after int64, limit int) ([]store.Import, error) {
	list, err := l.Ledger.Imports(ctx, after, limit)
	for i := range list {
		list[i] = list[i].WithoutLogs(l.hidden)
		if !l.folders {
			list[i].Path = list[i].Path[strings.LastIndexAny(list[i].Path, `/\`)+1:]
		}
	}
	return list, err
}

// coverageOf tells a file what imported files cover of a log; nil where the viewer is not told.
func (s *Server) coverageOf(v Viewer, reader store.Store) func(ctx context.Context, log store.Log, r store.Range) (*coverage.Coverage, error) {
	ledger := s.coverageFor(v)
	if ledger == nil {
		return nil
	}
	return func(ctx context.Context, log store.Log, r store.Range) (*coverage.Coverage, error) {
		if !slices.ContainsFunc(s.coveredLogs(v), func(info store.LogInfo) bool { return info.Log == log }) {
			return nil, nil // the portal's own log
		}
		return s.reader(reader, v.hidden(), v.scopes()...).Coverage(ctx, ask.CoverageQuery{Log: log, Range: r, Now: s.Now(), Ledger: ledger})
	}
}
