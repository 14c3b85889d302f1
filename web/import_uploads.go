package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"signpost/store"
	"signpost/views"
)

// UploadedFile is a file that was uploaded: its path here, and its name at the sender.
type UploadedFile struct {
	Path, Name string
	Place      int   // in the upload
	Size       int64 // bytes
	// Without are the places of members in an archive's list that are not imported, as RefusedFile.Member has them.
	Without []int
	// Answers are what was said about the file; a text is empty where nothing was.
	Answers ImportAnswers
}

// ImportAnswers answer store.AskLog, store.AskDates and store.AskZone.
type ImportAnswers struct{ Log, Dates, Zone string }

// Importer is the part of an importer that the import page needs.
type Importer interface {
	// Check reads the files to their ends and gives those that cannot be imported, with the reasons. Of an archive it gives the
	// members that cannot be. It imports nothing.
	Check(ctx context.Context, limits ImportLimits, files []UploadedFile) ([]views.RefusedFile, error)
	// Import imports the files, once no other import of this program runs. The reports hold the work done so far, even with an
	// error, and name the place of their file in the list; the error is a sentence for people. The function tell is called from one goroutine at a time.
	Import(ctx context.Context, files []UploadedFile, tell func(bytes, total, records int64)) ([]store.ImportReport, error)
	// Explain says what a file is, and each file of an archive. It stores nothing.
	Explain(ctx context.Context, limits ImportLimits, file UploadedFile, tell func(bytes, total, records int64)) ([]store.Explanation, error)
}

// Uploads takes uploads and imports them in the background. Several may arrive at a time, so that a slow one delays nobody;
// one at a time is checked and imported.
type Uploads struct {
	importer Importer
	folder   uploadFolder
	limits   ImportLimits
	now      func() time.Time
	log      *slog.Logger

	ctx  context.Context
	stop context.CancelFunc
	done sync.WaitGroup
	turn chan struct{} // has one place: its holder is checked and imported

	// keepsUnknown says that files of no known format stay for a while, because somebody can map them.
	keepsUnknown bool

	mu       sync.Mutex
	run      *importRun    // the run that has the turn, else the last one that had it; nil where there was none since the start
	arriving []*importRun  // the runs that are arriving, and those that wait for their turn; the oldest first
	kept     []*keptUpload // the oldest first
}

// importRun is one upload from its first byte to its report.
type importRun struct {
	imports *Uploads
	folder  string
	held    *held         // of the folder
	checked chan struct{} // closed once the check of the files has ended
	told    sync.Once     // closes it
	ctx     context.Context
	cancel  context.CancelCauseFunc

	files []UploadedFile // of the receiving request until start, then of the goroutine that works on them
	// explains says that the files are explained and not imported. only is the place of the one file that is meant; all where it is
	// negative. keeps is what stays of the upload after the run; nil for nothing.
	explains bool
	only     int
	keeps    *keptUpload

	state views.ImportRun // guarded by the mutex of the imports
}

var (
	// errImportRuns refuses an upload while another one is imported.
	errImportRuns = errors.New("an import is running")
	// errManyUploads and errManyOfOne refuse an upload while too many are arriving.
	errManyUploads = errors.New("too many uploads are on their way")
	errManyOfOne   = errors.New("too many uploads of one person are on their way")
)

// uploadStopped ends an upload or an import because somebody asked for it.
type uploadStopped struct{ by string }

func (u uploadStopped) Error() string { return "it was stopped by " + u.by }

// NewUploads takes uploads into a folder. It removes everything in it that no living process holds.
func NewUploads(importer Importer, folder string, limits ImportLimits, now func() time.Time, log *slog.Logger) (*Uploads, error) {
	in := uploadFolder{folder, log}
	if err := in.clear(); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	return &Uploads{importer: importer, folder: in, limits: limits.filled(), now: now, log: log, ctx: ctx, stop: stop, turn: make(chan struct{}, 1)}, nil
}

// Close ends the running import, if there is one, and waits for it. The records read so far are stored.
func (i *Uploads) Close() {
	i.stop()
	i.done.Wait()
	i.dropKept()
}

// shown gives the import to be shown and the other uploads. It is the running one, else the oldest that is arriving, else the
// last one; nil where there was none.
func (i *Uploads) shown() (shown *views.ImportRun, others []views.ImportRun) {
	i.mu.Lock()
	defer i.mu.Unlock()
	list := i.arriving
	switch {
	case i.run != nil && i.run.state.Running():
		shown = &i.run.state
	case len(list) > 0:
		shown, list = &list[0].state, list[1:]
	case i.run != nil:
		shown = &i.run.state
	default:
		return nil, nil
	}
	for _, run := range list {
		others = append(others, run.state)
	}
	state := *shown
	return &state, others
}

// begin makes room for an upload. It gives errImportRuns while another one is imported, and errManyUploads or errManyOfOne
// where as many as allowed are arriving.
func (i *Uploads) begin(by string) (*importRun, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	ofOne := 0
	for _, run := range i.arriving {
		if run.state.By == by {
			ofOne++
		}
	}
	switch {
	case i.run != nil && i.run.state.Running():
		return nil, errImportRuns
	case ofOne >= i.limits.ArrivingOfOne:
		return nil, errManyOfOne
	case len(i.arriving) >= i.limits.Arriving:
		return nil, errManyUploads
	}
	folder, held, err := i.folder.make()
	if err != nil {
		return nil, err
	}
	run := &importRun{
		imports: i, folder: folder, held: held, checked: make(chan struct{}), only: wholeUpload,
		state: views.ImportRun{ID: rand.Text()[:12], Phase: views.ImportReceiving, By: by, Started: i.now().UTC()},
	}
	run.ctx, run.cancel = context.WithCancelCause(i.ctx)
	i.arriving = append(i.arriving, run)
	return run, nil
}

// change alters the shown state of the run.
func (r *importRun) change(change func(*views.ImportRun)) {
	r.imports.mu.Lock()
	defer r.imports.mu.Unlock()
	change(&r.state)
}

// now gives the shown state of the run.
func (r *importRun) now() views.ImportRun {
	r.imports.mu.Lock()
	defer r.imports.mu.Unlock()
	return r.state
}

// abandon drops an upload that did not arrive whole.
func (r *importRun) abandon() {
	r.leave()
	r.cancel(nil)
	r.clear()
}

// leave removes the run from the arriving ones.
func (r *importRun) leave() {
	r.imports.mu.Lock()
	defer r.imports.mu.Unlock()
	r.imports.arriving = slices.DeleteFunc(r.imports.arriving, func(other *importRun) bool { return other == r })
}

func (r *importRun) clear() {
	if err := os.RemoveAll(r.folder); err != nil {
		r.imports.log.Error("remove an upload", "error", err)
	}
	r.held.letGo()
}

// add makes a file of the upload. People see its name; the path is ours.
func (r *importRun) add(name string) (*os.File, error) {
	path := filepath.Join(r.folder, fmt.Sprintf("%04d", len(r.files)+1))
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		r.files = append(r.files, UploadedFile{Path: path, Name: name, Place: len(r.files)})
	}
	return file, err
}

// names are the senders' names of the files.
func (r *importRun) names() []string {
	names := make([]string, len(r.files))
	for i, f := range r.files {
		names[i] = f.Name
	}
	return names
}

// start checks the files and, if all are right, imports them once no other upload is imported. It works in the background,
// after the request that brought them. The channel is closed when the check has ended.
func (r *importRun) start() (checked <-chan struct{}) {
	i := r.imports
	r.change(func(s *views.ImportRun) {
		s.Phase = views.ImportWaiting
		s.Explains = r.explains
		for _, file := range r.files {
			s.Files = append(s.Files, file.Name)
			s.Size += file.Size
		}
	})
	i.done.Go(func() {
		defer r.cancel(nil)
		defer r.keepOrClear()
		defer r.survive()
		if !r.takeTurn() {
			r.leave()
			r.end(views.ImportFailed, "The import was stopped before it began, and nothing was changed.", nil)
			r.told.Do(func() { close(r.checked) })
			return
		}
		defer func() { <-i.turn }()
		r.work(r.ctx)
	})
	return r.checked
}

// takeTurn waits until no other upload is checked or imported; false where the run was stopped first.
func (r *importRun) takeTurn() bool {
	select {
	case r.imports.turn <- struct{}{}:
	case <-r.ctx.Done():
		return false
	}
	r.leave()
	r.imports.mu.Lock()
	defer r.imports.mu.Unlock()
	r.state.Phase = views.ImportChecking
	r.imports.run = r
	return true
}

func (r *importRun) work(ctx context.Context) {
	i := r.imports
	if r.explains {
		r.explain(ctx)
		return
	}
	files := r.chosen()
	refused, err := i.importer.Check(ctx, i.limits, files)
	good := filesBut(refused, files)
	nameApart(refused, files)
	if r.only != wholeUpload {
		refused = inUpload(refused, r.only)
	}
	for n := range refused {
		if refused[n].Mappable && i.keepsUnknown {
			refused[n].Upload = r.id()
		}
	}
	none := len(refused) > 0 && len(good) == 0
	switch {
	case err != nil:
		r.end(views.ImportFailed, "The files could not be looked at, and nothing was changed.", err)
	case none:
		r.noteRefused(refused)
		r.change(func(s *views.ImportRun) { s.Refused = refused })
		r.end(views.ImportRefused, "", nil)
	default:
		r.change(func(s *views.ImportRun) { s.Refused, s.Phase = refused, views.ImportWorking })
	}
	r.told.Do(func() { close(r.checked) })
	if err != nil || none {
		return
	}
	reports, err := i.importer.Import(ctx, good, func(bytes, total, records int64) {
		r.change(func(s *views.ImportRun) { s.Bytes, s.Total, s.Records = bytes, total, records })
	})
	r.change(func(s *views.ImportRun) { s.Reports = reports })
	r.note(refused, good, reports)
	if err != nil {
		r.end(views.ImportFailed, err.Error(), err)
		return
	}
	r.end(views.ImportDone, "", nil)
}

// filesBut gives the files that are not refused, each without its refused members.
func filesBut(refused []views.RefusedFile, files []UploadedFile) (good []UploadedFile) {
	for i, file := range files {
		whole := false
		for _, r := range refused {
			switch {
			case r.File != i:
			case r.IsWhole():
				whole = true
			default:
				file.Without = append(file.Without, r.Member)
			}
		}
		if !whole {
			good = append(good, file)
		}
	}
	return good
}

// nameApart adds place and size to the name of a refused file where another file has the same name. An upload may hold files
// of several folders.
func nameApart(refused []views.RefusedFile, files []UploadedFile) {
	for i, r := range refused {
		refused[i].Name += apart(files, r.File)
	}
}

// apart gives the place and size of a file where another file of the upload has the same name.
func apart(files []UploadedFile, place int) string {
	file := files[place]
	for i, other := range files {
		if i != place && other.Name == file.Name {
			return fmt.Sprintf(" (file %d of %d, %s)", place+1, len(files), views.Size(file.Size))
		}
	}
	return ""
}

// survive ends a run after a panic of its importer. Nothing else would catch it outside of a request, and the portal would
// end.
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
	if err != nil && r.ctx.Err() == nil { // a stop by somebody is no error
		level = slog.LevelError
	}
	r.imports.log.Log(context.Background(), level, "import by upload", "phase", phase.String(), "by", r.state.By, "files", len(r.files), "error", err)
}

// stopRun stops an import or an arriving upload, on behalf of somebody. Without an ID it stops the one that is shown. It is
// false where there is none to stop.
func (i *Uploads) stopRun(id, by string) bool {
	if id == "" {
		shown, _ := i.shown()
		if shown == nil {
			return false
		}
		id = shown.ID
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	all := i.arriving
	if i.run != nil {
		all = append(slices.Clone(all), i.run)
	}
	for _, run := range all {
		if run.state.ID == id && run.state.Running() {
			run.cancel(uploadStopped{by})
			return true
		}
	}
	return false
}
