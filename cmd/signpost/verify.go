package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"signpost/store"
	"signpost/store/export"
	"signpost/store/kinds"
)

// VerifyCmd is `signpost verify`. It checks an evidence bundle, and needs only the file.
type VerifyCmd struct {
	JSON bool   `name:"json" help:"Print what was found as one JSON object."`
	File string `arg:"" help:"The bundle, a zip file."`
}

// Run prints the contents of the bundle and its faults. It ends with exitError 1 where there is a fault.
func (c *VerifyCmd) Run(streams Streams) error {
	file, err := os.Open(c.File)
	if err != nil {
		return exitError{exitFailed, fmt.Sprintf("verify: %v", err)}
	}
	defer file.Close() //nolint:errcheck // it was read only
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file", c.File)
	}
	var found export.Verified
	if err == nil {
		found, err = export.Verify(file, info.Size())
	}
	if err != nil {
		return exitError{exitFailed, fmt.Sprintf("verify: %v", err)}
	}
	if err := c.print(streams, &found); err != nil {
		return exitError{exitFailed, fmt.Sprintf("write the report: %v", err)}
	}
	if n := len(found.Problems); n > 0 {
		return exitError{exitFailed, fmt.Sprintf("%s is not as it was made: %s found", c.File, countOf(int64(n), "problem"))}
	}
	return nil
}

func (c *VerifyCmd) print(streams Streams, found *export.Verified) error {
	if c.JSON {
		e := json.NewEncoder(streams.Out)
		e.SetEscapeHTML(false)
		return e.Encode(struct {
			OK             bool            `json:"ok"`
			Problems       []string        `json:"problems"`
			Files          int             `json:"files"`
			ManifestSHA256 string          `json:"manifest_sha256"`
			Manifest       export.Manifest `json:"manifest"`
		}{len(found.Problems) == 0, append([]string{}, found.Problems...), found.Files, found.ManifestSHA256, found.Manifest})
	}
	var text strings.Builder
	for _, problem := range found.Problems {
		fmt.Fprintf(&text, "%s\n", store.VisibleText(problem))
	}
	if m := &found.Manifest; m.Kind != "" {
		// The bundle's maker chose its texts: a terminal must not obey them.
		fmt.Fprintf(&text, "made %s by %s, %s\n", m.Made.Format("2006-01-02 15:04:05 UTC"), store.VisibleText(m.By), store.VisibleText(m.Program))
		fmt.Fprintf(&text, "%s\n%s of the %s log", store.VisibleText(m.Filter), countOf(m.Rows, "row"), store.VisibleText(string(m.Log)))
		if m.ConditionalAccess != "" {
			fmt.Fprintf(&text, ", Conditional Access data %s", store.VisibleText(m.ConditionalAccess))
		}
		for _, data := range m.Withheld {
			fmt.Fprintf(&text, ", without %s", store.VisibleText(data))
		}
		text.WriteString("\n")
		if m.ChangedMeanwhile {
			many := "records"
			if kind := kinds.Catalog.Kind(m.Log); kind != nil {
				many = kind.Many
			}
			fmt.Fprintf(&text, "the log changed while the bundle was written: its files may differ by some %s\n", many)
		}
	}
	if found.ManifestSHA256 != "" {
		fmt.Fprintf(&text, "SHA-256 of the manifest: %s\n", found.ManifestSHA256)
	}
	if len(found.Problems) == 0 {
		fmt.Fprintf(&text, "nothing was changed: %s as they were written\n", countOf(int64(found.Files), "file"))
	}
	_, err := streams.Out.Write([]byte(text.String()))
	return err
}
