package export

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"time"

	"signpost/store"
	"signpost/store/coverage"
)

// Names of the files in an evidence bundle that describe the others.
const (
	sumsName     = "MANIFEST.sha256"
	manifestName = "manifest.json"
	importsName  = "imports.json"
	readmeName   = "README.txt"
)

// The kind of a manifest and its version.
const (
	manifestKind    = "signpost evidence"
	manifestVersion = 1
)

// Manifest is manifest.json of an evidence bundle. It describes the bundle and what each of its files must be.
type Manifest struct {
	Kind    string `json:"kind"`
	Version int    `json:"version"`
	// Made is the time, By the account and Program the program that made the bundle.
	Made    time.Time `json:"made"`
	By      string    `json:"by"`
	Program string    `json:"program"`
	// CodeList is the version of the list of error codes from which the statuses follow; empty for a kind without.
	CodeList string    `json:"code_list,omitempty"`
	Log      store.Log `json:"log"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	// Filter is the question in words, Query the same as an address.
	Filter     string `json:"filter"`
	Query      string `json:"query"`
	EveryEvent bool   `json:"every_event"`
	// ConditionalAccess tells whether this data is in the files: included or withheld. It is empty for a kind that
	// has none.
	ConditionalAccess string `json:"conditional_access,omitempty"`
	// Withheld names other data that is not in the files.
	Withheld []string `json:"withheld,omitempty"`
	// Rows is the number of the list's rows in the bundle.
	Rows int64 `json:"rows"`
	// ChangedMeanwhile means that the log changed during the writing, so that the files may differ by some rows.
	ChangedMeanwhile bool `json:"changed_meanwhile"`
	// StillReading means that some records still had the fields that an older version read from what was received.
	StillReading bool            `json:"still_reading,omitempty"`
	Logs         []ManifestLog   `json:"logs"`
	Files        []*ManifestFile `json:"files"`
}

// zipKind is the kind in the manifest of a zip of every log, which has no hashes to check.
const zipKind = "signpost csv"

// zipManifest is manifest.json of the zip of every log, for programs. It has the contents of each file, and the
// conditions that were set aside in its log.
type zipManifest struct {
	Kind              string    `json:"kind"`
	Version           int       `json:"version"`
	Made              time.Time `json:"made"`
	Program           string    `json:"program"`
	From              time.Time `json:"from"`
	To                time.Time `json:"to"`
	Query             string    `json:"query"`
	EveryEvent        bool      `json:"every_event"`
	ConditionalAccess string    `json:"conditional_access,omitempty"`
	Withheld          []string  `json:"withheld,omitempty"`
	StillReading      bool      `json:"still_reading,omitempty"`
	Logs              []zipLog  `json:"logs"`
	Files             []zipFile `json:"files"`
}

// zipLog has the conditions of the query that narrow nothing in a log.
type zipLog struct {
	Log      store.Log         `json:"log"`
	SetAside []string          `json:"set_aside"`
	Coverage *ManifestCoverage `json:"coverage,omitempty"`
}

type zipFile struct {
	Name string    `json:"name"`
	Log  store.Log `json:"log,omitempty"`
	Size int64     `json:"size"`
	Rows int64     `json:"rows"`
}

// zipManifest describes the files of an archive; the first files are those of the logs, in their order.
func (r Request) zipManifest(catalog store.Catalog, files []archived, logs []store.Log, covered map[store.Log]*coverage.Coverage) *zipManifest {
	asked, _ := catalog.Log(r.Query.Log)
	m := &zipManifest{
		Kind: zipKind, Version: manifestVersion, Made: r.Made.UTC(), Program: Program(), From: r.Query.Range.From.UTC(), To: r.Query.Range.To.UTC(),
		Query: r.address(), EveryEvent: r.Query.AllEvents, ConditionalAccess: r.conditionalAccess(asked.Kind()), Withheld: r.otherWithheld(asked.Kind()),
	}
	aside := r.SetAside(catalog)
	for _, info := range r.logs(asked) {
		m.Logs = append(m.Logs, zipLog{info.Log, asideOf(aside, info.Log).Params(), manifestCoverage(covered[info.Log])})
	}
	for i, file := range files {
		of := zipFile{Name: file.name, Size: file.size, Rows: file.rows}
		if i < len(logs) {
			of.Log = logs[i]
		}
		m.Files = append(m.Files, of)
	}
	return m
}

func (m *zipManifest) json() ([]byte, error) { return indented(m) }

// address is the question as an address.
func (r Request) address() string {
	q := store.Query{Range: store.Range{From: r.Query.Range.From, To: r.Query.Range.To}, Filter: r.Query.Filter, AllEvents: r.Query.AllEvents, Window: store.Window24h}
	return q.Values().Encode()
}

func (r Request) conditionalAccess(kind *store.Kind) string {
	if !kind.Classes().Has(store.ConditionalAccess) {
		return ""
	}
	if r.hasConditionalAccess() {
		return "included"
	}
	return "withheld"
}

// otherWithheld names withheld data that is none of Conditional Access.
func (r Request) otherWithheld(kind *store.Kind) (names []string) {
	for _, class := range r.withheldOf(kind) {
		if class != store.ConditionalAccess {
			names = append(names, class.String())
		}
	}
	return names
}

// ManifestLog counts the records of a log in the range, whatever the filter, and those in the bundle.
type ManifestLog struct {
	Log      store.Log `json:"log"`
	InRange  int64     `json:"in_range"`
	InBundle int64     `json:"in_bundle"`
	// SetAside are the conditions of the query that narrow nothing in the log, in the form of an address.
	SetAside []string `json:"set_aside"`
	// Coverage is absent where nobody tells it to who made the bundle.
	Coverage *ManifestCoverage `json:"coverage,omitempty"`

	covered *coverage.Coverage
}

// ManifestFile is a file of the bundle. Rows counts the lines of NDJSON, the rows of CSV below the heading, or the
// entries of imports.json; it is 0 for a text.
type ManifestFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Rows   int64  `json:"rows"`
	Holds  string `json:"holds"`
}

func (a archived) sha256() string { return hex.EncodeToString(a.sum[:]) }

// sums are the files' hashes as sha256sum writes and checks them.
func (a *archive) sums() (text []byte) {
	for _, file := range a.files {
		text = fmt.Appendf(text, "%s  %s\n", file.sha256(), file.name)
	}
	return text
}

func (m *Manifest) json() ([]byte, error) { return indented(m) }

func indented(v any) ([]byte, error) {
	text, err := json.MarshalIndent(v, "", "  ")
	return append(text, '\n'), err
}

// Program names this program and its version, as recorded by its build.
func Program() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "signpost"
	}
	name := "signpost " + info.Main.Version
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			name += " " + setting.Value
		case setting.Key == "vcs.modified" && setting.Value == "true":
			name += " (modified)"
		}
	}
	return name
}
