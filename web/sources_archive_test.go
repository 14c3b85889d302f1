package web

import (
	"archive/zip"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/export"
)

// The manifest of an archive says how complete its logs are, without the names of files.
func TestArchivesTellTheirCoverage(t *testing.T) {
	t.Parallel()
	h := sourcesHouse(t)
	for _, name := range []string{"evidence.zip", "export.zip"} {
		body := h.as("rita").get("/logs/interactive/" + name + sourcesDays).body
		archive, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
		if err != nil {
			t.Fatal(err)
		}
		var manifest struct {
			Logs []struct {
				Log      store.Log                `json:"log"`
				Coverage *export.ManifestCoverage `json:"coverage"`
			} `json:"logs"`
		}
		file, err := archive.Open("manifest.json")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.NewDecoder(file).Decode(&manifest); err != nil {
			t.Fatal(err)
		}
		_ = file.Close() // it was read
		first := manifest.Logs[0]
		if c := first.Coverage; first.Log != store.Interactive || c == nil || len(c.Gaps) != 1 || c.Gaps[0].Guess || c.CutFiles != 1 || c.LateFiles != 1 || !c.Whole ||
			!c.CompleteTo.Equal(time.Date(2026, 11, 23, 8, 55, 0, 0, time.UTC)) || !c.Gaps[0].To.Equal(time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: %+v", name, first.Coverage)
		}
		if text := readable(t, name, body); !strings.Contains(text, "complete to 2026-11-23 08:55:00 UTC, 1 gap") || strings.Contains(text, "secretfolder") {
			t.Errorf("%s does not tell in words, or tells a folder", name)
		}
	}
}
