package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
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

// patience bounds each wait of a test. A test reaches it only where something hangs.
const patience = time.Minute

// served is `signpost serve` as a process.
type served struct {
	t       testing.TB
	command *exec.Cmd
	url     string
	log     *processLog
	ended   chan struct{}
	failure error // exit status of the process, once it has ended
}

// processLog collects the standard error of a process.
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

// addPerson adds an account on the command line.
func addPerson(t testing.TB, data, name, role string) {
	t.Helper()
	if code, _, complaint := signpostReading(t, servedPassword+"\n", "user", "add", name, "--role", role, "--password-stdin", "--data", data); code != 0 {
		t.Fatalf("user add: exit status %d: %s", code, complaint)
	}
}

// serve starts `signpost serve` on a free port and waits until it answers.
func serve(t testing.TB, data string, args ...string) *served {
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

// stop sends SIGTERM, as a service manager does, and gives the exit status.
func (s *served) stop() int {
	s.t.Helper()
	s.signal(syscall.SIGTERM)
	return s.code()
}

// kill ends the process at once and waits for its end.
func (s *served) kill() {
	s.t.Helper()
	s.signal(syscall.SIGKILL)
	s.code()
}

// code waits for the end of the process and gives its exit status.
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

// until waits until the condition holds.
func (s *served) until(what string, is func() bool) {
	s.t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("in vain waited until %s", what)
		}
	}
}

// events gives the lines of a log with one message.
func events(t testing.TB, log, message string) (list []map[string]any) {
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
	t      testing.TB
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
	if status := p.signIn(name); status != http.StatusSeeOther {
		s.t.Fatalf("%s signs in: %d: %s", name, status, s.log)
	}
	return p
}

func (p *person) signIn(name string) (status int) {
	p.t.Helper()
	status, _ = p.post("/signin", url.Values{"name": {name}, "password": {servedPassword}})
	return status
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

// status gives the status of a page.
func (p *person) status(path string) int {
	p.t.Helper()
	status, _ := p.get(path)
	return status
}

// uploadFile sends an existing file to the import page.
func (p *person) uploadFile(path string) (status int) {
	p.t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatal(err)
	}
	status, _ = p.upload(filepath.Base(path), string(content))
	return status
}

// upload sends a text as a file to the import page.
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

// imported waits until no import runs any more, and gives the page with the results.
func (s *served) imported(p *person) (text string) {
	s.t.Helper()
	s.until("the import is done", func() bool {
		_, text = p.get("/import/run")
		return strings.Contains(text, `data-phase="done"`)
	})
	return text
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

// manyRecords are sign-ins, one a line, with numbers from first on.
func manyRecords(from, n int) string {
	var text strings.Builder
	for i := range n {
		at := time.Date(2026, 11, 23, 8, 0, from+i, 0, time.UTC) // each has its own time: rows of one instant search for a free key
		fmt.Fprintf(&text, `{"id":"%08x-0000-4000-8000-000000000001","createdDateTime":"%s","appId":"a","userId":"u",`+
			`"userPrincipalName":"ada@example.com","ipAddress":"203.0.113.7","isInteractive":true,"status":{"errorCode":0},"signInEventTypes":["interactiveUser"]}`+"\n", from+i, at.Format(time.RFC3339))
	}
	return text.String()
}
