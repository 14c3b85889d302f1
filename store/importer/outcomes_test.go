package importer

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

// makeOutcomes is the variable that makes TestOutcomes write its table instead of comparing.
const makeOutcomes = "SIGNPOST_MAKE_OUTCOMES"

// outcomesFile is the table of what importing each file at hand gives.
const outcomesFile = "testdata/outcomes.json"

// outcome is what importing one file gives, and what Decode makes of its records.
type outcome struct {
	Failure                    string              `json:",omitempty"`
	Report                     *store.ImportReport `json:",omitempty"`
	SignIns, Docs, Directories string              // hashes
	// Decoded counts the records of the file by the result of Decode: the log of the sign-in, or the error.
	Decoded map[string]int `json:",omitempty"`
	// Pages is a hash of the answers of Misread, Unread and Lacks about the records.
	Pages string
}

// TestOutcomes imports every export, record and case at hand, and compares with the table: formats, counts, sentences,
// sign-ins field by field, documents byte by byte, and the objects of directories.
func TestOutcomes(t *testing.T) {
	fixture(t, ".")
	got := outcomes(t, signInsOnly)
	if os.Getenv(makeOutcomes) != "" {
		text, err := json.MarshalIndent(got, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(outcomesFile, append(text, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(outcomesFile)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]outcome
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for name, w := range want {
		g, ok := got[name]
		if !ok {
			t.Errorf("%s is not there", name)
			continue
		}
		encoded, err := json.Marshal(g)
		if err != nil {
			t.Fatal(err)
		}
		var back outcome
		if err := json.Unmarshal(encoded, &back); err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(w, back); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestOutcomesBesideAnotherKind: a further kind in the catalog changes nothing for the records of all others.
func TestOutcomesBesideAnotherKind(t *testing.T) {
	fixture(t, ".")
	catalog, _ := withErrands()
	if diff := gocmp.Diff(outcomes(t, signInsOnly), outcomes(t, catalog)); diff != "" {
		t.Errorf("(-without +with):\n%s", diff)
	}
}

func outcomes(t *testing.T, catalog store.Catalog) map[string]outcome {
	t.Helper()
	all := map[string]outcome{}
	for _, folder := range []string{"fixtures", "records", "cases"} {
		root := filepath.Join(fixtures, "..", folder)
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || entry.Name() == "README.md" { // those are about the files
				return err
			}
			name, err := filepath.Rel(filepath.Join(fixtures, ".."), path)
			all[filepath.ToSlash(name)] = outcomeOf(t, catalog, path)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func outcomeOf(t *testing.T, catalog store.Catalog, path string) (o outcome) {
	t.Helper()
	w := &keepsAll{discard: discard{catalog}}
	now := func() time.Time { return time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC) }
	reports, err := New(w, Options{Now: now}).Paths(t.Context(), path)
	if err != nil {
		o.Failure = err.Error()
	}
	if len(reports) == 1 {
		o.Report = &reports[0]
		o.Report.Path = ""
		split := o.Report.WithoutLogs(func(store.Log) bool { return true })
		if directory := o.Report.Read - o.Report.Skipped - o.Report.RejectedTotal - sumOf(o.Report.LogCounts); split.New+split.Updated+split.Same != directory || len(split.LogCounts) != 0 {
			t.Errorf("%s: without its logs the file has %d new, %d updated and %d same, and %d objects of a directory", path, split.New, split.Updated, split.Same, directory)
		}
		o.Report.Outcomes = nil // which LogCounts and these tell
	}
	signIns, docs := sha256.New(), sha256.New()
	for _, v := range w.versions {
		writeJSON(t, signIns, v.SignIn())
		fmt.Fprintf(docs, "%s\n", v.Doc)
	}
	directories := sha256.New()
	for _, b := range w.batches {
		writeJSON(t, directories, b)
	}
	o.SignIns, o.Docs, o.Directories = sum(signIns), sum(docs), sum(directories)
	o.decodeAll(t, catalog, path)
	return o
}

func sumOf(counts map[store.Log]int64) (n int64) {
	for _, one := range counts {
		n += one
	}
	return n
}

// decodeAll decodes each record of a file by itself, as the engine decodes kept documents.
func (o *outcome) decodeAll(t *testing.T, catalog store.Catalog, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	o.Decoded = map[string]int{}
	pages, decode, misread := sha256.New(), Decoder(catalog), Misread(catalog)
	r := &records{src: newSource(file), broken: func(position, string, []byte) {}}
	r.found = func(doc []byte, _ position) error {
		s, err := decode("", doc)
		if err != nil {
			o.Decoded[err.Error()]++
		} else {
			o.Decoded[string(s.Head().Log)]++
			writeJSON(t, pages, s)
		}
		var names []string
		for _, p := range misread(doc) {
			names = append(names, p.Name)
		}
		lacks := Lacks(doc)
		envelope, unknown := Unread(catalog)(doc)
		fmt.Fprintln(pages, names, lacks.Export, len(lacks.Properties), envelope, unknown)
		return nil
	}
	_ = r.read() // a file that cannot be read to its end has records before that
	o.Pages = sum(pages)
}

func writeJSON(t *testing.T, w io.Writer, value any) {
	t.Helper()
	if err := json.NewEncoder(w).Encode(value); err != nil {
		t.Fatal(err)
	}
}

func sum(h interface{ Sum([]byte) []byte }) string { return hex.EncodeToString(h.Sum(nil)[:8]) }

// keepsAll is an engine that keeps everything that it is given, in order.
type keepsAll struct {
	discard
	versions []store.Version
	batches  []store.DirectoryBatch
}

func (k *keepsAll) Prepare(records []store.Record) (store.Batch, error) { return records, nil }

func (k *keepsAll) Commit(_ context.Context, _ int64, b store.Batch) ([]store.Outcome, error) {
	records := b.([]store.Record)
	for _, r := range records {
		k.versions = append(k.versions, r.Versions...)
	}
	return make([]store.Outcome, len(records)), nil
}

func (k *keepsAll) PutDirectory(ctx context.Context, id int64, b store.DirectoryBatch) ([]store.Outcome, error) {
	slices.SortFunc(b.Objects, func(a, b store.Object) int { return cmp.Compare(a.ID, b.ID) })
	k.batches = append(k.batches, b)
	return k.discard.PutDirectory(ctx, id, b)
}
