package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestBuildsAreEqual builds the program in two folders as the README says, and compares the bytes. Equal builds
// let anybody check a program that they were given.
func TestBuildsAreEqual(t *testing.T) {
	if os.Getenv("SIGNPOST_SOAK") == "" {
		t.Skip("it links the program twice: set SIGNPOST_SOAK=1")
	}
	var programs [2][]byte
	for i, folder := range []string{"here", "in/another folder"} {
		source := filepath.Join(t.TempDir(), folder)
		if err := os.CopyFS(source, os.DirFS("../..")); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(source, ".git")); err != nil { // else the program names its commit
			t.Fatal(err)
		}
		build := exec.CommandContext(t.Context(), "make", "build")
		build.Dir = source
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build: %v\n%s", err, out)
		}
		var err error
		if programs[i], err = os.ReadFile(filepath.Join(source, "signpost")); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(programs[0], programs[1]) {
		t.Errorf("two builds differ: they have %d and %d bytes", len(programs[0]), len(programs[1]))
	}
}
