package web

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/views"
)

// Some uploads stay after their run: those with a file that asks something or that can be mapped, and those whose files were
// explained. Their sender answers or maps, and the same file is imported. Nobody else sees or uses them. They go after keepFor, when more are kept than
// maxKept, and when the program ends.
const (
	keepFor = time.Hour
	maxKept = 8
)

// wholeUpload stands for all files of an upload where the place of one is asked.
const wholeUpload = -1

// keptUpload is what stays of an upload.
type keptUpload struct {
	id, by string
	folder string
	held   *held
	files  []UploadedFile
	// asks are the questions by the place of the file. waits says of a file that nothing of it was imported yet.
	asks      map[int][]store.ImportQuestion
	waits     map[int]bool
	unknown   map[int][]views.RefusedFile // that can be mapped: the file of the place, or files in it
	explained []views.ExplainedFile
	timer     *time.Timer
}

func (k *keptUpload) clear(i *Uploads) {
	if k.timer != nil {
		k.timer.Stop()
	}
	if err := os.RemoveAll(k.folder); err != nil {
		i.log.Error("remove an upload", "error", err)
	}
	k.held.letGo()
}

// keepsNow gives what stays of the run's upload, and begins it where nothing does yet.
func (r *importRun) keepsNow() *keptUpload {
	if r.keeps == nil {
		r.keeps = &keptUpload{asks: map[int][]store.ImportQuestion{}, waits: map[int]bool{}, unknown: map[int][]views.RefusedFile{}}
	}
	k, state := r.keeps, r.now()
	k.id, k.by, k.folder, k.held, k.files = state.ID, state.By, r.folder, r.held, r.files
	return k
}

// id names the run and what stays of it.
func (r *importRun) id() string { return r.now().ID }

// chosen gives the files that the run is about.
func (r *importRun) chosen() []UploadedFile {
	if r.only == wholeUpload {
		return r.files
	}
	return r.files[r.only : r.only+1]
}

// explain says what the files are, and keeps them.
func (r *importRun) explain(ctx context.Context) {
	i, kept := r.imports, r.keepsNow()
	kept.explained = nil
	r.change(func(s *views.ImportRun) { s.Phase = views.ImportWorking })
	for place, file := range r.files {
		refused, err := i.importer.Check(ctx, i.limits, r.files[place:place+1])
		if err != nil {
			r.keeps = nil
			r.end(views.ImportFailed, "The files could not be looked at, and nothing was changed.", err)
			return
		}
		delete(kept.unknown, place)
		r.noteRefused(inUpload(refused, place))
		list, err := i.importer.Explain(ctx, i.limits, file, func(bytes, total, records int64) {
			r.change(func(s *views.ImportRun) { s.Bytes, s.Total, s.Records = bytes, total, records })
		})
		if err != nil {
			r.keeps = nil
			r.end(views.ImportFailed, err.Error(), err)
			return
		}
		kept.asks[place], kept.waits[place] = nil, true
		for _, e := range list {
			kept.explained = append(kept.explained, views.ExplainedFile{File: place, Apart: apart(r.files, place), Explanation: e})
			if e.Path == file.Name && e.Format == store.FormatUnknown && e.Unreadable > 0 {
				r.noteUnknown(views.RefusedFile{Name: e.Path, File: place, Member: -1})
			}
			kept.ask(place, e.Asks)
		}
	}
	r.end(views.ImportDone, "", nil)
}

// severalAsk begins a question that several files of an archive ask.
const severalAsk = "several files of the archive ask this, and the answer goes to all of them (unpack the archive to answer for each): "

// ask adds questions about a file. One question is asked once, also where several files of an archive ask it.
func (k *keptUpload) ask(place int, questions []store.ImportQuestion) {
	for _, q := range questions {
		if !slices.ContainsFunc(k.asks[place], func(other store.ImportQuestion) bool { return other.About == q.About }) {
			k.asks[place] = append(k.asks[place], q)
		} else if at := slices.IndexFunc(k.asks[place], func(other store.ImportQuestion) bool { return other.About == q.About }); !strings.HasPrefix(k.asks[place][at].Question, severalAsk) {
			k.asks[place][at].Question = severalAsk + k.asks[place][at].Question
		}
	}
}

// inUpload gives refused files of a check that began with a file of an upload their places in that upload.
func inUpload(refused []views.RefusedFile, first int) []views.RefusedFile {
	for i := range refused {
		refused[i].File += first
	}
	return refused
}

// noteUnknown keeps the upload for a file that can be mapped.
func (r *importRun) noteUnknown(file views.RefusedFile) {
	if !r.imports.keepsUnknown {
		return
	}
	kept := r.keepsNow()
	file.Mappable, file.Upload = true, kept.id
	isNoted := func(other views.RefusedFile) bool { return other.Member == file.Member }
	if !slices.ContainsFunc(kept.unknown[file.File], isNoted) {
		kept.unknown[file.File] = append(kept.unknown[file.File], file)
	}
	kept.waits[file.File] = true
}

// noteRefused keeps the upload for the refused files that can be mapped.
func (r *importRun) noteRefused(refused []views.RefusedFile) {
	for _, file := range refused {
		if file.Mappable {
			r.noteUnknown(file)
		}
	}
}

// note keeps the upload if a file asks something or can be mapped. reports are of the imported files.
func (r *importRun) note(refused []views.RefusedFile, imported []UploadedFile, reports []store.ImportReport) {
	if kept := r.keeps; kept != nil {
		for place := range r.files {
			if r.only == wholeUpload || place == r.only {
				delete(kept.asks, place)
				delete(kept.waits, place)
				delete(kept.unknown, place)
			}
		}
	}
	r.noteRefused(refused)
	for _, report := range reports {
		var questions []store.ImportQuestion
		for i, about := range report.Asks {
			questions = append(questions, store.ImportQuestion{About: about, Question: report.Questions[i]})
		}
		file := imported[report.File]
		if len(questions) > 0 {
			kept := r.keepsNow()
			kept.ask(file.Place, questions)
			kept.waits[file.Place] = true
		}
		if report.Path == file.Name && nothingKnown(&report) {
			r.noteUnknown(views.RefusedFile{Name: file.Name, File: file.Place, Member: -1})
		}
	}
	if r.keeps != nil && len(r.keeps.waits) == 0 {
		r.keeps = nil
	}
}

// nothingKnown says that nothing of a file was read, because nobody knows its format.
func nothingKnown(r *store.ImportReport) bool {
	return r.Format == store.FormatUnknown && r.Unreadable > 0 && r.New+r.Updated+r.Same == 0
}

// keepOrClear ends the run: its files stay where something is to be done with them. Who waits for the end of the check is told
// then only where the files were explained, so that the page of them is there.
func (r *importRun) keepOrClear() {
	defer r.told.Do(func() { close(r.checked) })
	i := r.imports
	if r.keeps == nil || i.ctx.Err() != nil || r.explains && r.now().Phase != views.ImportDone {
		r.clear()
		return
	}
	i.keep(r.keepsNow())
}

// keep keeps an upload for a while.
func (i *Uploads) keep(k *keptUpload) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.kept = append(i.kept, k)
	k.timer = time.AfterFunc(keepFor, func() {
		if old := i.takeKept(k.id, k.by); old != nil {
			old.clear(i)
		}
	})
	if len(i.kept) > maxKept {
		i.kept[0].clear(i)
		i.kept = i.kept[1:]
	}
}

// takeKept takes out an upload of somebody; nil where there is none of them with the ID.
func (i *Uploads) takeKept(id, by string) *keptUpload {
	i.mu.Lock()
	defer i.mu.Unlock()
	for at, k := range i.kept {
		if k.id == id && k.by == by {
			i.kept = slices.Delete(i.kept, at, at+1)
			k.timer.Stop()
			return k
		}
	}
	return nil
}

// dropKept removes all kept uploads.
func (i *Uploads) dropKept() {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, k := range i.kept {
		k.clear(i)
	}
	i.kept = nil
}

// keptOf gives an upload of somebody as pages show it.
func (i *Uploads) keptOf(id, by string) (shown views.KeptUpload, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, k := range i.kept {
		if k.id == id && k.by == by {
			return k.shown(), true
		}
	}
	return views.KeptUpload{}, false
}

// waiting gives the kept uploads of somebody, the newest first.
func (i *Uploads) waiting(by string) (list []views.KeptUpload) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, k := range slices.Backward(i.kept) {
		if k.by == by {
			list = append(list, k.shown())
		}
	}
	return list
}

func (k *keptUpload) shown() views.KeptUpload {
	shown := views.KeptUpload{ID: k.id, Explained: k.explained}
	for place, file := range k.files {
		if k.waits[place] {
			shown.Files = append(shown.Files, views.KeptFile{Place: place, Name: file.Name + apart(k.files, place), Asks: k.asks[place], Unknown: k.unknown[place]})
		}
	}
	return shown
}

// resume makes a run of a kept upload, for one of its files or for all. It is nil where the upload is not there any more. The
// error is errImportRuns while another upload is imported.
func (i *Uploads) resume(id, by string, only int) (*importRun, error) {
	i.mu.Lock()
	running := i.run != nil && i.run.state.Running()
	i.mu.Unlock()
	if running {
		return nil, errImportRuns
	}
	k := i.takeKept(id, by)
	if k == nil {
		return nil, nil
	}
	run := &importRun{
		imports: i, folder: k.folder, held: k.held, checked: make(chan struct{}), files: k.files, only: only, keeps: k,
		state: views.ImportRun{ID: k.id, Phase: views.ImportWaiting, By: by, Started: i.now().UTC()},
	}
	run.ctx, run.cancel = context.WithCancelCause(i.ctx)
	return run, nil
}

// giveBack keeps the upload of a run that resume has made and that does not start.
func (r *importRun) giveBack() {
	r.cancel(nil)
	r.imports.keep(r.keepsNow())
}

// keptFile gives a file of a kept upload of somebody; store.ErrNotFound where it is gone.
func (i *Uploads) keptFile(id, by string, place int) (UploadedFile, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, k := range i.kept {
		if k.id == id && k.by == by && k.waits[place] {
			return k.files[place], nil
		}
	}
	return UploadedFile{}, store.ErrNotFound
}

// filesFor gives the files of a kept upload that something may be done with, by their places.
func (i *Uploads) filesFor(id, by string) (files map[int]views.KeptFile, ok bool) {
	kept, ok := i.keptOf(id, by)
	files = map[int]views.KeptFile{}
	for _, file := range kept.Files {
		files[file.Place] = file
	}
	return files, ok
}

// unanswered says why answers are no answers to what a file asks; empty where they are.
func unanswered(a ImportAnswers, asks []store.ImportQuestion) string {
	for _, ask := range asks {
		switch _, isLog := store.SignIns.Log(store.Log(a.Log)); {
		case ask.About == store.AskLog && !isLog:
			return "Choose the log of the sign-ins."
		case ask.About == store.AskDates && a.Dates != "dmy" && a.Dates != "mdy":
			return "Choose whether the day or the month comes first."
		case ask.About == store.AskZone && a.Zone == "":
			return "Say in which time zone the times are."
		}
	}
	if a.Zone != "" {
		if _, err := store.ParseZone(a.Zone); err != nil {
			return fmt.Sprintf("%s.", views.Capital(err.Error()))
		}
	}
	return ""
}
