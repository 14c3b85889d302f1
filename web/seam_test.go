package web

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Rights are in the store that a handler asks. What else asks whether the viewer may see Conditional Access data refuses an
// address, or leaves a part out of a page.
func TestWhoAsksForTheRightToConditionalAccess(t *testing.T) {
	allowed := []string{
		"viewer.go",                                   // says it
		"logs.go", "logs_details.go", "logs_views.go", // refuse addresses, and draw
		"logs_columns.go", // which columns a list begins with
	}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	asking := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "MaySeeConditionalAccess") {
			continue
		}
		asking++
		if !slices.Contains(allowed, file) {
			t.Errorf("%s asks whether the viewer may see Conditional Access data: ask storeOf(c) instead, which withholds it", file)
		}
	}
	if asking < 3 {
		t.Errorf("%d files ask: the right has another name now", asking)
	}
}
