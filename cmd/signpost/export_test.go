package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"signpost/store/importer"
	"signpost/store/kinds"
)

func TestExport(t *testing.T) {
	data := t.TempDir()
	db, closer, err := openWriter(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := importer.New(db, importer.Options{}).Reader(t.Context(), "graph.json", strings.NewReader(graphLine)); err != nil {
		t.Fatal(err)
	}
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}
	const days = "from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z"
	for _, test := range []struct {
		name     string
		cmd      ExportCmd
		contains string
		usage    string
	}{
		{name: "csv", cmd: ExportCmd{Log: "interactive", Format: "csv", Query: days}, contains: "2026-11-01T10:00:00Z,1,"},
		{name: "the address's question mark", cmd: ExportCmd{Log: "legacy", Format: "csv", Query: "?" + days}, contains: "2026-11-01T10:00:00Z,1,"},
		{name: "json", cmd: ExportCmd{Log: "interactive", Format: "json", Query: days + "&user=ada@example.com"}, contains: `"userPrincipalName":"ada@example.com"`},
		{name: "azuremonitor", cmd: ExportCmd{Log: "interactive", Format: "azuremonitor", Query: days}, contains: `"category":"SignInLogs"`},
		{name: "xlsx", cmd: ExportCmd{Log: "interactive", Format: "xlsx", Query: days}, contains: "PK"},
		{name: "nothing in the last day", cmd: ExportCmd{Log: "interactive", Format: "json"}, contains: "[]"},
		{name: "bad value", cmd: ExportCmd{Log: "interactive", Format: "csv", Query: "range=1y"}, usage: "range=1y"},
		{name: "unknown parameter", cmd: ExportCmd{Log: "interactive", Format: "csv", Query: "colour=red"}, usage: "colour"},
		{name: "no query", cmd: ExportCmd{Log: "interactive", Format: "csv", Query: "a=%zz"}, usage: "--query"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.cmd.Data = data
			var printed bytes.Buffer
			toStream := test.cmd.Run(t.Context(), Streams{Out: &printed, Err: io.Discard})
			folder := t.TempDir()
			test.cmd.Out = filepath.Join(folder, "file")
			toFile := test.cmd.Run(t.Context(), Streams{Out: io.Discard, Err: io.Discard})
			written, _ := os.ReadFile(test.cmd.Out) // absent after an error
			if test.usage != "" {
				for _, err := range []error{toStream, toFile} {
					var usage usageError
					if !errors.As(err, &usage) || !strings.Contains(err.Error(), test.usage) {
						t.Errorf("got %v, want the usage told, with %q", err, test.usage)
					}
				}
				if printed.Len() > 0 || written != nil {
					t.Error("something was written all the same")
				}
				return
			}
			if toStream != nil || toFile != nil {
				t.Fatalf("got %v and %v", toStream, toFile)
			}
			for _, file := range [][]byte{printed.Bytes(), written} {
				if !bytes.Contains(file, []byte(test.contains)) {
					t.Errorf("the file lacks %q: %.400s", test.contains, file)
				}
			}
		})
	}
}

// Conditions that a log cannot apply are reported, log by log.
func TestExportSaysWhatItSetAside(t *testing.T) {
	data := t.TempDir()
	_, closer, err := openWriter(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}
	const query = "from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z&user=ada&status=failure&sp.not=x"
	const principal, identity = "set aside in the serviceprincipal log, whose sign-ins have no such field: user=ada\n", "set aside in the managedidentity log, whose sign-ins have no such field: user=ada\n"
	const people = "set aside in the interactive log, whose sign-ins have no such field: sp.not=x\nset aside in the noninteractive log, whose sign-ins have no such field: sp.not=x\n"
	for _, test := range []struct{ log, format, want string }{
		{"serviceprincipal", "csv", principal},
		{"serviceprincipal", "azuremonitor", principal},
		{"managedidentity", "json", identity},
		{"interactive", "zip", people + principal + identity},
	} {
		var said bytes.Buffer
		cmd := ExportCmd{Data: data, Log: test.log, Format: test.format, Query: query}
		if err := cmd.Run(t.Context(), Streams{Out: io.Discard, Err: &said}); err != nil {
			t.Fatal(err)
		}
		if said.String() != test.want {
			t.Errorf("%s as %s: said %q, want %q", test.log, test.format, said.String(), test.want)
		}
	}
}

// An export that is stopped or fails leaves the old file as it was, and no temporary file.
func TestStoppedExportLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file.csv")
	if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cmd := ExportCmd{Data: t.TempDir(), Log: "interactive", Format: "csv", Out: path}
	var failed exitError
	if err := cmd.Run(ctx, Streams{Out: io.Discard, Err: io.Discard}); !errors.As(err, &failed) || failed.code != exitFailed {
		t.Errorf("got %v, want exit status %d", err, exitFailed)
	}
	err := writeWhole(path, func(w io.Writer) error {
		_, err := io.WriteString(w, "half")
		return errors.Join(err, context.Canceled)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	if content, err := os.ReadFile(path); string(content) != "before" {
		t.Errorf("the file holds %q, %v", content, err)
	}
}

// Every log of the catalog can be exported, and the legacy view of one.
func TestExportTakesEveryLog(t *testing.T) {
	logs := []string{"legacy"}
	for _, info := range kinds.Catalog.Logs() {
		logs = append(logs, string(info.Log))
	}
	for _, log := range append(logs, "nolog") {
		var commands cli
		parser, err := kong.New(&commands, kong.DefaultEnvars("SIGNPOST"), exportedLogs, demoFormats)
		if err != nil {
			t.Fatal(err)
		}
		_, err = parser.Parse([]string{"export", "--data", t.TempDir(), "--log", log, "--format", "csv"})
		if known := log != "nolog"; known != (err == nil) || known && commands.Export.Log != log {
			t.Errorf("--log %s: %v", log, err)
		}
	}
}
