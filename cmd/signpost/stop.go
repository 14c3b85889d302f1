package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

// untilStopped gives a context that ends with the first SIGINT or SIGTERM. A second signal ends the process at
// once; stored data stays whole, as after a power failure. The signals are the command's until it calls stop.
func untilStopped(ctx context.Context, log *slog.Logger) (until context.Context, stop func()) {
	until, cancel := context.WithCancel(ctx)
	signals, done := make(chan os.Signal, 2), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		for told := false; ; told = true {
			select {
			case <-done:
				return
			case <-signals:
			}
			if told {
				log.Warn("stopped at once, by a second signal")
				os.Exit(exitFailed)
			}
			cancel()
		}
	}()
	return until, func() {
		signal.Stop(signals)
		close(done)
		cancel()
	}
}
