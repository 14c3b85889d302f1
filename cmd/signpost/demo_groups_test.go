package main

import (
	"bufio"
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// plainGroup is a group counted by a plain loop over the exported files.
type plainGroup struct {
	Count       int64
	First, Last time.Time
}

// The engine's groups of the demo tenant equal those of a plain loop over the exported files.
func TestDemoGroupsAgreeWithRecountOfFiles(t *testing.T) {
	t.Parallel()
	folder, rows := filepath.Join(t.TempDir(), "files"), 4000
	if os.Getenv("SIGNPOST_SOAK") != "" {
		rows = 8000
	}
	until := time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	if err := demo.Write(t.Context(), folder, demo.Options{Rows: rows, Seed: 7, Days: 3, Until: until}); err != nil {
		t.Fatal(err)
	}
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := importer.New(db, importer.Options{BatchSize: 700}).Paths(t.Context(), signInFiles(t, folder)...); err != nil {
		t.Fatal(err)
	}
	signIns := decodeFiles(t, folder)
	if len(signIns) != rows {
		t.Fatalf("the files hold %d sign-ins, want %d", len(signIns), rows)
	}
	r := store.Range{From: until.Add(-50 * time.Hour), To: until.Add(-time.Hour)}
	for _, info := range store.SignIns.Logs {
		if !info.Grouped {
			continue
		}
		for _, window := range store.Windows() {
			want := recountFiles(signIns, info, r, window)
			got := engineGroups(t, db, info.Log, r, window)
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("%s in windows of %s (-recount +engine):\n%s", info.Log, window, diff)
			}
		}
	}
}

// signInFiles are the files of a made-up tenant that hold its sign-ins.
func signInFiles(t *testing.T, folder string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*signinlogs.json"))
	if err != nil || len(paths) < len(store.SignIns.Logs) {
		t.Fatalf("the files of sign-ins: %q, %v", paths, err)
	}
	return paths
}

// decodeFiles reads the sign-ins of a folder of export files.
func decodeFiles(t *testing.T, folder string) []store.SignIn {
	t.Helper()
	var signIns []store.SignIn
	decode := importer.Decoder(kinds.Catalog)
	for _, path := range signInFiles(t, folder) {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			e, err := decode("", lines.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if s, isSignIn := e.(*store.SignIn); isSignIn {
				signIns = append(signIns, *s)
			}
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return signIns
}

func recountFiles(signIns []store.SignIn, info store.LogInfo, r store.Range, window store.Window) []plainGroup {
	groups := map[string]*plainGroup{}
	for i := range signIns {
		s := &signIns[i]
		if s.Log != info.Log || !r.Contains(s.Time) {
			continue
		}
		from, _ := window.Around(s.Time)
		key := []string{from.String()}
		for _, p := range info.GroupBy {
			if p.Int != nil {
				key = append(key, time.Duration(p.Int(s).N).String())
				continue
			}
			part := strings.ToLower(*p.Text(s))
			if part == "" && p.Fallback != nil {
				part = "name: " + p.Fallback(s)
			}
			key = append(key, part)
		}
		g, ok := groups[strings.Join(key, "\x00")]
		if !ok {
			g = &plainGroup{First: s.Time, Last: s.Time}
			groups[strings.Join(key, "\x00")] = g
		}
		g.Count++
		if s.Time.Before(g.First) {
			g.First = s.Time
		}
		if s.Time.After(g.Last) {
			g.Last = s.Time
		}
	}
	var all []plainGroup
	for _, g := range groups {
		all = append(all, *g)
	}
	sortPlain(all)
	return all
}

func engineGroups(t *testing.T, db *datafolder.Folder, log store.Log, r store.Range, window store.Window) []plainGroup {
	t.Helper()
	q := store.GroupsQuery{ListQuery: store.ListQuery{Log: log, Range: r, Limit: 200}, Window: window}
	var all []plainGroup
	for {
		page, err := db.Groups(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range page.Groups {
			all = append(all, plainGroup{Count: g.Count, First: g.First, Last: g.Last})
		}
		if page.Next == nil {
			break
		}
		q.After = page.Next
	}
	sortPlain(all)
	return all
}

func sortPlain(groups []plainGroup) {
	slices.SortFunc(groups, func(a, b plainGroup) int {
		return cmp.Or(a.Last.Compare(b.Last), a.First.Compare(b.First), cmp.Compare(a.Count, b.Count))
	})
}
