//go:build e2e

package e2e

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// TestErrorPageLeadsToSignInsAndBack goes from a code's page to the sign-ins behind it, to one of them, and back.
func TestErrorPageLeadsToSignInsAndBack(t *testing.T) {
	t.Parallel()
	for _, width := range []int{1440, 390} {
		v := open(t, visitOptions{width: width})
		v.as(reportsReader)
		v.goTo("/")
		v.navigate("/errors")
		v.must(v.hook("error-common").WaitFor())
		v.accessible()
		v.fits()
		box := v.page.Locator("#error-code")
		v.must(box.Fill("AADSTS50126"))
		v.must(box.Press("Enter"))
		v.must(v.page.WaitForURL("**/errors/50126"))
		v.must(v.hook("error-seen").WaitFor())
		v.accessible()
		v.fits()

		link := v.page.Locator("[data-testid=error-log][aria-current]")
		count := v.attribute(link, "data-count")
		if n, err := strconv.Atoi(count); err != nil || n == 0 {
			t.Fatalf("the tenant has seen %q sign-ins of 50126", count)
		}
		v.must(v.hook("error-total").Click())
		v.must(v.hook("total").WaitFor())
		if got := v.attribute(v.hook("total"), "data-value"); got != count {
			t.Errorf("at %d pixels the page counts %s, the log %s", width, count, got)
		}
		v.must(v.hook("explained").First().Click())
		v.must(v.page.WaitForURL("**/errors/50126"))

		row := v.hook("error-row").First()
		id := v.attribute(row, "data-id")
		v.must(row.Click())
		v.must(v.hook("details").WaitFor())
		if got := v.attribute(v.hook("details"), "data-id"); got != id {
			t.Errorf("the newest opens %s, want %s", got, id)
		}
		v.must(v.hook("explained").First().Click())
		v.must(v.hook("error-page").WaitFor())
		v.must(v.hook("error-signin").First().WaitFor())
		v.accessible()
		v.fits()
		v.must(v.hook("error-signin").First().Click())
		v.must(v.hook("details").WaitFor())
		if got := v.attribute(v.hook("details"), "data-id"); got != id {
			t.Errorf("the ids of the message open %s, want %s", got, id)
		}
	}
}

// TestOnlyMe asks on a sign-in's page whether others had the same, in place.
func TestOnlyMe(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/interactive?range=7d&error=50126")
	v.goTo("/logs/interactive/" + v.rowID(0))
	v.must(v.hook("only-me").Locator("[data-others]").WaitFor())
	v.accessible()
}

// TestErrorsWithoutAnAccount: anyone may look a code up, and sees nothing of the tenant.
func TestErrorsWithoutAnAccount(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.goTo("/errors")
	v.looksRight()
	box := v.page.Locator("#error-code")
	v.must(box.Fill(messageForSupport))
	v.must(box.Press("Enter"))
	v.must(v.page.WaitForURL("**/errors/500121?**"))
	v.must(v.hook("error-message").WaitFor())
	v.looksRight()
	if n, err := v.hook("error-seen").Count(); err != nil || n != 0 {
		t.Errorf("somebody signed out sees what the tenant has seen, %v", err)
	}
	text, err := v.hook("support").Locator("pre").TextContent()
	v.must(err)
	expectSupport(t, text)
	for _, path := range errorAddresses {
		v.goTo(path)
		v.looksRight()
	}
}

const messageForSupport = "AADSTS500121: Authentication failed. Trace ID: 0a1b2c3d-1111-4222-8333-444444444444Correlation ID: c0c0c0c0-1111-4222-8333-444444444444Timestamp: 2026-11-23 14:05:09Z"

func expectSupport(t *testing.T, text string) {
	t.Helper()
	for _, want := range []string{"500121", "0a1b2c3d-1111-4222-8333-444444444444", "c0c0c0c0-1111-4222-8333-444444444444", "2026-11-23 14:05:09 UTC"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text for support lacks %s: %s", want, text)
		}
	}
}

var errorAddresses = []string{
	"/errors/12345", "/errors/50005", "/errors/530031", "/errors?class=attack", "/errors?family=mfa", "/errors?code=device", "/errors?code=zebra",
	"/errors?code=InvalidRequest", "/errors?class=nonsense&x=1", "/errors/50126?range=9d",
}

// errorPages are the pages of the error codes, for somebody signed out and for a reader.
func errorPages(p pictures) {
	const message = "AADSTS50126: Error validating credentials due to invalid username or password. Trace ID: 0a1b2c3d-1111-4222-8333-444444444444 Correlation ID: c0c0c0c0-1111-4222-8333-444444444444 Timestamp: 2026-11-23 14:05:09Z"
	p.goTo("/errors")
	p.whole("errors-guest")
	p.goTo("/errors?code=" + url.QueryEscape(message))
	p.whole("errors-guest-message")
	p.as(administrator)
	p.at("errors", "/errors")
	p.at("errors-class", "/errors?class=attack")
	p.at("errors-words", "/errors?code=device")
	p.at("errors-nothing", "/errors?code=zebra")
	p.at("errors-symbol", "/errors?code=InvalidRequest")
	for _, code := range []string{"50126", "50053", "50074", "7000222", "50005", "530031", "700"} {
		p.goTo("/errors/" + code)
		p.whole("errors-" + code)
	}
	id := p.firstID("/logs/interactive?range=7d&error=50126")
	p.goTo("/errors?code=" + url.QueryEscape("AADSTS50126: no. Trace ID: "+id))
	p.shot("errors-message")
	p.goTo("/logs/interactive/" + id + "?tab=only-me")
	p.shot("details-only-me")
}
