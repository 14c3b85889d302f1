package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/store"
	"signpost/store/errorcode"
)

// getSignedOut sends a request without a session.
func (p portal) getSignedOut(address string) answer {
	p.t.Helper()
	w := httptest.NewRecorder()
	p.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
	page, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		p.t.Fatalf("parse %s: %v", address, err)
	}
	expectConforming(p.t, address, page)
	return answer{w, page}
}

type aadsts struct {
	Code  int64  `json:"code"`
	Name  string `json:"name"`
	Words bool   `json:"-"`
}

// referenceFile reads a file of the reference; without it the test is skipped.
func referenceFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("../../shared/reference/" + name)
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("%s is not beside the repository", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// aadstsCodes gives the codes of both reference lists, with their symbols and whether they have words.
func aadstsCodes(t *testing.T) []aadsts {
	t.Helper()
	var codes []aadsts
	if err := json.Unmarshal(referenceFile(t, "aadsts.json"), &codes); err != nil {
		t.Fatal(err)
	}
	for i := range codes {
		codes[i].Words = true
	}
	for _, line := range strings.Split(strings.TrimSpace(string(referenceFile(t, "data/aadsts-missing.tsv"))), "\n")[1:] {
		cells := strings.Split(line, "\t")
		code, ok := errorcode.ParseNumber(cells[0])
		if !ok || len(cells) != 3 {
			t.Fatalf("a line of the list of codes is %q", line)
		}
		codes = append(codes, aadsts{Code: code, Words: cells[2] != ""})
	}
	return codes
}

// lookUp is the address for looking up a text.
func lookUp(text string) string { return "/errors?code=" + url.QueryEscape(text) }

func TestEveryErrorCodeHasAPage(t *testing.T) {
	t.Parallel()
	p := newPortal(t, &fakeStore{err: errBroken}, auth.RoleUser)
	symbols := map[string][]string{}
	for _, e := range aadstsCodes(t) {
		number := strconv.FormatInt(e.Code, 10)
		page := "/errors/" + number
		a := p.getSignedOut(page)
		voices := a.page.Find(".voice")
		if (voices.Length() == 3) != e.Words || e.Words == (voices.Length() == 0) {
			t.Errorf("%s has %d voices, with words: %t", page, voices.Length(), e.Words)
		}
		if said := squeeze(a.hook("error-honesty").Text()); !e.Words && !strings.HasPrefix(said, "Entra has this code, and nothing that is public says what it means.") {
			t.Errorf("%s says %q", page, said)
		}
		if a.Code != http.StatusOK || e.Words && a.page.Find(".voice p").Length() < 6 || !strings.HasPrefix(squeeze(a.page.Find("h1").Text()), number+" ") {
			t.Errorf("%s: status %d with %d texts", page, a.Code, a.page.Find(".voice p").Length())
		}
		for _, text := range []string{number, "AADSTS" + number, "AADSTS" + number + ": It failed.\r\nTrace ID: " + testID(7) + "\r\nTimestamp: 2026-11-23 14:05:09Z"} {
			got := p.getSignedOut(lookUp(text))
			target, _, _ := strings.Cut(got.Header().Get("Location"), "?")
			if got.Code != http.StatusSeeOther || target != page {
				t.Errorf("%q leads to %d %s, want %s", text, got.Code, target, page)
			}
		}
		if e.Name != "" {
			symbols[e.Name] = append(symbols[e.Name], number)
		}
	}
	for symbol, want := range symbols {
		a := p.getSignedOut(lookUp(symbol))
		if len(want) == 1 {
			if got := a.Header().Get("Location"); a.Code != http.StatusSeeOther || got != "/errors/"+want[0] {
				t.Errorf("%s leads to %d %s, want %s", symbol, a.Code, got, want[0])
			}
			continue
		}
		got := a.page.Find("[data-testid=error-list] [data-code]").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("data-code", "") })
		if a.Code != http.StatusOK || !slices.Equal(got, want) {
			t.Errorf("%s lists %d %v, want %v", symbol, a.Code, got, want)
		}
	}
}

func TestErrorsAnswerEveryNumber(t *testing.T) {
	p := newPortal(t, &fakeStore{err: errBroken}, auth.RoleUser)
	for path, want := range map[string]int{
		"/errors/1": 200, "/errors/50127999": 200, "/errors/999999999999": 200, "/errors/530031": 200, "/errors/0": 200,
		"/errors/abc": 404, "/errors/-5": 404, "/errors/5.5": 404, "/errors/AADSTS50126": 404, "/errors/50126x": 404, "/errors/%2e": 404,
		"/errors/50126?nothing=1": 400, "/errors/50126?range=9d": 400, "/errors/50126?log=nothing": 400, "/errors/50126?request=x": 400, "/errors/50126?time=now": 400,
		"/errors/050126": 303, "/errors?code=a&code=b": 400, "/errors?class=x": 400, "/errors?family=x": 400, "/errors?nothing=1": 400,
		"/errors?class=attack": 200, "/errors?family=mfa": 200, "/errors": 200, "/errors?code=" + strings.Repeat("x", 8001): 400, "/errors?code=" + strings.Repeat("x+", 3000): 200,
	} {
		a := p.getSignedOut(path)
		if a.Code != want {
			t.Errorf("%s: status %d, want %d", path[:min(len(path), 60)], a.Code, want)
		}
		if want == http.StatusBadRequest && a.hook("error").Length() != 1 {
			t.Errorf("%s: %d messages, want one", path[:min(len(path), 60)], a.hook("error").Length())
		}
	}
	a := p.getSignedOut("/errors/50127999")
	if text := squeeze(a.hook("error-honesty").Text()); !strings.HasPrefix(text, "No public list of Entra's error codes has this number.") {
		t.Errorf("an unknown code says %q", text)
	}
	if voices, classes, crumbs := a.page.Find(".voice").Length(), a.page.Find(".error-head .error-class").Length(), a.page.Find(".crumb nav a").Length(); voices != 0 || classes != 0 || crumbs != 1 {
		t.Errorf("an unknown code has %d voices, %d classes and %d crumbs", voices, classes, crumbs)
	}
	if text := squeeze(a.page.Find(".error-group").Text()); !strings.Contains(text, "Its number begins with 50127") || !strings.Contains(text, "does not prove it") {
		t.Errorf("beside an unknown code stands %q", text)
	}
	if text := squeeze(a.hook("support").Find("pre").Text()); !strings.Contains(text, "Meaning: not known") {
		t.Errorf("the text for support is %q", text)
	}
	if text := squeeze(p.getSignedOut("/errors/50006").hook("error-honesty").Text()); text != "" {
		t.Errorf("a code with texts of its own says %q", text)
	}
	if text := squeeze(p.getSignedOut("/errors/50007").hook("error-honesty").Text()); !strings.Contains(text, "family") {
		t.Errorf("a code with its family's texts says %q", text)
	}
}

// failed is a sign-in of somebody that ended with 50126.
func failed(n int, t time.Time, user string) store.SignIn {
	s := interactiveSignIn(n, t)
	s.ErrorCode, s.FailureReason = store.IntOf(50126), "Wrong."
	s.UserID, s.UserPrincipalName, s.UserDisplayName = user+"-id", user+"@example.com", strings.ToUpper(user)
	return s
}

func failures() *fakeStore {
	signIns := []store.SignIn{failed(1, at("12:00:00"), "ada"), failed(2, at("12:10:00"), "bo"), failed(3, at("12:20:00"), "bo"), interactiveSignIn(4, at("12:05:00"))}
	for week := 1; week <= 2; week++ {
		back := time.Duration(-week) * 7 * 24 * time.Hour
		signIns = append(signIns, interactiveSignIn(10+week, at("12:01:00").Add(back)))
	}
	signIns = append(signIns, failed(20, at("12:02:00").Add(-7*24*time.Hour), "cy"), refresh(30, at("12:00:00"), "r"))
	refused := refresh(31, at("12:00:00"), "r")
	refused.ErrorCode = store.IntOf(50126)
	return newFakeStore(append(signIns, refused)...)
}

func TestErrorPageCountsForReaders(t *testing.T) {
	p := newPortal(t, failures(), reports)
	a := p.get("/errors/50126")
	if got := a.page.Find("[data-testid=error-log]").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("data-count", "") }); !slices.Equal(got, []string{"4", "1", "0", "0"}) {
		t.Fatalf("the logs count %v", got)
	}
	for field, want := range map[string]string{"user": "3", "app": "1", "ip": "1"} {
		if got := a.page.Find(".hit[data-field="+field+"]").AttrOr("data-distinct", ""); got != want {
			t.Errorf("%s: %s values, want %s", field, got, want)
		}
	}
	if got := a.ids("error-row"); !slices.Equal(got, []string{testID(3), testID(2), testID(1), testID(20)}) {
		t.Errorf("newest = %v", got)
	}
	for _, link := range []string{"[data-testid=error-total]", ".hit[data-field=user] a"} {
		e := a.page.Find(link).First()
		list := p.get(e.AttrOr("href", ""))
		number, _, _ := strings.Cut(squeeze(e.Find("b").Text()+e.Not(":has(b)").Text()), " ")
		if got := list.hook("total").AttrOr("data-value", "?"); got != number {
			t.Errorf("%s says %s and leads to %s sign-ins, %d", link, number, got, list.Code)
		}
		if list.hook("explained").AttrOr("href", "") != "/errors/50126" {
			t.Errorf("%s: the log does not lead back", link)
		}
	}
	bar := a.page.Find(".bars > a[href]").First().AttrOr("href", "")
	if list := p.get(bar); list.Code != 200 || list.hook("total").AttrOr("data-value", "?") != "1" {
		t.Errorf("the first bar %s leads to %d, %s sign-ins", bar, list.Code, list.hook("total").AttrOr("data-value", "?"))
	}
	if got := p.get("/errors/50126?range=24h&log=noninteractive").hook("error-row").Length(); got != 1 {
		t.Errorf("the non-interactive log lists %d", got)
	}
}

func TestErrorPageCountsForReadersOnly(t *testing.T) {
	for name, a := range map[string]answer{
		"somebody signed out": newPortal(t, failures(), reports).getSignedOut("/errors/50126?request=" + testID(1)),
		"a plain user":        newPortal(t, failures(), auth.RoleUser).get("/errors/50126?request=" + testID(1)),
	} {
		body := a.Body.String()
		if a.Code != http.StatusOK || a.hook("error-seen").Length() != 0 || a.hook("error-signin").Length() != 0 || strings.Contains(body, "example.com") || strings.Contains(body, "ADA") {
			t.Errorf("%s sees something of the logs, or gets %d", name, a.Code)
		}
		if !strings.Contains(a.hook("error-message").Text(), testID(1)) || !strings.Contains(a.hook("support").Text(), testID(1)) {
			t.Errorf("%s does not see the ids of the message", name)
		}
	}
}

func TestMessageLeadsToItsSignIn(t *testing.T) {
	p := newPortal(t, failures(), reports)
	a := p.get(lookUp("AADSTS50126: Wrong. Trace ID: " + testID(2) + " Correlation ID: " + testID(99) + " Timestamp: 2026-11-23 12:10:00Z"))
	page := p.get(a.Header().Get("Location"))
	if got := page.hook("error-signin").AttrOr("href", ""); got != "/logs/interactive/"+testID(2) {
		t.Errorf("the message leads to %q", got)
	}
	for _, want := range []string{"50126", testID(2), testID(99), "2026-11-23 12:10:00 UTC"} {
		if !strings.Contains(page.hook("support").Text(), want) {
			t.Errorf("the text for support lacks %s", want)
		}
	}
	if got := p.get("/errors/50126?correlation=c0c0c0c0-1111-4222-8333-444444444444").hook("error-signin"); got.Length() != 2 || !strings.Contains(got.First().AttrOr("href", ""), "correlation=") {
		t.Errorf("the correlation ID leads to %d logs", got.Length())
	}
	if a := p.get(lookUp("Trace ID: " + testID(2))); a.Code != 200 || a.hook("error-signin").Length() != 1 {
		t.Errorf("a message without a code: %d, %d sign-ins", a.Code, a.hook("error-signin").Length())
	}
	if a := p.get("/errors/50126?request=" + testID(77)); a.hook("error-signin").Length() != 0 || !strings.Contains(a.hook("error-message").Text(), "No sign-in that was imported has these IDs") {
		t.Error("an id that is not there leads somewhere")
	}
}

func TestErrorPageWithoutCounts(t *testing.T) {
	for _, err := range []error{store.ErrTooSlow, errors.New("disk on fire")} {
		a := newPortal(t, failingCounts{failures(), err}, reports).get("/errors/50126")
		if a.Code != http.StatusOK || a.page.Find(".voice").Length() != 3 || a.page.Find("[data-trouble]").Length() == 0 || strings.Contains(a.Body.String(), "fire") {
			t.Errorf("%v: status %d with %d voices", err, a.Code, a.page.Find(".voice").Length())
		}
		if text := squeeze(a.hook("error-seen").Text()); strings.Contains(text, "0 sign-ins") {
			t.Errorf("%v: what is not counted is told as nothing: %s", err, text)
		}
	}
}

func TestSearchAndDetailsLeadToErrorPages(t *testing.T) {
	p := newPortal(t, failures(), reports)
	a := p.get("/search?q=AADSTS50126")
	if got := a.hook("explained").AttrOr("href", ""); got != "/errors/50126" {
		t.Errorf("the search offers %q", got)
	}
	want := "/errors/50126?correlation=c0c0c0c0-1111-4222-8333-444444444444&request=" + testID(1) + "&time=2026-11-23T12%3A00%3A00Z"
	if got := p.get("/logs/interactive/"+testID(1)).hook("explained").AttrOr("href", ""); got != want {
		t.Errorf("the sign-in leads to %q, want %q", got, want)
	}
	if got := p.get("/logs/interactive/" + testID(4)).hook("explained").Length(); got != 0 {
		t.Error("a success is explained")
	}
}
