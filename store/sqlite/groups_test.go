package sqlite

import (
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

// A page of groups is made from what is kept of a window and what came in since. Here sign-ins come in in no order, and
// some are sealed. Each time the groups are read in pages, forth and back, by ranges that cut a window elsewhere.
func TestGroupsWhileRangesSlide(t *testing.T) {
	seeds := uint64(2)
	if os.Getenv("SIGNPOST_SOAK") != "" {
		seeds = 40
	}
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 77))
		db, err := Open(t.Context(), t.TempDir(), signInsOnly, decodeJSON, withSizes(tinySizes(r)))
		if err != nil {
			t.Fatal(err)
		}
		info, _ := store.SignIns.Log(store.NonInteractive)
		all := madeUp(info.Log, 800, seed)
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		var kept int
		for n := 200; n <= len(all); n += 200 {
			put(t, db, all[n-200:n]...)
			if n < len(all) && r.IntN(3) > 0 {
				db.sealNow(t, r.IntN(2) == 0)
			}
			for _, window := range store.Windows() {
				from := noon.Add(-70*time.Hour + time.Duration(r.IntN(3600))*time.Second)
				for _, to := range []time.Time{noon.Add(time.Hour), noon.Add(-time.Duration(r.IntN(30)) * time.Hour)} {
					q := store.GroupsQuery{ListQuery: store.ListQuery{Log: info.Log, Range: rangeOf(from, to), Limit: 3 + r.IntN(20)}, Window: window}
					if diff := gocmp.Diff(recount(all[:n], info, q.Range, window), counted(pagesOfGroups(t, db, q))); diff != "" {
						t.Fatalf("seed %d, %d sign-ins, %s, %s (-recount +engine):\n%s", seed, n, window, q.Range, diff)
					}
				}
			}
			kept = max(kept, len(db.answers.byName))
		}
		if kept == 0 {
			t.Error("nothing was ever kept")
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// pagesOfGroups reads all groups in pages, and checks that the way back leads over the same ones.
func pagesOfGroups(t *testing.T, db *DB, q store.GroupsQuery) []store.Group {
	t.Helper()
	var groups []store.Group
	var pages [][]store.Key
	read := func() store.GroupPage {
		page, err := db.Groups(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	page := read()
	for {
		groups = append(groups, page.Groups...)
		pages = append(pages, groupKeys(page))
		if page.Next == nil {
			break
		}
		q.After = page.Next
		page = read()
	}
	q.After = nil
	for i := len(pages) - 2; i >= 0; i-- {
		q.Before = page.Prev
		page = read()
		if diff := gocmp.Diff(pages[i], groupKeys(page)); diff != "" {
			t.Fatalf("page %d on the way back (-forth +back):\n%s", i, diff)
		}
	}
	return groups
}

// counted gives groups as recount has them.
func counted(groups []store.Group) []store.Group {
	groups = slices.Clone(groups)
	for i := range groups {
		groups[i].Newest, groups[i].Cut = store.Row{}, false
	}
	sortGroups(groups)
	return groups
}
