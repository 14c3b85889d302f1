package web

import (
	"net/http/httptest"
	"testing"
)

func TestLocalPath(t *testing.T) {
	for _, test := range []struct{ address, want string }{
		{"/", "/"},
		{"/logs/interactive?user=ada&range=7d", "/logs/interactive?user=ada&range=7d"},
		{"/search?q=https://example.com/", "/search?q=https://example.com/"},
		{"/me/a%20b", "/me/a%20b"},
		{"", ""},
		{"me", ""},
		{"//example.com", ""},
		{"///example.com", ""},
		{`/\example.com`, ""},
		{`\/example.com`, ""},
		{`/logs\..`, ""},
		{"https://example.com/", ""},
		{"https:/example.com", ""},
		{"javascript:alert(1)", ""},
		{" /me", ""},
		{"/\t/example.com", ""},
		{"/\n/example.com", ""},
		{"/\r/example.com", ""},
		{"/\x00", ""},
		{"/%zz", ""},
		{"@example.com", ""},
		{"?next=/", ""},
	} {
		if got := localPath(test.address); got != test.want {
			t.Errorf("localPath(%q): got %q, want %q", test.address, got, test.want)
		}
	}
}

func TestLocalReferer(t *testing.T) {
	for _, test := range []struct{ referer, want string }{
		{"http://portal.example/logs/legacy?range=7d", "/logs/legacy?range=7d"},
		{"http://PORTAL.example/me", "/me"},
		{"http://portal.example", "/"},
		{"http://portal.example//example.com", ""},
		{"http://other.example/me", ""},
		{"http://portal.example:8080/me", ""},
		{"about:blank", ""},
		{"", ""},
	} {
		r := httptest.NewRequest("POST", "http://portal.example/theme", nil)
		r.Header.Set("Referer", test.referer)
		if got := localReferer(r); got != test.want {
			t.Errorf("localReferer(%q): got %q, want %q", test.referer, got, test.want)
		}
	}
}
