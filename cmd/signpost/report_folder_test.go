package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// Two runs write into one folder at the same time without touching each other's files. A run that fails leaves no file.
func TestReportsIntoOneFolder(t *testing.T) {
	t.Parallel()
	c := ReportCmd{Out: t.TempDir()}
	other := filepath.Join(c.Out, ".signpost-report")
	if err := os.WriteFile(other, []byte("of another run"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := c.write(io.Discard, func(out io.Writer) (string, error) {
		_, err := io.WriteString(out, "mine")
		return "report.csv", err
	})
	if text, readErr := os.ReadFile(filepath.Join(c.Out, "report.csv")); err != nil || readErr != nil || string(text) != "mine" {
		t.Errorf("wrote %q, %v, %v", text, err, readErr)
	}
	failed := errors.New("failed")
	if err := c.write(io.Discard, func(io.Writer) (string, error) { return "", failed }); !errors.Is(err, failed) {
		t.Errorf("failed with %v", err)
	}
	if text, err := os.ReadFile(other); err != nil || string(text) != "of another run" {
		t.Errorf("the file of another run has %q, %v", text, err)
	}
	if list, err := os.ReadDir(c.Out); err != nil || len(list) != 2 {
		t.Errorf("the folder has %v, %v", list, err)
	}
}
