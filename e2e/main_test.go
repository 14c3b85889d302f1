//go:build e2e

package e2e

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"
)

// What all tests share: one server, one browser. Tests run at the same time: each visit has a window that is nobody else's
// meanwhile, and a test that changes what the portal keeps of a person has an account of its own too.
var (
	baseURL string
	browser playwright.Browser
	data    string
	binary  string
)

const (
	administrator = "ada"
	reportsReader = "rolf"
	plainUser     = "una"
	helper        = "hedda"
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
	if err := importAuditRecords(folder); err != nil {
		return err
	}
	if err := importProvisioningRecords(folder); err != nil {
		return err
	}
	for name, flags := range map[string][]string{
		administrator: {"--role", "global-administrator"},
		reportsReader: {"--role", "reports-reader"},
		plainUser:     {"--role", "user", "--upn", oddUPN},
		helper:        {"--role", "helpdesk"},
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
	if err := readAxe(modules); err != nil {
		return nil, err
	}
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
			"--disable-background-networking", "--renderer-process-limit=4", "--disable-component-update", "--disable-sync",
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

func (v *visit) must(err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatalf("%v\nthe page is %s: %s", err, v.page.URL(), v.shown())
	}
}

// shown is the beginning of what the page shows, to tell why something did not come.
func (v *visit) shown() string {
	told := make(chan string, 1)
	go func() {
		text, err := v.page.Evaluate("() => document.title + ': ' + (document.querySelector('main') ?? document.body).innerText.replace(/\\s+/g, ' ').slice(0, 600)")
		told <- fmt.Sprint(text, err)
	}()
	select {
	case text := <-told:
		return text
	case <-time.After(5 * time.Second):
		return "it does not answer"
	}
}

// goTo opens an address and gives the status of its answer.
func (v *visit) goTo(path string) int {
	v.t.Helper()
	response, err := v.page.Goto(path)
	v.must(err)
	return response.Status()
}

// signIn is what people do to sign in. It ends on the page that they begin with.
func (v *visit) signIn(name string) {
	v.t.Helper()
	v.goTo("/signin")
	v.must(v.page.Locator("input[name=name]").Fill(name))
	v.must(v.page.Locator("input[name=password]").Fill(password))
	v.must(v.page.Locator("form:has(input[name=password]) button[type=submit]").Click())
	v.must(v.hook("account").First().WaitFor())
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
