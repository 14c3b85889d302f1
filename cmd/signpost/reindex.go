package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// ReindexCmd is `signpost reindex`. It makes every row again from the records as received.
type ReindexCmd struct {
	Data string `help:"Data folder." default:"./data" type:"existingdir" placeholder:"DIR"`
}

// Run makes every row again.
func (r *ReindexCmd) Run() error {
	limitMemory(portalMemory)
	log := newLog(os.Stderr, slog.LevelWarn)
	ctx, stop := untilStopped(context.Background(), log)
	defer stop()
	db, err := datafolder.Open(ctx, r.Data, kinds.Catalog, importer.Decoder(kinds.Catalog), datafolder.WithLog(log))
	if err != nil {
		return err
	}
	defer db.Close()
	var rows int64
	if err := db.Reindex(ctx, func(n int64) { rows = n }); err != nil {
		return fmt.Errorf("after %d sign-ins: %w", rows, err)
	}
	fmt.Printf("%d sign-ins made anew from their records\n", rows)
	return nil
}
