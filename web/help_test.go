package web

import (
	"net/http"
	"strings"
	"testing"

	"signpost/auth"
)

// Everybody reads how a backup is made; who may import finds the way there on every page.
func TestBackupHelp(t *testing.T) {
	for role, links := range map[auth.Role]int{admin: 1, auth.RoleUser: 0} {
		p := newPortal(t, newFakeStore(), role)
		a := p.get("/help/backup")
		if a.Code != http.StatusOK || !strings.Contains(a.Body.String(), "signpost backup --data data --out") || !strings.Contains(a.Body.String(), "signpost restore") {
			t.Fatalf("%s: status %d, %q", role, a.Code, a.texts("pre"))
		}
		if got := p.get("/me").page.Find(`footer a[href="/help/backup"]`).Length(); got != links {
			t.Errorf("%s: %d links to it, want %d", role, got, links)
		}
	}
}

// A full disk is told on every page of those who are signed in; what to do about it to those who can.
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
