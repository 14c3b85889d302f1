package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"signpost/store/demo"
)

const slowPassword = "correct horse battery"

// attackedPortal is the program serving a made-up tenant, with people who read its logs.
type attackedPortal struct {
	t       *testing.T
	address string // HOST:PORT
	process *os.Process
}

// newAttackedPortal serves so many rows to people of some names. Flags bound what each may take.
func newAttackedPortal(t *testing.T, rows int, people []string, flags ...string) *attackedPortal {
	t.Helper()
	data, files := t.TempDir(), filepath.Join(t.TempDir(), "files")
	if err := demo.Write(t.Context(), files, demo.Options{Rows: rows, Seed: 5, Days: 2, Until: time.Now()}); err != nil {
		t.Fatal(err)
	}
	signpostImport(t, data, files, 0)
	for _, name := range people {
		add := exec.Command(os.Args[0], "user", "add", name, "--data", data, "--role", "reports-reader", "--password-stdin")
		add.Env, add.Stdin = append(os.Environ(), asSignpost+"=1"), strings.NewReader(slowPassword+"\n")
		if out, err := add.CombinedOutput(); err != nil {
			t.Fatalf("add %s: %v\n%s", name, err, out)
		}
	}
	serve := exec.Command(os.Args[0], append([]string{"serve", "--addr", "127.0.0.1:0", "--data", data}, flags...)...)
	serve.Env = append(os.Environ(), asSignpost+"=1")
	out, err := serve.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = serve.Process.Kill()
		_ = serve.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	_, address, ok := strings.Cut(strings.TrimSpace(line), "://")
	if err != nil || !ok {
		t.Fatalf("serve said %q, %v", line, err)
	}
	return &attackedPortal{t, address, serve.Process}
}

// signIn gives a client with a person's session, and the value of its Cookie header.
func (p *attackedPortal) signIn(name string) (client *http.Client, cookie string) {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	client = &http.Client{
		Jar: jar, Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	p.t.Cleanup(client.CloseIdleConnections)
	answer, err := client.PostForm(p.url("/signin"), url.Values{"name": {name}, "password": {slowPassword}})
	if err != nil {
		p.t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther {
		p.t.Fatalf("sign in: %d", answer.StatusCode)
	}
	at, err := url.Parse(p.url("/"))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, c := range jar.Cookies(at) {
		cookie = c.Name + "=" + c.Value
	}
	return client, cookie
}

func (p *attackedPortal) url(path string) string { return "http://" + p.address + path }

// askUnread sends a request and reads nothing; what the system keeps of the answer is little.
func (p *attackedPortal) askUnread(path, cookie string) net.Conn {
	p.t.Helper()
	conn, err := p.tryUnread(path, cookie)
	if err != nil {
		p.t.Fatal(err)
	}
	return conn
}

// tryUnread is askUnread where the program may close the connection, which can be before it is known to be open.
func (p *attackedPortal) tryUnread(path, cookie string) (net.Conn, error) {
	conn, err := net.Dial("tcp", p.address)
	if err != nil {
		return nil, err
	}
	p.t.Cleanup(func() { conn.Close() })
	if err := conn.(*net.TCPConn).SetReadBuffer(2 << 10); err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", path, p.address, cookie)
	return conn, err
}

// expectCut waits until the program has closed its connections, of which nobody reads a byte.
func (p *attackedPortal) expectCut() {
	p.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		n := p.connections()
		if n == 0 {
			return
		}
		if time.Now().After(end) {
			p.t.Fatalf("%d connections are still open", n)
		}
	}
}

// connections counts those that are open on the program's side, as the system tells.
func (p *attackedPortal) connections() (n int) {
	p.t.Helper()
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		p.t.Skip("this system does not tell which connections are open")
	}
	_, port, _ := strings.Cut(p.address, ":")
	number, err := strconv.Atoi(port)
	if err != nil {
		p.t.Fatal(err)
	}
	local, established := fmt.Sprintf("0100007F:%04X", number), "01"
	for line := range strings.Lines(string(table)) {
		if words := strings.Fields(line); len(words) > 3 && words[1] == local && words[3] == established {
			n++
		}
	}
	return n
}

// open opens a page and reads it.
func (p *attackedPortal) open(client *http.Client, path string) (took time.Duration) {
	p.t.Helper()
	began := time.Now()
	answer, err := client.Get(p.url(path))
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %d, %v", path, answer.StatusCode, err)
	}
	return time.Since(began)
}

// Two hundred clients that read nothing stop nobody, and are cut: half of them are signed in, half are nobody.
func TestClientsThatReadNothingStopNobody(t *testing.T) {
	t.Parallel()
	p := newAttackedPortal(t, 2000, []string{"ada", "bob"}, "--answer-timeout", "2s", "--idle-timeout", "2s")
	_, adas := p.signIn("ada")
	bob, _ := p.signIn("bob")
	const page = "/logs/interactive?limit=200"
	p.open(bob, page)
	for range 100 {
		p.askUnread(page, adas)
		p.askUnread("/errors", "")
	}
	if n := p.connections(); n < 200 {
		t.Fatalf("only %d connections are open", n)
	}
	var took time.Duration
	for range 10 { // while all snapshots would be held
		took = max(took, p.open(bob, page))
	}
	t.Logf("a page takes %v at most beside 200 clients that read nothing", took)
	if took > 10*time.Second { // it would wait for the first to be cut
		t.Errorf("a page took %v", took)
	}
	bob.CloseIdleConnections()
	p.expectCut()
}

// A hundred downloads that nobody reads: two of a person are begun and eight in all, they hold little memory, and are cut.
func TestStalledDownloadsHoldLittle(t *testing.T) {
	t.Parallel()
	people := []string{"ada", "bob", "cem", "dina", "eve"}
	p := newAttackedPortal(t, 6000, people, "--download-window", "4s", "--answer-timeout", "4s", "--idle-timeout", "2s")
	var cookies []string
	var ada *http.Client
	for _, name := range people {
		client, cookie := p.signIn(name)
		cookies = append(cookies, cookie)
		if ada == nil {
			ada = client
		}
	}
	p.open(ada, "/logs/noninteractive")
	before := p.memory()
	paths := []string{"export.json", "export.ndjson", "evidence.zip", "export.csv"}
	for i := range 100 {
		p.askUnread("/logs/noninteractive/"+paths[i%len(paths)]+"?range=7d", cookies[i%len(cookies)])
	}
	most := before
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		most = max(most, p.memory())
	}
	t.Logf("%d MiB before, %d MiB at most with 100 stalled downloads", before>>20, most>>20)
	if most > before+150<<20 {
		t.Errorf("100 stalled downloads took %d MiB", (most-before)>>20)
	}
	ada.CloseIdleConnections()
	p.expectCut()
	p.open(ada, "/logs/noninteractive/export.csv") // there is room again
}

// memory gives how many bytes the program has in memory.
func (p *attackedPortal) memory() int64 {
	p.t.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(p.process.Pid) + "/status")
	if err != nil {
		p.t.Skip("this system does not tell how much memory a process has")
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				p.t.Fatal(err)
			}
			return kib << 10
		}
	}
	p.t.Fatal("the system does not tell the memory of the program")
	return 0
}

// One address has only so many connections, and closing one makes room.
func TestConnectionsOfTheProgramAreBounded(t *testing.T) {
	t.Parallel()
	p := newAttackedPortal(t, 100, []string{"ada"}, "--max-per-address", "5", "--idle-timeout", "1s")
	var conns []net.Conn
	for range 10 {
		if conn, err := p.tryUnread("/signin", ""); err == nil {
			conns = append(conns, conn)
		}
	}
	answered := 0
	for _, conn := range conns {
		if err := conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if n, _ := io.Copy(io.Discard, conn); n > 0 {
			answered++
		}
	}
	if answered != 5 {
		t.Errorf("%d of 10 connections were answered, want 5", answered)
	}
	p.signIn("ada")
}
