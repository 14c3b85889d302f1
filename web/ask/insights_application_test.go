package ask

import (
	"fmt"
	"testing"
	"time"

	"signpost/store"
)

// The card of the directory names the owners, and says that there is no application only where there is none.
func TestDirectoryCard(t *testing.T) {
	h := holding(t, to(1, 0, signIn(1, 0)), to(2, 0, signIn(2, 0)), to(3, 0, signIn(3, 0)))
	owned, bare := created(1, noon), created(2, time.Time{})
	h.putAll(t, store.DirectoryBatch{
		At: noon, Objects: []store.Object{owned, bare},
		Ownerships: []store.Ownership{{Object: owned.ID, Owners: []store.Member{{ID: testID(2001), Name: "Ada", Kind: store.ObjectUser}}, Whole: true}},
	})
	for app, want := range map[int]string{
		1: "Service principal created: , Owners: Ada, ",
		2: "The imported directory has this application. It tells neither its day of creation, nor owners, nor credentials.",
		3: "The imported directory does not have this application.",
	} {
		q := &InsightQuery{Subject: testID(3000 + app), Range: day, Now: noon.Add(time.Hour), Location: time.UTC}
		s, err := summariseApplication(t.Context(), h.Reader, q)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, line := range s.Cards[0].Lines {
			got += fmt.Sprintf("%s: %s, ", line.Label, line.Text)
		}
		if got == "" {
			got = s.Cards[0].None
		}
		if got != want {
			t.Errorf("application %d: %q, want %q", app, got, want)
		}
	}
}
