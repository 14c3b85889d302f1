package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// CheckCmd is `signpost check`. It reads everything and names damage, and stored objects that cannot be right.
type CheckCmd struct {
	Data          string `help:"Folder of the data." default:"./data" type:"existingdir" placeholder:"DIR"`
	JSON          bool   `name:"json" help:"Print what was found as one JSON object."`
	ForgetObjects bool   `help:"Take the objects of the directory that were found out of it."`
	NewDirectory  bool   `help:"Begin an empty directory in a folder that lost its directory.db."`

	AccessHead []string `help:"A head of the access log, as serve logs it (\"access log head\"), to compare the log with; repeat for several." placeholder:"NUMBER:HASH"`
}

// checkedObject is an object of the directory, as the report prints it.
type checkedObject struct {
	Kind     string `json:"kind"`
	ID       string `json:"id"`
	Username string `json:"username,omitempty"`
	Name     string `json:"name,omitempty"`
	Reason   string `json:"reason"`
}

// Run reads everything that is stored. It names each part that differs from the written one, and objects that no
// directory can have. It ends with exitError 1 where something is damaged or such objects stay.
func (c *CheckCmd) Run(ctx context.Context, streams Streams) (err error) {
	heads, err := c.heads()
	if err != nil {
		return err
	}
	limitMemory(portalMemory)
	log := newLog(streams.Err, slog.LevelWarn)
	ctx, stop := untilStopped(ctx, log)
	defer stop()
	if c.NewDirectory {
		if err := datafolder.BeginDirectory(ctx, c.Data); err != nil {
			return exitError{exitFailed, fmt.Sprintf("begin a directory: %v", err)}
		}
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
	checkup, err := c.checkup(ctx, db, streams, heads)
	if err != nil {
		return exitError{exitFailed, fmt.Sprintf("check the data in %s: %v", c.Data, err)}
	}
	doubtful, err := db.DoubtfulObjects(ctx)
	if err != nil {
		return exitError{exitFailed, fmt.Sprintf("check the directory: %v", err)}
	}
	var forgotten int64
	if c.ForgetObjects && len(doubtful) > 0 {
		if forgotten, err = db.ForgetObjects(ctx, doubtful); err != nil {
			return exitError{exitFailed, fmt.Sprintf("forget objects of the directory: %v", err)}
		}
	}
	if err := c.print(streams, &checkup, doubtful, forgotten); err != nil {
		return exitError{exitFailed, fmt.Sprintf("write the report: %v", err)}
	}
	if checkup.Total > 0 {
		return exitError{exitFailed, fmt.Sprintf("check: %s not as written", countOf(checkup.Total, "thing"))}
	}
	if len(doubtful) > 0 && !c.ForgetObjects {
		return exitError{exitFailed, fmt.Sprintf("check: %s of the directory cannot be right; signpost check --forget-objects takes them out", countOf(int64(len(doubtful)), "object"))}
	}
	return nil
}

// heads reads the heads of the access log that were given.
func (c *CheckCmd) heads() (heads []access.Head, err error) {
	for _, text := range c.AccessHead {
		head, err := access.ParseHead(text)
		if err != nil {
			return nil, usageError{err}
		}
		heads = append(heads, head)
	}
	return heads, nil
}

// checkup reads everything and prints each fault.
func (c *CheckCmd) checkup(ctx context.Context, db *datafolder.Folder, streams Streams, heads []access.Head) (store.Checkup, error) {
	tell := func(int64) {}
	if isTerminal(streams.Err) {
		tell = func(rows int64) { fmt.Fprintf(streams.Err, "\r%d sign-ins read", rows) }
		defer fmt.Fprint(streams.Err, "\r\x1b[K")
	}
	return db.Checkup(ctx, tell, heads...)
}

func (c *CheckCmd) print(streams Streams, checkup *store.Checkup, doubtful []store.DoubtfulObject, forgotten int64) error {
	objects := []checkedObject{}
	for _, o := range doubtful {
		objects = append(objects, checkedObject{o.Kind.String(), o.ID, o.Username, o.Name, o.Doubt.Reason()})
	}
	if c.JSON {
		e := json.NewEncoder(streams.Out)
		e.SetEscapeHTML(false)
		return e.Encode(struct {
			OK bool `json:"ok"`
			*store.Checkup
			Objects   []checkedObject `json:"objects"`
			Forgotten int64           `json:"forgotten"`
		}{checkup.Total == 0 && int64(len(objects)) == forgotten, checkup, objects, forgotten})
	}
	var text strings.Builder
	for _, d := range checkup.Damages {
		fmt.Fprintf(&text, "%s: %s. What to do: %s.\n", store.VisibleText(d.Place), store.VisibleText(d.Problem), store.VisibleText(d.Remedy))
	}
	if more := checkup.Total - int64(len(checkup.Damages)); more > 0 {
		fmt.Fprintf(&text, "and %d more\n", more)
	}
	for _, o := range objects {
		fmt.Fprintf(&text, "%s %s", o.Kind, store.VisibleText(o.ID))
		if name := strings.TrimSpace(o.Name + " " + o.Username); name != "" {
			fmt.Fprintf(&text, " (%s)", store.VisibleText(name))
		}
		fmt.Fprintf(&text, ": %s\n", o.Reason)
	}
	switch {
	case len(objects) == 0:
		text.WriteString("Nothing was found: every object of the directory can be right.\n")
	case forgotten > 0:
		fmt.Fprintf(&text, "%s taken out of the directory.\n", countOf(forgotten, "object"))
	}
	fmt.Fprintf(&text, "%s and %s were read", countOf(checkup.Rows, "sign-in"), countOf(checkup.Records, "record"))
	if checkup.Total == 0 {
		text.WriteString(", and nothing is damaged")
	}
	text.WriteString(".\n")
	text.WriteString(accessText(checkup.Access))
	if checkup.Unsummed > 0 {
		fmt.Fprintf(&text, "%s were written before rows had sums, and not every damage to them shows: serve gives them theirs in the background.\n", countOf(checkup.Unsummed, "sign-in"))
	}
	_, err := streams.Out.Write([]byte(text.String()))
	return err
}

// accessText says what the access log holds, and what nobody can know of it. It is empty for an empty log.
func accessText(a *store.AccessCheck) string {
	if a == nil || a.Head == "" {
		return ""
	}
	text := fmt.Sprintf("The access log has %s; its head is %s.\n", countOf(a.Records, "record"), a.Head)
	if !a.Closed {
		text += "The access log is open, or was not closed when Signpost ended: records of the last second before that end may be missing. A head that Signpost logged since (--access-head) tells.\n"
	}
	for _, head := range a.Older {
		text += fmt.Sprintf("The head %s cannot be compared: its record was removed by retention.\n", head)
	}
	return text
}
