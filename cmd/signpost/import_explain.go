package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"signpost/store"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/portal"
)

// knownMappings gives the mappings that an import would apply. Where there is no data folder there are none, and none is made.
func (c *ImportCmd) knownMappings(ctx context.Context) ([]store.Mapping, error) {
	if _, err := os.Stat(c.Data); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	mappings, err := portal.MappingsOf(ctx, c.Data)
	if err != nil {
		return nil, exitError{exitFailed, fmt.Sprintf("read the mappings in %s: %v", c.Data, err)}
	}
	return mappings, nil
}

// explain says what the files are. Nothing is stored, and no data folder is opened or made. It ends as the import would: with
// exitRejected where something would be left out or is asked.
func (c *ImportCmd) explain(ctx context.Context, opts importer.Options, out io.Writer) error {
	limitMemory(importMemory)
	list, err := importer.ExplainPaths(ctx, kinds.Catalog, opts, c.Paths...)
	if err != nil {
		return exitError{exitFailed, "explain: " + oneLine(err.Error())}
	}
	write := printExplanations
	if c.JSON {
		write = printExplanationsJSON
	}
	if err := write(out, list); err != nil {
		return exitError{exitFailed, fmt.Sprintf("write what the files are: %v", err)}
	}
	var leftOut, asking, failed int64
	for i := range list {
		leftOut += list[i].Rejected + list[i].Unreadable
		asking += int64(min(len(list[i].Asks), 1))
		if list[i].Failure != "" {
			failed++
		}
	}
	switch {
	case failed > 0:
		return exitError{exitFailed, countOf(failed, "file") + " cannot be read to the end"}
	case asking > 0:
		return exitError{exitRejected, countOf(asking, "file") + " cannot be imported until a question is answered"}
	case leftOut > 0:
		return exitError{exitRejected, countOf(leftOut, "record") + " would be left out"}
	}
	return nil
}

func printExplanationsJSON(out io.Writer, list []store.Explanation) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		Files []store.Explanation `json:"files"`
	}{list})
}

func printExplanations(out io.Writer, list []store.Explanation) error {
	var text strings.Builder
	for i := range list {
		printExplanation(&text, &list[i])
	}
	if len(list) == 0 {
		text.WriteString("There was no file to explain.\n")
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// certainties are what an explanation says of how sure it is.
var certainties = map[store.Certainty]string{
	store.Certain: "certain", store.Likely: "likely", store.Mixed: "several formats", store.Unsure: "not known", store.Empty: "no records",
}

// printExplanation prints what a file is. Names and values quote the file: a terminal must not obey them.
func printExplanation(out io.Writer, e *store.Explanation) {
	say := func(indent, text string) { fmt.Fprintf(out, "%s%s\n", indent, store.VisibleText(text)) }
	say("", fmt.Sprintf("%s: %s (%s)", e.Path, e.FormatName, certainties[e.Certainty]))
	for _, sentence := range e.Evidence {
		say("  ", sentence)
	}
	var written []string
	for _, fact := range [][2]string{{"packed with ", e.Text.Packed}, {"", e.Text.Encoding}, {"delimiter ", e.Text.Delimiter}, {"line ends ", e.Text.LineEnds}} {
		if fact[1] != "" {
			written = append(written, fact[0]+fact[1])
		}
	}
	if len(written) > 0 {
		say("  ", "Text: "+strings.Join(written, ", ")+".")
	}
	say("  ", recordsSentence(e))
	for _, log := range kinds.Catalog.Logs() {
		if n := e.LogCounts[log.Log]; n > 0 {
			span := e.Times[log.Log]
			say("  ", fmt.Sprintf("%s: %d, from %s to %s", log.Title, n, span.First.UTC().Format(time.RFC3339), span.Last.UTC().Format(time.RFC3339)))
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(e.Directory)) {
		say("  ", fmt.Sprintf("%s: %d", kind, e.Directory[kind]))
	}
	for _, tenant := range e.Tenants {
		say("  ", "Tenant "+tenant)
	}
	if e.Failure != "" {
		say("  ", "The file is not read to its end: "+e.Failure+".")
	}
	for _, ask := range e.Asks {
		say("  ", "Asked: "+ask.Question)
	}
	printColumns(out, e)
	for _, left := range e.LeftOut {
		say("  ", leftOutSentence(left))
	}
	for _, sentence := range e.CannotShow {
		say("  ", sentence)
	}
	if len(e.Lacks) > 0 {
		say("  ", "Not in this source ("+e.Source+"): "+strings.Join(e.Lacks, ", ")+".")
	}
	for _, advice := range e.Better {
		say("  ", "Better: "+advice)
	}
	fmt.Fprintln(out)
}

// recordsSentence counts the records of a file.
func recordsSentence(e *store.Explanation) string {
	if e.Waiting > 0 {
		return countOf(e.Waiting, "record") + " found. None is imported before what the file asks is answered."
	}
	return fmt.Sprintf("%s read, %d skipped, %d rejected.", countOf(e.Read, "record"), e.Skipped, e.Rejected)
}

// printColumns prints what each heading or key became.
func printColumns(out io.Writer, e *store.Explanation) {
	if len(e.Columns) == 0 {
		return
	}
	several := slices.ContainsFunc(e.Columns, func(c store.ExplainedColumn) bool { return c.Kind != e.Columns[0].Kind })
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, c := range e.Columns {
		heading := c.Heading
		if several {
			heading = c.Kind + ": " + heading
		}
		fmt.Fprintf(table, "    %s\t%d\t%s\n", store.VisibleText(heading), c.With, store.VisibleText(c.Became()))
	}
	_ = table.Flush() // out is memory
	if e.MoreColumns > 0 {
		fmt.Fprintf(out, "    and %d more\n", e.MoreColumns)
	}
}

func leftOutSentence(left store.LeftOut) string {
	verb := "skipped"
	if left.Rejected {
		verb = "rejected"
	}
	text := fmt.Sprintf("%s %s: %s", countOf(left.Records, "record"), verb, left.Reason)
	var lines []string
	for _, first := range left.First {
		lines = append(lines, fmt.Sprintf("record %d in line %d", first.Record, first.Line))
	}
	if len(lines) > 0 {
		text += " The first: " + strings.Join(lines, ", ") + "."
	}
	return text
}
