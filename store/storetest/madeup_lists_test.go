package storetest

import (
	"slices"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/kinds"
)

// The lists of made-up records have the variety that breaks engines, and every list of the program's kinds is made up.
func TestMadeUpLists(t *testing.T) {
	for _, kind := range kinds.Catalog {
		if kind == store.SignIns {
			continue // TestMadeUpVariety
		}
		for name := range kind.Shape.Lists {
			if madeUpItems[name] == nil {
				t.Errorf("nobody makes up %s of %s", name, kind.Many)
			}
		}
		for _, list := range kind.Lists {
			counts := map[string]int{}
			filled := map[string]bool{} // by ID: a copy has the list
			for _, r := range MadeUpOf(kind, 1, 2000) {
				items := store.SplitText(string(list.AppendText(nil, r.Entry)))
				count := func(what string, is bool) {
					if is {
						counts[what]++
					}
				}
				count("none", len(items) == 0)
				count("several", len(items) > 2)
				unread := slices.ContainsFunc(items, func(item string) bool { return strings.Contains(item, store.UnreadShape) })
				count("all unread", unread && len(items) == 1)
				count("some unread", unread && len(items) > 1)
				id := NormalID(r.Entry.Head().ID)
				before, isCopy := filled[id]
				count("a copy that fills the list", isCopy && !before && len(items) > 0)
				count("a copy that loses the list", before && len(items) == 0)
				filled[id] = before || len(items) > 0
				for i, item := range items {
					folded := store.FoldCase(item)
					count("without any value", strings.Trim(item, "\x1e") == "")
					count("twice", slices.Contains(items[:i], item))
					count("twice in other casing", slices.ContainsFunc(items[:i], func(other string) bool { return other != item && store.FoldCase(other) == folded }))
				}
			}
			for _, what := range []string{
				"none", "several", "all unread", "some unread", "a copy that fills the list", "a copy that loses the list", "without any value", "twice", "twice in other casing",
			} {
				if counts[what] < 10 {
					t.Errorf("%d %s lists: %s", counts[what], list.One, what)
				}
			}
		}
	}
}
