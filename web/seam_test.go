package web

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Rights are in the store that a handler asks. Only these other places check the right to Conditional Access data. Each
// refuses an address or omits a part of a page.
func TestWhoAsksForTheRightToConditionalAccess(t *testing.T) {
	allowed := []string{
		"viewer.go",                  // defines it
		"logs.go", "logs_details.go", // refuse addresses, and draw
		"logs_columns.go",    // the columns that a list begins with
		"import_rejected.go", // texts that could not be read, from which nothing can be withheld
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

// No handler asks the store itself. Only these files may, for the given reasons.
func TestWhoAsksTheWholeStore(t *testing.T) {
	allowed := []string{
		"snapshot.go",            // gives a viewer's store
		"logs_sizes.go",          // measures for all viewers with the same rights, with their data withheld
		"routes.go",              // whether the store answers at all
		"server.go", "fairly.go", // receive it
		"logs.go", "logs_facets.go", "settings_preferences.go", "sources.go", // ask only its catalog
	}
	asks := regexp.MustCompile(`\bs\.Store\b`)
	files, _ := filepath.Glob("*.go")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") && asks.Match(text) && !slices.Contains(allowed, file) {
			t.Errorf("%s asks the store without the viewer's rights: ask storeOf(c)", file)
		}
	}
}
