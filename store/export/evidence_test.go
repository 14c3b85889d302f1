package export_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/export"
)

const evidenceQuery = "from=2026-11-21T00:00:00Z&to=2026-11-23T14:05:00Z&status=failure&sp.has=x"

// evidenceOf gives a bundle of the demo tenant, and the hash that Sealed received.
func evidenceOf(t testing.TB, db *datafolder.Folder) (bundle []byte, sealed string) {
	t.Helper()
	r := parsed(t, db, export.Evidence, evidenceQuery)
	r.By, r.Imports, r.Sealed = "kari", db, func(sum string) { sealed = sum }
	return exported(t, db, r), sealed
}

func verified(t testing.TB, bundle []byte) export.Verified {
	t.Helper()
	found, err := export.Verify(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestEvidence(t *testing.T) {
	db := demoStore(t, 3000)
	bundle, sealed := evidenceOf(t, db)
	files, names := unpacked(t, bundle)
	const days = "_2026-11-21_2026-11-23."
	want := []string{"InteractiveSignIns" + days + "ndjson", "InteractiveSignIns" + days + "csv", "InteractiveSignIns_AuthDetails" + days + "csv", "imports.json", "README.txt", "manifest.json", "MANIFEST.sha256"}
	if !slices.Equal(names, want) {
		t.Fatalf("the bundle holds %q", names)
	}
	found := verified(t, bundle)
	if len(found.Problems) > 0 || found.Files != len(want)-1 || found.ManifestSHA256 != sealed || sealed == "" {
		t.Errorf("verified %d files, problems %q; sealed %s", found.Files, found.Problems, sealed)
	}
	m := found.Manifest
	list := parsed(t, db, export.CSV, evidenceQuery)
	total, err := db.Total(t.Context(), list.Query)
	if err != nil {
		t.Fatal(err)
	}
	if m.Rows != total.N || rowsOf(t, files[want[1]]) != total.N || total.N == 0 || m.ChangedMeanwhile {
		t.Errorf("%d rows by the manifest, %d in the file; want %d", m.Rows, rowsOf(t, files[want[1]]), total.N)
	}
	if got := int64(bytes.Count(files[want[0]], []byte("\n"))); got != m.Files[0].Rows || got < total.N {
		t.Errorf("%d events; the manifest says %d", got, m.Files[0].Rows)
	}
	if !bytes.Equal(files[want[1]], exported(t, db, list)) {
		t.Error("the CSV file is not the download")
	}
	for i, info := range store.SignIns.Logs {
		inRange, err := db.Total(t.Context(), store.ListQuery{Log: info.Log, Range: list.Query.Range})
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Logs[i]; got.Log != info.Log || got.InRange != inRange.N || (got.InBundle > 0) != (info.Log == store.Interactive) {
			t.Errorf("%s: %+v, want %d in the range", info.Log, got, inRange.N)
		}
	}
	if m.By != "kari" || !m.Made.Equal(made) || m.CodeList != store.CodeListVersion() || !strings.HasPrefix(m.Program, "signpost") ||
		m.Query != "from=2026-11-21T00%3A00%3A00Z&sp.has=x&status=failure&to=2026-11-23T14%3A05%3A00Z" || m.ConditionalAccess != "included" {
		t.Errorf("the manifest says %+v", m)
	}
	for _, part := range []string{"by kari", "status=failure; set aside, not a field of this log: sp.has=x", m.CodeList, "signpost verify"} {
		if !strings.Contains(string(files["README.txt"]), part) {
			t.Errorf("the text lacks %q:\n%s", part, files["README.txt"])
		}
	}
	checkSums(t, files)
}

// checkSums checks the files with sha256sum, where the machine has it.
func checkSums(t *testing.T, files map[string][]byte) {
	t.Helper()
	if _, err := exec.LookPath("sha256sum"); err != nil {
		t.Log("no sha256sum here: ", err)
		return
	}
	folder := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("sha256sum", "--strict", "-c", "MANIFEST.sha256")
	command.Dir = folder
	if output, err := command.CombinedOutput(); err != nil {
		t.Errorf("sha256sum: %v\n%s", err, output)
	}
}

// The bundle names the files that its sign-ins may come from, with their times, and no others.
func TestEvidenceNamesTheImports(t *testing.T) {
	db := openStore(t)
	folder := t.TempDir()
	record := func(id, at string) string {
		return `{"category":"SignInLogs","properties":{"id":"` + id + `","createdDateTime":"` + at + `","userId":"u"}}` + "\n"
	}
	for name, content := range map[string]string{
		"a.ndjson": record("aaaaaaaa-0000-4000-8000-000000000001", "2026-11-21T10:00:00Z") + record("aaaaaaaa-0000-4000-8000-000000000002", "2026-11-22T10:00:00Z"),
		"b.ndjson": record("aaaaaaaa-0000-4000-8000-000000000003", "2026-10-01T10:00:00Z"),
		"c.ndjson": "{}\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, report := range importPaths(t, db, folder) {
		span := report.Times[store.Interactive]
		if filepath.Base(report.Path) == "a.ndjson" && (!span.First.Equal(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)) || !span.Last.Equal(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC))) {
			t.Errorf("the import's report has the times %v", span)
		}
	}
	// One import is from before times were recorded, and one was broken off.
	id, err := db.BeginImport(t.Context(), store.ImportFile{Path: "old.json", Format: "graph"})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.EndImport(t.Context(), id, store.ImportReport{Path: "old.json", Format: "graph"}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.BeginImport(t.Context(), store.ImportFile{Path: "stopped.json", Format: "graph"}); err != nil {
		t.Fatal(err)
	}
	bundle, _ := evidenceOf(t, db)
	files, _ := unpacked(t, bundle)
	var imports []struct {
		File  string
		Whole bool
		New   int64
		Times map[string]store.Span
	}
	if err := json.Unmarshal(files["imports.json"], &imports); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, one := range imports {
		got = append(got, fmt.Sprintf("%s %t %d %d", filepath.Base(one.File), one.Whole, one.New, len(one.Times)))
	}
	if want := []string{"a.ndjson true 2 1", "old.json true 0 0", "stopped.json false 0 0"}; !slices.Equal(got, want) {
		t.Errorf("the bundle names %q, want %q", got, want)
	}
}

// changed gives the bundle with its files as change makes them; a nil content removes one.
func changed(t *testing.T, bundle []byte, change func(name string, content []byte) []byte, more ...string) []byte {
	t.Helper()
	files, names := unpacked(t, bundle)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	put := func(name string, content []byte) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range names {
		if content := change(name, files[name]); content != nil {
			put(name, content)
		}
	}
	for _, name := range more {
		put(name, []byte("more"))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func same(_ string, content []byte) []byte { return content }

// only changes one file.
func only(wanted string, how func([]byte) []byte) func(string, []byte) []byte {
	return func(name string, content []byte) []byte {
		if strings.HasSuffix(name, wanted) {
			return how(bytes.Clone(content))
		}
		return content
	}
}

// resealed changes a file and corrects the hashes in manifest.json and MANIFEST.sha256, but not the counts.
func resealed(t *testing.T, bundle []byte, wanted string, how func([]byte) []byte) []byte {
	t.Helper()
	files, _ := unpacked(t, bundle)
	replace := map[string][]byte{}
	for name, content := range files {
		if strings.HasSuffix(name, wanted) {
			after := how(bytes.Clone(content))
			replace[name] = after
			manifest := bytes.ReplaceAll(files["manifest.json"], []byte(sumOf(content)), []byte(sumOf(after)))
			manifest = bytes.Replace(manifest, fmt.Appendf(nil, `"size": %d`, len(content)), fmt.Appendf(nil, `"size": %d`, len(after)), 1)
			replace["manifest.json"] = manifest
			sums := bytes.ReplaceAll(files["MANIFEST.sha256"], []byte(sumOf(content)), []byte(sumOf(after)))
			replace["MANIFEST.sha256"] = bytes.ReplaceAll(sums, []byte(sumOf(files["manifest.json"])), []byte(sumOf(manifest)))
		}
	}
	return changed(t, bundle, func(name string, content []byte) []byte {
		if after, ok := replace[name]; ok {
			return after
		}
		return content
	})
}

func sumOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func TestVerifySaysWhatIsWrong(t *testing.T) {
	db := demoStore(t, 1500)
	bundle, _ := evidenceOf(t, db)
	flip := func(content []byte) []byte { content[len(content)/2] ^= 1; return content }
	gone := func([]byte) []byte { return nil }
	shorter := func(content []byte) []byte { return content[:len(content)-5] }
	longer := func(content []byte) []byte { return append(content, "more"...) }
	lastRow := func(content []byte) []byte { return content[:bytes.LastIndexByte(content[:len(content)-1], '\n')+1] }
	for name, test := range map[string]struct {
		bundle []byte
		want   []string
	}{
		"packed anew":              {changed(t, bundle, same), nil},
		"altered":                  {changed(t, bundle, only(".ndjson", flip)), []string{".ndjson was altered"}},
		"longer":                   {changed(t, bundle, only("README.txt", longer)), []string{"README.txt was altered: it is longer"}},
		"shorter":                  {changed(t, bundle, only("AuthDetails_2026-11-21_2026-11-23.csv", shorter)), []string{"is cut off"}},
		"missing":                  {changed(t, bundle, only(".ndjson", gone)), []string{".ndjson is missing"}},
		"extra":                    {changed(t, bundle, same, "notes.txt"), []string{"notes.txt is extra"}},
		"twice":                    {changed(t, bundle, same, "README.txt"), []string{"README.txt is there twice"}},
		"no hashes":                {changed(t, bundle, only("MANIFEST.sha256", gone)), []string{"MANIFEST.sha256 is missing"}},
		"no manifest":              {changed(t, bundle, only("manifest.json", gone)), []string{"manifest.json is missing"}},
		"altered manifest":         {changed(t, bundle, only("manifest.json", func(c []byte) []byte { return bytes.Replace(c, []byte("kari"), []byte("bo"), 1) })), []string{"manifest.json was altered"}},
		"a row less, hashes anew":  {resealed(t, bundle, ".ndjson", lastRow), []string{"the manifest says"}},
		"a CSV row less, likewise": {resealed(t, bundle, "InteractiveSignIns_2026-11-21_2026-11-23.csv", lastRow), []string{"the manifest says"}},
		"way out":                  {changed(t, bundle, same, "../../etc/passwd"), []string{`A file is called "../../etc/passwd"`}},
		"absolute":                 {changed(t, bundle, same, "/etc/passwd"), []string{"no name of a bundle's file"}},
		"terminal's orders":        {changed(t, bundle, same, "\x1b[2J.txt"), []string{`"\x1b[2J.txt"`}},
		"terminal's orders, as a hash": {changed(t, bundle, only("manifest.json", func(c []byte) []byte {
			files, _ := unpacked(t, bundle)
			return bytes.Replace(c, []byte(sumOf(files["README.txt"])), []byte(`\u001b[2J\nnothing was changed`), 1)
		})), []string{"manifest.json was altered", "manifest.json lists a file that can be none"}},
		"cut off":     {bundle[:len(bundle)-30], []string{"no zip file, or its end is cut off"}},
		"no zip":      {[]byte("hello"), []string{"no zip file"}},
		"empty":       {nil, []string{"no zip file"}},
		"another zip": {changed(t, bundle, func(string, []byte) []byte { return nil }, "a.txt"), []string{"MANIFEST.sha256 is missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := verified(t, test.bundle).Problems
			if len(got) != len(test.want) {
				t.Fatalf("problems %q, want %q", got, test.want)
			}
			for i, part := range test.want {
				if !strings.Contains(got[i], part) {
					t.Errorf("problem %q, want %q in it", got[i], part)
				}
			}
		})
	}
}

// A bundle made to do harm costs no more than an honest one of its size.
func TestVerifyIsBounded(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	const size = 1 << 30
	sum := strings.Repeat("0", 64)
	manifest := fmt.Sprintf(`{"kind":"signpost evidence","version":1,"files":[{"name":"a.ndjson","size":%d,"sha256":"%s"}]}`, int64(size), sum)
	for _, file := range []struct{ name, content string }{{"manifest.json", manifest}, {"MANIFEST.sha256", sumOf([]byte(manifest)) + "  manifest.json\n" + sum + "  a.ndjson\n"}} {
		w, err := z.Create(file.name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, file.content) //nolint:errcheck // to memory
	}
	w, err := z.Create("a.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(w, zeros{}, size/4); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if got := verified(t, out.Bytes()).Problems; len(got) != 1 || !strings.Contains(got[0], "made to fill something up") {
		t.Errorf("a bomb: problems %q", got)
	}
	var many bytes.Buffer
	z = zip.NewWriter(&many)
	for i := range 100_000 {
		if _, err := z.Create(fmt.Sprint("f", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if got := verified(t, many.Bytes()).Problems; len(got) != 1 || !strings.Contains(got[0], "directory is longer") {
		t.Errorf("many files: problems %q", got)
	}
	if _, err := export.Verify(unreadable{}, 1<<20); !errors.Is(err, errUnreadable) {
		t.Errorf("a disk that cannot be read: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

var errUnreadable = errors.New("unreadable")

type unreadable struct{}

func (unreadable) ReadAt([]byte, int64) (int, error) { return 0, errUnreadable }

// growing has one more sign-in each time a list is read from its beginning.
type growing struct {
	store.Store
}

func (g *growing) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	page, err := g.Store.Page(ctx, q)
	if len(page.Rows) > 0 && q.After == nil {
		page.Rows = append(page.Rows, page.Rows[0])
	}
	return page, err
}

// A bundle of a log that changed meanwhile says so, and is still valid.
func TestEvidenceOfAChangingLog(t *testing.T) {
	db := demoStore(t, 1500)
	found := verified(t, exported(t, &growing{Store: db}, parsed(t, db, export.Evidence, evidenceQuery)))
	if len(found.Problems) > 0 || !found.Manifest.ChangedMeanwhile {
		t.Errorf("problems %q, changed %v", found.Problems, found.Manifest.ChangedMeanwhile)
	}
}

func FuzzVerify(f *testing.F) {
	db := demoStore(f, 300)
	bundle, _ := evidenceOf(f, db)
	f.Add(bundle)
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if found := verified(t, b); len(found.Problems) == 0 && !bytes.Equal(b, bundle) && found.Manifest.Kind == "" {
			t.Error("something that is no bundle passes")
		}
	})
}
