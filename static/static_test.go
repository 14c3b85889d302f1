package static

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestAssetsAreServedUnderTheirFingerprint(t *testing.T) {
	tests := []struct{ name, contentType string }{
		{"app.css", "text/css"},
		{"app.js", "text/javascript"},
		{"chart.js", "text/javascript"},
		{"facets.js", "text/javascript"},
		{"keys.js", "text/javascript"},
		{"menu.js", "text/javascript"},
		{"trusted.js", "text/javascript"},
		{"value.js", "text/javascript"},
		{"favicon.svg", "image/svg+xml"},
		{"icons.svg", "image/svg+xml"},
		{"vendor/htmx.min.js", "text/javascript"},
		{"vendor/world.svg", "image/svg+xml"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			url := URL(test.name)
			if !regexp.MustCompile(`^/static/[a-z.]+\.[0-9a-f]{8}\.[a-z]+$`).MatchString(url) {
				t.Errorf("URL = %q, want a fingerprint in it", url)
			}
			got := httptest.NewRecorder()
			Handler().ServeHTTP(got, httptest.NewRequest(http.MethodGet, url, nil))
			if got.Code != http.StatusOK {
				t.Fatalf("status = %d, want 200", got.Code)
			}
			if ct := got.Header().Get("Content-Type"); !strings.HasPrefix(ct, test.contentType) {
				t.Errorf("Content-Type = %q, want %q", ct, test.contentType)
			}
			if cc := got.Header().Get("Cache-Control"); !strings.Contains(cc, "immutable") {
				t.Errorf("Cache-Control = %q, want immutable", cc)
			}
		})
	}
}

func TestWhatIsNoAssetIsNotFound(t *testing.T) {
	for _, path := range []string{"/static/", "/static/app.css", "/static/app.000000000000.css", "/static/../go.mod"} {
		got := httptest.NewRecorder()
		Handler().ServeHTTP(got, httptest.NewRequest(http.MethodGet, path, nil))
		if got.Code != http.StatusNotFound {
			t.Errorf("%s: status = %d, want 404", path, got.Code)
		}
	}
}

// A module that another imports is asked for under its fingerprint too, and a page does not name it.
func TestImportedModulesAreServed(t *testing.T) {
	got := httptest.NewRecorder()
	Handler().ServeHTTP(got, httptest.NewRequest(http.MethodGet, URL("menu.js"), nil))
	if want := "from '" + URL("value.js") + "';"; !strings.Contains(got.Body.String(), want) {
		t.Errorf("menu.js does not import %s", want)
	}
	if strings.Contains(got.Body.String(), "'./") || slices.Contains(Scripts(), "value.js") || !slices.Contains(Scripts(), "menu.js") {
		t.Errorf("pages load %v", Scripts())
	}
}

// The page says which drawing of the sheet it wants; the sheet must have it, and nothing that runs.
func TestEveryIconIsOnTheSheet(t *testing.T) {
	got := httptest.NewRecorder()
	Handler().ServeHTTP(got, httptest.NewRequest(http.MethodGet, URL("icons.svg"), nil))
	sheet := got.Body.String()
	if ct := got.Header().Get("Content-Type"); ct != "image/svg+xml" || strings.Contains(sheet, "<script") || strings.Contains(sheet, "<style") {
		t.Errorf("the sheet is %s, %.80s", ct, sheet)
	}
	if len(icons) == 0 {
		t.Fatal("no icons")
	}
	for name, svg := range icons {
		if use := `" aria-hidden="true"><use href="` + URL("icons.svg") + "#" + name + `"/></svg>`; svg != `<svg class="icon`+use && svg != `<svg class="icon i20`+use {
			t.Errorf("icon %s: %q", name, svg)
		}
		if n := strings.Count(sheet, `<symbol id="`+name+`" viewBox="0 0 `); n != 1 {
			t.Errorf("icon %s is %d times on the sheet", name, n)
		}
	}
}
