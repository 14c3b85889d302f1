package web

import (
	"net/http"
	"strings"
	"testing"

	"signpost/auth"
)

// Everybody can read how to make a backup. Viewers who may import find the link on every page.
func TestBackupHelp(t *testing.T) {
	for role, links := range map[auth.Role]int{admin: 1, auth.RoleUser: 0} {
		p := newPortal(t, newFakeStore(), role)
		a := p.get("/help/backup")
		if a.Code != http.StatusOK || !strings.Contains(a.Body.String(), "signpost backup --data data --out") || !strings.Contains(a.Body.String(), "signpost restore") {
			t.Fatalf("%s: status %d, %q", role, a.Code, a.texts("pre"))
		}
		if got := p.get("/me").page.Find(`a[href="/help/backup"]`).Length(); got != links {
			t.Errorf("%s: %d links to it, want %d", role, got, links)
		}
	}
}

// The help is for everybody, also signed out, and the server searches it. It does not mention the log of custom security
// attributes to viewers without a right to it.
func TestHelp(t *testing.T) {
	h := newHouse(t, nil)
	out := h.visitor()
	for _, test := range []struct {
		query string
		some  string
		none  string
	}{
		{"", "Get logs out of a tenant", ""},
		{"?q=managed+identity", "Managed identity sign-ins", "Keyboard"},
		{"?q=DIAGNOSTIC", "Get logs out of a tenant", "My sign-ins"},
		{"?q=zebra", "", "Keyboard"},
	} {
		page := out.get("/help" + test.query)
		page.expect(t, test.query, http.StatusOK, "")
		text := page.find(t, "main")
		if !strings.Contains(text, test.some) || test.none != "" && strings.Contains(page.find(t, "[data-testid=help-topic] h2"), test.none) {
			t.Errorf("%s: %q", test.query, text)
		}
	}
	if page := out.get("/help?q=zebra"); !strings.Contains(page.find(t, ".empty"), "No results for “zebra”") {
		t.Errorf("nothing found: %q", page.find(t, ".empty"))
	}
	out.get("/help?q="+strings.Repeat("a", 201)).expect(t, "too long", http.StatusBadRequest, "")
	for role, tells := range map[auth.Role]bool{auth.RoleGlobalAdministrator: true, auth.RoleAttributeLogReader: true, auth.RoleReportsReader: false} {
		if got := strings.Contains(h.at("x"+string(role), role).get("/help").body, "ttribute"); got != tells {
			t.Errorf("%s is told of attributes: %v", role, got)
		}
	}
	if strings.Contains(out.get("/help").body, "ttribute") {
		t.Error("signed out one is told of attributes")
	}
}

// Every page for a signed-in viewer tells of a full disk. Only those who can fix it read how.
func TestDiskFullBanner(t *testing.T) {
	for role, advice := range map[auth.Role]bool{admin: true, auth.RoleUser: false} {
		p := newPortal(t, newFakeStore(), role)
		full := false
		p.DiskFull = func() bool { return full }
		for _, full = range []bool{false, true} {
			for _, path := range []string{"/me", "/errors", "/help/keys"} {
				banner := strings.Join(p.get(path).texts("[data-testid=disk-full]"), "")
				if strings.Contains(banner, "is full") != full || strings.Contains(banner, "Make room") != (full && advice) {
					t.Errorf("%s, %s, full %v: got %q", role, path, full, banner)
				}
			}
		}
	}
}
