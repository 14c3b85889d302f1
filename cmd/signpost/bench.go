package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"signpost/store"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/sqlite"
)

// BenchCmd measures import and pages on a made-up tenant.
type BenchCmd struct {
	Rows int    `help:"How many sign-ins." default:"1000000"`
	Data string `help:"Folder of the made-up tenant; one that holds as many rows is used again." default:"./data/bench" type:"path" placeholder:"DIR"`
	HTTP bool   `help:"Measure the pages over loopback." name:"http"`
	JSON bool   `help:"Print one JSON object." name:"json"`
}

// benchReport is what --json prints.
type benchReport struct {
	Rows             int64         `json:"rows"`
	BytesPerRow      float64       `json:"bytes_per_row"`
	ImportRowsPerSec float64       `json:"import_rows_per_s"`
	PeakRSSMiB       float64       `json:"peak_rss_mib"`
	ColdStartMS      float64       `json:"cold_start_ms"`
	Results          []benchResult `json:"results"`
}

// benchResult is one question asked many times.
type benchResult struct {
	Question  string  `json:"question"`
	Log       string  `json:"log"`
	Range     string  `json:"range"`
	Filters   int     `json:"filters"`
	Matched   int64   `json:"matched"`
	P50MS     float64 `json:"p50_ms"`
	P95MS     float64 `json:"p95_ms"`
	MaxMS     float64 `json:"max_ms"`
	Importing bool    `json:"importing"`
}

// benchFile marks a folder as a benchmark's and keeps what its import showed.
const benchFile = "bench.json"

type benchState struct {
	Rows             int       `json:"rows"`
	Until            time.Time `json:"until"`
	ImportRowsPerSec float64   `json:"import_rows_per_s"`
	PeakRSSMiB       float64   `json:"peak_rss_mib"`
}

// Run fills the folder, or uses it again, and measures.
func (b *BenchCmd) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	state, fresh, err := b.state()
	if err != nil {
		return err
	}
	db, err := sqlite.Open(ctx, b.Data, importer.Decode)
	if err != nil {
		return err
	}
	report := benchReport{Results: []benchResult{}}
	if fresh {
		if err := b.fill(ctx, db, &state, &report); err != nil {
			return errors.Join(err, db.Close())
		}
	}
	if err := db.Close(); err != nil {
		return err
	}
	report.Rows, report.ImportRowsPerSec, report.PeakRSSMiB = int64(state.Rows), state.ImportRowsPerSec, state.PeakRSSMiB
	if report.BytesPerRow, err = bytesPerRow(b.Data, state.Rows); err != nil {
		return err
	}
	if b.HTTP {
		if err := b.measurePages(ctx, state, &report); err != nil {
			return err
		}
	}
	return b.print(report)
}

// state reads what the folder holds; fresh says that it is to be filled.
func (b *BenchCmd) state() (state benchState, fresh bool, err error) {
	text, err := os.ReadFile(filepath.Join(b.Data, benchFile))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(b.Data, "main.db")); err == nil {
			return state, false, fmt.Errorf("%s holds data that is not a benchmark's: give another folder", b.Data)
		}
		return benchState{Rows: b.Rows, Until: time.Now().UTC().Truncate(time.Minute)}, true, nil
	}
	if err != nil {
		return state, false, err
	}
	if err := json.Unmarshal(text, &state); err != nil || state.Rows != b.Rows {
		return state, false, fmt.Errorf("%s holds a benchmark of %d rows: remove it or give another folder", b.Data, state.Rows)
	}
	return state, false, nil
}

// fill sends the tenant through a pipe into the importer, with the pages answering beside it.
func (b *BenchCmd) fill(ctx context.Context, db *sqlite.DB, state *benchState, report *benchReport) error {
	stopAsking := func() []benchResult { return nil }
	if b.HTTP {
		pages, err := b.openPages(ctx, db, *state)
		if err != nil {
			return err
		}
		defer pages.close()
		stopAsking = pages.askUntilStopped(ctx)
	}
	reader, writer := io.Pipe()
	go func() {
		writer.CloseWithError(demo.Stream(ctx, demo.Options{Rows: state.Rows, Seed: demoSeed, Until: state.Until}, writer))
	}()
	began := time.Now()
	imported, err := importer.New(db, importer.Options{}).Reader(ctx, "made-up tenant", reader)
	took := time.Since(began)
	report.Results = append(report.Results, stopAsking()...)
	if err = errors.Join(err, reader.Close()); err != nil {
		return fmt.Errorf("fill the store: %w", err)
	}
	if imported.New != int64(state.Rows) {
		return fmt.Errorf("%d of %d sign-ins were stored", imported.New, state.Rows)
	}
	state.ImportRowsPerSec = float64(imported.Read) / took.Seconds()
	state.PeakRSSMiB = peakRSS()
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.Data, benchFile), text, 0o600)
}

// peakRSS gives the most memory this process had so far, in MiB; 0 where the system does not tell.
func peakRSS() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			return kib / 1024
		}
	}
	return 0
}

// bytesPerRow divides the size of the store's files by its rows.
func bytesPerRow(folder string, rows int) (float64, error) {
	var size int64
	for _, name := range []string{"main.db", "main.db-wal"} {
		info, err := os.Stat(filepath.Join(folder, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, err
		}
		size += info.Size()
	}
	return float64(size) / float64(rows), nil
}

func (b *BenchCmd) print(report benchReport) error {
	if b.JSON {
		return json.NewEncoder(os.Stdout).Encode(report)
	}
	fmt.Printf("%d sign-ins: import %.0f rows/s, %.0f bytes a row, peak memory %.0f MiB", report.Rows, report.ImportRowsPerSec, report.BytesPerRow, report.PeakRSSMiB)
	if report.ColdStartMS > 0 {
		fmt.Printf(", start to first page %.0f ms", report.ColdStartMS)
	}
	fmt.Println()
	if len(report.Results) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "page\tlog\trange\tmatched\tp50 ms\tp95 ms\tmax ms\timporting\t")
	for _, r := range report.Results {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%.1f\t%.1f\t%.1f\t%t\t\n", r.Question, r.Log, r.Range, r.Matched, r.P50MS, r.P95MS, r.MaxMS, r.Importing)
	}
	return table.Flush()
}

// benchRange is the part of the tenant's time a page is asked for.
func benchRange(until time.Time, length time.Duration) store.Range {
	return store.Range{From: until.Add(-length), To: until}
}
