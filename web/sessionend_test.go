package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
)

// meanwhile gives some pages, and acts when the third is asked for.
type meanwhile struct {
	store.Store
	pages int
	do    func()
}

func (f *meanwhile) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	if f.pages++; f.pages == 3 {
		f.do()
	}
	q.After = nil
	page, err := f.Store.Page(ctx, q)
	if f.pages < 8 {
		page.Next = &store.Cursor{Key: store.Key{}.Next()}
	}
	for len(page.Rows) > 0 && len(page.Rows) < 2000 { // more bytes than the buffers hold
		page.Rows = append(page.Rows, page.Rows...)
	}
	return page, err
}

// A download may go on for many minutes. It ends with its session.
func TestADownloadEndsWithItsSession(t *testing.T) {
	f := &meanwhile{Store: exportStore()}
	h := newHouse(t, func(c *Config) { c.Store = f })
	h.wait(pageNow.Sub(h.clock()))
	bob := h.at("bob", auth.RoleGlobalReader)
	f.do = func() {
		if err := h.accounts.Disable(t.Context(), "bob"); err != nil {
			t.Error(err)
		}
		h.wait(time.Minute)
	}
	answer, err := bob.client.Get(bob.base + "/logs/interactive/export.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %d and %v, want a download that is broken off", answer.StatusCode, err)
	}
	if f.pages > 5 {
		t.Errorf("%d pages were read for somebody who is disabled", f.pages)
	}
}

// Somebody who is disabled while their files arrive imports nothing.
func TestUploadEndsWithItsSession(t *testing.T) {
	h := newImportHouse(t, ImportLimits{}, nil)
	kind, whole := files(t, "a.json", strings.Repeat(importRecord(1), 5000))
	sent, more := io.Pipe()
	answered := make(chan reply)
	go func() { answered <- h.sendBody(kind, sent) }()
	if _, err := io.CopyN(more, whole, 1<<19); err != nil {
		t.Fatal(err)
	}
	h.waitForUpload(t)
	if err := h.accounts.Disable(t.Context(), "ada"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(more, whole); err != nil {
		t.Fatal(err)
	}
	if err := more.Close(); err != nil {
		t.Fatal(err)
	}
	got := <-answered
	got.expect(t, "uploaded by somebody disabled", http.StatusSeeOther, "/signin?session=ended")
	h.settled()
	h.unchanged("by somebody disabled")
}

// A password may change between its check and the start of the session. Then nobody is let in. The change ends the existing
// sessions, and this one would begin after it.
func TestSigningInWhileTheAccountChanges(t *testing.T) {
	p := newHouse(t, nil)
	for _, test := range []struct {
		name   string
		change func(name string) error
		want   error
	}{
		{"ada", func(name string) error { return p.accounts.SetPassword(t.Context(), name, "another horse battery") }, auth.ErrWrongPassword},
		{"grace", func(name string) error { return p.accounts.Disable(t.Context(), name) }, auth.ErrDisabled},
		{"kim", func(string) error { return nil }, nil},
	} {
		p.add(test.name, auth.RoleUser)
		account, err := p.accounts.SignIn(t.Context(), test.name, housePassword)
		if err == nil {
			err = test.change(test.name)
		}
		if err != nil {
			t.Fatal(err)
		}
		r, w := httptest.NewRequest(http.MethodPost, "/signin", nil), httptest.NewRecorder()
		session, err := p.server.Sessions.Get(r, plainCookie)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.server.Sessions.SignIn(r, w, session, account); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
		list, _, err := p.server.Sessions.List(t.Context(), account.ID, nil, 9)
		if begun := test.want == nil; err != nil || (len(list) == 1) != begun || (w.Header().Get("Set-Cookie") != "") != begun {
			t.Errorf("%s: %d sessions, cookie %q, %v", test.name, len(list), w.Header().Get("Set-Cookie"), err)
		}
	}
}
