package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const servedPassword = "correct horse battery"

// patience bounds what a test waits for; it is reached where something hangs only.
const patience = time.Minute

// served is `signpost serve` as a process of its own.
type served struct {
	t       *testing.T
	command *exec.Cmd
	url     string
	log     *processLog
	ended   chan struct{}
	failure error // of the process, once it has ended
}

// processLog is what a process writes to standard error.
type processLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *processLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *processLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// processOf gives a run of the program, as a process of its own.
func processOf(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	command := exec.Command(os.Args[0], args...)
	command.Env = append(os.Environ(), asSignpost+"=1")
	return command
}

// runProgram runs a command to its end.
func runProgram(t *testing.T, input string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	command := processOf(t, args...)
	var out, complaint strings.Builder
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(input), &out, &complaint
	err := command.Run()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return out.String(), complaint.String(), command.ProcessState.ExitCode()
}

// addPerson adds an account on the command line.
func addPerson(t *testing.T, data, name, role string) {
	t.Helper()
	if _, complaint, code := runProgram(t, servedPassword+"\n", "user", "add", name, "--role", role, "--password-stdin", "--data", data); code != 0 {
		t.Fatalf("user add: exit status %d: %s", code, complaint)
	}
}

// serve starts `signpost serve` on a free port and waits until it answers.
func serve(t *testing.T, data string, args ...string) *served {
	t.Helper()
	s := &served{t: t, log: &processLog{}, ended: make(chan struct{})}
	s.command = processOf(t, append([]string{"serve", "--addr", "127.0.0.1:0", "--data", data}, args...)...)
	s.command.Stderr = s.log
	out, err := s.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		_ = s.command.Wait()
		t.Fatalf("serve says nothing: %s", s.log)
	}
	s.url = strings.TrimPrefix(lines.Text(), "listening on ")
	go func() {
		for lines.Scan() {
		}
		s.failure = s.command.Wait()
		close(s.ended)
	}()
	t.Cleanup(func() {
		_ = s.command.Process.Kill() // it may have ended
		<-s.ended
		if t.Failed() {
			t.Logf("the log of serve:\n%s", s.log)
		}
	})
	return s
}

func (s *served) signal(signal syscall.Signal) {
	s.t.Helper()
	if err := s.command.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// code waits until the process has ended.
func (s *served) code() int {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.t.Fatal("the process does not end")
	}
	return s.command.ProcessState.ExitCode()
}

// says waits until the log holds a text.
func (s *served) says(text string) {
	s.t.Helper()
	s.until("the log says "+text, func() bool { return strings.Contains(s.log.String(), text) })
}

// until waits until something is so.
func (s *served) until(what string, is func() bool) {
	s.t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("in vain waited until %s", what)
		}
	}
}

// events gives the lines of a log with one message.
func events(t *testing.T, log, message string) (list []map[string]any) {
	t.Helper()
	for line := range strings.Lines(log) {
		var event map[string]any
		if json.Unmarshal([]byte(line), &event) == nil && event["msg"] == message {
			list = append(list, event)
		}
	}
	return list
}

// person is a browser that is signed in.
type person struct {
	t      *testing.T
	client *http.Client
	url    string
}

func (s *served) visitor() *person {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &person{s.t, &http.Client{
		Jar: jar, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, s.url}
}

// signIn signs somebody in and gives the browser.
func (s *served) signIn(name string) *person {
	s.t.Helper()
	p := s.visitor()
	if status, _ := p.post("/signin", url.Values{"name": {name}, "password": {servedPassword}}); status != http.StatusSeeOther {
		s.t.Fatalf("%s signs in: %d", name, status)
	}
	return p
}

func (p *person) send(method, path, kind string, body io.Reader) (status int, text string) {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	response, err := p.client.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	all, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return response.StatusCode, string(all)
}

func (p *person) get(path string) (status int, text string) {
	p.t.Helper()
	return p.send(http.MethodGet, path, "", nil)
}

func (p *person) post(path string, form url.Values) (status int, text string) {
	p.t.Helper()
	return p.send(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// upload sends a file to the import page.
func (p *person) upload(name, content string) (status int, text string) {
	p.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("files", name)
	if err == nil {
		_, err = io.WriteString(part, content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return p.send(http.MethodPost, "/import", form.FormDataContentType(), &body)
}

// imported waits until nothing is imported any more, and gives the page that says how it went.
func (s *served) imported(p *person) (text string) {
	s.t.Helper()
	s.until("the import is done", func() bool {
		_, text = p.get("/import/run")
		return strings.Contains(text, `data-phase="done"`)
	})
	return text
}

// underway is an upload of which a part was sent.
type underway struct {
	t        *testing.T
	body     *io.PipeWriter
	form     *multipart.Writer
	part     io.Writer
	answered chan struct{}
	status   int
	text     string
	err      error
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
		response, err := p.client.Do(request)
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
	s.until("the upload has begun", func() bool { return len(s.uploadedFiles(p)) > 0 })
	return u
}

// uploadedFiles gives the files of uploads that lie in the data folder.
func (s *served) uploadedFiles(*person) (list []string) {
	s.t.Helper()
	list, err := filepath.Glob(filepath.Join(s.data(), "uploads", "*", "0*"))
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func (s *served) data() string {
	for i, arg := range s.command.Args {
		if arg == "--data" {
			return s.command.Args[i+1]
		}
	}
	s.t.Fatal("serve has no data folder")
	return ""
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
				return // the answer says why
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

// manyRecords are sign-ins, one a line, numbered from one on.
func manyRecords(from, n int) string {
	var text strings.Builder
	for i := range n {
		at := time.Date(2026, 11, 23, 8, 0, from+i, 0, time.UTC) // each its own: rows of one instant look for a place among them
		fmt.Fprintf(&text, `{"id":"%08x-0000-4000-8000-000000000001","createdDateTime":"%s","appId":"a","userId":"u",`+
			`"userPrincipalName":"ada@example.com","ipAddress":"203.0.113.7","isInteractive":true,"status":{"errorCode":0},"signInEventTypes":["interactiveUser"]}`+"\n", from+i, at.Format(time.RFC3339))
	}
	return text.String()
}
