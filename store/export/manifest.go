package export

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"time"

	"signpost/store"
)

// The names of the files in an evidence bundle that tell of the others.
const (
	sumsName     = "MANIFEST.sha256"
	manifestName = "manifest.json"
	importsName  = "imports.json"
	readmeName   = "README.txt"
)

// What a manifest says of itself.
const (
	manifestKind    = "signpost evidence"
	manifestVersion = 1
)

// Manifest is manifest.json of an evidence bundle: what the bundle is, and what each of its files must be.
type Manifest struct {
	Kind    string `json:"kind"`
	Version int    `json:"version"`
	// Made is when, By the account that made it, Program what made it.
	Made    time.Time `json:"made"`
	By      string    `json:"by"`
	Program string    `json:"program"`
	// CodeList is the version of the list of error codes that the statuses follow from.
	CodeList string    `json:"code_list"`
	Log      store.Log `json:"log"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	// Filter is what was asked for in words, Query the same as the address of a list has it.
	Filter     string `json:"filter"`
	Query      string `json:"query"`
	EveryEvent bool   `json:"every_event"`
	// ConditionalAccess says whether this data is in the files: included or withheld.
	ConditionalAccess string `json:"conditional_access"`
	// Rows is how many rows of the list the bundle has.
	Rows int64 `json:"rows"`
	// ChangedMeanwhile says that the log changed while the bundle was written, so that its files may differ by some rows.
	ChangedMeanwhile bool `json:"changed_meanwhile"`
	// StillReading says that some sign-ins were as an older version of the program read their records.
	StillReading bool            `json:"still_reading,omitempty"`
	Logs         []ManifestLog   `json:"logs"`
	Files        []*ManifestFile `json:"files"`
}

// zipKind is what the manifest of a zip of every log says of itself: nobody vouches for its files.
const zipKind = "signpost csv"

// zipManifest is manifest.json of the zip of every log, for programs: what each file holds and what was set aside in its log.
type zipManifest struct {
	Kind              string    `json:"kind"`
	Version           int       `json:"version"`
	Made              time.Time `json:"made"`
	Program           string    `json:"program"`
	From              time.Time `json:"from"`
	To                time.Time `json:"to"`
	Query             string    `json:"query"`
	EveryEvent        bool      `json:"every_event"`
	ConditionalAccess string    `json:"conditional_access"`
	StillReading      bool      `json:"still_reading,omitempty"`
	Logs              []zipLog  `json:"logs"`
	Files             []zipFile `json:"files"`
}

// zipLog says which conditions of the query narrow nothing in a log.
type zipLog struct {
	Log      store.Log `json:"log"`
	SetAside []string  `json:"set_aside"`
}

type zipFile struct {
	Name string    `json:"name"`
	Log  store.Log `json:"log,omitempty"`
	Size int64     `json:"size"`
	Rows int64     `json:"rows"`
}

// zipManifest tells of the files, the first of which are of those logs.
func (r Request) zipManifest(files []archived, logs []store.Log) *zipManifest {
	m := &zipManifest{
		Kind: zipKind, Version: manifestVersion, Made: r.Made.UTC(), Program: Program(), From: r.Query.Range.From.UTC(), To: r.Query.Range.To.UTC(),
		Query: r.address(), EveryEvent: r.Query.AllEvents, ConditionalAccess: r.conditionalAccess(),
	}
	aside := r.SetAside()
	for _, info := range store.Logs() {
		m.Logs = append(m.Logs, zipLog{info.Log, asideOf(aside, info.Log).Params()})
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

// address is what was asked for as the address of a list has it.
func (r Request) address() string {
	q := store.Query{Range: store.Range{From: r.Query.Range.From, To: r.Query.Range.To}, Filter: r.Query.Filter, AllEvents: r.Query.AllEvents, Window: store.Window24h}
	return q.Values().Encode()
}

func (r Request) conditionalAccess() string {
	if r.hasConditionalAccess() {
		return "included"
	}
	return "withheld"
}

// ManifestLog is how many sign-ins of a log the store had in the range, whatever the filter, and how many are in the bundle.
type ManifestLog struct {
	Log      store.Log `json:"log"`
	InRange  int64     `json:"in_range"`
	InBundle int64     `json:"in_bundle"`
	// SetAside are the conditions of the query that narrowed nothing in the log, as an address has them.
	SetAside []string `json:"set_aside"`
}

// ManifestFile is a file of the bundle. Rows counts the lines of NDJSON, the rows of CSV under the heading and the entries
// of imports.json; of a text it is 0.
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

// Program names this program and its version, as its build knows it.
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
