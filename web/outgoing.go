package web

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// outgoing is the writer of a handler. It holds the whole answer in memory until the handler has returned and has released
// its snapshot of the store. Snapshots are few, and a client may take as long as it likes to read. Only a stream goes live.
type outgoing struct {
	http.ResponseWriter
	patience time.Duration // how long the client may take to read the answer, or a piece of a live one

	status int
	body   bytes.Buffer
	live   bool
	pace   *pace // of a live answer with a least speed; nil for a deadline per piece
}

// outgoingBeneath finds the outgoing writer below the writers that wrap it.
func outgoingBeneath(w http.ResponseWriter) (*outgoing, bool) {
	for {
		switch at := w.(type) {
		case *outgoing:
			return at, true
		case interface{ Unwrap() http.ResponseWriter }:
			w = at.Unwrap()
		default:
			return nil, false
		}
	}
}

// goLive sends the bytes written from now on at once. A nil pace gives the client its patience for each piece.
func (o *outgoing) goLive(p *pace) { o.live, o.pace = true, p }

// WriteHeader keeps the status; the first one counts.
func (o *outgoing) WriteHeader(status int) {
	if o.status != 0 {
		return
	}
	o.status = status
	if o.live {
		o.giveTime()
		o.ResponseWriter.WriteHeader(status)
	}
}

// Write stores a part of the answer, or sends a piece of a live one.
func (o *outgoing) Write(p []byte) (int, error) {
	if o.status == 0 {
		o.WriteHeader(http.StatusOK)
	}
	switch {
	case !o.live:
		return o.body.Write(p)
	case o.pace != nil:
		return o.pace.write(o.ResponseWriter, p)
	}
	o.giveTime()
	return o.ResponseWriter.Write(p)
}

// FlushError sends the written bytes of a live answer. The others go out whole.
func (o *outgoing) FlushError() error {
	if !o.live {
		return http.ErrNotSupported
	}
	return http.NewResponseController(o.ResponseWriter).Flush()
}

// Unwrap gives the connection's own writer, which knows deadlines.
func (o *outgoing) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// send writes the answer, or ends a live one: the server still has some of it in its buffers.
func (o *outgoing) send(method string) error {
	o.giveTime()
	if o.live || o.status == 0 {
		return nil
	}
	if o.body.Len() > 0 && method != http.MethodHead {
		o.Header().Set("Content-Length", strconv.Itoa(o.body.Len()))
	}
	o.ResponseWriter.WriteHeader(o.status)
	if o.body.Len() == 0 {
		return nil
	}
	_, err := o.ResponseWriter.Write(o.body.Bytes())
	if errors.Is(err, http.ErrBodyNotAllowed) {
		return nil // of a status that has no body
	}
	return err
}

// giveTime sets the deadline for the client to take the next bytes.
func (o *outgoing) giveTime() { writeUntil(o.ResponseWriter, time.Now().Add(o.patience)) }

// writeUntil sets a deadline for writing. A writer without a connection, as tests have it, knows none.
func writeUntil(w http.ResponseWriter, deadline time.Time) {
	_ = http.NewResponseController(w).SetWriteDeadline(deadline)
}

// pace is the least speed of a download: so many bytes must go out in each window of waiting for the client. The time for
// reading the rows does not count.
type pace struct {
	bytes  int64
	window time.Duration

	taken int64         // of the present window
	left  time.Duration // of the present window
}

func newPace(bytesPerSecond int64, window time.Duration) *pace {
	return &pace{bytes: max(1, int64(float64(bytesPerSecond)*window.Seconds())), window: window, left: window}
}

// pacedPiece is the largest piece of one write, so that a slow client's bytes are counted as they go.
const pacedPiece = 64 << 10

func (p *pace) write(w http.ResponseWriter, b []byte) (written int, err error) {
	for len(b) > 0 && err == nil {
		piece := b[:min(len(b), int(min(p.bytes, pacedPiece)))]
		began := time.Now()
		writeUntil(w, began.Add(p.left))
		var n int
		n, err = w.Write(piece)
		b, written = b[n:], written+n
		p.taken, p.left = p.taken+int64(n), p.left-time.Since(began)
		if p.taken >= p.bytes {
			p.taken, p.left = 0, p.window
		}
	}
	return written, err
}
