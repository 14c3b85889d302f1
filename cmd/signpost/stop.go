package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

// untilStopped gives a context that ends with the first SIGINT or SIGTERM. The second one ends the process at once: what
// is stored stays whole, as it does when the power fails. The signals are the command's until stop is called.
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
