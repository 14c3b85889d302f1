package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"signpost/views"
)

// errSlowUpload ends an upload that does not keep the pace.
var errSlowUpload = errors.New("the upload is too slow")

// errServerStops ends an upload because the program ends.
var errServerStops = errors.New("the server stops")

// paced is the body of an upload. It ends when the run does, or when the upload is too slow. The server's own time limit is
// for forms.
type paced struct {
	body    io.ReadCloser
	control *http.ResponseController
	run     *importRun

	mu     sync.Mutex
	waited time.Duration // for bytes, since the pace was looked at
	got    int64         // bytes in that time
}

// pace gives the upload's body under the run's limits. The reader calls end when it has read the body.
func (r *importRun) pace(body io.ReadCloser, control *http.ResponseController) (p *paced, end func()) {
	p = &paced{body: body, control: control, run: r}
	release := context.AfterFunc(r.ctx, p.interrupt)
	return p, func() {
		release()
		p.mu.Lock()
		defer p.mu.Unlock()
		if r.ctx.Err() == nil {
			_ = control.SetReadDeadline(time.Time{}) // or the connection would pass for broken; a connection without deadlines needs none
		}
	}
}

// interrupt ends a read that waits. The deadline that Read sets does not come after it: both hold the mutex.
func (p *paced) interrupt() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.control.SetReadDeadline(time.Unix(1, 0)) // a connection that knows no deadline ends the read in its own way
}

// Read reads the next bytes. It measures network time with the machine's clock, not with a test's.
func (p *paced) Read(b []byte) (int, error) {
	limits := p.run.imports.limits
	if err := p.arm(limits.Patience); err != nil {
		return 0, err
	}
	begun := time.Now()
	n, err := p.body.Read(b)
	p.waited += time.Since(begun)
	p.got += int64(n)
	if n > 0 {
		p.run.change(func(s *views.ImportRun) { s.Received += int64(n) })
	}
	switch {
	case p.run.ctx.Err() != nil:
		return n, context.Cause(p.run.ctx)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return n, errSlowUpload
	case err == nil && p.waited >= limits.Patience:
		// Only the time spent waiting for bytes counts: a slow disk of ours is not the sender's fault.
		if float64(p.got) < float64(limits.Pace)*p.waited.Seconds() {
			return n, errSlowUpload
		}
		p.waited, p.got = 0, 0
	}
	return n, err
}

// arm sets the deadline of the next read.
func (p *paced) arm(patience time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.run.ctx.Err() != nil {
		return context.Cause(p.run.ctx)
	}
	if err := p.control.SetReadDeadline(time.Now().Add(patience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

// Close closes the body.
func (p *paced) Close() error { return p.body.Close() }

// watch ends the run when the program ends or the sender's session does, until the whole upload has arrived.
func (s *Server) watch(ctx context.Context, run *importRun, v Viewer) {
	look := time.NewTicker(run.imports.limits.Trust)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.Closing:
			run.cancel(errServerStops)
			return
		case <-look.C:
			// If the session cannot be read now, the next look tries again. The last look is taken when the upload has
			// arrived.
			if alive, err := s.Sessions.Alive(ctx, v.session); err == nil && !alive {
				run.cancel(errSignedOut)
				return
			}
		}
	}
}
