package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"signpost/auth"
)

// announceSetup prints the address and the code for the first administrator: now, and whenever a code's life is
// over. The code is for the person who started the program, so it goes to the terminal and never into the log.
func announceSetup(ctx context.Context, out io.Writer, setup *auth.Setup, life time.Duration, url string, log *slog.Logger) {
	tell := func(code string) { fmt.Fprintf(out, "first administrator: %s/setup code %s\n", url, code) }
	tell(setup.Code())
	go func() {
		if err := setup.RenewCode(ctx, life, tell); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "the setup code could not be renewed", "error", err)
		}
	}()
}
