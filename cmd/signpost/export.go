package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"signpost/store"
	"signpost/store/coverage"
	"signpost/store/datafolder"
	"signpost/store/export"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/views"
	"signpost/web/ask"
)

// ExportCmd is `signpost export`. It writes the same files as the page's download, for the owner of the data
// folder.
type ExportCmd struct {
	Data   string `default:"./data" type:"existingdir" placeholder:"DIR" help:"Folder of the data (${default})."`
	Log    string `required:"" enum:"${logs}" help:"Which log: ${enum}."`
	Format string `required:"" enum:"csv,zip,xlsx,json,azuremonitor,evidence" help:"Kind of file: ${enum}."`
	Query  string `placeholder:"URL-QUERY" help:"Range and filter as the address of the page has them, such as 'range=30d&status=failure'; file=authdetails and after=REQUEST-ID as in a download."`
	Out    string `type:"path" placeholder:"FILE" help:"File to write; standard output where it is not given."`
}

// exportedLogs are the values of --log: every log, and the legacy view.
var exportedLogs = func() kong.Vars {
	var names []string
	for _, info := range kinds.Catalog.Logs() {
		names = append(names, string(info.Log))
	}
	return kong.Vars{"logs": strings.Join(append(names, "legacy"), ",")}
}()

// Run writes the file. The file gets its name only when it is whole.
func (c *ExportCmd) Run(ctx context.Context, streams Streams) (err error) {
	log := newLog(streams.Err, slog.LevelWarn)
	ctx, stop := untilStopped(ctx, log)
	defer stop()
	limitMemory(portalMemory)
	params, err := url.ParseQuery(strings.TrimPrefix(c.Query, "?"))
	if err != nil {
		return usageError{fmt.Errorf("--query is not the query of an address: %w", err)}
	}
	if c.Out == "" && isTerminal(streams.Out) && slices.Contains([]export.Format{export.XLSX, export.ZIP, export.Evidence}, c.format()) {
		return usageError{errors.New("such a file is not for a terminal: name one with --out")}
	}
	db, err := datafolder.Open(ctx, c.Data, kinds.Catalog, importer.Decoder(kinds.Catalog), datafolder.WithLog(log))
	if err != nil {
		return exitError{exitFailed, fmt.Sprintf("open the data in %s: %v", c.Data, err)}
	}
	defer func() {
		if closeErr := db.Close(); closeErr != nil && err == nil {
			err = exitError{exitFailed, fmt.Sprintf("close the data in %s: %v", c.Data, closeErr)}
		}
	}()
	request, err := export.Parse(ctx, db, c.log(), c.format(), params, time.Now())
	var bad store.BadParams
	if errors.As(err, &bad) {
		return usageError{fmt.Errorf("--query: %w", bad)}
	}
	if err == nil {
		err = tellOf(ctx, db, request, streams.Err)
	}
	if err == nil {
		request.By, request.Imports = onCommandLine().Name, db
		request.Coverage = func(ctx context.Context, log store.Log, r store.Range) (*coverage.Coverage, error) {
			if info, _ := db.Catalog().Log(log); info.Own {
				return nil, nil
			}
			return ask.Reader{Reader: db, Directory: db}.Coverage(ctx, ask.CoverageQuery{Log: log, Range: r, Now: time.Now(), Ledger: db})
		}
		if !c.isArchive() { // an archive says it
			tellCoverage(ctx, request, streams.Err, log)
		}
		looks := views.LooksOf(db.Catalog())
		request.Words = func(log store.Log) string { return views.ListWords(looks, log, request.Query) }
		request.Sealed = func(sum string) { fmt.Fprintf(streams.Err, "SHA-256 of the manifest: %s\n", sum) }
		if err = noteExport(ctx, db, request); err == nil {
			err = c.write(ctx, db, request, streams)
		}
	}
	if ctx.Err() != nil {
		return exitError{exitFailed, "the export was stopped; no whole file was written"}
	}
	if err != nil {
		return exitError{exitFailed, fmt.Sprintf("export: %v", err)}
	}
	return nil
}

// tellOf prints the conditions that were set aside, and whether the store still reads a field in the background: the file
// itself does not show them.
func tellOf(ctx context.Context, db *datafolder.Folder, request export.Request, out io.Writer) error {
	for _, aside := range request.SetAside(db.Catalog()) {
		fmt.Fprintln(out, aside)
	}
	stillReading, err := request.StillReading(ctx, db)
	if stillReading {
		fmt.Fprintln(out, export.StillReadingSentence)
	}
	return err
}

// tellCoverage prints what imported files cover of the log: most files have no place for it.
func tellCoverage(ctx context.Context, request export.Request, out io.Writer, log *slog.Logger) {
	switch covered, err := request.CoverageText(ctx); {
	case err != nil:
		log.WarnContext(ctx, "look up the coverage of the log", "error", err)
	case covered != "":
		fmt.Fprintf(out, "The log is %s.\n", covered)
	}
}

func (c *ExportCmd) isArchive() bool {
	return c.format() == export.ZIP || c.format() == export.Evidence
}

func (c *ExportCmd) log() store.Log {
	if c.Log == "legacy" { // the legacy view is a view of the interactive log
		return store.Interactive
	}
	return store.Log(c.Log)
}

func (c *ExportCmd) format() export.Format {
	if c.Format == "azuremonitor" {
		return export.NDJSON
	}
	return export.Format(c.Format)
}

func (c *ExportCmd) write(ctx context.Context, db *datafolder.Folder, request export.Request, streams Streams) error {
	if isTerminal(streams.Err) && (c.Out != "" || !isTerminal(streams.Out)) {
		total, err := request.Total(ctx, db)
		if err != nil {
			return err
		}
		bar := progressbar.NewOptions64(total, progressbar.OptionSetWriter(streams.Err), progressbar.OptionSetDescription(request.Name(db.Catalog())),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("rows"), progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(24))
		// A bar that cannot be drawn (the terminal is gone) must not stop the export. Rows may arrive during the
		// export.
		request.Progress = func(rows int64) { _ = bar.Set64(min(rows, total)) }
		defer func() { _ = bar.Clear() }()
	}
	if c.Out == "" {
		return export.Write(ctx, streams.Out, db, request)
	}
	return writeWhole(c.Out, func(out io.Writer) error { return export.Write(ctx, out, db, request) })
}

// writeWhole writes a file under a temporary name in the same folder, and renames it when it is whole.
func writeWhole(path string, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	return err
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
