package web

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"signpost/auth"
	"signpost/store"
)

func TestFollowIsASwitch(t *testing.T) {
	p := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00"))), admin)
	a := p.get("/logs/interactive?user=ada-id")
	on := a.hook("follow").AttrOr("href", "")
	if on != "/logs/interactive?follow=yes&user=ada-id" {
		t.Fatalf("follow leads to %q", on)
	}
	a = p.get(on)
	stream, err := url.Parse(a.hook("follow").AttrOr("data-follow", ""))
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{"follow": {"yes"}, "user": {"ada-id"}, "seen": {"1"}, "start": {"2026-11-22T14:30:00Z"}}
	if stream.Path != "/logs/interactive/follow" || stream.Query().Encode() != want.Encode() {
		t.Errorf("the stream is %s", stream)
	}
	if off := a.hook("follow").AttrOr("href", ""); off != "/logs/interactive?user=ada-id" {
		t.Errorf("the switch leads off to %q", off)
	}
	custom := p.get("/logs/interactive?from=2026-11-22T00:00&to=2026-11-23T00:00")
	if custom.hook("follow").Length() != 0 || !strings.Contains(custom.page.Find("[aria-disabled]").AttrOr("title", ""), "does not end now") {
		t.Error("a custom range can be followed, or does not say why not")
	}
}

func TestAFollowedRangeHasThePresentMinute(t *testing.T) {
	p := newPortal(t, newFakeStore(interactiveSignIn(1, at("14:30:10"))), admin)
	for path, want := range map[string]string{"/logs/interactive": "0", "/logs/interactive?follow=yes": "1"} {
		if got := p.get(path).hook("total").AttrOr("data-value", ""); got != want {
			t.Errorf("%s: total %s, want %s", path, got, want)
		}
	}
}

func TestStreamTellsOfNewSignIns(t *testing.T) {
	p := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00")), interactiveSignIn(2, at("12:00:01"))), admin)
	closing := make(chan struct{})
	p.Closing = closing
	s := httptest.NewServer(p)
	defer s.Close()
	r, err := http.NewRequest(http.MethodGet, s.URL+"/logs/interactive/follow?user=ada-id&sp=x&seen=1&start=2026-11-22T14:30:00Z", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: plainCookie, Value: strings.Repeat("A", 43)})
	answer, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusOK || got != "text/event-stream" {
		t.Fatalf("%d %s", answer.StatusCode, got)
	}
	lines := bufio.NewScanner(answer.Body)
	var said []string
	for len(said) < 2 && lines.Scan() {
		said = append(said, lines.Text())
	}
	if got, want := strings.Join(said, "|"), `event: news|data: {"count":1,"text":"1 new sign-in","set_aside":"Not used here, because sign-ins of this log have no such field: Service principal"}`; got != want {
		t.Errorf("the stream says %s, want %s", got, want)
	}
	close(closing)
	for lines.Scan() { // ends when the server closes
	}
	if err := lines.Err(); err != nil {
		t.Error(err)
	}
}

func TestStreamRefuses(t *testing.T) {
	f := newFakeStore(interactiveSignIn(1, at("12:00:00")))
	good := "?seen=1&start=2026-11-22T14:30:00Z"
	for path, want := range map[string]int{
		"/logs/interactive/follow":                                 http.StatusBadRequest,
		"/logs/interactive/follow?seen=1&start=soon":               http.StatusBadRequest,
		"/logs/interactive/follow?seen=1&start=2099-01-01":         http.StatusBadRequest,
		"/logs/interactive/follow?seen=-1&start=2026-11-22":        http.StatusBadRequest,
		"/logs/interactive/follow" + good + "&nonsense=1":          http.StatusBadRequest,
		"/logs/nosuchlog/follow" + good:                            http.StatusNotFound,
		"/logs/interactive/follow" + good + "&ca=success":          http.StatusForbidden,
		"/logs/interactive/follow" + good + "&policyresult=x&no=1": http.StatusForbidden,
	} {
		if got := newPortal(t, f, auth.RoleReportsReader).get(path).Code; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
}

// counted is a store that notes a request to count, and fails at it.
type counted struct {
	store.Store
	asked bool
}

func (c *counted) Total(context.Context, store.ListQuery) (store.Total, error) {
	c.asked = true
	return store.Total{}, errBroken
}

// A stream that breaks has already sent its status. Only the log can tell the reason.
func TestAStreamThatBreaksIsInTheLog(t *testing.T) {
	const path = "/logs/interactive/follow?seen=1&start=2026-11-22T14:30:00Z"
	f := &counted{Store: newFakeStore(interactiveSignIn(1, at("12:00:00")))}
	h := newHouse(t, func(c *Config) { c.Store = f })
	bob := h.at("bob", auth.RoleGlobalReader)
	if bob.send(http.MethodHead, path, nil).expect(t, "is it there", http.StatusOK, ""); f.asked {
		t.Error("HEAD follows the log, with nobody to read of it")
	}
	bob.get(path).expect(t, "the stream", http.StatusOK, "")
	if !f.asked || !strings.Contains(h.log.String(), `"level":"ERROR","msg":"request"`) || !strings.Contains(h.log.String(), errBroken.Error()) {
		t.Errorf("asked: %t; the log: %s", f.asked, h.log)
	}
}
