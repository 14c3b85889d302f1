package web

import (
	"net/http"
	"slices"
	"testing"

	"signpost/store"
)

// A list read page by page from its oldest row is the reverse of the list from its newest row.
func TestOldestFirst(t *testing.T) {
	t.Parallel()
	for _, log := range []store.Log{store.Interactive, store.NonInteractive} {
		p := newPortal(t, newFakeStore(busyMonth(log)[:260]...), admin)
		walk := func(address string) (ids []string) {
			for range 20 {
				a := p.get(address)
				if a.Code != http.StatusOK {
					t.Fatalf("%s: status %d", address, a.Code)
				}
				for i := range a.hook("row").Nodes {
					ids = append(ids, a.hook("row").Eq(i).AttrOr("data-id", ""))
				}
				next, more := a.hook("next").Attr("href")
				if !more {
					return ids
				}
				address = next
			}
			t.Fatalf("%s: no end", log)
			return nil
		}
		list := "/logs/" + string(log) + "?range=30d&limit=20"
		newest, oldest := walk(list), walk(list+"&dir=asc")
		slices.Reverse(oldest)
		if len(newest) < 100 || !slices.Equal(newest, oldest) {
			t.Errorf("%s: %d rows from the newest on, %d from the oldest", log, len(newest), len(oldest))
		}
		first := p.get(list + "&dir=asc")
		if first.hook("prev").Length() != 0 || first.page.Find("th[aria-sort=ascending] a").Length() != 1 {
			t.Errorf("%s: the first page leads back, or does not tell its order", log)
		}
		second := p.get(first.hook("next").AttrOr("href", ""))
		if back := p.get(second.hook("prev").AttrOr("href", "")); back.hook("row").First().AttrOr("data-id", "") != first.hook("row").First().AttrOr("data-id", "") {
			t.Errorf("%s: back from the second page is not the first", log)
		}
		if other := p.get(first.page.Find("[data-testid=dir]").AttrOr("href", "")); other.hook("row").First().AttrOr("data-id", "") != newest[0] {
			t.Errorf("%s: the heading does not lead to the newest", log)
		}
	}
	p := newPortal(t, newFakeStore(), admin)
	for _, bad := range []string{"dir=up", "dir=asc&follow=yes"} {
		if got := p.get("/logs/interactive?" + bad).Code; got != http.StatusBadRequest {
			t.Errorf("%s: status %d", bad, got)
		}
	}
}
