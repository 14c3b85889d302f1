package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"signpost/store"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/portal"
)

// OpenWriter opens the engine of a data folder for an import. Closing the importer ends its hold on the folder.
type OpenWriter func(dataDir string) (store.Writer, io.Closer, error)

// ImportCmd is `signpost import`.
type ImportCmd struct {
	Data string `default:"./data" type:"path" placeholder:"DIR" help:"Folder of the data (${default})."`
	JSON bool   `name:"json" help:"Print the report as one JSON object."`
	// MaxUnpacked is in megabytes; zero means the importer's own bound.
	MaxUnpacked int64 `help:"Megabytes that one packed file may unpack to, an archive with all its files; 40,960 unless told." default:"40960" placeholder:"MIB"`
	Explain     bool  `help:"Store nothing, and say of each file what it is, what told that, what an import would make of its columns, and how to get a better export."`
	// The answers to what files do not say themselves.
	Log   string `placeholder:"LOG" help:"The log of CSV files of the Entra admin center whose names do not tell it: interactive, noninteractive, serviceprincipal or managedidentity."`
	Dates string `placeholder:"ORDER" help:"The order in dates such as 3/11/2026 where no date of a file tells it: dmy or mdy."`
	Zone  string `placeholder:"ZONE" help:"The time zone of files that do not name it: such as Europe/Zurich, or --zone=-05:00."`
	// Rejected is a file, or an archive for the records of several files.
	Rejected string   `type:"path" placeholder:"FILE" help:"Write the rejected records to FILE, which must not be there yet: correct them and import FILE again. For several files, folders and archives FILE ends in .zip."`
	Paths    []string `arg:"" name:"path" help:"Files and folders: plain, .gz or .zip."`
}

// Run imports and prints the report. It ends with exitError 3 where records were rejected or a file has an unknown
// format.
func (c *ImportCmd) Run(ctx context.Context, open OpenWriter, streams Streams) (err error) {
	ctx, stop := untilStopped(ctx, newLog(streams.Err, slog.LevelWarn))
	defer stop()
	if c.MaxUnpacked < 0 {
		return usageError{errors.New("--max-unpacked takes a number of megabytes, 1 at least")}
	}
	answers, err := importer.ParseAnswers(c.Log, c.Dates, c.Zone)
	if err != nil {
		return usageError{err}
	}
	for _, path := range c.Paths {
		// A mistyped path must leave nothing behind, so this comes before the data folder is made.
		if _, err := os.Stat(path); err != nil {
			return exitError{exitFailed, fmt.Sprintf("import: %v", err)}
		}
	}
	if err := c.checkRejected(); err != nil {
		return err
	}
	if c.Explain {
		mappings, err := c.knownMappings(ctx)
		if err != nil {
			return err
		}
		return c.explain(ctx, importer.Options{MaxUnpacked: c.MaxUnpacked << 20, Answers: answers, Mappings: mappings}, streams.Out)
	}
	w, closer, err := open(c.Data)
	if err != nil {
		return exitError{exitFailed, fmt.Sprintf("open the data in %s: %v", c.Data, err)}
	}
	defer func() {
		if closeErr := closer.Close(); closeErr != nil && err == nil {
			err = exitError{exitFailed, fmt.Sprintf("close the data in %s: %v", c.Data, closeErr)}
		}
	}()
	mappings, err := portal.MappingsOf(ctx, c.Data)
	if err != nil {
		return exitError{exitFailed, fmt.Sprintf("read the mappings in %s: %v", c.Data, err)}
	}
	bar := newImportBar(streams.Err)
	reports, importErr := importer.New(w, importer.Options{Progress: bar.show, MaxUnpacked: c.MaxUnpacked << 20, Answers: answers, Mappings: mappings}).Paths(ctx, c.Paths...)
	bar.clear()
	write := printReports
	if c.JSON {
		write = printJSON
	}
	if err := write(streams.Out, reports); err != nil {
		return exitError{exitFailed, fmt.Sprintf("write the report: %v", err)}
	}
	rejectedErr := c.writeRejected(ctx, w, reports, streams.Err)
	if importErr != nil {
		return exitError{exitFailed, "import: " + oneLine(importErr.Error())}
	}
	if rejectedErr != nil {
		return exitError{exitFailed, "imported, but the rejected records were not written: " + oneLine(rejectedErr.Error())}
	}
	return incomplete(reports)
}

// Streams are the outputs of a command: results go to Out, everything else to Err.
type Streams struct{ Out, Err io.Writer }

// incomplete tells whether the import left out something that it was meant to store.
func incomplete(reports []store.ImportReport) error {
	var rejected, unread, asking int64
	for _, r := range reports {
		rejected += r.RejectedTotal
		if len(r.Asks) > 0 {
			asking++
		} else {
			unread += r.Unreadable
		}
	}
	var parts []string
	if rejected > 0 {
		parts = append(parts, countOf(rejected, "record")+" rejected")
	}
	if unread > 0 {
		parts = append(parts, countOf(unread, "record")+" left out: the format is not read")
	}
	if asking > 0 {
		parts = append(parts, countOf(asking, "file")+" left out until a question is answered: "+answerFlags(reports))
	}
	if parts == nil {
		return nil
	}
	return exitError{exitRejected, "imported, but not everything: " + strings.Join(parts, ", ")}
}

// answerFlags names the flags that answer what the files ask.
func answerFlags(reports []store.ImportReport) string {
	flags := map[string]bool{}
	for _, r := range reports {
		for _, about := range r.Asks {
			flags["--"+about] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(flags)), ", ")
}

// importTotals is the sum over all files. Scripts read its JSON.
type importTotals struct {
	Read     int64 `json:"read"`
	New      int64 `json:"new"`
	Updated  int64 `json:"updated"`
	Same     int64 `json:"same"`
	Skipped  int64 `json:"skipped"`
	Rejected int64 `json:"rejected"`
}

func totalsOf(reports []store.ImportReport) (t importTotals) {
	for _, r := range reports {
		t.Read += r.Read
		t.New += r.New
		t.Updated += r.Updated
		t.Same += r.Same
		t.Skipped += r.Skipped
		t.Rejected += r.RejectedTotal
	}
	return t
}

func printJSON(out io.Writer, reports []store.ImportReport) error {
	if reports == nil {
		reports = []store.ImportReport{}
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		Files  []store.ImportReport `json:"files"`
		Totals importTotals         `json:"totals"`
	}{reports, totalsOf(reports)})
}

// rejectedShown bounds the rejected records of a file in the printed report.
const rejectedShown = 10

func printReports(out io.Writer, reports []store.ImportReport) error {
	var text strings.Builder
	for i := range reports {
		printReport(&text, &reports[i])
	}
	if len(reports) > 1 {
		t := totalsOf(reports)
		fmt.Fprintf(&text, "%s: %d read, %d new, %d updated, %d the same, %d skipped, %d rejected\n",
			countOf(int64(len(reports)), "file"), t.Read, t.New, t.Updated, t.Same, t.Skipped, t.Rejected)
	}
	if len(reports) == 0 {
		text.WriteString("There was no file to import.\n")
	}
	_, err := io.WriteString(out, text.String())
	return err
}

func printReport(out io.Writer, r *store.ImportReport) {
	// Names and reasons quote the files: a terminal must not obey them.
	fmt.Fprintf(out, "%s (%s)\n", store.VisibleText(r.Path), store.FormatName(r.Format))
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "  read\tnew\tupdated\tsame\tskipped\trejected\t\n")
	fmt.Fprintf(table, "  %d\t%d\t%d\t%d\t%d\t%d\t\n", r.Read, r.New, r.Updated, r.Same, r.Skipped, r.RejectedTotal)
	_ = table.Flush() // out is memory
	for _, log := range kinds.Catalog.Logs() {
		if n := r.LogCounts[log.Log]; n > 0 {
			fmt.Fprintf(out, "  %s: %d\n", log.Title, n)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(r.Directory)) {
		fmt.Fprintf(out, "  %s: %d\n", store.VisibleText(kind), r.Directory[kind])
	}
	for _, sentence := range reportSentences(r, kinds.Catalog) {
		fmt.Fprintf(out, "  %s\n", store.VisibleText(sentence))
	}
	for i, rejected := range r.Rejected {
		if i == rejectedShown {
			fmt.Fprintf(out, "  and %d more rejected; --json lists up to %d\n", r.RejectedTotal-rejectedShown, store.MaxRejectedListed)
			break
		}
		fmt.Fprintf(out, "  rejected: record %d, line %d: %s\n", rejected.Record, rejected.Line, store.VisibleText(rejected.Reason))
	}
	if missing := r.RejectedTotal - r.RejectedKept; missing > 0 {
		fmt.Fprintf(out, "  no text is kept of %s\n", countOf(missing, "rejected record"))
	}
	fmt.Fprintln(out)
}

// reportSentences explain the counts of a report, in the words of the kind that the file held.
func reportSentences(r *store.ImportReport, catalog store.Catalog) (list []string) {
	if r.Same > 0 && r.New+r.Updated+r.RejectedTotal == 0 {
		switch kind := kindOf(r, catalog); {
		case len(r.Directory) > 0 || kind == nil:
			list = append(list, "nothing new: all of it was here already")
		case r.Same == 1:
			list = append(list, fmt.Sprintf("nothing new: the one %s was here already", kind.One))
		default:
			list = append(list, fmt.Sprintf("nothing new: all %d %s were here already", r.Same, kind.Many))
		}
	}
	if r.Conflicts > 0 {
		of := "of another person's or service principal's sign-in"
		if kindOf(r, catalog) != store.SignIns {
			of = "of a record of somebody else"
		}
		list = append(list, fmt.Sprintf("%s had the id %s and got an id of their own", countOf(r.Conflicts, "record"), of))
	}
	switch len(r.Tenants) {
	case 0:
	case 1:
		list = append(list, "tenant "+r.Tenants[0])
	default:
		list = append(list, fmt.Sprintf("%d tenants: %s", len(r.Tenants), strings.Join(r.Tenants, ", ")))
	}
	return slices.Concat(list, r.ReportSentences(), r.CannotShow)
}

// kindOf gives the kind of the records that a file held; nil where they are of several kinds, or of none. What its records tell of
// another kind does not count.
func kindOf(r *store.ImportReport, catalog store.Catalog) (kind *store.Kind) {
	for log, n := range r.LogCounts {
		if n == r.Told[log].N {
			continue
		}
		of := catalog.Kind(log)
		if kind != nil && kind != of {
			return nil
		}
		kind = of
	}
	return kind
}

func countOf(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// importBar shows the progress of an import; on a terminal only.
type importBar struct {
	bar     *progressbar.ProgressBar
	out     io.Writer
	started time.Time
}

func newImportBar(out io.Writer) *importBar {
	b := &importBar{started: time.Now()}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		b.out = out
	}
	return b
}

// show draws the bar: file, bytes, time left and rows a second.
func (b *importBar) show(p importer.Progress) {
	if b.out == nil {
		return
	}
	if b.bar == nil {
		b.bar = progressbar.NewOptions64(p.Total, progressbar.OptionSetWriter(b.out),
			progressbar.OptionShowBytes(true), progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetWidth(24))
	}
	rate := float64(p.Records) / max(time.Since(b.started).Seconds(), 0.001)
	b.bar.Describe(fmt.Sprintf("%s  %.0f rows/s", store.VisibleText(filepath.Base(p.Path)), rate))
	// A bar that cannot be drawn (the terminal is gone) must not stop the import.
	_ = b.bar.Set64(min(p.Bytes, p.Total))
}

func (b *importBar) clear() {
	if b.bar != nil {
		_ = b.bar.Clear() // as in show
	}
}
