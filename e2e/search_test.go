//go:build e2e

package e2e

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// search types into the box of the page it is on.
func (v *visit) search(text string) {
	v.t.Helper()
	box := v.page.Locator("#search")
	v.must(box.Fill(text))
	v.must(box.Press("Enter"))
}

func TestSearchLeadsToTheSignIn(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/interactive?range=7d")
	id := v.attribute(v.hook("row").First(), "data-id")
	v.search("AADSTS50126: Something was not right. Trace ID: " + strings.ToUpper(id) + "Correlation ID: 00000000-0000-0000-0000-000000000000Timestamp: 2026-11-23 14:05:09Z")
	v.must(v.page.WaitForURL("**/logs/interactive/" + id))
	if got := v.attribute(v.hook("details"), "data-id"); got != id {
		t.Errorf("the search for %s opened %s", id, got)
	}
	link, err := url.Parse(v.attribute(v.page.Locator("a[href*='correlation=']").First(), "href"))
	v.must(err)
	correlation := link.Query().Get("correlation")
	v.search(correlation)
	v.must(v.page.Locator("[data-testid=row], [data-testid=finding]").First().WaitFor())
	if !strings.Contains(v.page.URL(), correlation) {
		t.Errorf("the search for the correlation ID %s led to %s", correlation, v.page.URL())
	}
	v.search("192.0.2.")
	v.must(v.page.WaitForURL("**/search?q=**"))
	v.accessible()
}

func TestSearchOffersWhatTheLogsShow(t *testing.T) {
	t.Parallel()
	for _, width := range []int{1440, 390} {
		v := open(t, visitOptions{width: width})
		v.as(reportsReader)
		v.goTo("/")
		if width == 390 {
			v.must(v.page.Locator(".bottom a[href='/search']").Click())
			v.must(v.page.WaitForURL("**/search"))
		}
		v.accessible()
		v.search("microsoft")
		v.must(v.hook("finding").First().WaitFor())
		v.accessible()
		link := v.hook("finding").First()
		count, err := link.Locator("b").TextContent()
		v.must(err)
		v.must(link.Click())
		v.must(v.hook("total").WaitFor())
		total, err := v.hook("total").TextContent()
		v.must(err)
		if strings.TrimSpace(total) != strings.TrimSpace(count) {
			t.Errorf("at %d pixels the search counts %q, the log %q", width, count, total)
		}
	}
	v := open(t, visitOptions{})
	v.as(reportsReader)
	for _, path := range searchAddresses {
		v.goTo(path)
		v.looksRight()
	}
}

var searchAddresses = []string{
	"/search", "/search?q=microsoft", "/search?q=zebra&" + oddRange, "/search?limit=1&range=x&q=" + url.QueryEscape(strings.Repeat("x", 1100)),
}

// onPhones are the kinds of pages that looksRight had axe look at on a phone.
var onPhones sync.Map

// numbered is a part of an address with a number in it: an ID or a code.
var numbered = regexp.MustCompile(`[^/]*\d[^/]*`)

// looksRight fails the test for what axe finds and where the page scrolls sideways, on a desk and on a phone. Except in the soak,
// axe looks on a phone at the first page of each address, whatever it asks for.
func (v *visit) looksRight() {
	v.t.Helper()
	v.accessible()
	v.fits()
	v.must(v.page.SetViewportSize(390, 900))
	at, err := url.Parse(v.page.URL())
	v.must(err)
	if _, known := onPhones.LoadOrStore(fmt.Sprint(v.noScripts, numbered.ReplaceAllString(at.Path, "*")), true); !known || isSoak {
		v.accessible()
	}
	v.fits()
	v.must(v.page.SetViewportSize(1440, 900))
}

// fits fails the test where the page scrolls sideways.
func (v *visit) fits() {
	v.t.Helper()
	over, err := v.page.Evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
	v.must(err)
	if over != 0 {
		v.t.Errorf("%s is %v pixels wider than its window", v.page.URL(), over)
	}
}

func TestSearchIsForReaders(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(plainUser)
	if status := v.goTo("/search?q=" + oddUPN); status != 403 {
		t.Errorf("a plain user gets %d from the search, want 403", status)
	}
	if n, err := v.page.Locator("form[role=search]").Count(); err != nil || n != 0 {
		t.Errorf("a plain user has %d search boxes, %v", n, err)
	}
}
