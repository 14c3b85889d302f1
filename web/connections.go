package web

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
)

// ConnectionLimits bound how many connections are open at a time.
type ConnectionLimits struct {
	// All is the largest number of open connections. The next one waits to be accepted.
	All int
	// Each is the largest number from one address, or from one network of 64 bits of IPv6. The next one is closed at once.
	// Addresses of trusted proxies are not counted, because everybody behind a proxy comes from its address.
	Each    int
	Proxies []netip.Prefix
}

// LimitConnections bounds the connections that a listener accepts. It works below TLS.
func LimitConnections(l net.Listener, limits ConnectionLimits) net.Listener {
	return &limitedListener{
		Listener: l, limits: limits, room: make(chan struct{}, limits.All), closed: make(chan struct{}), each: map[netip.Addr]int{},
	}
}

type limitedListener struct {
	net.Listener
	limits ConnectionLimits
	room   chan struct{} // one for each open connection

	closing sync.Once
	closed  chan struct{}

	mu   sync.Mutex
	each map[netip.Addr]int
}

// Accept waits for room, and for a connection from an address that still has room too.
func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.room <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			<-l.room
			return nil, err
		}
		from := l.countedAs(conn.RemoteAddr())
		if l.enter(from) {
			return &limitedConn{Conn: conn, leave: sync.OnceFunc(func() { l.leave(from) })}, nil
		}
		abandon(conn)
		_ = conn.Close() // a failure to close it is not reported
	}
}

// Close also ends a wait for room.
func (l *limitedListener) Close() error {
	l.closing.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// countedAs gives the key that an address is counted by; the zero address where it is not counted.
func (l *limitedListener) countedAs(remote net.Addr) netip.Addr {
	at, err := netip.ParseAddrPort(remote.String())
	if err != nil {
		return netip.Addr{}
	}
	address := at.Addr().Unmap().WithZone("")
	for _, proxy := range l.limits.Proxies {
		if proxy.Contains(address) {
			return netip.Addr{}
		}
	}
	if address.Is6() {
		network, _ := address.Prefix(64) // every address of IPv6 has 64 bits
		return network.Addr()
	}
	return address
}

func (l *limitedListener) enter(from netip.Addr) bool {
	if !from.IsValid() {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.each[from] >= l.limits.Each {
		return false
	}
	l.each[from]++
	return true
}

func (l *limitedListener) leave(from netip.Addr) {
	<-l.room
	if !from.IsValid() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.each[from]--; l.each[from] == 0 {
		delete(l.each, from)
	}
}

// limitedConn makes room when it is closed.
type limitedConn struct {
	net.Conn
	leave   func()
	stalled atomic.Bool
}

// Write notes that the client did not read in time.
func (c *limitedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.stalled.Store(true)
	}
	return n, err
}

// Close drops the unread bytes where the client did not read in time. The system would store them and offer them for
// minutes.
func (c *limitedConn) Close() error {
	defer c.leave()
	if c.stalled.Load() {
		abandon(c.Conn)
	}
	return c.Conn.Close()
}

// CloseWrite ends the answer to a request that was not read to its end, so that the client can read the answer.
func (c *limitedConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// abandon makes the closing of a connection drop its unread bytes.
func abandon(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // a connection that is broken already is dropped anyway
	}
}
