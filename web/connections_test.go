package web

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"
)

// limitedOn listens on the loopback and hands out the accepted connections.
func limitedOn(t *testing.T, limits ConnectionLimits) (address string, accepted <-chan net.Conn, close func()) {
	t.Helper()
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := LimitConnections(plain, limits)
	conns := make(chan net.Conn)
	ended := make(chan error, 1)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				ended <- err
				return
			}
			conns <- conn
		}
	}()
	return plain.Addr().String(), conns, func() {
		t.Helper()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, net.ErrClosed) {
			t.Errorf("accepting ended with %v", err)
		}
	}
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// isClosed says that a connection is closed at once, perhaps before the client knows that it was open.
func isClosed(address string) bool {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return true
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	_, err = conn.Read(make([]byte, 1))
	return err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
}

// One address has so many connections. The next one is closed, until one of them has ended.
func TestConnectionsOfOneAddressAreBounded(t *testing.T) {
	address, accepted, end := limitedOn(t, ConnectionLimits{All: 10, Each: 2})
	defer end()
	dial(t, address)
	dial(t, address)
	first := <-accepted
	<-accepted
	if !isClosed(address) {
		t.Error("there is a third connection")
	}
	first.Close()
	first.Close() // counts once
	dial(t, address)
	<-accepted
	if !isClosed(address) {
		t.Error("closing one made room for two")
	}
}

// All clients together have so many connections. The next one waits. A listener that is closed meanwhile says
// so.
func TestConnectionsAreBounded(t *testing.T) {
	address, accepted, end := limitedOn(t, ConnectionLimits{All: 2, Each: 1, Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	for range 3 {
		dial(t, address)
	}
	first := <-accepted
	<-accepted // from a proxy: one address may have all
	select {
	case <-accepted:
		t.Fatal("a third connection was accepted")
	case <-time.After(50 * time.Millisecond):
	}
	first.Close()
	<-accepted
	end() // while it waits for room
}

// Addresses of one IPv6 network count as one. An IPv4 address counts as one in every notation.
func TestConnectionsAreCountedByNetwork(t *testing.T) {
	l := &limitedListener{limits: ConnectionLimits{Proxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}}
	for text, want := range map[string]string{
		"198.51.100.7:1000":           "198.51.100.7",
		"[::ffff:198.51.100.7]:1000":  "198.51.100.7",
		"[2001:db8:1:2:3:4:5:6]:1000": "2001:db8:1:2::",
		"[fe80::1%eth0]:1000":         "fe80::",
		"192.0.2.9:1000":              "invalid IP",
	} {
		if got := l.countedAs(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(text))).String(); got != want {
			t.Errorf("%s is counted as %s, want %s", text, got, want)
		}
	}
}
