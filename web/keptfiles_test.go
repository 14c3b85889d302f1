package web

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"signpost/auth"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/storetest"
)

// keptFiles has the downloads of the kept folder, made by the version of the program that made the folder.
const keptFiles = "testdata/schema-8-files.tar.zst"

// makeKeptFiles makes the file from this version's answers.
const makeKeptFiles = "SIGNPOST_KEEP_FILES"

// unsteady are the parts of downloads that may differ.
var unsteady = regexp.MustCompile(`"(?:program|version|made|exported)(?:_at)?": ?"[^"]*"`)

func steady(text string) string { return unsteady.ReplaceAllString(text, "~") }

// steadyFile gives a download without its unsteady parts; for an archive, the texts of its files.
func steadyFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	if !strings.HasSuffix(name, ".zip") && !strings.HasSuffix(name, ".xlsx") {
		return steady(string(content))
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "== %s\n%s\n", f.Name, steadyFile(t, f.Name, text))
	}
	return all.String()
}

// untilReadAgain waits until the rows of a folder are as today's rules make them.
func untilReadAgain(t *testing.T, s store.Store) {
	t.Helper()
	for until := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		complete := true
		for _, info := range s.Catalog().Logs() {
			total, err := s.Total(t.Context(), store.ListQuery{Log: info.Log, Range: store.AllTime(), AllEvents: true})
			if err != nil {
				t.Fatal(err)
			}
			complete = complete && total.Complete
		}
		switch {
		case complete:
			return
		case time.Now().After(until):
			t.Fatal("the records are not read again")
		}
	}
}

// The downloads over a folder of an older version equal those of that version, but for the coverage, which that had not. They are compared for those who see all data,
// and for those without Conditional Access data.
func TestKeptFolderIsDownloadedAsBefore(t *testing.T) {
	t.Parallel()
	folder := storetest.UnpackFolder(t, filepath.Join("..", "store", "sqlite", "testdata", "schema-8.tar.gz"))
	h := newHouseIn(t, folder, importer.Decoder(kinds.Catalog), func(c *Config) { c.Directory, c.Coverage = c.Store.(*datafolder.Folder), nil })
	h.now = time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	untilReadAgain(t, h.server.Store)
	got := map[string]string{}
	for _, account := range demo.Accounts() {
		role := auth.Role(account.Roles[0])
		if role != auth.RoleGlobalReader && role != auth.RoleReportsReader {
			continue
		}
		v := h.visitor()
		v.signIn(account.Name).expect(t, "sign in as "+account.Name, http.StatusSeeOther, "/")
		for _, address := range keptAddresses() {
			r := v.get(address)
			if r.StatusCode != http.StatusOK && r.StatusCode != http.StatusForbidden {
				t.Errorf("%s as %s: %d", address, role, r.StatusCode)
			}
			path, _, _ := strings.Cut(address, "?")
			got[string(role)+" "+address] = steadyFile(t, path, []byte(r.body))
		}
	}
	if os.Getenv(makeKeptFiles) != "" {
		writeKeptFiles(t, got)
	}
	compareKeptFiles(t, got)
}

// keptAddresses are the downloads that are compared.
func keptAddresses() (list []string) {
	for _, log := range []string{"interactive", "noninteractive", "serviceprincipal", "managedidentity"} {
		for _, file := range []string{"export.csv", "export.json", "export.ndjson", "export.xlsx", "export.zip", "evidence.zip"} {
			list = append(list, "/logs/"+log+"/"+file+"?from=2026-11-20T00:00:00Z&to=2026-11-23T14:00:00Z")
		}
	}
	return list
}

func writeKeptFiles(t *testing.T, pages map[string]string) {
	t.Helper()
	var packed bytes.Buffer
	z, err := zstd.NewWriter(&packed, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(32<<20))
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(pages[name]))})
		if err == nil {
			_, err = io.WriteString(w, pages[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(keptFiles, packed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func compareKeptFiles(t *testing.T, got map[string]string) {
	t.Helper()
	packed, err := os.Open(keptFiles)
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	z, err := zstd.NewReader(packed, zstd.WithDecoderMaxWindow(32<<20))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	pages := 0
	for r := tar.NewReader(z); ; pages++ {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		want, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if got[head.Name] != string(want) {
			t.Errorf("%s\n%s", head.Name, differing(got[head.Name], string(want)))
		}
	}
	if pages != len(got) {
		t.Errorf("got %d pages, want %d", len(got), pages)
	}
}

// differing gives the first place at which two texts differ.
func differing(got, want string) string {
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	around := func(s string) string { return s[max(0, min(at-120, len(s))):min(len(s), at+200)] }
	return fmt.Sprintf("got  …%s…\nwant …%s…", around(got), around(want))
}
