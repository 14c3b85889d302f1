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
	ChangedMeanwhile bool            `json:"changed_meanwhile"`
	Logs             []ManifestLog   `json:"logs"`
	Files            []*ManifestFile `json:"files"`
}

// ManifestLog is how many sign-ins of a log the store had in the range, whatever the filter, and how many are in the bundle.
type ManifestLog struct {
	Log      store.Log `json:"log"`
	InRange  int64     `json:"in_range"`
	InBundle int64     `json:"in_bundle"`
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

func (m *Manifest) json() ([]byte, error) {
	text, err := json.MarshalIndent(m, "", "  ")
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
