//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// TestShots renders every page to PNG in the folder SIGNPOST_SHOTS, in both themes and at two widths.
func TestShots(t *testing.T) {
	folder := os.Getenv("SIGNPOST_SHOTS")
	if folder == "" {
		t.Skip("SIGNPOST_SHOTS names no folder: no pictures wanted")
	}
	for _, width := range []int{1440, 390} {
		for _, dark := range []bool{false, true} {
			v := open(t, visitOptions{width: width, dark: dark})
			shot := func(name, path string) {
				v.goTo(path)
				file := filepath.Join(folder, fmt.Sprintf("%s-%d-%s.png", name, width, map[bool]string{false: "light", true: "dark"}[dark]))
				_, err := v.page.Screenshot(playwright.PageScreenshotOptions{Path: &file})
				v.must(err)
			}
			shot("signin", "/signin")
			v.signIn(administrator)
			for _, tab := range append(tabs, "legacy") {
				shot(tab, "/logs/"+tab)
			}
			v.goTo("/logs/interactive")
			id := v.attribute(v.hook("row").First(), "data-id")
			shot("details", "/logs/interactive/"+id)
			shot("empty", "/logs/interactive?from=2019-01-01T00:00:00Z&to=2019-01-02T00:00:00Z")
			shot("bad", "/logs/interactive?limit=x&ip=nonsense")
			shot("notfound", "/logs/interactive/"+strings.Repeat("0", 8))
			shot("me", "/me")
		}
	}
}
