package main

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// asSignpost makes the test binary run as the program.
const asSignpost = "SIGNPOST_TEST_AS_SIGNPOST"

func TestMain(m *testing.M) {
	if os.Getenv(asSignpost) != "" {
		os.Exit(run(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// anotherProgram names the environment variable with a build that the tests run in place of this one. It shows which
// tests fail with that build.
const anotherProgram = "SIGNPOST_TEST_PROGRAM"

// processOf gives a command that runs the program as a process.
func processOf(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	if program := os.Getenv(anotherProgram); program != "" {
		return exec.Command(program, args...)
	}
	command := exec.Command(os.Args[0], args...)
	command.Env = append(os.Environ(), asSignpost+"=1", "GOGC=100") // tests themselves may collect less: see the Makefile
	return command
}

// signpost runs a command to its end and gives its exit status and its output.
func signpost(t testing.TB, args ...string) (status int, out, complaint string) {
	t.Helper()
	return signpostReading(t, "", args...)
}

// signpostReading is signpost with a text on standard input.
func signpostReading(t testing.TB, input string, args ...string) (status int, out, complaint string) {
	t.Helper()
	command := processOf(t, args...)
	var stdout, stderr strings.Builder
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(input), &stdout, &stderr
	err := command.Run()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), stdout.String(), stderr.String()
}
