// Command signpost is a self-hosted web portal over a tenant's Microsoft Entra ID sign-in logs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// cli has every command. Each flag has an environment twin (SIGNPOST_ADDR, SIGNPOST_DATA, ...).
type cli struct {
	Serve   ServeCmd   `cmd:"" help:"Serve the portal."`
	Import  ImportCmd  `cmd:"" help:"Import export files and folders (plain, .gz, .zip)."`
	Export  ExportCmd  `cmd:"" help:"Write a log to a file, as the page's download does."`
	Report  ReportCmd  `cmd:"" help:"Write the file of a saved view or a schedule, as an account may have it."`
	Verify  VerifyCmd  `cmd:"" help:"Check that an evidence bundle is as it was made."`
	User    UserCmd    `cmd:"" help:"Manage the people who sign in."`
	Demo    DemoCmd    `cmd:"" help:"Write a made-up tenant's logs as export files."`
	Bench   BenchCmd   `cmd:"" help:"Measure import, questions and pages on a made-up tenant."`
	Reindex ReindexCmd `cmd:"" help:"Rebuild what is derived from the records."`
	Check   CheckCmd   `cmd:"" help:"Read everything and say what is damaged or cannot be right."`
	Backup  BackupCmd  `cmd:"" help:"Write a whole copy of the data to a file, while serve and imports run."`
	Restore RestoreCmd `cmd:"" help:"Fill an empty data folder from a backup."`
}

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	var commands cli
	parser, err := kong.New(&commands, kong.Name("signpost"), kong.DefaultEnvars("SIGNPOST"), exportedLogs, demoFormats,
		kong.Description("A self-hosted portal over Microsoft Entra ID sign-in logs."),
		kong.BindTo(context.Background(), (*context.Context)(nil)),
		kong.Bind(OpenWriter(openWriter), Streams{Out: os.Stdout, Err: os.Stderr}))
	if err != nil {
		return complain(exitFailed, err)
	}
	command, err := parser.Parse(args)
	if err != nil {
		return complain(exitUsage, err)
	}
	var usage usageError
	var exit exitError
	switch err := command.Run(); {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		return complain(exitUsage, err)
	case errors.As(err, &exit):
		return complain(exit.code, exit)
	default:
		return complain(exitFailed, err)
	}
}

// openWriter is openForImport for the command of that name.
func openWriter(folder string) (store.Writer, io.Closer, error) {
	db, err := openForImport(context.Background(), folder)
	if err != nil {
		return nil, nil, err
	}
	return db, db, nil
}

// openForImport opens the engine and limits the memory of the process to the needs of an import.
func openForImport(ctx context.Context, folder string) (*datafolder.Folder, error) {
	limitMemory(importMemory)
	return datafolder.Open(ctx, folder, kinds.Catalog, importer.Decoder(kinds.Catalog), datafolder.WithCache(importCache), datafolder.WithLog(newLog(os.Stderr, slog.LevelWarn)))
}

// complain prints an error in one line.
func complain(code int, err error) int {
	fmt.Fprintln(os.Stderr, "signpost:", oneLine(err.Error()))
	return code
}

// oneLine joins the lines of a sentence and escapes characters that a terminal would obey. Names of files and
// values of records may stand in it.
func oneLine(text string) string {
	return store.VisibleText(strings.NewReplacer("\n", "; ", "\r", "; ").Replace(text))
}
