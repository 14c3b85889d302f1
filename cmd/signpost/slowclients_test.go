package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"signpost/store/demo"
)

// servedTenant serves made-up rows to people of the given names, who may read the logs. The flags bound each
// client.
func servedTenant(t testing.TB, rows int, people []string, flags ...string) *served {
	t.Helper()
	data, files := t.TempDir(), filepath.Join(t.TempDir(), "files")
	if err := demo.Write(t.Context(), files, demo.Options{Rows: rows, Seed: 5, Days: 2, Until: time.Now()}); err != nil {
		t.Fatal(err)
	}
	signpostImport(t, data, files, 0)
	for _, name := range people {
		addPerson(t, data, name, "reports-reader")
	}
	return serve(t, data, flags...)
}

// cookie gives the value of the Cookie header after signing in.
func (p *person) cookie() string {
	p.t.Helper()
	at, err := url.Parse(p.url)
	if err != nil {
		p.t.Fatal(err)
	}
	cookies := p.client.Jar.Cookies(at)
	if len(cookies) != 1 {
		p.t.Fatalf("got %d cookies, want 1", len(cookies))
	}
	return cookies[0].Name + "=" + cookies[0].Value
}

func (s *served) address() string { return strings.TrimPrefix(s.url, "http://") }

// askUnread sends a request and reads nothing. The system's buffers hold only a little of the answer.
func (s *served) askUnread(path, cookie string) net.Conn {
	s.t.Helper()
	conn, err := s.tryUnread(path, cookie)
	if err != nil {
		s.t.Fatal(err)
	}
	return conn
}

// tryUnread is askUnread where the program may already have closed the connection.
func (s *served) tryUnread(path, cookie string) (net.Conn, error) {
	conn, err := net.Dial("tcp", s.address())
	if err != nil {
		return nil, err
	}
	s.t.Cleanup(func() { conn.Close() })
	if err := conn.(*net.TCPConn).SetReadBuffer(2 << 10); err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", path, s.address(), cookie)
	return conn, err
}

// expectCut waits until the program has closed connections that read nothing.
func (s *served) expectCut() {
	s.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		n := s.connections()
		if n == 0 {
			return
		}
		if time.Now().After(end) {
			s.t.Fatalf("%d connections are still open", n)
		}
	}
}

// connections counts the open connections on the program's side, from the system's tables.
func (s *served) connections() (n int) {
	s.t.Helper()
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		s.t.Skip("this system does not tell which connections are open")
	}
	_, port, _ := strings.Cut(s.address(), ":")
	number, err := strconv.Atoi(port)
	if err != nil {
		s.t.Fatal(err)
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
func (p *person) open(path string) (took time.Duration) {
	p.t.Helper()
	began := time.Now()
	if status, text := p.get(path); status != http.StatusOK {
		p.t.Fatalf("%s: %d: %s", path, status, text)
	}
	return time.Since(began)
}

// Two hundred clients that read nothing delay nobody, and are cut. Half of them are signed in.
func TestClientsThatReadNothingStopNobody(t *testing.T) {
	t.Parallel()
	s := servedTenant(t, 2000, []string{"ada", "bob"}, "--answer-timeout", "6s", "--idle-timeout", "6s") // time to open them all on a busy machine
	adas, bob := s.signIn("ada").cookie(), s.signIn("bob")
	const page = "/logs/interactive?limit=200"
	bob.open(page)
	for range 100 {
		s.askUnread(page, adas)
		s.askUnread("/errors", "")
	}
	if n := s.connections(); n < 200 {
		t.Fatalf("only %d connections are open", n)
	}
	var took time.Duration
	for range 10 { // while all snapshots would be held
		took = max(took, bob.open(page))
	}
	t.Logf("a page takes %v at most beside 200 clients that read nothing", took)
	if took > 10*time.Second { // it would wait for the first to be cut
		t.Errorf("a page took %v", took)
	}
	bob.client.CloseIdleConnections()
	s.expectCut()
}

// A hundred downloads are read by nobody. Two of a person and eight in all begin, take little memory, and are cut.
func TestStalledDownloadsHoldLittle(t *testing.T) {
	t.Parallel()
	people := []string{"ada", "bob", "cem", "dina", "eve"}
	s := servedTenant(t, 6000, people, "--download-window", "4s", "--answer-timeout", "4s", "--idle-timeout", "2s")
	var cookies []string
	var ada *person
	for _, name := range people {
		one := s.signIn(name)
		cookies = append(cookies, one.cookie())
		if ada == nil {
			ada = one
		}
	}
	ada.open("/logs/noninteractive")
	ada.open("/logs/noninteractive/export.csv?range=7d") // a program that nobody used yet has not its usual memory
	before := s.memory()
	paths := []string{"export.json", "export.ndjson", "evidence.zip", "export.csv"}
	for i := range 100 {
		s.askUnread("/logs/noninteractive/"+paths[i%len(paths)]+"?range=7d", cookies[i%len(cookies)])
	}
	var held []int64
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		held = append(held, s.memory())
	}
	most, stays := slices.Max(held), slices.Min(held[len(held)/2:]) // without what is collected a moment later
	t.Logf("%d MiB before, %d MiB at most with 100 stalled downloads, and it stays at %d", before>>20, most>>20, stays>>20)
	if stays > before+150<<20 || most > before+200<<20 {
		t.Errorf("100 stalled downloads hold %d MiB, and %d at most", (stays-before)>>20, (most-before)>>20)
	}
	ada.client.CloseIdleConnections()
	s.expectCut()
	ada.open("/logs/noninteractive/export.csv") // there is room again
}

// memory gives the bytes of memory that the program has.
func (s *served) memory() int64 {
	s.t.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(s.command.Process.Pid) + "/status")
	if err != nil {
		s.t.Skip("this system does not tell how much memory a process has")
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				s.t.Fatal(err)
			}
			return kib << 10
		}
	}
	s.t.Fatal("the system does not tell the memory of the program")
	return 0
}

// One address has a bounded number of connections, and closing one makes room.
func TestConnectionsOfTheProgramAreBounded(t *testing.T) {
	t.Parallel()
	s := servedTenant(t, 100, []string{"ada"}, "--max-per-address", "5", "--idle-timeout", "1s")
	var conns []net.Conn
	for range 10 {
		if conn, err := s.tryUnread("/signin", ""); err == nil {
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
	s.signIn("ada")
}
