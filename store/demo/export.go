package demo

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// fileNames are Azure Monitor's names for the blobs of the four logs.
var fileNames = [logCount]string{
	"insights-logs-signinlogs.json",
	"insights-logs-noninteractiveusersigninlogs.json",
	"insights-logs-serviceprincipalsigninlogs.json",
	"insights-logs-managedidentitysigninlogs.json",
}

// Stream writes all records of the options to w, one a line, all logs mixed, in the order of ingestion.
func Stream(ctx context.Context, opts Options, w io.Writer) error {
	t, err := New(opts)
	if err != nil {
		return err
	}
	return t.Stream(ctx, w)
}

// Stream writes all records of the tenant; see the function Stream.
func (t *Tenant) Stream(ctx context.Context, w io.Writer) error {
	lines := bufio.NewWriterSize(w, writeBuffer)
	err := t.inOrder(ctx, func(_ int, line []byte) error {
		_, err := lines.Write(line)
		return err
	})
	if err == nil {
		err = lines.Flush()
	}
	if err != nil {
		return fmt.Errorf("write the demo's records: %w", err)
	}
	return nil
}

// inOrder passes every record to put, in the order of ingestion. A record is late by an hour at most, so inOrder
// holds only the events of one hour back.
func (t *Tenant) inOrder(ctx context.Context, put func(log int, line []byte) error) error {
	type arrival struct {
		ingested int64
		event
	}
	p, out := t.planner(), newRecorder(theOrganisation())
	var waiting []arrival
	for hour := t.firstHour; hour <= t.lastHour; hour++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, e := range t.hour(p, hour) {
			waiting = append(waiting, arrival{e.ingested(), e})
		}
		slices.SortStableFunc(waiting, func(a, b arrival) int { return cmp.Compare(a.ingested, b.ingested) })
		ready := len(waiting)
		if hour < t.lastHour {
			end := (hour + 1) * ticksPerHour
			ready, _ = slices.BinarySearchFunc(waiting, end, func(a arrival, end int64) int { return cmp.Compare(a.ingested, end) })
		}
		for i := range waiting[:ready] {
			e := &waiting[i].event
			if err := put(e.scene.log(), out.line(e)); err != nil {
				return err
			}
		}
		waiting = append(waiting[:0], waiting[ready:]...)
	}
	return nil
}

// Write makes the folder dir, or takes an empty one, and writes the records as export files of Azure Monitor. Each
// category has one file, uncompressed, with one record a line, in the order of ingestion. After an error it
// removes the files.
func Write(ctx context.Context, dir string, opts Options) error {
	t, err := New(opts)
	if err != nil {
		return err
	}
	if err := emptyFolder(dir); err != nil {
		return err
	}
	err = t.writeFiles(ctx, dir)
	if err != nil {
		for _, name := range fileNames {
			if e := os.Remove(filepath.Join(dir, name)); e != nil && !errors.Is(e, fs.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
	}
	return err
}

func emptyFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder for the demo: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("look into the folder for the demo: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("the folder %s is not empty: it holds %s; choose another or empty it", dir, entries[0].Name())
	}
	return nil
}

func (t *Tenant) writeFiles(ctx context.Context, dir string) error {
	var files [logCount]*os.File
	var outs [logCount]*bufio.Writer
	var failed error
	for log, name := range fileNames {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		files[log], outs[log] = f, bufio.NewWriterSize(f, writeBuffer)
	}
	if failed == nil {
		failed = t.inOrder(ctx, func(log int, line []byte) error {
			_, err := outs[log].Write(line)
			return err
		})
	}
	for log, f := range files {
		if f == nil {
			continue
		}
		if failed == nil {
			failed = outs[log].Flush()
		}
		if err := f.Close(); failed == nil {
			failed = err
		}
	}
	if failed != nil {
		return fmt.Errorf("write the demo's files: %w", failed)
	}
	return nil
}
