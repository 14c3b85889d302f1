package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
)

// firstSeed is the seed of the fill.
const firstSeed = 1

// lastRows bounds the rows at the end of a fill that get a speed of their own: a tenth of all, a million at most.
const lastRows = 1_000_000

// fill makes what the folder lacks: sign-ins, audit records, activity, risk detections, access records.
func (b *Bench) fill(ctx context.Context, state *fillState) error {
	if !state.Filled {
		if err := b.fillSignIns(ctx, state); err != nil {
			return err
		}
	}
	if state.Audit == 0 && b.Audit > 0 {
		if err := b.fillAudit(ctx, state); err != nil {
			return err
		}
	}
	if state.Activity == 0 && b.Activity > 0 {
		if err := b.fillActivity(ctx, state); err != nil {
			return err
		}
	}
	if state.Detections == 0 && b.Detections > 0 {
		if err := b.fillDetections(ctx, state); err != nil {
			return err
		}
	}
	if state.Access == 0 && b.Access > 0 {
		return b.fillAccess(ctx, state)
	}
	return nil
}

// fillSignIns streams the tenant through a pipe into the importer.
func (b *Bench) fillSignIns(ctx context.Context, state *fillState) (err error) {
	db, err := b.OpenForImport(ctx, b.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	state.Seeds = 1
	if err := b.save(state); err != nil {
		return err
	}
	reader, writer := io.Pipe()
	go func() {
		writer.CloseWithError(demo.Stream(ctx, demo.Options{Rows: state.Rows, Seed: firstSeed, Days: state.Days, Until: state.Until}, writer))
	}()
	memory := watchMemory()
	speed := &fillSpeed{rows: int64(state.Rows), out: b.Progress, began: time.Now()}
	imported, err := importer.New(db, importer.Options{Progress: speed.at}).Reader(ctx, "made-up tenant", reader)
	ended := time.Now()
	if err = errors.Join(err, reader.Close()); err != nil {
		return fmt.Errorf("fill the store: %w", err)
	}
	if imported.New != int64(state.Rows) {
		return fmt.Errorf("%d of %d sign-ins were stored", imported.New, state.Rows)
	}
	state.PeakAnonymousMiB, state.PeakRSSMiB = memory.stop(), processMemory("VmHWM:")
	state.ImportRowsPerSec = float64(imported.Read) / ended.Sub(speed.began).Seconds()
	state.ImportLastPerSec = speed.last(ended)
	state.Held, state.Filled = imported.New, true
	return b.save(state)
}

// fillSpeed measures the speed of the last rows, and reports the progress of a fill by tenths.
type fillSpeed struct {
	rows  int64
	out   io.Writer
	began time.Time
	told  int64
	// lastFrom is the number of rows read at lastBegan.
	lastFrom  int64
	lastBegan time.Time
}

func (s *fillSpeed) at(p importer.Progress) {
	if s.lastBegan.IsZero() && p.Records >= s.rows-min(lastRows, s.rows/10) {
		s.lastFrom, s.lastBegan = p.Records, time.Now()
	}
	if tenth := p.Records * 10 / s.rows; tenth > s.told {
		s.told = tenth
		fmt.Fprintf(s.out, "imported %d of %d sign-ins, %.0f rows/s\n", p.Records, s.rows, float64(p.Records)/time.Since(s.began).Seconds())
	}
}

// last gives the speed of the last rows; the speed of all where the fill was too short.
func (s *fillSpeed) last(ended time.Time) float64 {
	if s.lastBegan.IsZero() || s.lastFrom >= s.rows {
		return float64(s.rows) / ended.Sub(s.began).Seconds()
	}
	return float64(s.rows-s.lastFrom) / ended.Sub(s.lastBegan).Seconds()
}

// importBeside imports further sign-ins of the same time and density, hour by hour, the newest first, until it is
// stopped. It uses new seeds. It owns the state meanwhile.
func (b *Bench) importBeside(ctx context.Context, db *datafolder.Folder, state *fillState) (stop func() (rows int64, perSecond float64, err error)) {
	making, enough := context.WithCancel(ctx)
	reader, writer := io.Pipe()
	go func() { writer.CloseWithError(b.streamMore(making, state, writer)) }()
	began := time.Now()
	var rows int64
	var failure error
	done := make(chan struct{})
	go func() {
		defer close(done)
		imported, err := importer.New(db, importer.Options{}).Reader(ctx, "more of the made-up tenant", reader)
		rows, failure = imported.New, errors.Join(err, reader.Close())
		if failure == nil && imported.New != imported.Read {
			failure = fmt.Errorf("%d of %d sign-ins were new", imported.New, imported.Read)
		}
	}()
	return func() (int64, float64, error) {
		enough()
		<-done
		return rows, float64(rows) / time.Since(began).Seconds(), failure
	}
}

// streamMore writes whole hours until the context ends, which is no error.
func (b *Bench) streamMore(ctx context.Context, state *fillState, w io.Writer) error {
	for ctx.Err() == nil {
		seed := firstSeed + state.Seeds
		state.Seeds++
		if err := b.save(state); err != nil {
			return err
		}
		tenant, err := demo.New(demo.Options{Rows: state.Rows, Seed: seed, Days: state.Days, Until: state.Until})
		if err != nil {
			return err
		}
		for until := state.Until; ctx.Err() == nil && state.Until.Sub(until) < demo.DefaultDays*24*time.Hour; until = until.Add(-time.Hour) {
			hour := demo.Options{Density: tenant.Density(), Seed: seed, From: until.Add(-time.Hour), Until: until}
			// An hour is written whole even if the context ends: half a record would be an error for the importer.
			if err := demo.Stream(context.WithoutCancel(ctx), hour, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// memoryWatch samples the anonymous memory of this process. Mapped files (cols.db) do not count: the system takes
// their pages back when it needs them.
type memoryWatch struct {
	quit, done chan struct{}
	most       float64
}

const memoryEvery = 100 * time.Millisecond

func watchMemory() *memoryWatch {
	w := &memoryWatch{quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		tick := time.NewTicker(memoryEvery)
		defer tick.Stop()
		for {
			w.most = max(w.most, processMemory("RssAnon:"))
			select {
			case <-w.quit:
				return
			case <-tick.C:
			}
		}
	}()
	return w
}

// stop gives the highest sample, in MiB.
func (w *memoryWatch) stop() float64 {
	close(w.quit)
	<-w.done
	return w.most
}

// processMemory reads a line of this process's status, in MiB; 0 where the system has none.
func processMemory(name string) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			kib, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			return kib / 1024
		}
	}
	return 0
}
