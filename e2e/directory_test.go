//go:build e2e

package e2e

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// From a list to one of it, to its sign-ins in the log, and from a sign-in back: on both widths.
func TestDirectoryLeadsToTheLogAndBack(t *testing.T) {
	t.Parallel()
	for _, width := range []int{1440, 390} {
		v := open(t, visitOptions{width: width})
		v.as(reportsReader)
		v.goTo("/")
		lists := []string{"/users", "/groups", "/apps"}
		if width == 390 && !isSoak {
			lists = lists[1:2]
		}
		for _, list := range lists {
			v.navigate(list)
			v.must(v.hook("entities").WaitFor())
			v.accessible()
			v.must(v.hook("row").First().Locator("td.number").First().Click()) // a row of this list is no link: nothing happens
			link := v.hook("row").First().Locator("th a")
			name, err := link.TextContent()
			v.must(err)
			v.must(link.Click())
			v.must(v.hook("entity").WaitFor())
			v.accessible()
			if heading, err := v.page.Locator("h1").TextContent(); err != nil || strings.TrimSpace(heading) != strings.TrimSpace(name) {
				t.Errorf("%s: the row %q leads to %q (%v)", list, name, heading, err)
			}
			total := v.attribute(v.hook("total"), "data-value")
			logs := v.page.Locator(".entity-logs a")
			n, err := logs.Count()
			v.must(err)
			if n == 0 || total == "0" {
				t.Fatalf("%s: %s sign-ins in %d logs, want some", list, total, n)
			}
			text, err := logs.First().Locator("b").TextContent()
			v.must(err)
			v.must(logs.First().Click())
			v.must(v.hook("grid").WaitFor())
			if got := v.attribute(v.hook("total"), "data-value"); got != strings.ReplaceAll(text, ",", "") {
				t.Errorf("%s: the page tells of %s, the log of %s", list, text, got)
			}
		}
		v.goTo("/logs/interactive?range=7d")
		id := v.attribute(v.hook("row").First(), "data-id")
		v.goTo("/logs/interactive/" + id)
		v.must(v.page.Locator(".fact a[href^='/users/']").First().Click())
		v.must(v.hook("entity").WaitFor())
	}
}

func TestDirectoryGroupFilter(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/groups?q=finance")
	id := v.attribute(v.hook("row").First(), "data-id")
	v.goTo("/logs/interactive?range=7d&group=" + id)
	chip, err := v.hook("chip").First().TextContent()
	v.must(err)
	if !strings.Contains(chip, "Finance") {
		t.Errorf("the chip says %q, want the group's name", chip)
	}
	if text, err := v.page.Locator("[data-members]").TextContent(); err != nil || !strings.Contains(text, "as of") {
		t.Errorf("of the members it says %q (%v)", text, err)
	}
	v.accessible()
	if status := v.goTo("/logs/interactive?group=nobody"); status != 400 {
		t.Errorf("an unknown group is answered %d, want 400", status)
	}
	v.must(v.hook("error").First().WaitFor())
	v.accessible()
}

func TestDirectorySearchAndInactive(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/users")
	v.must(v.page.Locator("input[name=q]").Last().Fill("quillfeather"))
	v.must(v.page.Locator(".entities-form button").Click())
	v.must(v.page.WaitForURL(regexp.MustCompile("q=quillfeather")))
	if got := v.count("row"); got != 1 {
		t.Fatalf("%d users, want the one who left", got)
	}
	v.must(v.page.Locator("input[name=inactive]").Fill("2026-01-01"))
	v.must(v.page.Locator(".entities-form button").Click())
	v.must(v.page.WaitForURL(regexp.MustCompile("inactive=2026-01-01")))
	if got := v.count("row"); got != 1 {
		t.Errorf("%d inactive users, want the one who left", got)
	}
	for _, bad := range []string{"inactive=never", "sort=odd", "range=9d", "state=odd", "x=y"} {
		address := "/users?" + bad
		if status := v.goTo(address); status != 400 {
			t.Errorf("%s is answered %d, want 400", address, status)
		}
		v.must(v.hook("error").First().WaitFor())
	}
	for _, unknown := range []string{"/users/nobody", "/groups/nobody", "/apps/nobody", "/users/" + url.PathEscape("<b>'\"")} {
		if status := v.goTo(unknown); status != 404 {
			t.Errorf("%s is answered %d, want 404", unknown, status)
		}
	}
}
