package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"signpost/store"
	"signpost/store/importer"
	"signpost/store/sqlite"
)

// CheckCmd is `signpost check`: it says what of the data cannot be right.
type CheckCmd struct {
	Data          string `help:"Folder of the data." default:"./data" type:"existingdir" placeholder:"DIR"`
	JSON          bool   `name:"json" help:"Print what was found as one JSON object."`
	ForgetObjects bool   `help:"Take the objects of the directory that were found out of it."`
}

// checkedObject is an object of the directory as the report has it.
type checkedObject struct {
	Kind     string `json:"kind"`
	ID       string `json:"id"`
	Username string `json:"username,omitempty"`
	Name     string `json:"name,omitempty"`
	Reason   string `json:"reason"`
}

// Run names the objects of the directory that no directory holds. It ends with exitError 1 where there are some and they stay.
func (c *CheckCmd) Run(ctx context.Context, streams Streams) (err error) {
	limitMemory(portalMemory)
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	db, err := sqlite.Open(ctx, c.Data, importer.Decode)
	if err != nil {
		return exitError{exitFailed, fmt.Sprintf("open the data in %s: %v", c.Data, err)}
	}
	defer func() {
		if closeErr := db.Close(); closeErr != nil && err == nil {
			err = exitError{exitFailed, fmt.Sprintf("close the data in %s: %v", c.Data, closeErr)}
		}
	}()
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
	if err := c.print(streams, doubtful, forgotten); err != nil {
		return exitError{exitFailed, fmt.Sprintf("write the report: %v", err)}
	}
	if len(doubtful) > 0 && !c.ForgetObjects {
		return exitError{exitFailed, fmt.Sprintf("check: %s of the directory cannot be right; signpost check --forget-objects takes them out", countOf(int64(len(doubtful)), "object"))}
	}
	return nil
}

func (c *CheckCmd) print(streams Streams, doubtful []store.DoubtfulObject, forgotten int64) error {
	objects := []checkedObject{}
	for _, o := range doubtful {
		objects = append(objects, checkedObject{o.Kind.String(), o.ID, o.Username, o.Name, o.Doubt.Reason()})
	}
	if c.JSON {
		e := json.NewEncoder(streams.Out)
		e.SetEscapeHTML(false)
		return e.Encode(struct {
			OK        bool            `json:"ok"`
			Objects   []checkedObject `json:"objects"`
			Forgotten int64           `json:"forgotten"`
		}{int64(len(objects)) == forgotten, objects, forgotten})
	}
	var text strings.Builder
	for _, o := range objects {
		fmt.Fprintf(&text, "%s %s", o.Kind, o.ID)
		if name := strings.TrimSpace(o.Name + " " + o.Username); name != "" {
			fmt.Fprintf(&text, " (%s)", name)
		}
		fmt.Fprintf(&text, ": %s\n", o.Reason)
	}
	switch {
	case len(objects) == 0:
		text.WriteString("Nothing was found: every object of the directory can be right.\n")
	case forgotten > 0:
		fmt.Fprintf(&text, "%s taken out of the directory.\n", countOf(forgotten, "object"))
	}
	_, err := streams.Out.Write([]byte(text.String()))
	return err
}
