package main

import (
	"errors"
	"net"
	"net/http"
	"time"

	"signpost/web"
)

// LimitFlags bound the share that one person, client or address may take.
type LimitFlags struct {
	MaxConnections   int           `help:"Connections open at a time; the next one waits." default:"2048" placeholder:"N"`
	MaxPerAddress    int           `help:"Connections of one address at a time (one network of 64 bits of IPv6); not counted for a trusted proxy." default:"512" placeholder:"N"`
	AnswerTimeout    time.Duration `help:"How long a client may take to read an answer." default:"30s" placeholder:"TIME"`
	IdleTimeout      time.Duration `help:"How long a connection is kept for the next request." default:"45s" placeholder:"TIME"`
	MaxDownloads     int           `help:"Files that are sent at a time, of everybody." default:"8" placeholder:"N"`
	MaxDownloadsEach int           `help:"Files that are sent to one person at a time." default:"2" placeholder:"N"`
	DownloadRate     int64         `help:"KiB a second that a client must read of a download, as the mean of each window; else it is cut." default:"16" placeholder:"KIB"`
	DownloadWindow   time.Duration `help:"The window of --download-rate." default:"1m" placeholder:"TIME"`
	MaxQuestions     int           `help:"Costly questions of one person that are answered at a time; the next one waits." default:"4" placeholder:"N"`
}

// check refuses a limit below one, which would let nobody in.
func (l *LimitFlags) check() error {
	for _, n := range []int64{int64(l.MaxConnections), int64(l.MaxPerAddress), int64(l.MaxDownloads), int64(l.MaxDownloadsEach), l.DownloadRate, int64(l.MaxQuestions)} {
		if n < 1 {
			return usageError{errors.New("--max-connections, --max-per-address, --max-downloads, --max-downloads-each, --download-rate and --max-questions take a number, 1 at least")}
		}
	}
	for _, d := range []time.Duration{l.AnswerTimeout, l.IdleTimeout, l.DownloadWindow} {
		if d < 100*time.Millisecond {
			return usageError{errors.New("--answer-timeout, --idle-timeout and --download-window take a time, 100ms at least")}
		}
	}
	return nil
}

// web gives the limits that the pages enforce.
func (l *LimitFlags) web() web.Limits {
	return web.Limits{
		AnswerTimeout: l.AnswerTimeout, Downloads: l.MaxDownloads, DownloadsEach: l.MaxDownloadsEach,
		DownloadRate: l.DownloadRate << 10, DownloadWindow: l.DownloadWindow, Questions: l.MaxQuestions,
	}
}

// limited bounds the connections of a listener. It must get the listener below TLS.
func (s *ServeCmd) limited(l net.Listener) net.Listener {
	return web.LimitConnections(l, web.ConnectionLimits{All: s.MaxConnections, Each: s.MaxPerAddress, Proxies: s.TrustedProxy})
}

// bound sets the times of a server that its handler cannot enforce.
func (l *LimitFlags) bound(server *http.Server) {
	server.IdleTimeout = l.IdleTimeout
	// An HTTP/2 connection that accepts no bytes at all is closed too: the handler's deadlines end only its
	// streams.
	server.HTTP2 = &http.HTTP2Config{WriteByteTimeout: l.AnswerTimeout, MaxConcurrentStreams: 100}
}
