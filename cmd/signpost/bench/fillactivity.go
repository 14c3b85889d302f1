package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
)

// activityFileBytes is the size at which a file of activity is full. It is then imported and removed.
const activityFileBytes = 400 << 20

// fillActivity imports exactly as many records of Microsoft 365 activity as were asked for, from files of the unified audit log. The
// tenant is that of the stored sign-ins, so many records have the token of one, and some tell one. Only the import is measured.
func (b *Bench) fillActivity(ctx context.Context, state *fillState) (err error) {
	db, err := b.OpenForImport(ctx, b.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := b.begin(state); err != nil {
		return err
	}
	folder, err := os.MkdirTemp(b.Data, "made-up-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	tenant, err := demo.New(demo.Options{Rows: state.Rows, Seed: firstSeed, Days: state.Days, Until: state.Until})
	if err != nil {
		return err
	}
	memory := watchMemory()
	f := &activityFiller{ctx: ctx, db: db, folder: folder, wanted: b.Activity, out: b.Progress}
	if err := tenant.ManyActivity(ctx, b.Activity, f.put); err != nil {
		return fmt.Errorf("fill the activity log: %w", errors.Join(err, f.close()))
	}
	if err := f.importFile(); err != nil {
		return fmt.Errorf("fill the activity log: %w", err)
	}
	state.PeakAnonymousMiB, state.PeakRSSMiB = max(state.PeakAnonymousMiB, memory.stop()), processMemory("VmHWM:")
	state.Activity, state.ActivityTold = b.Activity, f.told
	state.ActivityRowsPerSec, state.ActivityLastPerSec = float64(f.read)/f.took.Seconds(), f.last
	state.Filled = true
	return b.save(state)
}

// activityFiller writes lines to a file, and imports the file when it is full.
type activityFiller struct {
	ctx    context.Context
	db     *datafolder.Folder
	folder string
	wanted int
	out    io.Writer

	file    *os.File // nil between two files
	writer  *bufio.Writer
	written int   // bytes of the file
	lines   int64 // of the file

	read, told int64
	took       time.Duration
	last       float64 // records a second of the last file that has a tenth of all records
}

func (f *activityFiller) put(line []byte) (err error) {
	if f.file == nil {
		if f.file, err = os.Create(filepath.Join(f.folder, "unified-audit-log.json")); err != nil {
			return err
		}
		f.writer, f.written, f.lines = bufio.NewWriterSize(f.file, 1<<20), 0, 0
	}
	n, err := f.writer.Write(line)
	f.written += n
	f.lines++
	if err == nil && f.written >= activityFileBytes {
		return f.importFile()
	}
	return err
}

// close ends the writing of a file.
func (f *activityFiller) close() error {
	if f.file == nil {
		return nil
	}
	err := errors.Join(f.writer.Flush(), f.file.Close())
	f.file = nil
	return err
}

// importFile imports the file and removes it.
func (f *activityFiller) importFile() error {
	if f.file == nil {
		return nil
	}
	name := f.file.Name()
	if err := f.close(); err != nil {
		return err
	}
	began := time.Now()
	reports, err := importer.New(f.db, importer.Options{}).Paths(f.ctx, name)
	took := time.Since(began)
	if err != nil {
		return err
	}
	imported := reports[0]
	if imported.New != f.lines || imported.Read != f.lines {
		return fmt.Errorf("of %d activity records %d were read and %d stored", f.lines, imported.Read, imported.New)
	}
	f.read, f.took = f.read+imported.Read, f.took+took
	perSecond := float64(imported.Read) / took.Seconds()
	if f.last == 0 || imported.Read*10 >= int64(f.wanted) {
		f.last = perSecond
	}
	for _, log := range store.SignIns.Logs {
		f.told += imported.Told[log.Log].N
	}
	fmt.Fprintf(f.out, "imported %d of %d activity records, %.0f rows/s\n", f.read, f.wanted, perSecond)
	return os.Remove(name)
}
