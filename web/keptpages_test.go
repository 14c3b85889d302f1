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
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"signpost/auth"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/storetest"
)

// keptPages is what the version of the program that made the kept folder answered over it.
const keptPages = "testdata/schema-8-pages.tar.zst"

// keptGroup is the group of the folder.
const keptGroup = "0b5a5f0e-6f4c-4a53-9a1e-0c6de0f2a001"

// makeKeptPages makes it of this version's answers.
const makeKeptPages = "SIGNPOST_KEEP_PAGES"

// unsteady are the parts of pages that may differ: places in lists, keys of opened groups, what came in since, and the
// versions of files.
var unsteady = []*regexp.Regexp{
	regexp.MustCompile(`\b(?:after|before|expand|seen|start|near)=[^&"\s<]*`),
	regexp.MustCompile(`data-(?:key|expand|cursor|seen|place)="[^"]*"`),
	regexp.MustCompile(`id="(?:row|group|members)-[^"]*"`),
	regexp.MustCompile(`/static/[^"]*`),
	regexp.MustCompile(`"(?:program|version|made|exported)(?:_at)?": ?"[^"]*"`),
}

// withoutHints takes out of links to sign-ins about when these were: the version that made the kept pages gave no such hints.
func withoutHints(text string) string {
	text = regexp.MustCompile(`\bnear=\d+&amp;`).ReplaceAllString(text, "")
	return regexp.MustCompile(`(?:\?|&amp;)near=\d+`).ReplaceAllString(text, "")
}

func steady(text string) string {
	text = withoutHints(text)
	for _, r := range unsteady {
		text = r.ReplaceAllString(text, "~")
	}
	return text
}

// steadyFile is steady for a download: of an archive the texts of its files.
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

// The pages and downloads over a folder that an older version of the program made are what that version answered, for those
// who see all, those without Conditional Access data, and a plain user.
func TestKeptFolderIsAnsweredAsBefore(t *testing.T) {
	t.Parallel()
	folder := storetest.UnpackFolder(t, filepath.Join("..", "store", "sqlite", "testdata", "schema-8.tar.gz"))
	h := newHouseIn(t, folder, importer.Decoder(kinds.Catalog), func(c *Config) { c.Directory = c.Store.(*datafolder.Folder) })
	h.now = time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	got := map[string]string{}
	for _, account := range demo.Accounts() {
		role := auth.Role(account.Roles[0])
		if !slices.Contains([]auth.Role{auth.RoleGlobalReader, auth.RoleReportsReader, auth.RoleUser}, role) {
			continue
		}
		v := h.visitor()
		v.signIn(account.Name).expect(t, "sign in as "+account.Name, http.StatusSeeOther, "/")
		for _, address := range v.keptAddresses(role) {
			r := v.get(address)
			if r.StatusCode != http.StatusOK && r.StatusCode != http.StatusForbidden {
				t.Errorf("%s as %s: %d", address, role, r.StatusCode)
			}
			path, _, _ := strings.Cut(address, "?")
			got[string(role)+" "+address] = steadyFile(t, path, []byte(r.body))
		}
	}
	if os.Getenv(makeKeptPages) != "" {
		writeKeptPages(t, got)
	}
	compareKeptPages(t, got)
}

// keptAddresses are the pages and downloads that are compared, for a role.
func (v *visitor) keptAddresses(role auth.Role) []string {
	v.t.Helper()
	const days = "from=2026-11-20T00:00:00Z&to=2026-11-23T14:00:00Z"
	if role == auth.RoleUser {
		list := []string{"/me?" + days, "/me?" + days + "&status=failure"}
		return append(list, v.linked(list[0], `"(/me/[0-9a-f-]{36})[?"]`, 2)...)
	}
	var list []string
	for _, log := range []string{"interactive", "noninteractive", "serviceprincipal", "managedidentity"} {
		at := "/logs/" + log + "?" + days
		list = append(list, at, at+"&status=failure", at+"&agg=1h", at+"&group="+keptGroup, at+"&pick=app", at+"&app.has=a&status.not=success", at+"&cols=ca,city,app")
		for _, id := range v.linked(at, `"(/logs/`+log+`/[0-9a-f-]{36})[?"]`, 2) {
			list = append(list, id)
			for _, tab := range []string{"basic", "location", "device", "authentication", "conditional-access", "report-only", "additional", "history", "raw"} {
				list = append(list, id+"?tab="+tab)
			}
		}
		for _, file := range []string{"export.csv", "export.json", "export.ndjson", "export.xlsx", "export.zip", "evidence.zip"} {
			list = append(list, "/logs/"+log+"/"+file+"?"+days)
		}
	}
	for _, page := range []string{"/users", "/apps", "/groups", "/errors/50126", "/errors/53003"} {
		list = append(list, page+"?"+days)
	}
	list = append(list, v.linked("/users?"+days, `"(/users/[0-9a-f-]{36})[?"]`, 2)...)
	list = append(list, v.linked("/apps?"+days, `"(/apps/[0-9a-f-]{36})[?"]`, 1)...)
	list = append(list, v.linked("/groups?"+days, `"(/groups/[0-9a-f-]{36})[?"]`, 1)...)
	return append(list, "/errors", "/search?q="+url.QueryEscape(demo.Accounts()[0].DisplayName))
}

// linked gives the first different addresses that a page leads to.
func (v *visitor) linked(page, pattern string, most int) (list []string) {
	v.t.Helper()
	for _, found := range regexp.MustCompile(pattern).FindAllStringSubmatch(v.get(page).body, -1) {
		if !slices.Contains(list, found[1]) && len(list) < most {
			list = append(list, found[1])
		}
	}
	if len(list) == 0 {
		v.t.Errorf("%s leads to no %s", page, pattern)
	}
	return list
}

// frame is what stands around the content of every page: it leads to more logs than the older version had.
var frame = regexp.MustCompile(`(?s)<nav class="rail".*?</nav>|<footer.*?</footer>`)

func withoutFrame(page string) string { return frame.ReplaceAllString(page, "") }

func writeKeptPages(t *testing.T, pages map[string]string) {
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
	if err := os.WriteFile(keptPages, packed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func compareKeptPages(t *testing.T, got map[string]string) {
	t.Helper()
	packed, err := os.Open(keptPages)
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
		if page, kept := withoutFrame(got[head.Name]), withoutFrame(string(want)); page != kept {
			t.Errorf("%s\n%s", head.Name, differing(page, kept))
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
