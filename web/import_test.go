package web

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/views"
)

// plainImporter is an importer of the house's engine. If held is set, an import begins only after it is closed.
type plainImporter struct {
	w    store.Writer
	held chan struct{}
	// mappings are applied to files of no known format; nil for none.
	mappings func(context.Context) ([]store.Mapping, error)
}

func (p plainImporter) known(ctx context.Context) ([]store.Mapping, error) {
	if p.mappings == nil {
		return nil, nil
	}
	return p.mappings(ctx)
}

func (p plainImporter) files(list []UploadedFile) (files []importer.File) {
	for _, f := range list {
		answers, _ := importer.ParseAnswers(f.Answers.Log, f.Answers.Dates, f.Answers.Zone) // the page checks them
		files = append(files, importer.File{Path: f.Path, Name: f.Name, Without: f.Without, Answers: answers})
	}
	return files
}

func (p plainImporter) Check(ctx context.Context, l ImportLimits, list []UploadedFile) (refused []views.RefusedFile, err error) {
	mappings, err := p.known(ctx)
	if err != nil {
		return nil, err
	}
	found, err := importer.Check(ctx, importer.Limits{Unpacked: l.Unpacked, Ratio: l.Ratio, Members: l.Members, Mappings: mappings}, p.files(list)...)
	for _, r := range found {
		refused = append(refused, views.RefusedFile{Name: r.Name, Reason: r.Reason, File: r.File, Member: r.Member, Mappable: r.Mappable})
	}
	return refused, err
}

func (p plainImporter) Import(ctx context.Context, list []UploadedFile, tell func(bytes, total, records int64)) ([]store.ImportReport, error) {
	tell(1, 4, 17)
	if p.held != nil {
		select {
		case <-p.held:
		case <-ctx.Done():
			return nil, errors.New("the import was stopped")
		}
	}
	mappings, err := p.known(ctx)
	if err != nil {
		return nil, err
	}
	return importer.New(p.w, importer.Options{Mappings: mappings}).Files(ctx, p.files(list)...)
}

func (p plainImporter) Explain(ctx context.Context, _ ImportLimits, file UploadedFile, _ func(bytes, total, records int64)) ([]store.Explanation, error) {
	mappings, err := p.known(ctx)
	if err != nil {
		return nil, err
	}
	return importer.Explain(ctx, p.w.Catalog(), importer.Options{Mappings: mappings}, p.files([]UploadedFile{file})...)
}

// importHouse is a house with an import page, and an administrator at it.
type importHouse struct {
	*house
	*visitor
	folder string
}

func newImportHouse(t *testing.T, limits ImportLimits, held chan struct{}) importHouse {
	t.Helper()
	h := importHouse{folder: filepath.Join(t.TempDir(), "uploads")}
	h.house = newHouse(t, func(c *Config) {
		db := c.Store.(*datafolder.Folder)
		imports, err := NewUploads(plainImporter{w: db, held: held}, h.folder, limits, c.Now, c.Log)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(imports.Close) // before the engine's own cleanup
		c.Uploads, c.PastImports = imports, db
	})
	h.visitor = h.at("ada", auth.RoleSecurityAdministrator)
	return h
}

// files is an upload from pairs of names and contents; a part without a name stands for no chosen file.
func files(t *testing.T, pairs ...string) (kind string, body *bytes.Buffer) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for i := 0; i < len(pairs); i += 2 {
		part, err := w.CreateFormFile("files", pairs[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), body
}

func (h importHouse) upload(pairs ...string) reply {
	h.visitor.t.Helper()
	kind, body := files(h.visitor.t, pairs...)
	return h.sendBody(kind, body)
}

func (h importHouse) sendBody(kind string, body io.Reader) reply {
	h.visitor.t.Helper()
	request, err := http.NewRequestWithContext(h.visitor.t.Context(), http.MethodPost, h.base+"/import", body)
	if err != nil {
		h.visitor.t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	response, err := h.client.Do(request)
	if err != nil {
		h.visitor.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		h.visitor.t.Fatal(err)
	}
	return reply{response, string(text)}
}

// settled waits until no import runs.
func (h importHouse) settled() { h.server.Uploads.done.Wait() }

// unchanged fails the test if an upload left a sign-in, an entry of the ledger or a file.
func (h importHouse) unchanged(what string) {
	t := h.visitor.t
	t.Helper()
	if _, some, err := h.server.Store.Newest(t.Context(), store.Interactive); err != nil || some {
		t.Errorf("%s: there are sign-ins (%v)", what, err)
	}
	if page, err := h.server.PastImports.PastImports(t.Context(), store.ImportsQuery{Limit: 1}); err != nil || len(page.Entries) > 0 {
		t.Errorf("%s: the ledger has %+v, %v", what, page, err)
	}
	h.noFiles(what)
}

func (h importHouse) noFiles(what string) {
	h.visitor.t.Helper()
	if entries, err := os.ReadDir(h.folder); err != nil && !errors.Is(err, os.ErrNotExist) || len(entries) > 0 {
		h.visitor.t.Errorf("%s: the folder of uploads holds %v, %v", what, entries, err)
	}
}

func (h importHouse) hasNoFiles() bool {
	entries, err := os.ReadDir(h.folder)
	return len(entries) == 0 && (err == nil || errors.Is(err, os.ErrNotExist))
}

func importRecord(n int) string {
	return fmt.Sprintf(`{"id":"%08x-0000-0000-0000-000000000001","createdDateTime":"2026-11-23T08:%02d:00Z","userId":"u","userPrincipalName":"ada@example.com",`+
		`"appId":"a","appDisplayName":"App","ipAddress":"203.0.113.7","isInteractive":true,"status":{"errorCode":0},"signInEventTypes":["interactiveUser"]}`+"\n", n, n%60)
}

func archiveOf(t *testing.T, pairs ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		f, err := w.Create(pairs[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestUpload(t *testing.T) {
	h := newImportHouse(t, ImportLimits{}, nil)
	empty := h.get("/import")
	empty.expect(t, "the page", http.StatusOK, "")
	if kind := attribute(t, empty, "form.upload", "enctype"); kind != "multipart/form-data" {
		t.Errorf("without a script the form would send %q", kind)
	}
	h.get("/import/run").expect(t, "no import yet", http.StatusSeeOther, "/import")

	plain := importRecord(1) + importRecord(2) + `{"id":"3","signInEventTypes":["interactiveUser"],"appId":"a","status":{}}` + "\n" + importRecord(1)
	got := h.upload(`C:\exports\mine <b>.json`, plain, "more.zip", archiveOf(t, "in/side.json", importRecord(4)))
	got.expect(t, "upload", http.StatusSeeOther, "/import/run")
	h.settled()
	h.noFiles("imported")
	page := h.get("/import/run")
	for _, text := range []string{"Imported, but not everything", "2 files, ", "uploaded by ada", "2 files together", "mine <b>.json", "more.zip/in/side.json", "Microsoft Graph"} {
		if state := page.find(t, "[data-testid=import-state]"); !strings.Contains(state, text) {
			t.Errorf("the report %q lacks %q", state, text)
		}
	}
	if row := page.find(t, "[data-testid=rejected] tbody tr"); !strings.HasPrefix(row, "33the record has no time") {
		t.Errorf("the rejected record: got %q, want record 3, line 3 and a reason", row)
	}
	if strings.Contains(page.body, "<noscript><meta") || strings.Contains(page.body, "hx-trigger=\"every 1s\"") {
		t.Error("the page of an import that is done asks for itself again")
	}
	past := h.get("/import")
	rows := past.find(t, "[data-testid=import]")
	for _, text := range []string{"mine <b>.json", "more.zip/in/side.json", "Some rejected", "Imported"} {
		if !strings.Contains(rows, text) {
			t.Errorf("the past imports %q lack %q", rows, text)
		}
	}
	if strings.Contains(rows, h.folder) || strings.Contains(rows, "exports") {
		t.Errorf("the past imports tell where a file lay: %q", rows)
	}
	one := h.get(attribute(t, past, "[data-testid=import]:last-child a", "href"))
	if text := one.find(t, ".import-numbers"); text != "Read4New2Updated0Same1Skipped0Rejected1" {
		t.Errorf("the report of one: got %q", text)
	}
	if row := one.find(t, "[data-testid=rejected] tbody tr"); !strings.HasPrefix(row, "33the record has no time") {
		t.Errorf("the report of one: its rejected record is %q", row)
	}
	h.upload("again.json", importRecord(1))
	h.settled()
	if title := h.get("/import/run").find(t, "h1"); title != "Nothing new" {
		t.Errorf("the same again: got %q", title)
	}
	for path, want := range map[string]int{
		"/import/99": http.StatusNotFound, "/import/x": http.StatusNotFound, "/import?before=x": http.StatusBadRequest, "/import?page=2": http.StatusBadRequest,
		"/import?before=1": http.StatusOK, "/import?before=0": http.StatusBadRequest, "/import/1?x=y": http.StatusBadRequest, "/import/run?x=y": http.StatusBadRequest,
	} {
		h.get(path).expect(t, path, want, "")
	}
}

func TestUploadsThatAreRefused(t *testing.T) {
	limits := ImportLimits{Upload: 1 << 20, Files: 3, Unpacked: 32 << 20, Ratio: 50, Members: 5}
	h := newImportHouse(t, limits, nil)
	good := importRecord(1)
	archive := archiveOf(t, "a.json", good)
	for _, test := range []struct {
		what    string
		pairs   []string
		status  int
		message string
	}{
		{"nothing", nil, 422, "No file was chosen. Choose one or several, then upload."},
		{"no file chosen", []string{"", ""}, 422, "No file was chosen. Choose one or several, then upload."},
		{"an empty file", []string{"a.json", ""}, 422, "a.json is empty."},
		{"a picture", []string{"b.png", "\x89PNG\r\n\x1a\n\x00"}, 422, "b.png is no text, so no export of sign-in logs."},
		{"prose", []string{"a.txt", "Hello"}, 422, "a.txt is no export that is known here"},
		{"half an archive", []string{"a.zip", archive[:len(archive)/2]}, 422, "a.zip is a zip archive that is damaged or cut off."},
		{"a bomb", []string{"a.zip", archiveOf(t, "a.json", good+strings.Repeat(" ", 16<<20))}, 422, "a.zip/a.json unpacks to more than is allowed: 32 MiB in all, and 50 times its size."},
		{"many members", []string{"a.zip", archiveOf(t, "1", good, "2", good, "3", good, "4", good, "5", good, "6", good)}, 422, "a.zip is an archive of more than 5 files"},
		{"many files", []string{"1", good, "2", good, "3", good, "4", good}, 400, "These are more than 3 files, the limit."},
		{"too much", []string{"a.json", strings.Repeat(good, 1+(2<<20)/len(good))}, 413, "The upload is larger than 1 MiB, the limit."},
	} {
		got := h.upload(test.pairs...)
		h.settled()
		if message := got.find(t, "[data-testid=error]"); got.StatusCode != test.status || !strings.Contains(message, test.message) {
			t.Errorf("%s: got %d %q, want %d %q", test.what, got.StatusCode, message, test.status, test.message)
		}
		if form := got.find(t, "form.upload"); form == "" {
			t.Errorf("%s: the page has no form to try again", test.what)
		}
		h.unchanged(test.what)
	}
	kind, whole := files(t, "a.json", good)
	for what, got := range map[string]reply{
		"no multipart":      h.sendBody("application/json", strings.NewReader(good)),
		"no boundary":       h.sendBody("multipart/form-data", bytes.NewReader(whole.Bytes())),
		"half of it":        h.sendBody(kind, bytes.NewReader(whole.Bytes()[:whole.Len()-90])),
		"without its end":   h.sendBody(kind, bytes.NewReader(whole.Bytes()[:whole.Len()-8])),
		"another field":     h.sendBody(kind, strings.NewReader(strings.Replace(whole.String(), `name="files"`, `name="path"`, 1))),
		"of unknown length": h.sendBody(kind, io.MultiReader(bytes.NewReader(whole.Bytes()[:150]), strings.NewReader(strings.Repeat("x", 3<<20)))),
	} {
		if got.StatusCode < 400 || got.StatusCode > 415 || got.find(t, "[data-testid=error]") == "" {
			t.Errorf("%s: got %d %q, want a refusal", what, got.StatusCode, got.find(t, "[data-testid=error]"))
		}
		h.unchanged(what)
	}
	h.get("/import/run").expect(t, "the last one that was looked at", http.StatusOK, "")
	h.upload("a.json", good).expect(t, "a good one after all these", http.StatusSeeOther, "/import/run")
	h.settled()
	if _, some, err := h.server.Store.Newest(t.Context(), store.Interactive); err != nil || !some {
		t.Errorf("the good one was not imported (%v)", err)
	}
}

// The good files of a set are imported, and each bad one is named with advice.
func TestGoodFilesOfASetAreImported(t *testing.T) {
	h := newImportHouse(t, ImportLimits{}, nil)
	good := importRecord(1)
	h.upload("b.png", "\x89PNG\r\n\x1a\n\x00", "a.json", good, "c.zip", archiveOf(t, "x.json", good, "y.json", "Hello")).expect(t, "a set with bad files", http.StatusSeeOther, "/import/run")
	h.settled()
	page := h.get("/import/run")
	for _, want := range []string{"These were left out. The rest of the upload does not depend on them.", "b.png is no text, so no export of sign-in logs.", "c.zip/y.json is no export"} {
		if got := page.find(t, "[data-testid=error]"); !strings.Contains(got, want) {
			t.Errorf("the page says %q, want %q in it", got, want)
		}
	}
	if got := page.find(t, "[data-testid=import-report] h2"); got != "a.jsonc.zip/x.json" {
		t.Errorf("reports of %q, want of a.json and c.zip/x.json alone", got)
	}
	if got := page.find(t, "h1"); got != "Imported, but not everything" {
		t.Errorf("the page is called %q", got)
	}
}

// Files of one name from several folders are told apart, and the good one is imported.
func TestFilesOfOneNameAreToldApart(t *testing.T) {
	h := newImportHouse(t, ImportLimits{}, nil)
	h.upload("signins.json", "", "signins.json", importRecord(1), "signins.json.zip", archiveOf(t, "a.json", importRecord(2), "b.json", "")).
		expect(t, "a set with one name twice", http.StatusSeeOther, "/import/run")
	h.settled()
	page := h.get("/import/run")
	if got := page.find(t, "[data-testid=error] li"); got != "signins.json (file 1 of 3, 0 bytes) is empty.signins.json.zip/b.json is empty." {
		t.Errorf("refused are %q", got)
	}
	if got := page.find(t, "[data-testid=import-report] h2"); got != "signins.jsonsignins.json.zip/a.json" {
		t.Errorf("reports of %q, want of the good signins.json and a.json", got)
	}
}

// An archive with too many bad files is not imported, and the page says so.
func TestArchiveThatIsLeftOutWhole(t *testing.T) {
	h := newImportHouse(t, ImportLimits{}, nil)
	var members []string
	for i := range 21 {
		members = append(members, fmt.Sprintf("%d.pdf", i), "%PDF")
	}
	h.upload("a.zip", archiveOf(t, append(members, "good.json", importRecord(1))...), "b.json", importRecord(2)).expect(t, "a set", http.StatusSeeOther, "/import/run")
	h.settled()
	page := h.get("/import/run")
	if got, want := page.find(t, "[data-testid=error] li"), "a.zip was left out whole: 20 of its files cannot be imported, and the others were not looked at.a.zip/0.pdf is a PDF"; !strings.HasPrefix(got, want) {
		t.Errorf("refused are %q, want %q first", got, want)
	}
	if got := page.find(t, "[data-testid=import-report] h2"); got != "b.json" {
		t.Errorf("reports of %q, want of b.json alone", got)
	}
}

// A client that goes away during an upload leaves nothing, and the next upload need not wait.
func TestUploadBrokenOff(t *testing.T) {
	h := newImportHouse(t, ImportLimits{}, nil)
	kind, whole := files(t, "a.json", strings.Repeat(importRecord(1), 5000))
	sent, more := io.Pipe()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.base+"/import", sent)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	request.ContentLength = int64(whole.Len())
	left := make(chan error)
	go func() {
		response, err := h.client.Do(request)
		if err == nil {
			err = errors.Join(errors.New("there was an answer"), response.Body.Close())
		}
		left <- err
	}()
	if _, err := more.Write(whole.Bytes()[:1<<19]); err != nil {
		t.Fatal(err)
	}
	h.waitForUpload(t)
	errLeft := errors.New("the sender went away")
	if err := more.CloseWithError(errLeft); err != nil {
		t.Fatal(err)
	}
	if err := <-left; !errors.Is(err, errLeft) {
		t.Errorf("the one who left: %v", err)
	}
	for asked := 0; h.get("/import/run").StatusCode != http.StatusSeeOther; asked++ { // until the server has noticed
		if asked == 1000 {
			t.Fatal("the upload stays")
		}
	}
	for asked := 0; asked < 1000 && !h.hasNoFiles(); asked++ { // they go right after the page
		time.Sleep(time.Millisecond)
	}
	h.unchanged("broken off")
	h.upload("a.json", importRecord(1)).expect(t, "the next", http.StatusSeeOther, "/import/run")
	h.settled()
}

func TestOneImportAtATime(t *testing.T) {
	held := make(chan struct{})
	h := newImportHouse(t, ImportLimits{}, held)
	h.upload("first.json", importRecord(1)).expect(t, "the first", http.StatusSeeOther, "/import/run")
	h.upload("second.json", importRecord(2)).says(t, "the second", http.StatusConflict,
		"An import is running, and one runs at a time. Wait until it is done, then upload again: nothing of this upload was kept.")
	page := h.get("/import/run")
	if !strings.Contains(page.body, `<noscript><meta http-equiv="refresh" content="5"></noscript>`) {
		t.Error("without a script the page does not ask for itself again")
	}
	fragment := h.get("/import/run", "HX-Request", "true")
	for asked := 0; asked < 1000 && strings.HasPrefix(fragment.find(t, "[role=status]"), "0 records read"); asked++ { // until the importer has begun
		fragment = h.get("/import/run", "HX-Request", "true")
	}
	if text := fragment.find(t, "[role=status]"); text != "17 records read, 25%. The import goes on when you leave this page." || strings.Contains(fragment.body, "<html") {
		t.Errorf("the fragment: got %q", text)
	}
	if trigger := fragment.document(t).Find("#import-state").AttrOr("hx-trigger", ""); trigger != "every 1s" {
		t.Errorf("the fragment asks again %q", trigger)
	}
	if note := h.get("/import").find(t, ".banner"); !strings.Contains(note, "Importing: 1 file") {
		t.Errorf("the import page says %q", note)
	}
	close(held)
	h.settled()
	h.upload("second.json", importRecord(2)).expect(t, "the second, later", http.StatusSeeOther, "/import/run")
	h.settled()
	if page, err := h.server.PastImports.PastImports(t.Context(), store.ImportsQuery{Limit: 9}); err != nil || len(page.Entries) != 2 {
		t.Errorf("the ledger has %d, %v, want 2", len(page.Entries), err)
	}
}

func TestStoppingAnImport(t *testing.T) {
	h := newImportHouse(t, ImportLimits{}, make(chan struct{}))
	h.post("/import/run", nil).expect(t, "nothing to stop", http.StatusSeeOther, "/import/run")
	h.upload("a.json", importRecord(1))
	h.post("/import/run", nil).expect(t, "stop", http.StatusSeeOther, "/import/run")
	h.settled()
	h.get("/import/run").says(t, "stopped", http.StatusOK, "the import was stopped")
	h.unchanged("stopped")
	h.upload("a.json", importRecord(1))
	h.server.Uploads.Close() // as at the end of the program: it does not wait for an import that never ends
	h.unchanged("closed")
}

func TestWhatAProgramLeftIsCleared(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "uploads")
	if err := os.MkdirAll(filepath.Join(folder, "123"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "123", "0001"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewUploads(nil, folder, ImportLimits{}, nil, nil); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		t.Errorf("what was left is still there: %v, %v", entries, err)
	}
}

// Other uploads arrive and wait while one is imported; each can be stopped by itself.
func TestUploadsBesideEachOther(t *testing.T) {
	limits := ImportLimits{Arriving: 3}
	importing := make(chan struct{})
	h := newImportHouse(t, limits, importing)
	uploads := h.server.Uploads
	begin := func(by, name string) *importRun {
		t.Helper()
		run, err := uploads.begin(by)
		if err != nil {
			t.Fatal(err)
		}
		file, err := run.add(name)
		if err == nil {
			_, err = io.WriteString(file, importRecord(1))
		}
		if err == nil {
			err = file.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	first, second, third := begin("ada", "first.json"), begin("ada", "second.json"), begin("kim", "third.json")
	for by, want := range map[string]error{"ada": errManyOfOne, "grace": errManyUploads} {
		if _, err := uploads.begin(by); !errors.Is(err, want) {
			t.Errorf("another upload by %s: got %v, want %v", by, err, want)
		}
	}
	<-first.start()
	second.start()
	page := h.get("/import/run")
	if got := attribute(t, page, "[data-testid=import-state]", "data-phase"); got != "importing" {
		t.Errorf("shown is one that is %s", got)
	}
	if got := page.find(t, "[data-testid=other-upload] p"); !strings.Contains(got, "An upload waits for its turn: 1 file") || !strings.Contains(got, "An upload is on its way: 0 bytes so far, uploaded by kim") {
		t.Errorf("the others are %q", got)
	}
	if _, err := uploads.begin("grace"); !errors.Is(err, errImportRuns) {
		t.Errorf("while one is imported: got %v, want %v", err, errImportRuns)
	}
	h.post("/import/run", form("run", second.now().ID)).expect(t, "stop the second", http.StatusSeeOther, "/import/run")
	<-second.checked
	h.post("/import/run", form("run", third.now().ID)).expect(t, "stop the third", http.StatusSeeOther, "/import/run")
	if third.ctx.Err() == nil || first.ctx.Err() != nil {
		t.Error("the third is not stopped, or the first is")
	}
	third.abandon()
	close(importing)
	h.settled()
	h.noFiles("all have ended")
	if got := h.get("/import/run").find(t, "[data-testid=import-report] h2"); got != "first.json" {
		t.Errorf("imported was %q", got)
	}
}

// Only the import takes more bytes than a form, and only from those who may import.
func TestUploadLimitIsTheImportsOwn(t *testing.T) {
	h := newImportHouse(t, ImportLimits{}, nil)
	large := strings.Repeat(importRecord(1), 1+(2<<20)/len(importRecord(1)))
	h.upload("a.json", large).expect(t, "two megabytes", http.StatusSeeOther, "/import/run")
	h.settled()
	for _, path := range []string{"/signin", "/import/run", "/settings/people/new"} {
		h.post(path, form("name", large)).expect(t, path, http.StatusRequestEntityTooLarge, "")
	}
	kind, body := files(t, "a.json", importRecord(1))
	h.send(http.MethodPost, "/import", nil, "Origin", "https://example.com", "Content-Type", kind).expect(t, "another site", http.StatusForbidden, "")
	reader := importHouse{house: h.house, visitor: h.at("rolf", auth.RoleGlobalReader), folder: h.folder}
	reader.sendBody(kind, body).expect(t, "a reader", http.StatusForbidden, "")
	h.noFiles("refused")
}

func TestFileName(t *testing.T) {
	for name, want := range map[string]string{
		"a.json":                 "a.json",
		`C:\Users\me\a.json`:     "a.json",
		"../../etc/passwd":       "passwd",
		"..":                     "unnamed file",
		"/":                      "unnamed file",
		"":                       "unnamed file",
		" \t\x00 ":               "unnamed file",
		"line\nbreak\x1b[31m":    "linebreak[31m",
		"right\u202eto left":     "rightto left",
		"\xffä.json":             "ä.json",
		strings.Repeat("x", 300): strings.Repeat("x", 199) + "…",
	} {
		if got := fileName(name); got != want {
			t.Errorf("fileName(%q): got %q, want %q", name, got, want)
		}
	}
}

func FuzzFileName(f *testing.F) {
	f.Add(`..\..\a`)
	f.Add("a/\x00/..")
	f.Fuzz(func(t *testing.T, name string) {
		got := fileName(name)
		if got == "" || got == "." || got == ".." || strings.ContainsAny(got, `/\`) || !utf8.ValidString(got) ||
			utf8.RuneCountInString(got) > maxFileName || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("fileName(%q) is %q", name, got)
		}
	})
}

// Whatever the body of an upload holds, the answer is a page or a redirect to the report. It names none of our folders.
func FuzzUpload(f *testing.F) {
	f.Add([]byte("--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a\"\r\n\r\n{}\r\n--b--\r\n"))
	f.Add([]byte("--b\r\nContent-Disposition: form-data; name=\"files\"; filename*=utf-8''..%2f..%2fa\r\n\r\n[]\r\n--b--"))
	f.Add([]byte("--b\r\n\r\n"))
	folder := filepath.Join(f.TempDir(), "uploads")
	f.Fuzz(func(t *testing.T, body []byte) {
		imports, err := NewUploads(plainImporter{}, folder, ImportLimits{Upload: 1 << 16}, time.Now, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		run, err := imports.begin("ada")
		if err != nil {
			t.Fatal(err)
		}
		defer run.abandon()
		s := &Server{Config: Config{Uploads: imports}}
		c := echo.New().NewContext(httptest.NewRequest(http.MethodPost, "/import", bytes.NewReader(body)), httptest.NewRecorder())
		c.Request().Header.Set("Content-Type", "multipart/form-data; boundary=b")
		err = s.receive(c, run)
		var refused badUpload
		if err != nil && !errors.As(err, &refused) {
			t.Errorf("got %v, want an upload taken or refused", err)
		}
		for _, file := range run.files {
			if filepath.Dir(file.Path) != run.folder {
				t.Errorf("a file lies in %s", file.Path)
			}
		}
	})
}

// waitForUpload waits until the server has read some bytes of an upload.
func (h importHouse) waitForUpload(t *testing.T) {
	t.Helper()
	for range 1000 {
		if attribute(t, h.get("/import/run"), "[data-testid=import-state]", "data-phase") == "receiving" {
			return
		}
	}
	t.Fatal("the upload does not begin")
}
