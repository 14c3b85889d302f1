//go:build e2e

package e2e

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// plain is somebody with a browser that runs no scripts and shows nothing: it follows links and sends forms as they stand in
// the HTML. What looks different without scripts is looked at in a window.
type plain struct {
	t       *testing.T
	client  *http.Client
	address *url.URL
	page    *goquery.Document
	// files are those that the next form with an input of that name sends.
	files     map[string]string
	filesName string
}

func openPlain(t *testing.T, base string) *plain {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host != address.Host {
			t.Errorf("led to another host: %s", r.URL)
		}
		return nil
	}}
	return &plain{t: t, client: client, address: address}
}

// signingIn lets one sign in at a time: each attempt counts as a failure until it succeeded, and ten of a name are free.
var signingIn sync.Mutex

// as signs in by the form of the sign-in page.
func (p *plain) as(name string) {
	p.t.Helper()
	signingIn.Lock()
	defer signingIn.Unlock()
	p.goTo("/signin")
	p.fill("input[name=name]", name)
	p.fill("input[name=password]", password)
	p.press("form:has(input[name=password]) button")
	if p.count("[data-testid=viewer]") == 0 {
		p.t.Fatalf("%s is not signed in: %s", name, p.page.Find("main").Text())
	}
}

func (p *plain) ask(request *http.Request) int {
	p.t.Helper()
	answer, err := p.client.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	p.address = answer.Request.URL
	p.page, err = goquery.NewDocumentFromReader(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") && answer.Header.Get("Content-Disposition") == "" { // else a document
		p.sound(answer.Header)
	}
	return answer.StatusCode
}

// goTo opens an address and gives the status of its answer.
func (p *plain) goTo(address string) int {
	p.t.Helper()
	u, err := p.address.Parse(address)
	if err != nil {
		p.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, u.String(), nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.ask(request)
}

// find gives the first element, which is there.
func (p *plain) find(selector string) *goquery.Selection {
	p.t.Helper()
	found := p.page.Find(selector).First()
	if found.Length() == 0 {
		p.t.Fatalf("%s has no %s", p.address, selector)
	}
	return found
}

func (p *plain) one(selector string) *goquery.Selection {
	p.t.Helper()
	if n := p.page.Find(selector).Length(); n != 1 {
		p.t.Fatalf("%s has %d of %s, want one", p.address, n, selector)
	}
	return p.page.Find(selector)
}

func (p *plain) count(selector string) int { return p.page.Find(selector).Length() }

func (p *plain) attribute(selector, name string) string {
	p.t.Helper()
	return p.find(selector).AttrOr(name, "")
}

func (p *plain) words(selector string) string {
	p.t.Helper()
	return wordsOf(p.find(selector))
}

func (p *plain) texts(selector string) []string {
	return p.page.Find(selector).Map(func(_ int, s *goquery.Selection) string { return wordsOf(s) })
}

func wordsOf(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// expect fails the test where texts are others.
func (p *plain) expect(what, selector string, want ...string) {
	p.t.Helper()
	if got := p.texts(selector); !slices.Equal(got, want) {
		p.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// follow opens where a link leads.
func (p *plain) follow(selector string) {
	p.t.Helper()
	link := p.find(selector)
	href, found := link.Attr("href")
	if !found {
		p.t.Fatalf("%s: %s is no link", p.address, selector)
	}
	if status := p.goTo(href); status >= 400 {
		p.t.Fatalf("%s leads to %s, which answers %d", selector, p.address, status)
	}
}

// links are the addresses that a page leads to, by its links and by the forms that ask for a page.
func (p *plain) links() (addresses []string) {
	p.page.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
		if u, err := p.address.Parse(a.AttrOr("href", "")); err != nil {
			p.t.Errorf("%s: a link to %q: %v", p.address, a.AttrOr("href", ""), err)
		} else {
			addresses = append(addresses, u.String())
		}
	})
	p.page.Find("button:not([type=button]), input[type=submit]").Each(func(_ int, button *goquery.Selection) {
		if isDisabled(button) {
			return
		}
		form := p.formOf(button)
		if lacks := p.controlsOf(form).Filter("[required]").FilterFunction(func(_ int, c *goquery.Selection) bool { return c.AttrOr("value", "") == "" && !c.Is("select") }); lacks.Length() > 0 {
			return // no browser sends it
		}
		if request, err := p.request(form, button, p.valuesOf(form, button)); err != nil {
			p.t.Errorf("%s: %v", p.address, err)
		} else if request.Method == http.MethodGet {
			addresses = append(addresses, request.URL.String())
		}
	})
	return addresses
}

// canBeSent says that a form has a button, or a single text that Enter sends, or nothing to fill in.
func (p *plain) canBeSent(form *goquery.Selection) bool {
	controls := p.controlsOf(form)
	if controls.Filter("button:not([type=button]), input[type=submit]").Length() > 0 {
		return true
	}
	filled := controls.Not("button, [type=hidden]")
	return filled.Length() == 0 || filled.Length() == 1 && filled.Is("input:not([type=checkbox], [type=radio], [type=file])")
}

// sound fails the test for what no page has: a form that nothing sends without scripts, what the policy would refuse, and
// what another host would be asked for.
func (p *plain) sound(header http.Header) {
	p.t.Helper()
	if policy := header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; script-src 'self'; style-src 'self';") {
		p.t.Errorf("%s has the policy %q", p.address, policy)
	}
	p.page.Find("form").Each(func(_ int, form *goquery.Selection) {
		if !p.canBeSent(form) {
			html, _ := goquery.OuterHtml(form)
			p.t.Errorf("%s: without scripts nothing sends the form %.200s", p.address, html)
		}
	})
	p.page.Find("script:not([src]), style, [style], iframe, object, embed, base").Each(func(_ int, e *goquery.Selection) {
		html, _ := goquery.OuterHtml(e)
		p.t.Errorf("%s: the policy refuses %.200s", p.address, html)
	})
	p.page.Find("[src], link[href], use[href], form[action]").Each(func(_ int, e *goquery.Selection) {
		for _, name := range []string{"src", "href", "action"} {
			asked, err := p.address.Parse(e.AttrOr(name, ""))
			if err != nil || asked.Host != p.address.Host && asked.Scheme != "data" {
				p.t.Errorf("%s: another host is asked: %s, %v", p.address, asked, err)
			}
		}
	})
	p.page.Find("*").Each(func(_ int, e *goquery.Selection) {
		for _, attribute := range e.Nodes[0].Attr {
			if strings.HasPrefix(attribute.Key, "on") {
				p.t.Errorf("%s: the policy refuses %s=%q", p.address, attribute.Key, attribute.Val)
			}
		}
	})
}
