package main

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"signpost/auth"
	"signpost/store/portal"
)

func TestHomeCountryFlag(t *testing.T) {
	for text, want := range map[string]bool{"": true, "NO": true, "no": true, "NOR": false, "N": false, "N1": false, "ÅØ": false, " NO": false, "NO\n": false} {
		if got := isCountry(text); got != want {
			t.Errorf("isCountry(%q): got %v, want %v", text, got, want)
		}
	}
	if got := run([]string{"serve", "--data", t.TempDir(), "--home-country", "Norway"}); got != exitUsage {
		t.Errorf("serve --home-country Norway: got exit status %d, want %d", got, exitUsage)
	}
	t.Setenv("SIGNPOST_HOME_COUNTRY", "SE")
	var commands cli
	parser, err := kong.New(&commands, kong.DefaultEnvars("SIGNPOST"), exportedLogs, demoFormats)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"serve"}); err != nil || commands.Serve.HomeCountry != "SE" {
		t.Errorf("from the environment: got %q, %v, want SE", commands.Serve.HomeCountry, err)
	}
}

func TestTenantFlag(t *testing.T) {
	for _, text := range []string{"example.com", "6f1c2a3b", " "} {
		if got := run([]string{"serve", "--data", t.TempDir(), "--tenant", text}); got != exitUsage {
			t.Errorf("serve --tenant %q: got exit status %d, want %d", text, got, exitUsage)
		}
	}
	t.Setenv("SIGNPOST_TENANT", "6f1c2a3b-1111-4222-8333-944455566677")
	var commands cli
	parser, err := kong.New(&commands, kong.DefaultEnvars("SIGNPOST"), exportedLogs, demoFormats)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"serve"}); err != nil || commands.Serve.Tenant != "6f1c2a3b-1111-4222-8333-944455566677" {
		t.Errorf("from the environment: got %q, %v", commands.Serve.Tenant, err)
	}
}

// The line about the first administrator comes again, with another code, when the code's life is over.
func TestSetupIsAnnouncedAgain(t *testing.T) {
	people, err := portal.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := people.Close(); err != nil {
			t.Error(err)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	go announceSetup(ctx, write, auth.NewSetup(auth.NewAccounts(people, time.Now, false)), time.Millisecond, "http://localhost", slog.New(slog.DiscardHandler))
	lines, codes := bufio.NewScanner(read), map[string]bool{}
	for range 3 {
		if !lines.Scan() {
			t.Fatal(lines.Err())
		}
		code, ok := strings.CutPrefix(lines.Text(), "first administrator: http://localhost/setup code ")
		if !ok || len(code) != 19 || codes[code] {
			t.Errorf("got the line %q", lines.Text())
		}
		codes[code] = true
	}
	cancel()
	_ = read.Close() // lines on their way have no reader
	if got := run([]string{"serve", "--data", t.TempDir(), "--setup-code-life", "0s"}); got != exitUsage {
		t.Errorf("serve --setup-code-life 0s: got exit status %d, want %d", got, exitUsage)
	}
}
