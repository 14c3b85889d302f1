package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
)

// waiting is a store that answers no question before the client has gone.
type waiting struct {
	store.Store
	asked chan struct{}
}

func (w waiting) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	if ctx.Value(http.ServerContextKey) == nil { // asked outside of a request, so nobody waits
		return w.Store.Page(ctx, q)
	}
	return store.Page{}, w.wait(ctx)
}

func (w waiting) Total(ctx context.Context, _ store.ListQuery) (store.Total, error) {
	return store.Total{}, w.wait(ctx)
}

func (w waiting) wait(ctx context.Context) error {
	select {
	case w.asked <- struct{}{}:
	case <-ctx.Done():
	}
	<-ctx.Done()
	return fmt.Errorf("wait: %w", ctx.Err())
}

// A client that goes away is no error of the portal, whatever the request.
func TestARequestThatWasGivenUpIsNoError(t *testing.T) {
	f := waiting{Store: newFakeStore(interactiveSignIn(1, at("12:00:00"))), asked: make(chan struct{})}
	h := newHouse(t, func(c *Config) { c.Store = f })
	bob := h.at("bob", auth.RoleGlobalReader)
	paths := []string{"/logs/interactive", "/logs/interactive/export.csv", "/logs/interactive/follow?seen=1&start=2026-11-22T14:30:00Z"}
	for _, path := range paths {
		told := `"path":"` + strings.Split(path, "?")[0] + `"`
		ctx, leave := context.WithCancel(t.Context())
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, bob.base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			response, err := bob.client.Do(request)
			if err == nil {
				_, _ = io.Copy(io.Discard, response.Body) // the visitor has left
				response.Body.Close()
			}
		}()
		select {
		case <-f.asked:
		case <-done:
			t.Fatalf("%s asks nothing", path)
		}
		leave()
		<-done
		h.logged(t, told)
	}
	if log := h.log.String(); strings.Contains(log, `"level":"ERROR"`) || strings.Contains(log, `"level":"WARN"`) {
		t.Errorf("the log: %s", log)
	}
}

// A client that leaves during an upload is no error either.
func TestAnUploadThatWasGivenUpIsNoError(t *testing.T) {
	h := newImportHouse(t, ImportLimits{}, nil)
	kind, whole := files(t, "a.json", strings.Repeat(importRecord(1), 5000))
	sent, more := io.Pipe()
	ctx, leave := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.base+"/import", sent)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if response, err := h.client.Do(request); err == nil {
			response.Body.Close()
		}
	}()
	if _, err := io.CopyN(more, whole, 1<<19); err != nil {
		t.Fatal(err)
	}
	h.waitForUpload(t)
	leave()
	more.CloseWithError(context.Canceled) //nolint:errcheck // it gives no error; the client waits for its body to end
	<-done
	h.logged(t, `"method":"POST","path":"/import"`)
	h.unchanged("given up")
	if log := h.log.String(); strings.Contains(log, `"level":"ERROR"`) || strings.Contains(log, `"level":"WARN"`) {
		t.Errorf("the log: %s", log)
	}
}

// A failure before the client left is still an error.
func TestAPanicIsAnErrorWhoeverWaits(t *testing.T) {
	h := newHouse(t, nil)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	h.server.Log.ErrorContext(context.WithoutCancel(ctx), "panic")
	h.server.Log.ErrorContext(ctx, "left")
	log := h.log.String()
	if !strings.Contains(log, `"level":"ERROR","msg":"panic"`) || !strings.Contains(log, `"level":"INFO","msg":"left"`) {
		t.Errorf("the log: %s", log)
	}
}

// logged waits until the log has a text.
func (p *house) logged(t *testing.T, text string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !strings.Contains(p.log.String(), text); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the log does not say %s: %s", text, p.log)
		}
	}
}
