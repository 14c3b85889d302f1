//go:build e2e

package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"
)

// importNow imports a sign-in of a workload that happens at this moment into the log of a category of Azure Monitor, and
// gives its request ID.
func importNow(t *testing.T, category string) string {
	t.Helper()
	now := time.Now().UTC()
	id := fmt.Sprintf("0f0110e0-0000-4000-8000-%012d", now.UnixNano()%1e12)
	file := filepath.Join(t.TempDir(), "now.ndjson")
	record := object{"time": now, "category": category, "tenantId": tenant, "properties": object{
		"id": id, "createdDateTime": now, "servicePrincipalName": "vm-lighthouse", "servicePrincipalId": "5e41ce00-0000-4000-8000-000000000001",
		"resourceDisplayName": "Azure Key Vault", "resourceId": "4e501ce0-0000-4000-8000-" + fmt.Sprintf("%012d", now.UnixNano()%1e12), "status": object{"errorCode": 0},
	}}
	if err := writeLines(file, []object{record}); err != nil {
		t.Fatal(err)
	}
	if err := signpost("", "import", "--data", data, file); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestFollowTheLog(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/managedidentity")
	v.must(v.hook("follow").Click())
	v.must(v.page.Locator("[data-follow]").WaitFor())
	v.accessible()

	// Nobody is reading: the new sign-in is shown by itself.
	id := importNow(t, "ManagedIdentitySignInLogs")
	v.must(v.page.Locator(`[data-id="` + id + `"]`).WaitFor())

	// Somebody is: the list stands still, and the number is told until it is asked for.
	v.must(v.page.Locator(".grid-scroll").Hover(playwright.LocatorHoverOptions{Force: playwright.Bool(true)}))
	id = importNow(t, "ManagedIdentitySignInLogs")
	button := v.page.Locator("#fresh button")
	v.must(button.WaitFor())
	if n, err := v.page.Locator(`[data-id="` + id + `"]`).Count(); err != nil || n != 0 {
		t.Errorf("the list moved under the pointer (%v)", err)
	}
	v.accessible()
	v.must(button.Click())
	v.must(v.page.Locator(`[data-id="` + id + `"]`).WaitFor())
}

// showAs makes a page believe that it is in a tab that is hidden, or shown: a browser without windows has no other.
func (v *visit) showAs(state string) {
	v.t.Helper()
	if _, err := v.page.Evaluate(`state => {
		Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
		document.dispatchEvent(new Event('visibilitychange'));
	}`, state); err != nil {
		v.t.Fatal(err)
	}
}

// A hidden tab holds no connection; shown again, it tells what came in meanwhile.
func TestAHiddenTabFollowsNothing(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	streams := make(chan string, 100)
	v.page.OnRequest(func(r playwright.Request) {
		if strings.Contains(r.URL(), "/follow?") {
			streams <- "opened"
		}
	})
	v.page.OnRequestFailed(func(r playwright.Request) { // closed by the page
		if strings.Contains(r.URL(), "/follow?") {
			streams <- "closed"
		}
	})
	next := func(want string) {
		t.Helper()
		select {
		case got := <-streams:
			if got != want {
				t.Fatalf("the stream was %s, want %s", got, want)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("in vain waited for the stream to be %s", want)
		}
	}
	v.goTo("/logs/managedidentity?follow=yes")
	next("opened")
	v.showAs("hidden")
	next("closed")
	id := importNow(t, "ManagedIdentitySignInLogs")
	v.showAs("visible")
	next("opened")
	v.must(v.page.Locator(`[data-id="` + id + `"], #fresh button`).First().WaitFor())
}
