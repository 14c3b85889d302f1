//go:build e2e

package e2e

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"
)

// visit is one person's browser window. It fails the test for anything on the console and for any
// request that leaves the server.
type visit struct {
	t        *testing.T
	page     playwright.Page
	devtools playwright.CDPSession // of the page
	base     string
	refused  bool // see visitOptions
	// noScripts says that the page's scripts do not arrive.
	noScripts bool
}

type visitOptions struct {
	noScripts bool
	width     int // 1440 where there is none
	height    int // 900 where there is none
	dark      bool
	touch     bool   // a finger, and no pointer that hovers
	base      string // another server than the shared one
	// apart is for a test that changes the window itself, by permissions, routes or media: no other test gets it.
	apart bool
	// refused is for a test that tries what the policy of the pages refuses: the browser tells the console.
	refused bool
}

// window is a tab with a context of its own. It serves one visit after the other: what the browser has read it need not read
// again.
type window struct {
	kind     windowKind
	page     playwright.Page
	devtools playwright.CDPSession

	mu    sync.Mutex
	visit *visit // nil between visits
}

type windowKind struct {
	noScripts, touch bool
	base             string
}

// idle are the windows that no test has.
var idle struct {
	sync.Mutex
	windows map[windowKind][]*window
}

func open(t *testing.T, o visitOptions) *visit {
	t.Helper()
	kind := windowKind{noScripts: o.noScripts, touch: o.touch, base: baseURL}
	if o.base != "" {
		kind.base = o.base
	}
	w := takeWindow(kind, o.apart)
	if w == nil {
		w = openWindow(t, kind)
	}
	v := &visit{t: t, page: w.page, devtools: w.devtools, base: kind.base, refused: o.refused, noScripts: o.noScripts}
	t.Cleanup(func() { w.leave(o.apart) })
	w.mu.Lock()
	w.visit = v
	w.mu.Unlock()
	width, height, scheme := cmp.Or(o.width, 1440), cmp.Or(o.height, 900), playwright.ColorSchemeLight
	if o.dark {
		scheme = playwright.ColorSchemeDark
	}
	v.must(w.page.SetViewportSize(width, height))
	v.must(w.page.EmulateMedia(playwright.PageEmulateMediaOptions{ColorScheme: scheme}))
	return v
}

func takeWindow(kind windowKind, apart bool) *window {
	idle.Lock()
	defer idle.Unlock()
	windows := idle.windows[kind]
	if len(windows) == 0 || apart {
		return nil
	}
	idle.windows[kind] = windows[:len(windows)-1]
	return windows[len(windows)-1]
}

// leave ends a visit. The window is kept for the next, as if nobody had been there; where that cannot be, it is closed.
func (w *window) leave(apart bool) {
	clean := w.forgets() // the page answers, so that what it told before has come and counts
	w.mu.Lock()
	w.visit = nil
	w.mu.Unlock()
	if apart || !clean || !w.leavesPage() {
		_ = w.page.Context().Close()
		return
	}
	idle.Lock()
	defer idle.Unlock()
	if idle.windows == nil {
		idle.windows = map[windowKind][]*window{}
	}
	idle.windows[w.kind] = append(idle.windows[w.kind], w)
}

// forgets empties what the page kept in the browser.
func (w *window) forgets() bool {
	if !strings.HasPrefix(w.page.URL(), w.kind.base+"/") {
		return true
	}
	_, err := w.page.Evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
	return err == nil
}

// leavesPage ends what the page still does, and the session.
func (w *window) leavesPage() bool {
	context := w.page.Context()
	for _, page := range context.Pages() {
		if page != w.page {
			_ = page.Close()
		}
	}
	_, err := w.page.Goto("/healthz") // of the same process: a blank page would end it
	return err == nil && context.ClearCookies() == nil
}

func openWindow(t *testing.T, kind windowKind) *window {
	t.Helper()
	context, err := browser.NewContext(playwright.BrowserNewContextOptions{
		BaseURL: playwright.String(kind.base), ReducedMotion: playwright.ReducedMotionReduce,
		Viewport: &playwright.Size{Width: 1440, Height: 900}, HasTouch: &kind.touch, IsMobile: &kind.touch,
	})
	if err != nil {
		t.Fatal(err)
	}
	page, err := context.NewPage()
	if err != nil {
		t.Fatal(err)
	}
	page.SetDefaultTimeout(float64(patience / time.Millisecond))
	devtools, err := context.NewCDPSession(page)
	if err != nil {
		t.Fatal(err)
	}
	w := &window{kind: kind, page: page, devtools: devtools}
	if kind.noScripts {
		if err := w.blockScripts(); err != nil {
			t.Fatal(err)
		}
	}
	w.watch()
	return w
}

// fails fails the test of the visit.
func (w *window) fails(format string, values ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.visit != nil {
		w.visit.t.Errorf(format, values...)
	}
}

// triesPolicy says that a message is about a policy which the visit tries.
func (w *window) triesPolicy(message string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.visit != nil && w.visit.refused &&
		(strings.Contains(strings.ToLower(message), "content security policy") || strings.HasPrefix(message, "This document requires 'Trusted"))
}

func (w *window) watch() {
	w.page.OnConsole(func(m playwright.ConsoleMessage) {
		blocked := w.kind.noScripts && strings.Contains(m.Text(), "net::ERR_BLOCKED_BY_CLIENT")
		refused := strings.Contains(m.Text(), "status of 4") || strings.HasPrefix(m.Text(), "Response Status Error Code 4") // a status the test asked for
		if m.Type() == "error" && !blocked && !refused && !w.triesPolicy(m.Text()) {
			w.fails("console: %s", m.Text())
		}
	})
	w.page.OnPageError(func(err error) { w.fails("script: %s", err) }) // what is thrown is no message of the console
	w.page.OnRequest(func(r playwright.Request) {
		if !strings.HasPrefix(r.URL(), w.kind.base) && !strings.HasPrefix(r.URL(), "data:") && r.URL() != "about:blank" {
			w.fails("request to another host: %s", r.URL())
		}
	})
}

// blockScripts keeps the page's own scripts from arriving. JavaScript stays on, so that axe can run. The browser does it by
// their names: to ask about each request here would slow every page down and switch its cache off.
func (w *window) blockScripts() error {
	if _, err := w.devtools.Send("Network.enable", nil); err != nil {
		return err
	}
	_, err := w.devtools.Send("Network.setBlockedURLs", map[string]any{"urls": []string{"*.js"}})
	w.page.OnResponse(func(r playwright.Response) {
		if r.Request().ResourceType() == "script" {
			w.fails("a script arrived: %s", r.URL())
		}
	})
	return err
}

// sessions are the cookies of those whom many tests are. Other accounts are one test's own: a session is part of the test.
var sessions struct {
	sync.Mutex
	cookies map[string][]playwright.OptionalCookie
}

// as makes the visit somebody's, without looking at the page that asks for name and password.
func (v *visit) as(name string) {
	v.t.Helper()
	shared := v.base == baseURL && slices.Contains([]string{administrator, reportsReader, plainUser}, name)
	if shared {
		sessions.Lock()
		defer sessions.Unlock()
		if cookies := sessions.cookies[name]; cookies != nil {
			v.must(v.page.Context().AddCookies(cookies))
			return
		}
	}
	answer, err := v.page.Context().Request().Post("/signin", playwright.APIRequestContextPostOptions{
		Form: map[string]any{"name": name, "password": password}, MaxRedirects: playwright.Int(0),
	})
	v.must(err)
	if answer.Status() != http.StatusSeeOther {
		v.t.Fatalf("%s signs in: got %d, want %d", name, answer.Status(), http.StatusSeeOther)
	}
	if !shared {
		return
	}
	cookies, err := v.page.Context().Cookies()
	v.must(err)
	if sessions.cookies == nil {
		sessions.cookies = map[string][]playwright.OptionalCookie{}
	}
	for _, cookie := range cookies {
		sessions.cookies[name] = append(sessions.cookies[name], cookie.ToOptionalCookie())
	}
}
