package demo

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
)

// auditFileNames are Azure Monitor's names for the blobs of the audit logs.
var auditFileNames = [auditCount]string{
	"insights-logs-auditlogs.json",
	"insights-logs-customsecurityattributeauditlogs.json",
}

// fileNames are Azure Monitor's names for the blobs of the four sign-in logs.
var fileNames = [logCount]string{
	"insights-logs-signinlogs.json",
	"insights-logs-noninteractiveusersigninlogs.json",
	"insights-logs-serviceprincipalsigninlogs.json",
	"insights-logs-managedidentitysigninlogs.json",
}

// Stream writes all sign-ins of the options to w, one a line, all logs mixed, in the order of ingestion.
func Stream(ctx context.Context, opts Options, w io.Writer) error {
	t, err := New(opts)
	if err != nil {
		return err
	}
	return t.Stream(ctx, w)
}

// Stream writes all sign-ins of the tenant; see the function Stream.
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

// inOrder passes every sign-in to put, in the order of ingestion. A record is late by an hour at most, so inOrder
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
// category has one file, uncompressed, with one record a line, in the order of ingestion. The history of risky users and the risk of
// agents come in files of Graph's objects, as Azure Monitor has no categories for them. After an error it removes the files.
func Write(ctx context.Context, dir string, opts Options) error {
	return write(dir, opts, func(t *Tenant, o *output) error { return t.writeAzureMonitor(ctx, o) })
}

// write has the files of a tenant written to a new or empty folder.
func write(dir string, opts Options, files func(t *Tenant, o *output) error) error {
	t, err := New(opts)
	if err != nil {
		return err
	}
	if err := emptyFolder(dir); err != nil {
		return err
	}
	o := &output{dir: dir}
	return o.close(files(t, o))
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

func (t *Tenant) writeAzureMonitor(ctx context.Context, o *output) error {
	err := writeLogs(o, fileNames[:], func(put func(log int, line []byte) error) error { return t.inOrder(ctx, put) })
	if err != nil {
		return err
	}
	err = writeLogs(o, auditFileNames[:], func(put func(log int, line []byte) error) error {
		return t.eachAudit(ctx, floorDiv(t.start, ticksPerHour), t.lastHour, put)
	})
	if err != nil {
		return err
	}
	if err := t.writeProvisioning(ctx, o); err != nil {
		return err
	}
	if err := t.writeRisk(ctx, o); err != nil {
		return err
	}
	return writeLogs(o, activityFileNames[:], func(put func(log int, line []byte) error) error {
		return t.eachActivity(ctx, floorDiv(t.start, ticksPerHour), t.lastHour, put)
	})
}

// writeLogs makes a file for each log and has each line put into the file of its log.
func writeLogs(o *output, names []string, each func(put func(log int, line []byte) error) error) error {
	files := make([]*outputFile, len(names))
	for log, name := range names {
		f, err := o.create(name)
		if err != nil {
			return err
		}
		files[log] = f
	}
	return each(func(log int, line []byte) error {
		_, err := files[log].Write(line)
		return err
	})
}
