package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"signpost/store"
)

// Explaining stores nothing, and opens and makes no data folder.
func TestImportExplain(t *testing.T) {
	const day = "2026-11-28T08:00:00Z"
	for _, test := range []struct {
		name, file, content string
		cmd                 ImportCmd
		code                int
		out                 []string
		err                 string
	}{
		{
			name: "portal CSV", file: "InteractiveSignIns_2026-11-28_2026-11-28.csv", content: portalRows(day),
			out: []string{
				"Entra admin center CSV (certain)", "The file's name tells the log: User sign-ins (interactive).", "Text: UTF-8, delimiter comma, line ends LF.",
				"User sign-ins (interactive): 1, from 2026-11-28T08:00:00Z to 2026-11-28T08:00:00Z", "Username            1  Username", "Better: Download JSON instead",
			},
		},
		{name: "asks", file: "export.csv", content: portalRows(day), code: exitRejected, out: []string{"Asked: the file does not say of which log", "Username            1  Username"}, err: "1 file cannot be imported"},
		{name: "answered", file: "export.csv", content: portalRows(day), cmd: ImportCmd{Log: "noninteractive"}, out: []string{"The answer does: User sign-ins (non-interactive)."}},
		{name: "unknown", file: "x.csv", content: "a,b\n1,2\n", code: exitRejected, out: []string{"Unknown format (not known)", "The first line has these headings: a, b."}, err: "1 record would be left out"},
		{name: "cut off", file: "x.gz", content: "\x1f\x8b\x08\x00", code: exitFailed, out: []string{"is not read to its end"}, err: "1 file cannot be read to the end"},
		{name: "plain", file: "a\x1b]0;x\x07.csv", content: "a\x1b[2J,b\n1,2\n", code: exitRejected, out: []string{"these headings: a"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), test.file)
			if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			test.cmd.Paths, test.cmd.Explain, test.cmd.Data = []string{path}, true, filepath.Join(t.TempDir(), "data")
			err := test.cmd.Run(t.Context(), opensNothing(t), Streams{Out: &out, Err: io.Discard})
			if got := codeOf(err); got != test.code || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("got exit code %d (%v), want %d and %q", got, err, test.code, test.err)
			}
			for _, want := range test.out {
				if !strings.Contains(out.String(), want) {
					t.Errorf("got output\n%s\nwant %q in it", out.String(), want)
				}
			}
			if strings.ContainsAny(out.String(), "\x1b\x07") {
				t.Errorf("a terminal would obey %q", out.String())
			}
			if _, err := os.Stat(test.cmd.Data); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("there is a data folder: %v", err)
			}
		})
	}
}

func opensNothing(t *testing.T) OpenWriter {
	return func(string) (store.Writer, io.Closer, error) {
		t.Error("the data folder was opened")
		return nil, nil, errors.New("not reached")
	}
}

func TestImportExplainJSON(t *testing.T) {
	path := filepath.Join(t.TempDir(), "export.csv")
	if err := os.WriteFile(path, []byte(portalRows("2026-11-28T08:00:00Z")), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := ImportCmd{Paths: []string{path}, Explain: true, JSON: true}
	if got := codeOf(cmd.Run(t.Context(), opensNothing(t), Streams{Out: &out, Err: io.Discard})); got != exitRejected {
		t.Errorf("got exit code %d, want %d", got, exitRejected)
	}
	var got struct {
		Files []struct {
			Format, Certainty string
			Asks              []struct{ About string }
			Columns           []struct {
				Heading string
				Fields  []string
				With    int
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || len(got.Files) != 1 {
		t.Fatalf("%v in %s", err, out.String())
	}
	f := got.Files[0]
	if f.Format != "portal-csv" || f.Certainty != "certain" || len(f.Asks) != 1 || f.Asks[0].About != "log" || f.Columns[2].Heading != "Username" || f.Columns[2].Fields[0] != "Username" || f.Columns[2].With != 1 {
		t.Errorf("got %+v", f)
	}
}
