package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"signpost/auth"
)

// How serve stops. Answers under way have answerGrace to end; then they are cut, and have cutGrace to return. The
// process ends after endAfter in any case. Stored data stays whole even then.
const (
	answerGrace = 2 * time.Second
	cutGrace    = 2 * time.Second
	endAfter    = 9 * time.Second
)

// endInTime ends the process if stopping takes too long.
func endInTime(log *slog.Logger) {
	time.AfterFunc(endAfter, func() {
		log.Warn("stopping took too long and was ended; what is stored is whole, and the next start does what is left", "after", endAfter)
		os.Exit(0)
	})
}

// serverListener is a listener with its certificate.
type serverListener struct {
	net.Listener
	tls *tls.Config // nil for plain HTTP
}

// bind takes the address and reads the certificate.
func (s *ServeCmd) bind() (serverListener, error) {
	listener, err := net.Listen("tcp", s.Addr)
	if err != nil {
		return serverListener{}, fmt.Errorf("listen: %w", err)
	}
	listener = s.limited(listener)
	if s.TLSCert == "" {
		return serverListener{Listener: listener}, nil
	}
	certificate, err := tls.LoadX509KeyPair(s.TLSCert, s.TLSKey)
	if err != nil {
		return serverListener{}, errors.Join(fmt.Errorf("read the certificate: %w", err), listener.Close())
	}
	return serverListener{listener, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}}, nil
}

// serve answers until the server is shut down. Over TLS it speaks HTTP/2 with browsers that offer it.
func (l serverListener) serve(server *http.Server) error {
	if l.tls == nil {
		return server.Serve(l.Listener)
	}
	server.TLSConfig = l.tls
	return server.ServeTLS(l.Listener, "", "")
}

func (l serverListener) url() string {
	scheme := "http"
	if l.tls != nil {
		scheme = "https"
	}
	return scheme + "://" + l.Addr().String()
}

// answer serves the listener until the context ends, then stops as described at the top of this file.
func (s *ServeCmd) answer(ctx context.Context, listener serverListener, handler http.Handler, setup *auth.Setup, log *slog.Logger) error {
	if open, err := setup.Open(ctx); err != nil {
		return err
	} else if open {
		announceSetup(ctx, os.Stderr, setup, s.CodeLife, listener.url(), log)
	}
	answers, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	under := &underWay{handler: handler}
	server := &http.Server{
		Handler: under, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout,
		ErrorLog:    slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context { return answers },
	}
	s.bound(server)
	failed := make(chan error, 1)
	go func() { failed <- listener.serve(server) }()
	fmt.Printf("listening on %s\n", listener.url())
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	log.Info("stopping")
	grace, cancel := context.WithTimeout(context.Background(), answerGrace)
	defer cancel()
	err := server.Shutdown(grace)
	if err == nil {
		return nil
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		log.Warn("stop listening", "error", err)
	}
	cut()
	if err := server.Close(); err != nil {
		log.Warn("cut connections", "error", err)
	}
	log.Info("connections that did not end by themselves were cut", "answers_left", under.wait(cutGrace))
	return nil
}

// underWay is a handler that counts its answers under way. Closing a server does not wait for them.
type underWay struct {
	handler http.Handler

	mu    sync.Mutex
	n     int
	ended chan struct{} // closed when the last answer ends; nil until a call of wait
}

// ServeHTTP answers one request.
func (u *underWay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	u.n++
	u.mu.Unlock()
	defer func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.n--; u.n == 0 && u.ended != nil {
			close(u.ended)
			u.ended = nil
		}
	}()
	u.handler.ServeHTTP(w, r)
}

// wait waits until no answer is under way, at most for the given time. It returns the number still under way.
func (u *underWay) wait(patience time.Duration) int {
	u.mu.Lock()
	ended := make(chan struct{})
	if u.n == 0 {
		close(ended)
	} else {
		u.ended = ended
	}
	u.mu.Unlock()
	select {
	case <-ended:
	case <-time.After(patience):
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.n
}
