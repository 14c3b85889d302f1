package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"signpost/store"
)

// heldStore counts the open snapshots.
type heldStore struct {
	store.Store
	held, taken *atomic.Int64
}

func (h heldStore) Snapshot(ctx context.Context) (context.Context, func(), error) {
	with, release, err := h.Store.Snapshot(ctx)
	if err == nil {
		h.held.Add(1)
		h.taken.Add(1)
	}
	return with, func() { h.held.Add(-1); release() }, err
}

// watchfulWriter notices a write while a snapshot is open.
type watchfulWriter struct {
	*httptest.ResponseRecorder
	held  *atomic.Int64
	wrong *atomic.Int64
}

func (w watchfulWriter) look() {
	if w.held.Load() > 0 {
		w.wrong.Add(1)
	}
}

func (w watchfulWriter) WriteHeader(status int) {
	w.look()
	w.ResponseRecorder.WriteHeader(status)
}

func (w watchfulWriter) Write(p []byte) (int, error) {
	w.look()
	return w.ResponseRecorder.Write(p)
}

func (w watchfulWriter) FlushError() error {
	w.look()
	return nil
}

// There are few snapshots, and a client may read slowly. So no handler writes to its client while it holds one. The
// matrix has every route.
func TestNobodyWritesWhileASnapshotIsHeld(t *testing.T) {
	var held, taken, wrong atomic.Int64
	h := newMatrixHouse(t)
	h.server.Store = heldStore{h.server.Store, &held, &taken}
	ask := func(method, address string, headers ...string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second) // streams have no end of their own
		defer cancel()
		r := httptest.NewRequestWithContext(ctx, method, address, strings.NewReader("do=mine"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		for _, cookie := range h.cookiesOf(t, "GA") {
			r.AddCookie(cookie)
		}
		w := watchfulWriter{httptest.NewRecorder(), &held, &wrong}
		h.server.ServeHTTP(w, r)
		if n := wrong.Swap(0); n > 0 {
			t.Errorf("%s %s was written to %d times while a snapshot was held", method, address, n)
		}
		if n := held.Load(); n != 0 {
			t.Fatalf("%s %s holds %d snapshots after its end", method, address, n)
		}
	}
	for _, c := range readRouteCells(t) {
		if c.column != "GA" || c.path == "/signout" {
			continue
		}
		ask(c.method, c.example)
		if c.method == http.MethodGet {
			ask(http.MethodHead, c.example)
			ask(c.method, c.example, "HX-Request", "true")
		}
	}
	for _, more := range []string{
		"/logs/interactive/follow?seen=1&start=2026-11-20T00:00:00Z", "/errors/50126?range=7d", "/search?q=ada", "/logs/interactive?range=7d&limit=1",
		"/me/" + testID(1),
	} {
		ask(http.MethodGet, more)
	}
	if n := taken.Load(); n < 20 {
		t.Errorf("only %d snapshots were taken", n)
	}
}

// A stream goes live, a page does not. Both set their deadlines on the connection, through all writers that wrap its
// writer.
func TestEveryAnswerHasADeadline(t *testing.T) {
	h := newMatrixHouse(t)
	for _, test := range []struct {
		address   string
		deadlines int // at least
	}{
		{"/healthz", 1},
		{"/no-such-page", 1},
		{"/static/none.css", 1},
		{"/logs/interactive", 1},
		{"/logs/interactive/export.csv", 2}, // each piece, and the end
		{"/logs/interactive/evidence.zip", 2},
		{"/me/export.csv", 2},
		{"/logs/interactive/follow?seen=1&start=2026-11-20T00:00:00Z", 2},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, test.address, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		for _, cookie := range h.cookiesOf(t, "GA") {
			r.AddCookie(cookie)
		}
		w := &deadlineWriter{ResponseRecorder: httptest.NewRecorder()}
		h.server.ServeHTTP(w, r)
		cancel()
		if len(w.deadlines) < test.deadlines || w.unbounded > 0 {
			t.Errorf("%s (%d): %d deadlines were set, want %d; %d times something was written without one", test.address, w.Code, len(w.deadlines), test.deadlines, w.unbounded)
		}
	}
}

// deadlineWriter notes deadlines, and writes before the first or after the last.
type deadlineWriter struct {
	*httptest.ResponseRecorder
	deadlines []time.Time
	unbounded int
}

func (w *deadlineWriter) SetWriteDeadline(t time.Time) error {
	w.deadlines = append(w.deadlines, t)
	return nil
}

func (w *deadlineWriter) Write(p []byte) (int, error) {
	if n := len(w.deadlines); n == 0 || w.deadlines[n-1].Before(time.Now()) {
		w.unbounded++
	}
	return w.ResponseRecorder.Write(p)
}

// cookiesOf gives the cookies of a column's visitor.
func (h matrixHouse) cookiesOf(t *testing.T, column string) []*http.Cookie {
	t.Helper()
	v := h.by[column]
	r, err := http.NewRequest(http.MethodGet, v.base, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v.client.Jar.Cookies(r.URL)
}
