package main

import (
	"context"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A second serve on the same folder keeps the uploads of the first. One that cannot listen changes nothing.
func TestASecondServeKeepsTheFirstOnesUpload(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	addPerson(t, data, "ada", "security-administrator")
	first := serve(t, data)
	ada := first.signIn("ada")
	upload := first.beginUpload(ada, "a.json", manyRecords(0, 2000))

	taken := strings.TrimPrefix(first.url, "http://")
	if code, _, complaint := signpost(t, "serve", "--addr", taken, "--data", data); code != exitFailed || !strings.Contains(complaint, "listen") {
		t.Errorf("a serve on the same address: exit status %d, %q, want %d and that it cannot listen", code, complaint, exitFailed)
	}
	second := serve(t, data)
	if files := first.uploadedFiles(ada); len(files) != 1 {
		t.Errorf("while both serve, the folder of uploads holds %q, want one file", files)
	}
	upload.send(manyRecords(2000, 2000))
	upload.end()
	if status, _ := upload.answer(); status != http.StatusSeeOther {
		t.Errorf("the upload: got %d, want %d", status, http.StatusSeeOther)
	}
	if text := first.imported(ada); !strings.Contains(text, `data-value="4000"`) {
		t.Errorf("not all was imported: %s", text)
	}
	second.signal(syscall.SIGTERM)
	if code := second.code(); code != 0 {
		t.Errorf("the second ends with %d", code)
	}
	if files := first.uploadedFiles(ada); len(files) != 0 {
		t.Errorf("an upload was left: %q", files)
	}
}

// A start that cannot listen makes no data folder.
func TestAServeThatCannotListenChangesNothing(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	data := filepath.Join(t.TempDir(), "data")
	if code, _, _ := signpost(t, "serve", "--demo", "--addr", taken.Addr().String(), "--data", data); code != exitFailed {
		t.Errorf("exit status %d, want %d", code, exitFailed)
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("the data folder was made (%v)", err)
	}
}

// The uploads of a killed process are removed by the next one, even while another serve runs.
func TestUploadsOfADeadProcessAreCleared(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	addPerson(t, data, "ada", "security-administrator")
	dead, alive := serve(t, data), serve(t, data)
	dead.beginUpload(dead.signIn("ada"), "dead.json", manyRecords(0, 500))
	ada := alive.signIn("ada")
	lives := alive.beginUpload(ada, "alive.json", manyRecords(500, 500))
	dead.until("both uploads have begun", func() bool { return len(dead.uploadedFiles(nil)) == 2 })
	if err := dead.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-dead.ended
	serve(t, data)
	if files := alive.uploadedFiles(nil); len(files) != 1 {
		t.Errorf("the folder of uploads holds %q, want that of the living process", files)
	}
	lives.end()
	if status, _ := lives.answer(); status != http.StatusSeeOther {
		t.Errorf("the upload of the living process: got %d", status)
	}
}

// A slow upload delays no other. Anybody who may import can stop it, and disabling its sender stops it too.
func TestATricklingUploadHoldsNobody(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	for _, name := range []string{"ada", "mallory"} {
		addPerson(t, data, name, "security-administrator")
	}
	s := serve(t, data)
	ada, mallory := s.signIn("ada"), s.signIn("mallory")
	slow := s.beginUpload(mallory, "slow.json", manyRecords(0, 1))
	slow.trickle()
	if status, text := ada.upload("a.json", manyRecords(10, 3)); status != http.StatusSeeOther {
		t.Fatalf("beside a trickling upload: got %d: %s", status, text)
	}
	s.until("the import beside it is done", func() bool {
		_, past := ada.get("/import")
		_, text := ada.get("/import/run")
		return strings.Contains(past, "a.json") && strings.Contains(text, `data-phase="receiving"`)
	})

	_, page := ada.get("/import/run")
	stop := regexp.MustCompile(`name="run" value="([^"]+)"`).FindStringSubmatch(page)
	if stop == nil {
		t.Fatalf("nothing on the page stops the upload: %s", page)
	}
	if status, _ := ada.post("/import/run", url.Values{"run": {stop[1]}}); status != http.StatusSeeOther {
		t.Errorf("stop: got %d", status)
	}
	if status, text := slow.answer(); status != http.StatusConflict || !strings.Contains(text, "The upload was stopped by ada.") {
		t.Errorf("the stopped upload: got %d: %s", status, text)
	}

	slow = s.beginUpload(mallory, "slow.json", manyRecords(0, 1))
	slow.trickle()
	if code, _, complaint := signpost(t, "user", "disable", "mallory", "--data", data); code != 0 {
		t.Fatal(complaint)
	}
	if status, text := slow.answer(); status != http.StatusSeeOther {
		t.Errorf("the upload of somebody disabled: got %d: %s", status, text)
	}
	s.until("nothing of the uploads is left", func() bool { return len(s.uploadedFiles(nil)) == 0 })
	if _, text := ada.get("/import"); strings.Contains(text, "slow.json") {
		t.Error("something of a stopped upload was imported")
	}
}

// An upload below the required pace is ended. The number of uploads under way is bounded.
func TestUploadsThatDoNotKeepThePace(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	addPerson(t, data, "ada", "security-administrator")
	s := serve(t, data, "--upload-patience", "300ms", "--upload-pace", "64")
	ada := s.signIn("ada")
	for _, trickles := range []bool{true, false} {
		slow := s.beginUpload(ada, "slow.json", manyRecords(0, 1))
		if trickles {
			slow.trickle()
		}
		if status, text := slow.answer(); status != http.StatusRequestTimeout || !strings.Contains(text, "less than 64 KiB a second") {
			t.Errorf("trickles %t: got %d: %s", trickles, status, text)
		}
		s.until("nothing of it is left", func() bool { return len(s.uploadedFiles(nil)) == 0 })
	}
	if status, text := ada.upload("a.json", manyRecords(0, 3)); status != http.StatusSeeOther {
		t.Errorf("after them: got %d: %s", status, text)
	}
}

// underway is an upload that has sent a part of its file.
type underway struct {
	t        testing.TB
	body     *io.PipeWriter
	form     *multipart.Writer
	part     io.Writer
	answered chan struct{}
	status   int
	text     string
	err      error
}

// steadyClient gives a copy of the client with a connection of its own. A write to that connection never fails: a server may answer
// an upload and close the connection while the client still sends. The answer counts, and a failed write would hide it.
// A client of HTTP/2, which has TLS, reads answers by itself.
func (p *person) steadyClient() *http.Client {
	if strings.HasPrefix(p.url, "https:") {
		return p.client
	}
	steady := *p.client
	steady.Transport = &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		return steadyConn{conn}, err
	}}
	return &steady
}

type steadyConn struct{ net.Conn }

func (c steadyConn) Write(b []byte) (int, error) {
	_, _ = c.Conn.Write(b)
	return len(b), nil
}

// beginUpload sends the beginning of a file, and waits until the server has some of it.
func (s *served) beginUpload(p *person, name, beginning string) *underway {
	s.t.Helper()
	sent, body := io.Pipe()
	u := &underway{t: s.t, body: body, form: multipart.NewWriter(body), answered: make(chan struct{})}
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, p.url+"/import", sent)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Content-Type", u.form.FormDataContentType())
	go func() {
		defer close(u.answered)
		response, err := p.steadyClient().Do(request)
		if u.err = err; err != nil {
			return
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		u.status, u.text, u.err = response.StatusCode, string(text), err
	}()
	if u.part, err = u.form.CreateFormFile("files", name); err != nil {
		s.t.Fatal(err)
	}
	u.send(beginning)
	s.until("the upload has begun", func() bool { return u.isAnswered() || len(s.uploadedFiles(p)) > 0 })
	return u
}

// uploadedFiles lists the files of uploads in the data folder.
func (s *served) uploadedFiles(*person) (list []string) {
	s.t.Helper()
	list, err := filepath.Glob(filepath.Join(s.data(), "uploads", "*", "0*"))
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func (u *underway) send(text string) {
	u.t.Helper()
	if _, err := io.WriteString(u.part, text); err != nil {
		u.t.Fatal(err)
	}
}

// trickle sends a byte now and then, until the upload is answered.
func (u *underway) trickle() {
	go func() {
		for {
			select {
			case <-u.answered:
				return
			case <-time.After(20 * time.Millisecond):
			}
			if _, err := io.WriteString(u.part, "\n"); err != nil {
				return // the answer has the reason
			}
		}
	}()
}

// end sends the end of the upload.
func (u *underway) end() {
	u.t.Helper()
	if err := u.form.Close(); err != nil {
		u.t.Fatal(err)
	}
	if err := u.body.Close(); err != nil {
		u.t.Fatal(err)
	}
}

// isAnswered says that there is an answer. A busy machine may be slower than the patience of the server, which then ends an upload before
// anybody has looked at its files.
func (u *underway) isAnswered() bool {
	select {
	case <-u.answered:
		return true
	default:
		return false
	}
}

// answer waits for the answer.
func (u *underway) answer() (status int, text string) {
	u.t.Helper()
	select {
	case <-u.answered:
	case <-time.After(patience):
		u.t.Fatal("the upload is not answered")
	}
	if u.err != nil {
		u.t.Fatalf("the upload has no answer: %v", u.err)
	}
	return u.status, u.text
}
