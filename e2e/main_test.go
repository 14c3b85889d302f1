//go:build e2e

package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"
)

// What all tests share: one server, one browser. Tests run beside each other: each visit has a context and a session of its
// own, and a test that changes what the portal keeps of a person has an account of its own too.
var (
	baseURL string
	browser playwright.Browser
	axe     string // the source of axe-core
	data    string
	binary  string
)

const (
	administrator = "ada"
	reportsReader = "rolf"
	plainUser     = "una"
	password      = "a long test password"
)

// patience is how long a test waits for what must come: long, since other tests use the machine too.
const patience = 30 * time.Second

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "browser tests:", err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (int, error) {
	folder, err := os.MkdirTemp("", "signpost-e2e-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(folder)
	if err := prepare(folder); err != nil {
		return 1, err
	}
	url, stop, err := serveIn(data)
	if err != nil {
		return 1, err
	}
	defer stop()
	baseURL = url
	closeBrowser, err := launch(folder)
	if err != nil {
		return 1, err
	}
	defer closeBrowser()
	return m.Run(), nil
}

// prepare builds the binary and fills a data folder: a made-up tenant and an account for each kind of person.
func prepare(folder string) error {
	binary, data = filepath.Join(folder, "signpost"), filepath.Join(folder, "data")
	if out, err := exec.Command("go", "build", "-o", binary, "../cmd/signpost").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	files := filepath.Join(folder, "files")
	if err := signpost("", "demo", "--rows", "6000", "--days", "3", "--out", files, "--directory", files+"-directory"); err != nil {
		return err
	}
	if err := signpost("", "import", "--data", data, files, files+"-directory"); err != nil {
		return err
	}
	if err := importOddSignIns(folder); err != nil {
		return err
	}
	for name, flags := range map[string][]string{
		administrator: {"--role", "global-administrator"},
		reportsReader: {"--role", "reports-reader"},
		plainUser:     {"--role", "user", "--upn", oddUPN},
	} {
		command := append([]string{"user", "add", name, "--data", data, "--password-stdin"}, flags...)
		if err := signpost(password+"\n", command...); err != nil {
			return err
		}
	}
	return nil
}

func signpost(input string, args ...string) error {
	command := exec.Command(binary, args...)
	command.Stdin = strings.NewReader(input)
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("signpost %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// serveIn starts a server of this folder on a free port and waits for the line that says it answers.
func serveIn(folder string, flags ...string) (url string, stop func(), err error) {
	command := exec.Command(binary, append([]string{"serve", "--addr", "127.0.0.1:0", "--data", folder}, flags...)...)
	stdout, err := command.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	command.Stderr = io.Discard
	if err := command.Start(); err != nil {
		return "", nil, err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	url, found := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !found {
		return "", nil, fmt.Errorf("serve said %q, %v", line, err)
	}
	return url, func() {
		_ = command.Process.Signal(os.Interrupt)
		_ = command.Wait()
	}, nil
}

// launch starts Chromium through the driver that npm installed; Install is never called.
func launch(folder string) (stop func(), err error) {
	modules, err := filepath.Abs("node_modules")
	if err != nil {
		return nil, err
	}
	driver := filepath.Join(folder, "driver")
	if err := os.Mkdir(driver, 0o700); err != nil {
		return nil, err
	}
	if err := os.Symlink(filepath.Join(modules, "playwright-core"), filepath.Join(driver, "package")); err != nil {
		return nil, err
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	if err := os.Setenv("PLAYWRIGHT_NODEJS_PATH", node); err != nil {
		return nil, err
	}
	source, err := os.ReadFile(filepath.Join(modules, "axe-core", "axe.min.js"))
	if err != nil {
		return nil, err
	}
	axe = string(source)
	pw, err := playwright.Run(&playwright.RunOptions{DriverDirectory: driver, SkipInstallBrowsers: true})
	if err != nil {
		return nil, fmt.Errorf("start the driver: %w", err)
	}
	path, err := chromium()
	if err != nil {
		return nil, err
	}
	browser, err = pw.Chromium.Launch(playwright.BrowserTypeLaunchOptions{
		ExecutablePath: &path,
		Args: []string{
			"--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
			"--disable-background-networking", "--disable-component-update", "--disable-sync",
		},
	})
	if err != nil {
		return nil, fmt.Errorf("start the browser: %w", err)
	}
	return func() {
		_ = browser.Close()
		_ = pw.Stop()
	}, nil
}

// chromium finds the browser. The shell is Chromium without its windows, which takes a fraction of the time to open one.
func chromium() (path string, err error) {
	for _, name := range []string{"chromium-headless-shell", "chromium"} {
		if path, err = exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("find the browser: %w", err)
}

// visit is one person's browser window. It fails the test for anything on the console and for any
// request that leaves the server.
type visit struct {
	t        *testing.T
	page     playwright.Page
	devtools playwright.CDPSession // of the page
}

type visitOptions struct {
	noScripts bool
	width     int
	dark      bool
	touch     bool   // a finger, and no pointer that hovers
	base      string // another server than the shared one
}

func open(t *testing.T, o visitOptions) *visit {
	t.Helper()
	width, scheme := 1440, playwright.ColorSchemeLight
	if o.width != 0 {
		width = o.width
	}
	if o.dark {
		scheme = playwright.ColorSchemeDark
	}
	base := baseURL
	if o.base != "" {
		base = o.base
	}
	context, err := browser.NewContext(playwright.BrowserNewContextOptions{
		BaseURL: playwright.String(base), ColorScheme: scheme, ReducedMotion: playwright.ReducedMotionReduce,
		Viewport: &playwright.Size{Width: width, Height: 900}, HasTouch: &o.touch, IsMobile: &o.touch,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = context.Close() })
	page, err := context.NewPage()
	if err != nil {
		t.Fatal(err)
	}
	page.SetDefaultTimeout(float64(patience / time.Millisecond))
	devtools, err := context.NewCDPSession(page)
	if err != nil {
		t.Fatal(err)
	}
	v := &visit{t: t, page: page, devtools: devtools}
	if o.noScripts {
		v.blockScripts()
	}
	page.OnConsole(func(m playwright.ConsoleMessage) {
		blocked := o.noScripts && strings.Contains(m.Text(), "net::ERR_BLOCKED_BY_CLIENT")
		refused := strings.Contains(m.Text(), "status of 4") || strings.HasPrefix(m.Text(), "Response Status Error Code 4") // a status the test asked for
		if m.Type() == "error" && !blocked && !refused {
			t.Errorf("console: %s", m.Text())
		}
	})
	page.OnPageError(func(err error) { t.Errorf("script: %s", err) }) // what is thrown is no message of the console
	page.OnRequest(func(r playwright.Request) {
		if !strings.HasPrefix(r.URL(), base) && !strings.HasPrefix(r.URL(), "data:") {
			t.Errorf("request to another host: %s", r.URL())
		}
	})
	return v
}

// blockScripts keeps the page's own scripts from arriving. JavaScript stays on, so that axe can run. The browser does it by
// their names: to ask about each request here would slow every page down and switch its cache off.
func (v *visit) blockScripts() {
	v.t.Helper()
	_, err := v.devtools.Send("Network.enable", nil)
	v.must(err)
	_, err = v.devtools.Send("Network.setBlockedURLs", map[string]any{"urls": []string{"*.js"}})
	v.must(err)
	v.page.OnResponse(func(r playwright.Response) {
		if r.Request().ResourceType() == "script" {
			v.t.Errorf("a script arrived: %s", r.URL())
		}
	})
}

func (v *visit) must(err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
}

// goTo opens an address and gives the status of its answer.
func (v *visit) goTo(path string) int {
	v.t.Helper()
	response, err := v.page.Goto(path)
	v.must(err)
	return response.Status()
}

// as makes the visit somebody's, in a session of its own, without looking at the page that asks for name and password.
func (v *visit) as(name string) {
	v.t.Helper()
	answer, err := v.page.Context().Request().Post("/signin", playwright.APIRequestContextPostOptions{
		Form: map[string]any{"name": name, "password": password}, MaxRedirects: playwright.Int(0),
	})
	v.must(err)
	if answer.Status() != http.StatusSeeOther {
		v.t.Fatalf("%s signs in: got %d, want %d", name, answer.Status(), http.StatusSeeOther)
	}
}

// signIn is what people do to sign in. It ends on the page that they begin with.
func (v *visit) signIn(name string) {
	v.t.Helper()
	v.goTo("/signin")
	v.must(v.page.Locator("input[name=name]").Fill(name))
	v.must(v.page.Locator("input[name=password]").Fill(password))
	v.must(v.page.Locator("form:has(input[name=password]) button[type=submit]").Click())
	v.must(v.hook("viewer").First().WaitFor())
}

func (v *visit) hook(name string) playwright.Locator { return v.page.GetByTestId(name) }

func (v *visit) count(hook string) int {
	v.t.Helper()
	n, err := v.hook(hook).Count()
	v.must(err)
	return n
}

func (v *visit) attribute(l playwright.Locator, name string) string {
	v.t.Helper()
	text, err := l.GetAttribute(name)
	v.must(err)
	return text
}

// accessible fails the test for every violation axe finds on the page.
func (v *visit) accessible() {
	v.t.Helper()
	// Evaluate would have the text parsed three times over.
	_, err := v.devtools.Send("Runtime.evaluate", map[string]any{"expression": axe})
	v.must(err)
	found, err := v.page.Evaluate(`async () => {
		const { violations } = await axe.run(document, { resultTypes: ['violations'] });
		return violations.map((v) => v.id + ': ' + v.help + ' ' + v.nodes.map((n) => n.html).slice(0, 3).join(' | '));
	}`)
	v.must(err)
	for _, violation := range found.([]any) {
		v.t.Errorf("%s: axe: %v", v.page.URL(), violation)
	}
}
