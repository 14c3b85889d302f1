package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// importing runs the command on a data folder, and gives its exit code and what it said.
func importing(t *testing.T, cmd ImportCmd) (code int, out, said string) {
	t.Helper()
	var outText, errText bytes.Buffer
	err := cmd.Run(t.Context(), openWriter, Streams{Out: &outText, Err: &errText})
	code = codeOf(err)
	if errors.As(err, new(usageError)) {
		code = exitUsage
	}
	if err != nil {
		errText.WriteString(err.Error())
	}
	return code, outText.String(), errText.String()
}

// The command writes the rejected records as the page's download does; mended, they are imported.
func TestImportWritesRejected(t *testing.T) {
	folder := t.TempDir()
	data := filepath.Join(folder, "data")
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	const brokenLine = `{"id":"2" "createdDateTime":"2026-11-01T10:00:00Z","appId":"a","userPrincipalName":"ada@example.com","ipAddress":"192.0.2.1","status":{"errorCode":0}}`
	lines := write("export.json", graphLine+brokenLine+"\n")
	rows := write("InteractiveSignIns_2026-11-28_2026-11-28.csv", portalRows(`"soon"`))
	out := filepath.Join(folder, "mend.jsonl")
	code, said, errs := importing(t, ImportCmd{Data: data, Rejected: out, Paths: []string{lines}})
	if code != exitRejected || !strings.Contains(errs, "mend.jsonl has 1 of 1 rejected record: correct them") || strings.Contains(said, "no text is kept") {
		t.Fatalf("exit code %d: %s %s", code, said, errs)
	}
	if got := read(out); got != brokenLine+"\n" {
		t.Errorf("got %q, want the broken record", got)
	}
	mended := write("mended.jsonl", strings.Replace(read(out), `"2" `, `"2",`, 1))
	if code, said, errs := importing(t, ImportCmd{Data: data, Rejected: filepath.Join(folder, "none.jsonl"), Paths: []string{mended}}); code != 0 || !strings.Contains(said, "User sign-ins (interactive): 1") || !strings.Contains(errs, "no record was rejected") {
		t.Errorf("mended: exit code %d: %s %s", code, said, errs)
	}
	if _, err := os.Stat(filepath.Join(folder, "none.jsonl")); err == nil {
		t.Error("a file without a record was written")
	}

	archive := filepath.Join(folder, "mend.zip")
	if code, _, errs := importing(t, ImportCmd{Data: data, Rejected: archive, Paths: []string{lines, rows}}); code != exitRejected || !strings.Contains(errs, "mend.zip has 2 of 2 rejected records") {
		t.Errorf("an archive: exit code %d: %s", code, errs)
	}
	members, err := zip.OpenReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer members.Close()
	found := map[string]string{}
	for _, member := range members.File {
		r, err := member.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(member.Name, "-28-")
		found[name] = string(text)
	}
	if len(found) != 2 || found["rejected-InteractiveSignIns_2026-11-28_2026-11"] != portalRows(`"soon"`) {
		t.Errorf("the archive has %q", found)
	}

	for what, test := range map[string]struct {
		cmd  ImportCmd
		want string
	}{
		"there already": {ImportCmd{Rejected: out, Paths: []string{lines}}, "is there already"},
		"no folder":     {ImportCmd{Rejected: filepath.Join(folder, "no", "x.csv"), Paths: []string{lines}}, "there is no folder"},
		"several files": {ImportCmd{Rejected: filepath.Join(folder, "x.csv"), Paths: []string{lines, rows}}, "ends in .zip"},
		"a folder":      {ImportCmd{Rejected: filepath.Join(folder, "x.csv"), Paths: []string{folder}}, "ends in .zip"},
		"an archive":    {ImportCmd{Rejected: filepath.Join(folder, "x.csv"), Paths: []string{archive}}, "ends in .zip"},
		"explained":     {ImportCmd{Rejected: filepath.Join(folder, "x.csv"), Explain: true, Paths: []string{lines}}, "exclude each other"},
	} {
		test.cmd.Data = filepath.Join(folder, "other")
		if code, _, errs := importing(t, test.cmd); code != exitUsage || !strings.Contains(errs, test.want) {
			t.Errorf("%s: exit code %d: %q, want %d and %q", what, code, errs, exitUsage, test.want)
		}
		if _, err := os.Stat(test.cmd.Data); err == nil {
			t.Errorf("%s: something was imported", what)
		}
	}
	if got := read(out); got != brokenLine+"\n" {
		t.Errorf("the file that was there is %q now", got)
	}
}
