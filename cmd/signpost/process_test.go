package main

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// program is a run of the program in a process of its own.
type program struct {
	*exec.Cmd
	url  string // where serve listens
	said *saying
}

// saying is what a program wrote to standard error.
type saying struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *saying) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *saying) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// startServe runs `signpost serve` until the test ends, and waits until it listens.
func startServe(t *testing.T, data string, args ...string) *program {
	t.Helper()
	p := &program{said: &saying{}}
	p.Cmd = exec.Command(os.Args[0], append([]string{"serve", "--addr", "127.0.0.1:0", "--data", data}, args...)...)
	p.Env = append(os.Environ(), asSignpost+"=1")
	p.Stderr = p.said
	out, err := p.StdoutPipe()
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p.ProcessState == nil {
			_ = p.Process.Kill()
			_ = p.Wait() // it was killed
		}
	})
	lines := bufio.NewScanner(out)
	for p.url == "" && lines.Scan() {
		_, p.url, _ = strings.Cut(lines.Text(), "listening on ")
	}
	if p.url == "" {
		t.Fatalf("serve does not listen: %s", p.said)
	}
	go io.Copy(io.Discard, out) //nolint:errcheck // until the process ends
	return p
}

// stop ends the program as a service manager does, and gives its exit status.
func (p *program) stop(t *testing.T) int {
	t.Helper()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait() // the status tells
	return p.ProcessState.ExitCode()
}

// status gives the status of a page.
func (p *program) status(t *testing.T, path string) int {
	t.Helper()
	answer, err := http.Get(p.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// signpost runs a command to its end and gives its exit status and what it said.
func signpost(t *testing.T, args ...string) (status int, out, complaint string) {
	t.Helper()
	command := exec.Command(os.Args[0], args...)
	command.Env = append(os.Environ(), asSignpost+"=1")
	var stdout, stderr strings.Builder
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), stdout.String(), stderr.String()
}
