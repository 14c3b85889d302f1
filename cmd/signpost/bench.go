package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"

	"signpost/cmd/signpost/bench"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// BenchCmd is `signpost bench`.
type BenchCmd struct {
	bench.Options `embed:""`

	JSON bool `help:"Print one JSON object." name:"json"`
}

// Run measures and prints the report.
func (c *BenchCmd) Run(streams Streams) error {
	log := newLog(streams.Err, slog.LevelWarn)
	ctx, stop := untilStopped(context.Background(), log)
	defer stop()
	b := bench.Bench{Options: c.Options, Host: bench.Host{
		OpenForImport: openForImport, Serve: serveBench, Progress: streams.Err,
		Open: func(ctx context.Context, folder string) (*datafolder.Folder, error) {
			limitMemory(portalMemory)
			return datafolder.Open(ctx, folder, kinds.Catalog, importer.Decoder(kinds.Catalog), datafolder.WithLog(log))
		},
	}}
	report, err := b.Measure(ctx)
	if usage := (bench.UsageError{}); errors.As(err, &usage) {
		return usageError{usage}
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(streams.Out).Encode(report)
	}
	return report.Print(streams.Out)
}

// serveBench starts this program, serving a folder, and waits until it answers.
func serveBench(ctx context.Context, folder string) (base string, stop func() error, err error) {
	program, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	command := exec.CommandContext(ctx, program, "serve", "--data", folder, "--addr", "127.0.0.1:0")
	output, err := command.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := command.Start(); err != nil {
		return "", nil, err
	}
	stop = func() error {
		return errors.Join(command.Process.Signal(os.Interrupt), command.Wait())
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	base, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err == nil && !ok {
		err = fmt.Errorf("the server says %q", line)
	}
	if err != nil {
		return "", nil, errors.Join(fmt.Errorf("start the server: %w", err), stop())
	}
	return base, stop, nil
}
