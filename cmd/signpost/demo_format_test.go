package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"signpost/store/demo"
)

// Each format is written from the command line; the same seed and end give the same bytes.
func TestDemoFormats(t *testing.T) {
	t.Parallel()
	write := func(format string) map[string]string {
		t.Helper()
		dir := filepath.Join(t.TempDir(), format)
		status, out, complaint := signpost(t, "demo", "--rows", "300", "--days", "2", "--until", "2026-11-23T14:05:09Z", "--format", format, "--out", dir)
		if status != 0 || out != "" || complaint != "" {
			t.Fatalf("%s: status %d, %q, %q", format, status, out, complaint)
		}
		files := map[string]string{}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
			if err != nil {
				t.Fatal(err)
			}
			files[entry.Name()] = string(content)
		}
		return files
	}
	for _, format := range []string{"azure-monitor", "portal-csv", "event-hub-capture"} {
		files := write(format)
		if len(files) == 0 {
			t.Errorf("%s: no files", format)
		}
		for name, content := range write(format) {
			if files[name] != content {
				t.Errorf("%s: %s is another the second time", format, name)
			}
		}
	}
}

// An unknown format is a mistake in the flags, and the sentence about it names the formats.
func TestDemoOfUnknownFormat(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "none")
	status, _, complaint := signpost(t, "demo", "--rows", "10", "--format", "csv", "--out", dir)
	if status != exitUsage {
		t.Errorf("status %d, want %d", status, exitUsage)
	}
	for _, format := range append(demo.Formats(), "csv") {
		if !strings.Contains(complaint, format) {
			t.Errorf("%q does not name %s", complaint, format)
		}
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder was made: %v", err)
	}
}
