package main

import (
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

// A limit that would let nobody in is refused with the accepted values. Each limit has a default and an
// environment twin.
func TestLimitFlags(t *testing.T) {
	for _, flag := range []string{
		"--max-connections=0", "--max-per-address=-1", "--max-downloads=0", "--max-downloads-each=0", "--download-rate=0", "--max-questions=0",
		"--answer-timeout=0s", "--idle-timeout=-1s", "--download-window=1ms", "--answer-timeout=soon",
	} {
		if got := run([]string{"serve", "--data", t.TempDir(), flag}); got != exitUsage {
			t.Errorf("serve %s: got exit status %d, want %d", flag, got, exitUsage)
		}
	}
	t.Setenv("SIGNPOST_MAX_DOWNLOADS_EACH", "3")
	var commands cli
	parser, err := kong.New(&commands, kong.DefaultEnvars("SIGNPOST"), exportedLogs, demoFormats)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"serve"}); err != nil {
		t.Fatal(err)
	}
	want := LimitFlags{
		MaxConnections: 2048, MaxPerAddress: 512, AnswerTimeout: 30 * time.Second, IdleTimeout: 45 * time.Second, MaxDownloads: 8,
		MaxDownloadsEach: 3, DownloadRate: 16, DownloadWindow: time.Minute, MaxQuestions: 4,
	}
	if got := commands.Serve.LimitFlags; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
