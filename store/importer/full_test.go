package importer

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"signpost/store"
)

// An import that is told to wait for room on a full disk does so, and loses nothing.
func TestImportWaitsForRoom(t *testing.T) {
	w := newFakeWriter()
	var refused atomic.Int64
	w.commit = func(int) error {
		if refused.Add(1) <= 3 {
			return store.ErrDiskFull
		}
		return nil
	}
	text := line(1) + line(2) + line(3)
	got, err := New(w, Options{FullWait: time.Hour, FullRetry: time.Millisecond}).Reader(t.Context(), "x", strings.NewReader(text))
	if err != nil || got.New != 3 || refused.Load() != 4 {
		t.Errorf("got %+v, %v after %d attempts, want 3 new after 4", got, err, refused.Load())
	}
}

// Stopping ends the waiting.
func TestStoppedWhileItWaitsForRoom(t *testing.T) {
	w := newFakeWriter()
	ctx, stop := context.WithCancel(t.Context())
	w.commit = func(int) error {
		stop()
		return store.ErrDiskFull
	}
	_, err := New(w, Options{FullWait: time.Hour, FullRetry: time.Hour}).Reader(ctx, "x", strings.NewReader(line(1)))
	if !errors.Is(err, store.ErrDiskFull) && !errors.Is(err, ErrStopped) {
		t.Errorf("got %v, want that the disk is full or the import was stopped", err)
	}
}
