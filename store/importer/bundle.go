package importer

import (
	"archive/zip"
	"encoding/json"
	"io"
	"net/url"
	"time"

	"signpost/store"
)

// bundleManifest is what an evidence bundle of the portal says of itself, as far as it matters to an import.
type bundleManifest struct {
	Kind  string    `json:"kind"`
	Log   store.Log `json:"log"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	Query string    `json:"query"`
	Logs  []struct {
		Log      store.Log `json:"log"`
		Coverage *struct {
			Since      *time.Time        `json:"since"`
			CompleteTo *time.Time        `json:"complete_to"`
			Gaps       []json.RawMessage `json:"gaps"`
			Whole      bool              `json:"whole"`
			CutFiles   int               `json:"cut_files"`
		} `json:"coverage"`
	} `json:"logs"`
}

const (
	bundleManifestName = "manifest.json"
	bundleKind         = "signpost evidence"
	maxBundleManifest  = 1 << 20
)

// statedBy gives the range that an archive holds whole, by its manifest; nil where it has none that says so. A bundle of a filtered list
// does not hold its range, and one of a log with gaps holds no more than that log had.
func statedBy(archive *zip.Reader) map[store.Log]store.Span {
	file, err := archive.Open(bundleManifestName)
	if err != nil {
		return nil
	}
	defer file.Close() // nothing was written
	text, err := io.ReadAll(io.LimitReader(file, maxBundleManifest))
	var m bundleManifest
	if err != nil || json.Unmarshal(text, &m) != nil || m.Kind != bundleKind {
		return nil
	}
	return m.stated()
}

func (m *bundleManifest) stated() map[store.Log]store.Span {
	query, err := url.ParseQuery(m.Query)
	if err != nil {
		return nil
	}
	for param := range query {
		switch param {
		case "range", "from", "to", "events", "agg":
		default:
			return nil // a filter
		}
	}
	for _, log := range m.Logs {
		c := log.Coverage
		if log.Log != m.Log || c == nil || c.Since == nil || c.CompleteTo == nil || !c.Whole || len(c.Gaps) > 0 || c.CutFiles > 0 {
			continue
		}
		span := store.Span{First: m.From, Last: m.To}
		if c.Since.After(span.First) {
			span.First = *c.Since
		}
		if c.CompleteTo.Before(span.Last) {
			span.Last = *c.CompleteTo
		}
		if span.First.Before(span.Last) && store.InReach(span.First) && store.InReach(span.Last) {
			return map[store.Log]store.Span{m.Log: span}
		}
	}
	return nil
}
