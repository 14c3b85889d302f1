package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// stalled sends the beginning of a request, and then neither reads nor writes.
func (s *served) stalled(beginning string) {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, beginning); err != nil {
		s.t.Fatal(err)
	}
}

// newFollower opens a stream of news and waits for its first line.
func (p *person) newFollower() *http.Response {
	p.t.Helper()
	start := time.Now().UTC().Add(-time.Minute).Format(time.RFC3339)
	response, err := p.client.Get(p.url + "/logs/interactive/follow?seen=0&start=" + start)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { response.Body.Close() })
	if _, err := bufio.NewReader(response.Body).ReadString('\n'); err != nil || response.StatusCode != http.StatusOK {
		p.t.Fatalf("follow: %d, %v", response.StatusCode, err)
	}
	return response
}

// A process that is told to stop ends in time and in order, whatever its clients do.
func TestStoppingWithStalledClients(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	addPerson(t, data, "ada", "security-administrator")
	s := serve(t, data)
	ada := s.signIn("ada")
	s.stalled("")
	s.stalled("GET /signin HTTP/1.1\r\nHost: x\r\n")
	s.stalled("POST /signin HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nname=")
	ada.newFollower()
	slow := s.beginUpload(ada, "slow.json", manyRecords(0, 10))
	slow.trickle()
	s.signal(syscall.SIGTERM)
	if status, text := slow.answer(); status != http.StatusServiceUnavailable || !strings.Contains(text, "Signpost stops.") {
		t.Errorf("the upload: got %d: %s", status, text)
	}
	begun := time.Now()
	if code := s.code(); code != 0 {
		t.Errorf("the process ends with %d, want 0", code)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("the process took %s to end", took)
	}
	for _, level := range []string{`"level":"ERROR"`, `"level":"WARN"`} {
		if strings.Contains(s.log.String(), level) {
			t.Errorf("what clients did is %s in the log", level)
		}
	}
	if files := s.uploadedFiles(nil); len(files) != 0 {
		t.Errorf("an upload was left: %q", files)
	}
}

// A second signal ends the process at once.
func TestASecondSignalStopsAtOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	s.stalled("POST /signin HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nname=")
	s.visitor().get("/healthz") // by now the earlier request is under way
	s.signal(syscall.SIGTERM)
	s.says(`"stopping"`)
	s.signal(syscall.SIGTERM)
	if code := s.code(); code != exitFailed || !strings.Contains(s.log.String(), "stopped at once") {
		t.Errorf("the process ends with %d, want %d and a line that says why", code, exitFailed)
	}
}

// writeCertificate makes a certificate for this machine.
func writeCertificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// The built-in TLS speaks HTTP/2, so that a browser can follow many logs and upload at a time. It stops in order
// too.
func TestHTTP2(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	addPerson(t, data, "ada", "security-administrator")
	cert, key := writeCertificate(t)
	s := serve(t, data, "--tls-cert", cert, "--tls-key", key, "--upload-patience", "3s", "--upload-pace", "64")
	ada := s.signIn("ada")
	for n := range 10 { // HTTP/1 allows six connections, which these would use up
		if proto := ada.newFollower().Proto; proto != "HTTP/2.0" {
			t.Fatalf("stream %d: got %s, want HTTP/2.0", n, proto)
		}
	}
	if status, _ := ada.upload("a.json", manyRecords(0, 3)); status != http.StatusSeeOther {
		t.Errorf("upload: got %d", status)
	}
	s.imported(ada)
	slow := s.beginUpload(ada, "slow.json", manyRecords(0, 1))
	slow.trickle()
	if status, text := slow.answer(); status != http.StatusRequestTimeout {
		t.Errorf("a slow upload: got %d: %s", status, text)
	}
	slow = s.beginUpload(ada, "slow.json", manyRecords(0, 1))
	s.signal(syscall.SIGTERM)
	if status, text := slow.answer(); status != http.StatusServiceUnavailable {
		t.Errorf("an upload while the server stops: got %d: %s", status, text)
	}
	if code := s.code(); code != 0 {
		t.Errorf("the process ends with %d, want 0", code)
	}
	for _, event := range events(t, s.log.String(), "request") {
		if event["level"] != "INFO" {
			t.Error(fmt.Sprint(event))
		}
	}
}
