package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"signpost/store"
	"signpost/views"
)

// ImportLimits bound what is uploaded; zero means the default.
type ImportLimits struct {
	Upload   int64 // bytes of all files of one upload, as they are sent
	Files    int   // files of one upload
	Unpacked int64 // bytes that they may unpack to
	Ratio    int64 // how many times its own size a file may unpack to
	Members  int   // files that an archive may hold
}

// The limits unless others are set. Logs pack about 1:20.
const (
	defaultUpload   = 2 << 30
	defaultFiles    = 200
	defaultUnpacked = 40 << 30
	defaultRatio    = 200
	defaultMembers  = 10_000
)

func orDefault[T int | int64](value, usual T) T {
	if value == 0 {
		return usual
	}
	return value
}

// filled gives the limits with the defaults in place of zero.
func (l ImportLimits) filled() ImportLimits {
	return ImportLimits{
		Upload: orDefault(l.Upload, defaultUpload), Files: orDefault(l.Files, defaultFiles), Unpacked: orDefault(l.Unpacked, defaultUnpacked),
		Ratio: orDefault(l.Ratio, defaultRatio), Members: orDefault(l.Members, defaultMembers),
	}
}

// UploadedFile is a file that was uploaded: where it lies, and what its sender calls it.
type UploadedFile struct {
	Path, Name string
	Size       int64 // bytes
}

// Importer is what the import page needs of an importer.
type Importer interface {
	// Check reads the files to their ends and gives those that cannot be imported, with the reasons. It imports nothing.
	Check(ctx context.Context, limits ImportLimits, files []UploadedFile) ([]views.RefusedFile, error)
	// Import imports the files, once no other import of this program runs. The reports hold what was done so far also
	// where there is an error, which is a sentence. tell is called from one goroutine at a time.
	Import(ctx context.Context, files []UploadedFile, tell func(bytes, total, records int64)) ([]store.ImportReport, error)
}

// Uploads takes uploads and imports them behind the server, one upload at a time.
type Uploads struct {
	importer Importer
	folder   string
	limits   ImportLimits
	now      func() time.Time
	log      *slog.Logger

	ctx  context.Context
	stop context.CancelFunc
	done sync.WaitGroup

	mu  sync.Mutex
	run *importRun // the one that runs, else the last; nil where there was none since the start
}

// importRun is one upload from its first byte to its report.
type importRun struct {
	imports *Uploads
	folder  string
	checked chan struct{} // closed when it is known whether the files are right
	told    sync.Once     // closes it

	files []UploadedFile // of the request that receives them until start, then of what works on them

	// Guarded by the mutex of the imports.
	cancel context.CancelFunc
	before *importRun // what is shown again where nothing comes of this one
	state  views.ImportRun
}

// errImportRuns refuses a second upload.
var errImportRuns = errors.New("an import is running")

// NewUploads takes uploads into a folder, which it empties: what lies there was left by a program that was killed.
func NewUploads(importer Importer, folder string, limits ImportLimits, now func() time.Time, log *slog.Logger) (*Uploads, error) {
	if err := os.RemoveAll(folder); err != nil {
		return nil, fmt.Errorf("clear what was left of uploads: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	return &Uploads{importer: importer, folder: folder, limits: limits.filled(), now: now, log: log, ctx: ctx, stop: stop}, nil
}

// Close ends the import that runs, if one does, and waits for it: what had been read by then is stored.
func (i *Uploads) Close() {
	i.stop()
	i.done.Wait()
}

// state gives how far the import is that runs, or how the last one went; nil where there was none.
func (i *Uploads) state() *views.ImportRun {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.run == nil {
		return nil
	}
	state := i.run.state
	return &state
}

// begin makes room for an upload; errImportRuns where another one has it.
func (i *Uploads) begin(by string) (*importRun, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.run != nil && i.run.state.Running() {
		return nil, errImportRuns
	}
	if err := os.MkdirAll(i.folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of uploads: %w", err)
	}
	folder, err := os.MkdirTemp(i.folder, "")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the upload: %w", err)
	}
	i.run = &importRun{
		imports: i, folder: folder, before: i.run, checked: make(chan struct{}), cancel: func() {},
		state: views.ImportRun{Phase: views.ImportReceiving, By: by, Started: i.now().UTC()},
	}
	return i.run, nil
}

// change alters what is shown of the run.
func (r *importRun) change(change func(*views.ImportRun)) {
	r.imports.mu.Lock()
	defer r.imports.mu.Unlock()
	change(&r.state)
}

// abandon forgets an upload that did not arrive whole.
func (r *importRun) abandon() {
	r.imports.mu.Lock()
	defer r.imports.mu.Unlock()
	r.imports.run = r.before
	r.clear()
}

func (r *importRun) clear() {
	if err := os.RemoveAll(r.folder); err != nil {
		r.imports.log.Error("remove an upload", "error", err)
	}
}

// add makes a file of the upload. Its name is kept for people; where it lies is ours.
func (r *importRun) add(name string) (*os.File, error) {
	path := filepath.Join(r.folder, fmt.Sprintf("%04d", len(r.files)+1))
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		r.files = append(r.files, UploadedFile{Path: path, Name: name})
	}
	return file, err
}

// start looks at the files and, where all are right, imports them, behind the request that brought them. The channel is
// closed when it is known whether they are.
func (r *importRun) start() (checked <-chan struct{}) {
	i := r.imports
	ctx, cancel := context.WithCancel(i.ctx)
	r.change(func(s *views.ImportRun) {
		r.cancel, r.before = cancel, nil
		s.Phase = views.ImportChecking
		for _, file := range r.files {
			s.Files = append(s.Files, file.Name)
			s.Size += file.Size
		}
	})
	i.done.Go(func() {
		defer cancel()
		defer r.clear()
		defer r.survive()
		r.work(ctx)
	})
	return r.checked
}

func (r *importRun) work(ctx context.Context) {
	i := r.imports
	refused, err := i.importer.Check(ctx, i.limits, r.files)
	switch {
	case err != nil:
		r.end(views.ImportFailed, "The files could not be looked at, and nothing was changed.", err)
	case len(refused) > 0:
		r.change(func(s *views.ImportRun) { s.Refused = refused })
		r.end(views.ImportRefused, "", nil)
	default:
		r.change(func(s *views.ImportRun) { s.Phase = views.ImportWorking })
	}
	r.told.Do(func() { close(r.checked) })
	if err != nil || len(refused) > 0 {
		return
	}
	reports, err := i.importer.Import(ctx, r.files, func(bytes, total, records int64) {
		r.change(func(s *views.ImportRun) { s.Bytes, s.Total, s.Records = bytes, total, records })
	})
	r.change(func(s *views.ImportRun) { s.Reports = reports })
	if err != nil {
		r.end(views.ImportFailed, err.Error(), err)
		return
	}
	r.end(views.ImportDone, "", nil)
}

// survive ends a run whose importer panicked: behind a request nothing else would catch that, and the portal would end.
func (r *importRun) survive() {
	trouble := recover()
	if trouble == nil {
		return
	}
	r.end(views.ImportFailed, "Signpost made a mistake with these files and could not go on. What had been read by then is stored. "+
		"The log of Signpost says where: give it to who runs it.", fmt.Errorf("panic: %v\n%s", trouble, debug.Stack()))
	r.told.Do(func() { close(r.checked) })
}

func (r *importRun) end(phase views.ImportPhase, problem string, err error) {
	r.change(func(s *views.ImportRun) {
		s.Phase, s.Problem, s.Ended = phase, problem, r.imports.now().UTC()
	})
	level := slog.LevelInfo
	if err != nil {
		level = slog.LevelError
	}
	r.imports.log.Log(context.Background(), level, "import by upload", "phase", phase.String(), "by", r.state.By, "files", len(r.files), "error", err)
}

// cancelRun stops the import that runs; false where none does.
func (i *Uploads) cancelRun() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.run == nil || !i.run.state.Running() {
		return false
	}
	i.run.cancel()
	return true
}
