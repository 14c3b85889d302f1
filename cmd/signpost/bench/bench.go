// Package bench measures the program on a made-up tenant: the import, every question to the store, and the pages.
package bench

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/demo"
)

// Options are the flags of the command.
type Options struct {
	Rows int    `help:"How many sign-ins." default:"1000000"`
	Days int    `help:"How many days they lie in." default:"30"`
	Data string `help:"Folder of the made-up tenant; one that was filled with as many rows is used again." default:"./data/bench" type:"path" placeholder:"DIR"`
	HTTP bool   `help:"Measure the pages over loopback too." name:"http"`

	Audit    int `help:"About how many audit records to make and measure."`
	Activity int `help:"How many records of Microsoft 365 activity to make, import from files and measure."`
	Access   int `help:"How many access records to make and measure; with --http, also what the access log adds to a page."`

	Detections int `help:"How many risk detections to make and measure, with the risky users and service principals that they are about; with --http, also the pages of Identity Protection and the diagnostic."`
}

// Host is the measured program.
type Host struct {
	// Open opens the engine as serve does, OpenForImport as an import does.
	Open, OpenForImport func(ctx context.Context, folder string) (*datafolder.Folder, error)
	// Serve starts the program on a folder and returns its address once it answers: http://HOST:PORT.
	Serve func(ctx context.Context, folder string) (base string, stop func() error, err error)
	// Progress receives lines about the progress of the benchmark.
	Progress io.Writer
}

// Bench measures the import, and questions and pages over a made-up tenant with and without an import under way.
type Bench struct {
	Options
	Host
}

// Report is the JSON of --json. Rows and BytesPerRow count what was stored before the import that runs during the
// questions: Rows the sign-ins, BytesPerRow records of all kinds. Memory is that of the whole process, including the tenant's making and the client.
type Report struct {
	Rows                int64   `json:"rows"`
	BytesPerRow         float64 `json:"bytes_per_row"`
	ImportRowsPerSec    float64 `json:"import_rows_per_s"`
	ImportLastPerSec    float64 `json:"import_last_rows_per_s"`
	PeakRSSMiB          float64 `json:"peak_rss_mib"`
	PeakAnonymousMiB    float64 `json:"peak_anonymous_mib"`
	AskingAnonymousMiB  float64 `json:"peak_anonymous_asking_mib"`
	ColdStartMS         float64 `json:"cold_start_ms"`
	RowsAddedWhileAsked int64   `json:"rows_added_while_asked"`
	AddedRowsPerSec     float64 `json:"rows_added_per_s"`

	AuditRows            int64   `json:"audit_rows,omitempty"`
	AuditRowsPerSec      float64 `json:"audit_rows_per_s,omitempty"`
	AccessRows           int64   `json:"access_rows,omitempty"`
	AccessRowsPerSec     float64 `json:"access_rows_per_s,omitempty"`        // appended to the access log
	AccessCopiedPerSec   float64 `json:"access_rows_copied_per_s,omitempty"` // copied into the engine
	AccessLogBytesPerRow float64 `json:"access_log_bytes_per_row,omitempty"`

	ActivityRows       int64   `json:"activity_rows,omitempty"`
	ActivityRowsPerSec float64 `json:"activity_rows_per_s,omitempty"`      // read from files; the files' making does not count
	ActivityLastPerSec float64 `json:"activity_last_rows_per_s,omitempty"` // of the last file that has a tenth of them
	ActivityTold       int64   `json:"activity_told,omitempty"`            // how many of these records tell a sign-in too

	DetectionRows    int64   `json:"detection_rows,omitempty"`
	RiskyObjects     int64   `json:"risky_objects,omitempty"`
	DetectionsPerSec float64 `json:"detection_rows_per_s,omitempty"`
	// DictionariesMiB is what the dictionaries of all logs take after the questions, Dictionaries are the largest of them.
	DictionariesMiB float64                     `json:"dictionaries_mib"`
	Dictionaries    []datafolder.DictionarySize `json:"dictionaries,omitempty"`

	Filters []Filter `json:"filters"`
	Results []Result `json:"results"`
	// Recording compares pages with and without the access log.
	Recording []Recording `json:"recording,omitempty"`
}

// stateFile marks a folder as a benchmark's and keeps the figures of its fill.
const stateFile = "bench.json"

// fillState is the content of stateFile. It tells a folder with an interrupted fill or import from a good one:
// Filled stays false, and a seed counts as used before its first row is stored.
type fillState struct {
	Rows   int       `json:"rows"` // rows of the fill, without those of imports during the questions
	Days   int       `json:"days"`
	Until  time.Time `json:"until"`
	Filled bool      `json:"filled"`
	// Seeds counts the used seeds: the fill's, and those of imports during the questions.
	Seeds uint64 `json:"seeds"`
	// Held is the number of rows in the store at the end of the last run.
	Held             int64   `json:"rows_held"`
	ImportRowsPerSec float64 `json:"import_rows_per_s"`
	ImportLastPerSec float64 `json:"import_last_rows_per_s"`
	PeakRSSMiB       float64 `json:"peak_rss_mib"`
	PeakAnonymousMiB float64 `json:"peak_anonymous_mib"`

	Activity           int     `json:"activity,omitempty"`
	ActivityTold       int64   `json:"activity_told,omitempty"`
	ActivityRowsPerSec float64 `json:"activity_rows_per_s,omitempty"`
	ActivityLastPerSec float64 `json:"activity_last_rows_per_s,omitempty"`

	Detections       int     `json:"detections,omitempty"`
	RiskyObjects     int     `json:"risky_objects,omitempty"`
	DetectionsPerSec float64 `json:"detection_rows_per_s,omitempty"`

	// Audit and Access are how many records of these kinds were asked for, AuditRows is how many audit records were made.
	Audit              int     `json:"audit,omitempty"`
	Access             int     `json:"access,omitempty"`
	AuditRows          int64   `json:"audit_rows,omitempty"`
	AuditRowsPerSec    float64 `json:"audit_rows_per_s,omitempty"`
	AccessRowsPerSec   float64 `json:"access_rows_per_s,omitempty"`
	AccessCopiedPerSec float64 `json:"access_rows_copied_per_s,omitempty"`
}

// Measure fills the folder, or uses it again, and measures.
func (b *Bench) Measure(ctx context.Context) (*Report, error) { return b.measure(ctx, usualPace) }

// Fill fills the folder, unless it was filled before.
func (b *Bench) Fill(ctx context.Context) error {
	state, err := b.state()
	if err != nil {
		return err
	}
	return b.fill(ctx, state)
}

// StreamMore writes records of further sign-ins of the tenant until the context ends, which is no error.
func (b *Bench) StreamMore(ctx context.Context, w io.Writer) error {
	state, err := b.state()
	if err != nil {
		return err
	}
	return b.streamMore(ctx, state, w)
}

// measure fills, starts the program, asks, and asks again during an import.
func (b *Bench) measure(ctx context.Context, pace pace) (*Report, error) {
	state, err := b.state()
	if err != nil {
		return nil, err
	}
	if err := b.fill(ctx, state); err != nil {
		return nil, err
	}
	size, err := storeBytes(b.Data)
	if err != nil {
		return nil, err
	}
	report := &Report{
		ImportRowsPerSec: state.ImportRowsPerSec, ImportLastPerSec: state.ImportLastPerSec,
		PeakRSSMiB: state.PeakRSSMiB, PeakAnonymousMiB: state.PeakAnonymousMiB, Results: []Result{},
		AuditRows: state.AuditRows, AuditRowsPerSec: state.AuditRowsPerSec,
		ActivityRows: int64(state.Activity), ActivityRowsPerSec: state.ActivityRowsPerSec, ActivityLastPerSec: state.ActivityLastPerSec, ActivityTold: state.ActivityTold,
		AccessRowsPerSec: state.AccessRowsPerSec, AccessCopiedPerSec: state.AccessCopiedPerSec,
		DetectionRows: int64(state.Detections), RiskyObjects: int64(state.RiskyObjects), DetectionsPerSec: state.DetectionsPerSec,
	}
	account, err := b.account(ctx)
	if err != nil {
		return nil, err
	}
	cold, err := b.coldStart(ctx, account, state.Until)
	if err != nil {
		return nil, fmt.Errorf("measure the start: %w", err)
	}
	report.ColdStartMS = milliseconds(cold)
	db, err := b.Open(ctx, b.Data)
	if err != nil {
		return nil, err
	}
	if report.Rows, err = rowsHeld(ctx, db, state); err == nil && b.Access > 0 {
		err = b.accessHeld(ctx, db, report)
	}
	if err == nil {
		report.BytesPerRow = float64(size) / float64(max(report.Rows+report.AuditRows+report.ActivityRows+report.AccessRows+report.DetectionRows, 1))
		err = b.ask(ctx, db, account, state, report, pace)
	}
	return report, errors.Join(err, db.Close())
}

// ask asks all questions, and a choice of them again during an import.
func (b *Bench) ask(ctx context.Context, db *datafolder.Folder, account login, state *fillState, report *Report, pace pace) error {
	memory := watchMemory()
	filters, err := chooseFilters(ctx, db, rangeOf(state.Until, 30*24*time.Hour))
	if err != nil {
		return fmt.Errorf("choose filters: %w", err)
	}
	logs := b.otherLogs()
	if err := chooseOtherFilters(ctx, db, filters, logs, rangeOf(state.Until, 30*24*time.Hour)); err != nil {
		return fmt.Errorf("choose filters: %w", err)
	}
	report.Filters = filters.list
	signIns := &questions{store: db, filters: filters, until: state.Until}
	sources := []source{signIns}
	others := []source{&otherQuestions{signIns, logs}}
	var opened *pages
	if b.HTTP {
		if opened, err = openPages(ctx, b.Data, db, account, filters, state.Until); err != nil {
			return err
		}
		defer opened.close()
		sources = append(sources, opened)
		others = append(others, &otherPages{opened, logs})
		if b.Detections > 0 {
			others = append(others, &riskPages{pages: opened, store: db})
		}
	}
	fmt.Fprintf(b.Progress, "asking questions about %d sign-ins, %d audit, %d activity and %d access records, %d risk detections\n", report.Rows, report.AuditRows, report.ActivityRows, report.AccessRows, report.DetectionRows)
	for _, asked := range []struct {
		sources []source
		choice  choice
	}{{sources, pace.signIns}, {others, pace.others}} {
		for _, source := range asked.sources {
			results, err := askAll(ctx, source, asked.choice, pace, false)
			if err != nil {
				return err
			}
			report.Results = append(report.Results, results...)
		}
	}
	if b.HTTP && b.Access > 0 {
		fmt.Fprintln(b.Progress, "asking with and without the access log")
		if report.Recording, err = opened.compareRecording(ctx, pace); err != nil {
			return fmt.Errorf("pages with and without the access log: %w", err)
		}
	}
	report.tellDictionaries(db.DictionarySizes())
	fmt.Fprintln(b.Progress, "asking while more sign-ins are imported")
	stop := b.importBeside(ctx, db, state)
	for _, source := range append(sources, others...) {
		results, err := askAll(ctx, source, pace.importing, pace, true)
		if err != nil {
			_, _, stopErr := stop()
			return errors.Join(err, stopErr)
		}
		report.Results = append(report.Results, results...)
	}
	if report.RowsAddedWhileAsked, report.AddedRowsPerSec, err = stop(); err != nil {
		return fmt.Errorf("import beside the questions: %w", err)
	}
	report.AskingAnonymousMiB = memory.stop()
	report.PeakAnonymousMiB = max(report.PeakAnonymousMiB, report.AskingAnonymousMiB)
	if state.Held, err = rowsHeld(ctx, db, state); err != nil {
		return err
	}
	return b.save(state)
}

// largestDictionaries is how many dictionaries a report names.
const largestDictionaries = 12

func (r *Report) tellDictionaries(sizes []datafolder.DictionarySize) {
	for _, size := range sizes {
		r.DictionariesMiB += float64(size.Bytes) / (1 << 20)
	}
	r.Dictionaries = sizes[:min(largestDictionaries, len(sizes))]
}

// UsageError is a mistake in a flag.
type UsageError struct{ reason string }

func (e UsageError) Error() string { return e.reason }

// state reads stateFile.
func (b *Bench) state() (*fillState, error) {
	if b.Rows < 1 {
		return nil, UsageError{"--rows must be at least 1"}
	}
	if b.Days < 1 {
		return nil, UsageError{"--days must be at least 1"}
	}
	if b.Audit < 0 || b.Activity < 0 || b.Access < 0 || b.Detections < 0 {
		return nil, UsageError{"--audit, --activity, --access and --detections must not be negative"}
	}
	text, err := os.ReadFile(filepath.Join(b.Data, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(b.Data, "main.db")); err == nil {
			return nil, fmt.Errorf("%s holds data that is not a benchmark's: give another folder", b.Data)
		}
		return &fillState{Rows: b.Rows, Days: b.Days, Until: time.Now().UTC().Truncate(time.Minute)}, nil
	}
	if err != nil {
		return nil, err
	}
	var state fillState
	switch err := json.Unmarshal(text, &state); {
	case err != nil:
		return nil, fmt.Errorf("%s is damaged (%w): remove it or give another folder", b.Data, err)
	case !state.Filled:
		return nil, fmt.Errorf("%s holds a benchmark whose fill was cut short: remove it or give another folder", b.Data)
	case state.Rows != b.Rows:
		return nil, fmt.Errorf("%s holds a benchmark of %d rows: remove it or give another folder", b.Data, state.Rows)
	case cmp.Or(state.Days, demo.DefaultDays) != b.Days: // folders from before --days have no days
		return nil, fmt.Errorf("%s holds a benchmark of %d days: remove it or give another folder", b.Data, cmp.Or(state.Days, demo.DefaultDays))
	case state.Audit != 0 && state.Audit != b.Audit:
		return nil, fmt.Errorf("%s holds a benchmark of %d audit records: remove it or give another folder", b.Data, state.Audit)
	case state.Activity != 0 && state.Activity != b.Activity:
		return nil, fmt.Errorf("%s holds a benchmark of %d activity records: remove it or give another folder", b.Data, state.Activity)
	case state.Access != 0 && state.Access != b.Access:
		return nil, fmt.Errorf("%s holds a benchmark of %d access records: remove it or give another folder", b.Data, state.Access)
	case state.Detections != 0 && state.Detections != b.Detections:
		return nil, fmt.Errorf("%s holds a benchmark of %d risk detections: remove it or give another folder", b.Data, state.Detections)
	}
	state.Days = b.Days
	return &state, nil
}

func (b *Bench) save(state *fillState) error {
	text, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.Data, stateFile), text, 0o600)
}

// rowsHeld counts every row of the store. Of the interactive log it counts events, not lines.
func rowsHeld(ctx context.Context, db store.Store, state *fillState) (int64, error) {
	whole := rangeOf(state.Until, time.Duration(state.Days+10)*24*time.Hour) // hours before the first day may be imported too
	var rows int64
	for _, info := range store.SignIns.Logs {
		total, err := db.Total(ctx, store.ListQuery{Log: info.Log, Range: whole, AllEvents: true})
		if err != nil {
			return 0, fmt.Errorf("count the rows: %w", err)
		}
		rows += total.N
	}
	return rows, nil
}

// storeBytes is the size of the store's files.
func storeBytes(folder string) (int64, error) {
	var size int64
	for _, name := range []string{"main.db", "main.db-wal", "cols.db"} {
		info, err := os.Stat(filepath.Join(folder, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, err
		}
		size += info.Size()
	}
	return size, nil
}

// rangeOf gives the range of a question: a part of the tenant's time.
func rangeOf(until time.Time, length time.Duration) store.Range {
	return store.Range{From: until.Add(-length), To: until}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
