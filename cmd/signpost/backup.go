package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/export"
)

// BackupCmd is `signpost backup`. It copies a data folder whole into one file, also while serve and imports run.
type BackupCmd struct {
	Data string `help:"Data folder." default:"./data" type:"existingdir" placeholder:"DIR"`
	Out  string `required:"" help:"File to write; one that is there is replaced once the new one is whole." type:"path" placeholder:"FILE"`
}

// Run writes the backup and prints its contents.
func (c *BackupCmd) Run(ctx context.Context, streams Streams) error {
	ctx, stop := untilStopped(ctx, newLog(streams.Err, slog.LevelWarn))
	defer stop()
	bar := newByteBar(streams, "backup of "+filepath.Base(c.Data))
	m, err := datafolder.Backup(ctx, c.Data, c.Out, export.Program(), bar.show)
	bar.clear()
	if err != nil {
		return exitError{exitFailed, fmt.Sprintf("back up %s: %v", c.Data, err)}
	}
	_, err = fmt.Fprintf(streams.Out, "%s: %s\n", c.Out, heldIn(&m))
	return err
}

// RestoreCmd is `signpost restore`. It fills an empty data folder from a backup.
type RestoreCmd struct {
	Data string `required:"" help:"Data folder to make; it must be empty or missing." type:"path" placeholder:"DIR"`
	File string `arg:"" help:"The backup." type:"existingfile"`
}

// Run restores, proves the result, and prints its contents.
func (c *RestoreCmd) Run(ctx context.Context, streams Streams) error {
	ctx, stop := untilStopped(ctx, newLog(streams.Err, slog.LevelWarn))
	defer stop()
	bar := newByteBar(streams, "restore of "+filepath.Base(c.File))
	m, err := datafolder.Restore(ctx, c.File, c.Data, bar.show)
	bar.clear()
	if err != nil {
		return exitError{exitFailed, fmt.Sprintf("restore %s: %v", c.File, err)}
	}
	_, err = fmt.Fprintf(streams.Out, "%s: %s; as it was backed up at %s by %s\n", c.Data, heldIn(&m), m.Made.Format("2006-01-02 15:04:05 UTC"), store.VisibleText(m.Program))
	return err
}

// heldIn describes the contents of a backup in words.
func heldIn(m *datafolder.BackupManifest) string {
	return fmt.Sprintf("%s and %s in %s of %d MB", countOf(m.Records(), "record"), countOf(m.Accounts, "account"), countOf(int64(len(m.Files)), "file"), (m.Bytes()+1e6-1)/1e6)
}

// byteBar shows how many bytes were written; on a terminal only.
type byteBar struct{ bar *progressbar.ProgressBar }

func newByteBar(streams Streams, title string) *byteBar {
	if !isTerminal(streams.Err) {
		return &byteBar{}
	}
	return &byteBar{progressbar.NewOptions64(-1, progressbar.OptionSetWriter(streams.Err), progressbar.OptionSetDescription(store.VisibleText(title)),
		progressbar.OptionShowBytes(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())}
}

func (b *byteBar) show(bytes int64) {
	if b.bar != nil {
		_ = b.bar.Set64(bytes) // the terminal may be gone: progress is not worth an error
	}
}

func (b *byteBar) clear() {
	if b.bar != nil {
		_ = b.bar.Clear() // as in show
	}
}
